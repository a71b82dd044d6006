/* Compose files: which service migrates, which is the application, which the database. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/words.h"
#include "compose_fixture.h"
#include "config/compose.h"

static void parse(const char *text, Compose *compose)
{
    AUTO(error) Error *err = compose_parse(text, strlen(text), "compose.yaml", compose);

    if (err)
        fail_msg("%s\n%s", err->msg, text);
}

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

/* --- build, health check, ports
 * -------------------------------------------------------------------
 */

/* context|dockerfile|target|args|health|ports */
static char *shape_of(const ComposeService *service)
{
    AUTO(buf) Buf out = BUF_INIT(4096);
    AUTO(str) char *health = words_join(&service->health);
    AUTO(str) char *ports = str_list_join(&service->ports, ",");
    const char *texts[] = {service->context, service->dockerfile, service->target};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        buf_addf(&out, "%s|", texts[i] ? texts[i] : "-");
    for (size_t i = 0; i < service->args.len; i++)
        buf_addf(&out, "%s%s=%s", i ? "," : "", service->args.items[i].key,
                 service->args.items[i].value ? service->args.items[i].value : "-");
    buf_addf(&out, "|%s|%s", health, ports);
    return buf_take(&out);
}

static const char *const SHAPES[][2] = {
    {"{image: a}", "-|-|-|||"},
    {"{build: ./app}", "./app|-|-|||"},
    {"{build: {dockerfile: x/Dockerfile, target: app}}", ".|x/Dockerfile|app|||"},
    {"{build: {context: '${DIR:-.}', args: {A: 1, B: null}}}", "${DIR:-.}|-|-|A=1,B=-||"},
    {"{build: {context: a, args: [A=1, B]}}", "a|-|-|A=1,B=-||"},
    {"{build: 'https://h/r.git#v1'}", "-|-|-|||"},
    {"{build: 'git@h:r.git'}", "-|-|-|||"},
    {"{build: null}", "-|-|-|||"},
    {"{healthcheck: {test: [CMD, curl, -f, 'a b']}}", "-|-|-||curl -f 'a b'|"},
    {"{healthcheck: {test: [CMD-SHELL, 'curl a || exit 1']}}", "-|-|-||sh -c 'curl a || exit 1'|"},
    {"{healthcheck: {test: 'curl $$URL'}}", "-|-|-||sh -c 'curl $URL'|"},
    {"{healthcheck: {test: 'curl ${PORT:-80}'}}", "-|-|-||sh -c 'curl 80'|"},
    {"{healthcheck: {test: 'curl $PORT'}}", "-|-|-|||"},
    {"{healthcheck: {test: [NONE]}}", "-|-|-|||"},
    {"{healthcheck: {test: [CMD, x], disable: true}}", "-|-|-|||"},
    {"{healthcheck: {interval: 1s}}", "-|-|-|||"},
    {"{ports: ['80:3000', '127.0.0.1:81:3001/tcp', 3002, 53:53/udp, 90-99, 0, 70000, '${P}:8080']}",
     "-|-|-|||3000,3001,3002,8080"},
    {"{ports: [{target: 3000, published: 80}], expose: [9000, x]}", "-|-|-|||3000,9000"},
};

static void shapes_of_a_service(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SHAPES); i++) {
        AUTO(str) char *text = xasprintf("services: {web: %s}\n", SHAPES[i][0]);
        AUTO(compose) Compose compose = {0};
        AUTO(str) char *shape = NULL;

        parse(text, &compose);
        shape = shape_of(&compose.items[0]);
        assert_string_equal(shape, SHAPES[i][1]);
    }
}

static const struct {
    const char *image;
    int port;
} PORTS[] = {
    {"redis", 6379},
    {"redis:7-alpine", 6379},
    {"valkey/valkey:8", 6379},
    {"localhost:5000/mariadb@sha256:00", 3306},
    {"postgis/postgis", 5432},
    {"nats:2", 4222},
    {"acme/redis-proxy", 0},
    {"acme/app:6379", 0},
    {NULL, 0},
};

static void ports_of_known_servers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(PORTS); i++)
        assert_int_equal(compose_port(PORTS[i].image), PORTS[i].port);
}

/* --- secrets
 * --------------------------------------------------------------------------------------
 */

static const char *const SECRETS[][2] = {
    {"services: {a: {environment: {A: first, B_PASSWORD: second, TOKEN: null}}}", "second"},
    {"services: {a: {environment: [A=first, API_KEY=second]}}", "second"},
    {"services: {a: {build: {args: {TOKEN: first}}}}", "first"},
    {"services: {a: {command: app --auth-token first --secret=second --pass}}", "first,second"},
    {"services: {a: {command: [app, --auth-token, first]}}", "first"},
    {"services: {a: {command: 'app ${TOKEN:-first} ${KEY-second} ${PLAIN:-third}'}}",
     "first,second"},
    {"services: {a: {environment: {URL: 'x://u:first@h/ x://second@h', O: 'x://h/a@b'}}}",
     "first,second"},
    {"x-any: {salt: first}\nservices: {}", "first"},
    {"services: {a: {environment: {PASSWORD: root, KEY: '3000', TOKEN: 'true', SALT: abc}}}", ""},
    {"services: {a: {environment: {PASSWORD: '${X}', TOKEN: '${X:-first}'}}}", "first"},
};

static void secrets_of_a_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SECRETS); i++) {
        AUTO(compose) Compose compose = {0};
        AUTO(str) char *secrets = NULL;

        print_message("%s\n", SECRETS[i][0]);
        parse(SECRETS[i][0], &compose);
        secrets = str_list_join(&compose.secrets, ",");
        assert_string_equal(secrets, SECRETS[i][1]);
    }
    assert_true(compose_defaults_are_plain("${TAG:-7}"));
    assert_false(compose_defaults_are_plain("a ${API_KEY:-first}"));
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
        cmocka_unit_test(roles_of_services),      cmocka_unit_test(parts_of_a_service),
        cmocka_unit_test(files_that_are_none),    cmocka_unit_test(defaults_of_variables),
        cmocka_unit_test(repositories),           cmocka_unit_test(shapes_of_a_service),
        cmocka_unit_test(ports_of_known_servers), cmocka_unit_test(secrets_of_a_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
