#pragma once
/* What became of data, against what the candidate's SQL names: loss that a statement spells out is
 * meant, loss that none spells out is not. */

#include "check/compose.h"

typedef struct Said {
    EffectList effects;    /* of the candidate's statements */
    EffectList maintained; /* of triggers and functions of both schemas */
    const Observation *seen;
} Said;

void said_read(const Observation *seen, Said *ret_said);
void said_clear(Said *said);
DEFINE_AUTO_VALUE(said, Said, said_clear)

typedef enum SaidKind { SAID, UNSAID, NO_LOSS } SaidKind;

/** Whether the rows of change that are gone were named. @param[out] ret_by  the statement; NULL
 * when the schema says it; borrowed */
SaidKind said_rows(const Said *said, const TableChange *change, const Statement **ret_by);
SaidKind said_column(const Said *said, const TableChange *change, const ColumnChange *column,
                     const Statement **ret_by);
/** A statement that removes what the table's keys refer to; NULL when none does. Borrowed. */
const Statement *said_of_parents(const Said *said, const TableChange *change);
/** A statement that takes along what depends on it, such as DROP TYPE ... CASCADE; NULL when there
 * is none, or several. Borrowed. */
const Statement *said_of_cascade(const Said *said);
/** The copy of a table that was made anew; NULL when it was not. Borrowed. */
const Statement *said_of_rebuild(const Said *said, const TableChange *change);
/** The migration of a statement, or the only one that ran; NULL when not known. Caller frees. */
MUST_USE char *said_migration(const Said *said, const Statement *by);
/** "notes", "app.notes" */
MUST_USE char *said_table(const TableChange *change);
/** The reason why nothing can be said; NULL when something can. Caller owns it. */
MUST_USE char *said_skip(const Observation *seen);
/** The reason why a check that found nothing did not pass: tables that could not be compared. NULL
 * when it found something or saw all. @param found  how many findings it has. Caller owns it. */
MUST_USE char *said_unseen(const Observation *seen, size_t found);
