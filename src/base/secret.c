#include "base/secret.h"

#include <ctype.h>
#include <pthread.h>
#include <string.h>

#include "base/list.h"

#define LINE_MIN 8 /* bytes: shorter lines of a longer secret are ordinary text */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static StrList secrets; /* longest first */

static bool is_plain_word(const char *value)
{
    static const char *const WORDS[] = {"true",       "false",       "none", "null",
                                        "production", "development", "test", "localhost"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_eq_nocase(value, WORDS[i]))
            return true;
    return false;
}

bool secret_is_name(const char *name)
{
    static const char *const SIGNS[] = {"pass", "pwd",    "secret", "token",    "key",
                                        "auth", "salt",   "cred",   "priv",     "cert",
                                        "dsn",  "cookie", "bearer", "signature"};

    for (size_t i = 0; i < COUNT_OF(SIGNS); i++)
        if (text_contains_nocase(name, SIGNS[i]))
            return true;
    return false;
}

bool secret_is_known_word(const char *value)
{
    static const char *const WORDS[] = {"yes",  "no",       "on",    "off",     "root",  "admin",
                                        "user", "postgres", "mysql", "mariadb", "redis", "info"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_eq_nocase(value, WORDS[i]))
            return true;
    return is_plain_word(value) ||
           (strlen(value) <= 5 && strspn(value, "0123456789") == strlen(value));
}

static void add_one(const char *value)
{
    if (strlen(value) < 4 || is_plain_word(value))
        return;
    (void)pthread_mutex_lock(&lock);
    if (!str_list_has(&secrets, value)) {
        str_list_add(&secrets, value);
        for (size_t i = secrets.len - 1;
             i > 0 && strlen(secrets.items[i]) > strlen(secrets.items[i - 1]); i--) {
            char *shorter = secrets.items[i - 1];

            secrets.items[i - 1] = secrets.items[i];
            secrets.items[i] = shorter;
        }
    }
    (void)pthread_mutex_unlock(&lock);
}

/* The end of a log may hold some lines of a key and not the others. */
static void add_lines(const char *value)
{
    AUTO(str_list) StrList lines = {0};

    str_list_split(value, '\n', &lines);
    for (size_t i = 0; i < lines.len; i++) {
        AUTO(str) char *line = text_trim(lines.items[i]);

        if (strlen(line) >= LINE_MIN)
            add_one(line);
    }
}

void secret_add(const char *value)
{
    if (!value)
        return;
    add_one(value);
    if (strchr(value, '\n'))
        add_lines(value);
}

static int hex_value(char digit)
{
    static const char DIGITS[] = "0123456789abcdef";
    const char *at = digit ? strchr(DIGITS, tolower((unsigned char)digit)) : NULL;

    return at ? (int)(at - DIGITS) : -1;
}

/* "p%40ss" as a program logs it that took the URL apart: "p@ss". Caller frees. */
static char *percent_decoded(const char *text)
{
    char *decoded = xstrdup(text), *to = decoded;

    for (const char *at = text; *at; at++) {
        int high = *at == '%' ? hex_value(at[1]) : -1;
        int low = high >= 0 ? hex_value(at[2]) : -1;

        *to++ = low >= 0 ? (char)(high * 16 + low) : *at;
        at += low >= 0 ? 2 : 0;
    }
    *to = '\0';
    return decoded;
}

void secret_add_url(const char *url)
{
    const char *user, *at, *colon;

    if (!url || !(user = strstr(url, "://")))
        return;
    user += 3;
    at = user + strcspn(user, "/?#");
    while (at > user && *at != '@') /* the last @ of the authority ends the user information */
        at--;
    colon = memchr(user, ':', (size_t)(at - user));
    if (*at == '@' && colon) {
        AUTO(str) char *password = xstrndup(colon + 1, (size_t)(at - colon - 1));
        AUTO(str) char *decoded = percent_decoded(password);

        secret_add(password);
        secret_add(decoded);
        secret_add(url);
    }
}

char *secret_mask(const char *text)
{
    char *masked = xstrdup(text);

    (void)pthread_mutex_lock(&lock);
    for (size_t i = 0; i < secrets.len; i++) {
        char *next;

        if (!strstr(masked, secrets.items[i]))
            continue;
        next = text_replace(masked, secrets.items[i], "***");
        free(masked);
        masked = next;
    }
    (void)pthread_mutex_unlock(&lock);
    return masked;
}

void secret_clear(void)
{
    (void)pthread_mutex_lock(&lock);
    str_list_clear(&secrets);
    (void)pthread_mutex_unlock(&lock);
}
