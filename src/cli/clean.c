#include "cli/command.h"
#include "cli/talk.h"
#include "engine/engine.h"
#include "report/safe.h"
#include "verify/sweep.h"

#define ENGINE_WAIT_MS 60000

static const CommandOption OPTIONS[] = {
    {"--older-than", "DURATION", NULL, "only runs that began longer ago: 2h, 1d"},
    {"--all", NULL, NULL, "also runs of other machines that may still be going on"},
    {"--dry-run", NULL, NULL, "say what would be removed, and remove nothing"},
};

typedef struct CleanChoice {
    int64_t older_than_ms;
    bool all, dry_run;
} CleanChoice;

/* Why an object stays; NULL when it goes. */
static const char *reason_to_stay(const Leftover *leftover, const CleanChoice *choice)
{
    int64_t age_ms = clock_wall_ms() - leftover->started_s * 1000;

    switch (leftover->life) {
    case RUN_ALIVE:
        return "its run goes on";
    case RUN_UNSEEN:
        if (!choice->all)
            return "its run was started elsewhere and may go on (--all removes it)";
        break;
    case RUN_ENDED:
        break;
    }
    return age_ms < choice->older_than_ms ? "its run is younger than --older-than" : NULL;
}

static Error *clean_one(Engine *engine, const Leftover *leftover, const CleanChoice *choice,
                        size_t *removed)
{
    const char *stays = reason_to_stay(leftover, choice);
    AUTO(str) char *name = safe_line(leftover->name);
    AUTO(str) char *label = safe_line(leftover->run); /* anybody can label an image */

    if (stays) {
        (void)printf("keep    %-9s %s (run %s): %s\n", leftover->kind, name, label, stays);
        return NULL;
    }
    if (!choice->dry_run)
        TRY_CTX(sweep_remove(engine, leftover, deadline_in(ENGINE_WAIT_MS)), "removing %s %s",
                leftover->kind, name);
    ++*removed;
    (void)printf("%s %-9s %s (run %s)\n", choice->dry_run ? "would remove" : "removed",
                 leftover->kind, name, label);
    return NULL;
}

static Error *find_all(Engine *engine, const CommandInput *input, const Config *config,
                       LeftoverList *leftovers)
{
    TRY(sweep_find(engine, deadline_in(ENGINE_WAIT_MS), leftovers));
    for (size_t i = 0; i < config->databases.len; i++)
        if (config->databases.items[i].url)
            TRY(sweep_find_databases(config->databases.items[i].url, input->cancel,
                                     deadline_in(ENGINE_WAIT_MS), leftovers));
    return NULL;
}

static Error *clean_all(Engine *engine, const CommandInput *input, const Config *config,
                        const CleanChoice *choice)
{
    AUTO(leftover_list) LeftoverList leftovers = {0};
    /* a server that does not answer does not keep the rest */
    AUTO(error) Error *first = find_all(engine, input, config, &leftovers);
    size_t removed = 0;

    for (size_t i = 0; i < leftovers.len; i++) { /* one that resists does not keep the others */
        Error *err = clean_one(engine, &leftovers.items[i], choice, &removed);

        if (first)
            error_free(err);
        else
            first = err;
    }
    (void)printf("%s %zu object%s\n", choice->dry_run ? "would remove" : "removed", removed,
                 removed == 1 ? "" : "s");
    return TAKE(first);
}

static Error *run(const CommandInput *input, int *ret_status)
{
    const char *older_than = str_map_get(input->options, "--older-than");
    CleanChoice choice = {
        .all = str_map_has(input->options, "--all"),
        .dry_run = str_map_has(input->options, "--dry-run"),
    };
    AUTO(config) Config config = {0};
    AUTO(talk) Talk *talk = NULL;
    AUTO(engine) Engine *engine = NULL;

    if (older_than)
        TRY_CTX(parse_duration_ms(older_than, &choice.older_than_ms), "--older-than");
    TRY(command_config(input, &config));
    talk = talk_new(&config);
    TRY(engine_open(&(EngineOptions){.url = config.engine,
                                     .cancel = input->cancel,
                                     .progress = talk_progress(talk)},
                    deadline_in(ENGINE_WAIT_MS), &engine));
    TRY(clean_all(engine, input, &config, &choice));
    *ret_status = EXIT_SOUND;
    return NULL;
}

const Command COMMAND_CLEAN = {
    .name = "clean",
    .summary =
        "remove what an interrupted run left on the engine, and on the server of database.url",
    .takes_settings = true,
    .options = OPTIONS,
    .option_count = COUNT_OF(OPTIONS),
    .run = run,
};
