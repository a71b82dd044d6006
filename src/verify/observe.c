#include "check/new_migrations.h"
#include "check/reworded.h"
#include "migrator/framework.h"
#include "verify/trial_parts.h"

static const Step *step_at(const Trial *trial, int index)
{
    return index >= 0 ? &trial->report->steps.items[index] : NULL;
}

static const Snapshot *seen_after(const Attempt *attempt)
{
    return attempt->taken ? &attempt->snapshot : NULL;
}

/* The line that says so, by the wording of whichever framework keeps a ledger here. */
static char *pending_line(const Commands *commands, const Step *status, const Snapshot *snapshot)
{
    char *line = NULL;

    if (!status || !status->log_tail)
        return NULL;
    if (commands->framework &&
        framework_status_pending(commands->framework, status->log_tail, &line))
        return line;
    for (size_t i = 0; i < snapshot->ledgers.len; i++)
        if (framework_status_pending(snapshot->ledgers.items[i].framework, status->log_tail, &line))
            return line;
    /* a command that was given, of a tool that we do not know: any tool's wording will do */
    if (!commands->status_found)
        (void)framework_status_pending(NULL, status->log_tail, &line);
    return line;
}

void trial_judge(const Trial *trial)
{
    const PlannedImage *last = trial->last_old;
    /* a release between that fails is the one to name */
    const PlannedImage *from = step_at(trial, trial->old.step) &&
                                       step_at(trial, trial->old.step)->outcome == OUTCOME_PASSED
                                   ? &trial->path->olds.items[0]
                                   : last;
    const PlannedImage *candidate = &trial->plan->candidate;
    const Config *config = trial->session->config;
    AUTO(str) char *volume = database_volume(&trial->spec);
    AUTO(str)
    char *pending =
        pending_line(&trial->plan->commands, step_at(trial, trial->status), &trial->new.snapshot);
    AUTO(str)
    char *old_pending =
        pending_line(&last->commands, step_at(trial, trial->old_status), &trial->old.snapshot);
    Observation seen = {
        .path_id = trial->path->id,
        .from_tag = from->facts.tag,
        .candidate_tag = candidate->facts.tag ? candidate->facts.tag : candidate->facts.image,
        .from_image = &last->facts,
        .candidate_image = &candidate->facts,
        .image_user = config->run.user ? config->run.user : candidate->image.user,
        .database = trial->report->database,
        .volume = volume,
        .opaque = database_is_opaque(&trial->spec),
        .timeout_ms = config->timeout_ms,
        .memory_bytes = config->memory_bytes,
        .old_migrate = step_at(trial, trial->old.step),
        .old_lacks = trial->old.step < 0 ? trial->path->olds.items[0].commands.found : NULL,
        .candidate_lacks = trial->plan->commands.absent ? trial->plan->commands.found : NULL,
        .new_migrate = step_at(trial, trial->new.step),
        .status = step_at(trial, trial->status),
        .status_pending = pending,
        .status_found = trial->plan->commands.status_found,
        .old_status = step_at(trial, trial->old_status),
        .old_status_pending = old_pending,
        .rerun = step_at(trial, trial->rerun.step),
        .rerun_again = step_at(trial, trial->rerun_again.step),
        .fresh = step_at(trial, trial->fresh.step),
        .fresh_again = step_at(trial, trial->fresh_again.step),
        .restored = config->data.restore != NULL,
        .together = {step_at(trial, trial->together_steps[0]),
                     step_at(trial, trial->together_steps[1])},
        .together_again = step_at(trial, trial->together.step),
        .starts = trial->plan->commands.starts,
        .start = step_at(trial, trial->start),
        .smoke = step_at(trial, trial->smoke),
        .old_smoke = step_at(trial, trial->old_smoke),
        .rollback = step_at(trial, trial->rollback.step),
        .old_again = step_at(trial, trial->old_again),
        .new_again = step_at(trial, trial->again.step),
        .before = seen_after(&trial->old),
        .after = seen_after(&trial->new),
        .after_rerun = seen_after(&trial->rerun),
        .after_rerun_again = seen_after(&trial->rerun_again),
        .after_fresh = seen_after(&trial->fresh),
        .after_fresh_again = seen_after(&trial->fresh_again),
        .edge = step_at(trial, trial->edge),
        .learnt = trial->has_rows ? &trial->learnt : NULL,
        .references = &trial->references,
        .data = trial->has_data ? &trial->data : NULL,
        .statements = trial->statements_known ? &trial->statements : NULL,
        .after_together = seen_after(&trial->together),
        .after_rollback = seen_after(&trial->rollback),
        .after_again = seen_after(&trial->again),
        .reached = trial->reached_known ? &trial->reached : NULL,
        .old_files = trial->old_files.len > 0 ? &trial->old_files : NULL,
        .new_files = trial->new_files.len > 0 ? &trial->new_files : NULL,
        .files_unknown = trial->files_unknown,
        .old_tree = trial->trees_known ? &trial->old_tree : NULL,
        .new_tree = trial->trees_known ? &trial->new_tree : NULL,
        .volume_tree = trial->volume_tree_known ? &trial->volume_tree : NULL,
        .tree_unknown = trial->tree_unknown,
        .volumes_declared = &candidate->image.volumes,
        .traced = step_at(trial, trial->traced),
        .locks = trial->locks_known ? &trial->locks : NULL,
        .locks_untold = locks_untold(&trial->spec),
        .could_not = &trial->could_not,
        .old_strays = &trial->old_strays,
        .new_strays = &trial->new_strays,
    };

    check_judge(&seen, trial->policy, trial->report);
    new_migrations_find(&seen, &trial->report->migrations_new);
    history_reworded(&seen, &trial->report->migrations_reworded);
}
