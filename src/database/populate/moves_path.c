/* Documents that a path of SQL/JSON finds something in: $.items[*] ? (@.qty > 0). */

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"
#include "database/populate/moves_parts.h"
#include "database/populate/pattern.h"

enum { DEPTH_MAX = 20 };

#define MARK "\x01%zu\x01" /* in the document: a text that is computed */

typedef struct PathReader {
    const PopMover *mover;
    const char *at;
    int depth;
    StrList *texts; /* SQL, by the marks' numbers */
} PathReader;

static void skip_blanks(PathReader *reader)
{
    while (isspace((unsigned char)*reader->at))
        reader->at++;
}

/* ".key" and ".\"key\"" where the reader is; NULL: none, or a method. */
static char *read_key(PathReader *reader)
{
    const char *at = reader->at + 1;
    size_t len;

    if (*reader->at != '.')
        return NULL;
    if (*at == '"') {
        len = strcspn(at + 1, "\"");
        reader->at = at + 1 + len + (at[1 + len] ? 1 : 0);
        return xstrndup(at + 1, len);
    }
    if (*at == '*') {
        reader->at = at + 1;
        return xstrdup("name");
    }
    for (len = 0; isalnum((unsigned char)at[len]) || at[len] == '_'; len++)
        ;
    if (len == 0 || at[len] == '(')
        return NULL;
    reader->at = at + len;
    return xstrndup(at, len);
}

/* A text for: like_regex "^[0-9]{6}$". */
static char *read_regex(PathReader *reader)
{
    const PopContext *context = reader->mover->context;
    AUTO(str) char *written = NULL, *pattern = NULL, *sql = NULL;
    size_t len;
    bool distinct;

    reader->at += strcspn(reader->at, "\")");
    if (*reader->at != '"')
        return xstrdup("\"amber\"");
    len = strcspn(++reader->at, "\"");
    written = xstrndup(reader->at, len);
    reader->at += len + (reader->at[len] ? 1 : 0);
    pattern = text_replace(written, "\\\\", "\\");
    sql = pop_pattern(context, PATTERN_REGEX, pattern, 0, 0,
                      pop_salt(context, reader->mover->table->place, "", 78), &distinct);
    if (!sql)
        return xstrdup("\"amber\"");
    str_list_add(reader->texts, sql);
    return xasprintf("\"" MARK "\"", reader->texts->len - 1);
}

/* What the comparison behind a path wants there, as JSON. */
static char *read_wanted(PathReader *reader)
{
    char op[3] = "";
    size_t len;
    AUTO(str) char *literal = NULL;

    reader->at += text_starts(reader->at, ".type()") ? 7 : 0;
    skip_blanks(reader);
    if (text_starts(reader->at, "like_regex"))
        return read_regex(reader);
    for (len = 0; len < 2 && *reader->at && strchr("<>=!", *reader->at); len++)
        op[len] = *reader->at++;
    skip_blanks(reader);
    if (text_starts(reader->at, "starts with"))
        reader->at += strlen("starts with");
    else if (len == 0)
        return xstrdup("\"amber\"");
    skip_blanks(reader);
    len = *reader->at == '"' ? 2 + strcspn(reader->at + 1, "\"") : strcspn(reader->at, " )&|");
    literal = xstrndup(reader->at, len);
    reader->at += strlen(literal);
    if (text_eq(literal, "\"object\""))
        return xstrdup("{}");
    if (text_eq(literal, "\"array\""))
        return xstrdup("[]");
    if (text_eq(literal, "\"number\""))
        return xstrdup("1");
    if (isdigit((unsigned char)literal[0]) && (op[0] == '>' || op[0] == '!') && op[1] != '=')
        return xasprintf("%ld", strtol(literal, NULL, 10) + 1);
    if (isdigit((unsigned char)literal[0]) && op[0] == '<' && op[1] != '=')
        return xasprintf("%ld", strtol(literal, NULL, 10) - 1);
    return literal[0] ? TAKE(literal) : xstrdup("1");
}

/* All that a filter asks of @, as one object, or as the value that @ itself is to be. */
static char *read_filter(PathReader *reader, char root)
{
    AUTO(str_list) StrList pairs = {0};
    AUTO(str) char *inner = NULL, *whole = NULL;
    int open = 0;

    for (; *reader->at && open >= 0; reader->at += *reader->at ? 1 : 0) {
        AUTO(str) char *key = NULL, *value = NULL;

        open += *reader->at == '(' ? 1 : *reader->at == ')' ? -1 : 0;
        if (*reader->at != root)
            continue;
        reader->at++;
        key = read_key(reader);
        if (key && *reader->at == '.' && isalpha((unsigned char)reader->at[1])) {
            PathReader before = *reader;
            AUTO(str) char *deeper = read_key(reader);

            if (deeper) {
                AUTO(str) char *leaf = read_wanted(reader);

                value = xasprintf("{\"%s\": %s}", deeper, leaf);
            } else {
                *reader = before;
            }
        }
        if (!value)
            value = read_wanted(reader);
        if (key)
            str_list_addf(&pairs, "\"%s\": %s", key, value);
        else if (!whole)
            whole = TAKE(value);
        reader->at--; /* the loop passes what ended it, which may be a parenthesis */
    }
    inner = str_list_join(&pairs, ", ");
    return pairs.len > 0 || !whole ? xasprintf("{%s}", inner) : TAKE(whole);
}

/* The document from where the reader is on. */
static char *read_steps(PathReader *reader)
{
    AUTO(str) char *key = NULL, *rest = NULL;

    skip_blanks(reader);
    if (++reader->depth > DEPTH_MAX)
        return xstrdup("1");
    if (*reader->at == '[') {
        reader->at += strcspn(reader->at, "]");
        reader->at += *reader->at ? 1 : 0;
        rest = read_steps(reader);
        return xasprintf("[%s]", rest);
    }
    if (*reader->at == '?') {
        reader->at += strcspn(reader->at, "(");
        reader->at += *reader->at ? 1 : 0;
        return read_filter(reader, '@');
    }
    key = read_key(reader);
    if (!key)
        return read_wanted(reader);
    rest = read_steps(reader);
    return xasprintf("{\"%s\": %s}", key, rest);
}

void pop_move_path(PopMover *mover, const PopNode *document, const char *path)
{
    AUTO(str_list) StrList texts = {0};
    PathReader reader = {.mover = mover, .at = path, .texts = &texts};
    AUTO(str) char *json = NULL, *literal = NULL, *value = NULL, *merged = NULL;

    skip_blanks(&reader);
    if (text_starts(reader.at, "strict ") || text_starts(reader.at, "lax "))
        reader.at += strcspn(reader.at, " ") + 1;
    if (*reader.at == '$') {
        reader.at++;
        json = read_steps(&reader);
    } else {
        json = read_filter(&reader, '$');
    }
    literal = pop_literal(mover->context, json);
    for (size_t i = 0; i < texts.len; i++) {
        AUTO(str) char *mark = xasprintf(MARK, i);
        AUTO(str) char *joined = xasprintf("' || (%s) || '", texts.items[i]);
        AUTO(str) char *before = literal;

        literal = text_replace(before, mark, joined);
    }
    value = xasprintf("CAST((%s) AS jsonb)", literal);
    merged =
        xasprintf("(CASE WHEN jsonb_typeof(CAST(%s AS jsonb)) = 'object' THEN CAST(%s AS jsonb) "
                  "ELSE '{}' END || %s)",
                  document->sql, document->sql, value);
    pop_move_reach(mover, document, merged);
    pop_move_reach(mover, document, value);
}
