#include "base/words.h"

#include <string.h>

#include "base/buffer.h"

/* One quoted or bare piece of a word at *at, appended to word; *at moves behind it. */
static Error *take_piece(const char **at, Buf *word)
{
    char quote = **at;
    const char *start = *at;

    if (quote == '\'') {
        const char *end = strchr(start + 1, '\'');

        if (!end)
            return error_new(ERR_INVALID, 0, "the quote ' is not closed");
        *at = end + 1;
        return buf_append(word, start + 1, (size_t)(end - start - 1));
    }
    if (quote == '\\') {
        if (!start[1])
            return error_new(ERR_INVALID, 0, "a backslash at the end quotes nothing");
        *at += 2;
        return start[1] == '\n' ? NULL : buf_append(word, start + 1, 1);
    }
    if (quote != '"') {
        ++*at;
        return buf_append(word, start, 1);
    }
    for (++*at; **at != '"'; ++*at) {
        if (!**at)
            return error_new(ERR_INVALID, 0, "the quote \" is not closed");
        if (**at == '\\' && (*at)[1] && strchr("\"\\$`\n", (*at)[1])) {
            ++*at;
            if (**at == '\n')
                continue;
        }
        TRY(buf_append(word, *at, 1));
    }
    ++*at;
    return NULL;
}

Error *words_split(const char *text, StrList *ret_words)
{
    AUTO(str_list) StrList words = {0};
    const char *at = text + strspn(text, " \t\r\n");

    while (*at) {
        AUTO(buf) Buf word = BUF_INIT(1 << 20);

        TRY(buf_append(&word, "", 0));
        while (*at && !strchr(" \t\r\n", *at))
            TRY(take_piece(&at, &word));
        str_list_add_owned(&words, buf_take(&word));
        at += strspn(at, " \t\r\n");
    }
    *ret_words = words;
    words = (StrList){0};
    return NULL;
}

char *words_join(const StrList *words)
{
    AUTO(buf) Buf line = {0};

    for (size_t i = 0; i < words->len; i++) {
        const char *word = words->items[i];
        bool plain = *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                           "0123456789_-+=./:@%,{}") == strlen(word);

        if (i > 0)
            buf_adds(&line, " ");
        if (plain) {
            buf_adds(&line, word);
        } else {
            AUTO(str) char *quoted = text_replace(word, "'", "'\\''");

            buf_addf(&line, "'%s'", quoted);
        }
    }
    return buf_take(&line);
}
