#include "database/populate/generated.h"

#include <string.h>

#include "database/populate/tree.h"

enum { ROUNDS = 3 /* in SQLite one may be computed from another */ };

static void resolve_check(const PopTable *table, PopCheck *check, const StrList *names,
                          char *const *with)
{
    for (int round = 0; round < ROUNDS; round++) {
        char *text = pop_names_replace(check->sql, names, with);
        bool same = text_eq(text, check->sql);

        free(check->sql);
        check->sql = text;
        if (same)
            break;
    }
    check->columns.len = 0;
    pop_columns_named(table, check->sql, &check->columns);
}

/* A key over what is computed is one over an expression. */
static void resolve_key(const PopTable *table, PopKey *key)
{
    IndexList columns = {0};

    for (size_t i = 0; i < key->columns.len; i++) {
        size_t column = key->columns.items[i];

        if (!table->columns.items[column].source) {
            index_list_put(&columns, column);
            continue;
        }
        key->expression = true;
        pop_columns_named(table, table->columns.items[column].source, &columns);
    }
    free(key->columns.items);
    key->columns = columns;
}

void pop_generated_resolve(PopTable *table)
{
    AUTO(str_list) StrList names = {0}, with = {0};
    size_t checks = table->checks.len;

    for (size_t i = 0; i < table->columns.len; i++) {
        const PopColumn *column = &table->columns.items[i];

        if (!column->source)
            continue;
        str_list_add(&names, column->name);
        str_list_addf(&with, "(%s)", column->source);
        if (column->not_null)
            LIST_PUSH(&table->checks,
                      ((PopCheck){.sql = xasprintf("((%s) IS NOT NULL)", column->source),
                                  .name = xstrdup(column->name)}));
    }
    for (size_t i = 0; i < table->checks.len && names.len > 0; i++)
        if (i >= checks || table->checks.items[i].columns.len > 0)
            resolve_check(table, &table->checks.items[i], &names, with.items);
    for (size_t i = 0; i < table->keys.len && names.len > 0; i++)
        resolve_key(table, &table->keys.items[i]);
}
