#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "migrator/ledger_log.h"

/* Ledgers: space, table, columns. */
static const char *const LEDGERS[][12] = {
    {"public", "alembic_version", "version_num"},
    {"public", "django_migrations", "id", "app", "name", "applied"},
    {"public", "knex_migrations", "id", "name", "batch", "migration_time"},
    {"public", "knex_migrations_lock", "index", "is_locked"},
    {"drizzle", "__drizzle_migrations", "id", "hash", "created_at"},
    {"public", "pgmigrations", "id", "name", "run_on"},
    {"public", "_prisma_migrations", "id", "checksum", "finished_at", "migration_name", "logs",
     "rolled_back_at", "started_at", "applied_steps_count"},
    {"public", "_sqlx_migrations", "version", "description", "installed_on", "success", "checksum",
     "execution_time"},
    {"public", "golang", "version", "dirty"},
    {"public", "flyway_schema_history", "installed_rank", "version", "description", "type",
     "script", "checksum", "success"},
    {"public", "db_migrations", "name", "applied_at"},
    {"public", "__EFMigrationsHistory", "MigrationId", "ProductVersion"},
    {"public", "notes", "id", "body"},
};

/* Of the ledgers of a case those that it names, so that they are the only ones of the database. */
static Snapshot snapshot_with(const char *tables, const char *recorded)
{
    Snapshot snapshot = {.exists = true};
    AUTO(str_list) StrList names = {0};
    Ledger ledger = {.framework = xstrdup("home-made"), .space = xstrdup("public")};

    str_list_split(tables, ' ', &names);
    ledger.table = xstrdup(names.items[0]);
    if (recorded)
        ledger_put(&ledger, recorded, NULL, LEDGER_APPLIED);
    LIST_PUSH(&snapshot.ledgers, ledger);
    for (size_t i = 0; i < COUNT_OF(LEDGERS); i++) {
        const char *space = LEDGERS[i][0], *table = LEDGERS[i][1];

        if (!str_list_has(&names, table))
            continue;
        (void)schema_add(&snapshot.schema, SCHEMA_TABLE, space, "", table);
        for (size_t k = 2; k < COUNT_OF(LEDGERS[i]) && LEDGERS[i][k]; k++)
            str_map_set(&schema_add(&snapshot.schema, SCHEMA_COLUMN, space, table, LEDGERS[i][k])
                             ->attributes,
                        "type", "text");
    }
    schema_sort(&snapshot.schema);
    return snapshot;
}

/* "sql", "2: sql" of another session, "sql -- $1 = 'x'" with parameters. */
static void add(StatementList *statements, const char *line)
{
    const char *parameters = strstr(line, " -- ");
    bool other = text_starts(line, "2: ");
    Statement statement = {.session = other ? 2 : 1};

    line += other ? 3 : 0;
    statement.text = xstrndup(line, parameters ? (size_t)(parameters - line) : strlen(line));
    statement.parameters = parameters ? xstrdup(parameters + 4) : NULL;
    statement_list_take(statements, &statement);
}

typedef struct LogCase {
    const char *name, *tables, *lines[12];
    const char *wanted;   /* of each line: the migration, or "-" */
    const char *recorded; /* in the ledger afterwards, where the statement alone does not tell */
} LogCase;

#define KNEX(name)                                                                                 \
    "insert into \"knex_migrations\" (\"batch\", \"migration_time\", \"name\") values ($1, $2, "   \
    "$3) -- $1 = '2', $2 = '2026-01-01', $3 = '" name "'"
#define DRIZZLE(when)                                                                              \
    "insert into \"drizzle\".\"__drizzle_migrations\" (\"hash\", \"created_at\") "                 \
    "values('ab', " when ")"
#define PRISMA(name)                                                                               \
    "INSERT INTO \"_prisma_migrations\" (\"id\", \"checksum\", \"started_at\", "                   \
    "\"migration_name\") VALUES ($1, $2, $3, $4) -- $1 = 'u', $2 = 'c', $3 = '2026', $4 = '" name  \
    "'"
#define FINISHED                                                                                   \
    "UPDATE \"_prisma_migrations\" SET \"finished_at\" = $1 WHERE \"id\" = $2 -- $1 = '2026', $2 " \
    "= 'u'"

