#pragma once
/* The files below a folder, and whether they are those of another one. */

#include <stdint.h>

#include "base/list.h"

typedef struct TreeFile {
    char *path;      /* relative to the folder */
    uint64_t digest; /* of its bytes, or of where a link leads */
    bool program;    /* somebody may execute it */
} TreeFile;

typedef struct FileTree {
    TreeFile *items; /* sorted by path once it is complete */
    size_t len, cap;
} FileTree;

/** Append; copies the path. */
void file_tree_add(FileTree *tree, const char *path, uint64_t digest, bool program);
void file_tree_sort(FileTree *tree);
/** NULL when it is not there; of a sorted tree. Borrowed. */
const TreeFile *file_tree_find(const FileTree *tree, const char *path);
/** Whether a sorted tree has the same file. */
bool file_tree_has_same(const FileTree *tree, const TreeFile *file);
void file_tree_clear(FileTree *tree);
DEFINE_AUTO_VALUE(file_tree, FileTree, file_tree_clear)
