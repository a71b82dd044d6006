#pragma once
/* What stands in a migration file besides what it does: its id, and which come before it. */

#include "model/migration_set.h"

/** Text of the first value of `name = ...` in Python or JavaScript; every quoted word of it is
 * appended: of a tuple or list all. False when there is no such assignment. */
bool parse_assignment(const char *text, const char *name, StrList *ret_words);
/** The class of a TypeORM or Doctrine migration as the ledger has it; NULL none. Caller frees. */
MUST_USE char *parse_class(const char *text);
/** Pairs of ("app", "name") in an assignment as "app.name": Django's dependencies and replaces. */
void parse_pairs(const char *text, const char *name, StrList *ret_ids);
/** Text up to the line that begins so; caller frees. */
MUST_USE char *parse_up_to(const char *text, const char *line);
