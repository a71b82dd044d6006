/* What to do about a failure, by its kind. */

#include "check/evidence.h"

static const char *const HINTS[] = {
    [EVIDENCE_NOT_NULL] =
        "rows of the old release have no value there: give the column a default, or fill it in the "
        "migration before the constraint is made",
    [EVIDENCE_UNIQUE] =
        "rows of the old release repeat that value: merge or rename the duplicates in the migration "
        "before the unique constraint is made",
    [EVIDENCE_FOREIGN_KEY] =
        "rows refer to rows that are not there: repair or delete the orphans in the migration first; "
        "when it rebuilds the parent table, switch foreign keys off before its transaction begins",
    [EVIDENCE_CHECK] = "rows of the old release break the new rule: change them in the migration "
                       "before the constraint is made",
    [EVIDENCE_VALUE] = "values of the old release do not fit the new type: convert them in the "
                       "migration, with an expression that covers every old value",
    [EVIDENCE_EXISTS] =
        "an upgraded database has that object already: find the migration or release that made it; "
        "was a shipped migration renamed, squashed or run by other means?",
    [EVIDENCE_MISSING] =
        "the old release does not have that object: compare the order of the migrations with what "
        "the old release shipped, and look for a shipped migration that was edited",
    [EVIDENCE_SYNTAX] = "run the statement by hand on the database version that the trial used: it "
                        "does not accept it",
    [EVIDENCE_DEPENDENT] =
        "drop what depends on it in the migration, make the change, and create it "
        "again",
    [EVIDENCE_LOCKED] = "another connection holds the database: close it before migrating, run the "
                        "migrations on one connection, and set a busy or lock timeout",
    [EVIDENCE_PRIVILEGE] =
        "the application's role may not do that: grant it in an earlier step, or "
        "do without it in the migration",
    [EVIDENCE_DISK] =
        "the database ran out of space or its disk failed: free space where the engine "
        "keeps its volumes and run again",
    [EVIDENCE_CORRUPT] = "the database file is damaged: look for a migration that writes the file "
                         "itself or copies it without its -wal",
    [EVIDENCE_LIMIT] = "the statement grows with the rows: work in batches",
    [EVIDENCE_TRANSACTION] =
        "that statement may not run in this transaction: give it a migration of "
        "its own, outside of a transaction if need be",
    [EVIDENCE_HISTORY] =
        "the candidate's migration files do not agree with what the old release applied: restore the "
        "shipped ones as they were and put the change into a new migration",
    [EVIDENCE_DIRTY] =
        "the ledger says that an earlier run failed or still runs: find what failed there first; "
        "users in that state cannot upgrade either",
    [EVIDENCE_CONNECT] = "the migration did not reach its database: check the address that it is "
                         "given (`env`, `env_file`)",
    [EVIDENCE_SETTING] =
        "give that variable under `env` or `env_file`; if only the candidate wants it, users who "
        "upgrade need it too: give it a default, or say so in the release notes and accept it",
    [EVIDENCE_MEMORY] =
        "the migration needs more memory than it may use: work in batches, or raise "
        "`memory`",
    [EVIDENCE_PROGRAM] = "the image lacks a file that the command needs: check `migrate` and what "
                         "the Dockerfile copies",
};

static char *access_hint(const char *image_user, const char *volume)
{
    const char *where = text_is_empty(volume) ? "the volume" : volume;

    if (text_is_empty(image_user) || text_eq(image_user, "root") || text_eq(image_user, "0") ||
        text_starts(image_user, "0:") || text_starts(image_user, "root:"))
        return xasprintf("check that the path lies in %s, that its folder exists there and that "
                         "nothing made the file read-only",
                         where);
    return xasprintf("the image runs as user %s, who may not write to %s: make that user own the "
                     "folder in the image (before VOLUME and USER), or set `database.owner`",
                     image_user, where);
}

char *evidence_hint(const Evidence *evidence, const char *image_user, const char *volume)
{
    if (evidence->kind == EVIDENCE_ACCESS)
        return access_hint(image_user, volume);
    if (evidence->kind == EVIDENCE_OTHER)
        return NULL;
    return xstrdup(HINTS[evidence->kind]);
}
