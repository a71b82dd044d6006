/* Escaping and limits of the renderings for people. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "report/github_command.h"
#include "report/markdown_text.h"
#include "report/markup.h"
#include "report/render.h"

typedef struct Row {
    const char *text, *wanted;
} Row;

static void check_rows(const Row *rows, size_t count, void (*put)(Buf *out, const char *text))
{
    for (size_t i = 0; i < count; i++) {
        AUTO(buf) Buf out = {0};

        put(&out, rows[i].text);
        assert_string_equal(buf_text(&out), rows[i].wanted);
    }
}

static void test_md_text(void **state)
{
    static const Row ROWS[] = {
        {"migration 007_require_body fails", "migration 007_require_body fails"},
        {"_x_ __y__ a_ _b", "\\_x\\_ \\_\\_y\\_\\_ a\\_ \\_b"},
        {"raise `a_b` or `<c|`, ` or ``",
         "raise `a_b` or <code>&#60;c&#124;</code>, <code> or </code>\\`"},
        {"a `", "a \\`"},
        {"*a* `b` ~c~ |d| [e](f)", "\\*a\\* `b` \\~c\\~ \\|d\\| \\[e\\](f)"},
        {"<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"},
        {"![x](y) \\", "!\\[x\\](y) \\\\"},
        {"http://x.y ftp://z WWW.x.y", "http\\://x.y ftp\\://z WWW\\.x.y"},
        {"@root a@b.c #1 GH-2 x-y", "@&#8203;root a@&#8203;b.c #&#8203;1 GH-&#8203;2 x-y"},
        {"$x$", "&#36;x&#36;"},
        {"# x", "#&#8203; x"},
        {"- x", "\\- x"},
        {"+ x", "\\+ x"},
        {"1. x", "1\\. x"},
        {"12) x", "12\\) x"},
        {"1.2.3", "1.2.3"},
        {"===", "\\==="},
        {"a\nb\tc", "a b c"},
    };

    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS), md_text);
}

static void test_md_code(void **state)
{
    static const Row ROWS[] = {
        {"6 -> 7", "`6 -> 7`"},
        {"<b>*x*", "`<b>*x*`"},
        {"a`b", "<code>a&#96;b</code>"},
        {"a|b\\", "<code>a&#124;b&#92;</code>"},
        {" x", "<code> x</code>"},
        {"", "(none)"},
        {NULL, "(none)"},
    };

    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS), md_code);
}

static void test_md_fence(void **state)
{
    static const Row ROWS[] = {
        {"a\nb", "```text\na\nb\n```\n"},
        {"a\n", "```text\na\n```\n"},
        {"", "```text\n\n```\n"},
        {"```\n</details>", "````text\n```\n</details>\n````\n"},
        {"x ````` y ``", "``````text\nx ````` y ``\n``````\n"},
    };

    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS), md_fence);
}

static void test_markup(void **state)
{
    static const Row TEXTS[] = {
        {"<a href=\"x\">'&amp;'</a>\n\t",
         "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;&#39;&lt;/a&gt;\n\t"},
        {"]]>", "]]&gt;"},
        {NULL, ""},
    };
    static const Row ATTRIBUTES[] = {{"a\n\tb\"", "a&#10;&#9;b&quot;"}};

    (void)state;
    check_rows(TEXTS, COUNT_OF(TEXTS), markup_text);
    check_rows(ATTRIBUTES, COUNT_OF(ATTRIBUTES), markup_attribute);
}

static char *command(const char *name, const char *title, const char *message)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    github_command(out, name, title, message);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void test_github_command(void **state)
{
    static const struct {
        const char *title, *message, *wanted;
    } ROWS[] = {
        {NULL, "plain", "::error::plain\n"},
        {"a,b: c", "d, e: f", "::error title=a%2Cb%3A c::d, e: f\n"},
        {"50%\n::x", "100%\r\n::error::y",
         "::error title=50%25%0A%3A%3Ax::100%25%0D%0A::error::y\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *text = command("error", ROWS[i].title, ROWS[i].message);

        assert_string_equal(text, ROWS[i].wanted);
    }
}

static void test_github_cuts(void **state)
{
    char message[GITHUB_MESSAGE_MAX + 100];
    AUTO(str) char *text = NULL;

    (void)state;
    memset(message, 'x', sizeof message);
    message[sizeof message - 1] = '\0';
    text = command("error", NULL, message);
    assert_int_equal(strlen(text), strlen("::error::\n") + GITHUB_MESSAGE_MAX);
    assert_true(text_ends(text, "x...\n"));
}

static char *render(const Report *report, const char *format, size_t max_bytes)
{
    RenderOptions options = {.max_bytes = max_bytes};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    report_format_find(format)->render(report, &options, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

/* Paths with as many findings of each kind. */
static void fill(Report *report, size_t paths, size_t findings, size_t detail_bytes)
{
    AUTO(str) char *detail = xcalloc(detail_bytes + 1, 1);

    memset(detail, 'd', detail_bytes);
    *report = (Report){.verdict = VERDICT_BROKEN};
    for (size_t i = 0; i < paths; i++) {
        PathReport path = {.id = xasprintf("%zu -> 99", i), .verdict = VERDICT_BROKEN};

        for (size_t k = 0; k < 3 * findings; k++) {
            Finding *finding =
                finding_list_add(&path.findings, "rerun", k % 3 ? LEVEL_ERROR : LEVEL_WARN);

            finding->title = xasprintf("finding %zu", k);
            finding->detail = xstrdup(detail);
            finding->allowed_reason = k % 3 == 2 ? xstrdup("a reason") : NULL;
        }
        LIST_PUSH(&report->paths, path);
    }
}

