#include "verify/sides.h"

#include <string.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "database/outside.h"
#include "migrator/ledger_shapes.h"
#include "verify/plan.h"
#include "verify/spec.h"
#include "verify/trial.h"

#define READ_MS (30 * INT64_C(60000))

static bool is_url(const char *place)
{
    return text_starts(place, "postgres://") || text_starts(place, "postgresql://");
}

/* What looks like a path and is none is no image either: "./notes.db" that is missing. */
static bool is_path(const char *place)
{
    struct stat info;

    return stat(place, &info) == 0 || strchr("./~", *place);
}

static bool is_image(const char *place)
{
    return !is_url(place) && !is_path(place);
}

/* --- what is only looked at ------------------------------------------------------------------ */

static Error *read_file(const char *path, const Cancel *cancel, Side *side)
{
    side->name = xstrdup(path);
    side->what = xstrdup("SQLite file");
    side->dialect = SCHEMA_SQLITE;
    return outside_read_file(path, ledger_specs_find, cancel, deadline_in(READ_MS),
                             &side->snapshot);
}

/* "db:5432" of "postgres://app:secret@db:5432/notes?x=y". Caller frees. */
static char *peer_of(const char *url)
{
    const char *start = strstr(url, "://") + strlen("://");
    size_t len = strcspn(start, "/?#");

    for (const char *at; (at = memchr(start, '@', len));) {
        len -= (size_t)(at + 1 - start);
        start = at + 1;
    }
    return len > 0 ? xstrndup(start, len) : xstrdup("the server that the environment names");
}

static Error *read_url(const char *url, const Cancel *cancel, Side *side)
{
    AUTO(str) char *peer = peer_of(url);

    side->name = xasprintf("database at %s", peer);
    side->what = xstrdup("Postgres database");
    side->dialect = SCHEMA_POSTGRES;
    TRY_CTX(outside_read_url(url, ledger_specs_find, cancel, deadline_in(READ_MS), &side->snapshot),
            "%s", side->name);
    free(side->name);
    side->name = xasprintf("database %s at %s", side->snapshot.location, peer);
    return NULL;
}

/* --- images ---------------------------------------------------------------------------------- */

static Error *check_database(const Config *config, const char *image)
{
    DatabaseSpec spec;

    if (config->databases.len == 0)
        return error_new(
            ERR_INVALID, 0,
            "%s is no file here, so it is taken for an image, and its migrations need a "
            "database: give --sqlite FILE, the path in the container, or --postgres "
            "IMAGE, of a server",
            image);
    spec = database_spec_of(&config->databases.items[0]);
    if (database_is_opaque(&spec))
        return error_new(
            ERR_INVALID, 0,
            "database.service: nobody can look into such a server, so there is nothing "
            "to compare");
    return database_check(&spec);
}

/* A plan of one image alone, at the index that keeps names of objects apart. */
static Error *plan_image(Session *session, size_t index, const char *reference, Plan *plan)
{
    PlannedImage *image = &plan->candidate;

    image->facts.image = xstrdup(reference);
    TRY_CTX(obtain_released(session, true, &image->facts, &image->image), "image %s", reference);
    TRY(commands_obtain(session, &session->config->run, reference, &image->image, &plan->commands));
    if (plan->commands.absent)
        return error_new(ERR_CONFLICT, 0, "%s has no migrations: %s", reference,
                         plan->commands.found);
    for (size_t i = 0; i <= index; i++)
        LIST_PUSH(&plan->paths, ((PlannedPath){.id = xstrdup(reference)}));
    return NULL;
}

static Error *read_image(Session *session, size_t index, const char *reference, Side *side,
                         StrList *warnings)
{
    DatabaseSpec spec = database_spec_of(&session->config->databases.items[0]);
    AUTO(str) char *database = database_describe(&spec);
    AUTO(plan) Plan plan = {0};
    size_t mark = teardown_count(session->teardown);
    Error *err;

    side->name = xstrdup(reference);
    side->what = xasprintf("image, its migrations on an empty %s", database);
    side->dialect = spec.sqlite ? SCHEMA_SQLITE : SCHEMA_POSTGRES;
    TRY(plan_image(session, index, reference, &plan));
    err = trial_install(session, &plan, &plan.paths.items[index], &side->snapshot);
    session_take_away(session, mark, warnings);
    return err ? error_wrap(err, "%s", reference) : NULL;
}

static Error *read_one(Session *session, const Cancel *cancel, size_t index, const char *place,
                       Side *side, StrList *warnings)
{
    if (is_url(place))
        return read_url(place, cancel, side);
    if (is_image(place))
        return read_image(session, index, place, side, warnings);
    return read_file(place, cancel, side);
}

static Error *read_both(Session *session, const Cancel *cancel, const char *const places[2],
                        Side sides[2], StrList *warnings)
{
    for (size_t i = 0; i < 2; i++)
        TRY(read_one(session, cancel, i, places[i], &sides[i], warnings));
    if (sides[0].dialect != sides[1].dialect)
        return error_new(ERR_INVALID, 0, "%s is %s, and %s is %s: they have no schema in common",
                         sides[0].name, sides[0].dialect == SCHEMA_SQLITE ? "SQLite" : "Postgres",
                         sides[1].name, sides[1].dialect == SCHEMA_SQLITE ? "SQLite" : "Postgres");
    return NULL;
}

Error *sides_read(const Config *config, const Cancel *cancel, const Progress *progress,
                  const char *const places[2], Side ret_sides[2], StrList *warnings)
{
    Session session = {0};
    Error *err;

    for (size_t i = 0; i < 2; i++)
        if (is_url(places[i])) {
            secret_add_url(places[i]);
            secret_add(places[i]);
        }
    if (!is_image(places[0]) && !is_image(places[1]))
        return read_both(NULL, cancel, places, ret_sides, warnings);
    TRY(check_database(config, is_image(places[0]) ? places[0] : places[1]));
    TRY(session_open(config, cancel, progress, &session));
    err = read_both(&session, cancel, places, ret_sides, warnings);
    session_close(&session, warnings);
    return err ? err : cancel_check(cancel);
}

void side_clear(Side *side)
{
    free(side->name);
    free(side->what);
    snapshot_clear(&side->snapshot);
    *side = (Side){0};
}
