#include <string.h>

#include "base/file.h"
#include "database/populate/populate.h"
#include "pg_fixture.h"

static char *file_text(const char *name)
{
    AUTO(str) char *path = xasprintf("fixtures/schemas/postgres/%s.sql", name);
    FILE *file = fopen(path, "re");
    char *text = xcalloc(1, 1 << 20); /* the longest of them has a tenth */

    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    (void)fclose(file);
    return text;
}

static PopulateResult populate(const char *database, const PopulateSpec *spec)
{
    AUTO(pg_db) PgDb db = pg_test_open(database);
    PopulateResult result = {0};

    pg_must(pg_populate(&db, spec, &result));
    return result;
}

static void tell(const char *name, const PopulateResult *result)
{
    print_message("%s: %d of %d tables, %d rows\n", name, (int)result->filled, (int)result->tables,
                  (int)result->rows);
    for (size_t i = 0; i < result->skipped.len; i++)
        print_message("  %s: %s\n", result->skipped.items[i].table,
                      result->skipped.items[i].reason);
    for (size_t i = 0; i < result->per_table.len; i++)
        if (result->per_table.items[i].note || getenv("ROWS"))
            print_message("  %s %d: %s\n", result->per_table.items[i].table,
                          (int)result->per_table.items[i].rows,
                          result->per_table.items[i].note ? result->per_table.items[i].note : "");
}

static void share(const char *name, PopulateKind kind, int64_t percent)
{
    AUTO(str) char *sql = file_text(name);
    PopulateSpec spec = {.kind = kind, .rows = 20, .seed = 7};
    AUTO(populate_result) PopulateResult result = {0};

    pg_make(name, sql);
    result = populate(name, &spec);
    tell(name, &result);
    assert_true(result.filled * 100 >= result.tables * percent);
    if (!getenv("KEEP"))
        pg_drop(name);
}

static void test_shop(void **state)
{
    (void)state;
    share("shop", POPULATE_TYPICAL, 98);
    share("shop", POPULATE_EDGE, 98);
}

static void test_scheduling(void **state)
{
    (void)state;
    share("scheduling", POPULATE_TYPICAL, 95);
    share("scheduling", POPULATE_EDGE, 95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shop),
        cmocka_unit_test(test_scheduling),
    };

    return cmocka_run_group_tests(tests, pg_test_start, pg_test_stop);
}
