#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "check/reference.h"
#include "database/sqlite_side.h"
#include "sqlite_fixture.h"

#define TAGS                                                                                         \
    "CREATE TABLE tags(id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, color TEXT, made_at TEXT " \
    "DEFAULT (datetime('now')));"
#define PLAIN "CREATE TABLE kinds(id INTEGER PRIMARY KEY, name TEXT);"
#define LOG   "CREATE TABLE log(id INTEGER PRIMARY KEY, text TEXT, logged_at INTEGER);"

typedef struct Row {
    const char *before, *upgraded, *fresh;
    bool foreign;
    const char *said; /* titles, "; " between */
} Row;

static const Row ROWS[] = {
    /* other ids and other times are no difference */
    {TAGS "INSERT INTO tags(name) VALUES('a'),('b')",
     TAGS "INSERT INTO tags(name) VALUES('a'),('b')",
     TAGS "INSERT INTO tags(id, name, made_at) VALUES(8,'b','2020-01-01'),(9,'a','2020-01-01')",
     false, ""},
    {TAGS "INSERT INTO tags(name) VALUES('a')", TAGS "INSERT INTO tags(name) VALUES('a')",
     TAGS "INSERT INTO tags(name) VALUES('a'),('Inbox')", false,
     "a row of tags exists only after a fresh install: name 'Inbox'"},
    {TAGS "INSERT INTO tags(name) VALUES('a'),('b')",
     TAGS "INSERT INTO tags(name) VALUES('a'),('b')", TAGS "INSERT INTO tags(name) VALUES('a')",
     false, "a row of tags exists only after the upgrade: name 'b'"},
    /* a seed may have made it */
    {TAGS "INSERT INTO tags(name) VALUES('a'),('b')",
     TAGS "INSERT INTO tags(name) VALUES('a'),('b')", TAGS "INSERT INTO tags(name) VALUES('a')",
     true, ""},
    {TAGS "INSERT INTO tags(name, color) VALUES('a','red')",
     TAGS "INSERT INTO tags(name, color) VALUES('a','red')",
     TAGS "INSERT INTO tags(name, color) VALUES('a','blue')", false,
     "a row of tags differs between an upgraded and a fresh database: name 'a': color 'red' after "
     "the upgrade, 'blue' after a fresh install"},
    /* an id of this installation */
    {TAGS "INSERT INTO tags(name, color) VALUES('a','f3a91c0de84b')",
     TAGS "INSERT INTO tags(name, color) VALUES('a','f3a91c0de84b')",
     TAGS "INSERT INTO tags(name, color) VALUES('a','08b2e77c1a95')", false, ""},
    /* the migrations fill it only while it is empty; users had rows of their own */
    {TAGS, TAGS "INSERT INTO tags(name) VALUES('mine')",
     TAGS "INSERT INTO tags(name) VALUES('Inbox')", false, ""},
    /* a new table is filled the same way by either road, and from users' rows beside */
    {PLAIN, PLAIN TAGS "INSERT INTO tags(name) VALUES('x'),('of users')",
     PLAIN TAGS "INSERT INTO tags(name) VALUES('x'),('y'),('z')", false,
     "2 rows of tags exist only after a fresh install"},
    /* without a key of its own all it has tells a row */
    {PLAIN "INSERT INTO kinds(name) VALUES('a'),('b')",
     PLAIN "INSERT INTO kinds(name) VALUES('a'),('b')",
     PLAIN "INSERT INTO kinds(name) VALUES('b'),('a')", false, ""},
    {PLAIN "INSERT INTO kinds(name) VALUES('a')", PLAIN "INSERT INTO kinds(name) VALUES('a')",
     PLAIN "INSERT INTO kinds(name) VALUES('a'),('c')", false,
     "a row of kinds exists only after a fresh install: name 'c'"},
    /* a log */
    {LOG "INSERT INTO log VALUES(1,'made 1',5)",
     LOG "INSERT INTO log VALUES(1,'made 1',5),(2,'made 2',6)",
     LOG "INSERT INTO log VALUES(1,'made 1 and 2',7)", false, ""},
};

static void look(const VolumeCopy *volume, Snapshot *ret_snapshot)
{
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};

    assert_null(sqlite_snapshot(volume, &spec, NULL, NULL, deadline_in(60000), ret_snapshot));
}

static char *said(const Row *row, const PopulateColumnList *made)
{
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};
    Deadline dl = deadline_in(60000);
    AUTO(volume_copy) VolumeCopy *old = fixture_volume(row->before);
    AUTO(volume_copy) VolumeCopy *upgraded = fixture_volume(row->upgraded);
    AUTO(volume_copy) VolumeCopy *fresh = fixture_volume(row->fresh);
    AUTO(snapshot) Snapshot before = {0}, after = {0}, anew = {0};
    AUTO(data_side) DataSide *one = NULL, *other = NULL;
    AUTO(reference_list) ReferenceList tables = {0};
    AUTO(finding_list) FindingList findings = {0};
    AUTO(str_list) StrList titles = {0};

    look(old, &before);
    look(upgraded, &after);
    look(fresh, &anew);
    reference_choose(&before, &after, &anew, made, row->foreign, &tables);
    assert_null(sqlite_side_open(upgraded, &spec, &after, NULL, dl, &one));
    assert_null(sqlite_side_open(fresh, &spec, &anew, NULL, dl, &other));
    assert_null(data_references(one, other, &tables));
    assert_int_equal(tables.unseen.len, 0);
    reference_judge(&tables, &findings);
    for (size_t i = 0; i < findings.len; i++) {
        assert_int_equal(findings.items[i].level, LEVEL_WARN);
        str_list_add(&titles, findings.items[i].title);
    }
    return str_list_join(&titles, "; ");
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *titles = said(&ROWS[i], &(PopulateColumnList){0});

        if (!text_eq(titles, ROWS[i].said))
            fail_msg("row %zu: %s", i, titles);
    }
}

/* Rows that we made say nothing of migrations. */
static void test_made(void **state)
{
    PopulateColumn column = {.space = (char *)(uintptr_t) "", .table = (char *)(uintptr_t) "tags"};
    PopulateColumnList made = {.items = &column, .len = 1};
    AUTO(str) char *titles = said(&ROWS[1], &made);

    (void)state;
    assert_string_equal(titles, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_made)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
