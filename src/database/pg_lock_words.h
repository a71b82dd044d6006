#pragma once
/* What a statement says of transactions and table locks. */

#include "model/lock_trace.h"

typedef enum LockWordsKind {
    LOCK_WORDS_OTHER,
    LOCK_WORDS_BEGIN, /* of a transaction */
    LOCK_WORDS_END,   /* by COMMIT or ROLLBACK */
    LOCK_WORDS_TAKE,  /* LOCK, TRUNCATE: no event trigger sees them */
} LockWordsKind;

typedef struct LockWords {
    LockWordsKind kind;
    bool chained;   /* of LOCK_WORDS_END: another one begins */
    LockMode mode;  /* of LOCK_WORDS_TAKE, as is tables, without their namespaces */
    StrList tables; /* empty for a mode that stops nobody */
} LockWords;

void lock_words_read(const char *sql, LockWords *ret_words);
void lock_words_clear(LockWords *words);
DEFINE_AUTO_VALUE(lock_words, LockWords, lock_words_clear)
/** Whether a statement is a command of that tag: "CREATE UNIQUE INDEX..." of "CREATE INDEX". */
bool lock_words_is(const char *sql, const char *tag);
/** Whether it may run other commands: DO, CALL, SELECT f(), CREATE EXTENSION. */
bool lock_words_runs_others(const char *sql);
