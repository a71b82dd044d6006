#include "migrator/ledger_shapes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "migrator/home_made.h"

/* How much the table's name has to say before its columns are believed. */
typedef enum NameRule {
    NAME_DEFAULT,   /* the framework's own name: the columns are nothing special */
    NAME_LEDGERISH, /* or one that sounds like a ledger */
    NAME_ANY,       /* the columns say it alone: the name is configurable */
} NameRule;

/* In expressions {column} stands for the quoted name as the database spells it. */
typedef struct Shape {
    const char *framework;
    const char *names[3];    /* default names; compared without case */
    const char *columns[10]; /* that it must have */
    NameRule name_rule;
    bool exact;         /* and no others */
    const char *beside; /* a table that must be beside it */
    const char *id, *checksum, *order, *failed, *pending;
    const char *lock_table;  /* "+x": the ledger's name with x behind it */
    const char *lock_column; /* that the lock table must have */
    const char *locked;
    bool around; /* rows are written when a migration begins, and again; else when it is through */
    bool apart;  /* they are written by a session of their own */
} Shape;

/* FACTS section E, default branches of the projects. The first that fits counts, so the stricter
 * one of two that share a name comes first. */
static const Shape SHAPES[] = {
    {"Prisma",
     {"_prisma_migrations"},
     {"migration_name", "checksum", "finished_at", "rolled_back_at", "started_at",
      "applied_steps_count"},
     NAME_ANY,
     .id = "{migration_name}",
     .checksum = "{checksum}",
     .order = "{started_at}",
     .failed = "{finished_at} IS NULL AND {rolled_back_at} IS NULL",
     .pending = "{rolled_back_at} IS NOT NULL",
     .around = true},
    {"Drizzle",
     {"__drizzle_migrations"},
     {"hash", "created_at", "name", "applied_at"},
     NAME_LEDGERISH,
     .id = "{name}",
     .checksum = "{hash}",
     .order = "{created_at}"},
    /* SQLite leaves Drizzle's id NULL; created_at is the "when" of its journal and tells them
       apart. */
    {"Drizzle",
     {"__drizzle_migrations"},
     {"id", "hash", "created_at"},
     NAME_LEDGERISH,
     true,
     .id = "{created_at}",
     .checksum = "{hash}",
     .order = "{created_at}"},
    {"Knex",
     {"knex_migrations"},
     {"id", "name", "batch", "migration_time"},
     NAME_ANY,
     .id = "{name}",
     .order = "{id}",
     .lock_table = "+_lock",
     .lock_column = "is_locked",
     .locked = "{is_locked} = 1"},
    {"Alembic", {"alembic_version"}, {"version_num"}, NAME_ANY, true, .id = "{version_num}"},
    {"Django",
     {"django_migrations"},
     {"app", "name", "applied"},
     NAME_DEFAULT,
     .id = "{app} || '.' || {name}",
     .order = "{id}"},
    {"golang-migrate",
     {"schema_migrations"},
     {"version", "dirty"},
     NAME_ANY,
     true,
     .id = "{version}",
     .failed = "{dirty}",
     .around = true},
    {"Ecto",
     {"schema_migrations"},
     {"version", "inserted_at"},
     NAME_DEFAULT,
     true,
     .id = "{version}",
     .order = "{version}"},
    {"Rails",
     {"schema_migrations"},
     {"version"},
     NAME_DEFAULT,
     true,
     "ar_internal_metadata",
     .id = "{version}",
     .order = "{version}"},
    {"dbmate",
     {"schema_migrations"},
     {"version"},
     NAME_DEFAULT,
     true,
     .id = "{version}",
     .order = "{version}"},
    /* Repeatable migrations have no version, only a script. */
    {"Flyway",
     {"flyway_schema_history", "schema_version"},
     {"installed_rank", "version", "description", "type", "script", "checksum", "success"},
     NAME_ANY,
     .id = "COALESCE({version}, {script})",
     .checksum = "{checksum}",
     .order = "{installed_rank}",
     .failed = "NOT {success}",
     .apart = true},
    {"Liquibase",
     {"databasechangelog"},
     {"id", "author", "filename", "dateexecuted", "orderexecuted", "exectype", "md5sum"},
     NAME_ANY,
     .id = "{filename} || '::' || {id} || '::' || {author}",
     .checksum = "{md5sum}",
     .order = "{orderexecuted}",
     .failed = "{exectype} = 'FAILED'",
     .lock_table = "+lock",
     .lock_column = "locked",
     .locked = "{locked}"},
    {"sqlx",
     {"_sqlx_migrations"},
     {"version", "description", "installed_on", "success", "checksum", "execution_time"},
     NAME_ANY,
     .id = "{version}",
     .checksum = "{checksum}",
     .order = "{version}",
     .failed = "NOT {success}"},
    {"Diesel",
     {"__diesel_schema_migrations"},
     {"version", "run_on"},
     NAME_DEFAULT,
     .id = "{version}",
     .order = "{version}"},
    {"goose",
     {"goose_db_version"},
     {"id", "version_id", "is_applied", "tstamp"},
     NAME_ANY,
     .id = "{version_id}",
     .order = "{id}",
     .pending = "NOT {is_applied}"},
    {"Sqitch",
     {"changes"},
     {"change_id", "script_hash", "change", "project", "committed_at", "planned_at"},
     NAME_ANY,
     .id = "{change}",
     .checksum = "{script_hash}",
     .order = "{committed_at}",
     .apart = true},
    {"Laravel",
     {"migrations"},
     {"id", "migration", "batch"},
     NAME_ANY,
     true,
     .id = "{migration}",
     .order = "{id}"},
    {"Doctrine",
     {"doctrine_migration_versions"},
     {"version", "executed_at", "execution_time"},
     NAME_ANY,
     true,
     .id = "{version}",
     .order = "{version}"},
    /* A row in the lock table is the lock. */
    {"EF Core",
     {"__EFMigrationsHistory"},
     {"MigrationId", "ProductVersion"},
     NAME_ANY,
     true,
     .id = "{MigrationId}",
     .order = "{MigrationId}",
     .lock_table = "__EFMigrationsLock",
     .lock_column = "Id",
     .locked = "{Id} IS NOT NULL"},
    {"EF Core",
     {"__EFMigrationsHistory"},
     {"migration_id", "product_version"},
     NAME_ANY,
     true,
     .id = "{migration_id}",
     .order = "{migration_id}",
     .lock_table = "__EFMigrationsLock",
     .lock_column = "id",
     .locked = "{id} IS NOT NULL"},
    {"TypeORM",
     {"migrations"},
     {"id", "timestamp", "name"},
     NAME_LEDGERISH,
     true,
     .id = "{name}",
     .order = "{id}"},
    {"Sequelize", {"SequelizeMeta"}, {"name"}, NAME_DEFAULT, .id = "{name}", .order = "{name}"},
    {"node-pg-migrate",
     {"pgmigrations"},
     {"id", "name", "run_on"},
     NAME_DEFAULT,
     .id = "{name}",
     .order = "{id}"},
    {"refinery",
     {"refinery_schema_history"},
     {"version", "name", "applied_on", "checksum"},
     NAME_ANY,
     true,
     .id = "{version}",
     .checksum = "{checksum}",
     .order = "{version}"},
    {"SeaORM",
     {"seaql_migrations"},
     {"version", "applied_at"},
     NAME_DEFAULT,
     .id = "{version}",
     .order = "{version}"},
    {"Atlas",
     {"atlas_schema_revisions"},
     {"version", "description", "type", "applied", "total", "executed_at", "error", "hash"},
     NAME_ANY,
     .id = "{version}",
     .checksum = "{hash}",
     .order = "{version}",
     .failed = "COALESCE({error}, '') <> '' OR {applied} < {total}",
     .around = true},
    {"MikroORM",
     {"mikro_orm_migrations"},
     {"id", "name", "executed_at"},
     NAME_DEFAULT,
     .id = "{name}",
     .order = "{id}"},
    {"Kysely",
     {"kysely_migration"},
     {"name", "timestamp"},
     NAME_DEFAULT,
     .id = "{name}",
     .order = "{timestamp}",
     .lock_table = "+_lock",
     .lock_column = "is_locked",
     .locked = "{is_locked} = 1"},
    {"Phinx",
     {"phinxlog"},
     {"version", "migration_name", "start_time", "end_time", "breakpoint"},
     NAME_ANY,
     .id = "{version}",
     .order = "{version}"},
};

