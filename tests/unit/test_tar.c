#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "tar/tar.h"

/* No test calls setlocale: all of this runs in the C locale, as a CI job does. */

#define LONG_NAME                                                                                  \
    "d0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"    \
    "d0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"    \
    "d0123456789012345678901234567890123456789012345678901234567890123456789012345678901234/x"

static Error *to_buf(void *context, const char *bytes, size_t len)
{
    return buf_append(context, bytes, len);
}

/* Gives the bytes in small pieces. */
typedef struct Bytes {
    const char *at;
    size_t left, piece;
} Bytes;

static Error *from_bytes(void *context, char *buffer, size_t size, size_t *ret_len)
{
    Bytes *bytes = context;
    size_t len = bytes->left < bytes->piece ? bytes->left : bytes->piece;

    len = len < size ? len : size;
    memcpy(buffer, bytes->at, len);
    bytes->at += len;
    bytes->left -= len;
    *ret_len = len;
    return NULL;
}

static const TarEntry SAMPLES[] = {
    {.path = "folder", .type = TAR_DIRECTORY, .mode = 0751, .mtime_s = 5, .uid = 70, .gid = 71},
    {.path = "folder/plain.txt", .type = TAR_FILE, .size_bytes = 5, .mode = 0640, .mtime_s = 1},
    {.path = "empty", .type = TAR_FILE, .mode = 04755, .mtime_s = 2000000000},
    {.path = "\xc3\xa4\xe6\xbc\xa2.txt", .type = TAR_FILE, .size_bytes = 3, .mode = 0600},
    {.path = "latin-\xe4", .type = TAR_FILE, .size_bytes = 1, .mode = 0600},
    {.path = "mixed-\xff\xc3\xa4", .type = TAR_SYMLINK, .link = "to-\xfe\xc3\xa4", .mode = 0777},
    {.path = "link", .type = TAR_SYMLINK, .link = "../\xc3\xb6/" LONG_NAME, .mode = 0777},
    {.path = LONG_NAME, .type = TAR_FILE, .size_bytes = 2, .mode = 0600, .uid = 3000000},
    {.path = "wei\xc3\x9f", .type = TAR_DIRECTORY, .mode = 0700, .gid = INT64_C(4294967294)},
};

/* Contents of a sample: its size of 'x'. */
static void write_samples(Buf *out)
{
    TarWriter *writer = NULL;

    assert_null(tar_writer_open(to_buf, out, &writer));
    for (size_t i = 0; i < COUNT_OF(SAMPLES); i++) {
        assert_null(tar_writer_add(writer, &SAMPLES[i], i % 2 ? "xxxxx" : NULL));
        for (int64_t left = i % 2 ? 0 : SAMPLES[i].size_bytes; left > 0; left--)
            assert_null(tar_writer_push(writer, "x", 1));
    }
    assert_null(tar_writer_finish(writer));
}

static void assert_samples(TarReader *reader)
{
    bool more = false;
    TarEntry untouched = {.mode = -1};

    for (size_t i = 0; i < COUNT_OF(SAMPLES); i++) {
        const TarEntry *want = &SAMPLES[i];
        AUTO(str) char *text = NULL;
        TarEntry got = {0};
        size_t len = 0;

        assert_null(tar_reader_next(reader, &got, &more));
        assert_true(more);
        assert_string_equal(got.path, want->path);
        assert_int_equal(got.type, want->type);
        assert_true(text_eq(got.link, want->link));
        assert_int_equal(got.size_bytes, want->size_bytes);
        assert_int_equal(got.mtime_s, want->mtime_s);
        assert_int_equal(got.mode, want->mode);
        assert_int_equal(got.uid, want->uid);
        assert_int_equal(got.gid, want->gid);
        if (i == 4)
            continue; /* skipped unread */
        assert_null(tar_reader_text(reader, 5, &text, &len));
        assert_int_equal(len, want->size_bytes);
        assert_int_equal(strlen(text), len);
        assert_int_equal(strspn(text, "x"), len);
    }
    assert_null(tar_reader_next(reader, &untouched, &more));
    assert_false(more);
    assert_int_equal(untouched.mode, -1);
}

