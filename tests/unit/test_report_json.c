#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/secret.h"
#include "report/render.h"
#include "report/safe.h"

/* A report with something in every field; `text` is part of every text. */
static void fill_path(PathReport *path, const char *text)
{
    Step step = {
        .name = xasprintf("step %s", text),
        .image = xasprintf("image %s", text),
        .started_ms = 12,
        .duration_ms = 3400000000000,
        .exit_code = 3,
        .end = STEP_KILLED,
        .outcome = OUTCOME_FAILED,
        .log_tail = xasprintf("log %s\n\ttail", text),
        .reason = xasprintf("reason %s", text),
    };
    Finding *finding;

    path->id = xasprintf("6 -> 7 %s", text);
    path->from = (ImageFacts){xasprintf("6 %s", text), xasprintf("notes:6 %s", text),
                              xasprintf("sha256:66 %s", text), NULL};
    str_list_addf(&path->through, "6.5 %s", text);
    path->database = xasprintf("sqlite /app/data/app.db %s", text);
    path->verdict = VERDICT_BROKEN;
    path->verdict_reason = xasprintf("verdict %s", text);
    str_list_addf(&step.command, "word %s", text);
    LIST_PUSH(&path->steps, step);
    LIST_PUSH(&path->steps, ((Step){.name = xasprintf("rerun %s", text),
                                    .exit_code = -1,
                                    .end = STEP_NOT_STARTED,
                                    .outcome = OUTCOME_ERROR}));
    LIST_PUSH(&path->checks, ((CheckResult){xasprintf("check %s", text), LEVEL_WARN,
                                            OUTCOME_SKIPPED, 5, xasprintf("skip %s", text)}));
    finding = finding_list_add(&path->findings, "rerun", LEVEL_ERROR);
    free(finding->check);
    finding->check = xasprintf("rerun %s", text);
    finding->title = xasprintf("title %s", text);
    finding->detail = xasprintf("detail\n%s", text);
    finding->release = xasprintf("release %s", text);
    finding->table = xasprintf("table %s", text);
    finding->column = xasprintf("column %s", text);
    finding->migration = xasprintf("migration %s", text);
    finding->hint = xasprintf("hint %s", text);
    finding->allowed_reason = xasprintf("allowed %s", text);
    str_list_addf(&path->schema_added, "added %s", text);
    str_list_addf(&path->schema_removed, "removed %s", text);
    str_list_addf(&path->schema_changed, "changed %s", text);
    str_list_addf(&path->migrations_applied, "applied %s", text);
    str_list_addf(&path->migrations_pending, "pending %s", text);
    str_list_addf(&path->migrations_reworded, "reworded %s", text);
    LIST_PUSH(&path->migrations_new,
              ((NewMigration){xasprintf("new %s", text), xasprintf("/app/003.sql %s", text),
                              xasprintf("CREATE TABLE\n%s", text), 40, true}));
    path->tables = 4;
    path->tables_with_rows = 3;
    path->rows = 999999999999999;
    LIST_PUSH(&path->locks.statements,
              ((LockedStatement){xasprintf("ALTER TABLE %s", text), xasprintf("003 %s", text)}));
    LIST_PUSH(&path->locks.spans, ((LockSpan){.table = xasprintf("books %s", text),
                                              .mode = xasprintf("SHARE %s", text),
                                              .rewrites = true}));
    path->locks.truncated = true;
    LIST_PUSH(&path->skipped,
              ((SkippedTable){xasprintf("audit %s", text), xasprintf("why %s", text)}));
    LIST_PUSH(&path->image_changes,
              ((ImageChange){xasprintf("environment %s", text), xasprintf("NAME %s", text),
                             xasprintf("before %s", text), xasprintf("after %s", text)}));
}

#define TEXTS 53 /* that fill_report makes, all with `text` in them */

