#include "verify/look.h"

#include <string.h>

#include "base/buffer.h"
#include "migrator/framework.h"
#include "tar/tar.h"
#include "verify/image_holder.h"

#define LOOK_MS    60000 /* for everything */
#define ROUNDS_MAX 10
#define ASKED_MAX  3000      /* paths of one image */
#define TREE_BYTES (1 << 20) /* of the archive of one path: a folder is listed so far */
#define TEXT_BYTES (256 << 10)
#define ITEMS_MAX  20000
/* Where the kernel looks when an image sets no PATH, as the engine sets it then. */
#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

typedef struct Look {
    Engine *engine;
    const char *container; /* id, borrowed */
    Deadline dl;
    size_t asked;
    ImageFiles *files;
} Look;

/* The start of an archive: the rest is not worth waiting for. */
typedef struct Head {
    Buf bytes;
    size_t taken;
    bool cut;
} Head;

static void head_clear(Head *head)
{
    buf_clear(&head->bytes);
}

DEFINE_AUTO_VALUE(head, Head, head_clear)

static Error *head_put(void *context, const char *bytes, size_t len)
{
    Head *head = context;
    size_t room = head->bytes.max - head->bytes.len;

    TRY(buf_append(&head->bytes, bytes, len < room ? len : room));
    if (len <= room)
        return NULL;
    head->cut = true;
    return error_new(ERR_LIMIT, 0, "enough was read"); /* ends the transfer; never shown */
}

static Error *head_take(void *context, char *buffer, size_t size, size_t *ret_len)
{
    Head *head = context;
    size_t left = head->bytes.len - head->taken;

    *ret_len = left < size ? left : size;
    if (*ret_len > 0)
        memcpy(buffer, head->bytes.data + head->taken, *ret_len);
    head->taken += *ret_len;
    return NULL;
}

/* Packages that were installed are not the project's, but their commands are of use. */
static bool is_of_a_package(const char *path)
{
    const char *modules = strstr(path, "/node_modules/");

    return modules && !text_starts(modules, "/node_modules/.bin");
}

static Error *record(ImageFiles *files, TarReader *reader, const TarEntry *entry, const char *path)
{
    AUTO(str) char *text = NULL;
    size_t len;

    switch (entry->type) {
    case TAR_FILE:
        if (entry->size_bytes <= TEXT_BYTES)
            TRY(tar_reader_text(reader, TEXT_BYTES, &text, &len));
        image_files_add(files, path, IMAGE_FILE, text);
        return NULL;
    case TAR_DIRECTORY:
        image_files_add(files, path, IMAGE_FOLDER_ALL, NULL);
        return NULL;
    case TAR_SYMLINK:
        image_files_add(files, path, IMAGE_LINK, NULL);
        return NULL;
    case TAR_OTHER: /* a hard link is a file by another name */
        image_files_add(files, path, IMAGE_FILE, NULL);
        return NULL;
    }
    return NULL;
}

/* Entries are named from the path's last component.
 * @param[out] ret_last  path of the last entry that was seen; untouched when there was none */
static Error *record_all(ImageFiles *files, TarReader *reader, const char *path, char **ret_last)
{
    AUTO(str) char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));

    while (files->len < ITEMS_MAX) {
        TarEntry entry;
        bool more = false;

        TRY(tar_reader_next(reader, &entry, &more));
        if (!more)
            return NULL;
        free(*ret_last);
        *ret_last = image_path_join(parent, entry.path);
        if (!is_of_a_package(*ret_last))
            TRY(record(files, reader, &entry, *ret_last));
    }
    return error_new(ERR_LIMIT, 0, "more than %d files", ITEMS_MAX);
}

/* Engines walk a tree depth first (Go's filepath.Walk), so where an archive was cut only the
 * folders on the way to its last entry are not listed in full. */
