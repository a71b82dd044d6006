#include "migrator/framework_folders.h"

#include <string.h>

#define MEMBERS_MAX 12

static const char *const SHELVES[] = {"apps", "packages", "services"}; /* of members */
static const char *const MEMBERS[] = {"api", "backend", "server"};

void framework_roots(const ImageFiles *files, StrList *ret_folders)
{
    if (!text_eq(files->workdir, "/")) {
        str_list_add(ret_folders, files->workdir);
        return;
    }
    str_list_add(ret_folders, "/app");
    str_list_add(ret_folders, "/usr/src/app");
    str_list_add(ret_folders, "/");
}

void framework_member_parents(const char *root, StrList *ret_folders)
{
    if (text_eq(root, "/"))
        return; /* folders of the system */
    for (size_t i = 0; i < COUNT_OF(SHELVES); i++)
        str_list_add_owned(ret_folders, image_path_join(root, SHELVES[i]));
    for (size_t i = 0; i < COUNT_OF(MEMBERS); i++)
        str_list_add_owned(ret_folders, image_path_join(root, MEMBERS[i]));
}

static void add_children(const ImageFiles *files, const char *shelf, StrList *folders)
{
    AUTO(str) char *prefix = image_path_join(shelf, "");

    for (size_t i = 0; i < files->len && folders->len < MEMBERS_MAX; i++) {
        const ImageFile *file = &files->items[i];

        if (file->type >= IMAGE_FOLDER && text_starts(file->path, prefix) &&
            !strchr(file->path + strlen(prefix), '/'))
            str_list_add(folders, file->path);
    }
}

void framework_members(const ImageFiles *files, const char *root, StrList *ret_folders)
{
    AUTO(str_list) StrList parents = {0};

    framework_member_parents(root, &parents);
    for (size_t i = 0; i < parents.len; i++) {
        const ImageFile *folder = image_files_find(files, parents.items[i]);

        if (i < COUNT_OF(SHELVES))
            add_children(files, parents.items[i], ret_folders);
        else if (folder && folder->type >= IMAGE_FOLDER && ret_folders->len < MEMBERS_MAX)
            str_list_add(ret_folders, parents.items[i]);
    }
}
