#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "migrator/ledger_shapes.h"
#include "sqlite_fixture.h"

/* Every framework's table as it makes it on SQLite (or on Postgres, where it knows no SQLite), with
 * rows; then "framework: id[=checksum][!failed][?pending], ... [locked by]". */
static const struct {
    const char *sql, *wanted;
} ROWS[] = {
    {"CREATE TABLE \"_prisma_migrations\" (\"id\" TEXT PRIMARY KEY NOT NULL, \"checksum\" TEXT NOT NULL,"
     "\"finished_at\" DATETIME, \"migration_name\" TEXT NOT NULL, \"logs\" TEXT, \"rolled_back_at\" DATETIME,"
     "\"started_at\" DATETIME NOT NULL DEFAULT current_timestamp,"
     "\"applied_steps_count\" INTEGER UNSIGNED NOT NULL DEFAULT 0);"
     "INSERT INTO _prisma_migrations VALUES('u1','aa',2,'1_init',NULL,NULL,1,1),"
     "('u2','bb',NULL,'2_owner','error',NULL,3,0),('u3','cc',NULL,'3_slug','error',5,4,0)",
     "Prisma: 1_init=aa, 2_owner=bb!, 3_slug=cc?"},
    /* rolled back, then applied: the later row counts */
    {"CREATE TABLE my_ledger(id, checksum, finished_at, migration_name, logs, rolled_back_at, started_at,"
     "applied_steps_count);"
     "INSERT INTO my_ledger VALUES(2,'bb',9,'1',NULL,NULL,8,1),(1,'aa',NULL,'1','e',5,4,0)",
     "Prisma: 1=bb"},
    {"CREATE TABLE \"__drizzle_migrations\"(id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);"
     "INSERT INTO __drizzle_migrations VALUES(NULL,'h2',1700000000002),(NULL,'h1',1700000000001)",
     "Drizzle: 1700000000001=h1, 1700000000002=h2"},
    {"CREATE TABLE \"__drizzle_migrations\"(id INTEGER PRIMARY KEY, hash text, created_at numeric, name text,"
     "applied_at TEXT); INSERT INTO __drizzle_migrations VALUES(1,'h1',5,'0001_init','x')",
     "Drizzle: 0001_init=h1"},
    {"CREATE TABLE `knex_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255),"
     "`batch` integer, `migration_time` datetime);"
     "CREATE TABLE `knex_migrations_lock` (`index` integer not null primary key autoincrement,"
     "`is_locked` integer); INSERT INTO knex_migrations VALUES(1,'1_init.js',1,0);"
     "INSERT INTO knex_migrations_lock VALUES(1,0)",
     "Knex: 1_init.js"},
    {"CREATE TABLE knex_migrations(id integer primary key, name, batch, migration_time);"
     "CREATE TABLE knex_migrations_lock(\"index\" integer, is_locked integer);"
     "INSERT INTO knex_migrations_lock VALUES(1,1)",
     "Knex: locked by index=1, is_locked=1"},
    {"CREATE TABLE alembic_version(version_num VARCHAR(32) NOT NULL PRIMARY KEY);"
     "INSERT INTO alembic_version VALUES('ae1027a6acf')",
     "Alembic: ae1027a6acf"},
    {"CREATE TABLE \"django_migrations\"(\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT,"
     "\"app\" varchar(255) NOT NULL, \"name\" varchar(255) NOT NULL, \"applied\" datetime NOT NULL);"
     "INSERT INTO django_migrations VALUES(1,'auth','0001_initial','t'),(2,'notes','0001_initial','t')",
     "Django: auth.0001_initial, notes.0001_initial"},
    {"CREATE TABLE schema_migrations(version varchar NOT NULL PRIMARY KEY);"
     "CREATE TABLE ar_internal_metadata(key varchar PRIMARY KEY, value varchar, created_at, updated_at);"
     "INSERT INTO schema_migrations VALUES('20260102'),('20260101')",
     "Rails: 20260101, 20260102"},
    {"CREATE TABLE schema_migrations(version varchar(128) PRIMARY KEY);"
     "INSERT INTO schema_migrations VALUES('20260101')",
     "dbmate: 20260101"},
    {"CREATE TABLE schema_migrations(version uint64, dirty bool);"
     "INSERT INTO schema_migrations VALUES(7,1)",
     "golang-migrate: 7!"},
    {"CREATE TABLE schema_migrations(version uint64, dirty bool);"
     "INSERT INTO schema_migrations VALUES(7,0)",
     "golang-migrate: 7"},
    {"CREATE TABLE schema_migrations(version INTEGER PRIMARY KEY, inserted_at TEXT);"
     "INSERT INTO schema_migrations VALUES(20260101,'t')",
     "Ecto: 20260101"},
    {"CREATE TABLE \"flyway_schema_history\"(\"installed_rank\" INT NOT NULL PRIMARY KEY, \"version\" VARCHAR(50),"
     "\"description\" VARCHAR(200) NOT NULL, \"type\" VARCHAR(20), \"script\" VARCHAR(1000), \"checksum\" INT,"
     "\"installed_by\" VARCHAR(100), \"installed_on\" TEXT, \"execution_time\" INT, \"success\" BOOLEAN);"
     "INSERT INTO flyway_schema_history VALUES(1,'1','init','SQL','V1__init.sql',-12,'me','t',3,1),"
     "(2,NULL,'views','SQL','R__views.sql',34,'me','t',3,0)",
     "Flyway: 1=-12, R__views.sql=34!"},
    {"CREATE TABLE DATABASECHANGELOG(ID VARCHAR, AUTHOR VARCHAR, FILENAME VARCHAR, DATEEXECUTED TEXT,"
     "ORDEREXECUTED INT, EXECTYPE VARCHAR, MD5SUM VARCHAR, DESCRIPTION VARCHAR, COMMENTS VARCHAR,"
     "TAG VARCHAR, LIQUIBASE VARCHAR, CONTEXTS VARCHAR, LABELS VARCHAR, DEPLOYMENT_ID VARCHAR);"
     "CREATE TABLE DATABASECHANGELOGLOCK(ID INT PRIMARY KEY, LOCKED BOOLEAN, LOCKGRANTED TEXT,"
     "LOCKEDBY VARCHAR);"
     "INSERT INTO DATABASECHANGELOG(ID,AUTHOR,FILENAME,ORDEREXECUTED,EXECTYPE,MD5SUM)"
     "VALUES('1','ann','db.xml',1,'EXECUTED','9:ab'),('2','bob','db.xml',2,'FAILED',NULL);"
     "INSERT INTO DATABASECHANGELOGLOCK VALUES(1,1,'t','web-1 (10.0.0.1)')",
     "Liquibase: db.xml::1::ann=9:ab, db.xml::2::bob! locked by ID=1, LOCKED=1, LOCKGRANTED=t, "
     "LOCKEDBY=web-1 (10.0.0.1)"},
    {"CREATE TABLE _sqlx_migrations(version BIGINT PRIMARY KEY, description TEXT NOT NULL,"
     "installed_on TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT);"
     "INSERT INTO _sqlx_migrations VALUES(1,'init','t',1,x'0aFF',5),(2,'owner','t',0,x'',5)",
     "sqlx: 1=0aff, 2=!"},
    {"CREATE TABLE __diesel_schema_migrations(version VARCHAR(50) PRIMARY KEY, run_on TIMESTAMP);"
     "INSERT INTO __diesel_schema_migrations VALUES('20260101','t')",
     "Diesel: 20260101"},
    {"CREATE TABLE goose_db_version(id INTEGER PRIMARY KEY, version_id INTEGER, is_applied INTEGER,"
     "tstamp TIMESTAMP); INSERT INTO goose_db_version VALUES(1,0,1,'t'),(2,3,1,'t'),(3,3,0,'t')",
     "goose: 0, 3?"},
    {"CREATE TABLE changes(change_id TEXT PRIMARY KEY, script_hash TEXT, change TEXT, project TEXT, note TEXT,"
     "committed_at TEXT, committer_name TEXT, committer_email TEXT, planned_at TEXT, planner_name TEXT,"
     "planner_email TEXT); INSERT INTO changes(change_id, script_hash, change) VALUES('c','s','users')",
     "Sqitch: users=s"},
    {"CREATE TABLE \"migrations\"(\"id\" integer primary key autoincrement not null,"
     "\"migration\" varchar not null, \"batch\" integer not null);"
     "INSERT INTO migrations VALUES(1,'0001_users',1)",
     "Laravel: 0001_users"},
    {"CREATE TABLE \"migrations\"(\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL,"
     "\"timestamp\" bigint NOT NULL, \"name\" varchar NOT NULL);"
     "INSERT INTO migrations VALUES(1,17,'Init17')",
     "TypeORM: Init17"},
    {"CREATE TABLE doctrine_migration_versions(version VARCHAR(191) PRIMARY KEY, executed_at DATETIME,"
     "execution_time INTEGER); INSERT INTO doctrine_migration_versions VALUES('V1','t',3)",
     "Doctrine: V1"},
    {"CREATE TABLE \"__EFMigrationsHistory\"(\"MigrationId\" TEXT NOT NULL PRIMARY KEY,"
     "\"ProductVersion\" TEXT NOT NULL);"
     "CREATE TABLE \"__EFMigrationsLock\"(\"Id\" INTEGER NOT NULL PRIMARY KEY, \"Timestamp\" TEXT NOT NULL);"
     "INSERT INTO __EFMigrationsHistory VALUES('2026_Init','9.0');"
     "INSERT INTO __EFMigrationsLock VALUES(1,'t')",
     "EF Core: 2026_Init locked by Id=1, Timestamp=t"},
    {"CREATE TABLE ef_history(migration_id TEXT PRIMARY KEY, product_version TEXT)", "EF Core:"},
    {"CREATE TABLE SequelizeMeta(name VARCHAR(255) NOT NULL UNIQUE PRIMARY KEY);"
     "INSERT INTO SequelizeMeta VALUES('1.js')",
     "Sequelize: 1.js"},
    {"CREATE TABLE pgmigrations(id SERIAL PRIMARY KEY, name varchar(255), run_on timestamp);"
     "INSERT INTO pgmigrations VALUES(1,'1_init','t')",
     "node-pg-migrate: 1_init"},
    {"CREATE TABLE refinery_schema_history(version INT4 PRIMARY KEY, name VARCHAR(255),"
     "applied_on VARCHAR(255), checksum VARCHAR(255));"
     "INSERT INTO refinery_schema_history VALUES(1,'init','t','77')",
     "refinery: 1=77"},
    {"CREATE TABLE seaql_migrations(version varchar PRIMARY KEY, applied_at bigint);"
     "INSERT INTO seaql_migrations VALUES('m1',5)",
     "SeaORM: m1"},
    {"CREATE TABLE atlas_schema_revisions(version text PRIMARY KEY, description text, type integer,"
     "applied integer, total integer, executed_at datetime, execution_time integer, error text,"
     "error_stmt text, hash text, partial_hashes json, operator_version text);"
     "INSERT INTO atlas_schema_revisions(version,applied,total,error,hash)"
     "VALUES('1',2,2,'','h1'),('2',1,2,'','h2'),('3',0,0,'no such table','h3')",
     "Atlas: 1=h1, 2=h2!, 3=h3!"},
    {"CREATE TABLE mikro_orm_migrations(id integer PRIMARY KEY, name text, executed_at datetime);"
     "INSERT INTO mikro_orm_migrations VALUES(1,'M1','t')",
     "MikroORM: M1"},
    {"CREATE TABLE kysely_migration(name varchar(255) PRIMARY KEY, timestamp varchar(255));"
     "CREATE TABLE kysely_migration_lock(id varchar PRIMARY KEY, is_locked integer);"
     "INSERT INTO kysely_migration VALUES('1','t'); INSERT INTO kysely_migration_lock VALUES('l',1)",
     "Kysely: 1 locked by id=l, is_locked=1"},
    {"CREATE TABLE phinxlog(version BIGINT PRIMARY KEY, migration_name VARCHAR(100), start_time, end_time,"
     "breakpoint BOOLEAN); INSERT INTO phinxlog VALUES(2026,'Init','t','t',0)",
     "Phinx: 2026"},
    /* home-made */
    {"CREATE TABLE migrations(id INTEGER PRIMARY KEY, name TEXT, applied_at TEXT);"
     "INSERT INTO migrations VALUES(2,'002_owner','t'),(1,'001_init','t')",
     "home-made: 001_init, 002_owner"},
    {"CREATE TABLE done(id INTEGER PRIMARY KEY, name TEXT, applied_at TEXT)", "home-made:"},
    {"CREATE TABLE schema_version(version INTEGER); INSERT INTO schema_version VALUES(4)",
     "home-made: 4"},
    {"CREATE TABLE schema_migrations(version INTEGER PRIMARY KEY, at TEXT NOT NULL);"
     "INSERT INTO schema_migrations VALUES(4,'t')",
     "home-made: 4"},
    {"CREATE TABLE \"DbVersion\"(id, filename, hash); INSERT INTO DbVersion VALUES(1,'a.sql','ff')",
     "home-made: a.sql=ff"},
    {"CREATE TABLE app_schema_migrations(name TEXT, success INTEGER);"
     "INSERT INTO app_schema_migrations VALUES('1',1),('2',0)",
     "home-made: 1, 2!"},
    {"CREATE TABLE migrations(tag TEXT, dirty BOOLEAN); CREATE TABLE migration_lock(locked_at TEXT);"
     "INSERT INTO migrations VALUES('a',1); INSERT INTO migration_lock VALUES('noon')",
     "home-made: a! locked by locked_at=noon"},
    {"CREATE TABLE migrations(name TEXT); CREATE TABLE migrations_lock(is_locked BOOLEAN);"
     "INSERT INTO migrations_lock VALUES(0)",
     "home-made:"},
    /* none */
    {"CREATE TABLE notes(id INTEGER PRIMARY KEY, name TEXT, created_at TEXT)", ""},
    {"CREATE TABLE jobs(id INTEGER PRIMARY KEY, name TEXT, run_at TEXT)", ""},
    {"CREATE TABLE user_migrations(id INTEGER PRIMARY KEY, user_id INTEGER, name TEXT)", ""},
    {"CREATE TABLE versions(id INTEGER PRIMARY KEY, version TEXT)", ""},
    {"CREATE TABLE tags(name TEXT)", ""},
    {"CREATE TABLE migrations(id BLOB)", ""},
    {"CREATE VIEW migrations AS SELECT 1 AS id, 'x' AS name", ""},
    {"CREATE TABLE migration_lock(id INTEGER, locked INTEGER)", ""},
    {"CREATE TABLE t(a); PRAGMA user_version = 7", "PRAGMA user_version: 7"},
    {"CREATE TABLE migrations(name TEXT); PRAGMA user_version = 7", "home-made:"},
};

