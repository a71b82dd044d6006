/* Values of a compose file that are secret by the name they stand under: of a key, in KEY=value, of
 * an option or of a variable with a default; and passwords in URLs. */

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/words.h"
#include "config/compose_parts.h"

#define SECRET_LEN_MIN 4 /* a shorter one would be found in every word */

static void add(StrList *secrets, const char *value)
{
    char *expanded = NULL;

    if (compose_expand(value, &expanded) && strlen(expanded) >= SECRET_LEN_MIN &&
        !secret_is_known_word(expanded) && !str_list_has(secrets, expanded))
        str_list_add(secrets, expanded);
    free(expanded);
}

/* --password=VALUE, PASSWORD=VALUE */
static void of_assignment(const char *text, StrList *secrets)
{
    size_t len = strcspn(text, "=: \t\n");
    AUTO(str) char *name = xstrndup(text, len);

    if (text[len] == '=' && secret_is_name(name))
        add(secrets, text + len + 1);
}

/* --password VALUE */
static void of_options(const StrList *words, StrList *secrets)
{
    for (size_t i = 0; i < words->len; i++) {
        of_assignment(words->items[i], secrets);
        if (words->items[i][0] == '-' && !strchr(words->items[i], '=') &&
            secret_is_name(words->items[i]) && i + 1 < words->len)
            add(secrets, words->items[i + 1]);
    }
}

/* ${TOKEN:-VALUE}, also without a colon */
static void of_defaults(const char *text, StrList *secrets)
{
    for (const char *at = strstr(text, "${"); at; at = strstr(at + 2, "${")) {
        size_t len = strcspn(at + 2, ":-?+}");
        AUTO(str) char *name = xstrndup(at + 2, len);
        const char *value = at + 2 + len + (at[2 + len] == ':' ? 1 : 0);
        AUTO(str) char *whole = NULL;

        if (*value != '-' || !secret_is_name(name))
            continue;
        whole = xstrndup(value + 1, strcspn(value + 1, "}"));
        add(secrets, whole);
    }
}

bool compose_defaults_are_plain(const char *text)
{
    AUTO(str_list) StrList secrets = {0};

    of_defaults(text, &secrets);
    return secrets.len == 0;
}

/* USER:PASSWORD@ of a URL, or what is alone before the @. */
static void of_login(const char *text, StrList *secrets)
{
    for (const char *at = strstr(text, "://"); at; at = strstr(at + 3, "://")) {
        const char *login = at + 3;
        size_t authority = strcspn(login, "/?# \t\n\"'");
        const char *end = login + authority;
        const char *colon = memchr(login, ':', authority);
        AUTO(str) char *password = NULL;

        while (end > login && *end != '@')
            end--;
        if (*end != '@')
            continue;
        if (colon && colon < end)
            login = colon + 1;
        password = xstrndup(login, (size_t)(end - login));
        add(secrets, password);
    }
}

static void of_text(const char *text, StrList *secrets)
{
    AUTO(str_list) StrList words = {0};

    error_ignore(words_split(text, &words)); /* one that is no command has one word */
    of_assignment(text, secrets);
    of_options(&words, secrets);
    of_defaults(text, secrets);
    of_login(text, secrets);
}

static void of_node(const Node *node, StrList *secrets)
{
    AUTO(str_list) StrList words = {0};

    if (node_is_text(node))
        of_text(node->text, secrets);
    for (size_t i = 0; i < node->items.len; i++) {
        of_node(node->items.items[i], secrets);
        if (node_is_text(node->items.items[i]))
            str_list_add(&words, node->items.items[i]->text);
    }
    of_options(&words, secrets);
    for (size_t i = 0; i < node->pairs.len; i++) {
        const NodePair *pair = &node->pairs.items[i];

        if (node_is_text(pair->value) && secret_is_name(pair->key))
            add(secrets, pair->value->text);
        of_node(pair->value, secrets);
    }
}

void compose_find_secrets(const Node *root, StrList *secrets)
{
    of_node(root, secrets);
}
