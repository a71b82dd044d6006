/* What stands beside tables: namespaces, views, types, functions and the like. */
#include "database/pg_schema_parts.h"

/* clang-format off */

/* The definition of a view as an item of a statement, which ends it. */
#define VIEW_SQL "rtrim(pg_get_viewdef(c.oid), ';') AS sql"
#define TYPE_SAYS(alias)                                                                           \
    PG_COMMENT(alias ".oid", "pg_type") ", "                                                       \
    PG_GRANTS(alias ".typacl", "T", alias ".typowner") ", " PG_OWNER(alias ".typowner")
#define USER_TYPE PG_USER_SPACE " AND " PG_NOT_EXTENSION("pg_type", "t.oid")

static const char NAMESPACES[] =
    "SELECT '', '', n.nspname, " PG_COMMENT("n.oid", "pg_namespace") ", CASE WHEN n.nspacl IS NOT "
    "NULL THEN " PG_GRANTS_TEXT("n.nspacl", "i.base", "n.nspowner") " END AS grants, "
    PG_OWNER("n.nspowner") " FROM pg_namespace n CROSS JOIN LATERAL (SELECT COALESCE((SELECT "
    "i.initprivs FROM pg_init_privs i WHERE i.objoid = n.oid AND i.classoid = "
    "'pg_namespace'::regclass), acldefault('n', n.nspowner)) AS base) i WHERE " PG_USER_SPACE
    " AND " PG_NOT_EXTENSION("pg_namespace", "n.oid");

/* An extension's comment is its author's, and an update does not renew it. */
static const char EXTENSIONS[] =
    "SELECT '', '', e.extname, e.extversion AS version, n.nspname AS namespace "
    "FROM pg_extension e " PG_SPACE("e.extnamespace") "WHERE e.extname <> 'plpgsql'";

static const char VIEWS[] =
    "SELECT n.nspname, '', c.relname, " VIEW_SQL ", " PG_OPTIONS("c.reloptions") ", "
    "(SELECT string_agg(format('%I %s, ', a.attname, format_type(a.atttypid, a.atttypmod)), '' "
    "ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) AS \"~row\", "
    "(SELECT string_agg(format('%I %s', a.attname, pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY "
    "a.attname) FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = "
    "d.adnum WHERE d.adrelid = c.oid) AS \"column defaults\", "
    "(SELECT string_agg(format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s;', c.oid::regclass, "
    "a.attname, pg_get_expr(d.adbin, d.adrelid)), E'\\n' ORDER BY a.attname) FROM pg_attrdef d "
    "JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = c.oid) AS "
    "\"~set defaults\", "
    "(SELECT string_agg(format('ALTER VIEW %s ALTER COLUMN %I DROP DEFAULT;', c.oid::regclass, "
    "a.attname), E'\\n' ORDER BY a.attname) FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = "
    "d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = c.oid) AS \"~drop defaults\", "
    PG_COMMENT("c.oid", "pg_class") ", " PG_COLUMN_COMMENTS("c.oid") ", "
    PG_COLUMN_GRANTS("c.oid") ", " PG_GRANTS("c.relacl", "r", "c.relowner") ", "
    PG_OWNER("c.relowner") " " PG_RELATIONS "WHERE c.relkind = 'v' AND " PG_USER_RELATION;

static const char MATERIALIZED_VIEWS[] =
    "SELECT n.nspname, '', c.relname, " VIEW_SQL ", " PG_OPTIONS("c.reloptions") ", "
    "CASE WHEN NOT c.relispopulated THEN 'no' END AS populated, "
    PG_COMMENT("c.oid", "pg_class") ", " PG_COLUMN_COMMENTS("c.oid") ", "
    PG_COLUMN_GRANTS("c.oid") ", " PG_GRANTS("c.relacl", "r", "c.relowner") ", "
    PG_OWNER("c.relowner") " " PG_RELATIONS "WHERE c.relkind = 'm' AND " PG_USER_RELATION;

