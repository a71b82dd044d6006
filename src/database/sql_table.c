#include "database/sql_table.h"

#include <stdlib.h>

#include "base/buffer.h"

/* One definition between two commas of the table's body. */
typedef struct Definition {
    const SqlTokens *tokens;
    size_t end;    /* index past its last token */
    char *column;  /* "(owner)" of a column's definition; NULL of table constraints */
    char *pending; /* the name that a CONSTRAINT gave to what follows it */
    SqlTable *table;
} Definition;

static bool is(const Definition *definition, size_t at, const char *word)
{
    return at < definition->end && sql_token_is(definition->tokens, at, word);
}

static bool are(const Definition *definition, size_t at, const char *first, const char *second)
{
    return is(definition, at, first) && is(definition, at + 1, second);
}

static SqlClause *add(Definition *definition, SqlClauseKind kind)
{
    LIST_PUSH(definition->table, ((SqlClause){.kind = kind,
                                              .name = TAKE(definition->pending),
                                              .columns = xstrdup_null(definition->column)}));
    return &definition->table->items[definition->table->len - 1];
}

static SqlClause *last(const Definition *definition)
{
    return definition->table->len > 0 ? &definition->table->items[definition->table->len - 1]
                                      : NULL;
}

/* The end of a term of a list that begins at: its comma, or the list's end. */
static size_t term_end(const SqlTokens *tokens, size_t at, size_t end)
{
    while (at < end && !sql_token_is(tokens, at, ","))
        at = sql_token_is(tokens, at, "(") ? sql_group_end(tokens, at) + 1 : at + 1;
    return at < end ? at : end;
}

/* "(owner, slug)": the first token of each term, so without COLLATE, ASC, DESC, AUTOINCREMENT. */
static char *column_list(const SqlTokens *tokens, size_t open, size_t close)
{
    AUTO(str_list) StrList names = {0};
    AUTO(str) char *joined = NULL;

    for (size_t at = open + 1; at < close; at = term_end(tokens, at, close) + 1)
        str_list_add_owned(&names, sql_token_name(&tokens->items[at]));
    joined = str_list_join(&names, ", ");
    return xasprintf("(%s)", joined);
}

/* PRIMARY KEY, UNIQUE and FOREIGN KEY with a list of columns behind them, or without one. */
static size_t read_key(Definition *definition, SqlClauseKind kind, size_t at)
{
    SqlClause *clause = add(definition, kind);
    size_t close;

    if (!is(definition, at, "("))
        return at;
    close = sql_group_end(definition->tokens, at);
    free(clause->columns);
    clause->columns = column_list(definition->tokens, at, close);
    for (size_t i = at; i < close; i++)
        clause->autoincrement |= sql_token_is(definition->tokens, i, "AUTOINCREMENT");
    return close + 1;
}

static char *written(const SqlTokens *tokens, size_t from, size_t to)
{
    const SqlToken *first, *last;

    if (from >= to || to > tokens->len)
        return xstrdup("");
    first = &tokens->items[from];
    last = &tokens->items[to - 1];
    return xstrndup(first->start, (size_t)(last->start + last->len - first->start));
}

/* CHECK (…) and AS (…) [STORED]; at is the "(". */
static size_t read_expression(Definition *definition, SqlClauseKind kind, size_t at)
{
    SqlClause *clause = add(definition, kind);
    size_t close = sql_group_end(definition->tokens, at);

    clause->text = sql_render(definition->tokens, at + 1, close);
    clause->source = written(definition->tokens, at + 1, close);
    clause->stored = is(definition, close + 1, "STORED");
    return close + 1;
}

/* A key in a column's definition begins here; that of a table constraint began at FOREIGN KEY. */
static size_t read_references(Definition *definition, size_t at)
{
    SqlClause *clause = last(definition);

    if (definition->column)
        clause = add(definition, SQL_FOREIGN_KEY);
    if (clause)
        clause->deferrable = "no";
    return at + 2; /* the table's name may be any word */
}

static size_t read_deferrable(Definition *definition, size_t at)
{
    SqlClause *clause = last(definition);
    bool deferred = are(definition, at + 1, "INITIALLY", "DEFERRED");

    if (clause && clause->kind == SQL_FOREIGN_KEY)
        clause->deferrable = deferred ? "initially deferred" : "initially immediate";
    return are(definition, at + 1, "INITIALLY", "DEFERRED") ||
                   are(definition, at + 1, "INITIALLY", "IMMEDIATE")
               ? at + 3
               : at + 1;
}

/* ON CONFLICT x, ON DELETE x, ON UPDATE SET NULL: the action's words are no clauses of their own.
 */
static size_t read_on(Definition *definition, size_t at)
{
    SqlClause *clause = last(definition);

    if (is(definition, at + 1, "CONFLICT") && clause && at + 2 < definition->end) {
        free(clause->conflict);
        clause->conflict = sql_render(definition->tokens, at + 2, at + 3);
    }
    return is(definition, at + 2, "SET") || is(definition, at + 2, "NO") ? at + 4 : at + 3;
}

/* A value, a signed value, or an expression in parentheses. */
static size_t skip_default(const Definition *definition, size_t at)
{
    if (is(definition, at, "("))
        return sql_group_end(definition->tokens, at) + 1;
    return is(definition, at, "+") || is(definition, at, "-") ? at + 2 : at + 1;
}

