#include "migrator/home_made.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = 8 }; /* a ledger is a narrow table */

/* Columns that name the migration, the most telling first. */
static const char *const NAMES[] = {
    "migration_name", "migration", "filename", "file_name", "file", "script_name",
    "script",         "name",      "version",  "tag",       "key",  "number",
};

/* Only a ledger has these, whatever it is called. */
static const char *const APPLIED[] = {"applied_at", "applied_on", "appliedat", "migrated_at"};

static const char *const TIMES[] = {
    "applied_at",  "applied_on",     "appliedat",   "migrated_at",  "applied",    "run_at",
    "run_on",      "ran_at",         "executed_at", "executed_on",  "created_at", "createdat",
    "inserted_at", "installed_on",   "timestamp",   "time",         "ts",         "date",
    "started_at",  "migration_time", "finished_at", "completed_at", "updated_at", "at",
};

static const char *const CHECKSUMS[] = {"checksum", "hash", "sha256", "sha1", "md5", "digest"};

/* What else ledgers hold. A column outside all these lists makes the table something of the user's.
 */
static const char *const OTHERS[] = {
    "id",          "description", "batch",     "dirty",  "success",        "succeeded",
    "status",      "app",         "type",      "error",  "execution_time", "execution_ms",
    "duration_ms", "duration",    "direction", "reason", "installed_by",   "applied_by",
    "sql",
};

LedgerTable ledger_table_of(const Schema *schema, const SchemaObject *table)
{
    LedgerTable found = {.space = table->space, .name = table->name};

    found.columns = schema_parts(schema, SCHEMA_COLUMN, table->space, table->name, &found.count);
    return found;
}

const SchemaObject *ledger_table_find(const Schema *schema, const char *space, const char *name)
{
    for (size_t i = 0; i < schema->len; i++) {
        const SchemaObject *object = &schema->items[i];

        if (object->kind == SCHEMA_TABLE && text_eq(object->space, space) &&
            text_eq_nocase(object->name, name))
            return object;
    }
    return NULL;
}

