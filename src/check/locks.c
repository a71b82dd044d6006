#include <stdlib.h>

#include "base/buffer.h"
#include "check/compose.h"
#include "check/table.h"
#include "model/sql_scan.h"

enum { LISTED_MAX = 20, NAMED_MAX = 3, QUOTED_MAX = 10 };

/* What a statement does to rows while others wait; a later one is worse. */
typedef enum WorkKind { WORK_CHANGES, WORK_READS, WORK_REWRITES } WorkKind;

typedef struct Work {
    size_t statement;
    const char *table; /* whose rows; borrowed */
    WorkKind kind;
} Work;

typedef struct WorkList {
    Work *items;
    size_t len, cap;
} WorkList;

/* One transaction that works on rows under locks. */
typedef struct Transaction {
    StrList tables; /* locked, with rows */
    LockMode mode;  /* the strongest */
    WorkList works;
} Transaction;

static void transaction_clear(Transaction *transaction)
{
    str_list_clear(&transaction->tables);
    free(transaction->works.items);
}

DEFINE_AUTO_VALUE(transaction, Transaction, transaction_clear)

static bool had_rows(const Observation *seen, const char *space, const char *table)
{
    const TableData *data = snapshot_table(seen->before, space, table);

    return data && !data->is_ledger && data->rows > 0;
}

/* Of any namespace: a statement may leave it out. */
static bool some_had_rows(const Observation *seen, const char *table)
{
    for (size_t i = 0; i < seen->before->data.len; i++) {
        const TableData *data = &seen->before->data.items[i];

        if (text_eq_nocase(data->table, table) && !data->is_ledger && data->rows > 0)
            return true;
    }
    return false;
}

static bool changes_rows(const Observation *seen, const Effect *effect)
{
    if (effect->kind == EFFECT_UPDATE || effect->kind == EFFECT_DELETE)
        return some_had_rows(seen, effect->table);
    for (size_t i = 0; effect->kind == EFFECT_COPY && i < effect->sources.len; i++)
        if (some_had_rows(seen, effect->sources.items[i]))
            return true;
    return false;
}

/* A statement is named once, for the worst that it does to a table. */
static void add_work(WorkList *works, size_t statement, const char *table, WorkKind kind)
{
    for (size_t i = 0; i < works->len; i++) {
        Work *work = &works->items[i];

        if (work->statement != statement || !text_eq_nocase(work->table, table))
            continue;
        work->kind = kind > work->kind ? kind : work->kind;
        return;
    }
    LIST_PUSH(works, ((Work){statement, table, kind}));
}

static void add_lock(const Observation *seen, const EffectList *effects, const TableLock *lock,
                     Transaction *to)
{
    for (size_t i = 0; i < lock->works.len; i++)
        add_work(&to->works, lock->works.items[i].statement, lock->table,
                 lock->works.items[i].rewrites ? WORK_REWRITES : WORK_READS);
    for (size_t i = 0; i < effects->len; i++) {
        const Effect *effect = &effects->items[i];

        if (effect->statement > lock->from && effect->statement <= lock->to &&
            seen->locks->statements.items[effect->statement].session == lock->session &&
            changes_rows(seen, effect))
            add_work(&to->works, effect->statement, effect->table, WORK_CHANGES);
    }
}

/* A table is one of those that wait when something is done once it is locked. */
static void add_table(const TableLock *lock, Transaction *to)
{
    for (size_t i = 0; i < to->works.len; i++) {
        if (to->works.items[i].statement < lock->from)
            continue;
        if (!str_list_has(&to->tables, lock->table))
            str_list_add(&to->tables, lock->table);
        to->mode = lock->mode > to->mode ? lock->mode : to->mode;
        return;
    }
}

static bool same_transaction(const TableLock *a, const TableLock *b)
{
    return a->session == b->session && a->to == b->to;
}

static int by_statement(const void *a, const void *b)
{
    const Work *first = a, *second = b;

    return (first->statement > second->statement) - (first->statement < second->statement);
}

static bool is_of(const Observation *seen, const TableLock *lock, const TableLock *first)
{
    return same_transaction(lock, first) && had_rows(seen, lock->space, lock->table);
}

/* All of the transaction whose first lock is there; nothing when it is not its first. */
static void read_transaction(const Observation *seen, const EffectList *effects, size_t at,
                             Transaction *ret_transaction)
{
    const LockTrace *trace = seen->locks;

    for (size_t i = 0; i < at; i++)
        if (same_transaction(&trace->items[i], &trace->items[at]))
            return;
    for (size_t i = at; i < trace->len; i++)
        if (is_of(seen, &trace->items[i], &trace->items[at]))
            add_lock(seen, effects, &trace->items[i], ret_transaction);
    for (size_t i = at; i < trace->len; i++)
        if (is_of(seen, &trace->items[i], &trace->items[at]))
            add_table(&trace->items[i], ret_transaction);
    if (ret_transaction->works.len > 1)
        qsort(ret_transaction->works.items, ret_transaction->works.len, sizeof(Work), by_statement);
}

/* --- the finding ------------------------------------------------------------------------------ */

static const Work *worst_of(const WorkList *works)
{
    const Work *worst = &works->items[0];

    for (size_t i = 1; i < works->len; i++)
        if (works->items[i].kind > worst->kind)
            worst = &works->items[i];
    return worst;
}

/* "books, loans and 4 more"; caller frees. */
static char *names_of(const StrList *tables)
{
    Buf out = BUF_INIT(TITLE_MAX_BYTES);

    for (size_t i = 0; i < tables->len && i < NAMED_MAX; i++)
        buf_addf(&out, "%s%s", i ? ", " : "", tables->items[i]);
    if (tables->len > NAMED_MAX)
        buf_addf(&out, " and %zu more", tables->len - NAMED_MAX);
    return buf_take(&out);
}

