#pragma once
/* Two databases that should have the same schema, and where they do not. */

#include "model/snapshot.h"

/** As schema_diff, without ledgers and their locks. */
void differences_find(const Snapshot *a, const Snapshot *b, SchemaDiff *ret_diff);
/**
 * One difference as a sentence: "index notes_owner_idx on notes exists only after a fresh install",
 * "column notes.body: not null: yes after the upgrade, no after a fresh install". Caller frees.
 *
 * @param in_a  where the first was seen: "after the upgrade"
 * @param in_b  where the other was
 */
MUST_USE char *difference_sentence(const SchemaDifference *difference, const char *in_a,
                                   const char *in_b);
/** All of them, one a line, a hundred at most; caller frees. */
MUST_USE char *difference_sentences(const SchemaDiff *diff, const char *in_a, const char *in_b);
/** The table that a difference is about, for allow entries. Borrowed. */
const char *difference_table(const SchemaDifference *difference);
/**
 * Rows of user tables that one has more of than the other: "tags has 8 rows ..., 4 ...", one a
 * line. Caller frees; NULL when there are none.
 *
 * @param[out] ret_table  the first such table, borrowed from a; untouched when there is none
 */
MUST_USE char *row_differences(const Snapshot *a, const Snapshot *b, const char *in_a,
                               const char *in_b, const char **ret_table);
