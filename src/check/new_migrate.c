#include <string.h>

#include "check/compose.h"
#include "check/migration_view.h"
#include "check/table.h"

static bool was_reached(const Observation *seen, const MigrationView *view,
                        const MigrationFile *file)
{
    for (size_t i = 0; i < seen->reached->len; i++)
        if (migration_id_eq(file->names[view->name], seen->reached->items[i]))
            return true;
    return false;
}

/* The first file that neither was applied before nor came through now: where a ledger and the
 * names of files say the order. A graph has no first. */
static char *next_by_ledger(const Observation *seen)
{
    AUTO(str) char *why = NULL;
    MigrationView view;

    if (!seen->reached || !migration_view_open(seen, &view, &why) || view.record == RECORD_HEADS)
        return NULL;
    for (size_t i = 0; i < view.new->len; i++) {
        const MigrationFile *file = &view.new->items[i];

        if (!migration_view_counts(&view, file) ||
            migration_view_applied(&view, view.new, view.before, file) ||
            was_reached(seen, &view, file))
            continue;
        return migration_view_overtaken_by(&view, file)
                   ? NULL
                   : xstrdup(migration_view_shown(&view, file));
    }
    return NULL;
}

/* "migration 003_owner", "the migration after 002_tags", "the candidate's migrations": who fails.
 */
static char *subject(const Step *step, const char *migration, const Observation *seen,
                     bool *ret_plural)
{
    bool told = seen->reached && seen->reached->len > 0;
    const char *last = told ? seen->reached->items[seen->reached->len - 1]
                            : evidence_last_applied(seen->after ? seen->after : seen->before);
    bool known = step->end != STEP_NOT_STARTED && (migration || last);

    *ret_plural = !known;
    if (!known)
        return xstrdup("the candidate's migrations");
    return migration ? xasprintf("migration %s", migration)
                     : xasprintf("the migration after %s", last);
}

/* What the step's end has to say, behind the subject. */
static char *predicate(const Step *step, const Observation *seen, const Evidence *evidence,
                       bool plural)
{
    AUTO(str) char *fault = step_fault(step, seen);
    bool telling = evidence->message && evidence->rank > RANK_AFTERMATH;

    switch (step->end) {
    case STEP_TIMED_OUT:
        return xasprintf("%s not come to an end: %s%s%s", plural ? "do" : "does", fault,
                         telling ? "; its log says: " : "", telling ? evidence->message : "");
    case STEP_OUT_OF_MEMORY:
    case STEP_KILLED:
        return xasprintf("%s %s", plural ? "were" : "was", fault);
    case STEP_NOT_STARTED:
        return xasprintf("%s", fault);
    case STEP_NOT_READY:
        if (telling)
            return xasprintf("%s: %s (%s)", plural ? "fail" : "fails", evidence->message, fault);
        return xasprintf("%s: the application is %s", plural ? "fail" : "fails", fault);
    case STEP_STOPPED:
    case STEP_EXITED:
        break;
    }
    if (step->exit_code > 128 && step->exit_code < 160 && !telling)
        return xasprintf("%s %s", plural ? "were" : "was", fault);
    if (evidence->message)
        return xasprintf("%s: %s", plural ? "fail" : "fails", evidence->message);
    return xasprintf("%s with %s and without a word", plural ? "fail" : "fails", fault);
}

static void add_hint(Finding *finding, const Step *step, const Observation *seen,
                     const Evidence *evidence)
{
    switch (step->end) {
    case STEP_TIMED_OUT:
        if (evidence->kind != EVIDENCE_LOCKED && evidence->kind != EVIDENCE_DIRTY)
            finding_hint(finding,
                         "see what it waits for at the end of its log; raise `timeout` when "
                         "it is merely slow, and let it end by itself when it is done");
        break;
    case STEP_OUT_OF_MEMORY:
        finding_hint(finding, "work in batches in the migration, or raise `memory` when users have "
                              "that much");
        break;
    case STEP_KILLED:
        if (step->exit_code == 137)
            finding_hint(finding,
                         "look for what uses the memory; raise `memory` when users have that "
                         "much, and check that the engine's host is not short of it");
        break;
    case STEP_NOT_STARTED:
        finding_hint(finding, "the command does not exist in the candidate image: check `migrate`, "
                              "`entrypoint` and what the Dockerfile copies");
        break;
    case STEP_NOT_READY:
        finding_hint(finding, "see what its log and its answer say; raise `timeout` when it is "
                              "merely slow, and check `start.ready` when it was ready");
        break;
    case STEP_STOPPED:
    case STEP_EXITED:
        if (step->exit_code == 126 || step->exit_code == 127)
            finding_hint(finding, "a command was not found in the candidate image or may not be "
                                  "executed: check `migrate`, `entrypoint` and what the Dockerfile "
                                  "installs");
        break;
    }
    finding_evidence(finding, evidence, seen);
    if (!finding->hint)
        finding_hint(finding,
                     "users of %s would see this when they upgrade: run it again with "
                     "--keep to look into the database, fix the migration, or accept it "
                     "with an `allow` entry",
                     seen->from_tag ? seen->from_tag : "the old release");
}

