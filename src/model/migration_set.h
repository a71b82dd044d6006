#pragma once
/* The migration files of an image, as the framework that applies them sees them; and how its ledger
 * names them. */

#include <stdint.h>

#include "model/ledger.h"

/* What a framework's ledger says of a migration. */
typedef enum MigrationRecord {
    RECORD_EACH,  /* a row for every one that was applied */
    RECORD_LAST,  /* one row: the newest; all that come before it count as applied */
    RECORD_HEADS, /* the ends of a graph: all that leads to them counts as applied */
} MigrationRecord;

/* What it does with a file that comes before one that is applied already. */
typedef enum MigrationLate {
    LATE_UNKNOWN,
    LATE_APPLIED,
    LATE_SKIPPED, /* without a word */
    LATE_REFUSED,
} MigrationLate;

/* What it notices of an edit of an applied file. */
typedef enum MigrationEdit {
    EDIT_UNSEEN,
    EDIT_REFUSED_BYTES, /* it compares checksums of all bytes */
    EDIT_REFUSED_LINES, /* of the lines: their ends do not count */
    EDIT_REFUSED_TEXT,  /* of what it parsed */
} MigrationEdit;

typedef struct MigrationRules {
    MigrationRecord record;
    MigrationLate late;
    MigrationEdit edit;
    bool missing_refused; /* an applied migration whose file is gone stops it */
    bool rename_refused;  /* so does one whose number stayed and whose name changed */
    bool numbers_unique;  /* the number alone names a migration */
} MigrationRules;

typedef enum MigrationLanguage {
    LANGUAGE_SQL,
    LANGUAGE_C_LIKE, /* JavaScript, TypeScript, PHP, Java, C#, Go, Rust */
    LANGUAGE_HASH,   /* Python, Ruby, Elixir: # begins a comment */
    LANGUAGE_MARKUP, /* XML */
    LANGUAGE_OTHER,
} MigrationLanguage;

/* How a ledger may spell a migration. */
typedef enum MigrationName {
    MIGRATION_NAME_LEDGER, /* as its framework writes it */
    MIGRATION_NAME_FILE,   /* "003_owner.sql" */
    MIGRATION_NAME_STEM,   /* "003_owner" */
    MIGRATION_NAME_NUMBER, /* "3": zeros in front do not count */
    MIGRATION_NAME_COUNT
} MigrationName;

typedef struct MigrationFile {
    char *names[MIGRATION_NAME_COUNT]; /* NULL where it has none */
    char *path;                        /* absolute, in the image */
    char *group;                       /* order holds within: an app of Django's; else "" */
    char *order;                       /* compared with numbers in it as numbers */
    char *text;      /* without what undoes it; NULL: too large, or its file is not there */
    uint64_t digest; /* of all its bytes */
    MigrationLanguage language;
    bool repeats;     /* runs again whenever it changes: Flyway's R__ */
    StrList parents;  /* of a graph: names that must come before it */
    StrList replaces; /* names of migrations that it stands for */
} MigrationFile;

typedef struct MigrationSet {
    char *framework; /* as Ledger.framework */
    char *folder;    /* where it was read */
    MigrationRules rules;
    MigrationFile *items; /* sorted by group and order */
    size_t len, cap;
} MigrationSet;

/** Text compared with runs of digits as numbers: "9_x" comes before "10_a". */
int migration_order(const char *a, const char *b);
void migration_set_sort(MigrationSet *set);

/** Whether two ids of a ledger or names are the same; digits alone compare as a number. */
bool migration_id_eq(const char *a, const char *b);

/** First file of that name; NULL when there is none. Borrowed. */
const MigrationFile *migration_set_find(const MigrationSet *set, MigrationName name,
                                        const char *id);
/** The name for people: as the framework's ledger has it when that is telling, else the stem. */
const char *migration_file_shown(const MigrationFile *file, MigrationName name);

void migration_file_clear(MigrationFile *file);
void migration_set_clear(MigrationSet *set);
DEFINE_AUTO_VALUE(migration_file, MigrationFile, migration_file_clear)
DEFINE_AUTO_VALUE(migration_set, MigrationSet, migration_set_clear)
