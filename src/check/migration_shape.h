#pragma once
/* What names of migrations look like, and whether a ledger knows one. */

#include "model/snapshot.h"

/** 001_init, 20260801120000-add-owner: number, separator, name; at least three digits unless it is
 * the name of a file. Dates and UUIDs are none. */
bool migration_is_numbered(const char *text, bool is_file);
/**
 * Does a word of a log, without path and extension, look like a migration's name or id?
 *
 * @param is_file  it had the extension of a migration's file
 * @param after_word  a word such as "migration" or "applying" stands before it
 * @param snapshot  ids of its ledgers show what else counts; NULL none
 */
bool migration_is_likely(const char *name, bool is_file, bool after_word, const Snapshot *snapshot);
/** Without .up.sql, .ts and their like; caller frees. */
MUST_USE char *migration_bare_name(const char *name);
/** Does a ledger show it as applied? Numbers, extensions and Django's app names compare loosely. */
bool migration_is_applied(const Snapshot *snapshot, const char *name);
/** Do the ledgers keep names of files? The first entry tells. */
bool migration_ids_have_extension(const Snapshot *snapshot);
