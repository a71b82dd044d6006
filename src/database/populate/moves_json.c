/* JSON: the value at a path is to be another. */

#include <ctype.h>
#include <string.h>

#include "database/populate/moves_parts.h"

enum { KEYS_MAX = 6 };

/* Where a node reads within another. */
typedef struct Path {
    const PopNode *root;
    StrList keys; /* as SQL literals; "0" of an array's element */
} Path;

static void path_clear(Path *path)
{
    str_list_clear(&path->keys);
}

DEFINE_AUTO_VALUE(path, Path, path_clear)

static bool is_arrow(const PopNode *node)
{
    static const char *const arrows[] = {"->", "->>", "#>", "#>>"};

    for (size_t i = 0; i < COUNT_OF(arrows); i++)
        if (node->kind == NODE_BINARY && text_eq(node->op, arrows[i]))
            return true;
    return false;
}

/* "{a,b}" and "$.a.b": each key. */
static void add_keys(Path *path, const char *text)
{
    AUTO(str_list) StrList keys = {0};
    bool braces = text[0] == '{';
    const char *at = braces ? text + 1 : text_starts(text, "$") ? text + 1 : text;

    str_list_split(at, braces ? ',' : '.', &keys);
    for (size_t i = 0; i < keys.len; i++) {
        char *key = keys.items[i];

        key[strcspn(key, "}[\"")] = '\0';
        if (key[0] && isdigit((unsigned char)key[strspn(key, "0123456789")]) == 0 &&
            strspn(key, "0123456789") == strlen(key))
            str_list_add(&path->keys, key);
        else if (key[0])
            str_list_addf(&path->keys, "'%s'", key);
    }
}

static void path_read(const PopNode *node, bool postgres, Path *path)
{
    AUTO(str) char *text = NULL;

    if (node->kind == NODE_CAST && node->len == 1 && node->items[0]->kind != NODE_COLUMN) {
        path_read(node->items[0], postgres, path);
        return;
    }
    path->root = node;
    if (is_arrow(node)) {
        path_read(node->items[0], postgres, path);
        text = pop_node_text(node->items[1]);
        if (text && (node->op[0] == '#' || text_starts(text, "$")))
            add_keys(path, text);
        else if (text)
            str_list_addf(&path->keys, "'%s'", text);
        else
            str_list_add(&path->keys, "0");
    } else if (node->kind == NODE_CALL && node->len > 1 &&
               (text_starts(node->op, "json_extract") || text_starts(node->op, "jsonb_extract"))) {
        path_read(node->items[0], postgres, path);
        for (size_t i = 1; i < node->len; i++) {
            AUTO(str) char *key = pop_node_text(node->items[i]);

            if (key && postgres)
                str_list_addf(&path->keys, "'%s'", key);
            else if (key)
                add_keys(path, key);
        }
    }
}

/* The document with the leaf at the keys from at on. */
static char *with_leaf(const Path *path, size_t at, const char *base, const char *leaf)
{
    AUTO(str) char *inner = NULL, *deeper = NULL;

    if (at >= path->keys.len)
        return xstrdup(leaf);
    deeper = xasprintf("(%s -> %s)", base, path->keys.items[at]);
    inner = with_leaf(path, at + 1, deeper, leaf);
    if (path->keys.items[at][0] != '\'')
        return xasprintf("jsonb_build_array(%s)", inner);
    return xasprintf("(CASE WHEN jsonb_typeof(%s) = 'object' THEN %s ELSE '{}' END || "
                     "jsonb_build_object(%s, %s))",
                     base, base, path->keys.items[at], inner);
}

/* SQLite makes no objects on the way to a leaf. */
static char *sqlite_with_leaf(const Path *path, const char *base, const char *leaf)
{
    char *document = xasprintf("(CASE WHEN json_valid(%s) THEN %s ELSE '{}' END)", base, base);
    AUTO(str) char *where = xstrdup("$");

    for (size_t i = 0; i < path->keys.len; i++) {
        AUTO(str) char *before = document, *parent = where;
        bool last = i + 1 == path->keys.len;

        if (path->keys.items[i][0] == '\'')
            where = xasprintf("%s.%.*s", parent, (int)strlen(path->keys.items[i]) - 2,
                              path->keys.items[i] + 1);
        else
            where = xasprintf("%s[%s]", parent, path->keys.items[i]);
        document = xasprintf("json_%s(%s, '%s', %s)", last ? "set" : "insert", before, where,
                             last ? leaf : "json('{}')");
    }
    return document;
}

