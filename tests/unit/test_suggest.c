/* Suggested settings: what is found, what is left to the maintainer, and a file that reads back. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "suggest_fixture.h"

/* --- the database -------------------------------------------------------------------------------
 */

typedef struct DatabaseRow {
    const char *what;
    Given given;
    const char *sqlite, *volume, *postgres;
    const char *line; /* of the file */
} DatabaseRow;

#define NOTES(env) "services:\n  notes: {image: a, environment: " env ", volumes: ['d:/data/']}\n"
#define DB(image)  "services:\n  a: {image: a, depends_on: [db]}\n  db: {image: " image "}\n"

static const DatabaseRow DATABASES[] = {
    {"nothing", {0}, NULL, NULL, NULL, "# database: {sqlite: /PATH/OF/FILE}"},
    {"a volume alone",
     {.volume = "/data"},
     NULL,
     NULL,
     NULL,
     "# database: {sqlite: /data/FILE, volume: /data}"},
    {"a hostile volume",
     {.volume = "/da\nta: [\xe2\x80\xa8x"},
     NULL,
     NULL,
     NULL,
     "# database: {sqlite: \"/da\\u000Ata: [\\u2028x/FILE\", volume: \"/da\\u000Ata: [\\u2028x\"}"},
    {"the image's variable",
     {.env = "DB=/data/app.db", .volume = "/data"},
     "/data/app.db",
     "/data",
     NULL,
     "# found: the image sets DB"},
    {"no volume holds it",
     {.env = "DB=/data2/app.sqlite3", .volume = "/data"},
     "/data2/app.sqlite3",
     NULL,
     NULL,
     "  sqlite: /data2/app.sqlite3"},
    {"a URL",
     {.env = "U=file:/d/x.db?mode=rwc"},
     "/d/x.db",
     NULL,
     NULL,
     "# found: the image sets U"},
    {"below the working folder",
     {.env = "U=file:./x/y.sqlite", .workdir = "/app"},
     "/app/x/y.sqlite",
     NULL,
     NULL,
     "# found: the image sets U (relative: below the working folder)"},
    {"four slashes", {.env = "U=sqlite:////d/x.db"}, "/d/x.db", NULL, NULL, NULL},
    {"three slashes mean two things", {.env = "U=sqlite:///d/x.db"}, NULL, NULL, NULL, NULL},
    {"out of the folder", {.env = "U=../x.db"}, NULL, NULL, NULL, NULL},
    {"a host", {.env = "U=https://a/x.db"}, NULL, NULL, NULL, NULL},
    {"a service's variable",
     {.compose = NOTES("{DB: /data/a.db, KEY: hunter2}")},
     "/data/a.db",
     "/data",
     NULL,
     "# found: compose.yaml: the service notes sets DB"},
    {"its value may hold a key",
     {.compose = NOTES("['DB=file:/data/a.db?key=hunter2']")},
     "/data/a.db",
     "/data",
     NULL,
     "#   DB:   # ${DB}"},
    {"names that are none",
     {.compose = NOTES("['=/data/a.db', '<<=/data/b.db', 'C=/data/c.db']")},
     "/data/c.db",
     "/data",
     NULL,
     "#   \"<<\":   # ${<<}"},
    {"the server of compose",
     {.compose = DB("'postgres:17-alpine'")},
     NULL,
     NULL,
     "postgres:17-alpine",
     "# found: compose.yaml: the service db is postgres:17-alpine"},
    {"a server of unknown version",
     {.compose = DB("'postgres:$V'")},
     NULL,
     NULL,
     NULL,
     "# database: {postgres: \"postgres:VERSION\"}"},
    {"another server",
     {.compose = DB("mariadb"), .volume = "/v"},
     NULL,
     NULL,
     NULL,
     "# found: compose.yaml: the service db is mariadb"},
    {"the image names Postgres",
     {.env = "PGHOST=db"},
     NULL,
     NULL,
     NULL,
     "# found: the image sets PGHOST"},
};

static void assert_text_or_null(const char *text, const char *wanted)
{
    if (wanted)
        assert_string_equal(text, wanted);
    else
        assert_null(text);
}

static void databases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(DATABASES); i++) {
        const DatabaseRow *row = &DATABASES[i];
        AUTO(suggestion) Suggestion suggestion = {0};
        AUTO(config) Config config = {0};
        AUTO(str) char *text = NULL;
        bool known = row->sqlite || row->postgres;

        print_message("%s\n", row->what);
        suggest_for(&row->given, NULL, &suggestion);
        read_back(&suggestion, &text, &config);
        if (row->line)
            assert_line(text, row->line);
        assert_null(strstr(text, "hunter2"));
        assert_int_equal(config.databases.len, known || suggestion.service ? 1 : 0);
        if (!known)
            continue;
        assert_text_or_null(config.databases.items[0].sqlite, row->sqlite);
        assert_text_or_null(config.databases.items[0].volume, row->volume);
        assert_text_or_null(config.databases.items[0].postgres, row->postgres);
    }
}

