#include "verify/screen_secrets.h"

#include <ctype.h>
#include <string.h>

#include "base/secret.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
/* What ends a word in a line of the shell, in JSON, in a query and in a header. */
#define BETWEEN      " \t\r\n\"'`;&|()<>{}[],"
#define SECRET_WHOLE 8 /* bytes: a longer secret is one within other letters, too */
#define MIXED_MAX                                                                                  \
    11 /* letters and digits in turns: utf8mb4, java17, the start of a commit's id                 \
        */
#define DIGITS_MAX     17 /* the digits of a timestamp */
#define LETTERS_MAX    15 /* of one word that looks like no word */
#define CONSONANTS_MAX 6

/* --- known secrets and random text -------------------------------------------------------------*/

static bool is_alnum(char c)
{
    return isalnum((unsigned char)c) != 0;
}

static bool holds_secret(const StrList *secrets, const char *text)
{
    for (size_t i = 0; secrets && i < secrets->len; i++) {
        const char *secret = secrets->items[i];
        size_t len = strlen(secret);

        for (const char *at = strstr(text, secret); at; at = strstr(at + 1, secret))
            if (len >= SECRET_WHOLE || ((at == text || !is_alnum(at[-1])) && !is_alnum(at[len])))
                return true;
    }
    return false;
}

/* Capitals amid a word more often than camelCase has them, or what cannot be spoken. */
static bool is_unspeakable(const char *piece, size_t len)
{
    size_t switches = 0, run = 0, longest = 0;

    for (size_t i = 0; i < len; i++) {
        bool vowel = strchr("aeiouyAEIOUY", piece[i]) != NULL;

        run = vowel ? 0 : run + 1;
        longest = run > longest ? run : longest;
        switches +=
            i > 0 && !isupper((unsigned char)piece[i]) != !isupper((unsigned char)piece[i - 1]);
    }
    return longest > CONSONANTS_MAX || switches * 5 > len * 2;
}

/* One run of letters and digits. @return how many of them are of a mixture; all, when it is random
 * without one */
static size_t mixed_in(const char *piece, size_t len)
{
    size_t digits = 0;

    for (size_t i = 0; i < len; i++)
        digits += isdigit((unsigned char)piece[i]) != 0;
    if (digits == len)
        return len > DIGITS_MAX ? len : 0;
    if (digits > 0)
        return len;
    return len > LETTERS_MAX && is_unspeakable(piece, len) ? len : 0;
}

/* A key, a token, a UUID: - and _ may be within it. A version such as 1.2.3-rc1 is none. */
static bool is_random(const char *text)
{
    size_t mixed = 0;

    for (const char *at = text; *at;) {
        size_t len = strspn(at, ALNUM);

        mixed += mixed_in(at, len);
        if (mixed > MIXED_MAX)
            return true;
        at += len;
        if (*at && !strchr("-_+=", *at))
            mixed = 0;
        at += *at != '\0';
    }
    return false;
}

/* --- words
 * --------------------------------------------------------------------------------------*/

static bool is_one_of(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; word && i < count; i++)
        if (text_eq(word, list[i]))
            return true;
    return false;
}

