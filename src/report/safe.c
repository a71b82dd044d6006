#include "report/safe.h"

#include <string.h>

#include "base/buffer.h"
#include "base/secret.h"

/* Recognised anywhere in a line: GitHub's old form, Azure's, TeamCity's. Source: actions/runner
 * ActionCommandManager; the documentation of Azure Pipelines and of TeamCity service messages. */
static const char *const COMMANDS[] = {"##[", "##vso[", "##teamcity["};

static void break_commands(char **text)
{
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
        AUTO(str) char *broken = NULL;
        AUTO(str) char *old = NULL;

        if (!strstr(*text, COMMANDS[i]))
            continue;
        broken = xasprintf("## %s", COMMANDS[i] + 2);
        old = *text;
        *text = text_replace(old, COMMANDS[i], broken);
    }
}

bool safe_is_command(const char *line)
{
    for (;;) {
        if (*line == '\x1b') {
            line += strcspn(line, "m");
            line += *line == 'm';
        } else if ((unsigned char)*line >= 0x80 ||
                   (*line && *line != '\n' && (unsigned char)*line <= ' ')) {
            line++;
        } else {
            return line[0] == ':' && line[1] == ':';
        }
    }
}

/* Lines that begin like a command get a bar in front. */
static void bar_commands(char **text)
{
    AUTO(buf) Buf barred = {0};

    if (!strstr(*text, "::"))
        return;
    for (const char *line = *text; *line;) {
        size_t len = strcspn(line, "\n") + (strchr(line, '\n') != NULL);

        buf_addf(&barred, "%s%.*s", safe_is_command(line) ? "| " : "", (int)len, line);
        line += len;
    }
    free(*text);
    *text = buf_take(&barred);
}

static char *make_safe(const char *text, bool one_line)
{
    AUTO(str) char *masked = NULL;
    AUTO(str) char *clean = NULL;
    char *safe;

    if (!text)
        return NULL;
    masked = secret_mask(text);
    clean = one_line ? text_clean_line(masked) : text_clean(masked, strlen(masked));
    safe = secret_mask(clean); /* again: what an escape sequence had divided is whole now */
    break_commands(&safe);
    if (!one_line)
        bar_commands(&safe);
    return safe;
}

char *safe_text(const char *text)
{
    return make_safe(text, false);
}

char *safe_line(const char *text)
{
    return make_safe(text, true);
}

void safe_list(const StrList *from, StrList *ret_to)
{
    StrList list = {0};

    for (size_t i = 0; i < from->len; i++)
        str_list_add_owned(&list, safe_line(from->items[i]));
    *ret_to = list;
}
