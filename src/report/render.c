#include "report/render.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/random.h"

static const ReportFormat FORMATS[] = {
    {"console", "txt", "for people, in a terminal or a log", render_console},
    {"json", "json", "the whole report, for machines (format 1)", render_json},
    {"junit", "xml", "for test reports of CI systems: a case a check", render_junit},
    {"tap", "tap", "for test harnesses: TAP 14, a test a check", render_tap},
    {"html", "html", "a page that needs nothing else, to read and to keep", render_html},
    {"markdown", "md", "a summary for a job, a pull request, a release", render_markdown},
    {"github", "txt", "annotations of GitHub Actions", render_github},
};

const ReportFormat *report_format_table(size_t *ret_count)
{
    *ret_count = COUNT_OF(FORMATS);
    return FORMATS;
}

const ReportFormat *report_format_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(FORMATS); i++)
        if (text_eq(FORMATS[i].name, name))
            return &FORMATS[i];
    return NULL;
}

/* A full disk shows when the last bytes leave. */
static Error *write_stream(const Report *report, const ReportFormat *format,
                           const RenderOptions *options, FILE *out, const char *name)
{
    errno = 0;
    format->render(report, options, out);
    if (fflush(out) != 0 || ferror(out))
        return error_errno("writing the report to %s", name);
    return NULL;
}

/* Opens what is there already and is no file: a terminal, a pipe, /dev/stderr. */
static Error *write_in_place(const Report *report, const ReportFormat *format,
                             const RenderOptions *options, const char *path)
{
    AUTO(file) FILE *out = fopen(path, "we");
    Error *err;

    if (!out)
        return error_errno("writing the report to %s", path);
    err = write_stream(report, format, options, out, path);
    if (fclose(TAKE(out)) != 0 && !err)
        err = error_errno("writing the report to %s", path);
    return err;
}

static Error *open_beside(const char *path, char **ret_name, FILE **ret_out)
{
    AUTO(str) char *tail = random_hex(12);
    AUTO(str) char *name = xasprintf("%s.%s.tmp", path, tail);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *out;

    if (fd < 0)
        return error_errno("writing the report to %s", path);
    out = fdopen(fd, "w");
    if (!out) {
        Error *err = error_errno("writing the report to %s", path);

        (void)close(fd);
        (void)unlink(name); /* nothing was written to it */
        return err;
    }
    *ret_name = TAKE(name);
    *ret_out = out;
    return NULL;
}

/* Beside the target and renamed over it: a reader sees the old file or all of the new one. */
static Error *write_and_rename(const Report *report, const ReportFormat *format,
                               const RenderOptions *options, const char *path)
{
    AUTO(str) char *target = realpath(path, NULL); /* a link stays a link */
    const char *place = target ? target : path;
    AUTO(str) char *name = NULL;
    FILE *out = NULL;
    Error *err;

    TRY(open_beside(place, &name, &out));
    err = write_stream(report, format, options, out, path);
    if (fclose(out) != 0 && !err)
        err = error_errno("writing the report to %s", path);
    if (!err && rename(name, place) != 0)
        err = error_errno("writing the report to %s", path);
    if (err)
        (void)unlink(name); /* the first reason is the one to tell */
    return err;
}

Error *report_write(const Report *report, const ReportFormat *format, const RenderOptions *options,
                    const char *path)
{
    struct stat status;

    if (text_eq(path, "-"))
        return write_stream(report, format, options, stdout, "standard output");
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        if (S_ISDIR(status.st_mode))
            return error_new(ERR_SYSTEM, EISDIR, "writing the report to %s: it is a folder", path);
        return write_in_place(report, format, options, path);
    }
    return write_and_rename(report, format, options, path);
}
