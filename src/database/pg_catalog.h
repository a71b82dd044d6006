#pragma once
/* What queries of the catalogs share. The search path is empty, so pg_catalog is found and nothing
 * else; an argument is a column or an alias. Columns that came after version 12 are read through
 * to_jsonb, which is NULL where a server lacks them. Source: postgresql.org, "System Catalogs". */

/* clang-format off */

/* Namespaces of the system are not the application's. */
#define PG_USER_SPACE "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
/* An object that an extension brought, or that another object made for itself (the constructors of
 * a range type), is neither. */
#define PG_NOT_MADE_BY(kinds, class, oid)                                                          \
    "NOT EXISTS (SELECT FROM pg_depend x WHERE x.deptype IN (" kinds ") AND x.classid = '" class   \
    "'::regclass AND x.objid = " oid " AND x.objsubid = 0)"
#define PG_NOT_EXTENSION(class, oid) PG_NOT_MADE_BY("'e'", class, oid)
#define PG_USER_RELATION PG_USER_SPACE " AND " PG_NOT_EXTENSION("pg_class", "c.oid")
/* Relations c in namespaces n. */
#define PG_RELATIONS "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
/* Namespaces n of a catalog's alias. */
#define PG_SPACE(oid) "JOIN pg_namespace n ON n.oid = " oid " "
/* The columns of a key in their order: numbers is an array of attribute numbers. */
#define PG_KEY_COLUMNS(relation, numbers)                                                          \
    "COALESCE((SELECT string_agg(ka.attname, ', ' ORDER BY k.at) FROM unnest(" numbers ") "        \
    "WITH ORDINALITY k (number, at) JOIN pg_attribute ka ON ka.attrelid = " relation               \
    " AND ka.attnum = k.number), '')"
/* The key of an advisory lock, one number or two. Source: postgresql.org, "pg_locks" */
#define PG_ADVISORY_KEY(lock)                                                                      \
    "CASE WHEN " lock ".objsubid = 1 THEN ((" lock ".classid::bigint << 32) | " lock               \
    ".objid::bigint)::text ELSE format('(%s, %s)', " lock ".classid::int, " lock ".objid::int) END"
/* What only later servers have, through to_jsonb, which is slow: asked of these alone. */
#define PG_SINCE(version, expression)                                                              \
    "CASE WHEN (SELECT current_setting('server_version_num')::int >= " version ") THEN "           \
    expression " END"
#define PG_YES(condition) "CASE WHEN " condition " THEN 'yes' END"
#define PG_YES_NO(condition) "CASE WHEN " condition " THEN 'yes' ELSE 'no' END"
