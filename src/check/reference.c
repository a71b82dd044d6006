#include "check/reference.h"

#include <inttypes.h>
#include <string.h>

#include "check/compose.h"

enum { ROWS_MAX = 5000, LISTED_MAX = 20 };

/* --- columns --------------------------------------------------------------------------------- */

typedef enum Content {
    CONTENT_OURS, /* what a migration wrote */
    CONTENT_MADE, /* a number, a UUID, a secret: another one in every database */
    CONTENT_TIME,
} Content;

static bool has_any(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; text && i < count; i++)
        if (text_contains_nocase(text, words[i]))
            return true;
    return false;
}

static bool is_time(const SchemaObject *column)
{
    static const char *const TYPES[] = {"time", "date"};
    static const char *const DEFAULTS[] = {"current_",  "now(",   "datetime(", "strftime(",
                                           "unixepoch", "clock_", "julianday"};
    static const char *const ENDS[] = {"_at", "_on", "At", "_time", "_date", "_ts"};
    static const char *const NAMES[] = {"created", "updated", "modified", "timestamp"};

    for (size_t i = 0; i < COUNT_OF(ENDS); i++)
        if (text_ends(column->name, ENDS[i]))
            return true;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        if (text_eq(column->name, NAMES[i]))
            return true;
    return has_any(str_map_get(&column->attributes, "type"), TYPES, COUNT_OF(TYPES)) ||
           has_any(str_map_get(&column->attributes, "default"), DEFAULTS, COUNT_OF(DEFAULTS));
}

/* A default that calls something, a type of its own, a name that says so. */
static bool is_made(const SchemaObject *column)
{
    static const char *const TYPES[] = {"uuid", "bytea", "blob"};
    static const char *const NAMES[] = {"uuid", "guid",     "secret", "token",  "salt",
                                        "hash", "password", "nonce",  "api_key"};
    const char *text = str_map_get(&column->attributes, "default");

    return (text && strchr(text, '(')) || str_map_has(&column->attributes, "identity") ||
           str_map_has(&column->attributes, "generated") ||
           str_map_has(&column->attributes, "hidden") ||
           has_any(str_map_get(&column->attributes, "type"), TYPES, COUNT_OF(TYPES)) ||
           has_any(column->name, NAMES, COUNT_OF(NAMES));
}

static bool is_number(const SchemaObject *column)
{
    static const char *const TYPES[] = {"int", "serial", "numeric"};

    return has_any(str_map_get(&column->attributes, "type"), TYPES, COUNT_OF(TYPES));
}

/* Whether a key of that kind, of one column or several, has it. */
static bool is_in_key(const Schema *schema, SchemaKind kind, const SchemaObject *column)
{
    size_t count;
    const SchemaObject *keys = schema_parts(schema, kind, column->space, column->table, &count);

    for (size_t i = 0; i < count; i++) {
        const char *columns = str_map_get(&keys[i].attributes, "columns");

        if (strstr(keys[i].name, column->name) || (columns && strstr(columns, column->name)))
            return true;
    }
    return false;
}

static Content content_of(const Schema *schema, const SchemaObject *column)
{
    if (is_time(column))
        return CONTENT_TIME;
    /* numbers that rows are known by here are counted, and known by others there */
    if (is_made(column) || (is_number(column) && (is_in_key(schema, SCHEMA_PRIMARY_KEY, column) ||
                                                  is_in_key(schema, SCHEMA_FOREIGN_KEY, column))))
        return CONTENT_MADE;
    return CONTENT_OURS;
}

/* --- tables ---------------------------------------------------------------------------------- */

/* The columns of "owner, slug" or "(owner, slug)", when all of them are among those. */
static bool read_key(const char *text, const StrList *columns, StrList *ret_key)
{
    AUTO(str_list) StrList names = {0};
    StrList key = {0};

    str_list_split(text, ',', &names);
    for (size_t i = 0; i < names.len; i++) {
        char *name = names.items[i] + strspn(names.items[i], " (");

        if (text_ends(name, ")"))
            name[strlen(name) - 1] = '\0';
        if (!str_list_has(columns, name)) {
            str_list_clear(&key);
            return false;
        }
        str_list_add(&key, name);
    }
    *ret_key = key;
    return key.len > 0;
}

static bool find_key(const Schema *schema, const TableData *data, const StrList *columns,
                     StrList *ret_key)
{
    static const SchemaKind KINDS[] = {SCHEMA_UNIQUE, SCHEMA_INDEX, SCHEMA_PRIMARY_KEY};

    for (size_t kind = 0; kind < COUNT_OF(KINDS); kind++) {
        size_t count;
        const SchemaObject *keys =
            schema_parts(schema, KINDS[kind], data->space, data->table, &count);

        for (size_t i = 0; i < count; i++) {
            const char *text = str_map_get(&keys[i].attributes, "columns");

            if (KINDS[kind] == SCHEMA_INDEX && (!str_map_has(&keys[i].attributes, "unique") ||
                                                str_map_has(&keys[i].attributes, "where")))
                continue;
            if (read_key(text ? text : keys[i].name, columns, ret_key))
                return true;
        }
    }
    return false;
}

