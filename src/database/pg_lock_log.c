#include "database/pg_lock_log.h"

#include <stdlib.h>
#include <string.h>

#include "database/pg_lock_words.h"

enum { SESSIONS_MAX = 1000, LOCKS_MAX = 10000 };

#define NONE SIZE_MAX

/* A session, and the message that it sent last: one statement or several. */
struct PgLockSession {
    char *id;
    size_t number;
    bool in_transaction; /* it said BEGIN */
    size_t end;          /* statements of the message: up to here */
    size_t done;         /* up to here they are through */
    size_t current;      /* that the last line was about; NONE none yet */
    bool over;           /* and its command has ended */
    size_t *held;        /* of each table: its open lock in the trace; NONE none */
    int64_t *counted;    /* rows that were read of it when the command began */
    bool *rewritten;     /* by the command */
};

static PgLockSession *session_of(PgLockLog *log, const char *id)
{
    size_t tables = log->watch->len + 1; /* xcalloc of nothing has no meaning */
    PgLockSession session;

    for (size_t i = log->len; i > 0; i--)
        if (text_eq(log->items[i - 1].id, id))
            return &log->items[i - 1];
    if (log->len == SESSIONS_MAX)
        return NULL;
    session = (PgLockSession){
        .id = xstrdup(id),
        .number = log->len + 1,
        .current = NONE,
        .held = xcalloc(tables, sizeof *session.held),
        .counted = xcalloc(tables, sizeof *session.counted),
        .rewritten = xcalloc(tables, sizeof *session.rewritten),
    };
    for (size_t i = 0; i < tables; i++)
        session.held[i] = NONE;
    LIST_PUSH(log, session);
    return &log->items[log->len - 1];
}

/* --- locks ----------------------------------------------------------------------------------- */

static void take(PgLockLog *log, PgLockSession *session, size_t table, LockMode mode, size_t from)
{
    const WatchedTable *one = &log->watch->items[table];
    TableLock *held;

    if (session->held[table] != NONE) {
        held = &log->trace.items[session->held[table]];
        held->mode = mode > held->mode ? mode : held->mode;
        return;
    }
    if (log->trace.len == LOCKS_MAX) {
        log->trace.statements.cut = true;
        return;
    }
    session->held[table] = log->trace.len;
    LIST_PUSH(&log->trace, ((TableLock){.space = xstrdup(one->space),
                                        .table = xstrdup(one->name),
                                        .mode = mode,
                                        .from = from,
                                        .to = from,
                                        .session = session->number}));
}

static void give_back(PgLockLog *log, PgLockSession *session, size_t table, size_t last)
{
    TableLock *held;

    if (session->held[table] == NONE)
        return;
    held = &log->trace.items[session->held[table]];
    held->to = last > held->from ? last : held->from;
    session->held[table] = NONE;
}

static void give_all_back(PgLockLog *log, PgLockSession *session, size_t last)
{
    for (size_t i = 0; i < log->watch->len; i++)
        give_back(log, session, i, last);
}

/* --- statements ------------------------------------------------------------------------------ */

static void take_named(PgLockLog *log, PgLockSession *session, const LockWords *words, size_t at)
{
    for (size_t i = 0; i < words->tables.len; i++)
        for (size_t k = 0; k < log->watch->len; k++)
            if (text_eq(log->watch->items[k].name, words->tables.items[i]))
                take(log, session, k, words->mode, at);
}

/* Those before a place are through. */
static void pass(PgLockLog *log, PgLockSession *session, size_t to)
{
    for (; session->done < to; session->done++) {
        AUTO(lock_words) LockWords words = {0};

        lock_words_read(log->trace.statements.items[session->done].text, &words);
        if (words.kind == LOCK_WORDS_BEGIN)
            session->in_transaction = true;
        else if (words.kind == LOCK_WORDS_TAKE)
            take_named(log, session, &words, session->done);
        if (words.kind != LOCK_WORDS_END)
            continue;
        give_all_back(log, session, session->done);
        session->in_transaction = words.chained;
    }
}

static void end_message(PgLockLog *log, PgLockSession *session)
{
    size_t end = session->end;

    pass(log, session, end);
    if (!session->in_transaction && end > 0)
        give_all_back(log, session, end - 1);
}

void pg_lock_log_statement(PgLockLog *log, const char *id, const char *text)
{
    PgLockSession *session = session_of(log, id);
    StatementList *all = &log->trace.statements;
    size_t first = all->len;

    if (!session)
        return;
    end_message(log, session);
    statement_list_add_all(all, NULL, text);
    for (size_t i = first; i < all->len; i++) {
        all->items[i].session = session->number;
        all->items[i].at = i;
    }
    session->done = first;
    session->end = all->len;
    session->current = NONE;
    session->over = false;
}

/* Of what reads no more than a row of a ledger; more would only take memory. */
void pg_lock_log_parameters(PgLockLog *log, const char *id, const char *text)
{
    const PgLockSession *session = session_of(log, id);
    Statement *last;

    if (!session || session->end != session->done + 1 || strlen(text) > PARAMETERS_BYTES_MAX)
        return;
    last = &log->trace.statements.items[session->done];
    if (!last->parameters)
        last->parameters = xstrdup(text);
}

/* --- lines of ours --------------------------------------------------------------------------- */

/* The statement of the message that a command is of: what runs commands by itself has none of that
 * name. */
