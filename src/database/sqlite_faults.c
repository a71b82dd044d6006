#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "database/leftovers.h"
#include "database/sqlite_parts.h"

enum { DAMAGE_LINES_MAX = 20, DAMAGE_READ_MAX = 100000 };

/* Rows of "t.c", of "NULL value in t.c", that are NULL indeed. Both names may have points.
 * @param[out] ret_known  there is such a table, with such a column */
static Error *count_nulls(SqliteDb *db, const char *place, bool *ret_known, int64_t *ret_count)
{
    for (const char *point = strchr(place, '.'); point; point = strchr(point + 1, '.')) {
        AUTO(str) char *name = xstrndup(place, (size_t)(point - place));
        AUTO(str) char *table = sqlite_quote(name), *column = sqlite_quote(point + 1);
        AUTO(str)
        char *sql =
            xasprintf("SELECT count(*) FROM main.%s AS t WHERE typeof(t.%s) = 'null'", table,
                      column); /* IS NULL is not looked up where the column is NOT NULL */
        AUTO(stmt) sqlite3_stmt *stmt = NULL;
        AUTO(error) Error *err = sqlite_prepare(db, sql, &stmt);
        bool row;

        if (err && !sqlite_error_is_local(err))
            return TAKE(err);
        if (err)
            continue; /* another point divides the two */
        TRY(sqlite_step(db, stmt, &row));
        *ret_known = true;
        *ret_count = sqlite3_column_int64(stmt, 0);
        return NULL;
    }
    return NULL;
}

/* SQLite 3.40 reads the wrong column of a table WITHOUT ROWID whose key is not its first columns,
 * and reports NULL in each row. The table itself says whether it is so. */
static Error *is_false_alarm(SqliteDb *db, const char *line, StrList *false_places, bool *ret_is)
{
    static const char start[] = "NULL value in ";
    const char *place = line + sizeof start - 1;
    bool known = false;
    int64_t nulls = 0;

    *ret_is = false;
    if (!text_starts(line, start))
        return NULL;
    *ret_is = str_list_has(false_places, place);
    if (*ret_is)
        return NULL;
    TRY(count_nulls(db, place, &known, &nulls));
    *ret_is = known && nulls == 0;
    if (*ret_is)
        str_list_add(false_places, place);
    return NULL;
}

/* Every line of an integrity_check that is not "ok" is a fault. table: NULL checks all. */
static Error *check_damage(SqliteDb *db, const char *table, Snapshot *snapshot)
{
    AUTO(str) char *quoted = table ? sqlite_quote(table) : xasprintf("%d", DAMAGE_READ_MAX);
    AUTO(str) char *sql = xasprintf("PRAGMA main.integrity_check(%s)", quoted);
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    AUTO(str_list) StrList false_places = {0};
    bool row, is_false;

    TRY(sqlite_prepare(db, sql, &stmt));
    for (int lines = 0; lines < DAMAGE_LINES_MAX;) {
        TRY(sqlite_step(db, stmt, &row));
        if (!row)
            break;
        TRY(is_false_alarm(db, sqlite_text(stmt, 0), &false_places, &is_false));
        lines += !is_false;
        if (!is_false && !text_eq(sqlite_text(stmt, 0), "ok"))
            fault_list_add(&snapshot->faults, FAULT_CORRUPT, table, NULL, sqlite_text(stmt, 0), 0);
    }
    return NULL;
}

/* A check of the whole file fails on the first collation or function that only the application has:
 * then table by table, and those that cannot be checked are named. */
static Error *read_damage(SqliteDb *db, Snapshot *snapshot)
{
    size_t before = snapshot->faults.len;
    AUTO(error) Error *err = check_damage(db, NULL, snapshot);

    if (err && err->code == ERR_PROTOCOL) {
        fault_list_add(&snapshot->faults, FAULT_CORRUPT, NULL, NULL, err->msg, 0);
        return NULL;
    }
    if (!err || !sqlite_error_is_local(err) || snapshot->faults.len > before)
        return TAKE(err);
    for (size_t i = 0; i < snapshot->schema.len; i++) {
        const SchemaObject *object = &snapshot->schema.items[i];

        if (object->kind == SCHEMA_TABLE)
            TRY(sqlite_note_unseen(check_damage(db, object->name, snapshot), "integrity of",
                                   object->name, &snapshot->unseen));
    }
    return NULL;
}

/* One foreign key of a table: how many rows break it, and one of them. */
typedef struct Orphans {
    int64_t key, rows, example;
    bool has_example; /* tables WITHOUT ROWID give none */
    char *parent;
} Orphans;

typedef struct OrphansList {
    Orphans *items;
    size_t len, cap;
} OrphansList;

static void orphans_list_clear(OrphansList *list)
{
    for (size_t i = 0; i < list->len; i++)
        free(list->items[i].parent);
    free(list->items);
    *list = (OrphansList){0};
}

DEFINE_AUTO_VALUE(orphans_list, OrphansList, orphans_list_clear)

/* stmt: parent, fkid, rowid */
static void count_orphan(sqlite3_stmt *stmt, OrphansList *list)
{
    int64_t key = sqlite3_column_int64(stmt, 1);

    for (size_t i = 0; i < list->len; i++)
        if (list->items[i].key == key) {
            list->items[i].rows++;
            return;
        }
    LIST_PUSH(list, ((Orphans){.key = key,
                               .rows = 1,
                               .example = sqlite3_column_int64(stmt, 2),
                               .has_example = sqlite3_column_type(stmt, 2) != SQLITE_NULL,
                               .parent = xstrdup(sqlite_text(stmt, 0))}));
}

