#include "database/populate/mine.h"

#include <ctype.h>

#include "database/populate/mine_parts.h"

void pop_mine(const PopContext *context, const PopTable *table, const PopCheck *check,
              PopChoiceList *const *choices)
{
    PopMiner miner = {.context = context, .table = table, .check = check, .choices = choices};

    miner.text = pop_without_brackets(check->sql);
    sql_tokens_read(miner.text, &miner.tokens);
    miner.about_length = text_contains_nocase(check->sql, "length");
    for (size_t i = 0; i < miner.tokens.len; i++) {
        const SqlToken *token = &miner.tokens.items[i];

        if (token->kind == SQL_STRING)
            pop_mine_string(&miner, i);
        else if (token->kind == SQL_OTHER && isdigit((unsigned char)token->start[0]))
            pop_mine_number(&miner, i);
    }
    pop_mine_terms(&miner, 0, miner.tokens.len, 0);
    for (size_t i = 0; i < check->columns.len; i++) {
        PopFamily family = table->columns.items[check->columns.items[i]].family;

        if (family == FAMILY_JSON ||
            (family == FAMILY_TEXT && text_contains_nocase(check->sql, "json")))
            pop_mine_json(&miner, check->columns.items[i]);
        if (family == FAMILY_TEXT || family == FAMILY_MOMENT || family == FAMILY_DATE)
            pop_mine_plain(&miner, check->columns.items[i]);
        pop_mine_elements(&miner, check->columns.items[i]);
        if (family == FAMILY_BOOL) {
            PopChoiceList *list = choices[check->columns.items[i]];

            pop_choice_add(list, xstrdup(context->postgres ? "true" : "1"), false, 1);
            pop_choice_add(list, xstrdup(context->postgres ? "false" : "0"), false, 1);
        }
    }
    sql_tokens_clear(&miner.tokens);
    free(miner.text);
}
