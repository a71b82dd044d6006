#include "verify/teardown.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/task.h"
#include "database/pg_url.h"

#define AT_ONCE_MAX 4 /* removals: an engine does little more at a time */
#define RELEASE_MS  60000

typedef struct Made {
    TeardownKind kind;
    char *id;      /* owned */
    bool released; /* nobody needs it any more */
    Error *stays;  /* why it could not be removed */
} Made;

struct Teardown {
    pthread_mutex_t lock;
    Made *items;
    size_t len, cap;
    Engine *engine;         /* of the thread that removes what is released, while the run goes on */
    pthread_t releasing;    /* that thread */
    bool releases;          /* it is there */
    pthread_cond_t changed; /* something was released, or it is to end */
    bool ending;
};

static const char *const KIND_NAMES[] = {
    [TEARDOWN_CONNECTION] = "connection", [TEARDOWN_CONTAINER] = "container",
    [TEARDOWN_DATABASE] = "database",     [TEARDOWN_VOLUME] = "volume",
    [TEARDOWN_NETWORK] = "network",       [TEARDOWN_IMAGE] = "image",
};

Teardown *teardown_new(void)
{
    Teardown *teardown = xcalloc(1, sizeof *teardown);

    /* default attributes: these cannot fail */
    (void)pthread_mutex_init(&teardown->lock, NULL);
    (void)pthread_cond_init(&teardown->changed, NULL);
    return teardown;
}