static void there_and_back(void **state)
{
    static const size_t PIECES[] = {1, 511, 512, 1 << 20};
    AUTO(buf) Buf archive = BUF_INIT(1 << 20);

    (void)state;
    write_samples(&archive);
    for (size_t i = 0; i < COUNT_OF(PIECES); i++) {
        AUTO(tar_reader) TarReader *reader = NULL;
        Bytes bytes = {.at = archive.data, .left = archive.len, .piece = PIECES[i]};

        assert_null(tar_reader_open(from_bytes, &bytes, &reader));
        assert_samples(reader);
    }
}

/* Read everything; the first error, or NULL. */
static Error *read_through(const char *archive, size_t len)
{
    AUTO(tar_reader) TarReader *reader = NULL;
    Bytes bytes = {.at = archive, .left = len, .piece = 1000};
    TarEntry entry;
    bool more = true;

    TRY(tar_reader_open(from_bytes, &bytes, &reader));
    while (more)
        TRY(tar_reader_next(reader, &entry, &more));
    return NULL;
}

static la_ssize_t filter_write(struct archive *archive, void *context, const void *bytes,
                               size_t len)
{
    (void)archive;
    error_ignore(buf_append(context, bytes, len)); /* far below the cap */
    return (la_ssize_t)len;
}

