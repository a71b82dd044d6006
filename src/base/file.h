#pragma once
/* Whole files into memory, with a cap. */

#include "base/buffer.h"

/**
 * Read a file to its end.
 *
 * @param max_bytes  the most that is accepted
 * @param[out] ret_text  NUL-terminated, may hold NUL bytes of its own; the caller frees
 * @return NULL, or an error that begins with the path: ERR_NOT_FOUND (there is none), ERR_LIMIT (it
 * is larger), ERR_SYSTEM (a folder, no permission, ...)
 */
MUST_USE Error *file_read(const char *path, size_t max_bytes, char **ret_text, size_t *ret_len);

/**
 * The way from one folder to another, symbolic links resolved: "../..", "a/b", "." when they are
 * the same.
 *
 * @param[out] ret_path  caller frees; untouched on error
 * @return NULL, or an error that begins with the path: ERR_NOT_FOUND, ERR_SYSTEM
 */
MUST_USE Error *file_relative(const char *from, const char *to, char **ret_path);
