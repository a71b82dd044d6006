#include "report/markup.h"

#include <string.h>

static const char *entity_of(char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
        return "&#10;";
    case '\t':
        return "&#9;";
    default: /* every other character stands for itself */
        return "";
    }
}

static void put(Buf *out, const char *text, const char *marks)
{
    while (text && *text) {
        size_t plain = strcspn(text, marks);

        buf_addf(out, "%.*s", (int)plain, text);
        text += plain;
        if (*text)
            buf_adds(out, entity_of(*text++));
    }
}

void markup_text(Buf *out, const char *text)
{
    put(out, text, "&<>\"'");
}

void markup_attribute(Buf *out, const char *text)
{
    put(out, text, "&<>\"'\n\t");
}
