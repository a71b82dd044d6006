#include "database/links.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 40 }; /* Linux follows no more either: MAXSYMLINKS */

Error *path_clean(const char *what, const char *path, char **ret_path)
{
    AUTO(str_list) StrList pieces = {0};
    AUTO(str_list) StrList kept = {0};
    AUTO(str) char *joined = NULL;

    if (path[0] != '/')
        return error_new(ERR_INVALID, 0, "%s: wanted an absolute path in the container, found '%s'",
                         what, path);
    str_list_split(path, '/', &pieces);
    for (size_t i = 0; i < pieces.len; i++) {
        if (text_eq(pieces.items[i], ".."))
            return error_new(ERR_INVALID, 0, "%s: wanted a path without '..', found '%s'", what,
                             path);
        if (pieces.items[i][0] && !text_eq(pieces.items[i], "."))
            str_list_add(&kept, pieces.items[i]);
    }
    if (kept.len == 0)
        return error_new(ERR_INVALID, 0,
                         "%s: '%s' is the root folder, where no volume can be mounted", what, path);
    joined = str_list_join(&kept, "/");
    *ret_path = xasprintf("/%s", joined);
    return NULL;
}

bool path_is_below(const char *path, const char *folder)
{
    return text_starts(path, folder) && path[strlen(folder)] == '/';
}

char *path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash > path ? xstrndup(path, (size_t)(slash - path)) : xstrdup("/");
}

/* A relative path without "." and ".."; NULL when it leads above its start. Caller frees. */
static char *settle(const char *path)
{
    AUTO(str_list) StrList pieces = {0};
    StrList kept = {0};
    char *joined = NULL;

    str_list_split(path, '/', &pieces);
    for (size_t i = 0; i < pieces.len; i++) {
        const char *piece = pieces.items[i];

        if (piece[0] == '\0' || text_eq(piece, "."))
            continue;
        if (!text_eq(piece, "..")) {
            str_list_add(&kept, piece);
            continue;
        }
        if (kept.len == 0) {
            str_list_clear(&kept);
            return NULL;
        }
        free(kept.items[--kept.len]);
    }
    joined = str_list_join(&kept, "/");
    str_list_clear(&kept);
    return joined;
}

/* The first link on the way: its target, and how much of the path it stands for. */
static const char *first_link(const StrMap *links, const char *path, size_t *ret_len)
{
    for (size_t len = 1; path[len - 1]; len++) {
        AUTO(str) char *prefix = NULL;
        const char *target;

        if (path[len] != '/' && path[len] != '\0')
            continue;
        prefix = xstrndup(path, len);
        target = str_map_get(links, prefix);
        *ret_len = len;
        if (target)
            return target;
    }
    return NULL;
}

/* What a link's target and the rest of the path make, relative to the volume; NULL when outside. */
static char *step(const char *volume, const char *path, size_t len, const char *target)
{
    AUTO(str) char *joined = NULL;

    if (target[0] == '/') {
        if (!path_is_below(target, volume))
            return NULL;
        joined = xasprintf("%s%s", target + strlen(volume), path + len);
    } else {
        AUTO(str) char *link = xstrndup(path, len);
        const char *slash = strrchr(link, '/');

        joined =
            xasprintf("%.*s%s%s", slash ? (int)(slash + 1 - link) : 0, link, target, path + len);
    }
    return settle(joined);
}

char *links_resolve(const StrMap *links, const char *volume, const char *path, char **ret_path)
{
    AUTO(str) char *at = xstrdup(path);

    for (int steps = 0; steps < STEPS_MAX; steps++) {
        size_t len = 0;
        const char *target = first_link(links, at, &len);
        char *next;

        if (!target) {
            *ret_path = TAKE(at);
            return NULL;
        }
        next = step(volume, at, len, target);
        if (!next)
            return xstrdup(target);
        free(at);
        at = next;
    }
    return xasprintf("itself (more than %d links)", STEPS_MAX);
}
