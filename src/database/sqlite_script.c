#include "database/sqlite_script.h"

#include <string.h>

#include "base/text.h"

/* Where a statement begins, behind blanks and comments. */
static const char *first_word(const char *sql)
{
    for (;;) {
        const char *end = NULL;

        sql += strspn(sql, " \t\r\n\f;");
        if (text_starts(sql, "--"))
            end = strchr(sql, '\n');
        else if (text_starts(sql, "/*"))
            end = strstr(sql, "*/");
        if (!end)
            return sql;
        sql = end + (*end == '*' ? 2 : 1);
    }
}

/* Line of a script, from that of its first, on which a statement is wrong. Source:
 * sqlite3_error_offset, which is -1 where SQLite cannot tell */
static size_t line_of(const char *script, size_t line, const char *statement, int offset)
{
    const char *place = offset > 0 ? statement + offset : first_word(statement);

    for (const char *c = script; c < place; c++)
        line += *c == '\n';
    return line;
}

Error *sqlite_script_run(SqliteDb *db, const char *what, const char *script, size_t line)
{
    const char *rest = script;

    while (rest && *rest) {
        AUTO(stmt) sqlite3_stmt *stmt = NULL;
        const char *tail = NULL;
        int status = sqlite3_prepare_v2(db->db, rest, -1, &stmt, &tail);

        while (status == SQLITE_OK && stmt && (status = sqlite3_step(stmt)) == SQLITE_ROW)
            status = SQLITE_OK; /* what a query answers is of no interest */
        if (status != SQLITE_OK && status != SQLITE_DONE)
            return error_new(ERR_INVALID, status, "%s:%zu: %s", what,
                             line_of(script, line, rest, sqlite3_error_offset(db->db)),
                             sqlite3_errmsg(db->db));
        rest = tail;
    }
    return NULL;
}
