/* Names of now in the old database: its tables, its columns, its constraints. */

#include <string.h>

#include "check/lesson_judge.h"

static const PopulateColumn *filled(const LessonJudge *judge, const char *table, const char *column)
{
    for (size_t i = 0; i < judge->columns->len; i++) {
        const PopulateColumn *item = &judge->columns->items[i];

        if (text_eq_nocase(item->table, table) && (!column || text_eq_nocase(item->column, column)))
            return item;
    }
    return NULL;
}

char *lesson_old_table(const LessonJudge *judge, const char *table)
{
    Evidence copy = {.kind = EVIDENCE_OTHER};

    if (filled(judge, table, NULL))
        return xstrdup(table);
    for (size_t i = 0; i < judge->effects.len; i++) {
        const Effect *effect = &judge->effects.items[i];

        if (effect->kind != EFFECT_RENAME_TABLE || !effect->other)
            continue;
        if (text_eq_nocase(effect->other, table) && filled(judge, effect->table, NULL))
            return xstrdup(effect->table);
        if (text_eq_nocase(effect->table, table) && filled(judge, effect->other, NULL))
            return xstrdup(effect->other);
    }
    copy.table = xstrdup(table);
    evidence_resolve(&copy, judge->before, NULL);
    return copy.table;
}

const PopulateColumn *lesson_old_column(const LessonJudge *judge, const char *table,
                                        const char *column)
{
    AUTO(str) char *old = table ? lesson_old_table(judge, table) : NULL;
    const PopulateColumn *found = old && column ? filled(judge, old, column) : NULL;

    for (size_t i = 0; old && column && !found && i < judge->effects.len; i++) {
        const Effect *effect = &judge->effects.items[i];

        if (effect->kind == EFFECT_RENAME_COLUMN && text_eq_nocase(effect->other, column) &&
            effect->columns.len == 1)
            found = filled(judge, old, effect->columns.items[0]);
    }
    return found;
}

static const SchemaObject *old_column(const LessonJudge *judge, const PopulateColumn *column)
{
    return judge->before ? schema_find(&judge->before->schema, SCHEMA_COLUMN, column->space,
                                       column->table, column->column)
                         : NULL;
}

bool lesson_has_length(const LessonJudge *judge, const PopulateColumn *column)
{
    const SchemaObject *object = old_column(judge, column);
    const char *type = object ? str_map_get(&object->attributes, "type") : NULL;

    return type && strchr(type, '(');
}

static char *squeeze(const char *text)
{
    AUTO(str) char *blank = text_replace(text, " ", "");
    AUTO(str) char *line = text_replace(blank, "\n", "");
    AUTO(str) char *tab = text_replace(line, "\t", "");

    return text_replace(tab, "\"", "");
}

bool lesson_same_text(const char *a, const char *b)
{
    AUTO(str) char *left = squeeze(a);
    AUTO(str) char *right = squeeze(b);

    return text_eq_nocase(left, right);
}

bool lesson_was_there(const LessonJudge *judge, const char *table, const StrList *texts,
                      const char *name, const SchemaKind *kinds, size_t count)
{
    for (size_t i = 0; judge->before && i < judge->before->schema.len; i++) {
        const SchemaObject *object = &judge->before->schema.items[i];
        bool wanted = false;

        for (size_t k = 0; k < count; k++)
            wanted |= object->kind == kinds[k];
        if (!wanted || !text_eq_nocase(object->table, table) ||
            (object->kind == SCHEMA_INDEX &&
             !text_eq(str_map_get(&object->attributes, "unique"), "yes")))
            continue;
        if (name && text_eq_nocase(object->name, name))
            return true;
        for (size_t k = 0; k < texts->len; k++) {
            if (lesson_same_text(object->name, texts->items[k]))
                return true;
            for (size_t a = 0; a < object->attributes.len; a++)
                if (object->attributes.items[a].value &&
                    lesson_same_text(object->attributes.items[a].value, texts->items[k]))
                    return true;
        }
    }
    return false;
}

bool lesson_columns_were(const LessonJudge *judge, const char *table, const StrList *columns,
                         const char *name, const SchemaKind *kinds, size_t count)
{
    AUTO(str) char *old = lesson_old_table(judge, table);
    AUTO(str) char *joined = str_list_join(columns, ", ");
    AUTO(str_list) StrList texts = {0};

    str_list_addf(&texts, "(%s)", joined);
    if (columns->len > 0)
        str_list_add(&texts, joined);
    return lesson_was_there(judge, old, &texts, name, kinds, count);
}

bool lesson_is_script(const LessonJudge *judge)
{
    for (size_t i = 0; i < judge->columns->len; i++)
        if (!text_is_empty(judge->columns->items[i].space))
            return false;
    return true;
}
