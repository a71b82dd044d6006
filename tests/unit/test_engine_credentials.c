/* Registry credentials: where they are looked for, in which order, and what goes to the engine. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"
#include "engine/internal.h"
#include "engine_fixture.h"

#define CONFIG ".docker/config.json"

static void same(const char *what, const char *part, const char *got, const char *want)
{
    if (!text_eq(got, want))
        fail_msg("%s: %s: wanted '%s', got '%s'", what, part, want ? want : "NULL",
                 got ? got : "NULL");
}

/* found may hold one %s for the home */
static void finds(const char *ref, const char *server, const char *user, const char *password,
                  const char *token, const char *found)
{
    AUTO(credentials) Credentials got = {0};
    AUTO(error) Error *err = credentials_find(ref, &got);
    AUTO(str) char *where = found ? text_replace(found, "{home}", fixture_home) : NULL;

    if (err)
        fail_msg("%s: %s", ref, err->msg);
    same(ref, "server", got.server, server);
    same(ref, "username", got.username, user);
    same(ref, "password", got.password, password);
    same(ref, "token", got.identity_token, token);
    same(ref, "found", got.found, where);
}

static void anonymous(const char *ref)
{
    finds(ref, NULL, NULL, NULL, NULL, NULL);
}

static void refuses(const char *ref, const char *message)
{
    Credentials got = {.server = NULL};
    AUTO(error) Error *err = credentials_find(ref, &got);
    AUTO(str) char *want = text_replace(message, "{home}", fixture_home);

    if (!err)
        fail_msg("%s was accepted", ref);
    assert_string_equal(err->msg, want);
    assert_int_equal(err->code, ERR_INVALID);
    assert_null(got.server);
    assert_null(got.username);
    assert_null(got.password);
}

#define IN_AUTHS "auths in {home}/.docker/config.json"

static void nothing_configured(void **state)
{
    (void)state;
    anonymous("ghcr.io/acme/notes:6");
    home_write(CONFIG, 0600, "");
    anonymous("ghcr.io/acme/notes:6");
    home_write(CONFIG, 0600, "{}");
    anonymous("redis");
    home_write(CONFIG, 0600, "{\"auths\":{\"ghcr.io\":{},\"r.example\":{\"auth\":\"\"}}}");
    anonymous("ghcr.io/acme/notes:6");
    anonymous("r.example/acme/notes:6");
    home_write(CONFIG, 0600, "{\"auths\":[],\"credHelpers\":1,\"credsStore\":[]}");
    anonymous("ghcr.io/acme/notes:6");
}

static void in_auths(void **state)
{
    (void)state;
    /* user:pass, user:p:a:s, dXNlcjo= is an empty password */
    home_write(CONFIG, 0600,
               "{\"auths\":{"
               "\"https://index.docker.io/v1/\":{\"auth\":\"aHViOnBhc3N3b3Jk\"},"
               "\"ghcr.io\":{\"auth\":\"dXNlcjpwOmE6cw==\"},"
               "\"https://old.example/v2/\":{\"auth\":\"dXNlcjpwYXNz\"},"
               "\"127.0.0.1:5000\":{\"username\":\"u\",\"password\":\"plain-word\"},"
               "\"token.example\":{\"auth\":\"dXNlcjpwYXNz\",\"identitytoken\":\"id-token\"},"
               "\"empty.example\":{\"auth\":\"dXNlcjo=\"}}}");
    finds("redis:7", "https://index.docker.io/v1/", "hub", "password", NULL, IN_AUTHS);
    finds("index.docker.io/acme/notes", "https://index.docker.io/v1/", "hub", "password", NULL,
          IN_AUTHS);
    finds("ghcr.io/acme/notes:6", "ghcr.io", "user", "p:a:s", NULL, IN_AUTHS);
    finds("old.example/notes", "old.example", "user", "pass", NULL, IN_AUTHS);
    finds("127.0.0.1:5000/notes", "127.0.0.1:5000", "u", "plain-word", NULL, IN_AUTHS);
    finds("token.example/notes", "token.example", NULL, NULL, "id-token", IN_AUTHS);
    finds("empty.example/notes", "empty.example", "user", "", NULL, IN_AUTHS);
    anonymous("example.net/notes");
    anonymous("sub.old.example/notes");
    anonymous("127.0.0.1:5001/notes");
}

