#include "migrator/ledger_log.h"
#include "verify/trial_parts.h"

Error *trial_mark(Trial *trial)
{
    return database_mark(trial->database, deadline_in(TRIAL_CALL_MS), &trial->mark);
}

/* What the database refuses, such as a table that a prepared transaction keeps locked, takes
 * nothing from what the other checks see: it is an error of those that want it. */
static bool could_not(Trial *trial, const Error *err)
{
    static const char *const CHECKS[] = {"data-survival", "destructive"};

    if (err->code != ERR_CONFLICT && err->code != ERR_DENIED)
        return false;
    for (size_t i = 0; i < COUNT_OF(CHECKS); i++)
        trial_could_not(trial, CHECKS[i], err);
    return true;
}

/* Without its columns a table would seem to be gone, and so would all of a file that is damaged. */
static Error *refuse_unread(const Snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->faults.len; i++)
        if (snapshot->faults.items[i].kind == FAULT_UNREADABLE)
            return error_new(ERR_CONFLICT, 0, "%s", snapshot->faults.items[i].detail);
    for (size_t i = 0; i < snapshot->unseen.len; i++)
        if (text_starts(snapshot->unseen.items[i], "schema:"))
            return error_new(ERR_CONFLICT, 0, "%s", snapshot->unseen.items[i]);
    return NULL;
}

static Error *compare(Trial *trial)
{
    TRY(refuse_unread(&trial->old.snapshot));
    TRY(refuse_unread(&trial->new.snapshot));
    return database_compare(trial->old_copy, &trial->old.snapshot, trial->new_copy,
                            &trial->new.snapshot, &trial->spec, trial->session->cancel,
                            deadline_in(TRIAL_COPY_MS), &trial->data);
}

/* What became of rows and values, and the SQL that it is held against. */
Error *trial_follow(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(error) Error *err = NULL;

    if (!trial_wants(trial, "data-survival") && !trial_wants(trial, "destructive"))
        return NULL;
    if (!trial->old.snapshot.exists || !trial->new.snapshot.exists)
        return NULL;
    TRY_CTX(database_statements(trial->database, lane->session.engine, trial->mark, STATEMENTS_DONE,
                                deadline_in(TRIAL_COPY_MS), &trial->statements,
                                &trial->statements_known),
            "reading what SQL the candidate ran");
    err = compare(trial);
    if (err && could_not(trial, err))
        return NULL;
    if (err)
        return error_wrap(TAKE(err), "comparing the rows of %s", trial->report->database);
    trial->has_data = true;
    if (trial->statements_known)
        ledger_log_attribute(&trial->new.snapshot, &trial->statements);
    trial_scripts(trial);
    return NULL;
}

/* What cannot be read leaves the failure as it is, with fewer words. */
void trial_reached(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(statement_list) StatementList sent = {0};
    AUTO(error) Error *err = NULL;
    bool known = false;

    if (!trial->mark || !trial->old.taken)
        return;
    err = database_statements(trial->database, lane->session.engine, trial->mark, STATEMENTS_SENT,
                              deadline_in(TRIAL_COPY_MS), &sent, &known);
    if (!err && known && !sent.cut)
        trial->reached_known = ledger_log_reached(&trial->old.snapshot, &sent, &trial->reached);
}

static const MigrationFile *file_of(const MigrationSet *files, const char *id)
{
    for (int name = 0; name < MIGRATION_NAME_COUNT; name++) {
        const MigrationFile *file = migration_set_find(files, (MigrationName)name, id);

        if (file)
            return file;
    }
    return NULL;
}

/* Where no server tells: what ran is in the files, when each is SQL or code that could be read. */
void trial_scripts(Trial *trial)
{
    AUTO(str_list) StrList added = {0};
    AUTO(statement_list) StatementList statements = {0};

    if (trial->statements_known || !trial->has_data)
        return;
    ledger_added(&trial->old.snapshot.ledgers, &trial->new.snapshot.ledgers, &added);
    for (size_t i = 0; i < added.len; i++) {
        const MigrationFile *file = file_of(&trial->new_files, added.items[i]);

        if (!file || !file->text ||
            (file->language != LANGUAGE_SQL && file->language != LANGUAGE_C_LIKE &&
             file->language != LANGUAGE_HASH))
            return;
        if (file->language == LANGUAGE_SQL)
            statement_list_add_script(&statements, added.items[i], file->text);
        else
            statement_list_add_code(&statements, added.items[i], file->text,
                                    file->language == LANGUAGE_HASH);
    }
    trial->statements_known = added.len > 0;
    trial->statements = statements;
    statements = (StatementList){0};
}
