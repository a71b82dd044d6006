/* seatrial.yaml, variables and flags into a Config: values, precedence, exact errors. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_fixture.h"

static void defaults(void **state)
{
    AUTO(config) Config config = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    (void)unlink("seatrial.yaml");
    err = load(ENVIRONMENT(), NULL, 0, &config);
    assert_null(err);
    assert_null(config.file);
    assert_null(config.image);
    assert_string_equal(config.tag, "{tag}");
    assert_string_equal(config.pull, "missing");
    assert_string_equal(config.missing_image, "walk-back");
    assert_string_equal(config.releases.source, "github");
    assert_string_equal(config.releases.from, "previous");
    assert_string_equal(config.releases.prereleases, "auto");
    assert_string_equal(config.releases.walk, "direct");
    assert_int_equal(config.releases.max_wait_ms, 60000);
    assert_null(config.releases.repository);
    assert_null(config.releases.api);
    assert_null(config.releases.token);
    assert_false(config.require_previous);
    assert_null(config.candidate.tag);
    assert_int_equal(config.candidate.published_ms, -1);
    assert_null(config.candidate.build.context);
    assert_int_equal(config.data.rows, 20);
    assert_int_equal(config.data.columns.len, 0);
    assert_string_equal(config.profile, "standard");
    assert_int_equal(config.timeout_ms, 600000);
    assert_int_equal(config.memory_bytes, INT64_C(2) << 30);
    assert_string_equal(config.network, "isolated");
    assert_int_equal(config.jobs, 0);
    assert_string_equal(config.color, "auto");
    assert_int_equal(config.verbose, 0);
    assert_false(config.quiet);
    assert_int_equal(config.databases.len, 0);
    assert_int_equal(config.keys.len, 0);
    assert_int_equal(config.warnings.len, 0);
}

static const char EVERYTHING[] =
    "image: ghcr.io/acme/notes\n"
    "tag: \"v{version}\"\n"
    "pull: never\n"
    "missing_image: error\n"
    "require_previous: yes\n"
    "releases:\n"
    "  source: list\n"
    "  repository: acme/notes\n"
    "  api: https://ghe.acme.test/api/v3/\n"
    "  from: [v1.0.0, 6]\n"
    "  prereleases: never\n"
    "  list: [v1.0.0, 1.10, 6]\n"
    "  max_wait: 5m\n"
    "walk: stepwise\n"
    "candidate:\n"
    "  tag: 1.20\n"
    "  build: {context: ., dockerfile: Dockerfile.ci, target: app,\n"
    "          args: {A: 1, B: on}, platform: linux/amd64}\n"
    "migrate: bun run 'src/my migrations.ts' up\n"
    "status: [npm, run, \"migrate:status\"]\n"
    "entrypoint: []\n"
    "user: 1000:1000\n"
    "workdir: /app\n"
    "env: {NODE_ENV: production, PORT: 3000, DEBUG: true, EMPTY: \"\"}\n"
    "old: {migrate: bun old.ts, env: {PORT: 3001}, user: root}\n"
    "database:\n"
    "  - {sqlite: /app/data/app.db, volume: /app/data, owner: 1000:1000}\n"
    "  - sqlite: /app/other.db\n"
    "checks: {rerun: off, pending: \"off\", vacuous: no, integrity: false,\n"
    "         new-migrate: warn}\n"
    "data: {rows: 5, seed: [a.sql, b.sql], restore: prod.dump, skip: audit_log,\n"
    "       columns: {reports.parameters: \"'{}'\", n: 1 + 1}}\n"
    "profile: quick\n"
    "allow:\n"
    "  - {check: rerun, table: t, column: c, from: \"<0.4\", until: v2,\n"
    "     reason: it counts}\n"
    "  - check: pending\n"
    "    reason: |\n"
    "      two\n"
    "      lines\n"
    "timeout: 1h30m\n"
    "memory: 512m\n"
    "network: open\n"
    "jobs: 3\n"
    "report: [json=out.json, console]\n"
    "keep: true\n"
    "engine: tcp://127.0.0.1:2375\n"
    "color: never\n"
    "verbose: 2\n"
    "quiet: on\n";

static void assert_joined(const StrList *list, const char *wanted)
{
    AUTO(str) char *joined = str_list_join(list, "|");

    assert_string_equal(joined, wanted);
}

static void every_key_of_the_file(void **state)
{
    AUTO(config) Config c = {0};

    (void)state;
    load_text(EVERYTHING, &c);
    assert_string_equal(c.file, "seatrial.yaml");
    assert_string_equal(c.image, "ghcr.io/acme/notes");
    assert_string_equal(c.tag, "v{version}");
    assert_string_equal(c.pull, "never");
    assert_string_equal(c.missing_image, "error");
    assert_true(c.require_previous);
    assert_string_equal(c.releases.source, "list");
    assert_string_equal(c.releases.repository, "acme/notes");
    assert_string_equal(c.releases.api, "https://ghe.acme.test/api/v3");
    assert_string_equal(c.releases.from, "v1.0.0, 6");
    assert_string_equal(c.releases.prereleases, "never");
    assert_joined(&c.releases.list, "v1.0.0|1.10|6");
    assert_int_equal(c.releases.max_wait_ms, 300000);
    assert_string_equal(c.releases.walk, "stepwise");
    assert_string_equal(c.candidate.tag, "1.20");
    assert_string_equal(c.candidate.build.context, ".");
    assert_string_equal(c.candidate.build.dockerfile, "Dockerfile.ci");
    assert_string_equal(c.candidate.build.target, "app");
    assert_string_equal(c.candidate.build.platform, "linux/amd64");
    assert_string_equal(str_map_get(&c.candidate.build.args, "A"), "1");
    assert_string_equal(str_map_get(&c.candidate.build.args, "B"), "on");
    assert_joined(&c.run.migrate, "bun|run|src/my migrations.ts|up");
    assert_joined(&c.run.status, "npm|run|migrate:status");
    assert_true(c.run.entrypoint_set);
    assert_int_equal(c.run.entrypoint.len, 0);
    assert_string_equal(c.run.user, "1000:1000");
    assert_string_equal(c.run.workdir, "/app");
    assert_int_equal(c.run.env.len, 4);
    assert_string_equal(str_map_get(&c.run.env, "DEBUG"), "true");
    assert_string_equal(str_map_get(&c.run.env, "EMPTY"), "");
    assert_true(c.old_set);
    assert_int_equal(c.databases.len, 2);
    assert_string_equal(c.databases.items[0].sqlite, "/app/data/app.db");
    assert_string_equal(c.databases.items[0].volume, "/app/data");
    assert_string_equal(c.databases.items[0].owner, "1000:1000");
    assert_string_equal(c.databases.items[1].sqlite, "/app/other.db");
    assert_null(c.databases.items[1].volume);
    assert_string_equal(str_map_get(&c.checks, "rerun"), "off");
    assert_string_equal(str_map_get(&c.checks, "pending"), "off");
    assert_string_equal(str_map_get(&c.checks, "vacuous"), "off");
    assert_string_equal(str_map_get(&c.checks, "integrity"), "off");
    assert_string_equal(str_map_get(&c.checks, "new-migrate"), "warn");
    assert_int_equal(c.data.rows, 5);
    assert_joined(&c.data.seed, "a.sql|b.sql");
    assert_string_equal(c.data.restore, "prod.dump");
    assert_joined(&c.data.skip, "audit_log");
    assert_string_equal(str_map_get(&c.data.columns, "reports.parameters"), "'{}'");
    assert_string_equal(str_map_get(&c.data.columns, "n"), "1 + 1");
    assert_string_equal(c.profile, "quick");
    assert_int_equal(c.allow.len, 2);
    assert_string_equal(c.allow.items[0].check, "rerun");
    assert_string_equal(c.allow.items[0].table, "t");
    assert_string_equal(c.allow.items[0].column, "c");
    assert_string_equal(c.allow.items[0].from, "<0.4");
    assert_string_equal(c.allow.items[0].until, "v2");
    assert_string_equal(c.allow.items[1].reason, "two\nlines\n");
    assert_int_equal(c.timeout_ms, 5400000);
    assert_int_equal(c.memory_bytes, 512 << 20);
    assert_string_equal(c.network, "open");
    assert_int_equal(c.jobs, 3);
    assert_int_equal(c.reports.len, 2);
    assert_string_equal(c.reports.items[0].format, "json");
    assert_string_equal(c.reports.items[0].path, "out.json");
    assert_string_equal(c.reports.items[1].format, "console");
    assert_string_equal(c.reports.items[1].path, "-");
    assert_true(c.keep);
    assert_string_equal(c.engine, "tcp://127.0.0.1:2375");
    assert_string_equal(c.color, "never");
    assert_int_equal(c.verbose, 2);
    assert_true(c.quiet);
    assert_true(str_list_has(&c.keys, "status"));
    assert_true(str_list_has(&c.keys, "releases.walk"));
    assert_false(str_list_has(&c.keys, "releases.token"));
    assert_string_equal(str_map_get(&c.origins, "releases.api"), "seatrial.yaml:9:8: releases.api");
}

/* Other ways to write the same. */
static void short_forms(void **state)
{
    AUTO(config) Config c = {0};

    (void)state;
    load_text("releases: {list: 6, walk: stepwise, from: \">=1.2 <2\"}\n"
              "candidate: {build: .}\n"
              "database: {sqlite: /a.db}\n"
              "entrypoint: \"\"\n"
              "env:\n"
              "checks:\n"
              "old:\n"
              "allow: {check: rerun, reason: why}\n"
              "report: json=-\n"
              "migrate: [\"sh\", \"-c\", \"a  b\"]\n",
              &c);
    assert_joined(&c.releases.list, "6");
    assert_string_equal(c.releases.from, ">=1.2 <2");
    assert_string_equal(c.releases.walk, "stepwise");
    assert_string_equal(c.candidate.build.context, ".");
    assert_true(c.run.entrypoint_set);
    assert_false(c.old_set);
    assert_int_equal(c.allow.len, 1);
    assert_string_equal(c.reports.items[0].path, "-");
    assert_joined(&c.run.migrate, "sh|-c|a  b");
    assert_string_equal(c.releases.source, "list"); /* it is the only thing that was given */
}

