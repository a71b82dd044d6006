#include "base/clock.h"
#include "report/render.h"

static cJSON *facts_json(const ImageFacts *facts)
{
    cJSON *object = json_object();

    json_set_str(object, "tag", facts->tag);
    json_set_str(object, "image", facts->image);
    json_set_str(object, "digest", facts->digest);
    return object;
}

static cJSON *step_json(const Step *step)
{
    cJSON *object = json_object();

    json_set_str(object, "name", step->name);
    json_set_str(object, "image", step->image);
    json_set_list(object, "command", &step->command);
    json_set_i64(object, "started_ms", step->started_ms);
    json_set_i64(object, "duration_ms", step->duration_ms);
    if (step->exit_code < 0)
        json_set(object, "exit_code", cJSON_CreateNull());
    else
        json_set_i64(object, "exit_code", step->exit_code);
    json_set_str(object, "outcome", outcome_name(step->outcome));
    json_set_str(object, "log_tail", step->log_tail);
    json_set_str(object, "end", step_end_name(step->end));
    json_set_str(object, "reason", step->reason);
    return object;
}

static cJSON *check_json(const CheckResult *result)
{
    cJSON *object = json_object();

    json_set_str(object, "id", result->id);
    json_set_str(object, "level", level_name(result->level));
    json_set_str(object, "outcome", outcome_name(result->outcome));
    json_set_i64(object, "duration_ms", result->duration_ms);
    json_set_str(object, "reason", result->reason);
    return object;
}

static cJSON *allowed_json(const char *reason)
{
    cJSON *object;

    if (!reason)
        return cJSON_CreateNull();
    object = json_object();
    json_set_str(object, "reason", reason);
    return object;
}

static cJSON *finding_json(const Finding *finding)
{
    cJSON *object = json_object();

    json_set_str(object, "check", finding->check);
    json_set_str(object, "level", level_name(finding->level));
    json_set_str(object, "title", finding->title);
    json_set_str(object, "detail", finding->detail);
    json_set_str(object, "release", finding->release);
    json_set_str(object, "table", finding->table);
    json_set_str(object, "column", finding->column);
    json_set_str(object, "migration", finding->migration);
    json_set_str(object, "hint", finding->hint);
    json_set(object, "allowed", allowed_json(finding->allowed_reason));
    return object;
}

static cJSON *schema_json(const PathReport *path)
{
    cJSON *object = json_object();

    json_set_list(object, "added", &path->schema_added);
    json_set_list(object, "removed", &path->schema_removed);
    json_set_list(object, "changed", &path->schema_changed);
    return object;
}

static cJSON *new_migration_json(const NewMigration *migration)
{
    cJSON *object = json_object();

    json_set_str(object, "name", migration->name);
    json_set_str(object, "path", migration->path);
    json_set_str(object, "sql", migration->sql);
    json_set_i64(object, "lines", migration->lines);
    json_set(object, "truncated", cJSON_CreateBool(migration->truncated));
    return object;
}

static cJSON *migrations_json(const PathReport *path)
{
    cJSON *object = json_object();
    cJSON *added = json_array();

    for (size_t i = 0; i < path->migrations_new.len; i++)
        json_push(added, new_migration_json(&path->migrations_new.items[i]));
    json_set_list(object, "applied", &path->migrations_applied);
    json_set_list(object, "pending", &path->migrations_pending);
    json_set_list(object, "reworded", &path->migrations_reworded);
    json_set(object, "new", added);
    return object;
}

/* null: not known. */
static void set_count(cJSON *object, const char *key, int64_t count)
{
    if (count < 0)
        json_set(object, key, cJSON_CreateNull());
    else
        json_set_i64(object, key, count);
}

static cJSON *data_json(const PathReport *path)
{
    cJSON *object = json_object();
    cJSON *skipped = json_array();

    set_count(object, "tables", path->tables);
    set_count(object, "tables_with_rows", path->tables_with_rows);
    set_count(object, "rows", path->rows);
    if (path->seed) {
        set_count(object, "rows_made", path->rows_made);
        json_set_str(object, "seed", path->seed); /* a double would not hold it */
    }
    for (size_t i = 0; i < path->skipped.len; i++) {
        cJSON *table = json_object();

        json_set_str(table, "table", path->skipped.items[i].table);
        json_set_str(table, "reason", path->skipped.items[i].reason);
        json_push(skipped, table);
    }
    json_set(object, "skipped", skipped);
    return object;
}

static cJSON *image_json(const PathReport *path)
{
    cJSON *object = json_object();
    cJSON *changed = json_array();

    for (size_t i = 0; i < path->image_changes.len; i++) {
        const ImageChange *change = &path->image_changes.items[i];
        cJSON *one = json_object();

        json_set_str(one, "what", change->what);
        json_set_str(one, "name", change->name);
        json_set_str(one, "before", change->before);
        json_set_str(one, "after", change->after);
        json_push(changed, one);
    }
    json_set(object, "changed", changed);
    return object;
}

