#include "verify/files.h"

#include <string.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "migrator/migration_files.h"
#include "tar/tar.h"

#define FILES_MS    120000
#define FILES_MAX   20000
#define TEXTS_MAX   ((size_t)64 << 20) /* of all files together */
#define TEXT_MAX    ((size_t)4 << 20)  /* of one: a larger one is compared by its digest */
#define ARCHIVE_MAX ((size_t)64 << 20)

static Error *put(void *context, const char *bytes, size_t len)
{
    return buf_append(context, bytes, len);
}

typedef struct Pull {
    const Buf *bytes;
    size_t taken;
} Pull;

static Error *take(void *context, char *buffer, size_t size, size_t *ret_len)
{
    Pull *pull = context;
    size_t left = pull->bytes->len - pull->taken;

    *ret_len = left < size ? left : size;
    if (*ret_len > 0)
        memcpy(buffer, pull->bytes->data + pull->taken, *ret_len);
    pull->taken += *ret_len;
    return NULL;
}

/* The text up to the cap, and the digest of all of it. */
static Error *read_entry(TarReader *reader, FoundFile *file, size_t *total)
{
    AUTO(buf) Buf text = BUF_INIT(TEXT_MAX + 1);
    char chunk[16384];
    bool whole = true;
    size_t len;

    file->digest = DIGEST_START;
    for (;;) {
        TRY(tar_reader_read(reader, chunk, sizeof chunk, &len));
        if (len == 0)
            break;
        file->digest = digest_add(file->digest, chunk, len);
        whole = whole && text.len + len <= TEXT_MAX;
        if (whole)
            TRY(buf_append(&text, chunk, len));
        *total += len;
        if (*total > TEXTS_MAX)
            return error_new(ERR_LIMIT, 0, "migration files of more than 64 MB");
    }
    file->text = !whole ? NULL : text.len > 0 ? buf_take(&text) : xstrdup("");
    return NULL;
}

static Error *read_entries(TarReader *reader, FoundFileList *files)
{
    size_t seen = 0, total = 0;

    for (;;) {
        TarEntry entry;
        const char *below;
        bool more = false;

        TRY(tar_reader_next(reader, &entry, &more));
        if (!more)
            return NULL;
        if (++seen > FILES_MAX)
            return error_new(ERR_LIMIT, 0, "more than %d files", FILES_MAX);
        below = strchr(entry.path, '/'); /* the first component is the folder itself */
        if (entry.type != TAR_FILE || !below || !migration_file_wanted(below + 1))
            continue;
        LIST_PUSH(files, ((FoundFile){.path = xstrdup(below + 1)}));
        TRY(read_entry(reader, &files->items[files->len - 1], &total));
    }
}

static Error *read_folder(Session *session, const char *container, const char *folder, Deadline dl,
                          FoundFileList *files)
{
    AUTO(buf) Buf bytes = BUF_INIT(ARCHIVE_MAX);
    AUTO(tar_reader) TarReader *reader = NULL;
    Pull pull = {.bytes = &bytes};
    AUTO(error)
    Error *err = engine_archive_get(session->engine, container, folder, dl, put, &bytes);

    if (err && image_holder_lacks(err))
        return NULL;
    if (err)
        return TAKE(err);
    TRY(tar_reader_open(take, &pull, &reader));
    return read_entries(reader, files);
}

/* The file that says which of them count; none is there when the layout is another. */
static Error *read_companion(Session *session, const char *container, const char *folder,
                             const char *name, Deadline dl, FoundFileList *files)
{
    AUTO(str) char *path = xasprintf("%.*s/%s", (int)(strrchr(folder, '/') - folder), folder, name);
    AUTO(buf) Buf bytes = BUF_INIT(ARCHIVE_MAX);
    AUTO(tar_reader) TarReader *reader = NULL;
    Pull pull = {.bytes = &bytes};
    TarEntry entry;
    bool more = false;
    size_t total = 0;
    AUTO(error)
    Error *err = engine_archive_get(session->engine, container, path, dl, put, &bytes);

    if (err && image_holder_lacks(err))
        return NULL;
    if (err)
        return TAKE(err);
    TRY(tar_reader_open(take, &pull, &reader));
    TRY(tar_reader_next(reader, &entry, &more));
    if (!more || entry.type != TAR_FILE)
        return NULL;
    LIST_PUSH(files, ((FoundFile){.path = xasprintf("../%s", name)}));
    return read_entry(reader, &files->items[files->len - 1], &total);
}

static Error *read_first(Session *session, const char *container, const StrList *folders,
                         const char *framework, Deadline dl, MigrationSet *set)
{
    const char *companion = migration_companion(framework);

    for (size_t i = 0; i < folders->len && set->len == 0; i++) {
        AUTO(found_file_list) FoundFileList files = {0};

        TRY_CTX(read_folder(session, container, folders->items[i], dl, &files),
                "reading the migration files in %s", folders->items[i]);
        if (companion && files.len > 0)
            TRY_CTX(read_companion(session, container, folders->items[i], companion, dl, &files),
                    "reading %s beside %s", companion, folders->items[i]);
        migration_set_clear(set);
        migration_set_make(framework, folders->items[i], &files, set);
    }
    return NULL;
}

Error *files_read(Session *session, const EngineImage *image, const ImageHolder *holder,
                  const char *workdir, const char *folder, const char *framework,
                  MigrationSet *ret_set)
{
    AUTO(migration_set) MigrationSet set = {0};
    AUTO(str_list) StrList folders = {0};

    if (folder)
        str_list_add(&folders, folder);
    else
        migration_folders(text_is_empty(workdir) ? image->workdir : workdir, framework, &folders);
    TRY(read_first(session, holder->id, &folders, framework, deadline_in(FILES_MS), &set));
    *ret_set = set;
    set = (MigrationSet){0};
    return NULL;
}
