/* The copy of a report that renderings get. */

#include "report/render.h"
#include "report/safe.h"

static ImageFacts mask_facts(const ImageFacts *from)
{
    return (ImageFacts){
        .tag = safe_line(from->tag),
        .image = safe_line(from->image),
        .digest = safe_line(from->digest),
        .id = safe_line(from->id),
    };
}

static Step mask_step(const Step *from)
{
    Step step = {
        .name = safe_line(from->name),
        .image = safe_line(from->image),
        .started_ms = from->started_ms,
        .duration_ms = from->duration_ms,
        .exit_code = from->exit_code,
        .end = from->end,
        .outcome = from->outcome,
        .log_tail = safe_text(from->log_tail),
        .reason = safe_text(from->reason),
    };

    safe_list(&from->command, &step.command);
    return step;
}

static CheckResult mask_result(const CheckResult *from)
{
    return (CheckResult){
        .id = safe_line(from->id),
        .level = from->level,
        .outcome = from->outcome,
        .duration_ms = from->duration_ms,
        .reason = safe_line(from->reason),
    };
}

static Finding mask_finding(const Finding *from)
{
    return (Finding){
        .check = safe_line(from->check),
        .level = from->level,
        .title = safe_line(from->title),
        .detail = safe_text(from->detail),
        .release = safe_line(from->release),
        .table = safe_line(from->table),
        .column = safe_line(from->column),
        .migration = safe_line(from->migration),
        .hint = safe_line(from->hint),
        .allowed_reason = safe_line(from->allowed_reason),
    };
}

static ImageChange mask_change(const ImageChange *from)
{
    return (ImageChange){
        .what = safe_line(from->what),
        .name = safe_line(from->name),
        .before = safe_line(from->before),
        .after = safe_line(from->after),
    };
}

static NewMigration mask_new_migration(const NewMigration *from)
{
    return (NewMigration){
        .name = safe_line(from->name),
        .path = safe_line(from->path),
        .sql = safe_text(from->sql),
        .lines = from->lines,
        .truncated = from->truncated,
    };
}

static void mask_locks(const LockReport *from, LockReport *ret_to)
{
    for (size_t i = 0; i < from->statements.len; i++)
        LIST_PUSH(&ret_to->statements,
                  ((LockedStatement){safe_line(from->statements.items[i].sql),
                                     safe_line(from->statements.items[i].migration)}));
    for (size_t i = 0; i < from->spans.len; i++) {
        LockSpan span = from->spans.items[i];

        span.table = safe_line(span.table);
        span.mode = safe_line(span.mode);
        LIST_PUSH(&ret_to->spans, span);
    }
    ret_to->truncated = from->truncated;
}

static PathReport mask_path(const PathReport *from)
{
    PathReport path = {
        .id = safe_line(from->id),
        .from = mask_facts(&from->from),
        .database = safe_line(from->database),
        .verdict = from->verdict,
        .verdict_reason = safe_line(from->verdict_reason),
        .tables = from->tables,
        .tables_with_rows = from->tables_with_rows,
        .rows = from->rows,
        .rows_made = from->rows_made,
        .seed = safe_line(from->seed),
    };

    safe_list(&from->through, &path.through);
    for (size_t i = 0; i < from->steps.len; i++)
        LIST_PUSH(&path.steps, mask_step(&from->steps.items[i]));
    for (size_t i = 0; i < from->checks.len; i++)
        LIST_PUSH(&path.checks, mask_result(&from->checks.items[i]));
    for (size_t i = 0; i < from->findings.len; i++)
        LIST_PUSH(&path.findings, mask_finding(&from->findings.items[i]));
    safe_list(&from->schema_added, &path.schema_added);
    safe_list(&from->schema_removed, &path.schema_removed);
    safe_list(&from->schema_changed, &path.schema_changed);
    safe_list(&from->migrations_applied, &path.migrations_applied);
    safe_list(&from->migrations_pending, &path.migrations_pending);
    safe_list(&from->migrations_reworded, &path.migrations_reworded);
    for (size_t i = 0; i < from->migrations_new.len; i++)
        LIST_PUSH(&path.migrations_new, mask_new_migration(&from->migrations_new.items[i]));
    mask_locks(&from->locks, &path.locks);
    for (size_t i = 0; i < from->skipped.len; i++)
        LIST_PUSH(&path.skipped, ((SkippedTable){safe_line(from->skipped.items[i].table),
                                                 safe_line(from->skipped.items[i].reason)}));
    for (size_t i = 0; i < from->image_changes.len; i++)
        LIST_PUSH(&path.image_changes, mask_change(&from->image_changes.items[i]));
    return path;
}

void report_masked(const Report *report, Report *ret_masked)
{
    Report masked = {
        .tool_version = safe_line(report->tool_version),
        .run_id = safe_line(report->run_id),
        .started_wall_ms = report->started_wall_ms,
        .duration_ms = report->duration_ms,
        .verdict = report->verdict,
        .verdict_reason = safe_line(report->verdict_reason),
        .candidate = mask_facts(&report->candidate),
        .error = safe_line(report->error),
    };

    for (size_t i = 0; i < report->passed_over.len; i++) {
        const PassedOver *over = &report->passed_over.items[i];

        LIST_PUSH(&masked.passed_over, ((PassedOver){safe_line(over->tag), safe_line(over->image),
                                                     safe_line(over->reason)}));
    }
    for (size_t i = 0; i < report->paths.len; i++)
        LIST_PUSH(&masked.paths, mask_path(&report->paths.items[i]));
    safe_list(&report->warnings, &masked.warnings);
    *ret_masked = masked;
}
