#include "verify/plan.h"

#include <string.h>

#include "database/pg_url.h"
#include "database/service.h"
#include "release/choice.h"
#include "release/release_source.h"
#include "verify/companions.h"
#include "verify/obtain.h"
#include "verify/spec.h"

#define RELEASES_WAIT_MS 120000

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

static Error *check_database(const DatabaseSettings *database)
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
    return database_check(&spec);
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
        TRY(check_database(&config->databases.items[i]));
    return companions_check(config);
}

static ReleaseChoice choice_of(const Config *config)
{
    return (ReleaseChoice){
        .from = config->releases.from,
        .prereleases = config->releases.prereleases,
        .candidate_tag = config->candidate.tag,
        .candidate_published_ms = config->candidate.published_ms,
        .candidate_is_prerelease = config->candidate.prerelease,
    };
}

static char *no_previous(const Config *config, size_t count)
{
    const char *candidate = config->candidate.tag ? config->candidate.tag : "the candidate";

    if (count == 0)
        return xasprintf("no previous release: source %s shows no release at all",
                         config->releases.source);
    return xasprintf(
        "no previous release: none of the %zu release%s that source %s shows precedes %s", count,
        count == 1 ? "" : "s", config->releases.source, candidate);
}

Error *plan_releases(const Config *config, const Cancel *cancel, const Progress *progress,
                     Plan *ret_plan)
{
    ReleaseQuery query = {
        .source = config->releases.source,
        .repository = config->releases.repository,
        .image = config->image,
        .api = config->releases.api,
        .want_sha = strstr(config->tag, "{sha}") != NULL,
        .token = config->releases.token,
        .list = str_list_has(&config->keys, "releases.list") ? &config->releases.list : NULL,
        .max_wait_ms = config->releases.max_wait_ms,
        .cancel = cancel,
        .progress = progress,
    };
    ReleaseChoice choice = choice_of(config);
    AUTO(release_list) ReleaseList all = {0};
    AUTO(plan) Plan plan = {0};

    TRY_CTX(release_list_fetch(&query, deadline_in(RELEASES_WAIT_MS + config->releases.max_wait_ms),
                               &all, &plan.warnings),
            "finding the releases");
    release_preceding(&all, &choice, &plan.eligible);
    TRY(release_select(&all, &plan.eligible, &choice, &plan.chosen));
    if (plan.chosen.len == 0 && plan.eligible.len > 0) /* a range that fits nothing tests nothing */
        return error_new(
            ERR_INVALID, 0,
            "releases.from: '%s' matches none of the %zu releases that precede %s; the "
            "newest of them is %s",
            config->releases.from, plan.eligible.len,
            config->candidate.tag ? config->candidate.tag : "the candidate",
            plan.eligible.items[0].tag);
    if (plan.chosen.len == 0)
        plan.nothing = no_previous(config, all.len);
    if (plan.nothing && config->require_previous)
        return error_new(ERR_NOT_FOUND, 0, "%s, and require_previous is set", plan.nothing);
    *ret_plan = plan;
    plan = (Plan){0};
    return NULL;
}

/* --- paths
 * ---------------------------------------------------------------------------------------- */

static void planned_image_clear(PlannedImage *image)
{
    image_facts_clear(&image->facts);
    engine_image_clear(&image->image);
    commands_clear(&image->commands);
}

static void planned_images_clear(PlannedImageList *list)
{
    for (size_t i = 0; i < list->len; i++)
        planned_image_clear(&list->items[i]);
    free(list->items);
    *list = (PlannedImageList){0};
}

static void planned_path_clear(PlannedPath *path)
{
    free(path->id);
    free(path->nothing);
    planned_images_clear(&path->olds);
}

DEFINE_AUTO_VALUE(planned_image, PlannedImage, planned_image_clear)

static bool walks_back(const Config *config)
{
    return text_eq(config->missing_image, "walk-back");
}

