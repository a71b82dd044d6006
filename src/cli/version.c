#include "cli/command.h"
#include "engine/engine.h"
#include "model/report.h"

static Error *run(const CommandInput *input, int *ret_status)
{
    (void)input;
    (void)printf("seatrial %s\nreport format %d, Docker Engine API %s to %s\n", SEATRIAL_VERSION,
                 REPORT_FORMAT, ENGINE_API_MIN, ENGINE_API_MAX);
    *ret_status = EXIT_SOUND;
    return NULL;
}

const Command COMMAND_VERSION = {
    .name = "version",
    .summary = "print the version of this program and of what it speaks",
    .run = run,
};
