#include "database/populate/model.h"

#include <ctype.h>
#include <string.h>

#include "database/populate/vocabulary.h"
#include "database/sql_text.h"

bool index_list_has(const IndexList *list, size_t index)
{
    for (size_t i = 0; i < list->len; i++)
        if (list->items[i] == index)
            return true;
    return false;
}

void index_list_put(IndexList *list, size_t index)
{
    if (!index_list_has(list, index))
        LIST_PUSH(list, index);
}

void pop_table_clear(PopTable *table)
{
    for (size_t i = 0; i < table->columns.len; i++) {
        free(table->columns.items[i].name);
        free(table->columns.items[i].type);
        free(table->columns.items[i].fallback);
        free(table->columns.items[i].source);
        str_list_clear(&table->columns.items[i].labels);
    }
    for (size_t i = 0; i < table->keys.len; i++)
        free(table->keys.items[i].columns.items);
    for (size_t i = 0; i < table->references.len; i++) {
        PopReference *reference = &table->references.items[i];

        free(reference->columns.items);
        free(reference->space);
        free(reference->table);
        free(reference->root);
        str_list_clear(&reference->targets);
    }
    for (size_t i = 0; i < table->checks.len; i++) {
        free(table->checks.items[i].sql);
        free(table->checks.items[i].name);
        free(table->checks.items[i].columns.items);
        str_list_clear(&table->checks.items[i].hints);
        free(table->checks.items[i].inlined);
    }
    free(table->columns.items);
    free(table->keys.items);
    free(table->references.items);
    free(table->checks.items);
    free(table->space);
    free(table->name);
    free(table->place);
    free(table->reason);
    free(table->note);
    str_list_clear(&table->row_id);
}

void pop_model_clear(PopModel *model)
{
    for (size_t i = 0; i < model->len; i++)
        pop_table_clear(&model->items[i]);
    free(model->items);
    *model = (PopModel){0};
}

PopTable *pop_model_find(PopModel *model, const char *space, const char *name)
{
    for (size_t i = 0; i < model->len; i++)
        if (text_eq(model->items[i].space, space) && text_eq(model->items[i].name, name))
            return &model->items[i];
    return NULL;
}

PopTable *pop_model_place(PopModel *model, const char *place)
{
    for (size_t i = 0; i < model->len; i++)
        if (text_eq(model->items[i].place, place))
            return &model->items[i];
    return NULL;
}

size_t pop_column_find(const PopTable *table, const char *name, bool nocase)
{
    size_t i;

    for (i = 0; i < table->columns.len; i++)
        if (nocase ? text_eq_nocase(table->columns.items[i].name, name)
                   : text_eq(table->columns.items[i].name, name))
            break;
    return i;
}

PopColumn *pop_column_add(PopTable *table, const char *name)
{
    LIST_PUSH(&table->columns, ((PopColumn){.name = xstrdup(name),
                                            .type = xstrdup(""),
                                            .family = FAMILY_OTHER,
                                            .min = INT64_MIN,
                                            .max = INT64_MAX}));
    return &table->columns.items[table->columns.len - 1];
}

char *pop_singular(const char *word)
{
    static const char *const endings[][2] = {{"ies", "y"},   {"sses", "ss"}, {"xes", "x"},
                                             {"ches", "ch"}, {"shes", "sh"}, {"ss", "ss"},
                                             {"us", "us"},   {"is", "is"},   {"s", ""}};
    AUTO(str) char *plain = pop_plain_name(word);

    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (text_ends(plain, endings[i][0]) && strlen(plain) > strlen(endings[i][0]) + 1)
            return xasprintf("%.*s%s", (int)(strlen(plain) - strlen(endings[i][0])), plain,
                             endings[i][1]);
    return TAKE(plain);
}

/* In Postgres a bracket is an array's, to our tokens it quotes an identifier, as in SQLite, where
 * it does not touch what is before it. */
