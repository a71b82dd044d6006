#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "tar/tar.h"

static char *folder; /* of the running test */

static int make_folder(void **state)
{
    (void)state;
    folder = xstrdup("/tmp/seatrial-folder-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int remove_folder(void **state)
{
    int rc = nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);

    (void)state;
    free(TAKE(folder));
    return rc;
}

static void put(const char *name, const char *content, size_t len)
{
    AUTO(str) char *path = xasprintf("%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, len), len);
    assert_int_equal(close(fd), 0);
}

static void put_folder(const char *name)
{
    AUTO(str) char *path = xasprintf("%s/%s", folder, name);

    assert_int_equal(mkdir(path, 0750), 0);
}

static void put_link(const char *name, const char *target)
{
    AUTO(str) char *path = xasprintf("%s/%s", folder, name);

    assert_int_equal(symlink(target, path), 0);
}

static void put_socket(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    AUTO(fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder, name);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
}

/* "d a\nf a/b 3\nl c -> a": what the spooled archive holds. Caller frees. */
static char *listing(Spool *spool)
{
    AUTO(tar_reader) TarReader *reader = NULL;
    Buf text = BUF_INIT(1 << 20);
    TarEntry entry = {0};
    bool more = true;

    assert_null(tar_reader_open_fd(spool_rewind(spool), &reader));
    for (;;) {
        assert_null(tar_reader_next(reader, &entry, &more));
        if (!more)
            return buf_take(&text);
        assert_int_equal(entry.uid, 0);
        assert_int_equal(entry.gid, 0);
        if (entry.type == TAR_DIRECTORY)
            buf_addf(&text, "d %s\n", entry.path);
        else if (entry.type == TAR_SYMLINK)
            buf_addf(&text, "l %s -> %s\n", entry.path, entry.link);
        else
            buf_addf(&text, "f %s %d\n", entry.path, (int)entry.size_bytes);
    }
}

static void assert_folder(const char *patterns, const StrList *always_keep, const char *want)
{
    AUTO(tar_ignore) TarIgnore *ignore = NULL;
    AUTO(spool) Spool *spool = NULL;
    AUTO(str) char *got = NULL;

    assert_null(spool_new(1 << 24, &spool));
    if (patterns)
        assert_null(tar_ignore_parse(patterns, ".dockerignore", &ignore));
    assert_null(tar_folder(folder, ignore, always_keep, tar_to_spool, spool));
    got = listing(spool);
    assert_string_equal(got, want);
}

static void everything_sorted(void **state)
{
    AUTO(str) char *pipe = xasprintf("%s/pipe", folder);

    (void)state;
    put("b.txt", "bb", 2);
    put_folder("a");
    put("a/z", "", 0);
    put("a/M", "123", 3);
    put_folder("a/empty");
    put("a.txt", "a", 1);
    put("\xc3\xa4", "x", 1);
    put("latin-\xe4", "xy", 2);
    put_link("dangling", "nowhere/\xc3\xb6");
    put_link("outside", "/etc");
    put_link("up", "..");
    put_socket("socket");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_folder(NULL, NULL,
                  "d a\nf a/M 3\nd a/empty\nf a/z 0\nf a.txt 1\nf b.txt 2\n"
                  "l dangling -> nowhere/\xc3\xb6\nf latin-\xe4 2\nl outside -> /etc\nl up -> ..\n"
                  "f \xc3\xa4 1\n");
}

static void an_empty_folder(void **state)
{
    (void)state;
    assert_folder(NULL, NULL, "");
}

static void ignoring(void **state)
{
    AUTO(str_list) StrList keep = {0};

    (void)state;
    put("Dockerfile", "x", 1);
    put(".dockerignore", "x", 1);
    put("app.js", "x", 1);
    put("notes.md", "x", 1);
    put_folder("docs");
    put("docs/a.md", "x", 1);
    put_folder("docs/deep");
    put("docs/deep/b.md", "x", 1);
    put("docs/deep/Dockerfile", "x", 1);
    assert_folder("docs\n*.md", NULL, "f .dockerignore 1\nf Dockerfile 1\nf app.js 1\n");
    assert_folder("docs\n!docs/deep/b.md", NULL,
                  "f .dockerignore 1\nf Dockerfile 1\nf app.js 1\nf docs/deep/b.md 1\n"
                  "f notes.md 1\n");
    assert_folder("**/*.md\n!docs/a.md", NULL,
                  "f .dockerignore 1\nf Dockerfile 1\nf app.js 1\nd docs\nf docs/a.md 1\n"
                  "d docs/deep\nf docs/deep/Dockerfile 1\n");
    str_list_add(&keep, ".dockerignore");
    str_list_add(&keep, "docs/deep/Dockerfile");
    assert_folder("*", NULL, "");
    assert_folder("*", &keep, "f .dockerignore 1\nf docs/deep/Dockerfile 1\n");
}

/* Spoils the file "big" of the folder while it is read. */
typedef struct Spoiler {
    Spool *spool;
    off_t size_bytes; /* that the file gets; 0: it is left as it is from now on */
} Spoiler;

static Error *spoil(void *context, const char *bytes, size_t len)
{
    Spoiler *spoiler = context;

    if (spoiler->size_bytes > 0) {
        AUTO(str) char *path = xasprintf("%s/big", folder);

        assert_int_equal(truncate(path, spoiler->size_bytes), 0);
        spoiler->size_bytes = 0;
    }
    return spool_write(spoiler->spool, bytes, len);
}

static void a_file_that_changes(void **state)
{
    static char content[1 << 20];
    AUTO(spool) Spool *spool = NULL;
    AUTO(str) char *msg = xasprintf("%s/big: became shorter while it was read", folder);
    AUTO(str) char *grown = NULL;
    AUTO(error) Error *err = NULL;
    Spoiler spoiler = {.size_bytes = 1 << 22};

    (void)state;
    put("big", content, sizeof content);
    assert_null(spool_new(1 << 24, &spool));
    spoiler.spool = spool;
    assert_null(tar_folder(folder, NULL, NULL, spoil, &spoiler));
    grown = listing(spool);
    assert_string_equal(grown, "f big 1048576\n");
    spoiler.size_bytes = 100;
    err = tar_folder(folder, NULL, NULL, spoil, &spoiler);
    assert_non_null(err);
    assert_string_equal(err->msg, msg);
    assert_int_equal(err->code, ERR_SYSTEM);
}

static Error *full(void *context, const char *bytes, size_t len)
{
    (void)context;
    (void)bytes;
    (void)len;
    return error_new(ERR_CANCELLED, 3, "enough");
}

static void failing(void **state)
{
    AUTO(str) char *missing = xasprintf("%s/missing", folder);
    AUTO(str) char *msg = xasprintf("folder %s: No such file or directory", missing);
    AUTO(error) Error *no_folder = NULL;
    AUTO(error) Error *no_room = NULL;

    (void)state;
    no_folder = tar_folder(missing, NULL, NULL, full, NULL);
    assert_non_null(no_folder);
    assert_string_equal(no_folder->msg, msg);
    assert_int_equal(no_folder->code, ERR_INVALID);
    put("a", "a", 1);
    no_room = tar_folder(folder, NULL, NULL, full, NULL);
    assert_non_null(no_room);
    assert_string_equal(no_room->msg, "enough");
    assert_int_equal(no_room->code, ERR_CANCELLED);
}

static void too_deep(void **state)
{
    AUTO(str) char *msg = xasprintf("%s: folders in folders, more than 256 deep", folder);
    AUTO(spool) Spool *spool = NULL;
    AUTO(error) Error *err = NULL;
    Buf name = BUF_INIT(1 << 16);

    (void)state;
    for (int i = 0; i < 257; i++) {
        buf_adds(&name, i > 0 ? "/d" : "d");
        put_folder(buf_text(&name));
    }
    buf_clear(&name);
    assert_null(spool_new(1 << 24, &spool));
    err = tar_folder(folder, NULL, NULL, tar_to_spool, spool);
    assert_non_null(err);
    assert_string_equal(err->msg, msg);
    assert_int_equal(err->code, ERR_LIMIT);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(everything_sorted),   IN_FOLDER(an_empty_folder), IN_FOLDER(ignoring),
        IN_FOLDER(a_file_that_changes), IN_FOLDER(failing),         IN_FOLDER(too_deep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
