/* From a server's log to a trace of locks, and from that to findings. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"
#include "check_fixture.h"
#include "database/pg_log.h"

#define IN(session, text)  "seatrial 65f0." session " app: " text "\n"
#define MARK(number)       "seatrial 65f0.ff postgres: LOG:  statement: SELECT 'mark " number "'\n"
#define SQL(session, text) IN(session, "LOG:  statement: " text)
#define START(session, tag, counted, held)                                                         \
    IN(session, "LOG:  seatrial locks start|" counted "|" held "|" tag)
#define END(session, tag, counted, held)                                                           \
    IN(session, "LOG:  seatrial locks end|" counted "|" held "|" tag)                              \
    IN(session, "CONTEXT:  PL/pgSQL function seatrial_locks() line 17 at RAISE")
#define REWRITE(session, oid) IN(session, "LOG:  seatrial locks rewrite|" oid "||ALTER TABLE")

typedef struct LockCase {
    const char *name, *log;
    const char *trace;   /* "books ACCESS EXCLUSIVE 0-2 rewritten@1", separated by ", " */
    const char *finding; /* titles, separated by ", " */
} LockCase;

/* Tables: 101 books and 102 loans with rows, 103 shelves without. */
static const LockCase CASES[] = {
    {"a column is added: a moment, which is no finding",
     SQL("1", "ALTER TABLE books ADD COLUMN a int") START("1", "ALTER TABLE", "", "")
         END("1", "ALTER TABLE", "", "101:3"),
     "books ACCESS EXCLUSIVE 0-0", ""},
    {"rewritten",
     SQL("1", "ALTER TABLE books ALTER COLUMN a TYPE bigint") START("1", "ALTER TABLE", "", "")
         REWRITE("1", "101") END("1", "ALTER TABLE", "101:20", "101:3"),
     "books ACCESS EXCLUSIVE 0-0 rewritten@0",
     "books can neither be read nor written while all rows of books are rewritten"},
    {"an index",
     SQL("1", "CREATE UNIQUE INDEX i ON books (a)") START("1", "CREATE INDEX", "", "")
         END("1", "CREATE INDEX", "101:20", "101:0"),
     "books SHARE 0-0 read@0", "books cannot be written while all rows of books are read"},
    {"an index beside everybody's work holds no such lock",
     SQL("1", "CREATE INDEX CONCURRENTLY i ON books (a)") START("1", "CREATE INDEX", "", "")
         END("1", "CREATE INDEX", "101:40", ""),
     "", ""},
    {"a key: both tables wait",
     SQL("1", "ALTER TABLE loans ADD FOREIGN KEY (book) REFERENCES books")
         START("1", "ALTER TABLE", "", "") END("1", "ALTER TABLE", "101:20 102:20", "102:1 101:1"),
     "loans SHARE ROW EXCLUSIVE 0-0 read@0, books SHARE ROW EXCLUSIVE 0-0 read@0",
     "loans, books cannot be written while all rows of loans are read"},
    {"what was read before the command is not its doing",
     SQL("1", "BEGIN") SQL("1", "SELECT * FROM books")
         SQL("1", "ALTER TABLE books ADD COLUMN a int") START("1", "ALTER TABLE", "101:20", "")
             END("1", "ALTER TABLE", "101:20", "101:3") SQL("1", "COMMIT"),
     "books ACCESS EXCLUSIVE 2-3", ""},
    {"rows are changed behind the lock, in its transaction",
     SQL("1", "BEGIN") SQL("1", "ALTER TABLE books ADD COLUMN a int")
         START("1", "ALTER TABLE", "", "") END("1", "ALTER TABLE", "", "101:3")
             SQL("1", "UPDATE books SET a = 1") SQL("1", "COMMIT"),
     "books ACCESS EXCLUSIVE 1-3",
     "books can neither be read nor written while rows of books are changed"},
    {"rows are changed in a transaction of their own",
     SQL("1", "ALTER TABLE books ADD COLUMN a int") START("1", "ALTER TABLE", "", "")
         END("1", "ALTER TABLE", "", "101:3") SQL("1", "UPDATE books SET a = 1"),
     "books ACCESS EXCLUSIVE 0-0", ""},
    {"rows are changed before the lock",
     SQL("1", "BEGIN; UPDATE books SET a = 1; ALTER TABLE books ADD COLUMN b int; COMMIT")
         START("1", "ALTER TABLE", "", "") END("1", "ALTER TABLE", "", "101:3"),
     "books ACCESS EXCLUSIVE 2-3", ""},
    {"rows of another session",
     SQL("1", "BEGIN") SQL("1", "ALTER TABLE books ADD COLUMN a int")
         START("1", "ALTER TABLE", "", "") END("1", "ALTER TABLE", "", "101:3")
             SQL("2", "UPDATE loans SET a = 1") SQL("1", "COMMIT"),
     "books ACCESS EXCLUSIVE 1-3", ""},
    {"several at once are one transaction",
     SQL("1", "ALTER TABLE loans ADD COLUMN a int; UPDATE loans SET a = 1; CREATE TABLE x ()")
         START("1", "ALTER TABLE", "", "") END("1", "ALTER TABLE", "", "102:3") START(
             "1", "CREATE TABLE", "102:20", "102:3") END("1", "CREATE TABLE", "102:20", "102:3"),
     "loans ACCESS EXCLUSIVE 0-2",
     "loans can neither be read nor written while rows of loans are changed"},
    {"given back in between",
     SQL("1", "ALTER TABLE loans ADD a int; COMMIT; ALTER TABLE books ADD a int; "
              "UPDATE loans SET a = 1") START("1", "ALTER TABLE", "", "")
         END("1", "ALTER TABLE", "", "102:3") START("1", "ALTER TABLE", "", "")
             END("1", "ALTER TABLE", "", "101:3"),
     "loans ACCESS EXCLUSIVE 0-1, books ACCESS EXCLUSIVE 2-3",
     "books can neither be read nor written while rows of loans are changed"},
    {"by a function, and by a DO",
     SQL("1", "DO $$BEGIN ALTER TABLE books ALTER a TYPE bigint; END$$; SELECT 1") START(
         "1", "ALTER TABLE", "", "") REWRITE("1", "101") END("1", "ALTER TABLE", "101:20", "101:3"),
     "books ACCESS EXCLUSIVE 0-1 rewritten@0",
     "books can neither be read nor written while all rows of books are rewritten"},
    {"LOCK, which no event tells",
     SQL("1", "BEGIN") SQL("1", "LOCK TABLE ONLY public.\"books\", LOANS IN SHARE MODE NOWAIT")
         SQL("1", "DELETE FROM loans") SQL("1", "COMMIT"),
     "books SHARE 1-3, loans SHARE 1-3",
     "books, loans cannot be written while rows of loans are changed"},
    {"LOCK in a mode that stops nobody, and TRUNCATE",
     SQL("1", "LOCK books IN ACCESS SHARE MODE") SQL("1", "TRUNCATE books"),
     "books ACCESS EXCLUSIVE 1-1", ""},
    {"a stronger one later",
     SQL("1", "BEGIN") SQL("1", "CREATE INDEX i ON books (a)") START("1", "CREATE INDEX", "", "")
         END("1", "CREATE INDEX", "101:20", "101:0") SQL("1", "ALTER TABLE books ADD b int")
             START("1", "ALTER TABLE", "101:20", "101:0") END("1", "ALTER TABLE", "101:20", "101:3")
                 SQL("1", "ROLLBACK"),
     "books ACCESS EXCLUSIVE 1-3 read@1",
     "books can neither be read nor written while all rows of books are read"},
    {"tables without rows, and new ones",
     SQL("1", "CREATE INDEX i ON shelves (a)") START("1", "CREATE INDEX", "", "")
         END("1", "CREATE INDEX", "103:1 999:5", "103:0 999:3"),
     "shelves SHARE 0-0 read@0", ""},
    {"lines that make no sense",
     IN("1", "LOG:  seatrial locks ") IN("1", "LOG:  seatrial locks end|a|b|c|d|e") SQL(
         "1", "ALTER TABLE books ADD a int") START("1", "ALTER TABLE", "::: -1:x", "101:9 x 101")
         END("1", "ALTER TABLE", "101", "4294967397:3") SQL("1", ""),
     "", ""},
};

