#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "database/sqlite_side.h"
#include "loss_fixture.h"
#include "sqlite_fixture.h"

static void compare(const VolumeCopy *before, const Snapshot *was, const VolumeCopy *after,
                    const Snapshot *is, DataChanges *ret_changes)
{
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};
    Deadline dl = deadline_in(60000);
    AUTO(data_side) DataSide *one = NULL, *other = NULL;

    assert_null(sqlite_side_open(before, &spec, was, NULL, dl, &one));
    assert_null(sqlite_side_open(after, &spec, is, NULL, dl, &other));
    assert_null(data_compare(one, other, ret_changes));
}

static char *judge(const char *before_sql, const char *upgrade, bool known)
{
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};
    AUTO(str) char *after_sql = xasprintf("%s\n%s", before_sql, upgrade);
    AUTO(volume_copy) VolumeCopy *before = fixture_volume(before_sql);
    AUTO(volume_copy) VolumeCopy *after = fixture_volume(after_sql);
    AUTO(snapshot) Snapshot was = {0}, is = {0};
    AUTO(data_changes) DataChanges changes = {0};

    assert_null(sqlite_snapshot(before, &spec, NULL, NULL, deadline_in(60000), &was));
    assert_null(sqlite_snapshot(after, &spec, NULL, NULL, deadline_in(60000), &is));
    compare(before, &was, after, &is, &changes);
    assert_int_equal(changes.unseen.len, 0);
    return loss_judge(&was, &is, &changes, known ? upgrade : NULL);
}

static char *judge_known(const char *before, const char *upgrade)
{
    return judge(before, upgrade, true);
}

static void test_corpus(void **state)
{
    (void)state;
    loss_run_all("fixtures/losses/sqlite/*.sql", judge_known);
}

/* Code on SQLite: nothing says that a loss was meant. */
static void test_unknown_sql(void **state)
{
    static const char before[] = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT);"
                                 "INSERT INTO t VALUES(1, 'xylophone'), (2, 'zither')";
    AUTO(str) char *rows = judge(before, ";DELETE FROM t WHERE id = 1", false);
    AUTO(str) char *values = judge(before, ";UPDATE t SET a = NULL", false);
    AUTO(str) char *changed = judge(before, ";UPDATE t SET a = upper(a)", false);

    (void)state;
    assert_string_equal(rows, "data-survival t -");
    assert_string_equal(values, "data-survival t a");
    assert_string_equal(changed, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corpus),
        cmocka_unit_test(test_unknown_sql),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
