#include "cli/ci_output.h"

#include <string.h>
#include <sys/stat.h>

#include "base/random.h"
#include "report/safe.h"
#include "report/story.h"

/* Of one step's summary; beyond it nothing at all is shown. Source: GitHub Docs, "Adding a job
 * summary" */
#define SUMMARY_MAX (1024U * 1024U)
#define SUMMARY_MIN 4096U  /* bytes: with less room not even the head fits */
#define VALUE_MAX   60000U /* bytes of one output: a job's are 1 MiB together */

static bool is_true(const char *name)
{
    const char *value = getenv(name);

    return value && text_eq_nocase(value, "true");
}

CiLog ci_log(const char *ci)
{
    if (!ci)
        ci = getenv("SEATRIAL_CI");
    if (text_eq(ci, "off"))
        return CI_LOG_NONE;
    if (text_eq(ci, "github"))
        return CI_LOG_GITHUB;
    if (text_eq(ci, "gitlab"))
        return CI_LOG_GITLAB;
    if (is_true("GITHUB_ACTIONS")) /* Gitea and Forgejo set it, too, and read the same */
        return CI_LOG_GITHUB;
    return is_true("GITLAB_CI") ? CI_LOG_GITLAB : CI_LOG_NONE;
}

/* A file that the runner names and reads; NULL when it names none. */
static Error *open_runner_file(const char *variable, FILE **ret_file)
{
    const char *path = getenv(variable);

    if (text_is_empty(path)) {
        *ret_file = NULL;
        return NULL;
    }
    *ret_file = fopen(path, "ae");
    return *ret_file ? NULL : error_errno("%s: writing to %s", variable, path);
}

static Error *close_runner_file(const char *variable, FILE *file)
{
    bool failed = ferror(file) != 0;

    if (fclose(file) != 0 || failed)
        return error_errno("%s: writing", variable);
    return NULL;
}

/* Earlier programs of the same step may have written to it. */
static Error *write_summary(const Report *report)
{
    AUTO(file) FILE *file = NULL;
    struct stat status;
    size_t there = 0;

    TRY(open_runner_file("GITHUB_STEP_SUMMARY", &file));
    if (!file)
        return NULL;
    if (fstat(fileno(file), &status) == 0 && status.st_size > 0)
        there = (size_t)status.st_size;
    if (there + SUMMARY_MIN <= SUMMARY_MAX) {
        RenderOptions options = {.max_bytes = SUMMARY_MAX - there - 1};

        if (there > 0)
            (void)fputs("\n", file); /* close_runner_file sees what fails */
        render_markdown(report, &options, file);
    }
    return close_runner_file("GITHUB_STEP_SUMMARY", TAKE(file));
}

/* With a delimiter that nobody can guess, so that no value ends itself and begins another one. */
static void put_output(FILE *file, const char *name, const char *value)
{
    AUTO(str) char *tail = random_hex(32);
    AUTO(str) char *safe = safe_line(value);
    AUTO(str) char *capped = text_capped(safe, VALUE_MAX);

    (void)fprintf(file, "%s<<seatrial_%s\n%s\nseatrial_%s\n", name, tail, capped, tail);
}

static const char *report_path(const Config *config)
{
    for (size_t i = 0; i < config->reports.len; i++)
        if (text_eq(config->reports.items[i].format, "json") &&
            !text_eq(config->reports.items[i].path, "-"))
            return config->reports.items[i].path;
    return "";
}

/* Tags hold no blanks, so blanks part them. */
static char *from_tags(const Report *report)
{
    AUTO(str_list) StrList tags = {0};

    for (size_t i = 0; i < report->paths.len; i++) {
        const char *tag = report->paths.items[i].from.tag;

        if (tag && !str_list_has(&tags, tag))
            str_list_add(&tags, tag);
    }
    return str_list_join(&tags, " ");
}

static Error *write_outputs(const Config *config, const Report *report)
{
    AUTO(file) FILE *file = NULL;
    Tally sum = story_tally(report);
    AUTO(str) char *findings = xasprintf("%zu", sum.errors + sum.warnings);
    AUTO(str) char *from = from_tags(report);

    TRY(open_runner_file("GITHUB_OUTPUT", &file));
    if (!file)
        return NULL;
    put_output(file, "verdict", verdict_name(report->verdict));
    put_output(file, "report", report_path(config));
    put_output(file, "from", from);
    put_output(file, "findings", findings);
    return close_runner_file("GITHUB_OUTPUT", TAKE(file));
}

Error *ci_output(const Config *config, const Report *report)
{
    RenderOptions options = {0};
    Error *first, *err;

    if (ci_log(config->ci) != CI_LOG_GITHUB)
        return NULL;
    render_github(report, &options, stderr);
    first = write_outputs(config, report);
    err = write_summary(report);
    if (!first)
        return err;
    error_free(err); /* the first is the one to tell */
    return first;
}

Error *ci_output_error(const Config *config, const Error *failure)
{
    Report report = {.verdict = VERDICT_UNKNOWN, .error = failure->msg}; /* borrowed: not cleared */

    return ci_output(config, &report);
}
