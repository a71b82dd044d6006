enum {
    EACH_MAX = 200, /* rows that are set one by one when they cannot be set at once */
    SHIFTS = 5,     /* choices of each */
};

#include "database/populate/fill.h"

/* "c.a IS NOT NULL AND c.b IS NOT NULL AND NOT EXISTS (SELECT ... )" */
static char *orphan_condition(const PopTable *table, const PopReference *reference)
{
    AUTO(str) char *parent = pop_quote_place(reference->space, reference->table);
    AUTO(str_list) StrList set = {0}, same = {0};
    AUTO(str) char *set_text = NULL, *same_text = NULL;

    for (size_t i = 0; i < reference->columns.len; i++) {
        AUTO(str) char *column = pg_quote(table->columns.items[reference->columns.items[i]].name);
        AUTO(str) char *target = pg_quote(reference->targets.items[i]);

        str_list_addf(&set, "c.%s IS NOT NULL", column);
        str_list_addf(&same, "p.%s = c.%s", target, column);
    }
    set_text = str_list_join(&set, " AND ");
    same_text = str_list_join(&same, " AND ");
    return xasprintf("%s AND NOT EXISTS (SELECT 1 FROM %s AS p WHERE %s)", set_text, parent,
                     same_text);
}

Error *pop_has_orphans(PopFiller *filler, const PopTable *table, bool all, bool *ret_has)
{
    AUTO(str) char *place = pop_quote_place(table->space, table->name);

    for (size_t i = 0; i < table->references.len; i++) {
        const PopReference *reference = &table->references.items[i];
        AUTO(str) char *condition = orphan_condition(table, reference);
        AUTO(str)
        char *sql = xasprintf("SELECT count(*) FROM (SELECT 1 FROM %s AS c WHERE %s LIMIT 1) q",
                              place, condition);
        int64_t orphans = 0;

        if (!reference->declared || (reference->later && !all))
            continue;
        TRY(pop_number(filler->engine, sql, &orphans));
        if (orphans > 0) {
            *ret_has = true;
            return NULL;
        }
    }
    *ret_has = false;
    return NULL;
}

static bool is_in_key(const PopTable *table, size_t column)
{
    for (size_t i = 0; i < table->keys.len; i++)
        if (index_list_has(&table->keys.items[i].columns, column))
            return true;
    return false;
}

/* A column that another key of the row owns, or that may not be NULL and so has its value, decides
 * which rows can be referred to. */
static bool is_settled(const PopTable *table, const PopReference *reference, size_t column)
{
    for (size_t i = 0; i < table->references.len; i++) {
        const PopReference *other = &table->references.items[i];

        if (other != reference && other->declared && !other->later &&
            index_list_has(&other->columns, column))
            return true;
    }
    return !reference->hold && reference->columns.len > 1 && table->columns.items[column].not_null;
}

typedef struct Update {
    StrList sets, keys, named, known, ids, same, groups, own_groups;
} Update;

static void update_clear(Update *update)
{
    StrList *lists[] = {&update->sets, &update->keys, &update->named,  &update->known,
                        &update->ids,  &update->same, &update->groups, &update->own_groups};

    for (size_t i = 0; i < COUNT_OF(lists); i++)
        str_list_clear(lists[i]);
}

DEFINE_AUTO_VALUE(update, Update, update_clear)

static void update_read(const PopTable *table, const PopReference *reference, Update *update)
{
    for (size_t i = 0; i < reference->columns.len; i++) {
        size_t column = reference->columns.items[i];
        AUTO(str) char *name = pg_quote(table->columns.items[column].name);
        AUTO(str) char *target = pg_quote(reference->targets.items[i]);

        str_list_addf(&update->named, "%s AS k%zu", target, i);
        str_list_addf(&update->known, "%s IS NOT NULL", target);
        str_list_add(&update->keys, target);
        if (is_settled(table, reference, column)) {
            str_list_add(&update->groups, target);
            str_list_add(&update->own_groups, name);
            str_list_addf(&update->same, "c.%s = p.k%zu", name, i);
        } else {
            str_list_addf(&update->sets, "%s = p.k%zu", name, i);
        }
    }
    for (size_t i = 0; i < table->row_id.len; i++) {
        str_list_addf(&update->ids, "%s AS d%zu", table->row_id.items[i], i);
        str_list_addf(&update->same, "c.%s = r.d%zu", table->row_id.items[i], i);
    }
}

