/* Dates, moments and times of day. */

#include <string.h>

#include "database/populate/values_parts.h"

char *pop_moment(const PopContext *context, const PopColumn *column, uint64_t salt, int rank)
{
    AUTO(str) char *seconds = pop_seconds(context, salt, rank < 0 ? MOMENT_PLAIN : rank);
    bool text = column->family == FAMILY_TEXT;

    if (context->postgres)
        return text ? xasprintf("to_char(to_timestamp(%s) AT TIME ZONE 'UTC', "
                                "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
                                seconds)
               : strstr(column->type, "with time zone")
                   ? xasprintf("to_timestamp(%s)", seconds)
                   : xasprintf("(to_timestamp(%s) AT TIME ZONE 'UTC')", seconds);
    /* as CURRENT_TIMESTAMP writes it, when the default does */
    if (column->fallback && text_contains_nocase(column->fallback, "%fZ"))
        return xasprintf("strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', %s, 'unixepoch')", seconds);
    if (!text || (column->fallback && (text_contains_nocase(column->fallback, "current") ||
                                       text_contains_nocase(column->fallback, "datetime("))))
        return xasprintf("datetime(%s, 'unixepoch')", seconds);
    return xasprintf("strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', %s, 'unixepoch')", seconds);
}

void pop_date_choices(const PopContext *context, const char *plain, PopChoiceList *list)
{
    int rank = pop_moment_rank(plain), step = context->rows > 100000 ? 1 : 10;

    pop_choice_name(list, "date", rank >= 0 ? POPULATE_NAMED : POPULATE_FREE);
    if (rank < 0)
        rank = MOMENT_PLAIN;
    if (rank == MOMENT_BORN)
        step = 1;
    pop_choice_add(list,
                   context->postgres
                       ? xasprintf("(date '%s' + CAST(r.i * %d + %d AS integer))",
                                   rank == MOMENT_BORN ? "1970-01-15" : "2024-01-15", step, rank)
                       : xasprintf("date(%d + (r.i * %d + %d) * 86400, 'unixepoch')",
                                   rank == MOMENT_BORN ? 1209600 : 1705305600, step, rank),
                   true, 0);
}

void pop_time_choices(const PopContext *context, const char *plain, PopChoiceList *list)
{
    int rank = pop_moment_rank(plain);
    AUTO(str)
    char *seconds =
        xasprintf("((r.i %% 60) * 600 + %d)", 21600 + 300 * (rank < 0 ? MOMENT_PLAIN : rank));

    pop_choice_name(list, "time of day", POPULATE_NAMED);
    pop_choice_add(list,
                   context->postgres
                       ? xasprintf("(time '00:00' + %s * interval '1 second')", seconds)
                       : xasprintf("time(%s, 'unixepoch')", seconds),
                   false, 0);
}

void pop_time_edges(const PopContext *context, const PopColumn *column, PopChoiceList *list)
{
    static const char *const dates[] = {"0001-01-01", "9999-12-31", "1970-01-01", "2000-02-29"};

    for (size_t i = 0; i < COUNT_OF(dates); i++)
        pop_choice_add(list,
                       column->family == FAMILY_DATE ? xasprintf("'%s'", dates[i])
                       : column->family == FAMILY_TIME
                           ? xstrdup(i % 2 == 0 ? "'00:00:00'" : "'23:59:59'")
                           : xasprintf("'%s 00:00:00'", dates[i]),
                       false, 3 + (int)i);
    (void)context;
}