static void build_without_a_context_is_this_folder(void **state)
{
    AUTO(config) Config c = {0};

    (void)state;
    load_text("candidate: {build: {target: app}}\n", &c);
    assert_string_equal(c.candidate.build.context, ".");
    assert_string_equal(c.candidate.build.target, "app");
}

static void anchors_and_merge_keys(void **state)
{
    AUTO(config) Config c = {0};

    (void)state;
    load_text("env: &shared {A: 1, B: 2}\n"
              "old:\n"
              "  env:\n"
              "    B: 3\n"
              "    <<: *shared\n"
              "migrate: &command [run, me]\n"
              "status: *command\n",
              &c);
    assert_string_equal(str_map_get(&c.old.env, "A"), "1");
    assert_string_equal(str_map_get(&c.old.env, "B"), "3");
    assert_joined(&c.run.status, "run|me");
}

typedef struct ErrorRow {
    const char *yaml, *msg;
} ErrorRow;

static const ErrorRow ERRORS[] = {
    /* keys */
    {"imagee: a\n", "seatrial.yaml:1:1: imagee: unknown key; did you mean image?"},
    {"image: a\nreleases:\n  sauce: list\n",
     "seatrial.yaml:3:3: releases.sauce: unknown key; did you mean source?"},
    {"sqlite: /a\n", "seatrial.yaml:1:1: sqlite: unknown key; did you mean database.sqlite?"},
    {"database: {sqllite: /a}\n",
     "seatrial.yaml:1:12: database.sqllite: unknown key; did you mean sqlite?"},
    {"old: {image: a}\n", "seatrial.yaml:1:7: old.image: unknown key"},
    {"smoky: a\n", "seatrial.yaml:1:1: smoky: unknown key; did you mean smoke?"},
    {"releases.from: a\n", "seatrial.yaml:1:1: releases.from: unknown key; did you mean releases?"},
    {"image: a\nimage: b\n", "seatrial.yaml:2:1: image: given twice, first on line 1"},
    {"walk: direct\nreleases: {walk: direct}\n",
     "seatrial.yaml:2:12: releases.walk: given twice, as walk and as releases.walk"},
    {"releases: {token: abc}\n",
     "seatrial.yaml:1:19: releases.token: wanted no secret in a file, found one: use a variable of the "
     "environment or a flag"},
    /* types */
    {"image: {a: b}\n", "seatrial.yaml:1:8: image: wanted text, found a map"},
    {"image:\n", "seatrial.yaml:1:7: image: wanted text, found nothing"},
    {"image: \"\"\n", "seatrial.yaml:1:8: image: wanted a value, found nothing"},
    {"timeout: [1, 2]\n",
     "seatrial.yaml:1:10: timeout: wanted a duration such as 30s or 10m, found a list"},
    {"timeout: soon\n",
     "seatrial.yaml:1:10: timeout: wanted a duration such as 30s or 10m, found 'soon'"},
    {"timeout: 0\n", "seatrial.yaml:1:10: timeout: wanted more than nothing, found '0'"},
    {"memory: much\n", "seatrial.yaml:1:9: memory: wanted a size such as 512m or 2g, found 'much'"},
    {"memory: 1m\n",
     "seatrial.yaml:1:9: memory: wanted 6m at least, or 0 for no limit, found '1m'"},
    {"jobs: -1\n", "seatrial.yaml:1:7: jobs: wanted a whole number, found '-1'"},
    {"keep: maybe\n", "seatrial.yaml:1:7: keep: wanted true or false, found 'maybe'"},
    {"pull: neverr\n",
     "seatrial.yaml:1:7: pull: wanted one of missing, always, never, found 'neverr'; "
     "did you mean never?"},
    {"profile: deep\n",
     "seatrial.yaml:1:10: profile: wanted one of quick, standard, thorough, found 'deep'"},
    {"releases: {source: [github]}\n",
     "seatrial.yaml:1:20: releases.source: wanted one word, found a list"},
    {"releases: {api: ghe.acme.test}\n", "seatrial.yaml:1:17: releases.api: wanted an http:// or "
                                         "https:// URL, found 'ghe.acme.test'"},
    {"releases: []\n", "seatrial.yaml:1:11: releases: wanted a map, found a list"},
    {"releases: {list: [a, [b]]}\n",
     "seatrial.yaml:1:22: releases.list: wanted text or a list of texts, found a list"},
    {"migrate: \"a 'b\"\n", "seatrial.yaml:1:10: migrate: the quote ' is not closed"},
    {"migrate: []\n", "seatrial.yaml:1:10: migrate: wanted a command, found nothing"},
    {"migrate: {a: b}\n",
     "seatrial.yaml:1:10: migrate: wanted a command, as text or a list of words, found a map"},
    {"env: [A]\n", "seatrial.yaml:1:6: env: wanted a map of KEY: value, found a list"},
    {"env: {A: [b]}\n", "seatrial.yaml:1:10: env.A: wanted text, found a list"},
    {"env:\n  NOT_THERE:\n", "seatrial.yaml:2:13: env.NOT_THERE: wanted NOT_THERE=VALUE, or the "
                             "variable NOT_THERE to take it from, found neither"},
    {"workdir: app\n",
     "seatrial.yaml:1:10: workdir: wanted an absolute path in the container, found 'app'"},
    {"database: /a.db\n",
     "seatrial.yaml:1:11: database: wanted a map or a list of maps, found text"},
    {"database: [{sqlite: /a}, /b]\n", "seatrial.yaml:1:26: database: wanted a map, found text"},
    {"database: {sqlite: a.db}\n",
     "seatrial.yaml:1:20: database.sqlite: wanted an absolute path in the "
     "container, found 'a.db'"},
    {"database: {owner: app}\n",
     "seatrial.yaml:1:19: database.owner: wanted numbers, UID or UID:GID, found 'app'"},
    {"database: {owner: \"1:2:3\"}\n",
     "seatrial.yaml:1:19: database.owner: wanted numbers, UID or UID:GID, found '1:2:3'"},
    /* readiness, start, services */
    {"start:\n", "seatrial.yaml:1:7: start: wanted true or false, found nothing"},
    {"start: []\n", "seatrial.yaml:1:8: start: wanted true or false, found a list"},
    {"start: {comand: a}\n", "seatrial.yaml:1:9: start.comand: unknown key; did you mean command?"},
    {"start: {ready: true}\n",
     "seatrial.yaml:1:16: start.ready: wanted a map with one of healthcheck, http, tcp, log, exec, "
     "exit, found text"},
    {"start: {ready: {}}\n", "seatrial.yaml:1:16: start.ready: wanted one of healthcheck, http, "
                             "tcp, log, exec, exit, found none"},
    {"start: {ready: {tcp: 80, log: up}}\n",
     "seatrial.yaml:1:26: start.ready.log: wanted one of healthcheck, http, tcp, log, exec, exit, "
     "found log beside tcp"},
    {"start: {ready: {htp: 80}}\n",
     "seatrial.yaml:1:17: start.ready.htp: unknown key; did you mean http?"},
    {"start: {ready: {healthcheck: false}}\n",
     "seatrial.yaml:1:30: start.ready.healthcheck: wanted true, found 'false'"},
    {"start: {ready: {tcp: 70000}}\n",
     "seatrial.yaml:1:22: start.ready.tcp: wanted a number from 1 to 65535, found 70000"},
    {"start: {ready: {http: {path: /}}}\n",
     "seatrial.yaml:1:23: start.ready.http: wanted a port, found none"},
    {"start: {ready: {http: {port: 80, path: health}}}\n",
     "seatrial.yaml:1:40: start.ready.http.path: wanted a path that begins with / and has no "
     "blanks, found 'health'"},
    {"start: {ready: {http: {port: 80, url: /}}}\n",
     "seatrial.yaml:1:34: start.ready.http.url: unknown key"},
    {"start: {ready: {log: \"a\\nb\"}}\n",
     "seatrial.yaml:1:22: start.ready.log: wanted text of one "
     "line, found several lines"},
    {"start: {ready: {exec: []}}\n",
     "seatrial.yaml:1:23: start.ready.exec: wanted a command, found nothing"},
    {"database: {service: a, ready: {exit: 0}}\n",
     "seatrial.yaml:1:32: database.ready.exit: unknown key; did you mean exec?"},
    {"services: [redis]\n",
     "seatrial.yaml:1:11: services: wanted a map of NAME: {image: ...}, found a list"},
    {"services: {redis: redis:7}\n",
     "seatrial.yaml:1:19: services.redis: wanted a map, found text"},
    {"services: {redis: {command: a}}\n",
     "seatrial.yaml:1:19: services.redis: wanted an image, found none"},
    {"services: {My_Redis: {image: a}}\n",
     "seatrial.yaml:1:12: services.My_Redis: wanted a host name of a-z, 0-9 and - (63 at most), "
     "found 'My_Redis'"},
    {"services: {database: {image: a}}\n",
     "seatrial.yaml:1:12: services.database: wanted another name: database is taken"},
    {"services: {redis: {image: a, ready: {tcp: 1, log: a}}}\n",
     "seatrial.yaml:1:46: services.redis.ready.log: wanted one of healthcheck, http, tcp, log, "
     "exec, found log beside tcp"},
    {"report: json=\n", "seatrial.yaml:1:9: report: wanted FORMAT=PATH, found 'json='"},
    /* checks and accepted findings */
    {"checks: {rerum: off}\n",
     "seatrial.yaml:1:17: checks.rerum: there is no check 'rerum'; did you mean rerun?"},
    {"checks: {rerun: maybe}\n",
     "seatrial.yaml:1:17: checks.rerun: wanted one of error, warn, off, found 'maybe'"},
    {"checks: {rerun: true}\n",
     "seatrial.yaml:1:17: checks.rerun: wanted one of error, warn, off, found 'true'"},
    {"checks: [rerun]\n", "seatrial.yaml:1:9: checks: wanted a map of check: level, found a list"},
    {"allow: rerun\n", "seatrial.yaml:1:8: allow: wanted a map with check and reason, found text"},
    {"allow: [{check: rerun}]\n", "seatrial.yaml:1:9: allow: wanted a reason, found none"},
    {"allow: [{check: rerun, reason: }]\n",
     "seatrial.yaml:1:32: allow.reason: wanted text, found nothing"},
    {"allow: [{check: rerun, reason: \"\"}]\n",
     "seatrial.yaml:1:32: allow.reason: wanted text, found nothing"},
    {"allow: [{reason: why}]\n",
     "seatrial.yaml:1:9: allow: wanted the check that is accepted, found none"},
    {"allow: [{check: rerum, reason: why}]\n",
     "seatrial.yaml:1:17: allow.check: there is no check 'rerum'; did you mean rerun?"},
    {"allow: [{check: rerun, reasn: why}]\n",
     "seatrial.yaml:1:24: allow.reasn: unknown key; did you mean reason?"},
    /* exclusive keys, files */
    {"candidate: {image: a, archive: b.tar}\n",
     "seatrial.yaml:1:32: candidate.archive: wanted one of candidate.image, candidate.build and "
     "candidate.archive, found candidate.image beside it"},
    {"candidate: {archive: b.tar, build: {target: x}}\n",
     "seatrial.yaml:1:36: candidate.build: wanted one of candidate.image, candidate.build and "
     "candidate.archive, found candidate.archive beside it"},
    {"candidate: {archive: b.tar}\n",
     "seatrial.yaml:1:22: candidate.archive: wanted a file, found none "
     "at b.tar: No such file or directory"},
    {"candidate: {archive: .}\n",
     "seatrial.yaml:1:22: candidate.archive: wanted a file, found a folder at ."},
    {"candidate: {build: nowhere}\n",
     "seatrial.yaml:1:20: candidate.build: wanted a folder, found none "
     "at nowhere: No such file or directory"},
    {"image: a\nenv_file: [nothing.env]\n",
     "seatrial.yaml:2:11: env_file: nothing.env: No such file or directory"},
    /* no YAML */
    {"- a\n- b\n", "seatrial.yaml:1:1: wanted a map of settings, found a list"},
    {"just text\n", "seatrial.yaml:1:1: wanted a map of settings, found text"},
    {"image: [a\n",
     "seatrial.yaml:2:1: not YAML: did not find expected ',' or ']' while parsing a flow "
     "sequence that begins on line 1"},
    {"image: a: b\n",
     "seatrial.yaml:1:9: not YAML: mapping values are not allowed in this context"},
    {"releases:\n\tfrom: a\n",
     "seatrial.yaml:2:1: not YAML: found character that cannot start any token; a tab indents this "
     "line, YAML wants blanks"},
    {"image: \x01\n", "seatrial.yaml:1:8: wanted text, found a control character"},
    {"image: a\nuser: \xff\n", "seatrial.yaml:2:7: wanted UTF-8, found other bytes"},
    {"image: \"a\\0b\"\n", "seatrial.yaml:1:8: wanted text, found a NUL in it"},
    {"image: a\n---\nimage: b\n", "seatrial.yaml:2:1: wanted one document, found a second"},
    {"env: &x {A: *x}\n", "seatrial.yaml:1:13: *x: there is no such anchor before it"},
    {"env: {<<: [1]}\n", "seatrial.yaml:1:12: <<: wanted a map, found text"},
    {"image: !secret a\n", "seatrial.yaml:1:8: !secret: tags have no meaning here"},
    {"[a]: b\n", "seatrial.yaml:1:1: wanted a key, found a list, a map or an alias"},
    {"\"\": b\n", "seatrial.yaml:1:1: wanted a key, found an empty one"},
};

