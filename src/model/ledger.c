#include "model/ledger.h"

#include <stdlib.h>

void ledger_spec_clear(LedgerSpec *spec)
{
    free(spec->framework);
    free(spec->space);
    free(spec->table);
    free(spec->id);
    free(spec->checksum);
    free(spec->order);
    free(spec->failed);
    free(spec->pending);
    free(spec->lock_space);
    free(spec->lock_table);
    free(spec->locked);
    *spec = (LedgerSpec){0};
}

void ledger_spec_list_clear(LedgerSpecList *list)
{
    for (size_t i = 0; i < list->len; i++)
        ledger_spec_clear(&list->items[i]);
    free(list->items);
    *list = (LedgerSpecList){0};
}

static LedgerEntry *find_entry(const Ledger *ledger, const char *id)
{
    for (size_t i = 0; i < ledger->len; i++)
        if (text_eq(ledger->items[i].id, id))
            return &ledger->items[i];
    return NULL;
}

void ledger_put(Ledger *ledger, const char *id, const char *checksum, LedgerState state)
{
    LedgerEntry *entry = find_entry(ledger, id);

    if (!entry) {
        LIST_PUSH(ledger, ((LedgerEntry){.id = xstrdup(id)}));
        entry = &ledger->items[ledger->len - 1];
    }
    free(entry->checksum);
    entry->checksum = xstrdup_null(checksum);
    entry->state = state;
}

const Ledger *ledger_find(const LedgerList *list, const char *space, const char *table)
{
    for (size_t i = 0; i < list->len; i++)
        if (text_eq(list->items[i].space, space) && text_eq(list->items[i].table, table))
            return &list->items[i];
    return NULL;
}

const LedgerEntry *ledger_entry_find(const Ledger *ledger, const char *id)
{
    return find_entry(ledger, id);
}

/* An entry that failed or was pending before and is applied now ran in between all the same. */
static bool was_applied(const Ledger *ledger, const char *id)
{
    const LedgerEntry *entry = ledger ? find_entry(ledger, id) : NULL;

    return entry && entry->state == LEDGER_APPLIED;
}

void ledger_added(const LedgerList *before, const LedgerList *after, StrList *ret_ids)
{
    StrList ids = {0};

    for (size_t i = 0; i < after->len; i++) {
        const Ledger *now = &after->items[i];
        const Ledger *then = ledger_find(before, now->space, now->table);

        for (size_t k = 0; k < now->len; k++)
            if (now->items[k].state == LEDGER_APPLIED && !was_applied(then, now->items[k].id))
                str_list_add(&ids, now->items[k].id);
    }
    *ret_ids = ids;
}

void ledger_clear(Ledger *ledger)
{
    for (size_t i = 0; i < ledger->len; i++) {
        free(ledger->items[i].id);
        free(ledger->items[i].checksum);
    }
    free(ledger->items);
    free(ledger->framework);
    free(ledger->space);
    free(ledger->table);
    free(ledger->locked_by);
    *ledger = (Ledger){0};
}

void ledger_list_clear(LedgerList *list)
{
    for (size_t i = 0; i < list->len; i++)
        ledger_clear(&list->items[i]);
    free(list->items);
    *list = (LedgerList){0};
}
