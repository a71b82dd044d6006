#include "database/pg_schema_sql.h"

#include "base/text.h"
#include "database/pg_catalog.h"

/* The strings are laid out by hand, as SQL is. */
/* clang-format off */

/* Constraints of a relation that are its own: not a partition's copy, not a child's. */
#define CONSTRAINTS(type)                                                                          \
    "FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid " PG_SPACE("c.relnamespace")       \
    "WHERE o.contype = '" type "' AND o.conparentid = 0 "                                          \
    "AND (o.conislocal OR o.coninhcount = 0) AND " PG_USER_RELATION                                \
    " ORDER BY 1, 2, 3, pg_get_constraintdef(o.oid)"
#define CONSTRAINT_COLUMNS PG_KEY_COLUMNS("o.conrelid", "o.conkey")
#define CONSTRAINT_NAME "SELECT n.nspname, c.relname, '(' || " CONSTRAINT_COLUMNS " || ')', "
#define DEFERRABLE                                                                                 \
    "CASE WHEN NOT o.condeferrable THEN 'no' WHEN o.condeferred THEN 'initially deferred' "        \
    "ELSE 'initially immediate' END AS \"deferrable\""
/* conenforced and conperiod came with 18; what is not enforced is never validated. */
#define VALIDATED                                                                                  \
    "CASE WHEN NOT o.convalidated AND to_jsonb(o) ->> 'conenforced' IS DISTINCT FROM 'false' "     \
    "THEN 'no' ELSE 'yes' END AS validated, "                                                      \
    "CASE WHEN to_jsonb(o) ->> 'conenforced' = 'false' THEN 'no' END AS enforced"
#define ACTION(column)                                                                             \
    "CASE " column " WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' "   \
    "WHEN 'd' THEN 'SET DEFAULT' ELSE 'NO ACTION' END"
#define OPTIONS(column) "array_to_string(" column ", ', ') AS options"
/* 'O', the default, is not said. */
#define ENABLED(column)                                                                            \
    "CASE " column " WHEN 'O' THEN NULL WHEN 'D' THEN 'no' WHEN 'R' THEN 'on replicas' "           \
    "ELSE 'always' END AS enabled"

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
    "(SELECT concat_ws(' ', s.srvname, array_to_string(f.ftoptions, ', ')) FROM pg_foreign_table f "
    "JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid) AS \"foreign\", "
    "CASE WHEN c.relrowsecurity THEN CASE WHEN c.relforcerowsecurity THEN 'forced' ELSE 'on' END "
    "WHEN c.relforcerowsecurity THEN 'off, forced' END AS \"row security\", "
    "CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END "
    "AS \"replica identity\", " OPTIONS("c.reloptions") ", "
    "obj_description(c.oid, 'pg_class') AS comment "
    PG_RELATIONS "WHERE c.relkind IN ('r', 'p', 'f') AND " PG_USER_RELATION;

/* The sequence of a serial or identity column belongs to the column: its name is generated, and
 * stays when the table is renamed. From 18 on NOT NULL is a constraint too, which attnotnull tells,
 * also while it is not validated. */