/* All rows are looked at, so that one run shows every message that changed. */
static size_t differs(const Error *err, const char *msg, const char *input)
{
    if (err && err->code == ERR_INVALID && strcmp(err->msg, msg) == 0)
        return 0;
    print_error("%s\n  wanted: %s\n  found:  %s\n", input, msg, err ? err->msg : "no error");
    return 1;
}

static void exact_errors(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ERRORS); i++) {
        Config config = {.jobs = 77};
        AUTO(error) Error *err = NULL;

        write_file("seatrial.yaml", ERRORS[i].yaml);
        err = load(ENVIRONMENT(), NULL, 0, &config);
        wrong += differs(err, ERRORS[i].msg, ERRORS[i].yaml);
        assert_int_equal(config.jobs, 77);
        assert_null(config.image);
    }
    assert_int_equal(wrong, 0);
}

/* Documents that would fill memory or the stack are refused, quickly. */
static void bombs(void **state)
{
    AUTO(buf) Buf laughs = {0};
    AUTO(buf) Buf deep = {0};
    AUTO(buf) Buf large = {0};

    const struct {
        const Buf *yaml;
        const char *msg;
    } rows[] = {{&laughs, "more values than any settings file needs"},
                {&deep, "nested deeper than any settings file needs"},
                {&large, "more than the 1048576 bytes that are accepted here"}};

    (void)state;
    buf_adds(&laughs, "a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (char name = 'b'; name < 'k'; name++) {
        buf_addf(&laughs, "%c: &%c [", name, name);
        for (int i = 0; i < 9; i++)
            buf_addf(&laughs, "%s*%c", i ? ", " : "", name - 1);
        buf_adds(&laughs, "]\n");
    }
    for (int i = 0; i < 500; i++)
        buf_adds(&deep, "[");
    for (int i = 0; i < 70000; i++)
        buf_adds(&large, "# sixteen bytes\n");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Config config = {0};
        AUTO(error) Error *err = NULL;

        write_file("seatrial.yaml", buf_text(rows[i].yaml));
        err = load(ENVIRONMENT(), NULL, 0, &config);
        assert_non_null(err);
        assert_int_equal(err->code, ERR_INVALID);
        if (!strstr(err->msg, rows[i].msg))
            fail_msg("%s", err->msg);
    }
}

