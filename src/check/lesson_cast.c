/* Casts, enums and JSON: columns whose values a conversion refused. */

#include <string.h>

#include "check/lesson_judge.h"

static bool is_literal(const LessonJudge *judge, const char *value)
{
    AUTO(str) char *literal = xasprintf("'%s'", value);

    for (size_t i = 0; i < judge->statements->len; i++)
        if (strstr(judge->statements->items[i].text, literal))
            return true;
    return false;
}

/* Whether the value can come of the column: the migration may have computed another of it, but one
 * that stands in its text is its own. */
static bool comes_of(const LessonJudge *judge, const PopulateColumn *column)
{
    const Trouble *trouble = &judge->trouble;

    return !trouble->value || invented_makes(column->generator, trouble->value, trouble->cut) ||
           lesson_has_length(judge, column) || !is_literal(judge, trouble->value);
}

/* What a failure calls the type that a statement calls otherwise. */
static bool is_called(const char *told, const char *type)
{
    static const struct {
        const char *told, *type;
    } NAMES[] = {
        {"time with time zone", "timetz"},
        {"time with time zone", "time"},
        {"time without time zone", "time"},
        {"bit", "varbit"},
        {"boolean", "bool"},
    };

    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        if (text_eq(NAMES[i].told, told) && text_eq(NAMES[i].type, type))
            return true;
    if (text_eq(told, "array"))
        return text_ends(type, "[]");
    if (text_eq(told, "range"))
        return text_ends(type, "range") && !text_ends(type, "multirange");
    return text_eq(told, "multirange") && text_ends(type, "multirange");
}

/* @param a  as a statement calls it
 * @param b  as the failure calls it */
static bool same_type(const char *a, const char *b)
{
    AUTO(str_list) StrList texts_a = {0};
    AUTO(str_list) StrList texts_b = {0};
    LessonKind kind_a, kind_b;

    if (text_eq(a, b) || is_called(b, a))
        return true;
    return type_lesson(a, &kind_a, &texts_a) && type_lesson(b, &kind_b, &texts_b) &&
           kind_a == kind_b && kind_a != LESSON_ONE_OF && !text_eq(a, "rowid") &&
           !text_eq(b, "rowid");
}

static bool is_suspect(const LessonJudge *judge, const SqlUse *use)
{
    if (judge->trouble.kind == TROUBLE_JSON)
        return use->kind == SQL_USE_JSON ||
               (use->kind == SQL_USE_CAST && use->type && text_starts(use->type, "json"));
    return use->kind == SQL_USE_CAST && use->type && same_type(use->type, judge->trouble.type);
}

static void enum_labels(const LessonJudge *judge, const char *type, StrList *labels)
{
    for (size_t i = 0; i < judge->uses.len; i++) {
        const SqlUse *use = &judge->uses.items[i];

        for (size_t k = 0;
             use->kind == SQL_USE_ENUM && text_eq(use->type, type) && k < use->texts.len; k++)
            if (!str_list_has(labels, use->texts.items[k]))
                str_list_add(labels, use->texts.items[k]);
    }
}

/* 'a', 'b' of an enum of the old schema. */
static void old_labels(const LessonJudge *judge, const char *type, StrList *labels)
{
    for (size_t i = 0; judge->before && i < judge->before->schema.len; i++) {
        const SchemaObject *object = &judge->before->schema.items[i];
        const char *list = object->kind == SCHEMA_ENUM && text_eq_nocase(object->name, type)
                               ? str_map_get(&object->attributes, "values")
                               : NULL;
        AUTO(str_list) StrList parts = {0};

        str_list_split(list ? list : "", ',', &parts);
        for (size_t k = 0; list && k < parts.len; k++) {
            AUTO(str) char *bare = text_replace(parts.items[k], "'", "");

            str_list_add_owned(labels, text_trim(bare));
        }
    }
}

/* What the column should hold to pass: labels that the expression names, else what the type wants.
 */
