/* The failure in plain terms. Wordings: Postgres 13-18 message catalogue, SQLite's vdbe.c, json.c;
 * what languages say of text that is not what their code reads. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "check/lesson_parts.h"
#include "model/sql_scan.h"

#define NEAR_LINES 25 /* how far below a message its detail stands */

/* The text between before and after; NULL when one of them is not there. Caller frees. */
static char *between(const char *line, const char *before, const char *after)
{
    const char *at = strstr(line, before);
    const char *end;

    if (!at)
        return NULL;
    at += strlen(before);
    end = *after ? strstr(at, after) : at + strlen(at);
    return end ? xstrndup(at, (size_t)(end - at)) : NULL;
}

/* What stands behind before in quotes, up to the last quote of the line. */
static char *quoted(const char *line, const char *before)
{
    const char *at = strstr(line, before);
    const char *end;

    if (!at)
        return NULL;
    at += strlen(before);
    end = strrchr(at, '"');
    return xstrndup(at, end && end > at ? (size_t)(end - at) : strlen(at));
}

static char *plain_type(const char *type)
{
    const char *dot = strrchr(type, '.');
    AUTO(str) char *bare = text_replace(dot ? dot + 1 : type, "\"", "");

    bare[strcspn(bare, "(")] = '\0';
    for (char *c = bare; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return text_trim(bare);
}

/* invalid input syntax for type integer: "amber"; before Postgres 12 without "type". */
static void read_syntax(const char *message, Trouble *trouble)
{
    static const char WORDS[] = "invalid input syntax for ";
    const char *at = strstr(message, WORDS);
    AUTO(str) char *type = NULL;

    if (!at)
        return;
    at += strlen(WORDS);
    at += text_starts(at, "type ") ? strlen("type ") : 0;
    type = xstrndup(at, strcspn(at, ":"));
    trouble->type = plain_type(type);
    trouble->value = quoted(at, ": \"");
    trouble->kind = text_starts(trouble->type, "json") ? TROUBLE_JSON : TROUBLE_CAST;
}

static void read_enum(const char *message, Trouble *trouble)
{
    AUTO(str) char *type = between(message, "invalid input value for enum ", ":");

    if (!type)
        return;
    trouble->kind = TROUBLE_ENUM;
    trouble->type = plain_type(type);
    trouble->value = quoted(message, ": \"");
}

/* value "99999999999" is out of range for type integer; integer out of range */
static void read_range(const char *message, Trouble *trouble)
{
    if (strstr(message, "date/time field value out of range")) {
        trouble->kind = TROUBLE_CAST;
        trouble->type = xstrdup("timestamp");
        trouble->value = quoted(message, ": \"");
    } else if (strstr(message, "out of range for type")) {
        AUTO(str) char *type = between(message, "out of range for type ", "");

        trouble->kind = TROUBLE_CAST;
        trouble->type = plain_type(type);
        trouble->value = between(message, "value \"", "\"");
    } else {
        trouble->kind = TROUBLE_RANGE;
    }
}

/* Types that say it in words of their own. */
static const struct {
    const char *words, *type;
} OWN_WORDS[] = {
    {"malformed array literal: ", "array"},
    {"malformed range literal: ", "range"},
    {"malformed multirange literal: ", "multirange"},
    {"is not a valid binary digit", "bit"},
    {"syntax error in tsquery: ", "tsquery"},
    {"Syntax error near \"", "hstore"},
    {"ltree syntax error", "ltree"},
};

static bool read_own_words(const char *message, Trouble *trouble)
{
    for (size_t i = 0; i < COUNT_OF(OWN_WORDS); i++) {
        if (!strstr(message, OWN_WORDS[i].words))
            continue;
        trouble->kind = TROUBLE_CAST;
        trouble->type = xstrdup(OWN_WORDS[i].type);
        if (text_ends(OWN_WORDS[i].words, ": "))
            trouble->value = quoted(message, ": \"");
        return true;
    }
    return false;
}

static void read_value(const char *message, Trouble *trouble)
{
    if (strstr(message, "malformed JSON")) {
        trouble->kind = TROUBLE_JSON;
    } else if (strstr(message, "value too long for type")) {
        AUTO(str) char *most = between(message, "(", ")");

        trouble->kind = TROUBLE_LENGTH;
        trouble->below = most ? strtol(most, NULL, 10) : 0;
    } else if (strstr(message, "out of range") || strstr(message, "numeric field overflow")) {
        read_range(message, trouble);
    } else if (strstr(message, "datatype mismatch")) {
        trouble->kind = TROUBLE_CAST;
        trouble->type = xstrdup("rowid");
    } else if (strstr(message, "cannot store ")) { /* a STRICT table of SQLite */
        AUTO(str) char *type = between(message, " value in ", " column");

        trouble->kind = TROUBLE_CAST;
        trouble->type = plain_type(type ? type : "");
    } else if (strstr(message, "invalid value \"")) { /* to_date, to_timestamp */
        trouble->kind = TROUBLE_CAST;
        trouble->type = xstrdup("timestamp");
        trouble->value = between(message, "invalid value \"", "\"");
        trouble->cut = true;
    } else if (!read_own_words(message, trouble)) {
        read_syntax(message, trouble);
        read_enum(message, trouble);
    }
}

/* The names in "a, lower(b::text)" that can be columns. */
static void read_key_columns(const char *text, StrList *columns)
{
    AUTO(scan) ScanTokens tokens = {0};

    scan_read(text, &tokens);
    for (size_t i = 0; i < tokens.len; i++)
        if (scan_is_name(&tokens, i) && !scan_is(&tokens, i + 1, "(") &&
            !(i > 0 && scan_is(&tokens, i - 1, ":")))
            str_list_add_owned(columns, scan_text(&tokens.items[i]));
}

/* Key (a, b)=(1, x) is duplicated. | already exists. | is not present in table "users". */
static void read_key_line(const char *line, Trouble *trouble)
{
    static const char *const ENDS[] = {") is duplicated", ") already exists", ") is not present",
                                       ") conflicts with"};
    AUTO(str) char *names = between(line, "Key (", ")=(");

    if (!names || trouble->columns.len > 0)
        return;
    read_key_columns(names, &trouble->columns);
    for (size_t i = 0; i < COUNT_OF(ENDS) && !trouble->value; i++)
        trouble->value = between(line, ")=(", ENDS[i]);
    trouble->of_table = between(line, "is not present in table \"", "\"");
}

static void read_detail_line(const char *line, Trouble *trouble)
{
    if (trouble->kind == TROUBLE_UNIQUE || trouble->kind == TROUBLE_KEY)
        read_key_line(line, trouble);
    if (trouble->kind == TROUBLE_JSON && !trouble->value && strstr(line, "JSON data, line 1: ")) {
        trouble->value = between(line, "JSON data, line 1: ", "");
        trouble->cut = true;
        if (text_ends(trouble->value, "..."))
            trouble->value[strlen(trouble->value) - 3] = '\0';
    }
    if (trouble->kind == TROUBLE_RANGE && strstr(line, "absolute value less than 1."))
        trouble->below = 1;
    if (trouble->kind == TROUBLE_RANGE && strstr(line, "absolute value less than 10^"))
        trouble->below = 10;
}

static void read_details(const char *log, size_t from, Trouble *trouble)
{
    AUTO(str_list) StrList lines = {0};

    str_list_split(log ? log : "", '\n', &lines);
    for (size_t i = from; i < lines.len && i < from + NEAR_LINES; i++) {
        AUTO(str) char *plain = text_replace(lines.items[i], "\\\"", "\"");

        read_detail_line(plain, trouble);
    }
}

/* UNIQUE constraint failed: users.org, users.email */
static void read_sqlite_columns(const char *message, Trouble *trouble)
{
    AUTO(str) char *list = between(message, "UNIQUE constraint failed: ", "");
    AUTO(str_list) StrList parts = {0};

    if (!list || text_starts(list, "index "))
        return;
    str_list_split(list, ',', &parts);
    for (size_t i = 0; i < parts.len; i++) {
        const char *dot = strrchr(parts.items[i], '.');
        AUTO(str) char *column = text_trim(dot ? dot + 1 : parts.items[i]);

        str_list_add(&trouble->columns, column);
    }
}

/* What code says that reads a value as something else. */
static const struct {
    const char *before, *after;
    TroubleKind kind;
    const char *type;
    bool cut;
} CODE[] = {
    {"invalid literal for int() with base 10: '", "'", TROUBLE_CAST, "integer", false},
    {"could not convert string to float: '", "'", TROUBLE_CAST, "numeric", false},
    {"invalid value for Integer(): \"", "\"", TROUBLE_CAST, "integer", false},
    {"NumberFormatException: For input string: \"", "\"", TROUBLE_CAST, "integer", false},
    {"strconv.Atoi: parsing \"", "\"", TROUBLE_CAST, "integer", false},
    {"strconv.ParseInt: parsing \"", "\"", TROUBLE_CAST, "integer", false},
    {"strconv.ParseFloat: parsing \"", "\"", TROUBLE_CAST, "numeric", false},
    {"Invalid isoformat string: '", "'", TROUBLE_CAST, "timestamp", false},
    {"parsing time \"", "\"", TROUBLE_CAST, "timestamp", false},
    {"is not a valid UUID: \"", "\"", TROUBLE_CAST, "uuid", false},
    {"unexpected token at '", "'", TROUBLE_JSON, "json", true},
    {"unexpected character: '", "'", TROUBLE_JSON, "json", true},
    {"Unrecognized token '", "'", TROUBLE_JSON, "json", true},
    {"invalid character '", "' looking for beginning of value", TROUBLE_JSON, "json", true},
};

/* Unexpected token 'a', "amber gar"... is not valid JSON: of V8, cut after ten characters */
static bool read_v8(const char *line, Trouble *trouble)
{
    const char *end = strstr(line, " is not valid JSON");
    AUTO(str) char *text = NULL;
    char *at;

    if (!end || !strstr(line, ", \""))
        return false;
    text = between(line, ", \"", " is not valid JSON");
    trouble->cut = text && text_ends(text, "...");
    at = text ? strrchr(text, '"') : NULL;
    if (!at)
        return false;
    *at = '\0';
    trouble->kind = TROUBLE_JSON;
    trouble->value = TAKE(text);
    return true;
}

static void read_code(const char *log, Trouble *trouble)
{
    AUTO(str_list) StrList lines = {0};

    str_list_split(log ? log : "", '\n', &lines);
    for (size_t n = lines.len; n-- > 0 && trouble->kind == TROUBLE_OTHER;) {
        AUTO(str) char *plain = text_replace(lines.items[n], "\\\"", "\"");

        for (size_t i = 0; i < COUNT_OF(CODE) && trouble->kind == TROUBLE_OTHER; i++) {
            if (!(trouble->value = between(plain, CODE[i].before, CODE[i].after)))
                continue;
            trouble->kind = CODE[i].kind;
            trouble->type = xstrdup(CODE[i].type);
            trouble->cut = CODE[i].cut;
        }
        if (trouble->kind == TROUBLE_OTHER)
            (void)read_v8(plain, trouble);
        trouble->in_code = trouble->kind != TROUBLE_OTHER;
    }
}

static TroubleKind kind_of(const Evidence *evidence)
{
    static const TroubleKind kinds[] = {
        [EVIDENCE_UNIQUE] = TROUBLE_UNIQUE,
        [EVIDENCE_FOREIGN_KEY] = TROUBLE_KEY,
        [EVIDENCE_CHECK] = TROUBLE_CHECK,
    };

    return evidence->kind < COUNT_OF(kinds) ? kinds[evidence->kind] : TROUBLE_OTHER;
}

/* "CHECK constraint failed: status IN ('a')": the constraint's name, or its expression. */
static void name_check(const Evidence *evidence, Trouble *trouble)
{
    char *text = between(evidence->message, "CHECK constraint failed: ", "");

    if (!text)
        return;
    free(trouble->name);
    trouble->name = text;
}

/* A key that refers to what is not there; the other way round, somebody deleted what was. */
static bool is_delete(const char *message)
{
    return strstr(message, "update or delete on table") || strstr(message, "mismatch");
}

void trouble_read(const char *log, const Snapshot *before, Trouble *ret_trouble)
{
    AUTO(evidence) Evidence evidence = {0};
    Trouble trouble = {0};

    evidence_find(log, &evidence);
    evidence_resolve(&evidence, before, NULL);
    if (evidence.message && evidence.rank == RANK_DATABASE) {
        trouble.kind = kind_of(&evidence);
        trouble.table = xstrdup_null(evidence.table);
        trouble.column = xstrdup_null(evidence.column);
        trouble.name = xstrdup_null(evidence.name);
        if (evidence.kind == EVIDENCE_VALUE)
            read_value(evidence.message, &trouble);
        if (trouble.kind == TROUBLE_CHECK)
            name_check(&evidence, &trouble);
        if (trouble.kind == TROUBLE_UNIQUE)
            read_sqlite_columns(evidence.message, &trouble);
        if (trouble.kind == TROUBLE_KEY && is_delete(evidence.message))
            trouble.kind = TROUBLE_OTHER;
        read_details(log, evidence.line, &trouble);
    } else {
        read_code(log, &trouble);
    }
    *ret_trouble = trouble;
}

void trouble_clear(Trouble *trouble)
{
    str_list_clear(&trouble->columns);
    free(trouble->type);
    free(trouble->table);
    free(trouble->column);
    free(trouble->value);
    free(trouble->name);
    free(trouble->of_table);
    *trouble = (Trouble){0};
}
