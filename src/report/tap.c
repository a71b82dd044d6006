/* TAP 14: a test a check, with YAML that tells what was found. Source: testanything.org, "TAP 14
 * specification" */

#include <string.h>

#include "base/buffer.h"
#include "report/cases.h"
#include "report/render.h"

/* "#" begins a directive, and a backslash an escape. */
static void put_escaped(Buf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\#", *text))
            buf_adds(out, "\\");
        buf_adds(out, (char[]){*text, '\0'});
    }
}

/* A text of JSON is one of YAML, and stays on its line. */
static void put_yaml(FILE *out, const char *key, const char *text)
{
    AUTO(json) cJSON *item = cJSON_CreateString(text);
    AUTO(json_text) char *quoted = json_print(item, false);

    (void)fprintf(out, "  %s: %s\n", key, quoted);
}

static void put_yaml_block(const Case *one, FILE *out)
{
    if (one->result == CASE_SKIPPED || (!one->message && !one->detail))
        return;
    (void)fputs("  ---\n", out);
    if (one->message)
        put_yaml(out, "message", one->message);
    (void)fprintf(out, "  severity: %s\n", one->result == CASE_PASSED ? "comment" : "fail");
    (void)fprintf(out, "  duration_ms: %lld\n", (long long)one->duration_ms);
    if (one->detail)
        put_yaml(out, "data", one->detail);
    (void)fputs("  ...\n", out);
}

static void put_case(const Case *one, size_t number, FILE *out)
{
    bool ok = one->result == CASE_PASSED || one->result == CASE_SKIPPED;
    AUTO(buf) Buf line = {0};

    put_escaped(&line, one->path && one->path->id ? one->path->id : "seatrial");
    buf_adds(&line, ": ");
    put_escaped(&line, one->name ? one->name : "(no name)");
    if (one->result == CASE_SKIPPED) {
        buf_adds(&line, " # SKIP ");
        put_escaped(&line, one->message ? one->message : "");
    }
    (void)fprintf(out, "%s %zu - %s\n", ok ? "ok" : "not ok", number, buf_text(&line));
    put_yaml_block(one, out);
}

void render_tap(const Report *report, const RenderOptions *options, FILE *out)
{
    AUTO(report) Report masked = {0};
    AUTO(case_list) CaseList cases = {0};

    (void)options;
    report_masked(report, &masked);
    cases_of(&masked, &cases);
    (void)fprintf(out, "TAP version 14\n1..%zu\n", cases.len);
    for (size_t i = 0; i < cases.len; i++)
        put_case(&cases.items[i], i + 1, out);
    if (masked.error) {
        AUTO(buf) Buf reason = {0};

        put_escaped(&reason, masked.error);
        (void)fprintf(out, "Bail out! %s\n", buf_text(&reason));
    }
}
