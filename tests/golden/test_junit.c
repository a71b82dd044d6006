/* JUnit for real readers: the schema of Jenkins, the names and the size that GitLab wants. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "report/render.h"

#define SCHEMA     "fixtures/junit/jenkins-junit-10.xsd"
#define GITLAB_MAX (30U * 1000 * 1000)

static void read_report(const char *name, Report *ret_report)
{
    AUTO(str) char *path = xasprintf("tests/golden/%s.json", name);
    AUTO(str) char *text = NULL;
    AUTO(json) cJSON *root = NULL;
    size_t len = 0;
    Error *err = file_read(path, 1 << 20, &text, &len);

    if (!err)
        err = json_parse(text, len, name, &root);
    if (!err)
        err = report_from_json(root, name, ret_report);
    if (err)
        fail_msg("%s", err->msg);
}

static char *render(const Report *report)
{
    RenderOptions options = {0};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    report_format_find("junit")->render(report, &options, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

/* False where there is no xmllint. */
static bool validates(const char *text)
{
    const char *xmllint = getenv("XMLLINT");
    char name[] = "/tmp/seatrial-junit-XXXXXX";
    int fd = mkstemp(name);
    AUTO(str) char *command = NULL;
    FILE *file;
    int status;

    if (text_is_empty(xmllint))
        skip();
    assert_true(fd >= 0);
    file = fdopen(fd, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    command = xasprintf("'%s' --huge --noout --schema " SCHEMA " %s 2>/dev/null", xmllint, name);
    status = system(command); /* nothing in it is from outside */
    assert_int_equal(unlink(name), 0);
    return status == 0;
}

static void test_schema(void **state)
{
    static const char *const NAMES[] = {"sound",   "broken", "accepted", "unknown",
                                        "nothing", "engine", "several",  "memory",
                                        "hostile", "markup", "upgrade",  "hostile-nothing"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        AUTO(report) Report report = {0};
        AUTO(str) char *text = NULL;

        read_report(NAMES[i], &report);
        text = render(&report);
        if (!validates(text))
            fail_msg("%s is not valid", NAMES[i]);
    }
    assert_false(validates("<testsuites><testsuite/></testsuites>"));
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (text = strstr(text, part); text; text = strstr(text + 1, part))
        count++;
    return count;
}

static PathReport path_of(const char *id, const char *check, const char *detail)
{
    PathReport path = {.id = xstrdup(id), .verdict = VERDICT_BROKEN};
    Finding *finding = finding_list_add(&path.findings, check, LEVEL_ERROR);

    finding->title = xstrdup("title");
    finding->detail = xstrdup(detail);
    LIST_PUSH(
        &path.checks,
        ((CheckResult){.id = xstrdup(check), .level = LEVEL_ERROR, .outcome = OUTCOME_FAILED}));
    return path;
}

/* Every byte that a container may write. */
static void test_bytes(void **state)
{
    AUTO(report) Report report = {.verdict = VERDICT_BROKEN};
    AUTO(str) char *text = NULL;
    char bytes[256];

    (void)state;
    for (int i = 0; i < 255; i++)
        bytes[i] = (char)(i + 1);
    bytes[255] = '\0';
    LIST_PUSH(&report.paths, path_of(bytes, bytes, bytes));
    LIST_PUSH(&report.paths,
              path_of("\xef\xbf\xbe\xef\xbf\xbf\xed\xa0\x80", "]]>", "\x1b[31m\v\f"));
    text = render(&report);
    assert_true(validates(text));
    assert_non_null(strstr(text, "]]&gt;"));
}

/* The same id twice, and two that are the same once their dots are gone. */
static void test_names_are_unique(void **state)
{
    AUTO(report) Report report = {.verdict = VERDICT_BROKEN};
    AUTO(str) char *text = NULL;

    (void)state;
    LIST_PUSH(&report.paths, path_of("1.0 -> 2.0", "rerun", ""));
    LIST_PUSH(&report.paths, path_of("1_0 -> 2_0", "rerun", ""));
    LIST_PUSH(&report.paths, path_of("1.0 -> 2.0", "rerun", ""));
    text = render(&report);
    assert_int_equal(count_of(text, "classname=\"seatrial.1_0 -&gt; 2_0\" name=\"rerun\" "), 1);
    assert_int_equal(count_of(text, "classname=\"seatrial.1_0 -&gt; 2_0\" name=\"rerun (2)\" "), 1);
    assert_int_equal(count_of(text, "classname=\"seatrial.1_0 -&gt; 2_0\" name=\"rerun (3)\" "), 1);
}

/* All the same a whole document, that says what is missing. */
static void test_size(void **state)
{
    AUTO(report) Report report = {.verdict = VERDICT_BROKEN};
    AUTO(str) char *text = NULL;
    AUTO(str) char *detail = xcalloc((60 << 10) + 1, 1);

    (void)state;
    memset(detail, '&', 60 << 10);
    for (int i = 0; i < 120; i++) {
        AUTO(str) char *id = xasprintf("%d -> 999", i);

        LIST_PUSH(&report.paths, path_of(id, "rerun", detail));
    }
    text = render(&report);
    assert_true(strlen(text) < GITLAB_MAX);
    assert_true(strlen(text) > GITLAB_MAX / 2);
    assert_true(count_of(text, "left out: the file would be too large") > 10);
    assert_int_equal(count_of(text, "</failure>"), 120);
    assert_true(text_ends(text, "</testsuites>\n"));
}

/* A verdict that no check shows is a case of its own: nobody takes an empty file for success. */
static void test_verdicts(void **state)
{
    static const struct {
        Verdict verdict;
        const char *wanted;
    } ROWS[] = {
        {VERDICT_SOUND, "name=\"verdict\" time=\"0.000\">\n    </testcase>"},
        {VERDICT_BROKEN, "<failure type=\"broken\" message=\"broken: why\">"},
        {VERDICT_UNKNOWN, "<error type=\"unknown\" message=\"unknown: why\">"},
        {VERDICT_NOTHING_TO_VERIFY, "<skipped message=\"nothing-to-verify: why\"/>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(report) Report report = {.verdict = ROWS[i].verdict, .verdict_reason = xstrdup("why")};
        AUTO(str) char *text = render(&report);

        assert_non_null(strstr(text, ROWS[i].wanted));
        assert_int_equal(count_of(text, "<testcase "), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema),           cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_names_are_unique), cmocka_unit_test(test_size),
        cmocka_unit_test(test_verdicts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
