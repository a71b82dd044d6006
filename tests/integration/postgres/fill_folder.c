/* Fills every schema of a folder and tells how many of its tables got rows, and why the others did
 * not: a look at schemas that the generator has never seen is one command. No test.
 *
 * usage: fill_folder [--sqlite] [--edge] [--notes] [--sound] FOLDER [NAME...]
 *
 * --sound: keys and checks of Postgres are made again, so that they read all rows.
 * FOLDER/NAME.sql; without names all of them but *.rows.sql. */

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "database/populate/populate.h"
#include "pg_fixture.h"

enum { FILL_MS = 600000 };

static struct {
    bool sqlite, notes, sound;
    PopulateKind kind;
    const char *folder;
    StrList names;
} look;

#define SOUND                                                                                      \
    "DO $$DECLARE o record; BEGIN FOR o IN SELECT conrelid::regclass AS t, quote_ident(conname) "  \
    "AS n, pg_get_constraintdef(oid) AS d FROM pg_constraint WHERE contype IN ('f', 'c') AND "     \
    "conrelid <> 0 AND conparentid = 0 AND coninhcount = 0 LOOP EXECUTE format('ALTER TABLE %s "   \
    "DROP CONSTRAINT %s', o.t, o.n); EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %s %s', o.t, "  \
    "o.n, o.d); END LOOP; END$$"

static int64_t tables, filled;

static Error *fill_server(const char *sql, const PopulateSpec *spec, PopulateResult *result)
{
    AUTO(pg_db) PgDb db = {0};
    AUTO(pg_target) PgTarget target = pg_test_target("look");
    Error *err;

    pg_make("look", NULL);
    TRY(pg_db_open(&target, NULL, deadline_in(FILL_MS), &db));
    err = pg_run(&db, "RESET ALL");
    if (!err)
        err = pg_run(&db, sql);
    TRY_CTX(err, "the schema");
    pg_db_close(&db);
    TRY(pg_db_open(&target, NULL, deadline_in(FILL_MS), &db));
    TRY(pg_populate(&db, spec, result));
    return look.sound ? pg_run(&db, SOUND) : NULL;
}

static Error *fill_file(const char *sql, const PopulateSpec *spec, PopulateResult *result)
{
    AUTO(str) char *path = xasprintf("%s/look.db", pg_test_socket_folder());
    AUTO(sqlite_db) SqliteDb db = {0};
    sqlite3 *raw = NULL;
    AUTO(str) char *message = NULL;
    char *text = NULL;

    (void)unlink(path);
    if (sqlite3_open(path, &raw) == SQLITE_OK && sqlite3_exec(raw, sql, NULL, NULL, &text))
        message = xasprintf("the schema: %s", text ? text : "?");
    sqlite3_free(text);
    (void)sqlite3_close(raw);
    if (message)
        return error_new(ERR_INVALID, 0, "%s", message);
    TRY(sqlite_db_open(path, NULL, deadline_in(FILL_MS), &db));
    return sqlite_populate(&db, spec, result);
}

static void look_at(const char *name)
{
    AUTO(str) char *path = xasprintf("%s/%s.sql", look.folder, name);
    AUTO(str) char *sql = pg_file_text(path);
    PopulateSpec spec = {.kind = look.kind, .rows = 20, .seed = 7};
    AUTO(populate_result) PopulateResult result = {0};
    int64_t start = clock_now_ms();
    AUTO(error)
    Error *err = look.sqlite ? fill_file(sql, &spec, &result) : fill_server(sql, &spec, &result);

    printf("%-24s %3d/%-3d %6d rows %6d ms\n", name, (int)result.filled, (int)result.tables,
           (int)result.rows, (int)(clock_now_ms() - start));
    if (err)
        printf("  %s\n", err->msg);
    for (size_t i = 0; i < result.skipped.len; i++)
        printf("  %s: %s\n", result.skipped.items[i].table, result.skipped.items[i].reason);
    for (size_t i = 0; look.notes && i < result.per_table.len; i++)
        printf("    %s %d rows%s%s\n", result.per_table.items[i].table,
               (int)result.per_table.items[i].rows, result.per_table.items[i].note ? ": " : "",
               result.per_table.items[i].note ? result.per_table.items[i].note : "");
    (void)fflush(stdout);
    tables += result.tables;
    filled += result.filled;
    if (!look.sqlite)
        pg_drop("look");
}

static void find_names(void)
{
    AUTO(str) char *pattern = xasprintf("%s/*.sql", look.folder);
    glob_t found = {0};

    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++) {
            const char *name = strrchr(found.gl_pathv[i], '/') + 1;

            if (!text_ends(name, ".rows.sql"))
                str_list_add_owned(&look.names, xstrndup(name, strlen(name) - strlen(".sql")));
        }
    globfree(&found);
}

static void look_at_all(void **state)
{
    (void)state;
    if (look.names.len == 0)
        find_names();
    for (size_t i = 0; i < look.names.len; i++)
        look_at(look.names.items[i]);
    printf("%d of %d tables, %.1f in 100\n", (int)filled, (int)tables,
           tables > 0 ? 100.0 * (double)filled / (double)tables : 0.0);
    str_list_clear(&look.names);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(look_at_all)};

    for (int i = 1; i < argc; i++) {
        look.sqlite |= text_eq(argv[i], "--sqlite");
        look.sound |= text_eq(argv[i], "--sound");
        look.notes |= text_eq(argv[i], "--notes");
        if (text_eq(argv[i], "--edge"))
            look.kind = POPULATE_EDGE;
        if (argv[i][0] == '-')
            continue;
        if (look.folder)
            str_list_add(&look.names, argv[i]);
        else
            look.folder = argv[i];
    }
    if (!look.folder) {
        (void)fprintf(
            stderr,
            "usage: fill_folder [--sqlite] [--edge] [--notes] [--sound] FOLDER [NAME...]\n");
        return 2;
    }
    return cmocka_run_group_tests(tests, pg_test_start, pg_test_stop);
}
