#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/http.h"
#include "net/url.h"

typedef struct Row {
    const char *in, *want; /* want NULL: no result */
} Row;

static void same(const char *in, const char *got, const char *want)
{
    if (want && !got)
        fail_msg("'%s': wanted '%s', got nothing", in, want);
    if (!want && got)
        fail_msg("'%s': wanted nothing, got '%s'", in, got);
    if (want)
        assert_string_equal(got, want);
}

static void origins(void **state)
{
    static const Row ROWS[] = {
        {"https://api.github.com/repos/a/b?page=2", "https://api.github.com"},
        {"HTTPS://API.GitHub.com:443/", "https://api.github.com"},
        {"http://example.com:80", "http://example.com"},
        {"http://example.com:443", "http://example.com:443"},
        {"https://user:secret@example.com:8443/x", "https://example.com:8443"},
        {"http://[::1]:2375/v1.41", "http://[::1]:2375"},
        {"http://127.0.0.1:5000", "http://127.0.0.1:5000"},
        /* what curl connects to */
        {"https://example.com\\@evil.example/", "https://evil.example"},
        {"https://", NULL},
        {"https:///host/path", "https://host"}, /* as curl reads it */
        {"ftp://example.com/", NULL},
        {"file:///etc/passwd", NULL},
        {"unix:///var/run/docker.sock", NULL},
        {"example.com/path", NULL},
        {"/path", NULL},
        {"", NULL},
        {"http://example.com:99999/", NULL},
        {"http://exa mple.com/", NULL},
        {"http://example.com\r\nX: y", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *got = http_url_origin(ROWS[i].in);

        same(ROWS[i].in, got, ROWS[i].want);
    }
}

static void peers(void **state)
{
    static const Row ROWS[] = {
        {"https://user:secret@api.github.com/repos", "api.github.com"},
        {"http://127.0.0.1:2375/v1.41", "127.0.0.1:2375"},
        {"nonsense", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *got = url_peer(ROWS[i].in);

        same(ROWS[i].in, got, ROWS[i].want);
    }
}

static void loopback(void **state)
{
    static const struct {
        const char *url;
        bool want;
    } rows[] = {
        {"http://localhost/", true},
        {"http://LOCALHOST:5000/", true},
        {"http://api.localhost/", true},
        {"http://127.0.0.1/", true},
        {"http://127.8.9.10:1/", true},
        {"http://[::1]:80/", true},
        {"http://128.0.0.1/", false},
        {"http://127.0.0.1.example.com/", false},
        {"http://localhost.example.com/", false},
        {"http://[::2]/", false},
        {"http://example.com/127.0.0.1", false},
        {"nonsense", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (url_is_loopback(rows[i].url) != rows[i].want)
            fail_msg("%s", rows[i].url);
}

static void resolving(void **state)
{
    static const struct {
        const char *base, *reference, *want;
    } rows[] = {
        {"https://a.example/x/y?z=1", "/p?q=2", "https://a.example/p?q=2"},
        {"https://a.example/x/y", "z", "https://a.example/x/z"},
        {"https://a.example/x", "//b.example/y", "https://b.example/y"},
        {"https://a.example/x", "http://b.example:81/y", "http://b.example:81/y"},
        {"https://a.example/x", "?page=2", "https://a.example/x?page=2"},
        {"https://a.example/x", "/a b", "https://a.example/a%20b"},
        {"https://a.example/x", "ftp://b.example/", NULL},
        {"https://a.example/x", "file:///etc/passwd", NULL},
        {"https://a.example/x", "http://", NULL},
        {"nonsense", "/p", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(str) char *got = url_resolve(rows[i].base, rows[i].reference);

        same(rows[i].reference, got, rows[i].want);
    }
}

static void encoding(void **state)
{
    static const Row ROWS[] = {
        {"", ""},
        {"plain-._~09AZaz", "plain-._~09AZaz"},
        {"a/b c", "a%2Fb%20c"},
        {"{\"label\":[\"k=v\"]}", "%7B%22label%22%3A%5B%22k%3Dv%22%5D%7D"},
        {"100%&?#+\n", "100%25%26%3F%23%2B%0A"},
        {"\xc3\xa4\xff", "%C3%A4%FF"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *got = http_encode(ROWS[i].in);

        same(ROWS[i].in, got, ROWS[i].want);
    }
}

static void next_links(void **state)
{
    static const Row ROWS[] = {
        {"<https://h.example/r?page=2>; rel=\"next\", <https://h.example/r?page=9>; rel=\"last\"",
         "https://h.example/r?page=2"},
        {"<https://h.example/1>; rel=\"prev\", <https://h.example/3>; rel=\"next\"",
         "https://h.example/3"},
        {"</v2/n/tags/list?last=b&n=2>; rel=\"next\"",
         "https://h.example/v2/n/tags/list?last=b&n=2"},
        {"<?page=2>;rel=next", "https://h.example/base?page=2"},
        {"</a,b;c>; title=\"x, y; rel=no\" ; REL=\"last NEXT\"", "https://h.example/a,b;c"},
        {"</a>; flag; rel=\"next\"", "https://h.example/a"},
        {"</a>; rel=\"nextish\"", NULL},
        {"</a>; title=\"next\"", NULL},
        {"</a>; rel=\"prev\"", NULL},
        {"<ftp://h.example/>; rel=\"next\"", NULL},
        {"</a; rel=\"next\"", NULL},
        {"</a>; rel=\"next", "https://h.example/a"},
        {"</a>; rel=", NULL},
        {"</a>;", NULL},
        {"/a; rel=\"next\"", NULL},
        {"<", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(http_reply) HttpReply reply = {.url = xstrdup("https://h.example/base?page=1")};
        AUTO(str) char *got = NULL;

        str_map_set(&reply.headers, "link", ROWS[i].in);
        got = http_link_next(&reply);
        same(ROWS[i].in, got, ROWS[i].want);
    }
    {
        HttpReply none = {0};

        assert_null(http_link_next(&none));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(origins),   cmocka_unit_test(peers),    cmocka_unit_test(loopback),
        cmocka_unit_test(resolving), cmocka_unit_test(encoding), cmocka_unit_test(next_links),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
