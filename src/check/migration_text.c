#include "check/migration_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

#define TOKENS_MAX ((size_t)64 << 20)

typedef struct Reader {
    const char *at;
    MigrationLanguage language;
    Buf out;
    size_t last; /* start of the last token in out */
} Reader;

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static void put(Reader *reader, const char *text, size_t len)
{
    Error *err;

    reader->last = reader->out.len;
    err = buf_append(&reader->out, text, len);
    if (!err)
        err = buf_append(&reader->out, "\n", 1);
    error_free(err); /* texts are 4 MB at most: beyond the cap nothing is compared any more */
}

/* These skip what begins here; false when something else does. */
static bool skip_line(Reader *reader, const char *mark)
{
    if (!text_starts(reader->at, mark))
        return false;
    reader->at += strcspn(reader->at, "\n");
    return true;
}

/* Comments nest in Postgres; elsewhere an opening inside of one is rare. */
static bool skip_block(Reader *reader)
{
    bool nests = reader->language == LANGUAGE_SQL;
    int depth = 0;

    if (!text_starts(reader->at, "/*"))
        return false;
    do {
        if (text_starts(reader->at, "/*") && (nests || depth == 0)) {
            depth++;
            reader->at += 2;
        } else if (text_starts(reader->at, "*/")) {
            depth--;
            reader->at += 2;
        } else {
            reader->at++;
        }
    } while (*reader->at && depth > 0);
    return true;
}

static void skip_to(Reader *reader, const char *end)
{
    const char *found = strstr(reader->at, end);

    reader->at = found ? found + strlen(end) : reader->at + strlen(reader->at);
}

static bool skip_markup(Reader *reader)
{
    if (!text_starts(reader->at, "<!--"))
        return false;
    skip_to(reader, "-->");
    return true;
}

/* A docstring stands alone on its line; a text in three quotes elsewhere is a value. */
static bool skip_docstring(Reader *reader, const char *text)
{
    const char *start = reader->at;
    char quotes[4] = {*start, *start, *start, '\0'};

    if ((*start != '"' && *start != '\'') || !text_starts(start, quotes))
        return false;
    while (start > text && (start[-1] == ' ' || start[-1] == '\t'))
        start--;
    if (start > text && start[-1] != '\n')
        return false;
    reader->at += 3;
    skip_to(reader, quotes);
    return true;
}

static bool skip_space(Reader *reader, const char *text)
{
    if (isspace((unsigned char)*reader->at)) {
        reader->at++;
        return true;
    }
    switch (reader->language) {
    case LANGUAGE_SQL:
        return skip_line(reader, "--") || skip_block(reader);
    case LANGUAGE_C_LIKE:
        return skip_line(reader, "//") || skip_block(reader);
    case LANGUAGE_HASH:
        return skip_line(reader, "#") || skip_docstring(reader, text);
    case LANGUAGE_MARKUP:
        return skip_markup(reader);
    case LANGUAGE_OTHER:
        return false;
    }
    return false;
}

/* A name in quotes that means what it would mean without them. */
static bool is_plain_name(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!islower((unsigned char)text[i]) && text[i] != '_' &&
            (i == 0 || !isdigit((unsigned char)text[i])))
            return false;
    return len > 0;
}

static void read_quoted(Reader *reader)
{
    char quote = *reader->at;
    bool sql = reader->language == LANGUAGE_SQL;
    size_t len = 1;

    while (reader->at[len] && reader->at[len] != quote)
        len += !sql && reader->at[len] == '\\' && reader->at[len + 1] ? 2 : 1;
    if (sql && quote != '\'' && is_plain_name(reader->at + 1, len - 1)) {
        put(reader, reader->at + 1, len - 1);
    } else if (!sql && quote != '`') {
        AUTO(str) char *body = xasprintf("\"%.*s\"", (int)len - 1, reader->at + 1);

        put(reader, body, strlen(body));
    } else {
        put(reader, reader->at, len + (reader->at[len] ? 1 : 0));
    }
    reader->at += len + (reader->at[len] ? 1 : 0);
}

static void read_word(Reader *reader)
{
    size_t len = 0;
    AUTO(str) char *word = NULL;

    while (is_word(reader->at[len]))
        len++;
    word = xstrndup(reader->at, len);
    for (char *c = word; reader->language == LANGUAGE_SQL && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    put(reader, word, len);
    reader->at += len;
}

static void drop_last_if(Reader *reader, char mark)
{
    if (reader->out.len >= 2 && reader->last == reader->out.len - 2 &&
        reader->out.data[reader->last] == mark) {
        reader->out.len -= 2;
        reader->out.data[reader->out.len] = '\0';
        reader->last = reader->out.len;
    }
}

/* Semicolons: in code formatters add them; in SQL several in a row, and the last, say nothing. */
static void read_mark(Reader *reader)
{
    char mark = *reader->at++;

    if (reader->language == LANGUAGE_C_LIKE && mark == ';')
        return;
    if (reader->language == LANGUAGE_SQL && mark == ';')
        drop_last_if(reader, ';');
    if (reader->language != LANGUAGE_SQL && strchr(")]}", mark))
        drop_last_if(reader, ',');
    put(reader, &mark, 1);
}

char *migration_tokens(const char *text, MigrationLanguage language)
{
    Reader reader = {.at = text, .language = language, .out = BUF_INIT(TOKENS_MAX)};
    const char *quotes = language == LANGUAGE_SQL || language == LANGUAGE_C_LIKE ? "'\"`" : "'\"";

    if (text_starts(text, "\xef\xbb\xbf"))
        reader.at += 3;
    while (*reader.at) {
        if (skip_space(&reader, text))
            continue;
        if (strchr(quotes, *reader.at))
            read_quoted(&reader);
        else if (is_word(*reader.at))
            read_word(&reader);
        else
            read_mark(&reader);
    }
    if (language == LANGUAGE_SQL)
        drop_last_if(&reader, ';');
    return reader.out.len > 0 ? buf_take(&reader.out) : xstrdup("");
}

char *migration_lines(const char *text)
{
    AUTO(str) char *unix_ends = text_replace(text, "\r\n", "\n");
    size_t len = strlen(unix_ends);

    while (len > 0 && unix_ends[len - 1] == '\n')
        len--;
    return xstrndup(unix_ends, len);
}
