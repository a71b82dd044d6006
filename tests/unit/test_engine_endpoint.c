/* Where the engine is: URLs, environment, contexts, well-known sockets. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/endpoint.h"
#include "engine_fixture.h"

static void urls(void **state)
{
    static const struct {
        const char *url;
        EndpointTls tls;
        const char *want, *socket, *base;
    } ROWS[] = {
        {"unix:///var/run/docker.sock", ENDPOINT_BY_PORT, "unix:///var/run/docker.sock",
         "/var/run/docker.sock", "http://localhost"},
        {"/run/x y.sock", ENDPOINT_TLS, "unix:///run/x y.sock", "/run/x y.sock",
         "http://localhost"},
        {"tcp://docker:2375", ENDPOINT_BY_PORT, "tcp://docker:2375", NULL, "http://docker:2375"},
        {"tcp://docker:2375", ENDPOINT_TLS, "tcp://docker:2375", NULL, "https://docker:2375"},
        {"tcp://docker:2376", ENDPOINT_BY_PORT, "tcp://docker:2376", NULL, "https://docker:2376"},
        {"tcp://docker", ENDPOINT_BY_PORT, "tcp://docker:2375", NULL, "http://docker:2375"},
        {"tcp://docker", ENDPOINT_TLS, "tcp://docker:2376", NULL, "https://docker:2376"},
        {"tcp://:2375", ENDPOINT_BY_PORT, "tcp://localhost:2375", NULL, "http://localhost:2375"},
        {"tcp://[::1]:2375", ENDPOINT_BY_PORT, "tcp://[::1]:2375", NULL, "http://[::1]:2375"},
        {"tcp://proxy:80/engine/", ENDPOINT_BY_PORT, "tcp://proxy:80/engine", NULL,
         "http://proxy:80/engine"},
        {"http://127.0.0.1:9", ENDPOINT_BY_PORT, "tcp://127.0.0.1:9", NULL, "http://127.0.0.1:9"},
        {"http://docker:2376", ENDPOINT_BY_PORT, "tcp://docker:2376", NULL, "http://docker:2376"},
        {"https://docker:2375", ENDPOINT_BY_PORT, "tcp://docker:2375", NULL, "https://docker:2375"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(endpoint) Endpoint got = {0};
        AUTO(error) Error *err = endpoint_parse(ROWS[i].url, "--engine", ROWS[i].tls, &got);

        if (err)
            fail_msg("%s", err->msg);
        assert_string_equal(got.url, ROWS[i].want);
        assert_string_equal(got.base_url, ROWS[i].base);
        assert_string_equal(got.found, "--engine");
        assert_int_equal(got.tls, text_starts(ROWS[i].base, "https"));
        if (!text_eq(got.socket, ROWS[i].socket))
            fail_msg("%s: socket '%s'", ROWS[i].url, got.socket ? got.socket : "NULL");
    }
}

static void refused_urls(void **state)
{
    static const struct {
        const char *url;
        EndpointTls tls;
        const char *why;
    } ROWS[] = {
        {"unix://docker.sock", ENDPOINT_BY_PORT,
         "wanted an absolute path: unix:///path/to/engine.sock"},
        {"unix://", ENDPOINT_BY_PORT, "wanted an absolute path: unix:///path/to/engine.sock"},
        {"tcp://", ENDPOINT_BY_PORT, "wanted tcp://host:port"},
        {"tcp:///x", ENDPOINT_BY_PORT, "wanted tcp://host:port"},
        {"tcp://user@docker:2375", ENDPOINT_BY_PORT, "wanted tcp://host:port"},
        {"tcp://docker host:2375", ENDPOINT_BY_PORT, "wanted tcp://host:port"},
        {"tcp://[::1:2375", ENDPOINT_BY_PORT, "wanted tcp://host:port"},
        {"tcp://docker:", ENDPOINT_BY_PORT, "the port is not a number from 1 to 65535"},
        {"tcp://docker:0", ENDPOINT_BY_PORT, "the port is not a number from 1 to 65535"},
        {"tcp://docker:65536", ENDPOINT_BY_PORT, "the port is not a number from 1 to 65535"},
        {"tcp://docker:2375/a?b", ENDPOINT_BY_PORT, "the path is not a plain one"},
        {"http://docker:2375", ENDPOINT_TLS,
         "it says http, but TLS is asked for (DOCKER_TLS_VERIFY): use tcp:// or https://"},
        {"ssh://me@host", ENDPOINT_BY_PORT,
         "ssh is not spoken here: forward the socket (ssh -nNT -L "
         "/tmp/engine.sock:/var/run/docker.sock user@host) and use unix:///tmp/engine.sock"},
        {"npipe:////./pipe/docker_engine", ENDPOINT_BY_PORT,
         "named pipes are not spoken here: run this within WSL, where the engine has "
         "unix:///var/run/docker.sock"},
        {"docker:2375", ENDPOINT_BY_PORT,
         "wanted unix:///path, tcp://host:port or https://host:port"},
        {"", ENDPOINT_BY_PORT, "wanted unix:///path, tcp://host:port or https://host:port"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        Endpoint got = {.url = NULL};
        AUTO(str)
        char *want = xasprintf("DOCKER_HOST: engine URL '%s': %s", ROWS[i].url, ROWS[i].why);
        AUTO(error) Error *err = endpoint_parse(ROWS[i].url, "DOCKER_HOST", ROWS[i].tls, &got);

        if (!err)
            fail_msg("'%s' was accepted", ROWS[i].url);
        assert_string_equal(err->msg, want);
        assert_int_equal(err->code, ERR_INVALID);
        assert_null(got.url);
    }
}

/* The one endpoint that is found. */
static void chooses(const char *option, const char *url, const char *found, const char *ca,
                    const char *cert)
{
    AUTO(endpoint_list) EndpointList list = {0};
    AUTO(error) Error *err = endpoint_find(option, &list);
    AUTO(str) char *want_ca = ca ? home_path(ca) : NULL;
    AUTO(str) char *want_cert = cert ? home_path(cert) : NULL;

    if (err)
        fail_msg("%s", err->msg);
    assert_true(list.chosen);
    assert_int_equal(list.len, 1);
    assert_string_equal(list.items[0].url, url);
    assert_string_equal(list.items[0].found, found);
    if (!text_eq(list.items[0].ca, want_ca) || !text_eq(list.items[0].cert, want_cert))
        fail_msg("%s: ca %s, cert %s", url, list.items[0].ca ? list.items[0].ca : "NULL",
                 list.items[0].cert ? list.items[0].cert : "NULL");
}

