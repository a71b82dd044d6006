#include <assert.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "database/links.h"
#include "sqlite_fixture.h"

static const struct {
    const char *path, *wanted, *message;
} PATHS[] = {
    {"/app/data", "/app/data", NULL},
    {"//app/./data//", "/app/data", NULL},
    {"/a", "/a", NULL},
    {"/...", "/...", NULL},
    {"", NULL, "volume: wanted an absolute path in the container, found ''"},
    {"app/data", NULL, "volume: wanted an absolute path in the container, found 'app/data'"},
    {"/app/../data", NULL, "volume: wanted a path without '..', found '/app/../data'"},
    {"/", NULL, "volume: '/' is the root folder, where no volume can be mounted"},
    {"/./", NULL, "volume: '/./' is the root folder, where no volume can be mounted"},
};

static void paths_are_cleaned(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(PATHS); i++) {
        AUTO(str) char *path = NULL;
        AUTO(error) Error *err = path_clean("volume", PATHS[i].path, &path);

        if (PATHS[i].wanted) {
            assert_null(err);
            assert_string_equal(path, PATHS[i].wanted);
        } else {
            assert_null(path);
            assert_int_equal(err->code, ERR_INVALID);
            assert_string_equal(err->msg, PATHS[i].message);
        }
    }
    assert_true(path_is_below("/app/data/app.db", "/app/data"));
    assert_false(path_is_below("/app/data", "/app/data"));
    assert_false(path_is_below("/app/database", "/app/data"));
}

/* links as "path=target path=target"; wanted NULL: it leads to outside */
static const struct {
    const char *links, *path, *wanted, *outside;
} LINKS[] = {
    {"", "app.db", "app.db", NULL},
    {"other=x", "app.db", "app.db", NULL},
    {"app.db=real.db", "app.db", "real.db", NULL},
    {"app.db=./v/../real.db", "app.db", "real.db", NULL},
    {"now=v2", "now/app.db", "v2/app.db", NULL},
    {"a/b=../c", "a/b/app.db", "c/app.db", NULL},
    {"a/b/app.db=../../x.db", "a/b/app.db", "x.db", NULL},
    {"app.db=a a=b b=c", "app.db", "c", NULL},
    {"app.db=/app/data/real.db", "app.db", "real.db", NULL},
    {"app.db=/app/database/real.db", "app.db", NULL, "/app/database/real.db"},
    {"app.db=/etc/passwd", "app.db", NULL, "/etc/passwd"},
    {"app.db=../app.db", "app.db", NULL, "../app.db"},
    {"app.db=../data/app.db", "app.db", NULL, "../data/app.db"},
    {"a=b b=a", "a", NULL, "itself (more than 40 links)"},
};

static void links_are_followed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(LINKS); i++) {
        AUTO(str_list) StrList pairs = {0};
        AUTO(str_map) StrMap links = {0};
        AUTO(str) char *path = NULL;
        AUTO(str) char *outside = NULL;

        str_list_split(LINKS[i].links, ' ', &pairs);
        for (size_t k = 0; k < pairs.len; k++) {
            AUTO(str_list) StrList pair = {0};

            str_list_split(pairs.items[k], '=', &pair);
            if (pair.len == 2)
                str_map_set(&links, pair.items[0], pair.items[1]);
        }
        outside = links_resolve(&links, "/app/data", LINKS[i].path, &path);
        assert_true(text_eq(path, LINKS[i].wanted));
        assert_true(text_eq(outside, LINKS[i].outside));
    }
}

typedef struct Volume {
    char folder[64]; /* TMPDIR, to see that nothing stays in it */
    Fixture db, wal_db;
} Volume;

static int set_up(void **state)
{
    Volume *volume = xcalloc(1, sizeof *volume);

    strcpy(volume->folder, "/tmp/seatrial-test-XXXXXX");
    volume->db = fixture_make("CREATE TABLE one(a); INSERT INTO one VALUES(1)");
    volume->wal_db = fixture_make("PRAGMA journal_mode = WAL; CREATE TABLE two(a);"
                                  "INSERT INTO two VALUES(1), (2)");
    if (!mkdtemp(volume->folder) || setenv("TMPDIR", volume->folder, 1) != 0)
        return -1;
    *state = volume;
    return 0;
}

