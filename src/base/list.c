#include "base/list.h"

#include <string.h>

void str_list_add_owned(StrList *list, char *text)
{
    LIST_PUSH(list, text);
}

void str_list_add(StrList *list, const char *text)
{
    str_list_add_owned(list, xstrdup(text));
}

void str_list_addf(StrList *list, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    str_list_add_owned(list, xvasprintf(fmt, args));
    va_end(args);
}

bool str_list_has(const StrList *list, const char *text)
{
    for (size_t i = 0; i < list->len; i++)
        if (text_eq(list->items[i], text))
            return true;
    return false;
}

void str_list_copy(const StrList *from, StrList *ret_to)
{
    StrList copy = {0};

    for (size_t i = 0; i < from->len; i++)
        str_list_add(&copy, from->items[i]);
    *ret_to = copy;
}

void str_list_clear(StrList *list)
{
    for (size_t i = 0; i < list->len; i++)
        free(list->items[i]);
    free(list->items);
    *list = (StrList){0};
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void str_list_sort(StrList *list)
{
    if (list->len > 1)
        qsort(list->items, list->len, sizeof *list->items, compare_text);
}

char *str_list_join(const StrList *list, const char *separator)
{
    size_t gap = strlen(separator);
    size_t size = 1;
    char *joined, *at;

    for (size_t i = 0; i < list->len; i++)
        size += strlen(list->items[i]) + gap;
    at = joined = xmalloc(size);
    for (size_t i = 0; i < list->len; i++) {
        if (i > 0)
            at = stpcpy(at, separator);
        at = stpcpy(at, list->items[i]);
    }
    *at = '\0';
    return joined;
}

void str_list_split(const char *text, char separator, StrList *ret_list)
{
    StrList list = {0};
    const char *start = text;

    for (const char *at = text;; at++) {
        if (*at && *at != separator)
            continue;
        str_list_add_owned(&list, xstrndup(start, (size_t)(at - start)));
        if (!*at)
            break;
        start = at + 1;
    }
    *ret_list = list;
}

static StrPair *find_pair(const StrMap *map, const char *key)
{
    for (size_t i = 0; i < map->len; i++)
        if (strcmp(map->items[i].key, key) == 0)
            return &map->items[i];
    return NULL;
}

void str_map_set(StrMap *map, const char *key, const char *value)
{
    StrPair *pair = find_pair(map, key);
    char *copy = xstrdup_null(value);

    if (pair) {
        free(pair->value);
        pair->value = copy;
        return;
    }
    LIST_PUSH(map, ((StrPair){xstrdup(key), copy}));
}

const char *str_map_get(const StrMap *map, const char *key)
{
    const StrPair *pair = find_pair(map, key);

    return pair ? pair->value : NULL;
}

bool str_map_has(const StrMap *map, const char *key)
{
    return find_pair(map, key) != NULL;
}

void str_map_copy(const StrMap *from, StrMap *ret_to)
{
    StrMap copy = {0};

    for (size_t i = 0; i < from->len; i++)
        str_map_set(&copy, from->items[i].key, from->items[i].value);
    *ret_to = copy;
}

void str_map_clear(StrMap *map)
{
    for (size_t i = 0; i < map->len; i++) {
        free(map->items[i].key);
        free(map->items[i].value);
    }
    free(map->items);
    *map = (StrMap){0};
}
