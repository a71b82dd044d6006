#include "database/pg_dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/text.h"

/* --- whether it is whole
 * --------------------------------------------------------------------------- */

typedef struct DumpScan {
    bool copying; /* inside COPY's data */
    bool open;    /* pg_dump's first comment was there, its last was not */
    bool content; /* something of a database's own was there */
    int64_t start;
} DumpScan;

static bool ends_with(const char *line, const char *end)
{
    size_t len = strlen(line), end_len = strlen(end);

    return len >= end_len && text_eq(line + len - end_len, end);
}

static bool is_content(const char *line)
{
    static const char *const OF_SERVER[] = {"CREATE DATABASE ",   "ALTER DATABASE ",
                                            "CREATE ROLE ",       "ALTER ROLE ",
                                            "CREATE TABLESPACE ", "ALTER TABLESPACE "};

    for (size_t i = 0; i < COUNT_OF(OF_SERVER); i++)
        if (text_starts(line, OF_SERVER[i]))
            return false;
    return text_starts(line, "CREATE ") || text_starts(line, "INSERT ") ||
           text_starts(line, "ALTER ");
}

/* @param after  offset of the next line */
static Error *scan_line(DumpScan *scan, const char *line, int64_t after)
{
    if (scan->copying) {
        scan->copying = !text_eq(line, "\\.");
    } else if (text_starts(line, "COPY ") && ends_with(line, " FROM stdin;")) {
        scan->copying = scan->content = true;
    } else if (text_eq(line, "-- PostgreSQL database dump")) {
        scan->open = true;
    } else if (text_eq(line, "-- PostgreSQL database dump complete")) {
        scan->open = false;
    } else if (text_starts(line, "\\connect ")) {
        if (scan->content)
            return error_new(ERR_INVALID, 0,
                             "it holds several databases: dump the application's alone, with "
                             "pg_dump");
        scan->start = after;
    } else {
        scan->content |= is_content(line);
    }
    return NULL;
}

static void line_release(char **line)
{
    free(*line);
}

Error *pg_dump_scan(const char *path, const Cancel *cancel, int64_t *ret_start)
{
    AUTO(file) FILE *file = fopen(path, "rbe");
    __attribute__((cleanup(line_release))) char *line = NULL;
    DumpScan scan = {0};
    int64_t after = 0;
    size_t cap = 0;
    ssize_t len;

    if (!file)
        return error_errno("reading %s", path);
    while ((len = getline(&line, &cap, file)) >= 0) {
        TRY(cancel_check(cancel));
        after += len;
        line[strcspn(line, "\r\n")] = '\0';
        TRY(scan_line(&scan, line, after));
    }
    if (ferror(file))
        return error_errno("reading %s", path);
    if (scan.copying || scan.open)
        return error_new(ERR_INVALID, 0, "the end of it is missing");
    *ret_start = scan.start;
    return NULL;
}

/* --- what psql says
 * -------------------------------------------------------------------------------- */

/* An error over a role, until it is known of which statement. */
typedef struct HeldError {
    const char *line; /* NULL: none */
    size_t len;
} HeldError;

static void keep(const char *line, size_t len, size_t max, StrList *errors)
{
    AUTO(str) char *text = line ? xstrndup(line, len) : NULL;
    AUTO(str) char *clean = text ? text_clean_line(text) : NULL;

    if (clean && errors->len < max)
        str_list_add(errors, clean);
}

static void settle(HeldError *held, const char *sql, size_t max, StrList *errors)
{
    if (!text_starts(sql, "ALTER ") && !text_starts(sql, "GRANT ") && !text_starts(sql, "REVOKE "))
        keep(held->line, held->len, max, errors);
    *held = (HeldError){0};
}

/* "psql:/tmp/dump:12: ERROR:  ..." -> "ERROR:  ..."; NULL for a line that continues another. */
static const char *words_of(const char *line)
{
    const char *rest;

    if (!text_starts(line, "psql:"))
        return NULL;
    rest = strchr(line + strlen("psql:"), ':');
    if (!rest || rest[1] < '0' || rest[1] > '9')
        return line; /* of psql itself */
    rest = strchr(rest + 1, ':');
    return rest ? rest + 1 + strspn(rest + 1, " ") : line;
}

static bool is_remark(const char *words)
{
    static const char *const LEVELS[] = {"NOTICE:", "WARNING:", "INFO:", "LOG:", "DEBUG:"};

    for (size_t i = 0; i < COUNT_OF(LEVELS); i++)
        if (text_starts(words, LEVELS[i]))
            return true;
    return ends_with(words, "invalid command \\restrict") ||
           ends_with(words, "invalid command \\unrestrict");
}

static bool is_role_missing(const char *words)
{
    return text_starts(words, "ERROR:  role \"") && ends_with(words, "\" does not exist");
}

/* A statement comes with the comments before it. */
static bool is_comment(const char *sql)
{
    return !*sql || text_starts(sql, "--");
}

static void read_line(const char *said, const char *line, HeldError *held, size_t max,
                      StrList *errors)
{
    static const char STATEMENT[] = "STATEMENT:";
    const char *words = words_of(line);
    const char *sql = words ? NULL : line;

    if (words && text_starts(words, STATEMENT)) {
        sql = words + strlen(STATEMENT);
        sql += strspn(sql, " ");
    }
    if (sql) {
        if (held->line && !is_comment(sql))
            settle(held, sql, max, errors);
        return;
    }
    settle(held, "", max, errors);
    if (is_role_missing(words))
        *held = (HeldError){.line = said, .len = strlen(line)};
    else if (!is_remark(words))
        keep(line, strlen(line), max, errors);
}

void pg_errors_read(const char *said, size_t max, StrList *errors)
{
    HeldError held = {0};

    while (*said) {
        size_t len = strcspn(said, "\n");
        AUTO(str) char *line = xstrndup(said, len);

        line[strcspn(line, "\r")] = '\0';
        read_line(said, line, &held, max, errors);
        said += len + (said[len] == '\n');
    }
    settle(&held, "", max, errors);
}