static const LogCase CASES[] = {
    {"one row that is changed",
     "alembic_version notes",
     {"UPDATE notes SET body = NULL",
      "UPDATE alembic_version SET version_num='b2' WHERE alembic_version.version_num = 'a1'",
      "DELETE FROM notes",
      "UPDATE alembic_version SET version_num='c3' WHERE alembic_version.version_num = 'b2'",
      "INSERT INTO notes VALUES (1)"},
     "b2 - c3 - -",
     NULL},
    {"an id of two columns",
     "django_migrations notes",
     {"DELETE FROM notes",
      "INSERT INTO \"django_migrations\" (\"app\", \"name\", \"applied\") VALUES ('crew', "
      "'0003_watch', '2026-01-01T00:00:00+00:00'::timestamptz) RETURNING \"django_migrations\".\"id\""},
     "crew.0003_watch -",
     NULL},
    {"parameters, a lock beside the ledger, one in a transaction",
     "knex_migrations knex_migrations_lock notes",
     {"update \"knex_migrations_lock\" set \"is_locked\" = $1 -- $1 = '1'", "delete from notes",
      KNEX("3_it''s.js"), "alter table notes add x int", KNEX("4_b.js"), "SELECT 1"},
     "3_it's.js 3_it's.js - 4_b.js - -",
     NULL},
    {"another schema, and numbers",
     "__drizzle_migrations notes",
     {"CREATE SCHEMA IF NOT EXISTS \"drizzle\"", "DELETE FROM notes", DRIZZLE("1700000000001"),
      "TRUNCATE notes", DRIZZLE("1700000000002")},
     "1700000000001 1700000000001 - 1700000000002 -",
     NULL},
    {"without names of columns",
     "pgmigrations notes",
     {"DELETE FROM notes",
      "INSERT INTO \"public\".\"pgmigrations\" VALUES (3, '003_owner', NOW())"},
     "003_owner -",
     "003_owner"},
    {"without names of columns, and two values that may be it",
     "pgmigrations notes",
     {"DELETE FROM notes", "INSERT INTO pgmigrations VALUES ('3', '3', NOW())"},
     "- -",
     "3"},
    {"written before, and again",
     "_prisma_migrations notes",
     {PRISMA("3_owner"), "DELETE FROM notes", FINISHED, PRISMA("4_b"), "TRUNCATE notes", FINISHED,
      "INSERT INTO notes VALUES (1)"},
     "- 3_owner - - 4_b - -",
     NULL},
    {"written before, and never again",
     "_prisma_migrations notes",
     {PRISMA("3_owner"), "DELETE FROM notes"},
     "- -",
     NULL},
    {"a dirty flag",
     "golang notes",
     {"INSERT INTO \"public\".\"golang\" (version, dirty) VALUES ($1, $2) -- $1 = '3', $2 = 't'",
      "DELETE FROM notes",
      "INSERT INTO \"public\".\"golang\" (version, dirty) VALUES ($1, $2) -- $1 = '3', $2 = 'f'",
      "SELECT 1"},
     "- 3 - -",
     NULL},
    {"a row that is changed later is not of the next",
     "_sqlx_migrations notes",
     {"DELETE FROM notes",
      "INSERT INTO _sqlx_migrations ( version, description, success, checksum, execution_time ) "
      "VALUES ( $1, $2, TRUE, $3, -1 ) -- $1 = '3', $2 = 'owner', $3 = '\\x00'",
      "UPDATE _sqlx_migrations SET execution_time = $1 WHERE version = $2 -- $1 = '9', $2 = '3'",
      "TRUNCATE notes"},
     "3 - - -",
     NULL},
    {"a session of its own",
     "flyway_schema_history notes",
     {"DELETE FROM notes",
      "2: INSERT INTO \"public\".\"flyway_schema_history\" (\"installed_rank\", \"version\", "
      "\"script\") VALUES ($1, $2, $3) -- $1 = '3', $2 = NULL, $3 = 'R__view.sql'"},
     "R__view.sql -",
     NULL},
    {"another session is not the migrator",
     "knex_migrations notes",
     {"2: DELETE FROM notes", "DELETE FROM notes", KNEX("3")},
     "- 3 -",
     NULL},
    {"in the body of a DO",
     "__EFMigrationsHistory notes",
     {"DO $EF$ BEGIN IF NOT EXISTS(SELECT 1) THEN DELETE FROM notes; END IF; END $EF$",
      "DO $EF$ BEGIN INSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\") "
      "VALUES ('3_owner', '9.0'); END $EF$"},
     "3_owner -",
     NULL},
    {"an id that is made up by the server",
     "knex_migrations notes",
     {"DELETE FROM notes", "INSERT INTO knex_migrations (name) VALUES (concat('a', 'b'))"},
     "- -",
     NULL},
    {"several rows at once",
     "knex_migrations notes",
     {"DELETE FROM notes", "INSERT INTO knex_migrations (name) VALUES ('a'), ('b')"},
     "- -",
     NULL},
    {"a hidden NULL",
     "knex_migrations notes",
     {"DELETE FROM notes", "INSERT INTO knex_migrations (name) VALUES ($1) -- $2 = 'a'"},
     "- -",
     NULL},
    /* ledgers that somebody wrote by hand */
    {"by hand, afterwards",
     "db_migrations notes",
     {"CREATE TABLE IF NOT EXISTS db_migrations (name text)", "DELETE FROM notes",
      "INSERT INTO db_migrations (name) VALUES ('3')", "TRUNCATE notes",
      "INSERT INTO db_migrations (name) SELECT '4' WHERE true", "2: INSERT INTO notes VALUES (1)"},
     "3 3 - 4 - -",
     NULL},
    {"by hand, beforehand",
     "db_migrations notes",
     {"INSERT INTO db_migrations (name) VALUES ('3')", "DELETE FROM notes",
      "INSERT INTO db_migrations (name) VALUES (CAST('4' AS text))", "TRUNCATE notes"},
     "- 3 - 4",
     NULL},
    {"by hand, and seeded by the same session",
     "db_migrations notes",
     {"DELETE FROM notes", "INSERT INTO db_migrations (name) VALUES ('3')",
      "INSERT INTO notes VALUES (1)"},
     "- - -",
     NULL},
    {"by hand, all rows in the end",
     "db_migrations notes",
     {"DELETE FROM notes", "TRUNCATE notes", "INSERT INTO db_migrations (name) VALUES ('3')",
      "INSERT INTO db_migrations (name) VALUES ('4')"},
     "- - - -",
     NULL},
};

