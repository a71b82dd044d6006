#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "database/pg_log.h"

#define BEGIN_MARK "SELECT 'seatrial mark 1'"
#define END_MARK   "SELECT 'seatrial mark 2'"

#define IN(session, database, text) "seatrial 65f0." session " " database ": " text "\n"
#define MARK(text)                  IN("ff", "postgres", "LOG:  statement: " text)
#define SQL(session, text)          IN(session, "app", "LOG:  statement: " text)
#define EXECUTE(session, text)      IN(session, "app", "LOG:  execute <unnamed>: " text)
#define FAILED(session, text)                                                                      \
    IN(session, "app", "ERROR:  no such thing") IN(session, "app", "STATEMENT:  " text)

typedef struct LogCase {
    const char *name, *log; /* between two marks */
    const char *wanted;     /* what took effect, separated by " | " */
} LogCase;

static const LogCase CASES[] = {
    {"one statement a message", SQL("1", "DELETE FROM a") SQL("1", "DELETE FROM b"),
     "DELETE FROM a | DELETE FROM b"},
    {"the extended protocol, and its parameters",
     EXECUTE("1", "DELETE FROM a WHERE id = $1")
         IN("1", "app", "DETAIL:  Parameters: $1 = 'x: DELETE FROM b'")
             IN("1", "app", "LOG:  execute fetch from S_1/C_2: SELECT 1"),
     "DELETE FROM a WHERE id = $1 | SELECT 1"},
    {"newlines and tabs in a statement", SQL("1", "DELETE\n\t\tFROM a\n\t\n\tWHERE b"),
     "DELETE\n\tFROM a\n\nWHERE b"},
    {"a line in a statement that looks like another message",
     SQL("1", "SELECT '\n\tseatrial 65f0.1 app: LOG:  statement: DELETE FROM b\n\t'"),
     "SELECT '\nseatrial 65f0.1 app: LOG:  statement: DELETE FROM b\n'"},
    {"a mark in a statement of the application", SQL("1", END_MARK) SQL("1", "DELETE FROM a"),
     END_MARK " | DELETE FROM a"},
    {"other databases, other messages, other programs",
     IN("2", "app2", "LOG:  statement: DELETE FROM b") IN("3", "[unknown]", "LOG:  hello")
         IN("1", "app",
            "WARNING:  statement: DELETE FROM c") "PostgreSQL init: LOG:  statement: x\n"
                                                  "\n\tcut off\nseatrial\nseatrial \n"
                                                  "seatrial app: LOG:  statement: DROP TABLE d\n",
     ""},
    {"no name of a statement", IN("1", "app", "LOG:  execute ") IN("1", "app", "LOG:  execute a"),
     ""},
    {"a script in one message", SQL("1", "DELETE FROM a; -- b\n\tDELETE FROM c;"),
     "DELETE FROM a | DELETE FROM c"},
    /* what failed */
    {"a statement that failed", SQL("1", "DELETE FROM a") FAILED("1", "DELETE FROM a"), ""},
    {"a script that failed", SQL("1", "DELETE FROM a; x") FAILED("1", "DELETE FROM a; x"), ""},
    {"after one that failed, without a transaction",
     SQL("1", "DELETE FROM a") FAILED("1", "DELETE FROM a") SQL("1", "DELETE FROM b"),
     "DELETE FROM b"},
    {"another session's error", SQL("1", "DELETE FROM a") SQL("2", "x") FAILED("2", "x"),
     "DELETE FROM a"},
    {"what was not even parsed says nothing of the one before",
     EXECUTE("1", "DELETE FROM a") FAILED("1", "DELETE FROM"), "DELETE FROM a"},
    {"an error whose statement is not told",
     SQL("1", "DELETE FROM a") IN("1", "app", "ERROR:  canceling") SQL("1", "DELETE FROM b"),
     "DELETE FROM b"},
    {"a session that was ended while it waited",
     SQL("1", "DELETE FROM a") IN("1", "app", "FATAL:  terminating connection"), "DELETE FROM a"},
    {"a session that was ended in the middle",
     SQL("1", "DELETE FROM a") IN("1", "app", "FATAL:  terminating connection")
         IN("1", "app", "STATEMENT:  DELETE FROM a"),
     ""},
    /* transactions */
    {"committed", SQL("1", "begin") SQL("1", "DELETE FROM a") SQL("1", "COMMIT WORK"),
     "DELETE FROM a"},
    {"START TRANSACTION and END",
     EXECUTE("1", "START TRANSACTION READ WRITE") EXECUTE("1", "DELETE FROM a") EXECUTE("1", "END"),
     "DELETE FROM a"},
    {"rolled back",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a") SQL("1", "ROLLBACK") SQL("1", "DELETE FROM b"),
     "DELETE FROM b"},
    {"rolled back by another word",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a") SQL("1", "/* no */ ABORT;"), ""},
    {"never ended", SQL("1", "BEGIN") SQL("1", "DELETE FROM a"), ""},
    {"ended by the server",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a") IN("1", "app", "FATAL:  terminating connection"),
     ""},
    {"committed after an error, which rolls back",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a") SQL("1", "x") FAILED("1", "x") SQL("1", "COMMIT"),
     ""},
    {"an error that was not logged as a statement",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a") FAILED("1", "y") SQL("1", "COMMIT"), ""},
    {"a COMMIT that failed",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a") SQL("1", "COMMIT") FAILED("1", "COMMIT"), ""},
    {"in one message, with an end",
     SQL("1", "BEGIN; DELETE FROM a; ROLLBACK; DELETE FROM b; BEGIN; DELETE FROM c; COMMIT"),
     "DELETE FROM b | DELETE FROM c"},
    {"a script that rolls itself back", SQL("1", "DELETE FROM a; ROLLBACK"), ""},
    {"a script that begins what another commits",
     SQL("1", "DELETE FROM a; BEGIN; DELETE FROM b") SQL("1", "DELETE FROM c; COMMIT"),
     "DELETE FROM a | DELETE FROM b | DELETE FROM c"},
    {"chained",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a") SQL("1", "COMMIT AND CHAIN")
         SQL("1", "DELETE FROM b") SQL("1", "ROLLBACK AND NO CHAIN") SQL("1", "DELETE FROM c"),
     "DELETE FROM a | DELETE FROM c"},
    {"prepared",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a") SQL("1", "PREPARE TRANSACTION 'x'")
         SQL("1", "COMMIT PREPARED 'x'"),
     "DELETE FROM a"},
    {"two sessions that mix",
     SQL("1", "BEGIN") SQL("2", "BEGIN") SQL("1", "DELETE FROM a") SQL("2", "DELETE FROM b")
         SQL("1", "ROLLBACK") SQL("2", "COMMIT"),
     "DELETE FROM b"},
    {"words in texts and comments end nothing",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a WHERE b = 'ROLLBACK; ROLLBACK'")
         SQL("1", "SELECT $$; ROLLBACK;$$ /* ; ROLLBACK */") SQL("1", "COMMIT"),
     "DELETE FROM a WHERE b = 'ROLLBACK; ROLLBACK' | SELECT $$; ROLLBACK;$$"},
    /* savepoints */
    {"back to a savepoint",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a") SQL("1", "SAVEPOINT S1") SQL("1", "DELETE FROM b")
         SQL("1", "ROLLBACK TO SAVEPOINT \"s1\"") SQL("1", "DELETE FROM c") SQL("1", "COMMIT"),
     "DELETE FROM a | DELETE FROM c"},
    {"an error that a savepoint catches",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a") SQL("1", "SAVEPOINT s") SQL("1", "DELETE FROM b")
         SQL("1", "x") FAILED("1", "x") SQL("1", "ROLLBACK TO s") SQL("1", "COMMIT"),
     "DELETE FROM a"},
    {"a released savepoint",
     SQL("1", "BEGIN") SQL("1", "SAVEPOINT s") SQL("1", "DELETE FROM a") SQL("1", "SAVEPOINT s")
         SQL("1", "DELETE FROM b") SQL("1", "RELEASE SAVEPOINT s") SQL("1", "ROLLBACK TO s")
             SQL("1", "DELETE FROM c") SQL("1", "COMMIT"),
     "DELETE FROM c"},
    {"a savepoint that is not there",
     SQL("1", "BEGIN") SQL("1", "DELETE FROM a") SQL("1", "ROLLBACK TO s")
         FAILED("1", "ROLLBACK TO s") SQL("1", "COMMIT"),
     ""},
};

static bool read_scope(const char *text, size_t chunk, StatementScope scope,
                       StatementList *statements)
{
    AUTO(pg_log) PgLog log = pg_log_init("app", BEGIN_MARK, END_MARK, scope, statements);
    size_t len = strlen(text);

    for (size_t at = 0; at < len; at += chunk)
        pg_log_feed(&log, text + at, len - at < chunk ? len - at : chunk);
    pg_log_feed(&log, "\n\n", 2);
    return log.ended;
}

static bool read_log(const char *text, size_t chunk, StatementList *statements)
{
    return read_scope(text, chunk, STATEMENTS_DONE, statements);
}

static char *joined(const StatementList *statements)
{
    AUTO(str_list) StrList texts = {0};

    for (size_t i = 0; i < statements->len; i++)
        str_list_add(&texts, statements->items[i].text);
    return str_list_join(&texts, " | ");
}

static void test_cases(void **state)
{
    static const size_t CHUNKS[] = {1, 7, 64, 1 << 20};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        for (size_t k = 0; k < COUNT_OF(CHUNKS); k++) {
            AUTO(statement_list) StatementList statements = {0};
            AUTO(str)
            char *text = xasprintf("%s%s%s%s%s", SQL("1", "DELETE FROM before"), MARK(BEGIN_MARK),
                                   CASES[i].log, MARK(END_MARK), SQL("1", "DELETE FROM after"));
            AUTO(str) char *found = NULL;

            assert_true(read_log(text, CHUNKS[k], &statements));
            found = joined(&statements);
            if (!text_eq(found, CASES[i].wanted))
                fail_msg("%s: %s", CASES[i].name, found);
            assert_false(statements.cut);
        }
}

/* What failed is what teaches. */
static void test_sent(void **state)
{
    static const char log[] = MARK(BEGIN_MARK) SQL("1", "BEGIN") SQL("1", "DELETE FROM a; x")
        FAILED("1", "DELETE FROM a; x") SQL("1", "ROLLBACK") MARK(END_MARK);
    AUTO(statement_list) StatementList statements = {0};
    AUTO(str) char *found = NULL;

    (void)state;
    assert_true(read_scope(log, 64, STATEMENTS_SENT, &statements));
    found = joined(&statements);
    assert_string_equal(found, "BEGIN | DELETE FROM a; x | ROLLBACK");
}

/* "1 DELETE FROM a [$1 = 'x']": session, statement, parameters. */
static char *described(const StatementList *statements)
{
    AUTO(str_list) StrList texts = {0};

    for (size_t i = 0; i < statements->len; i++) {
        const Statement *one = &statements->items[i];

        str_list_addf(&texts, "%zu %s [%s]", one->session, one->text,
                      one->parameters ? one->parameters : "");
    }
    return str_list_join(&texts, " | ");
}

/* In the order in which they were sent, whichever session committed first; with their parameters,
 * those of other messages left out. */
static void test_order_and_parameters(void **state)
{
    static const char log[] =
        MARK(BEGIN_MARK) SQL("1", "BEGIN") EXECUTE("1", "DELETE FROM a WHERE b = $1")
            IN("1", "app", "DETAIL:  parameters: $1 = 'it''s\n\tx'")
                SQL("2", "DROP TABLE c; DROP TABLE d")
                    IN("1", "app", "DETAIL:  Parameters: $1 = 'again'") SQL("2", "TRUNCATE e")
                        IN("3", "app", "DETAIL:  Parameters: $1 = 'of nothing'")
                            EXECUTE("1", "INSERT INTO f VALUES ($1)")
                                IN("1", "app", "DETAIL:  Parameters: $1 = NULL") SQL("1", "COMMIT")
                                    MARK(END_MARK);
    static const char *const WANTED[] = {
        [STATEMENTS_DONE] = "1 DELETE FROM a WHERE b = $1 [$1 = 'it''s\nx'] | 2 DROP TABLE c [] | "
                            "2 DROP TABLE d [] | 2 TRUNCATE e [] | 1 INSERT INTO f VALUES ($1) "
                            "[$1 = NULL]",
        [STATEMENTS_SENT] = "1 BEGIN [] | 1 DELETE FROM a WHERE b = $1 [$1 = 'it''s\nx'] | 2 DROP "
                            "TABLE c; DROP TABLE d [] | 2 TRUNCATE e [] | 1 INSERT INTO f VALUES "
                            "($1) [$1 = NULL] | 1 COMMIT []",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(WANTED); i++) {
        AUTO(statement_list) StatementList statements = {0};
        AUTO(str) char *found = NULL;

        assert_true(read_scope(log, 7, (StatementScope)i, &statements));
        found = described(&statements);
        assert_string_equal(found, WANTED[i]);
    }
}

/* What the log no longer holds, or not yet, is not known. */
static void test_marks(void **state)
{
    static const char *const LOGS[] = {
        "",
        SQL("1", "DELETE FROM a") MARK(END_MARK),
        MARK(BEGIN_MARK) SQL("1", "DELETE FROM a"),
        MARK(END_MARK) MARK(BEGIN_MARK),
        SQL("1", BEGIN_MARK) MARK(END_MARK),
        IN("1", "app", "LOG:  statement: " BEGIN_MARK "; " END_MARK)};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(LOGS); i++) {
        AUTO(statement_list) StatementList statements = {0};

        assert_false(read_log(LOGS[i], 64, &statements));
    }
}

static char *repeated(const char *text, size_t bytes)
{
    char *all = xcalloc(bytes + 1, 1);

    for (size_t i = 0, len = strlen(text); i < bytes; i++)
        all[i] = text[i % len];
    return all;
}

/* The log of a statement beyond the cap: cut, and said; its COMMIT may have been beyond. */
static void test_long(void **state)
{
    static const char *const GAPS[] = {" ", "\n\t"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(GAPS); i++) {
        AUTO(statement_list) StatementList statements = {0};
        AUTO(str) char *filling = repeated("x ", 4 * STATEMENT_BYTES_MAX);
        AUTO(str)
        char *log = xasprintf("%sseatrial 65f0.1 app: LOG:  statement: BEGIN; DELETE FROM a "
                              "WHERE%sb = '%s'; COMMIT\n%s",
                              MARK(BEGIN_MARK), GAPS[i], filling, MARK(END_MARK));

        assert_true(read_log(log, 1000, &statements));
        assert_true(statements.cut);
        assert_int_equal(statements.len, 1);
        assert_true(text_starts(statements.items[0].text, "DELETE FROM a WHERE"));
        assert_true(strlen(statements.items[0].text) <= STATEMENT_BYTES_MAX);
    }
}

/* A long one that failed is known by its beginning. */
static void test_long_failed(void **state)
{
    AUTO(statement_list) StatementList statements = {0};
    AUTO(str) char *filling = repeated("x ", 2 * STATEMENT_BYTES_MAX);
    AUTO(str)
    char *log = xasprintf("%sseatrial 65f0.1 app: LOG:  statement: DELETE FROM a -- %s\n"
                          "seatrial 65f0.1 app: ERROR:  no\n"
                          "seatrial 65f0.1 app: STATEMENT:  DELETE FROM a -- %s\n%s",
                          MARK(BEGIN_MARK), filling, filling, MARK(END_MARK));

    (void)state;
    assert_true(read_log(log, 1 << 20, &statements));
    assert_int_equal(statements.len, 0);
}

/* Ended sessions are not announced: however many there were, what they did is known. */
static void test_many_sessions(void **state)
{
    enum { COUNT = 2500 };

    AUTO(statement_list) StatementList statements = {0};
    AUTO(pg_log) PgLog log = pg_log_init("app", BEGIN_MARK, END_MARK, STATEMENTS_DONE, &statements);
    static const char open[] = SQL("0", "BEGIN") SQL("0", "DELETE FROM a");

    (void)state;
    pg_log_feed(&log, MARK(BEGIN_MARK), strlen(MARK(BEGIN_MARK)));
    for (int i = 1; i <= COUNT; i++) {
        AUTO(str)
        char *line = xasprintf("seatrial 65f1.%x app: LOG:  statement: DELETE FROM b\n%s",
                               (unsigned)i, i % 500 == 1 ? open : "");

        pg_log_feed(&log, line, strlen(line));
    }
    pg_log_feed(&log, SQL("0", "COMMIT") MARK(END_MARK), strlen(SQL("0", "COMMIT") MARK(END_MARK)));
    pg_log_feed(&log, "\n\n", 2);
    assert_true(log.ended);
    assert_int_equal(statements.len, COUNT + 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_sent),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_long_failed),
        cmocka_unit_test(test_many_sessions),
        cmocka_unit_test(test_order_and_parameters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
