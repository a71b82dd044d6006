#include <string.h>

#include <utf8proc.h>

#include "tar/internal.h"

/* Patterns mean what Docker's clients take them for. Source: the engine's pattern matcher
 * (github.com/moby/patternmatcher). It makes a regular expression of each; here they
 * are small automata, so that no pattern takes more than its length times that of the path. */

typedef enum NodeKind {
    NODE_CHAR,
    NODE_ANY,   /* ? */
    NODE_CLASS, /* [a-z] */
    NODE_STAR,  /* *: anything but / */
    NODE_SKIP,  /* before a NODE_DEEP: it may match nothing */
    NODE_DEEP,  /* ** and a /: any folders, up to and with a / */
    NODE_REST,  /* ** at an end: anything */
} NodeKind;

typedef struct Range {
    int32_t low, high;
} Range;

typedef struct Node {
    NodeKind kind;
    int32_t ch;
    bool negated;

    struct {
        Range *items;
        size_t len, cap;
    } ranges;
} Node;

typedef struct Pattern {
    Node *items;
    size_t len, cap;
    bool is_exception; /* "!" */
} Pattern;

struct TarIgnore {
    Pattern *items;
    size_t len, cap;
};

/* One character; a byte that is no UTF-8 counts as one of its own. */
static int32_t take_char(const char **at)
{
    utf8proc_int32_t ch;
    utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)*at, -1, &ch);

    if (len > 0) {
        *at += len;
        return ch;
    }
    return 0x110000 + (unsigned char)*(*at)++;
}

static void add_node(Pattern *pattern, NodeKind kind, int32_t ch)
{
    LIST_PUSH(pattern, ((Node){.kind = kind, .ch = ch}));
}

static Error *bad(const char *why)
{
    return error_new(ERR_INVALID, 0, "%s", why);
}

/* A character of a class; the rules are those of Go's filepath.Match. */
static Error *take_class_char(const char **at, int32_t *ret_ch)
{
    if (**at == '-' || **at == ']')
        return bad("a range in [...] lacks a character");
    if (**at == '\\')
        ++*at;
    if (**at == '\0')
        return bad("a '[' is not closed");
    *ret_ch = take_char(at);
    return NULL;
}

static Error *take_class(const char **at, Pattern *pattern)
{
    Node *node;

    add_node(pattern, NODE_CLASS, 0);
    node = &pattern->items[pattern->len - 1];
    node->negated = **at == '^';
    *at += node->negated ? 1 : 0;
    while (**at != ']' || node->ranges.len == 0) {
        Range range = {0};

        TRY(take_class_char(at, &range.low));
        range.high = range.low;
        if (**at == '-') {
            ++*at;
            TRY(take_class_char(at, &range.high));
        }
        if (range.high < range.low)
            return bad("a range in [...] runs backwards");
        LIST_PUSH(&node->ranges, range);
    }
    ++*at;
    return NULL;
}

/* What follows a "**"; is_first: the pattern begins with it. */
static void take_deep(const char **at, bool is_first, Pattern *pattern)
{
    bool slash = **at == '/';

    *at += slash ? 1 : 0;
    /* "**x" with nothing special in x is taken for a suffix, whatever stands before it */
    if (**at == '\0' || (is_first && !slash && !strpbrk(*at, "*?[]\\"))) {
        add_node(pattern, NODE_REST, 0);
        return;
    }
    add_node(pattern, NODE_SKIP, 0);
    add_node(pattern, NODE_DEEP, 0);
}

static Error *compile(const char *text, Pattern *pattern)
{
    const char *at = text;

    while (*at) {
        int32_t ch = take_char(&at);

        if (ch == '*' && *at == '*') {
            ++at;
            take_deep(&at, at == text + 2, pattern);
        } else if (ch == '*') {
            add_node(pattern, NODE_STAR, 0);
        } else if (ch == '?') {
            add_node(pattern, NODE_ANY, 0);
        } else if (ch == '[') {
            TRY(take_class(&at, pattern));
        } else if (ch == '\\') {
            if (*at == '\0')
                return bad("a '\\' at the end");
            add_node(pattern, NODE_CHAR, take_char(&at));
        } else {
            add_node(pattern, NODE_CHAR, ch);
        }
    }
    return NULL;
}

/* As Go's filepath.Clean: no empty parts, no ".", ".." resolved. Caller frees. */
static char *clean_path(const char *path)
{
    AUTO(str_list) StrList parts = {0};
    AUTO(str_list) StrList kept = {0};
    AUTO(str) char *joined = NULL;
    bool rooted = path[0] == '/';

    str_list_split(path, '/', &parts);
    for (size_t i = 0; i < parts.len; i++) {
        const char *part = parts.items[i];
        bool up = strcmp(part, "..") == 0;

        if (*part == '\0' || strcmp(part, ".") == 0)
            continue;
        if (up && kept.len > 0 && strcmp(kept.items[kept.len - 1], "..") != 0)
            free(kept.items[--kept.len]);
        else if (!up || !rooted)
            str_list_add(&kept, part);
    }
    if (kept.len == 0)
        return xstrdup(rooted ? "/" : ".");
    joined = str_list_join(&kept, "/");
    return xasprintf("%s%s", rooted ? "/" : "", joined);
}

