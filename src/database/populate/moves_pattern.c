/* Texts that a pattern takes, or does not take. */

#include <string.h>

#include "base/buffer.h"
#include "database/populate/moves_parts.h"
#include "database/populate/pattern.h"
#include "database/sql_text.h"

enum { BRANCHES_MAX = 24 };

char *pop_node_text(const PopNode *node)
{
    if (node->kind == NODE_LITERAL) {
        const char *quote = strchr(node->sql, '\'');
        SqlToken token = {SQL_STRING, quote, quote ? strlen(quote) : 0};
        AUTO(str) char *text = NULL;

        if (!quote)
            return NULL;
        while (token.len > 1 && token.start[token.len - 1] != '\'')
            token.len--;
        text = sql_token_name(&token);
        return quote > node->sql && (quote[-1] == 'E' || quote[-1] == 'e')
                   ? text_replace(text, "\\\\", "\\")
                   : TAKE(text);
    }
    for (size_t i = 0; i < node->len; i++) {
        char *text = pop_node_text(node->items[i]);

        if (text)
            return text;
    }
    return NULL;
}

/* "*[^0-9a-f]*" must not match: the text consists of [0-9a-f]. NULL: it says something else. */
static char *allowed_by(const char *pattern)
{
    const char *open = strstr(pattern, "[^"), *close = open ? strchr(open + 2, ']') : NULL;

    if (!close || strspn(pattern, "*%^.") != (size_t)(open - pattern) ||
        close[1 + strspn(close + 1, "*%+.$")] != '\0')
        return NULL;
    return xasprintf("^[%.*s]+$", (int)(close - open - 2), open + 2);
}

static void match(PopMover *mover, const PopNode *node, PopPatternKind kind, const char *pattern)
{
    for (size_t branch = 0; branch < BRANCHES_MAX; branch++) {
        bool distinct;
        AUTO(str)
        char *sql =
            pop_pattern_branch(mover->context, kind, pattern, branch,
                               pop_salt(mover->context, mover->table->place, "", 77), &distinct);

        if (!sql)
            return;
        pop_move_reach(mover, node, sql);
    }
}

static PopPatternKind kind_of(const char *op)
{
    return text_eq(op, "glob")                                               ? PATTERN_GLOB
           : text_eq(op, "like") || text_eq(op, "ilike") || strstr(op, "~~") ? PATTERN_LIKE
                                                                             : PATTERN_REGEX;
}

/* What is between the wild cards. */
static char *middle(const char *pattern)
{
    char *text = xstrdup(pattern + strspn(pattern, "%*"));

    text[strcspn(text, "%*")] = '\0';
    return text;
}

static void avoid(PopMover *mover, const PopNode *node, PopPatternKind kind, const char *pattern)
{
    AUTO(str) char *allowed = allowed_by(pattern), *part = NULL, *literal = NULL, *without = NULL;

    if (allowed)
        match(mover, node, PATTERN_REGEX, allowed);
    part = kind == PATTERN_REGEX ? xstrdup(pattern) : middle(pattern);
    literal = pop_literal(mover->context, part);
    without = kind == PATTERN_REGEX
                  ? xasprintf("regexp_replace(%s, %s, '', 'g')", node->sql, literal)
                  : xasprintf("replace(%s, %s, '')", node->sql, literal);
    if (kind != PATTERN_REGEX || mover->context->postgres)
        pop_move_reach(mover, node, without);
}

/* LIKE's pattern with what its wild cards stand for, of one alphabet. */
static char *like_text(PopMover *mover, const char *pattern, const char *alphabet)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);
    uint64_t salt = pop_salt(mover->context, mover->table->place, "", 79);

    buf_adds(&out, "(''");
    for (const char *at = pattern; *at; at++) {
        char one[] = {*at, '\0'};
        AUTO(str) char *part = NULL;

        if (*at == '%')
            part = pop_code(alphabet, 8, salt);
        else if (*at == '_')
            part = pop_code(alphabet, 1, salt);
        else if (*at == '\\' && at[1]) {
            one[0] = *++at;
            part = pop_literal(mover->context, one);
        } else {
            size_t len = strcspn(at, "%_\\");
            AUTO(str) char *piece = xstrndup(at, len);

            part = pop_literal(mover->context, piece);
            at += len - 1;
        }
        buf_addf(&out, " || %s", part);
    }
    buf_adds(&out, ")");
    return buf_take(&out);
}

/* "kind || '\_%'": the pattern is put together, and so is what it takes. */
static char *computed(PopMover *mover, const PopNode *node, const char *alphabet)
{
    AUTO(str) char *text = NULL;

    if (node->kind == NODE_BINARY && text_eq(node->op, "||")) {
        AUTO(str) char *left = computed(mover, node->items[0], alphabet);
        AUTO(str) char *right = computed(mover, node->items[1], alphabet);

        return xasprintf("(%s || %s)", left, right);
    }
    if (node->kind == NODE_CAST && node->len == 1)
        return computed(mover, node->items[0], alphabet);
    text = node->kind == NODE_LITERAL ? pop_node_text(node) : NULL;
    return text ? like_text(mover, text, alphabet) : xstrdup(node->sql);
}

static void be_like(PopMover *mover, const PopNode *node)
{
    static const char *const alphabets[] = {"abcdefghijklmnopqrstuvwxyz", "1234567890",
                                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ"};

    for (size_t i = 0; i < COUNT_OF(alphabets); i++) {
        AUTO(str) char *value = computed(mover, node->items[1], alphabets[i]);

        pop_move_reach(mover, node->items[0], value);
    }
}

void pop_move_pattern(PopMover *mover, const PopNode *node, bool yes)
{
    PopPatternKind kind = kind_of(node->op);
    AUTO(str) char *pattern = pop_node_text(node->items[1]);

    if (!pattern)
        return;
    if (text_eq(node->op, "similar") || strstr(node->items[1]->sql, "similar_")) {
        AUTO(str) char *whole = xasprintf("%s$", pattern);
        AUTO(str) char *any = text_replace(whole, "%", ".*");

        free(pattern);
        pattern = text_replace(any, "_", ".");
        kind = PATTERN_REGEX;
    }
    if (yes && kind == PATTERN_LIKE)
        be_like(mover, node);
    if (!yes)
        avoid(mover, node->items[0], kind, pattern);
    else if (!pop_node_has_column(node->items[1]))
        match(mover, node->items[0], kind, pattern);
}
