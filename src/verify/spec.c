#include "verify/spec.h"

DatabaseSpec database_spec_of(const DatabaseSettings *settings)
{
    return (DatabaseSpec){
        .sqlite = settings->sqlite,
        .volume = settings->volume,
        .owner = settings->owner,
        .postgres = settings->postgres,
        .plain_role = !settings->superuser,
        .durable = settings->durable,
        .init = &settings->init,
        .settings = &settings->settings,
        .env = &settings->env,
    };
}

static ReadyHow how_of(ReadyWay way)
{
    switch (way) {
    case READY_BY_NOTHING:
    case READY_BY_HEALTHCHECK:
        break;
    case READY_BY_HTTP:
        return READY_HTTP;
    case READY_BY_TCP:
        return READY_TCP;
    case READY_BY_LOG:
        return READY_LOG;
    case READY_BY_EXEC:
        return READY_EXEC;
    case READY_BY_EXIT:
        return READY_EXIT;
    }
    return READY_HEALTHCHECK;
}

ReadySpec ready_spec_of(const ReadySettings *settings)
{
    return (ReadySpec){
        .how = how_of(settings->way),
        .port = (int)settings->port,
        .path = settings->path,
        .status = (int)settings->status,
        .log = settings->log,
        .exec = &settings->exec,
        .exit_code = (int)settings->exit_code,
    };
}