static size_t statement_of(const PgLockLog *log, const PgLockSession *session, const char *tag,
                           bool begins)
{
    const StatementList *all = &log->trace.statements;
    size_t from = session->done;

    if (session->current != NONE && !begins)
        return session->current;
    if (session->current != NONE)
        from = session->over ? session->current + 1 : session->current;
    for (size_t i = from; i < session->end; i++)
        if (lock_words_is(all->items[i].text, tag))
            return i;
    for (size_t i = session->current != NONE ? session->current : from; i < session->end; i++)
        if (lock_words_runs_others(all->items[i].text))
            return i;
    return session->current != NONE ? session->current : session->done;
}

static size_t before(const PgLockLog *log, const PgLockSession *session, size_t at)
{
    for (size_t i = at; i > 0; i--)
        if (log->trace.statements.items[i - 1].session == session->number)
            return i - 1;
    return at;
}

static void add_work(TableLock *lock, size_t statement, bool rewrites)
{
    LockedWork *last = lock->works.len > 0 ? &lock->works.items[lock->works.len - 1] : NULL;

    if (last && last->statement == statement)
        last->rewrites |= rewrites;
    else
        LIST_PUSH(&lock->works, ((LockedWork){.statement = statement, .rewrites = rewrites}));
}

/* "16385:20": a table that is watched, and a number. False: another table, or neither. */
static bool next_pair(const PgLockLog *log, const char **at, size_t *ret_table, int64_t *ret_number)
{
    char *end;
    unsigned long oid = strtoul(*at, &end, 10);
    bool whole = *end == ':' && oid <= UINT32_MAX;

    *ret_number = whole ? strtoll(end + 1, &end, 10) : 0;
    *at = end + strcspn(end, " ");
    *at += strspn(*at, " ");
    if (!whole)
        return false;
    *ret_table = lock_watch_find(log->watch, (uint32_t)oid);
    return *ret_table < log->watch->len;
}

/* What is held now; what was held and is no more was given back within the message. */
static void see_held(PgLockLog *log, PgLockSession *session, const char *text, size_t taken_by,
                     size_t last_before)
{
    bool *now = xcalloc(log->watch->len + 1, sizeof *now);
    size_t table;
    int64_t mode;

    for (const char *at = text; *at;) {
        if (!next_pair(log, &at, &table, &mode) || mode < 0 || mode >= LOCK_MODE_COUNT)
            continue;
        now[table] = true;
        take(log, session, table, (LockMode)mode, taken_by);
    }
    for (size_t i = 0; i < log->watch->len; i++)
        if (!now[i])
            give_back(log, session, i, last_before);
    free(now);
}

static void begin_command(PgLockLog *log, PgLockSession *session, const char *counted)
{
    size_t table;
    int64_t count;

    for (size_t i = 0; i < log->watch->len; i++) {
        session->counted[i] = 0;
        session->rewritten[i] = false;
    }
    for (const char *at = counted; *at;)
        if (next_pair(log, &at, &table, &count))
            session->counted[table] = count;
}

static void end_command(PgLockLog *log, PgLockSession *session, const char *counted)
{
    size_t table;
    int64_t count;

    for (const char *at = counted; *at;) {
        if (!next_pair(log, &at, &table, &count) || session->held[table] == NONE)
            continue;
        if (count > session->counted[table])
            add_work(&log->trace.items[session->held[table]], session->current, false);
    }
    for (size_t i = 0; i < log->watch->len; i++)
        if (session->rewritten[i] && session->held[i] != NONE)
            add_work(&log->trace.items[session->held[i]], session->current, true);
}

/* "start|16385:20|16385:3|ALTER TABLE" */
void pg_lock_log_event(PgLockLog *log, const char *id, const char *text)
{
    AUTO(str_list) StrList parts = {0};
    PgLockSession *session = session_of(log, id);
    AUTO(str) char *rewritten = NULL;
    const char *at;
    bool begins, ends;
    size_t table;
    int64_t none;

    str_list_split(text, '|', &parts);
    if (!session || parts.len != 4 || session->done >= session->end)
        return;
    begins = text_eq(parts.items[0], "start");
    ends = text_eq(parts.items[0], "end");
    session->current = statement_of(log, session, parts.items[3], begins);
    pass(log, session, session->current);
    rewritten = xasprintf("%s:", parts.items[1]);
    at = rewritten;
    if (begins)
        begin_command(log, session, parts.items[1]);
    else if (!ends && next_pair(log, &at, &table, &none))
        session->rewritten[table] = true;
    if (begins || ends)
        see_held(log, session, parts.items[2],
                 begins ? before(log, session, session->current) : session->current,
                 before(log, session, session->current));
    if (ends)
        end_command(log, session, parts.items[1]);
    session->over = ends;
}

void pg_lock_log_end(PgLockLog *log, LockTrace *ret_trace)
{
    for (size_t i = 0; i < log->len; i++) {
        PgLockSession *session = &log->items[i];

        end_message(log, session);
        if (session->end > 0)
            give_all_back(log, session, session->end - 1);
    }
    *ret_trace = log->trace;
    log->trace = (LockTrace){0};
}

PgLockLog pg_lock_log_init(const LockWatch *watch)
{
    return (PgLockLog){.watch = watch};
}

void pg_lock_log_clear(PgLockLog *log)
{
    for (size_t i = 0; i < log->len; i++) {
        free(log->items[i].id);
        free(log->items[i].held);
        free(log->items[i].counted);
        free(log->items[i].rewritten);
    }
    free(log->items);
    lock_trace_clear(&log->trace);
    *log = (PgLockLog){0};
}
