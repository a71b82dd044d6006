#pragma once
/* Judging the fixture's observation by one check. */

#include "check/table.h"
#include "check_fixture.h"

/* What one check says of an observation. */
typedef struct Judged {
    FindingList findings;
    char *skip;
} Judged;

static inline void judged_clear(Judged *judged)
{
    finding_list_clear(&judged->findings);
    free(judged->skip);
}

DEFINE_AUTO_VALUE(judged, Judged, judged_clear)

static inline Judged judge(const char *id, const Fixture *fixture)
{
    Judged judged = {0};

    check_find(id)->judge(&fixture->seen, &judged.findings, &judged.skip);
    return judged;
}

static inline const Finding *only(const Judged *judged)
{
    if (judged->skip)
        fail_msg("skipped: %s", judged->skip);
    if (judged->findings.len != 1)
        fail_msg("%zu findings: %s", judged->findings.len,
                 judged->findings.len ? judged->findings.items[0].title : "");
    return &judged->findings.items[0];
}

static inline void assert_silent(const char *id, const Fixture *fixture)
{
    AUTO(judged) Judged judged = judge(id, fixture);

    if (judged.skip || judged.findings.len > 0)
        fail_msg("%s: %s", id, judged.skip ? judged.skip : judged.findings.items[0].title);
}

static inline void assert_skip(const char *id, const Fixture *fixture, const char *reason)
{
    AUTO(judged) Judged judged = judge(id, fixture);

    assert_int_equal(judged.findings.len, 0);
    assert_non_null(judged.skip);
    assert_string_equal(judged.skip, reason);
}

static inline void assert_has(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("nothing like \"%s\" in: %s", part, text ? text : "(null)");
}

static inline void assert_text(const char *got, const char *wanted)
{
    if (!text_eq(got, wanted))
        fail_msg("wanted %s, got %s", wanted ? wanted : "(null)", got ? got : "(null)");
}

/* Its outcome is an error for that reason, beside what it found. */
static inline void assert_unsure(const char *id, const Fixture *fixture, size_t found,
                                 const char *reason)
{
    AUTO(path_report) PathReport path = {0};
    CheckPolicy policy = {.profile = PROFILE_STANDARD};
    const CheckResult *result = NULL;
    size_t count = 0;

    check_judge(&fixture->seen, &policy, &path);
    for (size_t i = 0; i < path.checks.len; i++)
        if (text_eq(path.checks.items[i].id, id))
            result = &path.checks.items[i];
    for (size_t i = 0; i < path.findings.len; i++)
        count += text_eq(path.findings.items[i].check, id);
    assert_non_null(result);
    assert_int_equal(result->outcome, OUTCOME_ERROR);
    assert_text(result->reason, reason);
    assert_int_equal(count, found);
}
