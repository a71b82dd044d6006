#include "check/check.h"
#include "cli/command.h"

static void list_all(void)
{
    size_t count;
    const Check *const *table = check_table(&count);

    (void)printf("%-14s %-6s %-9s %s\n", "CHECK", "LEVEL", "PROFILE", "FINDS");
    for (size_t i = 0; i < count; i++)
        (void)printf("%-14s %-6s %-9s %s\n", table[i]->id, level_name(table[i]->level),
                     table[i]->key ? table[i]->key : profile_name(table[i]->profile),
                     table[i]->finds);
}

static void section(const char *title, const char *text)
{
    (void)printf("\n%s\n", title);
    while (*text) { /* indented, so that paragraphs stand under their heading */
        const char *end = text;

        while (*end && *end != '\n')
            end++;
        (void)printf("%s%.*s\n", end > text ? "  " : "", (int)(end - text), text);
        text = *end ? end + 1 : end;
    }
}

static void explain(const Check *check)
{
    (void)printf("%s (%s, %s %s)\n", check->id, level_name(check->level),
                 check->key ? "runs when the key is set:" : "profile",
                 check->key ? check->key : profile_name(check->profile));
    section("Finds", check->finds);
    section("Why it matters", check->why);
    section("What to do", check->fix);
    section("Example", check->example);
    (void)printf("\nAccept a finding in seatrial.yaml, with its reason:\n"
                 "  allow:\n    - {check: %s, reason: why this one is meant}\n"
                 "or change the check's level: checks: {%s: warn}\n",
                 check->id, check->id);
}

static Error *unknown_check(const char *id)
{
    AUTO(str_list) StrList names = {0};
    size_t count;
    const Check *const *table = check_table(&count);
    const char *nearest;

    for (size_t i = 0; i < count; i++)
        str_list_add(&names, table[i]->id);
    nearest = text_nearest(id, (const char *const *)names.items, names.len);
    if (nearest)
        return error_new(ERR_INVALID, 0, "no check '%s': did you mean %s?", id, nearest);
    return error_new(ERR_INVALID, 0, "no check '%s' (`seatrial explain` lists them)", id);
}

static Error *run(const CommandInput *input, int *ret_status)
{
    const Check *check = NULL;

    if (input->arguments->len == 0) {
        list_all();
    } else {
        check = check_find(input->arguments->items[0]);
        if (!check)
            return unknown_check(input->arguments->items[0]);
        explain(check);
    }
    *ret_status = EXIT_SOUND;
    return NULL;
}

const Command COMMAND_EXPLAIN = {
    .name = "explain",
    .summary = "what a check looks for, why it matters, how to fix or accept it",
    .arguments = "[CHECK]",
    .arguments_max = 1,
    .run = run,
};
