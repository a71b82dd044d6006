#pragma once
/* What the parts of a suggestion share. */

#include "base/buffer.h"
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
/** The name of a variable, as everybody and YAML take it. */
bool suggest_is_name(const char *key);
/** Whether a value may be written into a file: a number, a switch, the name of a mode. */
bool suggest_is_harmless(const char *key, const char *value);
/** A URL with a user in it: what is behind the user is nothing for a file. */
bool suggest_holds_login(const StrList *words);
void suggest_build(const Suggester *all);
void suggest_server_service(const Suggester *all);
void suggest_services(const Suggester *all);
void suggest_start(const Suggester *all); /* last: it depends on what else was found */

void suggestion_add_server(Buf *out, const Suggestion *from);
void suggestion_add_services(Buf *out, const Suggestion *from);
void suggestion_add_start(Buf *out, const Suggestion *from);