/* $NAME or ${NAME}, which the container fills in; a switch. */
static bool is_harmless_value(const char *value)
{
    static const char *const SWITCHES[] = {"true", "false", "yes", "no", "on", "off", "none"};
    size_t brace = value[0] == '$' && value[1] == '{' ? 1 : 0;
    size_t len = strspn(value + 1 + brace, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    if (value[0] == '$' && len > 0 && !isdigit((unsigned char)value[1 + brace]))
        return text_eq(value + 1 + brace + len, brace ? "}" : "");
    for (size_t i = 0; i < COUNT_OF(SWITCHES); i++)
        if (text_eq_nocase(value, SWITCHES[i]))
            return true;
    return false;
}

/* SCHEME://USER@HOST, USER:PASSWORD@HOST, USER:PASSWORD@tcp(HOST). */
static bool has_login(const char *word)
{
    const char *at = strchr(word, '@');
    const char *url = strstr(word, "://");
    const char *colon = strchr(word, ':');

    return (url && strchr(url, '@')) || (at && colon && colon < at);
}

/* It only names where a secret stands. */
static bool is_name_of_place(const char *name)
{
    return text_ends(name, "file") || text_ends(name, "FILE") || text_ends(name, "path") ||
           text_ends(name, "PATH") || text_ends(name, "dir") || text_ends(name, "DIR");
}

/* NAME=VALUE, NAME:VALUE, wherever in the word. @param before  the word before it; NULL: none
 * @param after  the next one, which is the value when none is here; NULL: none */
static bool has_named_value(const char *word, const char *before, const char *after)
{
    /* npm run auth:migrate, artisan key:generate */
    static const char *const RUNNERS[] = {"run",  "artisan", "rake", "rails", "npm",
                                          "yarn", "pnpm",    "bun",  "task",  "make"};

    if (is_one_of(before, RUNNERS, COUNT_OF(RUNNERS)) && !strchr(word, '='))
        return false;
    for (const char *sign = strpbrk(word, "=:"); sign; sign = strpbrk(sign + 1, "=:")) {
        const char *start = sign, *value = sign + 1;
        AUTO(str) char *name = NULL;

        while (start > word && (is_alnum(start[-1]) || strchr("_-.", start[-1])))
            start--;
        name = xstrndup(start, (size_t)(sign - start));
        value += strspn(value, "=:");
        if (!secret_is_name(name) || is_name_of_place(name))
            continue;
        if (!*value)
            value = after;
        if (value && !is_harmless_value(value))
            return true;
    }
    return false;
}

/* --password VALUE, requirepass VALUE, "password" : VALUE */
static bool names_next(const char *word, const char *after)
{
    static const char *const BARE[] = {"password", "passwd",      "pass",       "secret",
                                       "token",    "identified",  "auth",       "bearer",
                                       "basic",    "requirepass", "masterauth", "apikey"};

    if (!after || is_harmless_value(after) || is_name_of_place(word))
        return false;
    if (word[0] == '-' && !strpbrk(word, "=:") && secret_is_name(word))
        return after[0] != '-';
    for (size_t i = 0; i < COUNT_OF(BARE); i++)
        if (text_eq_nocase(word, BARE[i]))
            return true;
    return secret_is_name(word) && (after[0] == ':' || after[0] == '=');
}

static bool is_port(const char *value)
{
    return *value && strlen(value) <= 5 && strspn(value, "0123456789:") == strlen(value);
}

/* A port, a folder, a script or a long option with one dash. */
static bool is_other_p(const char *word, const char *before, const char *value, bool attached)
{
    static const char *const BEFORE[] = {"mkdir", "cp", "node", "bun"};
    static const char *const LONG[] = {"-path",  "-port",   "-project",  "-profile", "-prefix",
                                       "-print", "-pretty", "-parallel", "-package", "-protocol"};
    AUTO(str) char *name = xstrndup(word, strcspn(word, "="));

    return is_port(value) || (!attached && is_one_of(before, BEFORE, COUNT_OF(BEFORE))) ||
           is_one_of(name, LONG, COUNT_OF(LONG));
}

static bool any_contains(const StrList *words, const char *const *parts, size_t count)
{
    for (size_t i = 0; i < words->len; i++)
        for (size_t k = 0; k < count; k++)
            if (text_contains_nocase(words->items[i], parts[k]))
                return true;
    return false;
}

/* The letters that clients take passwords by: -pPASSWORD of mysql and mongo, -a of redis-cli, -u of
 * curl, -P of sqlcmd. */
static bool is_client_password(const StrList *words, size_t at)
{
    static const char *const CLIENTS[] = {"mysql", "maria", "mongo"};
    static const char *const CLI[] = {"-cli"};
    const char *word = words->items[at];
    const char *before = at > 0 ? words->items[at - 1] : NULL;
    const char *after = at + 1 < words->len ? words->items[at + 1] : NULL;
    bool attached = word[0] && word[1] && word[2];
    const char *value = attached ? word + 2 : after;

    if (word[0] != '-' || word[1] == '-' || !value || is_harmless_value(value))
        return false;
    switch (word[1]) {
    case 'p':
    case 'P':
        if (!attached && strchr("-/.", value[0]))
            return false; /* mkdir -p ./data; mysql -p --host */
        if (any_contains(words, CLIENTS, COUNT_OF(CLIENTS)))
            return attached || word[1] == 'p';
        return !is_other_p(word, before, value, attached);
    case 'a':
        return any_contains(words, CLI, COUNT_OF(CLI));
    case 'u':
    case 'U':
        return strchr(value, ':') && strspn(value, "0123456789:") != strlen(value);
    default:
        return false;
    }
}

/* ${NAME} stays one word. */
static size_t word_length(const char *text)
{
    size_t len = 0;

    while (text[len] && !strchr(BETWEEN, text[len])) {
        len++;
        if (text[len - 1] == '$' && text[len] == '{') {
            len += strcspn(text + len, "}");
            len += text[len] == '}' ? 1 : 0;
        }
    }
    return len;
}

static void split(const char *text, StrList *words)
{
    while (*text) {
        size_t len = word_length(text);

        if (len > 0)
            str_list_add_owned(words, xstrndup(text, len));
        text += len > 0 ? len : 1;
    }
}

bool screen_words(const StrList *secrets, const StrList *given)
{
    AUTO(str_list) StrList words = {0};

    for (size_t i = 0; i < given->len; i++) {
        if (holds_secret(secrets, given->items[i]))
            return false;
        split(given->items[i], &words);
    }
    for (size_t i = 0; i < words.len; i++) {
        const char *word = words.items[i];
        const char *before = i > 0 ? words.items[i - 1] : NULL;
        const char *after = i + 1 < words.len ? words.items[i + 1] : NULL;

        if (has_login(word) || is_random(word) || has_named_value(word, before, after) ||
            names_next(word, after) || is_client_password(&words, i))
            return false;
    }
    return true;
}

bool screen_text(const StrList *secrets, const char *text)
{
    AUTO(str_list) StrList words = {0};

    str_list_add(&words, text);
    return screen_words(secrets, &words);
}

bool screen_image(const char *image)
{
    const char *at = strchr(image, '@');

    return image[strspn(image, ALNUM "._/:@-")] == '\0' && !strstr(image, "://") &&
           (!at || (text_starts(at, "@sha256:") && !strchr(at + 1, '@')));
}
