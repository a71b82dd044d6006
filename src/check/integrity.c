#include <inttypes.h>

#include "check/compose.h"
#include "check/table.h"

static const Fault *find_fault(const Snapshot *snapshot, const Fault *fault, bool same_detail)
{
    for (size_t i = 0; snapshot && i < snapshot->faults.len; i++) {
        const Fault *other = &snapshot->faults.items[i];

        if (other->kind == fault->kind && text_eq(other->table, fault->table) &&
            text_eq(other->column, fault->column) &&
            (!same_detail || text_eq(other->detail, fault->detail)))
            return other;
    }
    return NULL;
}

/* The same fault before the upgrade; one whose rows grew in number is not the same. Where rows are
 * counted the detail carries the count and an example, and may differ. */
static const Fault *was_there(const Snapshot *before, const Fault *fault)
{
    const Fault *exact = find_fault(before, fault, true);
    const Fault *like = exact ? exact : fault->count > 0 ? find_fault(before, fault, false) : NULL;

    return like && fault->count <= like->count ? like : NULL;
}

static char *title_of(const Fault *fault)
{
    const char *detail = fault->detail ? fault->detail : "no detail";
    const char *table = fault->table ? fault->table : "a table";

    switch (fault->kind) {
    case FAULT_CORRUPT:
        return xasprintf("the upgraded database is damaged: %s", detail);
    case FAULT_FOREIGN_KEY:
        if (fault->count > 0)
            return xasprintf("%" PRId64 " %s of %s %s to nothing: %s", fault->count,
                             fault->count == 1 ? "row" : "rows", table,
                             fault->count == 1 ? "refers" : "refer", detail);
        return xasprintf("a foreign key of %s does not hold: %s", table, detail);
    case FAULT_SEQUENCE:
        return xasprintf("the sequence of %s%s%s lags behind its values: %s", table,
                         fault->column ? "." : "", fault->column ? fault->column : "", detail);
    case FAULT_LEFTOVER:
        return xasprintf("a table was left behind: %s", detail);
    case FAULT_UNREADABLE:
        return xasprintf("the upgraded database cannot be read: %s", detail);
    case FAULT_HELD:
        return xasprintf("locks are still held after the upgrade: %s", detail);
    case FAULT_CONSTRAINT:
        return xasprintf("a constraint of %s does not hold for every row: %s", table, detail);
    }
    return xstrdup(detail);
}

static const char *hint_of(FaultKind kind)
{
    switch (kind) {
    case FAULT_CORRUPT:
        return "look for a migration that writes to sqlite_schema, copies the file without its -wal, "
               "or breaks an index; run the integrity check after each migration to find it";
    case FAULT_FOREIGN_KEY:
        return "repair or delete the rows in the migration, and end it with a foreign key check: "
               "with foreign keys off nobody else notices";
    case FAULT_SEQUENCE:
        return "set the sequence to the largest value after copying the ids";
    case FAULT_LEFTOVER:
        return "drop it at the end of the migration that makes it";
    case FAULT_UNREADABLE:
        return "users would be left without a database that their application can open: look at what "
               "the migration does to the file";
    case FAULT_HELD:
        return "end it in the migration (COMMIT PREPARED, ROLLBACK PREPARED, pg_advisory_unlock), and "
               "let migrations reach the server without a pooler that keeps sessions";
    case FAULT_CONSTRAINT:
        return "repair the rows and validate the constraint in the migration that adds it";
    }
    return "";
}

static void judge_fault(const Observation *seen, const Fault *fault, FindingList *findings)
{
    const Fault *before = was_there(seen->before, fault);
    const Fault *fewer = before ? NULL : find_fault(seen->before, fault, false);
    AUTO(str) char *title = title_of(fault);
    Finding *finding = finding_new(findings, "integrity", before ? LEVEL_WARN : LEVEL_ERROR, "%s%s",
                                   title, before ? " (it was there before the upgrade)" : "");

    if (before)
        finding_detail(finding, "before: %s\nafter: %s\nThe candidate did not cause it.",
                       before->detail ? before->detail : "", fault->detail ? fault->detail : "");
    else if (fewer && fault->count > 0)
        finding_detail(finding, "before: %s\nafter: %s", fewer->detail ? fewer->detail : "",
                       fault->detail ? fault->detail : "");
    else
        finding_detail(finding, "%s", fault->detail ? fault->detail : "");
    finding_field(&finding->table, fault->table);
    finding_field(&finding->column, fault->column);
    finding_hint(finding, "%s", hint_of(fault->kind));
}

static void judge_lock(const Observation *seen, const Ledger *ledger, FindingList *findings)
{
    const Ledger *old =
        seen->before ? ledger_find(&seen->before->ledgers, ledger->space, ledger->table) : NULL;
    bool before = old && old->locked_by;
    Finding *finding;

    if (!ledger->locked_by)
        return;
    finding =
        finding_new(findings, "integrity", before ? LEVEL_WARN : LEVEL_ERROR,
                    "the migration lock of %s is still held after the upgrade: %s%s", ledger->table,
                    ledger->locked_by, before ? " (it was there before the upgrade)" : "");
    finding_detail(finding, "ledger %s (%s): locked by %s", ledger->table,
                   ledger->framework ? ledger->framework : "unknown framework", ledger->locked_by);
    finding_field(&finding->table, ledger->table);
    finding_hint(finding,
                 "the next start will wait for it or refuse to run: let the migrator end by "
                 "itself, and look for a process that was cut off");
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    char *skip = skip_without_upgrade(seen);

    if (skip) {
        *ret_skip = skip;
        return;
    }
    if (!seen->after->exists) {
        *ret_skip = xstrdup("there is no database after the upgrade");
        return;
    }
    for (size_t i = 0; i < seen->after->faults.len; i++)
        judge_fault(seen, &seen->after->faults.items[i], findings);
    for (size_t i = 0; i < seen->after->ledgers.len; i++)
        judge_lock(seen, &seen->after->ledgers.items[i], findings);
}

const Check CHECK_INTEGRITY = {
    .id = "integrity",
    .level = LEVEL_ERROR,
    .profile = PROFILE_QUICK,
    .finds =
        "the upgraded database is damaged: integrity_check, rows that refer to nothing, sequences "
        "that lag behind, left-over tables, transactions and locks",
    .why = "A migration can end well and leave rows behind that break a foreign key,\n"
           "because it ran with foreign keys off; ids that were copied without their\n"
           "sequence, so that the user's next insert fails; or a lock that makes the\n"
           "next start hang. Nobody notices before the application meets the row.",
    .fix = "Repair the rows in the migration that causes them, and let it end with a\n"
           "check of its own (PRAGMA foreign_key_check). What the released image left\n"
           "behind already is reported as a warning and is not the candidate's fault.",
    .example = "3 rows of notes refer to nothing: foreign_key_check: 3 rows of notes\n"
               "(notebook_id) refer to missing rows of notebooks\n"
               "\n"
               "The migration deleted old notebooks with PRAGMA foreign_keys = OFF, and\n"
               "their notes stayed.",
    .judge = judge,
};
