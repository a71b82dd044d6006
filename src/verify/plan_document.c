#include "verify/plan_document.h"

#include <inttypes.h>

#include "base/words.h"
#include "report/safe.h"
#include "verify/spec.h"

static cJSON *facts_json(const ImageFacts *facts)
{
    cJSON *object = json_object();

    json_set_str(object, "tag", facts->tag);
    json_set_str(object, "image", facts->image);
    json_set_str(object, "digest", facts->digest);
    return object;
}

static char *database_text(const Config *config, const PlannedPath *path)
{
    DatabaseSpec spec = database_spec_of(&config->databases.items[path->database]);

    return database_describe(&spec);
}

static void check_ids(const Policy *policy, StrList *ids)
{
    size_t count;
    const Check *const *table = check_table(&count);

    for (size_t i = 0; i < count; i++)
        if (check_level(table[i], &policy->checks) != LEVEL_OFF)
            str_list_add(ids, table[i]->id);
}

/* What will run as the command; the image's own when none is given. NULL: not known yet, or none.
 */
static const StrList *command_of(const Commands *commands, const EngineImage *image)
{
    if (commands->migrate.len > 0)
        return &commands->migrate;
    return image->id && !commands->absent ? &image->command : NULL;
}

static void set_list(cJSON *object, const char *key, const StrList *list)
{
    if (list)
        json_set_list(object, key, list);
    else
        json_set(object, key, cJSON_CreateNull());
}

static cJSON *old_migrate_json(const PlannedImage *old)
{
    cJSON *object = json_object();

    set_list(object, "command", command_of(&old->commands, &old->image));
    json_set_str(object, "found", old->commands.found);
    json_set_str(object, "framework", old->commands.framework);
    return object;
}

static cJSON *migrate_json(const Plan *plan)
{
    const Commands *commands = &plan->commands;
    cJSON *object = json_object();

    set_list(object, "command", command_of(commands, &plan->candidate.image));
    json_set_str(object, "found", commands->found);
    json_set_str(object, "framework", commands->framework);
    set_list(object, "status", commands->status.len > 0 ? &commands->status : NULL);
    json_set_str(object, "rollback", commands->rollback);
    json_set_str(object, "migrations", commands->migrations);
    return object;
}

static cJSON *path_json(const Config *config, const Plan *plan, const PlannedPath *path,
                        const StrList *checks)
{
    AUTO(str) char *database = database_text(config, path);
    cJSON *object = json_object();

    json_set_str(object, "id", path->id);
    json_set(object, "from", facts_json(&path->olds.items[0].facts));
    json_set_str(object, "database", database);
    json_set(object, "migrate", migrate_json(plan));
    json_set(object, "old_migrate", old_migrate_json(&path->olds.items[0]));
    json_set_list(object, "checks", checks);
    json_set_str(object, "verdict", path->nothing ? verdict_name(VERDICT_NOTHING_TO_VERIFY) : NULL);
    return object;
}

static cJSON *passed_over_json(const Plan *plan)
{
    cJSON *array = json_array();

    for (size_t i = 0; i < plan->passed_over.len; i++) {
        const PassedOver *over = &plan->passed_over.items[i];
        cJSON *object = json_object();

        json_set_str(object, "tag", over->tag);
        json_set_str(object, "image", over->image);
        json_set_str(object, "reason", over->reason);
        json_push(array, object);
    }
    return array;
}

cJSON *plan_to_json(const Config *config, const Plan *plan, const Policy *policy)
{
    AUTO(str_list) StrList checks = {0};
    cJSON *root = json_object();
    cJSON *paths = json_array();

    check_ids(policy, &checks);
    for (size_t i = 0; i < plan->paths.len; i++)
        json_push(paths, path_json(config, plan, &plan->paths.items[i], &checks));
    json_set_i64(root, "format", REPORT_FORMAT);
    json_set(root, "candidate", facts_json(&plan->candidate.facts));
    json_set(root, "paths", paths);
    json_set(root, "passed_over", passed_over_json(plan));
    json_set_str(root, "verdict", plan->nothing ? verdict_name(VERDICT_NOTHING_TO_VERIFY) : NULL);
    json_set_str(root, "verdict_reason", plan->nothing);
    json_set_list(root, "warnings", &plan->warnings);
    return root;
}

/* A heading begins its line, where a CI runner takes "::" for a command, also behind blanks. */
static void heading(FILE *out, const char *text)
{
    AUTO(str) char *safe = safe_line(text);
    AUTO(str) char *broken = text_replace(safe, "::", ": :");

    (void)fprintf(out, "%s\n", broken);
}

/* One line of foreign text behind a label. */
static void line(FILE *out, const char *label, const char *text)
{
    AUTO(str) char *safe = safe_line(text);

    (void)fprintf(out, "  %-10s %s\n", label, safe);
}

