#include "database/table_columns.h"

#include <string.h>

/* The columns of "(owner, slug)", when all of them are there. */
static void read_key(const Schema *schema, const char *space, const char *table,
                     const StrList *columns, StrList *ret_key)
{
    size_t count;
    const SchemaObject *key = schema_parts(schema, SCHEMA_PRIMARY_KEY, space, table, &count);
    AUTO(str) char *inner = NULL;
    AUTO(str_list) StrList names = {0};

    if (count != 1 || key->name[0] != '(')
        return;
    inner = xstrdup(key->name + 1);
    for (char *at = inner, *next; at; at = next) {
        next = strstr(at, ", ");
        if (next) {
            *next = '\0';
            next += 2;
        } else if (text_ends(at, ")")) {
            at[strlen(at) - 1] = '\0';
        }
        if (!str_list_has(columns, at))
            return;
        str_list_add(&names, at);
    }
    str_list_copy(&names, ret_key);
}

void table_columns(const Schema *schema, const char *space, const char *table, StrList *ret_columns,
                   StrList *ret_key)
{
    size_t count;
    const SchemaObject *columns = schema_parts(schema, SCHEMA_COLUMN, space, table, &count);

    for (size_t i = 0; i < count; i++)
        if (!str_map_has(&columns[i].attributes, "generated") &&
            !str_map_has(&columns[i].attributes, "hidden"))
            str_list_add(ret_columns, columns[i].name);
    read_key(schema, space, table, ret_columns, ret_key);
}
