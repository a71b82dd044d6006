#pragma once
/* Paths of a container, and symbolic links that an archive lists. */

#include "base/list.h"

/**
 * An absolute path without "//", "/./" and a final "/".
 *
 * @param what  names the setting in the error: "database.volume"
 * @return NULL, or ERR_INVALID: not absolute, ".." in it, or the root folder itself
 */
MUST_USE Error *path_clean(const char *what, const char *path, char **ret_path);
/** Whether a clean path lies below a clean folder. */
bool path_is_below(const char *path, const char *folder);
/** The folder of a clean path: "/app" of "/app/data", "/" of "/data"; caller frees. */
MUST_USE char *path_folder(const char *path);

/**
 * Follow the links on the way to a path, as the container would that has the volume mounted.
 *
 * @param links  path -> target, paths relative to the volume
 * @param path  relative to the volume
 * @param[out] ret_path  where it leads, relative to the volume; untouched when it leads out
 * @return NULL, or the target that is not in the volume (or links that go round in a circle);
 * caller frees
 */
MUST_USE char *links_resolve(const StrMap *links, const char *volume, const char *path,
                             char **ret_path);
