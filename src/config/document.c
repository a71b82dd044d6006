#include "config/document.h"

#include <string.h>

#include <utf8proc.h>
#include <yaml.h>

#include "base/list.h"

/* What a settings file never needs, and an expansion bomb does. */
#define DEPTH_MAX 32
#define NODES_MAX 10000
#define BYTES_MAX (4U << 20)

typedef struct Anchor {
    char *name;
    Node *node; /* a copy of its own: a later anchor of that name replaces it */
} Anchor;

typedef struct AnchorList {
    Anchor *items;
    size_t len, cap;
} AnchorList;

typedef struct Builder {
    yaml_parser_t parser;
    const char *text, *name;
    AnchorList anchors;
    size_t nodes, bytes, depth;
} Builder;

typedef yaml_event_t Event;
DEFINE_AUTO_VALUE(event, Event, yaml_event_delete)

static Error *parse_value(Builder *builder, const Event *event, Node **ret_node);

void node_free(Node *node)
{
    if (!node)
        return;
    for (size_t i = 0; i < node->items.len; i++)
        node_free(node->items.items[i]);
    for (size_t i = 0; i < node->pairs.len; i++) {
        free(node->pairs.items[i].key);
        node_free(node->pairs.items[i].value);
    }
    free(node->items.items);
    free(node->pairs.items);
    free(node->text);
    free(node);
}

bool node_is_null(const Node *node)
{
    static const char *const WORDS[] = {"", "~", "null", "Null", "NULL"};

    if (node->kind != NODE_TEXT || !node->plain)
        return false;
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_eq(node->text, WORDS[i]))
            return true;
    return false;
}

bool node_is_text(const Node *node)
{
    return node->kind == NODE_TEXT && !node_is_null(node);
}

const char *node_kind_name(const Node *node)
{
    switch (node->kind) {
    case NODE_TEXT:
        return node_is_null(node) ? "nothing" : "text";
    case NODE_LIST:
        return "a list";
    case NODE_MAP:
        return "a map";
    }
    return "nothing";
}

const Node *node_get(const Node *map, const char *key)
{
    for (size_t i = 0; i < map->pairs.len; i++)
        if (text_eq(map->pairs.items[i].key, key))
            return map->pairs.items[i].value;
    return NULL;
}

static Error *error_at(const Builder *builder, size_t line, size_t column, const char *what)
{
    return error_new(ERR_INVALID, 0, "%s:%zu:%zu: %s", builder->name, line, column, what);
}

/* --- bytes that are no text ---------------------------------------------------------------------
 */

static Error *check_text(const Builder *builder, const char *text, size_t len)
{
    size_t line = 1, column = 1;

    for (size_t i = 0; i < len;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text + i,
                                                 (utf8proc_ssize_t)(len - i), &code);

        if (used <= 0)
            return error_at(builder, line, column, "wanted UTF-8, found other bytes");
        if (code == 0)
            return error_at(builder, line, column, "wanted text, found a NUL byte");
        if ((code < 0x20 && !strchr("\t\n\r", code)) ||
            (code >= 0x7f && code < 0xa0 && code != 0x85))
            return error_at(builder, line, column, "wanted text, found a control character");
        column = code == '\n' ? 1 : column + 1;
        line += code == '\n';
        i += (size_t)used;
    }
    return NULL;
}

/* --- libyaml's errors ---------------------------------------------------------------------------
 */

static bool line_begins_with_tab(const char *text, size_t line)
{
    while (line-- > 0) {
        text = strchr(text, '\n');
        if (!text)
            return false;
        text++;
    }
    return text[strspn(text, " ")] == '\t';
}

