#include "database/lost.h"

#include <stdlib.h>
#include <string.h>

#include "model/value.h"

enum {
    CELL_ATOMS = 64,
    TOUCH_MAX = 4096, /* of one row; what is everywhere says nothing */
    COMMON_MAX = 64,  /* cells of the sample with one small value: beyond, it is everywhere */
};

void lost_init(LostSample *sample, size_t columns, const bool *is_key)
{
    *sample = (LostSample){.columns = columns, .is_key = is_key, .stride = 1};
}

static void row_clear(LostSample *sample, LostRow *row)
{
    for (size_t i = 0; i < sample->columns; i++)
        free(row->cells[i].value);
    free(row->cells);
}

/* Every second one goes, and from now on only every second one comes. */
static void thin(LostSample *sample)
{
    size_t kept = 0;

    for (size_t i = 0; i < sample->len; i++)
        if (i % 2 == 0)
            sample->items[kept++] = sample->items[i];
        else
            row_clear(sample, &sample->items[i]);
    sample->len = kept;
    sample->stride *= 2;
}

void lost_add(LostSample *sample, const char *const *values, const bool *wanted)
{
    LostRow row = {0};

    if (sample->seen++ % sample->stride != 0)
        return;
    if (sample->len == LOST_ROWS) {
        thin(sample);
        if ((sample->seen - 1) % sample->stride != 0)
            return;
    }
    row.cells = xcalloc(sample->columns, sizeof *row.cells);
    for (size_t i = 0; i < sample->columns; i++) {
        row.cells[i].value = xstrdup_null(values[i]);
        row.cells[i].wanted = wanted[i] && values[i];
        row.values += values[i] != NULL;
    }
    LIST_PUSH(sample, row);
}

static int compare_atoms(const void *a, const void *b)
{
    const LostAtom *one = a, *other = b;

    return (one->hash > other->hash) - (one->hash < other->hash);
}

static void index_cell(LostSample *sample, size_t row, size_t column)
{
    LostCell *cell = &sample->items[row].cells[column];
    AUTO(str_list) StrList atoms = {0};

    if (!cell->value)
        return;
    value_atoms(cell->value, &atoms);
    cell->telling = true;
    for (size_t i = 0; i < atoms.len && i < CELL_ATOMS; i++) {
        bool telling = value_is_telling(atoms.items[i]);

        cell->atoms |= UINT64_C(1) << i;
        cell->telling &= telling;
        LIST_PUSH(&sample->atoms, ((LostAtom){.hash = value_hash(atoms.items[i]),
                                              .row = (uint32_t)row,
                                              .column = (uint32_t)column,
                                              .bit = UINT64_C(1) << i,
                                              .telling = telling}));
    }
    cell->found = atoms.len == 0; /* an empty document: nothing that could be lost */
}

void lost_index(LostSample *sample)
{
    for (size_t row = 0; row < sample->len; row++)
        for (size_t column = 0; column < sample->columns; column++)
            index_cell(sample, row, column);
    if (sample->atoms.len > 0)
        qsort(sample->atoms.items, sample->atoms.len, sizeof *sample->atoms.items, compare_atoms);
}

void lost_table_begin(LostSample *sample)
{
    for (size_t row = 0; row < sample->len; row++)
        for (size_t i = 0; i < sample->columns; i++)
            sample->items[row].cells[i].tied = sample->items[row].cells[i].plain = 0;
}

/* --- one row of another table ---------------------------------------------------------------- */

/* An atom of the sample, met in a column of that row. */
typedef struct Touch {
    const LostAtom *atom;
    size_t at;
} Touch;

typedef struct Touches {
    Touch items[TOUCH_MAX];
    size_t len;
} Touches;

