#include "migrator/ledger_write.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum { DEPTH_MAX = 2 }; /* of SQL in the body of a DO */

typedef struct Reader {
    const Snapshot *snapshot;
    const LedgerSpecList *specs;
    const ScanTokens *tokens;
    const char *parameters;
    size_t statement;
    LedgerWriteList *writes;
} Reader;

/* What a statement puts into columns of a ledger. */
typedef struct Cell {
    char *column; /* NULL: the statement names none */
    char *value;  /* NULL: NULL, or not known */
    bool is_null;
} Cell;

typedef struct CellList {
    Cell *items;
    size_t len, cap;
} CellList;

static void cells_clear(CellList *cells)
{
    for (size_t i = 0; i < cells->len; i++) {
        free(cells->items[i].column);
        free(cells->items[i].value);
    }
    free(cells->items);
    *cells = (CellList){0};
}

DEFINE_AUTO_VALUE(cells, CellList, cells_clear)

static bool is(const Reader *reader, size_t at, const char *text)
{
    return scan_is(reader->tokens, at, text);
}

/* --- values ---------------------------------------------------------------------------------- */

/* "$1 = 'O''Reilly', $2 = NULL": the value of one; NULL when there is none, or it is NULL. */
static char *parameter(const char *parameters, size_t number, bool *ret_null)
{
    AUTO(scan) ScanTokens tokens = {0};
    AUTO(str) char *wanted = xasprintf("%zu", number);

    if (!parameters)
        return NULL;
    scan_read(parameters, &tokens);
    for (size_t at = 0; at + 3 < tokens.len; at++) {
        if (!scan_is(&tokens, at, "$") || !scan_is(&tokens, at + 1, wanted) ||
            !scan_is(&tokens, at + 2, "="))
            continue;
        *ret_null = scan_is(&tokens, at + 3, "NULL");
        return *ret_null ? NULL : scan_text(&tokens.items[at + 3]);
    }
    return NULL;
}

/* 'x', 12, $3, each with a type behind it (::text) or around it (CAST(x AS text)). */
static void read_value(const Reader *reader, size_t from, size_t to, Cell *cell)
{
    const ScanToken *token;
    size_t len = 1;

    if (is(reader, from, "CAST") && is(reader, from + 1, "("))
        from += 2;
    token = from < to ? &reader->tokens->items[from] : NULL;
    if (!token)
        return;
    if (is(reader, from, "$"))
        len = 2;
    if (from + len < to && !is(reader, from + len, ":") && !is(reader, from + len, "AS"))
        return; /* an expression */
    if (len == 2 && from + 1 < to) {
        cell->value =
            parameter(reader->parameters, strtoul(token[1].start, NULL, 10), &cell->is_null);
    } else if (token->kind == SCAN_STRING && !memchr(token->start, '\\', token->len)) {
        cell->value = scan_text(token);
    } else if (token->kind == SCAN_OTHER && isdigit((unsigned char)*token->start)) {
        cell->value = scan_text(token);
    } else {
        cell->is_null = is(reader, from, "NULL");
    }
}

/* Terms between commas, to a parenthesis or a word that ends them; at: behind the last. */
static size_t read_terms(const Reader *reader, size_t at, CellList *cells)
{
    static const char *const ENDS[] = {")", ";", "FROM", "WHERE", "ON", "RETURNING", "UNION"};

    for (size_t term = 0; at < reader->tokens->len; term++) {
        size_t from = at;
        bool ends = false;
        Cell found = {0};

        while (at < reader->tokens->len && !is(reader, at, ",") && !ends) {
            for (size_t i = 0; i < COUNT_OF(ENDS); i++)
                ends |= is(reader, at, ENDS[i]);
            at = ends ? at : scan_skip(reader->tokens, at);
        }
        read_value(reader, from, at, &found);
        if (term == cells->len)
            LIST_PUSH(cells, ((Cell){0}));
        free(cells->items[term].value);
        cells->items[term].value = found.value;
        cells->items[term].is_null = found.is_null;
        if (ends || at == reader->tokens->len)
            break;
        at++;
    }
    return at;
}

/* --- the id ---------------------------------------------------------------------------------- */

static const Cell *cell_of(const CellList *cells, const char *column)
{
    for (size_t i = 0; i < cells->len; i++)
        if (cells->items[i].column && text_eq_nocase(cells->items[i].column, column))
            return &cells->items[i];
    return NULL;
}

/* The expression of the ledger's id: columns and texts joined by ||, or COALESCE(a, b). */
static char *evaluate(const char *expression, const CellList *cells)
{
    AUTO(scan) ScanTokens tokens = {0};
    AUTO(buf) Buf out = BUF_INIT(64 << 10);
    bool first_of = false, any = false;

    scan_read(expression ? expression : "", &tokens);
    first_of = scan_is(&tokens, 0, "COALESCE");
    for (size_t at = first_of; at < tokens.len; at++) {
        AUTO(str) char *text = scan_text(&tokens.items[at]);
        const Cell *cell;

        if (tokens.items[at].kind == SCAN_STRING) {
            buf_adds(&out, text);
            continue;
        }
        if (tokens.items[at].kind != SCAN_QUOTED)
            continue;
        cell = cell_of(cells, text);
        if (first_of && cell && cell->is_null)
            continue;
        if (!cell || !cell->value)
            return NULL;
        any = true;
        buf_adds(&out, cell->value);
        if (first_of)
            break;
    }
    return any ? buf_take(&out) : NULL;
}