static bool has_columns(const LedgerTable *table, const Shape *shape)
{
    size_t wanted = 0;

    for (; wanted < COUNT_OF(shape->columns) && shape->columns[wanted]; wanted++)
        if (!ledger_table_column(table, shape->columns[wanted]))
            return false;
    return !shape->exact || table->count == wanted;
}

static bool has_name(const LedgerTable *table, const Shape *shape)
{
    for (size_t i = 0; i < COUNT_OF(shape->names) && shape->names[i]; i++)
        if (text_eq_nocase(table->name, shape->names[i]))
            return true;
    switch (shape->name_rule) {
    case NAME_DEFAULT:
        return false;
    case NAME_LEDGERISH:
        return ledger_name_sounds_right(table->name);
    case NAME_ANY:
        break;
    }
    return true;
}

static bool fits(const Schema *schema, const LedgerTable *table, const Shape *shape)
{
    return has_name(table, shape) && has_columns(table, shape) &&
           (!shape->beside || ledger_table_find(schema, table->space, shape->beside));
}

/* NULL for no expression. A column that the table lacks makes the expression impossible: NULL too.
 */
static char *expand(const LedgerTable *table, const char *expression)
{
    AUTO(buf) Buf out = BUF_INIT(64 << 10);
    const char *at = expression;

    while (at && *at) {
        size_t plain = strcspn(at, "{");
        AUTO(str) char *text = xstrndup(at, plain);
        AUTO(str) char *key = NULL;
        AUTO(str) char *quoted = NULL;
        const SchemaObject *column;

        buf_adds(&out, text);
        at += plain;
        if (!*at)
            break;
        key = xstrndup(at + 1, strcspn(at + 1, "}"));
        column = ledger_table_column(table, key);
        if (!column)
            return NULL;
        quoted = ledger_quote(column->name);
        buf_adds(&out, quoted);
        at += strlen(key) + 2;
    }
    return expression ? buf_take(&out) : NULL;
}

