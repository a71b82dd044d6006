#pragma once
/* Reference data: rows that migrations insert, and whether an upgraded database has those of a
 * fresh one. */

#include <stdint.h>

#include "base/list.h"

enum { REFERENCE_EXAMPLES_MAX = 5 };

typedef struct ReferenceTable {
    char *space, *table;
    StrList identity; /* columns that tell its rows apart in any database: no made keys, no times */
    StrList values;   /* its other columns whose content is the migrations' */
    bool both_ways;   /* rows that only the upgraded database has count as well */
    /* seen when the two databases were compared */
    int64_t only_upgraded, only_fresh, differing;
    StrList upgraded_rows, fresh_rows; /* the first of each: "name 'Inbox'" */
    StrList differences;               /* "key 'theme': value 'dark' ..., 'light' ..." */
} ReferenceTable;

typedef struct ReferenceList {
    ReferenceTable *items;
    size_t len, cap;
    StrList unseen; /* what could not be compared, and why */
} ReferenceList;

void reference_list_clear(ReferenceList *list);
DEFINE_AUTO_VALUE(reference_list, ReferenceList, reference_list_clear)
