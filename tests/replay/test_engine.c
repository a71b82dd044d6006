/* The engine client: reaching an engine, containers, volumes, networks, archives. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine_replay.h"

/* --- reaching it ----------------------------------------------------------------------------- */

static void agrees_on_a_version(void **state)
{
    static const struct {
        const char *story, *api, *server;
        bool is_podman;
    } ROWS[] = {
        {STORY("hello-1.41"), "1.41", "Docker/20.10.24", false},
        {STORY("hello-1.44"), "1.44", "Docker/25.0.5", false},
        {STORY("hello-1.52"), "1.52", "Docker/29.0.0", false},
        {STORY("hello-newest"), "1.55", "Docker/31.0.0", false},
        {STORY("hello-podman"), "1.44", "Libpod/5.8.0", true},
        {STORY("hello-get"), "1.43", "Docker/24.0.7", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        Talk talk;
        const EngineInfo *info;

        talk_begin(&talk, ROWS[i].story);
        info = engine_info(talk.engine);
        assert_string_equal(info->api_version, ROWS[i].api);
        assert_string_equal(info->server, ROWS[i].server);
        assert_int_equal(info->is_podman, ROWS[i].is_podman);
        assert_string_equal(info->os, "linux");
        assert_string_equal(info->arch, "amd64");
        assert_string_equal(info->url, peer_url(talk.peer));
        assert_string_equal(info->found, "--engine");
        talk_end(&talk);
    }
}

static void opens_not(const char *story, ErrCode code, const char *msg)
{
    Peer *peer = peer_start(story, false);
    EngineOptions options = {.url = peer_url(peer)};
    Engine *engine = NULL;
    Error *err = engine_open(&options, soon(), &engine);
    AUTO(str) char *want = text_replace(msg, "{url}", peer_url(peer));

    assert_null(engine);
    fails(err, code, want);
    peer_finish(peer);
}

static void engines_that_do_not_fit(void **state)
{
    (void)state;
    opens_not(STORY("hello-minimum"), ERR_PROTOCOL,
              "engine at {url} (--engine): it needs API 1.60 or later and this seatrial speaks "
              "1.55 at most: use a newer seatrial: engine: client version 1.55 is too old. Minimum "
              "supported API version is 1.60, please upgrade your client to a newer version");
    opens_not(STORY("hello-old"), ERR_PROTOCOL,
              "engine at {url} (--engine): it speaks API 1.39 at most; 1.40 (Docker 19.03, Podman "
              "4.0) or later is needed");
    opens_not(STORY("hello-no-version"), ERR_PROTOCOL,
              "engine at {url} (--engine): it answers without Api-Version: no container engine, or "
              "a proxy that hides it");
    opens_not(STORY("hello-odd-version"), ERR_PROTOCOL,
              "engine at {url} (--engine): Api-Version 'latest' is not understood");
    opens_not(STORY("hello-refused"), ERR_DENIED,
              "engine at {url} (--engine): ping: engine: <html>no entry</html>");
}

static void a_pinned_version(void **state)
{
    EngineOptions options = {.url = "unix:///nonexistent/s"};
    Engine *engine = NULL;
    Talk talk;

    (void)state;
    (void)setenv("DOCKER_API_VERSION", "v1.42", 1);
    talk_begin(&talk, STORY("hello-pinned"));
    assert_string_equal(engine_info(talk.engine)->api_version, "1.42");
    talk_end(&talk);
    (void)setenv("DOCKER_API_VERSION", "1.50", 1);
    opens_not(STORY("hello-pinned-too-new"), ERR_PROTOCOL,
              "engine at {url} (--engine): DOCKER_API_VERSION asks for API 1.50: engine: client "
              "version 1.50 is too new. Maximum supported API version is 1.41");
    (void)setenv("DOCKER_API_VERSION", "1.39", 1);
    fails(engine_open(&options, soon(), &engine), ERR_INVALID,
          "DOCKER_API_VERSION: wanted a version from 1.40 to 1.55, found '1.39'");
    assert_null(engine);
    (void)unsetenv("DOCKER_API_VERSION");
}

static void nobody_there(void **state)
{
    EngineOptions options = {.url = "unix:///nonexistent/s"};
    Engine *engine = NULL;

    (void)state;
    fails(engine_open(&options, soon(), &engine), ERR_SYSTEM,
          "no engine answers at unix:///nonexistent/s: no such socket (by --engine): start it, or "
          "name another with --engine or DOCKER_HOST");
    options.url = "ssh://me@host";
    fails(engine_open(&options, soon(), &engine), ERR_INVALID,
          "--engine: engine URL 'ssh://me@host': ssh is not spoken here: forward the socket (ssh "
          "-nNT -L /tmp/engine.sock:/var/run/docker.sock user@host) and use "
          "unix:///tmp/engine.sock");
    assert_null(engine);
}

/* A service container comes up while we ask. Nothing listens on the discard port. */
static void waits_for_a_tcp_engine(void **state)
{
    Buf said_text = {0};
    Progress progress = {.emit = take_event, .context = &said_text};
    EngineOptions options = {.url = "tcp://127.0.0.1:9", .progress = &progress};
    Engine *engine = NULL;
    int64_t began = clock_now_ms();

    (void)state;
    fails(engine_open(&options, deadline_in(1200), &engine), ERR_SYSTEM,
          "no engine answers at tcp://127.0.0.1:9: connection refused (by --engine): start it, or "
          "name another with --engine or DOCKER_HOST");
    assert_true(clock_now_ms() - began >= 500);
    assert_string_equal(buf_text(&said_text),
                        "[0 waiting for the engine: 127.0.0.1:9: connection refused]");
    buf_clear(&said_text);
}

static void over_tcp(void **state)
{
    Peer *peer = peer_start(STORY("hello-1.44"), true);
    EngineOptions options = {.url = peer_url(peer)};
    AUTO(engine) Engine *engine = NULL;

    (void)state;
    works(engine_open(&options, soon(), &engine));
    assert_true(text_starts(engine_info(engine)->url, "tcp://127.0.0.1:"));
    peer_finish(peer);
}

static void clones_say_nothing(void **state)
{
    AUTO(engine) Engine *copy = NULL, *last = NULL;
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("hello-podman"));
    works(engine_clone(talk.engine, &copy));
    works(engine_clone_uncancelled(copy, &last));
    assert_string_equal(engine_info(last)->api_version, "1.44");
    assert_string_equal(engine_info(last)->arch, "amd64");
    assert_true(engine_info(last)->is_podman);
    talk_end(&talk);
}