static void flags_beat_variables_beat_the_file(void **state)
{
    static const ConfigFlag FLAGS[] = {
        {"image", "--image", "of-flag"},
        {"env", "--env", "B=flag"},
        {"releases.list", "--releases-list", "9"},
        {"releases.list", "--releases-list", "10"},
        {"checks", "--check", "rerun=error"},
        {"keep", "--no-keep", "false"},
        {"verbose", "-v", "true"},
        {"verbose", "-v", "true"},
        {"database.sqlite", "--sqlite", "/flag.db"},
        {"allow", "--allow", "{check: vacuous, reason: flag}"},
        {"allow", "--allow", "[{check: integrity, reason: flag}]"},
    };
    char *const environment[] = {V("PATH=/nowhere"),
                                 V("SEATRIAL_IMAGE=of-variable"),
                                 V("SEATRIAL_TAG=of-variable"),
                                 V("SEATRIAL_PULL="), /* empty: not given */
                                 V("SEATRIAL_ENV=C=a,b\nD=variable"),
                                 V("SEATRIAL_CHECKS=pending=warn, rerun=off"),
                                 V("SEATRIAL_RELEASES_FROM=last 2"),
                                 V("SEATRIAL_FROM=not looked at"),
                                 V("SEATRIAL_REPORT=json=a.json,console=-"),
                                 V("SEATRIAL_MIGRATE=a 'b c'"),
                                 NULL};
    AUTO(config) Config c = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    write_file("seatrial.yaml", "image: of-file\ntag: of-file\npull: never\nprofile: quick\n"
                                "env: {A: file, B: file, C: file}\nkeep: true\nverbose: 5\n"
                                "releases: {list: [1, 2, 3], source: list}\n"
                                "checks: {rerun: warn, vacuous: warn}\n"
                                "database: {sqlite: /file.db, volume: /file}\n"
                                "allow: {check: rerun, reason: file}\nreport: console=c\n");
    err = load(environment, FLAGS, COUNT_OF(FLAGS), &c);
    if (err)
        fail_msg("%s", err->msg);
    assert_string_equal(c.image, "of-flag");
    assert_string_equal(c.tag, "of-variable");
    assert_string_equal(c.pull, "never");
    assert_string_equal(c.profile, "quick");
    assert_string_equal(str_map_get(&c.run.env, "A"), "file");
    assert_string_equal(str_map_get(&c.run.env, "B"), "flag");
    assert_string_equal(str_map_get(&c.run.env, "C"), "a,b");
    assert_string_equal(str_map_get(&c.run.env, "D"), "variable");
    assert_joined(&c.releases.list, "9|10");
    assert_string_equal(c.releases.from, "last 2");
    assert_string_equal(str_map_get(&c.checks, "rerun"), "error");
    assert_string_equal(str_map_get(&c.checks, "pending"), "warn");
    assert_string_equal(str_map_get(&c.checks, "vacuous"), "warn");
    assert_false(c.keep);
    assert_int_equal(c.verbose, 2);
    assert_int_equal(c.databases.len, 1);
    assert_string_equal(c.databases.items[0].sqlite, "/flag.db");
    assert_string_equal(c.databases.items[0].volume, "/file");
    assert_int_equal(c.allow.len, 2);
    assert_string_equal(c.allow.items[0].check, "vacuous");
    assert_string_equal(c.allow.items[1].check, "integrity");
    assert_int_equal(c.reports.len, 2);
    assert_string_equal(c.reports.items[0].path, "a.json");
    assert_joined(&c.run.migrate, "a|b c");
    assert_string_equal(str_map_get(&c.origins, "image"), "--image");
    assert_string_equal(str_map_get(&c.origins, "tag"), "SEATRIAL_TAG");
    assert_string_equal(str_map_get(&c.origins, "pull"), "seatrial.yaml:3:7: pull");
}

