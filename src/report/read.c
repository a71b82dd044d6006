#include "base/clock.h"
#include "report/render.h"

/* A place in the file: the object, and how errors call it: "report.json.paths.0". */
typedef struct Place {
    const cJSON *object;
    const char *what;
} Place;

typedef Error *ReadOne(Place place, void *ret_item);

/* What the user gave us is at fault, not a peer. */
static Error *invalid(Error *err)
{
    if (err)
        err->code = ERR_INVALID;
    return err;
}

static bool is_absent(const cJSON *item)
{
    return !item || cJSON_IsNull(item);
}

static Error *read_text(Place place, const char *key, char **ret_text)
{
    return invalid(json_get_str(place.object, place.what, key, ret_text));
}

/* null and a key that is not there leave NULL. */
static Error *read_text_or_null(Place place, const char *key, char **ret_text)
{
    return is_absent(json_member(place.object, key)) ? NULL : read_text(place, key, ret_text);
}

static Error *read_number_or(Place place, const char *key, int64_t fallback, int64_t *ret_value)
{
    if (is_absent(json_member(place.object, key))) {
        *ret_value = fallback;
        return NULL;
    }
    return invalid(json_get_i64(place.object, place.what, key, ret_value));
}

/* null: not known, -1; absent: none. */
static Error *read_count(Place place, const char *key, int64_t *ret_count)
{
    return read_number_or(place, key, cJSON_IsNull(json_member(place.object, key)) ? -1 : 0,
                          ret_count);
}

static Error *wanted(Place place, const char *key, const char *type)
{
    return error_new(ERR_INVALID, 0, "%s.%s: wanted %s", place.what, key, type);
}

static Error *read_names(Place place, const char *key, StrList *ret_list)
{
    const cJSON *array = json_member(place.object, key);
    const cJSON *item;

    if (is_absent(array))
        return NULL;
    if (!cJSON_IsArray(array))
        return wanted(place, key, "a list");
    cJSON_ArrayForEach(item, array)
    {
        if (!cJSON_IsString(item))
            return wanted(place, key, "a list of texts");
        str_list_add(ret_list, item->valuestring);
    }
    return NULL;
}

/* A name of one of the model's enumerations. */
#define READ_NAME(place, key, parse, choices, slot)                                                \
    do {                                                                                           \
        AUTO(str) char *name_ = NULL;                                                              \
                                                                                                   \
        TRY(read_text(place, key, &name_));                                                        \
        if (!parse(name_, slot))                                                                   \
            return error_new(ERR_INVALID, 0, "%s.%s: wanted %s, got '%s'", (place).what, key,      \
                             choices, name_);                                                      \
    } while (0)

/* Every object of an array, which may be absent; push appends an empty item and returns it. */
static Error *read_objects(Place place, const char *key, void *list, void *(*push)(void *list),
                           ReadOne *read_one)
{
    const cJSON *array = json_member(place.object, key);
    const cJSON *item;
    size_t index = 0;

    if (is_absent(array))
        return NULL;
    if (!cJSON_IsArray(array))
        return wanted(place, key, "a list");
    cJSON_ArrayForEach(item, array)
    {
        AUTO(str) char *what = xasprintf("%s.%s.%zu", place.what, key, index++);

        if (!cJSON_IsObject(item))
            return error_new(ERR_INVALID, 0, "%s: wanted an object", what);
        TRY(read_one((Place){item, what}, push(list)));
    }
    return NULL;
}

#define DEFINE_PUSH(name, List, Item)                                                              \
    static void *name(void *list)                                                                  \
    {                                                                                              \
        List *items = list;                                                                        \
                                                                                                   \
        LIST_PUSH(items, (Item){0});                                                               \
        return &items->items[items->len - 1];                                                      \
    }

