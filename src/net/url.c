#include "net/url.h"

#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/buffer.h"
#include "net/http.h"

DEFINE_AUTO(curl_url, CURLU *, curl_url_cleanup)

static bool is_http(CURLU *parts)
{
    char *scheme = NULL;
    bool yes = curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
               (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);

    curl_free(scheme);
    return yes;
}

/* NULL when it is none of ours; spaces and such are encoded, as browsers do with a Location. */
static CURLU *parse(const char *url)
{
    AUTO(curl_url) CURLU *parts = curl_url();

    if (curl_url_set(parts, CURLUPART_URL, url, CURLU_URLENCODE) != CURLUE_OK || !is_http(parts))
        return NULL;
    return TAKE(parts);
}

/* An owned copy of one part in lower case; NULL when the URL has none. */
static char *lower_part(CURLU *parts, CURLUPart which, unsigned flags)
{
    char *part = NULL, *copy;

    if (curl_url_get(parts, which, &part, flags) != CURLUE_OK)
        return NULL;
    copy = xstrdup(part);
    curl_free(part);
    for (char *at = copy; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return copy;
}

char *url_resolve(const char *base, const char *reference)
{
    AUTO(curl_url) CURLU *parts = parse(base);
    char *url = NULL, *copy;

    if (!parts || curl_url_set(parts, CURLUPART_URL, reference, CURLU_URLENCODE) != CURLUE_OK ||
        !is_http(parts) || curl_url_get(parts, CURLUPART_URL, &url, 0) != CURLUE_OK)
        return NULL;
    copy = xstrdup(url);
    curl_free(url);
    return copy;
}

char *url_peer(const char *url)
{
    AUTO(str) char *origin = http_url_origin(url);

    return origin ? xstrdup(strstr(origin, "://") + strlen("://")) : NULL;
}

bool url_is_loopback(const char *url)
{
    AUTO(curl_url) CURLU *parts = parse(url);
    AUTO(str) char *host = parts ? lower_part(parts, CURLUPART_HOST, 0) : NULL;
    unsigned a, b, c, d;
    int used = 0;

    if (!host)
        return false;
    if (strcmp(host, "localhost") == 0 || text_ends(host, ".localhost") ||
        strcmp(host, "[::1]") == 0)
        return true;
    /* a whole dotted quad: 127.0.0.1.example.com is somebody's machine */
    return sscanf(host, "%3u.%3u.%3u.%3u%n", &a, &b, &c, &d, &used) == 4 && host[used] == '\0' &&
           a == 127;
}

char *http_url_origin(const char *url)
{
    AUTO(curl_url) CURLU *parts = parse(url);
    AUTO(str) char *scheme = parts ? lower_part(parts, CURLUPART_SCHEME, 0) : NULL;
    AUTO(str) char *host = parts ? lower_part(parts, CURLUPART_HOST, 0) : NULL;
    AUTO(str) char *port = parts ? lower_part(parts, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT) : NULL;

    if (!scheme || text_is_empty(host))
        return NULL;
    return xasprintf("%s://%s%s%s", scheme, host, port ? ":" : "", port ? port : "");
}

char *http_encode(const char *text)
{
    static const char PLAIN[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    static const char DIGITS[] = "0123456789ABCDEF";
    char *encoded = xmalloc(strlen(text) * 3 + 1), *to = encoded;

    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if (strchr(PLAIN, byte)) {
            *to++ = (char)byte;
            continue;
        }
        *to++ = '%';
        *to++ = DIGITS[byte >> 4];
        *to++ = DIGITS[byte & 15];
    }
    *to = '\0';
    return encoded;
}

/* Is relation one of the words of a rel parameter's value? */
static bool has_word(const char *words, size_t len, const char *word)
{
    size_t word_len = strlen(word);

    while (len > 0) {
        size_t blanks = strspn(words, " \t"), end;

        if (blanks >= len)
            return false;
        words += blanks;
        len -= blanks;
        end = strcspn(words, " \t");
        end = end < len ? end : len;
        if (end == word_len && strncasecmp(words, word, word_len) == 0)
            return true;
        words += end;
        len -= end;
    }
    return false;
}

/* One parameter's value, quoted or not; *at moves behind it. */
static const char *take_value(const char **at, size_t *ret_len)
{
    bool quoted = **at == '"';
    const char *value = *at + (quoted ? 1 : 0);

    *ret_len = strcspn(value, quoted ? "\"" : ";, \t");
    *at = value + *ret_len;
    if (quoted && **at == '"')
        ++*at;
    return value;
}

/* Parameters behind "<url>" up to the next link: is there rel="next"? *at moves behind them. */
static bool take_parameters(const char **at)
{
    bool is_next = false;

    for (;;) {
        const char *name, *value;
        size_t name_len, value_len = 0;

        *at += strspn(*at, " \t");
        if (**at != ';')
            return is_next;
        ++*at;
        *at += strspn(*at, " \t");
        name = *at;
        name_len = strcspn(name, "=;, \t");
        *at += name_len;
        *at += strspn(*at, " \t");
        if (**at != '=')
            continue;
        ++*at;
        *at += strspn(*at, " \t");
        value = take_value(at, &value_len);
        if (name_len == 3 && strncasecmp(name, "rel", 3) == 0 && has_word(value, value_len, "next"))
            is_next = true;
    }
}

/* Grammar: RFC 8288, section 3. What follows a mistake is not read. */
char *http_link_next(const HttpReply *reply)
{
    const char *at = http_header(reply, "link");

    while (at && *(at += strspn(at, ", \t")) == '<') {
        const char *target = at + 1, *end = strchr(target, '>');

        if (!end)
            return NULL;
        at = end + 1;
        if (take_parameters(&at)) {
            AUTO(str) char *reference = xstrndup(target, (size_t)(end - target));

            return reply->url ? url_resolve(reply->url, reference) : NULL;
        }
    }
    return NULL;
}
