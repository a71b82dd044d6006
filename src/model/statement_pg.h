#pragma once
/* Statements for Postgres: what is said of each kind of object, as data. */

#include <stdbool.h>

#include "model/statement_text.h"

/* How an object is referred to. */
typedef enum PgPlace {
    PG_PLACE_OWN,       /* space.name */
    PG_PLACE_ALONE,     /* name: of the whole database */
    PG_PLACE_ON,        /* name ON space.table */
    PG_PLACE_COLUMN,    /* space.table.name */
    PG_PLACE_SIGNATURE, /* as the server refers to it */
} PgPlace;

/* What can be said of every object of a kind. */
typedef struct PgKind {
    const char *noun; /* in DROP and COMMENT ON; NULL: of this kind nothing is said */
    PgPlace place;
    const char *create, *drop; /* templates; drop NULL: DROP noun place */
    const char *grants;        /* what privileges are ON, a template; NULL: it has none */
    const char *before_grant;  /* what stands before GRANT, a template; NULL: nothing */
    bool remade;               /* what no template changes, is changed by dropping and creating */
} PgKind;

extern const PgKind PG_KINDS[SCHEMA_KIND_COUNT];
extern const char PG_COLUMN_DEFINITION[]; /* template: in CREATE TABLE */

/* How one attribute is changed. */
typedef struct PgChange {
    SchemaKind kind; /* SCHEMA_KIND_COUNT: any */
    const char *attribute;
    const char *after; /* "": gone; NULL: any other value */
    const char *text;  /* template */
    bool extra;        /* CREATE does not say it: it follows */
} PgChange;

extern const PgChange PG_CHANGES[];
extern const size_t PG_CHANGE_COUNT;

/**
 * GRANT and REVOKE that turn one list of "SELECT TO reader" and "no EXECUTE TO PUBLIC" into
 * another.
 *
 * @param target  what they are on: "TABLE public.notes"
 * @param prefix  before GRANT and REVOKE: "" or "ALTER DEFAULT PRIVILEGES ... "
 * @param column  name of the column that they are about, quoted; NULL: none
 * @param owner  quoted; NULL when not known
 */
void pg_grants_change(const char *before, const char *after, const char *target, const char *prefix,
                      const char *column, const char *owner, StrList *statements);
/** ALTER TYPE ... ADD VALUE; nothing when values went or moved. */
void pg_enum_change(const char *before, const char *after, const char *place, StrList *statements);
/** ALTER TYPE ... ATTRIBUTE; nothing when attributes moved. */
void pg_composite_change(const char *before, const char *after, const char *place,
                         StrList *statements);
/** OPTIONS (ADD, SET, DROP) of lists of "host 'x'". @param what  "SERVER far" */
void pg_settings_change(const char *before, const char *after, const char *what,
                        StrList *statements);
/** SET and RESET of storage parameters, lists of "fillfactor=70". @param what  "TABLE public.notes"
 */
void pg_options_change(const char *before, const char *after, const char *what,
                       StrList *statements);
/** The whole of it; see schema_difference_statement. */
MUST_USE char *pg_difference_statement(const Schema *upgraded, const Schema *fresh,
                                       const SchemaDifference *difference);