typedef struct FlagRow {
    const char *yaml;
    const char *variable; /* "K=V" or NULL */
    ConfigFlag flag;      /* key NULL: none */
    const char *msg;
} FlagRow;

static void errors_of_flags_and_variables(void **state)
{
    static const FlagRow ROWS[] = {
        {"",
         NULL,
         {"timeout", "--timeout", "soon"},
         "--timeout: wanted a duration such as 30s or 10m, found 'soon'"},
        {"",
         "SEATRIAL_TIMEOUT=soon",
         {0},
         "SEATRIAL_TIMEOUT: wanted a duration such as 30s or 10m, found 'soon'"},
        {"", NULL, {"checks", "--check", "rerun"}, "--check: wanted ID=LEVEL, found 'rerun'"},
        {"",
         NULL,
         {"checks", "--check", "rerun=perhaps"},
         "--check: wanted one of error, warn, off, found 'perhaps'"},
        {"",
         NULL,
         {"checks", "--check", "rerum=off"},
         "--check: there is no check 'rerum'; did you mean rerun?"},
        {"", NULL, {"env", "--env", "=x"}, "--env: wanted KEY=VALUE, found no key"},
        {"",
         NULL,
         {"env", "--env", "ABSENT"},
         "--env: wanted ABSENT=VALUE, or the variable ABSENT to take it from, found neither"},
        {"", NULL, {"image", "--image", ""}, "--image: wanted a value, found nothing"},
        {"",
         NULL,
         {"allow", "--allow", "rerun"},
         "--allow: wanted a map with check and reason, found text"},
        {"",
         NULL,
         {"allow", "--allow", "{check: rerun"},
         "--allow:2:1: not YAML: did not find expected ',' or '}' while parsing a flow mapping that "
         "begins on line 1"},
        {"",
         NULL,
         {"start.ready", "--start-ready", "{tcp: no}"},
         "--start-ready:1:7: start.ready.tcp: wanted a whole number, found 'no'"},
        {"database: [{sqlite: /a}, {sqlite: /b}]\n",
         NULL,
         {"database.env", "--database-env", "A=b"},
         "--database-env: wanted one database to set this of, found 2 in the file"},
        {"database: [{sqlite: /a}, {sqlite: /b}]\n",
         NULL,
         {"database.sqlite", "--sqlite", "/c"},
         "--sqlite: wanted one database to set this of, found 2 in the file"},
        {"",
         NULL,
         {"env_file", "--env-file", "no.env"},
         "--env-file: no.env: No such file or directory"},
        {"",
         "SEATRIAL_CONFIG=other.yaml",
         {0},
         "SEATRIAL_CONFIG: other.yaml: No such file or directory"},
    };

    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char *const environment[] = {V("PATH=/nowhere"), V(ROWS[i].variable), NULL};
        Config config = {0};
        AUTO(error) Error *err = NULL;

        write_file("seatrial.yaml", ROWS[i].yaml);
        err = load(environment, &ROWS[i].flag, ROWS[i].flag.key ? 1 : 0, &config);
        wrong += differs(err, ROWS[i].msg, ROWS[i].flag.key ? ROWS[i].flag.value : "");
    }
    assert_int_equal(wrong, 0);
}

