#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "database/pg_admin.h"
#include "database/pg_schema_sql.h"

static const int VERSIONS[] = {120022, 130016, 140013, 150008, 160004, 170000, 180000};

/* As a query would name them; through to_jsonb, which is NULL on a server that lacks them, they
 * stand in quotation marks. Source: postgresql.org, "System Catalogs" of each version */
static const struct {
    const char *column;
    int since;
} LATER[] = {
    {".tgparentid", 130000},
    {".pubviaroot", 130000},
    {".stxexprs", 140000},
    {".attcompression", 140000},
    {".rngmultitypid", 140000},
    {".confdelsetcols", 150000},
    {".indnullsnotdistinct", 150000},
    {".prqual", 150000},
    {".prattrs", 150000},
    {"pg_publication_namespace", 150000},
    {".inherit_option", 160000},
    {".set_option", 160000},
    {".conenforced", 180000},
    {".conperiod", 180000},
    {".pubgencols", 180000},
};

static size_t count_queries(SchemaKind kind, int version)
{
    size_t count = 0;

    for (size_t i = 0; pg_schema_query(i); i++)
        count += pg_schema_query(i)->kind == kind &&
                 pg_schema_query_applies(pg_schema_query(i), version);
    return count;
}

/* A kind that one version is asked for, every version is asked for, once. */
static void each_kind_is_read_once(void **state)
{
    (void)state;
    for (size_t i = 0; pg_schema_query(i); i++)
        for (size_t k = 0; k < COUNT_OF(VERSIONS); k++)
            if (count_queries(pg_schema_query(i)->kind, VERSIONS[k]) != 1)
                fail_msg("%s in %d", schema_kind_name(pg_schema_query(i)->kind), VERSIONS[k]);
}

static void later_columns_are_for_later_servers(void **state)
{
    (void)state;
    for (size_t i = 0; pg_schema_query(i); i++)
        for (size_t k = 0; k < COUNT_OF(LATER); k++)
            if (strstr(pg_schema_query(i)->sql, LATER[k].column) &&
                pg_schema_query(i)->since < LATER[k].since)
                fail_msg("%s: %s", schema_kind_name(pg_schema_query(i)->kind), LATER[k].column);
}

/* Row filters and column lists are told where there are any. */
static void publications(void **state)
{
    (void)state;
    for (size_t i = 0; pg_schema_query(i); i++) {
        const PgSchemaQuery *query = pg_schema_query(i);

        if (query->kind != SCHEMA_PUBLICATION)
            continue;
        assert_int_equal(pg_schema_query_applies(query, 149999),
                         strstr(query->sql, ".prqual") == NULL);
        assert_int_equal(pg_schema_query_applies(query, 150000),
                         strstr(query->sql, ".prqual") != NULL);
    }
}

static void way_in_for_copies(void **state)
{
    static const char *const METHODS[] = {"md5",           "md5",           "scram-sha-256",
                                          "scram-sha-256", "scram-sha-256", "scram-sha-256",
                                          "scram-sha-256"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(VERSIONS); i++)
        assert_string_equal(pg_auth_method(VERSIONS[i]), METHODS[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_read_once),
        cmocka_unit_test(later_columns_are_for_later_servers),
        cmocka_unit_test(publications),
        cmocka_unit_test(way_in_for_copies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
