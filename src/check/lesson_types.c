/* What a cast to a type wants of text. */

#include "check/lesson_parts.h"

static const struct {
    const char *type;
    LessonKind kind;
    const char *texts; /* separated by "|" */
} TYPES[] = {
    {"json", LESSON_JSON, NULL},
    {"jsonb", LESSON_JSON, NULL},
    {"smallint", LESSON_DIGITS, NULL},
    {"integer", LESSON_DIGITS, NULL},
    {"int", LESSON_DIGITS, NULL},
    {"bigint", LESSON_DIGITS, NULL},
    {"int2", LESSON_DIGITS, NULL},
    {"int4", LESSON_DIGITS, NULL},
    {"int8", LESSON_DIGITS, NULL},
    {"numeric", LESSON_DIGITS, NULL},
    {"decimal", LESSON_DIGITS, NULL},
    {"real", LESSON_DIGITS, NULL},
    {"double precision", LESSON_DIGITS, NULL},
    {"double", LESSON_DIGITS, NULL},
    {"float", LESSON_DIGITS, NULL},
    {"float4", LESSON_DIGITS, NULL},
    {"float8", LESSON_DIGITS, NULL},
    {"rowid", LESSON_DIGITS, NULL},
    {"oid", LESSON_DIGITS, NULL},
    {"timestamp", LESSON_ISO_TIME, NULL},
    {"timestamptz", LESSON_ISO_TIME, NULL},
    {"timestamp with time zone", LESSON_ISO_TIME, NULL},
    {"timestamp without time zone", LESSON_ISO_TIME, NULL},
    {"date", LESSON_ISO_TIME, NULL},
    {"uuid", LESSON_UUID, NULL},
    {"time", LESSON_ONE_OF, "08:30:00|17:45:00"},
    {"time without time zone", LESSON_ONE_OF, "08:30:00|17:45:00"},
    {"boolean", LESSON_ONE_OF, "true|false"},
    {"bool", LESSON_ONE_OF, "true|false"},
    {"interval", LESSON_ONE_OF, "1 hour|2 days"},
    {"inet", LESSON_ONE_OF, "192.0.2.1|192.0.2.2"},
    {"cidr", LESSON_ONE_OF, "192.0.2.0/24|198.51.100.0/24"},
    {"macaddr", LESSON_ONE_OF, "02:00:00:00:00:01|02:00:00:00:00:02"},
    {"money", LESSON_ONE_OF, "1.00|2.50"},
    {"bytea", LESSON_ONE_OF, "\\x00|\\x01"},
    {"xml", LESSON_ONE_OF, "<a/>|<b/>"},
    {"timetz", LESSON_ONE_OF, "08:30:00+00|17:45:00+00"},
    {"time with time zone", LESSON_ONE_OF, "08:30:00+00|17:45:00+00"},
    {"macaddr8", LESSON_ONE_OF, "02:00:00:00:00:00:00:01|02:00:00:00:00:00:00:02"},
    {"bit", LESSON_ONE_OF, "0|1"},
    {"bit varying", LESSON_ONE_OF, "0|1"},
    {"varbit", LESSON_ONE_OF, "0|1"},
    {"point", LESSON_ONE_OF, "(1,2)|(3,4)"},
    {"line", LESSON_ONE_OF, "{1,2,3}|{2,3,4}"},
    {"lseg", LESSON_ONE_OF, "[(1,2),(3,4)]|[(5,6),(7,8)]"},
    {"box", LESSON_ONE_OF, "(3,4),(1,2)|(7,8),(5,6)"},
    {"path", LESSON_ONE_OF, "((1,2),(3,4))|((5,6),(7,8))"},
    {"polygon", LESSON_ONE_OF, "((1,2),(3,4),(5,6))|((1,2),(3,4),(7,8))"},
    {"circle", LESSON_ONE_OF, "<(1,2),3>|<(4,5),6>"},
    {"tsquery", LESSON_ONE_OF, "amber|birch"},
    {"jsonpath", LESSON_ONE_OF, "$.a|$.b"},
    {"pg_lsn", LESSON_ONE_OF, "0/1|0/2"},
    {"hstore", LESSON_ONE_OF, "a=>1|b=>2"},
    {"ltree", LESSON_ONE_OF, "amber|amber.birch"},
    /* every array and every range reads these; of them no more than two need to differ */
    {"array", LESSON_ONE_OF, "{}"},
    {"range", LESSON_ONE_OF, "empty"},
    {"multirange", LESSON_ONE_OF, "{}"},
};

bool type_lesson(const char *type, LessonKind *ret_kind, StrList *ret_texts)
{
    for (size_t i = 0; type && i < COUNT_OF(TYPES); i++) {
        if (!text_eq_nocase(TYPES[i].type, type))
            continue;
        *ret_kind = TYPES[i].kind;
        if (TYPES[i].texts)
            str_list_split(TYPES[i].texts, '|', ret_texts);
        return true;
    }
    return false;
}