/* One clause, or one token that begins none (a word of the column's type). */
static size_t read_clause(Definition *definition, size_t at)
{
    if (is(definition, at, "CONSTRAINT") && at + 1 < definition->end) {
        free(definition->pending);
        definition->pending = sql_token_name(&definition->tokens->items[at + 1]);
        return at + 2;
    }
    if (are(definition, at, "PRIMARY", "KEY"))
        return read_key(definition, SQL_PRIMARY_KEY, at + 2);
    if (is(definition, at, "UNIQUE"))
        return read_key(definition, SQL_UNIQUE, at + 1);
    if (are(definition, at, "FOREIGN", "KEY"))
        return read_key(definition, SQL_FOREIGN_KEY, at + 2);
    if (is(definition, at, "REFERENCES"))
        return read_references(definition, at);
    if (are(definition, at, "CHECK", "("))
        return read_expression(definition, SQL_CHECK, at + 1);
    if (are(definition, at, "AS", "("))
        return read_expression(definition, SQL_GENERATED, at + 1);
    if (are(definition, at, "NOT", "NULL")) {
        (void)add(definition, SQL_NOT_NULL);
        return at + 2;
    }
    if (are(definition, at, "NOT", "DEFERRABLE"))
        return is(definition, at + 2, "INITIALLY") ? at + 4 : at + 2;
    if (is(definition, at, "DEFERRABLE"))
        return read_deferrable(definition, at);
    if (is(definition, at, "AUTOINCREMENT") && last(definition))
        last(definition)->autoincrement = true;
    if (is(definition, at, "ON"))
        return read_on(definition, at);
    if (is(definition, at, "DEFAULT"))
        return skip_default(definition, at + 1);
    if (is(definition, at, "COLLATE") || is(definition, at, "MATCH"))
        return at + 2;
    return is(definition, at, "(") ? sql_group_end(definition->tokens, at) + 1 : at + 1;
}

static void read_definition(const SqlTokens *tokens, size_t at, size_t end, SqlTable *table)
{
    static const char *const words[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"};
    Definition definition = {.tokens = tokens, .end = end, .table = table};
    bool is_column = true;

    for (size_t i = 0; i < COUNT_OF(words); i++)
        is_column &= !sql_token_is(tokens, at, words[i]);
    if (is_column) {
        AUTO(str) char *name = sql_token_name(&tokens->items[at++]);

        definition.column = xasprintf("(%s)", name);
    }
    while (at < end)
        at = read_clause(&definition, at);
    free(definition.column);
    free(definition.pending);
}

void sql_table_read(const char *sql, SqlTable *ret_table)
{
    AUTO(sql_tokens) SqlTokens tokens = {0};
    SqlTable table = {0};
    size_t open = 0, close;

    sql_tokens_read(sql, &tokens);
    while (open < tokens.len && !sql_token_is(&tokens, open, "("))
        open++;
    close = sql_group_end(&tokens, open);
    for (size_t at = open + 1, end; at < close; at = end + 1) {
        end = term_end(&tokens, at, close);
        if (end > at)
            read_definition(&tokens, at, end, &table);
    }
    *ret_table = table;
}

void sql_table_clear(SqlTable *table)
{
    for (size_t i = 0; i < table->len; i++) {
        free(table->items[i].name);
        free(table->items[i].columns);
        free(table->items[i].text);
        free(table->items[i].source);
        free(table->items[i].conflict);
    }
    free(table->items);
    *table = (SqlTable){0};
}

const SqlClause *sql_table_find(const SqlTable *table, SqlClauseKind kind, const char *columns)
{
    for (size_t i = 0; i < table->len; i++)
        if (table->items[i].kind == kind && text_eq_nocase(table->items[i].columns, columns))
            return &table->items[i];
    return NULL;
}

/* Without COLLATE x, ASC and DESC at its end, which index_xinfo tells. */
static char *bare_term(const SqlTokens *tokens, size_t at, size_t end)
{
    for (;;) {
        if (end > at + 1 &&
            (sql_token_is(tokens, end - 1, "ASC") || sql_token_is(tokens, end - 1, "DESC")))
            end--;
        else if (end > at + 2 && sql_token_is(tokens, end - 2, "COLLATE"))
            end -= 2;
        else
            return sql_render(tokens, at, end);
    }
}

void sql_index_read(const char *sql, SqlIndex *ret_index)
{
    AUTO(sql_tokens) SqlTokens tokens = {0};
    SqlIndex index = {0};
    size_t open = 0, close;

    sql_tokens_read(sql, &tokens);
    while (open < tokens.len && !sql_token_is(&tokens, open, "("))
        open++;
    close = sql_group_end(&tokens, open);
    for (size_t at = open + 1, end; at < close; at = end + 1) {
        end = term_end(&tokens, at, close);
        str_list_add_owned(&index.terms, bare_term(&tokens, at, end));
    }
    if (sql_token_is(&tokens, close + 1, "WHERE"))
        index.where = sql_render(&tokens, close + 2, tokens.len);
    *ret_index = index;
}

void sql_index_clear(SqlIndex *index)
{
    str_list_clear(&index->terms);
    free(index->where);
    *index = (SqlIndex){0};
}