DEFINE_PUSH(push_step, StepList, Step)
DEFINE_PUSH(push_check, CheckResultList, CheckResult)
DEFINE_PUSH(push_finding, FindingList, Finding)
DEFINE_PUSH(push_new_migration, NewMigrationList, NewMigration)
DEFINE_PUSH(push_locked_statement, LockedStatementList, LockedStatement)
DEFINE_PUSH(push_lock_span, LockSpanList, LockSpan)
DEFINE_PUSH(push_skipped, SkippedTableList, SkippedTable)
DEFINE_PUSH(push_change, ImageChangeList, ImageChange)
DEFINE_PUSH(push_passed_over, PassedOverList, PassedOver)
DEFINE_PUSH(push_path, PathReportList, PathReport)

/* An object member that may be absent: object is NULL then, and its keys read as absent. */
static Error *enter(Place place, const char *key, const char *what, Place *ret_inner)
{
    const cJSON *object = json_member(place.object, key);

    if (!is_absent(object) && !cJSON_IsObject(object))
        return wanted(place, key, "an object");
    *ret_inner = (Place){is_absent(object) ? NULL : object, what};
    return NULL;
}

static Error *read_facts(Place place, const char *key, ImageFacts *ret_facts)
{
    AUTO(str) char *what = xasprintf("%s.%s", place.what, key);
    Place inner = {0};

    TRY(enter(place, key, what, &inner));
    TRY(read_text_or_null(inner, "tag", &ret_facts->tag));
    TRY(read_text_or_null(inner, "image", &ret_facts->image));
    return read_text_or_null(inner, "digest", &ret_facts->digest);
}

static Error *read_step(Place place, void *item)
{
    Step *step = item;
    int64_t exit_code = -1;

    TRY(read_text(place, "name", &step->name));
    TRY(read_text_or_null(place, "image", &step->image));
    TRY(read_names(place, "command", &step->command));
    TRY(read_number_or(place, "started_ms", 0, &step->started_ms));
    TRY(read_number_or(place, "duration_ms", 0, &step->duration_ms));
    TRY(read_number_or(place, "exit_code", -1, &exit_code));
    if (exit_code < -1 || exit_code > 255)
        return wanted(place, "exit_code", "a number from 0 to 255, or null");
    step->exit_code = (int)exit_code;
    READ_NAME(place, "outcome", outcome_parse, "an outcome", &step->outcome);
    TRY(read_text_or_null(place, "log_tail", &step->log_tail));
    if (!is_absent(json_member(place.object, "end")))
        READ_NAME(place, "end", step_end_parse, "the end of a step", &step->end);
    return read_text_or_null(place, "reason", &step->reason);
}

static Error *read_check(Place place, void *item)
{
    CheckResult *result = item;

    TRY(read_text(place, "id", &result->id));
    READ_NAME(place, "level", level_parse, "error, warn or off", &result->level);
    READ_NAME(place, "outcome", outcome_parse, "an outcome", &result->outcome);
    TRY(read_number_or(place, "duration_ms", 0, &result->duration_ms));
    return read_text_or_null(place, "reason", &result->reason);
}

static Error *read_finding(Place place, void *item)
{
    Finding *finding = item;
    AUTO(str) char *what = xasprintf("%s.allowed", place.what);
    Place allowed = {0};

    TRY(read_text(place, "check", &finding->check));
    READ_NAME(place, "level", level_parse, "error, warn or off", &finding->level);
    TRY(read_text(place, "title", &finding->title));
    TRY(read_text_or_null(place, "detail", &finding->detail));
    TRY(read_text_or_null(place, "release", &finding->release));
    TRY(read_text_or_null(place, "table", &finding->table));
    TRY(read_text_or_null(place, "column", &finding->column));
    TRY(read_text_or_null(place, "migration", &finding->migration));
    TRY(read_text_or_null(place, "hint", &finding->hint));
    TRY(enter(place, "allowed", what, &allowed));
    return allowed.object ? read_text(allowed, "reason", &finding->allowed_reason) : NULL;
}

static Error *read_skipped(Place place, void *item)
{
    SkippedTable *skipped = item;

    TRY(read_text(place, "table", &skipped->table));
    return read_text_or_null(place, "reason", &skipped->reason);
}