static void fill_report(Report *report, const char *text)
{
    PathReport path = {0};

    *report = (Report){
        .tool_version = xasprintf("0.1.0 %s", text),
        .run_id = xasprintf("run %s", text),
        .started_wall_ms = 1785585600000,
        .duration_ms = 12345,
        .verdict = VERDICT_BROKEN,
        .verdict_reason = xasprintf("because %s", text),
        .candidate = {xasprintf("7 %s", text), xasprintf("notes:7 %s", text), NULL, NULL},
        .error = xasprintf("error %s", text),
    };
    fill_path(&path, text);
    LIST_PUSH(&report->paths, path);
    str_list_addf(&report->warnings, "warning %s", text);
    passed_over_add(&report->passed_over, text, text, text);
}

static char *json_of(const Report *report)
{
    AUTO(json) cJSON *root = report_to_json(report);

    return json_print(root, false);
}

static void test_round_trip(void **state)
{
    static const char *const TEXTS_TRIED[] = {
        "plain",
        "quote \" backslash \\ slash / <tag> & 'x' caf\xc3\xa9",
        "::error::x ##[error]y ##vso[task] %0A \x1b[31m\x07\x7f\xff\xfe\xe2\x80\xae",
        "",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(TEXTS_TRIED); i++) {
        AUTO(report) Report report = {0};
        AUTO(report) Report again = {0};
        AUTO(json) cJSON *root = NULL;
        AUTO(json_text) char *first = NULL;
        AUTO(json_text) char *second = NULL;
        AUTO(error) Error *err = NULL;

        fill_report(&report, TEXTS_TRIED[i]);
        first = json_of(&report);
        err = json_parse(first, strlen(first), "report.json", &root);
        assert_null(err);
        err = report_from_json(root, "report.json", &again);
        if (err)
            fail_msg("%s", err->msg);
        second = json_of(&again);
        assert_string_equal(first, second);
        assert_int_equal(again.paths.items[0].rows, 999999999999999);
        assert_int_equal(again.paths.items[0].steps.items[1].exit_code, -1);
        assert_int_equal(again.started_wall_ms, 1785585600000);
        assert_int_equal(again.paths.items[0].migrations_new.items[0].lines, 40);
        assert_true(again.paths.items[0].migrations_new.items[0].truncated);
        assert_true(again.paths.items[0].locks.truncated);
        assert_true(again.paths.items[0].locks.spans.items[0].rewrites);
    }
}

static void test_keys(void **state)
{
    AUTO(report) Report report = {.verdict = VERDICT_NOTHING_TO_VERIFY};
    AUTO(json_text) char *text = NULL;

    (void)state;
    report.candidate.tag = xstrdup("7");
    text = json_of(&report);
    assert_string_equal(
        text,
        "{\"format\":1,\"tool\":{\"name\":\"seatrial\",\"version\":null},\"run\":{\"id\":null,"
        "\"started_at\":\"1970-01-01T00:00:00Z\",\"duration_ms\":0},\"verdict\":"
        "\"nothing-to-verify\",\"candidate\":{\"tag\":\"7\",\"image\":null,\"digest\":null},"
        "\"paths\":[],\"warnings\":[],\"verdict_reason\":null,\"passed_over\":[],\"error\":null}");
}

static void assert_order(const cJSON *object, const char *const *keys, size_t count)
{
    const cJSON *item = object->child;

    for (size_t i = 0; i < count; i++, item = item->next) {
        assert_non_null(item);
        assert_string_equal(item->string, keys[i]);
    }
}

