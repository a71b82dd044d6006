#include "verify/suggest_yaml.h"

#include <string.h>

#include <utf8proc.h>

/* What no reader takes for anything but this text, in a list, a map or alone. */
static bool is_plain(const char *text)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char *const WORDS[] = {"null", "true", "false", "yes", "no",
                                        "on",   "off",  "y",     "n"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_eq_nocase(text, WORDS[i]))
            return false;
    return (text[0] == '/' || (text[0] && strchr(LETTERS, text[0]))) &&
           text[strspn(
               text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-")] == '\0';
}

/* Characters that YAML does not print as they are (YAML 1.1, c-printable), or takes for line
 * breaks. */
static bool is_printable(utf8proc_int32_t c)
{
    return (c >= 0x20 && c < 0x7f) ||
           (c >= 0xa0 && c != 0x2028 && c != 0x2029 && c != 0xfeff && c < 0xfffe) || c >= 0x10000;
}

static void add_quoted(Buf *out, const char *text)
{
    size_t len = strlen(text);

    buf_adds(out, "\"");
    for (size_t at = 0; at < len;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t taken =
            utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)(len - at), &c);

        if (taken <= 0) {
            buf_adds(out, "\\uFFFD");
            at++;
            continue;
        }
        if (c == '"' || c == '\\')
            buf_addf(out, "\\%c", (int)c);
        else if (is_printable(c))
            buf_addf(out, "%.*s", (int)taken, text + at);
        else
            buf_addf(out, "\\u%04X", (unsigned)c);
        at += (size_t)taken;
    }
    buf_adds(out, "\"");
}

void yaml_text(Buf *out, const char *text)
{
    if (is_plain(text))
        buf_adds(out, text);
    else
        add_quoted(out, text);
}

void yaml_list(Buf *out, const StrList *list)
{
    buf_adds(out, "[");
    for (size_t i = 0; i < list->len; i++) {
        buf_adds(out, i ? ", " : "");
        yaml_text(out, list->items[i]);
    }
    buf_adds(out, "]");
}

/* One line, whatever is in it. */
void yaml_comment(Buf *out, const char *indent, const char *lead, const char *text)
{
    AUTO(str) char *line = text_clean_line(text);
    AUTO(str) char *broken = text_replace(line, "\xe2\x80\xa8", " ");
    AUTO(str) char *safe = text_replace(broken, "\xe2\x80\xa9", " ");

    buf_addf(out, "%s# %s%s\n", indent, lead, safe);
}

void yaml_found(Buf *out, const char *indent, const char *found)
{
    if (found)
        yaml_comment(out, indent, "found: ", found);
}

void yaml_key(Buf *out, const char *key, const char *text)
{
    if (!text)
        return;
    buf_addf(out, "%s: ", key);
    yaml_text(out, text);
    buf_adds(out, "\n");
}

void yaml_map(Buf *out, const char *indent, const StrMap *map)
{
    for (size_t i = 0; i < map->len; i++) {
        buf_adds(out, indent);
        yaml_text(out, map->items[i].key);
        buf_adds(out, ": ");
        yaml_text(out, map->items[i].value);
        buf_adds(out, "\n");
    }
}
