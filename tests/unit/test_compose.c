/* Compose files: which service migrates, which is the application, which the database. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/words.h"
#include "config/compose.h"

static void parse(const char *text, Compose *compose)
{
    AUTO(error) Error *err = compose_parse(text, strlen(text), "compose.yaml", compose);

    if (err)
        fail_msg("%s\n%s", err->msg, text);
}

typedef struct RoleRow {
    const char *text;
    const char *migrate, *why, *application, *database;
} RoleRow;

#define WAITED "others wait for it to complete"
#define NAMED  "its name says so"

static const RoleRow ROLES[] = {
    {"services: {}\n", NULL, NULL, NULL, NULL},
    {"services:\n  web: {image: a/b}\n", NULL, NULL, "web", NULL},
    {"services:\n  web: {image: a/b}\n  db: {image: postgres:17}\n", NULL, NULL, "web", NULL},
    {"services:\n  cache: {image: redis}\n  web: {build: ., depends_on: [db]}\n"
     "  db: {image: postgis/postgis:16-3.4}\n",
     NULL, NULL, "web", "db"},
    {"services:\n  web: {image: a, depends_on: {setup: {condition: "
     "service_completed_successfully}}}\n  setup: {image: b}\n",
     "setup", WAITED, "web", NULL},
    {"services:\n  web: {image: a, depends_on: {setup: {condition: service_started}}}\n"
     "  setup: {image: b}\n",
     NULL, NULL, "web", NULL},
    {"services:\n  redis: {image: redis}\n  migrations: {image: b, depends_on: [db]}\n"
     "  db: {image: mariadb}\n",
     "migrations", NAMED, NULL, "db"},
    /* one that only prepares a folder is not the one that migrates */
    {"services:\n  web:\n    image: a\n    depends_on:\n"
     "      chown: {condition: service_completed_successfully}\n"
     "      db-migrate: {condition: service_completed_successfully}\n"
     "      pg: {condition: service_healthy}\n"
     "  chown: {image: busybox}\n  db-migrate: {image: b}\n  pg: {image: 'postgres:17'}\n",
     "db-migrate", WAITED, "web", "pg"},
    {"services:\n  migrate-old: {image: c}\n  web: {image: a, depends_on: {migrate: {condition: "
     "service_completed_successfully}}}\n  migrate: {image: b}\n",
     "migrate", WAITED, "web", NULL},
    {"x-base: &base {image: a/b, depends_on: [db]}\n"
     "services:\n  web: *base\n  db: {image: 'localhost:5000/postgres'}\n",
     NULL, NULL, "web", "db"},
    {"services:\n  migrated: {image: postgres:17}\n", NULL, NULL, NULL, NULL},
};

static void assert_service(const ComposeService *service, const char *name)
{
    if (name) {
        assert_non_null(service);
        assert_string_equal(service->name, name);
    } else {
        assert_null(service);
    }
}

static void roles_of_services(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROLES); i++) {
        AUTO(compose) Compose compose = {0};
        const ComposeService *migrate, *application;
        const char *why = NULL;

        print_message("%s\n", ROLES[i].text);
        parse(ROLES[i].text, &compose);
        migrate = compose_migrate(&compose, &why);
        application = compose_application(&compose, migrate);
        assert_service(migrate, ROLES[i].migrate);
        assert_true(text_eq(why, ROLES[i].why));
        assert_service(application, ROLES[i].application);
        assert_service(compose_database(&compose, migrate, application), ROLES[i].database);
    }
}

/* One line of everything that was read of a service. */
static char *line_of(const ComposeService *service)
{
    const StrMap *maps[] = {&service->env, &service->depends, &service->volumes};
    AUTO(buf) Buf out = BUF_INIT(4096);
    AUTO(str) char *command = words_join(&service->command);
    AUTO(str) char *entrypoint = words_join(&service->entrypoint);
    AUTO(str) char *files = str_list_join(&service->env_files, ",");

    buf_addf(&out, "%s%s|%s%s|%s%s|%s", service->image ? service->image : "-",
             service->built ? "+" : "", service->command_set ? "=" : "", command,
             service->entrypoint_set ? "=" : "", entrypoint, files);
    for (size_t k = 0; k < COUNT_OF(maps); k++) {
        buf_adds(&out, "|");
        for (size_t i = 0; i < maps[k]->len; i++)
            buf_addf(&out, "%s%s=%s", i ? "," : "", maps[k]->items[i].key,
                     maps[k]->items[i].value ? maps[k]->items[i].value : "-");
    }
    return buf_take(&out);
}

typedef struct ServiceRow {
    const char *yaml, *line;
    bool unknown;
} ServiceRow;

