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

/**
 * The migrate commands of the candidate and of the released images.
 *
 * @param image  of the candidate; without an id when it is not in the local store
 * @param[out] ret_found  how it was found: "given", "the image's own command"
 * @return NULL, ERR_INVALID when none is given and the image's own command does not look like one
 */
MUST_USE Error *obtain_command(const Config *config, const EngineImage *image, StrList *ret_migrate,
                               StrList *ret_old_migrate, char **ret_found);

void engine_image_copy(const EngineImage *from, EngineImage *ret_to);