/* The contract's keys, in its order. */
static void test_key_order(void **state)
{
    static const char *const ROOT[] = {"format",    "tool",  "run",     "verdict",
                                       "candidate", "paths", "warnings"};
    static const char *const PATH[] = {"id",     "from",     "database", "verdict",    "steps",
                                       "checks", "findings", "schema",   "migrations", "data"};
    static const char *const STEP[] = {"name",        "image",     "command", "started_ms",
                                       "duration_ms", "exit_code", "outcome", "log_tail"};
    static const char *const CHECK[] = {"id", "level", "outcome", "duration_ms", "reason"};
    static const char *const FINDING[] = {"check", "level",  "title",     "detail", "release",
                                          "table", "column", "migration", "hint",   "allowed"};
    static const char *const DATA[] = {"tables", "tables_with_rows", "rows", "skipped"};
    AUTO(report) Report report = {0};
    AUTO(json) cJSON *root = NULL;

    (void)state;
    fill_report(&report, "x");
    root = report_to_json(&report);
    assert_order(root, ROOT, COUNT_OF(ROOT));
    assert_order(json_at(root, "paths.0"), PATH, COUNT_OF(PATH));
    assert_order(json_at(root, "paths.0.steps.0"), STEP, COUNT_OF(STEP));
    assert_order(json_at(root, "paths.0.checks.0"), CHECK, COUNT_OF(CHECK));
    assert_order(json_at(root, "paths.0.findings.0"), FINDING, COUNT_OF(FINDING));
    assert_order(json_at(root, "paths.0.data"), DATA, COUNT_OF(DATA));
    assert_true(cJSON_IsNull(json_at(root, "candidate.digest")));
    assert_true(cJSON_IsNull(json_at(root, "paths.0.steps.1.exit_code")));
    assert_string_equal(json_str_or(root, "paths.0.findings.0.allowed.reason", ""), "allowed x");
}

static size_t count_of(const char *text, const char *part)
{
    size_t len = strlen(text), skip = strlen(part), count = 0;

    for (size_t i = 0; i + skip <= len; i++)
        count += strncmp(text + i, part, skip) == 0;
    return count;
}

