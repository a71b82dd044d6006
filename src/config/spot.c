#include "config/spot.h"

#include <string.h>

#include "base/words.h"

Spot spot_of(const Loader *loader, const char *key, size_t line, size_t column)
{
    return (Spot){key, xasprintf("%s:%zu:%zu: %s", loader->file_name, line, column, key)};
}

Spot spot_of_node(const Loader *loader, const char *key, const Node *node)
{
    return spot_of(loader, key, node->line, node->column);
}

void spot_clear(Spot *spot)
{
    free(spot->where);
    *spot = (Spot){0};
}

Place spot_place(const Loader *loader, const Spot *spot)
{
    return (Place){loader->document_layer, spot->where, loader->folder};
}

Error *spot_wrong_kind(const Spot *spot, const char *wanted, const Node *node)
{
    return error_new(ERR_INVALID, 0, "%s: wanted %s, found %s", spot->where, wanted,
                     node_kind_name(node));
}

/* --- maps of fixed keys -------------------------------------------------------------------------
 */

static Error *unknown_key(const Loader *loader, const Spot *spot, const NodePair *pair,
                          const KeyReader *readers, size_t count)
{
    AUTO(str) char *key = xasprintf("%s.%s", spot->key, pair->key);
    AUTO(spot) Spot at = spot_of(loader, key, pair->line, pair->column);
    AUTO(str_list) StrList known = {0};
    AUTO(str) char *hint = NULL;

    for (size_t i = 0; i < count; i++)
        str_list_add(&known, readers[i].key);
    hint = loader_hint(pair->key, (const char *const *)known.items, known.len);
    return error_new(ERR_INVALID, 0, "%s: unknown key%s", at.where, hint);
}

static Error *read_pair(const Loader *loader, const Spot *spot, const NodePair *pair,
                        const KeyReader *readers, size_t count, void *target)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(str) char *key = xasprintf("%s.%s", spot->key, pair->key);
        AUTO(spot) Spot at = spot_of_node(loader, key, pair->value);

        if (text_eq(pair->key, readers[i].key))
            return readers[i].read(loader, &at, pair->value, target);
    }
    return unknown_key(loader, spot, pair, readers, count);
}

Error *spot_read_map(const Loader *loader, const Spot *spot, const Node *map,
                     const KeyReader *readers, size_t count, void *target)
{
    if (map->kind != NODE_MAP)
        return spot_wrong_kind(spot, "a map", map);
    for (size_t i = 0; i < map->pairs.len; i++)
        TRY(read_pair(loader, spot, &map->pairs.items[i], readers, count, target));
    return NULL;
}

/* --- values -------------------------------------------------------------------------------------
 */

Error *spot_read_text(const Spot *spot, const Node *node, const char *wanted, char **ret_text)
{
    if (!node_is_text(node))
        return spot_wrong_kind(spot, wanted, node);
    if (!*node->text)
        return error_new(ERR_INVALID, 0, "%s: wanted %s, found nothing", spot->where, wanted);
    free(*ret_text);
    *ret_text = xstrdup(node->text);
    return NULL;
}

Error *spot_read_words(const Loader *loader, const Spot *spot, const Node *node, StrList *ret_words)
{
    AUTO(str_list) StrList words = {0};
    static const char *const WANTED = "a command, as text or a list of words";

    if (node_is_text(node))
        TRY_CTX(words_split(node->text, &words), "%s", spot->where);
    else if (node->kind != NODE_LIST)
        return spot_wrong_kind(spot, WANTED, node);
    for (size_t i = 0; i < node->items.len; i++) {
        AUTO(spot) Spot at = spot_of_node(loader, spot->key, node->items.items[i]);

        if (!node_is_text(node->items.items[i]))
            return spot_wrong_kind(&at, WANTED, node->items.items[i]);
        str_list_add(&words, node->items.items[i]->text);
    }
    if (words.len == 0)
        return error_new(ERR_INVALID, 0, "%s: wanted a command, found nothing", spot->where);
    str_list_clear(ret_words);
    *ret_words = words;
    words = (StrList){0};
    return NULL;
}

Error *spot_read_number(const Spot *spot, const Node *node, const char *wanted, uint64_t min,
                        uint64_t max, int64_t *ret_number)
{
    uint64_t number = 0;

    if (!node_is_text(node))
        return spot_wrong_kind(spot, wanted, node);
    TRY_CTX(parse_u64(node->text, min, max, &number), "%s", spot->where);
    *ret_number = (int64_t)number;
    return NULL;
}

Error *spot_read_pairs(const Loader *loader, const Spot *spot, const Node *node, StrMap *ret_pairs)
{
    if (node_is_null(node)) /* a heading whose entries are commented out */
        return NULL;
    if (node->kind != NODE_MAP)
        return spot_wrong_kind(spot, "a map of KEY: value", node);
    for (size_t i = 0; i < node->pairs.len; i++) {
        const NodePair *pair = &node->pairs.items[i];
        AUTO(str) char *key = xasprintf("%s.%s", spot->key, pair->key);
        AUTO(spot) Spot at = spot_of_node(loader, key, pair->value);

        if (pair->value->kind != NODE_TEXT)
            return spot_wrong_kind(&at, "text", pair->value);
        TRY(loader_put_pair(loader, at.where, pair->key,
                            node_is_null(pair->value) ? NULL : pair->value->text, ret_pairs));
    }
    return NULL;
}
