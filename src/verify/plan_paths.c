/* From releases to upgrade paths. */

#include "verify/companions.h"
#include "verify/obtain.h"
#include "verify/plan_parts.h"
#include "verify/spec.h"

static bool has_path_from(const PlannedPathList *paths, const char *tag)
{
    for (size_t i = 0; i < paths->len; i++)
        if (text_eq(paths->items[i].olds.items[0].facts.tag, tag))
            return true;
    return false;
}

const char *plan_candidate_name(const Plan *plan)
{
    return plan->candidate.facts.tag ? plan->candidate.facts.tag : plan->candidate.facts.image;
}

static void copy_images(const PlannedImageList *from, PlannedImageList *to)
{
    for (size_t i = 0; i < from->len; i++) {
        PlannedImage copy;

        planned_image_copy(&from->items[i], &copy);
        LIST_PUSH(to, copy);
    }
}

/* One path a database; consumes the images. */
static void add_paths(const Config *config, Plan *plan, PlannedImageList *olds)
{
    const char *from = olds->items[0].facts.tag;

    for (size_t i = 0; i < config->databases.len; i++) {
        PlannedPath path = {.database = i};
        DatabaseSpec spec = database_spec_of(&config->databases.items[i]);
        AUTO(str) char *database = database_describe(&spec);

        path.id = config->databases.len > 1
                      ? xasprintf("%s -> %s (%s)", from, plan_candidate_name(plan), database)
                      : xasprintf("%s -> %s", from, plan_candidate_name(plan));
        copy_images(olds, &path.olds);
        LIST_PUSH(&plan->paths, path);
    }
    planned_images_clear(olds);
}

/* The releases between a starting point and the candidate, oldest first. */
static Error *add_between(Session *session, PlanImages how, Plan *plan, PlannedImageList *olds)
{
    size_t at = 0;

    while (at < plan->eligible.len &&
           !text_eq(plan->eligible.items[at].tag, olds->items[0].facts.tag))
        at++;
    if (at == plan->eligible.len)
        return NULL;
    while (at-- > 0) {
        AUTO(planned_image) PlannedImage image = {0};
        AUTO(error) Error *err = NULL;

        TRY(release_reference(session->config, &plan->eligible.items[at], &image.facts));
        err = plan_have_image(session, how, &plan->eligible.items[at], plan, &image);
        if (err && err->code == ERR_NOT_FOUND && plan_walks_back(session->config)) {
            plan_pass_over(plan, &image.facts, err); /* users step over it, too */
            continue;
        }
        if (err)
            return error_wrap(TAKE(err), "image of release %s", image.facts.tag);
        LIST_PUSH(olds, image);
        image = (PlannedImage){0};
    }
    return NULL;
}

static Error *plan_path(Session *session, PlanImages how, const Release *release, Plan *plan)
{
    AUTO(planned_image) PlannedImage image = {0};
    PlannedImageList olds = {0};
    Error *err;

    TRY(plan_find_image(session, how, release, plan, &image));
    if (!image.facts.image || has_path_from(&plan->paths, image.facts.tag))
        return NULL; /* walked back onto a release that another path starts from */
    LIST_PUSH(&olds, image);
    image = (PlannedImage){0};
    err = text_eq(session->config->releases.walk, "stepwise")
              ? add_between(session, how, plan, &olds)
              : NULL;
    if (err)
        planned_images_clear(&olds);
    else
        add_paths(session->config, plan, &olds);
    return err;
}

static Error *none_left(const Plan *plan, bool is_built)
{
    const PassedOver *first = &plan->passed_over.items[0];

    return error_new(
        ERR_NOT_FOUND, 0, "no release has an image: %zu tried, first %s (%s)%s",
        plan->passed_over.len, first->image, first->reason,
        is_built ? ""
                 : ": check `image:` and `tag:`, and that this machine may pull it (docker login)");
}

Error *plan_images(Session *session, PlanImages how, Plan *plan)
{
    TRY(obtain_candidate(session, how == PLAN_GET, &plan->candidate.facts, &plan->candidate.image));
    TRY(commands_obtain(session, &session->config->run, "the candidate", &plan->candidate.image,
                        &plan->commands));
    for (size_t i = 0; i < plan->chosen.len; i++)
        TRY(plan_path(session, how, &plan->chosen.items[i], plan));
    if (plan->chosen.len > 0 && plan->paths.len == 0)
        return none_left(plan, obtain_builds_releases(session->config));
    TRY(plan_judge_absence(plan));
    return plan->paths.len > 0 && !plan->nothing ? companions_obtain(session, how, plan) : NULL;
}

Error *plan_references(const Config *config, Plan *plan)
{
    AUTO(run_settings) RunSettings old = {0};

    TRY(candidate_reference(config, &plan->candidate.facts));
    config_old_run(config, &old);
    commands_given(config, &config->run, &plan->commands);
    for (size_t i = 0; i < plan->chosen.len; i++) {
        AUTO(planned_image) PlannedImage image = {0};
        PlannedImageList olds = {0};

        TRY(release_reference(config, &plan->chosen.items[i], &image.facts));
        commands_given(config, &old, &image.commands);
        LIST_PUSH(&olds, image);
        image = (PlannedImage){0};
        add_paths(config, plan, &olds);
    }
    return NULL;
}
