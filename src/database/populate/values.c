#include "database/populate/values.h"

#include <string.h>

#include "base/buffer.h"

enum { LONG_TEXT = 4000 }; /* characters of the longest text where there is no limit */

#define CODE_ALPHABET "abcdefghijklmnopqrstuvwxyz0123456789"

void pop_choice_add(PopChoiceList *list, char *sql, bool distinct, int rank)
{
    for (size_t i = 0; i < list->len; i++)
        if (text_eq(list->items[i].sql, sql)) {
            free(sql);
            return;
        }
    LIST_PUSH(list, ((PopChoice){.sql = sql, .distinct = distinct, .rank = rank}));
}

void pop_choice_drop(PopChoiceList *list, size_t at)
{
    free(list->items[at].sql);
    memmove(&list->items[at], &list->items[at + 1], (list->len - at - 1) * sizeof list->items[0]);
    list->len--;
}

void pop_choice_null(PopChoiceList *list, int rank)
{
    pop_choice_add(list, xstrdup("NULL"), false, rank);
    for (size_t i = 0; i < list->len; i++)
        list->items[i].null |= text_eq(list->items[i].sql, "NULL");
}

void pop_choice_name(PopChoiceList *list, const char *generator, PopulateFreedom freedom)
{
    free(list->generator);
    list->generator = xstrdup(generator);
    list->freedom = freedom;
}

void pop_choices_clear(PopChoiceList *list)
{
    for (size_t i = 0; i < list->len; i++)
        free(list->items[i].sql);
    free(list->items);
    free(list->generator);
    *list = (PopChoiceList){0};
}

/* --- text ----------------------------------------------------------------------------------- */

char *pop_fit(const PopContext *context, const PopColumn *column, const char *sql, int width,
              bool has_number, bool distinct, uint64_t salt)
{
    int digits = pop_digits(context), length = (int)column->length;
    bool long_enough = length == 0 || width + digits <= length;

    if (long_enough && (!distinct || has_number))
        return xstrdup(sql);
    if (!distinct)
        return xasprintf("substr(%s, 1, %d)", sql, length);
    if (length == 0 || width + digits + 1 <= length)
        return xasprintf("(%s || '-' || r.i)", sql);
    if (digits + 1 <= length && !has_number)
        return xasprintf("(substr(%s, 1, %d) || '-' || r.i)", sql, length - digits - 1);
    return pop_code(CODE_ALPHABET, length < 12 ? length : 12, salt);
}

/* The default's text without quotes and cast; NULL when it is no plain text. Caller frees. */
static char *default_text(const PopColumn *column)
{
    const char *at = column->fallback, *end;

    if (!at || at[0] != '\'')
        return NULL;
    for (end = at + 1; *end && (*end != '\'' || end[1] == '\''); end++)
        end += *end == '\'';
    return *end && (end[1] == '\0' || end[1] == ':') ? xstrndup(at, (size_t)(end + 1 - at)) : NULL;
}

static char *json_text(const PopContext *context, const char *shape, uint64_t salt)
{
    AUTO(str)
    char *sql = pop_expand(context,
                           text_eq(shape, "array")
                               ? "'[\"' || {word} || '\", \"' || {noun} || '\"]'"
                               : "'{\"name\": \"' || {word} || '\", \"number\": ' || {i} || '}'",
                           salt);

    return xasprintf("(%s)", sql);
}

static void add_text(const PopContext *context, const PopColumn *column, const char *pattern,
                     int width, bool has_number, uint64_t salt, int rank, PopChoiceList *list)
{
    AUTO(str) char *expanded = pop_expand(context, pattern, salt);
    AUTO(str) char *sql = xasprintf("(%s)", expanded);
    bool distinct = column->distinct || column->wide;

    pop_choice_add(list, pop_fit(context, column, sql, width, has_number, distinct, salt),
                   distinct || (has_number && (column->length == 0 ||
                                               width + pop_digits(context) <= column->length)),
                   rank);
}