static char *over(const StrList *groups, const StrList *order)
{
    AUTO(str) char *group = str_list_join(groups, ", "), *by = str_list_join(order, ", ");

    return groups->len > 0 ? xasprintf("OVER (PARTITION BY %s ORDER BY %s)", group, by)
                           : xasprintf("OVER (ORDER BY %s)", by);
}

/* Rows are numbered as they were made; a row of a tree gets a row before it as its parent. NULL
 * when there is nothing to set. */
static char *update_sql(const PopFiller *filler, const PopTable *table,
                        const PopReference *reference, int64_t row, int shift)
{
    AUTO(update) Update update = {0};
    AUTO(str) char *place = pop_quote_place(table->space, table->name);
    AUTO(str) char *parent = pop_quote_place(reference->space, reference->table);
    const char *column = table->columns.items[reference->columns.items[0]].name;
    bool tree = text_eq(reference->root, table->place);
    AUTO(str) char *hash = pop_hash(pop_salt(&filler->engine->context, table->place, column, 9));
    AUTO(str)
    char *set = NULL, *named = NULL, *known = NULL, *ids = NULL, *same = NULL, *own = NULL,
         *order = NULL, *group = NULL, *pick = NULL, *only = NULL;

    update_read(table, reference, &update);
    if (update.sets.len == 0)
        return NULL;
    set = str_list_join(&update.sets, ", ");
    named = str_list_join(&update.named, ", ");
    known = str_list_join(&update.known, " AND ");
    ids = str_list_join(&update.ids, ", ");
    same = str_list_join(&update.same, " AND ");
    own = over(&update.own_groups, tree ? &update.keys : &table->row_id);
    order = over(&update.groups, &update.keys);
    group = str_list_join(&update.groups, ", ");
    pick = tree && reference->hold ? xstrdup("r.i")
           : tree ? xasprintf("1 + %s %% (CASE WHEN r.i > 1 THEN r.i - 1 ELSE 1 END)", hash)
           : is_in_key(table, reference->columns.items[reference->columns.len - 1])
               ? xasprintf("1 + (r.i - 1 + %d) %% p.m", shift)
               : xasprintf("1 + (%s + %d) %% p.m", hash, shift);
    only = row > 0 ? xasprintf(" AND r.i = %lld", (long long)row) : xstrdup("");
    return xasprintf("UPDATE %s AS c SET %s FROM (SELECT %s, row_number() %s AS i FROM %s) AS r "
                     "JOIN (SELECT %s, row_number() %s AS n, count(*) OVER (%s%s) AS m FROM %s "
                     "WHERE %s) AS p ON p.n = %s WHERE %s%s%s",
                     place, set, ids, own, place, named, order, group[0] ? "PARTITION BY " : "",
                     group, parent, known, pick, same,
                     tree && !reference->hold ? " AND r.i % 4 <> 1" : "", only);
}

/* One by one, each with a few choices: the rows that cannot be set stay as they are. */
static Error *set_each(PopFiller *filler, const PopTable *table, const PopReference *reference)
{
    for (int64_t row = 1; row <= table->made && row <= EACH_MAX; row++) {
        int64_t changed = 0;

        for (int shift = 0; shift < SHIFTS && changed == 0; shift++) {
            AUTO(str) char *sql = update_sql(filler, table, reference, row, shift);
            AUTO(error) Error *reason = NULL;

            TRY(pop_try(filler->engine, sql, &changed, &reason));
        }
    }
    return NULL;
}

