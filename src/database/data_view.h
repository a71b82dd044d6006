#pragma once
/* The tables of the two sides, in brief, and which of them belong together. Private to the
 * comparison of data. */

#include "database/data_trace.h"

typedef struct ViewList {
    TableView *items;
    size_t len, cap;
} ViewList;

/** Every table that is compared: no ledger, no virtual table, at least one column. */
void views_read(DataSide *side, ViewList *ret_views);
void views_clear(ViewList *views);
DEFINE_AUTO_VALUE(views, ViewList, views_clear)
/** Whether that side's database has a table whose rows its snapshot lacks: it is not gone. */
bool view_is_missing(const DataSide *side, const char *space, const char *table);
TableView *view_find(const ViewList *views, const char *space, const char *table);
/** Read the columns in brief, once. A table that cannot be read is noted in unseen.
 * @param[out] ret_read  false then */
MUST_USE Error *view_summarise(TableView *view, StrList *unseen, bool *ret_read);
/** Whether the rows are the same, by the snapshots alone. */
bool view_is_same(const TableView *before, const TableView *after);
/** The table that holds the columns of one that is gone under its name; NULL when none does. */
MUST_USE Error *view_renamed(TableView *before, ViewList *afters, const ViewList *befores,
                             StrList *unseen, TableView **ret_after);
/** Columns by name, else by their values; NO_COLUMN. columns: as many as before has. Sets to,
 * retyped and suspect. */
void view_map(const TableView *before, const TableView *after, ColumnTrace *columns);
/** "notes", "app.notes"; caller frees. */
MUST_USE char *view_name(const TableView *view);
