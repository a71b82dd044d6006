#pragma once
/* Subcommands: one file each, all rows of one table. */

#include "base/cancel.h"
#include "config/config.h"

/* Exit statuses of the contract (128+N for signal N beside them). */
typedef enum ExitStatus {
    EXIT_SOUND = 0,
    EXIT_BROKEN = 1,
    EXIT_USAGE = 2,
    EXIT_UNKNOWN = 3
} ExitStatus;

/* An option of one command alone, beside the settings that all share. */
typedef struct CommandOption {
    const char *name;       /* "--format" */
    const char *value_name; /* "FORMAT"; NULL: takes no value */
    const char *choices;    /* "text json"; NULL: any */
    const char *help;
} CommandOption;

/* The command line, parsed; all borrowed. */
typedef struct CommandInput {
    const char *config_file; /* --config; NULL none */
    const ConfigFlag *flags; /* settings given as flags */
    size_t flag_count;
    const StrMap *options;    /* own options by name; a flag without value is "true" */
    const StrList *arguments; /* what is no option */
    Cancel *cancel;
} CommandInput;

typedef struct Command {
    const char *name, *summary;
    const char *arguments;        /* for usage: "[CHECK]"; NULL none */
    const char *argument_choices; /* "bash zsh fish"; NULL: any */
    size_t arguments_max;
    bool takes_settings; /* accepts the flags of config/settings.def and --config */
    const CommandOption *options;
    size_t option_count;
    /** Results to stdout. @param[out] ret_status untouched on error
     * @return NULL, or why it could not be told: the caller prints it and maps it: ERR_INVALID to
     * 2, ERR_CANCELLED to 128+N, the rest to 3 */
    Error *(*run)(const CommandInput *input, int *ret_status);
} Command;

const Command *const *command_table(size_t *ret_count);

extern const Command COMMAND_VERIFY, COMMAND_PLAN, COMMAND_DIFF, COMMAND_DOCTOR, COMMAND_CLEAN,
    COMMAND_REPORT, COMMAND_EXPLAIN, COMMAND_SCHEMA, COMMAND_VERSION, COMMAND_INIT,
    COMMAND_COMPLETION, COMMAND_MAN;

/** Settings of this command line (config_load with the check table's ids); secrets registered. */
MUST_USE Error *command_config(const CommandInput *input, Config *ret_config);

/** Parse argv and run the command. @return the exit status; all messages are printed already */
int cli_main(int argc, char **argv, Cancel *cancel);