/* --- commands -----------------------------------------------------------------------------------
 */

typedef struct CommandRow {
    const char *what;
    Given given;
    const char *migrate;    /* "" when the file does not set it */
    const char *entrypoint; /* NULL: not set */
    const char *line;
} CommandRow;

#define ONE(rest) "services:\n  migrate: {image: a" rest "}\n"

static const CommandRow COMMANDS[] = {
    {"nothing",
     {.found = "drizzle.config.ts, but no tool"},
     "",
     NULL,
     "# not found: drizzle.config.ts, but no tool"},
    {"no sign", {0}, "", NULL, "# migrate: COMMAND"},
    {"a script",
     {.migrate = "npm run migrate", .found = "package.json has scripts.migrate"},
     "npm run migrate",
     NULL,
     "# found: package.json has scripts.migrate"},
    {"a framework is found by each run",
     {.migrate = "npx knex 'migrate:latest'", .framework = "Knex", .found = "knexfile.js"},
     "",
     NULL,
     "# migrate: [npx, knex, \"migrate:latest\"]"},
    {"the image's own",
     {.migrate = "-", .found = "the image's own command"},
     "",
     NULL,
     "# found: the image's own command"},
    {"of compose",
     {.compose = ONE(", command: node a.js 'b c'"), .migrate = "npm run x"},
     "node a.js 'b c'",
     NULL,
     "# found: compose.yaml: the command of the service migrate (its name says so)"},
    {"the image's own, says compose",
     {.compose = ONE("")},
     "serve",
     NULL,
     "# found: compose.yaml: the image's own command of the service migrate (its name says so)"},
    {"an entrypoint alone", {.compose = ONE(", entrypoint: [a, b]")}, "a b", "", NULL},
    {"no entrypoint", {.compose = ONE(", entrypoint: [], command: [a]")}, "a", "", NULL},
    {"both",
     {.compose = ONE(", entrypoint: [sh, -c], command: ['a; b']")},
     "'a; b'",
     "sh -c",
     NULL},
    {"not to be read",
     {.compose = ONE(", command: run $X"), .migrate = "npm run x"},
     "npm run x",
     NULL,
     NULL},
    {"a password in it",
     {.compose = ONE(", command: [x, 'postgres://u:hunter2@h/d']")},
     "",
     NULL,
     "# migrate: COMMAND"},
    {"hostile",
     {.migrate = "'a\nb: [' '' no '# x' '\"\\' '\xff' '\xc2\x85'", .found = "x\n- y: ["},
     "'a\nb: [' '' no '# x' '\"\\' '\xef\xbf\xbd' '\xc2\x85'",
     NULL,
     "# found: x - y: ["},
};

static void commands(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
        const CommandRow *row = &COMMANDS[i];
        AUTO(suggestion) Suggestion suggestion = {0};
        AUTO(config) Config config = {0};
        AUTO(str_list) StrList wanted = {0};
        AUTO(str) char *text = NULL;
        AUTO(str) char *entrypoint = NULL;

        print_message("%s\n", row->what);
        suggest_for(&row->given, NULL, &suggestion);
        read_back(&suggestion, &text, &config);
        if (row->line)
            assert_line(text, row->line);
        assert_null(strstr(text, "hunter2"));
        assert_null(words_split(row->migrate, &wanted));
        assert_int_equal(config.run.migrate.len, wanted.len);
        for (size_t k = 0; k < wanted.len; k++)
            assert_string_equal(config.run.migrate.items[k], wanted.items[k]);
        entrypoint = words_join(&config.run.entrypoint);
        assert_int_equal(config.run.entrypoint_set, row->entrypoint != NULL);
        assert_string_equal(entrypoint, row->entrypoint ? row->entrypoint : "");
    }
}

static void user_and_folder_of_the_service(void **state)
{
    Given given = {.compose = ONE(", user: '1000:1000', working_dir: /srv, command: x")};
    Given odd = {.compose = ONE(", user: '', working_dir: srv, command: x")};
    AUTO(suggestion) Suggestion none = {0};
    AUTO(suggestion) Suggestion suggestion = {0};
    AUTO(config) Config config = {0};
    AUTO(str) char *text = NULL;

    (void)state;
    suggest_for(&given, NULL, &suggestion);
    read_back(&suggestion, &text, &config);
    assert_string_equal(config.run.user, "1000:1000");
    assert_string_equal(config.run.workdir, "/srv");
    suggest_for(&odd, NULL, &none);
    assert_null(none.user);
    assert_null(none.workdir);
}

/* --- names, releases, environment ----------------------------------------------------------------
 */

static const char *const IMAGES[][2] = {
    {"notes", "notes"},
    {"ghcr.io/acme/notes:1.2", "ghcr.io/acme/notes"},
    {"localhost:5000/notes@sha256:00", "localhost:5000/notes"},
    {"sha256:0123456789abcdef", NULL},
    {"0123456789ab", NULL},
};

