#include "check/said.h"

#include <ctype.h>
#include <string.h>

#include "model/sql_scan.h"

static void read_schema(const Snapshot *snapshot, EffectList *effects)
{
    for (size_t i = 0; snapshot && i < snapshot->schema.len; i++) {
        const SchemaObject *object = &snapshot->schema.items[i];
        const char *sql = str_map_get(&object->attributes, "sql");

        if (sql && (object->kind == SCHEMA_TRIGGER || object->kind == SCHEMA_FUNCTION))
            effects_of(sql, SIZE_MAX, effects);
    }
}

void said_read(const Observation *seen, Said *ret_said)
{
    *ret_said = (Said){.seen = seen};
    if (seen->statements)
        effects_read(seen->statements, &ret_said->effects);
    read_schema(seen->before, &ret_said->maintained);
    read_schema(seen->after, &ret_said->maintained);
}

void said_clear(Said *said)
{
    effect_list_clear(&said->effects);
    effect_list_clear(&said->maintained);
}

/* --- names ----------------------------------------------------------------------------------- */

static bool has(const StrList *names, const char *name)
{
    for (size_t i = 0; name && i < names->len; i++)
        if (text_eq_nocase(names->items[i], name))
            return true;
    return false;
}

static bool has_any(const StrList *names, const StrList *others)
{
    for (size_t i = 0; i < others->len; i++)
        if (has(names, others->items[i]))
            return true;
    return false;
}

static bool is_table(const StrList *names, const Effect *effect)
{
    return text_eq(effect->table, "%") || has(names, effect->table);
}

/* The rows went to a table of another name and came back. */
static bool comes_back(const Said *said, const StrList *names, const char *table)
{
    for (size_t i = 0; i < said->effects.len; i++) {
        const Effect *effect = &said->effects.items[i];

        if (effect->kind == EFFECT_COPY && has(names, effect->table) &&
            has(&effect->sources, table))
            return true;
    }
    return false;
}

/* "app.\"events\"" -> "events"; caller frees. */
static char *bare_name(const char *text)
{
    const char *dot = strrchr(text, '.');
    AUTO(str) char *name = xstrdup(dot ? dot + 1 : text);

    return text_replace(name, "\"", "");
}

/* What is said of a partition is said of the rows of its table. */
static bool add_partitions(const Said *said, StrList *names)
{
    const Snapshot *before = said->seen->before;
    size_t count = names->len;

    for (size_t i = 0; before && i < before->schema.len; i++) {
        const SchemaObject *object = &before->schema.items[i];
        const char *parent = str_map_get(&object->attributes, "parent");
        AUTO(str) char *bare = NULL;

        if (object->kind != SCHEMA_TABLE || !parent ||
            !str_map_has(&object->attributes, "partition"))
            continue;
        bare = bare_name(parent);
        if (has(names, bare) && !has(names, object->name))
            str_list_add(names, object->name);
    }
    return names->len > count;
}

/* All names that a table had in the course of the upgrade, and those of its parts. */
static void names_of(const Said *said, const TableChange *change, StrList *names)
{
    bool more = true;

    str_list_add(names, change->table);
    if (change->after_table && !has(names, change->after_table))
        str_list_add(names, change->after_table);
    while (more) {
        more = add_partitions(said, names);
        for (size_t i = 0; i < said->effects.len; i++) {
            const Effect *effect = &said->effects.items[i];
            const char *add = NULL;

            if (effect->kind == EFFECT_RENAME_TABLE)
                add = has(names, effect->table)   ? effect->other
                      : has(names, effect->other) ? effect->table
                                                  : NULL;
            else if (effect->kind == EFFECT_COPY && has_any(names, &effect->sources) &&
                     comes_back(said, names, effect->table))
                add = effect->table;
            if (add && !has(names, add)) {
                str_list_add(names, add);
                more = true;
            }
        }
    }
}

static const Statement *statement_of(const Said *said, const Effect *effect)
{
    return &said->seen->statements->items[effect->statement];
}

/* The table was made anew, and its rows were copied. */
static const Effect *rebuild_of(const Said *said, const StrList *names)
{
    for (size_t i = 0; i < said->effects.len; i++) {
        const Effect *effect = &said->effects.items[i];

        if (effect->kind == EFFECT_COPY && has(names, effect->table) &&
            has_any(names, &effect->sources))
            return effect;
    }
    return NULL;
}

/* --- rows ------------------------------------------------------------------------------------ */

static bool names_rows(const TableChange *change, const Effect *effect, const StrList *names,
                       bool rebuilt)
{
    bool drops = effect->kind == EFFECT_DROP_TABLE;

    if (drops && text_eq(effect->table, ""))
        return !change->after_table && text_eq_nocase(effect->other, change->space);
    if (drops)
        return is_table(names, effect) && (!change->after_table || !rebuilt);
    if (effect->kind == EFFECT_DELETE)
        return is_table(names, effect);
    return effect->kind == EFFECT_COPY && effect->narrowed && has(names, effect->table) &&
           has_any(names, &effect->sources);
}

