#pragma once
/* Lists and small ordered maps of text. */

#include "base/text.h"

typedef struct StrList {
    char **items; /* owned */
    size_t len, cap;
} StrList;

/** Append a copy of text. */
void str_list_add(StrList *list, const char *text);
/** Append text itself: the list owns it now. */
void str_list_add_owned(StrList *list, char *text);
void str_list_addf(StrList *list, const char *fmt, ...) PRINTF(2, 3);
bool str_list_has(const StrList *list, const char *text);
void str_list_copy(const StrList *from, StrList *ret_to);
void str_list_clear(StrList *list);
void str_list_sort(StrList *list);
/** Items with the separator between them; caller frees. */
MUST_USE char *str_list_join(const StrList *list, const char *separator);
/** Split at every separator character; empty pieces are kept. */
void str_list_split(const char *text, char separator, StrList *ret_list);
DEFINE_AUTO_VALUE(str_list, StrList, str_list_clear)

typedef struct StrPair {
    char *key, *value; /* owned; value may be NULL */
} StrPair;

/* Insertion order is kept; keys are unique. */
typedef struct StrMap {
    StrPair *items;
    size_t len, cap;
} StrMap;

/** Set or replace; copies both. */
void str_map_set(StrMap *map, const char *key, const char *value);
/** Borrowed value, or NULL when the key is absent. */
const char *str_map_get(const StrMap *map, const char *key);
bool str_map_has(const StrMap *map, const char *key);
void str_map_copy(const StrMap *from, StrMap *ret_to);
void str_map_clear(StrMap *map);
DEFINE_AUTO_VALUE(str_map, StrMap, str_map_clear)
