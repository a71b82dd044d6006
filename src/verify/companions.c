#include "verify/companions.h"

#include <string.h>

#include "release/choice.h"

Error *companions_check(const Config *config)
{
    if (config->start.image && config->run.migrate.len == 0)
        return error_new(ERR_INVALID, 0,
                         "start.image: the application that migrates when it starts is that of "
                         "`image`; another one is started beside `migrate`, which is not given");
    for (size_t i = 0; i < config->services.len; i++) {
        const ServiceSettings *service = &config->services.items[i];

        if (text_is_empty(service->image))
            return error_new(ERR_INVALID, 0, "services.%s.image: not given", service->name);
        if (text_eq(service->name, "database"))
            return error_new(ERR_INVALID, 0,
                             "services.database: the trial's own database has that name on its "
                             "network: choose another");
    }
    return NULL;
}

static Error *obtain(Session *session, PlanImages how, const char *whose, const char *ref)
{
    AUTO(image_facts) ImageFacts facts = {.image = xstrdup(ref)};
    AUTO(engine_image) EngineImage image = {0};

    TRY_CTX(obtain_released(session, how == PLAN_GET, &facts, &image), "image of the %s %s", whose,
            ref);
    return NULL;
}

static Error *obtain_servers(Session *session, PlanImages how)
{
    const Config *config = session->config;

    for (size_t i = 0; i < config->databases.len; i++) {
        const DatabaseSettings *database = &config->databases.items[i];

        if (database->postgres)
            TRY(obtain(session, how, "Postgres server", database->postgres));
        if (database->service)
            TRY(obtain(session, how, "database service", database->service));
    }
    for (size_t i = 0; i < config->services.len; i++) {
        const ServiceSettings *service = &config->services.items[i];
        AUTO(str) char *whose = xasprintf("service %s", service->name);

        TRY(obtain(session, how, whose, service->image));
    }
    return NULL;
}

/* A reference without a tag means the candidate's. */
static Error *application_reference(const Config *config, char **ret_ref)
{
    const char *image = config->start.image;
    const char *slash = strrchr(image, '/');
    Release release = {.tag = config->candidate.tag};
    AUTO(str) char *tag = NULL;

    if (strpbrk(slash ? slash : image, ":@")) {
        *ret_ref = xstrdup(image);
        return NULL;
    }
    if (!release.tag)
        return error_new(ERR_INVALID, 0,
                         "start.image: %s has no tag, and the candidate's is not known: name the "
                         "tag, or give --candidate-tag",
                         image);
    TRY_CTX(release_image_tag(config->tag, &release, &tag), "start.image");
    *ret_ref = xasprintf("%s:%s", image, tag);
    return NULL;
}

static Error *obtain_application(Session *session, PlanImages how, PlannedImage *application)
{
    AUTO(str) char *ref = NULL;

    if (!session->config->start.on || !session->config->start.image)
        return NULL;
    TRY(application_reference(session->config, &ref));
    application->facts.image = TAKE(ref);
    application->facts.tag = xstrdup_null(session->config->candidate.tag);
    TRY_CTX(obtain_released(session, how == PLAN_GET, &application->facts, &application->image),
            "image of the application that is started, %s", application->facts.image);
    return NULL;
}

static Error *check_health(const PlannedImage *image)
{
    if (!image->image.id || image->image.healthcheck.len > 0)
        return NULL;
    return error_new(ERR_INVALID, 0,
                     "start.ready: not given, and %s has no HEALTHCHECK: say how it shows that it "
                     "is ready: {http: {port: 3000, path: /healthz}}, {tcp: 3000}, {log: "
                     "\"listening on\"} or {exit: 0}",
                     image->facts.image);
}

/* Nothing is worse than an application that is taken for ready too early. */
static Error *check_ready(const Config *config, const Plan *plan)
{
    if (!config->start.on || config->start.ready.way != READY_BY_NOTHING)
        return NULL;
    TRY(check_health(plan->application.facts.image ? &plan->application : &plan->candidate));
    for (size_t i = 0; i < plan->released.len; i++)
        if (plan->released.items[i].commands.starts)
            TRY(check_health(&plan->released.items[i]));
    return NULL;
}

Error *companions_obtain(Session *session, PlanImages how, Plan *plan)
{
    TRY(obtain_servers(session, how));
    TRY(obtain_application(session, how, &plan->application));
    return check_ready(session->config, plan);
}
