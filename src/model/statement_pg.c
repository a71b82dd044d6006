#include "model/statement_pg.h"

#include <stdlib.h>
#include <string.h>

/* One object's statements are being made. */
typedef struct Work {
    const Schema *schema;       /* that object is of */
    const SchemaObject *object; /* as it should be */
    const SchemaObject *old;    /* as it is; object itself when it is not there yet */
    const PgKind *kind;
    StrList *out;
    char *name, *table, *place; /* of old; owned */
} Work;

static void work_clear(Work *work)
{
    free(work->name);
    free(work->table);
    free(work->place);
    *work = (Work){0};
}

DEFINE_AUTO_VALUE(work, Work, work_clear)

static char *place_of(const SchemaObject *object, PgPlace place, const char *name,
                      const char *table)
{
    const char *identifier = schema_object_text(object, "identifier");

    switch (place) {
    case PG_PLACE_OWN:
        return statement_place(object->space, identifier ? identifier : object->name);
    case PG_PLACE_ALONE:
        return xstrdup(name);
    case PG_PLACE_ON:
        return xasprintf("%s ON %s", name, table);
    case PG_PLACE_COLUMN:
        return xasprintf("%s.%s", table, name);
    case PG_PLACE_SIGNATURE:
        break;
    }
    return xstrdup(identifier ? identifier : object->name);
}

static Work work_on(const Schema *schema, const SchemaObject *object, const SchemaObject *old,
                    StrList *out)
{
    Work work = {
        .schema = schema, .object = object, .old = old, .kind = &PG_KINDS[old->kind], .out = out};
    const char *identifier = schema_object_text(old, "identifier");

    work.name = statement_name(identifier ? identifier : old->name);
    work.table = statement_place(old->space, old->table);
    work.place = place_of(old, work.kind->place, work.name, work.table);
    return work;
}

static bool put(const Work *work, const char *template, const char *definitions, const char *before,
                const char *after)
{
    char *text = statement_fill(template, &(StatementScope){.object = work->object,
                                                            .old = work->old,
                                                            .noun = work->kind->noun,
                                                            .place = work->place,
                                                            .table = work->table,
                                                            .name = work->name,
                                                            .definitions = definitions,
                                                            .before = before,
                                                            .after = after});

    if (text)
        str_list_add_owned(work->out, text);
    return text != NULL;
}

/* --- an attribute ---------------------------------------------------------------------------- */

static void put_grants(const Work *work, const char *before, const char *after)
{
    AUTO(str)
    char *target = statement_fill(work->kind->grants, &(StatementScope){.object = work->object,
                                                                        .old = work->old,
                                                                        .table = work->table,
                                                                        .place = work->place});

    AUTO(str)
    char *prefix = work->kind->before_grant
                       ? statement_fill(work->kind->before_grant,
                                        &(StatementScope){.object = work->object, .old = work->old})
                       : NULL;

    if (target)
        pg_grants_change(before, after, target, prefix ? prefix : "",
                         work->old->kind == SCHEMA_COLUMN ? work->name : NULL,
                         schema_object_text(work->old, "owner"), work->out);
}

static void put_settings(const Work *work, const char *what, const char *before, const char *after)
{
    AUTO(str) char *column = xasprintf("TABLE %s ALTER COLUMN %s", work->table, work->name);
    AUTO(str) char *table = xasprintf("FOREIGN TABLE %s", work->place);
    SchemaKind kind = work->old->kind;

    pg_settings_change(before, after,
                       kind == SCHEMA_COLUMN  ? column
                       : kind == SCHEMA_TABLE ? table
                                              : what,
                       work->out);
}

/* Attributes that are lists. */
static bool put_list(const Work *work, const char *attribute, const char *before, const char *after)
{
    AUTO(str) char *what = xasprintf("%s %s", work->kind->noun, work->place);
    SchemaKind kind = work->old->kind;

    if (work->kind->grants && text_eq(attribute, "grants"))
        put_grants(work, before, after);
    else if (kind == SCHEMA_ENUM && text_eq(attribute, "values"))
        pg_enum_change(before, after, work->place, work->out);
    else if (kind == SCHEMA_COMPOSITE && text_eq(attribute, "attributes"))
        pg_composite_change(before, after, work->place, work->out);
    else if (text_eq(attribute, "options"))
        pg_options_change(before, after, what, work->out);
    else if (text_eq(attribute, "settings"))
        put_settings(work, what, before, after);
    else
        return false;
    return true;
}

static bool applies(const PgChange *change, SchemaKind kind, const char *attribute,
                    const char *after)
{
    bool value = !change->after ? after != NULL : text_eq(change->after, after ? after : "");

    return (change->kind == SCHEMA_KIND_COUNT || change->kind == kind) && value &&
           text_eq(change->attribute, attribute);
}

static bool put_change(const Work *work, const char *attribute, const char *before,
                       const char *after)
{
    if (put_list(work, attribute, before, after))
        return true;
    for (size_t i = 0; i < PG_CHANGE_COUNT; i++)
        if (applies(&PG_CHANGES[i], work->old->kind, attribute, after) &&
            put(work, PG_CHANGES[i].text, NULL, before, after))
            return true;
    return false;
}

/* --- making ---------------------------------------------------------------------------------- */