/* @param[out] ret_reason  why it could not be set at once; untouched when it was */
static Error *set_all(PopFiller *filler, const PopTable *table, const PopReference *reference,
                      Error **ret_reason)
{
    AUTO(str) char *sql = update_sql(filler, table, reference, 0, 0);
    AUTO(error) Error *reason = NULL;

    if (!sql)
        return NULL;
    TRY(pop_try(filler->engine, sql, NULL, &reason));
    if (reason)
        TRY(set_each(filler, table, reference));
    *ret_reason = TAKE(reason);
    return NULL;
}

static Error *set_one(PopFiller *filler, const PopTable *table, const PopReference *reference,
                      Error **ret_reason)
{
    if (!reference->hold)
        return set_all(filler, table, reference, ret_reason);
    TRY(filler->engine->quiet(filler->engine, true));
    TRY(set_all(filler, table, reference, ret_reason));
    return filler->engine->quiet(filler->engine, false);
}

/* What refers to nothing cannot stay; what referred to it follows. */
static Error *sweep(PopFiller *filler)
{
    int64_t gone = 1;

    TRY(filler->engine->quiet(filler->engine, true));
    for (size_t round = 0; gone > 0 && round <= filler->model->len; round++) {
        gone = 0;
        for (size_t t = 0; t < filler->model->len; t++) {
            PopTable *table = &filler->model->items[t];
            AUTO(str) char *place = pop_quote_place(table->space, table->name);

            for (size_t i = 0; i < table->references.len && table->made > 0; i++) {
                AUTO(str) char *condition = orphan_condition(table, &table->references.items[i]);
                AUTO(str) char *sql = xasprintf("DELETE FROM %s AS c WHERE %s", place, condition);
                AUTO(error) Error *reason = NULL;
                int64_t deleted = 0;

                if (!table->references.items[i].declared)
                    continue;
                TRY(pop_try(filler->engine, sql, &deleted, &reason));
                table->made -= deleted;
                gone += deleted;
                if (deleted > 0 && table->made <= 0 && !table->reason)
                    table->reason = xasprintf("its key to %s could not be set",
                                              table->references.items[i].root);
            }
        }
    }
    return filler->engine->quiet(filler->engine, false);
}

Error *pop_set_later(PopFiller *filler)
{
    for (size_t t = 0; t < filler->model->len; t++) {
        PopTable *table = &filler->model->items[t];

        for (size_t i = 0; table->done && i < table->references.len; i++) {
            PopReference *reference = &table->references.items[i];
            PopTable *to = pop_model_place(filler->model, reference->root);
            AUTO(error) Error *reason = NULL;

            if (!reference->later || reference->set || (to && !to->done))
                continue;
            reference->set = true;
            if (table->made == 0 || table->row_id.len == 0 ||
                (!reference->declared && filler->spec->kind == POPULATE_EDGE))
                continue;
            TRY(set_one(filler, table, reference, &reason));
            if (reason && reference->declared && !table->note)
                table->note =
                    xasprintf("its key to %s was set row by row: %s", reference->root, reason->msg);
        }
    }
    return NULL;
}

static bool was_held(const PopModel *model)
{
    for (size_t t = 0; t < model->len; t++)
        for (size_t i = 0; i < model->items[t].references.len; i++)
            if (model->items[t].references.items[i].hold)
                return true;
    return false;
}

Error *pop_remove_orphans(PopFiller *filler)
{
    bool orphans = false, may_have = filler->unchecked || was_held(filler->model);

    for (size_t t = 0; t < filler->model->len && may_have && !orphans; t++)
        if (filler->model->items[t].made > 0)
            TRY(pop_has_orphans(filler, &filler->model->items[t], true, &orphans));
    return orphans ? sweep(filler) : NULL;
}
