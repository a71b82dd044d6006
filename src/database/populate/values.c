#include "database/populate/values.h"

#include "database/populate/values_parts.h"

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
    if (context->kind == POPULATE_EDGE) {
        pop_choice_add(list, xstrdup(yes), false, 3);
        pop_choice_add(list, xstrdup(no), false, 3);
    }
}

/* Hex digits of numbers are a fraction of what a digest costs. */
char *pop_uuid(const PopContext *context, uint64_t salt)
{
    AUTO(str) char *postgres = NULL;

    if (!context->postgres)
        return pop_expand(context,
                          "printf('%08x-%04x-4%03x-a%03x-%012x', {h}, {h2} % 65536, {h3} % 4096, "
                          "{h4} % 4096, {h5} * 65536 + {i} % 65536)",
                          salt);
    /* the added powers of 16 make them 9 and 12 digits long; version and variant are between */
    postgres = xasprintf("(to_hex(4294967296 + {h}) || '%03x4%03xa%03x' || "
                         "to_hex(17592186044416 + {h2} * 4096 + {i} %% 4096))",
                         (unsigned)(salt & 0xfff), (unsigned)(salt >> 12 & 0xfff),
                         (unsigned)(salt >> 24 & 0xfff));
    return pop_expand(context, postgres, salt);
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
    pop_choice_add(list, pop_json_text(context, shape ? shape : "object", salt), true, 0);
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
        pop_text_edges(context, column, list);
        break;
    case FAMILY_INT:
    case FAMILY_DECIMAL:
        pop_number_edges(column, list);
        break;
    case FAMILY_DATE:
    case FAMILY_MOMENT:
    case FAMILY_TIME:
        pop_time_edges(context, column, list);
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
        pop_int_choices(context, column, plain, salt, list);
        break;
    case FAMILY_DECIMAL:
        pop_decimal_choices(context, column, plain, salt, list);
        break;
    case FAMILY_TEXT:
        pop_text_choices(context, column, plain, salt, list);
        break;
    case FAMILY_DATE:
        pop_date_choices(context, plain, list);
        break;
    case FAMILY_MOMENT:
        pop_choice_add(list, pop_moment(context, column, salt, pop_moment_rank(plain)), true, 0);
        pop_choice_name(list, "moment", POPULATE_NAMED);
        break;
    case FAMILY_TIME:
        pop_time_choices(context, plain, list);
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