/* The bytes of an archive, compressed. */
static void compress(const Buf *plain, int (*add_filter)(struct archive *), Buf *out)
{
    struct archive *to = archive_write_new();
    struct archive_entry *entry = archive_entry_new();

    assert_int_equal(add_filter(to), ARCHIVE_OK);
    assert_int_equal(archive_write_set_format_raw(to), ARCHIVE_OK);
    assert_int_equal(archive_write_set_bytes_in_last_block(to, 1), ARCHIVE_OK); /* no padding */
    assert_int_equal(archive_write_open(to, out, NULL, filter_write, NULL), ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_pathname(entry, "data");
    assert_int_equal(archive_write_header(to, entry), ARCHIVE_OK);
    assert_int_equal(archive_write_data(to, plain->data, plain->len), plain->len);
    archive_entry_free(entry);
    assert_int_equal(archive_write_free(to), ARCHIVE_OK);
}

static void compressed_ones_too(void **state)
{
    int (*const filters[])(struct archive *) = {
        archive_write_add_filter_gzip, archive_write_add_filter_bzip2, archive_write_add_filter_xz,
        archive_write_add_filter_zstd};
    AUTO(buf) Buf plain = BUF_INIT(1 << 20);

    (void)state;
    write_samples(&plain);
    for (size_t i = 0; i < COUNT_OF(filters); i++) {
        AUTO(buf) Buf packed = BUF_INIT(1 << 20);
        AUTO(tar_reader) TarReader *reader = NULL;
        AUTO(spool) Spool *spool = NULL;
        AUTO(error) Error *cut = NULL;

        compress(&plain, filters[i], &packed);
        assert_true(packed.len < plain.len);
        assert_null(spool_new(1 << 20, &spool));
        assert_null(tar_to_spool(spool, packed.data, packed.len));
        assert_null(tar_reader_open_fd(spool_rewind(spool), &reader));
        assert_samples(reader);
        cut = read_through(packed.data, packed.len / 2);
        assert_non_null(cut);
        assert_int_equal(cut->code, ERR_PROTOCOL);
    }
}

static void a_cut_archive_is_an_error(void **state)
{
    AUTO(buf) Buf archive = BUF_INIT(1 << 20);
    size_t end;

    (void)state;
    write_samples(&archive);
    end = archive.len - 1024; /* two blocks of zeros mark the end */
    for (size_t len = 0; len <= archive.len; len += 1) {
        AUTO(error) Error *err = read_through(archive.data, len);

        if (len < end + 512 && !err)
            fail_msg("%zu of %zu bytes were taken for an archive", len, archive.len);
        if (len >= archive.len && err)
            fail_msg("%zu bytes: %s", len, err->msg);
        if (err)
            assert_int_equal(err->code, ERR_PROTOCOL);
    }
}

/* One ustar header, by hand. size 12 bytes: octal text, or binary when the first has its high bit.
 */
static void raw_header(Buf *out, const char *name, char type, const char *link, const char *size)
{
    char block[512] = {0};
    unsigned sum = 0;

    (void)snprintf(block, 100, "%s", name);
    memcpy(block + 100,
           "0000644\0"
           "0000000\0"
           "0000000\0",
           24);
    memcpy(block + 124, size, 12);
    memcpy(block + 136, "00000000001\0", 12);
    memset(block + 148, ' ', 8);
    block[156] = type;
    (void)snprintf(block + 157, 100, "%s", link);
    memcpy(block + 257,
           "ustar\0"
           "00",
           8);
    for (size_t i = 0; i < sizeof block; i++)
        sum += (unsigned char)block[i];
    (void)snprintf(block + 148, 8, "%06o", sum & 0777777U); /* 512 bytes never sum up to more */
    assert_null(buf_append(out, block, sizeof block));
}

static void raw_end(Buf *out)
{
    static const char ZEROS[1024];

    assert_null(buf_append(out, ZEROS, sizeof ZEROS));
}

#define NO_SIZE "00000000000"

static void hostile_names(void **state)
{
    static const struct {
        const char *name, *want, *msg; /* one of want and msg */
    } rows[] = {
        {"a", "a", NULL},
        {"./a", "a", NULL},
        {"/etc/passwd", "etc/passwd", NULL},
        {"//etc//passwd", "etc/passwd", NULL},
        {"././/a/./b", "a/b", NULL},
        {"./", ".", NULL},
        {"/", ".", NULL},
        {"a..b/..c", "a..b/..c", NULL},
        {"...", "...", NULL},
        {"\xe4\n\x1b[31m", "\xe4\n\x1b[31m", NULL},
        {"..", NULL, "the archive's entry '..' leads out of the archive"},
        {"../x", NULL, "the archive's entry '../x' leads out of the archive"},
        {"/../x", NULL, "the archive's entry '/../x' leads out of the archive"},
        {"a/../../x", NULL, "the archive's entry 'a/../../x' leads out of the archive"},
        {"a/..", NULL, "the archive's entry 'a/..' leads out of the archive"},
        {"../\x1b[31mx\ny", NULL, "the archive's entry '../x y' leads out of the archive"},
        {"", NULL, "reading the archive: an entry without a name"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(buf) Buf archive = BUF_INIT(1 << 20);
        AUTO(tar_reader) TarReader *reader = NULL;
        AUTO(error) Error *err = NULL;
        Bytes bytes = {.piece = 512};
        TarEntry entry = {.mode = -1};
        bool more = false;

        raw_header(&archive, rows[i].name, '0', "", NO_SIZE);
        raw_end(&archive);
        bytes.at = archive.data;
        bytes.left = archive.len;
        assert_null(tar_reader_open(from_bytes, &bytes, &reader));
        err = tar_reader_next(reader, &entry, &more);
        if (rows[i].msg) {
            assert_non_null(err);
            assert_string_equal(err->msg, rows[i].msg);
            assert_int_equal(err->code, ERR_PROTOCOL);
            assert_int_equal(entry.mode, -1);
            assert_false(more);
        } else {
            assert_null(err);
            assert_string_equal(entry.path, rows[i].want);
        }
    }
}

static void kinds(void **state)
{
    static const struct {
        const char *name, *link;
        char flag;
        TarType type;
    } rows[] = {
        {"file", "", '0', TAR_FILE},
        {"hard", "file", '1', TAR_OTHER},
        {"sym", "/etc/passwd", '2', TAR_SYMLINK},
        {"char", "", '3', TAR_OTHER},
        {"block", "", '4', TAR_OTHER},
        {"dir/", "", '5', TAR_DIRECTORY},
        {"fifo", "", '6', TAR_OTHER},
    };

    AUTO(buf) Buf archive = BUF_INIT(1 << 20);
    AUTO(tar_reader) TarReader *reader = NULL;
    Bytes bytes = {.piece = 512};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        raw_header(&archive, rows[i].name, rows[i].flag, rows[i].link, NO_SIZE);
    raw_end(&archive);
    bytes.at = archive.data;
    bytes.left = archive.len;
    assert_null(tar_reader_open(from_bytes, &bytes, &reader));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        TarEntry entry;
        bool more = false;

        assert_null(tar_reader_next(reader, &entry, &more));
        assert_true(more);
        assert_int_equal(entry.type, rows[i].type);
        if (entry.type == TAR_SYMLINK)
            assert_string_equal(entry.link, "/etc/passwd");
        else
            assert_null(entry.link);
    }
}

static void hostile_sizes(void **state)
{
    static const char *const SIZES[] = {
        "77777777777",                                      /* 8 GiB that do not come */
        "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",       /* 8 EiB */
        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", /* -1 */
        "\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", /* more than 64 bits */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(SIZES); i++) {
        AUTO(buf) Buf archive = BUF_INIT(1 << 20);
        AUTO(tar_reader) TarReader *reader = NULL;
        AUTO(error) Error *err = NULL;
        AUTO(str) char *text = NULL;
        Bytes bytes = {.piece = 512};
        TarEntry entry;
        bool more = false;
        size_t len = 77;

        raw_header(&archive, "huge", '0', "", SIZES[i]);
        raw_end(&archive);
        bytes.at = archive.data;
        bytes.left = archive.len;
        assert_null(tar_reader_open(from_bytes, &bytes, &reader));
        err = tar_reader_next(reader, &entry, &more);
        if (!err)
            err = tar_reader_text(reader, 1 << 20, &text, &len);
        assert_non_null(err);
        assert_int_equal(err->code, ERR_PROTOCOL);
        assert_null(text);
        assert_int_equal(len, 77);
    }
}

static void texts_are_capped(void **state)
{
    static const struct {
        size_t cap;
        bool fits;
    } rows[] = {{0, false}, {4, false}, {5, true}, {1 << 20, true}};

    AUTO(buf) Buf archive = BUF_INIT(1 << 20);

    (void)state;
    write_samples(&archive);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(tar_reader) TarReader *reader = NULL;
        AUTO(error) Error *err = NULL;
        AUTO(str) char *text = NULL;
        AUTO(str)
        char *msg = xasprintf("reading 'folder/plain.txt' from the archive: more than "
                              "the %zu bytes that are accepted here",
                              rows[i].cap);
        Bytes bytes = {.at = archive.data, .left = archive.len, .piece = 512};
        TarEntry entry;
        bool more = false;

        assert_null(tar_reader_open(from_bytes, &bytes, &reader));
        assert_null(tar_reader_next(reader, &entry, &more));
        assert_null(tar_reader_next(reader, &entry, &more));
        err = tar_reader_text(reader, rows[i].cap, &text, NULL);
        if (rows[i].fits) {
            assert_null(err);
            assert_string_equal(text, "xxxxx");
        } else {
            assert_non_null(err);
            assert_string_equal(err->msg, msg);
            assert_int_equal(err->code, ERR_LIMIT);
            assert_null(text);
        }
    }
}

