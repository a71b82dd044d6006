/* Images of releases: each is had once, and passed over where there is none. */

#include "verify/obtain.h"
#include "verify/plan_parts.h"

void planned_image_clear(PlannedImage *image)
{
    image_facts_clear(&image->facts);
    engine_image_clear(&image->image);
    commands_clear(&image->commands);
}

void planned_images_clear(PlannedImageList *list)
{
    for (size_t i = 0; i < list->len; i++)
        planned_image_clear(&list->items[i]);
    free(list->items);
    *list = (PlannedImageList){0};
}

void planned_image_copy(const PlannedImage *from, PlannedImage *ret_to)
{
    PlannedImage copy = {0};

    image_facts_copy(&from->facts, &copy.facts);
    engine_image_copy(&from->image, &copy.image);
    commands_copy(&from->commands, &copy.commands);
    *ret_to = copy;
}

bool plan_walks_back(const Config *config)
{
    return text_eq(config->missing_image, "walk-back");
}

void plan_pass_over(Plan *plan, const ImageFacts *facts, const Error *why)
{
    for (size_t i = 0; i < plan->passed_over.len; i++)
        if (text_eq(plan->passed_over.items[i].tag, facts->tag))
            return;
    passed_over_add(&plan->passed_over, facts->tag, facts->image, why->msg);
}

/* The old image's own commands: a tool or a script may have had another name. When none is to be
 * seen in it, the candidate's: it may be there all the same. */
static Error *old_commands(Session *session, const Plan *plan, PlannedImage *image)
{
    AUTO(run_settings) RunSettings run = {0};
    AUTO(str) char *whose = xasprintf("release %s", image->facts.tag);
    AUTO(error) Error *err = NULL;

    config_old_run(session->config, &run);
    err = commands_obtain(session, &run, whose, &image->image, &image->commands);
    if (!err || err->code != ERR_INVALID || plan->commands.absent || !plan->commands.found)
        return TAKE(err);
    commands_copy(&plan->commands, &image->commands);
    free(image->commands.found);
    image->commands.found = xasprintf("as in the candidate (%s)", plan->commands.found);
    return NULL;
}

Error *plan_have_image(Session *session, PlanImages how, const Release *release, Plan *plan,
                       PlannedImage *image)
{
    PlannedImage copy;

    for (size_t i = 0; i < plan->released.len; i++) {
        if (!text_eq(plan->released.items[i].facts.tag, release->tag))
            continue;
        planned_image_clear(image);
        planned_image_copy(&plan->released.items[i], image);
        return NULL;
    }
    TRY(obtain_release(session, how == PLAN_GET, release, &image->facts, &image->image,
                       &plan->warnings));
    TRY(old_commands(session, plan, image));
    planned_image_copy(image, &copy);
    LIST_PUSH(&plan->released, copy);
    return NULL;
}

Error *plan_find_image(Session *session, PlanImages how, const Release *wanted, Plan *plan,
                       PlannedImage *ret_image)
{
    const Config *config = session->config;
    const Release *release = wanted;
    size_t next = 0;

    while (next < plan->eligible.len && !text_eq(plan->eligible.items[next].tag, wanted->tag))
        next++;
    for (;;) {
        AUTO(planned_image) PlannedImage image = {0};
        AUTO(error) Error *err = NULL;

        TRY(release_reference(config, release, &image.facts));
        err = plan_have_image(session, how, release, plan, &image);
        if (!err) {
            *ret_image = image;
            image = (PlannedImage){0};
            return NULL;
        }
        if (err->code != ERR_NOT_FOUND || !plan_walks_back(config))
            return error_wrap(TAKE(err), "image of release %s", release->tag);
        plan_pass_over(plan, &image.facts, err);
        if (next + 1 >= plan->eligible.len)
            return NULL;
        release = &plan->eligible.items[++next];
    }
}
