#include "check/sql_use.h"

#include <ctype.h>
#include <string.h>

#include "model/sql_scan.h"

enum { DEPTH_MAX = 4 }; /* of SQL in strings of SQL */

typedef struct Alias {
    char *alias, *table;
} Alias;

/* One statement of those that a text holds. */
typedef struct Reader {
    const ScanTokens *tokens;
    size_t from, to;
    size_t statement;
    SqlUseList *uses;

    struct {
        Alias *items;
        size_t len, cap;
    } aliases;
} Reader;

static bool is(const Reader *reader, size_t at, const char *text)
{
    return at < reader->to && scan_is(reader->tokens, at, text);
}

static bool is_any(const Reader *reader, size_t at, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is(reader, at, words[i]))
            return true;
    return false;
}

static bool is_name(const Reader *reader, size_t at)
{
    return at < reader->to && scan_is_name(reader->tokens, at);
}

static char *text_at(const Reader *reader, size_t at)
{
    return scan_text(&reader->tokens->items[at]);
}

static size_t skip(const Reader *reader, size_t at)
{
    size_t next = scan_skip(reader->tokens, at);

    return next < reader->to ? next : reader->to;
}

/* The text of the tokens from..to as it was written. */
static char *range_text(const Reader *reader, size_t from, size_t to)
{
    const ScanToken *first, *last;

    if (from >= to)
        return xstrdup("");
    first = &reader->tokens->items[from];
    last = &reader->tokens->items[to - 1];
    return xstrndup(first->start, (size_t)(last->start + last->len - first->start));
}

/* --- tables ----------------------------------------------------------------------------------- */

static size_t skip_words(const Reader *reader, size_t at)
{
    static const char *const WORDS[] = {"ONLY", "IF", "NOT", "EXISTS", "LATERAL", "CONCURRENTLY"};

    while (is_any(reader, at, WORDS, COUNT_OF(WORDS)))
        at++;
    return at;
}

/* [space .] name; *at moves behind it. NULL: no name. */
static char *take_name(const Reader *reader, size_t *at)
{
    size_t next = skip_words(reader, *at);

    if (!is_name(reader, next))
        return NULL;
    while (is(reader, next + 1, ".") && is_name(reader, next + 2))
        next += 2;
    *at = next + 1;
    return text_at(reader, next);
}

static void add_table(Reader *reader, size_t at)
{
    static const char *const BEHIND[] = {
        "SET",   "WHERE",  "USING",     "ON",     "JOIN",    "LEFT",    "RIGHT", "INNER", "FULL",
        "CROSS", "GROUP",  "ORDER",     "LIMIT",  "VALUES",  "ADD",     "ALTER", "DROP",  "RENAME",
        "UNION", "SELECT", "RETURNING", "HAVING", "NATURAL", "DEFAULT", "WHEN",  "EXCEPT"};
    char *table = take_name(reader, &at);
    Alias alias = {.table = table};

    if (!table)
        return;
    if (is(reader, at, "AS"))
        at++;
    if (is_name(reader, at) && !is_any(reader, at, BEHIND, COUNT_OF(BEHIND)))
        alias.alias = text_at(reader, at++);
    LIST_PUSH(&reader->aliases, alias);
    if (is(reader, at, ",") && is_name(reader, at + 1))
        add_table(reader, at + 1);
}

static void read_tables(Reader *reader)
{
    static const char *const BEFORE[] = {"UPDATE", "FROM", "JOIN", "INTO", "TABLE"};

    for (size_t at = reader->from; at < reader->to; at++)
        if (is_any(reader, at, BEFORE, COUNT_OF(BEFORE)))
            add_table(reader, at + 1);
}

static void add_tables(const Reader *reader, SqlUse *use, const char *qualifier)
{
    for (size_t i = 0; i < reader->aliases.len; i++) {
        const Alias *alias = &reader->aliases.items[i];

        if (qualifier && !text_eq_nocase(alias->alias ? alias->alias : "", qualifier) &&
            !text_eq_nocase(alias->table, qualifier))
            continue;
        if (!str_list_has(&use->tables, alias->table))
            str_list_add(&use->tables, alias->table);
    }
}

/* --- columns ---------------------------------------------------------------------------------- */

static SqlUse *add_use(Reader *reader, SqlUseKind kind)
{
    LIST_PUSH(reader->uses, ((SqlUse){.kind = kind, .statement = reader->statement}));
    return &reader->uses->items[reader->uses->len - 1];
}

/* What can be a column in an expression: neither a function nor a type behind "::". */
static bool is_column(const Reader *reader, size_t at)
{
    return is_name(reader, at) && !is(reader, at + 1, "(") && !is(reader, at + 1, ".") &&
           !(at > reader->from && is(reader, at - 1, ":"));
}

