#include "report/github_command.h"

#include <string.h>

#define TITLE_MAX 255

/* Source: actions/toolkit, packages/core/src/command.ts (escapeData, escapeProperty) */
static char *escaped(const char *text, bool property)
{
    AUTO(buf) Buf out = {0};

    for (; *text; text++)
        if (strchr("%\r\n", *text) || (property && strchr(":,", *text)))
            buf_addf(&out, "%%%02X", (unsigned)*text);
        else
            buf_adds(&out, (char[]){*text, '\0'});
    return buf_take(&out);
}

void github_command(FILE *out, const char *name, const char *title, const char *message)
{
    AUTO(str) char *short_message = text_capped(message, GITHUB_MESSAGE_MAX);
    AUTO(str) char *data = escaped(short_message, false);

    if (title) {
        AUTO(str) char *short_title = text_capped(title, TITLE_MAX);
        AUTO(str) char *property = escaped(short_title, true);

        (void)fprintf(out, "::%s title=%s::%s\n", name, property, data);
    } else {
        (void)fprintf(out, "::%s::%s\n", name, data);
    }
}
