#include "check/lesson.h"

#include <string.h>

#include "check/lesson_parts.h"
#include "check/sql_use.h"

typedef struct Judge {
    const StatementList *statements; /* never NULL */
    const PopulateColumnList *columns;
    const Snapshot *before;
    const LessonList *known;
    LessonList *lessons;
    size_t first; /* lesson of ours */
    SqlUseList uses;
    EffectList effects;
    Trouble trouble;
    const PopulateColumn *about; /* the column that the failure is about; NULL not told */
    const char *why;             /* not to teach it */
} Judge;

/* --- names of the old database ---------------------------------------------------------------- */

static const PopulateColumn *filled(const Judge *judge, const char *table, const char *column)
{
    for (size_t i = 0; i < judge->columns->len; i++) {
        const PopulateColumn *item = &judge->columns->items[i];

        if (text_eq_nocase(item->table, table) && (!column || text_eq_nocase(item->column, column)))
            return item;
    }
    return NULL;
}

/* The table of old that a name stands for: it was renamed, or the name is that of a rebuild's copy.
 */
static char *old_table(const Judge *judge, const char *table)
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

static const PopulateColumn *find(const Judge *judge, const char *table, const char *column)
{
    AUTO(str) char *old = table ? old_table(judge, table) : NULL;
    const PopulateColumn *found = old && column ? filled(judge, old, column) : NULL;

    for (size_t i = 0; old && column && !found && i < judge->effects.len; i++) {
        const Effect *effect = &judge->effects.items[i];

        if (effect->kind == EFFECT_RENAME_COLUMN && text_eq_nocase(effect->other, column) &&
            effect->columns.len == 1)
            found = filled(judge, old, effect->columns.items[0]);
    }
    return found;
}

static const SchemaObject *old_column(const Judge *judge, const PopulateColumn *column)
{
    return judge->before ? schema_find(&judge->before->schema, SCHEMA_COLUMN, column->space,
                                       column->table, column->column)
                         : NULL;
}

/* varchar(20), numeric(5,2) */
static bool has_length(const Judge *judge, const PopulateColumn *column)
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

static bool same_text(const char *a, const char *b)
{
    AUTO(str) char *left = squeeze(a);
    AUTO(str) char *right = squeeze(b);

    return text_eq_nocase(left, right);
}

/* Whether the old table has that constraint already: then our rows kept to it. */
static bool was_there(const Judge *judge, const char *table, const StrList *kinds_text,
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
        for (size_t k = 0; k < kinds_text->len; k++) {
            if (same_text(object->name, kinds_text->items[k]))
                return true;
            for (size_t a = 0; a < object->attributes.len; a++)
                if (object->attributes.items[a].value &&
                    same_text(object->attributes.items[a].value, kinds_text->items[k]))
                    return true;
        }
    }
    return false;
}

static bool columns_were(const Judge *judge, const char *table, const StrList *columns,
                         const char *name, const SchemaKind *kinds, size_t count)
{
    AUTO(str) char *old = old_table(judge, table);
    AUTO(str) char *joined = str_list_join(columns, ", ");
    AUTO(str_list) StrList texts = {0};

    str_list_addf(&texts, "(%s)", joined);
    if (columns->len > 0)
        str_list_add(&texts, joined);
    return was_there(judge, old, &texts, name, kinds, count);
}

/* --- what may be taught ----------------------------------------------------------------------- */

static bool may_teach(Judge *judge, const PopulateColumn *column, LessonKind kind)
{
    static const char *const REASONS[] = {
        [POPULATE_LEFT] = "the database itself fills the column",
        [POPULATE_GIVEN] = "the values of the column are given",
        [POPULATE_REFERENCE] = "the values of the column are those of a key that is declared",
        [POPULATE_RESEMBLING] = NULL,
        [POPULATE_BOUND] = "its type or a check of the old schema decides the values of the column",
        [POPULATE_NAMED] = NULL,
        [POPULATE_FREE] = NULL,
    };
    bool learnt = column->freedom == POPULATE_GIVEN && !text_eq(column->generator, "expression");

    if (!judge->about)
        judge->about = column;
    if (lesson_find(judge->known, column->table, column->column, kind)) {
        judge->why = "the rows have learnt that of the column already, and it fails again";
        return false;
    }
    if (text_eq(column->generator, "default") && kind != LESSON_DISTINCT) {
        judge->why = "the value is the column's own default";
        return false;
    }
    if (learnt && (kind == LESSON_KEY_OF || kind == LESSON_DISTINCT))
        return true;
    judge->why = REASONS[column->freedom];
    return !judge->why;
}

