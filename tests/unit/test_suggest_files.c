/* Compose projects: what is written is accepted by a run, and no secret is in it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "compose_fixture.h"
#include "suggest_fixture.h"
#include "verify/screen_secrets.h"

/* --- servers and start --------------------------------------------------------------------------
 */

#define WEB                                                                                        \
    "services:\n  web: {image: 'acme/notes:1', depends_on: [db, redis], ports: ['80:3000'], "

typedef struct FileRow {
    const char *compose;
    const char *lines[4];
} FileRow;

static const FileRow FILES[] = {
    {WEB "environment: {CACHE: 'redis://redis:6379/1', DB: 'mysql://u:hunter2@db:3306/notes', "
         "PORT: 3000, SESSION_SECRET: hunter2}}\n  redis: {image: 'redis:7'}\n"
         "  db: {image: 'mariadb:11', environment: {MARIADB_ROOT_PASSWORD: hunter2, "
         "MARIADB_DATABASE: notes}}\n",
     {"  service: \"mariadb:11\"", "    MARIADB_ROOT_PASSWORD: seatrial",
      "    DB: \"mysql://u:seatrial@{host}:{port}/notes\"",
      "      CACHE: \"redis://redis:6379/1\""}},
    {WEB "healthcheck: {test: [CMD, curl, localhost]}}\n  redis: {image: 'acme/x', command: "
         "'run --requirepass hunter2'}\n  db: {image: 'postgres:17'}\n",
     {"start:", "  ready: {exec: [curl, localhost]}",
      "# left out: redis: its command may hold a password and was not copied",
      "  postgres: \"postgres:17\""}},
    {WEB
     "healthcheck: {test: 'true', disable: true}}\n  redis: {image: 'acme/x', healthcheck: {test: "
     "ping $$X}}\n  db: {image: 'postgres:17'}\n",
     {"start:", "  ready: {http: {port: 3000, path: /}}",
      "    ready: {exec: [sh, \"-c\", \"ping $X\"]}", NULL}},
    {"services:\n  Web: {image: a, depends_on: [Re_dis, database]}\n  Re_dis: {image: redis}\n"
     "  database: {image: memcached}\n",
     {"# start:", "#   ready: {http: {port: PORT, path: /healthz}}",
      "# left out: Re_dis: its name is no host name of a-z, 0-9 and -", NULL}},
    {"services:\n  x: {image: a, environment: {U: 'db:3306', V: db, W: 'mongodb://u:hunter2@db/x?k=v'}, "
     "depends_on: [db]}\n  db: {image: mongo, environment: {P: hunter2, PASSWORD: hunter2}}\n",
     {"    U: \"{host}:{port}\"", "    V: \"{host}\"", "  ready: {tcp: 27017}", NULL}},
};

/* Whatever a compose file says, what is written is accepted, and no secret is in it. */
static void files_of_compose_projects(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        AUTO(suggestion) Suggestion suggestion = {0};
        AUTO(config) Config config = {0};
        AUTO(str) char *text = NULL;
        Given given = {.compose = FILES[i].compose};

        suggest_for(&given, NULL, &suggestion);
        read_back(&suggestion, &text, &config);
        for (size_t k = 0; k < COUNT_OF(FILES[i].lines) && FILES[i].lines[k]; k++)
            assert_line(text, FILES[i].lines[k]);
        assert_null(strstr(text, "hunter2"));
    }
}

/* --- every compose file there is -----------------------------------------------------------------
 */

/* The folders that a build names have to be there for a run. */
static void make_context(const Suggestion *suggestion)
{
    if (suggestion->context && suggestion->context[0] != '/') {
        AUTO(str) char *command = xasprintf("mkdir -p '%s'", suggestion->context);

        assert_int_equal(system(command), 0);
    }
}

static void accept(const char *compose, bool built)
{
    Given given = {.compose = compose, .built = built};
    AUTO(suggestion) Suggestion suggestion = {0};
    AUTO(config) Config config = {0};
    AUTO(str) char *text = NULL;

    suggest_for(&given, NULL, &suggestion);
    make_context(&suggestion);
    read_back(&suggestion, &text, &config);
    if (strstr(text, "hunter"))
        fail_msg("a secret in:\n%s", text);
}

static void every_file_is_accepted(void **state)
{
    static const char *const KEPT[] = {"init/sqlite.yaml", "init/postgres.yaml",
                                       "init/mariadb.yaml", "compose/app/compose.yaml"};

    (void)state;
    for (size_t built = 0; built < 2; built++) {
        for (size_t i = 0; i < COUNT_OF(ROLES); i++)
            accept(ROLES[i].text, built);
        for (size_t i = 0; i < COUNT_OF(SERVICES); i++) {
            AUTO(str) char *text = xasprintf("services: {web: %s}\n", SERVICES[i].yaml);

            accept(text, built);
        }
        for (size_t i = 0; i < COUNT_OF(KEPT); i++) {
            AUTO(str) char *path = xasprintf("%s/fixtures/%s", fixture_home, KEPT[i]);
            AUTO(str) char *text = NULL;
            size_t len;

            assert_null(file_read(path, 1 << 20, &text, &len));
            accept(text, built);
        }
    }
}

