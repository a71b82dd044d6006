/* Renderings of recorded reports, compared byte for byte. UPDATE_GOLDEN=1 rewrites what is wanted.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "report/render.h"

typedef struct Golden {
    const char *report; /* tests/golden/<report>.json */
    const char *wanted; /* tests/golden/<wanted> */
    RenderOptions options;
    const char *format; /* NULL: console */
} Golden;

static const Golden GOLDENS[] = {
    {"sound", "sound.txt", {0}, NULL},
    {"sound", "sound-verbose.txt", {.verbose = true}, NULL},
    {"broken", "broken.txt", {0}, NULL},
    {"broken", "broken-color.txt", {.color = true, .width = 80}, NULL},
    {"accepted", "accepted.txt", {.width = 100}, NULL},
    {"accepted", "accepted-verbose.txt", {.verbose = true}, NULL},
    {"unknown", "unknown.txt", {.width = 100}, NULL},
    {"nothing", "nothing.txt", {0}, NULL},
    {"engine", "engine.txt", {0}, NULL},
    {"several", "several.txt", {.width = 100}, NULL},
    {"memory", "memory.txt", {0}, NULL},
    {"hostile", "hostile.txt", {.verbose = true}, NULL},
    {"hostile", "hostile-narrow.txt", {.width = 40}, NULL},
    {"hostile", "hostile-color.txt", {.color = true, .verbose = true, .width = 60}, NULL},
    {"hostile-nothing", "hostile-nothing.txt", {0}, NULL},
    {"several", "several-github.txt", {.log = CI_LOG_GITHUB}, NULL},
    {"broken", "broken-github.txt", {.log = CI_LOG_GITHUB, .verbose = true}, NULL},
    {"several", "several-gitlab.txt", {.log = CI_LOG_GITLAB, .verbose = true}, NULL},
    {"sound", "sound.md", {0}, "markdown"},
    {"broken", "broken.md", {0}, "markdown"},
    {"several", "several.md", {0}, "markdown"},
    {"accepted", "accepted.md", {0}, "markdown"},
    {"unknown", "unknown.md", {0}, "markdown"},
    {"nothing", "nothing.md", {0}, "markdown"},
    {"engine", "engine.md", {0}, "markdown"},
    {"hostile", "hostile.md", {0}, "markdown"},
    {"several", "several.md-limit", {.max_bytes = 3500}, "markdown"},
    {"upgrade", "upgrade.md", {0}, "markdown"},
    {"markup", "markup.md", {0}, "markdown"},
    {"upgrade", "upgrade.html", {0}, "html"},
    {"markup", "markup.html", {0}, "html"},
    {"hostile", "hostile.html", {0}, "html"},
    {"upgrade", "upgrade.xml", {0}, "junit"},
    {"several", "several.xml", {0}, "junit"},
    {"accepted", "accepted.xml", {0}, "junit"},
    {"nothing", "nothing.xml", {0}, "junit"},
    {"engine", "engine.xml", {0}, "junit"},
    {"hostile", "hostile.xml", {0}, "junit"},
    {"markup", "markup.xml", {0}, "junit"},
    {"upgrade", "upgrade.tap", {0}, "tap"},
    {"several", "several.tap", {0}, "tap"},
    {"nothing", "nothing.tap", {0}, "tap"},
    {"engine", "engine.tap", {0}, "tap"},
    {"hostile", "hostile.tap", {0}, "tap"},
    {"markup", "markup.tap", {0}, "tap"},
    {"markup", "markup.github", {0}, "github"},
    {"sound", "sound.github", {0}, "github"},
    {"broken", "broken.github", {0}, "github"},
    {"accepted", "accepted.github", {0}, "github"},
    {"several", "several.github", {0}, "github"},
    {"hostile", "hostile.github", {0}, "github"},
};

static void read_golden(const char *name, const char *extension, char **ret_text, size_t *ret_len)
{
    AUTO(str) char *path = xasprintf("tests/golden/%s%s", name, extension);
    AUTO(error) Error *err = file_read(path, 1 << 20, ret_text, ret_len);

    if (err)
        fail_msg("%s", err->msg);
}

static void read_report(const char *name, Report *ret_report)
{
    AUTO(str) char *text = NULL;
    AUTO(json) cJSON *root = NULL;
    size_t len = 0;
    Error *err;

    read_golden(name, ".json", &text, &len);
    err = json_parse(text, len, name, &root);
    if (!err)
        err = report_from_json(root, name, ret_report);
    if (err)
        fail_msg("%s", err->msg);
}

