#include "database/sqlite_pack.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "tar/tar.h"

#define PACK_BYTES_MAX ((int64_t)64 << 30)

static Error *add_file(const char *path, const TarEntry *like, TarWriter *writer)
{
    AUTO(file) FILE *from = fopen(path, "rbe");
    TarEntry entry = *like;
    struct stat st;
    char bytes[65536];
    size_t len;

    if (!from || fstat(fileno(from), &st) != 0)
        return error_errno("reading %s", path);
    entry.size_bytes = st.st_size;
    TRY(tar_writer_add(writer, &entry, NULL));
    while ((len = fread(bytes, 1, sizeof bytes, from)) > 0)
        TRY(tar_writer_push(writer, bytes, len));
    return ferror(from) ? error_errno("reading %s", path) : NULL;
}

/* What SQLite keeps beside the file is of the file as it was: an empty -wal and an empty journal
 * are none, and an empty -shm is made anew. Source: sqlite.org/walformat.html, tempfiles.html */
static bool is_beside(const char *inner, const char *file)
{
    size_t len = strlen(file);

    return text_starts(inner, file) &&
           (text_eq(inner + len, "-wal") || text_eq(inner + len, "-shm") ||
            text_eq(inner + len, "-journal"));
}

static bool is_on_the_way(const char *folder, const char *file)
{
    size_t len = strlen(folder);

    return len == 0 || (text_starts(file, folder) && file[len] == '/');
}

static Error *add_changed(const SqliteFile *file, const TarEntry *entry, const char *inner,
                          TarWriter *writer)
{
    TarEntry empty = *entry;

    if (entry->type == TAR_FILE && text_eq(inner, file->inner))
        return add_file(file->path, entry, writer);
    if (entry->type == TAR_FILE && is_beside(inner, file->inner)) {
        empty.size_bytes = 0;
        return tar_writer_add(writer, &empty, NULL);
    }
    /* the folders on the way, so that the owners and modes of what is unpacked are the old ones */
    if (entry->type == TAR_DIRECTORY && is_on_the_way(inner, file->inner))
        return tar_writer_add(writer, entry, NULL);
    return NULL;
}

/* What a file that the volume does not have yet is like: its folder's owner and rights. */
typedef struct Place {
    char *root;      /* the volume's own folder in the archive; NULL before the first entry */
    bool bare;       /* it is "." */
    char *folder;    /* the deepest one on the way that is there, relative to the volume */
    TarEntry parent; /* of that folder */
    bool found;      /* the file itself is there */
    bool link;       /* a symbolic link is on the way */
} Place;

static void place_clear(Place *place)
{
    free(place->root);
    free(place->folder);
}

DEFINE_AUTO_VALUE(place, Place, place_clear)

static void note_place(Place *place, const SqliteFile *file, const TarEntry *entry,
                       const char *inner)
{
    bool on_the_way = is_on_the_way(inner, file->inner);

    place->found |= entry->type == TAR_FILE && text_eq(inner, file->inner);
    place->link |= entry->type == TAR_SYMLINK && (on_the_way || text_eq(inner, file->inner));
    if (entry->type != TAR_DIRECTORY || !on_the_way ||
        (place->folder && strlen(inner) < strlen(place->folder)))
        return;
    free(place->folder);
    place->folder = xstrdup(inner);
    place->parent = *entry;
}

static Error *add_new_folders(const Place *place, const char *inner, TarWriter *writer)
{
    for (const char *slash = inner + strlen(place->folder);
         (slash = strchr(*slash == '/' ? slash + 1 : slash, '/')) != NULL;) {
        AUTO(str)
        char *path =
            xasprintf("%s/%.*s", place->bare ? "." : place->root, (int)(slash - inner), inner);
        TarEntry entry = place->parent;

        entry.path = path;
        TRY(tar_writer_add(writer, &entry, NULL));
    }
    return NULL;
}

static Error *add_new_file(const Place *place, const SqliteFile *file, TarWriter *writer)
{
    AUTO(str) char *path = xasprintf("%s/%s", place->bare ? "." : place->root, file->inner);
    TarEntry entry = place->parent;

    if (place->link || !place->folder)
        return error_new(ERR_CONFLICT, 0,
                         "%s is a symbolic link in the image, or lies behind one, and leads to "
                         "nothing in the volume: no file can be put there",
                         file->inner);
    TRY(add_new_folders(place, file->inner, writer));
    entry.path = path;
    entry.type = TAR_FILE;
    entry.mode &= 0666;
    return add_file(file->path, &entry, writer);
}

Error *sqlite_pack(const VolumeCopy *copy, const SqliteFile *file, const Cancel *cancel,
                   Deadline dl, VolumeCopy **ret_changed)
{
    CopyStream stream = copy_stream(copy, cancel, dl);
    AUTO(place) Place place = {0};
    AUTO(spool) Spool *spool = NULL;
    AUTO(tar_reader) TarReader *reader = NULL;
    AUTO(tar_writer) TarWriter *writer = NULL;

    TRY(spool_new(PACK_BYTES_MAX, &spool));
    TRY(tar_reader_open(copy_stream_read, &stream, &reader));
    TRY(tar_writer_open(tar_to_spool, spool, &writer));
    for (;;) {
        AUTO(str) char *inner = NULL;
        TarEntry entry;
        bool more = false;

        TRY(tar_reader_next(reader, &entry, &more));
        if (!more)
            break;
        if (!place.root) {
            place.bare = text_eq(entry.path, ".");
            place.root = xstrndup(entry.path, strcspn(entry.path, "/"));
        }
        inner = sqlite_file_inner(entry.path, place.bare);
        note_place(&place, file, &entry, inner);
        TRY(add_changed(file, &entry, inner, writer));
    }
    if (!place.found)
        TRY(add_new_file(&place, file, writer));
    TRY(tar_writer_finish(TAKE(writer)));
    *ret_changed = volume_copy_of(TAKE(spool), copy->volume);
    return NULL;
}
