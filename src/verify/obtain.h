#pragma once
/* Images of a plan: pulled, found locally, loaded from an archive or built. */

#include "model/release.h"
#include "verify/session.h"

/**
 * An image by facts->image.
 *
 * @param get  pull it by the pull policy; otherwise only look, locally and in the registry
 * @param[in,out] facts  id and digest are filled in
 * @param[out] ret_image  filled when it is in the local store
 * @return NULL, ERR_NOT_FOUND when there is none, other errors of the engine
 */
MUST_USE Error *obtain_released(Session *session, bool get, ImageFacts *facts,
                                EngineImage *ret_image);

/** Whether releases have no image by name, so that they are built from their git trees. */
bool obtain_builds_releases(const Config *config);
/** Tag and reference of a release's image. @return NULL, ERR_INVALID */
MUST_USE Error *release_reference(const Config *config, const Release *release,
                                  ImageFacts *ret_facts);
/**
 * The image of a release: as obtain_released, or built from its git tree.
 *
 * @param[in,out] facts  of release_reference
 * @param warnings  appended to
 * @return NULL, ERR_NOT_FOUND when the release has no image, or the clone not its tag; other errors
 * of the engine, the builder and git
 */
MUST_USE Error *obtain_release(Session *session, bool get, const Release *release,
                               ImageFacts *facts, EngineImage *ret_image, StrList *warnings);

/** Tag and reference of the candidate as the settings name it. @return NULL, ERR_INVALID */
MUST_USE Error *candidate_reference(const Config *config, ImageFacts *ret_facts);

/** The candidate: as obtain_released, and loaded or built when the settings say so and get is set.
 */
MUST_USE Error *obtain_candidate(Session *session, bool get, ImageFacts *ret_facts,
                                 EngineImage *ret_image);

void engine_image_copy(const EngineImage *from, EngineImage *ret_to);