SaidKind said_rows(const Said *said, const TableChange *change, const Statement **ret_by)
{
    AUTO(str_list) StrList names = {0};
    bool rebuilt;

    *ret_by = NULL;
    if (change->gone == 0)
        return NO_LOSS;
    names_of(said, change, &names);
    rebuilt = rebuild_of(said, &names) != NULL;
    for (size_t i = 0; i < said->effects.len; i++)
        if (names_rows(change, &said->effects.items[i], &names, rebuilt)) {
            *ret_by = statement_of(said, &said->effects.items[i]);
            return SAID;
        }
    /* SQLite drops no table that is not named */
    return !change->after_table && !*change->space ? SAID : UNSAID;
}

/* --- values ---------------------------------------------------------------------------------- */

static bool names_column(const Effect *effect, const StrList *names, const StrList *columns)
{
    if (!is_table(names, effect))
        return false;
    switch (effect->kind) {
    case EFFECT_UPDATE:
    case EFFECT_RETYPE:
    case EFFECT_DROP_COLUMN:
        return has_any(columns, &effect->columns) || has(&effect->columns, "%");
    case EFFECT_COPY: /* an expression stands in the column's place */
        return has_any(columns, &effect->columns) && !has_any(columns, &effect->plain);
    case EFFECT_DELETE:
    case EFFECT_INSERT:
    case EFFECT_DROP_TABLE:
    case EFFECT_RENAME_TABLE:
    case EFFECT_RENAME_COLUMN:
    case EFFECT_RENAME_VALUE:
        break;
    }
    return false;
}

/* All rows were removed, and others put in their place. */
static const Effect *refill_of(const Said *said, const StrList *names)
{
    const Effect *removed = NULL;

    for (size_t i = 0; i < said->effects.len; i++) {
        const Effect *effect = &said->effects.items[i];

        if (effect->kind == EFFECT_DELETE && is_table(names, effect))
            removed = effect;
        if (removed && (effect->kind == EFFECT_INSERT || effect->kind == EFFECT_COPY) &&
            has(names, effect->table))
            return removed;
    }
    return NULL;
}

static void columns_of(const Said *said, const ColumnChange *column, const StrList *names,
                       StrList *columns)
{
    str_list_add(columns, column->column);
    if (column->after_column)
        str_list_add(columns, column->after_column);
    for (size_t i = 0; i < said->effects.len; i++) {
        const Effect *effect = &said->effects.items[i];

        if (effect->kind != EFFECT_RENAME_COLUMN || !has(names, effect->table))
            continue;
        if (has(columns, effect->columns.items[0]))
            str_list_add(columns, effect->other);
        else if (has(columns, effect->other))
            str_list_add(columns, effect->columns.items[0]);
    }
}

static const Effect *column_named(const Said *said, const TableChange *change,
                                  const ColumnChange *column)
{
    AUTO(str_list) StrList names = {0}, columns = {0};
    const Effect *rebuilt;

    names_of(said, change, &names);
    columns_of(said, column, &names, &columns);
    for (size_t i = 0; i < said->effects.len; i++)
        if (names_column(&said->effects.items[i], &names, &columns))
            return &said->effects.items[i];
    /* the new table's own definition leaves the column out */
    rebuilt = column->after_column ? NULL : rebuild_of(said, &names);
    return rebuilt ? rebuilt : refill_of(said, &names);
}

/* NEW.updated_at := now() */
static bool sets_new(const char *sql, const char *column)
{
    AUTO(str) char *wanted = xasprintf("new.%s", column);
    size_t len = strlen(wanted);

    for (const char *at = sql; *at; at++) {
        AUTO(str) char *piece = NULL;
        const char *next;

        if (tolower((unsigned char)*at) != 'n')
            continue;
        piece = xstrndup(at, strnlen(at, len));
        next = at + strlen(piece);
        next += strspn(next, " \t\n");
        next += *next == ':';
        if (text_eq_nocase(piece, wanted) && *next == '=')
            return true;
    }
    return false;
}

static bool is_maintained(const Said *said, const TableChange *change, const ColumnChange *column)
{
    AUTO(str_list) StrList names = {0}, columns = {0};
    const Snapshot *snapshots[] = {said->seen->before, said->seen->after};

    str_list_add(&names, change->table);
    str_list_add(&columns, column->column);
    for (size_t i = 0; i < said->maintained.len; i++)
        if (said->maintained.items[i].kind == EFFECT_UPDATE &&
            names_column(&said->maintained.items[i], &names, &columns))
            return true;
    for (size_t k = 0; k < COUNT_OF(snapshots); k++)
        for (size_t i = 0; snapshots[k] && i < snapshots[k]->schema.len; i++) {
            const SchemaObject *object = &snapshots[k]->schema.items[i];
            const char *sql = str_map_get(&object->attributes, "sql");

            if (sql && object->kind == SCHEMA_FUNCTION && sets_new(sql, column->column))
                return true;
        }
    return false;
}

