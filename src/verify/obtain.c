#include "verify/obtain.h"

#include <string.h>

#include "base/words.h"
#include "release/choice.h"
#include "verify/sweep.h"

#define LOOK_MS  60000
#define GET_MS   (30 * INT64_C(60000)) /* a pull or a load */
#define BUILD_MS (60 * INT64_C(60000))

/* "sha256:..." of "repo@sha256:..." for the repository of ref, else the first one, else the id. */
static char *digest_of(const EngineImage *image)
{
    const char *at = image->digests.len > 0 ? strchr(image->digests.items[0], '@') : NULL;

    return xstrdup(at ? at + 1 : image->id);
}

static Error *look_locally(Session *session, const char *ref, ImageFacts *facts,
                           EngineImage *ret_image)
{
    TRY(engine_image_inspect(session->engine, ref, deadline_in(LOOK_MS), ret_image));
    free(facts->id);
    free(facts->digest);
    facts->id = xstrdup(ret_image->id);
    facts->digest = digest_of(ret_image);
    return NULL;
}

/* Not in the local store: does the registry have it? */
static Error *look_remotely(Session *session, ImageFacts *facts)
{
    AUTO(str) char *digest = NULL;

    TRY(engine_image_remote_digest(session->engine, facts->image, deadline_in(LOOK_MS), &digest));
    facts->digest = TAKE(digest);
    return NULL;
}

static Error *pull(Session *session, const char *ref)
{
    AUTO(str) char *what = xasprintf("pull %s", ref);
    int64_t began_ms = clock_now_ms();

    progress_emit(session->progress, (ProgressEvent){.kind = PROGRESS_BEGIN, .what = what});
    TRY(engine_image_pull(session->engine, ref, NULL, deadline_in(GET_MS)));
    progress_emit(session->progress, (ProgressEvent){.kind = PROGRESS_END,
                                                     .what = what,
                                                     .duration_ms = clock_now_ms() - began_ms});
    return NULL;
}

Error *obtain_released(Session *session, bool get, ImageFacts *facts, EngineImage *ret_image)
{
    bool always = text_eq(session->config->pull, "always");
    AUTO(error) Error *err = NULL;

    if (!always || !get) {
        err = look_locally(session, facts->image, facts, ret_image);
        if (!err || err->code != ERR_NOT_FOUND || text_eq(session->config->pull, "never"))
            return TAKE(err);
        error_ignore(TAKE(err)); /* not here: the registry may have it */
    }
    if (!get)
        return look_remotely(session, facts);
    TRY(pull(session, facts->image));
    return look_locally(session, facts->image, facts, ret_image);
}

/* The tag that seatrial gives to what it builds or loads. */
static char *own_tag(const Session *session)
{
    return xasprintf(CANDIDATE_REPOSITORY ":%s", session->run_id);
}

static Error *build(Session *session, ImageFacts *facts, EngineImage *ret_image)
{
    const BuildSettings *settings = &session->config->candidate.build;
    AUTO(str) char *tag = own_tag(session);
    AUTO(str) char *what = xasprintf("build %s", settings->context);
    int64_t began_ms = clock_now_ms();
    EngineBuild spec = {
        .context = settings->context,
        .dockerfile = settings->dockerfile,
        .target = settings->target,
        .platform = settings->platform,
        .args = &settings->args,
        .labels = &session->labels,
        .tag = tag,
    };

    progress_emit(session->progress, (ProgressEvent){.kind = PROGRESS_BEGIN, .what = what});
    teardown_add(session->teardown, TEARDOWN_IMAGE, tag);
    TRY_CTX(engine_image_build(session->engine, &spec, deadline_in(BUILD_MS)),
            "building the candidate from %s", settings->context);
    progress_emit(session->progress, (ProgressEvent){.kind = PROGRESS_END,
                                                     .what = what,
                                                     .duration_ms = clock_now_ms() - began_ms});
    return look_locally(session, tag, facts, ret_image);
}

static Error *load(Session *session, ImageFacts *facts, EngineImage *ret_image)
{
    const char *archive = session->config->candidate.archive;
    AUTO(str) char *tag = own_tag(session);
    AUTO(str) char *ref = NULL;

    teardown_add(session->teardown, TEARDOWN_IMAGE, tag);
    TRY_CTX(engine_image_load(session->engine, archive, tag, deadline_in(GET_MS), &ref),
            "loading the candidate from %s", archive);
    return look_locally(session, ref, facts, ret_image);
}

