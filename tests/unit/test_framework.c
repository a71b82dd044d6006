/* Images as lists of files; the commands that detection finds in them, and why. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/words.h"
#include "migrator/absent.h"
#include "migrator/framework.h"
#include "migrator/framework_table.h"

typedef struct Image {
    const char *name;
    /* one a line: "manage.py", "/usr/bin/php", "x.sql=its text", "link@"; relative to /app */
    const char *files;
    const char *workdir; /* NULL: /app */
    const char *entrypoint, *command;
    const char *wanted; /* "Framework: migrate; status; rollback [in workdir]", or "none" */
    const char *found;  /* part of the reason */
} Image;

static const Image IMAGES[] = {
    /* --- every framework of the table --- */
    {"prisma",
     "prisma/schema.prisma\nprisma/migrations/1_init/migration.sql\nnode_modules/.bin/prisma@",
     .wanted = "Prisma: /app/node_modules/.bin/prisma migrate deploy; "
               "/app/node_modules/.bin/prisma migrate status; ",
     .found = "/app/prisma/schema.prisma is Prisma's, and its command is in the image "
              "(/app/node_modules/.bin/prisma); migrations stand in /app/prisma/migrations"},
    {"prisma in PATH", "schema.prisma\n/usr/local/bin/prisma@",
     .wanted = "Prisma: prisma migrate deploy; prisma migrate status; "},
    {"drizzle", "drizzle.config.ts\ndrizzle/meta/_journal.json\nnode_modules/.bin/drizzle-kit@",
     .wanted = "Drizzle: /app/node_modules/.bin/drizzle-kit migrate; ; ",
     .found = "migrations stand in /app/drizzle"},
    {"knex", "knexfile.cjs\nmigrations/1_a.js\nnode_modules/.bin/knex@",
     .wanted =
         "Knex: /app/node_modules/.bin/knex migrate:latest; "
         "/app/node_modules/.bin/knex migrate:list; /app/node_modules/.bin/knex migrate:rollback"},
    {"typeorm", "dist/db/data-source.js\nsrc/db/data-source.ts\nnode_modules/.bin/typeorm@",
     .wanted =
         "TypeORM: /app/node_modules/.bin/typeorm migration:run -d /app/dist/db/data-source.js; "
         "/app/node_modules/.bin/typeorm migration:show -d /app/dist/db/data-source.js; "
         "/app/node_modules/.bin/typeorm migration:revert -d /app/dist/db/data-source.js"},
    {"typeorm in TypeScript",
     "src/data-source.ts\nnode_modules/.bin/typeorm@\n"
     "node_modules/.bin/typeorm-ts-node-commonjs@",
     .wanted = "TypeORM: /app/node_modules/.bin/typeorm-ts-node-commonjs migration:run -d "
               "/app/src/data-source.ts; /app/node_modules/.bin/typeorm-ts-node-commonjs "
               "migration:show -d /app/src/data-source.ts; "
               "/app/node_modules/.bin/typeorm-ts-node-commonjs migration:revert -d "
               "/app/src/data-source.ts"},
    {"sequelize", ".sequelizerc\nmigrations/1.js\nnode_modules/.bin/sequelize@",
     .wanted = "Sequelize: /app/node_modules/.bin/sequelize db:migrate; "
               "/app/node_modules/.bin/sequelize db:migrate:status; "
               "/app/node_modules/.bin/sequelize db:migrate:undo"},
    {"sequelize with its defaults",
     "package.json={\"devDependencies\":{\"sequelize-cli\":\"6\"}}\nnode_modules/.bin/sequelize-cli@",
     .wanted = "Sequelize: /app/node_modules/.bin/sequelize-cli db:migrate; "
               "/app/node_modules/.bin/sequelize-cli db:migrate:status; "
               "/app/node_modules/.bin/sequelize-cli db:migrate:undo",
     .found = "sequelize-cli is a dependency (Sequelize), and its command is in the image"},
    {"mikro-orm", "dist/mikro-orm.config.js\nnode_modules/.bin/mikro-orm@",
     .wanted = "MikroORM: /app/node_modules/.bin/mikro-orm migration:up; "
               "/app/node_modules/.bin/mikro-orm migration:pending; "
               "/app/node_modules/.bin/mikro-orm migration:down"},
    {"node-pg-migrate",
     "package.json={\"dependencies\":{\"node-pg-migrate\":\"7\"}}\n"
     "node_modules/.bin/node-pg-migrate@\nmigrations/1_a.js",
     .wanted = "node-pg-migrate: /app/node_modules/.bin/node-pg-migrate up; ; "
               "/app/node_modules/.bin/node-pg-migrate down"},
    {"kysely", "kysely.config.ts\nnode_modules/.bin/kysely@",
     .wanted =
         "Kysely: /app/node_modules/.bin/kysely migrate:latest; "
         "/app/node_modules/.bin/kysely migrate:list; /app/node_modules/.bin/kysely migrate:down"},
    {"django", "manage.py\nnotes/migrations/0001_initial.py\n/usr/local/bin/python@",
     .wanted = "Django: python manage.py migrate --noinput; python manage.py migrate --check; ",
     .found = "migrations stand in /app/notes/migrations"},
    {"django in a virtual environment", "manage.py\n.venv/bin/python@\n/usr/bin/python3@",
     .wanted = "Django: /app/.venv/bin/python manage.py migrate --noinput; "
               "/app/.venv/bin/python manage.py migrate --check; "},
    {"alembic", "alembic.ini\nalembic/env.py\nalembic/versions/ab.py\n/usr/local/bin/alembic",
     .wanted = "Alembic: alembic upgrade head; alembic current; alembic downgrade -1"},
    {"flask-migrate",
     "migrations/alembic.ini\nmigrations/env.py\nmigrations/versions/ab.py\n"
     "/usr/local/bin/alembic\n/usr/local/bin/flask",
     .wanted = "Alembic: flask db upgrade; flask db current; flask db downgrade"},
    {"rails", "bin/rails\ndb/migrate/1_a.rb\ndb/schema.rb",
     .wanted = "Rails: /app/bin/rails db:migrate; /app/bin/rails db:migrate:status; "
               "/app/bin/rails db:rollback"},
    {"laravel", "artisan\ndatabase/migrations/1.php\n/usr/local/bin/php",
     .entrypoint = "docker-php-entrypoint",
     .wanted = "Laravel: php artisan migrate --force; php artisan migrate:status; "
               "php artisan migrate:rollback --force"},
    {"doctrine in symfony",
     "config/packages/doctrine_migrations.yaml\nbin/console\n"
     "migrations/Version1.php\nvendor/bin/doctrine-migrations",
     .wanted = "Doctrine: /app/bin/console doctrine:migrations:migrate -n; "
               "/app/bin/console doctrine:migrations:up-to-date; "
               "/app/bin/console doctrine:migrations:migrate prev -n"},
    {"doctrine", "migrations.php\nvendor/bin/doctrine-migrations",
     .wanted = "Doctrine: /app/vendor/bin/doctrine-migrations migrate -n; "
               "/app/vendor/bin/doctrine-migrations up-to-date; "
               "/app/vendor/bin/doctrine-migrations migrate prev -n"},
    {"phinx", "phinx.yml\nvendor/bin/phinx@",
     .wanted = "Phinx: /app/vendor/bin/phinx migrate; /app/vendor/bin/phinx status; "
               "/app/vendor/bin/phinx rollback"},
    {"ecto release",
     "bin/migrate\nbin/notes\nreleases/start_erl.data\n"
     "lib/notes-0.1.0/priv/repo/migrations/1_a.exs",
     .wanted = "Ecto: /app/bin/migrate; ; ",
     .found = "migrations stand in /app/lib/notes-0.1.0/priv/repo/migrations"},
    {"ecto with mix", "priv/repo/migrations/1_a.exs\n/usr/local/bin/mix",
     .wanted = "Ecto: mix ecto.migrate; mix ecto.migrations; mix ecto.rollback"},
    {"ef core bundle", "efbundle\nNotes.dll", .wanted = "EF Core: /app/efbundle; ; "},
    {"ef core tool",
     "Notes.deps.json={\"Microsoft.EntityFrameworkCore/9.0\":{}}\n/usr/bin/dotnet-ef",
     .wanted = "EF Core: dotnet-ef database update; dotnet-ef migrations list; "},
    {"liquibase", "liquibase.properties\ndb/changelog/1.xml\n/usr/bin/liquibase@",
     .entrypoint = "/liquibase/docker-entrypoint.sh", .command = "--help",
     .wanted =
         "Liquibase: liquibase update; liquibase status --verbose; liquibase rollback-count 1"},
    {"sqitch", "sqitch.conf\nsqitch.plan\ndeploy/a.sql\n/usr/bin/sqitch",
     .wanted = "Sqitch: sqitch deploy; sqitch status; sqitch revert -y --to '@HEAD^'"},
    {"diesel", "migrations/1_a/up.sql\nmigrations/1_a/down.sql\n/usr/local/bin/diesel",
     .wanted = "Diesel: diesel migration run; diesel migration list; diesel migration revert"},
    {"seaorm", "migration\nserver",
     .wanted = "SeaORM: /app/migration up; /app/migration status; /app/migration down"},
    {"seaorm in PATH", "/usr/local/bin/migration\nserver",
     .wanted = "SeaORM: migration up; migration status; migration down"},
    {"refinery", "refinery.toml\nmigrations/V1__a.sql\n/usr/bin/refinery",
     .wanted = "refinery: refinery migrate; ; "},
    /* the entrypoint is the tool: its name is said already; its own --help migrates nothing */
    {"flyway", "sql/V1__a.sql\nconf/flyway.conf\n/usr/bin/flyway@", .entrypoint = "flyway",
     .command = "-?", .wanted = "Flyway: migrate; info; "},
    {"goose", "migrations/001_a.sql=-- +goose Up\n/usr/local/bin/goose",
     .wanted = "goose: goose up; goose status; goose down"},
    {"dbmate", "db/migrations/1_a.sql=-- migrate:up\n/usr/local/bin/dbmate",
     .entrypoint = "/sbin/tini -- /usr/local/bin/dbmate", .command = "--help",
     .wanted = "dbmate: up; status --exit-code; rollback"},
    {"sqlx", "migrations/20260101_a.sql=CREATE TABLE a(id)\n/usr/local/bin/sqlx",
     .wanted = "sqlx: sqlx migrate run; sqlx migrate info; sqlx migrate revert"},

    /* --- there, but not enough --- */
    {"golang-migrate", "migrations/1_a.up.sql\nmigrations/1_a.down.sql\n/usr/bin/migrate",
     .wanted = "none",
     .found = "/app/migrations/1_a.up.sql is golang-migrate's, but the image does not tell its "
              "-database, which has no default: migrate -path FOLDER -database URL up"},
    {"atlas", "atlas.hcl\nmigrations/atlas.sum\n/usr/bin/atlas", .wanted = "none",
     .found = "/app/atlas.hcl is Atlas's, but the image does not tell its --url or --env"},
    {"command pruned from the image", "prisma/schema.prisma\n/usr/local/bin/npx@", .wanted = "none",
     .found =
         "/app/prisma/schema.prisma is Prisma's, but its command is not in the image (looked for "
         "node_modules/.bin/prisma, prisma)"},
    {"migrations in the program",
     "package.json={\"dependencies\":{\"kysely\":\"1\"}}\n"
     "/usr/local/bin/npm@",
     .wanted = "none",
     .found = "kysely is a dependency (Kysely), but its command is not in the image"},
    {"no configuration", "requirements.txt=fastapi\nalembic==1.13.0\n/usr/bin/alembic",
     .wanted = "none"},
    {"nothing", "server", .wanted = "none"},
    {"a folder by the name of a tool", "knexfile.js\nnode_modules/.bin/knex/README",
     .wanted = "none", .found = "its command is not in the image"},
    {"entrypoint that takes no command", "knexfile.js\nnode_modules/.bin/knex@",
     .entrypoint = "node", .wanted = "none",
     .found = "; but the image's entrypoint (node) may not run the command "
              "`/app/node_modules/.bin/knex migrate:latest` that is given to it"},

    /* --- the project's script --- */
    {"script",
     "package.json={\"scripts\":{\"migrate\":\"knex migrate:latest\"}}\nknexfile.js\n"
     "node_modules/.bin/knex@\n/usr/local/bin/npm@",
     .wanted = "Knex: npm run migrate; /app/node_modules/.bin/knex migrate:list; "
               "/app/node_modules/.bin/knex migrate:rollback",
     .found = "package.json has scripts.migrate (\"knex migrate:latest\"), and /app/knexfile.js is "
              "Knex's"},
    {"script of no framework",
     "package.json={\"scripts\":{\"migrate\":\"node migrate.js\","
     "\"migrate:status\":\"node status.js\"}}\n/usr/local/bin/npm@",
     .wanted = "-: npm run migrate; npm run migrate:status; ",
     .found = "package.json has scripts.migrate (\"node migrate.js\")"},
    {"dependency named migrate",
     "package.json={\"dependencies\":{\"migrate\":\"2.1\"}}\n"
     "/usr/local/bin/npm@",
     .wanted = "none"},
    {"other mentions of migrate",
     "package.json={\"name\":\"migrate\",\"config\":{\"migrate\":\"x\"},"
     "\"scripts\":{\"test\":\"migrate\",\"migrate\":7}}\n"
     "/usr/local/bin/npm@",
     .wanted = "none"},
    {"script of its own name",
     "package.json={\"scripts\":{\"db:migrate\":\"node m.js\"}}\n"
     "/usr/local/bin/npm@",
     .wanted = "-: npm run db:migrate; ; "},
    {"script for developers",
     "package.json={\"scripts\":{\"migrate\":\"prisma migrate dev\","
     "\"migrate:deploy\":\"prisma migrate deploy\"}}\nprisma/schema.prisma\n"
     "node_modules/.bin/prisma@\n/usr/local/bin/npm@",
     .wanted = "Prisma: npm run migrate:deploy; /app/node_modules/.bin/prisma migrate status; "},
    {"script that is only the tool",
     "package.json={\"scripts\":{\"migrate\":\"node-pg-migrate\"},"
     "\"dependencies\":{\"node-pg-migrate\":\"7\"}}\nnode_modules/.bin/node-pg-migrate@\n"
     "/usr/local/bin/npm@",
     .wanted = "node-pg-migrate: npm run migrate up; ; "
               "/app/node_modules/.bin/node-pg-migrate down"},
    {"script whose tool was pruned",
     "package.json={\"scripts\":{\"migrate\":\"NODE_ENV=production drizzle-kit migrate\"}}\n"
     "drizzle.config.ts\n/usr/local/bin/npm@",
     .wanted = "none",
     .found =
         "package.json has scripts.migrate, but drizzle-kit that it needs is not in the image"},
    {"package manager of the lock",
     "package.json={\"scripts\":{\"migrate\":\"node m.js\"}}\n"
     "pnpm-lock.yaml\n/usr/local/bin/npm@\n/usr/local/bin/pnpm@",
     .wanted = "-: pnpm run migrate; ; "},
    {"bun", "package.json={\"scripts\":{\"migrate\":\"bun m.ts\"}}\n/usr/local/bin/bun",
     .wanted = "-: bun run migrate; ; "},
    {"no package manager",
     "package.json={\"scripts\":{\"migrate\":\"knex migrate:latest --env prod\"}}\n"
     "node_modules/.bin/knex@\n/nodejs/bin/node",
     .wanted = "-: /app/node_modules/.bin/knex migrate:latest --env prod; ; "},
    {"no package manager, shell text",
     "package.json={\"scripts\":{\"migrate\":\"node a && node b\"}}", .wanted = "none",
     .found = "package.json has scripts.migrate, but npm that it needs is not in the image"},
    {"damaged package.json", "package.json={\"scripts\":{\"migrate\":\n/usr/local/bin/npm@",
     .wanted = "none"},

    /* --- several --- */
    {"two frameworks, one can run", "prisma/schema.prisma\nknexfile.js\nnode_modules/.bin/knex@",
     .wanted =
         "Knex: /app/node_modules/.bin/knex migrate:latest; "
         "/app/node_modules/.bin/knex migrate:list; /app/node_modules/.bin/knex migrate:rollback",
     .found = "/app/prisma/schema.prisma is Prisma's, too, but no command of it is in the image"},
    {"two frameworks, one has migrations",
     "prisma/schema.prisma\nalembic.ini\nalembic/versions/1.py\nnode_modules/.bin/prisma@\n"
     "/usr/bin/alembic",
     .wanted = "Alembic: alembic upgrade head; alembic current; alembic downgrade -1",
     .found = "/app/prisma/schema.prisma is Prisma's, too, but no migrations of it are there"},
    {"two frameworks alike",
     "prisma/schema.prisma\nknexfile.js\nnode_modules/.bin/knex@\n"
     "node_modules/.bin/prisma@",
     .wanted = "Prisma: /app/node_modules/.bin/prisma migrate deploy; "
               "/app/node_modules/.bin/prisma migrate status; ",
     .found = "/app/knexfile.js is Knex's, too, and could be meant as well: name its command"},
    {"monorepo",
     "package.json={\"workspaces\":[\"packages/*\"]}\npackages/web/package.json={}\n"
     "packages/db/package.json={\"scripts\":{\"migrate\":\"knex migrate:latest\"}}\n"
     "packages/db/knexfile.js\nnode_modules/.bin/knex@\n/usr/local/bin/npm@",
     .wanted = "Knex: npm run migrate; /app/node_modules/.bin/knex migrate:list; "
               "/app/node_modules/.bin/knex migrate:rollback in /app/packages/db"},
    {"monorepo whose root migrates",
     "package.json={\"scripts\":{\"migrate\":\"node all.js\"}}\n"
     "packages/db/package.json={\"scripts\":{\"migrate\":\"node m.js\"}}\n/usr/local/bin/npm@",
     .wanted = "-: npm run migrate; ; "},
    {"monorepo with several",
     "packages/a/knexfile.js\napps/b/prisma/schema.prisma\n"
     "node_modules/.bin/knex@\nnode_modules/.bin/prisma@",
     .wanted = "none",
     .found = "several folders have migrations of their own (/app/apps/b, /app/packages/a)"},
    {"folder of the server", "backend/manage.py\n/usr/bin/python3@",
     .wanted = "Django: python3 manage.py migrate --noinput; python3 manage.py migrate --check;  "
               "in /app/backend"},
    {"no working folder", "knexfile.js\nnode_modules/.bin/knex@", .workdir = "/",
     .wanted = "Knex: /app/node_modules/.bin/knex migrate:latest; "
               "/app/node_modules/.bin/knex migrate:list; "
               "/app/node_modules/.bin/knex migrate:rollback in /app"},
    {"no working folder, nothing in /app", "/db/migrations/1_a.sql=-- migrate:up\n/usr/bin/dbmate",
     .workdir = "/", .wanted = "dbmate: dbmate up; dbmate status --exit-code; dbmate rollback"},

    /* --- the image's own command --- */
    {"own command", "knexfile.js\nnode_modules/.bin/knex@",
     .command = "bun run src/migrations.ts up", .wanted = "-: own; ; ",
     .found = "the image's own command"},
    {"own command of a tool", "x", .command = "alembic upgrade heads", .wanted = "-: own; ; "},
    {"own command behind an entrypoint", "x", .entrypoint = "/docker-entrypoint.sh",
     .command = "./efbundle", .wanted = "-: own; ; "},
    {"own command is the help", "x", .entrypoint = "/app/migrator", .command = "help",
     .wanted = "none"},
    {"own command is a status", "x", .command = "npm run migrate:status", .wanted = "none"},
    {"own command is a status by its name", "x", .command = "admin migrate-info", .wanted = "none"},
    {"own command prepares", "x", .command = "sh -c 'node migrate.js && node seed.js'",
     .wanted = "-: own; ; "},
    {"own command goes on to serve", "prisma/schema.prisma\nnode_modules/.bin/prisma@",
     .command = "sh -c 'prisma migrate deploy && exec node server.js'",
     .wanted = "Prisma: /app/node_modules/.bin/prisma migrate deploy; "
               "/app/node_modules/.bin/prisma migrate status; "},
    {"own command serves beside", "x", .command = "sh -c 'node migrate.js & node server.js'",
     .wanted = "none"},
    {"own command serves", "x", .command = "php artisan serve --migrate", .wanted = "none"},
};

