#include "verify/sweep.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/buffer.h"
#include "database/pg_url.h"

#define SECONDS_MAX (INT64_MAX / 1000) /* a label's number must fit as milliseconds, too */

/* A process is known by four things: which boot, which pid namespace, which pid, and when it
 * started (field 22 of /proc/PID/stat), because pids come again. */

static char *read_small(const char *path)
{
    AUTO(file) FILE *file = fopen(path, "re");
    char text[1024];
    size_t len;

    if (!file)
        return xstrdup("");
    len = fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    return text_trim(text);
}

/* Start time of a process in clock ticks after boot; "" when there is no such process. */
static char *start_time(const char *pid)
{
    AUTO(str) char *path = xasprintf("/proc/%s/stat", pid);
    AUTO(str) char *stat = read_small(path);
    AUTO(str_list) StrList fields = {0};
    const char *rest = strrchr(stat, ')'); /* the name before it may contain anything */

    if (!rest || !rest[1])
        return xstrdup("");
    str_list_split(rest + 2, ' ', &fields); /* fields[0] is field 3 */
    return xstrdup(fields.len > 19 ? fields.items[19] : "");
}

/* "boot/namespace": where a pid means what it says. */
static char *this_place(void)
{
    AUTO(str) char *boot = read_small("/proc/sys/kernel/random/boot_id");
    char space[128] = "";
    ssize_t len = readlink("/proc/self/ns/pid", space, sizeof space - 1);

    space[len > 0 ? len : 0] = '\0';
    return xasprintf("%s/%s", boot, space);
}

void sweep_labels(const char *run_id, bool keep, int64_t lifetime_ms, StrMap *labels)
{
    AUTO(str) char *place = this_place();
    AUTO(str) char *pid = xasprintf("%d", (int)getpid());
    AUTO(str) char *start = start_time(pid);
    AUTO(str) char *owner = xasprintf("%s/%s/%s", place, pid, start);
    int64_t now_s = clock_wall_ms() / 1000;
    AUTO(str) char *started = xasprintf("%" PRId64, now_s);
    AUTO(str) char *expires = xasprintf("%" PRId64, now_s + lifetime_ms / 1000);

    str_map_set(labels, LABEL_RUN, run_id);
    str_map_set(labels, LABEL_STARTED, started);
    str_map_set(labels, LABEL_EXPIRES, expires);
    str_map_set(labels, LABEL_OWNER, owner);
    if (keep)
        str_map_set(labels, LABEL_KEPT, "yes");
}

/* Of another user, where /proc hides it (hidepid). */
static bool exists_unseen(const char *pid)
{
    uint64_t number;
    AUTO(error) Error *err = parse_u64(pid, 1, INT32_MAX, &number);

    return !err && kill((pid_t)number, 0) != 0 && errno == EPERM;
}

RunLife sweep_life(const char *owner, int64_t expires_s, int64_t now_s)
{
    AUTO(str) char *place = this_place();
    AUTO(str_list) StrList parts = {0};
    AUTO(str) char *start = NULL;

    str_list_split(owner, '/', &parts);
    if (parts.len != 4 || !*parts.items[0] || !*parts.items[1] || !text_starts(owner, place) ||
        owner[strlen(place)] != '/')
        return now_s >= expires_s ? RUN_ENDED : RUN_UNSEEN;
    start = start_time(parts.items[2]);
    if (!*start && exists_unseen(parts.items[2]))
        return now_s >= expires_s ? RUN_ENDED : RUN_UNSEEN;
    return *start && text_eq(start, parts.items[3]) ? RUN_ALIVE : RUN_ENDED;
}

/* Labels as the engine lists them: an object, or null. */
static int64_t label_number(const cJSON *labels, const char *key)
{
    const cJSON *item = json_member(labels, key);
    uint64_t value = 0;
    AUTO(error) Error *err = NULL;

    if (cJSON_IsString(item))
        err = parse_u64(item->valuestring, 0, SECONDS_MAX, &value);
    return err ? 0 : (int64_t)value;
}

static const char *label_text(const cJSON *labels, const char *key)
{
    const cJSON *item = json_member(labels, key);

    return cJSON_IsString(item) ? item->valuestring : "";
}

/* An image of ours has no tag but ours: one that was built upon it inherits its labels. */
static bool is_ours(const cJSON *item)
{
    const cJSON *tag;

    cJSON_ArrayForEach(tag, json_member(item, "RepoTags"))
    {
        if (cJSON_IsString(tag) && !text_starts(tag->valuestring, CANDIDATE_REPOSITORY ":") &&
            !text_starts(tag->valuestring, RELEASE_REPOSITORY ":") &&
            !text_eq(tag->valuestring, "<none>:<none>"))
            return false;
    }
    return true;
}