static char *render(const Report *report, const char *format, const RenderOptions *options)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    report_format_find(format)->render(report, options, out);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(strlen(text), len);
    return text;
}

static void update(const char *name, const char *text)
{
    AUTO(str) char *path = xasprintf("tests/golden/%s", name);
    FILE *out = fopen(path, "we");

    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static void test_goldens(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(GOLDENS); i++) {
        AUTO(report) Report report = {0};
        AUTO(str) char *got = NULL;
        AUTO(str) char *wanted = NULL;
        size_t len = 0;

        read_report(GOLDENS[i].report, &report);
        got =
            render(&report, GOLDENS[i].format ? GOLDENS[i].format : "console", &GOLDENS[i].options);
        if (getenv("UPDATE_GOLDEN")) {
            update(GOLDENS[i].wanted, got);
            continue;
        }
        read_golden(GOLDENS[i].wanted, "", &wanted, &len);
        assert_string_equal(got, wanted);
    }
}

/* A report that is harmless is written as it was read. */
static void test_json(void **state)
{
    static const char *const NAMES[] = {"sound",   "broken", "accepted", "unknown",
                                        "nothing", "engine", "several",  "memory"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        AUTO(report) Report report = {0};
        AUTO(str) char *got = NULL;
        AUTO(str) char *wanted = NULL;
        RenderOptions options = {0};
        size_t len = 0;

        read_report(NAMES[i], &report);
        got = render(&report, "json", &options);
        if (getenv("UPDATE_GOLDEN")) {
            AUTO(str) char *name = xasprintf("%s.json", NAMES[i]);

            update(name, got);
            continue;
        }
        read_golden(NAMES[i], ".json", &wanted, &len);
        assert_string_equal(got, wanted);
    }
}

/* No line may begin like a workflow command, whatever blanks a runner trims; no escape, no control
 * character but the colours that were asked for. */
static void assert_tame(const char *text, bool color)
{
    assert_null(strstr(text, "##["));
    assert_null(strstr(text, "##vso["));
    for (const char *at = text; *at; at++) {
        bool escape = color && *at == '\x1b' && at[1] == '[';

        if ((unsigned char)*at < 0x20 && *at != '\n' && *at != '\t' && !escape)
            fail_msg("control character %d at: %.60s", *at, at);
    }
    for (const char *line = text; *line;) {
        const char *at = line;

        for (;;) {
            if (*at == '\x1b') {
                at += strcspn(at, "m");
                at += *at == 'm';
            } else if (*at == ' ' || *at == '\t' || (unsigned char)*at >= 0x80) {
                at++;
            } else {
                break;
            }
        }
        if (text_starts(at, "::"))
            fail_msg("a command: %.60s", line);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
}

static void test_hostile(void **state)
{
    static const char *const NAMES[] = {"hostile", "hostile-nothing"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        AUTO(report) Report report = {0};

        read_report(NAMES[i], &report);
        for (int width = 0; width <= 120; width++) {
            RenderOptions options = {.width = width, .verbose = width % 2, .color = width % 3 == 0};
            AUTO(str) char *console = render(&report, "console", &options);

            assert_tame(console, options.color);
            assert_true(options.color || !strchr(console, '\x1b'));
        }
    }
}

/* The same for every format, but for the one that is made of commands. */
static void test_hostile_formats(void **state)
{
    static const char *const NAMES[] = {"hostile", "hostile-nothing", "markup"};
    size_t count;
    const ReportFormat *table = report_format_table(&count);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        AUTO(report) Report report = {0};

        read_report(NAMES[i], &report);
        for (size_t k = 0; k < count; k++) {
            RenderOptions options = {.verbose = true};
            AUTO(str) char *text = render(&report, table[k].name, &options);

            if (!text_eq(table[k].name, "github"))
                assert_tame(text, false);
        }
    }
}

/* What the first three lines of a red build's log say. */
static void test_head(void **state)
{
    AUTO(report) Report report = {0};
    AUTO(str) char *text = NULL;
    RenderOptions options = {0};

    (void)state;
    read_report("broken", &report);
    text = render(&report, "console", &options);
    assert_true(text_starts(
        text, "BROKEN  6 -> 7  at migration 007_require_body, table notes, column body\n"
              "  new-migrate: migration 007_require_body fails: NOT NULL constraint failed: "
              "notes_new.body\n"
              "  next: rows of the old release have no value there: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goldens), cmocka_unit_test(test_json),
        cmocka_unit_test(test_hostile), cmocka_unit_test(test_hostile_formats),
        cmocka_unit_test(test_head),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