static Error *syntax_error(const Builder *builder)
{
    const yaml_parser_t *parser = &builder->parser;
    const char *problem = parser->problem ? parser->problem : "it cannot be read";
    AUTO(str) char *context = xstrdup("");

    if (parser->error ==
        YAML_READER_ERROR) /* it has no mark: a character that YAML has no place for */
        return error_new(ERR_INVALID, 0, "%s: not YAML: %s (byte %zu)", builder->name, problem,
                         parser->problem_offset);
    if (line_begins_with_tab(builder->text, parser->problem_mark.line)) {
        free(context);
        context = xstrdup("; a tab indents this line, YAML wants blanks");
    } else if (parser->context) {
        free(context);
        context = xasprintf(" %s that begins on line %zu", parser->context,
                            parser->context_mark.line + 1);
    }
    return error_new(ERR_INVALID, 0, "%s:%zu:%zu: not YAML: %s%s", builder->name,
                     parser->problem_mark.line + 1, parser->problem_mark.column + 1, problem,
                     context);
}

static Error *next_event(Builder *builder, Event *ret_event)
{
    return yaml_parser_parse(&builder->parser, ret_event) ? NULL : syntax_error(builder);
}

/* --- nodes --------------------------------------------------------------------------------------
 */

static Error *count_node(Builder *builder, size_t line, size_t column, size_t text_len)
{
    builder->nodes++;
    builder->bytes += text_len;
    if (builder->nodes > NODES_MAX || builder->bytes > BYTES_MAX)
        return error_at(builder, line, column, "more values than any settings file needs");
    return NULL;
}

static Node *node_new(NodeKind kind, yaml_mark_t mark)
{
    Node *node = xcalloc(1, sizeof *node);

    *node = (Node){.kind = kind, .line = mark.line + 1, .column = mark.column + 1};
    return node;
}

static Error *node_copy(Builder *builder, const Node *from, Node **ret_node)
{
    AUTO(node) Node *copy = xcalloc(1, sizeof *copy);

    *copy = (Node){.kind = from->kind,
                   .line = from->line,
                   .column = from->column,
                   .text = xstrdup_null(from->text),
                   .plain = from->plain};
    TRY(count_node(builder, from->line, from->column, from->text ? strlen(from->text) : 0));
    for (size_t i = 0; i < from->items.len; i++) {
        Node *item = NULL;

        TRY(node_copy(builder, from->items.items[i], &item));
        LIST_PUSH(&copy->items, item);
    }
    for (size_t i = 0; i < from->pairs.len; i++) {
        const NodePair *pair = &from->pairs.items[i];
        Node *value = NULL;

        TRY(node_copy(builder, pair->value, &value));
        LIST_PUSH(&copy->pairs, ((NodePair){xstrdup(pair->key), pair->line, pair->column, value}));
    }
    *ret_node = TAKE(copy);
    return NULL;
}

static Error *keep_anchor(Builder *builder, const yaml_char_t *name, const Node *node)
{
    Node *copy = NULL;

    if (!name)
        return NULL;
    TRY(node_copy(builder, node, &copy));
    LIST_PUSH(&builder->anchors, ((Anchor){xstrdup((const char *)name), copy}));
    return NULL;
}

static Error *parse_alias(Builder *builder, const Event *event, Node **ret_node)
{
    const char *name = (const char *)event->data.alias.anchor;

    for (size_t i = builder->anchors.len; i-- > 0;)
        if (text_eq(builder->anchors.items[i].name, name))
            return node_copy(builder, builder->anchors.items[i].node, ret_node);
    return error_new(ERR_INVALID, 0, "%s:%zu:%zu: *%s: there is no such anchor before it",
                     builder->name, event->start_mark.line + 1, event->start_mark.column + 1, name);
}

