#include "verify/teardown.h"

#include <pthread.h>
#include <string.h>

#include "database/pg_url.h"

typedef struct Made {
    TeardownKind kind;
    char *id; /* owned */
} Made;

struct Teardown {
    pthread_mutex_t lock;
    Made *items;
    size_t len, cap;
};

static const char *const KIND_NAMES[] = {
    [TEARDOWN_CONNECTION] = "connection", [TEARDOWN_CONTAINER] = "container",
    [TEARDOWN_DATABASE] = "database",     [TEARDOWN_VOLUME] = "volume",
    [TEARDOWN_NETWORK] = "network",       [TEARDOWN_IMAGE] = "image",
};

Teardown *teardown_new(void)
{
    Teardown *teardown = xcalloc(1, sizeof *teardown);

    (void)pthread_mutex_init(&teardown->lock, NULL); /* default attributes: cannot fail */
    return teardown;
}

void teardown_add(Teardown *teardown, TeardownKind kind, const char *id)
{
    Made made = {kind, xstrdup(id)};

    (void)pthread_mutex_lock(&teardown->lock);
    LIST_PUSH(teardown, made);
    (void)pthread_mutex_unlock(&teardown->lock);
}

void teardown_made(void *teardown, const char *kind, const char *id)
{
    for (size_t i = 0; i < COUNT_OF(KIND_NAMES); i++)
        if (text_eq(kind, KIND_NAMES[i]))
            teardown_add(teardown, (TeardownKind)i, id);
}

size_t teardown_count(const Teardown *teardown)
{
    return teardown->len;
}

/* Of "name url" the name: the URL is a secret. Other ids have no space. Caller frees. */
static char *shown(const char *id)
{
    return xstrndup(id, strcspn(id, " "));
}

void teardown_names(const Teardown *teardown, TeardownKind kind, StrList *ret_names)
{
    for (size_t i = 0; i < teardown->len; i++)
        if (teardown->items[i].kind == kind)
            str_list_add_owned(ret_names, shown(teardown->items[i].id));
}

void teardown_forget(Teardown *teardown, TeardownKind kind, const char *id)
{
    (void)pthread_mutex_lock(&teardown->lock);
    for (size_t i = teardown->len; i-- > 0;) {
        Made *made = &teardown->items[i];

        if (made->kind != kind || !text_eq(made->id, id))
            continue;
        free(made->id);
        teardown->len--;
        memmove(made, made + 1, (teardown->len - i) * sizeof *made);
        break;
    }
    (void)pthread_mutex_unlock(&teardown->lock);
}

static Error *leave_network(Engine *engine, const char *connection, Deadline dl)
{
    AUTO(str_list) StrList ends = {0};

    str_list_split(connection, '/', &ends);
    return ends.len == 2 ? engine_network_disconnect(engine, ends.items[0], ends.items[1], dl)
                         : NULL;
}

static Error *drop_database(const char *id, Deadline dl)
{
    AUTO(str) char *name = shown(id);

    return pg_url_drop(id + strlen(name) + 1, name, NULL, dl);
}

static Error *remove_one(Engine *engine, const Made *made, Deadline dl)
{
    switch (made->kind) {
    case TEARDOWN_CONNECTION:
        return leave_network(engine, made->id, dl);
    case TEARDOWN_CONTAINER:
        return engine_container_remove(engine, made->id, dl);
    case TEARDOWN_DATABASE:
        return drop_database(made->id, dl);
    case TEARDOWN_VOLUME:
        return engine_volume_remove(engine, made->id, dl);
    case TEARDOWN_NETWORK:
        return engine_network_remove(engine, made->id, dl);
    case TEARDOWN_IMAGE:
        return engine_image_remove(engine, made->id, dl);
    }
    return NULL;
}

/* One kind, newest first. */
static void remove_kind(Teardown *teardown, size_t mark, TeardownKind kind, Engine *engine,
                        Deadline dl, StrList *warnings)
{
    for (size_t i = teardown->len; i-- > mark;) {
        Made *made = &teardown->items[i];
        AUTO(error) Error *err = NULL;
        AUTO(str) char *name = NULL;

        if (made->kind != kind || !made->id)
            continue;
        name = shown(made->id);
        err = remove_one(engine, made, dl);
        if (err && err->code != ERR_NOT_FOUND)
            str_list_addf(warnings, "%s %s could not be removed (%s): `seatrial clean` will",
                          KIND_NAMES[kind], name, err->msg);
        free(made->id);
        made->id = NULL;
    }
}

void teardown_run(Teardown *teardown, size_t mark, Engine *engine, Deadline dl, StrList *warnings)
{
    (void)pthread_mutex_lock(&teardown->lock);
    for (size_t kind = 0; kind < COUNT_OF(KIND_NAMES); kind++)
        remove_kind(teardown, mark, (TeardownKind)kind, engine, dl, warnings);
    teardown->len = mark < teardown->len ? mark : teardown->len;
    (void)pthread_mutex_unlock(&teardown->lock);
}

void teardown_free(Teardown *teardown)
{
    if (!teardown)
        return;
    for (size_t i = 0; i < teardown->len; i++)
        free(teardown->items[i].id);
    free(teardown->items);
    (void)pthread_mutex_destroy(&teardown->lock);
    free(teardown);
}