/* ALTER TYPE ... RENAME VALUE: the rows keep what they have, and it reads otherwise. */
static bool reads_otherwise(const Said *said, const TableChange *change, const ColumnChange *column)
{
    const SchemaObject *object = said->seen->before
                                     ? schema_find(&said->seen->before->schema, SCHEMA_COLUMN,
                                                   change->space, change->table, column->column)
                                     : NULL;
    const char *type = object ? str_map_get(&object->attributes, "type") : NULL;
    AUTO(str) char *bare = type ? bare_name(type) : NULL;

    for (size_t i = 0; bare && i < said->effects.len; i++) {
        const Effect *effect = &said->effects.items[i];

        if (effect->kind == EFFECT_RENAME_VALUE && text_starts(bare, effect->table) &&
            text_eq(bare + strlen(effect->table), text_ends(bare, "[]") ? "[]" : ""))
            return true;
    }
    return false;
}

SaidKind said_column(const Said *said, const TableChange *change, const ColumnChange *column,
                     const Statement **ret_by)
{
    const Effect *named = column_named(said, change, column);
    bool dropped = !column->after_column;
    bool loss =
        dropped || column->emptied || column->levelled || column->nulled > 0 || column->merged;

    *ret_by = named ? statement_of(said, named) : NULL;
    if (named)
        return loss ? SAID : NO_LOSS;
    if (dropped && !*change->space) /* SQLite drops no column that is not named */
        return SAID;
    if (!loss && reads_otherwise(said, change, column))
        return NO_LOSS;
    /* code that we cannot read may well rewrite values on purpose */
    if (!loss && (!said->seen->statements || said->seen->statements->partial ||
                  is_maintained(said, change, column)))
        return NO_LOSS;
    return column->emptied || !is_maintained(said, change, column) ? UNSAID : NO_LOSS;
}

/* --- around it ------------------------------------------------------------------------------- */

const Statement *said_of_parents(const Said *said, const TableChange *change)
{
    for (size_t i = 0; i < said->effects.len; i++) {
        const Effect *effect = &said->effects.items[i];

        if (effect->kind != EFFECT_DELETE && effect->kind != EFFECT_DROP_TABLE)
            continue;
        for (size_t k = 0; k < change->parents.len; k++) {
            const char *dot = strrchr(change->parents.items[k], '.');

            if (text_eq_nocase(dot ? dot + 1 : change->parents.items[k], effect->table))
                return statement_of(said, effect);
        }
    }
    return NULL;
}

const Statement *said_of_rebuild(const Said *said, const TableChange *change)
{
    AUTO(str_list) StrList names = {0};
    const Effect *rebuild;

    names_of(said, change, &names);
    rebuild = rebuild_of(said, &names);
    return rebuild ? statement_of(said, rebuild) : NULL;
}

static bool cascades(const char *sql)
{
    AUTO(scan) ScanTokens tokens = {0};

    scan_read(sql, &tokens);
    return scan_is(&tokens, 0, "DROP") && !scan_is(&tokens, 1, "TABLE") && tokens.len > 2 &&
           scan_is(&tokens, tokens.len - 1, "CASCADE");
}

const Statement *said_of_cascade(const Said *said)
{
    const StatementList *statements = said->seen->statements;
    const Statement *found = NULL;

    for (size_t i = 0; statements && i < statements->len; i++) {
        if (!cascades(statements->items[i].text))
            continue;
        if (found)
            return NULL;
        found = &statements->items[i];
    }
    return found;
}

char *said_migration(const Said *said, const Statement *by)
{
    AUTO(str_list) StrList added = {0};

    if (by && by->migration)
        return xstrdup(by->migration);
    ledger_added(&said->seen->before->ledgers, &said->seen->after->ledgers, &added);
    return added.len == 1 ? xstrdup(added.items[0]) : NULL;
}

char *said_table(const TableChange *change)
{
    bool plain = !*change->space || text_eq(change->space, "public");

    return xasprintf("%s%s%s", plain ? "" : change->space, plain ? "" : ".", change->table);
}

char *said_skip(const Observation *seen)
{
    char *skip = skip_without_upgrade(seen);

    if (skip)
        return skip;
    return seen->data ? NULL : xstrdup("the rows before and after the upgrade were not compared");
}

char *said_unseen(const Observation *seen, size_t found)
{
    const StrList *unseen = &seen->data->unseen;

    if (found > 0 || unseen->len == 0)
        return NULL;
    if (unseen->len == 1)
        return xasprintf("not every table could be compared: %s", unseen->items[0]);
    return xasprintf("not every table could be compared: %s; and %zu more", unseen->items[0],
                     unseen->len - 1);
}
