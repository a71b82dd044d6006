#include "check/lesson.h"

#include "check/lesson_judge.h"

static bool teach_narrow(LessonJudge *judge, const PopulateColumn *column)
{
    AUTO(str) char *rule = NULL;
    StrList texts = {0};
    LessonKind kind = LESSON_ONE_OF;

    judge->about = column;
    if (lesson_has_length(judge, column) || invented_is_typical(column->generator)) {
        judge->why = "the old schema takes such values, and they are nothing unusual there";
        return false;
    }
    if (judge->trouble.kind == TROUBLE_LENGTH) {
        rule = xasprintf("length(v) <= %lld", (long long)judge->trouble.below);
        if (judge->trouble.below < 1 || !check_lesson(rule, "v", &kind, &texts))
            return false;
    } else {
        str_list_add(&texts, "0");
        if (judge->trouble.below != 1)
            str_list_add(&texts, "1");
    }
    return lesson_teach(judge, column, kind, &texts, NULL);
}

static bool judge_narrow(LessonJudge *judge)
{
    for (size_t n = judge->uses.len; n-- > 0;) {
        const SqlUse *use = &judge->uses.items[n];
        const PopulateColumn *column =
            use->kind == SQL_USE_LENGTH
                ? lesson_old_column(judge, use->tables.items[0], use->columns.items[0])
                : NULL;

        if (column && teach_narrow(judge, column))
            return true;
        if (column)
            return false;
    }
    return false;
}

static bool judge_trouble(LessonJudge *judge)
{
    switch (judge->trouble.kind) {
    case TROUBLE_OTHER:
        judge->why = "it is no matter of what a value looks like";
        return false;
    case TROUBLE_CAST:
    case TROUBLE_ENUM:
    case TROUBLE_JSON:
        return lesson_judge_cast(judge);
    case TROUBLE_LENGTH:
    case TROUBLE_RANGE:
        return judge_narrow(judge);
    case TROUBLE_CHECK:
        return lesson_judge_check(judge);
    case TROUBLE_UNIQUE:
        return lesson_judge_unique(judge);
    case TROUBLE_KEY:
        return lesson_judge_key(judge);
    }
    return false;
}

static char *invented_why(const PopulateColumn *column)
{
    return xasprintf("%s.%s was filled without knowing what the application keeps there (%s)",
                     column->table, column->column, column->generator);
}

Blame lesson_judge(const Step *failed, const StatementList *statements,
                   const PopulateColumnList *columns, const Snapshot *before,
                   const LessonList *known, LessonList *ret_lessons, char **ret_table,
                   char **ret_column, char **ret_value, char **ret_why)
{
    static const StatementList none = {0};
    LessonJudge judge = {
        .statements = statements ? statements : &none,
        .columns = columns,
        .before = before,
        .known = known,
        .lessons = ret_lessons,
        .first = ret_lessons->len,
    };
    bool ended = failed->end == STEP_EXITED, invented;

    sql_uses_read(judge.statements, &judge.uses);
    effects_read(judge.statements, &judge.effects);
    if (ended)
        trouble_read(failed->log_tail, before, &judge.trouble);
    invented = judge_trouble(&judge);
    *ret_table = xstrdup_null(judge.about ? judge.about->table : judge.trouble.table);
    *ret_column = xstrdup_null(judge.about                      ? judge.about->column
                               : judge.trouble.column           ? judge.trouble.column
                               : judge.trouble.columns.len == 1 ? judge.trouble.columns.items[0]
                                                                : NULL);
    *ret_value = xstrdup_null(judge.trouble.value);
    *ret_why = invented ? invented_why(judge.about)
                        : xstrdup(!ended      ? "it did not end by itself"
                                  : judge.why ? judge.why
                                              : "nothing tells which invented value it is about");
    sql_use_list_clear(&judge.uses);
    effect_list_clear(&judge.effects);
    trouble_clear(&judge.trouble);
    return invented ? BLAME_INVENTED : BLAME_CANDIDATE;
}
