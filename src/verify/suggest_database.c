#include <string.h>

#include "verify/screen_secrets.h"
#include "verify/suggest_parts.h"

/* The file that a value names: "/app/data/app.db", "file:./data/app.db?mode=rwc",
 * "sqlite:////app/app.db". NULL when it is none, or not clear where it is. Caller frees. */
static char *sqlite_path(const char *value, const char *workdir)
{
    static const char *const ENDS[] = {".db", ".sqlite", ".sqlite3", ".db3"};
    static const char *const SCHEMES[] = {
        "sqlite:///", "sqlite://", "sqlite:", "file://", "file:", "jdbc:sqlite:"};
    AUTO(str) char *path = NULL;
    bool ends = false;

    /* three slashes: SQLAlchemy goes on from the working folder, sqlx from the root */
    if (text_starts(value, "sqlite:///") && !text_starts(value, "sqlite:////"))
        return NULL;
    for (size_t i = 0; i < COUNT_OF(SCHEMES); i++)
        if (text_starts(value, SCHEMES[i])) {
            value += strlen(SCHEMES[i]);
            break;
        }
    path = xstrndup(value, strcspn(value, "?"));
    for (size_t i = 0; i < COUNT_OF(ENDS); i++)
        ends |= text_ends(path, ENDS[i]);
    if (!ends || !screen_text(NULL, path) || strstr(path, "..") || strpbrk(path, ":@${}\n\t\\ ") ||
        strstr(path, "//"))
        return NULL;
    if (path[0] == '/')
        return TAKE(path);
    return image_path_join(workdir && workdir[0] == '/' ? workdir : "/",
                           text_starts(path, "./") ? path + 2 : path);
}

static bool is_below(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    while (len > 1 && folder[len - 1] == '/')
        len--;
    return len > 1 && strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* @param own  the image sets it itself */
static bool take_sqlite(const Suggester *all, const StrMap *env, const char *where, bool own)
{
    const EngineImage *image = all->facts->image;
    Suggestion *to = all->to;
    const char *workdir = to->workdir ? to->workdir : image->workdir;

    for (size_t i = 0; i < env->len; i++) {
        const StrPair *pair = &env->items[i];
        char *path =
            pair->value && suggest_is_name(pair->key) ? sqlite_path(pair->value, workdir) : NULL;

        if (!path)
            continue;
        to->sqlite = path;
        to->database_found =
            xasprintf("%s sets %s%s", where, pair->key,
                      strstr(pair->value, path) ? "" : " (relative: below the working folder)");
        if (!own && !strchr(pair->value, '?')) /* behind it may be a key */
            str_map_set(&to->env, pair->key, pair->value);
        return true;
    }
    return false;
}

static void list_volumes(const StrMap *mounts, StrList *volumes)
{
    for (size_t i = 0; i < mounts->len; i++)
        if (mounts->items[i].key[0] == '/' && screen_text(NULL, mounts->items[i].key) &&
            !str_list_has(volumes, mounts->items[i].key))
            str_list_add(volumes, mounts->items[i].key);
}

static void suggest_volumes(const Suggester *all)
{
    Suggestion *to = all->to;

    if (all->migrate)
        list_volumes(&all->migrate->volumes, &to->volumes);
    if (all->application)
        list_volumes(&all->application->volumes, &to->volumes);
    for (size_t i = 0; i < all->facts->image->volumes.len; i++)
        if (!str_list_has(&to->volumes, all->facts->image->volumes.items[i]))
            str_list_add(&to->volumes, all->facts->image->volumes.items[i]);
    for (size_t i = 0; to->sqlite && i < to->volumes.len; i++) {
        const char *volume = to->volumes.items[i];

        if (is_below(to->sqlite, volume) && (!to->volume || strlen(volume) > strlen(to->volume))) {
            free(to->volume);
            to->volume = xstrndup(to->sqlite, strlen(volume) - text_ends(volume, "/"));
        }
    }
}

static bool suggest_sqlite(const Suggester *all)
{
    const char *name = all->facts->compose_name;
    const ComposeService *services[] = {all->migrate, all->application};

    for (size_t i = 0; i < COUNT_OF(services); i++) {
        AUTO(str)
        char *where = services[i] ? xasprintf("%s: the service %s", name, services[i]->name) : NULL;

        if (where && take_sqlite(all, &services[i]->env, where, false))
            return true;
    }
    return take_sqlite(all, &all->facts->image->env, "the image", true);
}

static bool names_postgres(const StrMap *env, const char **ret_name)
{
    static const char *const NAMES[] = {"DATABASE_URL", "PGHOST",     "PGDATABASE",
                                        "PGUSER",       "PGPASSWORD", "PGPORT"};

    for (size_t i = 0; i < env->len; i++)
        for (size_t k = 0; k < COUNT_OF(NAMES); k++)
            if (text_eq(env->items[i].key, NAMES[k])) {
                *ret_name = NAMES[k];
                return true;
            }
    return false;
}

/* Other names that hold the URL of the database, or its parts. The usual ones have to be repeated
 * then: what is given takes their place. */
static void suggest_database_env(const Suggester *all, const ComposeService *service)
{
    StrMap *to = &all->to->database_env;

    for (size_t i = 0; service && i < service->env.len; i++) {
        const char *key = service->env.items[i].key;
        const char *value = service->env.items[i].value;

        if (!value || !suggest_is_name(key) || text_eq(key, "DATABASE_URL") ||
            text_starts(key, "PG"))
            continue;
        if (text_starts(value, "postgres://") || text_starts(value, "postgresql://"))
            str_map_set(to, key, "{url}");
        else if (text_eq(value, all->database->name))
            str_map_set(to, key, "{host}");
    }
}

static void add_usual_env(StrMap *env)
{
    static const char *const USUAL[][2] = {
        {"DATABASE_URL", "{url}"}, {"PGHOST", "{host}"},         {"PGPORT", "{port}"},
        {"PGUSER", "{user}"},      {"PGPASSWORD", "{password}"}, {"PGDATABASE", "{database}"},
    };

    for (size_t i = 0; env->len > 0 && i < COUNT_OF(USUAL); i++)
        str_map_set(env, USUAL[i][0], USUAL[i][1]);
}

/* As written, unless there is more in it than a name. */
static char *server_found(const Suggester *all)
{
    const ComposeService *server = all->database;
    AUTO(str) char *image = NULL;

    if (suggest_image_text(server->image, &image))
        return xasprintf("%s: the service %s is %s", all->facts->compose_name, server->name, image);
    return xasprintf("%s: the service %s is a database server", all->facts->compose_name,
                     server->name);
}

static void suggest_server(const Suggester *all)
{
    const ComposeService *server = all->database;
    Suggestion *to = all->to;

    to->wants_postgres = compose_server(server->image) == COMPOSE_POSTGRES;
    to->database_found = server_found(all);
    if (!to->wants_postgres) {
        suggest_server_service(all);
        return;
    }
    if (!suggest_image_text(server->image, &to->postgres))
        return;
    to->wants_postgres = false;
    suggest_database_env(all, all->migrate);
    suggest_database_env(all, all->application);
    add_usual_env(&to->database_env);
}

void suggest_database(const Suggester *all)
{
    const char *name;

    if (all->database) {
        suggest_server(all);
        return;
    }
    if (!suggest_sqlite(all) && names_postgres(&all->facts->image->env, &name)) {
        all->to->wants_postgres = true;
        all->to->database_found = xasprintf("the image sets %s", name);
    }
    suggest_volumes(all);
}
