#include "migrator/ledger_log.h"

#include <stdlib.h>

#include "migrator/ledger_shapes.h"
#include "migrator/ledger_write.h"

/* A statement that changes something and that is not the migrator's own. */
static bool is_work(const LedgerSpecList *specs, const char *text)
{
    static const char *const VERBS[] = {"INSERT", "UPDATE", "DELETE", "TRUNCATE", "MERGE", "CREATE",
                                        "ALTER",  "DROP",   "DO",     "COPY",     "CALL"};
    AUTO(scan) ScanTokens tokens = {0};
    bool works = false;

    scan_read(text, &tokens);
    for (size_t i = 0; i < COUNT_OF(VERBS); i++)
        works |= scan_is(&tokens, 0, VERBS[i]);
    for (size_t at = 1; works && at < tokens.len; at++) {
        AUTO(str) char *name = scan_is_name(&tokens, at) ? scan_text(&tokens.items[at]) : NULL;

        for (size_t i = 0; name && i < specs->len; i++)
            works &= !text_eq_nocase(name, specs->items[i].table) &&
                     !text_eq_nocase(name, specs->items[i].lock_table);
    }
    return works;
}

/* Whether there is work between two places, by one session; both ends left out. */
static bool has_work(const LedgerSpecList *specs, const StatementList *statements, size_t from,
                     size_t to, size_t session)
{
    for (size_t i = from; i < to; i++)
        if (statements->items[i].session == session && is_work(specs, statements->items[i].text))
            return true;
    return false;
}

/* Rows of one ledger, by one session, each of another migration: they show a habit. */
static bool is_one_hand(const StatementList *statements, const LedgerWriteList *writes)
{
    for (size_t i = 0; i < writes->len; i++) {
        const LedgerWrite *write = &writes->items[i];

        if (!write->id || write->spec != writes->items[0].spec ||
            statements->items[write->at].session != statements->items[writes->items[0].at].session)
            return false;
        for (size_t k = 0; k < i; k++)
            if (text_eq(writes->items[k].id, write->id))
                return false;
    }
    return writes->len > 0;
}

/* Of a ledger that somebody wrote by hand: work before the first row and none behind the last, or
 * the other way round, and some between any two. */
static LedgerMoment moment_by_work(const LedgerSpecList *specs, const StatementList *statements,
                                   const LedgerWriteList *writes)
{
    size_t session, last;
    bool before, behind;

    if (!is_one_hand(statements, writes))
        return LEDGER_MOMENT_UNKNOWN;
    session = statements->items[writes->items[0].at].session;
    last = writes->items[writes->len - 1].at;
    for (size_t i = 1; i < writes->len; i++)
        if (!has_work(specs, statements, writes->items[i - 1].at + 1, writes->items[i].at, session))
            return LEDGER_MOMENT_UNKNOWN;
    before = has_work(specs, statements, 0, writes->items[0].at, session);
    behind = has_work(specs, statements, last + 1, statements->len, session);
    if (before == behind)
        return LEDGER_MOMENT_UNKNOWN;
    return before ? LEDGER_AFTER : LEDGER_BEFORE;
}

/* Rows that are changed later belong to that which was written last, or are of no interest. */
static void settle_updates(LedgerWriteList *writes)
{
    size_t kept = 0;

    for (size_t i = 0; i < writes->len; i++) {
        LedgerWrite *write = &writes->items[i];
        const LedgerWrite *last = kept > 0 ? &writes->items[kept - 1] : NULL;

        if (write->updates && !write->id && write->spec->moment != LEDGER_AROUND)
            continue;
        if (write->updates && !write->id && last && last->spec == write->spec)
            write->id = xstrdup_null(last->id);
        if (kept < i) {
            writes->items[kept] = *write;
            *write = (LedgerWrite){0};
        }
        kept++;
    }
    writes->len = kept;
}

