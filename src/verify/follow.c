#include "verify/trial_parts.h"

Error *trial_mark(Trial *trial)
{
    return database_mark(trial->database, deadline_in(TRIAL_CALL_MS), &trial->mark);
}

/* What became of rows and values, and the SQL that it is held against. */
Error *trial_follow(Lane *lane)
{
    Trial *trial = lane->trial;

    if (!trial_wants(trial, "data-survival") && !trial_wants(trial, "destructive"))
        return NULL;
    if (!trial->old.snapshot.exists || !trial->new.snapshot.exists)
        return NULL;
    TRY_CTX(database_statements(trial->database, lane->session.engine, trial->mark,
                                deadline_in(TRIAL_COPY_MS), &trial->statements,
                                &trial->statements_known),
            "reading what SQL the candidate ran");
    TRY_CTX(database_compare(trial->old_copy, &trial->old.snapshot, trial->new_copy,
                             &trial->new.snapshot, &trial->spec, trial->session->cancel,
                             deadline_in(TRIAL_COPY_MS), &trial->data),
            "comparing the rows of %s", trial->report->database);
    trial->has_data = true;
    trial_scripts(trial);
    return NULL;
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

/* Where no server tells: what ran is in the files, when each is SQL that could be read. */
void trial_scripts(Trial *trial)
{
    AUTO(str_list) StrList added = {0};
    AUTO(statement_list) StatementList statements = {0};

    if (trial->statements_known || !trial->has_data)
        return;
    ledger_added(&trial->old.snapshot.ledgers, &trial->new.snapshot.ledgers, &added);
    for (size_t i = 0; i < added.len; i++) {
        const MigrationFile *file = file_of(&trial->new_files, added.items[i]);

        if (!file || file->language != LANGUAGE_SQL || !file->text)
            return;
        statement_list_add_script(&statements, added.items[i], file->text);
    }
    trial->statements_known = added.len > 0;
    trial->statements = statements;
    statements = (StatementList){0};
}
