/* Tables and what belongs to them. */
#include "database/pg_schema_parts.h"

/* clang-format off */

/* Constraints of a relation that are its own: not a partition's copy, not what a child has from its
 * parent, even where it had the same before. */
#define CONSTRAINTS(type)                                                                          \
    "FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid " PG_SPACE("c.relnamespace")       \
    "WHERE o.contype = '" type "' AND o.conparentid = 0 "                                          \
    "AND o.coninhcount = 0 AND " PG_USER_RELATION                                \
    " ORDER BY 1, 2, 3, pg_get_constraintdef(o.oid), o.oid"
#define CONSTRAINT_COLUMNS PG_KEY_COLUMNS("o.conrelid", "o.conkey")
#define CONSTRAINT_NAME "SELECT n.nspname, c.relname, '(' || " CONSTRAINT_COLUMNS " || ')', "
/* Its own name, which counts for nothing, the whole of it, and its comment. */
#define CONSTRAINT_SAYS                                                                            \
    "o.conname AS \"~identifier\", " PG_COMMENT("o.oid", "pg_constraint") " "
#define CONSTRAINT_FACTS "pg_get_constraintdef(o.oid) AS \"~definition\", " CONSTRAINT_SAYS
#define DEFERRABLE                                                                                 \
    "CASE WHEN NOT o.condeferrable THEN 'no' WHEN o.condeferred THEN 'initially deferred' "        \
    "ELSE 'initially immediate' END AS \"deferrable\""
/* conenforced and conperiod came with 18; what is not enforced is never validated. */
#define ENFORCED PG_SINCE("180000", "to_jsonb(o) ->> 'conenforced'")
#define VALIDATED                                                                                  \
    "CASE WHEN NOT o.convalidated AND " ENFORCED " IS DISTINCT FROM 'false' THEN 'no' ELSE 'yes' " \
    "END AS validated, CASE WHEN " ENFORCED " = 'false' THEN 'no' END AS enforced"
#define ACTION(column)                                                                             \
    "CASE " column " WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' "   \
    "WHEN 'd' THEN 'SET DEFAULT' ELSE 'NO ACTION' END"

/* A partition has its parent's columns, which are not said again, but for those that
 * differ. */
#define OWN_COLUMNS                                                                                \
    "CASE WHEN c.relispartition THEN (SELECT string_agg(format('%I %s, default %s', a.attname, "   \
    "CASE WHEN a.attnotnull THEN 'not null' ELSE 'null' END, COALESCE(e.text, 'none')), '; ' "     \
    "ORDER BY a.attname) FROM pg_inherits i JOIN pg_attribute a ON a.attrelid = i.inhrelid "       \
    "AND a.attnum > 0 AND NOT a.attisdropped "                                                     \
    "JOIN pg_attribute pa ON pa.attrelid = i.inhparent AND pa.attname = a.attname "                \
    "LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "                     \
    "LEFT JOIN pg_attrdef pd ON pd.adrelid = pa.attrelid AND pd.adnum = pa.attnum "                \
    "CROSS JOIN LATERAL (SELECT pg_get_expr(d.adbin, d.adrelid) AS text) e "                       \
    "WHERE i.inhrelid = c.oid AND (a.attnotnull <> pa.attnotnull "                                 \
    "OR e.text IS DISTINCT FROM pg_get_expr(pd.adbin, pd.adrelid))) END AS \"own columns\", "

static const char TABLES[] =
    "SELECT n.nspname, '', c.relname, "
    "CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END AS \"partitioned by\", "
    "CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS partition, "
    "(SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) FROM pg_inherits i "
    "WHERE i.inhrelid = c.oid) AS parent, " OWN_COLUMNS PG_YES("c.relpersistence = 'u'") " AS "
    "unlogged, "
    "(SELECT quote_ident(s.srvname) FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = "
    "f.ftserver WHERE f.ftrelid = c.oid) AS \"foreign\", (SELECT " PG_SETTINGS("f.ftoptions")
    " FROM pg_foreign_table f WHERE f.ftrelid = c.oid) AS settings, "
    "CASE WHEN c.relrowsecurity THEN CASE WHEN c.relforcerowsecurity THEN 'forced' ELSE 'on' END "
    "WHEN c.relforcerowsecurity THEN 'off, forced' END AS \"row security\", "
    "CASE WHEN c.relkind = 'f' THEN NULL ELSE CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN (SELECT "
    "format('index (%s)', " PG_KEY_COLUMNS("c.oid", "i.indkey::int2[]") ") FROM pg_index i WHERE "
    "i.indrelid = c.oid AND i.indisreplident) END END AS \"replica identity\", "
    "CASE c.relreplident WHEN 'n' THEN 'NOTHING' WHEN 'f' THEN 'FULL' WHEN 'i' THEN (SELECT "
    "format('USING INDEX %I', x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid "
    "WHERE i.indrelid = c.oid AND i.indisreplident) END AS \"~replica sql\", " PG_OPTIONS("c.reloptions") ", "
    "CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS \"of type\", "
    "(SELECT m.amname FROM pg_am m WHERE m.oid = c.relam AND m.amname <> 'heap') AS "
    "\"access method\", " PG_COMMENT("c.oid", "pg_class") ", " PG_GRANTS("c.relacl", "r", "c.relowner")
    ", " PG_OWNER("c.relowner") " "
    PG_RELATIONS "WHERE c.relkind IN ('r', 'p', 'f') AND " PG_USER_RELATION;

