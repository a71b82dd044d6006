#include "database/populate/pg_functions.h"

#include <ctype.h>
#include <string.h>

#include "database/pg_catalog.h"
#include "database/populate/tree.h"
#include "database/sql_text.h"

enum { DEPTH_MAX = 3, HINTS_MAX = 60, LONGEST = 8000 };

void pg_functions_clear(PgFunctions *functions)
{
    for (size_t i = 0; i < functions->len; i++) {
        free(functions->items[i].name);
        free(functions->items[i].body);
        str_list_clear(&functions->items[i].parameters);
    }
    free(functions->items);
    *functions = (PgFunctions){0};
}

/* --- bodies -------------------------------------------------------------------------------------
 */

/* "SELECT a > b;" and "RETURN a > b": the expression. NULL: it is more than one. */
static char *expression_of(const char *body)
{
    AUTO(str) char *text = text_trim(body);
    size_t len = strlen(text), word = 0;
    AUTO(sql_tokens) SqlTokens tokens = {0};

    while (len > 0 && (text[len - 1] == ';' || isspace((unsigned char)text[len - 1])))
        text[--len] = '\0';
    sql_tokens_read(text, &tokens);
    if (sql_token_is(&tokens, 0, "SELECT") || sql_token_is(&tokens, 0, "RETURN"))
        word = 6;
    for (size_t i = 1, depth = 0; i < tokens.len; i++) {
        depth += sql_token_is(&tokens, i, "(") ? 1 : 0;
        depth -= sql_token_is(&tokens, i, ")") && depth > 0 ? 1 : 0;
        if (sql_token_is(&tokens, i, ";") ||
            (depth == 0 && (sql_token_is(&tokens, i, "FROM") || sql_token_is(&tokens, i, "WITH"))))
            return NULL;
    }
    return word > 0 ? xasprintf("(%s)", text + word) : NULL;
}

