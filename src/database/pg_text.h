#pragma once
/* Definitions as the server renders them, brought to one way of writing: Postgres renders the same
 * expression differently once it was dumped and restored. */

#include "base/cleanup.h"

/**
 * An expression or a query with what a dump and a restore change made the same:
 *  ((a AND b) AND c)  is  (a AND b AND c), and so with OR
 *  (ARRAY['x'::character varying])::text[]  and  ARRAY[('x'::character varying)::text]  are
 *  ARRAY['x'::character varying]
 *
 * Nothing inside quotes changes. For comparing and showing; caller frees.
 */
MUST_USE char *pg_normalise(const char *rendered);

/** "(a, b DESC)" without the pair of parentheses around all of it, if there is one; caller frees.
 */
MUST_USE char *pg_unwrap(const char *text);
