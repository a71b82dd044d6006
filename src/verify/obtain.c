#include "verify/obtain.h"

#include <string.h>

#include "base/words.h"
#include "migrator/framework.h"
#include "release/choice.h"
#include "verify/look.h"
#include "verify/sweep.h"

#define LOOK_MS  60000
#define GET_MS   (30 * INT64_C(60000)) /* a pull or a load */
#define BUILD_MS (60 * INT64_C(60000))

/* "sha256:..." of "repo@sha256:..." for the repository of ref, else the first one, else the id. */
static char *digest_of(const char *ref, const EngineImage *image)
{
    const char *slash = strrchr(ref, '/');
    size_t repo_len = (size_t)((slash ? slash : ref) - ref);
    const char *digest = image->id;

    repo_len += strcspn(ref + repo_len, ":@"); /* a colon before the last slash begins a port */
    for (size_t i = image->digests.len; i-- > 0;) {
        const char *item = image->digests.items[i];
        const char *at = strchr(item, '@');

        if (!at)
            continue;
        digest = at + 1;
        if ((size_t)(at - item) == repo_len && strncmp(item, ref, repo_len) == 0)
            break;
    }
    return xstrdup(digest);
}

static Error *look_locally(Session *session, const char *ref, ImageFacts *facts,
                           EngineImage *ret_image)
{
    TRY(engine_image_inspect(session->engine, ref, deadline_in(LOOK_MS), ret_image));
    free(facts->id);
    free(facts->digest);
    facts->id = xstrdup(ret_image->id);
    facts->digest = digest_of(ref, ret_image);
    return NULL;
}

/* Not in the local store: does the registry have it? */
static Error *look_remotely(Session *session, ImageFacts *facts)
{
    AUTO(str) char *digest = NULL;

    TRY(engine_image_remote_digest(session->engine, facts->image, deadline_in(LOOK_MS), &digest));
    free(facts->digest);
    facts->digest = TAKE(digest);
    return NULL;
}

/* Look into the local image only when it is the registry's. */
static Error *look_at_same(Session *session, const ImageFacts *facts, EngineImage *ret_image)
{
    AUTO(engine_image) EngineImage image = {0};
    AUTO(error)
    Error *err = engine_image_inspect(session->engine, facts->image, deadline_in(LOOK_MS), &image);

    if (err)
        return err->code == ERR_NOT_FOUND ? NULL : TAKE(err);
    for (size_t i = 0; i < image.digests.len; i++) {
        if (!text_ends(image.digests.items[i], facts->digest))
            continue;
        *ret_image = image;
        image = (EngineImage){0};
        break;
    }
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

    if (always && !get) { /* the registry's is what a pull would bring */
        TRY(look_remotely(session, facts));
        return look_at_same(session, facts, ret_image);
    }
    if (!always) {
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

/* What to say when no command was found: what there was, and what to do. */
static Error *no_command(const ImageFiles *files, const char *found)
{
    AUTO(str_list) StrList words = {0};
    AUTO(str) char *own = NULL;
    AUTO(str) char *clean = NULL;
    AUTO(str) char *folder = text_clean_line(files->workdir);

    for (size_t i = 0; i < files->entrypoint.len; i++)
        str_list_add(&words, files->entrypoint.items[i]);
    for (size_t i = 0; i < files->command.len; i++)
        str_list_add(&words, files->command.items[i]);
    own = words_join(&words);
    clean = text_clean_line(*own ? own : "none");
    return error_new(
        ERR_INVALID, 0,
        "migrate: not given, and not found in the candidate: %s; looked in %s for a script "
        "of package.json, for a known framework's files and for its command; the image's "
        "own command (%s) does not look like one that only migrates: name the command "
        "(migrate: in seatrial.yaml, or --migrate)",
        found ? found : "no sign of a migration framework",
        text_eq(folder, "/") ? "/app, /usr/src/app and /" : folder, clean);
}

static Error *detect(Session *session, const EngineImage *image, Commands *commands)
{
    AUTO(image_files) ImageFiles files = {0};
    AUTO(detection) Detection detection = {0};

    TRY_CTX(look_into_image(session, image, &session->config->run, &files),
            "looking for the migrate command in the candidate");
    if (!framework_detect(&files, &detection))
        return no_command(&files, detection.found);
    str_list_copy(&detection.migrate, &commands->migrate);
    if (commands->status.len == 0 && detection.status.len > 0) {
        str_list_copy(&detection.status, &commands->status);
        commands->status_found = true;
    }
    if (detection.rollback.len > 0)
        commands->rollback = words_join(&detection.rollback);
    commands->framework = TAKE(detection.framework);
    commands->migrations = TAKE(detection.migrations);
    commands->workdir = TAKE(detection.workdir);
    commands->found = TAKE(detection.found);
    return NULL;
}

void commands_given(const Config *config, Commands *ret_commands)
{
    AUTO(run_settings) RunSettings old = {0};
    Commands commands = {0};

    config_old_run(config, &old);
    str_list_copy(&config->run.migrate, &commands.migrate);
    str_list_copy(&old.migrate, &commands.old_migrate);
    str_list_copy(&config->run.status, &commands.status);
    commands.found = config->run.migrate.len > 0 ? xstrdup("given") : NULL;
    *ret_commands = commands;
}

Error *commands_obtain(Session *session, const EngineImage *image, Commands *ret_commands)
{
    AUTO(commands) Commands commands = {0};

    commands_given(session->config, &commands);
    if (commands.migrate.len == 0 && image->id)
        TRY(detect(session, image, &commands));
    if (commands.old_migrate.len == 0)
        str_list_copy(&commands.migrate, &commands.old_migrate);
    *ret_commands = commands;
    commands = (Commands){0};
    return NULL;
}

void commands_clear(Commands *commands)
{
    str_list_clear(&commands->migrate);
    str_list_clear(&commands->old_migrate);
    str_list_clear(&commands->status);
    free(commands->framework);
    free(commands->rollback);
    free(commands->migrations);
    free(commands->workdir);
    free(commands->found);
    *commands = (Commands){0};
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