/* Fails when something was left in TMPDIR. */
static int tear_down(void **state)
{
    Volume *volume = *state;
    int failed = rmdir(volume->folder);

    (void)unsetenv("TMPDIR");
    fixture_clear(&volume->db);
    fixture_clear(&volume->wal_db);
    free(volume);
    return failed;
}

static Error *look(FixtureTar *tar, const char *path, Snapshot *ret_snapshot)
{
    AUTO(volume_copy) VolumeCopy *copy = fixture_copy(tar);
    DatabaseSpec spec = {.sqlite = path};

    return sqlite_snapshot(copy, &spec, NULL, NULL, deadline_in(60000), ret_snapshot);
}

static void other_databases_are_listed(void **state)
{
    const Volume *volume = *state;
    FixtureTar tar = fixture_tar();
    AUTO(snapshot) Snapshot snapshot = {0};

    fixture_add_other(&tar, "data/sub", TAR_DIRECTORY, NULL);
    fixture_add_db(&tar, "data/sub/notes.bin", &volume->wal_db);
    fixture_add_db(&tar, "data/app.db.bak", &volume->db);
    fixture_add(&tar, "data/readme", "SQLite format 2 and more", 24);
    fixture_add(&tar, "data/short", "SQLite format", 13);
    assert_null(look(&tar, "/app/data/app.db", &snapshot));
    assert_false(snapshot.exists);
    assert_string_equal(snapshot.location, "/app/data/app.db");
    assert_int_equal(snapshot.faults.len, 0);
    assert_int_equal(snapshot.other_databases.len, 2);
    assert_string_equal(snapshot.other_databases.items[0], "/app/data/app.db.bak");
    assert_string_equal(snapshot.other_databases.items[1], "/app/data/sub/notes.bin");
}

static void file_is_found_in_a_folder_of_the_volume(void **state)
{
    const Volume *volume = *state;
    FixtureTar tar = fixture_tar();
    AUTO(snapshot) Snapshot snapshot = {0};

    fixture_add_db(&tar, "data/app.db", &volume->db);
    fixture_add_other(&tar, "data/sub", TAR_DIRECTORY, NULL);
    fixture_add_db(&tar, "data/sub/app.db", &volume->wal_db);
    assert_null(look(&tar, "/app/data//sub/app.db", &snapshot));
    assert_true(snapshot.exists);
    assert_int_equal(snapshot_table(&snapshot, "", "two")->rows, 2);
    assert_int_equal(snapshot.other_databases.len, 1);
    assert_string_equal(snapshot.other_databases.items[0], "/app/data/app.db");
}

/* SQLite looks for -wal beside the file, not beside the link. */
static void link_inside_the_volume_is_followed(void **state)
{
    const Volume *volume = *state;
    FixtureTar tar = fixture_tar();
    AUTO(snapshot) Snapshot snapshot = {0};

    fixture_add_other(&tar, "data/app.db", TAR_SYMLINK, "real/main.db");
    fixture_add(&tar, "data/app.db-wal", "not of this file", 16);
    fixture_add_other(&tar, "data/real", TAR_DIRECTORY, NULL);
    fixture_add_db(&tar, "data/real/main.db", &volume->wal_db);
    fixture_add_db(&tar, "data/real/old.db", &volume->db);
    assert_null(look(&tar, "/app/data/app.db", &snapshot));
    assert_true(snapshot.exists);
    assert_string_equal(snapshot.location, "/app/data/app.db");
    assert_int_equal(snapshot_table(&snapshot, "", "two")->rows, 2);
    assert_int_equal(snapshot.size_bytes, volume->wal_db.db.len + volume->wal_db.wal.len);
    assert_int_equal(snapshot.faults.len, 0);
    assert_int_equal(snapshot.other_databases.len, 1);
    assert_string_equal(snapshot.other_databases.items[0], "/app/data/real/old.db");
}

