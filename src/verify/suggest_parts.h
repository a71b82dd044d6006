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
void suggest_build(const Suggester *all);
void suggest_server_service(const Suggester *all);
void suggest_services(const Suggester *all);
void suggest_start(const Suggester *all); /* last: it depends on what else was found */

/* --- what may be written ------------------------------------------------------------------------
 */

/** The name of a variable, as everybody and YAML take it. */
bool suggest_is_name(const char *key);
/** Whether it may be listed as one: "KEY:VALUE" in a list of KEY=VALUE is none. */
bool suggest_may_list(const char *name);
/** Whether a value may be written into a file: a number, a switch, the name of a mode. */
bool suggest_is_harmless(const char *key, const char *value);
/** Whether words may be: nothing in them looks like a credential or is known as one. */
bool suggest_is_safe(const Suggester *all, const StrList *words);
/** A text of the compose file, with its defaults, that looks like no credential. Texts of this kind
 * name folders, users and targets: one may be equal to a password.
 * @param text  NULL: none
 * @param[out] ret_text  caller frees; untouched when false */
bool suggest_plain_text(const char *text, char **ret_text);
/** The same of an image reference. */
bool suggest_image_text(const char *image, char **ret_image);
/** Notes what was not written because it looks like a credential. */
void suggest_leave(const Suggester *all, SuggestPart part, const char *fmt, ...) PRINTF(3, 4);
/** A path of the compose file as seen from the folder of what is written; caller frees. */
MUST_USE char *suggest_path(const Suggester *all, const char *path);

/* --- servers ------------------------------------------------------------------------------------
 */

typedef struct Told {
    const ComposeService *server;
    const StrMap *env;       /* of the server, as written */
    const char *host, *port; /* port NULL: as it is */
    const StrList *secrets;
} Told;

/** What a server is given: its own names and switches, and passwords that are none of theirs.
 * @param left  names whose values were not copied */
void suggest_server_env(const Suggester *all, const ComposeService *server, StrMap *env,
                        StrList *left);
/** How a service is told of the server: variables with its address, its names and passwords. */
void suggest_tell(const Told *told, const ComposeService *service, StrMap *env);

/* --- text ---------------------------------------------------------------------------------------
 */

void suggestion_add_server(Buf *out, const Suggestion *from);
void suggestion_add_services(Buf *out, const Suggestion *from);
void suggestion_add_start(Buf *out, const Suggestion *from);
void suggestion_add_left(Buf *out, const char *indent, const Suggestion *from, SuggestPart part);
