#pragma once
/* What lessons are judged by: the failure in plain terms, and what is known of invented values. */

#include "check/evidence.h"

typedef enum TroubleKind {
    TROUBLE_OTHER, /* nothing that a value of ours could have caused */
    TROUBLE_CAST,
    TROUBLE_ENUM,
    TROUBLE_JSON,
    TROUBLE_LENGTH,
    TROUBLE_RANGE,
    TROUBLE_CHECK,
    TROUBLE_UNIQUE,
    TROUBLE_KEY,
} TroubleKind;

typedef struct Trouble {
    TroubleKind kind;
    bool in_code;         /* the application's own code said it, not the database */
    char *type;           /* of casts and enums, lower case, without its namespace; NULL */
    char *table, *column; /* NULL where not told */
    StrList columns;      /* of the key that DETAIL shows */
    char *value;          /* as far as it was told */
    bool cut;             /* there is more of the value */
    char *name;           /* of a constraint or index; of SQLite's checks perhaps the expression */
    char *of_table;       /* that a key refers to */
    int64_t below; /* TROUBLE_LENGTH: the most characters; TROUBLE_RANGE: 1 when the value must
                      be less than that; 0 not told */
} Trouble;

void trouble_read(const char *log, const Snapshot *before, Trouble *ret_trouble);
void trouble_clear(Trouble *trouble);
DEFINE_AUTO_VALUE(trouble, Trouble, trouble_clear)

/** Whether the generator of invented values makes such a value; one that is not known makes
 * numbers, or takes values of another table. */
bool invented_makes(const char *generator, const char *value, bool cut);
/** Whether its values repeat from row to row. */
bool invented_repeats(const char *generator);
/** Whether the name of the column says what such a value looks like, so that another length would
 * be a surprise: "email", "title". */
bool invented_is_typical(const char *generator);

/** Whether a POSIX pattern is found in the text; false for one that cannot be read. */
bool lesson_matches(const char *text, const char *pattern);

/** What a cast to a type wants. @return false when nothing is known of the type */
bool type_lesson(const char *type, LessonKind *ret_kind, StrList *ret_texts);
/**
 * What a check wants of one of its columns: labels, a pattern, a length, a range.
 *
 * @return false when its text does not tell
 */
bool check_lesson(const char *text, const char *column, LessonKind *ret_kind, StrList *ret_texts);
/** The texts that an expression compares a column with: = 'a', IN ('a', 'b'), CASE c WHEN 'a'. */
void labels_of(const char *text, const char *column, StrList *labels);
