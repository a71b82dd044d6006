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
