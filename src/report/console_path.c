#include "report/console_path.h"

#include <inttypes.h>

#include "base/words.h"
#include "report/story.h"

#define LABEL_COLUMN 2
#define VALUE_COLUMN 13
#define SCHEMA_SHOWN 12 /* unless verbose */

static void begin(Screen *screen, const char *label)
{
    screen_tab(screen, LABEL_COLUMN);
    screen_put(screen, TONE_DIM, label);
    screen_tab(screen, VALUE_COLUMN);
}

static void put_image(Screen *screen, const char *label, const ImageFacts *facts)
{
    begin(screen, label);
    screen_put(screen, TONE_PLAIN, facts->tag ? facts->tag : "(no tag)");
    if (facts->image)
        screen_putf(screen, TONE_PLAIN, "  %s", facts->image);
    if (facts->digest) {
        AUTO(str) char *digest = digest_short(facts->digest);

        screen_putf(screen, TONE_DIM, "  %s", digest);
    }
    screen_end(screen);
}

static void put_list(Screen *screen, const char *label, const StrList *list)
{
    AUTO(str) char *joined = NULL;

    if (list->len == 0)
        return;
    joined = str_list_join(list, ", ");
    begin(screen, label);
    screen_wrap(screen, TONE_PLAIN, joined);
    screen_end(screen);
}

static void put_data(Screen *screen, const PathReport *path)
{
    if (path->steps.len < 2 && path->tables == 0) /* it never came to an upgrade */
        return;
    begin(screen, "data");
    if (path->tables < 0) {
        screen_putf(screen, TONE_PLAIN, "not looked at");
        screen_end(screen);
        return;
    }
    if (path->tables == 0)
        screen_putf(screen, TONE_PLAIN, "no tables before the upgrade");
    else
        screen_putf(
            screen, TONE_PLAIN,
            "%" PRId64 " %s in %" PRId64 " of %" PRId64 " %s (%" PRId64 " %%) before the upgrade",
            path->rows, path->rows == 1 ? "row" : "rows", path->tables_with_rows, path->tables,
            path->tables == 1 ? "table" : "tables", path->tables_with_rows * 100 / path->tables);
    if (path->seed)
        screen_putf(screen, TONE_DIM, ", %" PRId64 " of them made (seed %s)", path->rows_made,
                    path->seed);
    screen_end(screen);
    for (size_t i = 0; i < path->skipped.len; i++) {
        const SkippedTable *skipped = &path->skipped.items[i];

        screen_tab(screen, VALUE_COLUMN);
        screen_putf(screen, TONE_PLAIN, "no rows made in %s%s%s", skipped->table,
                    skipped->reason ? ": " : "", skipped->reason ? skipped->reason : "");
        screen_end(screen);
    }
}

static Tone outcome_tone(Outcome outcome)
{
    switch (outcome) {
    case OUTCOME_PASSED:
        return TONE_PLAIN;
    case OUTCOME_FAILED:
    case OUTCOME_ERROR:
        return TONE_BAD;
    case OUTCOME_WARNED:
        return TONE_WARN;
    case OUTCOME_SKIPPED:
        return TONE_DIM;
    }
    return TONE_PLAIN;
}

static void put_step_output(Screen *screen, const Step *step)
{
    if (step->command.len > 0) {
        AUTO(str) char *command = words_join(&step->command);

        screen_tab(screen, VALUE_COLUMN + 2);
        screen_putf(screen, TONE_DIM, "$ %s", command);
        screen_end(screen);
    }
    if (step->log_tail)
        screen_quote(screen, VALUE_COLUMN + 2, step->log_tail);
}

/* In the log of a CI job, what a step wrote is folded behind its line. */
static void put_step(Screen *screen, const Report *report, const PathReport *path, size_t index)
{
    const Step *step = &path->steps.items[index];
    AUTO(str) char *took = format_duration_ms(step->duration_ms);
    AUTO(str) char *ending = step_ending(step);
    AUTO(str) char *line = xasprintf("%-12s %11s  ", step->name ? step->name : "step", took);
    AUTO(str) char *title = xasprintf("%s%s", line, ending);
    AUTO(str)
    char *part = xasprintf("seatrial_path_%zu_step_%zu", (size_t)(path - report->paths.items) + 1,
                           index + 1);
    int64_t began_ms = report->started_wall_ms + step->started_ms;
    bool open = screen->options->verbose && screen_open(screen, part, title, began_ms, true);

    if (!open) {
        begin(screen, index == 0 ? "steps" : "");
        screen_put(screen, TONE_PLAIN, line);
        screen_put(screen, outcome_tone(step->outcome), ending);
        screen_end(screen);
    }
    if (screen->options->verbose)
        put_step_output(screen, step);
    if (open)
        screen_close(screen, part, began_ms + step->duration_ms);
}