/* --- containers ------------------------------------------------------------------------------ */

static void creates(void **state)
{
    AUTO(str_list) StrList entrypoint = {0}, command = {0}, none = {0};
    AUTO(str_map) StrMap env = {0}, labels = {0};
    EngineMount mounts[] = {{.volume = "v1", .path = "/app/data"},
                            {.volume = "v2", .path = "/.seatrial", .no_copy = true},
                            {.volume = "v3", .path = "/a:b", .no_copy = true}};
    ContainerSpec full = {.name = "st-1",
                          .image = "notes:6",
                          .platform = "linux/amd64",
                          .entrypoint = &entrypoint,
                          .command = &command,
                          .env = &env,
                          .user = "1000:1000",
                          .workdir = "/app",
                          .hostname = "h1",
                          .labels = &labels,
                          .network = "net1",
                          .alias = "db",
                          .mounts = mounts,
                          .mount_count = COUNT_OF(mounts),
                          .memory_bytes = 64 << 20};
    ContainerSpec bare = {.image = "notes:6", .entrypoint = &none};
    char *id = NULL;
    Talk talk;

    (void)state;
    str_list_add(&entrypoint, "/entry");
    str_list_add(&command, "up");
    str_list_add(&command, "x y");
    str_map_set(&env, "A", "b=c");
    str_map_set(&env, "EMPTY", NULL);
    str_map_set(&labels, "io.seatrial.run", "1");
    talk_begin(&talk, STORY("create"));
    works(engine_container_create(talk.engine, &full, soon(), &id));
    assert_string_equal(id, "c1");
    said(&talk, "[1 st-1: Your kernel does not support swap limit capabilities.][1 st-1: second]");
    free(TAKE(id));
    works(engine_container_create(talk.engine, &bare, soon(), &id));
    assert_string_equal(id, "c2");
    free(TAKE(id));
    fails(engine_container_create(talk.engine, &bare, soon(), &id), ERR_NOT_FOUND,
          "engine: No such image: notes:6");
    fails(engine_container_create(talk.engine, &bare, soon(), &id), ERR_CONFLICT,
          "engine: Conflict. The container name \"/st-1\" is already in use");
    fails(engine_container_create(talk.engine, &bare, soon(), &id), ERR_PROTOCOL,
          "container.Id: wanted text, got nothing");
    assert_null(id);
    talk_end(&talk);
}

