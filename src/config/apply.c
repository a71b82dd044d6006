/* A YAML document into settings: which key is which, and what may stand there. */

#include <string.h>

#include "config/parts.h"

static const char *wanted_of(const Setting *setting)
{
    switch (setting->kind) {
    case SETTING_CHOICE:
        return "one word";
    case SETTING_BOOL:
        return "true or false";
    case SETTING_NUMBER:
    case SETTING_COUNT:
        return "a whole number";
    case SETTING_DURATION:
        return "a duration such as 30s or 10m";
    case SETTING_SIZE:
        return "a size such as 512m or 2g";
    case SETTING_URL:
        return "a URL";
    case SETTING_PATH:
    case SETTING_INNER_PATH:
        return "a path";
    case SETTING_OWNER:
        return "UID:GID";
    case SETTING_JOINED:
    case SETTING_LIST:
    case SETTING_PATHS:
        return "text or a list of texts";
    case SETTING_WORDS:
        return "a command, as text or a list of words";
    case SETTING_MAP:
        return "a map of KEY: value";
    case SETTING_CHECKS:
        return "a map of check: level";
    case SETTING_ALLOW:
        return "a list of maps";
    case SETTING_READY:
        return "a map such as {tcp: 3306}";
    case SETTING_SERVICES:
        return "a map of NAME: {image: ...}";
    case SETTING_REPORT:
        return "FORMAT=PATH or a list of such";
    case SETTING_TEXT:
        break;
    }
    return "text";
}

/* --- settings that are lists or maps ------------------------------------------------------------
 */

/* Texts of a list. */
static Error *list_texts(const Loader *loader, const Setting *setting, const Spot *spot,
                         const Node *node, StrList *texts)
{
    for (size_t i = 0; i < node->items.len; i++) {
        const Node *item = node->items.items[i];
        AUTO(spot) Spot at = spot_of_node(loader, spot->key, item);

        if (!node_is_text(item))
            return spot_wrong_kind(&at, wanted_of(setting), item);
        str_list_add(texts, item->text);
    }
    return NULL;
}

static Error *apply_list(Loader *loader, const Setting *setting, const Spot *spot, const Node *node)
{
    AUTO(str_list) StrList texts = {0};
    AUTO(str) char *joined = NULL;
    Place place = spot_place(loader, spot);

    TRY(list_texts(loader, setting, spot, node, &texts));
    if (setting->kind == SETTING_WORDS)
        return loader_set_words(loader, setting, &place, &texts);
    if (setting->kind == SETTING_JOINED) {
        joined = str_list_join(&texts, ", ");
        return loader_set_text(loader, setting, &place, joined);
    }
    loader_note(loader, setting, &place); /* an empty list is given too */
    for (size_t i = 0; i < texts.len; i++)
        TRY(loader_set_text(loader, setting, &place, texts.items[i]));
    return NULL;
}

/* Entries of env and args, levels of checks. */
static Error *apply_pairs(Loader *loader, const Setting *setting, const Spot *spot,
                          const Node *node)
{
    for (size_t i = 0; i < node->pairs.len; i++) {
        const NodePair *pair = &node->pairs.items[i];
        AUTO(str) char *key = xasprintf("%s.%s", spot->key, pair->key);
        AUTO(spot) Spot at = spot_of_node(loader, key, pair->value);
        Place place = spot_place(loader, &at);

        if (pair->value->kind != NODE_TEXT)
            return spot_wrong_kind(&at, "text", pair->value);
        if (setting->kind == SETTING_CHECKS)
            TRY(loader_set_check(loader, setting, &place, pair->key, pair->value->text));
        else
            TRY(loader_set_pair(loader, setting, &place, pair->key,
                                node_is_null(pair->value) ? NULL : pair->value->text));
    }
    return NULL;
}

static const char *const ALLOW_KEYS[] = {"check", "table", "column", "from", "until", "reason"};