static void put(PopMover *mover, const Path *path, const char *leaf)
{
    AUTO(str) char *base = NULL, *document = NULL;

    if (path->keys.len > KEYS_MAX)
        return;
    base = mover->context->postgres ? xasprintf("CAST(%s AS jsonb)", path->root->sql)
                                    : xstrdup(path->root->sql);
    document = path->keys.len == 0        ? xstrdup(leaf)
               : mover->context->postgres ? with_leaf(path, 0, base, leaf)
                                          : sqlite_with_leaf(path, base, leaf);
    pop_move_reach(mover, path->root, document);
}

static bool is_text(const char *value)
{
    return value[strspn(value, "( ")] == '\'';
}

/* Values of each type that jsonb_typeof and json_type know. */
static const struct {
    const char *type, *json;
} SAMPLES[] = {
    {"object", "{\"name\": \"amber\"}"},
    {"object", "{}"},
    {"array", "[\"amber\"]"},
    {"array", "[1]"},
    {"array", "[]"},
    {"array", "[{\"name\": \"amber\"}]"},
    {"number", "1"},
    {"integer", "1"},
    {"real", "1.5"},
    {"string", "\"amber\""},
    {"text", "\"amber\""},
    {"boolean", "true"},
    {"true", "true"},
    {"false", "false"},
    {"null", "null"},
};

static void put_typed(PopMover *mover, const Path *path, const char *value)
{
    for (size_t i = 0; i < COUNT_OF(SAMPLES); i++) {
        AUTO(str) char *name = xasprintf("'%s'", SAMPLES[i].type);
        AUTO(str) char *leaf = NULL;

        if (!strstr(value, name))
            continue;
        leaf = mover->context->postgres ? xasprintf("CAST('%s' AS jsonb)", SAMPLES[i].json)
                                        : xasprintf("json('%s')", SAMPLES[i].json);
        put(mover, path, leaf);
    }
}

/* An array of that many. */
static void put_length(PopMover *mover, const Path *path, const char *value)
{
    static const char *const elements[] = {"CAST('amber' AS text)", "1"};

    for (size_t i = 0; i < COUNT_OF(elements) && mover->context->postgres; i++) {
        AUTO(str)
        char *leaf =
            xasprintf("to_jsonb(array_fill(%s, ARRAY[CAST(%s AS integer)]))", elements[i], value);

        put(mover, path, leaf);
    }
    if (!mover->context->postgres) {
        AUTO(str)
        char *leaf = xasprintf("json('[' || substr(replace(hex(zeroblob(%s)), '00', ',1'), 2) || "
                               "']')",
                               value);

        put(mover, path, leaf);
    }
}

/* json_type(a, '$.b'), jsonb_typeof(a -> 'b'): true where the call is one of these. */
static bool of_call(PopMover *mover, const PopNode *node, const char *value)
{
    bool typed = text_ends(node->op, "_typeof") || text_eq(node->op, "json_type");
    AUTO(path) Path path = {0};
    AUTO(str) char *key = NULL;

    if ((!typed && !text_ends(node->op, "_array_length")) || node->len == 0)
        return false;
    path_read(node->items[0], mover->context->postgres, &path);
    key = node->len > 1 ? pop_node_text(node->items[1]) : NULL;
    if (key)
        add_keys(&path, key);
    if (typed)
        put_typed(mover, &path, value);
    else
        put_length(mover, &path, value);
    return true;
}

bool pop_move_json(PopMover *mover, const PopNode *node, const char *value)
{
    AUTO(path) Path path = {0};
    AUTO(str) char *leaf = NULL;

    if (node->kind == NODE_CALL && of_call(mover, node, value))
        return true;
    path_read(node, mover->context->postgres, &path);
    if (path.keys.len == 0)
        return false;
    leaf = !mover->context->postgres ? xstrdup(value)
           : is_text(value)          ? xasprintf("to_jsonb(CAST(%s AS text))", value)
                                     : xasprintf("to_jsonb(%s)", value);
    put(mover, &path, leaf);
    if (is_text(value) && mover->context->postgres) { /* '5' of a number, '[]' of an array */
        AUTO(str) char *json = xasprintf("CAST(%s AS jsonb)", value);

        put(mover, &path, json);
    }
    return true;
}
