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

static char *judge(const char *before_sql, const char *upgrade, const StatementList *statements)
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
    return loss_judge_statements(&was, &is, &changes, statements);
}

static char *judge_known(const char *before, const char *upgrade)
{
    AUTO(statement_list) StatementList statements = {0};

    statement_list_add_script(&statements, NULL, upgrade);
    return judge(before, upgrade, &statements);
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
    AUTO(str) char *rows = judge(before, ";DELETE FROM t WHERE id = 1", NULL);
    AUTO(str) char *values = judge(before, ";UPDATE t SET a = NULL", NULL);
    AUTO(str) char *changed = judge(before, ";UPDATE t SET a = upper(a)", NULL);

    (void)state;
    assert_string_equal(rows, "data-survival t -");
    assert_string_equal(values, "data-survival t a");
    assert_string_equal(changed, "");
}

typedef struct CodeCase {
    const char *name, *code;
    bool hash;
    const char *wanted; /* the statements, one a line */
} CodeCase;

static const CodeCase CODE[] = {
    {"texts of every kind, and none in comments",
     "// db.exec('DROP TABLE a')\n/* \"DROP TABLE b\" */\n"
     "db.exec('DELETE FROM \\'notes\\''); db.exec(\"update notes\\nset a = 1\");\n"
     "db.exec(`\n  DROP TABLE tags;\n  ALTER TABLE x RENAME TO tags;\n`);\n",
     false,
     "DELETE FROM 'notes'\nupdate notes set a = 1\nDROP TABLE tags\nALTER TABLE x RENAME TO tags\n"},
    {"what only looks like a text", "it's /['\"]/ here\nrun(\"DELETE FROM a\")\n'DROP TABLE", false,
     "DELETE FROM a\nDROP TABLE\n"},
    {"texts that are no statements",
     "log('Notes: DELETE FROM notes'); log(\"done\"); log(''); log(\"dropped\")", false, ""},
    {"the way down is left out",
     "exports.down = async (db) => { db.run('DROP TABLE a') };\n"
     "exports.up = (db) => db.run('DROP TABLE b');\n"
     "async function down(db) { db.run(`DELETE FROM c`) }",
     false, "DROP TABLE b\n"},
    {"Python",
     "# 'DROP TABLE a'\ndef upgrade():\n    op.execute(\"\"\"\n    DELETE FROM b\n    WHERE 'x' = y\n"
     "    \"\"\")\n    op.execute('INSERT INTO c SELECT * FROM d // e')\n\n"
     "def downgrade():\n    op.execute('DELETE FROM f')\n",
     true, "DELETE FROM b\n    WHERE 'x' = y\nINSERT INTO c SELECT * FROM d // e\n"},
    {"cut anywhere", "db.exec('DELETE FROM a\\", false, "DELETE FROM a\\\n"},
};

static void test_statements_in_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CODE); i++) {
        AUTO(statement_list) StatementList list = {0};
        AUTO(str) char *found = xstrdup("");

        statement_list_add_code(&list, "007_x", CODE[i].code, CODE[i].hash);
        assert_true(list.partial);
        for (size_t k = 0; k < list.len; k++) {
            char *longer = xasprintf("%s%s\n", found, list.items[k].text);

            free(found);
            found = longer;
            assert_string_equal(list.items[k].migration, "007_x");
        }
        print_message("    %s\n", CODE[i].name);
        assert_string_equal(found, CODE[i].wanted);
    }
}

static char *judge_code(const char *before, const char *upgrade, const char *code)
{
    AUTO(statement_list) StatementList statements = {0};

    statement_list_add_code(&statements, NULL, code, false);
    return judge(before, upgrade, &statements);
}

/* What a text in the code spells out is meant; what none does may be a cascade. */
static void test_losses_by_code(void **state)
{
    static const char before[] =
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT);"
        "CREATE TABLE c(id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t ON DELETE CASCADE);"
        "INSERT INTO t VALUES(1, 'xylophone'), (2, 'zither'); INSERT INTO c VALUES(1, 1), (2, 2);";
    static const char delete[] = ";DELETE FROM t WHERE id = 1";
    AUTO(str) char *meant = judge_code(before, delete, "db.run('DELETE FROM t WHERE id = ?', [1])");
    AUTO(str) char *built = judge_code(before, delete, "db.deleteFrom('t').where('id', 1)");
    AUTO(str)
    char *cascade = judge_code(before, ";DELETE FROM c WHERE id = 1;DELETE FROM t WHERE id = 1",
                               "db.run('DELETE FROM t WHERE id = 1')");
    AUTO(str) char *down = judge_code(before, delete, "up() { f() } down() { g('DELETE FROM t') }");
    AUTO(str) char *changed = judge_code(before, ";UPDATE t SET a = upper(a)", "db.run(sql)");

    (void)state;
    assert_string_equal(meant, "destructive t -");
    assert_string_equal(built, "data-survival t -");
    assert_string_equal(cascade, "data-survival c -; destructive t -");
    assert_string_equal(down, "data-survival t -");
    assert_string_equal(changed, "");
}

