#pragma once
/* Which commands run in an image, and how that is known. */

#include "verify/session.h"

/* Clear it. */
typedef struct Commands {
    StrList migrate;   /* words; empty: the image's own command, or none when absent */
    StrList status;    /* empty: none */
    bool status_found; /* detected, not given */
    bool starts;       /* no command: the application migrates when it is started */
    bool absent;       /* the image has no migrations: found says how that is known */
    char *client;      /* absent, but a database's client is there: it may make its tables when it
                          starts; NULL none */
    char *framework;   /* NULL: not known */
    char *rollback;    /* detected, as a line; NULL: none. It is shown, never run */
    char *migrations;  /* folder of the migration files; NULL: not seen */
    char *workdir;     /* where they have to start; NULL: where the image's commands do */
    char *found;       /* "given", or why; NULL: the image would have to be here to tell */
} Commands;

/** Those that the settings give, without a look into the image. */
void commands_given(const Config *config, const RunSettings *run, Commands *ret_commands);
/**
 * The commands of an image: as given, else detected in it.
 *
 * @param run  settings for this image: config.run, or config_old_run's
 * @param whose  "the candidate", "release v1.0.0": for errors
 * @param image  without an id when it is not in the local store
 * @return NULL, ERR_INVALID when none is given and none was found, and that there is none to be
 * found is not certain: says what was looked for; errors of the engine
 */
MUST_USE Error *commands_obtain(Session *session, const RunSettings *run, const char *whose,
                                const EngineImage *image, Commands *ret_commands);
void commands_copy(const Commands *from, Commands *ret_to);
void commands_clear(Commands *commands);
DEFINE_AUTO_VALUE(commands, Commands, commands_clear)
