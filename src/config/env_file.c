#include "config/env_file.h"

#include <ctype.h>
#include <string.h>

#include <utf8proc.h>

#include "base/buffer.h"

#define PAIRS_MAX 10000

typedef struct Reader {
    const char *at, *name;
    size_t line;
} Reader;

static Error *fail(const Reader *reader, const char *what)
{
    return error_new(ERR_INVALID, 0, "%s:%zu: %s", reader->name, reader->line, what);
}

static void skip_blanks(Reader *reader)
{
    reader->at += strspn(reader->at, " \t");
}

static bool at_line_end(const Reader *reader)
{
    return !*reader->at || *reader->at == '\n' || (reader->at[0] == '\r' && reader->at[1] == '\n');
}

static void skip_line(Reader *reader)
{
    reader->at += strcspn(reader->at, "\n");
    if (*reader->at == '\n') {
        reader->at++;
        reader->line++;
    }
}

/* A name as variables have them; dots and dashes occur in practice. */
static Error *take_key(Reader *reader, char **ret_key)
{
    const char *start = reader->at;
    const char *end = start;

    while (isalnum((unsigned char)*end) || (*end && strchr("_.-", *end)))
        end++;
    reader->at = end;
    skip_blanks(reader);
    if (*reader->at != '=')
        return fail(reader, end == start || !at_line_end(reader)
                                ? "wanted KEY=value, found another character before ="
                                : "wanted KEY=value, found no =");
    if (end == start)
        return fail(reader, "wanted KEY=value, found no name before =");
    reader->at++;
    *ret_key = xstrndup(start, (size_t)(end - start));
    return NULL;
}

static Error *add(Buf *value, const char *bytes, size_t len)
{
    return buf_append(value, bytes, len);
}

static Error *take_single(Reader *reader, Buf *value)
{
    const char *start = reader->at + 1;
    const char *end = strchr(start, '\'');

    if (!end)
        return fail(reader, "the quote ' is not closed");
    for (const char *at = start; at < end; at++)
        reader->line += *at == '\n';
    reader->at = end + 1;
    return add(value, start, (size_t)(end - start));
}

/* What a backslash and this letter mean in double quotes; '\0': nothing. */
static char unescape(char letter)
{
    switch (letter) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case '"':
    case '\\':
    case '$':
    case '`':
        return letter;
    default:
        return '\0';
    }
}

static Error *take_double(Reader *reader, Buf *value)
{
    size_t first_line = reader->line;

    for (reader->at++; *reader->at != '"'; reader->at++) {
        char meant = *reader->at == '\\' ? unescape(reader->at[1]) : '\0';

        if (!*reader->at) {
            reader->line = first_line;
            return fail(reader, "the quote \" is not closed");
        }
        if (meant) {
            reader->at++;
            TRY(add(value, &meant, 1));
            continue;
        }
        reader->line += *reader->at == '\n';
        TRY(add(value, reader->at, 1));
    }
    reader->at++;
    return NULL;
}

/* Pieces that touch, as `export -p` writes them: 'it'\''s'. */
static Error *take_quoted(Reader *reader, Buf *value)
{
    while (!at_line_end(reader) && *reader->at != ' ' && *reader->at != '\t') {
        if (*reader->at == '\'') {
            TRY(take_single(reader, value));
        } else if (*reader->at == '"') {
            TRY(take_double(reader, value));
        } else {
            if (*reader->at == '\\' && reader->at[1] && reader->at[1] != '\n')
                reader->at++;
            TRY(add(value, reader->at++, 1));
        }
    }
    skip_blanks(reader);
    if (!at_line_end(reader) && *reader->at != '#')
        return fail(reader, "wanted the end of the line after the closing quote, found more");
    return NULL;
}

/* Up to the end of the line, or a # with a blank before it. */
static Error *take_bare(Reader *reader, Buf *value)
{
    const char *start = reader->at;
    const char *end = start;

    while (*end && *end != '\n' && !(*end == '#' && strchr(" \t", end[-1])))
        end++;
    while (end > start && isspace((unsigned char)end[-1]))
        end--;
    return add(value, start, (size_t)(end - start));
}

static Error *take_pair(Reader *reader, StrMap *pairs)
{
    AUTO(str) char *key = NULL;
    AUTO(buf) Buf value = BUF_INIT(1 << 20);

    if (strncmp(reader->at, "export", 6) == 0 && strchr(" \t", reader->at[6]) && reader->at[6]) {
        reader->at += 6;
        skip_blanks(reader);
    }
    TRY(take_key(reader, &key));
    skip_blanks(reader);
    if (*reader->at == '\'' || *reader->at == '"')
        TRY(take_quoted(reader, &value));
    else
        TRY(take_bare(reader, &value));
    if (pairs->len >= PAIRS_MAX)
        return fail(reader, "more variables than any program needs");
    str_map_set(pairs, key, buf_text(&value));
    return NULL;
}

static Error *check_text(const char *text, size_t len, const char *name)
{
    Reader reader = {text, name, 1};

    for (size_t i = 0; i < len;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text + i,
                                                 (utf8proc_ssize_t)(len - i), &code);

        if (used <= 0 || code == 0)
            return fail(&reader, code == 0 && used > 0 ? "wanted text, found a NUL byte"
                                                       : "wanted UTF-8, found other bytes");
        reader.line += code == '\n';
        i += (size_t)used;
    }
    return NULL;
}

Error *env_file_parse(const char *text, size_t len, const char *name, StrMap *pairs)
{
    Reader reader = {text, name, 1};

    TRY(check_text(text, len, name));
    if (text_starts(text, "\xef\xbb\xbf"))
        reader.at += 3;
    while (*reader.at) {
        skip_blanks(&reader);
        if (*reader.at && *reader.at != '#' && !at_line_end(&reader))
            TRY(take_pair(&reader, pairs));
        skip_line(&reader);
    }
    return NULL;
}