static void test_cases(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(snapshot) Snapshot snapshot = snapshot_with(CASES[i].tables, CASES[i].recorded);
        AUTO(statement_list) StatementList statements = {0};
        AUTO(str_list) StrList found = {0};
        AUTO(str) char *text = NULL;

        for (size_t k = 0; k < COUNT_OF(CASES[i].lines) && CASES[i].lines[k]; k++)
            add(&statements, CASES[i].lines[k]);
        ledger_log_attribute(&snapshot, &statements);
        for (size_t k = 0; k < statements.len; k++)
            str_list_add(&found,
                         statements.items[k].migration ? statements.items[k].migration : "-");
        text = str_list_join(&found, " ");
        if (!text_eq(text, CASES[i].wanted)) {
            print_error("%s:\n  wanted %s\n  found  %s\n", CASES[i].name, CASES[i].wanted, text);
            failed++;
        }
    }
    assert_int_equal(failed, 0);
}

/* How far it came: what was sent at once, and what was rolled back. */
static void test_reached(void **state)
{
    static const struct {
        const char *name, *tables, *lines[6], *wanted; /* "!": nothing is known */
    } ROWS[] = {
        {"the second of two",
         "__drizzle_migrations notes",
         {"BEGIN", "DELETE FROM notes; " DRIZZLE("5"), "ALTER TABLE notes ADD x int", "ROLLBACK"},
         "5"},
        {"the first", "knex_migrations notes", {"BEGIN", "ALTER TABLE notes ADD x int"}, ""},
        {"nothing behind the last", "knex_migrations notes", {"DELETE FROM notes", KNEX("3")}, "!"},
        {"nothing at all", "knex_migrations notes", {"SELECT 1"}, "!"},
        {"written before", "_prisma_migrations notes", {PRISMA("3"), "DELETE FROM notes"}, "!"},
        {"by hand", "db_migrations notes", {"DELETE FROM notes"}, "!"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(snapshot) Snapshot snapshot = snapshot_with(ROWS[i].tables, NULL);
        AUTO(statement_list) StatementList sent = {0};
        AUTO(str_list) StrList ids = {0};
        AUTO(str) char *joined = NULL;
        bool reached;

        for (size_t k = 0; k < COUNT_OF(ROWS[i].lines) && ROWS[i].lines[k]; k++)
            add(&sent, ROWS[i].lines[k]);
        reached = ledger_log_reached(&snapshot, &sent, &ids);
        joined = str_list_join(&ids, " ");
        if (!text_eq(reached ? joined : "!", ROWS[i].wanted))
            fail_msg("%s: %d %s", ROWS[i].name, reached, joined);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases),
                                       cmocka_unit_test(test_reached)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
