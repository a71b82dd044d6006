#include "verify/spec.h"

ReadySpec ready_spec_of(const ReadySettings *settings)
{
    static const ReadyHow HOW[] = {
        [READY_BY_NOTHING] = READY_HEALTHCHECK,
        [READY_BY_HEALTHCHECK] = READY_HEALTHCHECK,
        [READY_BY_HTTP] = READY_HTTP,
        [READY_BY_TCP] = READY_TCP,
        [READY_BY_LOG] = READY_LOG,
        [READY_BY_EXEC] = READY_EXEC,
        [READY_BY_EXIT] = READY_EXIT,
    };

    return (ReadySpec){
        .how = HOW[settings->way],
        .port = (int)settings->port,
        .path = settings->path,
        .status = (int)settings->status,
        .log = settings->log,
        .exec = &settings->exec,
        .exit_code = (int)settings->exit_code,
    };
}

DatabaseSpec database_spec_of(const DatabaseSettings *settings)
{
    return (DatabaseSpec){
        .sqlite = settings->sqlite,
        .volume = settings->volume,
        .owner = settings->owner,
        .postgres = settings->postgres,
        .url = settings->url,
        .plain_role = !settings->superuser,
        .durable = settings->durable,
        .init = &settings->init,
        .settings = &settings->settings,
        .env = &settings->env,
        .service = settings->service,
        .command = &settings->command,
        .ready = ready_spec_of(&settings->ready),
        .app_env = &settings->app_env,
    };
}