/* Once, however many paths come by. */
static void pass_over(Plan *plan, const ImageFacts *facts, const Error *why)
{
    for (size_t i = 0; i < plan->passed_over.len; i++)
        if (text_eq(plan->passed_over.items[i].tag, facts->tag))
            return;
    passed_over_add(&plan->passed_over, facts->tag, facts->image, why->msg);
}

static void planned_image_copy(const PlannedImage *from, PlannedImage *ret_to)
{
    PlannedImage copy = {0};

    image_facts_copy(&from->facts, &copy.facts);
    engine_image_copy(&from->image, &copy.image);
    commands_copy(&from->commands, &copy.commands);
    *ret_to = copy;
}

/* The old image's own commands: a tool or a script may have had another name. When none is to be
 * seen in it, the candidate's: it may be there all the same. */
static Error *old_commands(Session *session, const Plan *plan, PlannedImage *image)
{
    AUTO(run_settings) RunSettings run = {0};
    AUTO(str) char *whose = xasprintf("release %s", image->facts.tag);
    AUTO(error) Error *err = NULL;

    config_old_run(session->config, &run);
    err = commands_obtain(session, &run, whose, &image->image, &image->commands);
    if (!err || err->code != ERR_INVALID || plan->commands.absent || !plan->commands.found)
        return TAKE(err);
    commands_copy(&plan->commands, &image->commands);
    free(image->commands.found);
    image->commands.found = xasprintf("as in the candidate (%s)", plan->commands.found);
    return NULL;
}

/* A release's image with its commands; each is pulled or built and looked into once. */
static Error *have_image(Session *session, PlanImages how, const Release *release, Plan *plan,
                         PlannedImage *image)
{
    PlannedImage copy;

    for (size_t i = 0; i < plan->released.len; i++) {
        if (!text_eq(plan->released.items[i].facts.tag, release->tag))
            continue;
        planned_image_clear(image);
        planned_image_copy(&plan->released.items[i], image);
        return NULL;
    }
    TRY(obtain_release(session, how == PLAN_GET, release, &image->facts, &image->image,
                       &plan->warnings));
    TRY(old_commands(session, plan, image));
    planned_image_copy(image, &copy);
    LIST_PUSH(&plan->released, copy);
    return NULL;
}

/* The image of a release, or with walk-back of the newest earlier one that has an image.
 * ret_image->facts.image stays NULL when none is left. */
static Error *find_image(Session *session, PlanImages how, const Release *wanted, Plan *plan,
                         PlannedImage *ret_image)
{
    const Config *config = session->config;
    const Release *release = wanted;
    size_t next = 0;

    while (next < plan->eligible.len && !text_eq(plan->eligible.items[next].tag, wanted->tag))
        next++;
    for (;;) {
        AUTO(planned_image) PlannedImage image = {0};
        AUTO(error) Error *err = NULL;

        TRY(release_reference(config, release, &image.facts));
        err = have_image(session, how, release, plan, &image);
        if (!err) {
            *ret_image = image;
            image = (PlannedImage){0};
            return NULL;
        }
        if (err->code != ERR_NOT_FOUND || !walks_back(config))
            return error_wrap(TAKE(err), "image of release %s", release->tag);
        pass_over(plan, &image.facts, err);
        if (next + 1 >= plan->eligible.len)
            return NULL;
        release = &plan->eligible.items[++next];
    }
}

static bool has_path_from(const PlannedPathList *paths, const char *tag)
{
    for (size_t i = 0; i < paths->len; i++)
        if (text_eq(paths->items[i].olds.items[0].facts.tag, tag))
            return true;
    return false;
}

const char *plan_candidate_name(const Plan *plan)
{
    return plan->candidate.facts.tag ? plan->candidate.facts.tag : plan->candidate.facts.image;
}

