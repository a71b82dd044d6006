#include "verify/obtain.h"

#include <string.h>

#include "release/choice.h"
#include "release/git_tree.h"
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

/* What the settings say of builds, for one of this run. */
static EngineBuild build_of(const Session *session, const char *tag, const char *what)
{
    const BuildSettings *settings = &session->config->candidate.build;

    return (EngineBuild){
        .context = settings->context,
        .dockerfile = settings->dockerfile,
        .target = settings->target,
        .platform = settings->platform,
        .args = &settings->args,
        .labels = &session->labels,
        .tag = tag,
        .what = what,
    };
}

static Error *run_build(Session *session, const EngineBuild *build)
{
    int64_t began_ms = clock_now_ms();

    progress_emit(session->progress, (ProgressEvent){.kind = PROGRESS_BEGIN, .what = build->what});
    teardown_add(session->teardown, TEARDOWN_IMAGE, build->tag);
    TRY(engine_image_build(session->engine, build, deadline_in(BUILD_MS)));
    progress_emit(session->progress, (ProgressEvent){.kind = PROGRESS_END,
                                                     .what = build->what,
                                                     .duration_ms = clock_now_ms() - began_ms});
    return NULL;
}

static Error *build(Session *session, ImageFacts *facts, EngineImage *ret_image)
{
    const char *context = session->config->candidate.build.context;
    AUTO(str) char *tag = own_tag(session);
    AUTO(str) char *what = xasprintf("build %s", context);
    EngineBuild spec = build_of(session, tag, what);

    TRY_CTX(run_build(session, &spec), "building the candidate from %s", context);
    return look_locally(session, tag, facts, ret_image);
}

/* --- a release of which no image is named ------------------------------------------------------
 */

bool obtain_builds_releases(const Config *config)
{
    return text_is_empty(config->image) && config->candidate.build.context;
}

/* As the candidate is built, from what its tag has. */
static Error *build_tree(Session *session, const GitTreeQuery *query, GitTree *tree,
                         ImageFacts *facts, EngineImage *ret_image, StrList *warnings)
{
    AUTO(str)
    char *tag = xasprintf(RELEASE_REPOSITORY ":%s-%.12s", session->run_id, tree->commit);
    AUTO(str) char *what = xasprintf("build %s from its git tree", query->tag);
    AUTO(str) char *context = NULL;
    AUTO(str) char *dockerfile = NULL;
    EngineBuild spec = build_of(session, tag, what);

    TRY(git_tree_export(query, deadline_in(GET_MS), tree));
    if (tree->has_submodules)
        str_list_addf(warnings,
                      "%s: its git tree has submodules, which are empty folders in its build",
                      query->tag);
    spec.context = context = git_tree_context(tree);
    spec.dockerfile = dockerfile = git_tree_dockerfile(tree);
    TRY_CTX(run_build(session, &spec),
            "building release %s from its git tree (if it cannot be built any more, name its image "
            "with image:, or choose others with releases.from)",
            query->tag);
    return look_locally(session, tag, facts, ret_image);
}

static Error *obtain_tree(Session *session, bool get, const Release *release, ImageFacts *facts,
                          EngineImage *ret_image, StrList *warnings)
{
    const BuildSettings *build = &session->config->candidate.build;
    AUTO(git_tree) GitTree tree = {0};
    GitTreeQuery query = {
        .tag = release->tag,
        .sha = release->sha,
        .context = build->context,
        .dockerfile = build->dockerfile,
        .cancel = session->cancel,
    };

    TRY(git_tree_find(&query, deadline_in(LOOK_MS), &tree));
    return get ? build_tree(session, &query, &tree, facts, ret_image, warnings) : NULL;
}

Error *release_reference(const Config *config, const Release *release, ImageFacts *ret_facts)
{
    AUTO(str) char *tag = NULL;

    if (obtain_builds_releases(config)) {
        ret_facts->image = xasprintf("build of %s (git tree)", release->tag);
    } else {
        TRY_CTX(release_image_tag(config->tag, release, &tag), "image of release %s", release->tag);
        ret_facts->image = xasprintf("%s:%s", config->image, tag);
    }
    ret_facts->tag = xstrdup(release->tag);
    return NULL;
}

Error *obtain_release(Session *session, bool get, const Release *release, ImageFacts *facts,
                      EngineImage *ret_image, StrList *warnings)
{
    return obtain_builds_releases(session->config)
               ? obtain_tree(session, get, release, facts, ret_image, warnings)
               : obtain_released(session, get, facts, ret_image);
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
    str_list_copy(&from->exposed, &copy.exposed);
    str_list_copy(&from->healthcheck, &copy.healthcheck);
    str_map_copy(&from->env, &copy.env);
    str_map_copy(&from->labels, &copy.labels);
    *ret_to = copy;
}