static void hub_by_its_short_name(void **state)
{
    (void)state;
    home_write(CONFIG, 0600, "{\"auths\":{\"docker.io\":{\"auth\":\"aHViOnBhc3N3b3Jk\"}}}");
    finds("redis", "https://index.docker.io/v1/", "hub", "password", NULL, IN_AUTHS);
}

static void another_folder(void **state)
{
    AUTO(str) char *dir = home_path("elsewhere");

    (void)state;
    home_write("elsewhere/config.json", 0600,
               "{\"auths\":{\"ghcr.io\":{\"auth\":\"dXNlcjpwYXNz\"}}}");
    (void)setenv("DOCKER_CONFIG", dir, 1);
    finds("ghcr.io/a/b", "ghcr.io", "user", "pass", NULL, "auths in {home}/elsewhere/config.json");
}

static void the_environment_comes_first(void **state)
{
    (void)state;
    home_write(CONFIG, 0600,
               "{\"auths\":{\"ghcr.io\":{\"auth\":\"dXNlcjpwYXNz\"},"
               "\"r.example\":{\"auth\":\"dXNlcjpwYXNz\"}}}");
    (void)setenv("DOCKER_AUTH_CONFIG", "{\"auths\":{\"ghcr.io\":{\"auth\":\"Y2k6am9iLXRva2Vu\"}}}",
                 1);
    finds("ghcr.io/a/b", "ghcr.io", "ci", "job-token", NULL, "DOCKER_AUTH_CONFIG");
    finds("r.example/a/b", "r.example", "user", "pass", NULL, IN_AUTHS);
    (void)setenv("DOCKER_AUTH_CONFIG", "{\"auths\":", 1);
    refuses("ghcr.io/a/b", "DOCKER_AUTH_CONFIG:1:9: not JSON");
}

/* Records what it was asked; answers by the server's name. */
#define HELPER                                                                                       \
    "#!/bin/sh\n"                                                                                    \
    "read server\n"                                                                                  \
    "echo \"$1 $server\" >> \"$HOME/asked\"\n"                                                       \
    "case $server in\n"                                                                              \
    "r.example) echo '{\"ServerURL\":\"r.example\",\"Username\":\"aws\",\"Secret\":\"s3cret\"}';;\n" \
    "t.example) echo '{\"Username\":\"<token>\",\"Secret\":\"identity\"}';;\n"                       \
    "bad.example) echo 'locked'; echo noise >&2; exit 1;;\n"                                         \
    "odd.example) echo '{\"Username\":\"x\"}';;\n"                                                   \
    "text.example) echo 'no json';;\n"                                                               \
    "*) echo 'credentials not found in native keychain'; exit 1;;\n"                                 \
    "esac\n"

static void asked(const char *want)
{
    AUTO(str) char *path = home_path("asked");
    FILE *file = fopen(path, "re");
    char text[256] = "";

    if (file) {
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        (void)fclose(file);
    }
    (void)unlink(path);
    assert_string_equal(text, want);
}

static void helpers(void **state)
{
    (void)state;
    home_write("bin/docker-credential-one", 0700, HELPER);
    home_write("bin/docker-credential-two", 0700, HELPER);
    home_write(CONFIG, 0600,
               "{\"credsStore\":\"one\",\"credHelpers\":{\"t.example\":\"two\"},"
               "\"auths\":{\"t.example\":{\"auth\":\"dXNlcjpwYXNz\"},"
               "\"r.example\":{\"auth\":\"dXNlcjpwYXNz\"},"
               "\"a.example\":{\"auth\":\"dXNlcjpwYXNz\"}}}");
    finds("r.example/a/b", "r.example", "aws", "s3cret", NULL, "credsStore one");
    asked("get r.example\n");
    finds("t.example/a/b", "t.example", NULL, NULL, "identity", "credHelpers two");
    asked("get t.example\n");
    anonymous("redis");
    asked("get https://index.docker.io/v1/\n");
    finds("a.example/a/b", "a.example", "user", "pass", NULL, IN_AUTHS);
    asked("get a.example\n");
}

static void helpers_that_fail(void **state)
{
    (void)state;
    home_write("bin/docker-credential-one", 0700, HELPER);
    home_write(CONFIG, 0600,
               "{\"credsStore\":\"one\",\"credHelpers\":{\"gone.example\":\"nowhere\","
               "\"path.example\":\"../../bin/sh\"}}");
    refuses("bad.example/a", "docker-credential-one cannot tell the credentials of bad.example: "
                             "exit status 1: locked");
    refuses("odd.example/a", "docker-credential-one: its answer for odd.example has no Secret");
    refuses("text.example/a", "docker-credential-one: its answer for text.example has no Secret");
    refuses("gone.example/a", "credHelpers of the docker configuration: there is no program "
                              "docker-credential-nowhere in PATH");
    refuses("path.example/a", "credHelpers of the docker configuration: '../../bin/sh' is no name "
                              "of a helper");
}