/* --- secrets -------------------------------------------------------------------------------------
 */

/* A text in every place of a compose file that init reads; @ is where it goes, as a scalar. */
static const char *const PLACES[] = {
    "services:\n  web: {image: a, command: [@]}\n",
    "services:\n  web: {image: a, command: [node, @, x]}\n",
    "services:\n  web: {image: a, entrypoint: [sh, -c, @]}\n",
    "services:\n  web: {image: a, ports: [3000], healthcheck: {test: [CMD, curl, @]}}\n",
    "services:\n  web: {image: a, healthcheck: {test: @}}\n",
    "services:\n  migrate: {image: a, command: [@]}\n",
    "services:\n  migrate: {image: a, entrypoint: [@]}\n",
    "services:\n  migrate: {image: a, command: [sh, -c, @]}\n",
    "services:\n  migrate: {image: a, command: x, user: @, working_dir: @}\n",
    "services:\n  web: {image: a, environment: {SETTING: @}, env_file: @}\n",
    "services:\n  web: {image: a, environment: [@]}\n",
    "services:\n  web: {image: a, environment: {SETTING: @, DB: 'http://db:1'}, depends_on: [db]}\n"
    "  db: {image: mariadb, command: [@], environment: {SETTING: @, MARIADB_DATABASE: @}}\n",
    "services:\n  web: {image: a, environment: {SETTING: @}, depends_on: [db]}\n"
    "  db: {image: mongo, environment: {SETTING: @}, healthcheck: {test: @}}\n",
    "services:\n  web: {image: a, environment: {SETTING: @}, depends_on: [x]}\n"
    "  x: {image: acme/x, command: [@], environment: {SETTING: @, MODE: @}, healthcheck: {test: @}}\n",
    "services:\n  web: {build: {context: @, dockerfile: @, target: @, args: {A: @, NODE: @}}}\n",
    "services:\n  web: {build: {context: ., args: [@]}}\n",
    "services:\n  web: {image: a, volumes: [{target: @}, {source: @, target: /data}]}\n",
    "services:\n  web: {image: a, depends_on: [db]}\n  db: {image: @}\n",
};

static const char *const LEAKS[] = {
    "https://user:hunter2@example.com/x",
    "mysql://user:hunter2@db:3306/x",
    "http://hunter2hunter2a@db:3306/x",
    "http://db:3306/?token=hunter2",
    "user:hunter2@tcp(db:3306)/x",
    "--password=hunter2",
    "x --password hunter2",
    "x --auth-token 'hunter2'",
    "mysqladmin ping -phunter2",
    "mariadb -uroot -p12345hunter2",
    "x -phunter2",
    "x -p hunter2",
    "redis-cli -a hunter2 ping",
    "curl -u admin:hunter2 localhost",
    "curl -H 'Authorization: Bearer hunter2' localhost",
    "curl -H 'X-Api-Key:hunter2' localhost",
    "Authorization: Bearer hunter2",
    "PGPASSWORD=hunter2 psql",
    "API_KEY=\"hunter2\" node x",
    "{\"password\": \"hunter2\"}",
    "ALTER USER x IDENTIFIED BY 'hunter2'",
    "requirepass hunter2",
    "${PASSWORD:-hunter2}",
    "echo ${TOKEN-hunter2}",
    "sk_live_hunter2f9a8b7c6d5e4",
    "hunter2f9a8-b7c6-d5e4-a3b2",
    "echo hunter9KxQvBzRtWpLmNcD",
    "x --secret=$$hunter2",
};

static void no_secret_is_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(PLACES); i++)
        for (size_t k = 0; k < COUNT_OF(LEAKS); k++) {
            AUTO(str) char *doubled = text_replace(LEAKS[k], "'", "''");
            AUTO(str) char *scalar = xasprintf("'%s'", doubled);
            AUTO(str) char *text = text_replace(PLACES[i], "@", scalar);

            if (strstr(PLACES[i], "image: @") && screen_image(LEAKS[k]))
                continue; /* it is the name of an image */
            print_message("%s", text);
            accept(text, false);
            accept(text, true);
        }
}

