/* Reports of shards, joined. */

#include "report/render.h"

static Error *check_same_candidate(const Report *first, const Report *other)
{
    const char *a = first->candidate.tag ? first->candidate.tag : first->candidate.image;
    const char *b = other->candidate.tag ? other->candidate.tag : other->candidate.image;

    if (!text_eq(a, b))
        return error_new(ERR_INVALID, 0, "the reports are of different candidates: %s and %s",
                         a ? a : "none", b ? b : "none");
    if (first->candidate.digest && other->candidate.digest &&
        !text_eq(first->candidate.digest, other->candidate.digest))
        return error_new(ERR_INVALID, 0,
                         "the reports are of different images of candidate %s: %s and %s",
                         a ? a : "(no tag)", first->candidate.digest, other->candidate.digest);
    return NULL;
}

static bool has_path(const Report *report, const char *id)
{
    for (size_t i = 0; i < report->paths.len; i++)
        if (text_eq(report->paths.items[i].id, id))
            return true;
    return false;
}

/* Ids stay unique: the same path of two shards (two platforms, two engines) gets a number. */
static void make_unique(const Report *merged, PathReport *path)
{
    AUTO(str) char *id = xstrdup(path->id ? path->id : "");

    for (int n = 2; has_path(merged, path->id); n++) {
        free(path->id);
        path->id = xasprintf("%s (%d)", id, n);
    }
}

static bool has_passed_over(const PassedOverList *list, const PassedOver *over)
{
    for (size_t i = 0; i < list->len; i++)
        if (text_eq(list->items[i].tag, over->tag) && text_eq(list->items[i].image, over->image))
            return true;
    return false;
}

/* The run that a reader of the sum sees lasted from the first start to the last end. */
static void join_times(const Report *one, Report *merged)
{
    int64_t end = merged->started_wall_ms + merged->duration_ms;
    int64_t other_end = one->started_wall_ms + one->duration_ms;

    if (one->started_wall_ms < merged->started_wall_ms)
        merged->started_wall_ms = one->started_wall_ms;
    merged->duration_ms = (end > other_end ? end : other_end) - merged->started_wall_ms;
}

static void join_error(const Report *one, Report *merged)
{
    AUTO(str) char *before = NULL;

    if (!one->error || text_eq(one->error, merged->error))
        return;
    before = TAKE(merged->error);
    merged->error = before ? xasprintf("%s; %s", before, one->error) : xstrdup(one->error);
}

static void join_verdict(const Report *one, Report *merged)
{
    Verdict worse = verdict_worse(merged->verdict, one->verdict);

    if (worse != merged->verdict) { /* the reason is the one of the verdict that stands */
        free(merged->verdict_reason);
        merged->verdict_reason = xstrdup_null(one->verdict_reason);
        merged->verdict = worse;
    }
}

static void join(Report *one, Report *merged)
{
    if (!text_eq(one->tool_version, merged->tool_version))
        str_list_addf(&merged->warnings, "run %s was made by seatrial %s, not %s",
                      one->run_id ? one->run_id : "(no id)",
                      one->tool_version ? one->tool_version : "(no version)",
                      merged->tool_version ? merged->tool_version : "(no version)");
    for (size_t i = 0; i < one->paths.len; i++) {
        make_unique(merged, &one->paths.items[i]);
        LIST_PUSH(&merged->paths, one->paths.items[i]);
        one->paths.items[i] = (PathReport){0};
    }
    for (size_t i = 0; i < one->warnings.len; i++)
        if (!str_list_has(&merged->warnings, one->warnings.items[i]))
            str_list_add(&merged->warnings, one->warnings.items[i]);
    for (size_t i = 0; i < one->passed_over.len; i++) {
        const PassedOver *over = &one->passed_over.items[i];

        if (!has_passed_over(&merged->passed_over, over))
            passed_over_add(&merged->passed_over, over->tag, over->image, over->reason);
    }
    join_times(one, merged);
    join_error(one, merged);
    join_verdict(one, merged);
    if (!merged->candidate.digest)
        merged->candidate.digest = xstrdup_null(one->candidate.digest);
}

Error *report_merge(const Report *reports, size_t count, Report *ret_report)
{
    AUTO(report) Report merged = {0};

    if (count == 0)
        return error_new(ERR_INVALID, 0, "there is no report to merge");
    for (size_t i = 1; i < count; i++)
        TRY(check_same_candidate(&reports[0], &reports[i]));
    report_masked(&reports[0], &merged);
    for (size_t i = 1; i < count; i++) {
        AUTO(report) Report one = {0};

        report_masked(&reports[i], &one);
        join(&one, &merged);
    }
    merged.verdict = verdict_worse(merged.verdict, report_overall(&merged.paths));
    *ret_report = merged;
    merged = (Report){0};
    return NULL;
}
