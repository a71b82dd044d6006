/* Image archives get a tag of ours, and no name of the user's gets through. */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/image_archive.h"
#include "engine_fixture.h"

#define TAG     "seatrial-candidate:0f3a"
#define FULL    "docker.io/library/" TAG
#define HEX     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"
#define BLOB(n) "blobs/sha256/" HEX n
#define SHA(n)  "sha256:" HEX n

typedef struct File {
    const char *path, *text; /* text NULL: a symbolic link to link */
    const char *link;
} File;

static const EngineInfo DOCKER = {.os = (char[]){"linux"}, .arch = (char[]){"amd64"}};
static const EngineInfo PODMAN = {
    .os = (char[]){"linux"}, .arch = (char[]){"amd64"}, .is_podman = true};

static Error *to_file(void *context, const char *bytes, size_t len)
{
    return fwrite(bytes, 1, len, context) == len ? NULL : error_errno("writing");
}

/* An archive of those files; its path, to be freed. */
static char *write_archive(const File *files, size_t count)
{
    char *path = home_path("image.tar");
    FILE *out = fopen(path, "we");
    TarWriter *writer = NULL;

    assert_non_null(out);
    assert_null(tar_writer_open(to_file, out, &writer));
    for (size_t i = 0; i < count; i++) {
        TarEntry entry = {.path = files[i].path, .mode = 0644};

        if (files[i].text) {
            entry.type = TAR_FILE;
            entry.size_bytes = (int64_t)strlen(files[i].text);
        } else {
            entry.type = TAR_SYMLINK;
            entry.link = files[i].link;
        }
        assert_null(tar_writer_add(writer, &entry, files[i].text));
    }
    assert_null(tar_writer_finish(writer));
    assert_int_equal(fclose(out), 0);
    return path;
}

/* What goes to the engine, pulled in pieces of a size: "path=text\n" of every entry. */
static void passes(const File *files, size_t count, const EngineInfo *engine, const char *want)
{
    AUTO(str) char *path = write_archive(files, count);
    AUTO(str) char *sent_path = home_path("sent.tar");
    static const size_t SIZES[] = {1, 511, 65536};

    for (size_t i = 0; i < COUNT_OF(SIZES); i++) {
        AUTO(image_archive) ImageArchive archive = {.fd = -1};
        AUTO(error) Error *err = image_archive_open(&archive, path, TAG, engine);
        AUTO(tar_reader) TarReader *reader = NULL;
        AUTO(buf) Buf got = {0};
        char bytes[65536];
        TarEntry entry;
        bool more = true;
        size_t len = 1;
        FILE *sent = fopen(sent_path, "we");
        AUTO(fd) int fd = -1;

        assert_non_null(sent);
        if (err)
            fail_msg("%s", err->msg);
        while (len > 0) {
            assert_null(image_archive_pull(&archive, bytes, SIZES[i], &len));
            assert_int_equal(fwrite(bytes, 1, len, sent), len);
        }
        assert_int_equal(fclose(sent), 0);
        fd = open(sent_path, O_RDONLY | O_CLOEXEC);
        assert_null(tar_reader_open_fd(fd, &reader));
        while (more) {
            AUTO(str) char *text = NULL;

            assert_null(tar_reader_next(reader, &entry, &more));
            if (!more)
                break;
            assert_null(tar_reader_text(reader, 1 << 20, &text, &len));
            buf_addf(&got, "%s=%s\n", entry.path, entry.link ? entry.link : text);
        }
        assert_string_equal(buf_text(&got), want);
    }
}

static void refuses(const File *files, size_t count, const EngineInfo *engine, const char *message)
{
    AUTO(str) char *path = write_archive(files, count);
    AUTO(image_archive) ImageArchive archive = {.fd = -1};
    AUTO(error) Error *err = image_archive_open(&archive, path, TAG, engine);
    char bytes[65536];
    size_t len = 1;

    while (!err && len > 0)
        err = image_archive_pull(&archive, bytes, sizeof bytes, &len);
    if (!err)
        fail_msg("it was accepted, wanted: %s", message);
    assert_string_equal(err->msg, message);
    assert_int_equal(err->code, ERR_INVALID);
}

#define FILES(...) (const File[]){__VA_ARGS__}, COUNT_OF(((const File[]){__VA_ARGS__}))

static void of_docker_save(void **state)
{
    (void)state;
    passes(FILES({"abc/layer.tar", "layer", NULL}, {"def/layer.tar", NULL, "../abc/layer.tar"},
                 {"cfg.json", "{}", NULL},
                 {"manifest.json",
                  "[{\"Config\":\"cfg.json\",\"RepoTags\":[\"notes:6\",\"notes:latest\"],"
                  "\"Layers\":[\"abc/layer.tar\"]}]",
                  NULL},
                 {"repositories", "{\"notes\":{\"6\":\"abc\"}}", NULL}),
           &DOCKER,
           "abc/layer.tar=layer\n"
           "def/layer.tar=../abc/layer.tar\n"
           "cfg.json={}\n"
           "manifest.json=[{\"Config\":\"cfg.json\",\"Layers\":[\"abc/layer.tar\"],"
           "\"RepoTags\":[\"" FULL "\"]}]\n");
}

