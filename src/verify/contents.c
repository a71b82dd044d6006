#include "verify/contents.h"

#include "verify/files.h"
#include "verify/shadow.h"

#define HOLDER_MS 120000

/* The framework whose ledger the old run left; that of the command when there is none. */
static const char *framework_of(const Trial *trial)
{
    const LedgerList *ledgers = &trial->old.snapshot.ledgers;

    return ledgers->len > 0 ? ledgers->items[0].framework : trial->plan->commands.framework;
}

/* Every report lists the files: they are what is about to run. */
static Error *read_files(Lane *lane, const PlannedImage *image, const ImageHolder *holder)
{
    Trial *trial = lane->trial;
    bool candidate = image == &trial->plan->candidate;
    const RunSettings *settings = candidate ? &trial->run : &trial->old_run;
    const char *folder = trial->session->config->migrations;

    if (trial->files_unknown)
        return NULL;
    if (!folder)
        folder = trial->plan->commands.migrations;
    return files_read(&lane->session, &image->image, holder, settings->workdir, folder,
                      framework_of(trial), candidate ? &trial->new_files : &trial->old_files);
}

/* Only what the candidate has there, too, can be hidden. */
static Error *read_tree(Lane *lane, const PlannedImage *image, const ImageHolder *holder,
                        const char *mount)
{
    Trial *trial = lane->trial;
    bool candidate = image == &trial->plan->candidate;

    if (!mount || trial->tree_unknown || (!candidate && trial->new_tree.len == 0))
        return NULL;
    return shadow_read(&lane->session, &image->image, holder, mount,
                       candidate ? &trial->new_tree : &trial->old_tree);
}

static void note_unknown(char **why, const Error *err)
{
    if (err && !*why)
        *why = xstrdup(err->msg);
}

/* @param mount  NULL: its tree is not wanted */
static Error *read_image(Lane *lane, const PlannedImage *image, bool files, const char *mount)
{
    Trial *trial = lane->trial;
    Deadline dl = deadline_in(HOLDER_MS);
    AUTO(image_holder) ImageHolder holder = {0};
    AUTO(error) Error *files_err = NULL, *tree_err = NULL;
    AUTO(error) Error *err = image_holder_open(&lane->session, &image->image, "files", dl, &holder);

    if (err) {
        note_unknown(&trial->files_unknown, files ? err : NULL);
        note_unknown(&trial->tree_unknown, mount ? err : NULL);
        return NULL;
    }
    files_err = files ? read_files(lane, image, &holder) : NULL;
    tree_err = read_tree(lane, image, &holder, mount);
    note_unknown(&trial->files_unknown, files_err);
    note_unknown(&trial->tree_unknown, tree_err);
    /* what stays is the teardown's, which tells when it cannot be removed */
    error_ignore(image_holder_close(&lane->session, &holder, dl));
    return cancel_check(trial->session->cancel);
}

/* The volume was filled by the first image, and the files that were applied are the last one's. */
static Error *read_all(void *context)
{
    Trial *trial = context;
    const PlannedImage *first = &trial->path->olds.items[0], *last = trial->last_old;
    AUTO(str) char *mount = database_volume(&trial->spec);
    AUTO(lane) Lane lane = {0};

    if (!trial_wants(trial, "volume-shadow"))
        free(TAKE(mount));
    TRY(lane_open(trial, "contents", &lane));
    TRY(read_image(&lane, &trial->plan->candidate, true, mount));
    TRY(read_image(&lane, last, true, first == last ? mount : NULL));
    if (first != last && mount && trial->new_tree.len > 0)
        TRY(read_image(&lane, first, false, mount));
    trial->trees_known = mount && !trial->tree_unknown;
    return NULL;
}

void contents_begin(Contents *contents, Trial *trial)
{
    contents->trial = trial;
    task_begin(&contents->task, read_all, trial);
}

Error *contents_end(Contents *contents)
{
    return task_end(&contents->task);
}

void contents_clear(Contents *contents)
{
    task_clear(&contents->task);
}
