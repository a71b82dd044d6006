#include "migrator/migration_parse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MAX 16384 /* bytes of one assignment */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$';
}

/* Behind the "=" of `name = ` or `name: Type = ` at the start of a line; NULL when there is none.
 */
static const char *find_value(const char *text, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = text; (at = strstr(at, name)); at += len) {
        const char *start = at, *end = at + len, *equals;

        while (start > text && (start[-1] == ' ' || start[-1] == '\t'))
            start--;
        if ((start > text && start[-1] != '\n') || is_word(*end))
            continue;
        equals = end + strcspn(end, "=\n");
        if (*equals == '=' && equals[1] != '=')
            return equals + 1;
    }
    return NULL;
}

/* The value ends with its line, or with the bracket that it opens. */
static char *value_text(const char *value)
{
    int depth = 0;
    size_t len = 0;

    for (; value[len] && len < VALUE_MAX; len++) {
        if (strchr("([{", value[len]))
            depth++;
        else if (strchr(")]}", value[len]) && --depth <= 0)
            return xstrndup(value, len + 1);
        else if (value[len] == '\n' && depth == 0)
            break;
    }
    return xstrndup(value, len);
}

static void quoted_words(const char *text, StrList *words)
{
    const char *at = text;

    while ((at = strpbrk(at, "\"'#"))) {
        const char *end;

        if (*at == '#') {
            at += strcspn(at, "\n");
            continue;
        }
        end = strchr(at + 1, *at);
        if (!end)
            return;
        str_list_add_owned(words, xstrndup(at + 1, (size_t)(end - at - 1)));
        at = end + 1;
    }
}

bool parse_assignment(const char *text, const char *name, StrList *ret_words)
{
    const char *value = find_value(text, name);
    AUTO(str) char *whole = value ? value_text(value) : NULL;

    if (whole)
        quoted_words(whole, ret_words);
    return whole;
}

void parse_pairs(const char *text, const char *name, StrList *ret_ids)
{
    AUTO(str_list) StrList words = {0};

    (void)parse_assignment(text, name, &words);
    for (size_t i = 0; i + 1 < words.len; i += 2)
        str_list_addf(ret_ids, "%s.%s", words.items[i], words.items[i + 1]);
}

/* The word behind a keyword at the start of a word; NULL when there is none. */
static char *word_behind(const char *text, const char *keyword, const char *more)
{
    for (const char *at = text; (at = strstr(at, keyword)); at += strlen(keyword)) {
        const char *word = at + strlen(keyword);
        size_t len = 0;

        if (at > text && is_word(at[-1]))
            continue;
        while (is_word(word[len]) || (word[len] && strchr(more, word[len])))
            len++;
        if (len > 0)
            return xstrndup(word, len);
    }
    return NULL;
}

char *parse_class(const char *text)
{
    AUTO(str_list) StrList named = {0};
    AUTO(str) char *space = NULL;
    AUTO(str) char *class = word_behind(text, "class ", "");

    if (parse_assignment(text, "name", &named) || parse_assignment(text, "this.name", &named))
        if (named.len == 1)
            return xstrdup(named.items[0]);
    space = word_behind(text, "namespace ", "\\");
    if (space && class)
        return xasprintf("%s\\%s", space, class);
    return TAKE(class);
}

char *parse_up_to(const char *text, const char *line)
{
    size_t len = strlen(line);

    for (const char *at = text; at && *at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, line, len) == 0)
            return xstrndup(text, (size_t)(at - text));
        if (!*at)
            break;
    }
    return xstrdup(text);
}
