/* Keys, checks and types that a statement defines. */

#include "check/sql_use_parts.h"

static void one_table(SqlUse *use, const char *table)
{
    str_list_clear(&use->tables);
    str_list_add(&use->tables, table);
}

/* "(a, lower(b))" at `at`; else the column that the constraint stands behind. */
static size_t constraint_columns(const UseReader *reader, size_t at, const char *column,
                                 SqlUse *use)
{
    size_t end = at;

    if (use_is(reader, at, "(")) {
        end = use_skip(reader, at);
        use_add_columns(reader, at + 1, end - 1, use);
    } else if (column) {
        str_list_add(&use->columns, column);
    }
    return end;
}

static size_t read_reference(const UseReader *reader, size_t at, SqlUse *use)
{
    use->of_table = use_take_name(reader, &at);
    if (use_is(reader, at, "(") && use_is_name(reader, at + 1))
        use->of_column = use_text_at(reader, at + 1);
    return at;
}

/* One of UNIQUE, PRIMARY KEY, FOREIGN KEY, REFERENCES, CHECK; @return behind it, or at. */
static size_t read_constraint(UseReader *reader, size_t at, const char *table, const char *column,
                              const char *name)
{
    SqlUse *use;
    size_t next = at;

    if (use_is(reader, at, "UNIQUE") ||
        (use_is(reader, at, "PRIMARY") && use_is(reader, at + 1, "KEY"))) {
        use = use_add(reader, SQL_USE_UNIQUE);
        next =
            constraint_columns(reader, use_is(reader, at, "UNIQUE") ? at + 1 : at + 2, column, use);
        next = next > at ? next : at + 1;
    } else if (use_is(reader, at, "FOREIGN") && use_is(reader, at + 1, "KEY")) {
        use = use_add(reader, SQL_USE_KEY);
        next = constraint_columns(reader, at + 2, NULL, use);
        if (use_is(reader, next, "REFERENCES"))
            next = read_reference(reader, next + 1, use);
    } else if (use_is(reader, at, "REFERENCES")) {
        use = use_add(reader, SQL_USE_KEY);
        next = read_reference(reader, at + 1, use);
        if (column)
            str_list_add(&use->columns, column);
    } else if (use_is(reader, at, "CHECK") && use_is(reader, at + 1, "(")) {
        use = use_add(reader, SQL_USE_CHECK);
        next = constraint_columns(reader, at + 1, column, use);
        use->text = use_range_text(reader, at + 2, next - 1);
    } else {
        return at;
    }
    one_table(use, table);
    use->name = xstrdup_null(name);
    return next > at ? next : at + 1;
}

/* A column's definition or a constraint of a table. */
static void read_item(UseReader *reader, size_t at, size_t end, const char *table)
{
    static const char *const OWN[] = {"CONSTRAINT", "UNIQUE", "PRIMARY", "FOREIGN", "CHECK"};
    AUTO(str) char *column = NULL;
    AUTO(str) char *name = NULL;
    size_t to = reader->to;

    reader->to = end;
    if (use_is_name(reader, at) && !use_is_any(reader, at, OWN, COUNT_OF(OWN)))
        column = use_text_at(reader, at++);
    if (column && use_is(reader, at, "INTEGER") &&
        use_is(reader, at + 1, "PRIMARY")) { /* SQLite's rowid */
        SqlUse *use = use_add(reader, SQL_USE_CAST);

        one_table(use, table);
        str_list_add(&use->columns, column);
        use->type = xstrdup("rowid");
    }
    while (at < end) {
        size_t next;

        if (use_is(reader, at, "CONSTRAINT") && use_is_name(reader, at + 1)) {
            free(name);
            name = use_text_at(reader, at + 1);
            at += 2;
            continue;
        }
        next = read_constraint(reader, at, table, column, name);
        at = next > at ? next : use_skip(reader, at);
    }
    reader->to = to;
}

static size_t item_end(const UseReader *reader, size_t at, size_t end)
{
    while (at < end && !use_is(reader, at, ","))
        at = use_skip(reader, at);
    return at < end ? at : end;
}

