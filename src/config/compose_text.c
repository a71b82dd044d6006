/* Texts of a compose file: variables, and the names of images. */

#include <string.h>

#include "config/compose.h"

char *compose_repository(const char *image)
{
    size_t end = strlen(image);
    int depth = 0;

    for (size_t i = 0; image[i]; i++) {
        if (image[i] == '{')
            depth++;
        else if (image[i] == '}')
            depth--;
        else if (depth == 0 && image[i] == '/')
            end = strlen(image); /* a colon before it was the registry's port */
        else if (depth == 0 && (image[i] == ':' || image[i] == '@') && end == strlen(image))
            end = i;
    }
    return xstrndup(image, end);
}

/* ${NAME:-default} or ${NAME-default}. @return what follows it; NULL when it is not that */
static const char *expand_one(const char *at, StrList *pieces)
{
    size_t len = strcspn(at, "}");
    size_t name = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    size_t skip = at[name] == ':' ? name + 1 : name;

    if (at[len] != '}' || name == 0 || at[skip] != '-' || memchr(at, '$', len))
        return NULL;
    str_list_add_owned(pieces, xstrndup(at + skip + 1, len - skip - 1));
    return at + len + 1;
}

bool compose_expand(const char *text, char **ret_text)
{
    AUTO(str_list) StrList pieces = {0};

    while (*text) {
        size_t len = strcspn(text, "$");

        str_list_add_owned(&pieces, xstrndup(text, len));
        text += len;
        if (text[0] == '$' && text[1] == '$') {
            str_list_add(&pieces, "$");
            text += 2;
        } else if (text[0] == '$' && text[1] == '{') {
            text = expand_one(text + 2, &pieces);
            if (!text)
                return false;
        } else if (text[0] == '$') {
            return false;
        }
    }
    *ret_text = str_list_join(&pieces, "");
    return true;
}
