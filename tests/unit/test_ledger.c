#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/ledger.h"
#include "model/snapshot.h"

/* "001 002! 003?": applied, failed, pending */
static Ledger ledger_of(const char *space, const char *table, const char *ids)
{
    AUTO(str_list) StrList words = {0};
    Ledger ledger = {.space = xstrdup(space), .table = xstrdup(table)};

    str_list_split(ids, ' ', &words);
    for (size_t i = 0; i < words.len; i++) {
        char *word = words.items[i];
        size_t len = strcspn(word, "!?");
        LedgerState state = word[len] == '!'   ? LEDGER_FAILED
                            : word[len] == '?' ? LEDGER_PENDING
                                               : LEDGER_APPLIED;

        word[len] = '\0';
        if (len > 0)
            ledger_put(&ledger, word, NULL, state);
    }
    return ledger;
}

static const struct {
    const char *before, *after, *wanted;
} ROWS[] = {
    {"", "", ""},         {"1 2", "1 2", ""},   {"1 2", "1 2 3 4", "3,4"}, {"1 2", "1", ""},
    {"", "1 2", "1,2"},   {"1 2!", "1 2", "2"}, /* failed before: it ran now */
    {"1 2?", "1 2", "2"}, {"1", "1 2! 3?", ""}, /* these did not */
    {"7", "8", "8"},                            /* one row: golang-migrate, Alembic */
    {"1 2", "1? 2?", ""},
};

static void added_are_those_that_ran(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(ledger_list) LedgerList before = {0}, after = {0};
        AUTO(str_list) StrList ids = {0};
        AUTO(str) char *joined = NULL;

        LIST_PUSH(&before, ledger_of("", "m", ROWS[i].before));
        LIST_PUSH(&after, ledger_of("", "m", ROWS[i].after));
        ledger_added(&before, &after, &ids);
        joined = str_list_join(&ids, ",");
        assert_string_equal(joined, ROWS[i].wanted);
    }
}

static void ledgers_are_told_apart_by_place(void **state)
{
    AUTO(ledger_list) LedgerList before = {0}, after = {0};
    AUTO(str_list) StrList ids = {0};

    (void)state;
    LIST_PUSH(&before, ledger_of("public", "m", "1"));
    LIST_PUSH(&after, ledger_of("public", "m", "1"));
    LIST_PUSH(&after, ledger_of("web", "m", "1"));
    assert_null(ledger_find(&after, "", "m"));
    assert_ptr_equal(ledger_find(&after, "web", "m"), &after.items[1]);
    ledger_added(&before, &after, &ids);
    assert_int_equal(ids.len, 1);
    assert_string_equal(ids.items[0], "1");
}

static void the_last_row_of_an_id_counts(void **state)
{
    AUTO(ledger) Ledger ledger = {0};

    (void)state;
    ledger_put(&ledger, "1", "aa", LEDGER_PENDING);
    ledger_put(&ledger, "2", NULL, LEDGER_APPLIED);
    ledger_put(&ledger, "1", "bb", LEDGER_APPLIED);
    assert_int_equal(ledger.len, 2);
    assert_string_equal(ledger_entry_find(&ledger, "1")->checksum, "bb");
    assert_int_equal(ledger_entry_find(&ledger, "1")->state, LEDGER_APPLIED);
    assert_null(ledger_entry_find(&ledger, "3"));
}

static void snapshot_counts_without_ledgers(void **state)
{
    AUTO(snapshot) Snapshot snapshot = {0};

    (void)state;
    LIST_PUSH(&snapshot.data,
              ((TableData){.space = xstrdup(""), .table = xstrdup("a"), .rows = 3}));
    LIST_PUSH(&snapshot.data,
              ((TableData){.space = xstrdup(""), .table = xstrdup("b"), .rows = 4}));
    LIST_PUSH(
        &snapshot.data,
        ((TableData){
            .space = xstrdup(""), .table = xstrdup("migrations"), .rows = 50, .is_ledger = true}));
    assert_int_equal(snapshot_user_tables(&snapshot), 2);
    assert_int_equal(snapshot_rows(&snapshot), 7);
    assert_int_equal(snapshot_table(&snapshot, "", "b")->rows, 4);
    assert_null(snapshot_table(&snapshot, "public", "b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(added_are_those_that_ran),
        cmocka_unit_test(ledgers_are_told_apart_by_place),
        cmocka_unit_test(the_last_row_of_an_id_counts),
        cmocka_unit_test(snapshot_counts_without_ledgers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