/* The sequence of a serial or identity column belongs to the column: its name is generated, and
 * stays when the table is renamed. Only what is not as CREATE would make it for the column's type is
 * said of it: a sequence of bigint that feeds an integer stops no earlier and no later. From 18 on
 * NOT NULL is a constraint too, which attnotnull tells, also while it is not validated. */
#define COLUMN_SEQUENCE                                                                            \
    "NULLIF(concat_ws(' ', CASE WHEN a.attidentity = '' AND e.text IS DISTINCT FROM own.text THEN "\
    "'owned, not used' END, CASE WHEN s.seqstart <> CASE WHEN s.seqincrement > 0 THEN s.seqmin "   \
    "ELSE s.seqmax END THEN 'start ' || s.seqstart END, CASE WHEN s.seqincrement <> 1 THEN "       \
    "'increment ' || s.seqincrement END, CASE WHEN CASE WHEN s.seqincrement > 0 THEN s.seqmin <> " \
    "1 ELSE s.seqmin > -most.value - 1 END THEN 'minvalue ' || s.seqmin END, CASE WHEN CASE WHEN " \
    "s.seqincrement > 0 THEN s.seqmax < most.value ELSE s.seqmax <> -1 END THEN 'maxvalue ' || "   \
    "s.seqmax END, CASE WHEN s.seqcache <> 1 THEN 'cache ' || s.seqcache END, CASE WHEN "          \
    "s.seqcycle THEN 'cycle' END), '')"

/* OFFSET 0: what is rendered is rendered once, though it is used in many places. */
static const char COLUMNS[] =
    "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, "
    PG_YES_NO("a.attnotnull") " AS \"not null\", CASE WHEN v.conname IS NOT NULL THEN 'no' END AS "
    "\"not null validated\", v.conname AS \"~not null name\", "
    "CASE WHEN a.attgenerated <> '' THEN NULL WHEN e.text = own.text THEN "
    "'nextval(its own sequence)' ELSE e.text END AS \"default\", "
    "CASE WHEN a.attgenerated <> '' THEN format('%s %s', CASE a.attgenerated WHEN 's' THEN "
    "'stored' ELSE 'virtual' END, e.text) END AS generated, "
    "CASE WHEN a.attgenerated <> '' THEN format('GENERATED ALWAYS AS (%s)%s', e.text, CASE "
    "a.attgenerated WHEN 's' THEN ' STORED' END) END AS \"~generation\", "
    "CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity, "
    "CASE WHEN s.seqrelid IS NOT NULL THEN " COLUMN_SEQUENCE " END AS sequence, "
    "s.seqrelid::regclass AS \"~sequence name\", "
    "CASE WHEN s.seqrelid IS NOT NULL THEN format('AS %s START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s%s CYCLE', format_type("
    "s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN NOT "
    "s.seqcycle THEN ' NO' END) END AS \"~set sequence\", "
    PG_YES("e.text = own.text") " AS \"~own default\", CASE WHEN e.text = own.text THEN CASE "
    "a.atttypid WHEN 'int2'::regtype THEN 'smallserial' WHEN 'int4'::regtype THEN 'serial' "
    "WHEN 'int8'::regtype THEN 'bigserial' END END AS \"~serial\", "
    "CASE WHEN a.attcollation <> t.typcollation THEN (SELECT format('%I.%I', ln.nspname, "
    "l.collname) "
    "FROM pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace "
    "WHERE l.oid = a.attcollation) END AS collation, " PG_SETTINGS("a.attfdwoptions") " AS settings, "
    "b.description AS comment, CASE WHEN a.attacl IS NOT NULL THEN "
    PG_GRANTS_TEXT("a.attacl", PG_NO_GRANTS, "c.relowner") " END AS grants, "
    PG_OWNER("c.relowner") " "
    PG_RELATIONS "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT "
    "a.attisdropped "
    "JOIN pg_type t ON t.oid = a.atttypid "
    "CROSS JOIN LATERAL (SELECT CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN "
    "'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END AS value) most "
    "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
    "LEFT JOIN LATERAL (SELECT pg_get_expr(d.adbin, d.adrelid) AS text OFFSET 0) e ON true "
    "LEFT JOIN (SELECT DISTINCT ON (p.refobjid, p.refobjsubid) p.refobjid, p.refobjsubid, q.* "
    "FROM pg_depend p JOIN pg_sequence q ON q.seqrelid = p.objid "
    "WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass "
    "AND p.deptype IN ('a', 'i') ORDER BY p.refobjid, p.refobjsubid, q.seqrelid) s "
    "ON s.refobjid = c.oid AND s.refobjsubid = a.attnum "
    "LEFT JOIN pg_description b ON b.objoid = c.oid AND b.classoid = 'pg_class'::regclass AND "
    "b.objsubid = a.attnum "
    "LEFT JOIN LATERAL (SELECT format('nextval(%L::regclass)', s.seqrelid::regclass::text) AS "
    "text OFFSET 0) own ON s.seqrelid IS NOT NULL "
    "LEFT JOIN pg_constraint v ON v.conrelid = c.oid AND v.contype = 'n' AND NOT v.convalidated "
    "AND v.conkey = ARRAY[a.attnum] "
    "WHERE c.relkind IN ('r', 'p', 'f') AND " PG_USER_RELATION
    " AND NOT c.relispartition ORDER BY c.oid, a.attnum";

