#pragma once
/* Statements for SQLite, which changes little of a table. */

#include "model/schema.h"

/** See schema_difference_statement. */
MUST_USE char *sqlite_difference_statement(const Schema *upgraded, const Schema *fresh,
                                           const SchemaDifference *difference);