static size_t lines_with(const char *text, const char *start)
{
    size_t count = 0;

    for (const char *line = text; *line;) {
        count += text_starts(line, start);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return count;
}

/* The runner keeps ten of a type: the summary is one of them, and the first. */
static void test_annotation_limits(void **state)
{
    AUTO(report) Report report = {0};
    AUTO(str) char *text = NULL;

    (void)state;
    fill(&report, 3, 20, 9000);
    text = render(&report, "github", 0);
    assert_true(text_starts(text, "::error title=Seatrial%3A BROKEN 0 -> 99::rerun: finding 1\n") ||
                text_starts(text, "::error title=Seatrial%3A BROKEN 0 -> 99::rerun: finding 1%0A"));
    assert_int_equal(lines_with(text, "::error "), 10);
    assert_int_equal(lines_with(text, "::warning "), 10);
    assert_int_equal(lines_with(text, "::notice "), 10);
    assert_non_null(strstr(text, "60 errors, 60 warnings, 60 accepted in 3 upgrades"));
}

static void test_markdown_limit(void **state)
{
    AUTO(report) Report report = {0};
    AUTO(str) char *whole = NULL;

    (void)state;
    fill(&report, 40, 10, 3000);
    whole = render(&report, "markdown", 0);
    assert_true(strlen(whole) > 2 << 20);
    assert_null(strstr(whole, "left out here"));
    for (size_t max = 6000; max < 2 << 20; max = max * 5 / 3) {
        AUTO(str) char *text = render(&report, "markdown", max);

        assert_true(strlen(text) <= max);
        assert_non_null(strstr(text, "left out here"));
        assert_true(text_starts(text, "## \xe2\x9d\x8c Seatrial: BROKEN `0 -> 99`\n\n`rerun`\n\n> "
                                      "**finding 1**\n"));
        assert_int_equal(lines_with(text, "<details>"), lines_with(text, "</details>"));
        assert_int_equal(lines_with(text, "```") % 2, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_md_text),           cmocka_unit_test(test_md_code),
        cmocka_unit_test(test_md_fence),          cmocka_unit_test(test_markup),
        cmocka_unit_test(test_github_command),    cmocka_unit_test(test_github_cuts),
        cmocka_unit_test(test_annotation_limits), cmocka_unit_test(test_markdown_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