Error *candidate_reference(const Config *config, ImageFacts *ret_facts)
{
    const CandidateSettings *candidate = &config->candidate;
    AUTO(str) char *tag = NULL;
    Release release = {.tag = candidate->tag};

    if (candidate->build.context) {
        ret_facts->image = xasprintf("build of %s", candidate->build.context);
    } else if (candidate->archive) {
        ret_facts->image = xstrdup(candidate->archive);
    } else if (candidate->image) {
        ret_facts->image = xstrdup(candidate->image);
    } else {
        TRY_CTX(release_image_tag(config->tag, &release, &tag), "image of the candidate");
        ret_facts->image = xasprintf("%s:%s", config->image, tag);
    }
    ret_facts->tag = xstrdup_null(candidate->tag);
    return NULL;
}

/* An image that exists only here is the usual case: it is not released yet. */
static Error *obtain_by_reference(Session *session, bool get, ImageFacts *facts,
                                  EngineImage *ret_image)
{
    AUTO(error) Error *err = obtain_released(session, get, facts, ret_image);

    if (err && err->code == ERR_NOT_FOUND && text_eq(session->config->pull, "always")) {
        AUTO(error) Error *local = look_locally(session, facts->image, facts, ret_image);

        if (!local)
            return NULL;
    }
    if (err && err->code == ERR_NOT_FOUND)
        return error_new(
            ERR_NOT_FOUND, err->native,
            "the candidate %s is neither on this engine nor in its registry (%s): build "
            "or push it first, or name another with --candidate",
            facts->image, err->msg);
    return err ? error_wrap(TAKE(err), "the candidate %s", facts->image) : NULL;
}

Error *obtain_candidate(Session *session, bool get, ImageFacts *ret_facts, EngineImage *ret_image)
{
    const CandidateSettings *candidate = &session->config->candidate;
    AUTO(image_facts) ImageFacts facts = {0};

    TRY(candidate_reference(session->config, &facts));
    if (candidate->build.context) {
        if (get)
            TRY(build(session, &facts, ret_image));
    } else if (candidate->archive) {
        if (get)
            TRY(load(session, &facts, ret_image));
    } else {
        TRY(obtain_by_reference(session, get, &facts, ret_image));
    }
    *ret_facts = facts;
    facts = (ImageFacts){0};
    return NULL;
}

Error *obtain_command(const Config *config, const EngineImage *image, StrList *ret_migrate,
                      StrList *ret_old_migrate, char **ret_found)
{
    AUTO(run_settings) RunSettings old = {0};
    AUTO(str) char *own = words_join(&image->command);

    config_old_run(config, &old);
    if (config->run.migrate.len == 0 && image->id && !text_contains_nocase(own, "migrat"))
        return error_new(ERR_INVALID, 0,
                         "migrate: not given, and the image's own command (%s) does not look like "
                         "one: name the command that runs the migrations (migrate: in "
                         "seatrial.yaml, or --migrate)",
                         *own ? own : "none");
    str_list_copy(&config->run.migrate, ret_migrate);
    str_list_copy(&old.migrate, ret_old_migrate);
    *ret_found = xstrdup(config->run.migrate.len > 0 ? "given" : "the image's own command");
    return NULL;
}

void engine_image_copy(const EngineImage *from, EngineImage *ret_to)
{
    EngineImage copy = {
        .id = xstrdup_null(from->id),
        .user = xstrdup_null(from->user),
        .workdir = xstrdup_null(from->workdir),
        .os = xstrdup_null(from->os),
        .arch = xstrdup_null(from->arch),
        .size_bytes = from->size_bytes,
    };

    str_list_copy(&from->digests, &copy.digests);
    str_list_copy(&from->tags, &copy.tags);
    str_list_copy(&from->entrypoint, &copy.entrypoint);
    str_list_copy(&from->command, &copy.command);
    str_list_copy(&from->volumes, &copy.volumes);
    str_map_copy(&from->env, &copy.env);
    str_map_copy(&from->labels, &copy.labels);
    *ret_to = copy;
}