static void add_columns(const Reader *reader, size_t from, size_t to, SqlUse *use)
{
    for (size_t at = from; at < to; at++) {
        AUTO(str) char *qualifier = NULL;

        if (!is_column(reader, at))
            continue;
        if (at >= from + 2 && is(reader, at - 1, "."))
            qualifier = text_at(reader, at - 2);
        str_list_add_owned(&use->columns, text_at(reader, at));
        add_tables(reader, use, qualifier);
    }
}

/* The type's name: its last word where a namespace or more words belong to it. */
static char *type_text(const Reader *reader, size_t at)
{
    char *type;

    while (is(reader, at + 1, ".") && is_name(reader, at + 2))
        at += 2;
    type = is_name(reader, at) ? text_at(reader, at) : xstrdup("");
    for (char *c = type; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return type;
}

/* Where a name, or what is in parentheses with its function, begins that ends before `end`. */
static size_t term_start(const Reader *reader, size_t end)
{
    size_t at = end, depth = 0;

    if (is(reader, at - 1, ")")) {
        while (at > reader->from) {
            at--;
            if (is(reader, at, ")"))
                depth++;
            else if (is(reader, at, "(") && --depth == 0)
                break;
        }
        if (at > reader->from && scan_is_name(reader->tokens, at - 1)) /* a function's */
            at--;
    } else {
        at--;
    }
    while (at >= reader->from + 2 && is(reader, at - 1, ".") && is_name(reader, at - 2))
        at -= 2;
    return at;
}

/* Where the operand of a cast begins that ends before `end`; casts of it belong to it. */
static size_t operand_start(const Reader *reader, size_t end)
{
    size_t at = end;

    while (at > reader->from) {
        at = term_start(reader, at);
        if (at >= reader->from + 1 && is(reader, at, "varying"))
            at--;
        if (at < reader->from + 3 || !is(reader, at - 1, ":") || !is(reader, at - 2, ":"))
            break;
        at -= 2;
    }
    return at;
}

static void add_cast(Reader *reader, size_t from, size_t to, size_t type)
{
    SqlUse *use;

    if (to <= from)
        return;
    use = add_use(reader, SQL_USE_CAST);
    add_columns(reader, from, to, use);
    use->type = type_text(reader, type);
    use->text = range_text(reader, from, to);
}

/* CAST(a AS int) */
static void read_cast_call(Reader *reader, size_t at)
{
    size_t end = skip(reader, at + 1);

    for (size_t i = at + 2; i + 1 < end; i = skip(reader, i))
        if (is(reader, i, "AS")) {
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

static void read_call(Reader *reader, size_t at)
{
    size_t end = skip(reader, at + 1), comma = at + 2;

    for (size_t i = 0; i < COUNT_OF(CALLS); i++) {
        SqlUse *use;

        if (!is(reader, at, CALLS[i].name))
            continue;
        while (comma + 1 < end && !is(reader, comma, ","))
            comma = skip(reader, comma);
        use = add_use(reader, CALLS[i].kind);
        add_columns(reader, at + 2, comma < end ? comma : end - 1, use);
        use->type = xstrdup_null(CALLS[i].type);
        use->text = range_text(reader, at, end);
        return;
    }
}

/* settings ->> '$.theme' */
static void read_arrow(Reader *reader, size_t at)
{
    size_t from = operand_start(reader, at);
    SqlUse *use = add_use(reader, SQL_USE_JSON);

    add_columns(reader, from, at, use);
    use->text = range_text(reader, from, at);
}

static void read_expressions(Reader *reader)
{
    for (size_t at = reader->from; at < reader->to; at++) {
        if (is(reader, at, ":") && is(reader, at + 1, ":") && at > reader->from)
            add_cast(reader, operand_start(reader, at), at, at + 2);
        else if (is(reader, at, "CAST") && is(reader, at + 1, "("))
            read_cast_call(reader, at);
        else if (is_name(reader, at) && is(reader, at + 1, "("))
            read_call(reader, at);
        else if (at > reader->from && is(reader, at, "-") && is(reader, at + 1, ">"))
            read_arrow(reader, at);
    }
}

/* --- keys and checks -------------------------------------------------------------------------- */

static void one_table(SqlUse *use, const char *table)
{
    str_list_clear(&use->tables);
    str_list_add(&use->tables, table);
}

/* "(a, lower(b))" at `at`; else the column that the constraint stands behind. */
static size_t constraint_columns(const Reader *reader, size_t at, const char *column, SqlUse *use)
{
    size_t end = at;

    if (is(reader, at, "(")) {
        end = skip(reader, at);
        add_columns(reader, at + 1, end - 1, use);
    } else if (column) {
        str_list_add(&use->columns, column);
    }
    return end;
}

static size_t read_reference(const Reader *reader, size_t at, SqlUse *use)
{
    use->of_table = take_name(reader, &at);
    if (is(reader, at, "(") && is_name(reader, at + 1))
        use->of_column = text_at(reader, at + 1);
    return at;
}

/* One of UNIQUE, PRIMARY KEY, FOREIGN KEY, REFERENCES, CHECK; @return behind it, or at. */
static size_t read_constraint(Reader *reader, size_t at, const char *table, const char *column,
                              const char *name)
{
    SqlUse *use;
    size_t next = at;

    if (is(reader, at, "UNIQUE") || (is(reader, at, "PRIMARY") && is(reader, at + 1, "KEY"))) {
        use = add_use(reader, SQL_USE_UNIQUE);
        next = constraint_columns(reader, is(reader, at, "UNIQUE") ? at + 1 : at + 2, column, use);
        next = next > at ? next : at + 1;
    } else if (is(reader, at, "FOREIGN") && is(reader, at + 1, "KEY")) {
        use = add_use(reader, SQL_USE_KEY);
        next = constraint_columns(reader, at + 2, NULL, use);
        if (is(reader, next, "REFERENCES"))
            next = read_reference(reader, next + 1, use);
    } else if (is(reader, at, "REFERENCES")) {
        use = add_use(reader, SQL_USE_KEY);
        next = read_reference(reader, at + 1, use);
        if (column)
            str_list_add(&use->columns, column);
    } else if (is(reader, at, "CHECK") && is(reader, at + 1, "(")) {
        use = add_use(reader, SQL_USE_CHECK);
        next = constraint_columns(reader, at + 1, column, use);
        use->text = range_text(reader, at + 2, next - 1);
    } else {
        return at;
    }
    one_table(use, table);
    use->name = xstrdup_null(name);
    return next > at ? next : at + 1;
}

/* A column's definition or a constraint of a table. */
static void read_item(Reader *reader, size_t at, size_t end, const char *table)
{
    static const char *const OWN[] = {"CONSTRAINT", "UNIQUE", "PRIMARY", "FOREIGN", "CHECK"};
    AUTO(str) char *column = NULL;
    AUTO(str) char *name = NULL;
    size_t to = reader->to;

    reader->to = end;
    if (is_name(reader, at) && !is_any(reader, at, OWN, COUNT_OF(OWN)))
        column = text_at(reader, at++);
    if (column && is(reader, at, "INTEGER") && is(reader, at + 1, "PRIMARY")) { /* SQLite's rowid */
        SqlUse *use = add_use(reader, SQL_USE_CAST);

        one_table(use, table);
        str_list_add(&use->columns, column);
        use->type = xstrdup("rowid");
    }
    while (at < end) {
        size_t next;

        if (is(reader, at, "CONSTRAINT") && is_name(reader, at + 1)) {
            free(name);
            name = text_at(reader, at + 1);
            at += 2;
            continue;
        }
        next = read_constraint(reader, at, table, column, name);
        at = next > at ? next : skip(reader, at);
    }
    reader->to = to;
}

static size_t item_end(const Reader *reader, size_t at, size_t end)
{
    while (at < end && !is(reader, at, ","))
        at = skip(reader, at);
    return at < end ? at : end;
}

static void read_create_table(Reader *reader, size_t at)
{
    AUTO(str) char *table = take_name(reader, &at);
    size_t end = skip(reader, at);

    if (!table || !is(reader, at, "("))
        return;
    for (at++; at + 1 < end; at = item_end(reader, at, end - 1) + 1)
        read_item(reader, at, item_end(reader, at, end - 1), table);
}

/* ALTER [COLUMN] a [SET DATA] TYPE t [USING ...]: with USING its expression tells the casts. */
static void read_retype(Reader *reader, size_t at, size_t end, const char *table)
{
    size_t name = is(reader, at + 1, "COLUMN") ? at + 2 : at + 1, type = name + 1;
    bool computed = false;
    SqlUse *use;

    if (is(reader, type, "SET") && is(reader, type + 1, "DATA"))
        type += 2;
    if (!is_name(reader, name) || !is(reader, type, "TYPE"))
        return;
    for (size_t i = type; i < end; i++)
        computed |= is(reader, i, "USING");
    use = add_use(reader, SQL_USE_LENGTH);
    one_table(use, table);
    str_list_add_owned(&use->columns, text_at(reader, name));
    use->type = type_text(reader, type + 1);
    if (computed)
        return;
    use = add_use(reader, SQL_USE_CAST);
    one_table(use, table);
    str_list_add_owned(&use->columns, text_at(reader, name));
    use->type = type_text(reader, type + 1);
}

static void read_alter_table(Reader *reader, size_t at)
{
    AUTO(str) char *table = take_name(reader, &at);

    while (table && at < reader->to) {
        size_t end = item_end(reader, at, reader->to);

        if (is(reader, at, "ADD"))
            read_item(reader, skip_words(reader, is(reader, at + 1, "COLUMN") ? at + 2 : at + 1),
                      end, table);
        else if (is(reader, at, "ALTER"))
            read_retype(reader, at, end, table);
        at = end + 1;
    }
}

/* CREATE UNIQUE INDEX [name] ON t [USING m] (terms) */
static void read_create_index(Reader *reader, size_t at)
{
    AUTO(str) char *name = is(reader, skip_words(reader, at), "ON") ? NULL : take_name(reader, &at);
    AUTO(str) char *table = NULL;
    SqlUse *use;

    at = skip_words(reader, at);
    if (!is(reader, at, "ON"))
        return;
    at++;
    table = take_name(reader, &at);
    if (is(reader, at, "USING"))
        at += 2;
    if (!table || !is(reader, at, "("))
        return;
    use = add_use(reader, SQL_USE_UNIQUE);
    (void)constraint_columns(reader, at, NULL, use);
    one_table(use, table);
    use->name = TAKE(name);
}

/* CREATE TYPE t AS ENUM ('a', 'b'); ALTER TYPE t ADD VALUE 'c' */
static void read_type(Reader *reader, size_t at)
{
    SqlUse *use = add_use(reader, SQL_USE_ENUM);

    use->type = type_text(reader, skip_words(reader, at));
    for (; at < reader->to; at++)
        if (reader->tokens->items[at].kind == SCAN_STRING)
            str_list_add_owned(&use->texts, text_at(reader, at));
}

static void read_definition(Reader *reader)
{
    size_t at = reader->from;

    for (; at < reader->to; at++) {
        bool creates = is(reader, at, "CREATE"), alters = is(reader, at, "ALTER");

        if (creates && is(reader, at + 1, "UNIQUE") && is(reader, at + 2, "INDEX"))
            read_create_index(reader, at + 3);
        else if (alters && is(reader, at + 1, "TABLE"))
            read_alter_table(reader, at + 2);
        else if ((creates || alters) && is(reader, at + 1, "TYPE"))
            read_type(reader, at + 2);
        else if (creates)
            for (size_t i = at + 1; i < at + 4; i++)
                if (is(reader, i, "TABLE"))
                    read_create_table(reader, i + 1);
        if (creates || alters)
            return;
    }
}

/* --- all of it -------------------------------------------------------------------------------- */

static void read_text(const char *sql, size_t statement, int depth, SqlUseList *uses);

static void read_inner(const Reader *reader, int depth)
{
    for (size_t at = reader->from; at < reader->to; at++) {
        const ScanToken *token = &reader->tokens->items[at];
        AUTO(str) char *inner = NULL;

        if ((token->kind != SCAN_DOLLAR && token->kind != SCAN_STRING) || depth >= DEPTH_MAX)
            continue;
        inner = scan_text(token);
        if (strchr(inner, ' '))
            read_text(inner, reader->statement, depth + 1, reader->uses);
    }
}

static void read_segment(Reader *reader, int depth)
{
    read_tables(reader);
    read_expressions(reader);
    read_definition(reader);
    read_inner(reader, depth);
    for (size_t i = 0; i < reader->aliases.len; i++) {
        free(reader->aliases.items[i].alias);
        free(reader->aliases.items[i].table);
    }
    free(reader->aliases.items);
}

static void read_text(const char *sql, size_t statement, int depth, SqlUseList *uses)
{
    AUTO(scan) ScanTokens tokens = {0};
    size_t from = 0;

    scan_read(sql, &tokens);
    for (size_t at = 0; at <= tokens.len; at++) {
        Reader reader = {
            .tokens = &tokens, .from = from, .to = at, .statement = statement, .uses = uses};

        if (at < tokens.len && !scan_is(&tokens, at, ";"))
            continue;
        read_segment(&reader, depth);
        from = at + 1;
    }
}

void sql_uses_read(const StatementList *statements, SqlUseList *ret_uses)
{
    SqlUseList uses = {0};

    for (size_t i = 0; i < statements->len; i++)
        read_text(statements->items[i].text, i, 0, &uses);
    *ret_uses = uses;
}

void sql_use_list_clear(SqlUseList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        SqlUse *use = &list->items[i];

        str_list_clear(&use->tables);
        str_list_clear(&use->columns);
        str_list_clear(&use->texts);
        free(use->name);
        free(use->type);
        free(use->text);
        free(use->of_table);
        free(use->of_column);
    }
    free(list->items);
    *list = (SqlUseList){0};
}
