#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "tar/tar.h"

#define MANY_STARS "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"
#define MANY_AS    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void matching(void **state)
{
    static const struct {
        const char *patterns, *path;
        bool want;
    } rows[] = {
        /* plain names, and a matching parent */
        {"a", "a", true},
        {"a", "b", false},
        {"a", "ab", false},
        {"a", "a/b/c", true},
        {"a", "b/a", false},
        {"a/b", "a/b/c", true},
        {"a/b", "a", false},
        {"a.c", "abc", false},
        {"a(b)|{c}$+^", "a(b)|{c}$+^", true},
        /* lines: blanks, comments, slashes, cleaning */
        {"  a  \r\n", "a", true},
        {"\n\n# b\nb # c\n", "b", false},
        {"#a", "#a", false},
        {" #a", "#a", true},
        {"\xef\xbb\xbf# x\na", "a", true},
        {"\xef\xbb\xbf"
         "a",
         "a", true},
        {"/a", "a", true},
        {"//a//b/", "a/b", true},
        {"./a", "a", true},
        {"a/../b", "b", true},
        {"a/../b", "a", false},
        {"../a", "a", false},
        {".", "a", false},
        {"/", "a", false},
        {"", "a", false},
        /* * and ? stay in one folder */
        {"*", "a", true},
        {"*", "a/b", true},
        {"*.md", "a.md", true},
        {"*.md", "a.md/b", true},
        {"*.md", "a/b.md", false},
        {"*/*.md", "a/b.md", true},
        {"*/*.md", "a/b/c.md", false},
        {"a*b", "a/b", false},
        {"a?c", "abc", true},
        {"a?c", "a/c", false},
        {"a?c", "ac", false},
        {"a?c",
         "a\xc3\xa4"
         "c",
         true},
        {"a?c",
         "a\xff"
         "c",
         true},
        {"a??c",
         "a\xc3\xa4"
         "c",
         false},
        {"\xc3\xa4", "\xc3\xa4", true},
        {"temp*", "temporary/x", true},
        /* ** crosses folders */
        {"**", "a", true},
        {"**", "a/b/c", true},
        {"**/a", "a", true},
        {"**/a", "x/y/a", true},
        {"**/a", "x/ba", false},
        {"**/a", "x/a/y", true},
        {"**a", "x/ba", true},
        {"**a?", "x/bac", false},
        {"**a?", "x/ac", true},
        {"**/*.go", "a.go", true},
        {"**/*.go", "a/b/c.go", true},
        {"**/*.go", "a/b/c.gox", false},
        {"a/**", "a", false},
        {"a/**", "a/b", true},
        {"a/**", "a/b/c", true},
        {"a/**", "ab", false},
        {"a**", "ab/c", true},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "a/xb", false},
        {"a/*/**", "a/b/c", true},
        {"**/node_modules/**", "x/node_modules/y", true},
        {"**/node_modules/**", "node_modules", false},
        {"**/a/**/b", "x/a/y/z/b", true},
        /* classes and escapes */
        {"[a-c]x", "bx", true},
        {"[a-c]x", "dx", false},
        {"[^a-c]x", "dx", true},
        {"[^a-c]x", "ax", false},
        {"[!a]x", "!x", true},
        {"[!a]x", "bx", false},
        {"[a\\]]x", "]x", true},
        {"[\\-a]x", "-x", true},
        {"[\xc3\xa4-\xc3\xbc]x", "\xc3\xb6x", true},
        {"a]", "a]", true},
        {"\\*a", "*a", true},
        {"\\*a", "ba", false},
        {"\\#a", "#a", true},
        {"\\!a", "!a", true},
        /* exceptions, in order */
        {"a\n!a/b", "a/b", false},
        {"a\n!a/b", "a/c", true},
        {"a\n!a/b", "a/b/c", false},
        {"!a/b\na", "a/b", true},
        {"*\n!*.md\nREADME.md", "x.md", false},
        {"*\n!*.md\nREADME.md", "README.md", true},
        {"*\n!*.md", "x.c", true},
        {"a\n! /a/b", "a/b", false},
        {"!a", "a", false},
        {"*.md\n!README*.md\nREADME-secret.md", "README-public.md", false},
        /* many stars take no time */
        {MANY_STARS, MANY_AS, false},
        {"**/" MANY_STARS "/**/" MANY_STARS, MANY_AS "/" MANY_AS, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(tar_ignore) TarIgnore *ignore = NULL;
        AUTO(error) Error *err = tar_ignore_parse(rows[i].patterns, ".dockerignore", &ignore);

        if (err)
            fail_msg("'%s': %s", rows[i].patterns, err->msg);
        if (tar_ignore_matches(ignore, rows[i].path) != rows[i].want)
            fail_msg("'%s': '%s' should %smatch", rows[i].patterns, rows[i].path,
                     rows[i].want ? "" : "not ");
    }
    assert_false(tar_ignore_matches(NULL, "a"));
}

static void refused(void **state)
{
    static const struct {
        const char *patterns, *msg;
    } rows[] = {
        {"a\n!\n", ".dockerignore:2: nothing behind the '!'"},
        {"!  ", ".dockerignore:1: nothing behind the '!'"},
        {"[a", ".dockerignore:1: a '[' is not closed"},
        {"[", ".dockerignore:1: a '[' is not closed"},
        {"a\n\n# x\n[^", ".dockerignore:4: a '[' is not closed"},
        {"[a\\", ".dockerignore:1: a '[' is not closed"},
        {"[]a]", ".dockerignore:1: a range in [...] lacks a character"},
        {"[-a]", ".dockerignore:1: a range in [...] lacks a character"},
        {"[a-]", ".dockerignore:1: a range in [...] lacks a character"},
        {"[b-a]", ".dockerignore:1: a range in [...] runs backwards"},
        {"a\\", ".dockerignore:1: a '\\' at the end"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        TarIgnore *ignore = NULL;
        AUTO(error) Error *err = tar_ignore_parse(rows[i].patterns, ".dockerignore", &ignore);

        if (!err)
            fail_msg("'%s' was accepted", rows[i].patterns);
        assert_string_equal(err->msg, rows[i].msg);
        assert_int_equal(err->code, ERR_INVALID);
        assert_null(ignore);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matching),
        cmocka_unit_test(refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
