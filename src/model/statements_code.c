#include <ctype.h>
#include <string.h>

#include "base/buffer.h"
#include "model/statements.h"

#define LITERAL_MAX ((size_t)1 << 20)

typedef struct Code {
    const char *at;
    bool hash; /* Python, Ruby: # begins a comment, three quotes a text of many lines */
    bool down; /* within what undoes the migration */
    const char *migration;
    StatementList *list;
} Code;

static const char *const VERBS[] = {"alter",    "begin",  "create", "delete",  "drop",
                                    "insert",   "merge",  "pragma", "replace", "savepoint",
                                    "truncate", "update", "with"};
static const char *const UP[] = {"up", "upgrade", "change", "forward", "forwards"};
static const char *const DOWN[] = {"down", "downgrade", "backward", "backwards", "undo", "revert"};

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_eq_nocase(word, words[i]))
            return true;
    return false;
}

static size_t word_length(const char *text)
{
    size_t len = 0;

    while (isalnum((unsigned char)text[len]) || text[len] == '_')
        len++;
    return len;
}

/* function up(, exports.down =, def downgrade(): what follows belongs to that direction. */
static void read_word(Code *code)
{
    size_t len = word_length(code->at);
    AUTO(str) char *word = xstrndup(code->at, len);

    if (is_one_of(word, UP, COUNT_OF(UP)))
        code->down = false;
    else if (is_one_of(word, DOWN, COUNT_OF(DOWN)))
        code->down = true;
    code->at += len;
}

/* A text that begins as a statement does. */
static void read_literal(Code *code, const char *text)
{
    const char *start = text + strspn(text, " \t\r\n");
    AUTO(str) char *verb = xstrndup(start, word_length(start));

    if (!code->down && is_one_of(verb, VERBS, COUNT_OF(VERBS)))
        statement_list_add_script(code->list, code->migration, text);
}

/* A literal in ' or " ends with its line: what looks like one further on is a regular expression or
 * an apostrophe. */
static void read_string(Code *code)
{
    char quote = *code->at;
    const char triple[] = {quote, quote, quote, '\0'};
    bool is_triple = code->hash && text_starts(code->at, triple);
    bool many_lines = is_triple || quote == '`';
    AUTO(buf) Buf text = BUF_INIT(LITERAL_MAX);
    const char *at = code->at + (is_triple ? 3 : 1);

    while (*at && (is_triple ? !text_starts(at, triple) : *at != quote) &&
           (many_lines || *at != '\n')) {
        bool escaped = *at == '\\' && at[1];
        char c = escaped ? at[1] : *at;

        if (escaped && strchr("nrt\n", c))
            c = ' ';
        at += escaped ? 2 : 1;
        error_ignore(buf_append(&text, &c, 1)); /* beyond the cap nothing is a statement */
    }
    code->at = at + (!*at || (!many_lines && *at == '\n') ? 0 : is_triple ? 3 : 1);
    if (text.len > 0)
        read_literal(code, text.data);
}

static bool skip_comment(Code *code)
{
    const char *end;

    if (code->hash ? *code->at == '#' : text_starts(code->at, "//")) {
        code->at += strcspn(code->at, "\n");
        return true;
    }
    if (code->hash || !text_starts(code->at, "/*"))
        return false;
    end = strstr(code->at + 2, "*/");
    code->at = end ? end + 2 : code->at + strlen(code->at);
    return true;
}

void statement_list_add_code(StatementList *list, const char *migration, const char *text,
                             bool hash)
{
    Code code = {.at = text, .hash = hash, .migration = migration, .list = list};

    list->partial = true;
    while (*code.at) {
        if (skip_comment(&code))
            continue;
        if (*code.at == '\'' || *code.at == '"' || (!hash && *code.at == '`'))
            read_string(&code);
        else if (word_length(code.at) > 0)
            read_word(&code);
        else
            code.at++;
    }
}
