#pragma once
/* What of a table is read and compared. */

#include "model/schema.h"

/**
 * Columns that hold values of their own: neither computed from others nor hidden.
 *
 * @param[out] ret_columns  names, in the schema's order
 * @param[out] ret_key  those of the primary key; empty without one, or when not all were found
 */
void table_columns(const Schema *schema, const char *space, const char *table, StrList *ret_columns,
                   StrList *ret_key);
