#pragma once
/* argv of one command into settings' flags, the command's own options, and arguments. */

#include "cli/command.h"

typedef struct ConfigFlagList {
    ConfigFlag *items; /* keys and flags borrowed from the tables, values from owned */
    size_t len, cap;
} ConfigFlagList;

typedef struct CommandLine {
    char *config_file; /* --config */
    ConfigFlagList flags;
    StrList owned;  /* texts that flags and names point at */
    StrMap options; /* the command's own */
    StrList arguments;
    bool help; /* --help or -h anywhere before "--" */
} CommandLine;

/**
 * Parse what follows the command's name. "--flag value", "--flag=value", "--no-flag" for booleans,
 * "-v",
 * "-vv", "--" ends the options.
 *
 * @return NULL, or ERR_INVALID that names the option and, when it is unknown, the nearest
 */
MUST_USE Error *command_line_parse(const Command *command, int argc, char **argv,
                                   CommandLine *ret_line);
void command_line_clear(CommandLine *line);
DEFINE_AUTO_VALUE(command_line, CommandLine, command_line_clear)