static void add_leftovers(const char *kind, const char *id_key, const cJSON *list,
                          LeftoverList *leftovers)
{
    int64_t now_s = clock_wall_ms() / 1000;
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
    {
        const cJSON *labels = json_member(item, "Labels");
        const char *id = json_str_or(item, id_key, NULL);
        const char *name = json_str_or(item, "Name", json_str_or(item, "Names.0", id));
        Leftover leftover = {.kind = kind};

        if (!id || !is_ours(item))
            continue;
        leftover.id = xstrdup(id);
        leftover.name = xstrdup(*name == '/' ? name + 1 : name);
        leftover.run = xstrdup(label_text(labels, LABEL_RUN));
        leftover.started_s = label_number(labels, LABEL_STARTED);
        leftover.life =
            sweep_life(label_text(labels, LABEL_OWNER), label_number(labels, LABEL_EXPIRES), now_s);
        leftover.kept = *label_text(labels, LABEL_KEPT) != '\0';
        LIST_PUSH(leftovers, leftover);
    }
}

typedef struct Lister {
    const char *kind, *id_key;
    Error *(*list)(Engine *engine, const char *label, Deadline dl, cJSON **ret_list);
} Lister;

Error *sweep_find(Engine *engine, Deadline dl, LeftoverList *ret_leftovers)
{
    static const Lister LISTERS[] = {
        {"container", "Id", engine_container_list}, /* first: they hold the others */
        {"volume", "Name", engine_volume_list},
        {"network", "Id", engine_network_list},
        {"image", "Id", engine_image_list},
    };
    AUTO(leftover_list) LeftoverList leftovers = {0};

    for (size_t i = 0; i < COUNT_OF(LISTERS); i++) {
        AUTO(json) cJSON *list = NULL;

        TRY_CTX(LISTERS[i].list(engine, LABEL_RUN, dl, &list), "listing what earlier runs left");
        add_leftovers(LISTERS[i].kind, LISTERS[i].id_key, list, &leftovers);
    }
    *ret_leftovers = leftovers;
    leftovers = (LeftoverList){0};
    return NULL;
}

Error *sweep_find_databases(const char *url, const Cancel *cancel, Deadline dl,
                            LeftoverList *leftovers)
{
    AUTO(json) cJSON *list = NULL;
    size_t before = leftovers->len;

    TRY_CTX(pg_url_list(url, cancel, dl, &list), "listing what earlier runs left");
    add_leftovers("database", "Name", list, leftovers);
    for (size_t i = before; i < leftovers->len; i++)
        leftovers->items[i].url = xstrdup(url);
    return NULL;
}

Error *sweep_remove(Engine *engine, const Leftover *leftover, Deadline dl)
{
    AUTO(error) Error *err = NULL;

    if (leftover->url) /* a connection: no cancel flag stops what was begun */
        return pg_url_drop(leftover->url, leftover->name, NULL, dl);

    if (text_eq(leftover->kind, "container"))
        err = engine_container_remove(engine, leftover->id, dl);
    else if (text_eq(leftover->kind, "volume"))
        err = engine_volume_remove(engine, leftover->id, dl);
    else if (text_eq(leftover->kind, "network"))
        err = engine_network_remove(engine, leftover->id, dl);
    else
        err = engine_image_remove(engine, leftover->id, dl);
    if (err && err->code == ERR_NOT_FOUND) /* another sweep was faster */
        return NULL;
    return TAKE(err);
}

/* One that resists, a volume that somebody uses by now, does not keep the others. */
static void remove_ended(Engine *engine, const LeftoverList *leftovers, const char *own_run,
                         Deadline dl, Error *err, StrList *warnings)
{
    size_t removed = 0;

    for (size_t i = 0; i < leftovers->len && deadline_left_ms(dl) > 0; i++) {
        const Leftover *leftover = &leftovers->items[i];
        AUTO(error) Error *stays = NULL;

        if (leftover->life != RUN_ENDED || leftover->kept || text_eq(leftover->run, own_run))
            continue;
        stays = sweep_remove(engine, leftover, dl);
        removed += !stays;
        if (!err)
            err = TAKE(stays);
        if (err && err->code == ERR_CANCELLED)
            break;
    }
    if (removed > 0)
        str_list_addf(warnings, "removed %zu object%s that an interrupted run had left", removed,
                      removed == 1 ? "" : "s");
    if (err && err->code != ERR_CANCELLED)
        str_list_addf(warnings, "what an interrupted run left could not be removed: %s", err->msg);
    error_free(err);
}

void sweep_quietly(Engine *engine, const char *own_run, Deadline dl, StrList *warnings)
{
    AUTO(leftover_list) LeftoverList leftovers = {0};
    Error *err = sweep_find(engine, dl, &leftovers);

    remove_ended(engine, &leftovers, own_run, dl, err, warnings);
}

void sweep_databases_quietly(const char *url, const char *own_run, const Cancel *cancel,
                             Deadline dl, StrList *warnings)
{
    AUTO(leftover_list) LeftoverList leftovers = {0};
    AUTO(error) Error *err = sweep_find_databases(url, cancel, dl, &leftovers);

    if (!err)
        remove_ended(NULL, &leftovers, own_run, dl, NULL, warnings);
}

void leftover_list_clear(LeftoverList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].id);
        free(list->items[i].name);
        free(list->items[i].run);
        free(list->items[i].url);
    }
    free(list->items);
    *list = (LeftoverList){0};
}
