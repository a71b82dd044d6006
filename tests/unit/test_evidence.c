#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "check/compose.h"
#include "check/pattern.h"
#include "check_fixture.h"

/* What a log must be read as. ledger: ids applied before and after, separated by blanks. */
typedef struct Case {
    const char *name, *log, *message;
    EvidenceKind kind;
    const char *table, *column, *ledger, *migration;
} Case;

static const Case CASES[] = {
    {"bun:sqlite with a source excerpt",
     "applying 003_owner\n"
     "12 |   db.exec(`CREATE TABLE notes_new (id INTEGER PRIMARY KEY, owner TEXT NOT NULL)`);\n"
     "13 |   db.exec(`INSERT INTO notes_new SELECT id, NULL FROM notes`);\n"
     "            ^\n"
     "SQLiteError: NOT NULL constraint failed: notes_new.owner\n"
     "      errno: 1299,\n"
     " byteOffset: -1,\n"
     "       code: \"SQLITE_CONSTRAINT_NOTNULL\"\n"
     "\n"
     "      at run (bun:sqlite:185:21)\n"
     "      at up (/app/migrations/003_owner.ts:13:6)\n"
     "      at /app/src/migrations.ts:17:5\n"
     "\n"
     "Bun v1.1.8 (Linux x64 baseline)\n"
     "error: script \"migrate\" exited with code 1\n",
     "NOT NULL constraint failed: notes_new.owner", EVIDENCE_NOT_NULL, "notes", "owner",
     "001_init 002_tags", "003_owner"},
    {"bun, the runner names the migration",
     "applying 003_owner\nmigration 003_owner failed: SQLiteError: UNIQUE constraint failed: "
     "notes.notebook_id, notes.title\n",
     "UNIQUE constraint failed: notes.notebook_id, notes.title", EVIDENCE_UNIQUE, "notes",
     "notebook_id", "001_init 002_tags", "003_owner"},
    {"node, better-sqlite3",
     "/app/node_modules/better-sqlite3/lib/methods/wrappers.js:9\n"
     "\treturn this[cppdb].exec(sql);\n"
     "\t                   ^\n"
     "\n"
     "SqliteError: UNIQUE constraint failed: users.email\n"
     "    at Database.exec (/app/node_modules/better-sqlite3/lib/methods/wrappers.js:9:14)\n"
     "    at up (/app/migrations/004-unique-email.js:4:6)\n"
     "    at migrate (/app/migrate.js:31:5) {\n"
     "  code: 'SQLITE_CONSTRAINT_UNIQUE'\n"
     "}\n"
     "\n"
     "Node.js v20.11.0\n",
     "UNIQUE constraint failed: users.email", EVIDENCE_UNIQUE, "users", "email",
     "001-init.js 002-users.js 003-notes.js", "004-unique-email.js"},
    {"node:sqlite",
     "node:internal/process/promises:288\n"
     "            triggerUncaughtException(err, true /* fromPromise */);\n"
     "            ^\n\n"
     "Error: FOREIGN KEY constraint failed\n"
     "    at DatabaseSync.exec (node:sqlite)\n"
     "    at file:///app/migrations/010_drop_parent.mjs:7:8 {\n"
     "  code: 'ERR_SQLITE_ERROR',\n  errcode: 787\n}\n",
     "FOREIGN KEY constraint failed", EVIDENCE_FOREIGN_KEY, NULL, NULL, "008_a 009_b",
     "010_drop_parent"},
    {"node-sqlite3 callback",
     "Error: SQLITE_CONSTRAINT: NOT NULL constraint failed: items.sku\n"
     "Emitted 'error' event on Statement instance at:\n"
     "    at Statement.emit (node:events:518:28)\n",
     "NOT NULL constraint failed: items.sku", EVIDENCE_NOT_NULL, "items", "sku", "", NULL},
    {"python sqlite3",
     "Traceback (most recent call last):\n"
     "  File \"/app/migrate.py\", line 41, in <module>\n"
     "    main()\n"
     "  File \"/app/migrate.py\", line 33, in main\n"
     "    conn.executescript(path.read_text())\n"
     "sqlite3.IntegrityError: NOT NULL constraint failed: entries.author_id\n",
     "NOT NULL constraint failed: entries.author_id", EVIDENCE_NOT_NULL, "entries", "author_id", "",
     NULL},
    {"python sqlite3, duplicate column",
     "migrating 0007_add_color.sql\n"
     "Traceback (most recent call last):\n"
     "  File \"/app/db.py\", line 20, in apply\n"
     "    cur.execute(stmt)\n"
     "sqlite3.OperationalError: duplicate column name: color\n",
     "duplicate column name: color", EVIDENCE_EXISTS, NULL, "color", "0005_a.sql 0006_b.sql",
     "0007_add_color.sql"},
    {"python, file permission",
     "Traceback (most recent call last):\n"
     "  File \"/app/main.py\", line 9, in <module>\n"
     "    os.makedirs(\"/app/data/files\")\n"
     "PermissionError: [Errno 13] Permission denied: '/app/data/files'\n",
     "PermissionError: [Errno 13] Permission denied: '/app/data/files'", EVIDENCE_ACCESS, NULL,
     NULL, "", NULL},
    {"python, missing variable",
     "Traceback (most recent call last):\n"
     "  File \"/app/settings.py\", line 3, in <module>\n"
     "    SECRET = os.environ[\"SECRET_KEY\"]\n"
     "  File \"<frozen os>\", line 685, in __getitem__\n"
     "KeyError: 'SECRET_KEY'\n",
     "KeyError: 'SECRET_KEY'", EVIDENCE_SETTING, NULL, NULL, "", NULL},
    {"alembic on SQLite",
     "INFO  [alembic.runtime.migration] Context impl SQLiteImpl.\n"
     "INFO  [alembic.runtime.migration] Will assume non-transactional DDL.\n"
     "INFO  [alembic.runtime.migration] Running upgrade 1975ea83b712 -> ae1027a6acf1, Add owner\n"
     "Traceback (most recent call last):\n"
     "  File \"/usr/lib/python3/site-packages/sqlalchemy/engine/base.py\", line 1971, in _exec\n"
     "    self.dialect.do_execute(\n"
     "sqlite3.IntegrityError: NOT NULL constraint failed: _alembic_tmp_notes.owner\n"
     "\n"
     "The above exception was the direct cause of the following exception:\n"
     "\n"
     "Traceback (most recent call last):\n"
     "  File \"/app/versions/ae1027a6acf1_add_owner.py\", line 21, in upgrade\n"
     "sqlalchemy.exc.IntegrityError: (sqlite3.IntegrityError) NOT NULL constraint failed: "
     "_alembic_tmp_notes.owner\n"
     "[SQL: INSERT INTO _alembic_tmp_notes (id, body) SELECT notes.id, notes.body FROM notes]\n"
     "(Background on this error at: https://sqlalche.me/e/20/gkpj)\n",
     "NOT NULL constraint failed: _alembic_tmp_notes.owner", EVIDENCE_NOT_NULL, "notes", "owner",
     "1975ea83b712", "ae1027a6acf1"},
    {"alembic on Postgres",
     "INFO  [alembic.runtime.migration] Running upgrade 1975ea83b712 -> ae1027a6acf1, unique slug\n"
     "sqlalchemy.exc.IntegrityError: (psycopg2.errors.UniqueViolation) could not create unique index "
     "\"notes_slug_key\"\n"
     "DETAIL:  Key (slug)=(hello) is duplicated.\n"
     "\n"
     "[SQL: ALTER TABLE notes ADD CONSTRAINT notes_slug_key UNIQUE (slug)]\n",
     "could not create unique index \"notes_slug_key\"", EVIDENCE_UNIQUE, "notes", "slug",
     "1975ea83b712", "ae1027a6acf1"},
    {"alembic, unknown revision",
     "ERROR [alembic.util.messaging] Can't locate revision identified by 'deadbeef1234'\n"
     "FAILED: Can't locate revision identified by 'deadbeef1234'\n",
     "Can't locate revision identified by 'deadbeef1234'", EVIDENCE_HISTORY, NULL, NULL, "", NULL},
    {"Django",
     "Operations to perform:\n"
     "  Apply all migrations: admin, auth, contenttypes, notes, sessions\n"
     "Running migrations:\n"
     "  Applying notes.0003_owner...Traceback (most recent call last):\n"
     "  File \"/usr/local/lib/python3.12/site-packages/django/db/backends/utils.py\", line 105\n"
     "    return self.cursor.execute(sql, params)\n"
     "sqlite3.IntegrityError: NOT NULL constraint failed: new__notes.owner_id\n"
     "\n"
     "The above exception was the direct cause of the following exception:\n"
     "\n"
     "Traceback (most recent call last):\n"
     "  File \"/app/manage.py\", line 22, in <module>\n"
     "django.db.utils.IntegrityError: NOT NULL constraint failed: new__notes.owner_id\n",
     "NOT NULL constraint failed: new__notes.owner_id", EVIDENCE_NOT_NULL, "notes", "owner_id",
     "notes.0001_initial notes.0002_tags", "0003_owner"},
    {"Django, inconsistent history",
     "django.db.migrations.exceptions.InconsistentMigrationHistory: Migration notes.0003_owner is "
     "applied before its dependency notes.0002_tags on database 'default'.\n",
     "Migration notes.0003_owner is applied before its dependency notes.0002_tags on database "
     "'default'.",
     EVIDENCE_HISTORY, NULL, NULL, "notes.0001_initial notes.0003_owner", "0002_tags"},
    {"Prisma on SQLite",
     "Prisma schema loaded from prisma/schema.prisma\n"
     "Datasource \"db\": SQLite database \"app.db\" at \"file:/app/data/app.db\"\n"
     "\n"
     "3 migrations found in prisma/migrations\n"
     "\n"
     "Applying migration `20240102000000_owner`\n"
     "Error: P3018\n"
     "\n"
     "A migration failed to apply. New migrations cannot be applied before the error is recovered "
     "from. Read more about how to resolve migration issues in a production database: "
     "https://pris.ly/d/migrate-resolve\n"
     "\n"
     "Migration name: 20240102000000_owner\n"
     "\n"
     "Database error code: 1299\n"
     "\n"
     "Database error:\n"
     "NOT NULL constraint failed: new_Notes.owner\n",
     "NOT NULL constraint failed: new_Notes.owner", EVIDENCE_NOT_NULL, "Notes", "owner",
     "20240101000000_init", "20240102000000_owner"},
    {"Prisma, an earlier failure",
     "Error: P3009\n"
     "\n"
     "migrate found failed migrations in the target database, new migrations will not be applied.\n"
     "The `20240102000000_owner` migration started at 2024-01-02 10:00:00.000 UTC failed\n",
     "The `20240102000000_owner` migration started at 2024-01-02 10:00:00.000 UTC failed",
     EVIDENCE_DIRTY, NULL, NULL, "20240101000000_init", "20240102000000_owner"},
    {"Prisma, missing variable",
     "Prisma schema loaded from prisma/schema.prisma\n"
     "Error: Prisma schema validation - (get-config wasm)\n"
     "Error code: P1012\n"
     "error: Environment variable not found: DATABASE_URL.\n"
     "  -->  prisma/schema.prisma:7\n",
     "Environment variable not found: DATABASE_URL.", EVIDENCE_SETTING, NULL, NULL, "", NULL},
    {"Knex",
     "Using environment: production\n"
     "migration file \"20240102101500_add_owner.js\" failed\n"
     "migration failed with error: alter table `notes` add column `owner` text not null - "
     "SQLITE_ERROR: Cannot add a NOT NULL column with default value NULL\n"
     "SQLITE_ERROR: Cannot add a NOT NULL column with default value NULL\n"
     "Error: SQLITE_ERROR: Cannot add a NOT NULL column with default value NULL\n",
     "Cannot add a NOT NULL column with default value NULL", EVIDENCE_NOT_NULL, NULL, NULL,
     "20240101101500_init.js", "20240102101500_add_owner.js"},
    {"Knex, missing files",
     "The migration directory is corrupt, the following files are missing: 20230101_init.js\n"
     "Error: The migration directory is corrupt, the following files are missing: "
     "20230101_init.js\n"
     "    at validateMigrationList (/app/node_modules/knex/lib/migrations/migrate.js:12:11)\n",
     "The migration directory is corrupt, the following files are missing: 20230101_init.js",
     EVIDENCE_HISTORY, NULL, NULL, "20230101_init.js", NULL},
    {"Knex, stale lock",
     "Can't take lock to run migrations: Migration table is already locked\n"
     "If you are sure migrations are not running you can release the lock manually by running 'knex "
     "migrate:unlock'\n"
     "Migration table is already locked\n",
     "Migration table is already locked", EVIDENCE_DIRTY, NULL, NULL, "", NULL},
    {"node-postgres",
     "> notes@7.0.0 migrate\n"
     "> node migrate.js\n"
     "\n"
     "applying 003_owner.sql\n"
     "/app/node_modules/pg-protocol/dist/parser.js:283\n"
     "        const message = name === 'notice' ? new NoticeMessage(length) : new DatabaseError();\n"
     "                                                                        ^\n"
     "error: insert or update on table \"notes\" violates foreign key constraint \"notes_owner_fkey\"\n"
     "    at Parser.parseErrorMessage (/app/node_modules/pg-protocol/dist/parser.js:283:98) {\n"
     "  length: 251,\n"
     "  severity: 'ERROR',\n"
     "  code: '23503',\n"
     "  detail: 'Key (owner)=(9) is not present in table \"users\".',\n"
     "  schema: 'public',\n"
     "  table: 'notes',\n"
     "  column: undefined,\n"
     "  constraint: 'notes_owner_fkey',\n"
     "}\n"
     "npm ERR! Lifecycle script `migrate` failed with error:\n"
     "npm ERR! Error: command failed\n",
     "insert or update on table \"notes\" violates foreign key constraint \"notes_owner_fkey\"",
     EVIDENCE_FOREIGN_KEY, "notes", "owner", "001_init 002_tags", "003_owner"},
    {"node-pg-migrate, out of order",
     "Error: Not run migration 1700000000001_late is preceding already run migration "
     "1700000000009_owner\n"
     "    at checkOrder (/app/node_modules/node-pg-migrate/dist/runner.js:100:11)\n",
     "Not run migration 1700000000001_late is preceding already run migration 1700000000009_owner",
     EVIDENCE_HISTORY, NULL, NULL, "1700000000009_owner", "1700000000001_late"},
    {"node-pg-migrate",
     "> Migrating files:\n"
     "> - 1700000000009_owner\n"
     "> - 1700000000010_slug\n"
     "### MIGRATION 1700000000009_owner (UP) ###\n"
     "Error executing:\n"
     "ALTER TABLE \"notes\" ADD \"owner\" text NOT NULL;\n"
     "error: column \"owner\" of relation \"notes\" contains null values\n",
     "column \"owner\" of relation \"notes\" contains null values", EVIDENCE_NOT_NULL, "notes",
     "owner", "1700000000001_init", "1700000000009_owner"},
    {"Drizzle",
     "DrizzleQueryError: Failed query: CREATE UNIQUE INDEX `tags_name_unique` ON `tags` (`name`);\n"
     "params: \n"
     "    at BunSQLiteSession.run (/app/node_modules/drizzle-orm/bun-sqlite/session.js:40:11)\n"
     "  cause: SQLiteError: UNIQUE constraint failed: tags.name\n"
     "      errno: 2067,\n",
     "UNIQUE constraint failed: tags.name", EVIDENCE_UNIQUE, "tags", "name", "", NULL},
    {"TypeORM",
     "query: CREATE TABLE \"temporary_notes\" (\"id\" integer PRIMARY KEY NOT NULL, \"owner\" varchar "
     "NOT NULL)\n"
     "query failed: INSERT INTO \"temporary_notes\"(\"id\") SELECT \"id\" FROM \"notes\"\n"
     "error: Error: SQLITE_CONSTRAINT: NOT NULL constraint failed: temporary_notes.owner\n"
     "Migration \"AddOwner1700000000000\" failed, error: SQLITE_CONSTRAINT: NOT NULL constraint "
     "failed: temporary_notes.owner\n",
     "NOT NULL constraint failed: temporary_notes.owner", EVIDENCE_NOT_NULL, "notes", "owner",
     "Init1600000000000", "AddOwner1700000000000"},
    {"Sequelize",
     "Sequelize CLI [Node: 20.11.0, CLI: 6.6.2, ORM: 6.37.1]\n"
     "\n"
     "== 20240102000000-add-owner: migrating =======\n"
     "\n"
     "ERROR: SQLITE_ERROR: table `notes` already exists\n",
     "table `notes` already exists", EVIDENCE_EXISTS, "notes", NULL, "20240101000000-init.js",
     "20240102000000-add-owner"},
    {"Go, modernc sqlite",
     "2024/01/02 10:00:00 applying 0003_owner.sql\n"
     "2024/01/02 10:00:00 migrate: constraint failed: NOT NULL constraint failed: notes.owner (1299)\n"
     "exit status 1\n",
     "NOT NULL constraint failed: notes.owner", EVIDENCE_NOT_NULL, "notes", "owner",
     "0001_init 0002_tags", "0003_owner"},
    {"golang-migrate",
     "2024/01/02 10:00:00 Start buffering 3/u owner\n"
     "2024/01/02 10:00:00 Read and execute 3/u owner\n"
     "2024/01/02 10:00:00 error: migration failed: no such column: ownr in line 0: UPDATE notes SET "
     "ownr = 1; (details: no such column: ownr)\n",
     "no such column: ownr", EVIDENCE_MISSING, NULL, "ownr", "2", "3"},
    {"golang-migrate, dirty", "error: Dirty database version 3. Fix and force version.\n",
     "Dirty database version 3. Fix and force version.", EVIDENCE_DIRTY, NULL, NULL, "2", "3"},
    {"goose on Postgres",
     "2024/01/02 10:00:00 OK   20240101000000_init.sql (5.1ms)\n"
     "2024/01/02 10:00:00 goose run: ERROR 20240102000000_owner.sql: failed to run SQL migration: "
     "failed to execute SQL query \"ALTER TABLE notes ALTER COLUMN owner SET NOT NULL;\": ERROR: column "
     "\"owner\" of relation \"notes\" contains null values (SQLSTATE 23502)\n",
     "column \"owner\" of relation \"notes\" contains null values", EVIDENCE_NOT_NULL, "notes",
     "owner", "20240101000000", "20240102000000_owner"},
    {"Go, lib/pq unknown message",
     "2024/01/02 10:00:00 pq: tablespace \"fast\" does not wish to\npanic: exit\n",
     "pq: tablespace \"fast\" does not wish to", EVIDENCE_OTHER, NULL, NULL, "", NULL},
    {"Go, read-only file",
     "panic: attempt to write a readonly database (8)\n\ngoroutine 1 [running]:\nmain.main()\n"
     "\t/src/main.go:21 +0x1d\nexit status 2\n",
     "attempt to write a readonly database", EVIDENCE_ACCESS, NULL, NULL, "", NULL},
    {"Rust, sqlx on SQLite",
     "Error: while executing migration 3: error returned from database: (code: 2067) UNIQUE "
     "constraint failed: tags.name\n"
     "\n"
     "Caused by:\n"
     "    0: error returned from database: (code: 2067) UNIQUE constraint failed: tags.name\n"
     "    1: (code: 2067) UNIQUE constraint failed: tags.name\n",
     "UNIQUE constraint failed: tags.name", EVIDENCE_UNIQUE, "tags", "name", "1 2", "3"},
    {"Rust, sqlx panic in Debug form",
     "thread 'main' panicked at src/main.rs:12:10:\n"
     "called `Result::unwrap()` on an `Err` value: Execute(Database(PgDatabaseError { severity: Error, "
     "code: \"23505\", message: \"duplicate key value violates unique constraint "
     "\\\"tags_name_key\\\"\", detail: Some(\"Key (name)=(later) already exists.\"), schema: "
     "Some(\"public\"), table: Some(\"tags\"), column: None }))\n"
     "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
     "duplicate key value violates unique constraint \"tags_name_key\"", EVIDENCE_UNIQUE, "tags",
     "name", "", NULL},
    {"Rust, sqlx edited migration",
     "error: migration 2 was previously applied but has been modified\n",
     "migration 2 was previously applied but has been modified", EVIDENCE_HISTORY, NULL, NULL,
     "1 2", NULL},
    {"Rust, sqlx squashed migrations",
     "Error: migration 1 was previously applied but is missing in the resolved migrations\n",
     "migration 1 was previously applied but is missing in the resolved migrations",
     EVIDENCE_HISTORY, NULL, NULL, "1 2", NULL},
    {"Diesel",
     "Failed to run 2024-01-02-000000_owner with: error in view recent after rename: no such column: "
     "notes.owner\n",
     "error in view recent after rename: no such column: notes.owner", EVIDENCE_DEPENDENT, NULL,
     NULL, "", "2024-01-02-000000_owner"},
    {"refinery", "Error: `error applying migration V3__owner`, `FOREIGN KEY constraint failed`\n",
     "FOREIGN KEY constraint failed", EVIDENCE_FOREIGN_KEY, NULL, NULL, "1 2", "V3__owner"},
    {"Rails on SQLite",
     "== 20240102000000 AddOwnerToNotes: migrating ==================================\n"
     "-- change_column_null(:notes, :owner, false)\n"
     "bin/rails aborted!\n"
     "StandardError: An error has occurred, this and all later migrations canceled: "
     "(StandardError)\n"
     "\n"
     "SQLite3::ConstraintException: NOT NULL constraint failed: anotes.owner\n"
     "/app/db/migrate/20240102000000_add_owner_to_notes.rb:3:in `change'\n"
     "\n"
     "Caused by:\n"
     "ActiveRecord::NotNullViolation: SQLite3::ConstraintException: NOT NULL constraint failed: "
     "anotes.owner (ActiveRecord::NotNullViolation)\n"
     "Tasks: TOP => db:migrate\n"
     "(See full trace by running task with --trace)\n",
     "NOT NULL constraint failed: anotes.owner", EVIDENCE_NOT_NULL, "notes", "owner",
     "20240101000000", "20240102000000_add_owner_to_notes"},
    {"Rails on Postgres",
     "== 20240102000000 AddIndex: migrating =========================================\n"
     "-- add_index(:notes, :slug, {:unique=>true})\n"
     "PG::UniqueViolation: ERROR:  could not create unique index \"index_notes_on_slug\"\n"
     "DETAIL:  Key (slug)=(a) is duplicated.\n",
     "could not create unique index \"index_notes_on_slug\"", EVIDENCE_UNIQUE, NULL, "slug",
     "20240101000000", "20240102000000"},
    {"Rails, missing key", "/app/config/database.yml: key not found: \"DATABASE_URL\" (KeyError)\n",
     "key not found: \"DATABASE_URL\"", EVIDENCE_SETTING, NULL, NULL, "", NULL},
    {"Laravel",
     "   INFO  Running migrations.\n"
     "\n"
     "  2024_01_02_000000_add_owner_to_notes ......................... 2.51ms FAIL\n"
     "\n"
     "   Illuminate\\Database\\QueryException\n"
     "\n"
     "  SQLSTATE[23000]: Integrity constraint violation: 19 NOT NULL constraint failed: "
     "__temp__notes.owner (Connection: sqlite, SQL: insert into \"__temp__notes\" (\"id\") select "
     "\"id\" from \"notes\")\n"
     "\n"
     "  at vendor/laravel/framework/src/Illuminate/Database/Connection.php:822\n",
     "NOT NULL constraint failed: __temp__notes.owner", EVIDENCE_NOT_NULL, "notes", "owner",
     "2014_10_12_000000_create_users_table", "2024_01_02_000000_add_owner_to_notes"},
    {"PHP, Doctrine",
     "[error] Migration DoctrineMigrations\\Version20240102000000 failed during Execution. Error: "
     "\"An exception occurred while executing a query: SQLSTATE[HY000]: General error: 1 no such "
     "table: attachments\"\n",
     "no such table: attachments", EVIDENCE_MISSING, "attachments", NULL, "", NULL},
    {"PHP, not writable",
     "PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [14] unable to open database file in "
     "/app/migrate.php:4\nStack trace:\n#0 /app/migrate.php(4): PDO->__construct()\n#1 {main}\n",
     "unable to open database file", EVIDENCE_ACCESS, NULL, NULL, "", NULL},
    {"Java, Flyway on SQLite",
     "INFO: Migrating schema \"main\" to version \"3 - owner\"\n"
     "SEVERE: Migration of schema \"main\" to version \"3 - owner\" failed! Changes successfully "
     "rolled back.\n"
     "Exception in thread \"main\" org.flywaydb.core.internal.command.DbMigrate$Flyway"
     "MigrateException: Migration V3__owner.sql failed\n"
     "SQL State  : null\n"
     "Error Code : 19\n"
     "Message    : [SQLITE_CONSTRAINT_NOTNULL] A NOT NULL constraint failed (NOT NULL constraint "
     "failed: notes_new.owner)\n"
     "Location   : db/migration/V3__owner.sql\n"
     "\tat org.flywaydb.core.internal.command.DbMigrate.doMigrateGroup(DbMigrate.java:385)\n"
     "Caused by: org.sqlite.SQLiteException: [SQLITE_CONSTRAINT_NOTNULL] A NOT NULL constraint failed "
     "(NOT NULL constraint failed: notes_new.owner)\n"
     "\tat org.sqlite.core.DB.newSQLException(DB.java:1179)\n"
     "\t... 21 more\n",
     "NOT NULL constraint failed: notes_new.owner", EVIDENCE_NOT_NULL, "notes", "owner", "1 2",
     "V3__owner"},
    {"Java, Flyway checksum",
     "Exception in thread \"main\" org.flywaydb.core.api.exception.FlywayValidateException: Validate "
     "failed: Migrations have failed validation\n"
     "Migration checksum mismatch for migration version 2\n"
     "-> Applied to database : 1037893224\n"
     "-> Resolved locally    : -1733118211\n",
     "Migration checksum mismatch for migration version 2", EVIDENCE_HISTORY, NULL, NULL, "1 2",
     NULL},
    {"Java, Postgres",
     "Caused by: org.postgresql.util.PSQLException: ERROR: null value in column \"owner\" of relation "
     "\"notes\" violates not-null constraint\n"
     "  Detail: Failing row contains (1, null).\n"
     "\tat org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java)\n",
     "null value in column \"owner\" of relation \"notes\" violates not-null constraint",
     EVIDENCE_NOT_NULL, "notes", "owner", "", NULL},
    {"Java, Liquibase",
     "Running Changeset: db/changelog.xml::3::acme\n"
     "liquibase.exception.ValidationFailedException: Validation Failed:\n"
     "     1 changesets check sum\n"
     "          db/changelog.xml::2::acme was: 9:aaa but is now: 9:bbb\n",
     "1 changesets check sum", EVIDENCE_HISTORY, NULL, NULL, "", NULL},
    {"Java, out of memory",
     "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n"
     "\tat java.base/java.util.Arrays.copyOf(Arrays.java:3537)\n",
     "java.lang.OutOfMemoryError: Java heap space", EVIDENCE_MEMORY, NULL, NULL, "", NULL},
    {"EF Core",
     "Applying migration '20240102000000_Owner'.\n"
     "Failed executing DbCommand (3ms) [Parameters=[], CommandType='Text', CommandTimeout='30']\n"
     "INSERT INTO \"ef_temp_notes\" (\"Id\") SELECT \"Id\" FROM \"notes\";\n"
     "Microsoft.Data.Sqlite.SqliteException (0x80004005): SQLite Error 19: 'NOT NULL constraint "
     "failed: ef_temp_notes.Owner'.\n"
     "   at Microsoft.Data.Sqlite.SqliteException.ThrowExceptionForRC(Int32 rc)\n",
     "NOT NULL constraint failed: ef_temp_notes.Owner", EVIDENCE_NOT_NULL, "notes", "Owner",
     "20240101000000_Init", "20240102000000_Owner"},
    {"psql goes on after the first error",
     "psql:/migrations/003_owner.sql:3: ERROR:  null value in column \"owner\" of relation "
     "\"notes_new\" violates not-null constraint\n"
     "DETAIL:  Failing row contains (1, null).\n"
     "psql:/migrations/003_owner.sql:4: ERROR:  relation \"notes_gone\" does not exist\n"
     "psql:/migrations/003_owner.sql:5: ERROR:  current transaction is aborted, commands ignored until "
     "end of transaction block\n",
     "null value in column \"owner\" of relation \"notes_new\" violates not-null constraint",
     EVIDENCE_NOT_NULL, "notes", "owner", "001_init 002_tags", "003_owner"},
    {"structured log lines",
     "{\"level\":\"info\",\"msg\":\"applying\",\"name\":\"003_owner\"}\n"
     "{\"level\":\"error\",\"time\":1700000000000,\"err\":\"exec: null value in column \\\"owner\\\" of "
     "relation \\\"notes\\\" violates not-null constraint\",\"msg\":\"migration failed\"}\n",
     "null value in column \"owner\" of relation \"notes\" violates not-null constraint",
     EVIDENCE_NOT_NULL, "notes", "owner", "001_init 002_tags", "003_owner"},
    {"an ignored notice is no failure",
     "NOTICE:  relation \"notes\" already exists, skipping\n"
     "ERROR:  column \"slug\" of relation \"notes\" already exists\n"
     "NOTICE:  relation \"tags\" already exists, skipping\n",
     "column \"slug\" of relation \"notes\" already exists", EVIDENCE_EXISTS, "notes", "slug", "",
     NULL},
    {"roll back after SQLite has rolled back",
     "error: disk I/O error\nerror: cannot rollback - no transaction is active\n", "disk I/O error",
     EVIDENCE_DISK, NULL, NULL, "", NULL},
    {"locked, again and again",
     "retry 1: database is locked\nretry 2: database is locked\ngiving up: database is locked\n",
     "database is locked", EVIDENCE_LOCKED, NULL, NULL, "", NULL},
    {"a harmless miss before the failure",
     "no such table: schema_version (first start)\nCHECK constraint failed: length(title) > 0\n",
     "CHECK constraint failed: length(title) > 0", EVIDENCE_CHECK, NULL, NULL, "", NULL},
    {"MariaDB", "ERROR 1062 (23000) at line 3: Duplicate entry 'later' for key 'tags.name'\n",
     "Duplicate entry 'later' for key 'tags.name'", EVIDENCE_UNIQUE, NULL, NULL, "", NULL},
    {"shell, unset variable", "/app/run.sh: line 3: DATABASE_PATH: unbound variable\n",
     "DATABASE_PATH: unbound variable", EVIDENCE_SETTING, NULL, NULL, "", NULL},
    {"node, missing module",
     "node:internal/modules/cjs/loader:1147\n  throw err;\n  ^\n\n"
     "Error: Cannot find module '/app/dist/migrate.js'\n"
     "    at Module._resolveFilename (node:internal/modules/cjs/loader:1144:15) {\n"
     "  code: 'MODULE_NOT_FOUND'\n}\n",
     "Cannot find module '/app/dist/migrate.js'", EVIDENCE_PROGRAM, NULL, NULL, "", NULL},
    {"an error that only the application knows",
     "applying 003_owner\n"
     "/app/migrate.js:10\n"
     "    throw new Error('no');\n"
     "    ^\n\n"
     "Error: owner must be given\n"
     "    at up (/app/migrations/003_owner.js:5:11)\n"
     "\n"
     "Node.js v20.11.0\n",
     "Error: owner must be given", EVIDENCE_OTHER, NULL, NULL, "001_init 002_tags", "003_owner"},
    {"names without numbers",
     "applying add_tags\nmigration \"add_owner\" failed: Error: owner must be given\n",
     "Error: owner must be given", EVIDENCE_OTHER, NULL, NULL, "init add_tags", "add_owner"},
    {"words that only look like such names",
     "applying default_settings to the server\nmigration is_broken now\nError: no\n", "Error: no",
     EVIDENCE_OTHER, NULL, NULL, "init add_tags", NULL},
    {"a notice that the driver passes on",
     "NOTICE:  relation \"tags\" already exists\nError: owner must be given\n",
     "Error: owner must be given", EVIDENCE_OTHER, NULL, NULL, "", NULL},
    {"what is pending behind the failing one",
     "applying 003_owner\nstill pending before running on: 004_slug\n"
     "UNIQUE constraint failed: tags.name\n",
     "UNIQUE constraint failed: tags.name", EVIDENCE_UNIQUE, "tags", "name", "001_init 002_tags",
     "003_owner"},
    {"a job number that begins with digits",
     "running job 12345678-89ab-cdef-0123-456789abcdef\nUNIQUE constraint failed: tags.name\n",
     "UNIQUE constraint failed: tags.name", EVIDENCE_UNIQUE, "tags", "name", "001_init 002_tags",
     NULL},
    {"no error at all: the last words", "starting\nall is well\n\n", "all is well", EVIDENCE_OTHER,
     NULL, NULL, "", NULL},
    {"only a list of what is to come",
     "pending migrations:\n  003_owner.sql\n  004_slug.sql\nUNIQUE constraint failed: tags.name\n",
     "UNIQUE constraint failed: tags.name", EVIDENCE_UNIQUE, "tags", "name", "001_init 002_tags",
     "003_owner"},
    {"dates, digests and addresses are no migrations",
     "2024-01-02T10:00:00Z 10.0.0.1 sha256:0123456789ab 3f2504e0-4f89-11d3-9a0c-0305e82c3301\n"
     "2024-01-02 10:00:00 running UNIQUE constraint failed: tags.name\n",
     "UNIQUE constraint failed: tags.name", EVIDENCE_UNIQUE, "tags", "name", "001_init 002_tags",
     NULL},
    {"silence", "", NULL, EVIDENCE_OTHER, NULL, NULL, "001_init", NULL},
};