/* A tag that changes nothing here is fine; one of the user's own would be lost silently. */
static Error *check_tag(const Builder *builder, const Event *event, const yaml_char_t *tag)
{
    static const char *const KNOWN[] = {YAML_STR_TAG,  YAML_INT_TAG, YAML_FLOAT_TAG, YAML_BOOL_TAG,
                                        YAML_NULL_TAG, YAML_SEQ_TAG, YAML_MAP_TAG,   "!"};

    for (size_t i = 0; tag && i < COUNT_OF(KNOWN); i++)
        if (text_eq((const char *)tag, KNOWN[i]))
            return NULL;
    return tag ? error_new(ERR_INVALID, 0, "%s:%zu:%zu: %s: tags have no meaning here",
                           builder->name, event->start_mark.line + 1, event->start_mark.column + 1,
                           (const char *)tag)
               : NULL;
}

static Error *parse_scalar(Builder *builder, const Event *event, Node **ret_node)
{
    const char *value = (const char *)event->data.scalar.value;
    const char *tag = (const char *)event->data.scalar.tag;
    AUTO(node) Node *node = node_new(NODE_TEXT, event->start_mark);

    TRY(count_node(builder, node->line, node->column, event->data.scalar.length));
    if (strlen(value) != event->data.scalar.length)
        return error_at(builder, node->line, node->column, "wanted text, found a NUL in it");
    node->text = xstrdup(value);
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !text_eq(tag, "!") &&
                  !text_eq(tag, YAML_STR_TAG);
    *ret_node = TAKE(node);
    return NULL;
}

static Error *parse_list(Builder *builder, const Event *event, Node **ret_node)
{
    AUTO(node) Node *node = node_new(NODE_LIST, event->start_mark);

    TRY(count_node(builder, node->line, node->column, 0));
    for (;;) {
        AUTO(event) Event next = {0};
        Node *item = NULL;

        TRY(next_event(builder, &next));
        if (next.type == YAML_SEQUENCE_END_EVENT)
            break;
        TRY(parse_value(builder, &next, &item));
        LIST_PUSH(&node->items, item);
    }
    *ret_node = TAKE(node);
    return NULL;
}

static const NodePair *find_pair(const Node *map, const char *key)
{
    for (size_t i = 0; i < map->pairs.len; i++)
        if (text_eq(map->pairs.items[i].key, key))
            return &map->pairs.items[i];
    return NULL;
}

/* Keys of a merged map that the map does not have itself. */
static Error *merge_one(Builder *builder, Node *map, const Node *from)
{
    if (from->kind != NODE_MAP)
        return error_new(ERR_INVALID, 0, "%s:%zu:%zu: <<: wanted a map, found %s", builder->name,
                         from->line, from->column, node_kind_name(from));
    for (size_t i = 0; i < from->pairs.len; i++) {
        const NodePair *pair = &from->pairs.items[i];
        Node *value = NULL;

        if (find_pair(map, pair->key))
            continue;
        TRY(node_copy(builder, pair->value, &value));
        LIST_PUSH(&map->pairs, ((NodePair){xstrdup(pair->key), pair->line, pair->column, value}));
    }
    return NULL;
}

/* YAML 1.1 merge key: one map, or a list in which earlier maps win. */
static Error *merge(Builder *builder, Node *map, const Node *from)
{
    if (from->kind != NODE_LIST)
        return merge_one(builder, map, from);
    for (size_t i = 0; i < from->items.len; i++)
        TRY(merge_one(builder, map, from->items.items[i]));
    return NULL;
}

static Error *check_key(const Builder *builder, const Node *map, const Event *key)
{
    size_t line = key->start_mark.line + 1, column = key->start_mark.column + 1;
    const char *text = (const char *)key->data.scalar.value;
    const NodePair *first;

    if (key->type != YAML_SCALAR_EVENT)
        return error_at(builder, line, column, "wanted a key, found a list, a map or an alias");
    if (!*text || strlen(text) != key->data.scalar.length)
        return error_at(builder, line, column, "wanted a key, found an empty one");
    first = find_pair(map, text);
    if (first)
        return error_new(ERR_INVALID, 0, "%s:%zu:%zu: %s: given twice, first on line %zu",
                         builder->name, line, column, text, first->line);
    return NULL;
}

