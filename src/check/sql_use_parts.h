#pragma once
/* One statement while it is read: what the parts of sql_use.c share. */

#include "check/sql_use.h"
#include "model/sql_scan.h"

typedef struct UseAlias {
    char *alias, *table;
} UseAlias;

/* One statement of those that a text holds. */
typedef struct UseReader {
    const ScanTokens *tokens;
    size_t from, to;
    size_t statement;
    SqlUseList *uses;

    struct {
        UseAlias *items;
        size_t len, cap;
    } aliases;
} UseReader;

/* --- sql_use_reader.c: the tokens at a place, and the names there. Texts are the caller's to free.
 */

bool use_is(const UseReader *reader, size_t at, const char *text);
bool use_is_any(const UseReader *reader, size_t at, const char *const *words, size_t count);
bool use_is_name(const UseReader *reader, size_t at);
MUST_USE char *use_text_at(const UseReader *reader, size_t at);
/** Behind the token, or behind the parentheses that it opens. */
size_t use_skip(const UseReader *reader, size_t at);
/** Behind IF NOT EXISTS, ONLY and the like. */
size_t use_skip_words(const UseReader *reader, size_t at);
/** The text of the tokens from..to as it was written. */
MUST_USE char *use_range_text(const UseReader *reader, size_t from, size_t to);
/** [space .] name; *at moves behind it. NULL: no name. */
MUST_USE char *use_take_name(const UseReader *reader, size_t *at);
/** The type's name: its last word where a namespace or more words belong to it. */
MUST_USE char *use_type_text(const UseReader *reader, size_t at);
/** Learn the tables that the statement names, and what it calls them. */
void use_read_tables(UseReader *reader);
/** A new one at the end of the list, borrowed until the next. */
SqlUse *use_add(UseReader *reader, SqlUseKind kind);
/** The columns that the tokens from..to name, with the tables that they may be of. */
void use_add_columns(const UseReader *reader, size_t from, size_t to, SqlUse *use);

void use_read_expressions(UseReader *reader); /* sql_use_expressions.c */
void use_read_definition(UseReader *reader);  /* sql_use_definitions.c */
