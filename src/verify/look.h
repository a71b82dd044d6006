#pragma once
/* A look into an image, without starting anything of it. */

#include "model/image_files.h"
#include "verify/session.h"

/**
 * Read what framework detection wants to know: few files, never the contents of large ones.
 *
 * @param run  how its commands are run: overrides the image's entrypoint, working folder and PATH
 * @param[out] ret_files  empty before; what was there and what was not
 * @return NULL, or the engine's error; what was made is gone, or the teardown's then
 */
MUST_USE Error *look_into_image(Session *session, const EngineImage *image, const RunSettings *run,
                                ImageFiles *ret_files);
