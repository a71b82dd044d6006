#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database/populate/populate.h"
#include "sqlite_fixture.h"

enum { PATIENCE_MS = 60000 };

typedef struct File {
    char folder[32];
    char *path;
    SqliteDb db;
} File;

static void must(Error *err)
{
    if (err)
        fail_msg("%s", err->msg);
}

static char *schema_text(const char *name)
{
    AUTO(str) char *path = xasprintf("fixtures/schemas/sqlite/%s.sql", name);
    FixtureFile file = fixture_read(path);

    assert_non_null(file.bytes);
    file.bytes[file.len] = '\0';
    return file.bytes;
}

static void file_open(File *file, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    strcpy(file->folder, "/tmp/seatrial-test-XXXXXX");
    assert_non_null(mkdtemp(file->folder));
    file->path = xasprintf("%s/app.db", file->folder);
    assert_int_equal(sqlite3_open(file->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    must(sqlite_db_open(file->path, NULL, deadline_in(PATIENCE_MS), &file->db));
    /* for our own questions: checks that use JSON functions are no others' business here */
    (void)sqlite3_db_config(file->db.db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, (int *)NULL);
}

static void file_close(File *file)
{
    sqlite_db_close(&file->db);
    (void)unlink(file->path);
    (void)rmdir(file->folder);
    free(file->path);
}

static char *ask(File *file, const char *sql)
{
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    AUTO(str_list) StrList lines = {0};
    bool row;

    must(sqlite_prepare(&file->db, sql, &stmt));
    for (;;) {
        must(sqlite_step(&file->db, stmt, &row));
        if (!row)
            return str_list_join(&lines, "\n");
        str_list_add(&lines, sqlite_text(stmt, 0));
    }
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
    AUTO(str) char *sql = schema_text(name), *integrity = NULL, *orphans = NULL;
    PopulateSpec spec = {.kind = kind, .rows = 20, .seed = 7};
    AUTO(populate_result) PopulateResult result = {0};
    File file;

    file_open(&file, sql);
    must(sqlite_populate(&file.db, &spec, &result));
    tell(name, &result);
    if (getenv("DUMP")) {
        AUTO(str)
        char *command = xasprintf("cp %s /tmp/populate-%s-%d.db", file.path, name, (int)kind);
        (void)!system(command);
    }
    integrity = ask(&file, "SELECT integrity_check FROM pragma_integrity_check");
    orphans = ask(&file, "SELECT \"table\" || rowid FROM pragma_foreign_key_check");
    file_close(&file);
    assert_string_equal(integrity, "ok");
    assert_string_equal(orphans, "");
    assert_true(result.filled * 100 >= result.tables * percent);
}

static void test_wiki(void **state)
{
    (void)state;
    share("wiki", POPULATE_TYPICAL, 98);
    share("wiki", POPULATE_EDGE, 95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wiki),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
