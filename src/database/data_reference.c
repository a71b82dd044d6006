#include <ctype.h>
#include <string.h>

#include "database/data_side.h"
#include "model/value.h"

typedef struct Rows {
    DataSide *side;
    const ReferenceTable *table;
    bool open, row;
} Rows;

static Error *rows_next(Rows *rows)
{
    return rows->side->ops->next(rows->side, &rows->row);
}

/* "name 'Inbox', color NULL": what tells the row apart. Caller frees. */
static char *row_shown(const Rows *rows)
{
    AUTO(str_list) StrList parts = {0};

    for (size_t i = 0; i < rows->table->identity.len && i < 6; i++) {
        const char *column = rows->table->identity.items[i];
        AUTO(str) char *value = value_shown(column, rows->side->values[i]);

        str_list_addf(&parts, "%s %s", column, value);
    }
    return str_list_join(&parts, ", ");
}

static void note_row(const Rows *rows, int64_t *count, StrList *examples)
{
    if ((*count)++ < REFERENCE_EXAMPLES_MAX)
        str_list_add_owned(examples, row_shown(rows));
}

/* An id, a secret, a moment: another one in every database. */
static bool looks_made(const char *value)
{
    size_t len = value ? strlen(value) : 0;
    size_t digits = 0;

    for (size_t i = 0; i < len; i++)
        digits += isdigit((unsigned char)value[i]) != 0;
    return (len >= 12 && digits > 1 && !strchr(value, ' ')) || digits >= 8;
}

/* Of rows that both have, the columns whose values are not the same. */
static void compare_values(const Rows *upgraded, const Rows *fresh, ReferenceTable *table)
{
    AUTO(str_list) StrList parts = {0};

    for (size_t i = 0; i < table->values.len; i++) {
        const char *column = table->values.items[i];
        const char *is = upgraded->side->values[table->identity.len + i];
        const char *wanted = fresh->side->values[table->identity.len + i];
        AUTO(str) char *is_shown = NULL;
        AUTO(str) char *wanted_shown = NULL;

        if (is && wanted ? value_same(is, wanted, false) : is == wanted)
            continue;
        if (looks_made(is) || looks_made(wanted))
            continue;
        is_shown = value_shown(column, is);
        wanted_shown = value_shown(column, wanted);
        str_list_addf(&parts, "%s %s after the upgrade, %s after a fresh install", column, is_shown,
                      wanted_shown);
    }
    if (parts.len > 0 && table->differing++ < REFERENCE_EXAMPLES_MAX) {
        AUTO(str) char *row = row_shown(fresh);
        AUTO(str) char *what = str_list_join(&parts, ", ");

        str_list_addf(&table->differences, "%s: %s", row, what);
    }
}

/* Both in the order of their keys. */
static Error *merge(Rows *upgraded, Rows *fresh, ReferenceTable *table)
{
    TRY(rows_next(upgraded));
    TRY(rows_next(fresh));
    while (upgraded->row || fresh->row) {
        int order = !upgraded->row ? 1
                    : !fresh->row  ? -1
                                   : strcmp(upgraded->side->keys, fresh->side->keys);

        if (order == 0)
            compare_values(upgraded, fresh, table);
        else if (order > 0)
            note_row(fresh, &table->only_fresh, &table->fresh_rows);
        else if (table->both_ways)
            note_row(upgraded, &table->only_upgraded, &table->upgraded_rows);
        if (order <= 0)
            TRY(rows_next(upgraded));
        if (order >= 0)
            TRY(rows_next(fresh));
    }
    return NULL;
}

static Error *rows_open(Rows *rows, const DataAsk *ask)
{
    TRY(rows->side->ops->open(rows->side, ask));
    rows->open = true;
    return NULL;
}

static Error *compare_open(Rows *upgraded, Rows *fresh, const DataAsk *ask, ReferenceTable *table)
{
    TRY(rows_open(upgraded, ask));
    TRY(rows_open(fresh, ask));
    return merge(upgraded, fresh, table);
}

static Error *compare_table(DataSide *upgraded, DataSide *fresh, ReferenceTable *table)
{
    AUTO(str_list) StrList columns = {0};
    DataAsk ask = {table->space, table->table, &columns, &table->identity};
    Rows one = {.side = upgraded, .table = table}, other = {.side = fresh, .table = table};
    Error *err;

    str_list_copy(&table->identity, &columns);
    for (size_t i = 0; i < table->values.len; i++)
        str_list_add(&columns, table->values.items[i]);
    err = compare_open(&one, &other, &ask, table);
    if (one.open)
        upgraded->ops->end(upgraded);
    if (other.open)
        fresh->ops->end(fresh);
    return err;
}

Error *data_references(DataSide *upgraded, DataSide *fresh, ReferenceList *tables)
{
    for (size_t i = 0; i < tables->len; i++) {
        AUTO(error) Error *err = compare_table(upgraded, fresh, &tables->items[i]);

        if (err && !upgraded->ops->is_local(err))
            return TAKE(err);
        if (err)
            str_list_addf(&tables->unseen, "rows of %s: %s", tables->items[i].table, err->msg);
    }
    return NULL;
}