static void forget_rows(Snapshot *snapshot, const char *table)
{
    for (size_t i = 0; i < snapshot->data.len; i++)
        if (text_eq(snapshot->data.items[i].table, table)) {
            free(snapshot->data.items[i].space);
            free(snapshot->data.items[i].table);
            free(snapshot->data.items[i].fingerprint);
            free(snapshot->data.items[i].summaries);
            snapshot->data.items[i] = snapshot->data.items[--snapshot->data.len];
        }
}

/* A table whose rows a snapshot lacks is not gone, and not sound either. */
static void test_unread(void **state)
{
    static const char sql[] = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT);"
                              "CREATE TABLE u(id INTEGER PRIMARY KEY, a TEXT);"
                              "INSERT INTO t VALUES(1, 'xylophone'); INSERT INTO u VALUES(1, 'b');";
    static const char *const WANTED[] = {"rows of u: they could not be read before the upgrade",
                                         "rows of u: they could not be read after the upgrade"};

    (void)state;
    for (int after = 0; after < 2; after++) {
        AUTO(volume_copy) VolumeCopy *one = fixture_volume(sql), *other = fixture_volume(sql);
        Snapshot snapshots[2] = {fixture_snapshot(sql, NULL), fixture_snapshot(sql, NULL)};
        AUTO(data_changes) DataChanges changes = {0};

        forget_rows(&snapshots[after], "u");
        compare(one, &snapshots[0], other, &snapshots[1], &changes);
        assert_int_equal(changes.len, 0);
        assert_int_equal(changes.unseen.len, 1);
        assert_string_equal(changes.unseen.items[0], WANTED[after]);
        snapshot_clear(&snapshots[0]);
        snapshot_clear(&snapshots[1]);
    }
}

/* Nor is one of which not all could be read; what was read of it tells that it is another. */
static void test_partly_read(void **state)
{
    static const char sql[] = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT);"
                              "INSERT INTO t VALUES(1, 'xylophone');";
    static const char other_sql[] = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT);"
                                    "INSERT INTO t VALUES(2, 'marimba');";

    (void)state;
    for (int which = 0; which < 2; which++) {
        AUTO(volume_copy) VolumeCopy *one = fixture_volume(sql), *other = fixture_volume(other_sql);
        Snapshot snapshots[2] = {fixture_snapshot(sql, NULL), fixture_snapshot(other_sql, NULL)};
        AUTO(data_changes) DataChanges changes = {0};

        free(TAKE(snapshots[which].data.items[0].summaries));
        compare(one, &snapshots[0], other, &snapshots[1], &changes);
        assert_int_equal(changes.len, 0);
        assert_int_equal(changes.unseen.len, 1);
        assert_string_equal(changes.unseen.items[0], "values of t: not all of them could be read");
        snapshot_clear(&snapshots[0]);
        snapshot_clear(&snapshots[1]);
    }
}

/* Virtual tables are not followed, and that is said where they held rows. */
static void test_virtual_tables(void **state)
{
    static const char sql[] = "CREATE VIRTUAL TABLE search USING fts5(title);"
                              "CREATE VIRTUAL TABLE empty USING fts5(title);"
                              "INSERT INTO search VALUES('xylophone');";
    AUTO(volume_copy) VolumeCopy *one = fixture_volume(sql), *other = fixture_volume(sql);
    AUTO(snapshot) Snapshot was = fixture_snapshot(sql, NULL), is = fixture_snapshot(sql, NULL);
    AUTO(data_changes) DataChanges changes = {0};

    (void)state;
    compare(one, &was, other, &is, &changes);
    assert_int_equal(changes.len + changes.unseen.len, 0);
    assert_int_equal(changes.aside.len, 1);
    assert_string_equal(changes.aside.items[0], "virtual table search");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corpus),
        cmocka_unit_test(test_unknown_sql),
        cmocka_unit_test(test_statements_in_code),
        cmocka_unit_test(test_losses_by_code),
        cmocka_unit_test(test_unread),
        cmocka_unit_test(test_partly_read),
        cmocka_unit_test(test_virtual_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