static const char SEQUENCES[] =
    "SELECT n.nspname, '', c.relname, format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, "
    "s.seqincrement AS increment, s.seqmin AS minimum, s.seqmax AS maximum, s.seqcache AS cache, "
    PG_YES("s.seqcycle") " AS cycle, " PG_COMMENT("c.oid", "pg_class") ", "
    PG_GRANTS("c.relacl", "s", "c.relowner") ", " PG_OWNER("c.relowner") ", "
    "c.oid::regclass AS \"~sequence name\" "
    "FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid "
    PG_SPACE("c.relnamespace") "WHERE NOT EXISTS (SELECT FROM pg_depend o "
    "WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid "
    "AND o.refclassid = 'pg_class'::regclass AND o.refobjsubid > 0 AND o.deptype IN ('a', 'i')) "
    "AND " PG_USER_RELATION;

/* Without the line's end that stands behind the body. */
static const char FUNCTIONS[] =
    "SELECT n.nspname, '', format('%s(%s)', p.proname, oidvectortypes(p.proargtypes)), "
    "CASE WHEN p.prokind <> 'a' THEN rtrim(pg_get_functiondef(p.oid), E'\\n') ELSE (SELECT format("
    "'CREATE AGGREGATE %I.%I(%s) (SFUNC = %s, STYPE = %s%s%s%s%s)', n.nspname, p.proname, CASE "
    "WHEN p.pronargs = 0 THEN '*' ELSE pg_get_function_identity_arguments(p.oid) END, "
    "g.aggtransfn::regproc, format_type(g.aggtranstype, NULL), ', FINALFUNC = ' || NULLIF("
    "g.aggfinalfn, 0)::regproc::text, ', COMBINEFUNC = ' || NULLIF(g.aggcombinefn, "
    "0)::regproc::text, ', INITCOND = ' || quote_literal(g.agginitval), CASE WHEN p.proparallel = "
    "'s' THEN ', PARALLEL = SAFE' END) FROM pg_aggregate g WHERE g.aggfnoid = p.oid) END AS sql, "
    PG_COMMENT("p.oid", "pg_proc") ", " PG_GRANTS("p.proacl", "f", "p.proowner") ", "
    PG_OWNER("p.proowner") ", p.oid::regprocedure AS \"~identifier\" "
    "FROM pg_proc p " PG_SPACE("p.pronamespace") "WHERE " PG_USER_SPACE " AND "
    PG_NOT_MADE_BY("'e', 'i'", "pg_proc", "p.oid");

static const char EVENT_TRIGGERS[] =
    "SELECT '', '', e.evtname, e.evtevent AS event, e.evtfoid::regproc AS function, "
    "array_to_string(e.evttags, ', ') AS tags, (SELECT string_agg(quote_literal(u), ', ') FROM "
    "unnest(e.evttags) u) AS \"~tag list\", " PG_ENABLED("e.evtenabled") ", "
    PG_COMMENT("e.oid", "pg_event_trigger")
    " FROM pg_event_trigger e WHERE " PG_NOT_EXTENSION("pg_event_trigger", "e.oid");

static const char ENUMS[] =
    "SELECT n.nspname, '', t.typname, (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY "
    "e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS \"values\", " TYPE_SAYS("t")
    " FROM pg_type t " PG_SPACE("t.typnamespace") "WHERE t.typtype = 'e' AND " USER_TYPE;

/* From 18 on NOT NULL is a constraint too: it is said already. */
#define DOMAIN_CHECKS(text, separator)                                                             \
    "(SELECT string_agg(" text ", " separator " ORDER BY pg_get_constraintdef(o.oid), o.conname) " \
    "FROM pg_constraint o WHERE o.contypid = t.oid AND o.contype = 'c')"

