#include "model/schema.h"

#include <assert.h>
#include <string.h>

const char *schema_kind_name(SchemaKind kind)
{
    switch (kind) {
    case SCHEMA_TABLE:
        return "table";
    case SCHEMA_COLUMN:
        return "column";
    case SCHEMA_PRIMARY_KEY:
        return "primary key";
    case SCHEMA_UNIQUE:
        return "unique constraint";
    case SCHEMA_FOREIGN_KEY:
        return "foreign key";
    case SCHEMA_CHECK:
        return "check";
    case SCHEMA_INDEX:
        return "index";
    case SCHEMA_VIEW:
        return "view";
    case SCHEMA_TRIGGER:
        return "trigger";
    case SCHEMA_VIRTUAL_TABLE:
        return "virtual table";
    case SCHEMA_NAMESPACE:
        return "namespace";
    case SCHEMA_EXTENSION:
        return "extension";
    case SCHEMA_EXCLUSION:
        return "exclusion constraint";
    case SCHEMA_MATERIALIZED_VIEW:
        return "materialized view";
    case SCHEMA_SEQUENCE:
        return "sequence";
    case SCHEMA_FUNCTION:
        return "function";
    case SCHEMA_EVENT_TRIGGER:
        return "event trigger";
    case SCHEMA_RULE:
        return "rule";
    case SCHEMA_POLICY:
        return "policy";
    case SCHEMA_ENUM:
        return "enum type";
    case SCHEMA_DOMAIN:
        return "domain";
    case SCHEMA_COMPOSITE:
        return "composite type";
    case SCHEMA_RANGE:
        return "range type";
    case SCHEMA_STATISTICS:
        return "statistics";
    case SCHEMA_PUBLICATION:
        return "publication";
    case SCHEMA_DEFAULT_PRIVILEGES:
        return "default privileges";
    case SCHEMA_COLLATION:
        return "collation";
    case SCHEMA_CAST:
        return "cast";
    case SCHEMA_OPERATOR:
        return "operator";
    case SCHEMA_TEXT_SEARCH:
        return "text search configuration";
    case SCHEMA_DICTIONARY:
        return "text search dictionary";
    case SCHEMA_FOREIGN_WRAPPER:
        return "foreign data wrapper";
    case SCHEMA_FOREIGN_SERVER:
        return "foreign server";
    case SCHEMA_KIND_COUNT:
        break;
    }
    return "object";
}

SchemaObject *schema_add(Schema *schema, SchemaKind kind, const char *space, const char *table,
                         const char *name)
{
    schema->sorted = false;
    LIST_PUSH(schema, ((SchemaObject){.kind = kind,
                                      .space = xstrdup(space),
                                      .table = xstrdup(table),
                                      .name = xstrdup(name),
                                      .position = schema->len}));
    return &schema->items[schema->len - 1];
}

static int compare_places(const SchemaObject *a, const SchemaObject *b)
{
    int order = (a->kind > b->kind) - (a->kind < b->kind);

    if (order == 0)
        order = strcmp(a->space, b->space);
    return order == 0 ? strcmp(a->table, b->table) : order;
}

int schema_object_compare(const SchemaObject *a, const SchemaObject *b)
{
    int order = compare_places(a, b);

    return order == 0 ? strcmp(a->name, b->name) : order;
}

static int compare_for_qsort(const void *a, const void *b)
{
    return schema_object_compare(a, b);
}

void schema_sort(Schema *schema)
{
    if (schema->len > 1)
        qsort(schema->items, schema->len, sizeof *schema->items, compare_for_qsort);
    schema->sorted = true;
}

const SchemaObject *schema_find(const Schema *schema, SchemaKind kind, const char *space,
                                const char *table, const char *name)
{
    AUTO(str) char *space_copy = xstrdup(space);
    AUTO(str) char *table_copy = xstrdup(table);
    AUTO(str) char *name_copy = xstrdup(name);
    SchemaObject key = {.kind = kind, .space = space_copy, .table = table_copy, .name = name_copy};

    if (schema->len == 0)
        return NULL;
    if (schema->sorted)
        return bsearch(&key, schema->items, schema->len, sizeof key, compare_for_qsort);
    for (size_t i = 0; i < schema->len; i++)
        if (schema_object_compare(&key, &schema->items[i]) == 0)
            return &schema->items[i];
    return NULL;
}

const SchemaObject *schema_parts(const Schema *schema, SchemaKind kind, const char *space,
                                 const char *table, size_t *ret_count)
{
    AUTO(str) char *space_copy = xstrdup(space);
    AUTO(str) char *table_copy = xstrdup(table);
    SchemaObject key = {.kind = kind, .space = space_copy, .table = table_copy};
    size_t low = 0, high = schema->len, end;

    assert(schema->sorted || schema->len == 0);
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_places(&schema->items[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < schema->len && compare_places(&schema->items[end], &key) == 0; end++)
        ;
    *ret_count = end - low;
    return end > low ? &schema->items[low] : NULL;
}

const char *schema_object_text(const SchemaObject *object, const char *key)
{
    const char *text = str_map_get(&object->attributes, key);

    return text ? text : str_map_get(&object->facts, key);
}

size_t schema_count(const Schema *schema, SchemaKind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < schema->len; i++)
        count += schema->items[i].kind == kind;
    return count;
}

void schema_clear(Schema *schema)
{
    for (size_t i = 0; i < schema->len; i++) {
        free(schema->items[i].space);
        free(schema->items[i].table);
        free(schema->items[i].name);
        str_map_clear(&schema->items[i].attributes);
        str_map_clear(&schema->items[i].facts);
    }
    free(schema->items);
    *schema = (Schema){0};
}