/* SET NULL (column) came with 15. */
static const char FOREIGN_KEYS[] =
    CONSTRAINT_NAME "format('%s (%s)', o.confrelid::regclass, "
    PG_KEY_COLUMNS("o.confrelid", "o.confkey") ") AS \"references\", "
    ACTION("o.confupdtype") " AS \"on update\", " ACTION("o.confdeltype") " || COALESCE(" PG_SINCE("150000", "(SELECT "
    "' (' || string_agg(sa.attname, ', ' ORDER BY sa.attname) || ')' "
    "FROM jsonb_array_elements_text(NULLIF(to_jsonb(o) -> 'confdelsetcols', 'null')) s (number) "
    "JOIN pg_attribute sa ON sa.attrelid = o.conrelid AND sa.attnum = s.number::int)") ", '') "
    "AS \"on delete\", CASE o.confmatchtype WHEN 'f' THEN 'full' END AS \"match\", "
    PG_YES(PG_SINCE("180000", "to_jsonb(o) ->> 'conperiod' = 'true'")) " AS period, " DEFERRABLE ", " VALIDATED ", "
    CONSTRAINT_FACTS CONSTRAINTS("f");

/* An index named as the server names them is called by its terms. Its own columns keep the names
 * that it was made with, so that a column's new name does not hide where the name is from. A name
 * that would be longer than 63 bytes has a part of the table's name and a part of the columns'.
 * The definition starts with what the other attributes say. */
#define TRUNCATED "55"

static const char INDEXES[] =
    "SELECT n.nspname, c.relname, CASE WHEN right(regexp_replace(x.relname, '[0-9]*$', ''), "
    "length(g.ending)) = g.ending OR octet_length(x.relname) > " TRUNCATED " AND EXISTS (SELECT FROM "
    "regexp_replace(x.relname, '_idx[0-9]*$', '') r (name), generate_series(1, length(r.name) - 2) k "
    "WHERE r.name <> x.relname AND right(r.name, k + 1) = left(g.ending, k + 1)) THEN '(' || (SELECT string_agg(pg_get_indexdef(x.oid, k, true), "
    "', ' ORDER BY k) FROM generate_series(1, i.indnkeyatts) k) || ')' ELSE x.relname END, "
    PG_YES_NO("i.indisunique") " AS \"unique\", NULLIF(m.amname, 'btree') AS method, "
    "left(f.text, length(f.text) - COALESCE(length(' WHERE ' || w.text), 0)) AS columns, "
    "w.text AS \"where\", CASE WHEN NOT i.indisvalid THEN 'no' END AS valid, "
    PG_COMMENT("x.oid", "pg_class") ", x.relname AS \"~identifier\", format('CREATE %sINDEX %I ON "
    "%I.%I USING %I %s', CASE WHEN i.indisunique THEN 'UNIQUE ' END, x.relname, n.nspname, "
    "c.relname, m.amname, f.text) AS \"~definition\" " PG_RELATIONS
    "JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid "
    "JOIN pg_am m ON m.oid = x.relam "
    "CROSS JOIN LATERAL (SELECT '_' || string_agg(ia.attname, '_' ORDER BY ia.attnum) || '_idx' "
    "AS ending FROM pg_attribute ia WHERE ia.attrelid = x.oid) g "
    "CROSS JOIN LATERAL (SELECT substr(pg_get_indexdef(x.oid), 1 + length(format("
    "'CREATE %sINDEX %I ON %s%I.%I USING %I ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, "
    "x.relname, CASE WHEN x.relkind = 'I' THEN 'ONLY ' END, n.nspname, c.relname, m.amname))) "
    "AS text OFFSET 0) f CROSS JOIN LATERAL (SELECT pg_get_expr(i.indpred, i.indrelid) AS text "
    "OFFSET 0) w "
    "WHERE NOT x.relispartition AND " PG_USER_RELATION " AND NOT EXISTS (SELECT FROM "
    "pg_constraint o "
    "WHERE o.conindid = x.oid AND o.contype IN ('p', 'u', 'x')) ORDER BY 1, 2, 3, f.text, "
    "x.relname";

