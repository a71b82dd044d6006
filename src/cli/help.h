#pragma once
/* Help texts, made from the tables of commands, options and settings. */

#include "cli/command.h"

void help_overview(FILE *out);
void help_command(const Command *command, FILE *out);
