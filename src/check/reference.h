#pragma once
/* Which tables hold reference data, and what is said of one that differs. */

#include "model/observation.h"

/**
 * The tables whose rows an upgraded and a fresh database should share: filled by migrations, in
 * which nobody made rows since.
 *
 * @param before  the old database, with rows that were made
 * @param made  columns of those rows: their tables are left out
 * @param foreign  others may have put rows there: a seed, a backup
 */
void reference_choose(const Snapshot *before, const Snapshot *upgraded, const Snapshot *fresh,
                      const PopulateColumnList *made, bool foreign, ReferenceList *ret_tables);
/** Warnings of schema-parity. */
void reference_judge(const ReferenceList *tables, FindingList *findings);