static void add_lock(const Schema *schema, const LedgerTable *table, const Shape *shape,
                     LedgerSpec *spec)
{
    AUTO(str) char *name = NULL;
    const SchemaObject *object;
    LedgerTable lock;

    if (!shape->lock_table)
        return;
    name = shape->lock_table[0] == '+' ? xasprintf("%s%s", table->name, shape->lock_table + 1)
                                       : xstrdup(shape->lock_table);
    object = ledger_table_find(schema, table->space, name);
    if (!object)
        return;
    lock = ledger_table_of(schema, object);
    if (!ledger_table_column(&lock, shape->lock_column))
        return;
    spec->lock_space = xstrdup(lock.space);
    spec->lock_table = xstrdup(lock.name);
    spec->locked = expand(&lock, shape->locked);
}

static bool find_framework(const Schema *schema, const LedgerTable *table, LedgerSpec *ret_spec)
{
    const Shape *shape = NULL;

    for (size_t i = 0; i < COUNT_OF(SHAPES) && !shape; i++)
        if (fits(schema, table, &SHAPES[i]))
            shape = &SHAPES[i];
    if (!shape)
        return false;
    *ret_spec = (LedgerSpec){
        .framework = xstrdup(shape->framework),
        .space = xstrdup(table->space),
        .table = xstrdup(table->name),
        .id = expand(table, shape->id),
        .checksum = expand(table, shape->checksum),
        .order = expand(table, shape->order),
        .failed = expand(table, shape->failed),
        .pending = expand(table, shape->pending),
        .moment = shape->around ? LEDGER_AROUND : LEDGER_AFTER,
        .apart = shape->apart,
    };
    add_lock(schema, table, shape, ret_spec);
    return true;
}

void ledger_specs_find(const Schema *schema, LedgerSpecList *ret_specs)
{
    LedgerSpecList specs = {0};

    for (size_t i = 0; i < schema->len; i++) {
        LedgerTable table;
        LedgerSpec spec;

        if (schema->items[i].kind != SCHEMA_TABLE)
            continue;
        table = ledger_table_of(schema, &schema->items[i]);
        if (find_framework(schema, &table, &spec) || home_made_find(schema, &table, &spec))
            LIST_PUSH(&specs, spec);
    }
    *ret_specs = specs;
}