static void of_docker_25(void **state)
{
    (void)state;
    passes(
        FILES(
            {"index.json",
             "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"" SHA(
                 "1") "\",\"annotations\":"
                      "{\"io.containerd.image.name\":\"docker.io/acme/notes:6\",\"keep\":\"x\","
                      "\"org.opencontainers.image.ref.name\":\"6\"}},{\"digest\":\"" SHA(
                          "1") "\","
                               "\"annotations\":{\"io.containerd.image.name\":\"docker.io/acme/notes:7\"}}]}",
             NULL},
            {"manifest.json", "[{\"RepoTags\":null,\"Config\":\"c\",\"Layers\":[]}]", NULL},
            {"oci-layout", "{}", NULL}),
        &DOCKER,
        "index.json={\"schemaVersion\":2,\"manifests\":[{\"digest\":\"" SHA(
            "1") "\","
                 "\"annotations\":{\"keep\":\"x\",\"org.opencontainers.image.ref.name\":\"0f3a\","
                 "\"io.containerd.image.name\":\"" FULL "\"}},{\"digest\":\"" SHA(
                     "1") "\","
                          "\"annotations\":{}}]}\n"
                          "manifest.json=[{\"Config\":\"c\",\"Layers\":[],\"RepoTags\":[\"" FULL
                          "\"]}]\n"
                          "oci-layout={}\n");
}

#define OCI_INDEX "{\"manifests\":[{\"digest\":\"" SHA("1") "\"}]}"
#define OCI_INDEX_SENT                                                                              \
    "{\"manifests\":[{\"digest\":\"" SHA(                                                           \
        "1") "\",\"annotations\":"                                                                  \
             "{\"org.opencontainers.image.ref.name\":\"0f3a\",\"io.containerd.image.name\":\"" FULL \
             "\"}}]}"
#define OCI_MANIFEST                                                                               \
    "{\"config\":{\"digest\":\"" SHA("2") "\"},\"layers\":[{\"digest\":\"" SHA(                    \
        "3") "\"},"                                                                                \
             "{\"digest\":\"" SHA("4") "\"}]}"
#define MANIFEST_SENT                                                                              \
    "manifest.json=[{\"Layers\":[\"" BLOB("3") "\",\"" BLOB("4") "\"],\"Config\":\"" BLOB(         \
        "2") "\",\"RepoTags\":[\"" FULL "\"]}]\n"

static void of_oci_tools(void **state)
{
    (void)state;
    passes(FILES({BLOB("1"), OCI_MANIFEST, NULL}, {"index.json", OCI_INDEX, NULL}), &DOCKER,
           BLOB("1") "=" OCI_MANIFEST "\nindex.json=" OCI_INDEX_SENT "\n" MANIFEST_SENT);
    passes(FILES({BLOB("1"), OCI_MANIFEST, NULL}, {"index.json", OCI_INDEX, NULL}), &PODMAN,
           BLOB("1") "=" OCI_MANIFEST "\nindex.json=" OCI_INDEX_SENT "\n");
}

/* An index within the index: one image a platform, and attestations beside them. */
#define PLATFORMS(digest)                                                                          \
    "{\"manifests\":[{\"digest\":\"" SHA("8") "\",\"platform\":{\"os\":\"linux\","                 \
                                              "\"architecture\":\"arm64\"}},{\"digest\":\"" digest \
                                              "\",\"platform\":{\"os\":\"linux\","                 \
                                              "\"architecture\":\"amd64\"}},{\"digest\":\"" SHA(   \
                                                  "9") "\",\"platform\":{\"os\":\"unknown\","      \
                                                       "\"architecture\":\"unknown\"}}]}"

