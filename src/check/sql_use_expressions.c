/* Casts and functions that read text as something else. */

#include "check/sql_use_parts.h"

/* Where a name, or what is in parentheses with its function, begins that ends before `end`. */
static size_t term_start(const UseReader *reader, size_t end)
{
    size_t at = end, depth = 0;

    if (use_is(reader, at - 1, ")")) {
        while (at > reader->from) {
            at--;
            if (use_is(reader, at, ")"))
                depth++;
            else if (use_is(reader, at, "(") && --depth == 0)
                break;
        }
        if (at > reader->from && scan_is_name(reader->tokens, at - 1)) /* a function's */
            at--;
    } else {
        at--;
    }
    while (at >= reader->from + 2 && use_is(reader, at - 1, ".") && use_is_name(reader, at - 2))
        at -= 2;
    return at;
}

/* Where the operand of a cast begins that ends before `end`; casts of it belong to it. */
static size_t operand_start(const UseReader *reader, size_t end)
{
    size_t at = end;

    while (at > reader->from) {
        at = term_start(reader, at);
        if (at >= reader->from + 1 && use_is(reader, at, "varying"))
            at--;
        if (at < reader->from + 3 || !use_is(reader, at - 1, ":") || !use_is(reader, at - 2, ":"))
            break;
        at -= 2;
    }
    return at;
}

static void add_cast(UseReader *reader, size_t from, size_t to, size_t type)
{
    SqlUse *use;

    if (to <= from)
        return;
    use = use_add(reader, SQL_USE_CAST);
    use_add_columns(reader, from, to, use);
    use->type = use_type_text(reader, type);
    use->text = use_range_text(reader, from, to);
}

/* CAST(a AS int) */
static void read_cast_call(UseReader *reader, size_t at)
{
    size_t end = use_skip(reader, at + 1);

    for (size_t i = at + 2; i + 1 < end; i = use_skip(reader, i))
        if (use_is(reader, i, "AS")) {
            add_cast(reader, at + 2, i, i + 1);
            return;
        }
}

/* Functions that fail on text of another form: of Postgres' and SQLite's documentation. */
static const struct {
    const char *name;
    SqlUseKind kind;
    const char *type;
} CALLS[] = {
    {"json", SQL_USE_JSON, NULL},          {"jsonb", SQL_USE_JSON, NULL},
    {"json_extract", SQL_USE_JSON, NULL},  {"json_each", SQL_USE_JSON, NULL},
    {"json_tree", SQL_USE_JSON, NULL},     {"json_array_length", SQL_USE_JSON, NULL},
    {"json_type", SQL_USE_JSON, NULL},     {"json_set", SQL_USE_JSON, NULL},
    {"json_insert", SQL_USE_JSON, NULL},   {"json_replace", SQL_USE_JSON, NULL},
    {"json_remove", SQL_USE_JSON, NULL},   {"json_patch", SQL_USE_JSON, NULL},
    {"jsonb_extract", SQL_USE_JSON, NULL}, {"to_timestamp", SQL_USE_CAST, "timestamp"},
    {"to_date", SQL_USE_CAST, "date"},     {"to_number", SQL_USE_CAST, "numeric"},
};

static void read_call(UseReader *reader, size_t at)
{
    size_t end = use_skip(reader, at + 1), comma = at + 2;

    for (size_t i = 0; i < COUNT_OF(CALLS); i++) {
        SqlUse *use;

        if (!use_is(reader, at, CALLS[i].name))
            continue;
        while (comma + 1 < end && !use_is(reader, comma, ","))
            comma = use_skip(reader, comma);
        use = use_add(reader, CALLS[i].kind);
        use_add_columns(reader, at + 2, comma < end ? comma : end - 1, use);
        use->type = xstrdup_null(CALLS[i].type);
        use->text = use_range_text(reader, at, end);
        return;
    }
}

/* settings ->> '$.theme' */
static void read_arrow(UseReader *reader, size_t at)
{
    size_t from = operand_start(reader, at);
    SqlUse *use = use_add(reader, SQL_USE_JSON);

    use_add_columns(reader, from, at, use);
    use->text = use_range_text(reader, from, at);
}

void use_read_expressions(UseReader *reader)
{
    for (size_t at = reader->from; at < reader->to; at++) {
        if (use_is(reader, at, ":") && use_is(reader, at + 1, ":") && at > reader->from)
            add_cast(reader, operand_start(reader, at), at, at + 2);
        else if (use_is(reader, at, "CAST") && use_is(reader, at + 1, "("))
            read_cast_call(reader, at);
        else if (use_is_name(reader, at) && use_is(reader, at + 1, "("))
            read_call(reader, at);
        else if (at > reader->from && use_is(reader, at, "-") && use_is(reader, at + 1, ">"))
            read_arrow(reader, at);
    }
}
