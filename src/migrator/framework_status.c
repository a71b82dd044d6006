#include <regex.h>
#include <string.h>

#include "migrator/framework.h"
#include "migrator/framework_table.h"

#define LINE_MAX_BYTES 4000 /* a longer one is no line of a status */

static bool line_matches(const regex_t *pattern, const char *line)
{
    return strlen(line) <= LINE_MAX_BYTES && regexec(pattern, line, 0, NULL, 0) == 0;
}

static bool row_pending(const Framework *row, const char *log, char **ret_line)
{
    AUTO(str_list) StrList lines = {0};
    regex_t pattern;
    bool found = false;

    if (!row->pending || regcomp(&pattern, row->pending, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    str_list_split(log, '\n', &lines);
    for (size_t i = 0; i < lines.len && !found; i++) {
        found = line_matches(&pattern, lines.items[i]);
        if (found)
            *ret_line = text_trim(lines.items[i]);
    }
    regfree(&pattern);
    return found;
}

bool framework_status_pending(const char *framework, const char *log, char **ret_line)
{
    size_t count;
    const Framework *table = framework_table(&count);

    for (size_t i = 0; i < count; i++)
        if ((!framework || text_eq(table[i].name, framework)) &&
            row_pending(&table[i], log, ret_line))
            return true;
    return false;
}
