/* Checks, keys and references that the rows broke. */

#include <string.h>

#include "check/lesson_judge.h"

/* Whether a statement's constraint is the one that failed: by its name; one without a name by the
 * table, as the server will call it after that. */
static bool is_named(const LessonJudge *judge, const SqlUse *use)
{
    const char *table = use->tables.items[0];
    AUTO(str) char *old = lesson_old_table(judge, table);

    if (use->name && judge->trouble.name)
        return text_eq_nocase(use->name, judge->trouble.name);
    if (judge->trouble.table)
        return text_eq_nocase(judge->trouble.table, table) ||
               text_eq_nocase(judge->trouble.table, old);
    return !use->name && (!judge->trouble.name || text_starts(judge->trouble.name, table));
}

static bool is_check(const LessonJudge *judge, const SqlUse *use)
{
    const char *name = judge->trouble.name;

    if (use->kind != SQL_USE_CHECK || !use->text)
        return false;
    if (name && lesson_same_text(name, use->text)) /* SQLite quotes a check without a name */
        return true;
    if (lesson_is_script(judge) && name)
        return use->name ? text_eq_nocase(use->name, name)
                         : text_eq_nocase(use->tables.items[0], name);
    return is_named(judge, use);
}

static bool teach_check(LessonJudge *judge, const SqlUse *use)
{
    static const SchemaKind KINDS[] = {SCHEMA_CHECK};
    AUTO(str) char *table = lesson_old_table(judge, use->tables.items[0]);
    AUTO(str_list) StrList texts = {0};
    bool taught = false;

    str_list_add(&texts, use->text);
    str_list_addf(&texts, "CHECK (%s)", use->text);
    if (lesson_was_there(judge, table, &texts, use->name, KINDS, COUNT_OF(KINDS))) {
        judge->why = "the old schema has that check already, and the rows kept to it";
        return false;
    }
    for (size_t c = 0; c < use->columns.len; c++) {
        const PopulateColumn *column = lesson_old_column(judge, table, use->columns.items[c]);
        StrList labels = {0};
        LessonKind kind;

        if (!column)
            continue;
        if (check_lesson(use->text, use->columns.items[c], &kind, &labels))
            taught |= lesson_teach(judge, column, kind, &labels, NULL);
        else if (!judge->about)
            judge->about = column;
    }
    return taught;
}

bool lesson_judge_check(LessonJudge *judge)
{
    bool shown = false;

    for (size_t n = judge->uses.len; n-- > 0;) {
        if (!is_check(judge, &judge->uses.items[n]))
            continue;
        shown = true;
        if (teach_check(judge, &judge->uses.items[n]))
            return true;
    }
    return !shown && lesson_untold_check(judge);
}

static bool repeats(const LessonJudge *judge, const PopulateColumn *column)
{
    return column->freedom == POPULATE_RESEMBLING || column->freedom == POPULATE_GIVEN ||
           invented_repeats(column->generator) || lesson_has_length(judge, column);
}

static bool teach_unique(LessonJudge *judge, const char *table, const StrList *columns,
                         const char *name)
{
    static const SchemaKind KINDS[] = {SCHEMA_PRIMARY_KEY, SCHEMA_UNIQUE, SCHEMA_INDEX};

    if (lesson_columns_were(judge, table, columns, name, KINDS, COUNT_OF(KINDS))) {
        judge->why = "the old schema has that key already, and the rows kept to it";
        return false;
    }
    for (size_t i = 0; i < columns->len; i++) {
        const PopulateColumn *column = lesson_old_column(judge, table, columns->items[i]);

        if (!column)
            continue;
        if (!judge->about)
            judge->about = column;
        if (!repeats(judge, column)) {
            judge->why = "the values of the column were all different";
            continue;
        }
        if (columns->len == 1 && judge->trouble.value && column->freedom != POPULATE_GIVEN &&
            !lesson_has_length(judge, column) && !text_eq(column->generator, "default") &&
            !invented_makes(column->generator, judge->trouble.value, false)) {
            judge->why = "the value is none of those that were made for the column";
            continue;
        }
        if (lesson_teach(judge, column, LESSON_DISTINCT, NULL, NULL))
            return true;
    }
    return false;
}

bool lesson_judge_unique(LessonJudge *judge)
{
    const Trouble *trouble = &judge->trouble;

    for (size_t n = judge->uses.len; n-- > 0;) {
        const SqlUse *use = &judge->uses.items[n];

        if (use->kind != SQL_USE_UNIQUE || (!use->name && trouble->columns.len > 0) ||
            !is_named(judge, use))
            continue;
        return teach_unique(judge, use->tables.items[0],
                            trouble->columns.len > 0 ? &trouble->columns : &use->columns,
                            use->name);
    }
    return trouble->table && trouble->columns.len > 0 &&
           teach_unique(judge, trouble->table, &trouble->columns, trouble->name);
}

static bool teach_key(LessonJudge *judge, const SqlUse *use)
{
    static const SchemaKind KINDS[] = {SCHEMA_FOREIGN_KEY};
    const PopulateColumn *column =
        use->columns.len == 1
            ? lesson_old_column(judge, use->tables.items[0], use->columns.items[0])
            : NULL;
    AUTO(str) char *parent = lesson_old_table(judge, use->of_table);
    const char *values = column ? strstr(column->generator, "values of ") : NULL;
    const char *from = values ? strrchr(values, '.') : NULL;

    if (!column)
        return false;
    if (lesson_columns_were(judge, use->tables.items[0], &use->columns, NULL, KINDS,
                            COUNT_OF(KINDS))) {
        judge->why = "the old schema has that key already, and the rows kept to it";
        return false;
    }
    if (!from && values)
        from = values + strlen("values of ") - 1;
    if (column->freedom == POPULATE_RESEMBLING && from && text_eq_nocase(from + 1, parent)) {
        judge->about = column;
        judge->why = "the column holds what the key refers to, as far as that is there";
        return false;
    }
    return lesson_teach(judge, column, LESSON_KEY_OF, NULL, use);
}

/* SQLite names neither key nor table: every key that is new is tried. */
bool lesson_judge_key(LessonJudge *judge)
{
    const Trouble *trouble = &judge->trouble;
    bool taught = false;

    for (size_t n = judge->uses.len; n-- > 0;) {
        const SqlUse *use = &judge->uses.items[n];

        if (use->kind != SQL_USE_KEY || !use->of_table)
            continue;
        if (trouble->of_table && !text_eq_nocase(trouble->of_table, use->of_table))
            continue;
        if (trouble->columns.len > 0 &&
            (use->columns.len != 1 || !str_list_has(&trouble->columns, use->columns.items[0])))
            continue;
        if ((trouble->table || trouble->name) && !is_named(judge, use))
            continue;
        taught |= teach_key(judge, use);
        if (taught && !lesson_is_script(judge))
            break;
    }
    /* no statement shows the key, the database's words do */
    if (!judge->about && !taught && trouble->table && trouble->of_table &&
        trouble->columns.len == 1) {
        SqlUse told = {.of_table = trouble->of_table, .columns = trouble->columns};

        str_list_add(&told.tables, trouble->table);
        taught = teach_key(judge, &told);
        str_list_clear(&told.tables);
    }
    return taught;
}
