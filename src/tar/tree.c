#include <string.h>

#include "base/digest.h"
#include "tar/tar.h"

#define FILES_MAX 50000
#define READ_MAX  ((int64_t)16 << 20) /* bytes: of a larger file the size tells */

static Error *digest_of(TarReader *reader, const TarEntry *entry, uint64_t *ret_digest)
{
    uint64_t digest = digest_add(DIGEST_START, &entry->size_bytes, sizeof entry->size_bytes);
    char chunk[16384];
    size_t len = 1;

    if (entry->link)
        digest = digest_add(digest, entry->link, strlen(entry->link));
    while (entry->type == TAR_FILE && entry->size_bytes <= READ_MAX && len > 0) {
        TRY(tar_reader_read(reader, chunk, sizeof chunk, &len));
        digest = digest_add(digest, chunk, len);
    }
    *ret_digest = digest;
    return NULL;
}

/* The path below the folder that the archive begins with; NULL: not below it. */
static const char *below(const char *root, const char *path)
{
    size_t len = strlen(root);

    if (text_eq(root, ".")) /* entries are named from it then, and not with it */
        return path;
    return strncmp(path, root, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
}

static Error *add_entry(TarReader *reader, const TarEntry *entry, const char *root, FileTree *tree)
{
    const char *path = below(root, entry->path);
    uint64_t digest = 0;

    /* a hard link names a file that is told of as well, in the first place where it stands */
    if (!path || (entry->type != TAR_FILE && entry->type != TAR_SYMLINK))
        return NULL;
    if (tree->len >= FILES_MAX)
        return error_new(ERR_LIMIT, 0, "more than %d files", FILES_MAX);
    TRY(digest_of(reader, entry, &digest));
    file_tree_add(tree, path, digest, entry->type == TAR_FILE && (entry->mode & 0111) != 0);
    return NULL;
}

Error *tar_tree(TarReader *reader, FileTree *ret_tree)
{
    AUTO(file_tree) FileTree tree = {0};
    AUTO(str) char *root = NULL;

    for (;;) {
        TarEntry entry;
        bool more = false;

        TRY(tar_reader_next(reader, &entry, &more));
        if (!more)
            break;
        if (root)
            TRY(add_entry(reader, &entry, root, &tree));
        else if (entry.type == TAR_DIRECTORY)
            root = xstrdup(entry.path);
        else /* a file or a link stands in the folder's place */
            break;
    }
    file_tree_sort(&tree);
    *ret_tree = tree;
    tree = (FileTree){0};
    return NULL;
}
