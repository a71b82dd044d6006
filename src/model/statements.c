#include "model/statements.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/sql_scan.h"

void statement_list_add(StatementList *list, const char *text, size_t len, const char *migration)
{
    if (list->len == STATEMENTS_MAX) {
        list->cut = true;
        return;
    }
    list->cut |= len > STATEMENT_BYTES_MAX;
    if (len > STATEMENT_BYTES_MAX)
        len = STATEMENT_BYTES_MAX;
    LIST_PUSH(list,
              ((Statement){.text = xstrndup(text, len), .migration = xstrdup_null(migration)}));
}

void statement_list_take(StatementList *list, Statement *statement)
{
    if (list->len == STATEMENTS_MAX) {
        list->cut = true;
        statement_clear(statement);
        return;
    }
    LIST_PUSH(list, *statement);
    *statement = (Statement){0};
}

static int by_place(const void *a, const void *b)
{
    const Statement *first = a, *second = b;

    return (first->at > second->at) - (first->at < second->at);
}

void statement_list_sort(StatementList *list)
{
    if (list->len > 1)
        qsort(list->items, list->len, sizeof *list->items, by_place);
}

/* Where the way down begins, in files that hold both. */
static size_t up_length(const char *script)
{
    static const char *const MARKS[] = {"+goose down", "migrate:down", "+migrate down",
                                        "@down",       "//@undo",      "rollback"};

    for (const char *line = script; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *at = line + strspn(line, " \t");

        if (at[0] != '-' || at[1] != '-')
            continue;
        at += 2 + strspn(at + 2, " \t");
        for (size_t i = 0; i < COUNT_OF(MARKS); i++)
            if (strncasecmp(at, MARKS[i], strlen(MARKS[i])) == 0)
                return (size_t)(line - script);
    }
    return strlen(script);
}

static bool opens_body(const ScanTokens *tokens, size_t from, size_t at)
{
    if (!scan_is(tokens, from, "CREATE") || !scan_is(tokens, at, "BEGIN"))
        return false;
    for (size_t i = from + 1; i < at && i < from + 8; i++)
        if (scan_is(tokens, i, "TRIGGER") || scan_is(tokens, i, "FUNCTION") ||
            scan_is(tokens, i, "PROCEDURE"))
            return true;
    return false;
}

/* The semicolon that ends a statement: those in the body of a trigger do not. */
static size_t statement_end(const ScanTokens *tokens, size_t from)
{
    size_t depth = 0;

    for (size_t at = from; at < tokens->len; at++) {
        if (depth == 0 && scan_is(tokens, at, ";"))
            return at;
        if (depth == 0 ? opens_body(tokens, from, at) : scan_is(tokens, at, "CASE"))
            depth++;
        else if (depth > 0 && scan_is(tokens, at, "END"))
            depth--;
    }
    return tokens->len;
}

void statement_list_add_script(StatementList *list, const char *migration, const char *script)
{
    AUTO(str) char *up = xstrndup(script, up_length(script));

    statement_list_add_all(list, migration, up);
}

void statement_list_add_all(StatementList *list, const char *migration, const char *sql)
{
    AUTO(scan) ScanTokens tokens = {0};

    scan_read(sql, &tokens);
    for (size_t from = 0, to; from < tokens.len; from = to + 1) {
        to = statement_end(&tokens, from);
        if (to > from) {
            const ScanToken *last = &tokens.items[to - 1];

            statement_list_add(list, tokens.items[from].start,
                               (size_t)(last->start + last->len - tokens.items[from].start),
                               migration);
        }
    }
}

void statement_clear(Statement *statement)
{
    free(statement->text);
    free(statement->migration);
    free(statement->parameters);
    *statement = (Statement){0};
}

void statement_list_clear(StatementList *list)
{
    for (size_t i = 0; i < list->len; i++)
        statement_clear(&list->items[i]);
    free(list->items);
    *list = (StatementList){0};
}