static const char DOMAINS[] =
    "SELECT n.nspname, '', t.typname, format_type(t.typbasetype, t.typtypmod) AS type, "
    PG_YES_NO("t.typnotnull") " AS \"not null\", pg_get_expr(t.typdefaultbin, 0) AS \"default\", "
    DOMAIN_CHECKS("pg_get_constraintdef(o.oid)", "' '") " AS checks, "
    DOMAIN_CHECKS("format('ALTER DOMAIN %s ADD CONSTRAINT %I %s;', t.oid::regtype, o.conname, "
                  "pg_get_constraintdef(o.oid))", "E'\\n'") " AS \"~add checks\", "
    DOMAIN_CHECKS("format('ALTER DOMAIN %s DROP CONSTRAINT %I;', t.oid::regtype, o.conname)",
                  "E'\\n'") " AS \"~drop checks\", "
    "CASE WHEN t.typcollation <> b.typcollation THEN (SELECT format('%I.%I', ln.nspname, "
    "l.collname) "
    "FROM pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace "
    "WHERE l.oid = t.typcollation) END AS collation, " TYPE_SAYS("t")
    " FROM pg_type t JOIN pg_type b ON b.oid = t.typbasetype " PG_SPACE("t.typnamespace")
    "WHERE t.typtype = 'd' AND " USER_TYPE;

static const char COMPOSITES[] =
    "SELECT n.nspname, '', c.relname, (SELECT string_agg(format('%I %s%s', a.attname, format_type("
    "a.atttypid, a.atttypmod), (SELECT format(' COLLATE %I.%I', ln.nspname, l.collname) FROM "
    "pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace WHERE l.oid = a.attcollation "
    "AND a.attcollation <> b.typcollation)), ', ' ORDER BY a.attnum) FROM pg_attribute a "
    "JOIN pg_type b ON b.oid = a.atttypid "
    "WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes, "
    PG_COLUMN_COMMENTS("c.oid") ", " TYPE_SAYS("t") " " PG_RELATIONS
    "JOIN pg_type t ON t.oid = c.reltype WHERE c.relkind = 'c' AND " USER_TYPE;

static const char RANGES[] =
    "SELECT n.nspname, '', t.typname, format_type(r.rngsubtype, NULL) AS subtype, "
    "NULLIF(r.rngcanonical, 0)::regproc AS canonical, "
    "NULLIF(r.rngsubdiff, 0)::regproc AS difference, (SELECT format('%I.%I', ln.nspname, "
    "l.collname) FROM pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace "
    "WHERE l.oid = r.rngcollation AND l.collname <> 'default') AS collation, " TYPE_SAYS("t")
    " FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid " PG_SPACE("t.typnamespace")
    "WHERE " USER_TYPE;

/* No target is -1, and NULL from 17 on. */
static const char STATISTICS[] =
    "SELECT n.nspname, '', s.stxname, pg_get_statisticsobjdef(s.oid) AS sql, "
    "NULLIF(to_jsonb(s) ->> 'stxstattarget', '-1') AS target, "
    PG_COMMENT("s.oid", "pg_statistic_ext")
    " FROM pg_statistic_ext s " PG_SPACE("s.stxnamespace") "WHERE " PG_USER_SPACE " AND "
    PG_NOT_EXTENSION("pg_statistic_ext", "s.oid");

#define PUBLICATION                                                                                \
    "SELECT '', '', p.pubname, " PG_YES("p.puballtables") " AS \"all tables\", "                   \
    "concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN "         \
    "'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN "         \
    "'truncate' END) AS operations, "                                                              \
    PG_YES("to_jsonb(p) ->> 'pubviaroot' = 'true'") " AS \"via root\", "                           \
    "NULLIF(to_jsonb(p) ->> 'pubgencols', 'n') AS \"generated columns\", "                         \
    PG_COMMENT("p.oid", "pg_publication") ", "
#define PUBLICATION_TABLES(text)                                                                   \
    "(SELECT string_agg(" text ", ', ' ORDER BY r.prrelid::regclass::text) "                       \
    "FROM pg_publication_rel r WHERE r.prpubid = p.oid) AS tables "
/* With columns and a filter. A column's name is quoted here: it is part of a statement. */
#define PUBLICATION_TABLE(open, close)                                                             \
    "concat_ws(' ', r.prrelid::regclass::text, '(' || (SELECT string_agg(quote_ident(ka.attname), "\
    "', ' ORDER BY k.at) FROM unnest(r.prattrs::int2[]) WITH ORDINALITY k (number, at) JOIN "      \
    "pg_attribute ka ON ka.attrelid = r.prrelid AND ka.attnum = k.number) || ')', "                \
    "'WHERE " open "' || pg_get_expr(r.prqual, r.prrelid)" close ")"