/* A candidate that opens another database than the old image did fails in ways that mislead. */
static char *stray_note(const Observation *seen)
{
    AUTO(str_list) StrList fresh = {0};
    AUTO(str) char *joined = NULL;

    for (size_t i = 0; seen->new_strays && i < seen->new_strays->len; i++)
        if (!seen->old_strays || !str_list_has(seen->old_strays, seen->new_strays->items[i]))
            str_list_add(&fresh, seen->new_strays->items[i]);
    if (fresh.len == 0)
        return NULL;
    joined = str_list_join(&fresh, ", ");
    return xasprintf(
        "The candidate wrote a database outside of the volume: %s. Did it look for the "
        "old one there?",
        joined);
}

/* "migration 1 was previously applied but is missing": the one that the migrator refuses over. It
 * is applied, so that it is none that the log could have been about to run. */
static char *refused_migration(const Evidence *evidence)
{
    static const char WORD[] = "migration ";
    const char *at = evidence->kind == EVIDENCE_HISTORY && evidence->message
                         ? strstr(evidence->message, WORD)
                         : NULL;
    size_t len;

    if (!at)
        return NULL;
    at += strlen(WORD);
    if (text_starts(at, "version "))
        at += strlen("version ");
    len = strcspn(at, " :,;");
    return *at >= '0' && *at <= '9' ? xstrndup(at, len) : NULL;
}

static void add_finding(const Observation *seen, FindingList *findings)
{
    const Step *step = seen->new_migrate;
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *migration = NULL;
    AUTO(str) char *refused = NULL;
    AUTO(str) char *who = NULL;
    AUTO(str) char *what = NULL;
    AUTO(str) char *note = stray_note(seen);
    Finding *finding;
    bool plural = false;

    step_evidence(step, seen, &evidence);
    /* one that did not end by itself was busy with what it spoke of last */
    if (step->end != STEP_NOT_STARTED)
        migration =
            evidence_migration(step->log_tail, step->end == STEP_EXITED ? evidence.line : SIZE_MAX,
                               seen->before, seen->after);
    refused = migration ? NULL : refused_migration(&evidence);
    if (!migration && !refused)
        migration = next_by_ledger(seen);
    who = subject(step, migration, seen, &plural);
    what = predicate(step, seen, &evidence, plural);
    finding = finding_new(findings, "new-migrate", LEVEL_ERROR, "%s %s", who, what);
    finding_field(&finding->migration, migration ? migration : refused);
    finding_step(finding, step, &evidence, seen, note);
    add_hint(finding, step, seen, &evidence);
}

/* Its files, its script or its tool were not copied into the image. */
static void add_lack(const Observation *seen, FindingList *findings)
{
    const char *tag = seen->from_tag ? seen->from_tag : "the old release";
    Finding *finding = finding_new(findings, "new-migrate", LEVEL_ERROR,
                                   "the candidate has no migrations, although %s has: %s", tag,
                                   seen->candidate_lacks);

    finding_detail(finding,
                   "The migrations of %s ran; in the candidate image there is no command to run. "
                   "Whoever upgrades cannot migrate.",
                   tag);
    finding_hint(finding, "see that the Dockerfile copies the migrations and what runs them into "
                          "the image; when the command has changed, name the new one with "
                          "`migrate`, and the old one with `old: {migrate: ...}`");
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    if (seen->candidate_lacks && step_passed(seen->old_migrate))
        add_lack(seen, findings);
    else if (!old_is_ready(seen))
        *ret_skip = xstrdup("the released image's migrations did not pass");
    else if (!seen->new_migrate)
        *ret_skip = xstrdup("the candidate's migrations were not run");
    else if (seen->new_migrate->outcome == OUTCOME_ERROR)
        *ret_skip = xasprintf("the candidate's migrations could not be run: %s",
                              seen->new_migrate->reason ? seen->new_migrate->reason : "no reason");
    else if (!step_passed(seen->new_migrate))
        add_finding(seen, findings);
}

const Check CHECK_NEW_MIGRATE = {
    .id = "new-migrate",
    .level = LEVEL_ERROR,
    .profile = PROFILE_QUICK,
    .finds = "the candidate's migrations fail, time out, are killed or run out of memory on a "
             "database of the old release",
    .why = "This is what happens at the user's: their database was made and filled by\n"
           "the old release, and the new image migrates it. A migration that works on an\n"
           "empty database can fail there: on rows without a value, on duplicates, on\n"
           "rows that refer to nothing, or because its file is not where the old\n"
           "database expects it.",
    .fix = "The finding quotes the database's own words and names the migration and the\n"
           "table where the log tells them. Let the migration deal with the old rows:\n"
           "fill before NOT NULL, merge before UNIQUE, delete orphans before a foreign\n"
           "key. Never repair it by editing a migration that has shipped.\n"
           "\n"
           "A break that is announced can be accepted for the releases that it concerns:\n"
           "\n"
           "    allow:\n"
           "      - {check: new-migrate, from: \"<0.4\", reason: 0.4 asks for a fresh database}",
    .example = "migration 003_owner fails: NOT NULL constraint failed: notes_new.owner\n"
               "\n"
               "The migration copies notes into a table whose column owner is NOT NULL;\n"
               "notes of release 6 have no owner.",
    .judge = judge,
};
