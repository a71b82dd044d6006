#pragma once
/* Fills an old database with rows that its schema permits, so that an upgrade has something to
 * lose. Nothing is left behind but the rows: no function, no table, no setting. */

#include "database/pg_db.h"
#include "database/sqlite_db.h"
#include "model/ledger.h"
#include "model/report.h"

typedef enum PopulateKind {
    POPULATE_TYPICAL, /* plausible rows, as an application would make them */
    POPULATE_EDGE,    /* what the schema permits and an application may not expect */
} PopulateKind;

/* What an upgrade taught about a column that was invented too freely. */
typedef enum LessonKind {
    LESSON_JSON,
    LESSON_DIGITS,
    LESSON_ISO_TIME,
    LESSON_KEY_OF, /* holds the value of a column of another table */
    LESSON_DISTINCT,
    LESSON_ONE_OF,
    LESSON_NOT_NULL,
} LessonKind;

typedef struct Lesson {
    LessonKind kind;
    char *space, *table, *column; /* space "" or NULL: any */
    char *of_table, *of_column;   /* of LESSON_KEY_OF; of_column NULL: its primary key */
    StrList texts;                /* of LESSON_ONE_OF */
} Lesson;

typedef struct LessonList {
    Lesson *items;
    size_t len, cap;
} LessonList;

void lesson_list_clear(LessonList *list);
DEFINE_AUTO_VALUE(lesson_list, LessonList, lesson_list_clear)

/* Everything borrowed; NULL: none. */
typedef struct PopulateSpec {
    PopulateKind kind;
    int64_t rows;                  /* wanted in every table; 0 makes none */
    uint64_t seed;                 /* the same seed makes the same rows again */
    const StrMap *columns;         /* "table.column" or "space.table.column" -> SQL expression */
    const StrList *skip;           /* tables, "notes" or "app.notes" */
    const LedgerSpecList *ledgers; /* left alone, and their lock tables */
    const LessonList *lessons;
    const StrList *reference; /* tables that are only referred to, "space.table" as PopulateResult
                                 names them; NULL: every table that has rows */
} PopulateSpec;

/* How freely a column's values were invented. */
typedef enum PopulateFreedom {
    POPULATE_LEFT,       /* the database fills it: sequence, generated, rowid */
    POPULATE_GIVEN,      /* an expression of the user's, or a lesson */
    POPULATE_REFERENCE,  /* values of a declared key */
    POPULATE_RESEMBLING, /* values of another table's column, because of the name */
    POPULATE_BOUND,      /* a type, a check or a list left few values */
    POPULATE_NAMED,      /* the name or the default suggested them */
    POPULATE_FREE,       /* only the type is known: what an application keeps there is not */
} PopulateFreedom;

typedef struct PopulateColumn {
    char *space, *table, *column;
    char *generator; /* "email", "word", "key of public.users" */
    PopulateFreedom freedom;
} PopulateColumn;

typedef struct PopulateColumnList {
    PopulateColumn *items;
    size_t len, cap;
} PopulateColumnList;

typedef struct PopulateTable {
    char *space, *table; /* space "" in SQLite */
    int64_t rows;        /* that were made */
    bool kept;           /* reference data: it has rows of its own */
    char *note;          /* "its triggers were switched off: ..."; NULL */
} PopulateTable;

typedef struct PopulateTableList {
    PopulateTable *items;
    size_t len, cap;
} PopulateTableList;

typedef struct PopulateResult {
    uint64_t seed;
    int64_t tables; /* that rows are wanted for: neither ledger nor skipped by the user nor kept */
    int64_t filled; /* of these, have rows now */
    int64_t rows;   /* made */
    SkippedTableList skipped; /* the database's reason */
    PopulateTableList per_table;
    PopulateColumnList columns; /* of the tables that were filled */
} PopulateResult;

void populate_result_clear(PopulateResult *result);
DEFINE_AUTO_VALUE(populate_result, PopulateResult, populate_result_clear)

/**
 * Fill a Postgres database.
 *
 * @param db  of a superuser, outside a transaction; its settings are as before afterwards
 * @param[out] ret_result  untouched on error
 * @return NULL, also when tables could not be filled; as pg_query what is not local
 */
MUST_USE Error *pg_populate(PgDb *db, const PopulateSpec *spec, PopulateResult *ret_result);

/**
 * Fill an SQLite database. Triggers of its schema fire.
 *
 * @param db  opened by sqlite_db_open, outside a transaction; the file is written to
 * @param[out] ret_result  untouched on error
 * @return NULL, also when tables could not be filled; as sqlite_db_error what is not local
 */
MUST_USE Error *sqlite_populate(SqliteDb *db, const PopulateSpec *spec, PopulateResult *ret_result);
