/* The engine client: images, pulled, looked at, loaded, built. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine_replay.h"
#include "tar/tar.h"

#define REF "ghcr.io/acme/notes:6"

/* --- looking --------------------------------------------------------------------------------- */

static void inspects(void **state)
{
    AUTO(engine_image) EngineImage full = {0}, bare = {0};
    EngineImage none = {.id = NULL};
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("image"));
    works(engine_image_inspect(talk.engine, REF, soon(), &full));
    assert_string_equal(full.id, "sha256:1");
    assert_string_equal(full.digests.items[0], "ghcr.io/acme/notes@sha256:2");
    assert_string_equal(full.tags.items[0], REF);
    assert_string_equal(full.user, "1000:1000");
    assert_string_equal(full.workdir, "/app");
    assert_string_equal(full.entrypoint.items[0], "docker-entrypoint.sh");
    assert_int_equal(full.command.len, 2);
    assert_string_equal(full.command.items[1], "x y");
    assert_string_equal(str_map_get(&full.env, "A"), "b=c");
    assert_string_equal(str_map_get(&full.env, "EMPTY"), "");
    assert_string_equal(full.volumes.items[0], "/app/data");
    assert_int_equal(full.exposed.len, 2);
    assert_string_equal(full.exposed.items[0], "3000/tcp");
    assert_string_equal(full.exposed.items[1], "53/udp");
    assert_string_equal(str_map_get(&full.labels, "a.b"), "c");
    assert_string_equal(full.os, "linux");
    assert_string_equal(full.arch, "arm64");
    assert_true(full.size_bytes == 12345678901);
    assert_int_equal(full.healthcheck.len, 2);

    works(engine_image_inspect(talk.engine, "sha256:1", soon(), &bare));
    assert_string_equal(bare.user, "");
    assert_string_equal(bare.workdir, "");
    assert_int_equal(bare.healthcheck.len, 0);
    assert_int_equal(bare.entrypoint.len + bare.command.len + bare.env.len + bare.volumes.len +
                         bare.labels.len + bare.tags.len + bare.digests.len + bare.exposed.len,
                     0);

    fails(engine_image_inspect(talk.engine, "notes:7", soon(), &none), ERR_NOT_FOUND,
          "engine: No such image: notes:7");
    fails(engine_image_inspect(talk.engine, "notes:8", soon(), &none), ERR_PROTOCOL,
          "image.Id: wanted text, got nothing");
    fails(engine_image_inspect(talk.engine, "notes:9", soon(), &none), ERR_SYSTEM,
          "engine: HTTP 500 without a message");
    fails(engine_image_inspect(talk.engine, "notes:10", soon(), &none), ERR_PROTOCOL,
          "image:1:6: not JSON");
    fails(engine_image_inspect(talk.engine, "", soon(), &none), ERR_INVALID,
          "an image reference is empty");
    assert_null(none.id);
    talk_end(&talk);
}

static void removes_and_lists(void **state)
{
    AUTO(json) cJSON *list = NULL;
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("image-remove"));
    works(engine_image_remove(talk.engine, "seatrial-candidate:1", soon()));
    works(engine_image_remove(talk.engine, "seatrial-candidate:1", soon()));
    works(engine_image_list(talk.engine, "a=b", soon(), &list));
    assert_string_equal(json_str_or(list, "0.RepoTags.0", ""), "seatrial-candidate:1");
    talk_end(&talk);
}

static void digests(void **state)
{
    AUTO(str) char *digest = NULL, *none = NULL;
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("digest"));
    works(engine_image_remote_digest(talk.engine, REF, soon(), &digest));
    assert_string_equal(digest, "sha256:12");
    fails(engine_image_remote_digest(talk.engine, "redis", soon(), &none), ERR_NOT_FOUND,
          "engine: No such image: redis:latest");
    fails(engine_image_remote_digest(talk.engine, "ghcr.io/acme/notes:7", soon(), &none),
          ERR_NOT_FOUND,
          "engine: errors:\ndenied: requested access to the resource is denied (it does not exist, "
          "or it is private: docker login ghcr.io)");
    assert_null(none);
    talk_end(&talk);
    talk_begin(&talk, STORY("hello-podman"));
    fails(engine_image_remote_digest(talk.engine, REF, soon(), &none), ERR_SYSTEM,
          "Podman does not tell the digest of an image that is not pulled yet");
    talk_end(&talk);
}

/* --- pulling --------------------------------------------------------------------------------- */

