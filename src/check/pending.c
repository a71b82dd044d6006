#include <string.h>

#include "check/compose.h"
#include "check/migration_view.h"
#include "check/table.h"

#define LISTED_MAX 20 /* rows that get a finding of their own */

static void judge_status_end(const Observation *seen, FindingList *findings)
{
    const Step *step = seen->status;
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *fault = step_fault(step, seen);
    Finding *finding;

    step_evidence(step, seen, &evidence);
    finding = finding_new(findings, "pending", LEVEL_ERROR,
                          "the status command is not content after the upgrade: %s%s%s", fault,
                          evidence.message ? ": " : "", evidence.message ? evidence.message : "");
    finding_step(finding, step, &evidence, seen, NULL);
    finding_hint(finding,
                 step->end == STEP_NOT_STARTED
                     ? "the candidate image has no such command: check `status`"
                     : "it must exit with 0 once all migrations are applied: look at what it "
                       "lists in its log");
}

static void judge_status(const Observation *seen, FindingList *findings)
{
    AUTO(evidence) Evidence evidence = {0};
    Finding *finding;

    if (!step_passed(seen->status) && !seen->status_found) {
        judge_status_end(seen, findings);
        return;
    }
    if (!seen->status_pending)
        return;
    finding = finding_new(findings, "pending", LEVEL_ERROR,
                          "the status command shows unfinished migrations after the upgrade: %s",
                          seen->status_pending);
    finding_step(finding, seen->status, &evidence, seen, NULL);
    finding_hint(finding, "the migrate command exited with 0 without applying it: look for a "
                          "migration whose number is older than one that is applied already");
}

/* What is unfinished before the upgrade is not the candidate's doing, but the trial starts from it.
 * That the old image has no such command is none of its faults. */
static void judge_old_status(const Observation *seen, FindingList *findings)
{
    const Step *step = seen->old_status;
    AUTO(evidence) Evidence evidence = {0};
    Finding *finding;

    if (!seen->old_status_pending &&
        (seen->status_found || step_passed(step) || step->end != STEP_EXITED ||
         step->exit_code == 126 || step->exit_code == 127))
        return;
    finding = finding_new(findings, "pending", LEVEL_WARN,
                          "the status command of release %s is not content before the upgrade: %s",
                          seen->from_tag ? seen->from_tag : "(no tag)",
                          seen->old_status_pending ? seen->old_status_pending : "it fails");
    finding_step(finding, step, &evidence, seen, NULL);
    finding_hint(finding,
                 "users of that release may be in the same state: look whether the upgrade "
                 "brings them out of it, and whether `old.migrate` is all that it needs");
}

static void judge_entry(const Observation *seen, const Ledger *ledger, const LedgerEntry *entry,
                        FindingList *findings)
{
    const Ledger *old =
        seen->before ? ledger_find(&seen->before->ledgers, ledger->space, ledger->table) : NULL;
    const LedgerEntry *was = old ? ledger_entry_find(old, entry->id) : NULL;
    bool before = was && was->state == entry->state;
    bool failed = entry->state == LEDGER_FAILED;
    Finding *finding = finding_new(
        findings, "pending", before ? LEVEL_WARN : LEVEL_ERROR,
        "migration %s is recorded as %s after the upgrade, though the command exited with 0%s",
        entry->id, failed ? "failed" : "pending", before ? " (it was so before the upgrade)" : "");

    finding_detail(finding, "ledger %s (%s): %s %s", ledger->table,
                   ledger->framework ? ledger->framework : "unknown framework", entry->id,
                   failed ? "failed" : "pending");
    finding_field(&finding->table, ledger->table);
    finding_field(&finding->migration, entry->id);
    finding_hint(finding, "%s",
                 failed
                     ? "make the migrate command exit with an error when a migration fails, and "
                       "repair that migration: its log says what failed"
                     : "look for what keeps the migrator from applying it: an older number, a tag, "
                       "a condition");
}

static void judge_ledger(const Observation *seen, const Ledger *ledger, FindingList *findings)
{
    size_t unfinished = 0;

    for (size_t i = 0; i < ledger->len; i++) {
        if (ledger->items[i].state == LEDGER_APPLIED)
            continue;
        if (unfinished++ < LISTED_MAX)
            judge_entry(seen, ledger, &ledger->items[i], findings);
    }
    if (unfinished > LISTED_MAX) {
        Finding *finding = finding_new(findings, "pending", LEVEL_ERROR,
                                       "%zu more migrations of %s are unfinished",
                                       unfinished - LISTED_MAX, ledger->table);

        finding_field(&finding->table, ledger->table);
        finding_hint(finding, "see the first ones");
    }
}

/* --- files ----------------------------------------------------------------------------------- */

static void quote_start(Finding *finding, const MigrationFile *file)
{
    AUTO(str_list) StrList lines = {0};
    AUTO(str) char *start = NULL;

    str_list_split(file->text ? file->text : "", '\n', &lines);
    while (lines.len > 5)
        free(lines.items[--lines.len]);
    start = str_list_join(&lines, "\n");
    finding_detail(finding, "%s\n%s", file->path, start);
}

