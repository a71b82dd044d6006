/* Columns that no reference owns: what is given, learnt, or invented for them. */

#include <string.h>

#include "database/populate/plan_parts.h"

static bool lesson_is_for(const Lesson *lesson, const PopTable *table, const PopColumn *column)
{
    return text_eq(lesson->table, table->name) && text_eq(lesson->column, column->name) &&
           (text_is_empty(lesson->space) || text_eq(lesson->space, table->space));
}

bool pop_has_lesson(const PopPlanner *planner, const PopColumn *column, LessonKind kind)
{
    for (size_t i = 0; planner->spec->lessons && i < planner->spec->lessons->len; i++)
        if (planner->spec->lessons->items[i].kind == kind &&
            lesson_is_for(&planner->spec->lessons->items[i], planner->table, column))
            return true;
    return false;
}

bool pop_is_taught(const PopPlanner *planner, const PopColumn *column)
{
    static const LessonKind kinds[] = {LESSON_JSON, LESSON_DIGITS, LESSON_ISO_TIME, LESSON_UUID,
                                       LESSON_ONE_OF};
    bool taught = false;

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        taught |= pop_has_lesson(planner, column, kinds[i]);
    return taught;
}

const char *pop_given(const PopPlanner *planner, const PopColumn *column)
{
    const PopTable *table = planner->table;
    AUTO(str) char *near = xasprintf("%s.%s", table->name, column->name);
    AUTO(str) char *full = xasprintf("%s.%s", table->place, column->name);
    const char *sql = planner->spec->columns ? str_map_get(planner->spec->columns, full) : NULL;

    return sql || !planner->spec->columns ? sql : str_map_get(planner->spec->columns, near);
}

/* What was learnt replaces what was invented. LESSON_KEY_OF is a reference by now. */
static void apply_lesson(PopPlanner *planner, const Lesson *lesson, const PopColumn *column,
                         PopField *field)
{
    const PopContext *context = &planner->engine->context;
    uint64_t salt = pop_planner_salt(planner, column->name, 0);
    bool wanted = true;

    if (lesson->kind == LESSON_KEY_OF || lesson->kind == LESSON_DISTINCT ||
        lesson->kind == LESSON_NOT_NULL)
        return;
    pop_choices_clear(&field->choices);
    switch (lesson->kind) {
    case LESSON_JSON:
        pop_choice_add(&field->choices,
                       pop_expand(context,
                                  "('{\"name\": \"' || {word} || '\", \"number\": ' || {i} || '}')",
                                  salt),
                       true, 0);
        break;
    case LESSON_DIGITS:
        pop_choice_add(&field->choices,
                       column->family == FAMILY_TEXT ? xstrdup("('' || r.i)")
                                                     : pop_row_number(context, column, 0),
                       true, 0);
        break;
    case LESSON_ISO_TIME:
        pop_choice_add(&field->choices, pop_moment(context, column, salt, MOMENT_PLAIN), true, 0);
        break;
    case LESSON_UUID:
        pop_choice_add(&field->choices, pop_uuid(context, salt), true, 0);
        break;
    case LESSON_ONE_OF:
        for (size_t i = 0; i < lesson->texts.len; i++)
            pop_choice_add(&field->choices, pop_literal(context, lesson->texts.items[i]), false, 0);
        wanted = lesson->texts.len > 0;
        break;
    case LESSON_KEY_OF:
    case LESSON_DISTINCT:
    case LESSON_NOT_NULL:
        break;
    }
    if (wanted)
        pop_choice_name(&field->choices, "lesson", POPULATE_GIVEN);
}

/* The first and last choices for edge rows: NULL, what is expected, the same value in every row,
 * then what is at the edge. */
static void arrange_edges(const PopColumn *column, PopChoiceList *list)
{
    PopChoiceList edge = {.generator = TAKE(list->generator), .freedom = list->freedom};

    if (!column->not_null)
        pop_choice_null(&edge, 0);
    for (size_t i = 0; i < list->len; i++) {
        pop_choice_add(&edge, xstrdup(list->items[i].sql), list->items[i].distinct,
                       list->items[i].rank);
        if (i == 0 && strstr(list->items[i].sql, "r.i"))
            pop_choice_add(&edge, text_replace(list->items[i].sql, "r.i", "CAST(1 AS bigint)"),
                           false, 1);
    }
    pop_choices_clear(list);
    *list = edge;
}

void pop_add_choices(PopPlanner *planner, size_t at)
{
    const PopColumn *column = &planner->table->columns.items[at];
    PopField *field = &planner->plan->fields[at];
    const char *sql = pop_given(planner, column);

    if (sql) {
        pop_choices_clear(&field->choices);
        field->given = true;
        field->join = SIZE_MAX;
        pop_choice_add(&field->choices, xasprintf("(%s)", sql), true, 0);
        pop_choice_name(&field->choices, "expression", POPULATE_GIVEN);
        return;
    }
    if (field->choices.len > 0)
        return;
    planner->engine->choices(planner->engine, planner->table, column, &field->choices);
    if (field->choices.len == 0) {
        pop_choice_null(&field->choices, 0);
        pop_choice_name(&field->choices, "nothing known of the type", POPULATE_BOUND);
    }
    for (size_t i = 0; planner->spec->lessons && i < planner->spec->lessons->len; i++)
        if (lesson_is_for(&planner->spec->lessons->items[i], planner->table, column))
            apply_lesson(planner, &planner->spec->lessons->items[i], column, field);
    if (planner->edge)
        arrange_edges(column, &field->choices);
}