static Error *read_change(Place place, void *item)
{
    ImageChange *change = item;

    TRY(read_text(place, "what", &change->what));
    TRY(read_text_or_null(place, "name", &change->name));
    TRY(read_text_or_null(place, "before", &change->before));
    return read_text_or_null(place, "after", &change->after);
}

static Error *read_image(Place place, PathReport *path)
{
    AUTO(str) char *what = xasprintf("%s.image", place.what);
    Place image = {0};

    TRY(enter(place, "image", what, &image));
    return read_objects(image, "changed", &path->image_changes, push_change, read_change);
}

static Error *read_new_migration(Place place, void *item)
{
    NewMigration *migration = item;

    TRY(read_text_or_null(place, "name", &migration->name));
    TRY(read_text_or_null(place, "path", &migration->path));
    TRY(read_text_or_null(place, "sql", &migration->sql));
    migration->truncated = cJSON_IsTrue(json_member(place.object, "truncated"));
    return read_number_or(place, "lines", 0, &migration->lines);
}

static Error *read_locked_statement(Place place, void *item)
{
    LockedStatement *statement = item;

    TRY(read_text(place, "sql", &statement->sql));
    return read_text_or_null(place, "migration", &statement->migration);
}

static Error *read_lock_span(Place place, void *item)
{
    LockSpan *span = item;

    TRY(read_text(place, "table", &span->table));
    TRY(read_text(place, "mode", &span->mode));
    TRY(read_number_or(place, "from", 0, &span->from));
    TRY(read_number_or(place, "to", 0, &span->to));
    span->reads = cJSON_IsTrue(json_member(place.object, "reads"));
    span->rewrites = cJSON_IsTrue(json_member(place.object, "rewrites"));
    return NULL;
}

static Error *read_locks(Place place, LockReport *locks)
{
    AUTO(str) char *what = xasprintf("%s.locks", place.what);
    Place inner = {0};

    TRY(enter(place, "locks", what, &inner));
    TRY(read_objects(inner, "statements", &locks->statements, push_locked_statement,
                     read_locked_statement));
    TRY(read_objects(inner, "held", &locks->spans, push_lock_span, read_lock_span));
    locks->truncated = inner.object && cJSON_IsTrue(json_member(inner.object, "truncated"));
    for (size_t i = 0; i < locks->spans.len; i++) {
        const LockSpan *span = &locks->spans.items[i];

        if (span->from < 0 || span->to < span->from || (uint64_t)span->to >= locks->statements.len)
            return error_new(ERR_INVALID, 0,
                             "%s.held.%zu: wanted places in its %zu statements, got %lld to %lld",
                             what, i, locks->statements.len, (long long)span->from,
                             (long long)span->to);
    }
    return NULL;
}

static Error *read_path_parts(Place place, PathReport *path)
{
    AUTO(str) char *schema_what = xasprintf("%s.schema", place.what);
    AUTO(str) char *migrations_what = xasprintf("%s.migrations", place.what);
    AUTO(str) char *data_what = xasprintf("%s.data", place.what);
    Place schema = {0}, migrations = {0}, data = {0};

    TRY(enter(place, "schema", schema_what, &schema));
    TRY(read_names(schema, "added", &path->schema_added));
    TRY(read_names(schema, "removed", &path->schema_removed));
    TRY(read_names(schema, "changed", &path->schema_changed));
    TRY(enter(place, "migrations", migrations_what, &migrations));
    TRY(read_names(migrations, "applied", &path->migrations_applied));
    TRY(read_names(migrations, "pending", &path->migrations_pending));
    TRY(read_names(migrations, "reworded", &path->migrations_reworded));
    TRY(read_objects(migrations, "new", &path->migrations_new, push_new_migration,
                     read_new_migration));
    TRY(enter(place, "data", data_what, &data));
    TRY(read_count(data, "tables", &path->tables));
    TRY(read_count(data, "tables_with_rows", &path->tables_with_rows));
    TRY(read_count(data, "rows", &path->rows));
    TRY(read_count(data, "rows_made", &path->rows_made));
    TRY(read_text_or_null(data, "seed", &path->seed));
    return read_objects(data, "skipped", &path->skipped, push_skipped, read_skipped);
}

