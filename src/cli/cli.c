#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "check/check.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/options.h"

static const Command *const COMMANDS[] = {
    &COMMAND_VERIFY, &COMMAND_PLAN,       &COMMAND_INIT,   &COMMAND_DOCTOR,
    &COMMAND_DIFF,   &COMMAND_CLEAN,      &COMMAND_REPORT, &COMMAND_EXPLAIN,
    &COMMAND_SCHEMA, &COMMAND_COMPLETION, &COMMAND_MAN,    &COMMAND_VERSION,
};

const Command *const *command_table(size_t *ret_count)
{
    *ret_count = COUNT_OF(COMMANDS);
    return COMMANDS;
}

static const Command *command_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
        if (text_eq(COMMANDS[i]->name, name))
            return COMMANDS[i];
    return NULL;
}

/* The one place that prints errors and warnings of the settings: masked and clean. A CI runner
 * takes
 * "::" after blanks at the start of a line, and "##[" anywhere, for a command. */
static void print_message(const char *kind, const char *msg)
{
    AUTO(str) char *masked = secret_mask(msg);
    AUTO(str) char *clean = text_clean(masked, strlen(masked));
    AUTO(str) char *indented = text_replace(clean, "\n", "\n  | ");
    AUTO(str) char *safe = text_replace(indented, "##[", "## [");

    (void)fprintf(stderr, "seatrial: %s%s\n", kind, safe);
}

static void print_error(const Error *err)
{
    print_message("", err->msg);
}

Error *command_config(const CommandInput *input, Config *ret_config)
{
    AUTO(str_list) StrList ids = {0};
    size_t count;
    const Check *const *table = check_table(&count);

    for (size_t i = 0; i < count; i++)
        str_list_add(&ids, table[i]->id);
    TRY(config_load(input->config_file, input->flags, input->flag_count, environ,
                    (const char *const *)ids.items, ids.len, ret_config));
    for (size_t i = 0; !ret_config->quiet && i < ret_config->warnings.len; i++)
        print_message("warning: ", ret_config->warnings.items[i]);
    return NULL;
}

static int status_of(const Error *err, const Cancel *cancel)
{
    if (cancel_is_raised(cancel))
        return 128 + cancel_signal(cancel);
    return err->code == ERR_INVALID ? EXIT_USAGE : EXIT_UNKNOWN;
}

/* Results that did not reach their reader are none. */
static Error *flush_stdout(void)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return error_errno("writing to standard output");
    return NULL;
}

static Error *run_command(const Command *command, int argc, char **argv, Cancel *cancel,
                          int *ret_status)
{
    AUTO(command_line) CommandLine line = {0};
    CommandInput input = {.options = &line.options, .arguments = &line.arguments, .cancel = cancel};

    TRY(command_line_parse(command, argc, argv, &line));
    if (line.help) {
        help_command(command, stdout);
        *ret_status = EXIT_SOUND;
        return NULL;
    }
    input.config_file = line.config_file;
    input.flags = line.flags.items;
    input.flag_count = line.flags.len;
    return command->run(&input, ret_status);
}

static Error *unknown_command(const char *name)
{
    const char *names[COUNT_OF(COMMANDS)];
    const char *nearest;

    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
        names[i] = COMMANDS[i]->name;
    nearest = text_nearest(name, names, COUNT_OF(COMMANDS));
    if (nearest)
        return error_new(ERR_INVALID, 0, "unknown command '%s': did you mean %s?", name, nearest);
    return error_new(ERR_INVALID, 0, "unknown command '%s' (`seatrial --help` lists them)", name);
}

static Error *print_help(const char *name, int *ret_status)
{
    const Command *command = name ? command_find(name) : NULL;

    if (name && name[0] != '-' && !command)
        return unknown_command(name);
    if (command)
        help_command(command, stdout);
    else
        help_overview(stdout);
    *ret_status = EXIT_SOUND;
    return NULL;
}

static Error *dispatch(int argc, char **argv, Cancel *cancel, int *ret_status)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    const Command *command;

    if (!name)
        return error_new(ERR_INVALID, 0, "no command given (`seatrial --help` lists them)");
    if (text_eq(name, "--help") || text_eq(name, "-h") || text_eq(name, "help"))
        return print_help(argc > 2 ? argv[2] : NULL, ret_status);
    if (text_eq(name, "--version") || text_eq(name, "-V"))
        name = COMMAND_VERSION.name;
    if (name[0] == '-')
        return error_new(ERR_INVALID, 0,
                         "%s: a command comes first, then its options: seatrial verify %s", name,
                         name);
    command = command_find(name);
    return command ? run_command(command, argc - 2, argv + 2, cancel, ret_status)
                   : unknown_command(name);
}

int cli_main(int argc, char **argv, Cancel *cancel)
{
    int status = EXIT_UNKNOWN;
    AUTO(error) Error *err = dispatch(argc, argv, cancel, &status);
    AUTO(error) Error *flush_err = flush_stdout();

    if (err) {
        print_error(err);
        return status_of(err, cancel);
    }
    if (flush_err) {
        print_error(flush_err);
        return EXIT_UNKNOWN;
    }
    return status;
}