/* Takes texts. */
static bool teach(Judge *judge, const PopulateColumn *column, LessonKind kind, StrList *texts,
                  const SqlUse *key)
{
    Lesson lesson = {.kind = kind};
    LessonList ours = {.items = judge->lessons->items + judge->first,
                       .len = judge->lessons->len - judge->first};

    if (!may_teach(judge, column, kind)) {
        if (texts)
            str_list_clear(texts);
        return false;
    }
    judge->about = column;
    if (lesson_find(&ours, column->table, column->column, kind)) {
        if (texts)
            str_list_clear(texts);
        return true;
    }
    lesson.space = xstrdup_null(column->space);
    lesson.table = xstrdup(column->table);
    lesson.column = xstrdup(column->column);
    if (key) {
        lesson.of_table = old_table(judge, key->of_table);
        lesson.of_column = xstrdup_null(key->of_column);
    }
    if (texts) {
        lesson.texts = *texts;
        *texts = (StrList){0};
    }
    LIST_PUSH(judge->lessons, lesson);
    return true;
}

/* --- casts ------------------------------------------------------------------------------------ */

static bool is_literal(const Judge *judge, const char *value)
{
    AUTO(str) char *literal = xasprintf("'%s'", value);

    for (size_t i = 0; i < judge->statements->len; i++)
        if (strstr(judge->statements->items[i].text, literal))
            return true;
    return false;
}

/* Whether the value can come of the column: the migration may have computed another of it, but one
 * that stands in its text is its own. */
static bool comes_of(const Judge *judge, const PopulateColumn *column)
{
    const Trouble *trouble = &judge->trouble;

    return !trouble->value || invented_makes(column->generator, trouble->value, trouble->cut) ||
           has_length(judge, column) || !is_literal(judge, trouble->value);
}

static bool same_type(const char *a, const char *b)
{
    AUTO(str_list) StrList texts_a = {0};
    AUTO(str_list) StrList texts_b = {0};
    LessonKind kind_a, kind_b;

    if (text_eq(a, b))
        return true;
    return type_lesson(a, &kind_a, &texts_a) && type_lesson(b, &kind_b, &texts_b) &&
           kind_a == kind_b && kind_a != LESSON_ONE_OF && !text_eq(a, "rowid") &&
           !text_eq(b, "rowid");
}

static bool is_suspect(const Judge *judge, const SqlUse *use)
{
    if (judge->trouble.kind == TROUBLE_JSON)
        return use->kind == SQL_USE_JSON ||
               (use->kind == SQL_USE_CAST && use->type && text_starts(use->type, "json"));
    return use->kind == SQL_USE_CAST && use->type && same_type(use->type, judge->trouble.type);
}

static void enum_labels(const Judge *judge, const char *type, StrList *labels)
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
static void old_labels(const Judge *judge, const char *type, StrList *labels)
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
static bool wanted(const Judge *judge, const SqlUse *use, const char *column, LessonKind *ret_kind,
                   StrList *ret_texts)
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

static bool teach_cast(Judge *judge, const SqlUse *use, const PopulateColumn *column)
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
    return teach(judge, column, kind, &texts, NULL);
}

static bool teach_use(Judge *judge, const SqlUse *use)
{
    bool taught = false;

    for (size_t t = 0; t < use->tables.len; t++)
        for (size_t c = 0; c < use->columns.len; c++) {
            const PopulateColumn *column = find(judge, use->tables.items[t], use->columns.items[c]);

            if (column)
                taught |= teach_cast(judge, use, column);
        }
    return taught;
}