static void mark_cut(ImageFiles *files, const char *path, const char *last)
{
    AUTO(str) char *folder = xstrdup(last);

    for (;;) {
        const ImageFile *file = image_files_find(files, folder);
        char *slash = strrchr(folder, '/');

        if (file && file->type == IMAGE_FOLDER_ALL)
            image_files_add(files, folder, text_eq(folder, path) ? IMAGE_FOLDER_PART : IMAGE_FOLDER,
                            NULL);
        if (slash == folder || text_eq(folder, path))
            return;
        *slash = '\0';
    }
}

static Error *read_head(Look *look, Head *head, const char *path)
{
    AUTO(tar_reader) TarReader *reader = NULL;
    AUTO(str) char *last = NULL;
    AUTO(error) Error *err = tar_reader_open(head_take, head, &reader);

    if (!err)
        err = record_all(look->files, reader, path, &last);
    if (err && err->code != ERR_LIMIT && !(head->cut && err->code == ERR_PROTOCOL))
        return error_wrap(TAKE(err), "the archive of %s", path);
    if (err && last)
        mark_cut(look->files, path, last);
    if (!image_files_find(look->files, path)) /* no more is known than that it is there */
        image_files_add(look->files, path, IMAGE_LINK, NULL);
    return NULL;
}

static Error *look_at(Look *look, const char *path)
{
    AUTO(head) Head head = {.bytes = BUF_INIT(TREE_BYTES)};
    AUTO(error)
    Error *err = engine_archive_get(look->engine, look->container, path, look->dl, head_put, &head);

    look->asked++;
    if (err && image_holder_lacks(err)) {
        image_files_add(look->files, path, IMAGE_ABSENT, NULL);
        return NULL;
    }
    if (err && !head.cut)
        return TAKE(err);
    return read_head(look, &head, path);
}

static Error *look_around(Look *look)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        AUTO(str_list) StrList probes = {0};

        framework_probes(look->files, &probes);
        if (probes.len == 0)
            return NULL;
        for (size_t i = 0; i < probes.len && look->asked < ASKED_MAX; i++)
            if (!image_files_knows(look->files, probes.items[i]))
                TRY(look_at(look, probes.items[i]));
    }
    return NULL;
}

/* --- the container --------------------------------------------------------------------------- */

static void set_run(const EngineImage *image, const RunSettings *run, ImageFiles *files)
{
    const StrList *entrypoint = run->entrypoint_set ? &run->entrypoint : &image->entrypoint;
    const char *workdir = text_is_empty(run->workdir) ? image->workdir : run->workdir;
    const char *path = str_map_get(&run->env, "PATH");
    AUTO(str_list) StrList folders = {0};
    size_t len = workdir && *workdir == '/' ? strlen(workdir) : 0; /* else: an odd image's */

    while (len > 0 && workdir[len - 1] == '/')
        len--;
    files->workdir = len > 0 ? xstrndup(workdir, len) : xstrdup("/");
    str_list_copy(entrypoint, &files->entrypoint);
    /* the engine drops the image's command beside another entrypoint, but not beside an empty one
     */
    if (!run->entrypoint_set || entrypoint->len == 0)
        str_list_copy(&image->command, &files->command);
    if (text_is_empty(path))
        path = str_map_get(&image->env, "PATH");
    str_list_split(text_is_empty(path) ? PATH_DEFAULT : path, ':', &folders);
    for (size_t i = 0; i < folders.len && i < 20; i++)
        if (folders.items[i][0] == '/')
            str_list_add(&files->path, folders.items[i]);
}

Error *look_into_image(Session *session, const EngineImage *image, const RunSettings *run,
                       ImageFiles *ret_files)
{
    AUTO(image_files) ImageFiles files = {0};
    Look look = {.engine = session->engine, .dl = deadline_in(LOOK_MS), .files = &files};
    AUTO(image_holder) ImageHolder holder = {0};
    AUTO(str_list) StrList first = {0};

    set_run(image, run, &files);
    framework_probes(&files, &first);
    if (first.len > 0) {
        TRY(image_holder_open(session, image, "look", look.dl, &holder));
        look.container = holder.id;
        TRY(look_around(&look));
        TRY(image_holder_close(session, &holder, look.dl));
    }
    *ret_files = files;
    files = (ImageFiles){0};
    return NULL;
}