static const char COLUMNS[] =
    "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, "
    PG_YES_NO("a.attnotnull") " AS \"not null\", (SELECT 'no' FROM pg_constraint o WHERE o.conrelid = "
    "c.oid AND o.contype = 'n' AND NOT o.convalidated AND o.conkey = ARRAY[a.attnum] LIMIT 1) "
    "AS \"not null validated\", "
    "CASE WHEN a.attgenerated <> '' THEN NULL WHEN e.text = format('nextval(%L::regclass)', "
    "s.seqrelid::regclass::text) THEN 'nextval(its own sequence)' ELSE e.text END AS \"default\", "
    "CASE WHEN a.attgenerated <> '' THEN format('%s %s', CASE a.attgenerated WHEN 's' THEN "
    "'stored' "
    "ELSE 'virtual' END, e.text) END AS generated, "
    "CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity, "
    "CASE WHEN s.seqrelid IS NOT NULL THEN format('%s start %s increment %s from %s to %s cache "
    "%s%s', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, "
    "s.seqcache, CASE WHEN s.seqcycle THEN ' cycle' END) END AS sequence, "
    "CASE WHEN a.attcollation <> t.typcollation THEN (SELECT format('%I.%I', ln.nspname, "
    "l.collname) "
    "FROM pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace "
    "WHERE l.oid = a.attcollation) END AS collation, col_description(c.oid, a.attnum) AS comment "
    PG_RELATIONS "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT "
    "a.attisdropped "
    "JOIN pg_type t ON t.oid = a.atttypid "
    "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
    "LEFT JOIN LATERAL (SELECT pg_get_expr(d.adbin, d.adrelid) AS text) e ON true "
    "LEFT JOIN LATERAL (SELECT q.* FROM pg_depend p JOIN pg_sequence q ON q.seqrelid = p.objid "
    "WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass "
    "AND p.refobjid = c.oid AND p.refobjsubid = a.attnum AND p.deptype IN ('a', 'i') "
    "ORDER BY q.seqrelid LIMIT 1) s ON true "
    "WHERE c.relkind IN ('r', 'p', 'f') AND " PG_USER_RELATION
    " AND NOT c.relispartition";

/* SET NULL (column) came with 15. */
static const char FOREIGN_KEYS[] =
    CONSTRAINT_NAME CONSTRAINT_COLUMNS " AS columns, format('%s (%s)', o.confrelid::regclass, "
    PG_KEY_COLUMNS("o.confrelid", "o.confkey") ") AS \"references\", "
    ACTION("o.confupdtype") " AS \"on update\", " ACTION("o.confdeltype") " || COALESCE((SELECT "
    "' (' || string_agg(sa.attname, ', ' ORDER BY sa.attname) || ')' "
    "FROM jsonb_array_elements_text(NULLIF(to_jsonb(o) -> 'confdelsetcols', 'null')) s (number) "
    "JOIN pg_attribute sa ON sa.attrelid = o.conrelid AND sa.attnum = s.number::int), '') "
    "AS \"on delete\", CASE o.confmatchtype WHEN 'f' THEN 'full' END AS \"match\", "
    PG_YES("to_jsonb(o) ->> 'conperiod' = 'true'") " AS period, " DEFERRABLE ", " VALIDATED " "
    CONSTRAINTS("f");

/* An index named as the server names them is called by its terms. Its own columns keep the names
 * that it was made with, so that a column's new name does not hide where the name is from. The
 * definition starts with what the other attributes say. */
static const char INDEXES[] =
    "SELECT n.nspname, c.relname, CASE WHEN right(regexp_replace(x.relname, '[0-9]*$', ''), "
    "length(g.ending)) = g.ending THEN '(' || (SELECT string_agg(pg_get_indexdef(x.oid, k, true), "
    "', ' ORDER BY k) FROM generate_series(1, i.indnkeyatts) k) || ')' ELSE x.relname END, "
    PG_YES_NO("i.indisunique") " AS \"unique\", NULLIF(m.amname, 'btree') AS method, "
    "left(f.text, length(f.text) - COALESCE(length(' WHERE ' || w.text), 0)) AS columns, "
    "w.text AS \"where\", CASE WHEN NOT i.indisvalid THEN 'no' END AS valid " PG_RELATIONS
    "JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid "
    "JOIN pg_am m ON m.oid = x.relam "
    "CROSS JOIN LATERAL (SELECT '_' || string_agg(ia.attname, '_' ORDER BY ia.attnum) || '_idx' "
    "AS ending FROM pg_attribute ia WHERE ia.attrelid = x.oid) g "
    "CROSS JOIN LATERAL (SELECT substr(pg_get_indexdef(x.oid), 1 + length(format("
    "'CREATE %sINDEX %I ON %s%I.%I USING %I ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, "
    "x.relname, CASE WHEN x.relkind = 'I' THEN 'ONLY ' END, n.nspname, c.relname, m.amname))) "
    "AS text) f CROSS JOIN LATERAL (SELECT pg_get_expr(i.indpred, i.indrelid) AS text) w "
    "WHERE NOT x.relispartition AND " PG_USER_RELATION " AND NOT EXISTS (SELECT FROM "
    "pg_constraint o "
    "WHERE o.conindid = x.oid AND o.contype IN ('p', 'u', 'x')) ORDER BY 1, 2, 3, f.text, "
    "x.relname";