static void fails(const char *option, const char *message)
{
    AUTO(endpoint_list) EndpointList list = {0};
    AUTO(error) Error *err = endpoint_find(option, &list);
    AUTO(str) char *want = text_replace(message, "{home}", fixture_home);

    assert_non_null(err);
    assert_string_equal(err->msg, want);
    assert_int_equal(err->code, ERR_INVALID);
    assert_int_equal(list.len, 0);
}

/* meta.json of a context; the folder's name is a hash of the context's name, of no matter here */
static void write_context(const char *folder, const char *name, const char *host, bool skip)
{
    AUTO(str) char *path = xasprintf(".docker/contexts/meta/%s/meta.json", folder);
    AUTO(str)
    char *text =
        xasprintf("{\"Name\":\"%s\",\"Metadata\":{},\"Endpoints\":{\"docker\":{\"Host\":\"%s\","
                  "\"SkipTLSVerify\":%s}}}",
                  name, host, skip ? "true" : "false");

    home_write(path, 0600, text);
}

static void order(void **state)
{
    (void)state;
    write_context("aa", "colima", "unix:///home/me/.colima/default/docker.sock", false);
    write_context("bb", "other", "tcp://10.0.0.1:2375", false);
    home_write(".docker/contexts/meta/cc/meta.json", 0600, "{ broken");
    home_write(".docker/config.json", 0600, "{\"currentContext\":\"colima\"}");
    chooses(NULL, "unix:///home/me/.colima/default/docker.sock", "context colima", NULL, NULL);
    (void)setenv("DOCKER_CONTEXT", "other", 1);
    chooses(NULL, "tcp://10.0.0.1:2375", "context other", NULL, NULL);
    (void)setenv("DOCKER_HOST", "unix:///run/env.sock", 1);
    chooses(NULL, "unix:///run/env.sock", "DOCKER_HOST", NULL, NULL);
    chooses("tcp://h:1", "tcp://h:1", "--engine", NULL, NULL);
    (void)setenv("DOCKER_HOST", "", 1);
    (void)setenv("DOCKER_CONTEXT", "missing", 1);
    fails(NULL, "context 'missing' (DOCKER_CONTEXT) is not in {home}/.docker/contexts/meta; see "
                "`docker context ls`");
    (void)unsetenv("DOCKER_CONTEXT");
    home_write(".docker/config.json", 0600, "{\"currentContext\":\"gone\"}");
    fails(NULL, "context 'gone' (currentContext of config.json) is not in "
                "{home}/.docker/contexts/meta; see `docker context ls`");
}

