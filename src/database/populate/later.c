#include "base/buffer.h"
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

/* Rows are numbered as they were made; a row of a tree gets a row before it as its parent. */
static char *update_sql(const PopFiller *filler, const PopTable *table,
                        const PopReference *reference, int64_t parents)
{
    const PopContext *context = &filler->engine->context;
    AUTO(str) char *place = pop_quote_place(table->space, table->name);
    AUTO(str) char *parent = pop_quote_place(reference->space, reference->table);
    AUTO(str_list) StrList sets = {0}, keys = {0}, named = {0}, known = {0}, ids = {0}, same = {0};
    AUTO(str)
    char *set_text = NULL, *key_text = NULL, *named_text = NULL, *known_text = NULL,
         *id_text = NULL, *same_text = NULL, *order = NULL, *pick = NULL;
    const char *column = table->columns.items[reference->columns.items[0]].name;
    bool tree = text_eq(reference->root, table->place);
    AUTO(str) char *hash = pop_hash(pop_salt(context, table->place, column, 9));

    for (size_t i = 0; i < reference->columns.len; i++) {
        AUTO(str) char *name = pg_quote(table->columns.items[reference->columns.items[i]].name);
        AUTO(str) char *target = pg_quote(reference->targets.items[i]);

        str_list_addf(&sets, "%s = p.k%zu", name, i);
        str_list_addf(&named, "%s AS k%zu", target, i);
        str_list_addf(&known, "%s IS NOT NULL", target);
        str_list_add(&keys, target);
    }
    for (size_t i = 0; i < table->row_id.len; i++) {
        str_list_addf(&ids, "%s AS d%zu", table->row_id.items[i], i);
        str_list_addf(&same, "c.%s = r.d%zu", table->row_id.items[i], i);
    }
    set_text = str_list_join(&sets, ", ");
    key_text = str_list_join(&keys, ", ");
    named_text = str_list_join(&named, ", ");
    known_text = str_list_join(&known, " AND ");
    id_text = str_list_join(&ids, ", ");
    same_text = str_list_join(&same, " AND ");
    order = tree ? xstrdup(key_text) : str_list_join(&table->row_id, ", ");
    pick = tree && reference->hold ? xstrdup("r.i")
           : tree ? xasprintf("1 + %s %% (CASE WHEN r.i > 1 THEN r.i - 1 ELSE 1 END)", hash)
           : is_in_key(table, reference->columns.items[0])
               ? xasprintf("1 + (r.i - 1) %% %lld", (long long)parents)
               : xasprintf("1 + (%s %% %lld)", hash, (long long)parents);
    return xasprintf("UPDATE %s AS c SET %s FROM (SELECT %s, row_number() OVER (ORDER BY %s) AS i "
                     "FROM %s) AS r JOIN (SELECT %s, row_number() OVER (ORDER BY %s) AS n FROM %s "
                     "WHERE %s) AS p ON p.n = %s WHERE %s%s",
                     place, set_text, id_text, order, place, named_text, key_text, parent,
                     known_text, pick, same_text,
                     tree && !reference->hold ? " AND r.i % 4 <> 1" : "");
}

/* @param[out] ret_reason  why it could not be set; untouched when it was */
static Error *set_one(PopFiller *filler, const PopTable *table, const PopReference *reference,
                      Error **ret_reason)
{
    AUTO(str) char *parent = pop_quote_place(reference->space, reference->table);
    AUTO(str) char *count = xasprintf("SELECT count(*) FROM %s", parent);
    AUTO(str) char *sql = NULL;
    int64_t parents = 0;

    TRY(pop_number(filler->engine, count, &parents));
    if (parents == 0)
        return NULL;
    sql = update_sql(filler, table, reference, parents);
    if (reference->hold)
        TRY(filler->engine->quiet(filler->engine, true));
    TRY(pop_try(filler->engine, sql, NULL, ret_reason));
    return reference->hold ? filler->engine->quiet(filler->engine, false) : NULL;
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
    bool held = false, orphans = false;

    for (size_t t = 0; t < filler->model->len; t++) {
        PopTable *table = &filler->model->items[t];

        for (size_t i = 0; i < table->references.len; i++) {
            PopReference *reference = &table->references.items[i];
            AUTO(error) Error *reason = NULL;

            if (!reference->later || table->made == 0 || table->row_id.len == 0 ||
                (!reference->declared && filler->spec->kind == POPULATE_EDGE))
                continue;
            TRY(set_one(filler, table, reference, &reason));
            held |= reference->hold;
            if (reason && reference->declared && !table->note)
                table->note =
                    xasprintf("its key to %s could not be set: %s", reference->root, reason->msg);
        }
    }
    for (size_t t = 0; t < filler->model->len && !orphans; t++)
        if (filler->model->items[t].made > 0 && (held || filler->unchecked))
            TRY(pop_has_orphans(filler, &filler->model->items[t], true, &orphans));
    return orphans ? sweep(filler) : NULL;
}