static const char SEQUENCES[] =
    "SELECT n.nspname, '', c.relname, format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, "
    "s.seqincrement AS increment, s.seqmin AS minimum, s.seqmax AS maximum, s.seqcache AS cache, "
    PG_YES("s.seqcycle") " AS cycle FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid "
    PG_SPACE("c.relnamespace") "WHERE NOT EXISTS (SELECT FROM pg_depend o "
    "WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid "
    "AND o.refclassid = 'pg_class'::regclass AND o.refobjsubid > 0 AND o.deptype IN ('a', 'i')) "
    "AND "
    PG_USER_RELATION;

static const char FUNCTIONS[] =
    "SELECT n.nspname, '', format('%s(%s)', p.proname, oidvectortypes(p.proargtypes)), "
    "CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE (SELECT format("
    "'AGGREGATE %s: sfunc %s, stype %s, finalfunc %s, initcond %s', "
    "pg_get_function_identity_arguments(p.oid), g.aggtransfn::regproc, "
    "format_type(g.aggtranstype, NULL), g.aggfinalfn::regproc, quote_nullable(g.agginitval)) "
    "FROM pg_aggregate g WHERE g.aggfnoid = p.oid) END AS sql "
    "FROM pg_proc p " PG_SPACE("p.pronamespace") "WHERE " PG_USER_SPACE " AND "
    PG_NOT_MADE_BY("'e', 'i'", "pg_proc", "p.oid");

/* A trigger on a partition that its parent's made is left out: before 15 it was internal. */
static const char TRIGGERS[] =
    "SELECT n.nspname, c.relname, t.tgname, pg_get_triggerdef(t.oid) AS sql, "
    ENABLED("t.tgenabled") " " PG_RELATIONS "JOIN pg_trigger t ON t.tgrelid = c.oid "
    "WHERE NOT t.tgisinternal AND COALESCE(to_jsonb(t) ->> 'tgparentid', '0') = '0' AND "
    PG_USER_RELATION;

static const char POLICIES[] =
    "SELECT n.nspname, c.relname, p.polname, CASE p.polcmd WHEN 'r' THEN 'SELECT' "
    "WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS "
    "command, "
    PG_YES("NOT p.polpermissive") " AS restrictive, (SELECT string_agg(COALESCE(r.rolname, "
    "'PUBLIC'), "
    "', ' ORDER BY r.rolname) FROM unnest(p.polroles) u (oid) LEFT JOIN pg_roles r ON r.oid = "
    "u.oid) "
    "AS roles, pg_get_expr(p.polqual, p.polrelid) AS \"using\", "
    "pg_get_expr(p.polwithcheck, p.polrelid) AS \"with check\" " PG_RELATIONS
    "JOIN pg_policy p ON p.polrelid = c.oid WHERE " PG_USER_RELATION;

/* From 18 on NOT NULL is a constraint too: it is said already. */
static const char DOMAINS[] =
    "SELECT n.nspname, '', t.typname, format_type(t.typbasetype, t.typtypmod) AS type, "
    PG_YES_NO("t.typnotnull") " AS \"not null\", pg_get_expr(t.typdefaultbin, 0) AS \"default\", "
    "(SELECT string_agg(pg_get_constraintdef(o.oid), ' ' ORDER BY pg_get_constraintdef(o.oid)) "
    "FROM pg_constraint o WHERE o.contypid = t.oid AND o.contype = 'c') AS checks, "
    "CASE WHEN t.typcollation <> b.typcollation THEN (SELECT format('%I.%I', ln.nspname, "
    "l.collname) "
    "FROM pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace "
    "WHERE l.oid = t.typcollation) END AS collation "
    "FROM pg_type t JOIN pg_type b ON b.oid = t.typbasetype " PG_SPACE("t.typnamespace")
    "WHERE t.typtype = 'd' AND " PG_USER_SPACE " AND " PG_NOT_EXTENSION("pg_type", "t.oid");

