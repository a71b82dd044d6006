#include <errno.h>
#include <limits.h>
#include <string.h>

#include "engine/internal.h"

#define TAIL_BYTES 4000

/* The classic builder says "Step 3/7 : ", Podman "STEP 3/7: ", BuildKit "#9 [3/7] " or, of several
 * stages, "#9 [build 3/7] ". */
bool build_step_of(const char *line, int64_t *ret_done, int64_t *ret_total)
{
    int done = 0, total = 0;

    if (sscanf(line, "Step %9d/%9d ", &done, &total) != 2 &&
        sscanf(line, "STEP %9d/%9d:", &done, &total) != 2 &&
        sscanf(line, "#%*9d [%9d/%9d] ", &done, &total) != 2 &&
        sscanf(line, "#%*9d [%*s %9d/%9d] ", &done, &total) != 2)
        return false;
    if (done < 1 || done > total)
        return false;
    *ret_done = done;
    *ret_total = total;
    return true;
}

Error *build_output(void *context, const char *bytes, size_t len)
{
    BuildRun *run = context;

    lines_feed(&run->lines, bytes, len);
    for (const char *end = bytes + len; bytes < end;) { /* progress is redrawn by returns */
        const char *cut = memchr(bytes, '\r', (size_t)(end - bytes));
        const char *piece = cut ? cut : end;

        tail_append(&run->tail, bytes, (size_t)(piece - bytes));
        bytes = piece + 1;
    }
    return NULL;
}

Error *build_failed(const BuildRun *run, const char *who, const char *cause)
{
    size_t len;
    AUTO(str) char *raw = tail_text(&run->tail, &len);
    AUTO(str) char *clean = text_clean(raw, len);
    AUTO(str) char *text = text_trim(clean);
    bool needs_buildkit = text_contains_nocase(text, "requires BuildKit") ||
                          text_contains_nocase(cause, "requires BuildKit");

    return error_new(ERR_SYSTEM, 0, "%s: %s%s%s%s", who, cause,
                     needs_buildkit ? " (install docker buildx: the Dockerfile needs BuildKit)"
                                    : "",
                     *text ? "; the end of its output:\n" : "", text);
}

static void build_run_clear(BuildRun *run)
{
    free(run->context);
    free(run->dockerfile);
    tail_clear(&run->tail);
}

DEFINE_AUTO_VALUE(build_run, BuildRun, build_run_clear)

static char *absolute(const char *path)
{
    char resolved[PATH_MAX];

    return realpath(path, resolved) ? xstrdup(resolved) : NULL;
}

/* The Dockerfile: within the context first, as compose files mean it, then from where we are. */
static Error *find_paths(BuildRun *run)
{
    const char *name = run->build->dockerfile ? run->build->dockerfile : "Dockerfile";
    AUTO(str) char *inside = NULL;

    run->context = absolute(run->build->context);
    if (!run->context)
        return error_new(ERR_INVALID, errno, "build context %s: %m", run->build->context);
    inside = xasprintf("%s/%s", run->context, name);
    run->dockerfile = *name == '/' ? NULL : absolute(inside);
    if (!run->dockerfile)
        run->dockerfile = absolute(name);
    if (!run->dockerfile)
        return error_new(ERR_INVALID, errno, "%s: there is no such Dockerfile in %s", name,
                         run->build->context);
    return NULL;
}

static Error *build(BuildRun *run, Deadline dl)
{
    AUTO(engine_image) EngineImage image = {0};
    BuildTool tool;

    TRY(find_paths(run));
    tool = build_find_tool(run, dl);
    TRY(cancel_check(run->engine->cancel));
    if (tool == TOOL_NONE)
        TRY(build_by_api(run, dl));
    else
        TRY(build_by_tool(run, tool, dl));
    lines_end(&run->lines);
    TRY_CTX(engine_image_inspect(run->engine, run->build->tag, dl, &image),
            "looking for what was built");
    return NULL;
}

Error *engine_image_build(Engine *engine, const EngineBuild *wanted, Deadline dl)
{
    AUTO(build_run) BuildRun run = {.engine = engine, .build = wanted};
    AUTO(str)
    char *what = wanted->what ? xstrdup(wanted->what) : xasprintf("build %s", wanted->context);

    lines_init(&run.lines, engine->progress, what);
    run.lines.step_of = build_step_of;
    tail_init(&run.tail, TAIL_BYTES);
    return build(&run, dl);
}
