#include "database/app_env.h"

void app_env_add_missing(const StrMap *from, StrMap *env)
{
    for (size_t i = 0; i < from->len; i++)
        if (!str_map_has(env, from->items[i].key))
            str_map_set(env, from->items[i].key, from->items[i].value);
}

static char *filled_in(const char *text, const StrMap *templates)
{
    char *filled = xstrdup(text);

    for (size_t i = 0; i < templates->len; i++) {
        char *next = text_replace(filled, templates->items[i].key, templates->items[i].value);

        free(filled);
        filled = next;
    }
    return filled;
}

void app_env_fill(const StrMap *templates, StrMap *env)
{
    for (size_t i = 0; i < env->len; i++) {
        char *value = filled_in(env->items[i].value ? env->items[i].value : "", templates);

        free(env->items[i].value);
        env->items[i].value = value;
    }
}