/* --- images ---------------------------------------------------------------------------------- */

/* All that the image has, folders included, as a complete listing. */
static void make_whole(const char *list, ImageFiles *whole)
{
    AUTO(str_list) StrList lines = {0};

    str_list_split(list, '\n', &lines);
    for (size_t i = 0; i < lines.len; i++) {
        char *text = strchr(lines.items[i], '=');
        bool link = text_ends(lines.items[i], "@");
        AUTO(str)
        char *name = xstrndup(lines.items[i], text ? (size_t)(text - lines.items[i])
                                                   : strlen(lines.items[i]) - (link ? 1 : 0));
        AUTO(str) char *path = *name == '/' ? xstrdup(name) : image_path_join("/app", name);

        image_files_add(whole, path, link ? IMAGE_LINK : IMAGE_FILE, text ? text + 1 : NULL);
        for (char *slash = strrchr(path, '/'); slash > path; slash = strrchr(path, '/')) {
            *slash = '\0';
            image_files_add(whole, path, IMAGE_FOLDER_ALL, NULL);
        }
    }
}

/* Answer one probe as an engine would; a part of the folder tells of nothing below it. */
static void answer(const ImageFiles *whole, const char *path, bool part, ImageFiles *known)
{
    const ImageFile *file = image_files_find(whole, path);
    AUTO(str) char *below = image_path_join(path, "");

    image_files_add(known, path,
                    !file  ? IMAGE_ABSENT
                    : part ? IMAGE_FOLDER_PART
                           : file->type,
                    file ? file->text : NULL);
    for (size_t i = 0; file && !part && i < whole->len; i++)
        if (text_starts(whole->items[i].path, below))
            image_files_add(known, whole->items[i].path, whole->items[i].type,
                            whole->items[i].text);
}

