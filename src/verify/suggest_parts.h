#pragma once
/* What the parts of a suggestion share. */

#include "verify/suggest.h"

typedef struct Suggester {
    const SuggestFacts *facts;
    const ComposeService *migrate, *application, *database; /* NULL: none */
    const char *migrate_why;
    Suggestion *to;
} Suggester;

/** Fills in the database, the volumes, and the variables that say where it is. The working folder
 * has to be known. */
void suggest_database(const Suggester *all);
