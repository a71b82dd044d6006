#include "base/json.h"

#include <math.h>
#include <string.h>

#include "base/buffer.h"

static const char *type_name(const cJSON *item)
{
    if (!item)
        return "nothing";
    switch (item->type & 0xff) {
    case cJSON_NULL:
        return "null";
    case cJSON_False:
    case cJSON_True:
        return "a boolean";
    case cJSON_Number:
        return "a number";
    case cJSON_String:
        return "text";
    case cJSON_Array:
        return "a list";
    default:
        return "an object";
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

Error *json_parse(const char *text, size_t len, const char *what, cJSON **ret_root)
{
    const char *end = NULL;
    cJSON *root = cJSON_ParseWithLengthOpts(text ? text : "", len, &end, 0);
    size_t line = 1, column = 1;

    while (root && (size_t)(end - text) < len && is_blank(*end)) /* no NUL need follow the text */
        end++;
    if (root && (size_t)(end - text) >= len) {
        *ret_root = root;
        return NULL;
    }
    cJSON_Delete(root);
    for (const char *at = text; at && at < end; at++) {
        column = *at == '\n' ? 1 : column + 1;
        line += *at == '\n';
    }
    return error_new(ERR_PROTOCOL, 0, "%s:%zu:%zu: not JSON", what, line, column);
}

const cJSON *json_member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

const cJSON *json_at(const cJSON *root, const char *path)
{
    const cJSON *item = root;

    while (item && *path) {
        size_t len = strcspn(path, ".");
        AUTO(str) char *key = xstrndup(path, len);

        if (cJSON_IsArray(item)) {
            uint64_t index;
            AUTO(error) Error *err = parse_u64(key, 0, 1U << 30, &index);

            item = err ? NULL : cJSON_GetArrayItem(item, (int)index);
        } else {
            item = json_member(item, key);
        }
        path += len + (path[len] == '.');
    }
    return item;
}

static Error *wrong_type(const cJSON *item, const char *what, const char *path, const char *wanted)
{
    return error_new(ERR_PROTOCOL, 0, "%s.%s: wanted %s, got %s", what, path, wanted,
                     type_name(item));
}

Error *json_get_str(const cJSON *root, const char *what, const char *path, char **ret_text)
{
    const cJSON *item = json_at(root, path);

    if (!cJSON_IsString(item))
        return wrong_type(item, what, path, "text");
    *ret_text = xstrdup(item->valuestring);
    return NULL;
}

/* 2^53: the doubles below it hold every whole number */
static bool is_whole(const cJSON *item)
{
    return cJSON_IsNumber(item) && fabs(item->valuedouble) <= 9007199254740992.0 &&
           trunc(item->valuedouble) == item->valuedouble;
}

Error *json_get_i64(const cJSON *root, const char *what, const char *path, int64_t *ret_value)
{
    const cJSON *item = json_at(root, path);

    if (!is_whole(item))
        return wrong_type(item, what, path, "a whole number");
    *ret_value = (int64_t)item->valuedouble;
    return NULL;
}

Error *json_get_bool(const cJSON *root, const char *what, const char *path, bool *ret_value)
{
    const cJSON *item = json_at(root, path);

    if (!cJSON_IsBool(item))
        return wrong_type(item, what, path, "a boolean");
    *ret_value = cJSON_IsTrue(item);
    return NULL;
}

const char *json_str_or(const cJSON *root, const char *path, const char *fallback)
{
    const cJSON *item = json_at(root, path);

    return cJSON_IsString(item) ? item->valuestring : fallback;
}

int64_t json_i64_or(const cJSON *root, const char *path, int64_t fallback)
{
    const cJSON *item = json_at(root, path);

    return is_whole(item) ? (int64_t)item->valuedouble : fallback;
}

bool json_bool_or(const cJSON *root, const char *path, bool fallback)
{
    const cJSON *item = json_at(root, path);

    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : fallback;
}

void json_str_list(const cJSON *root, const char *path, StrList *ret_list)
{
    const cJSON *array = json_at(root, path);
    const cJSON *item;
    StrList list = {0};

    if (cJSON_IsArray(array))
        cJSON_ArrayForEach(item, array) if (cJSON_IsString(item))
            str_list_add(&list, item->valuestring);
    *ret_list = list;
}

static cJSON *checked(cJSON *item)
{
    if (!item) {
        (void)fputs("seatrial: out of memory\n", stderr);
        abort();
    }
    return item;
}

cJSON *json_object(void)
{
    return checked(cJSON_CreateObject());
}

cJSON *json_array(void)
{
    return checked(cJSON_CreateArray());
}

void json_set(cJSON *object, const char *key, cJSON *value)
{
    if (!cJSON_AddItemToObject(object, key, checked(value)))
        checked(NULL);
}

void json_set_str(cJSON *object, const char *key, const char *text)
{
    json_set(object, key, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

void json_set_i64(cJSON *object, const char *key, int64_t value)
{
    json_set(object, key, cJSON_CreateNumber((double)value));
}

void json_set_bool(cJSON *object, const char *key, bool value)
{
    json_set(object, key, cJSON_CreateBool(value));
}

void json_set_list(cJSON *object, const char *key, const StrList *list)
{
    cJSON *array = json_array();

    for (size_t i = 0; i < list->len; i++)
        json_push_str(array, list->items[i]);
    json_set(object, key, array);
}

void json_push(cJSON *array, cJSON *value)
{
    if (!cJSON_AddItemToArray(array, checked(value)))
        checked(NULL);
}

void json_push_str(cJSON *array, const char *text)
{
    json_push(array, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

/* cJSON indents with tabs; two spaces read better in a terminal. Newlines and tabs inside text are
 * escaped by the printer, so raw ones are its own layout. */
static char *indent_with_spaces(const char *text)
{
    AUTO(buf) Buf out = {0};

    for (const char *at = text; *at;) {
        size_t len = strcspn(at, "\t");

        if (len > 0) {
            Error *err = buf_append(&out, at, len);

            error_ignore(err); /* no cap on this buffer */
        }
        at += len;
        if (*at == '\t') {
            buf_adds(&out, at > text && (at[-1] == '\n' || at[-1] == '\t') ? "  " : " ");
            at++;
        }
    }
    buf_adds(&out, "\n");
    return buf_take(&out);
}

char *json_print(const cJSON *root, bool indented)
{
    char *text = indented ? cJSON_Print(root) : cJSON_PrintUnformatted(root);
    char *spaced;

    if (!text)
        checked(NULL);
    if (!indented)
        return text;
    spaced = indent_with_spaces(text);
    cJSON_free(text);
    return spaced;
}
