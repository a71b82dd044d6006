#include <stdlib.h>

#include "migrator/ledger_log.h"
#include "verify/experiment.h"

const char *locks_untold(const DatabaseSpec *spec)
{
    if (spec->sqlite)
        return "SQLite has one lock for the whole database";
    if (spec->url)
        return "they are read from the log of a server that Seatrial starts itself";
    return NULL;
}

/* The candidate's migrations on a copy of the old database whose event triggers tell what they
 * lock. */
static Error *make(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(database) Database *branch = NULL;
    AUTO(lock_watch) LockWatch watch = {0};
    LaneRun run;

    TRY(lane_branch(lane, trial->old_copy, &branch));
    TRY_CTX(database_watch_locks(branch, deadline_in(TRIAL_CALL_MS), &watch),
            "watching the locks of a copy");
    run = trial_migrator(trial, "locks", &trial->plan->candidate, branch);
    TRY(lane_run(lane, &run, &trial->traced));
    if (!watch.mark || !trial_passed(trial, trial->traced))
        return NULL;
    TRY_CTX(database_locks(branch, lane->session.engine, &watch, deadline_in(TRIAL_COPY_MS),
                           &trial->locks, &trial->locks_known),
            "reading the locks of a copy");
    ledger_log_attribute(&trial->new.snapshot, &trial->locks.statements);
    return NULL;
}

static bool applies(const Trial *trial)
{
    return !locks_untold(&trial->spec);
}

/* --- in the report --------------------------------------------------------------------------- */

enum { SHOWN_MAX = 200, SQL_SHOWN_BYTES = 200 };

static bool had_rows(const Trial *trial, const TableLock *lock)
{
    const TableData *data = snapshot_table(&trial->old.snapshot, lock->space, lock->table);

    return data && !data->is_ledger && data->rows > 0;
}

/* Statements under a lock, and where they are in the report from then on. */
static void describe_statements(const Trial *trial, LockReport *report, int64_t *places)
{
    const LockTrace *trace = &trial->locks;

    for (size_t at = 0; at < trace->statements.len; at++) {
        const Statement *one = &trace->statements.items[at];
        AUTO(str) char *line = text_clean_line(one->text);

        places[at] = -1;
        for (size_t i = 0; i < trace->len && places[at] < 0; i++) {
            const TableLock *lock = &trace->items[i];

            if (lock->session != one->session || lock->from > at || lock->to < at ||
                !had_rows(trial, lock))
                continue;
            if (report->statements.len == SHOWN_MAX) {
                report->truncated = true;
                break;
            }
            places[at] = (int64_t)report->statements.len;
            LIST_PUSH(&report->statements,
                      ((LockedStatement){.sql = text_capped(line, SQL_SHOWN_BYTES),
                                         .migration = xstrdup_null(one->migration)}));
        }
    }
}

void trial_describe_locks(const Trial *trial)
{
    const LockTrace *trace = &trial->locks;
    LockReport *report = &trial->report->locks;
    int64_t *places;

    if (!trial->locks_known || !trial->old.taken || trace->len == 0)
        return;
    places = xcalloc(trace->statements.len + 1, sizeof *places);
    describe_statements(trial, report, places);
    for (size_t i = 0; i < trace->len; i++) {
        const TableLock *lock = &trace->items[i];
        LockSpan span = {.from = places[lock->from], .to = places[lock->to]};

        if (!had_rows(trial, lock) || span.from < 0)
            continue;
        if (span.to < span.from || report->spans.len == SHOWN_MAX) {
            report->truncated = true;
            continue;
        }
        span.table = xstrdup(lock->table);
        span.mode = xstrdup(lock_mode_name(lock->mode));
        for (size_t k = 0; k < lock->works.len; k++) {
            span.rewrites |= lock->works.items[k].rewrites;
            span.reads |= !lock->works.items[k].rewrites;
        }
        LIST_PUSH(&report->spans, span);
    }
    free(places);
}

const Experiment EXPERIMENT_LOCKS = {.check = "locks", .applies = applies, .make = make};
