#pragma once
/* What a log says of a failure, in the words of the database rather than of the tools around it. */

#include "model/observation.h"

/* What kind of trouble the words stand for: decides the advice. */
typedef enum EvidenceKind {
    EVIDENCE_NOT_NULL,
    EVIDENCE_UNIQUE,
    EVIDENCE_FOREIGN_KEY,
    EVIDENCE_CHECK,
    EVIDENCE_VALUE,   /* too long, out of range, not of the type */
    EVIDENCE_EXISTS,  /* the object is there already */
    EVIDENCE_MISSING, /* no such table, column, function */
    EVIDENCE_SYNTAX,
    EVIDENCE_DEPENDENT, /* a view, trigger or key stands in the way */
    EVIDENCE_LOCKED,
    EVIDENCE_ACCESS,    /* the file or its folder may not be opened or written */
    EVIDENCE_PRIVILEGE, /* the database's own permissions */
    EVIDENCE_DISK,
    EVIDENCE_CORRUPT,
    EVIDENCE_LIMIT,       /* too many variables, terms, columns */
    EVIDENCE_TRANSACTION, /* a statement that this transaction may not contain */
    EVIDENCE_HISTORY,     /* applied migrations that are edited, missing or overtaken */
    EVIDENCE_DIRTY,       /* an earlier failure or lock stands in the ledger */
    EVIDENCE_CONNECT,
    EVIDENCE_SETTING, /* an environment variable is missing */
    EVIDENCE_MEMORY,
    EVIDENCE_PROGRAM, /* a module, script or command is missing */
    EVIDENCE_OTHER,
} EvidenceKind;

/* How much the words are worth: the highest rank in a log wins, and its last occurrence. */
typedef enum EvidenceRank {
    RANK_NONE,
    RANK_LINE,        /* merely a line that looks like an error */
    RANK_AFTERMATH,   /* what follows from the failure: "current transaction is aborted" */
    RANK_ENVIRONMENT, /* settings, files, memory, network */
    RANK_MIGRATOR,    /* the migrator's own words */
    RANK_DRIVER,      /* behind a driver's prefix, not known to us */
    RANK_DATABASE,    /* a message of the database itself */
} EvidenceRank;

typedef struct EvidencePattern {
    const char *pattern; /* check/pattern.h */
    EvidenceKind kind;
    EvidenceRank rank;
} EvidencePattern;

typedef struct Evidence {
    char *message; /* one line; NULL when the log says nothing */
    EvidenceKind kind;
    EvidenceRank rank;
    char *table, *column; /* NULL when not named */
    char *name;           /* a constraint, index, variable or migration that the message names */
    size_t line;          /* of the log, from 0 */
} Evidence;

/** All patterns; within a line the first that fits wins among those of the same rank. */
const EvidencePattern *evidence_patterns(size_t *ret_count);

/** Read a log tail; NULL is an empty one. */
void evidence_find(const char *log, Evidence *ret_evidence);

/**
 * Name the table that the user knows: a rebuild's copy (notes_new, __new_notes, _alembic_tmp_notes)
 * becomes the table it stands for, and a constraint's or index's table is looked up.
 */
void evidence_resolve(Evidence *evidence, const Snapshot *before, const Snapshot *after);

/**
 * The migration that a log speaks of nearest to a line, among those that the ledgers of `after` do
 * not show as applied. A row that `after` marks as failed and `before` does not comes first.
 *
 * @param before  NULL when there is none, and so with after
 * @return its name as the log has it, caller frees; NULL when the log names none
 */
MUST_USE char *evidence_migration(const char *log, size_t line, const Snapshot *before,
                                  const Snapshot *after);

/** The migration that was applied last, over all ledgers; NULL when none was. Borrowed. */
const char *evidence_last_applied(const Snapshot *snapshot);

/**
 * What to do next.
 *
 * @param image_user  user of the image that ran; "" or NULL: root
 */
MUST_USE char *evidence_hint(const Evidence *evidence, const char *image_user, const char *volume);

/** The lines of a log that matter: its end, and the line of the evidence with its neighbours when
 * that lies further up. At most max_bytes. Caller frees. */
MUST_USE char *evidence_excerpt(const char *log, const Evidence *evidence, size_t max_bytes);

void evidence_clear(Evidence *evidence);
DEFINE_AUTO_VALUE(evidence, Evidence, evidence_clear)