/* What a new object of that role, or of ours, may be used by. In one namespace it adds to what the
 * whole database has. The role that reads and the one that owns the database are not named. */
static const char DEFAULT_PRIVILEGES[] =
    "SELECT COALESCE(n.nspname, ''), '', k.objects || COALESCE(' of ' || r.role, ''), "
    PG_GRANTS_TEXT("d.defaclacl", "CASE WHEN d.defaclnamespace = 0 THEN acldefault(CASE "
    "d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole) ELSE "
    PG_NO_GRANTS " END", "d.defaclrole") " AS grants, upper(k.objects) AS \"~objects\", "
    "r.role AS \"~role\", quote_ident(n.nspname) AS \"~schema\" FROM pg_default_acl d LEFT JOIN "
    "pg_namespace n ON n.oid = d.defaclnamespace CROSS JOIN LATERAL (SELECT CASE d.defaclobjtype "
    "WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN "
    "'types' ELSE 'schemas' END AS objects) k CROSS JOIN LATERAL (SELECT CASE WHEN "
    "pg_get_userbyid(d.defaclrole) <> current_user AND d.defaclrole <> (SELECT b.datdba FROM "
    "pg_database b WHERE b.datname = current_database()) THEN quote_ident(pg_get_userbyid("
    "d.defaclrole)) END AS role) r ORDER BY 1, 2, 3, 4";

/* The locale of ICU's collations moved twice. */
static const char COLLATIONS[] =
    "SELECT n.nspname, '', l.collname, CASE l.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN "
    "'builtin' ELSE 'libc' END AS provider, COALESCE(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> "
    "'colliculocale', l.collcollate) AS locale, CASE WHEN l.collctype <> l.collcollate THEN "
    "l.collctype END AS ctype, CASE WHEN NOT l.collisdeterministic THEN 'no' END AS deterministic, "
    PG_COMMENT("l.oid", "pg_collation") " FROM pg_collation l " PG_SPACE("l.collnamespace")
    "WHERE " PG_USER_SPACE " AND " PG_NOT_EXTENSION("pg_collation", "l.oid");

/* What initdb made has a number below that. Source: access/transam.h, FirstNormalObjectId */
static const char CASTS[] =
    "SELECT '', '', s.name, format('CREATE CAST %s %s%s', s.name, CASE k.castmethod WHEN 'f' THEN "
    "'WITH FUNCTION ' || k.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT "
    "FUNCTION' END, CASE k.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' "
    "END) AS sql, " PG_COMMENT("k.oid", "pg_cast") ", s.name AS \"~identifier\" FROM pg_cast k CROSS "
    "JOIN LATERAL (SELECT format('(%s AS %s)', format_type(k.castsource, NULL), format_type("
    "k.casttarget, NULL)) AS name) s WHERE k.oid >= 16384 AND " PG_NOT_MADE_BY("'e', 'i'", "pg_cast", "k.oid");

static const char OPERATORS[] =
    "SELECT n.nspname, '', format('%s (%s, %s)', o.oprname, COALESCE(format_type(NULLIF(o.oprleft, "
    "0), NULL), 'none'), format_type(o.oprright, NULL)), format('CREATE OPERATOR %I.%s (FUNCTION = "
    "%s', n.nspname, o.oprname, o.oprcode) || concat(', LEFTARG = ' || format_type(NULLIF(o.oprleft, "
    "0), NULL), ', RIGHTARG = ' || format_type(o.oprright, NULL), (SELECT format(', COMMUTATOR = "
    "OPERATOR(%I.%s)', yn.nspname, y.oprname) FROM pg_operator y JOIN pg_namespace yn ON yn.oid = "
    "y.oprnamespace WHERE y.oid = o.oprcom), (SELECT format(', NEGATOR = OPERATOR(%I.%s)', "
    "yn.nspname, y.oprname) FROM pg_operator y JOIN pg_namespace yn ON yn.oid = y.oprnamespace "
    "WHERE y.oid = o.oprnegate), ', RESTRICT = ' || NULLIF(o.oprrest, 0)::regproc::text, "
    "', JOIN = ' || NULLIF(o.oprjoin, 0)::regproc::text, CASE WHEN o.oprcanhash THEN ', HASHES' "
    "END, CASE WHEN o.oprcanmerge THEN ', MERGES' END, ')') AS sql, "
    PG_COMMENT("o.oid", "pg_operator") ", format('%I.%s (%s, %s)', n.nspname, o.oprname, COALESCE("
    "format_type(NULLIF(o.oprleft, 0), NULL), 'NONE'), format_type(o.oprright, NULL)) AS "
    "\"~identifier\" FROM pg_operator o " PG_SPACE("o.oprnamespace") "WHERE o.oprcode <> 0 AND "
    PG_USER_SPACE " AND " PG_NOT_EXTENSION("pg_operator", "o.oid");