static const ServiceRow SERVICES[] = {
    {"{}", "-||||||", false},
    {"{image: 'a:1', build: .}", "a:1+||||||", false},
    {"{build: {context: .}}", "-+||||||", false},
    {"{command: npm run 'a b'}", "-|=npm run 'a b'|||||", false},
    {"{command: [npm, run, a b, $$X]}", "-|=npm run 'a b' '$X'|||||", false},
    {"{command: null, entrypoint: []}", "-||=||||", false},
    {"{entrypoint: [sh, -c, x], command: []}", "-|=|=sh -c x||||", false},
    {"{command: 'run ${MODE:-fast}'}", "-|=run fast|||||", false},
    {"{command: 'run $MODE'}", "-|=run|||||", true},
    {"{command: 'run \"x'}", "-||||||", true},
    {"{environment: {A: 1, B: null, C: '', D: x=y}}", "-||||A=1,B=-,C=,D=x=y||", false},
    {"{environment: [A=1, B, C=, D=x=y]}", "-||||A=1,B=-,C=,D=x=y||", false},
    {"{env_file: .env}", "-|||.env|||", false},
    {"{env_file: [.env, {path: other.env, required: false}]}", "-|||.env,other.env|||", false},
    {"{depends_on: [a, b]}", "-|||||a=service_started,b=service_started|", false},
    {"{depends_on: {a: {condition: service_healthy}, b: {}}}",
     "-|||||a=service_healthy,b=service_started|", false},
    {"{volumes: [data:/data, ./x:/x:ro, /anonymous, '${X:-y}:/z', a:b:c:d]}",
     "-||||||/data=data,/x=./x,/anonymous=-", false},
    {"{volumes: [{type: volume, source: data, target: /data}, {type: tmpfs, target: /t}, "
     "{target: /u}, 7]}",
     "-||||||/data=data,/u=-,7=-", false},
    {"{ports: ['80:80'], deploy: {replicas: 2}, healthcheck: [x]}", "-||||||", false},
};

static void parts_of_a_service(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SERVICES); i++) {
        AUTO(str) char *text = xasprintf("services: {web: %s}\n", SERVICES[i].yaml);
        AUTO(compose) Compose compose = {0};
        AUTO(str) char *line = NULL;

        parse(text, &compose);
        assert_int_equal(compose.len, 1);
        line = line_of(&compose.items[0]);
        assert_string_equal(line, SERVICES[i].line);
        assert_int_equal(compose.items[0].words_unknown, SERVICES[i].unknown);
        assert_ptr_equal(compose_find(&compose, "web"), &compose.items[0]);
        assert_null(compose_find(&compose, "we"));
    }
}

static const char *const ERRORS[][2] = {
    {"", "compose.yaml: wanted services:, found none"},
    {"web: {image: a}\n", "compose.yaml: wanted services:, found none"},
    {"services: [a]\n", "compose.yaml:1:11: services: wanted a map, found a list"},
    {"services:\n  web: redis\n", "compose.yaml:2:8: web: wanted a map, found text"},
    {"services:\n  web:\n", "compose.yaml:2:7: web: wanted a map, found nothing"},
    {"services:\n  web: {command: {a: b}}\n",
     "compose.yaml:2:18: command: wanted text or a list, found a map"},
};

static void files_that_are_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ERRORS); i++) {
        Compose compose = {.len = 77};
        AUTO(error)
        Error *err = compose_parse(ERRORS[i][0], strlen(ERRORS[i][0]), "compose.yaml", &compose);

        assert_non_null(err);
        assert_string_equal(err->msg, ERRORS[i][1]);
        assert_int_equal(err->code, ERR_INVALID);
        assert_int_equal(compose.len, 77);
    }
}

static const char *const EXPANDED[][2] = {
    {"", ""},
    {"plain", "plain"},
    {"a$$b", "a$b"},
    {"${A:-x}", "x"},
    {"r/${A-n}:${TAG:-1.2}-x", "r/n:1.2-x"},
    {"${A:-}", ""},
    {"${A}", NULL},
    {"$A", NULL},
    {"${A:?say}", NULL},
    {"${A:+x}", NULL},
    {"${A:-${B}}", NULL},
    {"${A:-x", NULL},
    {"${:-x}", NULL},
    {"x$", NULL},
};

static void defaults_of_variables(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(EXPANDED); i++) {
        char untouched[] = "untouched";
        char *text = untouched;
        bool known = compose_expand(EXPANDED[i][0], &text);

        assert_int_equal(known, EXPANDED[i][1] != NULL);
        assert_string_equal(text, known ? EXPANDED[i][1] : "untouched");
        if (known)
            free(text);
    }
}

static const char *const REPOSITORIES[][2] = {
    {"notes", "notes"},
    {"notes:7", "notes"},
    {"ghcr.io/acme/notes@sha256:00", "ghcr.io/acme/notes"},
    {"ghcr.io/acme/notes:1@sha256:00", "ghcr.io/acme/notes"},
    {"localhost:5000/notes", "localhost:5000/notes"},
    {"localhost:5000/notes:7", "localhost:5000/notes"},
    {"${REGISTRY:-a:1}/notes:${TAG:-7}", "${REGISTRY:-a:1}/notes"},
    {"", ""},
};

static void repositories(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(REPOSITORIES); i++) {
        AUTO(str) char *repository = compose_repository(REPOSITORIES[i][0]);

        assert_string_equal(repository, REPOSITORIES[i][1]);
    }
    assert_int_equal(compose_server("postgres:17"), COMPOSE_POSTGRES);
    assert_int_equal(compose_server("timescale/timescaledb:latest-pg17"), COMPOSE_POSTGRES);
    assert_int_equal(compose_server("mysql"), COMPOSE_MYSQL);
    assert_int_equal(compose_server("acme/postgres-backup"), COMPOSE_NO_SERVER);
    assert_int_equal(compose_server(NULL), COMPOSE_NO_SERVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_of_services),   cmocka_unit_test(parts_of_a_service),
        cmocka_unit_test(files_that_are_none), cmocka_unit_test(defaults_of_variables),
        cmocka_unit_test(repositories),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