static const char *const DONE[] = {
    [WORK_CHANGES] = "rows of %s are changed",
    [WORK_READS] = "all rows of %s are read",
    [WORK_REWRITES] = "all rows of %s are rewritten",
};

static char *done_to(const Work *work)
{
    return text_replace(DONE[work->kind], "%s", work->table);
}

/* What to do about the statement that is the worst. */
static const char *way_out(const char *sql, WorkKind kind)
{
    AUTO(scan) ScanTokens tokens = {0};

    scan_read(sql, &tokens);
    if (kind == WORK_CHANGES)
        return "change the rows in a transaction of their own, in small steps, before or after the "
               "one that changes the schema";
    if (kind == WORK_REWRITES)
        return "add a new column beside it, copy in small steps and change over later, or tell "
               "users how long large tables take";
    if (scan_is(&tokens, 0, "CREATE"))
        return "CREATE INDEX CONCURRENTLY, outside of a transaction, lets writes go on";
    if (text_contains_nocase(sql, "references") || text_contains_nocase(sql, "check"))
        return "add the constraint NOT VALID, and VALIDATE CONSTRAINT in a transaction after it: "
               "reading the rows then stops nobody";
    if (text_contains_nocase(sql, "not null"))
        return "add CHECK (... IS NOT NULL) NOT VALID and validate it first: SET NOT NULL then "
               "reads no rows";
    return "do it while nobody is at work, or in small steps";
}

static void describe(Finding *finding, const Observation *seen, const Transaction *transaction)
{
    Buf out = BUF_INIT(DETAIL_MAX_BYTES * 2);
    AUTO(str) char *tables = str_list_join(&transaction->tables, ", ");
    AUTO(str) char *text = NULL;

    for (size_t i = 0; i < transaction->works.len && i < QUOTED_MAX; i++) {
        const Work *work = &transaction->works.items[i];
        AUTO(str) char *done = done_to(work);

        buf_addf(&out, "%s: %s\n", done, seen->locks->statements.items[work->statement].text);
    }
    if (transaction->works.len > QUOTED_MAX)
        buf_addf(&out, "and %zu more statements\n", transaction->works.len - QUOTED_MAX);
    buf_addf(&out, "%s lock, until the transaction ends, on %s", lock_mode_name(transaction->mode),
             tables);
    text = buf_take(&out);
    finding_detail(finding, "%s", text);
}

static void judge_transaction(const Observation *seen, const Transaction *transaction,
                              FindingList *findings)
{
    const Work *worst = worst_of(&transaction->works);
    const Statement *by = &seen->locks->statements.items[worst->statement];
    AUTO(str) char *names = names_of(&transaction->tables);
    AUTO(str) char *done = done_to(worst);
    Finding *finding = finding_new(findings, "locks", LEVEL_WARN, "%s %s while %s", names,
                                   transaction->mode == LOCK_MODE_ACCESS_EXCLUSIVE
                                       ? "can neither be read nor written"
                                       : "cannot be written",
                                   done);

    describe(finding, seen, transaction);
    finding_field(&finding->table, transaction->tables.items[0]);
    finding_field(&finding->migration, by->migration);
    finding_hint(finding, "%s", way_out(by->text, worst->kind));
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    AUTO(effect_list) EffectList effects = {0};
    size_t first = findings->len;
    char *skip = skip_without_upgrade(seen);

    if (!skip && seen->locks_untold)
        skip = xstrdup(seen->locks_untold);
    if (!skip && seen->traced && !step_passed(seen->traced)) {
        AUTO(str) char *fault = step_fault(seen->traced, seen);

        skip = xasprintf("the migrations did not pass while their locks were traced: %s", fault);
    }
    if (!skip && (!seen->locks || !seen->before))
        skip = xstrdup("the server's log told no locks");
    if (skip) {
        *ret_skip = skip;
        return;
    }
    effects_read(&seen->locks->statements, &effects);
    for (size_t i = 0; i < seen->locks->len && findings->len - first < LISTED_MAX; i++) {
        AUTO(transaction) Transaction transaction = {0};

        read_transaction(seen, &effects, i, &transaction);
        if (transaction.works.len > 0)
            judge_transaction(seen, &transaction, findings);
    }
}

const Check CHECK_LOCKS = {
    .id = "locks",
    .level = LEVEL_WARN,
    .profile = PROFILE_STANDARD,
    .finds = "(Postgres) locks that stop reads or writes while all rows of a table are read, "
             "rewritten or changed, statement by statement",
    .why = "ALTER TABLE locks its table until the transaction ends. For an added column that\n"
           "is a moment, whatever the table holds. Where the statement, or one behind it in the\n"
           "same transaction, reads or rewrites all rows, everybody who uses the application\n"
           "waits for as long as that takes: nothing with twenty rows, and an hour with a\n"
           "hundred million.",
    .fix = "Nothing, where the application is down while it migrates and tables are small.\n"
           "Otherwise CREATE INDEX CONCURRENTLY, constraints that are added NOT VALID and\n"
           "validated afterwards, and backfills in small steps of their own. Every lock is in\n"
           "the HTML report's picture and in the JSON report, brief ones as well, which are\n"
           "no findings.",
    .example = "books can neither be read nor written while all rows of books are rewritten\n"
               "\n"
               "ALTER TABLE books ALTER COLUMN pages TYPE bigint",
    .judge = judge,
};
