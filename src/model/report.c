#include "model/report.h"

static const char *const ENDS[] = {"exited",      "timed-out", "out-of-memory", "killed",
                                   "not-started", "stopped",   "not-ready"};

const char *step_end_name(StepEnd end)
{
    return ENDS[end];
}

bool step_end_parse(const char *name, StepEnd *ret_end)
{
    for (size_t i = 0; i < COUNT_OF(ENDS); i++)
        if (text_eq(ENDS[i], name)) {
            *ret_end = (StepEnd)i;
            return true;
        }
    return false;
}

void passed_over_add(PassedOverList *list, const char *tag, const char *image, const char *reason)
{
    LIST_PUSH(list, ((PassedOver){xstrdup_null(tag), xstrdup_null(image), xstrdup_null(reason)}));
}

void image_change_add(ImageChangeList *list, const char *what, const char *name, const char *before,
                      const char *after)
{
    LIST_PUSH(list, ((ImageChange){xstrdup(what), xstrdup_null(name), xstrdup_null(before),
                                   xstrdup_null(after)}));
}

bool image_change_matters(const ImageChange *change)
{
    static const char *const WHATS[] = {"user", "volumes", "entrypoint", "command",
                                        "working directory"};

    for (size_t i = 0; i < COUNT_OF(WHATS); i++)
        if (text_eq(WHATS[i], change->what))
            return true;
    return false;
}

/* A run with one broken path is broken, whatever could not be told of the others. */
static int severity(Verdict verdict)
{
    switch (verdict) {
    case VERDICT_NOTHING_TO_VERIFY:
        return 0;
    case VERDICT_SOUND:
        return 1;
    case VERDICT_UNKNOWN:
        return 2;
    case VERDICT_BROKEN:
        return 3;
    }
    return 2;
}

Verdict verdict_worse(Verdict a, Verdict b)
{
    return severity(b) > severity(a) ? b : a;
}

Verdict report_overall(const PathReportList *paths)
{
    Verdict worst = VERDICT_NOTHING_TO_VERIFY;

    for (size_t i = 0; i < paths->len; i++)
        worst = verdict_worse(worst, paths->items[i].verdict);
    return worst;
}

void image_facts_clear(ImageFacts *facts)
{
    free(facts->tag);
    free(facts->image);
    free(facts->digest);
    free(facts->id);
    *facts = (ImageFacts){0};
}

void image_facts_copy(const ImageFacts *from, ImageFacts *ret_to)
{
    *ret_to = (ImageFacts){
        .tag = xstrdup_null(from->tag),
        .image = xstrdup_null(from->image),
        .digest = xstrdup_null(from->digest),
        .id = xstrdup_null(from->id),
    };
}

void step_clear(Step *step)
{
    free(step->name);
    free(step->image);
    str_list_clear(&step->command);
    free(step->log_tail);
    free(step->reason);
    *step = (Step){0};
}

static void check_results_clear(CheckResultList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].id);
        free(list->items[i].reason);
    }
    free(list->items);
    *list = (CheckResultList){0};
}

static void skipped_tables_clear(SkippedTableList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].table);
        free(list->items[i].reason);
    }
    free(list->items);
    *list = (SkippedTableList){0};
}

static void image_changes_clear(ImageChangeList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].what);
        free(list->items[i].name);
        free(list->items[i].before);
        free(list->items[i].after);
    }
    free(list->items);
    *list = (ImageChangeList){0};
}

static void new_migrations_clear(NewMigrationList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].name);
        free(list->items[i].path);
        free(list->items[i].sql);
    }
    free(list->items);
    *list = (NewMigrationList){0};
}

static void lock_report_clear(LockReport *locks)
{
    for (size_t i = 0; i < locks->statements.len; i++) {
        free(locks->statements.items[i].sql);
        free(locks->statements.items[i].migration);
    }
    for (size_t i = 0; i < locks->spans.len; i++) {
        free(locks->spans.items[i].table);
        free(locks->spans.items[i].mode);
    }
    free(locks->statements.items);
    free(locks->spans.items);
    *locks = (LockReport){0};
}

void path_report_clear(PathReport *path)
{
    free(path->id);
    image_facts_clear(&path->from);
    str_list_clear(&path->through);
    free(path->database);
    free(path->verdict_reason);
    for (size_t i = 0; i < path->steps.len; i++)
        step_clear(&path->steps.items[i]);
    free(path->steps.items);
    check_results_clear(&path->checks);
    finding_list_clear(&path->findings);
    str_list_clear(&path->schema_added);
    str_list_clear(&path->schema_removed);
    str_list_clear(&path->schema_changed);
    str_list_clear(&path->migrations_applied);
    str_list_clear(&path->migrations_pending);
    str_list_clear(&path->migrations_reworded);
    new_migrations_clear(&path->migrations_new);
    free(path->seed);
    skipped_tables_clear(&path->skipped);
    lock_report_clear(&path->locks);
    image_changes_clear(&path->image_changes);
    *path = (PathReport){0};
}

void report_clear(Report *report)
{
    free(report->tool_version);
    free(report->run_id);
    free(report->verdict_reason);
    image_facts_clear(&report->candidate);
    for (size_t i = 0; i < report->passed_over.len; i++) {
        free(report->passed_over.items[i].tag);
        free(report->passed_over.items[i].image);
        free(report->passed_over.items[i].reason);
    }
    free(report->passed_over.items);
    for (size_t i = 0; i < report->paths.len; i++)
        path_report_clear(&report->paths.items[i]);
    free(report->paths.items);
    str_list_clear(&report->warnings);
    free(report->error);
    *report = (Report){0};
}