static void no_archive_at_all(void **state)
{
    AUTO(error) Error *text = read_through("this is no archive, is it?", 26);
    AUTO(error) Error *nothing = read_through("", 0);

    (void)state;
    assert_non_null(text);
    assert_int_equal(text->code, ERR_PROTOCOL);
    assert_string_equal(text->msg, "opening the archive: Unrecognized archive format");
    assert_non_null(nothing);
    assert_int_equal(nothing->code, ERR_PROTOCOL);
}

static void saving(void **state)
{
    AUTO(buf) Buf archive = BUF_INIT(1 << 20);
    AUTO(tar_reader) TarReader *reader = NULL;
    AUTO(error) Error *err = NULL;
    AUTO(str) char *folder = xstrdup("/tmp/seatrial-tar-XXXXXX");
    AUTO(str) char *path = NULL;
    AUTO(str) char *msg = NULL;
    struct stat status;
    Bytes bytes = {.piece = 512};
    TarEntry entry;
    bool more = false;
    char content[8] = {0};
    int fd;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = xasprintf("%s/saved", folder);
    msg = xasprintf("creating %s: File exists", path);
    write_samples(&archive);
    bytes.at = archive.data;
    bytes.left = 2000; /* the second entry's header and 5 of its bytes are in, the third is not */
    assert_null(tar_reader_open(from_bytes, &bytes, &reader));
    assert_null(tar_reader_next(reader, &entry, &more));
    assert_null(tar_reader_next(reader, &entry, &more));
    assert_null(tar_reader_save(reader, path));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, content, sizeof content), 5);
    assert_int_equal(close(fd), 0);
    assert_string_equal(content, "xxxxx");
    err = tar_reader_save(reader, path);
    assert_non_null(err);
    assert_string_equal(err->msg, msg);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void half_a_file_is_not_left_behind(void **state)
{
    AUTO(buf) Buf archive = BUF_INIT(1 << 20);
    AUTO(tar_reader) TarReader *reader = NULL;
    AUTO(error) Error *err = NULL;
    AUTO(str) char *folder = xstrdup("/tmp/seatrial-tar-XXXXXX");
    AUTO(str) char *path = NULL;
    Bytes bytes = {.piece = 512};
    TarEntry entry;
    bool more = false;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = xasprintf("%s/saved", folder);
    raw_header(&archive, "cut", '0', "", "00000010000");
    raw_end(&archive);
    bytes.at = archive.data;
    bytes.left = archive.len;
    assert_null(tar_reader_open(from_bytes, &bytes, &reader));
    assert_null(tar_reader_next(reader, &entry, &more));
    err = tar_reader_save(reader, path);
    assert_non_null(err);
    assert_int_equal(err->code, ERR_PROTOCOL);
    assert_string_equal(err->msg, "reading 'cut' from the archive: Truncated tar archive");
    assert_int_equal(rmdir(folder), 0); /* it is empty */
}

