#include "check/differences.h"

#include <inttypes.h>

#define LISTED_MAX 100

const char *difference_table(const SchemaDifference *difference)
{
    return text_is_empty(difference->table) ? difference->name : difference->table;
}

static bool is_ledger_in(const Snapshot *snapshot, const char *space, const char *table)
{
    const TableData *data = snapshot_table(snapshot, space, table);

    return data && data->is_ledger;
}

void differences_find(const Snapshot *a, const Snapshot *b, SchemaDiff *ret_diff)
{
    AUTO(schema_diff) SchemaDiff all = {0};
    SchemaDiff kept = {0};

    schema_diff(&a->schema, &b->schema, &all);
    for (size_t i = 0; i < all.len; i++) {
        const SchemaDifference *one = &all.items[i];
        const char *table = difference_table(one);

        if (is_ledger_in(a, one->space, table) || is_ledger_in(b, one->space, table))
            continue;
        LIST_PUSH(&kept, *one);
        all.items[i] = (SchemaDifference){0};
    }
    *ret_diff = kept;
}

char *difference_sentence(const SchemaDifference *difference, const char *in_a, const char *in_b)
{
    AUTO(str) char *object = schema_difference_object(difference);

    switch (difference->change) {
    case SCHEMA_ADDED:
        return xasprintf("%s exists only %s", object, in_b);
    case SCHEMA_REMOVED:
        return xasprintf("%s exists only %s", object, in_a);
    case SCHEMA_CHANGED:
        break;
    }
    return xasprintf("%s: %s: %s %s, %s %s", object, difference->attribute,
                     difference->before ? difference->before : "none", in_a,
                     difference->after ? difference->after : "none", in_b);
}

char *difference_sentences(const SchemaDiff *diff, const char *in_a, const char *in_b)
{
    AUTO(str_list) StrList lines = {0};

    for (size_t i = 0; i < diff->len && i < LISTED_MAX; i++)
        str_list_add_owned(&lines, difference_sentence(&diff->items[i], in_a, in_b));
    if (diff->len > LISTED_MAX)
        str_list_addf(&lines, "and %zu more", diff->len - LISTED_MAX);
    return str_list_join(&lines, "\n");
}

char *row_differences(const Snapshot *a, const Snapshot *b, const char *in_a, const char *in_b,
                      const char **ret_table)
{
    AUTO(str_list) StrList lines = {0};

    for (size_t i = 0; i < a->data.len && lines.len < LISTED_MAX; i++) {
        const TableData *one = &a->data.items[i];
        const TableData *other = snapshot_table(b, one->space, one->table);

        if (one->is_ledger || !other || one->rows == other->rows)
            continue;
        if (lines.len == 0)
            *ret_table = one->table;
        str_list_addf(&lines, "%s has %" PRId64 " %s %s, %" PRId64 " %s", one->table, one->rows,
                      one->rows == 1 ? "row" : "rows", in_a, other->rows, in_b);
    }
    return lines.len > 0 ? str_list_join(&lines, "\n") : NULL;
}
