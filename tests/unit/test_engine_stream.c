/* JSON objects one after another, base64, and what registries mean by their words. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/internal.h"

static Error *collect(void *context, const cJSON *object)
{
    AUTO(json_text) char *text = json_print(object, false);

    buf_addf(context, "%s|", text);
    return NULL;
}

static void objects_cut_anywhere(void **state)
{
    static const char TEXT[] = "{\"a\":\"}{\\\"\\\\\"}\r\n\r\n{\"b\":{\"c\":[{},1]}}{}\n"
                               "\036{\"d\":\"\\u00e9\"}\n";
    static const char WANT[] =
        "{\"a\":\"}{\\\"\\\\\"}|{\"b\":{\"c\":[{},1]}}|{}|{\"d\":\"\xc3\xa9\"}|";
    size_t len = strlen(TEXT);

    (void)state;
    for (size_t cut = 0; cut <= len; cut++) {
        AUTO(json_stream) JsonStream stream;
        AUTO(buf) Buf got = {0};

        json_stream_init(&stream, collect, &got);
        assert_null(json_stream_feed(&stream, TEXT, cut));
        assert_null(json_stream_feed(&stream, TEXT + cut, len - cut));
        assert_null(json_stream_end(&stream));
        assert_string_equal(buf_text(&got), WANT);
    }
}

static void what_is_no_stream(void **state)
{
    static const struct {
        const char *text, *message;
        ErrCode code;
    } ROWS[] = {
        {"hello", "engine's stream: wanted an object, got 'h'", ERR_PROTOCOL},
        {"{} ]", "engine's stream: wanted an object, got ']'", ERR_PROTOCOL},
        {"{}\1", "engine's stream: wanted an object, got '?'", ERR_PROTOCOL},
        {"{a}", "engine's stream:1:3: not JSON", ERR_PROTOCOL},
        {"{\"a\":1", "engine's stream: it ended within an object", ERR_PROTOCOL},
        {"{\"a\":\"}", "engine's stream: it ended within an object", ERR_PROTOCOL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(json_stream) JsonStream stream;
        AUTO(buf) Buf got = {0};
        AUTO(error) Error *err = NULL;

        json_stream_init(&stream, collect, &got);
        err = json_stream_feed(&stream, ROWS[i].text, strlen(ROWS[i].text));
        if (!err)
            err = json_stream_end(&stream);
        assert_non_null(err);
        assert_string_equal(err->msg, ROWS[i].message);
        assert_int_equal(err->code, ROWS[i].code);
    }
}

static void an_object_has_a_cap(void **state)
{
    AUTO(json_stream) JsonStream stream;
    AUTO(buf) Buf got = {0};
    AUTO(error) Error *err = NULL;
    char chunk[65536];

    (void)state;
    memset(chunk, 'x', sizeof chunk);
    json_stream_init(&stream, collect, &got);
    assert_null(json_stream_feed(&stream, "{\"a\":\"", 6));
    for (int i = 0; !err && i < 100; i++)
        err = json_stream_feed(&stream, chunk, sizeof chunk);
    assert_non_null(err);
    assert_int_equal(err->code, ERR_LIMIT);
    assert_string_equal(err->msg, "engine's stream: more than the 4194304 bytes that are accepted "
                                  "here");
}

static void failures_in_objects(void **state)
{
    static const struct {
        const char *object, *want;
    } ROWS[] = {
        {"{\"status\":\"Downloading\"}", NULL},
        {"{\"error\":\"old\"}", "old"},
        {"{\"errorDetail\":{\"message\":\"new\"},\"error\":\"old\"}", "new"},
        {"{\"errorDetail\":{\"code\":1,\"message\":\"only\"}}", "only"},
        {"{\"errorDetail\":{\"code\":1}}", "an error without a message"},
        {"{\"errorDetail\":{\"message\":\"\"},\"error\":\"old\"}", "old"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(json) cJSON *object = cJSON_Parse(ROWS[i].object);
        const char *got = json_stream_failure(object);

        if (!text_eq(got, ROWS[i].want))
            fail_msg("%s: got '%s'", ROWS[i].object, got ? got : "NULL");
    }
}

static void base64(void **state)
{
    static const struct {
        const char *bytes, *text;
    } ROWS[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"\xff\xfe\xfd?>", "__79Pz4="},
    };

    static const char *const BAD[] = {"Z", "Zm9vY", "Zm 9", "Zm=9", "Zm9v!", "=x"};
    size_t len = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *text = base64_encode_url(ROWS[i].bytes, strlen(ROWS[i].bytes));
        AUTO(str) char *bytes = base64_decode(text, &len);

        assert_string_equal(text, ROWS[i].text);
        assert_non_null(bytes);
        assert_string_equal(bytes, ROWS[i].bytes);
        assert_int_equal(len, strlen(ROWS[i].bytes));
    }
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        AUTO(str) char *bytes = base64_decode(BAD[i], &len);

        if (bytes)
            fail_msg("'%s' was decoded", BAD[i]);
    }
    AUTO(str) char *standard = base64_decode("//79Pz4", &len); /* the other alphabet, no padding */
    assert_non_null(standard);
    assert_string_equal(standard, "\xff\xfe\xfd?>");
}

