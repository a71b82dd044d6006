#include "verify/plan.h"

#include "base/secret.h"
#include "cli/command.h"
#include "cli/talk.h"
#include "verify/plan_document.h"

static const CommandOption OPTIONS[] = {
    {"--format", "FORMAT", "text json github-matrix gitlab", "how to print it (text)"},
    {"--releases-only", NULL, NULL, "find the releases alone: needs no engine"},
};

static Error *look_at_images(const Config *config, const CommandInput *input,
                             const Progress *progress, Plan *plan)
{
    Session session = {0};
    Error *err;

    TRY(session_open(config, input->cancel, progress, &session));
    err = plan_images(&session, PLAN_LOOK, plan);
    session_close(&session, &plan->warnings);
    return err;
}

static Error *print_json(cJSON *root, bool indented)
{
    AUTO(json) cJSON *owned = root;
    AUTO(json_text) char *text = json_print(owned, indented);
    AUTO(str) char *masked = secret_mask(text);

    (void)fputs(masked, stdout);
    if (!indented)
        (void)fputc('\n', stdout);
    return NULL;
}

static Error *print_plan(const Config *config, const Plan *plan, const char *format)
{
    AUTO(policy) Policy policy = {0};

    policy_init(config, &policy);
    if (text_eq(format, "json"))
        return print_json(plan_to_json(config, plan, &policy), true);
    if (text_eq(format, "github-matrix"))
        return print_json(plan_to_github_matrix(plan), false);
    if (text_eq(format, "gitlab"))
        plan_to_gitlab(plan, stdout);
    else
        plan_to_text(config, plan, &policy, stdout);
    return NULL;
}

static Error *run(const CommandInput *input, int *ret_status)
{
    const char *format = str_map_get(input->options, "--format");
    AUTO(config) Config config = {0};
    AUTO(talk) Talk *talk = NULL;
    AUTO(plan) Plan plan = {0};

    TRY(command_config(input, &config));
    TRY(plan_check(&config));
    talk = talk_new(&config);
    TRY(plan_releases(&config, input->cancel, talk_progress(talk), &plan));
    if (plan.nothing || str_map_has(input->options, "--releases-only"))
        TRY(plan_references(&config, &plan));
    else
        TRY(look_at_images(&config, input, talk_progress(talk), &plan));
    TRY(print_plan(&config, &plan, format ? format : "text"));
    *ret_status = EXIT_SOUND;
    return NULL;
}

const Command COMMAND_PLAN = {
    .name = "plan",
    .summary = "print what verify would do, and start no container",
    .takes_settings = true,
    .options = OPTIONS,
    .option_count = COUNT_OF(OPTIONS),
    .run = run,
};
