#pragma once
/* Statements out of templates. */

#include "model/schema.h"

/** A name, quoted when it is not plain or might be a keyword; caller frees. */
MUST_USE char *statement_name(const char *name);
/** space.name, each quoted when it must; caller frees. */
MUST_USE char *statement_place(const char *space, const char *name);
/** 'text'; caller frees. */
MUST_USE char *statement_literal(const char *text);
/** Split at every ", " outside quotes and parentheses. "" has no items. */
void statement_split(const char *list, StrList *ret_items);

/* What a template is filled with. */
typedef struct StatementScope {
    const SchemaObject *object;       /* whose attributes and facts are meant */
    const SchemaObject *old;          /* as it is now; object itself when it is new */
    const char *noun, *place, *table; /* {noun}, {place}, {table} */
    const char *name;                 /* {name} */
    const char *definitions;          /* {definitions}: of columns */
    const char *before, *after;       /* {before}, {after} */
} StatementScope;

/**
 * {key}   a value above, or an attribute or fact of the object, as it is; {old.key} of the old one
 * {'key}  the same, as a literal; {"key} as a name
 * {?key}  nothing, but there must be that attribute; {?key=value} with that value
 * {!key}  nothing, but there must be none; {!key=value} another
 * {~key}  nothing, but the old one's must be another
 * {^key}  nothing, but the old one's must be the beginning of it
 * [...]   left out when something in it is absent
 *
 * @return caller frees; NULL when something outside of brackets is absent
 */
MUST_USE char *statement_fill(const char *template, const StatementScope *scope);
