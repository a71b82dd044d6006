#pragma once
/* SQL files: cut into statements, and run one by one, as psql runs a file. */

#include "database/pg_db.h"

typedef struct PgStatement {
    size_t start, len; /* in the script */
    size_t line;       /* that it starts on, from 1 */
} PgStatement;

typedef struct PgStatementList {
    PgStatement *items;
    size_t len, cap;
} PgStatementList;

/**
 * Where the statements are: a semicolon inside quotes, dollar quotes, comments, parentheses and the
 * body of CREATE FUNCTION ... BEGIN ATOMIC ends none. Any text will do.
 */
void pg_statements_read(const char *script, PgStatementList *ret_statements);
void pg_statements_clear(PgStatementList *statements);
DEFINE_AUTO_VALUE(pg_statements, PgStatementList, pg_statements_clear)

/**
 * Run a script, each statement in a transaction of its own, to the first that fails. The session is
 * as a new one's, not as our own reading wants it; connect for it, and close afterwards.
 *
 * @param what  the file's name, for messages
 * @return NULL, or ERR_INVALID "extensions.sql:3: type \"citext\" does not exist" (also for a
 * command of psql such as \connect), or what is no refusal as pg_query
 */
MUST_USE Error *pg_script_run(PgDb *db, const char *what, const char *script);
/** A file of at most 16 MiB over a connection of its own. @return as pg_script_run; ERR_INVALID for
 * a file that cannot be read */
MUST_USE Error *pg_script_run_file(const PgTarget *target, const Cancel *cancel, const char *path,
                                   Deadline dl);
