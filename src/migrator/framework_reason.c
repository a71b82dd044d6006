#include "migrator/framework_reason.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 200

char *reason_shown(const char *text)
{
    char *line = text_clean_line(text);

    if (strlen(line) > SHOWN_MAX) {
        AUTO(str) char *cut = xstrndup(line, SHOWN_MAX);
        AUTO(str) char *clean = text_clean_line(cut); /* a character may have been cut in two */

        free(line);
        line = xasprintf("%s...", clean);
    }
    return line;
}

char *reason_evidence(const FrameworkMatch *match)
{
    AUTO(str) char *path = match->sign ? reason_shown(match->sign->path) : NULL;

    return path ? xasprintf("%s is %s's", path, match->framework->name)
                : xasprintf("%s is a dependency (%s)", strchr(match->package, ':') + 1,
                            match->framework->name);
}

/* Why another framework that is there, too, was not taken. */
static void add_other(Buf *found, const FrameworkMatch *best, const FrameworkMatch *other)
{
    AUTO(str) char *said = reason_evidence(other);

    buf_addf(found, "; %s, too, ", said);
    if (!framework_match_runs(other))
        buf_adds(found, "but no command of it is in the image");
    else if (best->migrations && !other->migrations)
        buf_adds(found, "but no migrations of it are there");
    else if (best->sign && !other->sign)
        buf_adds(found, "but only as a dependency");
    else
        buf_addf(found, "and could be meant as well: name its command with migrate: if it is");
}

/* Generic folders of SQL files reveal several tools: another one is worth a word by a file of its
 * own, or when it could run. */
static bool is_worth_a_word(const FrameworkMatch *best, const FrameworkMatch *other)
{
    if (text_eq(best->framework->name, other->framework->name) ||
        (best->sign && best->sign == other->sign))
        return false;
    return framework_match_runs(other) || (other->sign && !text_ends(other->sign->path, ".sql"));
}

void reason_add_context(const FrameworkMatchList *matches, const FrameworkMatch *best, Buf *found)
{
    if (best->migrations) {
        AUTO(str) char *path = reason_shown(best->migrations->path);

        buf_addf(found, "; migrations stand in %s", path);
    }
    for (size_t i = 0; i < matches->len; i++)
        if (&matches->items[i] != best && is_worth_a_word(best, &matches->items[i]))
            add_other(found, best, &matches->items[i]);
}

char *reason_lacks(const FrameworkMatch *match)
{
    const Framework *row = match->framework;
    AUTO(str) char *said = reason_evidence(match);
    AUTO(str_list) StrList tools = {0};
    AUTO(str) char *text = NULL;

    if (row->ask)
        return xasprintf("%s, but the image does not tell %s", said, row->ask);
    if (match->tool)
        return xasprintf("%s, but no configuration of it is there", said);
    framework_tools(row, &tools);
    text = str_list_join(&tools, ", ");
    return xasprintf("%s, but its command is not in the image (looked for %s)", said, text);
}
