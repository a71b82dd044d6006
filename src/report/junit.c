/* JUnit, in the elements and attributes that all readers share and Jenkins' schema allows. */

#include "base/clock.h"
#include "report/cases.h"
#include "report/markup.h"
#include "report/render.h"

#define TEXTS_MAX     (20U << 20) /* bytes of all texts together; GitLab reads files below 30 MB */
#define ATTRIBUTE_MAX 2000        /* bytes of one, before it is escaped */
#define DETAIL_MAX    (64U << 10)

typedef struct Junit {
    FILE *out;
    size_t texts; /* bytes written of those that may be long */
} Junit;

static void put_seconds(FILE *out, int64_t ms)
{
    int64_t whole = ms < 0 ? 0 : ms;

    (void)fprintf(out, " time=\"%lld.%03d\"", (long long)(whole / 1000), (int)(whole % 1000));
}

static void put_attribute(Junit *junit, const char *name, const char *text)
{
    AUTO(str) char *capped = text_capped(text, ATTRIBUTE_MAX);
    AUTO(buf) Buf out = {0};

    markup_attribute(&out, capped);
    (void)fprintf(junit->out, " %s=\"%s\"", name, buf_text(&out));
}

/* Once the file is as long as its readers allow, details are left out, and that is said. */
static void put_detail(Junit *junit, const char *detail)
{
    AUTO(str) char *capped = text_capped(detail, DETAIL_MAX);
    AUTO(buf) Buf out = {0};

    markup_text(&out, capped);
    if (junit->texts + out.len > TEXTS_MAX) {
        (void)fputs("(left out: the file would be too large; the JSON report has it)", junit->out);
        return;
    }
    junit->texts += out.len;
    (void)fputs(buf_text(&out), junit->out);
}

static void put_element(Junit *junit, const char *element, const char *type, const Case *one)
{
    (void)fprintf(junit->out, "      <%s type=\"%s\"", element, type);
    put_attribute(junit, "message", one->message ? one->message : "no reason was given");
    (void)fputs(">", junit->out);
    put_detail(junit, one->detail ? one->detail : "");
    (void)fprintf(junit->out, "</%s>\n", element);
}

static void put_result(Junit *junit, const Case *one)
{
    switch (one->result) {
    case CASE_FAILED:
        put_element(junit, "failure", "broken", one);
        break;
    case CASE_ERROR:
        put_element(junit, "error", "unknown", one);
        break;
    case CASE_SKIPPED:
        (void)fputs("      <skipped", junit->out);
        put_attribute(junit, "message", one->message ? one->message : "");
        (void)fputs("/>\n", junit->out);
        break;
    case CASE_PASSED:
        break;
    }
    if (one->detail && (one->result == CASE_PASSED || one->result == CASE_SKIPPED)) {
        (void)fputs("      <system-out>", junit->out);
        put_detail(junit, one->detail);
        (void)fputs("</system-out>\n", junit->out);
    }
}

/* Readers take what is before the last dot for a package, so versions lose their dots. */
static char *class_name(const Case *one)
{
    AUTO(str) char *plain = NULL;

    if (!one->path)
        return xstrdup("seatrial");
    plain = text_replace(one->path->id ? one->path->id : "(no id)", ".", "_");
    return xasprintf("seatrial.%s", plain);
}

/* Readers drop a second one of the same name; ids are the document's, which may be anybody's. */
static char *unique_name(StrMap *seen, const char *class, const char *name)
{
    AUTO(str) char *key = xasprintf("%s\n%s", class, name);
    char *unique = xstrdup(name);

    for (int n = 2; str_map_has(seen, key); n++) {
        free(unique);
        free(key);
        unique = xasprintf("%s (%d)", name, n);
        key = xasprintf("%s\n%s", class, unique);
    }
    str_map_set(seen, key, "");
    return unique;
}

static void put_case(Junit *junit, StrMap *seen, const Case *one)
{
    AUTO(str) char *class = class_name(one);
    AUTO(str) char *class_capped = text_capped(class, ATTRIBUTE_MAX);
    AUTO(str) char *capped = text_capped(one->name ? one->name : "(no name)", ATTRIBUTE_MAX - 20);
    AUTO(str) char *name = unique_name(seen, class_capped, capped);

    (void)fputs("    <testcase", junit->out);
    put_attribute(junit, "classname", class_capped);
    put_attribute(junit, "name", name);
    put_seconds(junit->out, one->duration_ms);
    (void)fputs(">\n", junit->out);
    put_result(junit, one);
    (void)fputs("    </testcase>\n", junit->out);
}

typedef struct Sums {
    size_t tests, failures, errors, skipped;
} Sums;

static Sums sums_of(const Case *cases, size_t count)
{
    Sums sums = {.tests = count};

    for (size_t i = 0; i < count; i++) {
        sums.failures += cases[i].result == CASE_FAILED;
        sums.errors += cases[i].result == CASE_ERROR;
        sums.skipped += cases[i].result == CASE_SKIPPED;
    }
    return sums;
}

static int64_t suite_ms(const Report *report, const PathReport *path)
{
    int64_t sum = 0;

    for (size_t i = 0; path && i < path->steps.len; i++)
        sum += path->steps.items[i].duration_ms;
    return path ? sum : report->duration_ms;
}

static void put_suite(Junit *junit, StrMap *seen, const Report *report, const Case *cases,
                      size_t count)
{
    const PathReport *path = cases[0].path;
    Sums sums = sums_of(cases, count);
    AUTO(str) char *started = clock_format_iso(report->started_wall_ms);

    started[19] = '\0'; /* readers want no zone: "2026-08-01T12:00:00" */
    (void)fputs("  <testsuite", junit->out);
    put_attribute(junit, "name", path && path->id ? path->id : "seatrial");
    (void)fprintf(junit->out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
                  sums.tests, sums.failures, sums.errors, sums.skipped);
    put_seconds(junit->out, suite_ms(report, path));
    (void)fprintf(junit->out, " timestamp=\"%s\">\n", started);
    for (size_t i = 0; i < count; i++)
        put_case(junit, seen, &cases[i]);
    (void)fputs("  </testsuite>\n", junit->out);
}

void render_junit(const Report *report, const RenderOptions *options, FILE *out)
{
    AUTO(report) Report masked = {0};
    AUTO(case_list) CaseList cases = {0};
    AUTO(str_map) StrMap seen = {0};
    Junit junit = {.out = out};
    Sums sums;

    (void)options;
    report_masked(report, &masked);
    cases_of(&masked, &cases);
    sums = sums_of(cases.items, cases.len);
    (void)fprintf(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<testsuites name=\"seatrial\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"",
                  sums.tests, sums.failures, sums.errors);
    put_seconds(out, masked.duration_ms);
    (void)fputs(">\n", out);
    for (size_t from = 0, to; from < cases.len; from = to) {
        for (to = from; to < cases.len && cases.items[to].path == cases.items[from].path;)
            to++;
        put_suite(&junit, &seen, &masked, &cases.items[from], to - from);
    }
    (void)fputs("</testsuites>\n", out);
}
