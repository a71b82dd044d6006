#pragma once
/* The migration files inside an image, read without starting anything of it. */

#include "model/migration_set.h"
#include "verify/image_holder.h"

/**
 * Read them.
 *
 * @param holder  of the image
 * @param workdir  where commands of the image start; NULL: as the image says
 * @param folder  absolute; NULL: where such files usually are, the first that has some
 * @param framework  as Ledger.framework; NULL: not known
 * @param[out] ret_set  without items when there are none
 * @return NULL; ERR_LIMIT: more than 20,000 files or 64 MB of them; the engine's error
 */
MUST_USE Error *files_read(Session *session, const EngineImage *image, const ImageHolder *holder,
                           const char *workdir, const char *folder, const char *framework,
                           MigrationSet *ret_set);
