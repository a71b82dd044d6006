#include "base/file.h"
#include "base/json.h"
#include "cli/ci_output.h"
#include "cli/command.h"
#include "cli/talk.h"
#include "report/render.h"

#define REPORT_BYTES_MAX (64U << 20)
#define REPORTS_MAX      1000

static const CommandOption OPTIONS[] = {
    {"--format", "FORMAT", NULL, "console (default), or another that `verify --report` knows"},
    {"--output", "PATH", NULL, "where to; - is standard output (default)"},
};

static Error *read_report(const char *path, Report *ret_report)
{
    AUTO(str) char *text = NULL;
    AUTO(json) cJSON *root = NULL;
    size_t len = 0;
    Error *err = file_read(path, REPORT_BYTES_MAX, &text, &len);

    if (!err)
        err = json_parse(text, len, path, &root);
    if (!err)
        err = report_from_json(root, path, ret_report);
    if (err)
        err->code = ERR_INVALID; /* a file that the user named */
    return err;
}

static Error *merge_and_write(Report *reports, size_t count, const ReportFormat *format,
                              const char *path)
{
    AUTO(report) Report merged = {0};
    RenderOptions options = {
        .color = text_eq(path, "-") && talk_color("auto", stdout),
        .width = text_eq(path, "-") ? talk_width(stdout) : 0,
        .log = text_eq(path, "-") ? ci_log(NULL) : CI_LOG_NONE,
    };

    TRY(report_merge(reports, count, &merged));
    return report_write(&merged, format, &options, path);
}

static Error *unknown_format(const char *name)
{
    AUTO(str_list) StrList names = {0};
    AUTO(str) char *joined = NULL;
    size_t count;
    const ReportFormat *table = report_format_table(&count);
    const char *nearest;

    for (size_t i = 0; i < count; i++)
        str_list_add(&names, table[i].name);
    joined = str_list_join(&names, ", ");
    nearest = text_nearest(name, (const char *const *)names.items, names.len);
    return error_new(ERR_INVALID, 0, "--format: wanted one of %s, found '%s'%s%s%s", joined, name,
                     nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

static Error *run(const CommandInput *input, int *ret_status)
{
    const char *name = str_map_get(input->options, "--format");
    const char *path = str_map_get(input->options, "--output");
    const ReportFormat *format = report_format_find(name ? name : "console");
    size_t count = 0;
    Report *reports;
    Error *err = NULL;

    if (!format)
        return unknown_format(name);
    if (input->arguments->len == 0)
        return error_new(ERR_INVALID, 0, "report: name one or more report files (JSON)");
    reports = xcalloc(input->arguments->len, sizeof *reports);
    for (; !err && count < input->arguments->len; count += !err)
        err = read_report(input->arguments->items[count], &reports[count]);
    if (!err)
        err = merge_and_write(reports, count, format, path ? path : "-");
    for (size_t i = 0; i < count; i++)
        report_clear(&reports[i]);
    free(reports);
    if (!err)
        *ret_status = EXIT_SOUND;
    return err;
}

const Command COMMAND_REPORT = {
    .name = "report",
    .summary = "render report files in another format, or merge several into one",
    .arguments = "FILE...",
    .arguments_max = REPORTS_MAX,
    .options = OPTIONS,
    .option_count = COUNT_OF(OPTIONS),
    .run = run,
};
