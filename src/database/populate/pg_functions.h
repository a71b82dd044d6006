#pragma once
/* Functions of the application's own that checks call: what is written in them says which values
 * they let pass. */

#include "database/populate/engine.h"

typedef struct PgFunction {
    char *name;
    StrList parameters; /* by name, and "$1"; one after the other for each */
    char *body;
    bool expression; /* the body is one */
} PgFunction;

typedef struct PgFunctions {
    PgFunction *items;
    size_t len, cap;
} PgFunctions;

MUST_USE Error *pg_functions_read(PopEngine *engine, PgFunctions *ret_functions);
void pg_functions_clear(PgFunctions *functions);
DEFINE_AUTO_VALUE(pg_functions, PgFunctions, pg_functions_clear)

/** Give each of the table's checks what the functions that it calls say of the columns. */
void pg_functions_hint(const PgFunctions *functions, PopTable *table);
