#pragma once
/* What images have where a volume is mounted over it. */

#include "verify/image_holder.h"
#include "verify/trial_parts.h"

/**
 * What an image has below the mount path of the volume.
 *
 * @param holder  of the image
 * @param[out] ret_tree  without items when it has no such folder
 * @return NULL; ERR_CONFLICT: the engine hides it; the engine's error
 */
MUST_USE Error *shadow_read(Session *session, const EngineImage *image, const ImageHolder *holder,
                            const char *folder, FileTree *ret_tree);
/** The files of the volume after the upgrade: an image may bring its own there by itself. */
MUST_USE Error *shadow_read_volume(Lane *lane);
