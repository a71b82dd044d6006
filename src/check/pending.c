#include <string.h>

#include "check/compose.h"
#include "check/pattern.h"
#include "check/table.h"

#define LISTED_MAX 20 /* rows that get a finding of their own */

/* How status commands show a migration that is not applied or not as it was; several of them exit with
 * 0 all the same. %n is the migration. Source: the migrators' own output, listed in the fact sheet. */
static const char *const STATUS_PATTERNS[] = {
    "%d/pending %*",                        /* sqlx migrate info */
    "%d/installed (different checksum) %*", /* sqlx */
    "[ ] %*",                               /* Django, TypeORM, Diesel, dbmate */
    "down %d %*",                           /* Rails, Ecto, Phinx */
    "Found %d Pending Migration file%*",    /* Knex */
    "%d (dirty)",                           /* golang-migrate */
    "Following migration have not yet been applied%*",  /* Prisma */
    "Following migrations have not yet been applied%*", /* Prisma */
    "%d changesets have not been applied%*",            /* Liquibase */
    "%d change sets have not been applied%*",
    "Undeployed change%*",     /* Sqitch */
    "Migration Status: PENDING", /* Atlas */
    "(Pending)",               /* EF Core */
};

/* A table's or list's cell that says Pending: Flyway, Laravel, goose, SeaORM. */
static bool has_pending_cell(const char *line)
{
    const char *at = line;

    while ((at = strstr(at, "Pending"))) {
        char before = at > line ? at[-1] : ' ';
        const char *after = at + strlen("Pending");
        const char *rest = after + strspn(after, " \t");

        if (strchr(" |.\t", before) && (!*rest || *rest == '|' || text_starts(rest, "-- ")) &&
            strpbrk(line, "0123456789"))
            return true;
        at = after;
    }
    return false;
}

/* The line of a status output that shows something pending; NULL when none does. Caller frees. */
static char *pending_line(const char *log)
{
    AUTO(str_list) StrList lines = {0};

    str_list_split(log ? log : "", '\n', &lines);
    for (size_t i = 0; i < lines.len; i++) {
        const char *line = lines.items[i];

        if (has_pending_cell(line))
            return text_trim(line);
        for (size_t k = 0; k < COUNT_OF(STATUS_PATTERNS); k++) {
            AUTO(pattern_match) PatternMatch match = {0};

            if (pattern_find(line, STATUS_PATTERNS[k], &match) &&
                (!match.name || !text_eq(match.name, "0") || !text_starts(STATUS_PATTERNS[k], "Found")))
                return text_trim(line);
        }
    }
    return NULL;
}

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
    finding_hint(finding, step->end == STEP_NOT_STARTED
                              ? "the candidate image has no such command: check `status`"
                              : "it must exit with 0 once all migrations are applied: look at what it "
                                "lists in its log");
}

static void judge_status(const Observation *seen, FindingList *findings)
{
    AUTO(str) char *line = NULL;
    AUTO(evidence) Evidence evidence = {0};
    Finding *finding;

    if (!step_passed(seen->status)) {
        judge_status_end(seen, findings);
        return;
    }
    line = pending_line(seen->status->log_tail);
    if (!line)
        return;
    finding = finding_new(findings, "pending", LEVEL_ERROR,
                          "the status command shows unfinished migrations after the upgrade: %s", line);
    finding_step(finding, seen->status, &evidence, seen, NULL);
    finding_hint(finding, "the migrate command exited with 0 without applying it: look for a "
                          "migration whose number is older than one that is applied already");
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
                 failed ? "make the migrate command exit with an error when a migration fails, and "
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
        Finding *finding =
            finding_new(findings, "pending", LEVEL_ERROR, "%zu more migrations of %s are unfinished",
                        unfinished - LISTED_MAX, ledger->table);

        finding_field(&finding->table, ledger->table);
        finding_hint(finding, "see the first ones");
    }
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    char *skip = skip_without_upgrade(seen);

    if (skip) {
        *ret_skip = skip;
        return;
    }
    if (!seen->status && seen->after->ledgers.len == 0) {
        *ret_skip = xstrdup("no ledger table was found, and no `status` command is set");
        return;
    }
    if (seen->status && seen->status->outcome != OUTCOME_ERROR)
        judge_status(seen, findings);
    for (size_t i = 0; i < seen->after->ledgers.len; i++)
        judge_ledger(seen, &seen->after->ledgers.items[i], findings);
}

const Check CHECK_PENDING = {
    .id = "pending",
    .level = LEVEL_ERROR,
    .profile = PROFILE_QUICK,
    .finds = "the ledger or the status command still shows pending, failed or dirty migrations after "
             "the upgrade",
    .why = "An exit status of 0 is no proof. Migrators skip entries that are older than the newest "
           "applied one, note a failure in their ledger and go on, or leave a dirty flag that makes "
           "the next start refuse. The user's application then runs on half a schema.",
    .fix = "Look at the named rows of the ledger. Give a migration that came in late by a merge or a "
           "back-port a number behind the newest shipped one. Let the command fail when a migration "
           "fails. Set `status` to the migrator's own status command: it is run after the upgrade, "
           "must exit with 0, and must list nothing as pending.",
    .example = "migration 007_unique_titles is recorded as failed after the upgrade, though the command "
               "exited with 0\n"
               "\n"
               "The application catches the error, notes it and starts all the same.",
    .judge = judge,
};