static const LostAtom *first_of(const LostAtoms *atoms, uint64_t hash, size_t *ret_count)
{
    size_t low = 0, high = atoms->len, end;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (atoms->items[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < atoms->len && atoms->items[end].hash == hash;)
        end++;
    *ret_count = end - low;
    return atoms->items + low;
}

static void touch(const LostSample *sample, const char *value, size_t at, Touches *touches)
{
    AUTO(str_list) StrList atoms = {0};

    value_atoms(value, &atoms);
    for (size_t i = 0; i < atoms.len; i++) {
        size_t count;
        const LostAtom *first = first_of(&sample->atoms, value_hash(atoms.items[i]), &count);

        if (count > COMMON_MAX && !first->telling)
            count = sample->len <= COMMON_MAX ? count : 0;
        for (size_t k = 0; k < count && touches->len < TOUCH_MAX; k++)
            touches->items[touches->len++] = (Touch){.atom = first + k, .at = at};
    }
}

static int compare_touches(const void *a, const void *b)
{
    const Touch *one = a, *other = b;

    if (one->atom->row != other->atom->row)
        return one->atom->row < other->atom->row ? -1 : 1;
    if (one->atom->column != other->atom->column)
        return one->atom->column < other->atom->column ? -1 : 1;
    return (one->at > other->at) - (one->at < other->at);
}

/* Columns that hold a value whole: of a document one leaf alone says nothing of the rest. */
static void note_plain(LostRow *row, const Touch *touches, size_t count)
{
    for (size_t from = 0, to; from < count; from = to) {
        LostCell *cell = &row->cells[touches[from].atom->column];
        uint64_t bits = 0;

        for (to = from; to < count && touches[to].atom->column == touches[from].atom->column &&
                        touches[to].at == touches[from].at;
             to++)
            bits |= touches[to].atom->bit;
        if (touches[from].at < CELL_ATOMS && (bits & cell->atoms) == cell->atoms)
            cell->plain |= UINT64_C(1) << touches[from].at;
    }
}

/* What a row has in common with one of the sample, by how many and by what columns. */
static void match(LostSample *sample, const Touch *touches, size_t count)
{
    LostRow *row = &sample->items[touches->atom->row];
    size_t columns = 0, key_at = SIZE_MAX;
    bool telling = false, several = false, strong;

    for (size_t i = 0; i < count; i++) {
        columns += i == 0 || touches[i].atom->column != touches[i - 1].atom->column;
        telling |= touches[i].atom->telling;
        /* one value that is much like two others, such as 1 and true, is still one */
        several |= touches[i].at != touches->at || touches[i].atom->hash != touches->atom->hash;
        if (sample->is_key[touches[i].atom->column] && key_at == SIZE_MAX)
            key_at = touches[i].at;
    }
    strong = columns >= 2 && several && (telling || columns >= 3 || columns == row->values);
    for (size_t i = 0; i < count; i++) {
        LostCell *cell = &row->cells[touches[i].atom->column];

        if (strong || (row->values == 1 && telling))
            cell->strong |= touches[i].atom->bit;
        if (key_at != SIZE_MAX && touches[i].at != key_at)
            cell->tied |= touches[i].atom->bit;
    }
    note_plain(row, touches, count);
}

void lost_row(LostSample *sample, const char *const *values, size_t count)
{
    Touches touches;

    touches.len = 0;
    for (size_t i = 0; i < count; i++)
        if (values[i])
            touch(sample, values[i], i, &touches);
    qsort(touches.items, touches.len, sizeof *touches.items, compare_touches);
    for (size_t from = 0, to; from < touches.len; from = to) {
        for (to = from + 1;
             to < touches.len && touches.items[to].atom->row == touches.items[from].atom->row;)
            to++;
        match(sample, touches.items + from, to - from);
    }
}

/* --- what a table says ----------------------------------------------------------------------- */

/* All values of a column in one column of the table, or each beside its row's key. */
static bool is_all_there(const LostSample *sample, size_t column)
{
    uint64_t common = UINT64_MAX;
    bool tied = true, telling = true;

    for (size_t row = 0; row < sample->len; row++) {
        const LostCell *cell = &sample->items[row].cells[column];

        if (!cell->wanted || cell->found)
            continue;
        common &= cell->plain;
        telling &= cell->telling;
        tied &= ((cell->tied | cell->strong) & cell->atoms) == cell->atoms;
    }
    return tied || (telling && common);
}

void lost_table_end(LostSample *sample)
{
    for (size_t column = 0; column < sample->columns; column++) {
        bool all = is_all_there(sample, column);

        for (size_t row = 0; row < sample->len; row++) {
            LostCell *cell = &sample->items[row].cells[column];

            cell->found |=
                cell->value && (all || (cell->strong & cell->atoms) == cell->atoms) && cell->atoms;
        }
    }
}

void lost_count(const LostSample *sample, size_t column, int64_t *ret_wanted, int64_t *ret_found)
{
    *ret_wanted = *ret_found = 0;
    for (size_t row = 0; row < sample->len; row++) {
        const LostCell *cell = &sample->items[row].cells[column];

        *ret_wanted += cell->wanted;
        *ret_found += cell->wanted && cell->found;
    }
}

int64_t lost_rows_found(const LostSample *sample)
{
    int64_t count = 0;

    for (size_t row = 0; row < sample->len; row++) {
        bool all = true, any = false;

        for (size_t i = 0; i < sample->columns; i++) {
            const LostCell *cell = &sample->items[row].cells[i];

            if (!cell->wanted)
                continue;
            any |= cell->found;
            all &= cell->found || sample->is_key[i];
        }
        count += all && any;
    }
    return count;
}

void lost_clear(LostSample *sample)
{
    for (size_t row = 0; row < sample->len; row++)
        row_clear(sample, &sample->items[row]);
    free(sample->items);
    free(sample->atoms.items);
    *sample = (LostSample){0};
}