static Error *parse_map(Builder *builder, const Event *event, Node **ret_node)
{
    AUTO(node) Node *node = node_new(NODE_MAP, event->start_mark);
    AUTO(node) Node *merged = NULL;

    TRY(count_node(builder, node->line, node->column, 0));
    for (;;) {
        AUTO(event) Event key = {0};
        AUTO(event) Event next = {0};
        const char *text;
        Node *value = NULL;

        TRY(next_event(builder, &key));
        if (key.type == YAML_MAPPING_END_EVENT)
            break;
        TRY(check_key(builder, node, &key));
        text = (const char *)key.data.scalar.value;
        TRY(next_event(builder, &next));
        TRY(parse_value(builder, &next, &value));
        if (!merged && text_eq(text, "<<") && key.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
            merged = value;
        else
            LIST_PUSH(&node->pairs, ((NodePair){xstrdup(text), key.start_mark.line + 1,
                                                key.start_mark.column + 1, value}));
    }
    if (merged)
        TRY(merge(builder, node, merged));
    *ret_node = TAKE(node);
    return NULL;
}

/* A list or map, one level further down. */
static Error *parse_nested(Builder *builder, const Event *event, Node **ret_node)
{
    Error *err;

    if (builder->depth == DEPTH_MAX)
        return error_at(builder, event->start_mark.line + 1, event->start_mark.column + 1,
                        "nested deeper than any settings file needs");
    builder->depth++;
    err = event->type == YAML_MAPPING_START_EVENT ? parse_map(builder, event, ret_node)
                                                  : parse_list(builder, event, ret_node);
    builder->depth--;
    return err;
}

static Error *parse_value(Builder *builder, const Event *event, Node **ret_node)
{
    AUTO(node) Node *node = NULL;
    const yaml_char_t *anchor, *tag;

    if (event->type == YAML_ALIAS_EVENT)
        return parse_alias(builder, event, ret_node);
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        TRY(parse_scalar(builder, event, &node));
    } else {
        bool map = event->type == YAML_MAPPING_START_EVENT;

        anchor = map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
        tag = map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
        TRY(parse_nested(builder, event, &node));
    }
    TRY(check_tag(builder, event, tag));
    TRY(keep_anchor(builder, anchor, node));
    *ret_node = TAKE(node);
    return NULL;
}

/* Stream start, at most one document, stream end. */
static Error *parse_stream(Builder *builder, Node **ret_root)
{
    AUTO(node) Node *root = NULL;

    for (;;) {
        AUTO(event) Event event = {0};

        TRY(next_event(builder, &event));
        if (event.type == YAML_STREAM_END_EVENT)
            break;
        if (event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_END_EVENT)
            continue;
        if (event.type == YAML_DOCUMENT_START_EVENT && root)
            return error_at(builder, event.start_mark.line + 1, event.start_mark.column + 1,
                            "wanted one document, found a second");
        if (event.type == YAML_DOCUMENT_START_EVENT)
            continue;
        TRY(parse_value(builder, &event, &root));
    }
    if (root && !node_is_null(root))
        *ret_root = TAKE(root);
    else
        *ret_root = NULL;
    return NULL;
}

Error *document_parse(const char *text, size_t len, const char *name, Node **ret_root)
{
    Builder builder = {.name = name};
    Error *err;

    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    TRY(check_text(&builder, text, len));
    builder.text = text;
    if (!yaml_parser_initialize(&builder.parser))
        return error_new(ERR_INTERNAL, 0, "%s: the YAML parser cannot start", name);
    yaml_parser_set_encoding(&builder.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&builder.parser, (const unsigned char *)text, len);
    err = parse_stream(&builder, ret_root);
    yaml_parser_delete(&builder.parser);
    for (size_t i = 0; i < builder.anchors.len; i++) {
        free(builder.anchors.items[i].name);
        node_free(builder.anchors.items[i].node);
    }
    free(builder.anchors.items);
    return err;
}