static void broken_files(void **state)
{
    (void)state;
    home_write(CONFIG, 0600, "{\"auths\":\n{");
    refuses("redis", "{home}/.docker/config.json:2:1: not JSON");
    home_write(CONFIG, 0600, "{\"auths\":{\"ghcr.io\":{\"auth\":\"!!!\"}}}");
    refuses("ghcr.io/a/b", IN_AUTHS ": auth of ghcr.io is not base64 of user:password");
    home_write(CONFIG, 0600, "{\"auths\":{\"ghcr.io\":{\"auth\":\"bm9jb2xvbg==\"}}}");
    refuses("ghcr.io/a/b", IN_AUTHS ": auth of ghcr.io is not base64 of user:password");
    refuses("Ghcr.io/A/b", "image reference 'Ghcr.io/A/b': the repository name must be lower case");
}

static void headers(void **state)
{
    Credentials none = {0};
    Credentials login = {.server = (char[]){"ghcr.io"},
                         .username = (char[]){"us\xc3\xa9r"},
                         .password = (char[]){"p\"?>"}};
    Credentials token = {.server = (char[]){"ghcr.io"}, .identity_token = (char[]){"id"}};
    AUTO(str) char *none_text = credentials_header(&none);
    AUTO(str) char *login_text = credentials_header(&login);
    AUTO(str) char *token_text = credentials_header(&token);
    AUTO(str) char *json = NULL;
    size_t len;

    (void)state;
    assert_null(none_text);
    json = base64_decode(login_text, &len);
    assert_string_equal(json, "{\"username\":\"us\xc3\xa9r\",\"password\":\"p\\\"?>\","
                              "\"serveraddress\":\"ghcr.io\"}");
    assert_null(strpbrk(login_text, "+/")); /* the engine takes another alphabet for no login */
    assert_int_equal(strlen(login_text) % 4, 0);
    assert_string_equal(token_text,
                        "eyJpZGVudGl0eXRva2VuIjoiaWQiLCJzZXJ2ZXJhZGRyZXNzIjoiZ2hjci5pbyJ9");
}

static void all_of_them(void **state)
{
    AUTO(str) char *text = NULL, *json = NULL;
    size_t len;

    (void)state;
    assert_null(credentials_header_all(NULL, deadline_in(10000)));
    home_write("bin/docker-credential-one", 0700, HELPER);
    home_write(CONFIG, 0600,
               "{\"credHelpers\":{\"r.example\":\"one\",\"bad.example\":\"one\"},"
               "\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"aHViOnBhc3N3b3Jk\"}}}");
    text = credentials_header_all(NULL, deadline_in(10000));
    assert_non_null(text);
    json = base64_decode(text, &len);
    assert_string_equal(json, "{\"https://index.docker.io/v1/\":{\"username\":\"hub\",\"password\":"
                              "\"password\",\"serveraddress\":\"https://index.docker.io/v1/\"},"
                              "\"r.example\":{\"username\":\"aws\",\"password\":\"s3cret\","
                              "\"serveraddress\":\"r.example\"}}");
}

static void secrets_are_masked(void **state)
{
    AUTO(str) char *shown = NULL;

    (void)state;
    secret_clear();
    home_write(CONFIG, 0600, "{\"auths\":{\"ghcr.io\":{\"auth\":\"dXNlcjpodW50ZXIyMg==\"}}}");
    finds("ghcr.io/a/b", "ghcr.io", "user", "hunter22", NULL, IN_AUTHS);
    shown = secret_mask("user hunter22 dXNlcjpodW50ZXIyMg==");
    assert_string_equal(shown, "user *** ***");
    secret_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOME_TEST(nothing_configured),
        HOME_TEST(in_auths),
        HOME_TEST(hub_by_its_short_name),
        HOME_TEST(another_folder),
        HOME_TEST(the_environment_comes_first),
        HOME_TEST(helpers),
        HOME_TEST(helpers_that_fail),
        HOME_TEST(broken_files),
        HOME_TEST(headers),
        HOME_TEST(all_of_them),
        HOME_TEST(secrets_are_masked),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    secret_clear();
    return failed;
}
