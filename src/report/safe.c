#include "report/safe.h"

#include <string.h>

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