static char *describe(const Ledger *ledger)
{
    AUTO(str_list) StrList entries = {0};
    AUTO(str) char *joined = NULL;

    for (size_t i = 0; i < ledger->len; i++)
        str_list_addf(&entries, "%s%s%s%s", ledger->items[i].id,
                      ledger->items[i].checksum ? "=" : "",
                      ledger->items[i].checksum ? ledger->items[i].checksum : "",
                      ledger->items[i].state == LEDGER_FAILED    ? "!"
                      : ledger->items[i].state == LEDGER_PENDING ? "?"
                                                                 : "");
    joined = str_list_join(&entries, ", ");
    return xasprintf("%s:%s%s%s%s", ledger->framework, joined[0] ? " " : "", joined,
                     ledger->locked_by ? " locked by " : "",
                     ledger->locked_by ? ledger->locked_by : "");
}

static void every_ledger_is_recognised_and_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(snapshot) Snapshot snapshot = fixture_snapshot(ROWS[i].sql, ledger_specs_find);
        AUTO(str)
        char *text = snapshot.ledgers.len > 0 ? describe(&snapshot.ledgers.items[0]) : xstrdup("");

        assert_string_equal(text, ROWS[i].wanted);
        assert_true(snapshot.ledgers.len <= 1);
        for (size_t k = 0; k < snapshot.unseen.len; k++)
            fail_msg("%s", snapshot.unseen.items[k]);
    }
}