static void copy_images(const PlannedImageList *from, PlannedImageList *to)
{
    for (size_t i = 0; i < from->len; i++) {
        PlannedImage copy;

        planned_image_copy(&from->items[i], &copy);
        LIST_PUSH(to, copy);
    }
}

/* One path a database; consumes the images. */
static void add_paths(const Config *config, Plan *plan, PlannedImageList *olds)
{
    const char *from = olds->items[0].facts.tag;

    for (size_t i = 0; i < config->databases.len; i++) {
        PlannedPath path = {.database = i};
        DatabaseSpec spec = database_spec_of(&config->databases.items[i]);
        AUTO(str) char *database = database_describe(&spec);

        path.id = config->databases.len > 1
                      ? xasprintf("%s -> %s (%s)", from, plan_candidate_name(plan), database)
                      : xasprintf("%s -> %s", from, plan_candidate_name(plan));
        copy_images(olds, &path.olds);
        LIST_PUSH(&plan->paths, path);
    }
    planned_images_clear(olds);
}

/* The releases between a starting point and the candidate, oldest first. */
static Error *add_between(Session *session, PlanImages how, Plan *plan, PlannedImageList *olds)
{
    size_t at = 0;

    while (at < plan->eligible.len &&
           !text_eq(plan->eligible.items[at].tag, olds->items[0].facts.tag))
        at++;
    if (at == plan->eligible.len)
        return NULL;
    while (at-- > 0) {
        AUTO(planned_image) PlannedImage image = {0};
        AUTO(error) Error *err = NULL;

        TRY(release_reference(session->config, &plan->eligible.items[at], &image.facts));
        err = have_image(session, how, &plan->eligible.items[at], plan, &image);
        if (err && err->code == ERR_NOT_FOUND && walks_back(session->config)) {
            pass_over(plan, &image.facts, err); /* users step over it, too */
            continue;
        }
        if (err)
            return error_wrap(TAKE(err), "image of release %s", image.facts.tag);
        LIST_PUSH(olds, image);
        image = (PlannedImage){0};
    }
    return NULL;
}

static Error *plan_path(Session *session, PlanImages how, const Release *release, Plan *plan)
{
    AUTO(planned_image) PlannedImage image = {0};
    PlannedImageList olds = {0};
    Error *err;

    TRY(find_image(session, how, release, plan, &image));
    if (!image.facts.image || has_path_from(&plan->paths, image.facts.tag))
        return NULL; /* walked back onto a release that another path starts from */
    LIST_PUSH(&olds, image);
    image = (PlannedImage){0};
    err = text_eq(session->config->releases.walk, "stepwise")
              ? add_between(session, how, plan, &olds)
              : NULL;
    if (err)
        planned_images_clear(&olds);
    else
        add_paths(session->config, plan, &olds);
    return err;
}

static Error *none_left(const Plan *plan, bool is_built)
{
    const PassedOver *first = &plan->passed_over.items[0];

    return error_new(
        ERR_NOT_FOUND, 0, "no release has an image: %zu tried, first %s (%s)%s",
        plan->passed_over.len, first->image, first->reason,
        is_built ? ""
                 : ": check `image:` and `tag:`, and that this machine may pull it (docker login)");
}

/* --- no migrations
 * ---------------------------------------------------------------------------- */

/* The first of a path that has migrations, or may have; NULL when none has. */
static const PlannedImage *first_with_migrations(const PlannedPath *path)
{
    for (size_t i = 0; i < path->olds.len; i++)
        if (!planned_image_has_none(&path->olds.items[i]))
            return &path->olds.items[i];
    return NULL;
}

/* An application that makes its tables when it starts has migrations that nobody named. */
static const char *client_of(const Plan *plan, const PlannedPath *path)
{
    for (size_t i = 0; i < path->olds.len; i++)
        if (path->olds.items[i].commands.client)
            return path->olds.items[i].commands.client;
    return plan->commands.client;
}