/* Look up what detection asks for until it asks for nothing. */
static void look(const ImageFiles *whole, bool parts, ImageFiles *known)
{
    size_t count = 0;

    for (int round = 0; round < 10; round++) {
        AUTO(str_list) StrList probes = {0};

        framework_probes(known, &probes);
        if (probes.len == 0)
            return;
        for (size_t i = 0; i < probes.len; i++) {
            if (image_files_knows(known, probes.items[i]))
                continue; /* since the one before it was answered */
            count++;
            answer(whole, probes.items[i],
                   parts &&
                       (text_eq(probes.items[i], "/app") || text_ends(probes.items[i], "/lib")),
                   known);
        }
        assert_in_range(count, 1, 600);
    }
    fail_msg("detection never has enough");
}

static void set_run(const Image *image, ImageFiles *known)
{
    known->workdir = xstrdup(image->workdir ? image->workdir : "/app");
    str_list_split("/usr/local/bin:/usr/bin:/bin", ':', &known->path);
    if (image->entrypoint)
        assert_null(words_split(image->entrypoint, &known->entrypoint));
    if (image->command)
        assert_null(words_split(image->command, &known->command));
}

static char *describe(bool detected, const Detection *detection)
{
    AUTO(str) char *migrate = words_join(&detection->migrate);
    AUTO(str) char *status = words_join(&detection->status);
    AUTO(str) char *rollback = words_join(&detection->rollback);

    if (!detected)
        return xstrdup("none");
    return xasprintf("%s: %s; %s; %s%s%s", detection->framework ? detection->framework : "-",
                     *migrate ? migrate : "own", status, rollback, detection->workdir ? " in " : "",
                     detection->workdir ? detection->workdir : "");
}