const SchemaObject *ledger_table_column(const LedgerTable *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (text_eq_nocase(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

char *ledger_quote(const char *name)
{
    AUTO(str) char *doubled = text_replace(name, "\"", "\"\"");

    return xasprintf("\"%s\"", doubled);
}

/* Lower case, letters and digits only: "Schema-Versions" and "schema_versions" are one. */
static char *squeeze(const char *name)
{
    char *squeezed = xstrdup(name);
    char *to = squeezed;

    for (const char *from = name; *from; from++)
        if (isalnum((unsigned char)*from))
            *to++ = (char)tolower((unsigned char)*from);
    *to = '\0';
    return squeezed;
}

bool ledger_name_sounds_right(const char *name)
{
    static const char *const words[] = {"migration", "schemaversion", "schemahistory",
                                        "changelog", "dbversion",     "databaseversion"};
    AUTO(str) char *squeezed = squeeze(name);

    if (text_ends(squeezed, "lock") || text_ends(squeezed, "locks"))
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strstr(squeezed, words[i]))
            return true;
    return false;
}

static bool is_one_of(const char *name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_eq_nocase(name, words[i]))
            return true;
    return false;
}

static const SchemaObject *first_of(const LedgerTable *table, const char *const *words,
                                    size_t count)
{
    const SchemaObject *column = NULL;

    for (size_t i = 0; i < count && !column; i++)
        column = ledger_table_column(table, words[i]);
    return column;
}

static const char *type_of(const SchemaObject *column)
{
    const char *type = str_map_get(&column->attributes, "type");

    return type ? type : "";
}

static bool is_text_or_integer(const SchemaObject *column)
{
    static const char *const types[] = {"char", "text", "clob", "int", "serial", "numeric", "uuid"};
    const char *type = type_of(column);

    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (text_contains_nocase(type, types[i]))
            return true;
    return type[0] == '\0'; /* SQLite columns need no type */
}

static bool is_ledger_column(const char *name)
{
    return is_one_of(name, NAMES, COUNT_OF(NAMES)) || is_one_of(name, TIMES, COUNT_OF(TIMES)) ||
           is_one_of(name, CHECKSUMS, COUNT_OF(CHECKSUMS)) ||
           is_one_of(name, OTHERS, COUNT_OF(OTHERS));
}

/* The column that names the migration; NULL when the table is no ledger. */
static const SchemaObject *naming_column(const LedgerTable *table)
{
    const SchemaObject *column = first_of(table, NAMES, COUNT_OF(NAMES));
    bool named = ledger_name_sounds_right(table->name);

    if (table->count == 0 || table->count > MAX_COLUMNS)
        return NULL;
    for (size_t i = 0; i < table->count; i++)
        if (!is_ledger_column(table->columns[i].name))
            return NULL;
    if (!column && named)
        column = ledger_table_column(table, "id");
    if (!named && (table->count > 4 || !first_of(table, APPLIED, COUNT_OF(APPLIED))))
        return NULL;
    return column && is_text_or_integer(column) ? column : NULL;
}

/* A flag as a predicate: a boolean stands alone in Postgres, an integer does not. */
static char *flag(const SchemaObject *column, bool wanted)
{
    AUTO(str) char *quoted = NULL;

    if (!column)
        return NULL;
    quoted = ledger_quote(column->name);
    if (text_contains_nocase(type_of(column), "bool"))
        return xasprintf("%s%s", wanted ? "" : "NOT ", quoted);
    if (text_contains_nocase(type_of(column), "int"))
        return xasprintf("%s %s 0", quoted, wanted ? "<>" : "=");
    return NULL;
}

/* SQL predicate on a lock table by its columns; NULL when they do not say. */
static char *lock_predicate(const LedgerTable *lock)
{
    static const char *const flags[] = {"is_locked", "locked"};
    static const char *const marks[] = {"locked_at", "acquired_at", "locked_by"};
    const SchemaObject *mark = first_of(lock, marks, COUNT_OF(marks));
    char *predicate = flag(first_of(lock, flags, COUNT_OF(flags)), true);
    AUTO(str) char *quoted = NULL;

    if (predicate || !mark)
        return predicate;
    quoted = ledger_quote(mark->name);
    return xasprintf("%s IS NOT NULL", quoted);
}

static void add_lock(const Schema *schema, const LedgerTable *table, LedgerSpec *spec)
{
    size_t len = strlen(table->name);
    bool plural = text_ends(table->name, "s");
    AUTO(str) char *singular = xstrndup(table->name, plural ? len - 1 : len);
    const char *const stems[] = {table->name, singular};
    const SchemaObject *object = NULL;
    LedgerTable lock;

    for (size_t i = 0; i < COUNT_OF(stems) && !object; i++) {
        AUTO(str) char *apart = xasprintf("%s_lock", stems[i]);
        AUTO(str) char *joined = xasprintf("%slock", stems[i]);

        object = ledger_table_find(schema, table->space, apart);
        if (!object)
            object = ledger_table_find(schema, table->space, joined);
    }
    if (!object)
        return;
    lock = ledger_table_of(schema, object);
    spec->lock_space = xstrdup(lock.space);
    spec->lock_table = xstrdup(lock.name);
    spec->locked = lock_predicate(&lock);
}

/* By a running number when there is one, else by time, else by the name itself. */
static char *order_of(const LedgerTable *table, const SchemaObject *naming)
{
    const SchemaObject *id = ledger_table_column(table, "id");
    const SchemaObject *when = first_of(table, TIMES, COUNT_OF(TIMES));

    if (id && text_contains_nocase(type_of(id), "int"))
        return ledger_quote(id->name);
    return ledger_quote(when ? when->name : naming->name);
}

bool home_made_find(const Schema *schema, const LedgerTable *table, LedgerSpec *ret_spec)
{
    const SchemaObject *naming = naming_column(table);
    const SchemaObject *checksum = first_of(table, CHECKSUMS, COUNT_OF(CHECKSUMS));
    const SchemaObject *dirty = ledger_table_column(table, "dirty");

    if (!naming)
        return false;
    *ret_spec = (LedgerSpec){
        .framework = xstrdup("home-made"),
        .space = xstrdup(table->space),
        .table = xstrdup(table->name),
        .id = ledger_quote(naming->name),
        .checksum = checksum ? ledger_quote(checksum->name) : NULL,
        .order = order_of(table, naming),
        .failed = dirty ? flag(dirty, true) : flag(ledger_table_column(table, "success"), false),
    };
    add_lock(schema, table, ret_spec);
    return true;
}
