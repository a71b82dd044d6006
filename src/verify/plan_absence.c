/* Releases and candidates without migrations. */

#include "verify/plan_parts.h"

/* The first of a path that has migrations, or may have; NULL when none has. */
static const PlannedImage *first_with_migrations(const PlannedPath *path)
{
    for (size_t i = 0; i < path->olds.len; i++)
        if (!planned_image_has_none(&path->olds.items[i]))
            return &path->olds.items[i];
    return NULL;
}

/* An application that makes its tables when it starts has migrations that nobody named. */
static const char *client_of(const Plan *plan, const PlannedPath *path)
{
    for (size_t i = 0; i < path->olds.len; i++)
        if (path->olds.items[i].commands.client)
            return path->olds.items[i].commands.client;
    return plan->commands.client;
}

static Error *judge_path(Plan *plan, PlannedPath *path)
{
    const PlannedImage *old = &path->olds.items[0];
    const char *client = client_of(plan, path);

    if (first_with_migrations(path))
        return NULL; /* the candidate has some, or lost them: both are judged */
    if (!plan->commands.absent) {
        str_list_addf(&plan->warnings,
                      "%s: release %s has no migrations (%s): those of %s are run on an empty "
                      "database",
                      path->id, old->facts.tag, old->commands.found, plan_candidate_name(plan));
        return NULL;
    }
    if (client)
        return error_new(ERR_INVALID, 0,
                         "migrate: not given, and found neither in the candidate nor in release "
                         "%s: %s; but %s is a dependency, so it may make its tables when it "
                         "starts: name the command that migrates (migrate: in seatrial.yaml, or "
                         "--migrate)",
                         old->facts.tag, plan->commands.found, client);
    path->nothing = xasprintf("no migrations in either image: candidate %s: %s; release %s: %s",
                              plan_candidate_name(plan), plan->commands.found, old->facts.tag,
                              old->commands.found);
    return NULL;
}

Error *plan_judge_absence(Plan *plan)
{
    size_t nothing = 0;

    for (size_t i = 0; i < plan->paths.len; i++) {
        TRY(judge_path(plan, &plan->paths.items[i]));
        nothing += plan->paths.items[i].nothing != NULL;
    }
    if (nothing > 0 && nothing == plan->paths.len)
        plan->nothing = xstrdup(plan->paths.items[0].nothing);
    return NULL;
}