/* Scripts are read to their end, whatever failed: all of them are suspects. A server's log ends
 * with what failed. */
static bool is_script(const Judge *judge)
{
    for (size_t i = 0; i < judge->columns->len; i++)
        if (!text_is_empty(judge->columns->items[i].space))
            return false;
    return true;
}

static bool named_in_statements(const Judge *judge, const char *column)
{
    for (size_t i = 0; i < judge->statements->len; i++)
        if (text_contains_nocase(judge->statements->items[i].text, column))
            return true;
    return judge->statements->len == 0;
}

/* No statement tells the column: the only one that can hold the value. */
static bool trace_value(Judge *judge)
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
        return teach(judge, only, kind, &texts, NULL);
    str_list_clear(&texts);
    if (count > 1)
        judge->why = "the value can be of more than one column";
    return false;
}

static bool judge_cast(Judge *judge)
{
    bool script = is_script(judge), taught = false;
    size_t statement = SIZE_MAX;

    if (judge->trouble.table && judge->trouble.column) {
        const PopulateColumn *column = find(judge, judge->trouble.table, judge->trouble.column);

        return column && teach_cast(judge, NULL, column);
    }
    for (size_t n = judge->trouble.in_code ? 0 : judge->uses.len; n-- > 0;) {
        const SqlUse *use = &judge->uses.items[n];

        if (!is_suspect(judge, use) || (taught && !script && use->statement != statement))
            continue;
        statement = use->statement;
        taught |= teach_use(judge, use);
    }
    return taught || (!judge->about && trace_value(judge));
}

/* --- lengths and ranges ----------------------------------------------------------------------- */

