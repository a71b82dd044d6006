#pragma once
/* Images and paths while a plan is made: what the parts of plan.c share. */

#include "verify/plan.h"

/* --- plan_images.c */

void planned_image_clear(PlannedImage *image);
DEFINE_AUTO_VALUE(planned_image, PlannedImage, planned_image_clear)
void planned_image_copy(const PlannedImage *from, PlannedImage *ret_to);
void planned_images_clear(PlannedImageList *list);

/** Whether a release without an image is passed over. */
bool plan_walks_back(const Config *config);
/** Note a release as passed over: once, however many paths come by. */
void plan_pass_over(Plan *plan, const ImageFacts *facts, const Error *why);
/** A release's image with its commands; each is pulled or built and looked into once.
 * @param[in,out] image  its reference; then all of it */
MUST_USE Error *plan_have_image(Session *session, PlanImages how, const Release *release,
                                Plan *plan, PlannedImage *image);
/** The image of a release, or with walk-back of the newest earlier one that has an image.
 * ret_image->facts.image stays NULL when none is left. */
MUST_USE Error *plan_find_image(Session *session, PlanImages how, const Release *wanted, Plan *plan,
                                PlannedImage *ret_image);

/* --- plan_absence.c */

/** Which paths, and whether the whole plan, have nothing to verify, as no side has migrations. */
MUST_USE Error *plan_judge_absence(Plan *plan);
