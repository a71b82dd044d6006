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
/** A column that is computed now, and was not before, is where its values may be: add it. */
void views_add_computed(const ViewList *befores, ViewList *afters);
void views_clear(ViewList *views);
DEFINE_AUTO_VALUE(views, ViewList, views_clear)
/** Whether that side's database has a table whose rows its snapshot lacks: it is not gone. */
bool view_is_missing(const DataSide *side, const char *space, const char *table);
TableView *view_find(const ViewList *views, const char *space, const char *table);
/** Whether its columns are known in brief. A table of which they are not is noted in unseen. */
bool view_is_read(const TableView *view, StrList *unseen);
/** Whether the rows are the same, by the snapshots alone. */
bool view_is_same(const TableView *before, const TableView *after);
/** The table that holds the columns of one that is gone under its name; NULL when none does. */
TableView *view_renamed(const TableView *before, ViewList *afters, const ViewList *befores,
                        StrList *unseen);
/** Columns by name, else by their values; NO_COLUMN. columns: as many as before has. Sets to,
 * retyped and suspect. */
void view_map(const TableView *before, const TableView *after, ColumnTrace *columns);
/** "notes", "app.notes"; caller frees. */
MUST_USE char *view_name(const TableView *view);
