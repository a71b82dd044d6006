/* Settings as a whole, and the part of a plan that needs no engine. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/list.h"
#include "verify/plan.h"

static void free_config(Config *config)
{
    free(config->databases.items);
    str_list_clear(&config->keys);
    str_list_clear(&config->releases.list);
}

DEFINE_AUTO_VALUE(settings, Config, free_config)

/* Everything borrowed, but for the lists. */
static Config settings(const DatabaseSettings *databases, size_t count)
{
    Config config = {
        .image = (char *)(uintptr_t) "notes",
        .tag = (char *)(uintptr_t) "{tag}",
        .candidate.tag = (char *)(uintptr_t) "7",
        .releases = {.source = (char *)(uintptr_t) "list",
                     .from = (char *)(uintptr_t) "last 2",
                     .prereleases = (char *)(uintptr_t) "auto"},
    };

    for (size_t i = 0; i < count; i++) {
        LIST_PUSH(&config.databases, databases[i]);
        config.databases.items[i].superuser = DATABASE_SETTINGS_DEFAULT.superuser;
    }
    return config;
}

static void paths_that_cannot_be_are_found_before_anything_runs(void **state)
{
    static const struct {
        DatabaseSettings database;
        const char *wanted; /* NULL: fine */
    } ROWS[] = {
        {{.sqlite = (char *)(uintptr_t) "/data/app.db"}, NULL},
        {{.sqlite = (char *)(uintptr_t) "/data/app.db", .owner = (char *)(uintptr_t) "1:1"}, NULL},
        {{.postgres = (char *)(uintptr_t) "postgres:17"}, NULL},
        {{.sqlite = (char *)(uintptr_t) "/data/app.db", .volume = (char *)(uintptr_t) "/other"},
         "database.volume: /other does not contain the database file /data/app.db, so nothing that "
         "is written there would be kept"},
        {{.sqlite = (char *)(uintptr_t) "/app.db"},
         "database.sqlite: /app.db lies in the root folder, where no volume can be mounted; keep "
         "the file in a folder of its own"},
        {{.sqlite = (char *)(uintptr_t) "/data/app.db", .owner = (char *)(uintptr_t) "node"},
         "database.owner: wanted 'uid:gid' in numbers, found 'node'"},
        {{.service = (char *)(uintptr_t) "mariadb:11", .ready.way = READY_BY_TCP}, NULL},
        {{.durable = true},
         "database: wanted sqlite (the file in the container), postgres (the image of a server), "
         "url (an existing Postgres server) or service (the image of any other server), found none of them"},
        {{.sqlite = (char *)(uintptr_t) "/data/app.db",
          .postgres = (char *)(uintptr_t) "postgres:17"},
         "database: wanted one of sqlite (the file in the container), postgres (the image of a "
         "server), url (an existing Postgres server) or service (the image of any other server), found postgres beside sqlite: an "
         "application that supports both has a list of two"},
        {{.service = (char *)(uintptr_t) "mariadb:11",
          .postgres = (char *)(uintptr_t) "postgres:17"},
         "database: wanted one of sqlite (the file in the container), postgres (the image of a "
         "server), url (an existing Postgres server) or service (the image of any other server), found service beside postgres: an "
         "application that supports both has a list of two"},
        {{.postgres = (char *)(uintptr_t) "postgres:17", .volume = (char *)(uintptr_t) "/data"},
         "database: volume is for sqlite, and this one is postgres"},
        {{.postgres = (char *)(uintptr_t) "postgres:17", .ready.way = READY_BY_TCP},
         "database: ready is for service, and this one is postgres"},
        {{.service = (char *)(uintptr_t) "mariadb:11", .durable = true},
         "database: durable is for postgres, and this one is service"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(settings) Config config = settings(&ROWS[i].database, 1);
        AUTO(error) Error *err = plan_check(&config);

        if (!ROWS[i].wanted) {
            assert_null(err);
            continue;
        }
        assert_non_null(err);
        assert_int_equal(err->code, ERR_INVALID);
        assert_string_equal(err->msg, ROWS[i].wanted);
    }
}

static void old_images_have_a_name_or_a_tree(void **state)
{
    static const DatabaseSettings DATABASE = {.sqlite = (char *)(uintptr_t) "/data/app.db"};
    AUTO(settings) Config config = settings(&DATABASE, 1);
    AUTO(plan) Plan plan = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    config.image = NULL;
    err = plan_check(&config);
    assert_non_null(err);
    assert_int_equal(err->code, ERR_INVALID);
    assert_non_null(strstr(err->msg, "image: not given"));
    assert_non_null(strstr(err->msg, "or give candidate.build (--build FOLDER)"));
    config.candidate.build.context = (char *)(uintptr_t) ".";
    assert_null(plan_check(&config));
    str_list_add(&config.keys, "releases.list");
    str_list_add(&config.releases.list, "6");
    assert_null(plan_releases(&config, NULL, NULL, &plan));
    assert_null(plan_references(&config, &plan));
    assert_string_equal(plan.paths.items[0].olds.items[0].facts.image, "build of 6 (git tree)");
}

static void every_release_meets_every_database(void **state)
{
    static const DatabaseSettings DATABASES[] = {
        {.sqlite = (char *)(uintptr_t) "/data/app.db"},
        {.postgres = (char *)(uintptr_t) "postgres:17"},
    };
    static const char *const WANTED[] = {
        "6 -> 7 (sqlite /data/app.db)",
        "6 -> 7 (postgres postgres:17)",
        "5 -> 7 (sqlite /data/app.db)",
        "5 -> 7 (postgres postgres:17)",
    };
    AUTO(settings) Config config = settings(DATABASES, 2);
    AUTO(plan) Plan plan = {0};

    (void)state;
    str_list_add(&config.keys, "releases.list");
    str_list_add(&config.releases.list, "4");
    str_list_add(&config.releases.list, "5");
    str_list_add(&config.releases.list, "6");
    assert_null(plan_releases(&config, NULL, NULL, &plan));
    assert_null(plan_references(&config, &plan));
    assert_null(plan.nothing);
    assert_int_equal(plan.paths.len, COUNT_OF(WANTED));
    for (size_t i = 0; i < COUNT_OF(WANTED); i++) {
        const PlannedPath *path = &plan.paths.items[i];

        assert_string_equal(path->id, WANTED[i]);
        assert_int_equal(path->database, i % 2);
        assert_string_equal(path->olds.items[0].facts.image, i < 2 ? "notes:6" : "notes:5");
        assert_null(path->olds.items[0].facts.digest);
    }
    assert_string_equal(plan_candidate_name(&plan), "7");
}

static void no_release_before_is_said_or_an_error(void **state)
{
    static const DatabaseSettings DATABASE = {.sqlite = (char *)(uintptr_t) "/data/app.db"};
    AUTO(settings) Config config = settings(&DATABASE, 1);
    AUTO(plan) Plan plan = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    str_list_add(&config.keys, "releases.list");
    str_list_add(&config.releases.list, "7");
    assert_null(plan_releases(&config, NULL, NULL, &plan));
    assert_string_equal(plan.nothing, "no previous release: none of the 1 release that source list "
                                      "shows precedes 7");
    plan_clear(&plan);
    config.require_previous = true;
    err = plan_releases(&config, NULL, NULL, &plan);
    assert_non_null(err);
    assert_int_equal(err->code, ERR_NOT_FOUND);
    assert_null(plan.nothing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_that_cannot_be_are_found_before_anything_runs),
        cmocka_unit_test(old_images_have_a_name_or_a_tree),
        cmocka_unit_test(every_release_meets_every_database),
        cmocka_unit_test(no_release_before_is_said_or_an_error),
    };

    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