static const char *trace_text(const LockTrace *trace, Buf *out)
{
    for (size_t i = 0; i < trace->len; i++) {
        const TableLock *lock = &trace->items[i];

        buf_addf(out, "%s%s %s %zu-%zu", i ? ", " : "", lock->table, lock_mode_name(lock->mode),
                 lock->from, lock->to);
        for (size_t k = 0; k < lock->works.len; k++)
            buf_addf(out, " %s@%zu", lock->works.items[k].rewrites ? "rewritten" : "read",
                     lock->works.items[k].statement);
    }
    return buf_text(out);
}

static void read_trace(const LockWatch *watch, const char *text, LockTrace *ret_trace)
{
    AUTO(statement_list) StatementList statements = {0};
    AUTO(pg_lock_log) PgLockLog locks = pg_lock_log_init(watch);
    AUTO(pg_log)
    PgLog log =
        pg_log_init("app", "SELECT 'mark 1'", "SELECT 'mark 2'", STATEMENTS_SENT, &statements);

    log.locks = &locks;
    pg_log_feed(&log, MARK("1"), strlen(MARK("1")));
    pg_log_feed(&log, text, strlen(text));
    pg_log_feed(&log, MARK("2") "\n", strlen(MARK("2") "\n"));
    assert_true(log.ended);
    pg_lock_log_end(&locks, ret_trace);
}