Error *pg_functions_read(PopEngine *engine, PgFunctions *ret_functions)
{
    AUTO(pg_functions) PgFunctions functions = {0};
    AUTO(pop_cells) PopCells cells = {0};

    /* what is no text of its own since 14 is in the definition: RETURN ..., BEGIN ATOMIC ... END */
    TRY(engine->query(
        engine,
        "SELECT p.proname, array_to_string(p.proargnames[1:p.pronargs], chr(1), ''), p.pronargs, l.lanname, "
        "CASE WHEN p.prosrc <> '' THEN p.prosrc ELSE substring(pg_get_functiondef(p.oid) from '(RETURN .*)$') END "
        "FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE l.lanname IN ('sql', 'plpgsql') AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' "
        "AND p.prokind = 'f' AND p.pronargs > 0 ORDER BY p.proname, p.oid",
        &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
        PgFunction function = {.name = xstrdup(pop_cell(&cells, row, 0))};
        const char *names = pop_cell(&cells, row, 1), *body = pop_cell(&cells, row, 4);
        long count = strtol(pop_cell(&cells, row, 2), NULL, 10);
        AUTO(str_list) StrList own = {0};

        str_list_split(names ? names : "", '\1', &own);
        for (long i = 0; i < count; i++) {
            str_list_add(&function.parameters, (size_t)i < own.len ? own.items[i] : "");
            str_list_addf(&function.parameters, "$%ld", i + 1);
        }
        if (text_eq(pop_cell(&cells, row, 3), "sql"))
            function.body = expression_of(body ? body : "");
        function.expression = function.body != NULL;
        if (!function.body)
            function.body = xstrdup(body ? body : "");
        LIST_PUSH(&functions, function);
    }
    *ret_functions = functions;
    functions = (PgFunctions){0};
    return NULL;
}

/* --- calls --------------------------------------------------------------------------------------
 */

static const PgFunction *function_of(const PgFunctions *functions, const PopNode *call)
{
    for (size_t i = 0; i < functions->len && call->kind == NODE_CALL; i++)
        if (text_eq_nocase(functions->items[i].name, call->op) &&
            functions->items[i].parameters.len == call->len * 2)
            return &functions->items[i];
    return NULL;
}

/* The body with the call's arguments in place of the parameters. */
static char *with_arguments(const PgFunction *function, const PopNode *call)
{
    AUTO(str_list) StrList values = {0};

    for (size_t i = 0; i < call->len; i++) {
        str_list_addf(&values, "(%s)", call->items[i]->sql);
        str_list_addf(&values, "(%s)", call->items[i]->sql);
    }
    return pop_names_replace(function->body, &function->parameters, values.items);
}

static void add_hint(PopCheck *check, const char *text)
{
    if (check->hints.len < HINTS_MAX && strlen(text) < LONGEST &&
        !str_list_has(&check->hints, text))
        str_list_add(&check->hints, text);
}

/* What is between two words of a body is a condition: IF ... THEN, RETURN ...; */
static void add_pieces(PopCheck *check, const char *body)
{
    static const struct {
        const char *open, *close;
    } pieces[] = {{"IF", "THEN"},  {"ELSIF", "THEN"}, {"WHEN", "THEN"},  {"RETURN", ";"},
                  {"ASSERT", ";"}, {"WHERE", ";"},    {"SELECT", "FROM"}};

    AUTO(str) char *text = pop_without_brackets(body);
    AUTO(sql_tokens) SqlTokens tokens = {0};

    sql_tokens_read(text, &tokens);
    for (size_t i = 0; i < tokens.len; i++)
        for (size_t p = 0; p < COUNT_OF(pieces); p++) {
            size_t end = i + 1;
            const char *from;
            AUTO(str) char *piece = NULL;

            if (!sql_token_is(&tokens, i, pieces[p].open))
                continue;
            while (end < tokens.len && !sql_token_is(&tokens, end, pieces[p].close) &&
                   !sql_token_is(&tokens, end, ";"))
                end++;
            if (end == i + 1 || end >= tokens.len)
                continue;
            from = body + (tokens.items[i + 1].start - text);
            piece = xstrndup(from, (size_t)(tokens.items[end - 1].start +
                                            tokens.items[end - 1].len - tokens.items[i + 1].start));
            add_hint(check, piece);
        }
}

static void walk(const PgFunctions *functions, const PopTable *table, PopCheck *check,
                 const PopNode *node, int depth)
{
    const PgFunction *function = depth < DEPTH_MAX ? function_of(functions, node) : NULL;

    if (function) {
        AUTO(str) char *body = with_arguments(function, node);
        AUTO(pop_node) PopNode *inner = pop_tree_read(table, function->expression ? body : "1");

        add_hint(check, body);
        if (!function->expression || inner->kind == NODE_OTHER)
            add_pieces(check, body);
        if (function->expression)
            walk(functions, table, check, inner, depth + 1);
    }
    for (size_t i = 0; i < node->len; i++)
        walk(functions, table, check, node->items[i], depth);
}

/* The text with calls of functions that are expressions replaced by what they are. */
static char *inlined(const PgFunctions *functions, const PopNode *node, int depth)
{
    const PgFunction *function = depth < DEPTH_MAX ? function_of(functions, node) : NULL;
    char *text = xstrdup(node->sql);

    for (size_t i = 0; i < node->len; i++) {
        AUTO(str) char *before = text, *inner = inlined(functions, node->items[i], depth);

        text = text_eq(inner, node->items[i]->sql)
                   ? TAKE(before)
                   : text_replace(before, node->items[i]->sql, inner);
    }
    if (function && function->expression && strlen(text) < LONGEST) {
        free(text);
        text = with_arguments(function, node);
    }
    return text;
}

void pg_functions_hint(const PgFunctions *functions, PopTable *table)
{
    for (size_t i = 0; i < table->checks.len; i++) {
        PopCheck *check = &table->checks.items[i];
        AUTO(pop_node) PopNode *tree = pop_tree_read(table, check->sql);
        AUTO(str) char *text = NULL;

        if (check->hints.len > 0 || functions->len == 0)
            continue;
        walk(functions, table, check, tree, 0);
        text = inlined(functions, tree, 0);
        if (!text_eq(text, check->sql) && strlen(text) < LONGEST)
            check->inlined = TAKE(text);
    }
}
