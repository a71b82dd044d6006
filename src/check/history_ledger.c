#include "check/history_ledger.h"

#include <ctype.h>

#include "check/compose.h"

/* 20260801_x, m20260801_x, V3: names without numbers have no order that could be told. */
static bool has_number(const char *id)
{
    return isdigit((unsigned char)*id) ||
           (isalpha((unsigned char)*id) && isdigit((unsigned char)id[1]));
}

static const char *newest_of(const Ledger *ledger)
{
    const char *newest = NULL;

    for (size_t i = 0; i < ledger->len; i++) {
        const char *id = ledger->items[i].id;

        if (!has_number(id))
            return NULL;
        if (!newest || migration_order(id, newest) > 0)
            newest = id;
    }
    return newest;
}

static bool judge_ledger(const Ledger *before, const Ledger *after, FindingList *findings)
{
    const char *newest = newest_of(before);
    AUTO(str_list) StrList late = {0};
    AUTO(str) char *names = NULL;
    Finding *finding;

    for (size_t i = 0; newest && i < after->len; i++) {
        const char *id = after->items[i].id;

        if (has_number(id) && migration_order(id, newest) < 0 && !ledger_entry_find(before, id))
            str_list_add(&late, id);
    }
    if (late.len == 0)
        return false;
    names = str_list_join(&late, ", ");
    finding =
        finding_new(findings, "history", LEVEL_WARN,
                    "%s before %s, which users have applied already: they run %s later than a "
                    "fresh install does",
                    late.len > 1 ? "new migrations come" : "a new migration comes", newest,
                    late.len > 1 ? "them" : "it");
    finding_detail(finding, "in the ledger %s after the upgrade, and not before: %s", after->table,
                   names);
    finding_field(&finding->migration, late.items[0]);
    finding_field(&finding->table, after->table);
    finding_hint(finding, "give it a number behind %s", newest);
    return true;
}

bool history_by_ledgers(const Observation *seen, FindingList *findings)
{
    bool found = false;

    for (size_t i = 0; seen->before && seen->after && i < seen->before->ledgers.len; i++) {
        const Ledger *before = &seen->before->ledgers.items[i];
        const Ledger *after = ledger_find(&seen->after->ledgers, before->space, before->table);

        if (after)
            found |= judge_ledger(before, after, findings);
    }
    return found;
}
