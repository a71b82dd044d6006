#include "migrator/own_command.h"

#include <string.h>

#include "base/words.h"
#include "migrator/framework_table.h"

static const char *base_name(const char *word)
{
    const char *slash = strrchr(word, '/');

    return slash ? slash + 1 : word;
}

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_eq(word, words[i]))
            return true;
    return false;
}

/* A migrator that does something else than migrate: `migrate --help`, `migrate-info`, the default
 * of many an image. The action is the word itself, or what follows its last ':' or, of a plain
 * word, its last '-'. */
static bool does_something_else(const char *word)
{
    static const char *const ACTIONS[] = {
        "help",   "--help", "-h",    "-?",       "version", "--version", "status",
        "info",   "list",   "show",  "validate", "current", "history",   "pending",
        "new",    "create", "make",  "generate", "dev",     "down",      "rollback",
        "revert", "undo",   "reset", "check",    "diff",    "test",
    };
    const char *action = strrchr(word, ':');

    if (!action && *word != '-' && !strpbrk(word, "./"))
        action = strrchr(word, '-');
    return is_one_of(word, ACTIONS, COUNT_OF(ACTIONS)) ||
           (action && is_one_of(action + 1, ACTIONS, COUNT_OF(ACTIONS)));
}

/* Whether text is the tool of a run ("a/knex|knex") by its last component. */
static bool is_tool(const char *alternatives, const char *word)
{
    AUTO(str_list) StrList tools = {0};

    str_list_split(alternatives, '|', &tools);
    for (size_t i = 0; i < tools.len; i++)
        if (text_eq(base_name(tools.items[i]), base_name(word)))
            return true;
    return false;
}

/* Words as the framework's own to apply: "alembic upgrade heads", "dbmate up", "efbundle". */
static bool starts_run(const FrameworkRun *run, const StrList *words, size_t at)
{
    AUTO(str_list) StrList wanted = {0};

    if (!is_tool(run->tool, words->items[at]))
        return false;
    str_list_split(run->migrate, ' ', &wanted);
    for (size_t i = 1; i < wanted.len && i <= 2; i++)
        if (at + i >= words->len || !text_starts(words->items[at + i], wanted.items[i]))
            return false;
    return true;
}

static bool is_known_run(const StrList *words, size_t at)
{
    size_t count;
    const Framework *table = framework_table(&count);

    for (size_t row = 0; row < count; row++)
        for (size_t i = 0; i < COUNT_OF(table[row].runs) && table[row].runs[i].tool; i++)
            if (starts_run(&table[row].runs[i], words, at))
                return true;
    return false;
}

static bool words_migrate(const StrList *words)
{
    bool found = false;

    for (size_t i = 0; i < words->len; i++) {
        const char *word = words->items[i];

        if (does_something_else(word))
            return false;
        found |= *word != '-' && text_contains_nocase(word, "migrat");
        found |= text_eq(word, "db:prepare") || is_known_run(words, i);
    }
    return found;
}

/* --- shell text ------------------------------------------------------------------------------ */

/* What may stand beside the migration in a command that does nothing but prepare a database. */
static bool words_prepare(const StrList *words)
{
    static const char *const WORDS[] = {"cd", "echo", "set", "export", "sleep", "exit", "true"};

    if (words->len == 0 || is_one_of(words->items[0], WORDS, COUNT_OF(WORDS)))
        return true;
    for (size_t i = 0; i < words->len; i++)
        if (text_contains_nocase(words->items[i], "seed") || text_starts(words->items[i], "wait"))
            return true;
    return false;
}

/* "node migrate.js && node seed.js" ends; "prisma migrate deploy && node server.js" does not: that
 * is an application which migrates when it starts. */
static bool shell_migrates(const char *text)
{
    AUTO(str) char *apart = text_replace(text, ">&", ">");
    AUTO(str_list) StrList parts = {0};
    bool found = false;

    for (char *c = apart; *c; c++)
        if (*c == ';' || *c == '&')
            *c = '\n';
    str_list_split(apart, '\n', &parts);
    for (size_t i = 0; i < parts.len; i++) {
        AUTO(str_list) StrList words = {0};
        AUTO(error) Error *err = words_split(parts.items[i], &words);

        if (err)
            return false; /* a quote around a separator: too clever to be sure of */
        if (words_migrate(&words))
            found = true;
        else if (!words_prepare(&words))
            return false;
    }
    return found;
}

static bool is_shell(const char *word)
{
    static const char *const SHELLS[] = {"sh", "bash", "ash", "dash", "zsh"};

    return is_one_of(base_name(word), SHELLS, COUNT_OF(SHELLS));
}

bool own_command_migrates(const StrList *entrypoint, const StrList *command)
{
    AUTO(str_list) StrList words = {0};

    for (size_t i = 0; i < entrypoint->len; i++)
        str_list_add(&words, entrypoint->items[i]);
    for (size_t i = 0; i < command->len; i++)
        str_list_add(&words, command->items[i]);
    for (size_t i = 0; i + 2 < words.len; i++)
        if (is_shell(words.items[i]) && text_starts(words.items[i + 1], "-") &&
            text_ends(words.items[i + 1], "c"))
            return shell_migrates(words.items[i + 2]);
    return words_migrate(&words);
}
