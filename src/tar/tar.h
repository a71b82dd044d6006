#pragma once
/* Archive streams in and out, by libarchive. Names and links in them are hostile: nothing is ever
 * written outside the folder given. */

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/spool.h"
#include "model/file_tree.h"

typedef enum TarType { TAR_FILE, TAR_DIRECTORY, TAR_SYMLINK, TAR_OTHER } TarType;

typedef struct TarEntry {
    /* Good until the next entry. Read: "a/b" whether the archive says "./a//b/" or "/a/b", and "."
     * for its root. Bytes, usually UTF-8, hostile: clean them before showing them. */
    const char *path;
    const char *link; /* of a symbolic link; NULL otherwise */
    TarType type;     /* hard links, devices and such are TAR_OTHER: reading only */
    int64_t size_bytes, mtime_s;
    int mode; /* permission bits */
    int64_t uid, gid;
} TarEntry;

/* Bytes of an archive, pulled: up to size into buffer, 0 at the end. */
typedef Error *(*TarSource)(void *context, char *buffer, size_t size, size_t *ret_len);
/* Bytes of an archive, pushed. */
typedef Error *(*TarSink)(void *context, const char *bytes, size_t len);

typedef struct TarReader TarReader;

/** Read an archive (plain, gzip, bzip2, xz, zstd) from a descriptor's current position; borrowed.
 * @return NULL, or ERR_PROTOCOL when it is no archive */
MUST_USE Error *tar_reader_open_fd(int fd, TarReader **ret_reader);
MUST_USE Error *tar_reader_open(TarSource source, void *context, TarReader **ret_reader);
/**
 * Next entry; what was not read of the one before is skipped.
 *
 * @param[out] ret_more  false at the end: the entry is untouched then
 * @return NULL, the source's error as it is, or ERR_PROTOCOL: damaged, cut, an entry whose path
 * leads out of the archive ("..")
 */
MUST_USE Error *tar_reader_next(TarReader *reader, TarEntry *ret_entry, bool *ret_more);
/** Bytes of the current entry; *ret_len 0 at its end. */
MUST_USE Error *tar_reader_read(TarReader *reader, char *buffer, size_t size, size_t *ret_len);
/** The whole current entry, at most max_bytes (else ERR_LIMIT). NUL-terminated; caller frees. */
MUST_USE Error *tar_reader_text(TarReader *reader, size_t max_bytes, char **ret_text,
                                size_t *ret_len);
/** Write the current entry's bytes to a new file of mode 0600; errors when it exists. Holes stay
 * holes; nothing is left behind on error. At most 64 GiB (else ERR_LIMIT). */
MUST_USE Error *tar_reader_save(TarReader *reader, const char *path);
/**
 * The files and symbolic links below the folder that an archive begins with.
 *
 * @param[out] ret_tree  sorted; without items when the archive begins with no folder
 * @return NULL, ERR_LIMIT past 50,000 files, or as tar_reader_next
 */
MUST_USE Error *tar_tree(TarReader *reader, FileTree *ret_tree);
void tar_reader_close(TarReader *reader);

typedef struct TarWriter TarWriter;

/** Write a pax archive to a sink. */
MUST_USE Error *tar_writer_open(TarSink sink, void *context, TarWriter **ret_writer);
/** Add an entry; data is its content (size_bytes of the entry) or NULL for the pushes that follow.
 * ERR_INTERNAL when the entry before still lacks bytes, here and in tar_writer_finish. */
MUST_USE Error *tar_writer_add(TarWriter *writer, const TarEntry *entry, const void *data);
/** Bytes of the current entry. @return NULL, the sink's error as it is, or ERR_INTERNAL for more
 * than were announced */
MUST_USE Error *tar_writer_push(TarWriter *writer, const void *bytes, size_t len);
/** End the archive and check that all was written; the writer is closed whatever comes back. */
MUST_USE Error *tar_writer_finish(TarWriter *writer);
void tar_writer_close(TarWriter *writer);

/* Patterns of a .dockerignore file. */
typedef struct TarIgnore TarIgnore;

/** Parse as Docker's clients do: BOM stripped, # in column 1 a comment, "!" re-includes, "**"
 * crosses folders, last match wins, a matching parent covers its children. @param what  names the
 * file in errors: ERR_INVALID "what:LINE: ..." for a pattern that cannot be read */
MUST_USE Error *tar_ignore_parse(const char *text, const char *what, TarIgnore **ret_ignore);
/** path is relative, without leading "/". NULL ignore matches nothing. */
bool tar_ignore_matches(const TarIgnore *ignore, const char *path);
void tar_ignore_free(TarIgnore *ignore);

/**
 * Stream a folder as a tar, sorted by name, owners as root, special files left out. Symbolic links
 * are kept as links and never followed. A file that grows meanwhile is cut where it ended, one that
 * becomes shorter is an error.
 *
 * @param ignore  patterns, or NULL
 * @param always_keep  paths of files that no pattern removes, or NULL
 * @return NULL, ERR_INVALID when the folder cannot be opened, ERR_SYSTEM, ERR_LIMIT (more than 256
 *         folders in each other), or the sink's error as it is
 */
MUST_USE Error *tar_folder(const char *folder, const TarIgnore *ignore, const StrList *always_keep,
                           TarSink sink, void *context);

/** A TarSink that appends to the Spool given as context. */
MUST_USE Error *tar_to_spool(void *spool, const char *bytes, size_t len);

DEFINE_AUTO(tar_reader, TarReader *, tar_reader_close)
DEFINE_AUTO(tar_writer, TarWriter *, tar_writer_close)
DEFINE_AUTO(tar_ignore, TarIgnore *, tar_ignore_free)
