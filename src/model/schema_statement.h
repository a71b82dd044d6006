#pragma once
/* The SQL that would make one database like another, difference by difference. */

#include "model/schema.h"

typedef enum SchemaDialect { SCHEMA_POSTGRES, SCHEMA_SQLITE } SchemaDialect;

/**
 * What a person would run on the upgraded database. Names are quoted where they need it.
 *
 * Several statements where one does not do (a table with its indexes), each on lines of its own and
 * ended by a semicolon. Where SQLite has no statement short of making the table anew, the text is a
 * comment ("-- ...") that says so.
 *
 * @param difference  of schema_diff(upgraded, fresh)
 * @return caller frees; NULL when none can be told
 */
MUST_USE char *schema_difference_statement(SchemaDialect dialect, const Schema *upgraded,
                                           const Schema *fresh, const SchemaDifference *difference);
