#include "check/reference.h"
#include "verify/trial_parts.h"

/* Others than the migrations and we may have put rows into the old database. */
static bool has_foreign_rows(const Trial *trial)
{
    const Config *config = trial->session->config;

    return config->data.restore || config->data.seed.len > 0 || trial->run.seed.len > 0;
}

Error *trial_references(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(error) Error *err = NULL;

    if (!trial_wants(trial, "schema-parity") || !trial->old.taken || !trial->fresh_copy ||
        !trial->fresh.taken || !trial_passed(trial, trial->new.step) || !trial->new.taken)
        return NULL;
    reference_choose(&trial->old.snapshot, &trial->new.snapshot, &trial->fresh.snapshot,
                     &trial->rows.columns, has_foreign_rows(trial), &trial->references);
    err = database_references(trial->new_copy, &trial->new.snapshot, trial->fresh_copy,
                              &trial->fresh.snapshot, &trial->spec, lane->session.cancel,
                              deadline_in(TRIAL_COPY_MS), &trial->references);
    if (err && err->code == ERR_CANCELLED)
        return TAKE(err);
    /* schemas are compared all the same */
    if (err)
        str_list_addf(&trial->references.unseen, "reference data: %s", err->msg);
    return NULL;
}
