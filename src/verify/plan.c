#include "verify/plan.h"

#include <string.h>

#include "database/pg_url.h"
#include "release/choice.h"
#include "release/release_source.h"
#include "verify/plan_parts.h"

#define RELEASES_WAIT_MS 120000

static ReleaseChoice choice_of(const Config *config)
{
    return (ReleaseChoice){
        .from = config->releases.from,
        .prereleases = config->releases.prereleases,
        .candidate_tag = config->candidate.tag,
        .candidate_published_ms = config->candidate.published_ms,
        .candidate_is_prerelease = config->candidate.prerelease,
    };
}

static char *no_previous(const Config *config, size_t count)
{
    const char *candidate = config->candidate.tag ? config->candidate.tag : "the candidate";

    if (count == 0)
        return xasprintf("no previous release: source %s shows no release at all",
                         config->releases.source);
    return xasprintf(
        "no previous release: none of the %zu release%s that source %s shows precedes %s", count,
        count == 1 ? "" : "s", config->releases.source, candidate);
}

Error *plan_releases(const Config *config, const Cancel *cancel, const Progress *progress,
                     Plan *ret_plan)
{
    ReleaseQuery query = {
        .source = config->releases.source,
        .repository = config->releases.repository,
        .image = config->image,
        .api = config->releases.api,
        .want_sha = strstr(config->tag, "{sha}") != NULL,
        .token = config->releases.token,
        .list = str_list_has(&config->keys, "releases.list") ? &config->releases.list : NULL,
        .max_wait_ms = config->releases.max_wait_ms,
        .cancel = cancel,
        .progress = progress,
    };
    ReleaseChoice choice = choice_of(config);
    AUTO(release_list) ReleaseList all = {0};
    AUTO(plan) Plan plan = {0};

    TRY_CTX(release_list_fetch(&query, deadline_in(RELEASES_WAIT_MS + config->releases.max_wait_ms),
                               &all, &plan.warnings),
            "finding the releases");
    release_preceding(&all, &choice, &plan.eligible);
    TRY(release_select(&all, &plan.eligible, &choice, &plan.chosen));
    if (plan.chosen.len == 0 && plan.eligible.len > 0) /* a range that fits nothing tests nothing */
        return error_new(
            ERR_INVALID, 0,
            "releases.from: '%s' matches none of the %zu releases that precede %s; the "
            "newest of them is %s",
            config->releases.from, plan.eligible.len,
            config->candidate.tag ? config->candidate.tag : "the candidate",
            plan.eligible.items[0].tag);
    if (plan.chosen.len == 0)
        plan.nothing = no_previous(config, all.len);
    if (plan.nothing && config->require_previous)
        return error_new(ERR_NOT_FOUND, 0, "%s, and require_previous is set", plan.nothing);
    *ret_plan = plan;
    plan = (Plan){0};
    return NULL;
}

Error *plan_look_at_server(const char *url, const Cancel *cancel, Deadline dl, char **ret_found)
{
    return pg_url_look(url, cancel, dl, ret_found);
}

static void planned_path_clear(PlannedPath *path)
{
    free(path->id);
    free(path->nothing);
    planned_images_clear(&path->olds);
}

void plan_clear(Plan *plan)
{
    planned_image_clear(&plan->candidate);
    planned_image_clear(&plan->application);
    release_list_clear(&plan->eligible);
    release_list_clear(&plan->chosen);
    for (size_t i = 0; i < plan->paths.len; i++)
        planned_path_clear(&plan->paths.items[i]);
    free(plan->paths.items);
    for (size_t i = 0; i < plan->passed_over.len; i++) {
        free(plan->passed_over.items[i].tag);
        free(plan->passed_over.items[i].image);
        free(plan->passed_over.items[i].reason);
    }
    free(plan->passed_over.items);
    str_list_clear(&plan->warnings);
    free(plan->nothing);
    commands_clear(&plan->commands);
    planned_images_clear(&plan->released);
    *plan = (Plan){0};
}
