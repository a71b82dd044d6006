#pragma once
/* Files of KEY=value lines. */

#include "base/list.h"

/**
 * Read the pairs of such a file: an optional `export`, blanks around the key, comments (a line, or
 * after a blank behind a value), values bare, in '…' (as they are) or in "…" (\n \r \t \" \\ \$ \`
 * are unescaped, other backslashes stay); quoted values may go over several lines; quoted pieces
 * that touch are one value, as in a shell. Nothing is expanded. A later line beats an earlier one.
 *
 * @param text  NUL-terminated; CR LF and a byte order mark are fine
 * @param name  the file, for messages
 * @param pairs  the pairs are set in it; on error some may be already
 * @return NULL, or ERR_INVALID "NAME:LINE: ..." that quotes no value
 */
MUST_USE Error *env_file_parse(const char *text, size_t len, const char *name, StrMap *pairs);