/* All rows that are wrong, not the first one only. */
static int wrong;

static void begin(void)
{
    wrong = 0;
}

static void check_image(const Image *image, bool parts)
{
    AUTO(image_files) ImageFiles whole = {0};
    AUTO(image_files) ImageFiles known = {0};
    AUTO(detection) Detection detection = {0};
    AUTO(str) char *text = NULL;
    bool detected;

    make_whole(image->files, &whole);
    set_run(image, &known);
    look(&whole, parts, &known);
    detected = framework_detect(&known, &detection);
    text = describe(detected, &detection);
    if (!text_eq(text, image->wanted) && ++wrong)
        print_error("%s: wanted '%s', got '%s' (%s)\n", image->name, image->wanted, text,
                    detection.found ? detection.found : "nothing found");
    if (image->found && (!detection.found || !strstr(detection.found, image->found)) && ++wrong)
        print_error("%s: wanted the reason '%s', got '%s'\n", image->name, image->found,
                    detection.found ? detection.found : "none");
    if (detected)
        assert_non_null(detection.found);
}

static void images_are_recognised(void **state)
{
    (void)state;
    begin();
    for (size_t i = 0; i < COUNT_OF(IMAGES); i++)
        check_image(&IMAGES[i], false);
    assert_int_equal(wrong, 0);
}