static void image_line(FILE *out, const char *label, const ImageFacts *facts)
{
    AUTO(str)
    char *text = xasprintf("%s%s%s  (%s)", facts->tag ? facts->tag : "", facts->tag ? "  " : "",
                           facts->image, facts->digest ? facts->digest : "digest not known");

    line(out, label, text);
}

/* "bun run migrate  (given)", "none  (package.json has ...)" */
static char *command_text(const Commands *commands, const EngineImage *image)
{
    const StrList *command = command_of(commands, image);
    AUTO(str)
    char *words = command            ? words_join(command)
                  : commands->absent ? xstrdup("none")
                                     : xstrdup("not known without the image");

    return xasprintf("%s%s%s%s", words, commands->found ? "  (" : "",
                     commands->found ? commands->found : "", commands->found ? ")" : "");
}

static void path_text(const Config *config, const Plan *plan, const PlannedPath *path,
                      const StrList *checks, FILE *out)
{
    const PlannedImage *old = &path->olds.items[0];
    AUTO(str) char *database = database_text(config, path);
    AUTO(str) char *old_found = command_text(&old->commands, &old->image);
    AUTO(str) char *found = command_text(&plan->commands, &plan->candidate.image);
    AUTO(str) char *ids = str_list_join(checks, " ");

    heading(out, path->id);
    for (size_t i = 0; i < path->olds.len; i++)
        image_line(out, i == 0 ? "from" : "through", &path->olds.items[i].facts);
    image_line(out, "to", &plan->candidate.facts);
    line(out, "database", database);
    line(out, "old", old_found);
    line(out, "migrate", found);
    if (plan->commands.status.len > 0) {
        AUTO(str) char *status = words_join(&plan->commands.status);

        line(out, "status", status);
    }
    line(out, "checks", ids);
}

void plan_to_text(const Config *config, const Plan *plan, const Policy *policy, FILE *out)
{
    AUTO(str_list) StrList checks = {0};

    check_ids(policy, &checks);
    if (plan->nothing) {
        AUTO(str) char *clean = safe_line(plan->nothing);

        (void)fprintf(out, "nothing to verify: %s\n", clean);
    }
    for (size_t i = 0; i < plan->paths.len; i++)
        path_text(config, plan, &plan->paths.items[i], &checks, out);
    for (size_t i = 0; i < plan->passed_over.len; i++) {
        const PassedOver *over = &plan->passed_over.items[i];
        AUTO(str) char *text = xasprintf("%s  %s: %s", over->tag, over->image, over->reason);

        line(out, "without", text);
    }
    for (size_t i = 0; i < plan->warnings.len; i++)
        line(out, "warning", plan->warnings.items[i]);
}

static const char *start_of(const Plan *plan, size_t path)
{
    return plan->paths.items[path].olds.items[0].facts.tag;
}

/* A job verifies every database from its release: the paths of one release are neighbours. */
static bool begins_job(const Plan *plan, size_t path)
{
    return path == 0 || !text_eq(start_of(plan, path), start_of(plan, path - 1));
}

cJSON *plan_to_github_matrix(const Plan *plan)
{
    cJSON *root = json_object();
    cJSON *include = json_array();

    for (size_t i = 0; i < plan->paths.len; i++) {
        AUTO(str) char *path = NULL;
        cJSON *job;

        if (!begins_job(plan, i))
            continue;
        job = json_object();
        json_set_str(job, "from", start_of(plan, i));
        path = xasprintf("%s -> %s", start_of(plan, i), plan_candidate_name(plan));
        json_set_str(job, "path", path);
        json_push(include, job);
    }
    json_set(root, "include", include);
    return root;
}

/* YAML accepts JSON strings, which quote whatever a tag contains. */
static void quoted(FILE *out, const char *before, const char *text)
{
    AUTO(json) cJSON *string = cJSON_CreateString(text);
    AUTO(json_text) char *printed = json_print(string, false);

    (void)fprintf(out, "%s%s\n", before, printed);
}

void plan_to_gitlab(const Plan *plan, FILE *out)
{
    if (plan->paths.len == 0) { /* a child pipeline without jobs is an error to GitLab */
        (void)fputs("seatrial:\n  script:\n    - \"echo nothing to verify\"\n", out);
        return;
    }
    for (size_t i = 0, job = 0; i < plan->paths.len; i++) {
        if (!begins_job(plan, i))
            continue;
        (void)fprintf(out, "seatrial %zu:\n  variables:\n", ++job);
        quoted(out, "    SEATRIAL_FROM: ", start_of(plan, i));
        (void)fputs("  script:\n    - seatrial verify --report json=seatrial.json\n", out);
    }
}
