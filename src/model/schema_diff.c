#include <assert.h>

#include "model/schema.h"

/* Whether the table or view of any kind that a part belongs to is in a schema. An object of its
 * own has no owner that could be missing. */
static bool has_owner(const Schema *schema, const SchemaObject *part)
{
    return part->table[0] == '\0' ||
           schema_find(schema, SCHEMA_TABLE, part->space, "", part->table) ||
           schema_find(schema, SCHEMA_VIRTUAL_TABLE, part->space, "", part->table) ||
           schema_find(schema, SCHEMA_VIEW, part->space, "", part->table) ||
           schema_find(schema, SCHEMA_MATERIALIZED_VIEW, part->space, "", part->table);
}

static SchemaDifference *add(SchemaDiff *diff, SchemaChange change, const SchemaObject *object)
{
    LIST_PUSH(diff, ((SchemaDifference){.change = change,
                                        .kind = object->kind,
                                        .space = xstrdup(object->space),
                                        .table = xstrdup(object->table),
                                        .name = xstrdup(object->name)}));
    return &diff->items[diff->len - 1];
}

static void add_attribute(SchemaDiff *diff, const SchemaObject *object, const char *key,
                          const char *before, const char *after)
{
    SchemaDifference *difference = add(diff, SCHEMA_CHANGED, object);

    difference->attribute = xstrdup(key);
    difference->before = xstrdup_null(before);
    difference->after = xstrdup_null(after);
}

static void diff_attributes(const SchemaObject *a, const SchemaObject *b, SchemaDiff *diff)
{
    for (size_t i = 0; i < a->attributes.len; i++) {
        const StrPair *pair = &a->attributes.items[i];
        const char *after = str_map_get(&b->attributes, pair->key);

        if (!text_eq(pair->value, after))
            add_attribute(diff, b, pair->key, pair->value, after);
    }
    for (size_t i = 0; i < b->attributes.len; i++) {
        const StrPair *pair = &b->attributes.items[i];

        if (!str_map_has(&a->attributes, pair->key) && pair->value)
            add_attribute(diff, b, pair->key, NULL, pair->value);
    }
}

void schema_diff(const Schema *a, const Schema *b, SchemaDiff *ret_diff)
{
    SchemaDiff diff = {0};
    size_t i = 0, k = 0;

    assert(a->len == 0 || a->sorted);
    assert(b->len == 0 || b->sorted);
    while (i < a->len || k < b->len) {
        int order = i == a->len   ? 1
                    : k == b->len ? -1
                                  : schema_object_compare(&a->items[i], &b->items[k]);

        if (order == 0) {
            diff_attributes(&a->items[i++], &b->items[k++], &diff);
        } else if (order < 0) {
            if (has_owner(b, &a->items[i]))
                (void)add(&diff, SCHEMA_REMOVED, &a->items[i]);
            i++;
        } else {
            if (has_owner(a, &b->items[k]))
                (void)add(&diff, SCHEMA_ADDED, &b->items[k]);
            k++;
        }
    }
    *ret_diff = diff;
}

char *schema_difference_object(const SchemaDifference *difference)
{
    const char *kind = schema_kind_name(difference->kind);
    const char *space = difference->space;
    const char *dot = space[0] ? "." : "";

    if (difference->kind == SCHEMA_COLUMN)
        return xasprintf("%s %s%s%s.%s", kind, space, dot, difference->table, difference->name);
    if (difference->table[0] == '\0') /* an object of its own */
        return xasprintf("%s %s%s%s", kind, space, dot, difference->name);
    return xasprintf("%s %s on %s%s%s", kind, difference->name, space, dot, difference->table);
}

char *schema_difference_text(const SchemaDifference *difference)
{
    AUTO(str) char *object = schema_difference_object(difference);

    switch (difference->change) {
    case SCHEMA_ADDED:
        return xasprintf("%s: added", object);
    case SCHEMA_REMOVED:
        return xasprintf("%s: removed", object);
    case SCHEMA_CHANGED:
        break;
    }
    return xasprintf("%s: %s: %s -> %s", object, difference->attribute,
                     difference->before ? difference->before : "none",
                     difference->after ? difference->after : "none");
}

void schema_diff_clear(SchemaDiff *diff)
{
    for (size_t i = 0; i < diff->len; i++) {
        SchemaDifference *difference = &diff->items[i];

        free(difference->space);
        free(difference->table);
        free(difference->name);
        free(difference->was);
        free(difference->attribute);
        free(difference->before);
        free(difference->after);
    }
    free(diff->items);
    *diff = (SchemaDiff){0};
}
