#pragma once
/* What the queries of pg_schema_tables.c and pg_schema_objects.c share. */

#include "base/text.h"
#include "database/pg_catalog.h"
#include "database/pg_schema_sql.h"

/* The strings are laid out by hand, as SQL is. */
/* clang-format off */

#define PG_OPTIONS(column) "array_to_string(" column ", ', ') AS options"
/* Of foreign objects: "host 'far'". */
#define PG_SETTINGS(column)                                                                        \
    "CASE WHEN " column " IS NOT NULL THEN (SELECT string_agg(format('%I %L', u.option_name, "     \
    "u.option_value), ', ' ORDER BY u.option_name) FROM pg_options_to_table(" column ") u) END"
/* 'O', the default, is not said. */
#define PG_ENABLED(column)                                                                         \
    "CASE " column " WHEN 'O' THEN NULL WHEN 'D' THEN 'no' WHEN 'R' THEN 'on replicas' "           \
    "ELSE 'always' END AS enabled"
#define PG_COMMENT(oid, class) "obj_description(" oid ", '" class "') AS comment"
#define PG_OWNER(owner) "quote_ident(pg_get_userbyid(" owner ")) AS \"~owner\""

/* Privileges beside those that an object has when nobody grants or revokes: "SELECT TO reader, no
 * EXECUTE TO PUBLIC". Who owns it is called OWNER and nothing more is said of it: that name is the
 * road's, not the schema's. */
#define PG_GRANTS_ITEMS(said, one, other)                                                          \
    "SELECT '" said "' AS said, p.* FROM (SELECT grantee, privilege_type, is_grantable FROM "      \
    "aclexplode(" one ") EXCEPT SELECT grantee, privilege_type, is_grantable FROM aclexplode("     \
    other ")) p"
/* '{}' is no list of privileges, has no dimension; a column has none until they are granted. */
#define PG_NO_GRANTS "acldefault('c', 0::oid)"
#define PG_GRANTS_TEXT(acl, base, owner)                                                           \
    "(SELECT string_agg(said || privilege_type || ' TO ' || CASE WHEN grantee = 0 THEN 'PUBLIC' "  \
    "WHEN grantee = " owner " THEN 'OWNER' ELSE quote_ident(pg_get_userbyid(grantee)) END || "     \
    "CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ' ORDER BY said, "           \
    "pg_get_userbyid(grantee), privilege_type) FROM (" PG_GRANTS_ITEMS("", acl, base)              \
    " UNION ALL " PG_GRANTS_ITEMS("no ", base, acl) ") g)"
#define PG_GRANTS(acl, kind, owner)                                                                \
    "CASE WHEN " acl " IS NOT NULL THEN " PG_GRANTS_TEXT(acl, "acldefault('" kind "', " owner ")", \
                                                         owner) " END AS grants"
/* What is said of the columns of a view or a composite type, which are no objects of their own. */
#define PG_COLUMN_COMMENTS(relation)                                                               \
    "(SELECT string_agg(format('%I %L', ca.attname, cd.description), ', ' ORDER BY ca.attname) "   \
    "FROM pg_description cd JOIN pg_attribute ca ON ca.attrelid = cd.objoid AND ca.attnum = "      \
    "cd.objsubid WHERE cd.objoid = " relation " AND cd.classoid = 'pg_class'::regclass AND "       \
    "cd.objsubid > 0) AS \"column comments\", "                                                    \
    "(SELECT string_agg(format('COMMENT ON COLUMN %s.%I IS %L;', cd.objoid::regclass, ca.attname, "\
    "cd.description), E'\\n' ORDER BY ca.attname) FROM pg_description cd JOIN pg_attribute ca ON " \
    "ca.attrelid = cd.objoid AND ca.attnum = cd.objsubid WHERE cd.objoid = " relation " AND "      \
    "cd.classoid = 'pg_class'::regclass AND cd.objsubid > 0) AS \"~comment columns\", "            \
    "(SELECT string_agg(format('COMMENT ON COLUMN %s.%I IS NULL;', cd.objoid::regclass, "          \
    "ca.attname), E'\\n' ORDER BY ca.attname) FROM pg_description cd JOIN pg_attribute ca ON "     \
    "ca.attrelid = cd.objoid AND ca.attnum = cd.objsubid WHERE cd.objoid = " relation " AND "      \
    "cd.classoid = 'pg_class'::regclass AND cd.objsubid > 0) AS \"~uncomment columns\""
#define PG_COLUMN_GRANTS(relation)                                                                 \
    "(SELECT string_agg(format('%I: %s', ga.attname, "                                             \
    PG_GRANTS_TEXT("ga.attacl", PG_NO_GRANTS, "0::oid") "), '; ' ORDER BY ga.attname) FROM "  \
    "pg_attribute ga WHERE ga.attrelid = " relation " AND ga.attacl IS NOT NULL) AS \"column grants\""

/* clang-format on */