static cJSON *locks_json(const LockReport *locks)
{
    cJSON *object = json_object();
    cJSON *statements = json_array(), *held = json_array();

    for (size_t i = 0; i < locks->statements.len; i++) {
        cJSON *one = json_object();

        json_set_str(one, "sql", locks->statements.items[i].sql);
        json_set_str(one, "migration", locks->statements.items[i].migration);
        json_push(statements, one);
    }
    for (size_t i = 0; i < locks->spans.len; i++) {
        const LockSpan *span = &locks->spans.items[i];
        cJSON *one = json_object();

        json_set_str(one, "table", span->table);
        json_set_str(one, "mode", span->mode);
        json_set_i64(one, "from", span->from);
        json_set_i64(one, "to", span->to);
        json_set(one, "reads", cJSON_CreateBool(span->reads));
        json_set(one, "rewrites", cJSON_CreateBool(span->rewrites));
        json_push(held, one);
    }
    json_set(object, "statements", statements);
    json_set(object, "held", held);
    json_set(object, "truncated", cJSON_CreateBool(locks->truncated));
    return object;
}

static cJSON *path_json(const PathReport *path)
{
    cJSON *object = json_object();
    cJSON *steps = json_array(), *checks = json_array(), *findings = json_array();

    for (size_t i = 0; i < path->steps.len; i++)
        json_push(steps, step_json(&path->steps.items[i]));
    for (size_t i = 0; i < path->checks.len; i++)
        json_push(checks, check_json(&path->checks.items[i]));
    for (size_t i = 0; i < path->findings.len; i++)
        json_push(findings, finding_json(&path->findings.items[i]));
    json_set_str(object, "id", path->id);
    json_set(object, "from", facts_json(&path->from));
    json_set_str(object, "database", path->database);
    json_set_str(object, "verdict", verdict_name(path->verdict));
    json_set(object, "steps", steps);
    json_set(object, "checks", checks);
    json_set(object, "findings", findings);
    json_set(object, "schema", schema_json(path));
    json_set(object, "migrations", migrations_json(path));
    json_set(object, "data", data_json(path));
    json_set_list(object, "through", &path->through);
    json_set_str(object, "verdict_reason", path->verdict_reason);
    json_set(object, "image", image_json(path));
    if (path->locks.spans.len > 0)
        json_set(object, "locks", locks_json(&path->locks));
    return object;
}

static cJSON *tool_json(const Report *report)
{
    cJSON *object = json_object();

    json_set_str(object, "name", "seatrial");
    json_set_str(object, "version", report->tool_version);
    return object;
}

static cJSON *run_json(const Report *report)
{
    AUTO(str) char *started = clock_format_iso(report->started_wall_ms);
    cJSON *object = json_object();

    json_set_str(object, "id", report->run_id);
    json_set_str(object, "started_at", started);
    json_set_i64(object, "duration_ms", report->duration_ms);
    return object;
}

static cJSON *passed_over_json(const PassedOverList *list)
{
    cJSON *array = json_array();

    for (size_t i = 0; i < list->len; i++) {
        cJSON *object = json_object();

        json_set_str(object, "tag", list->items[i].tag);
        json_set_str(object, "image", list->items[i].image);
        json_set_str(object, "reason", list->items[i].reason);
        json_push(array, object);
    }
    return array;
}

/* The order of the keys is the contract's; what the contract does not name comes behind. */
cJSON *report_to_json(const Report *report)
{
    AUTO(report) Report masked = {0};
    cJSON *root = json_object();
    cJSON *paths = json_array();

    report_masked(report, &masked);
    for (size_t i = 0; i < masked.paths.len; i++)
        json_push(paths, path_json(&masked.paths.items[i]));
    json_set_i64(root, "format", REPORT_FORMAT);
    json_set(root, "tool", tool_json(&masked));
    json_set(root, "run", run_json(&masked));
    json_set_str(root, "verdict", verdict_name(masked.verdict));
    json_set(root, "candidate", facts_json(&masked.candidate));
    json_set(root, "paths", paths);
    json_set_list(root, "warnings", &masked.warnings);
    json_set_str(root, "verdict_reason", masked.verdict_reason);
    json_set(root, "passed_over", passed_over_json(&masked.passed_over));
    json_set_str(root, "error", masked.error);
    return root;
}

void render_json(const Report *report, const RenderOptions *options, FILE *out)
{
    AUTO(json) cJSON *root = report_to_json(report);
    AUTO(json_text) char *text = json_print(root, true);

    (void)options;
    (void)fputs(text, out); /* the caller checks the stream */
}