/* The application's folder is too large to be listed: the same is found path by path. */
static void large_images_are_recognised(void **state)
{
    (void)state;
    begin();
    for (size_t i = 0; i < COUNT_OF(IMAGES); i++) {
        /* only a listing shows names that nobody can guess */
        if (strcmp(IMAGES[i].name, "ef core tool") != 0 &&
            strncmp(IMAGES[i].name, "django", 6) != 0 && !strstr(IMAGES[i].name, "ecto release"))
            check_image(&IMAGES[i], true);
    }
    assert_int_equal(wrong, 0);
}

static void every_framework_has_an_image(void **state)
{
    size_t count;
    const Framework *table = framework_table(&count);

    (void)state;
    for (size_t row = 0; row < count; row++) {
        bool there = false;

        for (size_t i = 0; i < COUNT_OF(IMAGES); i++)
            there |= text_starts(IMAGES[i].wanted, table[row].name) ||
                     (IMAGES[i].found && strstr(IMAGES[i].found, table[row].name));
        if (!there)
            fail_msg("no image has %s", table[row].name);
    }
}

static void hostile_names_are_cleaned(void **state)
{
    AUTO(image_files) ImageFiles known = {.workdir = xstrdup("/app")};
    AUTO(detection) Detection detection = {.found = NULL};
    AUTO(str) char *script = NULL;
    char longest[401] = {0};

    (void)state;
    memset(longest, 'x', sizeof longest - 1);
    script = xasprintf("{\"scripts\":{\"migrate\":\"node a\\n::error::\\u001b[31m%s\"}}", longest);
    str_list_add(&known.path, "/bin");
    image_files_add(&known, "/app/package.json", IMAGE_FILE, script);
    image_files_add(&known, "/bin/npm", IMAGE_FILE, NULL);
    assert_true(framework_detect(&known, &detection));
    assert_null(strpbrk(detection.found, "\n\x1b"));
    assert_in_range(strlen(detection.found), 200, 300);
}

