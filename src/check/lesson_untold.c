/* Upgrades of SQLite by code: no statement that is known shows what failed, but the database's own
 * words and the old schema may. */

#include "check/lesson_check_parts.h"
#include "check/lesson_judge.h"

enum { SUSPECTS_MAX = 12 };

/* --- CHECK constraint failed: status IN ('open', 'closed') --------------------------------------
 */

static bool is_named_in(const ScanTokens *tokens, const char *column)
{
    for (size_t i = 0; i < tokens->len; i++)
        if (check_is_column(tokens, i, column))
            return true;
    return false;
}

/* Whether the old schema says the same of the table: then the rows kept to it. */
static bool is_old_check(const LessonJudge *judge, const char *table, const char *text)
{
    static const SchemaKind KINDS[] = {SCHEMA_CHECK};
    AUTO(str_list) StrList texts = {0};

    str_list_add(&texts, text);
    str_list_addf(&texts, "CHECK (%s)", text);
    return lesson_was_there(judge, table, &texts, NULL, KINDS, COUNT_OF(KINDS));
}

/* SQLite quotes a check that has no name, and no table: every one with such a column is meant. */
bool lesson_untold_check(LessonJudge *judge)
{
    const char *text = judge->trouble.name;
    AUTO(scan) ScanTokens tokens = {0};
    bool taught = false;

    if (!lesson_is_script(judge) || text_is_empty(text))
        return false;
    scan_read(text, &tokens);
    for (size_t i = 0; i < judge->columns->len; i++) {
        const PopulateColumn *column = &judge->columns->items[i];
        StrList labels = {0};
        LessonKind kind;

        if (!is_named_in(&tokens, column->column) || is_old_check(judge, column->table, text) ||
            !check_lesson(text, column->column, &kind, &labels))
            continue;
        taught |= lesson_teach(judge, column, kind, &labels, NULL);
    }
    return taught;
}

/* --- malformed JSON -----------------------------------------------------------------------------
 */

/* Names under which applications keep documents. */
static bool holds_documents(const char *column)
{
    static const char *const words[] = {"data",   "value",  "option", "detail", "info",    "extra",
                                        "custom", "field",  "filter", "rule",   "layout",  "result",
                                        "respon", "reques", "list",   "items",  "entries", "permis",
                                        "scope",  "state",  "query",  "body",   "content"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_contains_nocase(column, words[i]))
            return true;
    return false;
}

/* Text of which nothing was known when it was made. */
static bool is_free_text(const LessonJudge *judge, const PopulateColumn *column)
{
    return column->freedom == POPULATE_FREE && text_eq(column->generator, "words") &&
           !lesson_find(judge->known, column->table, column->column, LESSON_JSON);
}

/* A document is asked for, and no column is named: first those that are called so, next time the
 * others. When the upgrade passes with documents in them, it failed over text that we made. */
bool lesson_untold_json(LessonJudge *judge)
{
    bool taught = false;

    if (!lesson_is_script(judge))
        return false;
    for (int round = 0; round < 2 && !taught; round++) {
        size_t count = 0;

        for (size_t i = 0; i < judge->columns->len; i++) {
            const PopulateColumn *column = &judge->columns->items[i];

            if (is_free_text(judge, column) && (round > 0 || holds_documents(column->column)) &&
                ++count <= SUSPECTS_MAX)
                taught |= lesson_teach(judge, column, LESSON_JSON, NULL, NULL);
        }
    }
    return taught;
}