#define PUBLICATION                                                                                \
    "SELECT '', '', p.pubname, " PG_YES("p.puballtables") " AS \"all tables\", "                   \
    "concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN "         \
    "'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN "         \
    "'truncate' END) AS operations, "                                                              \
    PG_YES("to_jsonb(p) ->> 'pubviaroot' = 'true'") " AS \"via root\", "                           \
    "NULLIF(to_jsonb(p) ->> 'pubgencols', 'n') AS \"generated columns\", "
#define PUBLICATION_TABLES(text)                                                                   \
    "(SELECT string_agg(" text ", ', ' ORDER BY r.prrelid::regclass::text) "                       \
    "FROM pg_publication_rel r WHERE r.prpubid = p.oid) AS tables "

const PgSchemaQuery PG_SCHEMA_QUERIES[] = {
    {SCHEMA_NAMESPACE, .sql = "SELECT '', '', n.nspname FROM pg_namespace n WHERE " PG_USER_SPACE
                              " AND " PG_NOT_EXTENSION("pg_namespace", "n.oid")},
    {SCHEMA_EXTENSION,
     .sql = "SELECT '', '', e.extname, e.extversion AS version, n.nspname AS namespace "
            "FROM pg_extension e " PG_SPACE("e.extnamespace") "WHERE e.extname <> 'plpgsql'"},
    {SCHEMA_TABLE, .rendered = true, .sql = TABLES},
    {SCHEMA_COLUMN, .rendered = true, .sql = COLUMNS},
    {SCHEMA_PRIMARY_KEY, .sql = CONSTRAINT_NAME CONSTRAINT_COLUMNS
     " AS columns, pg_get_constraintdef(o.oid) AS definition " CONSTRAINTS("p")},
    {SCHEMA_UNIQUE, .sql = CONSTRAINT_NAME CONSTRAINT_COLUMNS
     " AS columns, pg_get_constraintdef(o.oid) AS definition " CONSTRAINTS("u")},
    {SCHEMA_FOREIGN_KEY, .sql = FOREIGN_KEYS},
    {SCHEMA_CHECK, .rendered = true, .sql = CONSTRAINT_NAME
     "pg_get_expr(o.conbin, o.conrelid) AS expression, " PG_YES("o.connoinherit")
     " AS \"no inherit\", " VALIDATED " " CONSTRAINTS("c")},
    {SCHEMA_EXCLUSION, .rendered = true, .sql = CONSTRAINT_NAME
     "pg_get_constraintdef(o.oid) AS definition " CONSTRAINTS("x")},
    {SCHEMA_INDEX, .rendered = true, .sql = INDEXES},
    {SCHEMA_VIEW, .rendered = true, .sql = "SELECT n.nspname, '', c.relname, "
     "pg_get_viewdef(c.oid) AS sql, " OPTIONS("c.reloptions") " " PG_RELATIONS
     "WHERE c.relkind = 'v' AND " PG_USER_RELATION},
    {SCHEMA_MATERIALIZED_VIEW, .rendered = true, .sql = "SELECT n.nspname, '', c.relname, "
     "pg_get_viewdef(c.oid) AS sql, " OPTIONS("c.reloptions")
     ", CASE WHEN NOT c.relispopulated THEN 'no' END AS populated " PG_RELATIONS
     "WHERE c.relkind = 'm' AND " PG_USER_RELATION},
    {SCHEMA_SEQUENCE, .sql = SEQUENCES},
    {SCHEMA_FUNCTION, .sql = FUNCTIONS},
    {SCHEMA_TRIGGER, .rendered = true, .sql = TRIGGERS},
    {SCHEMA_EVENT_TRIGGER,
     .sql = "SELECT '', '', e.evtname, e.evtevent AS event, e.evtfoid::regproc AS function, "
            "array_to_string(e.evttags, ', ') AS tags, " ENABLED("e.evtenabled")
            " FROM pg_event_trigger e WHERE " PG_NOT_EXTENSION("pg_event_trigger", "e.oid")},
    {SCHEMA_RULE, .rendered = true, .sql = "SELECT n.nspname, c.relname, r.rulename, "
     "pg_get_ruledef(r.oid) AS sql, " ENABLED("r.ev_enabled") " " PG_RELATIONS
     "JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN' WHERE " PG_USER_RELATION},
    {SCHEMA_POLICY, .rendered = true, .sql = POLICIES},
    {SCHEMA_ENUM, .sql = "SELECT n.nspname, '', t.typname, (SELECT string_agg(quote_literal("
     "e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) "
     "AS \"values\" FROM pg_type t " PG_SPACE("t.typnamespace") "WHERE t.typtype = 'e' AND "
     PG_USER_SPACE " AND " PG_NOT_EXTENSION("pg_type", "t.oid")},
    {SCHEMA_DOMAIN, .rendered = true, .sql = DOMAINS},
    {SCHEMA_COMPOSITE, .sql = "SELECT n.nspname, '', c.relname, (SELECT string_agg(format('%I %s', "
     "a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) FROM pg_attribute "
     "a "
     "WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes " PG_RELATIONS
     "WHERE c.relkind = 'c' AND " PG_USER_SPACE " AND " PG_NOT_EXTENSION("pg_type", "c.reltype")},
    {SCHEMA_RANGE, .sql = "SELECT n.nspname, '', t.typname, format_type(r.rngsubtype, NULL) "
     "AS subtype, NULLIF(r.rngcanonical, 0)::regproc AS canonical, "
     "NULLIF(r.rngsubdiff, 0)::regproc AS difference, (SELECT l.collname FROM pg_collation l "
     "WHERE l.oid = r.rngcollation AND l.collname <> 'default') AS collation FROM pg_range r "
     "JOIN pg_type t ON t.oid = r.rngtypid " PG_SPACE("t.typnamespace") "WHERE " PG_USER_SPACE
     " AND " PG_NOT_EXTENSION("pg_type", "t.oid")},
    {SCHEMA_STATISTICS, .sql = "SELECT n.nspname, '', s.stxname, pg_get_statisticsobjdef(s.oid) "
     "AS sql FROM pg_statistic_ext s " PG_SPACE("s.stxnamespace") "WHERE " PG_USER_SPACE " AND "
     PG_NOT_EXTENSION("pg_statistic_ext", "s.oid")},
    {SCHEMA_PUBLICATION, .until = 150000, .sql = PUBLICATION
     PUBLICATION_TABLES("r.prrelid::regclass::text") "FROM pg_publication p"},
    {SCHEMA_PUBLICATION, .rendered = true, .since = 150000, .sql = PUBLICATION
     "(SELECT string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname) "
     "FROM pg_publication_namespace s " PG_SPACE("s.pnnspid")
     "WHERE s.pnpubid = p.oid) AS namespaces, "
     PUBLICATION_TABLES("concat_ws(' ', r.prrelid::regclass::text, '(' || NULLIF("
                        PG_KEY_COLUMNS("r.prrelid", "r.prattrs::int2[]") ", '') || ')', "
                        "'WHERE ' || pg_get_expr(r.prqual, r.prrelid))")
     "FROM pg_publication p"},
};

/* clang-format on */

const size_t PG_SCHEMA_QUERY_COUNT = COUNT_OF(PG_SCHEMA_QUERIES);