/* NULL when an accepted finding has no such key. */
static char **allow_field(AllowSettings *allow, const char *key)
{
    char **const fields[] = {&allow->check, &allow->table, &allow->column,
                             &allow->from,  &allow->until, &allow->reason};

    for (size_t i = 0; i < COUNT_OF(ALLOW_KEYS); i++)
        if (text_eq(ALLOW_KEYS[i], key))
            return fields[i];
    return NULL;
}

static Error *apply_allow_pair(const Loader *loader, const Spot *spot, const NodePair *pair,
                               AllowSettings *allow)
{
    char **field = allow_field(allow, pair->key);
    AUTO(str) char *key = xasprintf("%s.%s", spot->key, pair->key);
    AUTO(spot)
    Spot at = spot_of(loader, key, field ? pair->value->line : pair->line,
                      field ? pair->value->column : pair->column);

    if (!field) {
        AUTO(str) char *hint = loader_hint(pair->key, ALLOW_KEYS, COUNT_OF(ALLOW_KEYS));

        return error_new(ERR_INVALID, 0, "%s: unknown key%s", at.where, hint);
    }
    if (!node_is_text(pair->value))
        return spot_wrong_kind(&at, "text", pair->value);
    if (!*pair->value->text)
        return error_new(ERR_INVALID, 0, "%s: wanted text, found nothing", at.where);
    if (field == &allow->check)
        TRY(loader_check_id(loader, at.where, pair->value->text));
    *field = xstrdup(pair->value->text);
    return NULL;
}

static Error *apply_allow(Loader *loader, const Setting *setting, const Spot *spot,
                          const Node *node)
{
    AUTO(allow_settings) AllowSettings allow = {0};
    Place place = spot_place(loader, spot);

    if (node->kind != NODE_MAP)
        return spot_wrong_kind(spot, "a map with check and reason", node);
    for (size_t i = 0; i < node->pairs.len; i++)
        TRY(apply_allow_pair(loader, spot, &node->pairs.items[i], &allow));
    if (!allow.check)
        return error_new(ERR_INVALID, 0, "%s: wanted the check that is accepted, found none",
                         spot->where);
    if (!allow.reason)
        return error_new(ERR_INVALID, 0, "%s: wanted a reason, found none", spot->where);
    loader_add_allow(loader, setting, &place, &allow);
    return NULL;
}

static Error *apply_allow_list(Loader *loader, const Setting *setting, const Spot *spot,
                               const Node *node)
{
    if (node->kind != NODE_LIST)
        return apply_allow(loader, setting, spot, node);
    for (size_t i = 0; i < node->items.len; i++) {
        const Node *item = node->items.items[i];
        AUTO(spot) Spot at = spot_of_node(loader, spot->key, item);

        TRY(apply_allow(loader, setting, &at, item));
    }
    return NULL;
}

/* --- settings with keys of their own ------------------------------------------------------------
 */

static bool has_keys(const Setting *setting)
{
    return setting->kind == SETTING_ALLOW || setting->kind == SETTING_READY ||
           setting->kind == SETTING_SERVICES;
}

static Error *apply_keys(Loader *loader, const Setting *setting, const Spot *spot, const Node *node)
{
    Place place = spot_place(loader, spot);

    if (setting->kind == SETTING_ALLOW)
        return apply_allow_list(loader, setting, spot, node);
    TRY(loader_need_database(loader, setting, &place));
    if (setting->kind == SETTING_READY)
        TRY(ready_read(loader, spot, node, text_starts(setting->key, "start."),
                       loader_field(loader, setting)));
    else
        TRY(services_read(loader, spot, node, loader_field(loader, setting)));
    loader_note(loader, setting, &place);
    return NULL;
}

/* --- one setting --------------------------------------------------------------------------------
 */

static bool takes_list(const Setting *setting)
{
    return setting->kind == SETTING_LIST || setting->kind == SETTING_PATHS ||
           setting->kind == SETTING_REPORT || setting->kind == SETTING_WORDS ||
           setting->kind == SETTING_JOINED;
}