static Error *broken_source(void *context, char *buffer, size_t size, size_t *ret_len)
{
    Bytes *bytes = context;

    if (bytes->left == 0)
        return error_new(ERR_TIMEOUT, 7, "the source broke");
    return from_bytes(context, buffer, size, ret_len);
}

static void the_source_has_its_say(void **state)
{
    AUTO(buf) Buf archive = BUF_INIT(1 << 20);
    AUTO(error) Error *at_once = NULL;
    AUTO(error) Error *later = NULL;
    AUTO(tar_reader) TarReader *reader = NULL;
    Bytes none = {.piece = 512}, some = {.left = 1024, .piece = 512};
    TarEntry entry;
    bool more = false;

    (void)state;
    at_once = tar_reader_open(broken_source, &none, &reader);
    assert_non_null(at_once);
    assert_string_equal(at_once->msg, "the source broke");
    assert_int_equal(at_once->code, ERR_TIMEOUT);
    assert_null(reader);
    write_samples(&archive);
    some.at = archive.data;
    assert_null(tar_reader_open(broken_source, &some, &reader));
    assert_null(tar_reader_next(reader, &entry, &more));
    assert_null(tar_reader_next(reader, &entry, &more));
    later = tar_reader_next(reader, &entry, &more);
    assert_non_null(later);
    assert_string_equal(later->msg, "the source broke");
    assert_int_equal(later->native, 7);
}

