#include "verify/trial_parts.h"

/* An isolated network has no way to a server outside of it. */
static bool is_isolated(const Trial *trial)
{
    AUTO(str) char *outside = database_outside(&trial->spec);

    return !text_eq(trial->session->config->network, "open") && !outside;
}

/* Whether a container of the trial finds anything on its network, or is asked over it. Without one
 * an engine starts and ends containers in two thirds of the time. */
static bool is_needed(const Trial *trial)
{
    const Config *config = trial->session->config;

    return !trial->spec.sqlite || config->services.len > 0 || config->start.on ||
           !is_isolated(trial);
}

Error *trial_network(Trial *trial)
{
    Session *session = trial->session;
    AUTO(str) char *name = NULL;

    if (!is_needed(trial)) {
        trial->network = xstrdup(ENGINE_NO_NETWORK);
        return NULL;
    }
    name = xasprintf("%s-net", trial->name);
    /* by its name and before it is made: the engine may make it and its reply be lost */
    teardown_add(session->teardown, TEARDOWN_NETWORK, name);
    TRY_CTX(engine_network_create(session->engine, name, is_isolated(trial), &session->labels,
                                  deadline_in(TRIAL_CALL_MS), &trial->network),
            "making the trial's network");
    return NULL;
}
