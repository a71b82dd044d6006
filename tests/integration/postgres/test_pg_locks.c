/* What event triggers of a real server tell of the locks of its commands. */

#include <stdlib.h>
#include <string.h>

#include "database/pg_lock_watch.h"
#include "database/pg_log.h"
#include "pg_fixture.h"

static const char BEFORE[] =
    "CREATE SCHEMA app; CREATE TABLE app.books (id int PRIMARY KEY, title text, pages int);"
    "CREATE TABLE app.loans (id int PRIMARY KEY, book int);"
    "CREATE TABLE app.parts (id int, at date) PARTITION BY RANGE (at);"
    "CREATE TABLE app.parts_1 PARTITION OF app.parts DEFAULT;"
    "INSERT INTO app.books SELECT i, 'b' || i, i FROM generate_series(1, 20) i;"
    "INSERT INTO app.loans SELECT i, i FROM generate_series(1, 20) i;"
    "INSERT INTO app.parts SELECT i, date '2026-01-01' + i FROM generate_series(1, 20) i;";

typedef struct LockRow {
    const char *upgrade;
    const char *wanted; /* "books ACCESS EXCLUSIVE read", separated by ", ", sorted */
} LockRow;

static const LockRow ROWS[] = {
    {"ALTER TABLE app.books ADD COLUMN note text", "books ACCESS EXCLUSIVE"},
    {"ALTER TABLE app.books ADD COLUMN note text DEFAULT 'x'", "books ACCESS EXCLUSIVE"},
    {"ALTER TABLE app.books ADD COLUMN k uuid DEFAULT gen_random_uuid()",
     "books ACCESS EXCLUSIVE rewritten"},
    {"ALTER TABLE app.books ALTER COLUMN pages TYPE bigint", "books ACCESS EXCLUSIVE rewritten"},
    {"ALTER TABLE app.books ALTER COLUMN title TYPE varchar", "books ACCESS EXCLUSIVE"},
    {"ALTER TABLE app.books ALTER COLUMN title SET NOT NULL", "books ACCESS EXCLUSIVE read"},
    {"ALTER TABLE app.books ADD CHECK (pages > 0)", "books ACCESS EXCLUSIVE read"},
    {"ALTER TABLE app.books ADD CHECK (pages > 0) NOT VALID", "books ACCESS EXCLUSIVE"},
    {"ALTER TABLE app.loans ADD FOREIGN KEY (book) REFERENCES app.books",
     "books SHARE ROW EXCLUSIVE read, loans SHARE ROW EXCLUSIVE read"},
    {"CREATE INDEX ON app.books (title)", "books SHARE read"},
    {"CREATE INDEX CONCURRENTLY ON app.books (title)", ""},
    {"DO $$BEGIN EXECUTE 'ALTER TABLE app.loans SET UNLOGGED'; END$$",
     "loans ACCESS EXCLUSIVE rewritten"},
    {"ALTER TABLE app.parts ALTER COLUMN id TYPE bigint",
     "parts ACCESS EXCLUSIVE, parts_1 ACCESS EXCLUSIVE rewritten"},
    {"ALTER TABLE app.books RENAME TO titles", "books ACCESS EXCLUSIVE"},
    {"DROP TABLE app.loans", "loans ACCESS EXCLUSIVE"},
    {"UPDATE app.books SET pages = pages + 1", ""},
    {"TRUNCATE app.loans", "loans ACCESS EXCLUSIVE"},
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *trace_text(const LockTrace *trace)
{
    AUTO(str_list) StrList lines = {0};

    for (size_t i = 0; i < trace->len; i++) {
        const TableLock *lock = &trace->items[i];
        bool rewritten = false;

        assert_string_equal(lock->space, "app");
        for (size_t k = 0; k < lock->works.len; k++)
            rewritten |= lock->works.items[k].rewrites;
        str_list_addf(&lines, "%s %s%s", lock->table, lock_mode_name(lock->mode),
                      rewritten             ? " rewritten"
                      : lock->works.len > 0 ? " read"
                                            : "");
    }
    if (lines.len > 1)
        qsort(lines.items, lines.len, sizeof *lines.items, by_text);
    return str_list_join(&lines, ", ");
}

static void trace_of(const char *database, const char *upgrade, LockTrace *ret_trace)
{
    AUTO(pg_db) PgDb db = pg_test_open(database);
    AUTO(pg_db) PgDb admin = pg_test_open("postgres");
    AUTO(lock_watch) LockWatch watch = {0};
    AUTO(str) char *begin = xasprintf("SELECT 'begin %s'", database);
    AUTO(str) char *end = xasprintf("SELECT 'end %s'", database);
    AUTO(str) char *path = xasprintf("%s/log", pg_test_socket_folder());
    Deadline dl = deadline_in(60000);

    pg_must(pg_lock_watch(&db, &watch));
    pg_must(pg_run(&admin, begin));
    pg_do(database, upgrade);
    pg_must(pg_run(&admin, end));
    for (;;) {
        AUTO(str) char *text = pg_file_text(path);
        AUTO(statement_list) StatementList statements = {0};
        AUTO(pg_lock_log) PgLockLog locks = pg_lock_log_init(&watch);
        AUTO(pg_log)
        PgLog log = pg_log_init(database, begin, end, STATEMENTS_SENT, &statements);

        log.locks = &locks;
        pg_log_feed(&log, text, strlen(text));
        pg_log_feed(&log, "\n\n", 2);
        pg_lock_log_end(&locks, ret_trace);
        if (log.ended)
            return;
        lock_trace_clear(ret_trace);
        assert_true(deadline_left_ms(dl) > 0);
        pg_must(cancel_sleep(NULL, 20));
    }
}

static void test_commands(void **state)
{
    (void)state;
    pg_do("postgres", "ALTER SYSTEM SET log_statement = 'all'");
    pg_do("postgres", "ALTER SYSTEM SET log_line_prefix = '" PG_LOG_PREFIX "'");
    pg_do("postgres", "SELECT pg_reload_conf()");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *database = xasprintf("locks_%zu", i);
        AUTO(lock_trace) LockTrace trace = {0};
        AUTO(str) char *got = NULL;

        pg_make(database, BEFORE);
        trace_of(database, ROWS[i].upgrade, &trace);
        got = trace_text(&trace);
        if (!text_eq(got, ROWS[i].wanted))
            fail_msg("%s: wanted %s, got %s", ROWS[i].upgrade, ROWS[i].wanted, got);
        for (size_t k = 0; k < trace.len; k++)
            assert_string_equal(trace.statements.items[trace.items[k].from].text, ROWS[i].upgrade);
        pg_drop(database);
    }
}

/* A role that owns nothing but its tables runs into no wall that watching made. */
static void test_plain_owner(void **state)
{
    AUTO(lock_watch) LockWatch watch = {0};
    AUTO(pg_db) PgDb db = {0};

    (void)state;
    pg_make("locks_owner", "CREATE ROLE plain; CREATE TABLE t (id int); ALTER TABLE t OWNER TO "
                           "plain; GRANT CREATE ON SCHEMA public TO plain");
    db = pg_test_open("locks_owner");
    pg_must(pg_lock_watch(&db, &watch));
    assert_int_equal(watch.len, 1);
    pg_do("locks_owner", "SET ROLE plain; ALTER TABLE t ADD COLUMN a int; CREATE TABLE u (); "
                         "DROP TABLE t, u");
    pg_db_close(&db);
    pg_drop("locks_owner");
    pg_do("postgres", "DROP ROLE plain");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_plain_owner),
    };

    return cmocka_run_group_tests(tests, pg_test_start, pg_test_stop);
}
