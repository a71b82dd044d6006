#include "database/backup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

#define HEAD_MAX 512

typedef struct Magic {
    size_t at;
    const char *bytes;
    size_t len;
    const char *refused; /* why it is nothing to restore; NULL: it is */
    BackupKind kind;
} Magic;

/* Source: sqlite.org/fileformat2.html; pg_backup_archiver.c, "PGDMP", and pg_backup_tar.c, whose
 * first member is toc.dat; file(1) for what compresses */
static const Magic MAGICS[] = {
    {0, "SQLite format 3", 16, NULL, BACKUP_SQLITE},
    {0, "PGDMP", 5, NULL, BACKUP_ARCHIVE},
    {0, "toc.dat", 8, NULL, BACKUP_ARCHIVE},
    {0, "\x1f\x8b", 2, "is compressed (gzip): unpack it first", BACKUP_SQL},
    {0, "\x28\xb5\x2f\xfd", 4, "is compressed (zstd): unpack it first", BACKUP_SQL},
    {0, "\xfd\x37zXZ", 5, "is compressed (xz): unpack it first", BACKUP_SQL},
    {0, "BZh", 3, "is compressed (bzip2): unpack it first", BACKUP_SQL},
    {0, "PK\x03\x04", 4, "is a zip archive: unpack it first", BACKUP_SQL},
    {257, "ustar", 5, "is a tar of something else than pg_dump's", BACKUP_SQL},
};

static Error *refuse(const char *path, const char *why)
{
    return error_new(ERR_INVALID, 0, "%s %s", path, why);
}

static Error *refuse_errno(const char *path)
{
    return error_new(ERR_INVALID, errno, "%s: %s", path, strerror(errno));
}

static Error *look_at_folder(const char *path, BackupKind *ret_kind)
{
    AUTO(str) char *contents = xasprintf("%s/toc.dat", path);
    struct stat st;

    if (stat(contents, &st) != 0)
        return refuse(path, "is a folder without the toc.dat that pg_dump writes");
    *ret_kind = BACKUP_FOLDER;
    return NULL;
}

static Error *look_at_head(const char *path, const char *head, size_t len, BackupKind *ret_kind)
{
    if (len == 0)
        return refuse(path, "is empty");
    for (size_t i = 0; i < COUNT_OF(MAGICS); i++) {
        const Magic *magic = &MAGICS[i];

        if (len < magic->at + magic->len || memcmp(head + magic->at, magic->bytes, magic->len) != 0)
            continue;
        if (magic->refused)
            return refuse(path, magic->refused);
        *ret_kind = magic->kind;
        return NULL;
    }
    if (memchr(head, '\0', len))
        return refuse(path, "is no SQL, no dump of pg_dump and no SQLite file");
    *ret_kind = BACKUP_SQL;
    return NULL;
}

Error *backup_kind(const char *path, BackupKind *ret_kind)
{
    AUTO(file) FILE *file = NULL;
    struct stat st;
    char head[HEAD_MAX];
    size_t len;

    if (stat(path, &st) != 0)
        return refuse_errno(path);
    if (S_ISDIR(st.st_mode))
        return look_at_folder(path, ret_kind);
    if (!S_ISREG(st.st_mode))
        return refuse(path, "is no regular file");
    file = fopen(path, "rbe");
    if (!file)
        return refuse_errno(path);
    len = fread(head, 1, sizeof head, file);
    if (ferror(file))
        return refuse_errno(path);
    return look_at_head(path, head, len, ret_kind);
}

const char *backup_kind_text(BackupKind kind)
{
    static const char *const TEXTS[] = {
        [BACKUP_SQLITE] = "an SQLite file",
        [BACKUP_SQL] = "SQL",
        [BACKUP_ARCHIVE] = "a dump of pg_dump",
        [BACKUP_FOLDER] = "a dump of pg_dump",
    };

    return TEXTS[kind];
}
