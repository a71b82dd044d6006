#include <assert.h>
#include <string.h>

#include "model/schema_fold.h"

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

/* --- several of one name --------------------------------------------------------------------- */

/* How much of "(owner) #2" all that are on these columns share. */
static size_t shared_len(const char *name)
{
    size_t len = strlen(name), digits = 0;

    while (digits < len && name[len - 1 - digits] >= '0' && name[len - 1 - digits] <= '9')
        digits++;
    return digits > 0 && len > digits + 3 && strncmp(name + len - digits - 3, ") #", 3) == 0
               ? len - digits - 2
               : len;
}

static bool are_alike(const SchemaObject *a, const SchemaObject *b)
{
    size_t len = shared_len(a->name);

    return a->kind == b->kind && text_eq(a->space, b->space) && text_eq(a->table, b->table) &&
           len == shared_len(b->name) && strncmp(a->name, b->name, len) == 0;
}

static size_t run_end(const Schema *schema, size_t from)
{
    size_t end = from + 1;

    while (end < schema->len && are_alike(&schema->items[from], &schema->items[end]))
        end++;
    return end;
}

static bool are_same(const SchemaObject *a, const SchemaObject *b)
{
    AUTO(schema_diff) SchemaDiff diff = {0};

    diff_attributes(a, b, &diff);
    return diff.len == 0;
}

/* Two lists of objects that are called alike but for their numbers, which say nothing: the same are
 * the same, whatever their numbers; of the rest the first is held against the first. */
static void diff_runs(const SchemaObject *a, size_t a_len, const SchemaObject *b, size_t b_len,
                      SchemaDiff *diff)
{
    bool *a_done, *b_done;
    size_t k = 0;

    if (a_len == 1 && b_len == 1) {
        diff_attributes(a, b, diff);
        return;
    }
    a_done = xcalloc(a_len, sizeof *a_done);
    b_done = xcalloc(b_len, sizeof *b_done);
    for (size_t i = 0; i < a_len; i++)
        for (size_t j = 0; j < b_len && !a_done[i]; j++)
            if (!b_done[j] && are_same(&a[i], &b[j]))
                a_done[i] = b_done[j] = true;
    for (size_t i = 0; i < a_len; i++) {
        size_t first = diff->len;

        while (k < b_len && b_done[k])
            k++;
        if (a_done[i])
            continue;
        if (k < b_len)
            diff_attributes(&a[i], &b[k++], diff);
        else
            (void)add(diff, SCHEMA_REMOVED, &a[i]);
        for (; first < diff->len; first++)
            diff->items[first].was = xstrdup(a[i].name);
    }
    for (; k < b_len; k++)
        if (!b_done[k])
            (void)add(diff, SCHEMA_ADDED, &b[k]);
    free(a_done);
    free(b_done);
}

/* --- all of it ------------------------------------------------------------------------------- */

void schema_diff(const Schema *a, const Schema *b, SchemaDiff *ret_diff)
{
    SchemaDiff diff = {0};
    size_t i = 0, k = 0;

    assert(a->len == 0 || a->sorted);
    assert(b->len == 0 || b->sorted);
    while (i < a->len || k < b->len) {
        bool alike = i < a->len && k < b->len && are_alike(&a->items[i], &b->items[k]);
        int order = alike         ? 0
                    : i == a->len ? 1
                    : k == b->len ? -1
                                  : schema_object_compare(&a->items[i], &b->items[k]);

        if (alike) {
            size_t a_end = run_end(a, i), b_end = run_end(b, k);

            diff_runs(&a->items[i], a_end - i, &b->items[k], b_end - k, &diff);
            i = a_end;
            k = b_end;
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
    schema_fold(a, b, &diff);
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

void schema_difference_clear(SchemaDifference *difference)
{
    free(difference->space);
    free(difference->table);
    free(difference->name);
    free(difference->was);
    free(difference->attribute);
    free(difference->before);
    free(difference->after);
    *difference = (SchemaDifference){0};
}

void schema_diff_clear(SchemaDiff *diff)
{
    for (size_t i = 0; i < diff->len; i++)
        schema_difference_clear(&diff->items[i]);
    free(diff->items);
    *diff = (SchemaDiff){0};
}