static void tls_of_contexts(void **state)
{
    (void)state;
    (void)setenv("DOCKER_CONTEXT", "far", 1);
    write_context("aa", "far", "tcp://far:2376", true);
    fails(NULL, "context far: it skips the verification of the engine's certificate; give it the "
                "CA (docker context update far --docker host=tcp://far:2376,ca=ca.pem)");
    write_context("aa", "far", "tcp://far:9999", false);
    home_write(".docker/contexts/tls/aa/docker/ca.pem", 0600, "x");
    chooses(NULL, "tcp://far:9999", "context far", ".docker/contexts/tls/aa/docker/ca.pem", NULL);
    home_write(".docker/contexts/tls/aa/docker/key.pem", 0600, "x");
    fails(NULL, "context far: {home}/.docker/contexts/tls/aa/docker has key.pem without cert.pem");
    home_write(".docker/contexts/tls/aa/docker/cert.pem", 0600, "x");
    chooses(NULL, "tcp://far:9999", "context far", ".docker/contexts/tls/aa/docker/ca.pem",
            ".docker/contexts/tls/aa/docker/cert.pem");
    write_context("aa", "far", "", false);
    fails(NULL, "context far: it has no docker endpoint");
}

static void tls_of_the_environment(void **state)
{
    AUTO(str) char *certs = home_path("certs");

    (void)state;
    (void)setenv("DOCKER_HOST", "tcp://docker:2376", 1);
    chooses(NULL, "tcp://docker:2376", "DOCKER_HOST", NULL, NULL);
    home_write(".docker/ca.pem", 0600, "x");
    chooses(NULL, "tcp://docker:2376", "DOCKER_HOST", ".docker/ca.pem", NULL);
    (void)setenv("DOCKER_CERT_PATH", certs, 1);
    fails(NULL, "DOCKER_HOST: {home}/certs/ca.pem cannot be read: it verifies the engine");
    home_write("certs/ca.pem", 0600, "x");
    home_write("certs/cert.pem", 0600, "x");
    fails(NULL, "DOCKER_HOST: {home}/certs has cert.pem without key.pem");
    home_write("certs/key.pem", 0600, "x");
    chooses(NULL, "tcp://docker:2376", "DOCKER_HOST", "certs/ca.pem", "certs/cert.pem");
    (void)setenv("DOCKER_HOST", "tcp://docker:2375", 1);
    chooses(NULL, "tcp://docker:2375", "DOCKER_HOST", NULL, NULL);
    (void)setenv("DOCKER_TLS_VERIFY", "1", 1);
    chooses(NULL, "tcp://docker:2375", "DOCKER_HOST", "certs/ca.pem", "certs/cert.pem");
    (void)unsetenv("DOCKER_TLS_VERIFY");
    (void)setenv("DOCKER_TLS", "1", 1); /* without verification elsewhere, verified here */
    chooses(NULL, "tcp://docker:2375", "DOCKER_HOST", "certs/ca.pem", "certs/cert.pem");
}

static void well_known(void **state)
{
    AUTO(endpoint_list) EndpointList list = {0};
    AUTO(str) char *colima = home_path(".colima/default/docker.sock");
    bool has_colima = false;

    (void)state;
    (void)setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
    (void)setenv("DOCKER_CONTEXT", "default", 1);
    assert_null(endpoint_find(NULL, &list));
    assert_false(list.chosen);
    assert_int_equal(list.len, 10);
    assert_string_equal(list.items[0].socket, "/var/run/docker.sock");
    assert_string_equal(list.items[1].socket, "/run/user/7/docker.sock");
    assert_string_equal(list.items[9].url, "unix:///run/user/7/podman/podman.sock");
    for (size_t i = 0; i < list.len; i++) {
        assert_string_equal(list.items[i].found, "socket");
        has_colima = has_colima || text_eq(list.items[i].socket, colima);
    }
    assert_true(has_colima);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls),     cmocka_unit_test(refused_urls),    HOME_TEST(order),
        HOME_TEST(tls_of_contexts), HOME_TEST(tls_of_the_environment), HOME_TEST(well_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
