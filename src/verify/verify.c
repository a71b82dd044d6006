#include "verify/verify.h"

#include "base/random.h"
#include "check/check.h"
#include "database/database.h"
#include "verify/obtain.h"
#include "verify/policy.h"
#include "verify/spec.h"
#include "verify/trial.h"

static void start_path(const Config *config, const PlannedPath *planned, PathReport *path)
{
    const DatabaseSettings *database = &config->databases.items[planned->database];
    DatabaseSpec spec = database_spec_of(database);

    path->id = xstrdup(planned->id);
    image_facts_copy(&planned->olds.items[0].facts, &path->from);
    for (size_t i = 1; i < planned->olds.len; i++)
        str_list_add(&path->through, planned->olds.items[i].facts.tag);
    path->database = database_describe(&spec);
    path->verdict = VERDICT_UNKNOWN;
}

static Error *run_path(Session *session, const Plan *plan, const PlannedPath *planned,
                       const Policy *policy, PathReport *path, StrList *warnings)
{
    /* what one path made, a server maybe, does not wait for the others to end */
    size_t mark = teardown_count(session->teardown);
    Error *err;

    if (planned->nothing) {
        path->verdict = VERDICT_NOTHING_TO_VERIFY;
        path->verdict_reason = xstrdup(planned->nothing);
        return NULL;
    }
    err = trial_run(session, plan, planned, &policy->checks, path, warnings);
    session_take_away(session, mark, warnings);
    if (err) { /* could not tell: the path says so, and so does the run */
        path->verdict = VERDICT_UNKNOWN;
        path->verdict_reason = xstrdup(err->msg);
        return error_wrap(err, "%s", path->id);
    }
    check_allow(policy->allow, policy->allow_count, path->from.tag, plan->candidate.facts.tag, path,
                policy->allow_used);
    path->verdict = check_verdict(path);
    path->verdict_reason = check_verdict_reason(path);
    return NULL;
}

/* A path that could not be told does not keep the others from being found broken. @return the
 * first error */
static Error *run_paths(Session *session, const Plan *plan, const Policy *policy, Report *report)
{
    AUTO(error) Error *first = NULL;

    for (size_t i = 0; i < plan->paths.len && !cancel_is_raised(session->cancel); i++) {
        const PlannedPath *planned = &plan->paths.items[i];
        PathReport empty = {0};
        PathReport *path;
        Error *err;

        LIST_PUSH(&report->paths, empty);
        path = &report->paths.items[report->paths.len - 1];
        start_path(session->config, planned, path);
        err = run_path(session, plan, planned, policy, path, &report->warnings);
        if (first)
            error_free(err); /* the path's report has it */
        else
            first = err;
    }
    return TAKE(first);
}

/* What the plan found out belongs in the report, however the run goes on. */
static void report_plan(Plan *plan, Report *report)
{
    for (size_t i = 0; i < plan->warnings.len; i++)
        str_list_add(&report->warnings, plan->warnings.items[i]);
    if (plan->candidate.facts.image) { /* else it could not be had: its reference stays */
        image_facts_clear(&report->candidate);
        image_facts_copy(&plan->candidate.facts, &report->candidate);
    }
    for (size_t i = 0; i < plan->passed_over.len; i++) {
        const PassedOver *over = &plan->passed_over.items[i];

        passed_over_add(&report->passed_over, over->tag, over->image, over->reason);
    }
}

static Error *run_session(Session *session, Plan *plan, const Policy *policy, Report *report)
{
    Error *err = plan_images(session, PLAN_GET, plan);

    report_plan(plan, report);
    TRY(err);
    TRY(run_paths(session, plan, policy, report));
    report->verdict = report_overall(&report->paths);
    if (plan->nothing)
        report->verdict_reason = xstrdup(plan->nothing);
    policy_warn_unused(policy, &report->warnings);
    return NULL;
}

static Error *run_report(const Config *config, const Cancel *cancel, const Progress *progress,
                         Report *report)
{
    AUTO(plan) Plan plan = {0};
    AUTO(policy) Policy policy = {0};
    Session session = {0};
    Error *err;

    TRY(plan_check(config));
    TRY(candidate_reference(config, &report->candidate));
    policy_init(config, &policy);
    TRY(plan_releases(config, cancel, progress, &plan));
    if (plan.nothing) {
        report_plan(&plan, report);
        report->verdict = VERDICT_NOTHING_TO_VERIFY;
        report->verdict_reason = xstrdup(plan.nothing);
        return NULL;
    }
    TRY(session_open(config, cancel, progress, &session));
    free(report->run_id);
    report->run_id = xstrdup(session.run_id);
    err = run_session(&session, &plan, &policy, report);
    session_close(&session, &report->warnings);
    return err ? err : cancel_check(cancel);
}

Error *verify_run(const Config *config, const Cancel *cancel, const Progress *progress,
                  Report *ret_report)
{
    int64_t began_ms = clock_now_ms();
    Report report = {
        .tool_version = xstrdup(SEATRIAL_VERSION),
        .run_id = random_hex(12),
        .started_wall_ms = clock_wall_ms(),
        .verdict = VERDICT_UNKNOWN,
    };
    Error *err = run_report(config, cancel, progress, &report);

    report.duration_ms = clock_now_ms() - began_ms;
    if (err) {
        report.verdict =
            report_overall(&report.paths) == VERDICT_BROKEN ? VERDICT_BROKEN : VERDICT_UNKNOWN;
        report.error = xstrdup(err->msg);
    }
    *ret_report = report;
    return err;
}
