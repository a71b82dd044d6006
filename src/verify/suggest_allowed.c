/* What of a compose file may stand in a file that is committed. */

#include <stdlib.h>
#include <string.h>

#include "verify/screen_secrets.h"
#include "verify/suggest_parts.h"

/* What is a name of a variable to everybody, and a key to YAML. */
bool suggest_is_name(const char *key)
{
    size_t len = strlen(key);

    return len > 0 && len <= 200 && !strchr("0123456789.-", key[0]) &&
           strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == len;
}

bool suggest_may_list(const char *name)
{
    return compose_defaults_are_plain(name) && screen_text(NULL, name);
}

bool suggest_is_safe(const Suggester *all, const StrList *words)
{
    return screen_words(all->facts->compose ? &all->facts->compose->secrets : NULL, words);
}

bool suggest_plain_text(const char *text, char **ret_text)
{
    char *expanded = NULL;

    if (!text || !compose_defaults_are_plain(text) || !compose_expand(text, &expanded))
        return false;
    if (!screen_text(NULL, expanded)) {
        free(expanded);
        return false;
    }
    *ret_text = expanded;
    return true;
}

bool suggest_image_text(const char *image, char **ret_image)
{
    char *expanded = NULL;

    if (!image || !compose_defaults_are_plain(image) || !compose_expand(image, &expanded))
        return false;
    if (!screen_image(expanded)) {
        free(expanded);
        return false;
    }
    *ret_image = expanded;
    return true;
}

void suggest_leave(const Suggester *all, SuggestPart part, const char *fmt, ...)
{
    va_list args;
    AUTO(str) char *what = NULL;

    va_start(args, fmt);
    what = xvasprintf(fmt, args);
    va_end(args);
    str_list_addf(&all->to->left[part],
                  "%s: it may hold a password; give that in env_file or env, and the rest here",
                  what);
}

/* Parts of a path that lead nowhere are left out: "./a" is "a". */
static void add_parts(const char *path, StrList *parts)
{
    AUTO(str_list) StrList all = {0};

    str_list_split(path, '/', &all);
    for (size_t i = 0; i < all.len; i++)
        if (*all.items[i] && !text_eq(all.items[i], "."))
            str_list_add(parts, all.items[i]);
}

char *suggest_path(const Suggester *all, const char *path)
{
    const char *slash = strrchr(all->facts->compose_name, '/');
    const char *folder = all->facts->folder;
    AUTO(str)
    char *of_file =
        slash ? xstrndup(all->facts->compose_name, (size_t)(slash - all->facts->compose_name + 1))
              : xstrdup("");
    AUTO(str_list) StrList parts = {0};
    AUTO(str) char *joined = NULL;

    if (path[0] == '/')
        return xstrdup(path);
    if (folder && of_file[0] != '/')
        add_parts(folder, &parts);
    add_parts(of_file, &parts);
    add_parts(path, &parts);
    joined = str_list_join(&parts, "/");
    return xasprintf("%s%s%s", of_file[0] == '/' ? "/" : "", joined,
                     of_file[0] != '/' && parts.len == 0 ? "." : "");
}
