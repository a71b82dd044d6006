#include "cli/completion.h"

#include "cli/command.h"

static const struct {
    const char *name;
    void (*write)(Buf *out);
} SHELLS[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};

void completion_quote(Buf *out, const char *text)
{
    AUTO(str) char *quoted = text_replace(text, "'", "'\\''");

    buf_addf(out, "'%s'", quoted);
}

static Error *run(const CommandInput *input, int *ret_status)
{
    const char *name = input->arguments->len > 0 ? input->arguments->items[0] : NULL;
    AUTO(buf) Buf script = {0};

    for (size_t i = 0; i < COUNT_OF(SHELLS); i++) {
        if (!text_eq(SHELLS[i].name, name))
            continue;
        SHELLS[i].write(&script);
        (void)fputs(buf_text(&script), stdout);
        *ret_status = EXIT_SOUND;
        return NULL;
    }
    if (name)
        return error_new(ERR_INVALID, 0, "completion: wanted bash, zsh or fish, found '%s'", name);
    return error_new(ERR_INVALID, 0, "completion: name a shell: bash, zsh or fish");
}

const Command COMMAND_COMPLETION = {
    .name = "completion",
    .summary = "print a completion script: source <(seatrial completion bash)",
    .arguments = "SHELL",
    .argument_choices = "bash zsh fish",
    .arguments_max = 1,
    .run = run,
};
