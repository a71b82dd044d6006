/* Which service of a compose file is which, and the servers that are known by their image. */

#include <string.h>

#include "config/compose.h"

typedef struct KnownServer {
    const char *name; /* the last part of its image's */
    ComposeServer server;
    int port;
} KnownServer;

static const KnownServer KNOWN[] = {
    {"postgres", COMPOSE_POSTGRES, 5432},
    {"postgis", COMPOSE_POSTGRES, 5432},
    {"timescaledb", COMPOSE_POSTGRES, 5432},
    {"pgvector", COMPOSE_POSTGRES, 5432},
    {"mysql", COMPOSE_MYSQL, 3306},
    {"mariadb", COMPOSE_MYSQL, 3306},
    {"percona", COMPOSE_MYSQL, 3306},
    {"mongo", COMPOSE_OTHER_SERVER, 27017},
    {"cockroach", COMPOSE_OTHER_SERVER, 26257},
    {"couchdb", COMPOSE_OTHER_SERVER, 5984},
    {"neo4j", COMPOSE_OTHER_SERVER, 7687},
    {"redis", COMPOSE_NO_SERVER, 6379},
    {"valkey", COMPOSE_NO_SERVER, 6379},
    {"keydb", COMPOSE_NO_SERVER, 6379},
    {"dragonfly", COMPOSE_NO_SERVER, 6379},
    {"memcached", COMPOSE_NO_SERVER, 11211},
    {"rabbitmq", COMPOSE_NO_SERVER, 5672},
    {"nats", COMPOSE_NO_SERVER, 4222},
    {"minio", COMPOSE_NO_SERVER, 9000},
    {"mailpit", COMPOSE_NO_SERVER, 1025},
    {"mailhog", COMPOSE_NO_SERVER, 1025},
    {"elasticsearch", COMPOSE_NO_SERVER, 9200},
    {"opensearch", COMPOSE_NO_SERVER, 9200},
    {"meilisearch", COMPOSE_NO_SERVER, 7700},
    {"typesense", COMPOSE_NO_SERVER, 8108},
    {"kafka", COMPOSE_NO_SERVER, 9092},
};

static const KnownServer *known_server(const char *image)
{
    AUTO(str) char *repository = image ? compose_repository(image) : NULL;
    const char *slash = repository ? strrchr(repository, '/') : NULL;
    const char *last = slash ? slash + 1 : repository;

    for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
        if (text_eq(last, KNOWN[i].name))
            return &KNOWN[i];
    return NULL;
}

ComposeServer compose_server(const char *image)
{
    const KnownServer *known = known_server(image);

    return known ? known->server : COMPOSE_NO_SERVER;
}

int compose_port(const char *image)
{
    const KnownServer *known = known_server(image);

    return known ? known->port : 0;
}

const ComposeService *compose_find(const Compose *compose, const char *name)
{
    for (size_t i = 0; i < compose->len; i++)
        if (text_eq(compose->items[i].name, name))
            return &compose->items[i];
    return NULL;
}

static bool is_waited_for(const Compose *compose, const ComposeService *service)
{
    for (size_t i = 0; i < compose->len; i++)
        if (text_eq(str_map_get(&compose->items[i].depends, service->name),
                    "service_completed_successfully"))
            return true;
    return false;
}

const ComposeService *compose_migrate(const Compose *compose, const char **ret_why)
{
    static const char *const WHY[] = {NULL, "others wait for it to complete", "its name says so",
                                      "others wait for it to complete"};
    const ComposeService *best = NULL;
    unsigned best_rank = 0;

    for (size_t i = 0; i < compose->len; i++) {
        const ComposeService *service = &compose->items[i];
        unsigned rank = (text_contains_nocase(service->name, "migrat") ? 2U : 0U) +
                        (is_waited_for(compose, service) ? 1U : 0U);

        if (rank <= best_rank || compose_server(service->image) != COMPOSE_NO_SERVER)
            continue;
        best = service;
        best_rank = rank;
    }
    if (best)
        *ret_why = WHY[best_rank];
    return best;
}

const ComposeService *compose_application(const Compose *compose, const ComposeService *migrate)
{
    const ComposeService *first = NULL, *of_database = NULL;

    for (size_t i = 0; i < compose->len; i++) {
        const ComposeService *service = &compose->items[i];

        if (service == migrate || known_server(service->image))
            continue;
        if (migrate && str_map_has(&service->depends, migrate->name))
            return service;
        if (!first)
            first = service;
        if (!of_database && compose_database(compose, NULL, service))
            of_database = service;
    }
    if (migrate)
        return NULL; /* the others are whatever: a cache, a proxy */
    return of_database ? of_database : first;
}

static const ComposeService *depended_on(const Compose *compose, const ComposeService *service)
{
    for (size_t i = 0; service && i < service->depends.len; i++) {
        const ComposeService *found = compose_find(compose, service->depends.items[i].key);

        if (found && compose_server(found->image) != COMPOSE_NO_SERVER)
            return found;
    }
    return NULL;
}

const ComposeService *compose_database(const Compose *compose, const ComposeService *migrate,
                                       const ComposeService *application)
{
    const ComposeService *found = depended_on(compose, migrate);

    return found ? found : depended_on(compose, application);
}