/* Takes so many bytes, then breaks. */
static Error *broken_sink(void *context, const char *bytes, size_t len)
{
    size_t *room = context;

    (void)bytes;
    if (len > *room)
        return error_new(ERR_LIMIT, 9, "the sink is full");
    *room -= len;
    return NULL;
}

static void the_sink_has_its_say(void **state)
{
    static const TarEntry FILE_ENTRY = {.path = "f", .type = TAR_FILE, .size_bytes = 1 << 20};
    static char content[1 << 20];
    AUTO(tar_writer) TarWriter *writer = NULL;
    AUTO(error) Error *while_writing = NULL;
    AUTO(error) Error *at_the_end = NULL;
    size_t room = 200000, none = 0;

    (void)state;
    assert_null(tar_writer_open(broken_sink, &room, &writer));
    while_writing = tar_writer_add(writer, &FILE_ENTRY, content);
    assert_non_null(while_writing);
    assert_string_equal(while_writing->msg, "the sink is full");
    assert_int_equal(while_writing->native, 9);
    tar_writer_close(TAKE(writer));
    assert_null(tar_writer_open(broken_sink, &none, &writer));
    at_the_end = tar_writer_finish(TAKE(writer));
    assert_non_null(at_the_end);
    assert_string_equal(at_the_end->msg, "the sink is full");
}

static void announced_and_written_agree(void **state)
{
    static const TarEntry FIVE = {.path = "five", .type = TAR_FILE, .size_bytes = 5};
    static const TarEntry OTHER = {.path = "pipe", .type = TAR_OTHER};
    AUTO(buf) Buf archive = BUF_INIT(1 << 20);
    AUTO(error) Error *missing = NULL;
    AUTO(error) Error *more = NULL;
    AUTO(error) Error *other = NULL;
    TarWriter *writer = NULL;

    (void)state;
    assert_null(tar_writer_open(to_buf, &archive, &writer));
    assert_null(tar_writer_add(writer, &FIVE, NULL));
    assert_null(tar_writer_push(writer, "xxx", 3));
    missing = tar_writer_add(writer, &FIVE, "xxxxx");
    assert_non_null(missing);
    assert_string_equal(missing->msg, "writing 'five' into an archive: 2 bytes are missing");
    error_free(TAKE(missing));
    more = tar_writer_push(writer, "xxx", 3);
    assert_non_null(more);
    assert_string_equal(more->msg, "writing 'five' into an archive: more bytes than announced");
    missing = tar_writer_finish(writer);
    assert_non_null(missing);
    assert_string_equal(missing->msg, "writing 'five' into an archive: 2 bytes are missing");
    assert_int_equal(missing->code, ERR_INTERNAL);
    assert_null(tar_writer_open(to_buf, &archive, &writer));
    other = tar_writer_add(writer, &OTHER, NULL);
    assert_non_null(other);
    assert_string_equal(other->msg,
                        "writing 'pipe' into an archive: neither file, folder nor symbolic link");
    tar_writer_close(writer);
}

static void an_abandoned_archive_has_no_end(void **state)
{
    AUTO(buf) Buf archive = BUF_INIT(1 << 20);
    AUTO(error) Error *err = NULL;
    TarWriter *writer = NULL;

    (void)state;
    assert_null(tar_writer_open(to_buf, &archive, &writer));
    assert_null(tar_writer_add(writer, &SAMPLES[0], NULL));
    tar_writer_close(writer);
    err = read_through(buf_text(&archive), archive.len);
    assert_non_null(err);
}

