#include <sys/statvfs.h>

#include "cli/command.h"
#include "cli/talk.h"
#include "engine/credentials.h"
#include "release/release_source.h"
#include "report/safe.h"
#include "verify/obtain.h"
#include "verify/plan.h"

#define ENGINE_WAIT_MS 30000
#define LOW_DISK_BYTES (INT64_C(2) << 30) /* two copies of a small volume and their images */

typedef enum Health { HEALTH_OK, HEALTH_WARN, HEALTH_FAIL, HEALTH_SKIP } Health;

/* The findings of one visit: prints each as it is made, remembers the worst. */
typedef struct Visit {
    const Config *config;
    const CommandInput *input;
    const Progress *progress;
    Session session; /* engine is NULL while none answers */
    Plan plan;
    bool failed;
} Visit;

static void tell(Visit *visit, Health health, const char *what, const char *fmt, ...) PRINTF(4, 5);

static void tell(Visit *visit, Health health, const char *what, const char *fmt, ...)
{
    static const char *const NAMES[] = {"ok", "warn", "FAIL", "-"};
    AUTO(str) char *text = NULL;
    AUTO(str) char *safe = NULL;
    va_list args;

    va_start(args, fmt);
    text = xvasprintf(fmt, args);
    va_end(args);
    safe = safe_line(text);
    (void)printf("%-4s  %-12s %s\n", NAMES[health], what, safe);
    visit->failed |= health == HEALTH_FAIL;
}

/* @return true when err was none; otherwise it is told and consumed */
static bool told_error(Visit *visit, const char *what, Error *err)
{
    if (!err)
        return false;
    tell(visit, HEALTH_FAIL, what, "%s", err->msg);
    error_free(err);
    return true;
}

static void look_at_engine(Visit *visit)
{
    AUTO(str_list) StrList warnings = {0};
    const EngineInfo *info;

    if (told_error(
            visit, "engine",
            session_open(visit->config, visit->input->cancel, visit->progress, &visit->session)))
        return;
    session_await_sweep(&visit->session, &warnings);
    info = engine_info(visit->session.engine);
    tell(visit, HEALTH_OK, "engine", "%s at %s (%s), %s/%s", info->server, info->url, info->found,
         info->os, info->arch);
    tell(visit, HEALTH_OK, "API version", "%s (this program speaks %s to %s)", info->api_version,
         ENGINE_API_MIN, ENGINE_API_MAX);
    for (size_t i = 0; i < warnings.len; i++)
        tell(visit, HEALTH_WARN, "leftovers", "%s", warnings.items[i]);
}

static void look_at_credentials(Visit *visit)
{
    AUTO(credentials) Credentials credentials = {0};
    AUTO(image_ref) ImageRef ref = {0};

    if (!visit->config->image) {
        tell(visit, HEALTH_FAIL, "image",
             "not given: name the repository of the released images "
             "(image: in seatrial.yaml, or --image)");
        return;
    }
    if (told_error(visit, "image", image_ref_parse(visit->config->image, &ref)) ||
        told_error(visit, "credentials", credentials_find(visit->config->image, &credentials)))
        return;
    if (credentials.found)
        tell(visit, HEALTH_OK, "credentials", "%s: %s", ref.registry, credentials.found);
    else
        tell(visit, HEALTH_OK, "credentials",
             "%s: none, so anonymous (a private image wants `docker login %s`)", ref.registry,
             ref.registry);
}

static void look_at_releases(Visit *visit)
{
    const Config *config = visit->config;
    const ReleaseSource *source = release_source_find(config->releases.source);

    tell(visit, HEALTH_OK, "source", "%s%s%s", config->releases.source,
         config->releases.repository ? " " : "",
         config->releases.repository ? config->releases.repository : "");
    if (source && source->token_env)
        tell(visit, config->releases.token ? HEALTH_OK : HEALTH_WARN, "token",
             config->releases.token ? "given"
                                    : "none: fewer requests an hour, and no private repository "
                                      "(set %s)",
             source->token_env);
    if (told_error(visit, "releases",
                   plan_releases(config, visit->input->cancel, visit->progress, &visit->plan)))
        return;
    if (visit->plan.nothing)
        tell(visit, HEALTH_WARN, "releases", "%s: nothing to verify", visit->plan.nothing);
    else
        tell(visit, HEALTH_OK, "releases", "%zu precede %s; %zu to start from, the newest is %s",
             visit->plan.eligible.len,
             config->candidate.tag ? config->candidate.tag : "the candidate",
             visit->plan.chosen.len, visit->plan.chosen.items[0].tag);
    for (size_t i = 0; i < visit->plan.warnings.len; i++)
        tell(visit, HEALTH_WARN, "releases", "%s", visit->plan.warnings.items[i]);
}