static void ledgers_and_locks_are_no_user_tables(void **state)
{
    AUTO(snapshot)
    Snapshot snapshot = fixture_snapshot(
        "CREATE TABLE kysely_migration(name, timestamp);"
        "CREATE TABLE kysely_migration_lock(id, is_locked); CREATE TABLE notes(id);"
        "INSERT INTO notes VALUES(1), (2); INSERT INTO kysely_migration VALUES(1, 2)",
        ledger_specs_find);

    (void)state;
    assert_int_equal(snapshot.data.len, 3);
    assert_int_equal(snapshot_user_tables(&snapshot), 1);
    assert_int_equal(snapshot_rows(&snapshot), 2);
}

/* The SQL is run by Postgres too, where a ledger is often in a schema of its own. */
static void specs_quote_and_keep_the_namespace(void **state)
{
    AUTO(schema) Schema schema = {0};
    AUTO(ledger_spec_list) LedgerSpecList specs = {0};
    static const char *const columns[] = {"id", "hash", "created_at"};

    (void)state;
    (void)schema_add(&schema, SCHEMA_TABLE, "drizzle", "", "__drizzle_migrations");
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        (void)schema_add(&schema, SCHEMA_COLUMN, "drizzle", "__drizzle_migrations", columns[i]);
    (void)schema_add(&schema, SCHEMA_TABLE, "public", "", "__drizzle_migrations");
    schema_sort(&schema);
    ledger_specs_find(&schema, &specs);
    assert_int_equal(specs.len, 1);
    assert_string_equal(specs.items[0].space, "drizzle");
    assert_string_equal(specs.items[0].table, "__drizzle_migrations");
    assert_string_equal(specs.items[0].id, "\"created_at\"");
    assert_string_equal(specs.items[0].checksum, "\"hash\"");
    assert_string_equal(specs.items[0].order, "\"created_at\"");
    assert_null(specs.items[0].failed);
    assert_null(specs.items[0].lock_table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_ledger_is_recognised_and_read),
        cmocka_unit_test(ledgers_and_locks_are_no_user_tables),
        cmocka_unit_test(specs_quote_and_keep_the_namespace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