static bool is_by(const StatementList *statements, size_t at, const LedgerWrite *write)
{
    return write->id && (write->spec->apart ||
                         statements->items[at].session == statements->items[write->at].session);
}

static LedgerMoment moment_of(const LedgerWrite *write, LedgerMoment by_work)
{
    return write->spec->moment == LEDGER_MOMENT_UNKNOWN ? by_work : write->spec->moment;
}

/* The migration that a statement between two rows is of. NULL: before the first, behind the last.
 */
static const char *migration_at(const StatementList *statements, size_t at,
                                const LedgerWrite *before, const LedgerWrite *behind,
                                LedgerMoment by_work)
{
    bool opened = before && is_by(statements, at, before);
    bool closed = behind && is_by(statements, at, behind);

    if (closed && moment_of(behind, by_work) == LEDGER_AFTER)
        return behind->id;
    if (opened && moment_of(before, by_work) == LEDGER_BEFORE)
        return before->id;
    if (opened && closed && before->spec == behind->spec && before->spec->moment == LEDGER_AROUND &&
        text_eq(before->id, behind->id))
        return before->id;
    return NULL;
}

void ledger_log_attribute(const Snapshot *snapshot, StatementList *statements)
{
    AUTO(ledger_spec_list) LedgerSpecList specs = {0};
    AUTO(ledger_writes) LedgerWriteList writes = {0};
    LedgerMoment by_work;
    size_t next = 0;

    ledger_specs_find(&snapshot->schema, &specs);
    ledger_writes_read(snapshot, &specs, statements, &writes);
    settle_updates(&writes);
    by_work = moment_by_work(&specs, statements, &writes);
    for (size_t at = 0; at < statements->len && writes.len > 0; at++) {
        const char *found;

        while (next < writes.len && writes.items[next].at < at)
            next++;
        if (statements->items[at].migration || (next < writes.len && writes.items[next].at == at))
            continue;
        found = migration_at(statements, at, next > 0 ? &writes.items[next - 1] : NULL,
                             next < writes.len ? &writes.items[next] : NULL, by_work);
        statements->items[at].migration = xstrdup_null(found);
    }
}

/* --- how far it came -------------------------------------------------------------------------- */

/* What was sent at once is several statements here. */
static void split(const StatementList *sent, StatementList *ret_statements)
{
    for (size_t i = 0; i < sent->len; i++) {
        size_t from = ret_statements->len;

        statement_list_add_all(ret_statements, NULL, sent->items[i].text);
        for (size_t k = from; k < ret_statements->len; k++)
            ret_statements->items[k].session = sent->items[i].session;
        if (ret_statements->len == from + 1)
            ret_statements->items[from].parameters = xstrdup_null(sent->items[i].parameters);
    }
}

bool ledger_log_reached(const Snapshot *snapshot, const StatementList *sent, StrList *ret_ids)
{
    AUTO(ledger_spec_list) LedgerSpecList specs = {0};
    AUTO(ledger_writes) LedgerWriteList writes = {0};
    AUTO(statement_list) StatementList statements = {0};
    AUTO(str_list) StrList ids = {0};
    size_t from = 0;
    bool more = false;

    ledger_specs_find(&snapshot->schema, &specs);
    split(sent, &statements);
    ledger_writes_read(snapshot, &specs, &statements, &writes);
    settle_updates(&writes);
    for (size_t i = 0; i < writes.len; i++) {
        if (!writes.items[i].id || writes.items[i].spec->moment != LEDGER_AFTER)
            return false;
        str_list_add(&ids, writes.items[i].id);
        from = writes.items[i].at + 1;
    }
    for (size_t i = 0; i < specs.len; i++)
        if (specs.items[i].moment != LEDGER_AFTER)
            return false;
    for (size_t i = from; i < statements.len && !more; i++)
        more = is_work(&specs, statements.items[i].text);
    if (more) {
        *ret_ids = ids;
        ids = (StrList){0};
    }
    return more;
}