static void of_several_platforms(void **state)
{
    const EngineInfo S390 = {.os = (char[]){"linux"}, .arch = (char[]){"s390x"}};

    (void)state;
    passes(FILES({"index.json", OCI_INDEX, NULL}, {BLOB("1"), PLATFORMS(SHA("5")), NULL},
                 {BLOB("5"), OCI_MANIFEST, NULL}),
           &DOCKER,
           "index.json=" OCI_INDEX_SENT
           "\n" BLOB("1") "=" PLATFORMS(SHA("5")) "\n" BLOB("5") "=" OCI_MANIFEST
                                                                 "\n" MANIFEST_SENT);
    refuses(FILES({"index.json", OCI_INDEX, NULL}, {BLOB("1"), PLATFORMS(SHA("5")), NULL}), &S390,
            "it has no image for linux/s390x");
    refuses(FILES({"index.json", OCI_INDEX, NULL}, {BLOB("1"), PLATFORMS(SHA("1")), NULL}), &DOCKER,
            "its index leads to other indexes without end");
    refuses(FILES({"index.json", OCI_INDEX, NULL}), &DOCKER,
            "its index names " BLOB("1") ", which is not in it");
    refuses(FILES({"index.json", OCI_INDEX, NULL}, {BLOB("1"), "{}", NULL}), &DOCKER,
            "its manifest names no configuration");
    refuses(FILES({"index.json", OCI_INDEX, NULL},
                  {BLOB("1"), "{\"config\":{\"digest\":\"sha256:../../x\"}}", NULL}),
            &DOCKER, "its manifest names no configuration");
    refuses(FILES({"index.json", "{\"manifests\":[{\"digest\":\"sha256:../../x\"}]}", NULL}),
            &DOCKER, "its index names an image without a digest");
}

/* The decoder of the engine takes keys in any case of letters, and the last of equal ones. */
static void hostile_names(void **state)
{
    (void)state;
    passes(FILES({"manifest.json",
                  "[{\"repotags\":[\"a:1\"],\"Config\":\"c\",\"RepoTags\":[\"b:1\"],\"REPOTAGS\":"
                  "[\"c:1\"]}]",
                  NULL},
                 {"manifest.json", "[{\"RepoTags\":[\"d:1\"],\"Config\":\"last\"}]", NULL},
                 {"x/manifest.json", "[{\"RepoTags\":[\"e:1\"]}]", NULL},
                 {"x/repositories", "{}", NULL}, {"x/index.json", "{}", NULL}),
           &DOCKER,
           "manifest.json=[{\"Config\":\"last\",\"RepoTags\":[\"" FULL "\"]}]\n"
           "manifest.json=[{\"Config\":\"last\",\"RepoTags\":[\"" FULL "\"]}]\n");
    passes(
        FILES(
            {"index.json",
             "{\"Manifests\":[],\"manifests\":[{\"digest\":\"" SHA(
                 "1") "\",\"Annotations\":"
                      "{\"io.containerd.image.name\":\"a:1\"},\"annotations\":{\"io.containerd.image."
                      "name\":\"b:1\",\"io.containerd.image.name\":\"c:1\"}}]}",
             NULL}),
        &PODMAN, "index.json=" OCI_INDEX_SENT "\n");
    refuses(FILES({"manifest.json", NULL, "evil.json"}), &DOCKER, "its manifest.json is no file");
}

static void no_single_image(void **state)
{
    (void)state;
    refuses(FILES({"etc/passwd", "root", NULL}), &DOCKER,
            "it has neither manifest.json nor index.json: wanted an archive by docker save or an "
            "OCI archive (docker export makes none)");
    refuses(FILES({"manifest.json", "[{},{}]", NULL}), &DOCKER,
            "its manifest.json lists 2 images; wanted one");
    refuses(FILES({"manifest.json", "[]", NULL}), &DOCKER,
            "its manifest.json lists 0 images; wanted one");
    refuses(FILES({"manifest.json", "{}", NULL}), &DOCKER,
            "its manifest.json is no list of images");
    refuses(FILES({"manifest.json", "[1]", NULL}), &DOCKER, "its manifest.json describes no image");
    refuses(FILES({"index.json", "{\"manifests\":[]}", NULL}), &PODMAN,
            "its index.json lists no image");
    refuses(FILES({"index.json", "{\"manifests\":[{}]}", NULL}), &PODMAN,
            "its index.json lists an image without a digest");
    refuses(FILES({"index.json",
                   "{\"manifests\":[{\"digest\":\"" SHA("1") "\"},{\"digest\":\"" SHA("2") "\"}]}",
                   NULL}),
            &PODMAN, "its index.json lists 2 images; wanted one");
}

static void files_that_cannot_be_used(void **state)
{
    AUTO(image_archive) ImageArchive archive = {.fd = -1};
    AUTO(str) char *missing = home_path("missing.tar");
    AUTO(error) Error *err = image_archive_open(&archive, missing, TAG, &DOCKER);

    (void)state;
    assert_string_equal(err->msg, "cannot be opened: No such file or directory");
    assert_int_equal(err->code, ERR_INVALID);
    error_free(TAKE(err));
    image_archive_clear(&archive);
    err = image_archive_open(&archive, fixture_home, TAG, &DOCKER);
    assert_string_equal(err->msg, "wanted a file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOME_TEST(of_docker_save),
        HOME_TEST(of_docker_25),
        HOME_TEST(of_oci_tools),
        HOME_TEST(of_several_platforms),
        HOME_TEST(hostile_names),
        HOME_TEST(no_single_image),
        HOME_TEST(files_that_cannot_be_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
