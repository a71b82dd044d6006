/* Whole numbers and decimals: by the column's name and what its type holds. */

#include <string.h>

#include "base/buffer.h"
#include "database/populate/values_parts.h"

static char *power_of_ten(int n)
{
    AUTO(buf) Buf out = BUF_INIT(4096);

    buf_adds(&out, "1");
    while (n-- > 0)
        buf_adds(&out, "0");
    return buf_take(&out);
}

/* Whole digits before the point, 18 at most. */
static int whole_digits(const PopColumn *column)
{
    int whole = column->digits > 0 ? column->digits - column->scale : 18;

    return whole > 18 ? 18 : whole < 0 ? 0 : whole;
}

static int64_t largest(const PopColumn *column)
{
    int64_t most = 1;

    if (column->family == FAMILY_INT)
        return column->max;
    for (int i = 0; i < whole_digits(column); i++)
        most *= 10;
    return most - 1;
}

/* "created" of a Go program: nothing else is called so and nothing more. */
static bool is_bare_moment(const char *plain)
{
    static const char *const names[] = {"created",  "updated", "modified", "started",
                                        "finished", "expires", "expiry",   "synced"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_eq(plain, names[i]))
            return true;
    return false;
}

char *pop_row_number(const PopContext *context, const PopColumn *column, int64_t above)
{
    /* some rows more: checks are tried with those, too */
    bool fits = column->family != FAMILY_INT || above + context->rows + 8 <= column->max;

    if (fits || above >= column->max)
        return above > 0 ? xasprintf("(%lld + r.i)", (long long)above) : xstrdup("r.i");
    return xasprintf("(%lld + (r.i - 1) %% %lld)", (long long)above + 1,
                     (long long)(column->max - above));
}

void pop_int_choices(const PopContext *context, const PopColumn *column, const char *plain,
                     uint64_t salt, PopChoiceList *list)
{
    const PopNumberRow *row = pop_number_row(plain);
    int64_t low = row ? row->low : 1, high = row ? row->high : 1000, most = largest(column);
    int rank = pop_moment_rank(plain);

    pop_choice_name(list, row ? row->generator : "number", row ? POPULATE_NAMED : POPULATE_FREE);
    if (rank >= 0 && most > INT32_MAX - 1 &&
        (pop_name_is(plain, "at on ms timestamp time date until ts") || is_bare_moment(plain))) {
        AUTO(str) char *seconds = pop_seconds(context, salt, rank);
        bool ms = most > INT32_MAX && (pop_name_is(plain, "ms") ||
                                       (column->fallback && strstr(column->fallback, "1000")));

        pop_choice_add(list, ms ? xasprintf("(%s * 1000)", seconds) : xstrdup(seconds), true, 0);
        pop_choice_name(list, "moment", POPULATE_NAMED);
        return;
    }
    if (column->distinct || low > high) {
        pop_choice_add(list, pop_row_number(context, column, 0), true, 0);
        return;
    }
    if (high > most)
        high = most;
    if (low < column->min)
        low = column->min;
    if (column->wide || low > high)
        pop_choice_add(list, pop_row_number(context, column, 0), true, 0);
    else if (pop_name_is(plain, "is has can should allow enable enabled disabled active"))
        pop_choice_add(list, pop_pick(salt, 2), false, 0);
    else {
        AUTO(str) char *pick = pop_pick(salt, high - low + 1);

        pop_choice_add(list, xasprintf("(%lld + %s)", (long long)low, pick), false, 0);
    }
}

void pop_decimal_choices(const PopContext *context, const PopColumn *column, const char *plain,
                         uint64_t salt, PopChoiceList *list)
{
    const PopNumberRow *row = pop_number_row(plain);
    int64_t low = row ? row->low : 1, high = row ? row->high : 900, most = largest(column);
    int scale = column->digits > 0 ? column->scale : 2;
    AUTO(str) char *divisor = power_of_ten(scale > 2 && !column->distinct ? 2 : scale);
    const char *point = context->postgres ? "numeric" : "real";

    pop_choice_name(list, row ? row->generator : "number", row ? POPULATE_NAMED : POPULATE_FREE);
    if (column->distinct || column->wide || low > high) {
        pop_choice_add(list, xasprintf("(CAST(r.i AS %s) / %s)", point, divisor), true, 0);
        return;
    }
    if (high > most)
        high = most;
    if (low < -most)
        low = -most;
    {
        AUTO(str) char *span = xasprintf("%lld", (long long)(high - low > 0 ? high - low : 1));
        AUTO(str) char *hash = pop_hash(salt);

        pop_choice_add(list,
                       xasprintf("(%lld + CAST(%s %% (%s * %s) AS %s) / %s)", (long long)low, hash,
                                 span, divisor, point, divisor),
                       false, 0);
    }
    if (most == 0) /* numeric(2,2): below 1 */
        pop_choice_add(list, xstrdup("0"), false, 1);
}

void pop_number_edges(const PopColumn *column, PopChoiceList *list)
{
    int64_t most = largest(column);
    int64_t least = column->family == FAMILY_INT ? column->min : -most;

    pop_choice_add(list, xstrdup("0"), false, 3);
    pop_choice_add(list, xasprintf("%lld", (long long)most), false, 4);
    /* -9223372036854775808 is no literal of bigint */
    pop_choice_add(list,
                   least == INT64_MIN ? xstrdup("(-9223372036854775807 - 1)")
                                      : xasprintf("(%lld)", (long long)least),
                   false, 5);
    if (least < 0)
        pop_choice_add(list, xstrdup("(-1)"), false, 6);
}