static void nothing_says_nothing(void **state)
{
    AUTO(image_files) ImageFiles known = {.workdir = xstrdup("/app")};
    AUTO(detection) Detection detection = {.found = NULL};

    (void)state;
    assert_false(framework_detect(&known, &detection));
    assert_null(detection.found);
    assert_null(detection.framework);
}

/* --- files ----------------------------------------------------------------------------------- */

static void patterns_stay_in_their_component(void **state)
{
    static const struct {
        const char *path, *pattern;
        ImageFileType type;
        bool wanted;
    } ROWS[] = {
        {"/app/a.js", "/app/a.js", IMAGE_FILE, true},
        {"/app/a.js", "/app/a.j", IMAGE_FILE, false},
        {"/app/a.js", "/app/*.js", IMAGE_FILE, true},
        {"/app/b/a.js", "/app/*.js", IMAGE_FILE, false},
        {"/app/b/a.js", "/app/*/a.js", IMAGE_FILE, true},
        {"/app/.b/a.js", "/app/*/a.js", IMAGE_FILE, false},
        {"/app/V1__x__y.sql", "/app/V*__*.sql", IMAGE_FILE, true},
        {"/app/V1_x.sql", "/app/V*__*.sql", IMAGE_FILE, false},
        {"/app/V1__x.sql.bak", "/app/V*__*.sql", IMAGE_FILE, false},
        {"/app/a*b", "/app/a*b", IMAGE_FILE, true},
        {"/app/m", "/app/m/", IMAGE_FILE, false},
        {"/app/m", "/app/m/", IMAGE_FOLDER_PART, true},
        {"/app/m", "/app/m", IMAGE_FOLDER_ALL, false},
        {"/app/m", "/app/m/", IMAGE_LINK, true},
        {"/app/m", "/app/m", IMAGE_LINK, true},
        {"/app/m", "/app/m", IMAGE_ABSENT, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(image_files) ImageFiles files = {0};

        image_files_add(&files, "/app/zz", IMAGE_FILE, NULL);
        image_files_add(&files, ROWS[i].path, ROWS[i].type, NULL);
        if ((image_files_match(&files, ROWS[i].pattern) != NULL) != ROWS[i].wanted)
            fail_msg("%s against %s", ROWS[i].path, ROWS[i].pattern);
    }
}

static void what_is_known_is_not_asked_again(void **state)
{
    AUTO(image_files) ImageFiles files = {0};

    (void)state;
    image_files_add(&files, "/app", IMAGE_FOLDER_PART, NULL);
    image_files_add(&files, "/app/all", IMAGE_FOLDER_ALL, NULL);
    image_files_add(&files, "/app/file", IMAGE_FILE, "text");
    image_files_add(&files, "/app/gone", IMAGE_ABSENT, NULL);
    image_files_add(&files, "/app/link", IMAGE_LINK, NULL);
    image_files_add(&files, "/app/unlisted", IMAGE_FOLDER, NULL);
    assert_true(image_files_knows(&files, "/app"));
    assert_false(image_files_knows(&files, "/app/other"));
    assert_true(image_files_knows(&files, "/app/all/a/b"));
    assert_true(image_files_knows(&files, "/app/file/x"));
    assert_true(image_files_knows(&files, "/app/gone/x"));
    assert_false(image_files_knows(&files, "/app/link/x"));
    assert_false(image_files_knows(&files, "/app/unlisted"));
    assert_false(image_files_knows(&files, "/usr"));
    image_files_add(&files, "/app/file", IMAGE_FILE, "other");
    assert_int_equal(files.len, 6);
    assert_string_equal(image_files_find(&files, "/app/file")->text, "other");
}

/* --- status ---------------------------------------------------------------------------------- */

static const struct {
    const char *framework, *log, *line; /* NULL: nothing is pending */
} STATUS[] = {
    {"sqlx", "1/installed init\n20260101/pending owner\n", "20260101/pending owner"},
    {"sqlx", "1/installed (different checksum) init\napplied migration had checksum ab",
     "1/installed (different checksum) init"},
    {"sqlx", "1/installed make jobs pending\n", NULL},
    {"Diesel", "Migrations:\n  [X] 2026-01-01_a\n  [ ] 2026-01-02_b\n", "[ ] 2026-01-02_b"},
    {"Diesel", "true\n", "true"},
    {"Diesel", "false\n", NULL},
    {"goose",
     "2026/01/01 10:00:00     Applied At                  Migration\n"
     "2026/01/01 10:00:00     Pending                  -- 002_b.sql",
     "2026/01/01 10:00:00     Pending                  -- 002_b.sql"},
    {"goose", "    Thu Jan  1 10:00:00 2026 -- 001_Pending.sql", NULL},
    {"Knex", "Found 1 Completed Migration file/files.\nFound 2 Pending Migration file/files.\n",
     "Found 2 Pending Migration file/files."},
    {"Knex", "Found 2 Completed Migration file/files.\nNo Pending Migration files Found.\n", NULL},
    {"Alembic", "INFO  [alembic.runtime.migration] Context impl SQLiteImpl.\nae1027a6acf0\n",
     "ae1027a6acf0"},
    {"Alembic", "ae1027a6acf0 (head)\n", NULL},
    {"Alembic", "FAILED: Database is not on all head revisions",
     "FAILED: Database is not on all head revisions"},
    {"Django", "[X]  notes.0001_initial\n[ ]  notes.0002_owner\n", "[ ]  notes.0002_owner"},
    {"Django", "[X]  notes.0001_initial\n", NULL},
    {"Rails",
     " Status   Migration ID    Migration Name\n   up     20260101000000  Init\n"
     "  down    20260102000000  Owner\n",
     "down    20260102000000  Owner"},
    {"Rails", "   up     20260101000000  Shut down 5 things\n", NULL},
    {"Rails", "You have 1 pending migration:\n  2 Owner", "You have 1 pending migration:"},
    {"Flyway",
     "| Versioned | 1 | init | SQL | 2026-01-01 | Success |\n"
     "| Versioned | 2 | owner | SQL |  | Pending |",
     "| Versioned | 2 | owner | SQL |  | Pending |"},
    {"Flyway", "| Versioned | 2 | Pending orders | SQL | 2026-01-01 | Success |", NULL},
    {"Liquibase", "2 changesets have not been applied to app@jdbc:postgresql://db/app",
     "2 changesets have not been applied to app@jdbc:postgresql://db/app"},
    {"Liquibase", "1 change sets has not been applied to SA",
     "1 change sets has not been applied to SA"},
    {"Liquibase", "app@jdbc:postgresql://db/app is up to date", NULL},
    {"Liquibase", "0 changesets have not been applied to SA", NULL},
    {"golang-migrate", "3 (dirty)\n", "3 (dirty)"},
    {"golang-migrate", "error: Dirty database version 3. Fix and force version.",
     "error: Dirty database version 3. Fix and force version."},
    {"golang-migrate", "3\n", NULL},
    {"dbmate", "[X] 1_a.sql\n[ ] 2_b.sql\n\nApplied: 1\nPending: 1", "[ ] 2_b.sql"},
    {"dbmate", "[X] 1_a.sql\n\nApplied: 1\nPending: 0", NULL},
    {"Laravel", "  2026_01_01_000000_a ........ [1] Ran\n  2026_01_02_000000_b ........ Pending",
     "2026_01_02_000000_b ........ Pending"},
    {"Laravel", "| Ran? | Migration | Batch |\n| No   | 2026_01_02_b | |",
     "| No   | 2026_01_02_b | |"},
    {"Laravel", "  2026_01_01_000000_Pending ........ [1] Ran", NULL},
    {"TypeORM", "[X] 1 Init1700000000000\n[ ] Owner1700000000001", "[ ] Owner1700000000001"},
    {"TypeORM", "[X] 1 Init1700000000000", NULL},
    {"Sequelize", "up 1-init.js\ndown 2-owner.js", "down 2-owner.js"},
    {"Sequelize", "up 1-shut down .js", NULL},
    {"SeaORM",
     "Checking migration status\nMigration 'm1_init'... Applied\n"
     "Migration 'm2_owner'... Pending",
     "Migration 'm2_owner'... Pending"},
    {"SeaORM", "Migration 'm1_Pending'... Applied", NULL},
    {"Phinx",
     "   up  20260101000000  2026-01-01 10:00:00  2026-01-01 10:00:00  Init\n"
     "   down  20260102000000                                            Owner",
     "down  20260102000000                                            Owner"},
    {"Phinx", "   up  20260101000000  2026-01-01 10:00:00  2026-01-01 10:00:00  Init", NULL},
    {"Prisma",
     "2 migrations found in prisma/migrations\n"
     "Following migrations have not yet been applied:\n2_owner",
     "Following migrations have not yet been applied:"},
    {"Prisma", "Following migration have failed:\n2_owner", "Following migration have failed:"},
    {"Prisma", "2 migrations found in prisma/migrations\nDatabase schema is up to date!", NULL},
    {"Atlas", "Migration Status: PENDING\n  -- Current Version: 1", "Migration Status: PENDING"},
    {"Atlas", "Migration Status: OK\n  -- Current Version: 1", NULL},
    {"Ecto",
     "  Status    Migration ID    Migration Name\n  up        20260101000000  init\n"
     "  down      20260102000000  owner",
     "down      20260102000000  owner"},
    {"Ecto", "  up        20260101000000  count_down", NULL},
    {"EF Core", "20260101000000_Init\n20260102000000_Owner (Pending)",
     "20260102000000_Owner (Pending)"},
    {"EF Core", "20260101000000_Init", NULL},
    {"Doctrine", "Out-of-date! 1 migration is available to execute.",
     "Out-of-date! 1 migration is available to execute."},
    {"Doctrine", "Up-to-date! No migrations to execute.", NULL},
    {"Sqitch", "# On database app\nUndeployed change:\n  * owner", "Undeployed change:"},
    {"Sqitch", "# On database app\nNothing to deploy (up-to-date)", NULL},
    {"MikroORM", "| Migration20260102000000 |", "| Migration20260102000000 |"},
    {"MikroORM", "No pending migrations", NULL},
    {"Drizzle", "pending", NULL},
    {"no such framework", "pending", NULL},
};

static void status_texts_are_judged(void **state)
{
    (void)state;
    begin();
    for (size_t i = 0; i < COUNT_OF(STATUS); i++) {
        AUTO(str) char *line = NULL;
        bool pending = framework_status_pending(STATUS[i].framework, STATUS[i].log, &line);

        if ((pending != (STATUS[i].line != NULL) || !text_eq(line, STATUS[i].line)) && ++wrong)
            print_error("%s: '%s': wanted '%s', got '%s'\n", STATUS[i].framework, STATUS[i].log,
                        STATUS[i].line ? STATUS[i].line : "nothing", line ? line : "nothing");
    }
    assert_int_equal(wrong, 0);
}

/* A pattern that does not compile would never find anything. */
static void every_status_pattern_is_tried(void **state)
{
    size_t count;
    const Framework *table = framework_table(&count);

    (void)state;
    for (size_t row = 0; row < count; row++) {
        bool tried = !table[row].pending;

        for (size_t i = 0; i < COUNT_OF(STATUS); i++)
            tried |= STATUS[i].line && text_eq(STATUS[i].framework, table[row].name);
        if (!tried)
            fail_msg("no status text of %s is tried", table[row].name);
    }
}

/* --- no migrations --- */

#define START "\"scripts\":{\"start\":\"node server.js\"}"

static void absence_wants_evidence(void **state)
{
    static const struct {
        const char *name, *files, *command;
        bool absent;
        const char *client;
    } ROWS[] = {
        {"nothing of the kind", "package.json={" START "}\nserver.js", "node server.js", true,
         NULL},
        {"a client", "package.json={" START ",\"dependencies\":{\"pg\":\"8\"}}\nserver.js",
         "node server.js", true, "pg"},
        {"python", "requirements.txt=flask==3\nserver.py", "python server.py", true, NULL},
        {"no manifest", "server", "/app/server", false, NULL},
        {"no manifest that is one", "package.json=[\nserver.js", "node server.js", false, NULL},
        {"a script by its text", "package.json={\"scripts\":{\"up\":\"node run-migrations.js\"}}",
         "node server.js", false, NULL},
        {"a framework without its command",
         "package.json={\"dependencies\":{\"knex\":\"3\"}}\nknexfile.js", "node server.js", false,
         NULL},
        {"a file", "package.json={" START "}\nsrc/migrations.ts", "node server.js", false, NULL},
        {"SQL", "package.json={" START "}\nsql/1.sql", "node server.js", false, NULL},
        {"its own command", "package.json={" START "}", "node migrate.js", false, NULL},
        {"its own command, among others", "package.json={" START "}",
         "sh -c \"node migrate.js && node server.js\"", false, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        Image image = {.name = ROWS[i].name, .files = ROWS[i].files, .command = ROWS[i].command};
        AUTO(image_files) ImageFiles whole = {0};
        AUTO(image_files) ImageFiles known = {0};
        AUTO(str) char *evidence = NULL;
        const char *client = NULL;
        bool absent;

        make_whole(image.files, &whole);
        set_run(&image, &known);
        look(&whole, false, &known);
        absent = migrations_absent(&known, &evidence, &client);
        if (absent != ROWS[i].absent || absent != (evidence != NULL))
            fail_msg("%s: wanted %d, got %d (%s)", ROWS[i].name, ROWS[i].absent, absent,
                     evidence ? evidence : "no evidence");
        if (ROWS[i].client)
            assert_string_equal(client, ROWS[i].client);
        else
            assert_null(client);
    }
}

static void a_script_that_is_given_is_looked_up(void **state)
{
    static const struct {
        const char *words;
        bool absent;
    } ROWS[] = {
        {"npm run migrate", true},
        {"npm run -s migrate", true},
        {"npm run start", false},
        {"npm --prefix api run migrate", false},
        {"npm run --workspace a m", false},
        {"node migrate.js", false},
        {"bun run src/migrate.ts", false},
        {"bun run migrate", true},
        {"yarn migrate", true},
        {"yarn knex", false},
        {"pnpm run server", false},
        {"npx migrate", false},
    };

    Image image = {.files = "package.json={" START ",\"dependencies\":{\"migrate\":\"2\"}}\n"
                            "server.js\nnode_modules/.bin/knex@"};
    AUTO(image_files) ImageFiles whole = {0};
    AUTO(image_files) ImageFiles known = {0};

    (void)state;
    make_whole(image.files, &whole);
    set_run(&image, &known);
    look(&whole, false, &known);
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str_list) StrList words = {0};
        AUTO(str) char *evidence = NULL;

        assert_null(words_split(ROWS[i].words, &words));
        if (script_absent(&known, &words, &evidence) != ROWS[i].absent)
            fail_msg("%s: wanted %d (%s)", ROWS[i].words, ROWS[i].absent,
                     evidence ? evidence : "no evidence");
        if (ROWS[i].absent)
            assert_non_null(strstr(evidence, "/app/package.json has no script \""));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_are_recognised),
        cmocka_unit_test(large_images_are_recognised),
        cmocka_unit_test(every_framework_has_an_image),
        cmocka_unit_test(nothing_says_nothing),
        cmocka_unit_test(hostile_names_are_cleaned),
        cmocka_unit_test(patterns_stay_in_their_component),
        cmocka_unit_test(what_is_known_is_not_asked_again),
        cmocka_unit_test(status_texts_are_judged),
        cmocka_unit_test(every_status_pattern_is_tried),
        cmocka_unit_test(absence_wants_evidence),
        cmocka_unit_test(a_script_that_is_given_is_looked_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
