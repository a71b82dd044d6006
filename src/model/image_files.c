#include "model/image_files.h"

#include <stdlib.h>
#include <string.h>

/* Index of the first item whose path is not below text. */
static size_t lower_bound(const ImageFiles *files, const char *text)
{
    size_t low = 0, high = files->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(files->items[middle].path, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void image_files_add(ImageFiles *files, const char *path, ImageFileType type, const char *text)
{
    ImageFile file = {.path = xstrdup(path), .type = type, .text = xstrdup_null(text)};
    size_t at = lower_bound(files, path);

    if (at < files->len && text_eq(files->items[at].path, path)) {
        free(files->items[at].path);
        free(files->items[at].text);
        files->items[at] = file;
        return;
    }
    LIST_PUSH(files, file);
    memmove(files->items + at + 1, files->items + at, (files->len - 1 - at) * sizeof file);
    files->items[at] = file;
}

const ImageFile *image_files_find(const ImageFiles *files, const char *path)
{
    size_t at = lower_bound(files, path);

    return at < files->len && text_eq(files->items[at].path, path) ? &files->items[at] : NULL;
}

/* Whether an answer about a folder says that nothing more can be learnt below it. */
static bool settles_below(const ImageFile *folder)
{
    return folder && (folder->type == IMAGE_ABSENT || folder->type == IMAGE_FILE ||
                      folder->type == IMAGE_FOLDER_ALL);
}

bool image_files_knows(const ImageFiles *files, const char *path)
{
    const ImageFile *file = image_files_find(files, path);
    AUTO(str) char *above = xstrdup(path);
    char *slash;

    if (file && file->type != IMAGE_FOLDER)
        return true;
    while ((slash = strrchr(above, '/')) && slash > above) {
        *slash = '\0';
        if (settles_below(image_files_find(files, above)))
            return true;
    }
    return false;
}

/* Only the last star of a component is ever taken back, so this is linear in practice and never
 * worse than the product of both lengths. */
static bool has_pattern(const char *pattern, size_t len, const char *path)
{
    const char *end = pattern + len, *star = NULL, *mark = NULL;

    while (*path) {
        if (pattern < end && *pattern == '*' && !(*path == '.' && path[-1] == '/')) {
            star = ++pattern;
            mark = path;
        } else if (pattern < end && *pattern == *path && *pattern != '*') {
            pattern++;
            path++;
        } else if (star && *mark != '/') {
            pattern = star;
            path = ++mark;
        } else {
            return false;
        }
    }
    while (pattern < end && *pattern == '*')
        pattern++;
    return pattern == end;
}

static bool is_wanted_type(const ImageFile *file, bool folder)
{
    if (file->type == IMAGE_LINK)
        return true;
    return folder ? file->type >= IMAGE_FOLDER : file->type == IMAGE_FILE;
}

const ImageFile *image_files_match(const ImageFiles *files, const char *pattern)
{
    bool folder = text_ends(pattern, "/");
    size_t len = strlen(pattern) - (folder ? 1 : 0);
    size_t fixed = strcspn(pattern, "*");
    AUTO(str) char *start = xstrndup(pattern, fixed < len ? fixed : len);

    for (size_t i = lower_bound(files, start); i < files->len; i++) {
        const ImageFile *file = &files->items[i];

        if (!text_starts(file->path, start))
            break;
        if (is_wanted_type(file, folder) && has_pattern(pattern, len, file->path))
            return file;
    }
    return NULL;
}

char *image_path_join(const char *folder, const char *name)
{
    return xasprintf("%s/%s", text_eq(folder, "/") ? "" : folder, name);
}

void image_files_clear(ImageFiles *files)
{
    for (size_t i = 0; i < files->len; i++) {
        free(files->items[i].path);
        free(files->items[i].text);
    }
    free(files->items);
    free(files->workdir);
    str_list_clear(&files->path);
    str_list_clear(&files->entrypoint);
    str_list_clear(&files->command);
    *files = (ImageFiles){0};
}
