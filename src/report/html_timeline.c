#include "base/words.h"
#include "report/html_parts.h"
#include "report/markup.h"
#include "report/story.h"

#define WIDTH 1000.0 /* of a bar's picture */
#define THIN  6.0    /* so that the shortest one is seen */

typedef struct Scale {
    int64_t began_ms, span_ms;
} Scale;

static double place_of(const Scale *scale, int64_t ms)
{
    double place = (double)(ms - scale->began_ms) / (double)scale->span_ms * WIDTH;

    return place < 0 ? 0 : place > WIDTH - THIN ? WIDTH - THIN : place;
}

static void put_bar(Buf *out, const Scale *scale, const Step *step)
{
    double from = place_of(scale, step->started_ms);
    double width = (double)step->duration_ms / (double)scale->span_ms * WIDTH;
    AUTO(str) char *start = format_duration_ms(step->started_ms - scale->began_ms);
    AUTO(str) char *took = format_duration_ms(step->duration_ms);

    if (width < THIN)
        width = THIN;
    if (from + width > WIDTH)
        width = WIDTH - from;
    buf_addf(
        out,
        "<svg class=\"bar %s\" viewBox=\"0 0 1000 12\" preserveAspectRatio=\"none\" role=\"img\" "
        "aria-label=\"began at %s, took %s\"><rect class=\"rail\" y=\"5\" width=\"1000\" "
        "height=\"2\"/><rect x=\"%.0f\" width=\"%.0f\" height=\"12\"/></svg>",
        html_outcome_tone(step->outcome), start, took, from, width);
}

static void put_output(Buf *out, const Step *step)
{
    AUTO(str) char *command = step->command.len > 0 ? words_join(&step->command) : NULL;

    if (!command && text_is_empty(step->log_tail) && !step->reason)
        return;
    buf_adds(out, "<details><summary>Command and log</summary>\n");
    if (step->image) {
        buf_adds(out, "<p class=\"quiet\">in ");
        html_code(out, step->image, "");
        buf_adds(out, "</p>\n");
    }
    if (step->reason) {
        buf_adds(out, "<p>");
        html_words(out, step->reason);
        buf_adds(out, "</p>\n");
    }
    if (command) {
        AUTO(str) char *line = xasprintf("$ %s", command);

        html_pre(out, line);
    }
    html_pre(out, step->log_tail);
    buf_adds(out, "</details>\n");
}

static void put_step(Buf *out, const Scale *scale, const Step *step)
{
    AUTO(str) char *took = format_duration_ms(step->duration_ms);
    AUTO(str) char *ending = step_ending(step);

    buf_adds(out, "<li><div class=\"step\">");
    html_code(out, step->name, "step");
    put_bar(out, scale, step);
    buf_addf(out, "<span class=\"took\">%s</span><span class=\"ending %s\">%s</span></div>\n", took,
             html_outcome_tone(step->outcome), ending);
    put_output(out, step);
    buf_adds(out, "</li>\n");
}

/* In the order in which they began, the report's order among those of one moment. */
static int by_start(const void *a, const void *b)
{
    const Step *const *one = a, *const *other = b;
    int64_t first = (*one)->started_ms, second = (*other)->started_ms;

    if (first != second)
        return first < second ? -1 : 1;
    return *one < *other ? -1 : *one > *other;
}

static Scale scale_of(const PathReport *path)
{
    Scale scale = {.began_ms = path->steps.items[0].started_ms};
    int64_t ended_ms = 0;

    for (size_t i = 0; i < path->steps.len; i++) {
        const Step *step = &path->steps.items[i];

        if (step->started_ms < scale.began_ms)
            scale.began_ms = step->started_ms;
        if (step->started_ms + step->duration_ms > ended_ms)
            ended_ms = step->started_ms + step->duration_ms;
    }
    scale.span_ms = ended_ms > scale.began_ms ? ended_ms - scale.began_ms : 1;
    return scale;
}

void html_timeline(Buf *out, const PathReport *path)
{
    Scale scale;
    AUTO(str) char *span = NULL;
    const Step **steps;

    if (path->steps.len == 0)
        return;
    steps = xcalloc(path->steps.len, sizeof *steps);
    for (size_t i = 0; i < path->steps.len; i++)
        steps[i] = &path->steps.items[i];
    qsort(steps, path->steps.len, sizeof *steps, by_start);
    scale = scale_of(path);
    span = format_duration_ms(scale.span_ms);
    buf_adds(out, "<h3>Timeline</h3>\n<ol class=\"timeline\">\n");
    for (size_t i = 0; i < path->steps.len; i++)
        put_step(out, &scale, steps[i]);
    free(steps);
    buf_addf(
        out,
        "</ol>\n<p class=\"scale quiet\" aria-hidden=\"true\"><span>0</span><span>%s</span></p>"
        "\n",
        span);
}
