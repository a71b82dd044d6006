#include "report/markdown_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Behind it a mention or a reference is none any more, and nobody sees it. */
#define NO_REFERENCE "&#8203;"

static void put(Buf *out, char byte)
{
    buf_adds(out, (char[]){byte, '\0'});
}

static bool is_word(char byte)
{
    return isalnum((unsigned char)byte) || (unsigned char)byte >= 0x80;
}

/* "1." and "1)" at the beginning. */
static bool begins_list(const char *text, const char *at)
{
    return at > text && (at[1] == ' ' || !at[1]) &&
           strspn(text, "0123456789") == (size_t)(at - text);
}

/* "www." and "scheme://" become links by themselves, "#1", "GH-1" and "@name" references; within a
 * word an underscore is nothing. Source: GitHub Flavored Markdown 0.29, 6.2, 6.4 and 6.9; GitHub
 * Docs "Autolinked references and URLs" */
static const char *escape_of(const char *text, const char *at)
{
    char before = at > text ? at[-1] : '\0';

    switch (*at) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '$': /* mathematics */
        return "&#36;";
    case '\\':
        return "\\\\";
    case '`':
        return "\\`";
    case '*':
        return "\\*";
    case '[':
        return "\\[";
    case ']':
        return "\\]";
    case '~':
        return "\\~";
    case '|':
        return "\\|";
    case '_':
        return is_word(before) && is_word(at[1]) ? NULL : "\\_";
    case ':':
        return at[1] == '/' ? "\\:" : NULL;
    case '.':
        return begins_list(text, at) || (at - text >= 3 && strncasecmp(at - 3, "www", 3) == 0)
                   ? "\\."
                   : NULL;
    case ')':
        return begins_list(text, at) ? "\\)" : NULL;
    case '+':
    case '=':
        return at == text ? (*at == '+' ? "\\+" : "\\=") : NULL;
    case '@':
        return "@" NO_REFERENCE;
    case '#':
        return "#" NO_REFERENCE;
    case '-':
        if (at == text)
            return "\\-";
        return at - text >= 2 && strncasecmp(at - 2, "GH", 2) == 0 ? "-" NO_REFERENCE : NULL;
    default: /* every other character stands for itself */
        return NULL;
    }
}

/* Where quoting by backticks would need care (a table, a blank at an end), every mark is written by
 * its number instead. */
static void code_by_numbers(Buf *out, const char *text)
{
    buf_adds(out, "<code>");
    for (; *text; text++)
        if (ispunct((unsigned char)*text) || *text == '\n')
            buf_addf(out, "&#%d;", *text == '\n' ? ' ' : *text);
        else
            put(out, *text);
    buf_adds(out, "</code>");
}

void md_code(Buf *out, const char *text)
{
    size_t len = text ? strlen(text) : 0;

    if (len == 0)
        buf_adds(out, "(none)");
    else if (strpbrk(text, "`|\\\n") || text[0] == ' ' || text[len - 1] == ' ')
        code_by_numbers(out, text);
    else
        buf_addf(out, "`%s`", text);
}

/* Our own texts quote by backticks. @return behind the closing one, NULL when there is none */
static const char *put_quoted(Buf *out, const char *text)
{
    size_t len = strcspn(text, "`\n");
    AUTO(str) char *quoted = xstrndup(text, len);

    if (len == 0 || text[len] != '`')
        return NULL;
    md_code(out, quoted);
    return text + len + 1;
}

void md_text(Buf *out, const char *text)
{
    for (const char *at = text; *at;) {
        const char *behind = *at == '`' ? put_quoted(out, at + 1) : NULL;
        const char *escape = behind ? "" : escape_of(text, at);

        if (escape)
            buf_adds(out, escape);
        else
            put(out, *at == '\n' || *at == '\t' ? ' ' : *at);
        at = behind ? behind : at + 1;
    }
}

static size_t longest_run(const char *text, char mark)
{
    size_t longest = 0, run = 0;

    for (; *text; text++) {
        run = *text == mark ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

void md_fence(Buf *out, const char *text)
{
    size_t len = strlen(text), ticks = longest_run(text, '`') + 1;
    AUTO(str) char *fence = xmalloc((ticks < 3 ? 3 : ticks) + 1);

    ticks = ticks < 3 ? 3 : ticks;
    memset(fence, '`', ticks);
    fence[ticks] = '\0';
    buf_addf(out, "%stext\n%s%s%s\n", fence, text, len > 0 && text[len - 1] == '\n' ? "" : "\n",
             fence);
}