static char *console_of(const Report *report, bool verbose)
{
    RenderOptions options = {.verbose = verbose};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    render_console(report, &options, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void test_secrets(void **state)
{
    AUTO(report) Report plain = {0};
    AUTO(report) Report report = {0};
    AUTO(json_text) char *plain_json = NULL;
    AUTO(json_text) char *json = NULL;
    AUTO(str) char *console = NULL;

    (void)state;
    fill_report(&plain, "s3cret-value");
    plain_json = json_of(&plain);
    assert_int_equal(count_of(plain_json, "s3cret-value"), TEXTS);
    secret_add("s3cret-value");
    /* divided by an escape sequence, it is whole again once that is gone */
    fill_report(&report, "s3cret\x1b[0m-value");
    json = json_of(&report);
    console = console_of(&report, true);
    secret_clear();
    assert_null(strstr(json, "s3cret"));
    assert_int_equal(count_of(json, "***"), TEXTS);
    assert_null(strstr(console, "s3cret"));
    assert_true(count_of(console, "***") > 20);
}

static void test_safe(void **state)
{
    static const struct {
        const char *text, *safe, *line;
    } ROWS[] = {
        {"a\nb\tc", "a\nb\tc", "a b c"},
        {"x ##[error]y", "x ## [error]y", "x ## [error]y"},
        {"###[group]", "### [group]", "### [group]"},
        {"##vso[task.x]", "## vso[task.x]", "## vso[task.x]"},
        {"##teamcity[x]", "## teamcity[x]", "## teamcity[x]"},
        {"##\x1b[0m[error]", "## [error]", "## [error]"},
        {"## heading", "## heading", "## heading"},
        {"\x1b[2Jred\r\n", "red\n", "red "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *safe = safe_text(ROWS[i].text);
        AUTO(str) char *line = safe_line(ROWS[i].text);
        AUTO(str) char *twice = safe_text(safe);

        assert_string_equal(safe, ROWS[i].safe);
        assert_string_equal(line, ROWS[i].line);
        assert_string_equal(twice, safe);
    }
    assert_null(safe_text(NULL));
    assert_null(safe_line(NULL));
}

#define HEAD  "{\"format\":1,\"verdict\":\"sound\",\"candidate\":{},"
#define PATH1 HEAD "\"paths\":[{\"id\":\"a\",\"verdict\":\"sound\""

static void test_wrong(void **state)
{
    static const struct {
        const char *json, *message;
    } ROWS[] = {
        {"[]", "r.json: not a report: wanted an object"},
        {"{}", "r.json.format: wanted a whole number, got nothing"},
        {"{\"format\":\"1\"}", "r.json.format: wanted a whole number, got text"},
        {"{\"format\":99}",
         "r.json: written in format 99, and this seatrial reads up to 1: use a newer one"},
        {"{\"format\":0}", "r.json.format: wanted 1"},
        {"{\"format\":1.5}", "r.json.format: wanted a whole number, got a number"},
        {"{\"format\":1}", "r.json.verdict: wanted text, got nothing"},
        {"{\"format\":1,\"verdict\":\"fine\"}",
         "r.json.verdict: wanted sound, broken, nothing-to-verify or unknown, got 'fine'"},
        {"{\"format\":1,\"tool\":[],\"verdict\":\"sound\"}", "r.json.tool: wanted an object"},
        {"{\"format\":1,\"run\":{\"duration_ms\":\"9\"}}",
         "r.json.run.duration_ms: wanted a whole number, got text"},
        {"{\"format\":1,\"run\":{\"started_at\":\"noon\"}}",
         "r.json.run.started_at: wanted a time, got 'noon'"},
        {"{\"format\":1,\"verdict\":\"sound\",\"candidate\":{\"tag\":7}}",
         "r.json.candidate.tag: wanted text, got a number"},
        {"{\"format\":1,\"verdict\":\"sound\"}", "r.json.paths: wanted a list"},
        {HEAD "\"paths\":{}}", "r.json.paths: wanted a list"},
        {HEAD "\"paths\":[3]}", "r.json.paths.0: wanted an object"},
        {HEAD "\"paths\":[{}]}", "r.json.paths.0.id: wanted text, got nothing"},
        {HEAD "\"paths\":[{\"id\":\"a\"}]}", "r.json.paths.0.verdict: wanted text, got nothing"},
        {HEAD "\"paths\":[],\"warnings\":\"x\"}", "r.json.warnings: wanted a list"},
        {HEAD "\"paths\":[],\"warnings\":[1]}", "r.json.warnings: wanted a list of texts"},
        {HEAD "\"paths\":[],\"error\":{}}", "r.json.error: wanted text, got an object"},
        {HEAD "\"paths\":[],\"passed_over\":[{}]}",
         "r.json.passed_over.0.tag: wanted text, got nothing"},
        {PATH1 ",\"steps\":[{\"name\":\"s\"}]}]}",
         "r.json.paths.0.steps.0.outcome: wanted text, got nothing"},
        {PATH1 ",\"steps\":[{\"name\":\"s\",\"outcome\":\"passed\",\"end\":\"x\"}]}]}",
         "r.json.paths.0.steps.0.end: wanted the end of a step, got 'x'"},
        {PATH1 ",\"steps\":[{\"name\":\"s\",\"exit_code\":256}]}]}",
         "r.json.paths.0.steps.0.exit_code: wanted a number from 0 to 255, or null"},
        {PATH1 ",\"checks\":[{\"id\":\"c\",\"level\":\"high\"}]}]}",
         "r.json.paths.0.checks.0.level: wanted error, warn or off, got 'high'"},
        {PATH1 ",\"findings\":[{},{}]}]}",
         "r.json.paths.0.findings.0.check: wanted text, got nothing"},
        {PATH1
         ",\"findings\":[{\"check\":\"c\",\"level\":\"warn\",\"title\":\"t\",\"allowed\":\"x\"}]"
         "}]}",
         "r.json.paths.0.findings.0.allowed: wanted an object"},
        {PATH1
         ",\"findings\":[{\"check\":\"c\",\"level\":\"warn\",\"title\":\"t\",\"allowed\":{}}]}]}",
         "r.json.paths.0.findings.0.allowed.reason: wanted text, got nothing"},
        {PATH1 ",\"schema\":{\"added\":\"x\"}}]}", "r.json.paths.0.schema.added: wanted a list"},
        {PATH1 ",\"image\":[]}]}", "r.json.paths.0.image: wanted an object"},
        {PATH1 ",\"image\":{\"changed\":[{}]}}]}",
         "r.json.paths.0.image.changed.0.what: wanted text, got nothing"},
        {PATH1 ",\"data\":{\"rows\":true}}]}",
         "r.json.paths.0.data.rows: wanted a whole number, got a boolean"},
        {PATH1 ",\"data\":{\"skipped\":[{}]}}]}",
         "r.json.paths.0.data.skipped.0.table: wanted text, got nothing"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(json) cJSON *root = NULL;
        AUTO(error) Error *err = json_parse(ROWS[i].json, strlen(ROWS[i].json), "r.json", &root);
        Report report = {.duration_ms = 77};

        assert_null(err);
        err = report_from_json(root, "r.json", &report);
        assert_non_null(err);
        assert_string_equal(err->msg, ROWS[i].message);
        assert_int_equal(err->code, ERR_INVALID);
        assert_int_equal(report.duration_ms, 77);
        assert_null(report.tool_version);
    }
}

/* What a reader of this format may leave out, or a later writer adds. */
static void test_tolerant(void **state)
{
    static const char TEXT[] = PATH1 ",\"new\":1,\"steps\":[{\"name\":\"s\",\"outcome\":\"passed\","
                                     "\"exit_code\":null}]}],\"later\":{}}";
    AUTO(json) cJSON *root = NULL;
    AUTO(report) Report report = {0};
    AUTO(error) Error *err = json_parse(TEXT, strlen(TEXT), "r.json", &root);

    (void)state;
    assert_null(err);
    err = report_from_json(root, "r.json", &report);
    assert_null(err);
    assert_int_equal(report.paths.len, 1);
    assert_int_equal(report.paths.items[0].steps.items[0].end, STEP_EXITED);
    assert_null(report.candidate.tag);
}

static Report shard(const char *candidate, const char *path, Verdict verdict, int64_t started_ms)
{
    Report report = {
        .tool_version = xstrdup("0.1.0"),
        .run_id = xasprintf("run of %s", path),
        .started_wall_ms = started_ms,
        .duration_ms = 1000,
        .verdict = verdict,
        .candidate = {.tag = xstrdup(candidate), .digest = xstrdup("sha256:7")},
    };

    LIST_PUSH(&report.paths, ((PathReport){.id = xstrdup(path), .verdict = verdict}));
    str_list_add(&report.warnings, "shared");
    str_list_addf(&report.warnings, "of %s", path);
    passed_over_add(&report.passed_over, "5", "notes:5", "no image");
    return report;
}

static void test_merge(void **state)
{
    Report shards[3] = {
        shard("7", "6 -> 7", VERDICT_SOUND, 5000),
        shard("7", "4 -> 7", VERDICT_UNKNOWN, 2000),
        shard("7", "6 -> 7", VERDICT_BROKEN, 9000),
    };
    AUTO(report) Report merged = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    shards[1].verdict_reason = xstrdup("nothing was tested");
    shards[1].error = xstrdup("the engine went away");
    err = report_merge(shards, 2, &merged);
    assert_null(err);
    assert_int_equal(merged.verdict, VERDICT_UNKNOWN);
    assert_string_equal(merged.verdict_reason, "nothing was tested");
    report_clear(&merged);
    err = report_merge(shards, 3, &merged);
    assert_null(err);
    assert_int_equal(merged.verdict, VERDICT_BROKEN);
    assert_null(merged.verdict_reason);
    assert_string_equal(merged.error, "the engine went away");
    assert_int_equal(merged.paths.len, 3);
    assert_string_equal(merged.paths.items[1].id, "4 -> 7");
    assert_string_equal(merged.paths.items[2].id, "6 -> 7 (2)");
    assert_int_equal(merged.warnings.len, 3);
    assert_int_equal(merged.passed_over.len, 1);
    assert_int_equal(merged.started_wall_ms, 2000);
    assert_int_equal(merged.duration_ms, 8000);
    for (size_t i = 0; i < 3; i++)
        report_clear(&shards[i]);
}

static void test_merge_errors(void **state)
{
    Report shards[2] = {
        shard("7", "6 -> 7", VERDICT_SOUND, 0),
        shard("8", "6 -> 8", VERDICT_SOUND, 0),
    };
    Report merged = {.duration_ms = 77};
    AUTO(error) Error *none = report_merge(shards, 0, &merged);
    AUTO(error) Error *tags = report_merge(shards, 2, &merged);
    AUTO(error) Error *digests = NULL;

    (void)state;
    assert_int_equal(none->code, ERR_INVALID);
    assert_string_equal(none->msg, "there is no report to merge");
    assert_string_equal(tags->msg, "the reports are of different candidates: 7 and 8");
    free(shards[1].candidate.tag);
    free(shards[1].candidate.digest);
    shards[1].candidate.tag = xstrdup("7");
    shards[1].candidate.digest = xstrdup("sha256:8");
    digests = report_merge(shards, 2, &merged);
    assert_int_equal(digests->code, ERR_INVALID);
    assert_string_equal(digests->msg,
                        "the reports are of different images of candidate 7: sha256:7 and "
                        "sha256:8");
    assert_int_equal(merged.duration_ms, 77);
    for (size_t i = 0; i < 2; i++)
        report_clear(&shards[i]);
}

static void test_merge_one(void **state)
{
    AUTO(report) Report report = {0};
    AUTO(report) Report merged = {0};
    AUTO(error) Error *err = NULL;
    AUTO(json_text) char *first = NULL;
    AUTO(json_text) char *second = NULL;

    (void)state;
    fill_report(&report, "x");
    err = report_merge(&report, 1, &merged);
    assert_null(err);
    first = json_of(&report);
    second = json_of(&merged);
    assert_string_equal(first, second);
}

/* --- files --- */

typedef struct Folder {
    char *path, *file;
} Folder;

static int make_folder(void **state)
{
    Folder *folder = xcalloc(1, sizeof *folder);

    folder->path = xstrdup("/tmp/seatrial-test-XXXXXX");
    if (!mkdtemp(folder->path))
        return -1;
    folder->file = xasprintf("%s/report.json", folder->path);
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    Folder *folder = *state;

    (void)unlink(folder->file); /* gone already in some tests */
    if (rmdir(folder->path) != 0)
        return -1; /* something was left behind */
    free(folder->path);
    free(folder->file);
    free(folder);
    return 0;
}

static void test_write(void **state)
{
    const Folder *folder = *state;
    AUTO(report) Report report = {0};
    AUTO(str) char *text = NULL;
    AUTO(json_text) char *wanted = NULL;
    AUTO(json) cJSON *root = NULL;
    RenderOptions options = {0};
    struct stat status;
    size_t len;

    fill_report(&report, "x");
    for (int i = 0; i < 2; i++) { /* made, then replaced */
        AUTO(error)
        Error *err = report_write(&report, report_format_find("json"), &options, folder->file);

        assert_null(err);
    }
    assert_int_equal(stat(folder->file, &status), 0);
    assert_true(status.st_mode & 0044); /* as open to others as the umask allows */
    assert_null(file_read(folder->file, 1 << 20, &text, &len));
    root = report_to_json(&report);
    wanted = json_print(root, true);
    assert_string_equal(text, wanted);
}

static void test_write_errors(void **state)
{
    const Folder *folder = *state;
    AUTO(report) Report report = {0};
    AUTO(str) char *missing = xasprintf("%s/no/report.json", folder->path);
    AUTO(str) char *message = NULL;
    RenderOptions options = {0};
    AUTO(error) Error *err = report_write(&report, report_format_find("json"), &options, missing);

    message = xasprintf("writing the report to %s: No such file or directory", missing);
    assert_int_equal(err->code, ERR_SYSTEM);
    assert_string_equal(err->msg, message);
    error_free(err);
    err = report_write(&report, report_format_find("json"), &options, folder->path);
    free(message);
    message = xasprintf("writing the report to %s: it is a folder", folder->path);
    assert_string_equal(err->msg, message);
}

/* A full disk, played by a limit on the size of files: the old report stays as it was, and nothing
 * lies beside it (remove_folder looks). */
static void test_write_full(void **state)
{
    const Folder *folder = *state;
    AUTO(report) Report report = {0};
    AUTO(str) char *message = NULL;
    AUTO(str) char *before = NULL;
    AUTO(str) char *after = NULL;
    RenderOptions options = {0};
    struct rlimit saved, small;
    size_t len;
    AUTO(error)
    Error *err = report_write(&report, report_format_find("json"), &options, folder->file);

    assert_null(err);
    assert_null(file_read(folder->file, 1 << 20, &before, &len));
    fill_report(&report, "x");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &saved), 0);
    small = (struct rlimit){.rlim_cur = 100, .rlim_max = saved.rlim_max};
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    err = report_write(&report, report_format_find("json"), &options, folder->file);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &saved), 0);
    message = xasprintf("writing the report to %s: File too large", folder->file);
    assert_non_null(err);
    assert_string_equal(err->msg, message);
    assert_int_equal(err->code, ERR_SYSTEM);
    assert_null(file_read(folder->file, 1 << 20, &after, &len));
    assert_string_equal(before, after);
}