static void pulls(void **state)
{
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("pull"));
    works(engine_image_pull(talk.engine, REF, NULL, soon()));
    said(&talk, "[2 pull " REF ": ][3 pull " REF " 100/1000][4 pull " REF ": ]");
    talk_end(&talk);

    (void)setenv("DOCKER_AUTH_CONFIG",
                 "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"aHViOnBhc3N3b3Jk\"}}}",
                 1);
    talk_begin(&talk, STORY("pull-digest"));
    works(engine_image_pull(
        talk.engine,
        "redis@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "linux/arm64", soon()));
    talk_end(&talk);
    (void)unsetenv("DOCKER_AUTH_CONFIG");
}

static void pulls_not(const char *story, Deadline dl, ErrCode code, const char *msg)
{
    Talk talk;

    talk_begin(&talk, story);
    fails(engine_image_pull(talk.engine, REF, NULL, dl), code, msg);
    said(&talk, "[2 pull " REF ": ][4 pull " REF ": failed]");
    talk_end(&talk);
}

static void failed_pulls(void **state)
{
    (void)state;
    pulls_not(STORY("pull-error-in-200"), soon(), ERR_SYSTEM,
              "engine: failed to register layer: write /app/x: no space left on device");
    pulls_not(STORY("pull-missing"), soon(), ERR_NOT_FOUND,
              "engine: manifest for " REF " not found: manifest unknown: manifest unknown");
    pulls_not(STORY("pull-hidden"), soon(), ERR_NOT_FOUND,
              "engine: Head \"https://ghcr.io/v2/acme/notes/manifests/6\": denied (it does not "
              "exist, or it is private: docker login ghcr.io)");
    pulls_not(STORY("pull-denied"), soon(), ERR_DENIED,
              "engine: Head \"https://ghcr.io/v2/acme/notes/manifests/6\": unauthorized: "
              "authentication required");
    pulls_not(STORY("pull-quota"), soon(), ERR_RATE_LIMIT,
              "engine: toomanyrequests: You have reached your unauthenticated pull rate limit.");
    pulls_not(STORY("pull-reset"), deadline_in(900), ERR_SYSTEM,
              "engine: Get \"https://ghcr.io/v2/\": read: connection reset by peer");
    pulls_not(STORY("pull-no-stream"), soon(), ERR_PROTOCOL,
              "engine's stream: wanted an object, got '<'");
    pulls_not(STORY("pull-unfinished"), soon(), ERR_PROTOCOL,
              "engine's stream: it ended within an object");
}

static void pulls_again(void **state)
{
    static const struct {
        const char *story, *note;
    } ROWS[] = {
        {STORY("pull-limited"), "engine: toomanyrequests: retry-after: 712.5\xc2\xb5s, allowed: "
                                "44000/minute; trying again"},
        {STORY("pull-lost"),
         "{url}: the connection ended in the middle of the reply; trying again"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *note = NULL, *want = NULL;
        Talk talk;

        talk_begin(&talk, ROWS[i].story);
        works(engine_image_pull(talk.engine, REF, NULL, soon()));
        note = text_replace(ROWS[i].note, "{url}", peer_url(talk.peer));
        want = xasprintf("[2 pull " REF ": ][0 pull " REF ": %s][4 pull " REF ": ]", note);
        said(&talk, want);
        talk_end(&talk);
    }
}

static void credentials_that_cannot_be_had(void **state)
{
    Talk talk;

    (void)state;
    (void)setenv("DOCKER_AUTH_CONFIG", "{", 1);
    talk_begin(&talk, STORY("pull-missing"));
    fails(engine_image_pull(talk.engine, REF, NULL, soon()), ERR_NOT_FOUND,
          "engine: manifest for " REF " not found: manifest unknown: manifest unknown");
    assert_true(
        text_starts(buf_text(&talk.said), "[1 registry credentials: DOCKER_AUTH_CONFIG:1:"));
    talk_end(&talk);
    (void)unsetenv("DOCKER_AUTH_CONFIG");
}

/* --- loading and building -------------------------------------------------------------------- */

static char folder[64];

static char *path_of(const char *name)
{
    return xasprintf("%s/%s", folder, name);
}

static void write_file(const char *name, mode_t mode, const char *text)
{
    AUTO(str) char *path = path_of(name);
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static char *read_file(const char *name)
{
    AUTO(str) char *path = path_of(name);
    FILE *file = fopen(path, "re");
    char *text = xcalloc(1, 4096);

    assert_non_null(file);
    text[fread(text, 1, 4095, file)] = '\0';
    (void)fclose(file);
    return text;
}

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/seatrial-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    write_file("Dockerfile", 0644, "FROM notes:6\n");
    return 0;
}

static int remove_folder(void **state)
{
    AUTO(str) char *command = xasprintf("rm -rf -- '%s'", folder);

    (void)state;
    return system(command);
}

static Error *to_file(void *context, const char *bytes, size_t len)
{
    return fwrite(bytes, 1, len, context) == len ? NULL : error_errno("writing");
}

static char *write_image(void)
{
    static const char MANIFEST[] = "[{\"Config\":\"c\",\"RepoTags\":[\"notes:6\"],\"Layers\":[]}]";
    TarEntry entry = {
        .path = "manifest.json", .type = TAR_FILE, .mode = 0644, .size_bytes = sizeof MANIFEST - 1};
    char *path = path_of("image.tar");
    FILE *file = fopen(path, "we");
    TarWriter *writer = NULL;

    assert_non_null(file);
    works(tar_writer_open(to_file, file, &writer));
    works(tar_writer_add(writer, &entry, MANIFEST));
    works(tar_writer_finish(writer));
    assert_int_equal(fclose(file), 0);
    return path;
}

static void loads(void **state)
{
    AUTO(str) char *path = write_image(), *missing = path_of("missing.tar");
    AUTO(str) char *want = xasprintf("%s: cannot be opened: No such file or directory", missing);
    AUTO(str)
    char *lost = xasprintf("looking for what %s held: engine: No such image: "
                           "seatrial-candidate:1",
                           path);
    AUTO(str) char *ref = NULL, *none = NULL;
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("load"));
    works(engine_image_load(talk.engine, path, "seatrial-candidate:1", soon(), &ref));
    assert_string_equal(ref, "seatrial-candidate:1");
    fails(engine_image_load(talk.engine, path, "seatrial-candidate:1", soon(), &none), ERR_SYSTEM,
          "engine: invalid diffID for layer 0");
    fails(engine_image_load(talk.engine, path, "seatrial-candidate:1", soon(), &none),
          ERR_NOT_FOUND, lost);
    fails(engine_image_load(talk.engine, missing, "seatrial-candidate:1", soon(), &none),
          ERR_INVALID, want);
    assert_null(none);
    talk_end(&talk);
}

static void builds_by_the_api(void **state)
{
    AUTO(str_map) StrMap args = {0}, labels = {0};
    EngineBuild build = {.context = folder,
                         .target = "app",
                         .platform = "linux/amd64",
                         .args = &args,
                         .labels = &labels,
                         .tag = "seatrial-candidate:1"};
    AUTO(str) char *path = xstrdup(getenv("PATH"));
    AUTO(str) char *want = NULL, *missing = NULL;
    Talk talk;

    (void)state;
    str_map_set(&args, "A", "b c");
    str_map_set(&args, "SEATRIAL_NOT_SET", NULL);
    str_map_set(&labels, "l", "1");
    (void)setenv("PATH", "/nonexistent", 1);
    talk_begin(&talk, STORY("build"));
    works(engine_image_build(talk.engine, &build, soon()));
    want = xasprintf("[5 build %s: Step 1/2 : FROM notes:6][6 build %s: 1 of 2][5 build %s:  ---> "
                     "1234][5 build %s: Successfully tagged seatrial-candidate:1]",
                     folder, folder, folder, folder);
    said(&talk, want);
    fails(engine_image_build(talk.engine, &build, soon()), ERR_SYSTEM,
          "the engine's builder: The command returned a non-zero code: 1; the end of its output:\n"
          "Step 2/2 : RUN false");
    fails(engine_image_build(talk.engine, &build, soon()), ERR_SYSTEM,
          "the engine's builder: the --mount option requires BuildKit. (install docker buildx: the "
          "Dockerfile needs BuildKit)");
    fails(engine_image_build(talk.engine, &build, soon()), ERR_SYSTEM,
          "the engine's builder: dockerfile parse error line 1: unknown instruction: FORM");
    build.dockerfile = "Other";
    missing = xasprintf("Other: there is no such Dockerfile in %s", folder);
    fails(engine_image_build(talk.engine, &build, soon()), ERR_INVALID, missing);
    talk_end(&talk);
    (void)setenv("PATH", path, 1);
}

/* A docker command that writes down how it was called. The first argument of the script tells
 * whether there is a buildx. */
#define FAKE(buildx, body)                                                                         \
    "#!/bin/sh\n"                                                                                  \
    "case \"$1 $2\" in\n"                                                                          \
    "'--version ') echo 'Docker version 28.0'; exit 0;;\n"                                         \
    "'buildx version') exit " buildx ";;\n"                                                        \
    "esac\n"                                                                                       \
    "d=${0%/*}\n"                                                                                  \
    "echo \"$DOCKER_HOST|${DOCKER_CONTEXT-unset}|${DOCKER_TLS_VERIFY-unset}|$DOCKER_BUILDKIT|"     \
    "$KEPT\" > $d/env\n"                                                                           \
    "printf '%s\\n' \"$@\" > $d/args\n" body

static void was_called(const Talk *talk, const char *args, const char *buildkit)
{
    AUTO(str) char *got_args = read_file("args"), *got_env = read_file("env");
    AUTO(str) char *want_args = text_replace(args, "{dir}", folder);
    AUTO(str) char *want_env = xasprintf("%s|unset|unset|%s|yes\n", peer_url(talk->peer), buildkit);

    assert_string_equal(got_args, want_args);
    assert_string_equal(got_env, want_env);
}

static void builds_by_a_tool(void **state)
{
    AUTO(str_map) StrMap args = {0}, labels = {0};
    EngineBuild build = {
        .context = folder, .args = &args, .labels = &labels, .tag = "seatrial-candidate:1"};
    AUTO(str) char *path = xstrdup(getenv("PATH"));
    AUTO(str) char *first = xasprintf("%s:%s", folder, path);
    AUTO(str) char *want = NULL;
    Talk talk;

    (void)state;
    str_map_set(&args, "A", "b c");
    str_map_set(&args, "FROM_ENV", NULL);
    str_map_set(&labels, "l", "1");
    (void)setenv("PATH", first, 1);
    (void)setenv("DOCKER_CONTEXT", "another", 1);
    (void)setenv("DOCKER_TLS_VERIFY", "1", 1);
    (void)setenv("KEPT", "yes", 1);
    talk_begin(&talk, STORY("build-tool"));

    write_file("docker", 0755, FAKE("0", "echo to stdout; echo to stderr >&2\n"));
    works(engine_image_build(talk.engine, &build, soon()));
    want = xasprintf("[5 build %s: to stdout][5 build %s: to stderr]", folder, folder);
    said(&talk, want);
    was_called(&talk,
               "buildx\nbuild\n--builder=default\n--load\n--file={dir}/Dockerfile\n"
               "--tag=seatrial-candidate:1\n--build-arg=A=b c\n--build-arg=FROM_ENV\n"
               "--label=l=1\n{dir}\n",
               "1");

    build.target = "app";
    build.platform = "linux/arm64";
    write_file("docker", 0755, FAKE("1", "echo step; printf '50%%\\r100%%\\n'; exit 7\n"));
    fails(engine_image_build(talk.engine, &build, soon()), ERR_SYSTEM,
          "docker build: exit status 7; the end of its output:\nstep\n50%100%");
    was_called(
        &talk,
        "build\n--force-rm\n--file={dir}/Dockerfile\n--tag=seatrial-candidate:1\n--build-arg=A=b c\n"
        "--build-arg=FROM_ENV\n--label=l=1\n--target=app\n--platform=linux/arm64\n{dir}\n",
        "0");

    write_file("docker", 0755, FAKE("1", "sleep 60\n"));
    fails(engine_image_build(talk.engine, &build, deadline_in(500)), ERR_TIMEOUT,
          "docker did not end in time");

    write_file("docker", 0755, FAKE("1", "exit 0\n"));
    fails(engine_image_build(talk.engine, &build, soon()), ERR_NOT_FOUND,
          "looking for what was built: engine: No such image: seatrial-candidate:1");
    talk_end(&talk);
    (void)setenv("PATH", path, 1);
    (void)unsetenv("KEPT");
    (void)no_configuration(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inspects),
        cmocka_unit_test(removes_and_lists),
        cmocka_unit_test(digests),
        cmocka_unit_test(pulls),
        cmocka_unit_test(failed_pulls),
        cmocka_unit_test(pulls_again),
        cmocka_unit_test(credentials_that_cannot_be_had),
        cmocka_unit_test_setup_teardown(loads, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(builds_by_the_api, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(builds_by_a_tool, make_folder, remove_folder),
    };

    return cmocka_run_group_tests_name("engine images", tests, no_configuration, NULL);
}
