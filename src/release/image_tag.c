#include <string.h>

#include "base/buffer.h"
#include "model/version.h"
#include "release/choice.h"

/* Source: OCI distribution specification, "reference as a tag": [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}
 */
#define IMAGE_TAG_MAX 128

typedef struct Filling {
    const Release *release;
    Version version;
    char *shown; /* the release's tag for messages */
} Filling;

/* The text of the version's part number index as it is written: 08 of 2026.08.01. NULL: none. */
static char *part_text(const Filling *filling, size_t index)
{
    const char *at = filling->release->tag + filling->version.number_at;

    if (filling->version.kind == VERSION_NONE || index >= filling->version.count)
        return NULL;
    for (; index > 0; index--) {
        at += strspn(at, "0123456789");
        at += strcspn(at, "0123456789");
    }
    return xstrndup(at, strspn(at, "0123456789"));
}

static Error *cannot_fill(const Filling *filling, const char *name)
{
    if (text_eq(name, "sha"))
        return error_new(ERR_INVALID, 0,
                         "tag: {sha} cannot be filled for release '%s': the source does not tell "
                         "its commit; 'releases.source: git' does",
                         filling->shown);
    return error_new(ERR_INVALID, 0, "tag: {%s} cannot be filled for release '%s': %s", name,
                     filling->shown,
                     filling->version.kind == VERSION_NONE ? "it is no version"
                                                           : "its version has no such part");
}

static Error *placeholder(const Filling *filling, const char *name, char **ret_text)
{
    static const char *const NAMES[] = {"tag", "version", "major", "minor", "patch", "sha"};
    const Release *release = filling->release;
    char *text = NULL;

    if (text_eq(name, "tag"))
        text = xstrdup(release->tag);
    else if (text_eq(name, "version"))
        text = filling->version.kind == VERSION_NONE
                   ? NULL
                   : xstrdup(release->tag + filling->version.number_at);
    else if (text_eq(name, "major"))
        text = part_text(filling, 0);
    else if (text_eq(name, "minor"))
        text = part_text(filling, 1);
    else if (text_eq(name, "patch"))
        text = part_text(filling, 2);
    else if (text_eq(name, "sha"))
        text = xstrdup_null(release->sha);
    else {
        const char *nearest = text_nearest(name, NAMES, COUNT_OF(NAMES));

        return error_new(ERR_INVALID, 0,
                         "tag: {%s} is no placeholder%s%s%s (wanted {tag}, {version}, {major}, "
                         "{minor}, {patch} or {sha})",
                         name, nearest ? "; did you mean {" : "", nearest ? nearest : "",
                         nearest ? "}?" : "");
    }
    if (!text)
        return cannot_fill(filling, name);
    *ret_text = text;
    return NULL;
}

static Error *fill(const Filling *filling, const char *pattern, Buf *tag)
{
    while (*pattern) {
        size_t len = strcspn(pattern, "{");
        const char *end;
        AUTO(str) char *name = NULL;
        AUTO(str) char *text = NULL;

        TRY(buf_append(tag, pattern, len));
        pattern += len;
        if (!*pattern)
            break;
        end = strchr(pattern, '}');
        if (!end)
            return error_new(ERR_INVALID, 0, "tag: '%s' wants a closing }", pattern);
        name = xstrndup(pattern + 1, (size_t)(end - pattern - 1));
        TRY(placeholder(filling, name, &text));
        TRY(buf_append(tag, text, strlen(text)));
        pattern = end + 1;
    }
    return NULL;
}

static Error *check_image_tag(const Filling *filling, const char *tag)
{
    static const char WORD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    AUTO(str) char *shown = text_clean_line(tag);
    size_t good = strspn(tag, WORD);

    while (good > 0 && (tag[good] == '.' || tag[good] == '-'))
        good += 1 + strspn(tag + good + 1, WORD);
    if (!tag[good] && good > 0 && good <= IMAGE_TAG_MAX)
        return NULL;
    if (good > IMAGE_TAG_MAX)
        return error_new(ERR_INVALID, 0,
                         "tag: release '%s' gives an image tag of more than %d characters",
                         filling->shown, IMAGE_TAG_MAX);
    return error_new(ERR_INVALID, 0,
                     "tag: release '%s' gives '%s', which no image tag can be (letters, digits, _, "
                     ". and - only): set another pattern, such as {version}",
                     filling->shown, shown);
}

static Error *fill_checked(const Filling *filling, const char *pattern, char **ret_tag)
{
    AUTO(buf) Buf tag = BUF_INIT(4096);

    TRY(fill(filling, pattern, &tag));
    TRY(check_image_tag(filling, buf_text(&tag)));
    *ret_tag = buf_take(&tag);
    return NULL;
}

Error *release_image_tag(const char *pattern, const Release *release, char **ret_tag)
{
    AUTO(error) Error *err = NULL;
    Filling filling = {.release = release, .shown = text_clean_line(release->tag)};

    version_parse(release->tag, &filling.version);
    err = fill_checked(&filling, pattern, ret_tag);
    version_clear(&filling.version);
    free(filling.shown);
    return TAKE(err);
}