/* Neither a pipe nor a link is replaced by a file. Nothing outside of the folder is written to: a
 * test that runs as root must not be able to harm /dev, whatever the program does. */
static void test_write_in_place(void **state)
{
    const Folder *folder = *state;
    AUTO(report) Report report = {0};
    AUTO(str) char *link = xasprintf("%s/link.json", folder->path);
    AUTO(str) char *pipe = xasprintf("%s/pipe", folder->path);
    AUTO(error) Error *err = NULL;
    RenderOptions options = {0};
    char bytes[16] = "";
    struct stat status;
    AUTO(fd) int fd = -1;

    assert_int_equal(mkfifo(pipe, 0600), 0);
    fd = open(pipe, O_RDWR | O_CLOEXEC | O_NONBLOCK); /* a reader, so that opening does not wait */
    assert_true(fd >= 0);
    err = report_write(&report, report_format_find("json"), &options, pipe);
    assert_null(err);
    assert_int_equal(lstat(pipe, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_int_equal(read(fd, bytes, 1), 1);
    assert_string_equal(bytes, "{");
    assert_int_equal(unlink(pipe), 0);
    err = report_write(&report, report_format_find("json"), &options, folder->file);
    assert_null(err);
    assert_int_equal(symlink(folder->file, link), 0);
    err = report_write(&report, report_format_find("console"), &options, link);
    assert_null(err);
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(unlink(link), 0);
}

static void test_formats(void **state)
{
    static const char *const WANTED[] = {"console", "json",     "junit", "tap",
                                         "html",    "markdown", "github"};
    size_t count;
    const ReportFormat *table = report_format_table(&count);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(WANTED); i++)
        assert_non_null(report_format_find(WANTED[i]));
    assert_int_equal(count, COUNT_OF(WANTED));
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(report_format_find(table[i].name), &table[i]);
        assert_true(strlen(table[i].extension) > 0 && strlen(table[i].what) > 0);
    }
    assert_null(report_format_find("yaml"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_key_order),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_safe),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_tolerant),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_merge_errors),
        cmocka_unit_test(test_merge_one),
        cmocka_unit_test_setup_teardown(test_write, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_write_errors, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_write_full, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_write_in_place, make_folder, remove_folder),
        cmocka_unit_test(test_formats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