static bool wanted(const LessonJudge *judge, const SqlUse *use, const char *column,
                   LessonKind *ret_kind, StrList *ret_texts)
{
    *ret_kind = LESSON_ONE_OF;
    if (use && use->text && text_contains_nocase(use->text, "CASE"))
        labels_of(use->text, column, ret_texts);
    if (ret_texts->len > 0)
        return true;
    if (judge->trouble.kind == TROUBLE_JSON) {
        *ret_kind = LESSON_JSON;
        return true;
    }
    if (judge->trouble.kind != TROUBLE_ENUM)
        return type_lesson(judge->trouble.type, ret_kind, ret_texts);
    enum_labels(judge, judge->trouble.type, ret_texts);
    old_labels(judge, judge->trouble.type, ret_texts);
    return ret_texts->len > 0;
}

static bool teach_cast(LessonJudge *judge, const SqlUse *use, const PopulateColumn *column)
{
    StrList texts = {0};
    LessonKind kind;

    if (!comes_of(judge, column)) {
        judge->why = "the value is none of those that were made for the column";
        return false;
    }
    if (!wanted(judge, use, column->column, &kind, &texts)) {
        judge->why = "nothing tells what values the new type takes";
        return false;
    }
    return lesson_teach(judge, column, kind, &texts, NULL);
}

static bool teach_use(LessonJudge *judge, const SqlUse *use)
{
    bool taught = false;

    for (size_t t = 0; t < use->tables.len; t++)
        for (size_t c = 0; c < use->columns.len; c++) {
            const PopulateColumn *column =
                lesson_old_column(judge, use->tables.items[t], use->columns.items[c]);

            if (column)
                taught |= teach_cast(judge, use, column);
        }
    return taught;
}

static bool named_in_statements(const LessonJudge *judge, const char *column)
{
    for (size_t i = 0; i < judge->statements->len; i++)
        if (text_contains_nocase(judge->statements->items[i].text, column))
            return true;
    return judge->statements->len == 0;
}

/* No statement tells the column: the only one that can hold the value. */
static bool trace_value(LessonJudge *judge)
{
    const PopulateColumn *only = NULL;
    LessonKind kind = LESSON_JSON;
    StrList texts = {0};
    size_t count = 0;

    if (text_is_empty(judge->trouble.value) || !wanted(judge, NULL, "", &kind, &texts))
        return false;
    for (size_t i = 0; i < judge->columns->len; i++) {
        const PopulateColumn *column = &judge->columns->items[i];

        if (column->freedom < POPULATE_RESEMBLING || column->freedom == POPULATE_BOUND ||
            !invented_makes(column->generator, judge->trouble.value, judge->trouble.cut) ||
            !named_in_statements(judge, column->column))
            continue;
        only = column;
        count++;
    }
    if (count == 1)
        return lesson_teach(judge, only, kind, &texts, NULL);
    str_list_clear(&texts);
    if (count > 1)
        judge->why = "the value can be of more than one column";
    return false;
}

bool lesson_judge_cast(LessonJudge *judge)
{
    bool script = lesson_is_script(judge), taught = false, shown = false;
    size_t statement = SIZE_MAX;

    if (judge->trouble.table && judge->trouble.column) {
        const PopulateColumn *column =
            lesson_old_column(judge, judge->trouble.table, judge->trouble.column);

        return column && teach_cast(judge, NULL, column);
    }
    for (size_t n = judge->trouble.in_code ? 0 : judge->uses.len; n-- > 0;) {
        const SqlUse *use = &judge->uses.items[n];

        if (!is_suspect(judge, use) || (taught && !script && use->statement != statement))
            continue;
        statement = use->statement;
        shown = true;
        taught |= teach_use(judge, use);
    }
    if (!shown && judge->trouble.kind == TROUBLE_JSON && !judge->trouble.value)
        return lesson_untold_json(judge);
    return taught || (!judge->about && trace_value(judge));
}
