#pragma once
/* Evidence that an image has no migrations: not having found any is none. */

#include "model/image_files.h"

/**
 * Whether the image has no migrations: a manifest of the application was read, and neither it, nor
 * the image's own command, nor a file of the application speaks of any.
 *
 * @param files  of which framework_probes asks for nothing more
 * @param[out] ret_evidence  one line: how that is known; caller frees; untouched when false
 * @param[out] ret_client  package of a database's client that the manifest names: such an
 * application may make its tables when it starts; NULL when none; static
 */
bool migrations_absent(const ImageFiles *files, char **ret_evidence, const char **ret_client);

/**
 * Whether words run a script of package.json (`npm run X`, `yarn X`, ...) that it does not have.
 *
 * @param[out] ret_evidence  one line; caller frees; untouched when false
 */
bool script_absent(const ImageFiles *files, const StrList *words, char **ret_evidence);

/** Whether words run a script of package.json by its name. */
bool script_is_run(const StrList *words);

/** Folders of a root that has too many files to be listed in one go; appended. */
void absent_probes(const ImageFiles *known, const char *root, StrList *paths);
