#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "verify/image_changes.h"

/* "entrypoint: a b -> c", one line for each. Caller frees. */
static char *said(const ImageChangeList *list)
{
    AUTO(str_list) StrList lines = {0};

    for (size_t i = 0; i < list->len; i++) {
        const ImageChange *change = &list->items[i];

        str_list_addf(&lines, "%s%s%s: %s -> %s%s", change->what, change->name ? " " : "",
                      change->name ? change->name : "", change->before ? change->before : "none",
                      change->after ? change->after : "none",
                      image_change_matters(change) ? " !" : "");
    }
    return str_list_join(&lines, "\n");
}

static void assert_said(PathReport *path, const char *wanted)
{
    AUTO(str) char *text = said(&path->image_changes);

    assert_string_equal(text, wanted);
}

static void test_same(void **state)
{
    AUTO(engine_image) EngineImage a = {0};
    AUTO(engine_image) EngineImage b = {0};
    AUTO(path_report) PathReport path = {0};

    (void)state;
    a.user = xstrdup("");
    b.user = xstrdup("root");
    b.workdir = xstrdup("/");
    str_list_add(&a.volumes, "/b");
    str_list_add(&a.volumes, "/a");
    str_list_add(&b.volumes, "/a");
    str_list_add(&b.volumes, "/b");
    str_map_set(&a.env, "A", "1");
    str_map_set(&a.env, "B", "");
    str_map_set(&b.env, "B", "");
    str_map_set(&b.env, "A", "1");
    image_changes(&a, &b, &path.image_changes);
    assert_said(&path, "");
}

static void test_all(void **state)
{
    AUTO(engine_image) EngineImage a = {0};
    AUTO(engine_image) EngineImage b = {0};
    AUTO(path_report) PathReport path = {0};

    (void)state;
    a.user = xstrdup("");
    b.user = xstrdup("1000:1000");
    b.workdir = xstrdup("/srv");
    str_list_add(&a.volumes, "/data");
    str_list_add(&a.entrypoint, "node");
    str_list_add(&b.entrypoint, "docker entry.sh");
    str_list_add(&b.entrypoint, "bun");
    str_list_add(&a.command, "migrate");
    str_list_add(&a.exposed, "80/tcp");
    str_list_add(&b.exposed, "8080/tcp");
    str_list_add(&b.exposed, "80/tcp");
    str_list_add(&b.healthcheck, "CMD");
    str_list_add(&b.healthcheck, "/check");
    image_changes(&a, &b, &path.image_changes);
    assert_said(&path, "user: root -> 1000:1000 !\n"
                       "volumes: /data -> none !\n"
                       "entrypoint: node -> 'docker entry.sh' bun !\n"
                       "command: migrate -> none !\n"
                       "working directory: / -> /srv !\n"
                       "exposed ports: 80/tcp -> 80/tcp, 8080/tcp\n"
                       "health check: none -> CMD /check");
}

/* Of a secret it is told that it changed, and nothing more. */
static void test_environment(void **state)
{
    AUTO(engine_image) EngineImage a = {0};
    AUTO(engine_image) EngineImage b = {0};
    AUTO(path_report) PathReport path = {0};

    (void)state;
    str_map_set(&a.env, "NODE_VERSION", "20");
    str_map_set(&a.env, "GONE", "");
    str_map_set(&a.env, "API_TOKEN", "abcdef0");
    str_map_set(&a.env, "DB", "postgres://app:hunter2@db/notes");
    str_map_set(&a.env, "AUTH", "true");
    str_map_set(&b.env, "NODE_VERSION", "22");
    str_map_set(&b.env, "API_TOKEN", "abcdef1");
    str_map_set(&b.env, "DB", "postgres://db/notes");
    str_map_set(&b.env, "AUTH", "false");
    str_map_set(&b.env, "SECRET_KEY", "");
    image_changes(&a, &b, &path.image_changes);
    assert_said(&path, "environment NODE_VERSION: 20 -> 22\n"
                       "environment GONE:  -> none\n"
                       "environment API_TOKEN: *** -> ***\n"
                       "environment DB: *** -> postgres://db/notes\n"
                       "environment AUTH: true -> false\n"
                       "environment SECRET_KEY: none -> ");
}

/* Two long values that differ only behind what is shown have changed all the same. */
static void test_long(void **state)
{
    AUTO(engine_image) EngineImage a = {0};
    AUTO(engine_image) EngineImage b = {0};
    AUTO(path_report) PathReport path = {0};
    char value[1001];

    (void)state;
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    str_map_set(&a.env, "LONG", value);
    value[999] = 'y';
    str_map_set(&b.env, "LONG", value);
    image_changes(&a, &b, &path.image_changes);
    assert_int_equal(path.image_changes.len, 1);
    assert_int_equal(strlen(path.image_changes.items[0].after), 303);
}

static void test_files(void **state)
{
    AUTO(path_report) PathReport path = {0};
    MigrationSet none = {0}, two = {.len = 2}, three = {.len = 3};

    (void)state;
    image_changes_files(&two, &two, &path.image_changes);
    image_changes_files(&none, &two, &path.image_changes); /* they were not read */
    assert_said(&path, "");
    image_changes_files(&two, &three, &path.image_changes);
    assert_said(&path, "migration files: 2 -> 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),        cmocka_unit_test(test_all),
        cmocka_unit_test(test_environment), cmocka_unit_test(test_long),
        cmocka_unit_test(test_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