/* What is about to run: its text with -v; a line of names where no ledger tells what was applied.
 */
static void put_new_migrations(Screen *screen, const PathReport *path)
{
    const NewMigrationList *list = &path->migrations_new;
    AUTO(str_list) StrList names = {0};

    if (!screen->options->verbose && path->migrations_applied.len > 0)
        return;
    for (size_t i = 0; i < list->len; i++)
        str_list_add(&names, list->items[i].name ? list->items[i].name : "(no name)");
    put_list(screen, "new", &names);
    for (size_t i = 0; screen->options->verbose && i < list->len; i++) {
        const NewMigration *one = &list->items[i];

        screen_tab(screen, VALUE_COLUMN);
        screen_putf(screen, TONE_DIM, "%s, %" PRId64 " %s%s", one->path ? one->path : "(no path)",
                    one->lines, one->lines == 1 ? "line" : "lines",
                    one->truncated && one->sql ? ", of which the first:" : "");
        screen_end(screen);
        if (one->sql)
            screen_quote(screen, VALUE_COLUMN + 2, one->sql);
    }
}

static size_t put_changes(Screen *screen, const StrList *list, const char *sign, size_t shown,
                          size_t most)
{
    for (size_t i = 0; i < list->len; i++) {
        if (shown++ >= most)
            continue;
        begin(screen, shown == 1 ? "schema" : "");
        screen_putf(screen, TONE_PLAIN, "%s ", sign);
        screen_wrap(screen, TONE_PLAIN, list->items[i]);
        screen_end(screen);
    }
    return shown;
}

static void put_schema(Screen *screen, const PathReport *path)
{
    size_t most = screen->options->verbose ? SIZE_MAX : SCHEMA_SHOWN;
    size_t shown = put_changes(screen, &path->schema_added, "+", 0, most);

    shown = put_changes(screen, &path->schema_removed, "-", shown, most);
    shown = put_changes(screen, &path->schema_changed, "~", shown, most);
    if (shown > most) {
        begin(screen, "");
        screen_putf(screen, TONE_DIM, "and %zu more (-v shows them)", shown - most);
        screen_end(screen);
    }
}

/* "root -> 1000:1000"; what is not there is said. */
static void put_change(Screen *screen, const ImageChange *change)
{
    AUTO(str)
    char *said =
        xasprintf("%s%s%s: %s -> %s", change->what ? change->what : "", change->name ? " " : "",
                  change->name ? change->name : "", change->before ? change->before : "none",
                  change->after ? change->after : "none");

    screen_wrap(screen, TONE_PLAIN, said);
    screen_end(screen);
}

/* What decides which program runs as whom; all of it only on demand: an image's environment changes
 * with each version of its base. */
static void put_image_changes(Screen *screen, const PathReport *path)
{
    bool first = true;

    for (size_t i = 0; i < path->image_changes.len; i++) {
        const ImageChange *change = &path->image_changes.items[i];

        if (!screen->options->verbose && !image_change_matters(change))
            continue;
        begin(screen, first ? "image" : "");
        put_change(screen, change);
        first = false;
    }
}

/* The checks of one outcome on one line; those that say why, one line for each reason. */
static void put_checks(Screen *screen, const PathReport *path, Outcome outcome, bool *first)
{
    AUTO(str_list) StrList done = {0};

    for (size_t i = 0; i < path->checks.len; i++) {
        const char *reason = path->checks.items[i].reason;
        AUTO(str_list) StrList names = {0};
        AUTO(str) char *joined = NULL;

        if (path->checks.items[i].outcome != outcome || str_list_has(&done, reason ? reason : ""))
            continue;
        str_list_add(&done, reason ? reason : "");
        for (size_t k = i; k < path->checks.len; k++)
            if (path->checks.items[k].outcome == outcome &&
                text_eq(path->checks.items[k].reason, reason))
                str_list_add(&names, path->checks.items[k].id);
        joined = str_list_join(&names, ", ");
        begin(screen, *first ? "checks" : "");
        *first = false;
        screen_putf(screen, outcome_tone(outcome), "%-8s", outcome_name(outcome));
        screen_put(screen, TONE_PLAIN, " ");
        if (reason) {
            AUTO(str) char *said = xasprintf("%s: %s", joined, reason);

            screen_wrap(screen, TONE_PLAIN, said);
        } else {
            screen_wrap(screen, TONE_PLAIN, joined);
        }
        screen_end(screen);
    }
}

static void put_hint(Screen *screen, const Finding *finding)
{
    if (!finding->hint)
        return;
    screen_tab(screen, 4);
    screen_put(screen, TONE_STRONG, "next: ");
    screen_wrap(screen, TONE_PLAIN, finding->hint);
    screen_end(screen);
}

