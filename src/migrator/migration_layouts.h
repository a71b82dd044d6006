#pragma once
/* How each framework lays out its migration files, and what its ledger and its command make of
 * them: a table of data. */

#include "model/migration_set.h"

typedef enum LayoutKind {
    LAYOUT_FILES,     /* a file each */
    LAYOUT_FOLDERS,   /* a folder each, with one file of a fixed name */
    LAYOUT_JOURNAL,   /* a file each, listed in meta/_journal.json */
    LAYOUT_REVISIONS, /* a file each, which names the ones before it */
    LAYOUT_APPS,      /* app/migrations/0001_name.py */
    LAYOUT_CHANGES,   /* several in a file */
    LAYOUT_PLAN,      /* a script each, listed in a plan beside their folder */
} LayoutKind;

/* How the ledger spells it, from the name of the file (or folder). */
typedef enum LayoutName {
    SPELT_FILE,    /* 003_owner.js */
    SPELT_STEM,    /* 003_owner */
    SPELT_NUMBER,  /* 003 */
    SPELT_VERSION, /* Flyway: V1_2__x.sql is 1.2; R__x.sql is itself */
    SPELT_DATE,    /* Diesel: 2026-08-01-100000_x is 20260801100000 */
    SPELT_DATED,   /* SeaORM: m20260801_000001_x, and no other file is one */
    SPELT_CLASS,   /* the class in it: AddOwner1700000000000, App\Migrations\Version3 */
} LayoutName;

typedef struct Layout {
    const char *framework; /* as in ledger_shapes.c */
    LayoutKind kind;
    const char *endings; /* of its files, separated by blanks; of LAYOUT_FOLDERS the file's name */
    LayoutName spelt;
    MigrationRules rules;
    const char
        *down; /* line at which begins what undoes it; NULL: a file of its own, or a function */
} Layout;

/** The row of a framework; the one of home-made ledgers when it has none, or is NULL. */
const Layout *migration_layout(const char *framework);