static void old_database(Snapshot *snapshot, const char *ledger)
{
    *snapshot = (Snapshot){.exists = true, .location = xstrdup("/app/data/app.db")};
    fixture_table(snapshot, "notes", 3, "aa", false);
    fixture_table(snapshot, "Notes", 3, "aa", false);
    fixture_table(snapshot, "tags", 3, "aa", false);
    if (*ledger)
        fixture_ledger(snapshot, "migrations", ledger);
    schema_sort(&snapshot->schema);
}

static int wrong; /* rows of a table: all of them are told, not only the first */

static void check_text(const char *name, const char *what, const char *got, const char *wanted)
{
    if (text_eq(got, wanted))
        return;
    print_error("%s: %s: wanted %s, got %s\n", name, what, wanted ? wanted : "(null)",
                got ? got : "(null)");
    wrong++;
}

static void test_logs(void **state)
{
    (void)state;
    assert_true(COUNT_OF(CASES) >= 40);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const Case *one = &CASES[i];
        AUTO(snapshot) Snapshot before = {0};
        AUTO(snapshot) Snapshot after = {0};
        AUTO(evidence) Evidence found = {0};
        AUTO(str) char *migration = NULL;

        old_database(&before, one->ledger);
        old_database(&after, one->ledger);
        evidence_find(one->log, &found);
        evidence_resolve(&found, &before, &after);
        migration = evidence_migration(one->log, found.line, &before, &after);
        check_text(one->name, "message", found.message, one->message);
        check_text(one->name, "table", found.table, one->table);
        check_text(one->name, "column", found.column, one->column);
        check_text(one->name, "migration", migration, one->migration);
        if (found.kind != one->kind) {
            print_error("%s: kind: wanted %d, got %d\n", one->name, (int)one->kind,
                        (int)found.kind);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* One of each kind; the words are the database's. */
static void test_messages(void **state)
{
    static const struct {
        const char *line, *message;
        EvidenceKind kind;
        const char *table, *column;
    } ROWS[] = {
        {"x: database table is locked: notes", "database table is locked: notes", EVIDENCE_LOCKED,
         "notes", NULL},
        {"unable to open database file", "unable to open database file", EVIDENCE_ACCESS, NULL,
         NULL},
        {"file is not a database", "file is not a database", EVIDENCE_CORRUPT, NULL, NULL},
        {"database disk image is malformed", "database disk image is malformed", EVIDENCE_CORRUPT,
         NULL, NULL},
        {"database or disk is full", "database or disk is full", EVIDENCE_DISK, NULL, NULL},
        {"too many SQL variables", "too many SQL variables", EVIDENCE_LIMIT, NULL, NULL},
        {"cannot store TEXT value in INTEGER column notes.size",
         "cannot store TEXT value in INTEGER column notes.size", EVIDENCE_VALUE, "notes", "size"},
        {"table notes has no column named owner", "table notes has no column named owner",
         EVIDENCE_MISSING, "notes", "owner"},
        {"there is already a table named \"notes\"", "there is already a table named \"notes\"",
         EVIDENCE_EXISTS, "notes", NULL},
        {"near \"FORM\": syntax error", "near \"FORM\": syntax error", EVIDENCE_SYNTAX, NULL, NULL},
        {"no such table: main.notes", "no such table: main.notes", EVIDENCE_MISSING, "notes", NULL},
        {"index notes_by_title already exists", "index notes_by_title already exists",
         EVIDENCE_EXISTS, NULL, NULL},
        {"cannot drop column \"slug\": no such column: \"slug\"",
         "cannot drop column \"slug\": no such column: \"slug\"", EVIDENCE_DEPENDENT, NULL, "slug"},
        {"ERROR:  cannot ALTER TABLE \"notes\" because it has pending trigger events",
         "cannot ALTER TABLE \"notes\" because it has pending trigger events", EVIDENCE_TRANSACTION,
         "notes", NULL},
        {"ERROR:  permission denied for table notes", "permission denied for table notes",
         EVIDENCE_PRIVILEGE, "notes", NULL},
        {"ERROR:  unsafe use of new value \"c\" of enum type kind",
         "unsafe use of new value \"c\" of enum type kind", EVIDENCE_TRANSACTION, NULL, NULL},
        {"ERROR: value too long for type character varying(8)",
         "value too long for type character varying(8)", EVIDENCE_VALUE, NULL, NULL},
        {"ERROR: column \"size\" cannot be cast automatically to type integer",
         "column \"size\" cannot be cast automatically to type integer", EVIDENCE_VALUE, NULL,
         "size"},
        {"ERROR: check constraint \"c\" of relation \"notes\" is violated by some row",
         "check constraint \"c\" of relation \"notes\" is violated by some row", EVIDENCE_CHECK,
         "notes", NULL},
        {"relation \"public.notes\" does not exist", "relation \"public.notes\" does not exist",
         EVIDENCE_MISSING, "notes", NULL},
        {"ERROR:  cannot drop table notes because other objects depend on it",
         "cannot drop table notes because other objects depend on it", EVIDENCE_DEPENDENT, NULL,
         NULL},
        {"Missing required environment variable: API_TOKEN",
         "Missing required environment variable: API_TOKEN", EVIDENCE_SETTING, NULL, NULL},
        {"Error: DATABASE_URL is not set", "DATABASE_URL is not set", EVIDENCE_SETTING, NULL, NULL},
        {"Error: connect ECONNREFUSED 127.0.0.1:5432", "ECONNREFUSED 127.0.0.1:5432",
         EVIDENCE_CONNECT, NULL, NULL},
        {"Error: EACCES: permission denied, open '/app/data/app.db'",
         "EACCES: permission denied, open '/app/data/app.db'", EVIDENCE_ACCESS, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(evidence) Evidence found = {0};

        evidence_find(ROWS[i].line, &found);
        check_text(ROWS[i].line, "message", found.message, ROWS[i].message);
        check_text(ROWS[i].line, "table", found.table, ROWS[i].table);
        check_text(ROWS[i].line, "column", found.column, ROWS[i].column);
        assert_int_equal(found.kind, ROWS[i].kind);
    }
    assert_int_equal(wrong, 0);
}

static void test_failed_row_first(void **state)
{
    AUTO(snapshot) Snapshot before = {0};
    AUTO(snapshot) Snapshot after = {0};
    AUTO(str) char *migration = NULL;

    (void)state;
    old_database(&before, "1_a");
    old_database(&after, "1_a");
    ledger_put(&after.ledgers.items[0], "2_b", NULL, LEDGER_FAILED);
    migration = evidence_migration("applying 003_owner\nfailed\n", 1, &before, &after);
    assert_string_equal(migration, "2_b");
}

static void test_last_applied(void **state)
{
    AUTO(snapshot) Snapshot snapshot = {0};

    (void)state;
    assert_null(evidence_last_applied(NULL));
    old_database(&snapshot, "1_a 2_b");
    ledger_put(&snapshot.ledgers.items[0], "3_c", NULL, LEDGER_PENDING);
    assert_string_equal(evidence_last_applied(&snapshot), "2_b");
}

static void test_hints(void **state)
{
    Evidence evidence = {.kind = EVIDENCE_ACCESS};
    AUTO(str) char *root = evidence_hint(&evidence, "", "/app/data");
    AUTO(str) char *other = evidence_hint(&evidence, "1000:1000", "/app/data");

    (void)state;
    assert_null(strstr(root, "owner"));
    assert_non_null(strstr(root, "/app/data"));
    assert_string_equal(other,
                        "the image runs as user 1000:1000, who may not write to /app/data: make "
                        "that user own the folder in the image (before VOLUME and USER), or set "
                        "`database.owner`");
    evidence.kind = EVIDENCE_OTHER;
    assert_null(evidence_hint(&evidence, "", NULL));
    for (int kind = 0; kind < EVIDENCE_OTHER; kind++) {
        AUTO(str) char *hint = NULL;

        evidence.kind = (EvidenceKind)kind;
        hint = evidence_hint(&evidence, "app", NULL);
        assert_non_null(hint);
        assert_true(strlen(hint) > 20 && strlen(hint) < 320);
    }
}

/* A message far above the end is quoted with its neighbours. */
static void test_excerpt(void **state)
{
    AUTO(str_list) StrList lines = {0};
    AUTO(str) char *log = NULL;
    AUTO(str) char *excerpt = NULL;
    AUTO(evidence) Evidence found = {0};

    (void)state;
    str_list_add(&lines, "");
    for (int i = 0; i < 100; i++)
        str_list_addf(&lines, i == 20 ? "UNIQUE constraint failed: tags.name" : "    at line %d",
                      i);
    log = str_list_join(&lines, "\n");
    evidence_find(log, &found);
    assert_int_equal(found.line, 21);
    excerpt = evidence_excerpt(log, &found, 6000);
    assert_true(text_starts(excerpt, "    at line 16\n"));
    assert_non_null(strstr(excerpt, "UNIQUE constraint failed: tags.name\n    at line 21\n"));
    assert_non_null(strstr(excerpt, "    at line 26\n[...]\n    at line 70\n"));
    assert_true(text_ends(excerpt, "    at line 99"));
    free(excerpt);
    excerpt = evidence_excerpt("  \n\n", &found, 6000);
    assert_string_equal(excerpt, "");
    free(excerpt);
    excerpt = evidence_excerpt(NULL, &found, 6000);
    assert_string_equal(excerpt, "");
}

static void test_excerpt_cap(void **state)
{
    char *log = xmalloc(100001);
    AUTO(str) char *excerpt = NULL;
    AUTO(evidence) Evidence found = {0};

    (void)state;
    memset(log, 'x', 100000);
    log[100000] = '\0';
    for (size_t i = 999; i < 100000; i += 1000)
        log[i] = '\n';
    memcpy(log, "database is locked ", 19);
    evidence_find(log, &found);
    assert_string_equal(found.message, "database is locked");
    assert_int_equal(found.line, 0);
    excerpt = evidence_excerpt(log, &found, 6144);
    assert_true(strlen(excerpt) <= 6144 + 500);
    assert_non_null(strstr(excerpt, "[...]"));
    free(log);
}

/* Seconds, not minutes, whatever the log is made of. */
static void test_hostile_logs(void **state)
{
    static const char *const PIECES[] = {"cannot drop ",
                                         "\"",
                                         "missing ",
                                         "a.a.a.a.",
                                         "KeyError: ABC_",
                                         "{\"err\":",
                                         "%d/u ",
                                         "[SQL: ",
                                         "NOT NULL constraint failed: ",
                                         "UNIQUE constraint failed: a,"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(PIECES); i++) {
        AUTO(buf) Buf log = {0};
        AUTO(evidence) Evidence found = {0};
        AUTO(str) char *migration = NULL;

        while (log.len < 32 << 10)
            buf_adds(&log, PIECES[i]);
        evidence_find(buf_text(&log), &found);
        migration = evidence_migration(buf_text(&log), found.line, NULL, NULL);
        assert_null(migration);
    }
}

static void test_pattern(void **state)
{
    static const struct {
        const char *line, *pattern;
        bool fits;
        const char *table, *column, *name;
    } ROWS[] = {
        {"a.b", "%f", true, "a", "b", NULL},
        {"\"a\".\"b c\"", "%f", true, "a", "b c", NULL},
        {"\"a.b\"", "%t", true, "b", NULL, NULL},
        {"main.a.b", "%f", true, "a", "b", NULL},
        {"b", "%f", true, NULL, "b", NULL},
        {"[a]", "%t", true, "a", NULL, NULL},
        {"x.", "%t", true, "x", NULL, NULL},
        {"\"", "%t", false, NULL, NULL, NULL},
        {"\"\"", "%t", false, NULL, NULL, NULL},
        {"caf\xc3\xa9", "%t", true, "caf\xc3\xa9", NULL, NULL},
        {"SOME_KEY is not set", "%v is not set", true, NULL, NULL, "SOME_KEY"},
        {"some_key is not set", "%v is not set", false, NULL, NULL, NULL},
        {"KEY is not set", "%v is not set", false, NULL, NULL, NULL},
        {"version  42 ", "version %d ", true, NULL, NULL, "42"},
        {"subversion 42", "version %d", false, NULL, NULL, NULL},
        {"NO SUCH TABLE: a", "no such table: %t", true, "a", NULL, NULL},
        {"", "x", false, NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(pattern_match) PatternMatch match = {0};
        bool fits = pattern_find(ROWS[i].line, ROWS[i].pattern, &match);

        if (fits != ROWS[i].fits)
            fail_msg("%s: %s", ROWS[i].line, ROWS[i].pattern);
        check_text(ROWS[i].line, "table", match.table, ROWS[i].table);
        check_text(ROWS[i].line, "column", match.column, ROWS[i].column);
        check_text(ROWS[i].line, "name", match.name, ROWS[i].name);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logs),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_failed_row_first),
        cmocka_unit_test(test_last_applied),
        cmocka_unit_test(test_hints),
        cmocka_unit_test(test_excerpt),
        cmocka_unit_test(test_excerpt_cap),
        cmocka_unit_test(test_hostile_logs),
        cmocka_unit_test(test_pattern),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