/* What stands under a name that looks secret is a secret wherever else it stands. */
static void a_known_secret_is_not_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(PLACES); i++) {
        AUTO(str)
        char *with = text_replace(PLACES[i], "services:\n",
                                  "services:\n  z: {image: z, environment: "
                                  "{ADMIN_PASSWORD: hunter}}\n");
        AUTO(str) char *text = text_replace(with, "@", "hunter");

        if (strstr(PLACES[i], "user: @") || strstr(PLACES[i], "build:") ||
            strstr(PLACES[i], "target: @") || strstr(PLACES[i], "env_file: @") ||
            strstr(PLACES[i], "[@]}\n  db") || strstr(PLACES[i], "image: @") ||
            strstr(PLACES[i], "environment: [@]"))
            continue; /* names of folders, users, variables and images */
        accept(text, false);
    }
}

/* --- the screen ----------------------------------------------------------------------------------
 */

static const char *const HARMLESS[] = {
    "npm run db:migrate",
    "npm run auth:migrate",
    "php artisan key:generate --force",
    "node_modules/.bin/node-pg-migrate up",
    "sh -c 'mkdir -p data && node migrate.js && node seed.js'",
    "curl -f http://localhost:3000/healthz",
    "wget -q --spider http://127.0.0.1:8080/health || exit 1",
    "mysqladmin ping -h localhost -P 3306 -p$MYSQL_ROOT_PASSWORD",
    "mariadb-admin ping -p\"${MARIADB_PASSWORD}\"",
    "redis-cli -a $REDIS_PASSWORD ping",
    "pg_isready -U app -d app -p 5432",
    "migrate -path /migrations -database $DATABASE_URL up",
    "--password-file=/run/secrets/db --no-password",
    "ALLOW_EMPTY_PASSWORD=yes run",
    "-Xms512m -Xmx512m",
    "--character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci",
    "npx @scope/tool@1.2.3 migrate",
    "goose -dir ./db/migrations postgres up",
    "/opt/java17/lib/log4j2/x86_64/libtool.so",
    "20260101120000_add_users.sql",
    "bundle exec rails db:migrate RAILS_ENV=production",
    "runDatabaseMigrationsBeforeEverythingElse",
    "docker run -u 1000:1000",
};

static void screen(void **state)
{
    StrList secrets = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(HARMLESS); i++)
        if (!screen_text(&secrets, HARMLESS[i]))
            fail_msg("taken for a secret: %s", HARMLESS[i]);
    assert_true(screen_image("localhost:5000/acme/notes:1.2-x@sha256:00ff"));
    assert_false(screen_image("u:hunter2@host/notes"));
    assert_false(screen_image("notes:$TAG"));
    str_list_add(&secrets, "tiger");
    assert_false(screen_text(&secrets, "x --name tiger"));
    assert_true(screen_text(&secrets, "x --name tigers"));
    str_list_clear(&secrets);
}

/* What was left out is said, and where to give it. */
typedef struct LeftRow {
    const char *compose;
    const char *line;
} LeftRow;

#define GIVE ": it may hold a password; give that in env_file or env, and the rest here"

static const LeftRow LEFT[] = {
    {"services: {migrate: {image: a, command: [x, --password=hunter2]}}",
     "# left out: compose.yaml: the command of the service migrate" GIVE},
    {"services: {web: {image: a, command: [x, --password=hunter2]}}",
     "# left out: compose.yaml: the command of the service web" GIVE},
    {"services: {web: {image: a, healthcheck: {test: 'curl -u a:hunter2 localhost'}}}",
     "# left out: compose.yaml: the health check of the service web" GIVE},
    {"services: {web: {image: a, depends_on: [db]}, db: {image: mysql, command: -phunter2, "
     "environment: {U: 'https://u:hunter2@h/'}}}",
     "  # left out: the command of the service db" GIVE},
    {"services: {web: {image: a, depends_on: [db]}, db: {image: mysql, environment: {U: "
     "'https://u:hunter2@h/'}}}",
     "  # left out: the value of a variable: when the server needs it, env: U"},
    {"services: {web: {image: a, depends_on: [x]}, x: {image: acme/x, healthcheck: {test: "
     "'x -phunter2'}}}",
     "# left out: the health check of x" GIVE},
    {"services: {web: {image: a, depends_on: [redis]}, redis: {image: redis, environment: {U: "
     "sk_live_hunter2f9a8b7c6d5e4}}}",
     "# left out: redis: the value of U: give it in server_env, when the service needs it"},
    {"services: {web: {build: {context: 'https://u:hunter2@h/x'}}, migrate: {build: {target: "
     "'${T}', context: .}}}",
     "# left out: its target: it has a variable without a default, or may hold a password"},
};

static void what_was_left_out_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(LEFT); i++) {
        Given given = {.compose = LEFT[i].compose,
                       .built = strstr(LEFT[i].compose, "build") != NULL};
        AUTO(suggestion) Suggestion suggestion = {0};
        AUTO(config) Config config = {0};
        AUTO(str) char *text = NULL;

        suggest_for(&given, NULL, &suggestion);
        read_back(&suggestion, &text, &config);
        assert_line(text, LEFT[i].line);
        assert_null(strstr(text, "hunter2"));
    }
}

