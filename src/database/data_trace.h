#pragma once
/* The rows of one table before and after, side by side in the order of their key. Private to the
 * comparison of data. */

#include "database/data_side.h"
#include "database/lost.h"

#define NO_COLUMN SIZE_MAX

/* A table on one side. */
typedef struct TableView {
    DataSide *side;
    const TableData *data;
    StrList columns;                /* by name, without those that are computed */
    StrList key;                    /* of the primary key; empty without one */
    const ColumnSummary *summaries; /* the data's; NULL: not all could be read */
} TableView;

/* A set of hashes that stops growing: enough to tell few values from many. */
typedef struct HashSet {
    uint64_t *slots; /* 0 is free */
    size_t len;
    bool full;
} HashSet;

typedef struct ColumnTrace {
    size_t to; /* column after; NO_COLUMN */
    bool retyped, suspect;
    int64_t values, matched;         /* not NULL: in all rows; in rows that are still there */
    int64_t changed, nulled, inside; /* inside: found in another column of the same row */
    int64_t *moved; /* for each column after, and one for "spread over several": rows in which it
                       holds the value now */
    HashSet was, is;
    char *key, *value_was, *value_is; /* an example; as they are */
    bool level_seen, level_broken;
    uint64_t level;
} ColumnTrace;

typedef struct Trace {
    TableView *before, *after; /* after: NULL when the table is gone */
    StrList key, after_key;    /* what the rows are ordered by; may be empty */
    bool keyed;                /* by a primary key */
    ColumnTrace *columns;
    bool *is_key, *wanted;
    int64_t gone, fresh;
    int64_t refound; /* rows of the sample that stand in the same table under another key */
    char *gone_key, *gone_row; /* an example, fit to be shown */
    LostSample gone_sample, changed_sample;
} Trace;

/** Read both sides once. trace->before, after, keys, columns[].to, retyped and suspect are set. */
MUST_USE Error *trace_run(Trace *trace);
/** Read both once more: rows after that were not there before go to sample. */
MUST_USE Error *trace_fresh(Trace *trace, LostSample *sample);
/** All rows of a table go to the samples. */
MUST_USE Error *trace_search(const TableView *view, LostSample *one, LostSample *other);
void trace_clear(Trace *trace);
DEFINE_AUTO_VALUE(trace, Trace, trace_clear)
size_t view_column(const TableView *view, const char *name); /* NO_COLUMN when absent */