static void pattern_clear(Pattern *pattern)
{
    for (size_t i = 0; i < pattern->len; i++)
        free(pattern->items[i].ranges.items);
    free(pattern->items);
    *pattern = (Pattern){0};
}

DEFINE_AUTO_VALUE(pattern, Pattern, pattern_clear)

static Error *take_line(TarIgnore *ignore, const char *line)
{
    AUTO(pattern) Pattern pattern = {0};
    AUTO(str) char *text = NULL;
    AUTO(str) char *cleaned = NULL;

    if (line[0] == '#')
        return NULL;
    text = text_trim(line);
    if (text[0] == '\0')
        return NULL;
    if (text[0] == '!') {
        char *rest = text_trim(text + 1);

        free(text);
        text = rest;
        pattern.is_exception = true;
        if (text[0] == '\0')
            return bad("nothing behind the '!'");
    }
    cleaned = clean_path(text);
    TRY(compile(cleaned[0] == '/' && cleaned[1] ? cleaned + 1 : cleaned, &pattern));
    LIST_PUSH(ignore, pattern);
    pattern = (Pattern){0};
    return NULL;
}

Error *tar_ignore_parse(const char *text, const char *what, TarIgnore **ret_ignore)
{
    AUTO(tar_ignore) TarIgnore *ignore = xcalloc(1, sizeof *ignore);
    AUTO(str_list) StrList lines = {0};

    if (text_starts(text, "\xef\xbb\xbf")) /* byte order mark */
        text += 3;
    str_list_split(text, '\n', &lines);
    for (size_t i = 0; i < lines.len; i++)
        TRY_CTX(take_line(ignore, lines.items[i]), "%s:%zu", what, i + 1);
    *ret_ignore = TAKE(ignore);
    return NULL;
}

static bool in_class(const Node *node, int32_t ch)
{
    for (size_t i = 0; i < node->ranges.len; i++)
        if (ch >= node->ranges.items[i].low && ch <= node->ranges.items[i].high)
            return !node->negated;
    return node->negated;
}

/* Mark what can be reached without a character. */
static void close_over(const Pattern *pattern, bool *states)
{
    for (size_t i = 0; i < pattern->len; i++) {
        NodeKind kind = pattern->items[i].kind;

        if (!states[i])
            continue;
        if (kind == NODE_STAR || kind == NODE_REST || kind == NODE_SKIP)
            states[i + 1] = true;
        if (kind == NODE_SKIP)
            states[i + 2] = true; /* behind its NODE_DEEP */
    }
}

static void step(const Pattern *pattern, const bool *from, int32_t ch, bool *to)
{
    for (size_t i = 0; i < pattern->len; i++) {
        const Node *node = &pattern->items[i];

        if (!from[i])
            continue;
        switch (node->kind) {
        case NODE_CHAR:
            to[i + 1] |= ch == node->ch;
            break;
        case NODE_ANY:
            to[i + 1] |= ch != '/';
            break;
        case NODE_CLASS:
            to[i + 1] |= in_class(node, ch);
            break;
        case NODE_STAR:
            to[i] |= ch != '/';
            break;
        case NODE_SKIP:
            break;
        case NODE_DEEP:
            to[i] = true;
            to[i + 1] |= ch == '/';
            break;
        case NODE_REST:
            to[i] = true;
            break;
        }
    }
    close_over(pattern, to);
}

/* Does it match the path, or one of the folders above it? */
static bool pattern_matches(const Pattern *pattern, const char *path)
{
    size_t count = pattern->len + 1;
    bool *states = xcalloc(2 * count, sizeof *states), *now = states, *next = states + count;
    bool matched = false;

    now[0] = true;
    close_over(pattern, now);
    while (*path && !matched) {
        int32_t ch = take_char(&path);
        bool *swap = now;

        matched = ch == '/' && now[pattern->len];
        memset(next, 0, count * sizeof *next);
        step(pattern, now, ch, next);
        now = next;
        next = swap;
    }
    matched = matched || now[pattern->len];
    free(states);
    return matched;
}

bool tar_ignore_matches(const TarIgnore *ignore, const char *path)
{
    bool matched = false;

    for (size_t i = 0; ignore && i < ignore->len; i++)
        if (ignore->items[i].is_exception == matched && pattern_matches(&ignore->items[i], path))
            matched = !matched;
    return matched;
}

bool tar_ignore_has_exceptions(const TarIgnore *ignore)
{
    for (size_t i = 0; ignore && i < ignore->len; i++)
        if (ignore->items[i].is_exception)
            return true;
    return false;
}

void tar_ignore_free(TarIgnore *ignore)
{
    if (!ignore)
        return;
    for (size_t i = 0; i < ignore->len; i++)
        pattern_clear(&ignore->items[i]);
    free(ignore->items);
    free(ignore);
}
