#include "cli/help.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"

#define WIDTH  80
#define COLUMN 28 /* where explanations begin */

/* Text from COLUMN on, wrapped at WIDTH. */
static void wrap(FILE *out, const char *text)
{
    size_t at = COLUMN;

    while (*text) {
        size_t len = strcspn(text, " ");
        bool first = at == COLUMN;

        if (!first && at + 1 + len > WIDTH) {
            (void)fprintf(out, "\n%*s", COLUMN, "");
            at = COLUMN;
            first = true;
        }
        (void)fprintf(out, "%s%.*s", first ? "" : " ", (int)len, text);
        at += len + !first;
        text += len + (text[len] != '\0');
    }
    (void)fputc('\n', out);
}

static void row(FILE *out, const char *left, const char *text)
{
    size_t len = strlen(left) + 2;

    (void)fprintf(out, "  %s", left);
    if (len >= COLUMN) {
        (void)fputc('\n', out);
        len = 0;
    }
    (void)fprintf(out, "%*s", (int)(COLUMN - len), "");
    wrap(out, text);
}

void help_overview(FILE *out)
{
    size_t count;
    const Command *const *table = command_table(&count);

    (void)fputs("seatrial: does the upgrade to this container release work on your users' data?\n"
                "\nusage: seatrial COMMAND [OPTION...]\n\ncommands:\n",
                out);
    for (size_t i = 0; i < count; i++)
        row(out, table[i]->name, table[i]->summary);
    (void)fputs("\n`seatrial COMMAND --help` lists a command's options.\n"
                "\nexit status:\n"
                "  0  sound, or nothing to verify\n"
                "  1  an upgrade is broken\n"
                "  2  usage or configuration\n"
                "  3  could not tell: engine, network, registry, release source, disk\n"
                "  128+N  stopped by signal N, after tearing down\n",
                out);
}

static void setting_row(const Setting *setting, FILE *out)
{
    AUTO(str) char *flag = config_setting_flag(setting);
    AUTO(str) char *choices = text_replace(setting->choices ? setting->choices : "", " ", "|");
    const char *value = *choices ? choices : config_setting_value_name(setting);
    bool shows_default =
        setting->fallback && setting->kind != SETTING_BOOL && setting->kind != SETTING_COUNT;
    AUTO(buf) Buf left = {0};
    AUTO(buf) Buf text = {0};

    if (setting->short_flag)
        buf_addf(&left, "-%c, ", setting->short_flag);
    buf_addf(&left, "%s%s%s", flag, value ? " " : "", value ? value : "");
    buf_adds(&text, setting->help);
    if (shows_default)
        buf_addf(&text, " (%s)", setting->fallback);
    row(out, buf_text(&left), buf_text(&text));
}

static void help_options(const Command *command, FILE *out)
{
    if (command->option_count > 0)
        (void)fputs("\noptions:\n", out);
    for (size_t i = 0; i < command->option_count; i++) {
        const CommandOption *option = &command->options[i];
        AUTO(str)
        char *left = xasprintf("%s%s%s", option->name, option->value_name ? " " : "",
                               option->value_name ? option->value_name : "");
        AUTO(str) char *choices = text_replace(option->choices ? option->choices : "", " ", ", ");
        AUTO(str) char *text = xasprintf("%s%s%s", option->help, *choices ? ": " : "", choices);

        row(out, left, text);
    }
}

void help_command(const Command *command, FILE *out)
{
    size_t count;
    const Setting *table = config_settings(&count);
    const char *group = NULL;

    (void)fprintf(out, "usage: seatrial %s [OPTION...]%s%s\n\n%c%s.\n", command->name,
                  command->arguments ? " " : "", command->arguments ? command->arguments : "",
                  toupper((unsigned char)command->summary[0]), command->summary + 1);
    help_options(command, out);
    if (!command->takes_settings)
        return;
    (void)fputs("\nsettings (each also a key of seatrial.yaml and a SEATRIAL_* variable;\n"
                "a flag beats a variable, a variable beats the file):\n",
                out);
    (void)fputs("\nmost used:\n", out);
    row(out, "--config FILE", "configuration file (./seatrial.yaml when there is one)");
    for (size_t i = 0; i < count; i++)
        if (table[i].common)
            setting_row(&table[i], out);
    for (size_t i = 0; i < count; i++) {
        if (table[i].common)
            continue;
        if (!text_eq(table[i].group, group))
            (void)fprintf(out, "\n%s:\n", table[i].group);
        group = table[i].group;
        setting_row(&table[i], out);
    }
}