static bool add_named_text(const PopContext *context, const PopColumn *column, const char *plain,
                           uint64_t salt, PopChoiceList *list)
{
    const PopTextRow *row = pop_text_row(plain);
    int rank = pop_moment_rank(plain);

    if (rank >= 0 && pop_name_is(plain, "at on date time timestamp until") &&
        (column->length == 0 || column->length >= 20)) {
        pop_choice_add(list, pop_moment(context, column, salt, rank), true, 0);
        pop_choice_name(list, "moment", POPULATE_NAMED);
        return true;
    }
    if (!row)
        return false;
    add_text(context, column, row->pattern, row->width, row->distinct, salt, 0, list);
    pop_choice_name(list, row->generator, POPULATE_NAMED);
    return true;
}

static void text_choices(const PopContext *context, const PopColumn *column, const char *plain,
                         uint64_t salt, PopChoiceList *list)
{
    AUTO(str) char *fallback = default_text(column);
    const char *shape = pop_json_shape(plain, column->fallback);

    if (shape && (column->length == 0 || column->length >= 60)) {
        pop_choice_add(list, json_text(context, shape, salt), text_eq(shape, "object"), 0);
        pop_choice_name(list, "json", POPULATE_NAMED);
        return;
    }
    if (fallback && !text_eq(fallback, "''") && !column->distinct) {
        pop_choice_add(list, TAKE(fallback), false, 0);
        pop_choice_name(list, "default", POPULATE_NAMED);
        return;
    }
    if (add_named_text(context, column, plain, salt, list))
        return;
    add_text(context, column, "{word} || ' ' || {noun} || ' ' || {i}", 18, true, salt, 0, list);
    pop_choice_name(list, "words", POPULATE_FREE);
}

static void text_edges(const PopContext *context, const PopColumn *column, PopChoiceList *list)
{
    int64_t longest = column->length > 0 && column->length < LONG_TEXT ? column->length : LONG_TEXT;

    pop_choice_add(list, xstrdup("''"), false, 3);
    pop_choice_add(list,
                   xasprintf(context->postgres ? "repeat('x', %lld)"
                                               : "replace(hex(zeroblob(%lld)), '00', 'x')",
                             (long long)longest),
                   false, 4);
    pop_choice_add(list, xstrdup("'null'"), false, 5);
    pop_choice_add(
        list,
        xasprintf("substr(' O''Brien <b> %%s \\ \u00e9\u4e16 ', 1, %lld)", (long long)longest),
        false, 6);
}

/* --- numbers --------------------------------------------------------------------------------- */

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

static void int_choices(const PopContext *context, const PopColumn *column, const char *plain,
                        uint64_t salt, PopChoiceList *list)
{
    const PopNumberRow *row = pop_number_row(plain);
    int64_t low = row ? row->low : 1, high = row ? row->high : 1000, most = largest(column);
    int rank = pop_moment_rank(plain);

    pop_choice_name(list, row ? row->generator : "number", row ? POPULATE_NAMED : POPULATE_FREE);
    if (rank >= 0 && most > INT32_MAX - 1 &&
        pop_name_is(plain, "at on ms timestamp time date until")) {
        AUTO(str) char *seconds = pop_seconds(context, salt, rank);
        bool ms = most > INT32_MAX && (pop_name_is(plain, "ms") ||
                                       (column->fallback && strstr(column->fallback, "1000")));

        pop_choice_add(list, ms ? xasprintf("(%s * 1000)", seconds) : xstrdup(seconds), true, 0);
        pop_choice_name(list, "moment", POPULATE_NAMED);
        return;
    }
    if (column->distinct || low > high) {
        pop_choice_add(list, xstrdup("r.i"), true, 0);
        return;
    }
    if (high > most)
        high = most;
    if (low < column->min)
        low = column->min;
    if (column->wide || low > high)
        pop_choice_add(list, xstrdup("r.i"), true, 0);
    else if (pop_name_is(plain, "is has can should allow enable enabled disabled active"))
        pop_choice_add(list, pop_pick(salt, 2), false, 0);
    else {
        AUTO(str) char *pick = pop_pick(salt, high - low + 1);

        pop_choice_add(list, xasprintf("(%lld + %s)", (long long)low, pick), false, 0);
    }
}