static void images(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(IMAGES); i++) {
        Given given = {.reference = IMAGES[i][0]};
        AUTO(suggestion) Suggestion suggestion = {0};
        AUTO(config) Config config = {0};
        AUTO(str) char *text = NULL;

        suggest_for(&given, NULL, &suggestion);
        read_back(&suggestion, &text, &config);
        assert_text_or_null(config.image, IMAGES[i][1]);
        if (!IMAGES[i][1])
            assert_line(text, "# image: REGISTRY/NAME");
    }
}

static void releases_of_the_surroundings(void **state)
{
    Given given = {0};
    AUTO(config) Config surroundings = {0};
    AUTO(suggestion) Suggestion suggestion = {0};
    AUTO(config) Config config = {0};
    AUTO(str) char *text = NULL;
    AUTO(error)
    Error *err = load(ENVIRONMENT(V("GITLAB_CI=true"), V("CI_PROJECT_PATH=acme/no: tes"),
                                  V("CI_API_V4_URL=https://git.acme.org/api/v4"), ),
                      NULL, 0, &surroundings);

    (void)state;
    assert_null(err);
    suggest_for(&given, &surroundings, &suggestion);
    read_back(&suggestion, &text, &config);
    assert_string_equal(config.releases.source, "gitlab");
    assert_string_equal(config.releases.repository, "acme/no: tes");
    assert_string_equal(config.releases.api, "https://git.acme.org/api/v4");
    assert_line(text, "# found: CI_PROJECT_PATH");
}

static const char DEPLOYMENT[] = "services:\n"
                                 "  db: {image: 'postgres:17'}\n"
                                 "  migrate:\n"
                                 "    image: acme/notes\n"
                                 "    command: [migrate]\n"
                                 "    env_file: [.env, more.env]\n"
                                 "    environment:\n"
                                 "      DATABASE_URL: postgres://u:hunter2@db/x\n"
                                 "      DIRECT_URL: postgres://u:hunter2@db/x\n"
                                 "      DB_HOST: db\n"
                                 "      PGPASSWORD: hunter2\n"
                                 "      'odd: name': hunter2\n"
                                 "    depends_on: [db]\n";

static void environment_of_a_deployment(void **state)
{
    Given given = {.compose = DEPLOYMENT};
    AUTO(suggestion) Suggestion suggestion = {0};
    AUTO(config) Config config = {0};
    AUTO(str) char *text = NULL;
    const StrMap *env;

    (void)state;
    suggest_for(&given, NULL, &suggestion);
    read_back(&suggestion, &text, &config);
    assert_null(strstr(text, "hunter2"));
    assert_int_equal(config.run.env.len, 0);
    env = &config.databases.items[0].env;
    assert_int_equal(env->len, 8);
    assert_string_equal(str_map_get(env, "DIRECT_URL"), "{url}");
    assert_string_equal(str_map_get(env, "DB_HOST"), "{host}");
    assert_string_equal(str_map_get(env, "DATABASE_URL"), "{url}");
    assert_string_equal(str_map_get(env, "PGPASSWORD"), "{password}");
    assert_line(text, "#   \"odd: name\":   # ${odd: name}");
    assert_line(text, "# env_file: [\".env\", more.env]");
}

/* --- the image of a compose file -----------------------------------------------------------------
 */

static const char *const COMPOSED[][3] = {
    {"services: {web: {image: 'a:1'}, migrate: {image: 'b:${T:-2}'}}", "b:2", NULL},
    {"services: {web: {image: 'a:1'}}", "a:1", NULL},
    {"services: {db: {image: postgres}}", NULL,
     "c.yaml: no service but databases: name the image (seatrial init IMAGE)"},
    {"services: {web: {build: .}}", NULL, NULL}, /* built: there is no image yet */
    {"services: {web: {build: 'https://h/r.git'}}", NULL,
     "c.yaml: the service web names no image: name it (seatrial init IMAGE)"},
    {"services: {web: {image: 'a:${T}'}}", NULL,
     "c.yaml: the image of the service web, a:${T}, has a variable without a default: name the "
     "image (seatrial init IMAGE)"},
};

static void image_of_a_compose_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(COMPOSED); i++) {
        char untouched[] = "untouched";
        char *image = untouched;
        AUTO(compose) Compose compose = {0};
        AUTO(error) Error *err = NULL;

        assert_null(compose_parse(COMPOSED[i][0], strlen(COMPOSED[i][0]), "c.yaml", &compose));
        err = suggest_image(&compose, "c.yaml", &image);
        assert_text_or_null(err ? err->msg : NULL, COMPOSED[i][2]);
        assert_text_or_null(image, err ? "untouched" : COMPOSED[i][1]);
        if (err)
            assert_int_equal(err->code, ERR_INVALID);
        else
            free(image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(databases),
        cmocka_unit_test(commands),
        cmocka_unit_test(user_and_folder_of_the_service),
        cmocka_unit_test(images),
        cmocka_unit_test(releases_of_the_surroundings),
        cmocka_unit_test(environment_of_a_deployment),
        cmocka_unit_test(image_of_a_compose_file),
    };

    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