static bool takes_map(const Setting *setting)
{
    return setting->kind == SETTING_MAP || setting->kind == SETTING_CHECKS;
}

static Error *apply_setting(Loader *loader, const Setting *setting, const char *key,
                            const Node *node)
{
    AUTO(spot) Spot spot = spot_of_node(loader, key, node);
    Place place = spot_place(loader, &spot);
    bool many = takes_list(setting) || takes_map(setting) || has_keys(setting);

    if (setting->flag_only)
        return error_new(ERR_INVALID, 0,
                         "%s: wanted no secret in a file, found one: use a variable of the "
                         "environment or a flag",
                         spot.where);
    if (many && node_is_null(node)) /* a heading whose entries are commented out */
        return NULL;
    if (has_keys(setting))
        return apply_keys(loader, setting, &spot, node);
    if (takes_map(setting))
        return node->kind == NODE_MAP ? apply_pairs(loader, setting, &spot, node)
                                      : spot_wrong_kind(&spot, wanted_of(setting), node);
    if (node->kind == NODE_LIST && takes_list(setting))
        return apply_list(loader, setting, &spot, node);
    if (!node_is_text(node))
        return spot_wrong_kind(&spot, wanted_of(setting), node);
    return loader_set_text(loader, setting, &place, node->text);
}

/* --- keys ---------------------------------------------------------------------------------------
 */

/* The piece of a setting's key right below prefix ("" or "releases."); NULL when it is elsewhere.
 * Caller frees. */
static char *child_name(const char *key, const char *prefix)
{
    const char *rest = key + strlen(prefix);

    return text_starts(key, prefix) ? xstrndup(rest, strcspn(rest, ".")) : NULL;
}

static void known_children(const char *prefix, StrList *names)
{
    size_t count;
    const Setting *table = config_settings(&count);

    for (size_t i = 0; i < count; i++) {
        const char *const keys[] = {table[i].key, table[i].also};

        for (size_t k = 0; k < COUNT_OF(keys); k++) {
            AUTO(str) char *name = keys[k] ? child_name(keys[k], prefix) : NULL;

            if (name && !str_list_has(names, name))
                str_list_add(names, name);
        }
    }
}

/* A known key whose last word this is, for a key that stands at the wrong place. */
static const char *key_elsewhere(const char *name)
{
    size_t count;
    const Setting *table = config_settings(&count);

    for (size_t i = 0; i < count; i++) {
        const char *dot = strrchr(table[i].key, '.');

        if (dot && text_eq(dot + 1, name))
            return table[i].key;
    }
    return NULL;
}

static Error *unknown_key(const Loader *loader, const char *prefix, const char *key,
                          const NodePair *pair)
{
    AUTO(spot) Spot at = spot_of(loader, key, pair->line, pair->column);
    AUTO(str_list) StrList known = {0};
    AUTO(str) char *hint = NULL;
    const char *elsewhere = *prefix ? NULL : key_elsewhere(pair->key);

    known_children(prefix, &known);
    hint = loader_hint(pair->key, (const char *const *)known.items, known.len);
    if (!*hint && elsewhere) {
        free(hint);
        hint = xasprintf("; did you mean %s?", elsewhere);
    }
    return error_new(ERR_INVALID, 0, "%s: unknown key%s", at.where, hint);
}

static bool is_group(const char *key)
{
    AUTO(str) char *prefix = xasprintf("%s.", key);
    AUTO(str_list) StrList children = {0};

    known_children(prefix, &children);
    return children.len > 0;
}

static Error *apply_map(Loader *loader, const char *prefix, const Node *map);

static Error *apply_group(Loader *loader, const char *key, const Node *node)
{
    AUTO(str) char *prefix = xasprintf("%s.", key);
    AUTO(spot) Spot spot = spot_of_node(loader, key, node);
    Place place = spot_place(loader, &spot);

    if (node_is_null(node))
        return NULL;
    if (node->kind != NODE_MAP)
        return spot_wrong_kind(&spot, "a map", node);
    if (text_eq(key,
                "candidate.build")) { /* also without a context: then it is the file's folder */
        TRY(loader_claim_candidate(loader, "build", &place));
        if (!node_get(node, "context"))
            TRY(loader_set_text(loader, config_setting_find("candidate.build.context"), &place,
                                "."));
    }
    if (text_eq(key, "start")) /* also when it is empty */
        TRY(loader_set_text(loader, config_setting_find("start"), &place, "true"));
    return apply_map(loader, prefix, node);
}

