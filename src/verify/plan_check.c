/* Whether the settings as a whole can be verified. */

#include "database/service.h"
#include "verify/companions.h"
#include "verify/plan.h"
#include "verify/spec.h"

/* One key says what kind of database it is, and which other keys mean something beside it. */
typedef struct DatabaseKey {
    const char *key; /* below "database." */
    bool given;
    const char *kinds; /* keys of the kinds that it is for; NULL: it is one itself */
} DatabaseKey;

static const char *const KINDS_WANTED =
    "sqlite (the file in the container), postgres (the image of a server), url (an existing Postgres "
    "server) or service (the image of any other server)";

static Error *check_keys(const DatabaseKey *keys, size_t count)
{
    const char *kind = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!keys[i].given || keys[i].kinds)
            continue;
        if (kind)
            return error_new(ERR_INVALID, 0,
                             "database: wanted one of %s, found %s beside %s: an application that "
                             "supports both has a list of two",
                             KINDS_WANTED, keys[i].key, kind);
        kind = keys[i].key;
    }
    if (!kind)
        return error_new(ERR_INVALID, 0, "database: wanted %s, found none of them", KINDS_WANTED);
    for (size_t i = 0; i < count; i++) {
        AUTO(str_list) StrList kinds = {0};
        AUTO(str) char *joined = NULL;

        if (!keys[i].given || !keys[i].kinds)
            continue;
        str_list_split(keys[i].kinds, ' ', &kinds);
        joined = str_list_join(&kinds, " and ");
        if (!str_list_has(&kinds, kind))
            return error_new(ERR_INVALID, 0, "database: %s is for %s, and this one is %s%s",
                             keys[i].key, joined, kind,
                             text_eq(kind, "url")
                                 ? ": of an existing server nothing is changed, and "
                                   "its own role is used"
                                 : "");
    }
    return NULL;
}

static Error *check_database(const DatabaseSettings *database, const char *backup)
{
    DatabaseSpec spec = database_spec_of(database);
    const DatabaseKey keys[] = {
        {"sqlite", database->sqlite, NULL},
        {"postgres", database->postgres, NULL},
        {"url", database->url, NULL},
        {"service", database->service, NULL},
        {"volume", database->volume, "sqlite"},
        {"owner", database->owner, "sqlite"},
        {"env", database->env.len > 0, "postgres url service"},
        {"superuser: false", !database->superuser, "postgres"},
        {"durable", database->durable, "postgres"},
        {"init", database->init.len > 0, "postgres url"},
        {"settings", database->settings.len > 0, "postgres"},
        {"app_env", database->app_env.len > 0, "service"},
        {"command", database->command.len > 0, "service"},
        {"ready", database->ready.way != READY_BY_NOTHING, "service"},
    };

    TRY(check_keys(keys, COUNT_OF(keys)));
    TRY(service_check(&spec));
    TRY(database_check(&spec));
    return backup ? database_check_restore(&spec, backup) : NULL;
}

Error *plan_check(const Config *config)
{
    if (text_is_empty(config->image) && !config->candidate.build.context)
        return error_new(ERR_INVALID, 0,
                         "image: not given: name the repository of the released images, such as "
                         "ghcr.io/acme/notes (image: in seatrial.yaml, or --image); or give "
                         "candidate.build (--build FOLDER): the old images are then built from the "
                         "git trees of their releases");
    if (!config->candidate.image && !config->candidate.build.context &&
        !config->candidate.archive && !config->candidate.tag)
        return error_new(ERR_INVALID, 0,
                         "candidate: not given: say what is about to be released with --candidate "
                         "IMAGE, --build FOLDER, --archive FILE or --candidate-tag TAG");
    if (config->databases.len == 0)
        return error_new(ERR_INVALID, 0,
                         "database: not given: name the SQLite file in the container "
                         "(database: {sqlite: /app/data/app.db}, or --sqlite), the image of a "
                         "Postgres server (database: {postgres: \"postgres:17\"}, or --postgres), "
                         "an existing one (database: {url: postgres://...}, or --database-url), "
                         "or that of another server (database: {service: \"mariadb:11\"}, or "
                         "--service)");
    for (size_t i = 0; i < config->databases.len; i++)
        TRY(check_database(&config->databases.items[i], config->data.restore));
    return companions_check(config);
}