/* What CREATE does not say. */
static void put_extras(const Work *work)
{
    for (size_t i = 0; i < work->object->attributes.len; i++) {
        const StrPair *pair = &work->object->attributes.items[i];
        bool extra = text_eq(pair->key, "grants") ||
                     (work->object->kind == SCHEMA_COLUMN && text_eq(pair->key, "settings"));

        for (size_t k = 0; k < PG_CHANGE_COUNT; k++)
            extra |= PG_CHANGES[k].extra &&
                     applies(&PG_CHANGES[k], work->object->kind, pair->key, pair->value);
        if (extra)
            (void)put_change(work, pair->key, NULL, pair->value);
    }
}

static int compare_positions(const void *a, const void *b)
{
    const SchemaObject *const *one = a, *const *other = b;

    return ((*one)->position > (*other)->position) - ((*one)->position < (*other)->position);
}

static void put_create(const Schema *schema, const SchemaObject *object, StrList *out);

/* The columns of a table as a list of definitions, in its order; caller frees. */
static char *definitions_of(const Schema *schema, const SchemaObject *table)
{
    size_t count = 0;
    const SchemaObject *parts =
        schema_parts(schema, SCHEMA_COLUMN, table->space, table->name, &count);
    const SchemaObject **ordered = xcalloc(count + 1, sizeof *ordered);
    AUTO(str_list) StrList lines = {0};

    for (size_t i = 0; i < count; i++)
        ordered[i] = &parts[i];
    qsort(ordered, count, sizeof(*ordered), compare_positions);
    for (size_t i = 0; i < count; i++) {
        AUTO(str) char *name = statement_name(ordered[i]->name);
        char *text = statement_fill(PG_COLUMN_DEFINITION,
                                    &(StatementScope){.object = ordered[i], .name = name});

        if (text)
            str_list_add_owned(&lines, text);
    }
    free(ordered);
    return str_list_join(&lines, ",\n    ");
}

/* What belongs to a table or a view, after it: keys before those that refer to them. */
static void put_parts(const Schema *schema, const SchemaObject *owner, StrList *out)
{
    static const SchemaKind kinds[] = {SCHEMA_PRIMARY_KEY, SCHEMA_UNIQUE, SCHEMA_CHECK,
                                       SCHEMA_EXCLUSION,   SCHEMA_INDEX,  SCHEMA_FOREIGN_KEY,
                                       SCHEMA_TRIGGER,     SCHEMA_RULE,   SCHEMA_POLICY};
    size_t count;
    const SchemaObject *parts =
        schema_parts(schema, SCHEMA_COLUMN, owner->space, owner->name, &count);

    for (size_t i = 0; i < count; i++) {
        AUTO(work) Work work = work_on(schema, &parts[i], &parts[i], out);

        put_extras(&work);
    }
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        parts = schema_parts(schema, kinds[k], owner->space, owner->name, &count);
        for (size_t i = 0; i < count; i++)
            put_create(schema, &parts[i], out);
    }
}

static void put_create(const Schema *schema, const SchemaObject *object, StrList *out)
{
    AUTO(work) Work work = work_on(schema, object, object, out);
    AUTO(str) char *definitions = NULL;

    if (object->kind == SCHEMA_TABLE)
        definitions = definitions_of(schema, object);
    if (work.kind->create && !put(&work, work.kind->create, definitions, NULL, NULL))
        return;
    put_extras(&work);
    if (object->table[0] == '\0')
        put_parts(schema, object, out);
}

static void put_drop(const Schema *schema, const SchemaObject *object, StrList *out)
{
    AUTO(work) Work work = work_on(schema, object, object, out);

    if (!work.kind->noun)
        put_grants(&work, schema_object_text(object, "grants"), NULL);
    else
        (void)put(&work, work.kind->drop ? work.kind->drop : "DROP {noun} {place};", NULL, NULL,
                  NULL);
}

static void put_changed(const Schema *upgraded, const Schema *fresh, const SchemaObject *old,
                        const SchemaObject *object, const SchemaDifference *difference,
                        StrList *out)
{
    AUTO(work) Work work = work_on(fresh, object, old, out);

    /* a list that no statement turns into the other has had its answer */
    if (put_change(&work, difference->attribute, difference->before, difference->after) ||
        !work.kind->remade || text_ends(difference->attribute, "grants"))
        return;
    put_drop(upgraded, old, out);
    put_create(fresh, object, out);
}

char *pg_difference_statement(const Schema *upgraded, const Schema *fresh,
                              const SchemaDifference *difference)
{
    const char *was = difference->was ? difference->was : difference->name;
    const SchemaObject *old =
        schema_find(upgraded, difference->kind, difference->space, difference->table, was);
    const SchemaObject *object = schema_find(fresh, difference->kind, difference->space,
                                             difference->table, difference->name);
    AUTO(str_list) StrList out = {0};

    if (difference->change == SCHEMA_ADDED && object)
        put_create(fresh, object, &out);
    if (difference->change == SCHEMA_REMOVED && old)
        put_drop(upgraded, old, &out);
    if (difference->change == SCHEMA_CHANGED && (old || object)) /* a sequence is in one of them */
        put_changed(upgraded, fresh, old ? old : object, object ? object : old, difference, &out);
    return out.len > 0 ? str_list_join(&out, "\n") : NULL;
}
