#include "verify/services.h"

#include "verify/spec.h"

#define LOG_TAIL_BYTES 4096

static char *container_name(const Lane *lane, const ServiceSettings *service)
{
    return xasprintf("%s-service-%s", lane->name, service->name);
}

static Error *start_one(Lane *lane, const ServiceSettings *service)
{
    Session *session = &lane->session;
    AUTO(str) char *name = container_name(lane, service);
    AUTO(str) char *id = NULL;
    ContainerSpec container = {
        .name = name,
        .image = service->image,
        .command = service->command.len > 0 ? &service->command : NULL,
        .env = &service->server_env,
        .labels = &session->labels,
        .network = lane->trial->network,
        .alias = service->name,
        .memory_bytes = session->config->memory_bytes,
    };

    /* by its name and before it is made: the engine may make it and its reply be lost */
    teardown_add(session->teardown, TEARDOWN_CONTAINER, name);
    TRY(engine_container_create(session->engine, &container, deadline_in(TRIAL_CALL_MS), &id));
    return engine_container_start(session->engine, id, deadline_in(TRIAL_CALL_MS));
}

Error *services_start(Lane *lane)
{
    const ServiceSettingsList *services = &lane->session.config->services;

    for (size_t i = 0; i < services->len; i++)
        TRY_CTX(start_one(lane, &services->items[i]), "starting the service %s of %s",
                services->items[i].name, services->items[i].image);
    return NULL;
}

/* Why it is not ready is in its log. */
static Error *not_ready(Lane *lane, const ServiceSettings *service, const char *container,
                        const Readiness *readiness)
{
    AUTO(str) char *log = NULL;
    AUTO(error)
    Error *err = engine_container_log_tail(lane->session.engine, container, LOG_TAIL_BYTES,
                                           deadline_in(TRIAL_CALL_MS), &log);
    const char *seen = readiness->seen ? readiness->seen : "nothing";

    if (err)
        error_ignore(TAKE(err)); /* the log would only have told more */
    return error_new(readiness->ended ? ERR_SYSTEM : ERR_TIMEOUT, 0,
                     "the service %s of %s %s; seen last: %s%s%s", service->name, service->image,
                     readiness->ended ? "ended before it was ready" : "did not become ready", seen,
                     text_is_empty(log) ? "" : "; its log ends:\n", log ? log : "");
}

static Error *await_one(Lane *lane, const ServiceSettings *service)
{
    const Session *session = &lane->session;
    AUTO(str) char *name = container_name(lane, service);
    AUTO(readiness) Readiness readiness = {0};
    ReadySpec ready = ready_spec_of(&service->ready);

    ready.alias = service->name;
    ready.made = teardown_made;
    ready.made_context = session->teardown;
    if (service->ready.way == READY_BY_NOTHING) {
        AUTO(container_state) ContainerState state = {0};

        TRY(engine_container_inspect(session->engine, name, deadline_in(TRIAL_CALL_MS), &state));
        readiness.ended = !state.running && state.exit_code != 0;
        if (readiness.ended)
            return not_ready(lane, service, name, &readiness);
        if (!state.health)
            return NULL; /* nobody says how it shows: the application has to wait for it itself */
    }
    TRY_CTX(engine_ready_wait(session->engine, name, lane->trial->network, &ready,
                              deadline_in(session->config->timeout_ms), &readiness),
            "waiting for the service %s", service->name);
    return readiness.ready ? NULL : not_ready(lane, service, name, &readiness);
}

Error *services_await(Lane *lane)
{
    const ServiceSettingsList *services = &lane->session.config->services;

    for (size_t i = 0; i < services->len; i++)
        TRY(await_one(lane, &services->items[i]));
    return NULL;
}

void services_tell(const ServiceSettingsList *services, StrMap *env)
{
    for (size_t i = 0; i < services->len; i++) {
        const StrMap *told = &services->items[i].env;

        for (size_t k = 0; k < told->len; k++)
            if (!str_map_has(env, told->items[k].key))
                str_map_set(env, told->items[k].key, told->items[k].value);
    }
}
