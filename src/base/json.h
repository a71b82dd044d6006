#pragma once
/* JSON through typed getters that know the path. Numbers are doubles: ids stay text. */

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "base/list.h"

DEFINE_AUTO(json, cJSON *, cJSON_Delete)

static inline void json_text_free(char *text)
{
    cJSON_free(text);
}

DEFINE_AUTO(json_text, char *, json_text_free)

/**
 * Parse a whole document.
 *
 * @param what  what it is, for messages: "reply", "report.json"
 * @return NULL, or ERR_PROTOCOL that names the line and column
 */
MUST_USE Error *json_parse(const char *text, size_t len, const char *what, cJSON **ret_root);

/** Values by dotted path: "State.ExitCode", "tags.0". Borrowed, NULL when absent. Does not descend
 * by keys that contain a dot: use json_member for those. */
const cJSON *json_at(const cJSON *root, const char *path);
/** One member by its exact, case-sensitive key; NULL when absent or not an object. Borrowed. */
const cJSON *json_member(const cJSON *object, const char *key);

/** @param what  names the document in errors: "reply.Id: wanted text, got null" (ERR_PROTOCOL) */
MUST_USE Error *json_get_str(const cJSON *root, const char *what, const char *path,
                             char **ret_text);
MUST_USE Error *json_get_i64(const cJSON *root, const char *what, const char *path,
                             int64_t *ret_value);
MUST_USE Error *json_get_bool(const cJSON *root, const char *what, const char *path,
                              bool *ret_value);

/** The same, absent or null allowed: a fallback instead of an error. Text is borrowed. */
const char *json_str_or(const cJSON *root, const char *path, const char *fallback);
int64_t json_i64_or(const cJSON *root, const char *path, int64_t fallback);
bool json_bool_or(const cJSON *root, const char *path, bool fallback);
/** Every text element of the array at path; none when absent. */
void json_str_list(const cJSON *root, const char *path, StrList *ret_list);

/* Building: end the program when out of memory. NULL text becomes JSON null. */
cJSON *json_object(void);
cJSON *json_array(void);
void json_set(cJSON *object, const char *key, cJSON *value); /* consumes value */
void json_set_str(cJSON *object, const char *key, const char *text);
void json_set_i64(cJSON *object, const char *key, int64_t value);
void json_set_bool(cJSON *object, const char *key, bool value);
void json_set_list(cJSON *object, const char *key, const StrList *list);
void json_push(cJSON *array, cJSON *value); /* consumes value */
void json_push_str(cJSON *array, const char *text);
/** Compact, or indented by two spaces with a final newline; caller frees with json_text_free. */
MUST_USE char *json_print(const cJSON *root, bool indented);
