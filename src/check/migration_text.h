#pragma once
/* What a migration says, apart from how it is written: for telling an edit from a new layout. */

#include "model/migration_set.h"

/** Its tokens, one a line: comments and white space dropped; in SQL the case of words that are not
 * quoted, and quotes that change nothing; in code semicolons, trailing commas, the kind of quotes.
 * Caller frees. */
MUST_USE char *migration_tokens(const char *text, MigrationLanguage language);
/** Its lines without their ends, which checksums of lines leave out. Caller frees. */
MUST_USE char *migration_lines(const char *text);