static bool teach_narrow(Judge *judge, const PopulateColumn *column)
{
    AUTO(str) char *rule = NULL;
    StrList texts = {0};
    LessonKind kind = LESSON_ONE_OF;

    judge->about = column;
    if (has_length(judge, column) || invented_is_typical(column->generator)) {
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
    return teach(judge, column, kind, &texts, NULL);
}

static bool judge_narrow(Judge *judge)
{
    for (size_t n = judge->uses.len; n-- > 0;) {
        const SqlUse *use = &judge->uses.items[n];
        const PopulateColumn *column =
            use->kind == SQL_USE_LENGTH ? find(judge, use->tables.items[0], use->columns.items[0])
                                        : NULL;

        if (column && teach_narrow(judge, column))
            return true;
        if (column)
            return false;
    }
    return false;
}

/* --- constraints ------------------------------------------------------------------------------ */

/* Whether a statement's constraint is the one that failed: by its name; one without a name by the
 * table, as the server will call it after that. */
static bool is_named(const Judge *judge, const SqlUse *use)
{
    const char *table = use->tables.items[0];
    AUTO(str) char *old = old_table(judge, table);

    if (use->name && judge->trouble.name)
        return text_eq_nocase(use->name, judge->trouble.name);
    if (judge->trouble.table)
        return text_eq_nocase(judge->trouble.table, table) ||
               text_eq_nocase(judge->trouble.table, old);
    return !use->name && (!judge->trouble.name || text_starts(judge->trouble.name, table));
}

static bool is_check(const Judge *judge, const SqlUse *use)
{
    const char *name = judge->trouble.name;

    if (use->kind != SQL_USE_CHECK || !use->text)
        return false;
    if (name && same_text(name, use->text)) /* SQLite quotes a check without a name */
        return true;
    if (is_script(judge) && name)
        return use->name ? text_eq_nocase(use->name, name)
                         : text_eq_nocase(use->tables.items[0], name);
    return is_named(judge, use);
}

static bool teach_check(Judge *judge, const SqlUse *use)
{
    static const SchemaKind KINDS[] = {SCHEMA_CHECK};
    AUTO(str) char *table = old_table(judge, use->tables.items[0]);
    AUTO(str_list) StrList texts = {0};
    bool taught = false;

    str_list_add(&texts, use->text);
    str_list_addf(&texts, "CHECK (%s)", use->text);
    if (was_there(judge, table, &texts, use->name, KINDS, COUNT_OF(KINDS))) {
        judge->why = "the old schema has that check already, and the rows kept to it";
        return false;
    }
    for (size_t c = 0; c < use->columns.len; c++) {
        const PopulateColumn *column = find(judge, table, use->columns.items[c]);
        StrList labels = {0};
        LessonKind kind;

        if (!column)
            continue;
        if (check_lesson(use->text, use->columns.items[c], &kind, &labels))
            taught |= teach(judge, column, kind, &labels, NULL);
        else if (!judge->about)
            judge->about = column;
    }
    return taught;
}

static bool judge_check(Judge *judge)
{
    for (size_t n = judge->uses.len; n-- > 0;)
        if (is_check(judge, &judge->uses.items[n]) && teach_check(judge, &judge->uses.items[n]))
            return true;
    return false;
}

static bool repeats(const Judge *judge, const PopulateColumn *column)
{
    return column->freedom == POPULATE_RESEMBLING || column->freedom == POPULATE_GIVEN ||
           invented_repeats(column->generator) || has_length(judge, column);
}

static bool teach_unique(Judge *judge, const char *table, const StrList *columns, const char *name)
{
    static const SchemaKind KINDS[] = {SCHEMA_PRIMARY_KEY, SCHEMA_UNIQUE, SCHEMA_INDEX};

    if (columns_were(judge, table, columns, name, KINDS, COUNT_OF(KINDS))) {
        judge->why = "the old schema has that key already, and the rows kept to it";
        return false;
    }
    for (size_t i = 0; i < columns->len; i++) {
        const PopulateColumn *column = find(judge, table, columns->items[i]);

        if (!column)
            continue;
        if (!judge->about)
            judge->about = column;
        if (!repeats(judge, column)) {
            judge->why = "the values of the column were all different";
            continue;
        }
        if (columns->len == 1 && judge->trouble.value && column->freedom != POPULATE_GIVEN &&
            !has_length(judge, column) && !text_eq(column->generator, "default") &&
            !invented_makes(column->generator, judge->trouble.value, false)) {
            judge->why = "the value is none of those that were made for the column";
            continue;
        }
        if (teach(judge, column, LESSON_DISTINCT, NULL, NULL))
            return true;
    }
    return false;
}

static bool judge_unique(Judge *judge)
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

static bool teach_key(Judge *judge, const SqlUse *use)
{
    static const SchemaKind KINDS[] = {SCHEMA_FOREIGN_KEY};
    const PopulateColumn *column =
        use->columns.len == 1 ? find(judge, use->tables.items[0], use->columns.items[0]) : NULL;
    AUTO(str) char *parent = old_table(judge, use->of_table);
    const char *values = column ? strstr(column->generator, "values of ") : NULL;
    const char *from = values ? strrchr(values, '.') : NULL;

    if (!column)
        return false;
    if (columns_were(judge, use->tables.items[0], &use->columns, NULL, KINDS, COUNT_OF(KINDS))) {
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
    return teach(judge, column, LESSON_KEY_OF, NULL, use);
}

/* SQLite names neither key nor table: every key that is new is tried. */
static bool judge_key(Judge *judge)
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
        if (taught && !is_script(judge))
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

/* --- all of it -------------------------------------------------------------------------------- */

static bool judge_trouble(Judge *judge)
{
    switch (judge->trouble.kind) {
    case TROUBLE_OTHER:
        judge->why = "it is no matter of what a value looks like";
        return false;
    case TROUBLE_CAST:
    case TROUBLE_ENUM:
    case TROUBLE_JSON:
        return judge_cast(judge);
    case TROUBLE_LENGTH:
    case TROUBLE_RANGE:
        return judge_narrow(judge);
    case TROUBLE_CHECK:
        return judge_check(judge);
    case TROUBLE_UNIQUE:
        return judge_unique(judge);
    case TROUBLE_KEY:
        return judge_key(judge);
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
    Judge judge = {
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
