#include "database/populate/fill.h"

#include "database/populate/order.h"

Error *pop_count_rows(PopFiller *filler, const PopTable *table, int64_t *ret_rows)
{
    AUTO(str) char *place = pop_quote_place(table->space, table->name);
    AUTO(str) char *sql = xasprintf("SELECT count(*) FROM %s", place);

    return pop_number(filler->engine, sql, ret_rows);
}

static bool is_ledger(const PopFiller *filler, const PopTable *table)
{
    const LedgerSpecList *ledgers = filler->spec->ledgers;

    for (size_t i = 0; ledgers && i < ledgers->len; i++) {
        const LedgerSpec *spec = &ledgers->items[i];

        if ((text_eq(spec->table, table->name) &&
             text_eq(spec->space ? spec->space : "", table->space)) ||
            (text_eq(spec->lock_table, table->name) &&
             text_eq(spec->lock_space ? spec->lock_space : "", table->space)))
            return true;
    }
    return false;
}

static Error *choose_tables(PopFiller *filler)
{
    const PopulateSpec *spec = filler->spec;

    for (size_t i = 0; i < filler->model->len; i++) {
        PopTable *table = &filler->model->items[i];
        int64_t rows = 0;

        if (is_ledger(filler, table) || (spec->skip && (str_list_has(spec->skip, table->name) ||
                                                        str_list_has(spec->skip, table->place))))
            table->untouched = true;
        if (!table->untouched)
            TRY(pop_count_rows(filler, table, &rows));
        table->kept = !table->untouched &&
                      (spec->reference ? str_list_has(spec->reference, table->place) : rows > 0);
        table->done = table->untouched || table->kept;
    }
    return NULL;
}

static void learn_references(PopFiller *filler)
{
    const LessonList *lessons = filler->spec->lessons;

    for (size_t i = 0; lessons && i < lessons->len; i++) {
        const Lesson *lesson = &lessons->items[i];
        PopTable *table = NULL, *to = NULL;
        PopReference reference = {.learnt = true};
        size_t column, target;

        for (size_t t = 0; t < filler->model->len; t++) {
            PopTable *at = &filler->model->items[t];

            if (text_eq(at->name, lesson->table) &&
                (text_is_empty(lesson->space) || text_eq(at->space, lesson->space)))
                table = at;
            if (text_eq(at->name, lesson->of_table) || text_eq(at->place, lesson->of_table))
                to = at;
        }
        if (lesson->kind != LESSON_KEY_OF || !table || !to)
            continue;
        column = pop_column_find(table, lesson->column, false);
        target = lesson->of_column ? pop_column_find(to, lesson->of_column, false)
                 : to->has_primary ? to->keys.items[0].columns.items[0]
                                   : to->columns.len;
        if (column == table->columns.len || target == to->columns.len)
            continue;
        reference.space = xstrdup(to->space);
        reference.table = xstrdup(to->name);
        reference.root = xstrdup(to->place);
        LIST_PUSH(&reference.columns, column);
        str_list_add(&reference.targets, to->columns.items[target].name);
        LIST_PUSH(&table->references, reference);
    }
}

static Error *tell(PopFiller *filler)
{
    PopulateResult *result = filler->result;

    for (size_t i = 0; i < filler->model->len; i++) {
        PopTable *table = &filler->model->items[i];
        int64_t rows = 0;

        if (table->reason)
            LIST_PUSH(&result->skipped, ((SkippedTable){.table = xstrdup(table->place),
                                                        .reason = xstrdup(table->reason)}));
        if (table->untouched)
            continue;
        if (!table->kept) {
            TRY(pop_count_rows(filler, table, &rows));
            result->tables++;
            result->filled += rows > 0;
            result->rows += table->made;
        }
        LIST_PUSH(&result->per_table, ((PopulateTable){.space = xstrdup(table->space),
                                                       .table = xstrdup(table->name),
                                                       .rows = table->made,
                                                       .kept = table->kept,
                                                       .note = xstrdup_null(table->note)}));
    }
    return NULL;
}

Error *pop_fill(PopEngine *engine, const PopulateSpec *spec, PopModel *model,
                PopulateResult *ret_result)
{
    AUTO(populate_result) PopulateResult result = {.seed = spec->seed};
    PopFiller filler = {.engine = engine,
                        .spec = spec,
                        .model = model,
                        .result = &result,
                        .unchecked = !engine->context.postgres};
    PopTable *table;

    learn_references(&filler);
    pop_resemblances(model);
    TRY(choose_tables(&filler));
    while (spec->rows > 0 && (table = pop_next(model))) {
        TRY_CTX(pop_fill_table(&filler, table), "rows of %s", table->place);
        table->done = true;
        TRY_CTX(pop_set_later(&filler), "keys to %s", table->place);
    }
    TRY(pop_remove_orphans(&filler));
    TRY(tell(&filler));
    *ret_result = result;
    result = (PopulateResult){0};
    return NULL;
}