/* Another file of the same name without its ending was applied: 003_x.js beside 003_x.ts. */
static bool has_applied_twin(const MigrationView *view, const MigrationFile *file)
{
    for (size_t i = 0; i < view->new->len; i++)
        if (&view->new->items[i] != file &&
            text_eq(view->new->items[i].names[MIGRATION_NAME_STEM],
                    file->names[MIGRATION_NAME_STEM]) &&
            migration_view_applied(view, view->new, view->after, &view->new->items[i]))
            return true;
    return false;
}

static void judge_file(const MigrationView *view, const MigrationFile *file, FindingList *findings)
{
    const MigrationFile *was = migration_view_same(view, view->old, file);
    const MigrationFile *newest = migration_view_overtaken_by(view, file);
    const char *name = migration_view_shown(view, file);
    bool guess = text_eq(view->new->framework, "home-made") && !view->numbered &&
                 view->record == RECORD_EACH && view->name != MIGRATION_NAME_NUMBER;
    Finding *finding = finding_new(
        findings, "pending", was || guess ? LEVEL_WARN : LEVEL_ERROR,
        "migration %s is in the candidate and never ran, though the command exited with 0%s%s%s",
        name, newest ? ": it comes before " : "", newest ? migration_view_shown(view, newest) : "",
        newest ? ", which is applied" : "");

    quote_start(finding, file);
    finding_field(&finding->migration, name);
    finding_field(&finding->table, view->after->table);
    finding_hint(finding, "%s",
                 was      ? "the released image leaves it out as well: remove the file if nobody "
                            "is meant to run it"
                 : newest ? "give it a number behind the newest released migration"
                          : "look for what keeps the migrator from applying it: a list that it is "
                            "not in, a condition, another folder");
}

static void judge_files(const Observation *seen, FindingList *findings)
{
    AUTO(str) char *why = NULL;
    MigrationView view;
    size_t listed = 0;

    if (!migration_view_open(seen, &view, &why) || !view.after)
        return;
    if (view.record == RECORD_HEADS &&
        migration_set_find(view.new, view.name,
                           view.after->len > 0 ? view.after->items[0].id : NULL) == NULL)
        return; /* of another graph: nothing can be said */
    for (size_t i = 0; i < view.new->len &&listed < LISTED_MAX; i++) {
        const MigrationFile *file = &view.new->items[i];
        bool late = view.record == RECORD_LAST && !migration_view_same(&view, view.old, file) &&
                    migration_view_overtaken_by(&view, file);

        if (!migration_view_counts(&view, file) || has_applied_twin(&view, file) ||
            (migration_view_applied(&view, view.new, view.after, file) && !late))
            continue;
        judge_file(&view, file, findings);
        listed++;
    }
}

/* A status command that was detected may not be there, or fail for reasons of its own. */
static bool status_tells(const Observation *seen)
{
    return seen->status && seen->status->outcome != OUTCOME_ERROR &&
           (step_passed(seen->status) || !seen->status_found || seen->status_pending);
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    char *skip =
        seen->opaque && seen->status ? skip_unless_upgraded(seen) : skip_without_upgrade(seen);

    if (skip) {
        *ret_skip = skip;
        return;
    }
    if (!seen->status && seen->after->ledgers.len == 0) {
        *ret_skip = xstrdup("no ledger table was found, and no `status` command is set");
        return;
    }
    if (!status_tells(seen) && (!seen->after || seen->after->ledgers.len == 0)) {
        AUTO(str) char *fault = step_fault(seen->status, seen);

        *ret_skip = xasprintf("no ledger was read, and the status command that was found tells "
                              "nothing: %s",
                              fault);
        return;
    }
    if (seen->status && seen->status->outcome != OUTCOME_ERROR)
        judge_status(seen, findings);
    for (size_t i = 0; seen->after && i < seen->after->ledgers.len; i++)
        judge_ledger(seen, &seen->after->ledgers.items[i], findings);
    judge_files(seen, findings);
    /* what was so before the upgrade comes behind what the upgrade left */
    if (seen->old_status)
        judge_old_status(seen, findings);
}

const Check CHECK_PENDING = {
    .id = "pending",
    .level = LEVEL_ERROR,
    .profile = PROFILE_QUICK,
    .finds =
        "the ledger or the status command still shows pending, failed or dirty migrations after "
        "the upgrade",
    .why = "An exit status of 0 is no proof. Migrators skip entries that are older than\n"
           "the newest applied one, note a failure in their ledger and go on, or leave a\n"
           "dirty flag that makes the next start refuse. The user's application then\n"
           "runs on half a schema.",
    .fix = "Look at the named rows of the ledger. Give a migration that came in late, by\n"
           "a merge or a back-port, a number behind the newest shipped one. Let the\n"
           "command fail when a migration fails. Set `status` to the migrator's own\n"
           "status command: it is run after the upgrade, must exit with 0, and must list\n"
           "nothing as pending.",
    .example = "migration 007_unique_titles is recorded as failed after the upgrade, though\n"
               "the command exited with 0\n"
               "\n"
               "The application catches the error, notes it and starts all the same.",
    .judge = judge,
};
