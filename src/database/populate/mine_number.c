/* Numbers in checks: values, and lengths of texts and bytes. */

#include "database/populate/mine_parts.h"

enum { LENGTH_MAX = 4096, LENGTHS_MAX = 4 };

static void add_length(PopMiner *miner, size_t at, int64_t length)
{
    PopChoiceList *list = miner->choices[at];
    const char *typical = list->len > 0 ? list->items[0].sql : "''";
    int digits = pop_digits(miner->context);

    if (length < 0 || length > LENGTH_MAX || text_eq(typical, "NULL"))
        return;
    if (length > digits)
        pop_choice_add(
            list,
            miner->context->postgres
                ? xasprintf(
                      "(rpad(substr('x' || %s, 2), %lld, 'x') || lpad(CAST(r.i AS text), %d, '0'))",
                      typical, (long long)length - digits, digits)
                : xasprintf(
                      "(substr(%s || replace(hex(zeroblob(%lld)), '00', 'x'), 1, %lld) || printf('%%0%dd', r.i))",
                      typical, (long long)length, (long long)length - digits, digits),
            true, 1);
    else if (length > 0)
        pop_choice_add(list,
                       pop_code("abcdefghijklmnopqrstuvwxyz0123456789", (int)length,
                                pop_salt(miner->context, miner->table->place,
                                         miner->table->columns.items[at].name, 5)),
                       false, 1);
}

/* Digits of both cases of hexadecimal text pass most of what is asked of a hash. */
static void add_hex(PopMiner *miner, size_t at, int64_t length)
{
    uint64_t salt =
        pop_salt(miner->context, miner->table->place, miner->table->columns.items[at].name, 6);
    AUTO(str) char *hex = pop_expand(miner->context, "{hex}", salt);

    if (length <= 0 || length > LENGTH_MAX)
        return;
    pop_choice_add(miner->choices[at],
                   miner->context->postgres
                       ? xasprintf("substr(repeat(%s, %lld), 1, %lld)", hex,
                                   (long long)(length / 32 + 1), (long long)length)
                       : xasprintf("substr(%s || hex(zeroblob(%lld)), 1, %lld)", hex,
                                   (long long)length, (long long)length),
                   length >= 12, 2);
}

void pop_mine_lengths(const PopMiner *miner, size_t at, PopLengths *lengths)
{
    for (size_t c = 0; c < miner->table->checks.len; c++) {
        const PopCheck *check = &miner->table->checks.items[c];
        AUTO(sql_tokens) SqlTokens tokens = {0};

        if (!index_list_has(&check->columns, at) || !text_contains_nocase(check->sql, "length"))
            continue;
        sql_tokens_read(check->sql, &tokens);
        for (size_t i = 0; i < tokens.len && lengths->len < LENGTHS_MAX; i++) {
            AUTO(str) char *text = sql_token_name(&tokens.items[i]);
            uint64_t length;
            Error *err = tokens.items[i].kind == SQL_OTHER ? parse_u64(text, 1, LENGTH_MAX, &length)
                                                           : error_new(ERR_INVALID, 0, "a word");

            if (!err)
                LIST_PUSH(lengths, (int64_t)length);
            error_free(err);
        }
    }
}

static void add_bytes(PopMiner *miner, size_t at, int64_t length)
{
    const PopColumn *column = &miner->table->columns.items[at];
    uint64_t salt = pop_salt(miner->context, miner->table->place, column->name, 6);
    AUTO(str) char *hex = pop_expand(miner->context, "{hex}", salt);

    if (length <= 0 || length > LENGTH_MAX)
        return;
    pop_choice_add(miner->choices[at],
                   miner->context->postgres
                       ? xasprintf("substr(decode(%s || repeat('00', %lld), 'hex'), 1, %lld)", hex,
                                   (long long)length, (long long)length)
                       : xasprintf("CAST(substr(%s || hex(zeroblob(%lld)), 1, %lld) AS blob)", hex,
                                   (long long)length, (long long)length),
                   length >= 8, 1);
}

void pop_mine_number(PopMiner *miner, size_t token)
{
    AUTO(str) char *text = sql_token_name(&miner->tokens.items[token]);
    bool negative = token > 0 && sql_token_is(&miner->tokens, token - 1, "-");
    uint64_t whole = 0;
    Error *err = parse_u64(text, 0, INT64_MAX / 2, &whole);
    bool is_whole = !err;

    error_free(err);
    for (size_t i = 0; i < miner->check->columns.len; i++) {
        size_t at = miner->check->columns.items[i];
        PopChoiceList *list = miner->choices[at];

        if (pop_is_number(miner->table->columns.items[at].family)) {
            pop_choice_add(list, xasprintf("(%s%s)", negative ? "-" : "", text), false, 2);
            pop_choice_add(list, xasprintf("(%s%s + 1)", negative ? "-" : "", text), false, 3);
            pop_choice_add(list, xasprintf("(%s%s - 1)", negative ? "-" : "", text), false, 4);
            if (is_whole && negative)
                pop_choice_add(list, xasprintf("(-%s + r.i)", text), true, 1);
            else if (is_whole) /* above and, for ranges, spread out from it */
                pop_choice_add(list,
                               pop_row_number(miner->context, &miner->table->columns.items[at],
                                              (int64_t)whole),
                               true, 1);
        } else if (is_whole && miner->table->columns.items[at].family == FAMILY_TEXT &&
                   miner->about_length) {
            add_length(miner, at, (int64_t)whole);
            add_length(miner, at, (int64_t)whole + 1);
            add_length(miner, at, (int64_t)whole - 1);
            add_hex(miner, at, (int64_t)whole);
        } else if (is_whole && miner->table->columns.items[at].family == FAMILY_BYTES) {
            add_bytes(miner, at, (int64_t)whole);
            add_bytes(miner, at, (int64_t)whole + 1);
        } else if (is_whole && miner->table->columns.items[at].family == FAMILY_OTHER) {
            pop_mine_extent(miner, at, (int64_t)whole);
        }
    }
}
