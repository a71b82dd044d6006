#pragma once
/* Two renderings of one value: what a change of type, a JSON library or a move to another column
 * makes of the text of a value without losing it. */

#include <stdint.h>

#include "base/list.h"

/**
 * Whether two texts are the same value: the same bytes, or the same JSON; where the types differ
 * also the same number (1, 1.0, 01), truth value (t, true, 1), moment (a time without a zone is in
 * UTC; seconds since 1970) or UUID.
 *
 * @param retyped  the type of the column changed in between
 */
bool value_same(const char *before, const char *after, bool retyped);
/** One way of writing for all renderings of a value; caller frees. */
MUST_USE char *value_canonical(const char *text);
/** What a value consists of, each in its one way of writing: itself, or of a JSON document its
 * leaves. Empty for an empty document. */
void value_atoms(const char *text, StrList *ret_atoms);
/** Whether finding this atom elsewhere says something: small numbers and flags are everywhere. */
bool value_is_telling(const char *atom);
uint64_t value_hash(const char *text);
/** As it may be shown in a report: masked where the column's name or the text itself looks like a
 * secret, cleaned, cut. "NULL" for NULL. Caller frees. */
MUST_USE char *value_shown(const char *column, const char *text);