static Error *judge_path(Plan *plan, PlannedPath *path)
{
    const PlannedImage *old = &path->olds.items[0];
    const char *client = client_of(plan, path);

    if (first_with_migrations(path))
        return NULL; /* the candidate has some, or lost them: both are judged */
    if (!plan->commands.absent) {
        str_list_addf(&plan->warnings,
                      "%s: release %s has no migrations (%s): those of %s are run on an empty "
                      "database",
                      path->id, old->facts.tag, old->commands.found, plan_candidate_name(plan));
        return NULL;
    }
    if (client)
        return error_new(ERR_INVALID, 0,
                         "migrate: not given, and found neither in the candidate nor in release "
                         "%s: %s; but %s is a dependency, so it may make its tables when it "
                         "starts: name the command that migrates (migrate: in seatrial.yaml, or "
                         "--migrate)",
                         old->facts.tag, plan->commands.found, client);
    path->nothing = xasprintf("no migrations in either image: candidate %s: %s; release %s: %s",
                              plan_candidate_name(plan), plan->commands.found, old->facts.tag,
                              old->commands.found);
    return NULL;
}

static Error *judge_absence(Plan *plan)
{
    size_t nothing = 0;

    for (size_t i = 0; i < plan->paths.len; i++) {
        TRY(judge_path(plan, &plan->paths.items[i]));
        nothing += plan->paths.items[i].nothing != NULL;
    }
    if (nothing > 0 && nothing == plan->paths.len)
        plan->nothing = xstrdup(plan->paths.items[0].nothing);
    return NULL;
}

Error *plan_images(Session *session, PlanImages how, Plan *plan)
{
    TRY(obtain_candidate(session, how == PLAN_GET, &plan->candidate.facts, &plan->candidate.image));
    TRY(commands_obtain(session, &session->config->run, "the candidate", &plan->candidate.image,
                        &plan->commands));
    for (size_t i = 0; i < plan->chosen.len; i++)
        TRY(plan_path(session, how, &plan->chosen.items[i], plan));
    if (plan->chosen.len > 0 && plan->paths.len == 0)
        return none_left(plan, obtain_builds_releases(session->config));
    TRY(judge_absence(plan));
    return plan->paths.len > 0 && !plan->nothing ? companions_obtain(session, how, plan) : NULL;
}

Error *plan_references(const Config *config, Plan *plan)
{
    AUTO(run_settings) RunSettings old = {0};

    TRY(candidate_reference(config, &plan->candidate.facts));
    config_old_run(config, &old);
    commands_given(config, &config->run, &plan->commands);
    for (size_t i = 0; i < plan->chosen.len; i++) {
        AUTO(planned_image) PlannedImage image = {0};
        PlannedImageList olds = {0};

        TRY(release_reference(config, &plan->chosen.items[i], &image.facts));
        commands_given(config, &old, &image.commands);
        LIST_PUSH(&olds, image);
        image = (PlannedImage){0};
        add_paths(config, plan, &olds);
    }
    return NULL;
}

Error *plan_look_at_server(const char *url, const Cancel *cancel, Deadline dl, char **ret_found)
{
    return pg_url_look(url, cancel, dl, ret_found);
}

void plan_clear(Plan *plan)
{
    planned_image_clear(&plan->candidate);
    planned_image_clear(&plan->application);
    release_list_clear(&plan->eligible);
    release_list_clear(&plan->chosen);
    for (size_t i = 0; i < plan->paths.len; i++)
        planned_path_clear(&plan->paths.items[i]);
    free(plan->paths.items);
    for (size_t i = 0; i < plan->passed_over.len; i++) {
        free(plan->passed_over.items[i].tag);
        free(plan->passed_over.items[i].image);
        free(plan->passed_over.items[i].reason);
    }
    free(plan->passed_over.items);
    str_list_clear(&plan->warnings);
    free(plan->nothing);
    commands_clear(&plan->commands);
    planned_images_clear(&plan->released);
    *plan = (Plan){0};
}
