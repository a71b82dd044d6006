#include "check/edit_effect.h"

#include <string.h>
#include <strings.h>

#include "check/migration_text.h"
#include "model/statements.h"

/* Each statement's tokens, so that layout is no difference. */
static void read_statements(const MigrationFile *file, StrList *ret_statements)
{
    AUTO(statement_list) StatementList list = {0};

    statement_list_add_script(&list, NULL, file->text);
    for (size_t i = 0; i < list.len; i++)
        str_list_add_owned(ret_statements, migration_tokens(list.items[i].text, LANGUAGE_SQL));
}

/* Rights are left out: not every comparison of schemas sees them. */
static bool is_of_schema(const char *statement)
{
    static const char *const WORDS[] = {"create", "alter",  "drop",  "comment", "set", "pragma",
                                        "begin",  "commit", "start", "end",     ""};
    size_t len = strspn(statement, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (strlen(WORDS[i]) == len && strncasecmp(statement, WORDS[i], len) == 0)
            return true;
    return false;
}

/* All that one has and the other has not. */
static bool rest_is_of_schema(const StrList *one, const StrList *other)
{
    for (size_t i = 0; i < one->len; i++)
        if (!str_list_has(other, one->items[i]) && !is_of_schema(one->items[i]))
            return false;
    return true;
}

/* Of code nobody knows what it sends: as long as nothing in it sounds like rows. */
static bool code_is_of_schema(const char *text)
{
    static const char *const WORDS[] = {"insert", "update",  "delete", "del(",    "upsert", "seed",
                                        "save",   "execute", "merge",  "create(", "objects"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_contains_nocase(text, WORDS[i]))
            return false;
    return true;
}

bool edit_is_of_schema(const MigrationFile *old, const MigrationFile *new)
{
    AUTO(str_list) StrList before = {0};
    AUTO(str_list) StrList after = {0};

    if (old->language != LANGUAGE_SQL || new->language != LANGUAGE_SQL)
        return code_is_of_schema(old->text) && code_is_of_schema(new->text);
    read_statements(old, &before);
    read_statements(new, &after);
    return rest_is_of_schema(&before, &after) && rest_is_of_schema(&after, &before);
}
