#include "verify/image_changes.h"

#include <string.h>

#include "base/secret.h"
#include "base/words.h"

#define VALUE_MAX 300 /* bytes that are shown */

/* Caller frees; NULL in, NULL out. */
static char *cut(const char *value)
{
    if (!value || strlen(value) <= VALUE_MAX)
        return xstrdup_null(value);
    return xasprintf("%.*s...", VALUE_MAX, value);
}

static void compare(ImageChangeList *list, const char *what, const char *before, const char *after)
{
    AUTO(str) char *old = cut(before);
    AUTO(str) char *new = cut(after);

    if (!text_eq(before, after))
        image_change_add(list, what, NULL, old, new);
}

static const char *or_else(const char *value, const char *otherwise)
{
    return text_is_empty(value) ? otherwise : value;
}

static void compare_commands(ImageChangeList *list, const char *what, const StrList *before,
                             const StrList *after)
{
    AUTO(str) char *old = before->len > 0 ? words_join(before) : NULL;
    AUTO(str) char *new = after->len > 0 ? words_join(after) : NULL;

    compare(list, what, old, new);
}

/* The engine keeps sets in no order. */
static void compare_sets(ImageChangeList *list, const char *what, const StrList *before,
                         const StrList *after)
{
    AUTO(str_list) StrList olds = {0};
    AUTO(str_list) StrList news = {0};
    AUTO(str) char *old = NULL;
    AUTO(str) char *new = NULL;

    str_list_copy(before, &olds);
    str_list_copy(after, &news);
    str_list_sort(&olds);
    str_list_sort(&news);
    old = olds.len > 0 ? str_list_join(&olds, ", ") : NULL;
    new = news.len > 0 ? str_list_join(&news, ", ") : NULL;
    compare(list, what, old, new);
}

/* postgres://app:hunter2@db/notes. Whoever reads an image's settings has it; reports go further. */
static bool has_login(const char *value)
{
    const char *authority = strstr(value, "://");
    size_t len;

    if (!authority)
        return false;
    authority += strlen("://");
    len = strcspn(authority, "/?#");
    return memchr(authority, '@', len) != NULL;
}

/* Caller frees; NULL: the variable is not there. */
static char *shown(const char *name, const char *value)
{
    bool secret = value && *value &&
                  ((secret_is_name(name) && !secret_is_known_word(value)) || has_login(value));

    return secret ? xstrdup("***") : cut(value);
}

static void compare_variable(ImageChangeList *list, const char *name, const char *before,
                             const char *after)
{
    AUTO(str) char *old = shown(name, before);
    AUTO(str) char *new = shown(name, after);

    if (!text_eq(before, after))
        image_change_add(list, "environment", name, old, new);
}

static void compare_environments(ImageChangeList *list, const StrMap *before, const StrMap *after)
{
    for (size_t i = 0; i < before->len; i++)
        compare_variable(list, before->items[i].key, before->items[i].value,
                         str_map_get(after, before->items[i].key));
    for (size_t i = 0; i < after->len; i++)
        if (!str_map_has(before, after->items[i].key))
            compare_variable(list, after->items[i].key, NULL, after->items[i].value);
}

void image_changes(const EngineImage *before, const EngineImage *after, ImageChangeList *list)
{
    compare(list, "user", or_else(before->user, "root"), or_else(after->user, "root"));
    compare_sets(list, "volumes", &before->volumes, &after->volumes);
    compare_commands(list, "entrypoint", &before->entrypoint, &after->entrypoint);
    compare_commands(list, "command", &before->command, &after->command);
    compare(list, "working directory", or_else(before->workdir, "/"), or_else(after->workdir, "/"));
    compare_environments(list, &before->env, &after->env);
    compare_sets(list, "exposed ports", &before->exposed, &after->exposed);
    compare_commands(list, "health check", &before->healthcheck, &after->healthcheck);
}

void image_changes_files(const MigrationSet *before, const MigrationSet *after,
                         ImageChangeList *list)
{
    AUTO(str) char *old = xasprintf("%zu", before->len);
    AUTO(str) char *new = xasprintf("%zu", after->len);

    if (before->len > 0 && after->len > 0)
        compare(list, "migration files", old, new);
}