/* What dictionaries a configuration asks for one kind of token after another. */
#define MAPPINGS(text, separator)                                                                  \
    "(SELECT string_agg(" text ", " separator " ORDER BY t.alias) FROM (SELECT k.alias, "          \
    "string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries FROM "   \
    "pg_ts_config_map m JOIN ts_token_type(c.cfgparser) k ON k.tokid = m.maptokentype WHERE "      \
    "m.mapcfg = c.oid GROUP BY k.alias) t)"

static const char TEXT_SEARCHES[] =
    "SELECT n.nspname, '', c.cfgname, (SELECT format('%I.%I', pn.nspname, p.prsname) FROM "
    "pg_ts_parser p JOIN pg_namespace pn ON pn.oid = p.prsnamespace WHERE p.oid = c.cfgparser) AS "
    "parser, " MAPPINGS("t.alias || ': ' || t.dictionaries", "'; '") " AS mappings, "
    MAPPINGS("format('ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %s WITH %s;', "
             "c.oid::regconfig, t.alias, t.dictionaries)", "E'\\n'") " AS \"~add mappings\", "
    MAPPINGS("format('ALTER TEXT SEARCH CONFIGURATION %s DROP MAPPING FOR %s;', c.oid::regconfig, "
             "t.alias)", "E'\\n'") " AS \"~drop mappings\", " PG_COMMENT("c.oid", "pg_ts_config")
    " FROM pg_ts_config c " PG_SPACE("c.cfgnamespace") "WHERE " PG_USER_SPACE " AND "
    PG_NOT_EXTENSION("pg_ts_config", "c.oid");

static const char DICTIONARIES[] =
    "SELECT n.nspname, '', d.dictname, format('CREATE TEXT SEARCH DICTIONARY %I.%I (TEMPLATE = "
    "%I.%I%s)', n.nspname, d.dictname, tn.nspname, t.tmplname, ', ' || d.dictinitoption) AS sql, "
    PG_COMMENT("d.oid", "pg_ts_dict") " FROM pg_ts_dict d JOIN pg_ts_template t ON t.oid = "
    "d.dicttemplate JOIN pg_namespace tn ON tn.oid = t.tmplnamespace " PG_SPACE("d.dictnamespace")
    "WHERE " PG_USER_SPACE " AND " PG_NOT_EXTENSION("pg_ts_dict", "d.oid");

static const char FOREIGN_WRAPPERS[] =
    "SELECT '', '', w.fdwname, NULLIF(w.fdwhandler, 0)::regproc AS handler, NULLIF(w.fdwvalidator, "
    "0)::regproc AS validator, " PG_SETTINGS("w.fdwoptions") " AS settings, "
    PG_COMMENT("w.oid", "pg_foreign_data_wrapper") ", " PG_GRANTS("w.fdwacl", "F", "w.fdwowner")
    ", " PG_OWNER("w.fdwowner") " FROM pg_foreign_data_wrapper w WHERE "
    PG_NOT_EXTENSION("pg_foreign_data_wrapper", "w.oid");

