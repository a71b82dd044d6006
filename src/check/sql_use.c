#include "check/sql_use.h"

#include <string.h>

#include "check/sql_use_parts.h"

enum { DEPTH_MAX = 4 }; /* of SQL in strings of SQL */

static void read_text(const char *sql, size_t statement, int depth, SqlUseList *uses);

static void read_inner(const UseReader *reader, int depth)
{
    for (size_t at = reader->from; at < reader->to; at++) {
        const ScanToken *token = &reader->tokens->items[at];
        AUTO(str) char *inner = NULL;

        if ((token->kind != SCAN_DOLLAR && token->kind != SCAN_STRING) || depth >= DEPTH_MAX)
            continue;
        inner = scan_text(token);
        if (strchr(inner, ' '))
            read_text(inner, reader->statement, depth + 1, reader->uses);
    }
}

static void read_segment(UseReader *reader, int depth)
{
    use_read_tables(reader);
    use_read_expressions(reader);
    use_read_definition(reader);
    read_inner(reader, depth);
    for (size_t i = 0; i < reader->aliases.len; i++) {
        free(reader->aliases.items[i].alias);
        free(reader->aliases.items[i].table);
    }
    free(reader->aliases.items);
}

static void read_text(const char *sql, size_t statement, int depth, SqlUseList *uses)
{
    AUTO(scan) ScanTokens tokens = {0};
    size_t from = 0;

    scan_read(sql, &tokens);
    for (size_t at = 0; at <= tokens.len; at++) {
        UseReader reader = {
            .tokens = &tokens, .from = from, .to = at, .statement = statement, .uses = uses};

        if (at < tokens.len && !scan_is(&tokens, at, ";"))
            continue;
        read_segment(&reader, depth);
        from = at + 1;
    }
}

void sql_uses_read(const StatementList *statements, SqlUseList *ret_uses)
{
    SqlUseList uses = {0};

    for (size_t i = 0; i < statements->len; i++)
        read_text(statements->items[i].text, i, 0, &uses);
    *ret_uses = uses;
}

void sql_use_list_clear(SqlUseList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        SqlUse *use = &list->items[i];

        str_list_clear(&use->tables);
        str_list_clear(&use->columns);
        str_list_clear(&use->texts);
        free(use->name);
        free(use->type);
        free(use->text);
        free(use->of_table);
        free(use->of_column);
    }
    free(list->items);
    *list = (SqlUseList){0};
}
