#pragma once
/* The corpus of fixtures/losses: each file has a database, an upgrade that loses something with
 * what is to be found, and its sound twin, after which nothing is. */

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "check/check.h"
#include "model/statements.h"

typedef struct Loss {
    char *text; /* of the file; owned, the rest points into it */
    char *before, *expected, *broken, *sound;
} Loss;

static inline Loss loss_read(const char *path)
{
    Loss loss = {0};
    size_t len;

    assert_null(file_read(path, 1 << 20, &loss.text, &len));
    loss.before = loss.text;
    loss.expected = strstr(loss.text, "-- broken: ");
    assert_non_null(loss.expected);
    *loss.expected = '\0';
    loss.expected += strlen("-- broken: ");
    loss.broken = strchr(loss.expected, '\n');
    *loss.broken++ = '\0';
    loss.sound = strstr(loss.broken, "-- sound\n");
    assert_non_null(loss.sound);
    *loss.sound = '\0';
    loss.sound += strlen("-- sound\n");
    return loss;
}

/* "data-survival notes body; destructive notes -" of what both checks find. */
static inline char *loss_judge_statements(const Snapshot *before, const Snapshot *after,
                                          const DataChanges *data, const StatementList *statements)
{
    Step passed = {.name = (char *)(uintptr_t) "new-migrate", .outcome = OUTCOME_PASSED};
    ImageFacts image = {0};
    StrList found = {0};
    FindingList findings = {0};
    char *skip = NULL, *text;
    Observation seen = {.path_id = "6 -> 7",
                        .from_tag = "6",
                        .candidate_tag = "7",
                        .from_image = &image,
                        .candidate_image = &image,
                        .old_migrate = &passed,
                        .new_migrate = &passed,
                        .before = before,
                        .after = after,
                        .data = data,
                        .statements = statements};

    check_find("data-survival")->judge(&seen, &findings, &skip);
    assert_null(skip);
    check_find("destructive")->judge(&seen, &findings, &skip);
    assert_null(skip);
    for (size_t i = 0; i < findings.len; i++) {
        const Finding *finding = &findings.items[i];

        str_list_addf(&found, "%s %s %s", finding->check, finding->table,
                      finding->column ? finding->column : "-");
        print_message("    %s\n", finding->title);
    }
    text = str_list_join(&found, "; ");
    str_list_clear(&found);
    finding_list_clear(&findings);
    return text;
}

static inline char *loss_judge(const Snapshot *before, const Snapshot *after,
                               const DataChanges *data, const char *script)
{
    AUTO(statement_list) StatementList statements = {0};

    statement_list_add_script(&statements, NULL, script);
    return loss_judge_statements(before, after, data, &statements);
}

/* after: makes the upgraded database and judges. */
typedef char *(*LossRun)(const char *before, const char *upgrade);

static inline void loss_run_all(const char *pattern, LossRun run)
{
    glob_t found;
    int failed = 0;

    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_true(found.gl_pathc > 5);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        Loss loss = loss_read(found.gl_pathv[i]);
        AUTO(str) char *broken = run(loss.before, loss.broken);
        AUTO(str) char *sound = run(loss.before, loss.sound);

        if (!text_eq(broken, loss.expected) || *sound) {
            print_error("%s:\n  wanted %s\n  found  %s\n  twin   %s\n", found.gl_pathv[i],
                        loss.expected, broken, sound);
            failed++;
        }
        free(loss.text);
    }
    globfree(&found);
    assert_int_equal(failed, 0);
}
