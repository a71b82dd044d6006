#include "verify/verify.h"

#include <string.h>
#include <unistd.h>

#include "cli/ci_output.h"
#include "cli/command.h"
#include "cli/talk.h"
#include "report/render.h"

/* Reports to standard output come after the console's, or instead of it when one asks for "-". */
static bool wants_stdout(const Config *config)
{
    for (size_t i = 0; i < config->reports.len; i++)
        if (text_eq(config->reports.items[i].path, "-"))
            return true;
    return false;
}

static Error *write_reports(const Config *config, const Report *report)
{
    const ReportFormat *console = report_format_find("console");
    RenderOptions options = {
        .color = talk_color(config->color, stdout),
        .width = talk_width(stdout),
        .verbose = config->verbose > 0,
        .log = ci_log(config->ci),
    };
    RenderOptions plain = {.verbose = options.verbose};
    AUTO(error) Error *first = NULL;

    if (!wants_stdout(config))
        first = report_write(report, console, &options, "-");
    for (size_t i = 0; i < config->reports.len; i++) {
        const ReportOutput *output = &config->reports.items[i];
        const ReportFormat *format = report_format_find(output->format);
        Error *err;

        if (!format)
            return error_new(ERR_INVALID, 0, "--report: no such format: %s", output->format);
        err = report_write(report, format, text_eq(output->path, "-") ? &options : &plain,
                           output->path);
        if (first)
            error_free(err);
        else
            first = err;
    }
    return TAKE(first);
}

/* Before anything runs: a format that does not exist is not found out after ten minutes. */
static Error *check_formats(const Config *config)
{
    size_t count;
    const ReportFormat *table = report_format_table(&count);
    AUTO(str_list) StrList names = {0};

    for (size_t i = 0; i < count; i++)
        str_list_add(&names, table[i].name);
    for (size_t i = 0; i < config->reports.len; i++) {
        AUTO(str) char *known = NULL;

        if (report_format_find(config->reports.items[i].format))
            continue;
        known = str_list_join(&names, ", ");
        return error_new(ERR_INVALID, 0, "--report: no such format: %s (one of %s)",
                         config->reports.items[i].format, known);
    }
    return NULL;
}

/* A folder that is not there is not found out after ten minutes either. */
static Error *check_folders(const Config *config)
{
    for (size_t i = 0; i < config->reports.len; i++) {
        const char *path = config->reports.items[i].path;
        const char *slash = strrchr(path, '/');
        AUTO(str)
        char *folder = slash && slash > path ? xstrndup(path, (size_t)(slash - path)) : NULL;

        if (folder && access(folder, W_OK | X_OK) != 0) {
            AUTO(error) Error *err = error_errno("--report: cannot write in %s", folder);

            err->code = ERR_INVALID;
            return TAKE(err);
        }
    }
    return NULL;
}

static int status_of(const Report *report)
{
    switch (report->verdict) {
    case VERDICT_SOUND:
    case VERDICT_NOTHING_TO_VERIFY:
        return EXIT_SOUND;
    case VERDICT_BROKEN:
        return EXIT_BROKEN;
    case VERDICT_UNKNOWN:
        break;
    }
    return EXIT_UNKNOWN;
}

/* Everything that is written of a report. Beyond what the user asked for, what fails is only told.
 */
static Error *tell(const Config *config, const Report *report, Talk *talk)
{
    AUTO(error) Error *ci_err = ci_output(config, report);

    if (ci_err)
        talk_warn(talk, ci_err->msg);
    return write_reports(config, report);
}

static Error *run_settings(const CommandInput *input, const Config *config, int *ret_status)
{
    AUTO(talk) Talk *talk = NULL;
    AUTO(report) Report report = {0};
    AUTO(error) Error *err = NULL;
    Error *write_err;

    TRY(check_formats(config));
    TRY(check_folders(config));
    talk = talk_new(config);
    err = verify_run(config, input->cancel, talk_progress(talk), &report);
    if (err && err->code == ERR_INVALID && report.paths.len == 0)
        return TAKE(err); /* usage: there is nothing to report about */
    talk_rest(talk);
    write_err = tell(config, &report, talk);
    if (err && !cancel_is_raised(input->cancel) && report.verdict == VERDICT_BROKEN)
        error_free(TAKE(err)); /* told in the report; what was found broken stays broken */
    if (err) {                 /* the first reason is the one to tell */
        error_free(write_err);
        return TAKE(err);
    }
    if (write_err && report.verdict != VERDICT_BROKEN)
        return write_err;
    if (write_err) /* what was found broken stays broken, and the reader of a log must know both */
        talk_warn(talk, write_err->msg);
    error_free(write_err);
    *ret_status = status_of(&report);
    return NULL;
}

static Error *run(const CommandInput *input, int *ret_status)
{
    AUTO(config) Config config = {0};
    Error *err = command_config(input, &config);

    if (!err)
        err = run_settings(input, &config, ret_status);
    if (err && err->code == ERR_INVALID)             /* anything else is in the report */
        error_ignore(ci_output_error(&config, err)); /* the failure itself is the one to tell */
    return err;
}

const Command COMMAND_VERIFY = {
    .name = "verify",
    .summary = "run every upgrade path and gate the release",
    .takes_settings = true,
    .run = run,
};
