#include <stdlib.h>
#include <string.h>

#include "../../unit/loss_fixture.h"
#include "database/pg_side.h"
#include "pg_fixture.h"

static char *judge(const char *before, const char *upgrade)
{
    AUTO(snapshot) Snapshot was = {0}, is = {0};
    AUTO(data_changes) DataChanges changes = {0};
    AUTO(pg_target) PgTarget one_target = pg_test_target("loss_before");
    AUTO(pg_target) PgTarget other_target = pg_test_target("loss_after");
    AUTO(data_side) DataSide *one = NULL, *other = NULL;

    pg_drop("loss_before");
    pg_drop("loss_after");
    pg_make("loss_before", before);
    pg_make("loss_after", before);
    pg_do("loss_after", upgrade);
    pg_snapshot_of("loss_before", &was);
    pg_snapshot_of("loss_after", &is);
    pg_must(pg_side_open(&one_target, &was, NULL, deadline_in(60000), &one));
    pg_must(pg_side_open(&other_target, &is, NULL, deadline_in(60000), &other));
    pg_must(data_compare(one, other, &changes));
    assert_int_equal(changes.unseen.len, 0);
    return loss_judge(&was, &is, &changes, upgrade);
}

static void test_corpus(void **state)
{
    (void)state;
    loss_run_all("fixtures/losses/postgres/*.sql", judge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus)};

    return cmocka_run_group_tests(tests, pg_test_start, pg_test_stop);
}