/* A trigger on a partition that its parent's made is left out: before 15 it was internal. */
static const char TRIGGERS[] =
    "SELECT n.nspname, c.relname, t.tgname, pg_get_triggerdef(t.oid) AS sql, "
    PG_ENABLED("t.tgenabled") ", " PG_COMMENT("t.oid", "pg_trigger") " " PG_RELATIONS "JOIN pg_trigger t ON t.tgrelid = c.oid "
    "WHERE NOT t.tgisinternal AND COALESCE(to_jsonb(t) ->> 'tgparentid', '0') = '0' AND "
    PG_USER_RELATION;

static const char POLICIES[] =
    "SELECT n.nspname, c.relname, p.polname, CASE p.polcmd WHEN 'r' THEN 'SELECT' "
    "WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS "
    "command, "
    PG_YES("NOT p.polpermissive") " AS restrictive, (SELECT string_agg(COALESCE("
    "quote_ident(r.rolname), 'PUBLIC'), ', ' ORDER BY r.rolname) FROM unnest(p.polroles) u (oid) LEFT JOIN pg_roles r ON r.oid = "
    "u.oid) "
    "AS roles, pg_get_expr(p.polqual, p.polrelid) AS \"using\", "
    "pg_get_expr(p.polwithcheck, p.polrelid) AS \"with check\", " PG_COMMENT("p.oid", "pg_policy")
    " " PG_RELATIONS
    "JOIN pg_policy p ON p.polrelid = c.oid WHERE " PG_USER_RELATION;

const PgSchemaQuery PG_TABLE_QUERIES[] = {
    {SCHEMA_TABLE, .rendered = true, .sql = TABLES},
    {SCHEMA_COLUMN, .rendered = true, .sql = COLUMNS},
    {SCHEMA_PRIMARY_KEY, .sql = CONSTRAINT_NAME
     "pg_get_constraintdef(o.oid) AS definition, " CONSTRAINT_SAYS CONSTRAINTS("p")},
    {SCHEMA_UNIQUE, .sql = CONSTRAINT_NAME
     "pg_get_constraintdef(o.oid) AS definition, " CONSTRAINT_SAYS CONSTRAINTS("u")},
    {SCHEMA_FOREIGN_KEY, .sql = FOREIGN_KEYS},
    {SCHEMA_CHECK, .rendered = true, .sql = CONSTRAINT_NAME
     "pg_get_expr(o.conbin, o.conrelid) AS expression, " PG_YES("o.connoinherit")
     " AS \"no inherit\", " VALIDATED ", " CONSTRAINT_FACTS CONSTRAINTS("c")},
    {SCHEMA_EXCLUSION, .rendered = true, .sql = CONSTRAINT_NAME
     "pg_get_constraintdef(o.oid) AS definition, " CONSTRAINT_FACTS CONSTRAINTS("x")},
    {SCHEMA_INDEX, .rendered = true, .sql = INDEXES},
    {SCHEMA_TRIGGER, .rendered = true, .sql = TRIGGERS},
    {SCHEMA_RULE, .rendered = true, .sql = "SELECT n.nspname, c.relname, r.rulename, "
     "pg_get_ruledef(r.oid) AS sql, " PG_ENABLED("r.ev_enabled") ", "
     PG_COMMENT("r.oid", "pg_rewrite") " " PG_RELATIONS
     "JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN' WHERE " PG_USER_RELATION},
    {SCHEMA_POLICY, .rendered = true, .sql = POLICIES},
};

/* clang-format on */

const size_t PG_TABLE_QUERY_COUNT = COUNT_OF(PG_TABLE_QUERIES);
