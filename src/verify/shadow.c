#include "verify/shadow.h"

#include "tar/tar.h"

#define SHADOW_MS 120000
#define SPOOL_MAX ((int64_t)2 << 30)

/* Podman fills the volume of a declared VOLUME when its container starts, and shows it empty until
 * then (seen with 4.3). */
static bool is_hidden(const Session *session, const EngineImage *image, const char *folder)
{
    return engine_info(session->engine)->is_podman && str_list_has(&image->volumes, folder);
}

static Error *read_folder(Session *session, const char *container, const char *folder, Deadline dl,
                          FileTree *ret_tree)
{
    AUTO(spool) Spool *spool = NULL;
    AUTO(tar_reader) TarReader *reader = NULL;
    AUTO(error) Error *err = NULL;

    TRY(spool_new(SPOOL_MAX, &spool));
    err = engine_archive_get(session->engine, container, folder, dl, tar_to_spool, spool);
    if (err && image_holder_lacks(err))
        return NULL;
    if (err)
        return TAKE(err);
    TRY(tar_reader_open_fd(spool_rewind(spool), &reader));
    return tar_tree(reader, ret_tree);
}

Error *shadow_read(Session *session, const EngineImage *image, const ImageHolder *holder,
                   const char *folder, FileTree *ret_tree)
{
    AUTO(file_tree) FileTree tree = {0};

    if (is_hidden(session, image, folder))
        return error_new(ERR_CONFLICT, 0,
                         "the engine does not show what an image has in the volume that it "
                         "declares at %s",
                         folder);
    TRY_CTX(read_folder(session, holder->id, folder, deadline_in(SHADOW_MS), &tree),
            "reading %s of an image", folder);
    *ret_tree = tree;
    tree = (FileTree){0};
    return NULL;
}

Error *shadow_read_volume(Lane *lane)
{
    Trial *trial = lane->trial;

    if (trial->new_tree.len == 0 || !trial->new_copy)
        return NULL;
    TRY_CTX(database_tree(trial->new_copy, lane->session.cancel, deadline_in(TRIAL_COPY_MS),
                          &trial->volume_tree),
            "listing the files of the volume");
    trial->volume_tree_known = true;
    return NULL;
}
