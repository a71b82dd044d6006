#include <string.h>

#include "model/statement_pg.h"

/* Attributes that are lists: what changes is one item, and so is the statement. */

static void split(const char *list, StrList *ret_items)
{
    if (list)
        statement_split(list, ret_items);
}

/* --- privileges ------------------------------------------------------------------------------ */

typedef struct Grants {
    const char *target, *prefix, *column, *owner;
    StrList *statements;
} Grants;

#define WITH_GRANT " WITH GRANT OPTION"

/* "SELECT TO reader WITH GRANT OPTION": roles are quoted, so no name holds " TO " bare. */
static void put_grant(const Grants *grants, const char *item, bool give)
{
    const char *to = strstr(item, " TO ");
    AUTO(str) char *privilege = NULL;
    AUTO(str) char *role = NULL;
    bool option = text_ends(item, WITH_GRANT);

    if (!to)
        return;
    privilege = grants->column ? xasprintf("%.*s (%s)", (int)(to - item), item, grants->column)
                               : xstrndup(item, (size_t)(to - item));
    role = xstrndup(to + 4, strlen(to + 4) - (option ? strlen(WITH_GRANT) : 0));
    if (text_eq(role, "OWNER")) {
        if (!grants->owner)
            return;
        free(role);
        role = xstrdup(grants->owner);
    }
    str_list_addf(grants->statements, "%s%s %s ON %s %s %s%s;", grants->prefix,
                  give ? "GRANT" : "REVOKE", privilege, grants->target, give ? "TO" : "FROM", role,
                  give && option ? WITH_GRANT : "");
}

/* What one list says and the other does not, set or taken back. "no X TO role" is the default's. */
static void put_grants(const Grants *grants, const StrList *items, const StrList *others, bool set,
                       bool give)
{
    for (size_t i = 0; i < items->len; i++) {
        bool negative = text_starts(items->items[i], "no ");

        if (!str_list_has(others, items->items[i]) && (set != negative) == give)
            put_grant(grants, items->items[i] + (negative ? 3 : 0), give);
    }
}

void pg_grants_change(const char *before, const char *after, const char *target, const char *prefix,
                      const char *column, const char *owner, StrList *statements)
{
    const Grants grants = {target, prefix, column, owner, statements};
    AUTO(str_list) StrList old = {0}, new = {0};

    split(before, &old);
    split(after, &new);
    for (int give = 0; give <= 1;
         give++) { /* what is revoked may be granted again in another way */
        put_grants(&grants, &old, &new, false, give);
        put_grants(&grants, &new, &old, true, give);
    }
}

/* --- enumerations ---------------------------------------------------------------------------- */

void pg_enum_change(const char *before, const char *after, const char *place, StrList *statements)
{
    AUTO(str_list) StrList old = {0}, new = {0}, added = {0};
    size_t at = 0;

    split(before, &old);
    split(after, &new);
    for (size_t i = 0; i < new.len; i++) {
        if (at < old.len && text_eq(old.items[at], new.items[i]))
            at++;
        else if (at < old.len)
            str_list_addf(&added, "ALTER TYPE %s ADD VALUE %s BEFORE %s;", place, new.items[i],
                          old.items[at]);
        else
            str_list_addf(&added, "ALTER TYPE %s ADD VALUE %s;", place, new.items[i]);
    }
    for (size_t i = 0; at == old.len && i < added.len; i++)
        str_list_add(statements, added.items[i]);
}

/* --- named items ----------------------------------------------------------------------------- */

/* A list's item is a name and what it stands for: `"Z z" numeric(4,2)`, `host 'x'`. */

/* How long the name in `"Z z" numeric(4,2)` is. */
static size_t name_len(const char *attribute)
{
    const char *at = attribute;

    while (*at == '"') {
        const char *end = strchr(at + 1, '"');

        if (!end)
            return strlen(attribute);
        at = end + 1; /* a doubled quote begins another part */
    }
    return at > attribute ? (size_t)(at - attribute) : strcspn(attribute, " ");
}

static const char *find_named(const StrList *list, const char *attribute)
{
    size_t len = name_len(attribute);

    for (size_t i = 0; i < list->len; i++)
        if (name_len(list->items[i]) == len && strncmp(list->items[i], attribute, len) == 0)
            return list->items[i];
    return NULL;
}

/* --- composite types ------------------------------------------------------------------------- */

/* Whether the attributes that both have stand in one order, and before the ones that are new. */
static bool can_alter(const StrList *old, const StrList *new)
{
    size_t at = 0;

    for (size_t i = 0; i < old->len; i++)
        if (find_named(new, old->items[i]) &&
            (at >= new->len || find_named(new, old->items[i]) != new->items[at++]))
            return false;
    return true;
}

void pg_composite_change(const char *before, const char *after, const char *place,
                         StrList *statements)
{
    AUTO(str_list) StrList old = {0}, new = {0};

    split(before, &old);
    split(after, &new);
    if (!can_alter(&old, &new))
        return;
    for (size_t i = 0; i < old.len; i++)
        if (!find_named(&new, old.items[i]))
            str_list_addf(statements, "ALTER TYPE %s DROP ATTRIBUTE %.*s;", place,
                          (int)name_len(old.items[i]), old.items[i]);
    for (size_t i = 0; i < new.len; i++) {
        const char *was = find_named(&old, new.items[i]);
        int len = (int)name_len(new.items[i]);

        if (!was)
            str_list_addf(statements, "ALTER TYPE %s ADD ATTRIBUTE %s;", place, new.items[i]);
        else if (!text_eq(was, new.items[i]))
            str_list_addf(statements, "ALTER TYPE %s ALTER ATTRIBUTE %.*s TYPE%s;", place, len,
                          new.items[i], new.items[i] + len);
    }
}

void pg_settings_change(const char *before, const char *after, const char *what,
                        StrList *statements)
{
    AUTO(str_list) StrList old = {0}, new = {0}, actions = {0};
    AUTO(str) char *joined = NULL;

    split(before, &old);
    split(after, &new);
    for (size_t i = 0; i < old.len; i++)
        if (!find_named(&new, old.items[i]))
            str_list_addf(&actions, "DROP %.*s", (int)name_len(old.items[i]), old.items[i]);
    for (size_t i = 0; i < new.len; i++)
        if (!str_list_has(&old, new.items[i]))
            str_list_addf(&actions, "%s %s", find_named(&old, new.items[i]) ? "SET" : "ADD",
                          new.items[i]);
    joined = str_list_join(&actions, ", ");
    if (actions.len > 0)
        str_list_addf(statements, "ALTER %s OPTIONS (%s);", what, joined);
}

/* --- storage parameters ---------------------------------------------------------------------- */

void pg_options_change(const char *before, const char *after, const char *what, StrList *statements)
{
    AUTO(str_list) StrList old = {0}, new = {0}, names = {0};
    AUTO(str) char *gone = NULL;

    split(before, &old);
    split(after, &new);
    for (size_t i = 0; i < old.len; i++) {
        size_t len = strcspn(old.items[i], "=");
        bool kept = false;

        for (size_t k = 0; k < new.len; k++)
            kept |= strncmp(old.items[i], new.items[k], len + 1) == 0;
        if (!kept)
            str_list_addf(&names, "%.*s", (int)len, old.items[i]);
    }
    gone = str_list_join(&names, ", ");
    if (names.len > 0)
        str_list_addf(statements, "ALTER %s RESET (%s);", what, gone);
    if (new.len > 0)
        str_list_addf(statements, "ALTER %s SET (%s);", what, after);
}
