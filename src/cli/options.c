#include "cli/options.h"

#include <string.h>

/* What an option of the command line stands for. */
typedef struct Match {
    const Setting *setting;      /* or */
    const CommandOption *option; /* or neither: --config, --help */
    bool is_config, is_help;
    bool negated; /* --no-x */
} Match;

static bool takes_value(const Match *match)
{
    if (match->setting)
        return match->setting->kind != SETTING_BOOL && match->setting->kind != SETTING_COUNT;
    return match->option ? match->option->value_name != NULL : match->is_config;
}

static bool find_setting(const char *name, Match *match)
{
    size_t count;
    const Setting *table = config_settings(&count);
    AUTO(str) char *positive = text_starts(name, "--no-") ? xasprintf("--%s", name + 5) : NULL;

    for (size_t i = 0; i < count; i++) {
        if (config_setting_has_flag(&table[i], name)) {
            match->setting = &table[i];
            return true;
        }
        if (positive && table[i].kind == SETTING_BOOL &&
            config_setting_has_flag(&table[i], positive)) {
            match->setting = &table[i];
            match->negated = true;
            return true;
        }
    }
    return false;
}

static bool find_long(const Command *command, const char *name, Match *match)
{
    *match = (Match){.is_help = text_eq(name, "--help")};
    for (size_t i = 0; i < command->option_count; i++) {
        if (text_eq(command->options[i].name, name)) {
            match->option = &command->options[i];
            return true;
        }
    }
    match->is_config = command->takes_settings && text_eq(name, "--config");
    if (match->is_help || match->is_config)
        return true;
    return command->takes_settings && find_setting(name, match);
}

static bool find_short(const Command *command, char letter, Match *match)
{
    size_t count;
    const Setting *table = config_settings(&count);

    *match = (Match){.is_help = letter == 'h'};
    for (size_t i = 0; command->takes_settings && i < count; i++)
        if (table[i].short_flag == letter)
            match->setting = &table[i];
    return match->is_help || match->setting;
}

static Error *unknown_option(const Command *command, const char *name)
{
    AUTO(str_list) StrList known = {0};
    size_t count;
    const Setting *table = config_settings(&count);
    const char *nearest;

    for (size_t i = 0; i < command->option_count; i++)
        str_list_add(&known, command->options[i].name);
    for (size_t i = 0; command->takes_settings && i < count; i++) {
        str_list_add_owned(&known, config_setting_flag(&table[i]));
        if (table[i].kind == SETTING_BOOL) {
            AUTO(str) char *flag = config_setting_flag(&table[i]);

            str_list_addf(&known, "--no-%s", flag + 2);
        }
    }
    str_list_add(&known, "--help");
    if (command->takes_settings)
        str_list_add(&known, "--config");
    nearest = text_nearest(name, (const char *const *)known.items, known.len);
    if (nearest)
        return error_new(ERR_INVALID, 0, "unknown option %s: did you mean %s?", name, nearest);
    return error_new(ERR_INVALID, 0, "unknown option %s (`seatrial %s --help` lists them)", name,
                     command->name);
}

static Error *check_choice(const CommandOption *option, const char *value)
{
    AUTO(str_list) StrList choices = {0};
    AUTO(str) char *joined = NULL;
    const char *nearest;

    if (!option->choices)
        return NULL;
    str_list_split(option->choices, ' ', &choices);
    if (str_list_has(&choices, value))
        return NULL;
    joined = str_list_join(&choices, ", ");
    nearest = text_nearest(value, (const char *const *)choices.items, choices.len);
    return error_new(ERR_INVALID, 0, "%s: wanted one of %s, found '%s'%s%s%s", option->name, joined,
                     value, nearest ? "; did you mean " : "", nearest ? nearest : "",
                     nearest ? "?" : "");
}

/* Keep one option with its value; text is copied. */
static Error *keep(CommandLine *line, const Match *match, const char *name, const char *value)
{
    ConfigFlag flag = {0};

    if (match->is_help) {
        line->help = true;
    } else if (match->is_config) {
        free(line->config_file);
        line->config_file = xstrdup(value);
    } else if (match->option) {
        TRY(check_choice(match->option, value));
        str_map_set(&line->options, match->option->name, value);
    } else {
        str_list_add(&line->owned, name);
        flag.flag = line->owned.items[line->owned.len - 1];
        str_list_add(&line->owned, value);
        flag.value = line->owned.items[line->owned.len - 1];
        flag.key = match->setting->key;
        LIST_PUSH(&line->flags, flag);
    }
    return NULL;
}

static Error *parse_long(const Command *command, const char *text, const char *next, bool *ret_used,
                         CommandLine *line)
{
    const char *equals = strchr(text, '=');
    AUTO(str) char *name = equals ? xstrndup(text, (size_t)(equals - text)) : xstrdup(text);
    const char *value = equals ? equals + 1 : NULL;
    Match match;

    if (!find_long(command, name, &match))
        return unknown_option(command, name);
    if (takes_value(&match) && !value) {
        if (!next)
            return error_new(ERR_INVALID, 0, "option %s wants a value", name);
        value = next;
        *ret_used = true;
    }
    if (!value)
        value = match.negated ? "false" : "true";
    else if (match.is_help || match.negated || (match.option && !match.option->value_name))
        return error_new(ERR_INVALID, 0, "option %s takes no value", name);
    return keep(line, &match, name, value);
}

/* "-v", "-vv": letters that take no value. */
static Error *parse_short(const Command *command, const char *text, CommandLine *line)
{
    for (const char *letter = text + 1; *letter; letter++) {
        AUTO(str) char *name = xasprintf("-%c", *letter);
        Match match;

        if (!find_short(command, *letter, &match))
            return unknown_option(command, name);
        TRY(keep(line, &match, name, "true"));
    }
    return NULL;
}

static Error *parse_argument(const Command *command, const char *text, CommandLine *line)
{
    if (line->arguments.len >= command->arguments_max)
        return error_new(ERR_INVALID, 0, "%s: unexpected argument '%s'", command->name, text);
    str_list_add(&line->arguments, text);
    return NULL;
}

static Error *parse_all(const Command *command, int argc, char **argv, CommandLine *line)
{
    bool options = true;

    for (int i = 0; i < argc; i++) {
        bool used = false;

        if (options && text_eq(argv[i], "--")) {
            options = false;
        } else if (options && text_starts(argv[i], "--")) {
            TRY(parse_long(command, argv[i], i + 1 < argc ? argv[i + 1] : NULL, &used, line));
            i += used;
        } else if (options && argv[i][0] == '-' && argv[i][1]) {
            TRY(parse_short(command, argv[i], line));
        } else {
            TRY(parse_argument(command, argv[i], line));
        }
    }
    return NULL;
}

Error *command_line_parse(const Command *command, int argc, char **argv, CommandLine *ret_line)
{
    AUTO(command_line) CommandLine line = {0};

    TRY(parse_all(command, argc, argv, &line));
    *ret_line = line;
    line = (CommandLine){0};
    return NULL;
}

void command_line_clear(CommandLine *line)
{
    free(line->config_file);
    free(line->flags.items);
    str_list_clear(&line->owned);
    str_map_clear(&line->options);
    str_list_clear(&line->arguments);
    *line = (CommandLine){0};
}
