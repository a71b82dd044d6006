/* Releasing and copying of Config's parts. */

#include "config/config.h"

void run_settings_clear(RunSettings *run)
{
    str_list_clear(&run->migrate);
    str_list_clear(&run->status);
    str_list_clear(&run->rollback);
    str_list_clear(&run->smoke);
    str_list_clear(&run->seed);
    str_list_clear(&run->entrypoint);
    free(run->user);
    free(run->workdir);
    str_map_clear(&run->env);
    str_list_clear(&run->env_file);
    *run = (RunSettings){0};
}

void ready_settings_clear(ReadySettings *ready)
{
    free(ready->path);
    free(ready->log);
    str_list_clear(&ready->exec);
    *ready = (ReadySettings){0};
}

void service_settings_list_clear(ServiceSettingsList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].name);
        free(list->items[i].image);
        str_list_clear(&list->items[i].command);
        ready_settings_clear(&list->items[i].ready);
        str_map_clear(&list->items[i].env);
        str_map_clear(&list->items[i].server_env);
    }
    free(list->items);
    *list = (ServiceSettingsList){0};
}

static void clear_start(StartSettings *start)
{
    free(start->image);
    str_list_clear(&start->command);
    str_list_clear(&start->entrypoint);
    str_map_clear(&start->env);
    ready_settings_clear(&start->ready);
}

void allow_settings_clear(AllowSettings *allow)
{
    free(allow->check);
    free(allow->table);
    free(allow->column);
    free(allow->from);
    free(allow->until);
    free(allow->reason);
    *allow = (AllowSettings){0};
}

void allow_settings_list_clear(AllowSettingsList *list)
{
    for (size_t i = 0; i < list->len; i++)
        allow_settings_clear(&list->items[i]);
    free(list->items);
    *list = (AllowSettingsList){0};
}

void report_output_list_clear(ReportOutputList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].format);
        free(list->items[i].path);
    }
    free(list->items);
    *list = (ReportOutputList){0};
}

static void clear_candidate(CandidateSettings *candidate)
{
    free(candidate->tag);
    free(candidate->image);
    free(candidate->archive);
    free(candidate->build.context);
    free(candidate->build.dockerfile);
    free(candidate->build.target);
    free(candidate->build.platform);
    str_map_clear(&candidate->build.args);
}

static void clear_releases(ReleaseSettings *releases)
{
    free(releases->source);
    free(releases->repository);
    free(releases->api);
    free(releases->from);
    free(releases->prereleases);
    free(releases->walk);
    free(releases->token);
    str_list_clear(&releases->list);
}

static void clear_databases(DatabaseSettingsList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].sqlite);
        free(list->items[i].volume);
        free(list->items[i].owner);
        free(list->items[i].postgres);
        free(list->items[i].url);
        str_list_clear(&list->items[i].init);
        str_map_clear(&list->items[i].settings);
        str_map_clear(&list->items[i].env);
        free(list->items[i].service);
        str_list_clear(&list->items[i].command);
        ready_settings_clear(&list->items[i].ready);
        str_map_clear(&list->items[i].app_env);
    }
    free(list->items);
}

void config_clear(Config *config)
{
    free(config->file);
    free(config->image);
    free(config->tag);
    free(config->pull);
    free(config->missing_image);
    free(config->migrations);
    clear_releases(&config->releases);
    clear_candidate(&config->candidate);
    run_settings_clear(&config->run);
    run_settings_clear(&config->old);
    clear_start(&config->start);
    service_settings_list_clear(&config->services);
    clear_databases(&config->databases);
    str_map_clear(&config->checks);
    str_list_clear(&config->data.seed);
    free(config->data.restore);
    str_map_clear(&config->data.columns);
    str_list_clear(&config->data.skip);
    free(config->profile);
    allow_settings_list_clear(&config->allow);
    free(config->network);
    report_output_list_clear(&config->reports);
    free(config->engine);
    free(config->color);
    free(config->ci);
    str_list_clear(&config->keys);
    str_map_clear(&config->origins);
    str_list_clear(&config->warnings);
    *config = (Config){0};
}

static void replace_text(char **slot, const char *text)
{
    if (!text)
        return;
    free(*slot);
    *slot = xstrdup(text);
}

static void replace_list(StrList *slot, const StrList *list, bool given)
{
    if (!given)
        return;
    str_list_clear(slot);
    str_list_copy(list, slot);
}

void run_settings_copy(const RunSettings *run, RunSettings *ret_copy)
{
    RunSettings copy = {.entrypoint_set = run->entrypoint_set,
                        .user = xstrdup_null(run->user),
                        .workdir = xstrdup_null(run->workdir)};

    str_list_copy(&run->migrate, &copy.migrate);
    str_list_copy(&run->status, &copy.status);
    str_list_copy(&run->rollback, &copy.rollback);
    str_list_copy(&run->smoke, &copy.smoke);
    str_list_copy(&run->seed, &copy.seed);
    str_list_copy(&run->entrypoint, &copy.entrypoint);
    str_map_copy(&run->env, &copy.env);
    str_list_copy(&run->env_file, &copy.env_file);
    *ret_copy = copy;
}

void config_old_run(const Config *config, RunSettings *ret_run)
{
    const RunSettings *old = &config->old;
    RunSettings merged;

    run_settings_copy(&config->run, &merged);
    merged.entrypoint_set |= old->entrypoint_set;
    replace_list(&merged.migrate, &old->migrate, old->migrate.len > 0);
    replace_list(&merged.status, &old->status, old->status.len > 0);
    replace_list(&merged.entrypoint, &old->entrypoint, old->entrypoint_set);
    replace_text(&merged.user, old->user);
    replace_text(&merged.workdir, old->workdir);
    for (size_t i = 0; i < old->env.len; i++)
        str_map_set(&merged.env, old->env.items[i].key, old->env.items[i].value);
    for (size_t i = 0; i < old->env_file.len; i++)
        str_list_add(&merged.env_file, old->env_file.items[i]);
    *ret_run = merged;
}