static void read_create_table(UseReader *reader, size_t at)
{
    AUTO(str) char *table = use_take_name(reader, &at);
    size_t end = use_skip(reader, at);

    if (!table || !use_is(reader, at, "("))
        return;
    for (at++; at + 1 < end; at = item_end(reader, at, end - 1) + 1)
        read_item(reader, at, item_end(reader, at, end - 1), table);
}

/* ALTER [COLUMN] a [SET DATA] TYPE t [USING ...]: with USING its expression tells the casts. */
static void read_retype(UseReader *reader, size_t at, size_t end, const char *table)
{
    size_t name = use_is(reader, at + 1, "COLUMN") ? at + 2 : at + 1, type = name + 1;
    bool computed = false;
    SqlUse *use;

    if (use_is(reader, type, "SET") && use_is(reader, type + 1, "DATA"))
        type += 2;
    if (!use_is_name(reader, name) || !use_is(reader, type, "TYPE"))
        return;
    for (size_t i = type; i < end; i++)
        computed |= use_is(reader, i, "USING");
    use = use_add(reader, SQL_USE_LENGTH);
    one_table(use, table);
    str_list_add_owned(&use->columns, use_text_at(reader, name));
    use->type = use_type_text(reader, type + 1);
    if (computed)
        return;
    use = use_add(reader, SQL_USE_CAST);
    one_table(use, table);
    str_list_add_owned(&use->columns, use_text_at(reader, name));
    use->type = use_type_text(reader, type + 1);
}

static void read_alter_table(UseReader *reader, size_t at)
{
    AUTO(str) char *table = use_take_name(reader, &at);

    while (table && at < reader->to) {
        size_t end = item_end(reader, at, reader->to);

        if (use_is(reader, at, "ADD"))
            read_item(reader,
                      use_skip_words(reader, use_is(reader, at + 1, "COLUMN") ? at + 2 : at + 1),
                      end, table);
        else if (use_is(reader, at, "ALTER"))
            read_retype(reader, at, end, table);
        at = end + 1;
    }
}

/* CREATE UNIQUE INDEX [name] ON t [USING m] (terms) */
static void read_create_index(UseReader *reader, size_t at)
{
    AUTO(str)
    char *name =
        use_is(reader, use_skip_words(reader, at), "ON") ? NULL : use_take_name(reader, &at);
    AUTO(str) char *table = NULL;
    SqlUse *use;

    at = use_skip_words(reader, at);
    if (!use_is(reader, at, "ON"))
        return;
    at++;
    table = use_take_name(reader, &at);
    if (use_is(reader, at, "USING"))
        at += 2;
    if (!table || !use_is(reader, at, "("))
        return;
    use = use_add(reader, SQL_USE_UNIQUE);
    (void)constraint_columns(reader, at, NULL, use);
    one_table(use, table);
    use->name = TAKE(name);
}

/* CREATE TYPE t AS ENUM ('a', 'b'); ALTER TYPE t ADD VALUE 'c' */
static void read_type(UseReader *reader, size_t at)
{
    SqlUse *use = use_add(reader, SQL_USE_ENUM);

    use->type = use_type_text(reader, use_skip_words(reader, at));
    for (; at < reader->to; at++)
        if (reader->tokens->items[at].kind == SCAN_STRING)
            str_list_add_owned(&use->texts, use_text_at(reader, at));
}

void use_read_definition(UseReader *reader)
{
    size_t at = reader->from;

    for (; at < reader->to; at++) {
        bool creates = use_is(reader, at, "CREATE"), alters = use_is(reader, at, "ALTER");

        if (creates && use_is(reader, at + 1, "UNIQUE") && use_is(reader, at + 2, "INDEX"))
            read_create_index(reader, at + 3);
        else if (alters && use_is(reader, at + 1, "TABLE"))
            read_alter_table(reader, at + 2);
        else if ((creates || alters) && use_is(reader, at + 1, "TYPE"))
            read_type(reader, at + 2);
        else if (creates)
            for (size_t i = at + 1; i < at + 4; i++)
                if (use_is(reader, i, "TABLE"))
                    read_create_table(reader, i + 1);
        if (creates || alters)
            return;
    }
}