/* A tree of an archive that begins with root: "data", or "." as Podman names a mounted folder. */
static void grow_tree(const TarEntry *entries, size_t count, const char *content, FileTree *tree)
{
    AUTO(buf) Buf archive = BUF_INIT(1 << 20);
    AUTO(tar_reader) TarReader *reader = NULL;
    TarWriter *writer = NULL;
    Bytes bytes;

    assert_null(tar_writer_open(to_buf, &archive, &writer));
    for (size_t i = 0; i < count; i++)
        assert_null(tar_writer_add(writer, &entries[i], content));
    assert_null(tar_writer_finish(writer));
    bytes = (Bytes){buf_text(&archive), archive.len, 100};
    assert_null(tar_reader_open(from_bytes, &bytes, &reader));
    assert_null(tar_tree(reader, tree));
}

static void a_tree_is_named_from_its_folder(void **state)
{
    static const TarEntry DOCKER[] = {
        {.path = "data", .type = TAR_DIRECTORY, .mode = 0755},
        {.path = "data/run", .type = TAR_FILE, .size_bytes = 3, .mode = 0755},
        {.path = "data/m", .type = TAR_DIRECTORY, .mode = 0755},
        {.path = "data/m/1.sql", .type = TAR_FILE, .size_bytes = 3, .mode = 0644},
        {.path = "data/link", .type = TAR_SYMLINK, .link = "m", .mode = 0777},
        {.path = "database", .type = TAR_FILE, .size_bytes = 3, .mode = 0644},
    };
    static const TarEntry PODMAN[] = {
        {.path = ".", .type = TAR_DIRECTORY, .mode = 0755},
        {.path = "m/1.sql", .type = TAR_FILE, .size_bytes = 3, .mode = 0600},
        {.path = "run", .type = TAR_FILE, .size_bytes = 2, .mode = 0755},
        {.path = "link", .type = TAR_SYMLINK, .link = "n", .mode = 0777},
    };
    static const TarEntry FILE_ALONE[] = {{.path = "data", .type = TAR_FILE, .size_bytes = 3}};
    AUTO(file_tree) FileTree docker = {0};
    AUTO(file_tree) FileTree podman = {0};
    AUTO(file_tree) FileTree other = {0};
    AUTO(file_tree) FileTree none = {0};

    (void)state;
    grow_tree(DOCKER, COUNT_OF(DOCKER), "abc", &docker);
    grow_tree(PODMAN, COUNT_OF(PODMAN), "abc", &podman);
    grow_tree(DOCKER, COUNT_OF(DOCKER), "abd", &other);
    grow_tree(FILE_ALONE, 1, "abc", &none);
    assert_int_equal(docker.len, 3);
    assert_string_equal(docker.items[0].path, "link");
    assert_string_equal(docker.items[1].path, "m/1.sql");
    assert_true(docker.items[2].program);
    assert_false(docker.items[0].program || docker.items[1].program);
    assert_int_equal(podman.len, 3);
    assert_true(file_tree_has_same(&docker, file_tree_find(&podman, "m/1.sql")));
    assert_false(file_tree_has_same(&docker, file_tree_find(&podman, "run")));
    assert_false(file_tree_has_same(&docker, file_tree_find(&podman, "link")));
    assert_false(file_tree_has_same(&docker, file_tree_find(&other, "m/1.sql")));
    assert_null(file_tree_find(&docker, "m"));
    assert_int_equal(none.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(compressed_ones_too),
        cmocka_unit_test(a_cut_archive_is_an_error),
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(kinds),
        cmocka_unit_test(hostile_sizes),
        cmocka_unit_test(texts_are_capped),
        cmocka_unit_test(no_archive_at_all),
        cmocka_unit_test(saving),
        cmocka_unit_test(half_a_file_is_not_left_behind),
        cmocka_unit_test(the_source_has_its_say),
        cmocka_unit_test(the_sink_has_its_say),
        cmocka_unit_test(announced_and_written_agree),
        cmocka_unit_test(an_abandoned_archive_has_no_end),
        cmocka_unit_test(a_tree_is_named_from_its_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