/* Messages of Docker 20.10 to 29, Podman 4 and 5, and registries behind them. */
static void words_of_registries(void **state)
{
    static const struct {
        const char *message;
        int status;
        ErrCode code;
        bool transient;
    } ROWS[] = {
        {"manifest for acme/notes:7 not found: manifest unknown: manifest unknown", 404,
         ERR_NOT_FOUND, false},
        {"pull access denied for acme/notes, repository does not exist or may require 'docker "
         "login': denied: requested access to the resource is denied",
         404, ERR_NOT_FOUND, false},
        {"Head \"https://ghcr.io/v2/acme/notes/manifests/7\": denied", 500, ERR_NOT_FOUND, false},
        {"error from registry: unauthorized", 0, ERR_NOT_FOUND, false},
        {"name unknown: repository name not known to registry", 0, ERR_NOT_FOUND, false},
        {"Head \"https://r.example/v2/a/manifests/1\": no basic auth credentials", 500, ERR_DENIED,
         false},
        {"unauthorized: incorrect username or password", 500, ERR_DENIED, false},
        {"unauthorized: authentication required", 401, ERR_DENIED, false},
        {"denied: Your authorization token has expired. Reauthenticate and try again.", 403,
         ERR_DENIED, false},
        {"toomanyrequests: Rate exceeded", 500, ERR_RATE_LIMIT, true},
        {"too many requests", 429, ERR_RATE_LIMIT, true},
        {"toomanyrequests: You have reached your unauthenticated pull rate limit.", 429,
         ERR_RATE_LIMIT, false},
        {"Get \"https://r.example/v2/\": dial tcp: lookup r.example: no such host", 500, ERR_SYSTEM,
         true},
        {"Get \"https://r.example/v2/\": net/http: TLS handshake timeout", 500, ERR_SYSTEM, true},
        {"unexpected EOF", 0, ERR_SYSTEM, true},
        {"read tcp 10.0.0.1:443: read: connection reset by peer", 0, ERR_SYSTEM, true},
        {"received unexpected HTTP status: 503 Service Unavailable", 500, ERR_SYSTEM, true},
        {"bad gateway", 502, ERR_SYSTEM, true},
        {"failed to register layer: write /x: no space left on device", 0, ERR_SYSTEM, false},
        {"Get \"https://r.example/v2/\": x509: certificate signed by unknown authority", 500,
         ERR_SYSTEM, false},
        {"http: server gave HTTP response to HTTPS client", 500, ERR_SYSTEM, false},
        {"invalid reference format", 400, ERR_INVALID, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        ErrCode code = registry_error_code(ROWS[i].message, ROWS[i].status);
        bool transient = registry_error_is_transient(ROWS[i].message, ROWS[i].status);

        if (code != ROWS[i].code || transient != ROWS[i].transient)
            fail_msg("'%s': code %d, transient %d", ROWS[i].message, code, transient);
    }
}

static void private_or_missing(void **state)
{
    static const struct {
        const char *message, *want;
    } ROWS[] = {
        {"denied\n", "engine: denied (it does not exist, or it is private: docker login ghcr.io)"},
        {"manifest unknown", "engine: manifest unknown"},
        {"\033[31mmanifest unknown\r\n", "engine: manifest unknown"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(image_ref) ImageRef ref = {0};
        AUTO(error) Error *err = NULL;

        assert_null(image_ref_parse("ghcr.io/acme/notes:6", &ref));
        err = registry_error(ROWS[i].message, 0, &ref);
        assert_string_equal(err->msg, ROWS[i].want);
        assert_int_equal(err->code, ERR_NOT_FOUND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_cut_anywhere),
        cmocka_unit_test(what_is_no_stream),
        cmocka_unit_test(an_object_has_a_cap),
        cmocka_unit_test(failures_in_objects),
        cmocka_unit_test(base64),
        cmocka_unit_test(words_of_registries),
        cmocka_unit_test(private_or_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