static void creates_on_podman(void **state)
{
    ContainerSpec bare = {.image = "notes:6"};
    char *id = NULL;
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("create-podman"));
    fails(engine_container_create(talk.engine, &bare, soon(), &id), ERR_CONFLICT,
          "engine: container create: creating container storage: the container name \"st-1\" is "
          "already in use");
    assert_null(id);
    talk_end(&talk);
}

static void starts(void **state)
{
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("start"));
    works(engine_container_start(talk.engine, "c1", soon()));
    works(engine_container_start(talk.engine, "c1", soon()));
    fails(engine_container_start(talk.engine, "c1", soon()), ERR_INVALID,
          "engine: failed to create shim task: OCI runtime create failed: exec: \"nope\": "
          "executable file not found in $PATH: unknown");
    fails(engine_container_start(talk.engine, "c1", soon()), ERR_NOT_FOUND,
          "engine: No such container: c1");
    fails(engine_container_start(talk.engine, "c1", soon()), ERR_SYSTEM,
          "engine: driver failed programming external connectivity");
    talk_end(&talk);
    talk_begin(&talk, STORY("start-podman"));
    fails(engine_container_start(talk.engine, "c1", soon()), ERR_INVALID,
          "engine: runc: exec: \"nope\": executable file not found in $PATH: OCI runtime attempted "
          "to invoke a command that was not found");
    talk_end(&talk);
}

static void waits(void **state)
{
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("wait"));
    works(engine_container_wait(talk.engine, "c1", "6 -> 7", true, soon()));
    said(&talk, "[5 6 -> 7: one][5 6 -> 7: oops][5 6 -> 7: two]");
    talk_end(&talk);
}

static void shows_what_came_late(void **state)
{
    Talk talk;
    int64_t began = clock_now_ms();

    (void)state;
    talk_begin(&talk, STORY("wait-late-log"));
    works(engine_container_wait(talk.engine, "c1", "6 -> 7", true, soon()));
    assert_true(clock_now_ms() - began < 4000);
    said(&talk, "[5 6 -> 7: one][5 6 -> 7: two]");
    talk_end(&talk);
}

static void answers_about_the_end(void **state)
{
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("wait-replies"));
    fails(engine_container_wait(talk.engine, "c1", "x", false, soon()), ERR_PROTOCOL,
          "wait.StatusCode: wanted a whole number, got text");
    fails(engine_container_wait(talk.engine, "c1", "x", false, soon()), ERR_SYSTEM,
          "engine: wait failed");
    works(engine_container_wait(talk.engine, "c1", "x", false, soon()));
    fails(engine_container_wait(talk.engine, "c1", "x", false, soon()), ERR_NOT_FOUND,
          "engine: No such container: c1");
    fails(engine_container_wait(talk.engine, "c1", "x", false, deadline_in(300)), ERR_TIMEOUT,
          "container c1 did not stop in time");
    said(&talk, "");
    talk_end(&talk);
}

static void state_is(Talk *talk, const char *status, bool running, bool oom, int exit_code,
                     const char *error, const char *health)
{
    AUTO(container_state) ContainerState got = {0};

    works(engine_container_inspect(talk->engine, "c1", soon(), &got));
    assert_string_equal(got.status, status);
    assert_int_equal(got.running, running);
    assert_int_equal(got.oom_killed, oom);
    assert_int_equal(got.exit_code, exit_code);
    assert_string_equal(got.error, error);
    if (!text_eq(got.health, health))
        fail_msg("health '%s'", got.health ? got.health : "NULL");
}

