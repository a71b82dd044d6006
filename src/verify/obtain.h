#pragma once
/* Images of a plan: pulled, found locally, loaded from an archive or built. */

#include "verify/session.h"

/**
 * The image of a release by facts->image.
 *
 * @param get  pull it by the pull policy; otherwise only look, locally and in the registry
 * @param[in,out] facts  id and digest are filled in
 * @param[out] ret_image  filled when it is in the local store
 * @return NULL, ERR_NOT_FOUND when the release has no image, other errors of the engine
 */
MUST_USE Error *obtain_released(Session *session, bool get, ImageFacts *facts,
                                EngineImage *ret_image);

/** Tag and reference of the candidate as the settings name it. @return NULL, ERR_INVALID */
MUST_USE Error *candidate_reference(const Config *config, ImageFacts *ret_facts);

/** The candidate: as obtain_released, and loaded or built when the settings say so and get is set.
 */
MUST_USE Error *obtain_candidate(Session *session, bool get, ImageFacts *ret_facts,
                                 EngineImage *ret_image);

/* Which commands run, and how that is known. Clear it. */
typedef struct Commands {
    StrList migrate, old_migrate; /* words; empty: the image's own command */
    StrList status;               /* empty: none */
    bool status_found;            /* detected, not given */
    char *framework;              /* NULL: not known */
    char *rollback;               /* detected, as a line; NULL: none. It is shown, never run */
    char *migrations;             /* folder of the migration files; NULL: not seen */
    char *workdir; /* where they have to start; NULL: where the image's commands do */
    char *found;   /* "given", or why; NULL: the image would have to be here to tell */
} Commands;

/** Those that the settings give, without a look into the image. */
void commands_given(const Config *config, Commands *ret_commands);
/**
 * The commands of the candidate and of the released images: as given, else detected in the
 * candidate.
 *
 * @param image  of the candidate; without an id when it is not in the local store
 * @return NULL, ERR_INVALID when none is given and none was found: says what was looked for
 */
MUST_USE Error *commands_obtain(Session *session, const EngineImage *image, Commands *ret_commands);
void commands_clear(Commands *commands);
DEFINE_AUTO_VALUE(commands, Commands, commands_clear)

void engine_image_copy(const EngineImage *from, EngineImage *ret_to);