static void decimal_choices(const PopContext *context, const PopColumn *column, const char *plain,
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

static void number_edges(const PopColumn *column, PopChoiceList *list)
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

/* --- time ------------------------------------------------------------------------------------ */

char *pop_moment(const PopContext *context, const PopColumn *column, uint64_t salt, int rank)
{
    AUTO(str) char *seconds = pop_seconds(context, salt, rank < 0 ? 3 : rank);
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

static void date_choices(const PopContext *context, const char *plain, PopChoiceList *list)
{
    int rank = pop_moment_rank(plain), step = context->rows > 100000 ? 1 : 10;

    pop_choice_name(list, "date", rank >= 0 ? POPULATE_NAMED : POPULATE_FREE);
    if (rank < 0)
        rank = 3;
    if (rank == 0) /* of birth */
        step = 1;
    pop_choice_add(list,
                   context->postgres
                       ? xasprintf("(date '%s' + CAST(r.i * %d + %d AS integer))",
                                   rank == 0 ? "1970-01-15" : "2024-01-15", step, rank)
                       : xasprintf("date(%d + (r.i * %d + %d) * 86400, 'unixepoch')",
                                   rank == 0 ? 1209600 : 1705305600, step, rank),
                   true, 0);
}

static void time_choices(const PopContext *context, const char *plain, PopChoiceList *list)
{
    int rank = pop_moment_rank(plain);
    AUTO(str)
    char *seconds = xasprintf("((r.i %% 60) * 600 + %d)", 21600 + 300 * (rank < 0 ? 3 : rank));

    pop_choice_name(list, "time of day", POPULATE_NAMED);
    pop_choice_add(list,
                   context->postgres
                       ? xasprintf("(time '00:00' + %s * interval '1 second')", seconds)
                       : xasprintf("time(%s, 'unixepoch')", seconds),
                   false, 0);
}

static void time_edges(const PopContext *context, const PopColumn *column, PopChoiceList *list)
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

/* --- the rest -------------------------------------------------------------------------------- */

static void bool_choices(const PopContext *context, const PopColumn *column, uint64_t salt,
                         PopChoiceList *list)
{
    const char *yes = context->postgres ? "true" : "1", *no = context->postgres ? "false" : "0";
    AUTO(str) char *pick = pop_pick(salt, 4);
    bool usually = column->fallback &&
                   (text_starts(column->fallback, "true") || text_eq(column->fallback, "1"));

    pop_choice_name(list, "yes or no", POPULATE_BOUND);
    if (column->distinct) { /* part of a key: one of two */
        pop_choice_add(list, xstrdup(usually ? yes : no), false, 0);
        pop_choice_add(list, xstrdup(usually ? no : yes), false, 0);
        return;
    }
    pop_choice_add(list,
                   xasprintf("(CASE %s WHEN 0 THEN %s ELSE %s END)", pick, usually ? no : yes,
                             usually ? yes : no),
                   false, 0);
}

char *pop_uuid(const PopContext *context, uint64_t salt)
{
    AUTO(str) char *hex = pop_expand(context, "{hex}", salt);

    if (context->postgres)
        return xasprintf("overlay(overlay(%s placing '4' from 13) placing 'a' from 17)", hex);
    return pop_expand(context,
                      "printf('%08x-%04x-4%03x-a%03x-%012x', {h}, {h2} % 65536, {h3} % 4096, "
                      "{h4} % 4096, {h5} * 65536 + {i} % 65536)",
                      salt);
}

static void uuid_choices(const PopContext *context, uint64_t salt, PopChoiceList *list)
{
    pop_choice_name(list, "uuid", POPULATE_NAMED);
    pop_choice_add(list, pop_uuid(context, salt), true, 0);
}

static void json_choices(const PopContext *context, const PopColumn *column, const char *plain,
                         uint64_t salt, PopChoiceList *list)
{
    const char *shape = pop_json_shape(plain, column->fallback);

    pop_choice_name(list, "json", shape ? POPULATE_NAMED : POPULATE_FREE);
    pop_choice_add(list, json_text(context, shape ? shape : "object", salt), true, 0);
    if (context->kind == POPULATE_EDGE) {
        static const char *const edges[] = {"'null'", "'{}'", "'[]'", "'\"\"'", "'0'"};

        for (size_t i = 0; i < COUNT_OF(edges); i++)
            pop_choice_add(list, xstrdup(edges[i]), false, 3 + (int)i);
    }
}

static void bytes_choices(const PopContext *context, const PopColumn *column, const char *plain,
                          uint64_t salt, PopChoiceList *list)
{
    AUTO(str) char *hex = pop_expand(context, "{hex}", salt);

    pop_choice_name(list, "bytes", POPULATE_FREE);
    (void)plain;
    (void)column;
    pop_choice_add(list,
                   context->postgres ? xasprintf("decode(%s, 'hex')", hex)
                                     : xasprintf("CAST(%s AS blob)", hex),
                   true, 0);
    if (context->kind == POPULATE_EDGE)
        pop_choice_add(list, xstrdup(context->postgres ? "'\\x'" : "x''"), false, 3);
}

static void enum_choices(const PopContext *context, const PopColumn *column, PopChoiceList *list)
{
    pop_choice_name(list, "one of its type", POPULATE_BOUND);
    for (size_t i = 0; i < column->labels.len; i++)
        pop_choice_add(list, pop_literal(context, column->labels.items[i]), false, 0);
}

static void edges(const PopContext *context, const PopColumn *column, PopChoiceList *list)
{
    switch (column->family) {
    case FAMILY_TEXT:
        text_edges(context, column, list);
        break;
    case FAMILY_INT:
    case FAMILY_DECIMAL:
        number_edges(column, list);
        break;
    case FAMILY_DATE:
    case FAMILY_MOMENT:
    case FAMILY_TIME:
        time_edges(context, column, list);
        break;
    case FAMILY_BOOL:
    case FAMILY_JSON:
    case FAMILY_UUID:
    case FAMILY_BYTES:
    case FAMILY_OTHER:
        break;
    }
}

void pop_family_choices(const PopContext *context, const PopTable *table, const PopColumn *column,
                        PopChoiceList *list)
{
    AUTO(str) char *plain = pop_plain_name(column->name);
    uint64_t salt = pop_salt(context, table->place, column->name, 0);

    if (column->labels.len > 0) {
        enum_choices(context, column, list);
        return;
    }
    switch (column->family) {
    case FAMILY_BOOL:
        bool_choices(context, column, salt, list);
        break;
    case FAMILY_INT:
        int_choices(context, column, plain, salt, list);
        break;
    case FAMILY_DECIMAL:
        decimal_choices(context, column, plain, salt, list);
        break;
    case FAMILY_TEXT:
        text_choices(context, column, plain, salt, list);
        break;
    case FAMILY_DATE:
        date_choices(context, plain, list);
        break;
    case FAMILY_MOMENT:
        pop_choice_add(list, pop_moment(context, column, salt, pop_moment_rank(plain)), true, 0);
        pop_choice_name(list, "moment", POPULATE_NAMED);
        break;
    case FAMILY_TIME:
        time_choices(context, plain, list);
        break;
    case FAMILY_JSON:
        json_choices(context, column, plain, salt, list);
        break;
    case FAMILY_UUID:
        uuid_choices(context, salt, list);
        break;
    case FAMILY_BYTES:
        bytes_choices(context, column, plain, salt, list);
        break;
    case FAMILY_OTHER:
        break;
    }
    if (context->kind == POPULATE_EDGE)
        edges(context, column, list);
}