char *pop_without_brackets(const char *sql)
{
    char *text = xstrdup(sql);
    bool all = strstr(sql, "::") || strstr(sql, "ARRAY["), open = false;
    char quote = 0;

    for (char *at = text; *at; at++) {
        if (quote) {
            quote = *at == quote ? 0 : quote;
        } else if (*at == '\'' || *at == '"') {
            quote = *at;
        } else if (*at == '[' && (all || (at > text && (isalnum((unsigned char)at[-1]) ||
                                                        strchr("_)\"", at[-1]))))) {
            *at = '(';
            open = true;
        } else if (*at == ']' && (all || open)) {
            *at = ')';
            open = false;
        }
    }
    return text;
}

void pop_columns_named(const PopTable *table, const char *sql, IndexList *list)
{
    AUTO(str) char *text = pop_without_brackets(sql);
    AUTO(sql_tokens) SqlTokens tokens = {0};

    sql_tokens_read(text, &tokens);
    for (size_t i = 0; i < tokens.len; i++) {
        AUTO(str) char *name = NULL;
        size_t column;

        if (tokens.items[i].kind != SQL_WORD && tokens.items[i].kind != SQL_QUOTED)
            continue;
        if (i > 0 && sql_token_is(&tokens, i - 1, ":")) /* a type */
            continue;
        name = sql_token_name(&tokens.items[i]);
        column = pop_column_find(table, name, true);
        if (column < table->columns.len)
            index_list_put(list, column);
    }
}

/* --- columns that look like keys ----------------------------------------------------------------
 */

static bool same_kind(const PopColumn *a, const PopColumn *b)
{
    if (text_eq(a->type, b->type))
        return true;
    return a->family == b->family && a->family != FAMILY_OTHER;
}

/* The table whose name's last words are the base: "author" fits authors and app_authors. */
static PopTable *table_called(PopModel *model, const PopTable *from, const char *base)
{
    PopTable *found = NULL;

    for (size_t i = 0; i < model->len; i++) {
        PopTable *table = &model->items[i];
        AUTO(str) char *name = pop_singular(table->name);

        if (text_eq(name, base) && text_eq(table->space, from->space))
            return table;
        if (!found &&
            (text_eq(name, base) || (text_ends(name, base) && strlen(name) > strlen(base) &&
                                     name[strlen(name) - strlen(base) - 1] == '_')))
            found = table;
    }
    return found;
}

static bool is_referring(const PopTable *table, size_t column)
{
    for (size_t i = 0; i < table->references.len; i++)
        if (index_list_has(&table->references.items[i].columns, column))
            return true;
    return false;
}

static void refer(PopTable *table, size_t column, const PopTable *to, size_t target)
{
    PopReference reference = {
        .space = xstrdup(to->space), .table = xstrdup(to->name), .root = xstrdup(to->place)};

    LIST_PUSH(&reference.columns, column);
    str_list_add(&reference.targets, to->columns.items[target].name);
    LIST_PUSH(&table->references, reference);
}

static void find_resemblance(PopModel *model, PopTable *table, size_t at)
{
    static const char *const endings[] = {"id",   "uuid", "guid", "slug", "key",
                                          "code", "name", "uid",  "ref",  "handle"};
    PopColumn *column = &table->columns.items[at];
    AUTO(str) char *plain = pop_plain_name(column->name);
    char *last = strrchr(plain, '_');

    if (column->left || !last || last == plain || is_referring(table, at))
        return;
    *last++ = '\0';
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        bool parent = text_eq(plain, "parent") || text_eq(plain, "reply_to");
        PopTable *to = parent ? table : table_called(model, table, plain);
        size_t target;

        if (!text_eq(last, endings[i]) || !to || to->untouched)
            continue;
        target = pop_column_find(to, last, true);
        if (target == to->columns.len && i == 0 && to->has_primary &&
            to->keys.items[0].columns.len == 1)
            target = to->keys.items[0].columns.items[0];
        if (target < to->columns.len && !(to == table && target == at) &&
            same_kind(column, &to->columns.items[target]))
            refer(table, at, to, target);
        return;
    }
}

void pop_resemblances(PopModel *model)
{
    for (size_t i = 0; i < model->len; i++)
        for (size_t at = 0; at < model->items[i].columns.len; at++)
            find_resemblance(model, &model->items[i], at);
}
