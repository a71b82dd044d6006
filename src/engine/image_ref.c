#include <ctype.h>
#include <string.h>

#include "base/list.h"
#include "engine/credentials.h"

/* Source: distribution/reference, regexp.go and normalize.go. */

#define NAME_MAX_BYTES 255
#define TAG_MAX_BYTES  128

static bool is_lower_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_alnum(char c)
{
    return is_lower_alnum(c) || (c >= 'A' && c <= 'Z');
}

/* Letters and digits, with ".", "_", "__" or any number of "-" between them. */
static bool is_path_component(const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t run = 0;

        if (!is_lower_alnum(text[i]))
            return false;
        while (i < len && is_lower_alnum(text[i]))
            i++;
        if (i == len)
            return true;
        while (i + run < len && text[i + run] == text[i])
            run++;
        if (!strchr("._-", text[i]) || (text[i] == '.' && run > 1) || (text[i] == '_' && run > 2))
            return false;
        i += run;
    }
    return false;
}

static bool is_path(const char *path)
{
    for (;;) {
        size_t len = strcspn(path, "/");

        if (!is_path_component(path, len))
            return false;
        if (!path[len])
            return true;
        path += len + 1;
    }
}

/* Labels of letters, digits and inner "-", with dots between them. */
static bool is_host(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool edge = i == 0 || i + 1 == len || text[i - 1] == '.' || text[i + 1] == '.';

        if (text[i] == '.' ? edge : !is_alnum(text[i]) && (edge || text[i] != '-'))
            return false;
    }
    return len > 0;
}

/* A host name, or an IPv6 address in brackets; then maybe a port. */
static bool is_registry(const char *text)
{
    const char *port = text + strcspn(text, ":");
    size_t digits;

    if (*text == '[') {
        port = text + 1 + strspn(text + 1, "0123456789abcdefABCDEF:");
        if (port == text + 1 || *port++ != ']')
            return false;
    } else if (!is_host(text, (size_t)(port - text))) {
        return false;
    }
    if (!*port)
        return true;
    digits = strspn(port + 1, "0123456789");
    return *port == ':' && digits > 0 && digits <= 5 && !port[1 + digits];
}

static bool is_tag(const char *tag)
{
    size_t len = strlen(tag);

    if (len == 0 || len > TAG_MAX_BYTES || *tag == '.' || *tag == '-')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_alnum(tag[i]) && !strchr("_.-", tag[i]))
            return false;
    return true;
}

/* algorithm ":" hex; the engine knows sha256, sha384 and sha512 */
static bool is_digest(const char *digest)
{
    size_t name = strcspn(digest, ":");
    size_t hex = digest[name] ? strspn(digest + name + 1, "0123456789abcdef") : 0;

    if (!digest[name] || digest[name + 1 + hex])
        return false;
    return (text_starts(digest, "sha256:") && hex == 64) ||
           (text_starts(digest, "sha384:") && hex == 96) ||
           (text_starts(digest, "sha512:") && hex == 128);
}

/* The first component is a registry when it cannot be a part of a Docker Hub name. */
static bool names_registry(const char *name, size_t len)
{
    if (!name[len])
        return false;
    for (size_t i = 0; i < len; i++)
        if (name[i] == '.' || name[i] == ':' || (name[i] >= 'A' && name[i] <= 'Z'))
            return true;
    return len == strlen("localhost") && text_starts(name, "localhost");
}

static void split_name(const char *name, ImageRef *ref)
{
    size_t first = strcspn(name, "/");

    if (!names_registry(name, first)) {
        ref->registry = xstrdup("docker.io");
        ref->repository = xstrdup(name);
    } else {
        ref->registry = xstrndup(name, first);
        ref->repository = xstrdup(name + first + 1);
    }
    if (text_eq(ref->registry, "index.docker.io")) {
        free(ref->registry);
        ref->registry = xstrdup("docker.io");
    }
    if (text_eq(ref->registry, "docker.io") && !strchr(ref->repository, '/')) {
        char *official = xasprintf("library/%s", ref->repository);

        free(ref->repository);
        ref->repository = official;
    }
}

static Error *refuse(const char *text, const char *why)
{
    AUTO(str) char *shown = text_clean_line(text);

    return error_new(ERR_INVALID, 0, "image reference '%s': %s", shown, why);
}

static Error *check_name(const char *text, const char *name, const ImageRef *ref)
{
    if (!*name)
        return refuse(text, "there is no repository name");
    if (strlen(name) > NAME_MAX_BYTES)
        return refuse(text, "the repository name is longer than 255 bytes");
    if (strlen(name) == 64 && strspn(name, "0123456789abcdef") == 64)
        return refuse(text, "64 hex digits are an image id, not a name");
    if (!is_registry(ref->registry))
        return refuse(text, "the registry is not a host name with an optional port");
    if (is_path(ref->repository))
        return NULL;
    for (const char *at = ref->repository; *at; at++)
        if (isupper((unsigned char)*at))
            return refuse(text, "the repository name must be lower case");
    return refuse(text, "the repository name may have lower-case letters, digits and single "
                        "separators ('.', '_', '__', '-') between them");
}

Error *image_ref_parse(const char *text, ImageRef *ret_ref)
{
    AUTO(image_ref) ImageRef ref = {0};
    AUTO(str) char *name = xstrdup(text);
    char *at = strchr(name, '@');
    char *colon;

    if (at) {
        *at = '\0';
        ref.digest = xstrdup(at + 1);
        if (!is_digest(ref.digest))
            return refuse(text, "the digest is not 'sha256:' and 64 hex digits");
    }
    /* a colon before the last slash belongs to the registry's port */
    colon = strrchr(name, ':');
    if (colon && !strchr(colon, '/')) {
        *colon = '\0';
        ref.tag = xstrdup(colon + 1);
        if (!is_tag(ref.tag))
            return refuse(text, "the tag may have letters, digits, '_', '.' and '-', 128 at most, "
                                "and begins with neither '.' nor '-'");
    }
    split_name(name, &ref);
    TRY(check_name(text, name, &ref));
    *ret_ref = ref;
    ref = (ImageRef){0};
    return NULL;
}

void image_ref_clear(ImageRef *ref)
{
    free(ref->registry);
    free(ref->repository);
    free(ref->tag);
    free(ref->digest);
    *ref = (ImageRef){0};
}