static void add_table(LockWatch *watch, Snapshot *before, uint32_t id, const char *name,
                      int64_t rows)
{
    LIST_PUSH(watch, ((WatchedTable){id, xstrdup(""), xstrdup(name)}));
    fixture_table(before, name, rows, "aa", false);
}

static void run(const LockCase *one)
{
    AUTO(fixture) Fixture fixture;
    AUTO(lock_watch) LockWatch watch = {0};
    AUTO(lock_trace) LockTrace trace = {0};
    AUTO(finding_list) FindingList findings = {0};
    AUTO(buf) Buf text = BUF_INIT(4096), titles = BUF_INIT(4096);
    AUTO(str) char *skip = NULL;

    fixture_init(&fixture);
    add_table(&watch, &fixture.before, 101, "books", 20);
    add_table(&watch, &fixture.before, 102, "loans", 20);
    add_table(&watch, &fixture.before, 103, "shelves", 0);
    read_trace(&watch, one->log, &trace);
    if (!text_eq(trace_text(&trace, &text), one->trace))
        fail_msg("%s: wanted %s, got %s", one->name, one->trace, buf_text(&text));
    fixture.seen.locks = &trace;
    check_find("locks")->judge(&fixture.seen, &findings, &skip);
    assert_null(skip);
    for (size_t i = 0; i < findings.len; i++) {
        assert_int_equal(findings.items[i].level, LEVEL_WARN);
        assert_non_null(findings.items[i].hint);
        buf_addf(&titles, "%s%s", i ? ", " : "", findings.items[i].title);
    }
    if (!text_eq(buf_text(&titles), one->finding))
        fail_msg("%s: wanted %s, got %s", one->name, one->finding, buf_text(&titles));
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        run(&CASES[i]);
}

/* A finding says at which migration, and quotes each statement. */
static void test_finding(void **state)
{
    AUTO(fixture) Fixture fixture;
    AUTO(lock_watch) LockWatch watch = {0};
    AUTO(lock_trace) LockTrace trace = {0};
    AUTO(finding_list) FindingList findings = {0};
    AUTO(str) char *skip = NULL;

    (void)state;
    fixture_init(&fixture);
    add_table(&watch, &fixture.before, 101, "books", 20);
    read_trace(&watch, CASES[6].log, &trace);
    trace.statements.items[2].migration = xstrdup("003_owner");
    fixture.seen.locks = &trace;
    check_find("locks")->judge(&fixture.seen, &findings, &skip);
    assert_int_equal(findings.len, 1);
    assert_string_equal(findings.items[0].migration, "003_owner");
    assert_string_equal(findings.items[0].table, "books");
    assert_string_equal(findings.items[0].detail,
                        "rows of books are changed: UPDATE books SET a = 1\n"
                        "ACCESS EXCLUSIVE lock, until the transaction ends, on books");
}

/* What could not be seen is no pass. */
static void test_unseen(void **state)
{
    AUTO(fixture) Fixture fixture;
    AUTO(finding_list) FindingList findings = {0};
    AUTO(str) char *untold = NULL, *failed = NULL, *unknown = NULL;
    const Check *check = check_find("locks");

    (void)state;
    fixture_init(&fixture);
    fixture.seen.locks = NULL;
    fixture.seen.traced = NULL;
    check->judge(&fixture.seen, &findings, &unknown);
    assert_string_equal(unknown, "the server's log told no locks");
    fixture.seen.locks_untold = "SQLite has one lock for the whole database";
    check->judge(&fixture.seen, &findings, &untold);
    assert_string_equal(untold, "SQLite has one lock for the whole database");
    fixture.seen.locks_untold = NULL;
    fixture_end(&fixture.rerun, STEP_EXITED, 4, "no");
    fixture.seen.traced = &fixture.rerun;
    check->judge(&fixture.seen, &findings, &failed);
    assert_string_equal(failed,
                        "the migrations did not pass while their locks were traced: exit status 4");
    assert_int_equal(findings.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_finding),
        cmocka_unit_test(test_unseen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