static void put_finding(Screen *screen, const Finding *finding, const char *word, Tone tone)
{
    AUTO(str) char *place = finding_place(finding);

    screen_end(screen);
    screen_tab(screen, LABEL_COLUMN);
    screen_putf(screen, tone, "%s", word);
    screen_putf(screen, TONE_PLAIN, "  %s: ", finding->check);
    screen_put(screen, TONE_STRONG, finding->title ? finding->title : "");
    screen_end(screen);
    if (*place) {
        screen_tab(screen, 4);
        screen_put(screen, TONE_PLAIN, place);
        screen_end(screen);
    }
    if (finding->allowed_reason) {
        screen_tab(screen, 4);
        screen_putf(screen, TONE_PLAIN, "because: %s", finding->allowed_reason);
        screen_end(screen);
    }
    if (finding->detail && (!finding->allowed_reason || screen->options->verbose))
        screen_quote(screen, 4, finding->detail);
    if (!finding->allowed_reason)
        put_hint(screen, finding);
}

static void put_findings(Screen *screen, const PathReport *path)
{
    for (size_t i = 0; i < path->findings.len; i++)
        if (finding_breaks(&path->findings.items[i]))
            put_finding(screen, &path->findings.items[i], "error", TONE_BAD);
    for (size_t i = 0; i < path->findings.len; i++)
        if (path->findings.items[i].level != LEVEL_ERROR && !path->findings.items[i].allowed_reason)
            put_finding(screen, &path->findings.items[i], "warning", TONE_WARN);
    for (size_t i = 0; i < path->findings.len; i++)
        if (path->findings.items[i].allowed_reason)
            put_finding(screen, &path->findings.items[i], "accepted", TONE_STRONG);
}

/* When its first step began and its last one ended, since the run began. */
static void path_times(const PathReport *path, int64_t *ret_began_ms, int64_t *ret_ended_ms)
{
    int64_t began_ms = path->steps.len > 0 ? path->steps.items[0].started_ms : 0;
    int64_t ended_ms = began_ms;

    for (size_t i = 0; i < path->steps.len; i++) {
        const Step *step = &path->steps.items[i];

        if (step->started_ms < began_ms)
            began_ms = step->started_ms;
        if (step->started_ms + step->duration_ms > ended_ms)
            ended_ms = step->started_ms + step->duration_ms;
    }
    *ret_began_ms = began_ms;
    *ret_ended_ms = ended_ms;
}

static void put_path_line(Screen *screen, const PathReport *path)
{
    screen_put(screen, TONE_STRONG, path->id ? path->id : "(no id)");
    screen_put(screen, TONE_PLAIN, "  ");
    screen_put(screen, verdict_tone(path->verdict), verdict_shout(path->verdict));
    if (path->database)
        screen_putf(screen, TONE_PLAIN, "  %s", path->database);
    screen_end(screen);
}

static void put_body(Screen *screen, const Report *report, const PathReport *path)
{
    static const Outcome ORDER[] = {OUTCOME_FAILED, OUTCOME_ERROR, OUTCOME_WARNED, OUTCOME_SKIPPED,
                                    OUTCOME_PASSED};
    bool first = true;

    if (path->verdict_reason) {
        begin(screen, "because");
        screen_wrap(screen, TONE_PLAIN, path->verdict_reason);
        screen_end(screen);
    }
    put_image(screen, "from", &path->from);
    put_list(screen, "through", &path->through);
    put_image(screen, "candidate", &report->candidate);
    put_data(screen, path);
    for (size_t i = 0; i < path->steps.len; i++)
        put_step(screen, report, path, i);
    put_list(screen, "applied", &path->migrations_applied);
    put_list(screen, "unfinished", &path->migrations_pending);
    put_list(screen, "reworded", &path->migrations_reworded);
    put_new_migrations(screen, path);
    put_schema(screen, path);
    put_image_changes(screen, path);
    for (size_t i = 0; i < COUNT_OF(ORDER); i++)
        put_checks(screen, path, ORDER[i], &first);
    put_findings(screen, path);
}

void console_path(Screen *screen, const Report *report, const PathReport *path)
{
    AUTO(str) char *part = xasprintf("seatrial_path_%zu", (size_t)(path - report->paths.items) + 1);
    AUTO(str)
    char *title =
        xasprintf("%s  %s", path->id ? path->id : "(no id)", verdict_shout(path->verdict));
    int64_t began_ms, ended_ms;
    bool open;

    path_times(path, &began_ms, &ended_ms);
    screen_end(screen);
    open = screen_open(screen, part, title, report->started_wall_ms + began_ms,
                       path->verdict == VERDICT_SOUND);
    if (!open)
        put_path_line(screen, path);
    put_body(screen, report, path);
    if (open)
        screen_close(screen, part, report->started_wall_ms + ended_ms);
}
