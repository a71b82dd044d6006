#pragma once
/* A container of an image that never runs: by it the archive API reads the image's files. */

#include "verify/session.h"

typedef struct ImageHolder {
    char *name, *id;
} ImageHolder;

/** Make one; the session's teardown knows it. @param role  in its name: "files" */
MUST_USE Error *image_holder_open(Session *session, const EngineImage *image, const char *role,
                                  Deadline dl, ImageHolder *ret_holder);
/** Whether an error of engine_archive_get says that there is nothing at that path. */
bool image_holder_lacks(const Error *err);
/** Take it away. After an error the teardown does. */
MUST_USE Error *image_holder_close(Session *session, const ImageHolder *holder, Deadline dl);
void image_holder_clear(ImageHolder *holder);
DEFINE_AUTO_VALUE(image_holder, ImageHolder, image_holder_clear)