static Error *read_path(Place place, void *item)
{
    PathReport *path = item;

    TRY(read_text(place, "id", &path->id));
    TRY(read_facts(place, "from", &path->from));
    TRY(read_text_or_null(place, "database", &path->database));
    READ_NAME(place, "verdict", verdict_parse, "sound, broken, nothing-to-verify or unknown",
              &path->verdict);
    TRY(read_objects(place, "steps", &path->steps, push_step, read_step));
    TRY(read_objects(place, "checks", &path->checks, push_check, read_check));
    TRY(read_objects(place, "findings", &path->findings, push_finding, read_finding));
    TRY(read_path_parts(place, path));
    TRY(read_image(place, path));
    TRY(read_locks(place, &path->locks));
    TRY(read_names(place, "through", &path->through));
    return read_text_or_null(place, "verdict_reason", &path->verdict_reason);
}

static Error *read_passed_over(Place place, void *item)
{
    PassedOver *over = item;

    TRY(read_text(place, "tag", &over->tag));
    TRY(read_text_or_null(place, "image", &over->image));
    return read_text_or_null(place, "reason", &over->reason);
}

static Error *read_head(Place place, Report *report)
{
    AUTO(str) char *tool_what = xasprintf("%s.tool", place.what);
    AUTO(str) char *run_what = xasprintf("%s.run", place.what);
    AUTO(str) char *started = NULL;
    Place tool = {0}, run = {0};

    TRY(enter(place, "tool", tool_what, &tool));
    TRY(read_text_or_null(tool, "version", &report->tool_version));
    TRY(enter(place, "run", run_what, &run));
    TRY(read_text_or_null(run, "id", &report->run_id));
    TRY(read_text_or_null(run, "started_at", &started));
    if (started) {
        report->started_wall_ms = clock_parse_iso_ms(started);
        if (report->started_wall_ms < 0)
            return error_new(ERR_INVALID, 0, "%s.started_at: wanted a time, got '%s'", run.what,
                             started);
    }
    return read_number_or(run, "duration_ms", 0, &report->duration_ms);
}

static Error *check_format(Place place)
{
    int64_t format = 0;

    TRY(invalid(json_get_i64(place.object, place.what, "format", &format)));
    if (format > REPORT_FORMAT)
        return error_new(
            ERR_INVALID, 0,
            "%s: written in format %lld, and this seatrial reads up to %d: use a newer "
            "one",
            place.what, (long long)format, REPORT_FORMAT);
    if (format < 1)
        return wanted(place, "format", "1");
    return NULL;
}

Error *report_from_json(const cJSON *root, const char *what, Report *ret_report)
{
    AUTO(report) Report report = {0};
    Place place = {root, what};

    if (!cJSON_IsObject(root))
        return error_new(ERR_INVALID, 0, "%s: not a report: wanted an object", what);
    TRY(check_format(place));
    TRY(read_head(place, &report));
    READ_NAME(place, "verdict", verdict_parse, "sound, broken, nothing-to-verify or unknown",
              &report.verdict);
    TRY(read_facts(place, "candidate", &report.candidate));
    if (!cJSON_IsArray(json_member(root, "paths")))
        return wanted(place, "paths", "a list");
    TRY(read_objects(place, "paths", &report.paths, push_path, read_path));
    TRY(read_names(place, "warnings", &report.warnings));
    TRY(read_text_or_null(place, "verdict_reason", &report.verdict_reason));
    TRY(read_objects(place, "passed_over", &report.passed_over, push_passed_over,
                     read_passed_over));
    TRY(read_text_or_null(place, "error", &report.error));
    *ret_report = report;
    report = (Report){0};
    return NULL;
}