/* Without names of columns: the one value that the ledger has as an id. */
static char *recorded_among(const Reader *reader, const LedgerSpec *spec, const CellList *cells)
{
    const Ledger *ledger = ledger_find(&reader->snapshot->ledgers, spec->space, spec->table);
    const char *found = NULL;

    for (size_t i = 0; ledger && i < cells->len; i++) {
        if (!cells->items[i].value || !ledger_entry_find(ledger, cells->items[i].value))
            continue;
        if (found)
            return NULL;
        found = cells->items[i].value;
    }
    return xstrdup_null(found);
}

/* --- statements ------------------------------------------------------------------------------ */

/* [space .] name of a ledger; *at moves behind it. */
static const LedgerSpec *take_ledger(const Reader *reader, size_t *at)
{
    AUTO(str) char *space = NULL;
    AUTO(str) char *table = NULL;

    if (!scan_is_name(reader->tokens, *at))
        return NULL;
    table = scan_text(&reader->tokens->items[(*at)++]);
    if (is(reader, *at, ".") && scan_is_name(reader->tokens, *at + 1)) {
        space = TAKE(table);
        table = scan_text(&reader->tokens->items[*at + 1]);
        *at += 2;
    }
    for (size_t i = 0; i < reader->specs->len; i++) {
        const LedgerSpec *spec = &reader->specs->items[i];

        if (text_eq_nocase(spec->table, table) && (!space || text_eq_nocase(spec->space, space)))
            return spec;
    }
    return NULL;
}

static void add(Reader *reader, const LedgerSpec *spec, char *id, bool updates)
{
    LIST_PUSH(reader->writes,
              ((LedgerWrite){.at = reader->statement, .spec = spec, .id = id, .updates = updates}));
}

/* INTO ledger [AS a] [(columns)] [OVERRIDING ...] VALUES (...) or SELECT ...; at: behind INTO. */
static size_t read_insert(Reader *reader, size_t at)
{
    const LedgerSpec *spec = take_ledger(reader, &at);
    AUTO(cells) CellList cells = {0};
    bool named = false, selects;

    if (!spec)
        return at;
    while (at < reader->tokens->len && !is(reader, at, "VALUES") && !is(reader, at, "SELECT") &&
           !is(reader, at, ";")) {
        if (is(reader, at, "(") && !named) {
            size_t end = scan_skip(reader->tokens, at);

            for (size_t i = at + 1; i + 1 < end; i++)
                if (scan_is_name(reader->tokens, i))
                    LIST_PUSH(&cells, ((Cell){.column = scan_text(&reader->tokens->items[i])}));
            named = cells.len > 0;
            at = end;
        } else {
            at++;
        }
    }
    selects = is(reader, at, "SELECT");
    at = read_terms(reader, selects ? at + 1 : at + 2, &cells);
    if (!selects && is(reader, at, ")") && is(reader, at + 1, ","))
        add(reader, spec, NULL, false); /* several rows */
    else
        add(reader, spec, named ? evaluate(spec->id, &cells) : recorded_among(reader, spec, &cells),
            false);
    return at;
}

/* UPDATE ledger SET a = 1, ...; at: behind UPDATE. */
static size_t read_update(Reader *reader, size_t at)
{
    const LedgerSpec *spec = take_ledger(reader, &at);
    AUTO(cells) CellList cells = {0};

    while (spec && at < reader->tokens->len && !is(reader, at, "SET"))
        at++;
    if (!spec)
        return at;
    for (at++; at + 2 < reader->tokens->len; at++) {
        size_t from = at + 2;
        Cell cell = {0};

        if (!scan_is_name(reader->tokens, at) || !is(reader, at + 1, "="))
            break;
        cell.column = scan_text(&reader->tokens->items[at]);
        for (at = from; at < reader->tokens->len && !is(reader, at, ",") &&
                        !is(reader, at, "WHERE") && !is(reader, at, ";");)
            at = scan_skip(reader->tokens, at);
        read_value(reader, from, at, &cell);
        LIST_PUSH(&cells, cell);
        if (!is(reader, at, ","))
            break;
    }
    add(reader, spec, evaluate(spec->id, &cells), true);
    return at;
}

static void read_text(Reader *reader, const char *sql, int depth)
{
    AUTO(scan) ScanTokens tokens = {0};
    const ScanTokens *outer = reader->tokens;

    scan_read(sql, &tokens);
    reader->tokens = &tokens;
    for (size_t at = 0; at < tokens.len;) {
        if (tokens.items[at].kind == SCAN_DOLLAR && depth < DEPTH_MAX) {
            AUTO(str) char *body = scan_text(&tokens.items[at]);

            read_text(reader, body, depth + 1);
        }
        if (is(reader, at, "INSERT") && is(reader, at + 1, "INTO"))
            at = read_insert(reader, at + 2);
        else if (is(reader, at, "UPDATE"))
            at = read_update(reader, at + 1 + is(reader, at + 1, "ONLY"));
        else
            at++;
    }
    reader->tokens = outer;
}

void ledger_writes_read(const Snapshot *snapshot, const LedgerSpecList *specs,
                        const StatementList *statements, LedgerWriteList *ret_writes)
{
    LedgerWriteList writes = {0};
    Reader reader = {.snapshot = snapshot, .specs = specs, .writes = &writes};

    for (size_t i = 0; i < statements->len && specs->len > 0; i++) {
        reader.statement = i;
        reader.parameters = statements->items[i].parameters;
        read_text(&reader, statements->items[i].text, 0);
    }
    *ret_writes = writes;
}

void ledger_writes_clear(LedgerWriteList *writes)
{
    for (size_t i = 0; i < writes->len; i++)
        free(writes->items[i].id);
    free(writes->items);
    *writes = (LedgerWriteList){0};
}