static Error *key_columns(SqliteDb *db, const char *table, int64_t key, char **ret_columns)
{
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    AUTO(str_list) StrList names = {0};
    bool row;

    TRY(sqlite_prepare(db,
                       "SELECT \"from\" FROM pragma_foreign_key_list(?1, 'main') WHERE id = ?2 "
                       "ORDER BY seq",
                       &stmt));
    sqlite_restart(stmt, table);
    (void)sqlite3_bind_int64(stmt, 2, key); /* an error shows as no row */
    for (;;) {
        TRY(sqlite_step(db, stmt, &row));
        if (!row)
            break;
        str_list_add(&names, sqlite_text(stmt, 0));
    }
    *ret_columns = str_list_join(&names, ", ");
    return NULL;
}

static Error *add_orphans(SqliteDb *db, const char *table, const Orphans *orphans,
                          FaultList *faults)
{
    AUTO(str) char *columns = NULL;
    AUTO(str) char *example = NULL;
    AUTO(str) char *detail = NULL;

    TRY(key_columns(db, table, orphans->key, &columns));
    example = orphans->has_example ? xasprintf(", first at rowid %" PRId64, orphans->example)
                                   : xstrdup("");
    detail = xasprintf("foreign_key_check: %" PRId64 " %s of %s (%s) %s of %s%s", orphans->rows,
                       orphans->rows == 1 ? "row" : "rows", table, columns,
                       orphans->rows == 1 ? "refers to a missing row" : "refer to missing rows",
                       orphans->parent, example);
    fault_list_add(faults, FAULT_FOREIGN_KEY, table, columns, detail, orphans->rows);
    return NULL;
}

static Error *check_keys(SqliteDb *db, const char *table, FaultList *faults)
{
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    AUTO(orphans_list) OrphansList list = {0};
    bool row;

    TRY(sqlite_prepare(db, "SELECT parent, fkid, rowid FROM pragma_foreign_key_check(?1, 'main')",
                       &stmt));
    sqlite_restart(stmt, table);
    for (;;) {
        TRY(sqlite_step(db, stmt, &row));
        if (!row)
            break;
        count_orphan(stmt, &list);
    }
    for (size_t i = 0; i < list.len; i++)
        TRY(add_orphans(db, table, &list.items[i], faults));
    return NULL;
}

/* A key whose parent columns are not unique makes every insert fail where keys are enforced: SQLite
 * says "foreign key mismatch", which is a fault and nothing of this library's. */
static Error *read_orphans(SqliteDb *db, const char *table, Snapshot *snapshot)
{
    AUTO(error) Error *err = check_keys(db, table, &snapshot->faults);

    if (err && text_starts(err->msg, "foreign key mismatch")) {
        fault_list_add(&snapshot->faults, FAULT_FOREIGN_KEY, table, NULL, err->msg, 0);
        return NULL;
    }
    if (err && err->code == ERR_PROTOCOL)
        return NULL; /* integrity_check has said it */
    return sqlite_note_unseen(TAKE(err), "foreign keys of", table, &snapshot->unseen);
}

/* sqlite_sequence remembers the largest id ever used, so that ids of deleted rows do not come back.
 */
static Error *read_sequence(SqliteDb *db, const SchemaObject *table, Snapshot *snapshot)
{
    size_t count;
    const SchemaObject *key =
        schema_parts(&snapshot->schema, SCHEMA_PRIMARY_KEY, "", table->name, &count);
    const char *column = key ? str_map_get(&key->attributes, "columns") : NULL;
    AUTO(str) char *quoted = sqlite_quote(table->name);
    AUTO(str) char *quoted_column = sqlite_quote(column ? column : "rowid");
    AUTO(str)
    char *sql = xasprintf("SELECT s.seq, t.top FROM main.sqlite_sequence AS s, "
                          "(SELECT max(%s) AS top FROM main.%s) AS t "
                          "WHERE s.name = ?1 AND s.seq < t.top",
                          quoted_column, quoted);
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    AUTO(str) char *detail = NULL;
    bool row;

    TRY(sqlite_prepare(db, sql, &stmt));
    sqlite_restart(stmt, table->name);
    TRY(sqlite_step(db, stmt, &row));
    if (!row)
        return NULL;
    detail = xasprintf("sqlite_sequence of %s is %s, but its largest %s is %s: ids of deleted rows "
                       "may come back",
                       table->name, sqlite_text(stmt, 0), column ? column : "rowid",
                       sqlite_text(stmt, 1));
    fault_list_add(&snapshot->faults, FAULT_SEQUENCE, table->name, column, detail, 0);
    return NULL;
}

static Error *read_table_faults(SqliteDb *db, const SchemaObject *table, Snapshot *snapshot)
{
    size_t keys;

    if (schema_parts(&snapshot->schema, SCHEMA_FOREIGN_KEY, "", table->name, &keys))
        TRY(read_orphans(db, table->name, snapshot));
    if (text_eq(str_map_get(&table->attributes, "autoincrement"), "yes")) {
        AUTO(error) Error *err = read_sequence(db, table, snapshot);

        if (err && err->code != ERR_PROTOCOL) /* damage: integrity_check has said it */
            return sqlite_note_unseen(TAKE(err), "sequence of", table->name, &snapshot->unseen);
    }
    return NULL;
}

Error *sqlite_faults_read(SqliteDb *db, Snapshot *snapshot)
{
    TRY(read_damage(db, snapshot));
    for (size_t i = 0; i < snapshot->schema.len; i++)
        if (snapshot->schema.items[i].kind == SCHEMA_TABLE)
            TRY(read_table_faults(db, &snapshot->schema.items[i], snapshot));
    leftovers_find(&snapshot->schema, &snapshot->faults);
    return NULL;
}
