#pragma once
/* Renderings of a report: one file a format, all rows of one table. Escaping belongs here. */

#include "base/json.h"
#include "model/report.h"

/* The log that a rendering goes to; its parts are folded there. */
typedef enum CiLog { CI_LOG_NONE, CI_LOG_GITHUB, CI_LOG_GITLAB } CiLog;

typedef struct RenderOptions {
    bool color;
    int width; /* columns; 0: no wrapping */
    bool verbose;
    CiLog log;        /* of the console's */
    size_t max_bytes; /* of Markdown: what is beyond is left out, and that is said; 0: no limit */
} RenderOptions;

typedef struct ReportFormat {
    const char *name;      /* "console", "json" */
    const char *extension; /* "txt", "json" */
    const char *what;      /* for help */
    /** Writes to out; the caller checks the stream for errors. */
    void (*render)(const Report *report, const RenderOptions *options, FILE *out);
} ReportFormat;

const ReportFormat *report_format_table(size_t *ret_count);
const ReportFormat *report_format_find(const char *name);

/** Render to a file, "-" for stdout; replaced only once it is complete. @return NULL or ERR_SYSTEM
 */
MUST_USE Error *report_write(const Report *report, const ReportFormat *format,
                             const RenderOptions *options, const char *path);

/** The document of SPEC section 5; caller owns it. Secrets are masked in every text. */
MUST_USE cJSON *report_to_json(const Report *report);
/** The other way round. @param what names the file in errors @return NULL, or ERR_INVALID */
MUST_USE Error *report_from_json(const cJSON *root, const char *what, Report *ret_report);
/** A copy whose texts are safe to show: secrets masked, control characters and CI commands gone.
 * Every rendering works on it; doing it twice changes nothing. */
void report_masked(const Report *report, Report *ret_masked);
/** Join reports of shards into one: paths, warnings and passed-over releases in order, worst
 * verdict. @return NULL, or ERR_INVALID: different candidates, the same path twice
 */
MUST_USE Error *report_merge(const Report *reports, size_t count, Report *ret_report);

/** Mask every text of a document in place. */
void report_mask_json(cJSON *item);

void render_console(const Report *report, const RenderOptions *options, FILE *out);
void render_json(const Report *report, const RenderOptions *options, FILE *out);
void render_markdown(const Report *report, const RenderOptions *options, FILE *out);
void render_junit(const Report *report, const RenderOptions *options, FILE *out);
void render_tap(const Report *report, const RenderOptions *options, FILE *out);
void render_html(const Report *report, const RenderOptions *options, FILE *out);
void render_github(const Report *report, const RenderOptions *options, FILE *out);