static void start_services_and_a_service(void **state)
{
    static const char *const YAML = "rollback: down\n"
                                    "smoke: [node, smoke.js]\n"
                                    "start:\n"
                                    "  image: web:1\n"
                                    "  command: serve --all\n"
                                    "  entrypoint: []\n"
                                    "  env: {PORT: 3000}\n"
                                    "  ready: {http: {port: 3000, path: /healthz}}\n"
                                    "services:\n"
                                    "  redis: {image: \"redis:7\", ready: {tcp: 6379},\n"
                                    "          env: {REDIS_URL: \"redis://redis:6379\"}}\n"
                                    "  a-mail: {image: mail, command: [m, -d], ready: {log: up},\n"
                                    "           server_env: {MAIL_PASSWORD: hunter2-hunter2}}\n"
                                    "database:\n"
                                    "  service: mariadb:11\n"
                                    "  command: [--skip-name-resolve]\n"
                                    "  env: {MARIADB_ROOT_PASSWORD: correct-horse}\n"
                                    "  app_env: {DB_HOST: \"{host}\"}\n"
                                    "  ready: {exec: mariadb-admin ping}\n";
    AUTO(config) Config c = {0};
    AUTO(str) char *masked = NULL;

    (void)state;
    load_text(YAML, &c);
    assert_string_equal(c.run.rollback.items[0], "down");
    assert_int_equal(c.run.smoke.len, 2);
    assert_true(c.start.on);
    assert_string_equal(c.start.image, "web:1");
    assert_int_equal(c.start.command.len, 2);
    assert_true(c.start.entrypoint_set);
    assert_int_equal(c.start.entrypoint.len, 0);
    assert_string_equal(str_map_get(&c.start.env, "PORT"), "3000");
    assert_int_equal(c.start.ready.way, READY_BY_HTTP);
    assert_int_equal(c.start.ready.port, 3000);
    assert_string_equal(c.start.ready.path, "/healthz");
    assert_int_equal(c.start.ready.status, 200);
    assert_int_equal(c.services.len, 2);
    assert_string_equal(c.services.items[0].name, "redis");
    assert_string_equal(c.services.items[0].image, "redis:7");
    assert_int_equal(c.services.items[0].ready.way, READY_BY_TCP);
    assert_int_equal(c.services.items[0].ready.port, 6379);
    assert_string_equal(str_map_get(&c.services.items[0].env, "REDIS_URL"), "redis://redis:6379");
    assert_string_equal(c.services.items[1].name, "a-mail");
    assert_int_equal(c.services.items[1].command.len, 2);
    assert_string_equal(c.services.items[1].ready.log, "up");
    assert_string_equal(c.databases.items[0].service, "mariadb:11");
    assert_string_equal(c.databases.items[0].command.items[0], "--skip-name-resolve");
    assert_string_equal(str_map_get(&c.databases.items[0].app_env, "DB_HOST"), "{host}");
    assert_int_equal(c.databases.items[0].ready.way, READY_BY_EXEC);
    assert_int_equal(c.databases.items[0].ready.exec.len, 2);
    masked = secret_mask("correct-horse hunter2-hunter2 redis://redis:6379");
    assert_string_equal(masked, "*** *** redis://redis:6379");
}

