#include "model/schema_fold.h"

#include <stdlib.h>
#include <string.h>

#include "model/statement_text.h"

/* Which differences go: their kind is SCHEMA_KIND_COUNT until they are taken out. */
static void drop(SchemaDifference *difference)
{
    difference->kind = SCHEMA_KIND_COUNT;
}

static void take_out(SchemaDiff *diff)
{
    size_t kept = 0;

    for (size_t i = 0; i < diff->len; i++) {
        if (diff->items[i].kind == SCHEMA_KIND_COUNT) {
            schema_difference_clear(&diff->items[i]);
            continue;
        }
        if (kept != i)
            diff->items[kept] = diff->items[i];
        kept++;
    }
    diff->len = kept;
}

/* --- children -------------------------------------------------------------------------------- */

/* The parents of a column's table: "public.parent, public.other"; NULL when it has none. */
static const char *parents_of(const Schema *a, const Schema *b, const SchemaDifference *difference)
{
    const SchemaObject *table = NULL;

    if (difference->kind != SCHEMA_COLUMN)
        return NULL;
    table = schema_find(difference->change == SCHEMA_REMOVED ? a : b, SCHEMA_TABLE,
                        difference->space, "", difference->table);
    return table ? schema_object_text(table, "parent") : NULL;
}

/* Without its quotes: what a name with dots and quotes in it loses here is that a change is told
 * twice. */
static bool is_parent(const char *parents, const SchemaDifference *difference)
{
    AUTO(str) char *list = text_replace(parents, "\"", "");
    AUTO(str) char *place = xasprintf("%s.%s", difference->space, difference->table);
    AUTO(str_list) StrList items = {0};

    statement_split(list, &items);
    return str_list_has(&items, place);
}

static bool is_same_change(const SchemaDifference *a, const SchemaDifference *b)
{
    return a->kind == b->kind && a->change == b->change && text_eq(a->name, b->name) &&
           text_eq(a->attribute, b->attribute) && text_eq(a->before, b->before) &&
           text_eq(a->after, b->after);
}

static void fold_children(const Schema *a, const Schema *b, SchemaDiff *diff)
{
    bool *gone = xcalloc(diff->len + 1, sizeof *gone); /* a child's child follows it, too */

    for (size_t i = 0; i < diff->len; i++) {
        const char *parents = parents_of(a, b, &diff->items[i]);

        for (size_t k = 0; parents && k < diff->len && !gone[i]; k++)
            gone[i] = k != i && is_same_change(&diff->items[i], &diff->items[k]) &&
                      is_parent(parents, &diff->items[k]);
    }
    for (size_t i = 0; i < diff->len; i++)
        if (gone[i])
            drop(&diff->items[i]);
    free(gone);
    take_out(diff);
}

/* --- virtual tables -------------------------------------------------------------------------- */

/* Its columns follow from its arguments, which it is told by. */
static void fold_virtual(const Schema *a, const Schema *b, SchemaDiff *diff)
{
    for (size_t i = 0; i < diff->len; i++) {
        SchemaDifference *difference = &diff->items[i];

        if (difference->kind == SCHEMA_COLUMN &&
            schema_find(a, SCHEMA_VIRTUAL_TABLE, difference->space, "", difference->table) &&
            schema_find(b, SCHEMA_VIRTUAL_TABLE, difference->space, "", difference->table))
            drop(difference);
    }
    take_out(diff);
}

/* --- sequences ------------------------------------------------------------------------------- */

/* The column whose sequence this one is in the other schema; NULL when it is none's. */
static const SchemaObject *owner_of(const SchemaObject *sequence, const Schema *other)
{
    const char *name = schema_object_text(sequence, "sequence name");

    for (size_t i = 0; name && i < other->len; i++)
        if (other->items[i].kind == SCHEMA_COLUMN &&
            text_eq(schema_object_text(&other->items[i], "sequence name"), name))
            return &other->items[i];
    return NULL;
}

/* What the column says of it follows, too. */
static void drop_mentions(SchemaDiff *diff, const SchemaObject *column)
{
    for (size_t i = 0; i < diff->len; i++) {
        SchemaDifference *difference = &diff->items[i];

        if (difference->kind == SCHEMA_COLUMN && difference->change == SCHEMA_CHANGED &&
            text_eq(difference->space, column->space) &&
            text_eq(difference->table, column->table) && text_eq(difference->name, column->name) &&
            (text_eq(difference->attribute, "sequence") ||
             text_eq(difference->attribute, "default")))
            drop(difference);
    }
}

static void fold_sequence(const Schema *from, const Schema *to, SchemaDiff *diff, size_t at)
{
    SchemaDifference *difference = &diff->items[at];
    bool taken = difference->change == SCHEMA_REMOVED;
    const SchemaObject *sequence =
        schema_find(from, SCHEMA_SEQUENCE, difference->space, "", difference->name);
    const SchemaObject *column = sequence ? owner_of(sequence, to) : NULL;
    AUTO(str) char *table = NULL;
    AUTO(str) char *name = NULL;
    char *owner;

    if (!column || !schema_find(from, SCHEMA_COLUMN, column->space, column->table, column->name))
        return;
    table = statement_place(column->space, column->table);
    name = statement_name(column->name);
    owner = xasprintf("%s.%s", table, name);
    difference->change = SCHEMA_CHANGED;
    difference->attribute = xstrdup("owned by");
    *(taken ? &difference->after : &difference->before) = owner;
    drop_mentions(diff, column);
}

static void fold_sequences(const Schema *a, const Schema *b, SchemaDiff *diff)
{
    for (size_t i = 0; i < diff->len; i++) {
        if (diff->items[i].kind != SCHEMA_SEQUENCE)
            continue;
        if (diff->items[i].change == SCHEMA_REMOVED)
            fold_sequence(a, b, diff, i);
        else if (diff->items[i].change == SCHEMA_ADDED)
            fold_sequence(b, a, diff, i);
    }
    take_out(diff);
}

void schema_fold(const Schema *a, const Schema *b, SchemaDiff *diff)
{
    fold_sequences(a, b, diff);
    fold_children(a, b, diff);
    fold_virtual(a, b, diff);
}
