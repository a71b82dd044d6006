#include "migrator/migration_layouts.h"

#define JS "js ts mjs cjs mts cts"

/* Sources: the projects' default branches (FACTS section E): what their `up` does when it compares
 * ledger and files. Where a setting decides, the default counts. */
static const Layout LAYOUTS[] = {
    /* migrate deploy warns of edits and of missing files; only migrate dev refuses */
    {"Prisma", LAYOUT_FOLDERS, "migration.sql", SPELT_STEM, {.late = LATE_APPLIED}, NULL},
    /* drizzle-orm, migrator: entries whose "when" is not above the newest created_at are passed */
    {"Drizzle", LAYOUT_JOURNAL, "sql", SPELT_STEM, {.late = LATE_SKIPPED}, NULL},
    /* knex, lib/migrations/migrate/Migrator.js: validateMigrationList */
    {"Knex",
     LAYOUT_FILES,
     JS " sql",
     SPELT_FILE,
     {.late = LATE_APPLIED, .missing_refused = true},
     NULL},
    {"Alembic",
     LAYOUT_REVISIONS,
     "py",
     SPELT_STEM,
     /* script/base.py: "Can't locate revision identified by", whether head or parent */
     {.record = RECORD_HEADS, .late = LATE_SKIPPED, .missing_refused = true},
     NULL},
    {"Django", LAYOUT_APPS, "py", SPELT_STEM, {.late = LATE_APPLIED}, NULL},
    {"Rails",
     LAYOUT_FILES,
     "rb",
     SPELT_NUMBER,
     {.late = LATE_APPLIED, .numbers_unique = true},
     NULL},
    /* flyway validate, which migrate does first */
    {"Flyway",
     LAYOUT_FILES,
     "sql java",
     SPELT_VERSION,
     {.late = LATE_REFUSED,
      .edit = EDIT_REFUSED_LINES,
      .missing_refused = true,
      .numbers_unique = true,
      .rename_refused = true},
     NULL},
    {"Liquibase",
     LAYOUT_CHANGES,
     "sql xml yaml yml json",
     SPELT_STEM,
     {.late = LATE_APPLIED, .edit = EDIT_REFUSED_TEXT},
     NULL},
    /* sqlx-core, src/migrate/migrator.rs: validate_applied_migrations, then by version */
    {"sqlx",
     LAYOUT_FILES,
     "sql",
     SPELT_NUMBER,
     {.late = LATE_APPLIED,
      .edit = EDIT_REFUSED_BYTES,
      .missing_refused = true,
      .numbers_unique = true},
     NULL},
    {"Diesel",
     LAYOUT_FOLDERS,
     "up.sql",
     SPELT_DATE,
     {.late = LATE_APPLIED, .numbers_unique = true},
     NULL},
    /* migrate.go, readUp: from the version in the ledger to the next one above it */
    {"golang-migrate",
     LAYOUT_FILES,
     "sql",
     SPELT_NUMBER,
     {.record = RECORD_LAST, .late = LATE_SKIPPED, .missing_refused = true, .numbers_unique = true},
     NULL},
    /* up.go: "found N missing migrations before current version", without -allow-missing */
    {"goose",
     LAYOUT_FILES,
     "sql go",
     SPELT_NUMBER,
     {.late = LATE_REFUSED, .numbers_unique = true},
     "-- +goose Down"},
    {"dbmate",
     LAYOUT_FILES,
     "sql",
     SPELT_NUMBER,
     {.late = LATE_APPLIED, .numbers_unique = true},
     "-- migrate:down"},
    {"Ecto",
     LAYOUT_FILES,
     "exs",
     SPELT_NUMBER,
     {.late = LATE_APPLIED, .numbers_unique = true},
     NULL},
    {"Laravel", LAYOUT_FILES, "php", SPELT_STEM, {.late = LATE_APPLIED}, NULL},
    {"Doctrine", LAYOUT_FILES, "php", SPELT_CLASS, {.late = LATE_APPLIED}, NULL},
    {"TypeORM", LAYOUT_FILES, JS, SPELT_CLASS, {.late = LATE_APPLIED}, NULL},
    {"Sequelize", LAYOUT_FILES, JS, SPELT_FILE, {.late = LATE_APPLIED}, NULL},
    /* runner.ts, checkOrder: names are compared one by one */
    {"node-pg-migrate",
     LAYOUT_FILES,
     JS " sql",
     SPELT_STEM,
     {.late = LATE_REFUSED, .missing_refused = true},
     "-- Down Migration"},
    /* refinery-core, src/runner.rs and traits: verify_migrations */
    {"refinery",
     LAYOUT_FILES,
     "sql rs",
     SPELT_VERSION,
     {.late = LATE_REFUSED,
      .edit = EDIT_REFUSED_BYTES,
      .missing_refused = true,
      .numbers_unique = true,
      .rename_refused = true},
     NULL},
    {"Atlas",
     LAYOUT_FILES,
     "sql",
     SPELT_NUMBER,
     {.late = LATE_REFUSED, .numbers_unique = true},
     NULL},
    {"MikroORM", LAYOUT_FILES, JS, SPELT_STEM, {.late = LATE_APPLIED}, NULL},
    {"Phinx",
     LAYOUT_FILES,
     "php",
     SPELT_NUMBER,
     {.late = LATE_APPLIED, .numbers_unique = true},
     NULL},
    /* migrator.ts: ensureNoMissingMigrations, ensureMigrationsInOrder */
    /* Engine.pm, _sync_plan: the last deployed change must be in the plan by its id, which is made
     * of what the plan says of it and of the change before; scripts are not compared */
    {"Sqitch",
     LAYOUT_PLAN,
     "sql",
     SPELT_STEM,
     {.late = LATE_REFUSED, .missing_refused = true},
     NULL},
    /* sea-orm-migration, migrator.rs: "has been applied but its file is missing". The migrations
     * are code of the program: images that carry their source as well are rare */
    {"SeaORM",
     LAYOUT_FILES,
     "rs",
     SPELT_DATED,
     {.late = LATE_APPLIED, .missing_refused = true},
     NULL},
    {"Kysely", LAYOUT_FILES, JS, SPELT_STEM, {.late = LATE_REFUSED, .missing_refused = true}, NULL},
};

static const Layout HOME_MADE = {"home-made", LAYOUT_FILES,           "sql " JS " py rb php",
                                 SPELT_STEM,  {.late = LATE_UNKNOWN}, NULL};

const Layout *migration_layout(const char *framework)
{
    for (size_t i = 0; i < COUNT_OF(LAYOUTS); i++)
        if (text_eq(LAYOUTS[i].framework, framework))
            return &LAYOUTS[i];
    return &HOME_MADE;
}
