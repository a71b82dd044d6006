#include "base/clock.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

static int64_t now_ms(clockid_t id)
{
    struct timespec now;

    (void)clock_gettime(id, &now); /* cannot fail for these clocks */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    return now_ms(CLOCK_MONOTONIC);
}

int64_t clock_wall_ms(void)
{
    return now_ms(CLOCK_REALTIME);
}

Deadline deadline_in(int64_t ms)
{
    int64_t at;

    return __builtin_add_overflow(clock_now_ms(), ms, &at) ? DEADLINE_NONE : at;
}

Deadline deadline_min(Deadline a, Deadline b)
{
    return a < b ? a : b;
}

int deadline_left_ms(Deadline dl)
{
    int64_t left = dl == DEADLINE_NONE ? INT_MAX : dl - clock_now_ms();

    return left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

char *clock_format_iso(int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    char text[32];

    if (!gmtime_r(&seconds, &tm) || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        return xstrdup("1970-01-01T00:00:00Z");
    return xstrdup(text);
}

/* ".123456" at most to milliseconds; *at moves behind it. */
static int64_t take_fraction_ms(const char **at)
{
    int64_t ms = 0;
    int scale = 100;

    if (**at != '.')
        return 0;
    for (++*at; isdigit((unsigned char)**at); ++*at, scale /= 10)
        ms += (int64_t)(**at - '0') * scale;
    return ms;
}

int64_t clock_parse_iso_ms(const char *text)
{
    struct tm tm = {0};
    int64_t ms;
    int hours, minutes, used = 0;

    if (!text || !(text = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm)))
        return -1;
    ms = take_fraction_ms(&text) + (int64_t)timegm(&tm) * 1000;
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return ms;
    if ((*text == '+' || *text == '-') &&
        sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) == 2 && used == 5 && text[6] == '\0')
        return ms - (*text == '+' ? 1 : -1) * ((int64_t)hours * 60 + minutes) * 60000;
    return -1;
}