static void inspects(void **state)
{
    ContainerState got = {.status = NULL};
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("inspect"));
    state_is(&talk, "exited", false, true, 137, "", NULL);
    state_is(&talk, "running", true, false, 0, "", "starting");
    state_is(&talk, "created", false, false, 127, "exec: not found", NULL);
    state_is(&talk, "exited", false, false, 0, "", NULL);
    fails(engine_container_inspect(talk.engine, "c1", soon(), &got), ERR_PROTOCOL,
          "container.State.ExitCode: wanted 0 to 255, got 256");
    fails(engine_container_inspect(talk.engine, "c1", soon(), &got), ERR_PROTOCOL,
          "container.State.ExitCode: wanted a whole number, got null");
    fails(engine_container_inspect(talk.engine, "c1", soon(), &got), ERR_NOT_FOUND,
          "engine: No such container: c1");
    assert_null(got.status);
    talk_end(&talk);
}

static void stops(void **state)
{
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("stop"));
    works(engine_container_stop(talk.engine, "c1", 3, soon()));
    works(engine_container_stop(talk.engine, "c1", 3, soon()));
    fails(engine_container_stop(talk.engine, "c1", 0, soon()), ERR_NOT_FOUND,
          "engine: No such container: c1");
    talk_end(&talk);
}

static void kills(void **state)
{
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("kill"));
    works(engine_container_kill(talk.engine, "c1", soon()));
    works(engine_container_kill(talk.engine, "c1", soon()));
    fails(engine_container_kill(talk.engine, "c1", soon()), ERR_SYSTEM,
          "engine: cannot kill container: tried to kill container, but did not receive an exit "
          "event");
    fails(engine_container_kill(talk.engine, "c1", soon()), ERR_NOT_FOUND,
          "engine: No such container: c1");
    talk_end(&talk);
}

static void removes(void **state)
{
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("remove"));
    works(engine_container_remove(talk.engine, "c1", soon()));
    works(engine_container_remove(talk.engine, "c1", soon()));
    works(engine_container_remove(talk.engine, "c1", soon()));
    fails(engine_container_remove(talk.engine, "c1", soon()), ERR_SYSTEM,
          "engine: driver \"overlay2\" failed to remove root filesystem: device or resource busy");
    fails(engine_container_remove(talk.engine, "c1", deadline_in(500)), ERR_TIMEOUT,
          "container c1: its removal goes on for too long");
    talk_end(&talk);
}

static void lists_and_changes(void **state)
{
    AUTO(json) cJSON *list = NULL;
    AUTO(str_list) StrList paths = {0}, none = {0};
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("container-lists"));
    works(engine_container_list(talk.engine, "io.seatrial.run=1", soon(), &list));
    assert_string_equal(json_str_or(list, "0.Id", ""), "c1");
    works(engine_container_changes(talk.engine, "c1", soon(), &paths));
    assert_int_equal(paths.len, 2);
    assert_string_equal(paths.items[0], "/app");
    assert_string_equal(paths.items[1], "/app/new.db");
    works(engine_container_changes(talk.engine, "c1", soon(), &none));
    assert_int_equal(none.len, 0);
    fails(engine_container_changes(talk.engine, "c1", soon(), &none), ERR_PROTOCOL,
          "changes: wanted a list");
    talk_end(&talk);
}

static void ends_of_logs(void **state)
{
    AUTO(str) char *text = NULL, *empty = NULL, *none = NULL;
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("log-tail"));
    works(engine_container_log_tail(talk.engine, "c1", 16, soon(), &text));
    assert_string_equal(text, "line 2\n"); /* longer than the tail but for its colour */
    works(engine_container_log_tail(talk.engine, "c1", 16, soon(), &empty));
    assert_string_equal(empty, "");
    fails(engine_container_log_tail(talk.engine, "c1", 16, soon(), &none), ERR_PROTOCOL,
          "log stream: no frame header: 6e 6f 74 20");
    fails(engine_container_log_tail(talk.engine, "c1", 16, soon(), &none), ERR_SYSTEM,
          "engine: configured logging driver does not support reading");
    assert_null(none);
    works(engine_container_log_tail(talk.engine, "c1", 32, soon(), &none));
    assert_string_equal(none, "ccccccccccc\n... and on standard error:\nfatal\n");
    talk_end(&talk);
}

/* --- volumes, networks, archives ------------------------------------------------------------- */

