#include "migrator/framework_match.h"

#include <stdlib.h>
#include <string.h>

#include "migrator/project.h"

/* --- places ---------------------------------------------------------------------------------- */

static bool cut_last_component(char *path)
{
    char *slash = strrchr(path, '/');

    if (!slash || text_eq(path, "/"))
        return false;
    slash[slash == path ? 1 : 0] = '\0';
    return true;
}

/* In the folder's node_modules and those of the folders above it. */
static void node_places(const char *folder, const char *tool, StrMap *places)
{
    AUTO(str) char *at = xstrdup(folder);

    do {
        AUTO(str) char *path = image_path_join(at, tool);

        str_map_set(places, path, path);
    } while (cut_last_component(at));
}

static void places_of(const ImageFiles *files, const char *folder, const char *tool, StrMap *places)
{
    AUTO(str) char *path = NULL;

    if (*tool == '/') {
        str_map_set(places, tool, tool);
    } else if (text_starts(tool, "node_modules/")) {
        node_places(folder, tool, places);
    } else if (strchr(tool, '/')) {
        path = image_path_join(folder, text_starts(tool, "./") ? tool + 2 : tool);
        str_map_set(places, path, path);
    } else {
        for (size_t i = 0; i < files->path.len; i++) {
            AUTO(str) char *place = image_path_join(files->path.items[i], tool);

            str_map_set(places, place, tool);
        }
    }
}

void tool_places(const ImageFiles *files, const char *folder, const char *alternatives,
                 StrMap *ret_places)
{
    AUTO(str_list) StrList tools = {0};

    str_list_split(alternatives, '|', &tools);
    for (size_t i = 0; i < tools.len; i++)
        places_of(files, folder, tools.items[i], ret_places);
}

char *tool_find(const ImageFiles *files, const char *folder, const char *alternatives)
{
    AUTO(str_map) StrMap places = {0};

    tool_places(files, folder, alternatives, &places);
    for (size_t i = 0; i < places.len; i++) {
        const ImageFile *file = image_files_find(files, places.items[i].key);

        if (file && (file->type == IMAGE_FILE || file->type == IMAGE_LINK))
            return xstrdup(places.items[i].value);
    }
    return NULL;
}

void table_paths(const char *folder, const char *path, StrList *patterns)
{
    const char *open = strchr(path, '{'), *close = open ? strchr(open, '}') : NULL;
    AUTO(str) char *inner = NULL;
    AUTO(str_list) StrList endings = {0};

    if (!close) {
        str_list_add_owned(patterns, *path == '/' ? xstrdup(path) : image_path_join(folder, path));
        return;
    }
    inner = xstrndup(open + 1, (size_t)(close - open) - 1);
    str_list_split(inner, ',', &endings);
    for (size_t i = 0; i < endings.len; i++) {
        AUTO(str)
        char *one = xasprintf("%.*s%s%s", (int)(open - path), path, endings.items[i], close + 1);

        str_list_add_owned(patterns, image_path_join(folder, one));
    }
}

/* --- rows ------------------------------------------------------------------------------------ */

static const ImageFile *find_path(const ImageFiles *files, const char *folder, const char *path,
                                  const char *text)
{
    AUTO(str_list) StrList patterns = {0};

    table_paths(folder, path, &patterns);
    for (size_t i = 0; i < patterns.len; i++) {
        const ImageFile *file = image_files_match(files, patterns.items[i]);

        if (file && (!text || (file->text && strstr(file->text, text))))
            return file;
    }
    return NULL;
}

static bool match_row(const ImageFiles *files, const char *folder, const Framework *row,
                      FrameworkMatch *ret_match)
{
    FrameworkMatch match = {.framework = row};

    for (size_t i = 0; i < COUNT_OF(row->signs) && row->signs[i].path && !match.sign; i++)
        match.sign = find_path(files, folder, row->signs[i].path, row->signs[i].text);
    for (size_t i = 0; i < COUNT_OF(row->packages) && row->packages[i] && !match.package; i++)
        if (project_depends(files, folder, row->packages[i]))
            match.package = row->packages[i];
    if (!match.sign && !match.package)
        return false;
    for (size_t i = 0; i < COUNT_OF(row->runs) && row->runs[i].tool && !match.tool; i++) {
        match.tool = tool_find(files, folder, row->runs[i].tool);
        match.run = match.tool ? &row->runs[i] : NULL;
    }
    for (size_t i = 0; i < COUNT_OF(row->migrations) && row->migrations[i] && !match.migrations;
         i++)
        match.migrations = find_path(files, folder, row->migrations[i], NULL);
    *ret_match = match;
    return true;
}

bool framework_match_runs(const FrameworkMatch *match)
{
    return match->tool && (match->sign || match->framework->package_suffices);
}

static int rank(const FrameworkMatch *match)
{
    return (framework_match_runs(match) ? 4 : 0) + (match->migrations ? 2 : 0) +
           (match->sign ? 1 : 0);
}

void framework_matches(const ImageFiles *files, const char *folder, FrameworkMatchList *ret_matches)
{
    size_t count;
    const Framework *table = framework_table(&count);

    for (size_t row = 0; row < count; row++) {
        FrameworkMatch match;
        size_t at;

        if (!match_row(files, folder, &table[row], &match))
            continue;
        LIST_PUSH(ret_matches, match);
        for (at = ret_matches->len - 1; at > 0 && rank(&ret_matches->items[at - 1]) < rank(&match);
             at--)
            ret_matches->items[at] = ret_matches->items[at - 1];
        ret_matches->items[at] = match;
    }
}

void framework_tools(const Framework *row, StrList *ret_tools)
{
    for (size_t i = 0; i < COUNT_OF(row->runs) && row->runs[i].tool; i++) {
        AUTO(str_list) StrList tools = {0};

        str_list_split(row->runs[i].tool, '|', &tools);
        for (size_t k = 0; k < tools.len; k++)
            str_list_add(ret_tools, tools.items[k]);
    }
}

void framework_words(const FrameworkMatch *match, const char *text, StrList *ret_words)
{
    AUTO(str_list) StrList words = {0};

    if (!text)
        return;
    str_list_split(text, ' ', &words);
    for (size_t i = 0; i < words.len; i++) {
        if (text_eq(words.items[i], "{tool}"))
            str_list_add(ret_words, match->tool);
        else
            str_list_add(ret_words,
                         text_eq(words.items[i], "{file}") ? match->sign->path : words.items[i]);
    }
}

void framework_match_list_clear(FrameworkMatchList *list)
{
    for (size_t i = 0; i < list->len; i++)
        free(list->items[i].tool);
    free(list->items);
    *list = (FrameworkMatchList){0};
}
