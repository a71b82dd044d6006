#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database/database.h"
#include "database/volume.h"

/* What is wrong with the configuration is said before the engine is asked for anything. */
static const struct {
    DatabaseSpec spec;
    const char *message;
} WRONG[] = {
    {{.sqlite = "app.db"},
     "database.sqlite: wanted an absolute path in the container, found 'app.db'"},
    {{.sqlite = "/app.db"},
     "database.sqlite: /app.db lies in the root folder, where no volume can be mounted; keep the file "
     "in a folder of its own"},
    {{.sqlite = "/app/data/app.db", .volume = "/data"},
     "database.volume: /data does not contain the database file /app/data/app.db, so nothing that is "
     "written there would be kept"},
    {{.sqlite = "/app/data/app.db", .volume = "/app/data/app.db"},
     "database.volume: /app/data/app.db does not contain the database file /app/data/app.db, so "
     "nothing that is written there would be kept"},
    {{.sqlite = "/app/data/app.db", .volume = "/"},
     "database.volume: '/' is the root folder, where no volume can be mounted"},
    {{.sqlite = "/app/../app.db"},
     "database.sqlite: wanted a path without '..', found '/app/../app.db'"},
    {{.sqlite = "/app/data/app.db", .owner = "node"},
     "database.owner: wanted 'uid:gid' in numbers, found 'node'"},
    {{.sqlite = "/app/data/app.db", .owner = "1000:"},
     "database.owner: wanted 'uid:gid' in numbers, found '1000:'"},
    {{.sqlite = "/app/data/app.db", .owner = "1000:1000:1"},
     "database.owner: wanted 'uid:gid' in numbers, found '1000:1000:1'"},
    {{.sqlite = "/app/data/app.db", .owner = "4294967295"},
     "database.owner: wanted 'uid:gid' in numbers, found '4294967295'"},
};

static void wrong_specifications_are_refused(void **state)
{
    DatabaseContext context = {.name = "seatrial-test"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
        Database *database = NULL;
        AUTO(error)
        Error *err =
            database_provision(&context, &WRONG[i].spec, "image", DEADLINE_NONE, &database);

        assert_non_null(err);
        assert_int_equal(err->code, ERR_INVALID);
        assert_string_equal(err->msg, WRONG[i].message);
        assert_null(database);
    }
}

static void owner_is_numbers(void **state)
{
    int64_t uid = -5, gid = -5;

    (void)state;
    assert_null(volume_owner_parse("1000:33", &uid, &gid));
    assert_int_equal(uid, 1000);
    assert_int_equal(gid, 33);
    assert_null(volume_owner_parse("0", &uid, &gid));
    assert_int_equal(uid, 0);
    assert_int_equal(gid, -1);
}

static const struct {
    const char *passwd, *name;
    int64_t uid, gid; /* -1: not found */
} USERS[] = {
    {"root:x:0:0:root:/root:/bin/sh\nnotes:x:1000:1001::/:\n", "notes", 1000, 1001},
    {"notes:x:7:8", "notes", 7, 8},
    {"notes2:x:1:1::\nnotes::2:3:\n", "notes", 2, 3},
    {"", "notes", -1, -1},
    {"anotes:x:1:1::\n", "notes", -1, -1},
    {"notes:x:y:1::\n", "notes", -1, -1},
    {"notes:x:1\n", "notes", -1, -1},
    {"notes:x\nroot:x:0:0::\n", "notes", -1, -1},
    {"notes:x:-1:4::\n", "notes", -1, -1},
};

static void users_are_found_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(USERS); i++) {
        int64_t uid = -1, gid = -1;
        bool found = volume_passwd_find(USERS[i].passwd, USERS[i].name, &uid, &gid);

        assert_int_equal(found, USERS[i].uid >= 0);
        assert_int_equal(uid, USERS[i].uid);
        assert_int_equal(gid, USERS[i].gid);
    }
}

static void volume_is_given_or_the_folder_of_the_file(void **state)
{
    static const struct {
        DatabaseSpec spec;
        const char *wanted;
    } rows[] = {
        {{.sqlite = "/app/data/app.db"}, "/app/data"},
        {{.sqlite = "/app//data/./app.db"}, "/app/data"},
        {{.sqlite = "/app/data/app.db", .volume = "/app/"}, "/app"},
        {{.sqlite = "/data/app.db"}, "/data"},
        {{.sqlite = "/app/data/app.db", .volume = "/srv"}, "/srv"},
        {{.sqlite = "/app.db"}, "/"},
        {{.sqlite = "app.db"}, "/"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(str) char *mount = database_volume(&rows[i].spec);

        assert_string_equal(mount, rows[i].wanted);
    }
}

static void description_names_the_file(void **state)
{
    AUTO(str) char *text = database_describe(&(DatabaseSpec){.sqlite = "/app/data/app.db"});

    (void)state;
    assert_string_equal(text, "sqlite /app/data/app.db");
}

/* A second server is of use to an application only that is told which one to take. */
static void test_told(void **state)
{
    static const struct {
        const char *app, *env;
        bool told;
    } ENVS[] = {
        {"mysql://app@{host}:3306/app", NULL, true},
        {"mysql://app@database:3306/app", NULL, false},
        {"{host}", "database", false},
        {"3306", "{host}", true},
        {"3306", NULL, false},
        {"{host}", "a database of notes", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ENVS); i++) {
        AUTO(str_map) StrMap app = {0}, env = {0};
        DatabaseSpec spec = {.service = "mariadb:11", .app_env = &app};

        str_map_set(&app, "DB", ENVS[i].app);
        if (ENVS[i].env)
            str_map_set(&env, "OTHER", ENVS[i].env);
        assert_int_equal(database_is_told(&spec, &env), ENVS[i].told);
    }
    assert_true(database_is_told(&(DatabaseSpec){.sqlite = "/app/data/app.db"}, &(StrMap){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_specifications_are_refused),
        cmocka_unit_test(test_told),
        cmocka_unit_test(owner_is_numbers),
        cmocka_unit_test(users_are_found_by_name),
        cmocka_unit_test(volume_is_given_or_the_folder_of_the_file),
        cmocka_unit_test(description_names_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
