#pragma once
/* From settings to upgrade paths: which releases, which images, which command. */

#include "model/release.h"
#include "verify/commands.h"
#include "verify/obtain.h"
#include "verify/session.h"

/* An image of the plan: a release's, or the candidate's. */
typedef struct PlannedImage {
    ImageFacts facts;
    EngineImage image; /* empty until it is in the local store */
    Commands commands; /* of this image; of the candidate they are in Plan.commands */
} PlannedImage;

typedef struct PlannedImageList {
    PlannedImage *items;
    size_t len, cap;
} PlannedImageList;

typedef struct PlannedPath {
    char *id;              /* "6 -> 7" */
    PlannedImageList olds; /* the released image, then those between for walk: stepwise */
    size_t database;       /* index into config.databases */
    char *nothing; /* why there is nothing to verify: neither side has migrations; or NULL */
} PlannedPath;

typedef struct PlannedPathList {
    PlannedPath *items;
    size_t len, cap;
} PlannedPathList;

typedef struct Plan {
    PlannedImage candidate;
    PlannedImage application; /* that is started, when it is another image; else facts.image NULL */
    ReleaseList eligible;     /* what precedes the candidate, newest first */
    ReleaseList chosen;       /* starting points, newest first */
    PlannedPathList paths;
    PassedOverList passed_over;
    StrList warnings;
    char *nothing;             /* why there is nothing to verify; NULL otherwise */
    Commands commands;         /* of the candidate */
    PlannedImageList released; /* images that were had: each once, however many paths want it */
} Plan;

/** What is wrong with the settings as a whole: ERR_INVALID that says what to give. */
MUST_USE Error *plan_check(const Config *config);

/**
 * Find the releases; needs no engine.
 *
 * @return NULL; the errors of release_list_fetch and release_select; with require_previous
 * ERR_NOT_FOUND when no release precedes the candidate
 */
MUST_USE Error *plan_releases(const Config *config, const Cancel *cancel, const Progress *progress,
                              Plan *ret_plan);

typedef enum PlanImages {
    PLAN_LOOK, /* look only: the local store, then the registry's digest */
    PLAN_GET,  /* pull, load or build what is missing */
} PlanImages;

/**
 * Find the images of plan_releases' answer, walking back over releases without one, and make the
 * paths.
 *
 * @return NULL; ERR_NOT_FOUND when no release that was asked for has an image; ERR_INVALID when the
 *         candidate or its command cannot be had; errors of the engine
 */
MUST_USE Error *plan_images(Session *session, PlanImages how, Plan *plan);

/** Paths of plan_releases' answer without an engine: references, no digests. */
MUST_USE Error *plan_references(const Config *config, Plan *plan);

/** Whether a released image has no migrations, so that its step falls away and the candidate's run
 * on an empty database. */
static inline bool planned_image_has_none(const PlannedImage *image)
{
    return image->commands.absent;
}

/** An existing Postgres server can be used: it answers, is recent, lets databases be made.
 * @param url  a secret @param[out] ret_found  "PostgreSQL 15.4 at db:5432, where role app..." */
MUST_USE Error *plan_look_at_server(const char *url, const Cancel *cancel, Deadline dl,
                                    char **ret_found);

/** Its tag, else its reference; borrowed. */
const char *plan_candidate_name(const Plan *plan);

void plan_clear(Plan *plan);
DEFINE_AUTO_VALUE(plan, Plan, plan_clear)
