#pragma once
/* One of two databases that are compared: its tables in brief, and their rows in order. */

#include "database/database.h"
#include "model/data_changes.h"

/* What is asked of a table; borrowed. */
typedef struct DataAsk {
    const char *space, *table;
    const StrList *columns;
    const StrList *key; /* columns that the rows are ordered by, as text, byte by byte */
} DataAsk;

typedef struct DataSide {
    const struct DataSideOps *ops;
    const Snapshot *snapshot; /* borrowed */
    const char **values;      /* of the current row, in the order asked for; NULL is NULL */
    char *keys;               /* of the current row: its key, one text; NULL without a key */
} DataSide;

typedef struct DataSideOps {
    /** Begin to read; one reading at a time. A long value is cut, and a hash of all of it added. */
    Error *(*open)(DataSide *side, const DataAsk *ask);
    /** @param[out] ret_row  false at the end */
    Error *(*next)(DataSide *side, bool *ret_row);
    /** End a reading, also one that failed; the next can begin. */
    void (*end)(DataSide *side);
    void (*close)(DataSide *side);
    /** Whether a failure concerns one table only. */
    bool (*is_local)(const Error *err);
} DataSideOps;

/* Between the parts of a key: sorts before all that text contains. */
#define DATA_KEY_SEPARATOR "\x01"

void data_side_close(DataSide *side); /* NULL is fine */
DEFINE_AUTO(data_side, DataSide *, data_side_close)

/**
 * What became of the rows and values of before.
 *
 * Left out are ledgers and generated columns, and virtual and foreign tables, which are named in
 * the changes' aside. A table whose rows a snapshot lacks is named in unseen.
 *
 * @param[out] ret_changes  untouched on error
 * @return NULL; what is not local of the sides' calls
 */
MUST_USE Error *data_compare(DataSide *before, DataSide *after, DataChanges *ret_changes);
/** As database_references. */
MUST_USE Error *data_references(DataSide *upgraded, DataSide *fresh, ReferenceList *tables);
