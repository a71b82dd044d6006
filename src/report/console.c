#include "report/console_path.h"
#include "report/story.h"

static void put_line(Screen *screen, const char *label, const char *text)
{
    screen_putf(screen, TONE_PLAIN, "  %s: ", label);
    screen_wrap(screen, TONE_PLAIN, text);
    screen_end(screen);
}

static void put_shout(Screen *screen, Verdict verdict)
{
    screen_put(screen, verdict_tone(verdict), verdict_shout(verdict));
    screen_put(screen, TONE_PLAIN, "  ");
}

/* The three lines that a reader of a red build sees: which upgrade and where, in whose words, what
 * now. */
static void put_path_head(Screen *screen, const Headline *head)
{
    AUTO(str) char *place = head->finding ? finding_place(head->finding) : NULL;

    put_shout(screen, head->path->verdict);
    screen_put(screen, TONE_STRONG, head->path->id ? head->path->id : "");
    if (!text_is_empty(place))
        screen_putf(screen, TONE_PLAIN, "  at %s", place);
    screen_end(screen);
    if (head->finding) { /* in one line, however long: it is what people copy and search for */
        screen_putf(screen, TONE_PLAIN, "  %s: %s", head->finding->check,
                    head->finding->title ? head->finding->title : "");
        screen_end(screen);
        if (head->finding->hint)
            put_line(screen, "next", head->finding->hint);
    } else if (head->reason) {
        put_line(screen, "because", head->reason);
    }
}

static void put_others(Screen *screen, const Report *report, const PathReport *shown,
                       Verdict verdict, const char *label)
{
    AUTO(str_list) StrList ids = {0};
    AUTO(str) char *joined = NULL;

    for (size_t i = 0; i < report->paths.len; i++)
        if (&report->paths.items[i] != shown && report->paths.items[i].verdict == verdict)
            str_list_add(&ids, report->paths.items[i].id ? report->paths.items[i].id : "");
    if (ids.len == 0)
        return;
    joined = str_list_join(&ids, ", ");
    put_line(screen, label, joined);
}

static void put_sound_head(Screen *screen, const Report *report)
{
    AUTO(str) char *counts = story_counts(report);
    AUTO(str) char *took = format_duration_ms(report->duration_ms);
    AUTO(str_list) StrList ids = {0};
    AUTO(str) char *joined_ids = NULL;

    for (size_t i = 0; i < report->paths.len; i++)
        if (report->paths.items[i].verdict == VERDICT_SOUND)
            str_list_add(&ids, report->paths.items[i].id ? report->paths.items[i].id : "");
    joined_ids = str_list_join(&ids, ", ");
    put_shout(screen, VERDICT_SOUND);
    screen_wrap(screen, TONE_STRONG, joined_ids);
    screen_put(screen, TONE_PLAIN, "  ");
    screen_putf(screen, TONE_PLAIN, "%s%s%s", counts, *counts ? ", " : "", took);
    screen_end(screen);
}

static void put_reason_head(Screen *screen, const Report *report, const char *reason)
{
    put_shout(screen, report->verdict);
    screen_wrap(screen, TONE_PLAIN, reason ? reason : "no reason was given");
    screen_end(screen);
}

static void put_head(Screen *screen, const Report *report)
{
    Headline head = story_headline(report);

    if (report->verdict == VERDICT_SOUND)
        put_sound_head(screen, report);
    else if (head.path)
        put_path_head(screen, &head);
    else
        put_reason_head(screen, report, head.reason);
    if (report->verdict == VERDICT_BROKEN) {
        put_others(screen, report, head.path, VERDICT_BROKEN, "also broken");
        put_others(screen, report, NULL, VERDICT_UNKNOWN, "not known");
    } else if (report->verdict == VERDICT_UNKNOWN) {
        if (head.path)
            put_others(screen, report, head.path, VERDICT_UNKNOWN, "also not known");
        put_others(screen, report, NULL, VERDICT_BROKEN, "broken");
    }
    if (report->verdict != VERDICT_NOTHING_TO_VERIFY)
        put_others(screen, report, NULL, VERDICT_NOTHING_TO_VERIFY, "nothing to verify");
    if (report->error && report->verdict == VERDICT_BROKEN)
        put_line(screen, "the run did not come to its end", report->error);
}

static void put_passed_over(Screen *screen, const Report *report)
{
    if (report->passed_over.len == 0)
        return;
    screen_end(screen);
    screen_put(screen, TONE_WARN, "passed over");
    screen_end(screen);
    for (size_t i = 0; i < report->passed_over.len; i++) {
        const PassedOver *over = &report->passed_over.items[i];

        screen_putf(screen, TONE_PLAIN, "  %s", over->tag ? over->tag : "(no tag)");
        if (over->image)
            screen_putf(screen, TONE_PLAIN, "  %s", over->image);
        if (over->reason) {
            screen_put(screen, TONE_PLAIN, "  ");
            screen_wrap(screen, TONE_PLAIN, over->reason);
        }
        screen_end(screen);
    }
}

static void put_warnings(Screen *screen, const Report *report)
{
    if (report->warnings.len == 0)
        return;
    screen_end(screen);
    screen_put(screen, TONE_WARN, "warnings");
    screen_end(screen);
    for (size_t i = 0; i < report->warnings.len; i++) {
        screen_put(screen, TONE_PLAIN, "  - ");
        screen_wrap(screen, TONE_PLAIN, report->warnings.items[i]);
        screen_end(screen);
    }
}

static void put_foot(Screen *screen, const Report *report)
{
    AUTO(str) char *took = format_duration_ms(report->duration_ms);

    screen_end(screen);
    screen_putf(screen, TONE_DIM, "seatrial %s%s%s, %s",
                report->tool_version ? report->tool_version : "", report->run_id ? ", run " : "",
                report->run_id ? report->run_id : "", took);
    screen_end(screen);
}

void render_console(const Report *report, const RenderOptions *options, FILE *out)
{
    AUTO(report) Report masked = {0};
    AUTO(screen) Screen screen = {.out = out, .options = options};

    report_masked(report, &masked);
    put_head(&screen, &masked);
    put_passed_over(&screen, &masked);
    for (size_t i = 0; i < masked.paths.len; i++)
        console_path(&screen, &masked, &masked.paths.items[i]);
    put_warnings(&screen, &masked);
    put_foot(&screen, &masked);
}
