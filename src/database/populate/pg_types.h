#pragma once
/* The types of a Postgres database, as far as values are made of them. */

#include "database/populate/engine.h"
#include "database/populate/pg_functions.h"

typedef struct PgField {
    unsigned long type;
    int modifier;
} PgField;

typedef struct PgType {
    unsigned long id;
    char *name, *cast; /* "int4"; "integer", "app.mood": what casts name */
    char kind;         /* of pg_type.typtype: b, e, d, c, r, m */
    char category;
    unsigned long base;    /* of a domain; of a range: what it spans; of a multirange: its range */
    unsigned long element; /* of an array */
    int modifier;          /* of a domain's base */
    bool not_null;         /* a domain's */
    StrList labels;        /* of an enum */
    StrList checks;        /* of a domain, over VALUE */

    struct {
        PgField *items;
        size_t len, cap;
    } fields; /* of a composite */
} PgType;

typedef struct PgTypes {
    PgType *items; /* sorted by id */
    size_t len, cap;
    PgFunctions functions;
} PgTypes;

MUST_USE Error *pg_types_read(PopEngine *engine, PgTypes *ret_types);
const PgType *pg_type_find(const PgTypes *types, unsigned long id);
/** The type a chain of domains ends in; modifier becomes the innermost that is set. */
const PgType *pg_type_base(const PgTypes *types, unsigned long id, int *modifier);
void pg_types_clear(PgTypes *types);
DEFINE_AUTO_VALUE(pg_types, PgTypes, pg_types_clear)

/** Family and limits of a column of that type. */
void pg_column_settle(const PgTypes *types, unsigned long type, int modifier, PopColumn *column);
/** The not_null and the checks of a domain, for the column at. */
void pg_domain_apply(const PgTypes *types, unsigned long id, PopTable *table, size_t at);
/**
 * A value that the domain's checks let pass.
 *
 * @param n  which of them
 * @return owned; NULL when it has no checks, and when none was found
 */
MUST_USE char *pg_domain_value(PopEngine *engine, const PgTypes *types, const char *name,
                               unsigned long id, unsigned n);
/** PopEngine's choices. */
void pg_choices(PopEngine *engine, const PopTable *table, const PopColumn *column,
                PopChoiceList *list);

/** Read the tables. */
MUST_USE Error *pg_model_read(PopEngine *engine, PgTypes *types, PopModel *model);
/** A number out of a cell; 0 for NULL. */
unsigned long pg_cell_id(const PopCells *cells, size_t row, size_t column);