/* Columns that both databases have, by what they contain.
 * @return false: rows of such a table cannot be told apart, or are a log */
static bool read_columns(const Schema *upgraded, const Schema *fresh, const TableData *data,
                         ReferenceTable *table)
{
    AUTO(str_list) StrList ours = {0};
    bool has_time = false;
    size_t count;
    const SchemaObject *columns =
        schema_parts(fresh, SCHEMA_COLUMN, data->space, data->table, &count);

    for (size_t i = 0; i < count; i++) {
        Content content = content_of(fresh, &columns[i]);

        has_time |= content == CONTENT_TIME;
        if (content == CONTENT_OURS &&
            schema_find(upgraded, SCHEMA_COLUMN, data->space, data->table, columns[i].name))
            str_list_add(&ours, columns[i].name);
    }
    if (find_key(fresh, data, &ours, &table->identity)) {
        for (size_t i = 0; i < ours.len; i++)
            if (!str_list_has(&table->identity, ours.items[i]))
                str_list_add(&table->values, ours.items[i]);
        return true;
    }
    str_list_copy(&ours, &table->identity);
    return ours.len > 0 && !has_time;
}

static bool was_made(const PopulateColumnList *made, const TableData *data)
{
    for (size_t i = 0; i < made->len; i++)
        if (text_eq(made->items[i].table, data->table) &&
            text_eq(made->items[i].space, data->space))
            return true;
    return false;
}

static bool is_reference(const Snapshot *before, const TableData *upgraded, const TableData *fresh,
                         const PopulateColumnList *made)
{
    const TableData *old = snapshot_table(before, upgraded->space, upgraded->table);

    if (upgraded->is_ledger || !fresh || fresh->is_ledger || was_made(made, upgraded))
        return false;
    /* what was empty may be filled only where it still is */
    if (old && old->rows == 0)
        return false;
    return fresh->rows > 0 && fresh->rows <= ROWS_MAX && upgraded->rows <= ROWS_MAX &&
           !(upgraded->fingerprint && text_eq(upgraded->fingerprint, fresh->fingerprint));
}

void reference_choose(const Snapshot *before, const Snapshot *upgraded, const Snapshot *fresh,
                      const PopulateColumnList *made, bool foreign, ReferenceList *ret_tables)
{
    ReferenceList tables = {0};

    for (size_t i = 0; i < upgraded->data.len; i++) {
        const TableData *data = &upgraded->data.items[i];
        ReferenceTable table = {0};

        if (!is_reference(before, data, snapshot_table(fresh, data->space, data->table), made))
            continue;
        if (!read_columns(&upgraded->schema, &fresh->schema, data, &table)) {
            str_list_clear(&table.identity);
            continue;
        }
        table.space = xstrdup(data->space);
        table.table = xstrdup(data->table);
        table.both_ways = !foreign && snapshot_table(before, data->space, data->table) != NULL;
        LIST_PUSH(&tables, table);
    }
    *ret_tables = tables;
}

/* --- what is said ---------------------------------------------------------------------------- */

static void add(const ReferenceTable *table, int64_t count, const StrList *examples,
                const char *where, const char *many, FindingList *findings)
{
    AUTO(str) char *detail = str_list_join(examples, "\n");
    Finding *finding;

    if (count == 0)
        return;
    if (count == 1 && examples->len == 1)
        finding = finding_new(findings, "schema-parity", LEVEL_WARN, "a row of %s %s: %s",
                              table->table, where, examples->items[0]);
    else
        finding = finding_new(findings, "schema-parity", LEVEL_WARN, "%" PRId64 " rows of %s %s",
                              count, table->table, many);
    finding_field(&finding->table, table->table);
    finding_detail(finding, "rows that migrations insert, such as\n%s", detail);
    finding_hint(finding, "%s",
                 "let a new migration bring the rows of upgraded databases up to date; what "
                 "is different on purpose goes into `allow`");
}

void reference_judge(const ReferenceList *tables, FindingList *findings)
{
    for (size_t i = 0; i < tables->len && i < LISTED_MAX; i++) {
        const ReferenceTable *table = &tables->items[i];

        add(table, table->only_fresh, &table->fresh_rows, "exists only after a fresh install",
            "exist only after a fresh install", findings);
        add(table, table->only_upgraded, &table->upgraded_rows, "exists only after the upgrade",
            "exist only after the upgrade", findings);
        add(table, table->differing, &table->differences,
            "differs between an upgraded and a fresh database",
            "differ between an upgraded and a fresh database", findings);
    }
}