static Error *apply_database(Loader *loader, const Node *node)
{
    LIST_PUSH(&loader->config.databases, DATABASE_SETTINGS_DEFAULT);
    loader->database = loader->config.databases.len - 1;
    return apply_group(loader, "database", node);
}

/* One map, or a list of maps. */
static Error *apply_databases(Loader *loader, const Node *node)
{
    if (node_is_null(node))
        return NULL;
    if (node->kind != NODE_LIST) {
        AUTO(spot) Spot spot = spot_of_node(loader, "database", node);

        if (node->kind != NODE_MAP)
            return spot_wrong_kind(&spot, "a map or a list of maps", node);
        return apply_database(loader, node);
    }
    for (size_t i = 0; i < node->items.len; i++) {
        const Node *item = node->items.items[i];
        AUTO(spot) Spot spot = spot_of_node(loader, "database", item);

        if (item->kind != NODE_MAP)
            return spot_wrong_kind(&spot, "a map", item);
        TRY(apply_database(loader, item));
    }
    return NULL;
}

/* A setting that two keys of the file mean, both given. */
static Error *check_second_key(const Loader *loader, const Setting *setting, const char *key,
                               const NodePair *pair)
{
    AUTO(spot) Spot at = spot_of(loader, key, pair->line, pair->column);

    if (!setting->also || text_starts(key, "database.") ||
        !str_list_has(&loader->config.keys, setting->key))
        return NULL;
    return error_new(ERR_INVALID, 0, "%s: given twice, as %s and as %s", at.where, setting->also,
                     setting->key);
}

static Error *apply_pair(Loader *loader, const char *prefix, const NodePair *pair)
{
    AUTO(str) char *key = xasprintf("%s%s", prefix, pair->key);
    const Setting *setting = strchr(pair->key, '.') ? NULL : config_setting_find(key);
    bool group = !strchr(pair->key, '.') && is_group(key);

    if (text_eq(key, "database"))
        return apply_databases(loader, pair->value);
    if (group && (!setting || pair->value->kind == NODE_MAP))
        return apply_group(loader, key, pair->value);
    if (!setting)
        return unknown_key(loader, prefix, key, pair);
    TRY(check_second_key(loader, setting, key, pair));
    return apply_setting(loader, setting, key, pair->value);
}

static Error *apply_map(Loader *loader, const char *prefix, const Node *map)
{
    for (size_t i = 0; i < map->pairs.len; i++)
        TRY(apply_pair(loader, prefix, &map->pairs.items[i]));
    return NULL;
}

Error *loader_apply_document(Loader *loader, const Node *root)
{
    if (!root)
        return NULL;
    if (root->kind != NODE_MAP)
        return error_new(ERR_INVALID, 0, "%s:%zu:%zu: wanted a map of settings, found %s",
                         loader->file_name, root->line, root->column, node_kind_name(root));
    return apply_map(loader, "", root);
}

Error *loader_apply_yaml(Loader *loader, const Setting *setting, const Place *place,
                         const char *text)
{
    AUTO(node) Node *root = NULL;
    Spot spot = {setting->key, NULL};
    Error *err;

    TRY(document_parse(text, strlen(text), place->where, &root));
    if (!root)
        return error_new(ERR_INVALID, 0, "%s: wanted %s, found nothing", place->where,
                         wanted_of(setting));
    loader->file_name = place->where;
    loader->document_layer = place->layer;
    spot.where = xstrdup(place->where);
    err = apply_keys(loader, setting, &spot, root);
    free(spot.where);
    return err;
}