/* --- start ---------------------------------------------------------------------------------------
 */

typedef struct StartRow {
    const char *what;
    Given given;
    const char *start; /* as read back: entrypoint|command|way; "-" when it is not started */
    const char *line;
} StartRow;

#define STARTED(rest) "services: {web: {image: a, ports: [3000], " rest "}}"

static const StartRow STARTS[] = {
    {"an image alone that is no server", {0}, "-", NULL},
    {"an image alone that listens",
     {.exposed = "3000/tcp"},
     "||2",
     "  # ready: the image exposes it"},
    {"UDP is no way to be ready", {.exposed = "53/udp"}, "-", "# start:"},
    {"beside its migrations it is commented",
     {.exposed = "3000/tcp", .migrate = "npm run migrate"},
     "-",
     "#   ready: {tcp: 3000}"},
    {"the image's own", {.compose = STARTED("restart: always")}, "||2", "start:"},
    {"a command", {.compose = STARTED("command: node x.js")}, "|node x.js|2", NULL},
    {"no entrypoint", {.compose = STARTED("entrypoint: []")}, "=||2", "  entrypoint: []"},
    {"no entrypoint, and a command",
     {.compose = STARTED("entrypoint: [], command: [a, b]")},
     "=|a b|2",
     NULL},
    {"no command: not the image's either",
     {.compose = STARTED("command: []")},
     "=/entry||2",
     "  entrypoint: [/entry]"},
    {"no command, and no entrypoint that runs one",
     {.compose = STARTED("command: []"), .bare = true},
     "||2",
     NULL},
    {"not the entrypoint of the migrations",
     {.compose = "services: {migrate: {image: a, entrypoint: [sh, -c], command: [x]}, web: {image: "
                 "a, ports: [3000], depends_on: [migrate]}}"},
     "=/entry|serve|3",
     NULL},
};

static void start(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(STARTS); i++) {
        const StartRow *row = &STARTS[i];
        AUTO(suggestion) Suggestion suggestion = {0};
        AUTO(config) Config config = {0};
        AUTO(str) char *text = NULL, *line = NULL, *entrypoint = NULL, *command = NULL;

        print_message("%s\n", row->what);
        suggest_for(&row->given, NULL, &suggestion);
        read_back(&suggestion, &text, &config);
        entrypoint = words_join(&config.start.entrypoint);
        command = words_join(&config.start.command);
        line = config.start.on ? xasprintf("%s%s|%s|%d", config.start.entrypoint_set ? "=" : "",
                                           entrypoint, command, (int)config.start.ready.way)
                               : xstrdup("-");
        assert_string_equal(line, row->start);
        if (row->line)
            assert_line(text, row->line);
    }
}

/* --- folders -------------------------------------------------------------------------------------
 */

static const char *const FOLDERS[][4] = {
    /* compose file, context, the working folder from that of the file, the way */
    {"compose.yaml", ".", NULL, "."},
    {"compose.yaml", "./app/", NULL, "app"},
    {"deploy/compose.yaml", "..", NULL, "deploy/.."},
    {"compose.yaml", ".", "..", ".."},
    {"compose.yaml", "./app", "../..", "../../app"},
    {"deploy/compose.yaml", "app", "..", "../deploy/app"},
    {"/srv/compose.yaml", "app", "..", "/srv/app"},
    {"compose.yaml", "/srv/app", "..", "/srv/app"},
};

static void folders_of_builds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(FOLDERS); i++) {
        AUTO(str)
        char *text = xasprintf("services: {web: {build: '%s', env_file: [x.env]}}", FOLDERS[i][1]);
        Given given = {
            .compose = text, .compose_name = FOLDERS[i][0], .folder = FOLDERS[i][2], .built = true};
        AUTO(suggestion) Suggestion suggestion = {0};

        suggest_for(&given, NULL, &suggestion);
        assert_string_equal(suggestion.context, FOLDERS[i][3]);
        assert_int_equal(suggestion.env_files.len, 1);
        assert_true(text_ends(suggestion.env_files.items[0], "x.env"));
        if (FOLDERS[i][2] && FOLDERS[i][0][0] != '/')
            assert_true(text_starts(suggestion.env_files.items[0], FOLDERS[i][2]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_compose_projects),
        cmocka_unit_test(every_file_is_accepted),
        cmocka_unit_test(no_secret_is_written),
        cmocka_unit_test(a_known_secret_is_not_written),
        cmocka_unit_test(screen),
        cmocka_unit_test(what_was_left_out_is_said),
        cmocka_unit_test(start),
        cmocka_unit_test(folders_of_builds),
    };

    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