static void look_at_images(Visit *visit)
{
    Plan *plan = &visit->plan;

    if (!visit->session.engine || !visit->config->image) {
        tell(visit, HEALTH_SKIP, "images", "not looked at: see above");
        return;
    }
    if (told_error(visit, "settings", plan_check(visit->config)) ||
        told_error(visit, "images", plan_images(&visit->session, PLAN_LOOK, plan)))
        return;
    tell(visit, HEALTH_OK, "candidate", "%s (%s)", plan->candidate.facts.image,
         plan->candidate.facts.digest ? plan->candidate.facts.digest : "not made yet");
    for (size_t i = 0; i < plan->passed_over.len; i++)
        tell(visit, HEALTH_WARN, "release", "%s has no image %s: passed over",
             plan->passed_over.items[i].tag, plan->passed_over.items[i].image);
    for (size_t i = 0; i < plan->paths.len; i++) {
        const ImageFacts *facts = &plan->paths.items[i].olds.items[0].facts;

        tell(visit, HEALTH_OK, "release", "%s (%s)", facts->image,
             facts->digest ? facts->digest : "digest not known");
    }
}

static void look_at_servers(Visit *visit)
{
    const DatabaseSettingsList *databases = &visit->config->databases;

    for (size_t i = 0; i < databases->len; i++) {
        AUTO(str) char *found = NULL;

        if (!databases->items[i].url ||
            told_error(visit, "database",
                       plan_look_at_server(databases->items[i].url, visit->input->cancel,
                                           deadline_in(ENGINE_WAIT_MS), &found)))
            continue;
        tell(visit, HEALTH_OK, "database", "%s", found);
    }
}

static void look_at_disk(Visit *visit)
{
    const char *folder = getenv("TMPDIR");
    struct statvfs disk;
    int64_t free_bytes;
    AUTO(str) char *text = NULL;

    if (text_is_empty(folder))
        folder = "/tmp";
    if (statvfs(folder, &disk) != 0) {
        tell(visit, HEALTH_FAIL, "disk", "%s cannot be used: set TMPDIR to a folder that can",
             folder);
        return;
    }
    free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    text = format_size_bytes(free_bytes);
    tell(visit, free_bytes < LOW_DISK_BYTES ? HEALTH_WARN : HEALTH_OK, "disk",
         "%s free in %s, where volumes are copied to%s", text, folder,
         free_bytes < LOW_DISK_BYTES ? ": set TMPDIR to a folder with more" : "");
}

static Error *run(const CommandInput *input, int *ret_status)
{
    AUTO(config) Config config = {0};
    AUTO(talk) Talk *talk = NULL;
    AUTO(str_list) StrList warnings = {0};
    Visit visit = {.config = &config, .input = input};

    TRY(command_config(input, &config));
    talk = talk_new(&config);
    visit.progress = talk_progress(talk);
    look_at_engine(&visit);
    look_at_credentials(&visit);
    look_at_releases(&visit);
    look_at_images(&visit);
    look_at_servers(&visit);
    look_at_disk(&visit);
    session_close(&visit.session, &warnings);
    for (size_t i = 0; i < warnings.len; i++)
        tell(&visit, HEALTH_WARN, "leftovers", "%s", warnings.items[i]);
    plan_clear(&visit.plan);
    TRY(cancel_check(input->cancel));
    *ret_status = visit.failed ? EXIT_UNKNOWN : EXIT_SOUND;
    return NULL;
}

const Command COMMAND_DOCTOR = {
    .name = "doctor",
    .summary = "check engine, credentials, release source, images and disk, and say what to do",
    .takes_settings = true,
    .run = run,
};
