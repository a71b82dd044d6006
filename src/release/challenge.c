#include "release/challenge.h"

#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "net/http.h"

static const char BLANK[] = " \t";

static ChallengeKind scheme_kind(const char *name, size_t len)
{
    if (len == 6 && strncasecmp(name, "Bearer", len) == 0)
        return CHALLENGE_BEARER;
    if (len == 5 && strncasecmp(name, "Basic", len) == 0)
        return CHALLENGE_BASIC;
    return CHALLENGE_NONE;
}

/* A parameter's value: a token, or quoted, where commas and escapes are part of it. Caller frees.
 */
static char *take_value(const char **at)
{
    size_t len = 0;
    char *value;

    if (**at != '"') {
        len = strcspn(*at, ", \t");
        value = xstrndup(*at, len);
        *at += len;
        return value;
    }
    value = xmalloc(strlen(*at) + 1);
    for (++*at; **at && **at != '"'; ++*at) {
        if (**at == '\\' && (*at)[1])
            ++*at;
        value[len++] = **at;
    }
    value[len] = '\0';
    if (**at == '"')
        ++*at;
    return value;
}

static void set_parameter(Challenge *challenge, const char *name, size_t len, char *value)
{
    static const char *const NAMES[] = {"realm", "service", "scope"};
    char **slots[] = {&challenge->realm, &challenge->service, &challenge->scope};

    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        if (strlen(NAMES[i]) != len || strncasecmp(name, NAMES[i], len) != 0 || *slots[i])
            continue;
        *slots[i] = value;
        return;
    }
    free(value);
}

/* Keep what was read when it is better than what we have. */
static void consider(Challenge *best, Challenge *read)
{
    bool usable = read->kind == CHALLENGE_BASIC ||
                  (read->kind == CHALLENGE_BEARER && !text_is_empty(read->realm));

    if (usable && read->kind > best->kind) {
        challenge_clear(best);
        *best = *read;
        *read = (Challenge){0};
    }
    challenge_clear(read);
}

void challenge_parse(const char *header, Challenge *ret_challenge)
{
    Challenge best = {0}, read = {0};
    const char *at = header;

    for (at += strspn(at, ", \t"); *at; at += strspn(at, ", \t")) {
        const char *name = at;
        size_t len = strcspn(at, "=, \t");
        const char *behind = name + len + strspn(name + len, BLANK);

        if (*behind == '=') {
            at = behind + 1;
            at += strspn(at, BLANK);
            set_parameter(&read, name, len, take_value(&at));
        } else { /* no value: the name of the next scheme */
            consider(&best, &read);
            read.kind = scheme_kind(name, len);
            at = name + len;
        }
    }
    consider(&best, &read);
    *ret_challenge = best;
}

void challenge_clear(Challenge *challenge)
{
    free(challenge->realm);
    free(challenge->service);
    free(challenge->scope);
    *challenge = (Challenge){0};
}

static void add_query(Buf *url, const char *name, const char *value)
{
    AUTO(str) char *encoded = http_encode(value);

    buf_addf(url, "%c%s=%s", strchr(buf_text(url), '?') ? '&' : '?', name, encoded);
}

/* Source: distribution's token authentication specification: scope once for each of its words */
char *challenge_token_url(const Challenge *challenge, const char *scope)
{
    AUTO(buf) Buf url = {0};
    AUTO(str_list) StrList scopes = {0};

    buf_adds(&url, challenge->realm);
    if (!text_is_empty(challenge->service))
        add_query(&url, "service", challenge->service);
    str_list_split(text_is_empty(challenge->scope) ? scope : challenge->scope, ' ', &scopes);
    for (size_t i = 0; i < scopes.len; i++)
        if (*scopes.items[i])
            add_query(&url, "scope", scopes.items[i]);
    return buf_take(&url);
}

/* Source: RFC 7617, RFC 4648 section 4 */
char *basic_credentials(const char *name, const char *password)
{
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    AUTO(str) char *plain = xasprintf("%s:%s", name, password);
    size_t len = strlen(plain);
    char *encoded = xmalloc((len + 2) / 3 * 4 + 1), *to = encoded;

    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        unsigned bits = (unsigned)(unsigned char)plain[i] << 16;

        if (left > 1)
            bits |= (unsigned)(unsigned char)plain[i + 1] << 8;
        if (left > 2)
            bits |= (unsigned)(unsigned char)plain[i + 2];
        *to++ = ALPHABET[bits >> 18];
        *to++ = ALPHABET[bits >> 12 & 63];
        *to++ = left > 1 ? ALPHABET[bits >> 6 & 63] : '=';
        *to++ = left > 2 ? ALPHABET[bits & 63] : '=';
    }
    *to = '\0';
    return encoded;
}