/* User mappings hold passwords and are not read. */
static const char FOREIGN_SERVERS[] =
    "SELECT '', '', s.srvname, quote_ident(w.fdwname) AS wrapper, s.srvtype AS type, s.srvversion "
    "AS version, " PG_SETTINGS("s.srvoptions") " AS settings, "
    PG_COMMENT("s.oid", "pg_foreign_server") ", " PG_GRANTS("s.srvacl", "S", "s.srvowner") ", "
    PG_OWNER("s.srvowner") " FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = "
    "s.srvfdw WHERE " PG_NOT_EXTENSION("pg_foreign_server", "s.oid");

const PgSchemaQuery PG_OBJECT_QUERIES[] = {
    {SCHEMA_NAMESPACE, .sql = NAMESPACES},
    {SCHEMA_EXTENSION, .sql = EXTENSIONS},
    {SCHEMA_VIEW, .rendered = true, .sql = VIEWS},
    {SCHEMA_MATERIALIZED_VIEW, .rendered = true, .sql = MATERIALIZED_VIEWS},
    {SCHEMA_SEQUENCE, .sql = SEQUENCES},
    {SCHEMA_FUNCTION, .sql = FUNCTIONS},
    {SCHEMA_EVENT_TRIGGER, .sql = EVENT_TRIGGERS},
    {SCHEMA_ENUM, .sql = ENUMS},
    {SCHEMA_DOMAIN, .rendered = true, .sql = DOMAINS},
    {SCHEMA_COMPOSITE, .sql = COMPOSITES},
    {SCHEMA_RANGE, .sql = RANGES},
    {SCHEMA_STATISTICS, .sql = STATISTICS},
    {SCHEMA_PUBLICATION, .until = 150000, .sql = PUBLICATION
     "CASE WHEN p.puballtables THEN 'ALL TABLES' ELSE 'TABLE ' || (SELECT string_agg(r.prrelid::"
     "regclass::text, ', ') FROM pg_publication_rel r WHERE r.prpubid = p.oid) END AS "
     "\"~objects\", "
     PUBLICATION_TABLES("r.prrelid::regclass::text") "FROM pg_publication p"},
    {SCHEMA_PUBLICATION, .rendered = true, .since = 150000, .sql = PUBLICATION
     "CASE WHEN p.puballtables THEN 'ALL TABLES' ELSE NULLIF(concat_ws(', ', 'TABLE ' || (SELECT "
     "string_agg(" PUBLICATION_TABLE("(", " || ')'") ", ', ') FROM "
     "pg_publication_rel r WHERE r.prpubid = p.oid), "
     "'TABLES IN SCHEMA ' || (SELECT string_agg(quote_ident(n.nspname), ', ') FROM "
     "pg_publication_namespace s " PG_SPACE("s.pnnspid") "WHERE s.pnpubid = p.oid)), '') END AS "
     "\"~objects\", "
     "(SELECT string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname) "
     "FROM pg_publication_namespace s " PG_SPACE("s.pnnspid")
     "WHERE s.pnpubid = p.oid) AS namespaces, " PUBLICATION_TABLES(PUBLICATION_TABLE("", ""))
     "FROM pg_publication p"},
    {SCHEMA_DEFAULT_PRIVILEGES, .sql = DEFAULT_PRIVILEGES},
    {SCHEMA_COLLATION, .sql = COLLATIONS},
    {SCHEMA_CAST, .sql = CASTS},
    {SCHEMA_OPERATOR, .sql = OPERATORS},
    {SCHEMA_TEXT_SEARCH, .sql = TEXT_SEARCHES},
    {SCHEMA_DICTIONARY, .sql = DICTIONARIES},
    {SCHEMA_FOREIGN_WRAPPER, .sql = FOREIGN_WRAPPERS},
    {SCHEMA_FOREIGN_SERVER, .sql = FOREIGN_SERVERS},
};

/* clang-format on */

const size_t PG_OBJECT_QUERY_COUNT = COUNT_OF(PG_OBJECT_QUERIES);

const PgSchemaQuery *pg_schema_query(size_t at)
{
    if (at < PG_TABLE_QUERY_COUNT)
        return &PG_TABLE_QUERIES[at];
    at -= PG_TABLE_QUERY_COUNT;
    return at < PG_OBJECT_QUERY_COUNT ? &PG_OBJECT_QUERIES[at] : NULL;
}