static void volumes(void **state)
{
    AUTO(str_map) StrMap labels = {0};
    AUTO(json) cJSON *list = NULL, *none = NULL;
    Talk talk;

    (void)state;
    str_map_set(&labels, "io.seatrial.run", "1");
    talk_begin(&talk, STORY("volumes"));
    works(engine_volume_create(talk.engine, "v1", &labels, soon()));
    for (int i = 0; i < 2; i++)
        fails(engine_volume_create(talk.engine, "v1", &labels, soon()), ERR_CONFLICT,
              "volume v1 exists already and is not of this run");
    works(engine_volume_list(talk.engine, "io.seatrial.run", soon(), &list));
    assert_string_equal(json_str_or(list, "0.Name", ""), "v1");
    works(engine_volume_list(talk.engine, "io.seatrial.run", soon(), &none));
    assert_true(cJSON_IsArray(none));
    assert_int_equal(cJSON_GetArraySize(none), 0);
    works(engine_volume_remove(talk.engine, "v1", soon()));
    works(engine_volume_remove(talk.engine, "v1", soon()));
    talk_end(&talk);
}

static void networks(void **state)
{
    AUTO(str_map) StrMap labels = {0};
    AUTO(json) cJSON *list = NULL;
    AUTO(str) char *id = NULL, *other = NULL, *none = NULL;
    Talk talk;

    (void)state;
    str_map_set(&labels, "io.seatrial.run", "1");
    talk_begin(&talk, STORY("networks"));
    works(engine_network_create(talk.engine, "n1", true, &labels, soon(), &id));
    assert_string_equal(id, "net1");
    fails(engine_network_create(talk.engine, "n1", true, &labels, soon(), &none), ERR_CONFLICT,
          "engine: network with name n1 already exists");
    assert_null(none);
    works(engine_network_list(talk.engine, "io.seatrial.run=1", soon(), &list));
    assert_string_equal(json_str_or(list, "0.Name", ""), "n1");
    works(engine_network_remove(talk.engine, "net1", soon()));
    talk_end(&talk);
    talk_begin(&talk, STORY("networks-1.44"));
    works(engine_network_create(talk.engine, "n1", false, &labels, soon(), &other));
    talk_end(&talk);
}

static Error *collect(void *context, const char *bytes, size_t len)
{
    return buf_append(context, bytes, len);
}

static Error *read_text(void *context, char *buffer, size_t size, size_t *ret_len)
{
    const char **text = context;

    *ret_len = strlen(*text) < size ? strlen(*text) : size;
    memcpy(buffer, *text, *ret_len);
    *text += *ret_len;
    return NULL;
}

static void archives(void **state)
{
    static const int64_t SIZES[] = {9, -1};
    AUTO(buf) Buf got = {0};
    const char *text = "tar bytes";
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("archive"));
    works(engine_archive_get(talk.engine, "c1", "/app/a b", soon(), collect, &got));
    assert_string_equal(buf_text(&got), "bytes of a tar");
    fails(engine_archive_get(talk.engine, "c1", "/app/a b", soon(), collect, &got), ERR_NOT_FOUND,
          "engine: Could not find the file /app/a b in container c1");
    assert_string_equal(buf_text(&got), "bytes of a tar");
    for (size_t i = 0; i < COUNT_OF(SIZES); i++) {
        text = "tar bytes";
        works(engine_archive_put(talk.engine, "c1", "/data", soon(), read_text, &text, SIZES[i]));
    }
    text = "tar bytes";
    fails(engine_archive_put(talk.engine, "c1", "/data", soon(), read_text, &text, 9), ERR_INVALID,
          "engine: extraction point is not a directory");
    talk_end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_on_a_version),
        cmocka_unit_test(engines_that_do_not_fit),
        cmocka_unit_test(a_pinned_version),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(waits_for_a_tcp_engine),
        cmocka_unit_test(over_tcp),
        cmocka_unit_test(clones_say_nothing),
        cmocka_unit_test(creates),
        cmocka_unit_test(creates_on_podman),
        cmocka_unit_test(starts),
        cmocka_unit_test(waits),
        cmocka_unit_test(shows_what_came_late),
        cmocka_unit_test(answers_about_the_end),
        cmocka_unit_test(inspects),
        cmocka_unit_test(kills),
        cmocka_unit_test(stops),
        cmocka_unit_test(removes),
        cmocka_unit_test(lists_and_changes),
        cmocka_unit_test(ends_of_logs),
        cmocka_unit_test(volumes),
        cmocka_unit_test(networks),
        cmocka_unit_test(archives),
    };

    return cmocka_run_group_tests_name("engine", tests, no_configuration, NULL);
}