void teardown_add(Teardown *teardown, TeardownKind kind, const char *id)
{
    Made made = {.kind = kind, .id = xstrdup(id)};

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

/* Under the lock. @return NULL when it is not remembered */
static Made *find(Teardown *teardown, TeardownKind kind, const char *id)
{
    for (size_t i = teardown->len; i-- > 0;)
        if (teardown->items[i].kind == kind && text_eq(teardown->items[i].id, id))
            return &teardown->items[i];
    return NULL;
}

/* Under the lock. */
static void forget(Teardown *teardown, Made *made)
{
    size_t after = (size_t)(teardown->items + teardown->len - made) - 1;

    free(made->id);
    error_free(made->stays);
    teardown->len--;
    memmove(made, made + 1, after * sizeof *made);
}

void teardown_forget(Teardown *teardown, TeardownKind kind, const char *id)
{
    Made *made;

    (void)pthread_mutex_lock(&teardown->lock);
    made = find(teardown, kind, id);
    if (made)
        forget(teardown, made);
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

static Error *remove_it(Engine *engine, TeardownKind kind, const char *id, Deadline dl)
{
    switch (kind) {
    case TEARDOWN_CONNECTION:
        return leave_network(engine, id, dl);
    case TEARDOWN_CONTAINER:
        return engine_container_remove(engine, id, dl);
    case TEARDOWN_DATABASE:
        return drop_database(id, dl);
    case TEARDOWN_VOLUME:
        return engine_volume_remove(engine, id, dl);
    case TEARDOWN_NETWORK:
        return engine_network_remove(engine, id, dl);
    case TEARDOWN_IMAGE:
        return engine_image_remove(engine, id, dl);
    }
    return NULL;
}

/* --- while the run goes on -------------------------------------------------------------------- */

/* Under the lock. */
static Made *next_released(Teardown *teardown)
{
    for (size_t i = 0; i < teardown->len; i++)
        if (teardown->items[i].released)
            return &teardown->items[i];
    return NULL;
}

/* Under the lock, which it leaves for the removal. One that stays is left to teardown_run. */
static void remove_released(Teardown *teardown, Made *made)
{
    TeardownKind kind = made->kind;
    AUTO(str) char *id = xstrdup(made->id);
    AUTO(error) Error *err = NULL;

    (void)pthread_mutex_unlock(&teardown->lock);
    err = remove_it(teardown->engine, kind, id, deadline_in(RELEASE_MS));
    (void)pthread_mutex_lock(&teardown->lock);
    made = find(teardown, kind, id); /* others may have moved it */
    if (!made)
        return;
    made->released = false;
    if (!err || err->code == ERR_NOT_FOUND)
        forget(teardown, made);
}

static void *release_all(void *context)
{
    Teardown *teardown = context;

    (void)pthread_mutex_lock(&teardown->lock);
    while (!teardown->ending) {
        Made *made = next_released(teardown);

        if (made)
            remove_released(teardown, made);
        else
            (void)pthread_cond_wait(&teardown->changed, &teardown->lock);
    }
    (void)pthread_mutex_unlock(&teardown->lock);
    return NULL;
}

/* Under the lock. Without a thread all is left to teardown_run. */
static void start_releasing(Teardown *teardown, const Engine *engine)
{
    AUTO(error) Error *err = NULL;

    if (teardown->releases)
        return;
    if (!teardown->engine)
        err = engine_clone_uncancelled(engine, &teardown->engine);
    teardown->releases =
        !err && pthread_create(&teardown->releasing, NULL, release_all, teardown) == 0;
}

void teardown_release(Teardown *teardown, const Engine *engine, TeardownKind kind, const char *id)
{
    Made *made;

    (void)pthread_mutex_lock(&teardown->lock);
    start_releasing(teardown, engine);
    made = find(teardown, kind, id);
    if (made)
        made->released = true;
    (void)pthread_cond_signal(&teardown->changed);
    (void)pthread_mutex_unlock(&teardown->lock);
}

/* What it has not come to by now is removed with the rest. */
static void stop_releasing(Teardown *teardown)
{
    (void)pthread_mutex_lock(&teardown->lock);
    teardown->ending = true;
    (void)pthread_cond_signal(&teardown->changed);
    (void)pthread_mutex_unlock(&teardown->lock);
    if (teardown->releases)
        (void)pthread_join(teardown->releasing, NULL);
    teardown->releases = false;
    teardown->ending = false;
}

/* --- at the end ------------------------------------------------------------------------------- */

/* Those of some kinds, taken newest first by some threads. */
typedef struct Removal {
    Teardown *teardown;
    size_t mark;
    const bool *kinds;
    const Engine *engine; /* to clone */
    Deadline dl;
    atomic_size_t taken; /* counted from the newest */
} Removal;

static void remove_some(Removal *removal, Engine *engine)
{
    size_t len = removal->teardown->len - removal->mark;

    for (;;) {
        size_t taken = atomic_fetch_add(&removal->taken, 1);
        Made *made;

        if (taken >= len)
            return;
        made = &removal->teardown->items[removal->teardown->len - 1 - taken];
        if (removal->kinds[made->kind])
            made->stays = remove_it(engine, made->kind, made->id, removal->dl);
    }
}

static Error *remove_beside(void *context)
{
    Removal *removal = context;
    AUTO(engine) Engine *engine = NULL;

    TRY(engine_clone_uncancelled(removal->engine, &engine));
    remove_some(removal, engine);
    return NULL;
}

static void remove_kinds(Removal *removal, Engine *engine, const bool *kinds)
{
    Task tasks[AT_ONCE_MAX - 1] = {0};
    size_t count = 0;

    for (size_t i = removal->mark; i < removal->teardown->len; i++)
        count += kinds[removal->teardown->items[i].kind];
    removal->kinds = kinds;
    atomic_store(&removal->taken, 0);
    for (size_t i = 0; i < COUNT_OF(tasks) && i + 1 < count; i++)
        task_begin(&tasks[i], remove_beside, removal);
    remove_some(removal, engine);
    for (size_t i = 0; i < COUNT_OF(tasks); i++)
        error_ignore(task_end(&tasks[i])); /* what one cannot begin the others do */
}

static void warn_of_kind(const Teardown *teardown, size_t mark, TeardownKind kind,
                         StrList *warnings)
{
    for (size_t i = teardown->len; i-- > mark;) {
        const Made *made = &teardown->items[i];
        AUTO(str) char *name = shown(made->id);

        if (made->kind == kind && made->stays && made->stays->code != ERR_NOT_FOUND)
            str_list_addf(warnings, "%s %s could not be removed (%s): `seatrial clean` will",
                          KIND_NAMES[kind], name, made->stays->msg);
    }
}

void teardown_run(Teardown *teardown, size_t mark, Engine *engine, Deadline dl, StrList *warnings)
{
    static const bool USERS[COUNT_OF(KIND_NAMES)] = {
        [TEARDOWN_CONNECTION] = true, [TEARDOWN_CONTAINER] = true};
    static const bool USED[COUNT_OF(KIND_NAMES)] = {[TEARDOWN_DATABASE] = true,
                                                    [TEARDOWN_VOLUME] = true,
                                                    [TEARDOWN_NETWORK] = true,
                                                    [TEARDOWN_IMAGE] = true};
    Removal removal = {.teardown = teardown, .mark = mark, .engine = engine, .dl = dl};

    stop_releasing(teardown);
    remove_kinds(&removal, engine, USERS);
    remove_kinds(&removal, engine, USED);
    for (size_t kind = 0; kind < COUNT_OF(KIND_NAMES); kind++)
        warn_of_kind(teardown, mark, (TeardownKind)kind, warnings);
    while (teardown->len > mark)
        forget(teardown, &teardown->items[teardown->len - 1]);
}

void teardown_free(Teardown *teardown)
{
    if (!teardown)
        return;
    stop_releasing(teardown);
    while (teardown->len > 0)
        forget(teardown, &teardown->items[teardown->len - 1]);
    free(teardown->items);
    engine_close(teardown->engine);
    (void)pthread_cond_destroy(&teardown->changed);
    (void)pthread_mutex_destroy(&teardown->lock);
    free(teardown);
}
