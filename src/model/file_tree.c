#include "model/file_tree.h"

#include <stdlib.h>
#include <string.h>

void file_tree_add(FileTree *tree, const char *path, uint64_t digest, bool program)
{
    LIST_PUSH(tree, ((TreeFile){xstrdup(path), digest, program}));
}

static int by_path(const void *a, const void *b)
{
    const TreeFile *first = a, *second = b;

    return strcmp(first->path, second->path);
}

void file_tree_sort(FileTree *tree)
{
    if (tree->len > 1)
        qsort(tree->items, tree->len, sizeof *tree->items, by_path);
}

static int path_of(const void *path, const void *file)
{
    return strcmp(path, ((const TreeFile *)file)->path);
}

const TreeFile *file_tree_find(const FileTree *tree, const char *path)
{
    return tree->len > 0 ? bsearch(path, tree->items, tree->len, sizeof *tree->items, path_of)
                         : NULL;
}

bool file_tree_has_same(const FileTree *tree, const TreeFile *file)
{
    const TreeFile *other = file_tree_find(tree, file->path);

    return other && other->digest == file->digest;
}

void file_tree_clear(FileTree *tree)
{
    for (size_t i = 0; i < tree->len; i++)
        free(tree->items[i].path);
    free(tree->items);
    *tree = (FileTree){0};
}