/* Started: by itself, by any of its keys, by flag and variable; a later "no" counts. */
static void what_turns_start_on(void **state)
{
    static const ConfigFlag YES = {"start", "--start", "true"};
    static const ConfigFlag NO = {"start", "--no-start", "false"};
    static const ConfigFlag READY = {"start.ready", "--start-ready", "{exit: 3}"};

    static const struct {
        const char *yaml;
        const ConfigFlag *flag;
        bool on;
    } ROWS[] = {
        {"", NULL, false},
        {"start: true\n", NULL, true},
        {"start: {}\n", NULL, true},
        {"start: {image: a}\n", NULL, true},
        {"start: false\n", NULL, false},
        {"", &YES, true},
        {"", &READY, true},
        {"start: {image: a}\n", &NO, false},
        {"start: false\n", &YES, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(config) Config c = {0};
        AUTO(error) Error *err = NULL;

        write_file("seatrial.yaml", ROWS[i].yaml);
        err = load(ENVIRONMENT(), ROWS[i].flag, ROWS[i].flag ? 1 : 0, &c);
        assert_null(err);
        assert_int_equal(c.start.on, ROWS[i].on);
        assert_int_equal(c.start.ready.way,
                         ROWS[i].flag == &READY ? READY_BY_EXIT : READY_BY_NOTHING);
        assert_int_equal(c.start.ready.exit_code, ROWS[i].flag == &READY ? 3 : 0);
    }
}

/* A database may be made by any of its flags, maps and commands included. */
static void flags_of_a_service(void **state)
{
    static const ConfigFlag FLAGS[] = {
        {"database.env", "--database-env", "A=b"},
        {"database.service", "--service", "mariadb:11"},
        {"database.command", "--database-command", "a b"},
        {"database.ready", "--database-ready", "tcp: 3306"},
    };
    AUTO(config) Config c = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    write_file("seatrial.yaml", "");
    err = load(ENVIRONMENT(), FLAGS, COUNT_OF(FLAGS), &c);
    assert_null(err);
    assert_int_equal(c.databases.len, 1);
    assert_string_equal(c.databases.items[0].service, "mariadb:11");
    assert_string_equal(str_map_get(&c.databases.items[0].env, "A"), "b");
    assert_int_equal(c.databases.items[0].command.len, 2);
    assert_int_equal(c.databases.items[0].ready.port, 3306);
}

static void a_later_candidate_replaces_an_earlier_one(void **state)
{
    static const ConfigFlag IMAGE = {"candidate.image", "--candidate", "notes:test"};
    static const ConfigFlag BUILD = {"candidate.build.context", "--build", "."};
    static const ConfigFlag TARGET = {"candidate.build.target", "--candidate-build-target", "app"};
    const ConfigFlag both[] = {IMAGE, BUILD};
    AUTO(config) Config image = {0};
    AUTO(config) Config build = {0};
    AUTO(config) Config target = {0};
    Config none = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    write_file("seatrial.yaml", "candidate: {build: {context: nowhere, target: app}}\n");
    err = load(ENVIRONMENT(), &IMAGE, 1, &image);
    assert_null(err);
    assert_string_equal(image.candidate.image, "notes:test");
    assert_null(image.candidate.build.context);
    write_file("seatrial.yaml", "candidate: {image: a}\n");
    err = load(ENVIRONMENT(), &BUILD, 1, &build);
    assert_null(err);
    assert_null(build.candidate.image);
    assert_string_equal(build.candidate.build.context, ".");
    err = load(ENVIRONMENT(), both, 2, &none);
    assert_non_null(err);
    assert_string_equal(err->msg, "--build: wanted one of candidate.image, candidate.build and "
                                  "candidate.archive, found candidate.image beside it");
    error_free(TAKE(err));
    write_file("seatrial.yaml", "image: a\n");
    err = load(ENVIRONMENT(), &TARGET, 1, &target);
    assert_null(err);
    assert_string_equal(target.candidate.build.context, ".");
}

static void the_old_run_is_the_run_with_old_over_it(void **state)
{
    AUTO(config) Config c = {0};
    AUTO(run_settings) RunSettings old = {0};
    AUTO(run_settings) RunSettings same = {0};
    AUTO(config) Config plain = {0};

    (void)state;
    write_file("all.env", "A=all\nB=all\nC=all\n");
    write_file("old.env", "C=old-file\nD=old-file\n");
    load_text(
        "migrate: new up\nuser: \"1\"\nworkdir: /new\nenv: {B: env}\nenv_file: all.env\n"
        "old: {migrate: old up, entrypoint: [], workdir: /old, env: {D: old}, env_file: old.env}\n",
        &c);
    config_old_run(&c, &old);
    assert_joined(&old.migrate, "old|up");
    assert_true(old.entrypoint_set);
    assert_string_equal(old.user, "1");
    assert_string_equal(old.workdir, "/old");
    assert_string_equal(str_map_get(&old.env, "A"), "all");
    assert_string_equal(str_map_get(&old.env, "B"), "env");
    assert_string_equal(str_map_get(&old.env, "C"), "old-file");
    assert_string_equal(str_map_get(&old.env, "D"), "old");
    assert_string_equal(str_map_get(&c.run.env, "C"), "all");
    assert_false(str_map_has(&c.run.env, "D"));
    assert_false(c.run.entrypoint_set);
    load_text("migrate: new up\nentrypoint: [tini]\n", &plain);
    config_old_run(&plain, &same);
    assert_joined(&same.migrate, "new|up");
    assert_joined(&same.entrypoint, "tini");
    assert_true(same.entrypoint_set);
}

static void paths_start_at_the_file(void **state)
{
    static const ConfigFlag FLAGS[] = {{"report", "--report", "console=here.txt"}};
    AUTO(config) Config c = {0};
    AUTO(config) Config flags = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    (void)mkdir("ci", 0700);
    (void)mkdir("ci/app", 0700);
    write_file("ci/x.env", "A=from ci\n");
    write_file("ci/trial.yaml",
               "env_file: x.env\ncandidate: {build: app}\nreport: json=out.json\n");
    err = config_load("ci/trial.yaml", NULL, 0, ENVIRONMENT(), CHECK_IDS, COUNT_OF(CHECK_IDS), &c);
    if (err)
        fail_msg("%s", err->msg);
    assert_string_equal(str_map_get(&c.run.env, "A"), "from ci");
    assert_string_equal(c.candidate.build.context, "ci/app");
    assert_string_equal(c.reports.items[0].path, "ci/out.json");
    err = config_load("ci/trial.yaml", FLAGS, 1, ENVIRONMENT(), CHECK_IDS, COUNT_OF(CHECK_IDS),
                      &flags);
    assert_null(err);
    assert_string_equal(flags.reports.items[0].path, "here.txt");
}

static void secrets_are_registered(void **state)
{
    static const ConfigFlag FLAGS[] = {{"releases.token", "--token", "tok-flag-0"},
                                       {"env", "--env", "FROM_HERE_TOKEN"}};
    char *const environment[] = {V("PATH=/nowhere"), V("FROM_HERE_TOKEN=tok-here-1"), NULL};
    AUTO(config) Config c = {0};
    AUTO(error) Error *err = NULL;
    AUTO(str) char *masked = NULL;

    (void)state;
    secret_clear();
    write_file("s.env", "PLAIN_NAME='file value 2'\n");
    write_file("seatrial.yaml",
               "env_file: s.env\n"
               "env: {API_KEY: key-three-3, MONKEY: banana-4, DB_PASSWORD: pass-five-5,\n"
               "      LINK: \"postgres://me:pass-six-6@db/x\", DATABASE_URL: \"mysql:seven7\"}\n"
               "old: {env: {SENTRY_DSN: dsn-eight-8}}\n"
               "candidate: {build: {args: {NPM_TOKEN: arg-nine-9}}}\n");
    err = load(environment, FLAGS, COUNT_OF(FLAGS), &c);
    if (err)
        fail_msg("%s", err->msg);
    assert_string_equal(str_map_get(&c.run.env, "FROM_HERE_TOKEN"), "tok-here-1");
    masked = secret_mask(
        "tok-flag-0 tok-here-1 file value 2 key-three-3 banana-4 pass-five-5 pass-six-6 "
        "mysql:seven7 dsn-eight-8 arg-nine-9");
    assert_string_equal(masked, "*** *** *** *** banana-4 *** *** *** *** ***");
    secret_clear();
}

static void misspelt_variables_are_told(void **state)
{
    char *const environment[] = {V("PATH=/nowhere"), V("SEATRIAL_TIMEOUTS=1m"),
                                 V("SEATRIAL_PORT_80_TCP=x"), V("SEATRIAL_FROM=oldest"), NULL};
    AUTO(config) Config c = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    write_file("seatrial.yaml", "");
    write_file("seatrial.yml", "image: not read\n");
    err = load(environment, NULL, 0, &c);
    (void)unlink("seatrial.yml");
    assert_null(err);
    assert_null(c.image);
    assert_string_equal(c.releases.from, "oldest");
    assert_joined(&c.warnings,
                  "seatrial.yml is not read: there is seatrial.yaml too|the variable "
                  "SEATRIAL_TIMEOUTS is not one of ours; did you mean SEATRIAL_TIMEOUT?");
}

/* Every row of the table can be reached, by one flag and one variable each. */
static void the_table_has_no_doubles(void **state)
{
    AUTO(str_list) StrList flags = {0};
    AUTO(str_list) StrList variables = {0};
    size_t count;
    const Setting *table = config_settings(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        AUTO(str) char *flag = config_setting_flag(&table[i]);
        AUTO(str_list) StrList names = {0};

        assert_false(str_list_has(&flags, flag));
        str_list_add(&flags, flag);
        assert_true(config_setting_has_flag(&table[i], flag));
        for (size_t k = 0; k < count; k++)
            assert_true(k == i || !config_setting_has_flag(&table[k], flag));
        config_setting_variables(&table[i], &names);
        for (size_t k = 0; k < names.len; k++) {
            assert_false(str_list_has(&variables, names.items[k]));
            str_list_add(&variables, names.items[k]);
        }
        assert_ptr_equal(config_setting_find(table[i].key), &table[i]);
        assert_true(strlen(table[i].help) > 5 && !text_ends(table[i].help, "."));
        assert_non_null(table[i].group);
    }
    assert_null(config_setting_find("releases"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(every_key_of_the_file),
        cmocka_unit_test(short_forms),
        cmocka_unit_test(build_without_a_context_is_this_folder),
        cmocka_unit_test(anchors_and_merge_keys),
        cmocka_unit_test(exact_errors),
        cmocka_unit_test(bombs),
        cmocka_unit_test(flags_beat_variables_beat_the_file),
        cmocka_unit_test(errors_of_flags_and_variables),
        cmocka_unit_test(start_services_and_a_service),
        cmocka_unit_test(what_turns_start_on),
        cmocka_unit_test(flags_of_a_service),
        cmocka_unit_test(a_later_candidate_replaces_an_earlier_one),
        cmocka_unit_test(the_old_run_is_the_run_with_old_over_it),
        cmocka_unit_test(paths_start_at_the_file),
        cmocka_unit_test(secrets_are_registered),
        cmocka_unit_test(misspelt_variables_are_told),
        cmocka_unit_test(the_table_has_no_doubles),
    };
    int failed = cmocka_run_group_tests(tests, enter_folder, leave_folder);

    secret_clear();
    return failed;
}