static void link_out_of_the_volume_is_a_fault(void **state)
{
    FixtureTar tar = fixture_tar();
    AUTO(snapshot) Snapshot snapshot = {0};

    (void)state;
    fixture_add_other(&tar, "data/app.db", TAR_SYMLINK, "../../etc/app.db");
    assert_null(look(&tar, "/app/data/app.db", &snapshot));
    assert_false(snapshot.exists);
    assert_int_equal(snapshot.faults.len, 1);
    assert_int_equal(snapshot.faults.items[0].kind, FAULT_UNREADABLE);
    assert_string_equal(snapshot.faults.items[0].detail,
                        "/app/data/app.db is reached by a symbolic link to ../../etc/app.db, which "
                        "is not in the volume /app/data");
}

static void folder_in_its_place_is_a_fault(void **state)
{
    FixtureTar tar = fixture_tar();
    AUTO(snapshot) Snapshot snapshot = {0};

    (void)state;
    fixture_add_other(&tar, "data/app.db", TAR_DIRECTORY, NULL);
    assert_null(look(&tar, "/app/data/app.db", &snapshot));
    assert_false(snapshot.exists);
    assert_int_equal(snapshot.faults.len, 1);
    assert_string_equal(snapshot.faults.items[0].detail, "/app/data/app.db is a folder");
}

static void missing_file_is_no_error(void **state)
{
    FixtureTar tar = fixture_tar();
    AUTO(snapshot) Snapshot snapshot = {0};

    (void)state;
    fixture_add(&tar, "data/app.db-wal", "left alone", 10);
    assert_null(look(&tar, "/app/data/app.db", &snapshot));
    assert_false(snapshot.exists);
    assert_int_equal(snapshot.faults.len, 0);
    assert_int_equal(snapshot.data.len, 0);
}

static void errors_leave_nothing_behind(void **state)
{
    FixtureTar tar = fixture_tar(), twice = fixture_tar();
    Snapshot snapshot = {.size_bytes = -7};
    AUTO(error) Error *outside = NULL, *duplicate = NULL;

    (void)state;
    outside = look(&tar, "/app/other/app.db", &snapshot);
    assert_int_equal(outside->code, ERR_INVALID);
    assert_string_equal(outside->msg, "the volume /app/data does not contain the database file "
                                      "/app/other/app.db");
    fixture_add(&twice, "data/app.db", "one", 3);
    fixture_add(&twice, "data/app.db", "two", 3);
    duplicate = look(&twice, "/app/data/app.db", &snapshot);
    assert_non_null(duplicate);
    assert_true(
        text_starts(duplicate->msg, "reading /app/data/app.db: copying the database file: "));
    assert_int_equal(snapshot.size_bytes, -7);
}

static void damaged_archive_is_an_error(void **state)
{
    Spool *spool = NULL;
    AUTO(volume_copy) VolumeCopy *copy = NULL;
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};
    Snapshot snapshot = {.size_bytes = -7};
    AUTO(error) Error *err = NULL;
    char junk[2048];

    (void)state;
    memset(junk, 'j', sizeof junk);
    assert_null(spool_new(1 << 20, &spool));
    assert_null(spool_write(spool, junk, sizeof junk));
    copy = volume_copy_of(spool, "/app/data");
    err = sqlite_snapshot(copy, &spec, NULL, NULL, deadline_in(60000), &snapshot);
    assert_non_null(err);
    assert_int_equal(err->code, ERR_PROTOCOL);
    assert_int_equal(snapshot.size_bytes, -7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_cleaned),
        cmocka_unit_test(links_are_followed),
        cmocka_unit_test_setup_teardown(other_databases_are_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(file_is_found_in_a_folder_of_the_volume, set_up, tear_down),
        cmocka_unit_test_setup_teardown(link_inside_the_volume_is_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(link_out_of_the_volume_is_a_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folder_in_its_place_is_a_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(missing_file_is_no_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(errors_leave_nothing_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_archive_is_an_error, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
