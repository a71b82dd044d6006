/* argv of one command: what is parsed, and the exact message of what is not. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "cli/options.h"

static const CommandOption OPTIONS[] = {
    {"--format", "FORMAT", "text json", "how"},
    {"--dry-run", NULL, NULL, "only say"},
};

static const Command SETTINGS_COMMAND = {.name = "verify",
                                         .summary = "s",
                                         .takes_settings = true,
                                         .options = OPTIONS,
                                         .option_count = 2};
static const Command PLAIN_COMMAND = {
    .name = "explain", .summary = "s", .arguments = "[A] [B]", .arguments_max = 2};

typedef struct LineRow {
    const Command *command;
    const char *argv;  /* separated by one blank; _ stands for an empty one */
    const char *found; /* what describe() makes of it, or the error */
} LineRow;

static const LineRow ROWS[] = {
    {&SETTINGS_COMMAND, "", ""},
    {&SETTINGS_COMMAND, "--image a --from=last", "image[--image]=a releases.from[--from]=last "},
    {&SETTINGS_COMMAND, "--releases-from x --candidate-image y",
     "releases.from[--releases-from]=x candidate.image[--candidate-image]=y "},
    {&SETTINGS_COMMAND, "--env A=B=C --env=D=E", "env[--env]=A=B=C env[--env]=D=E "},
    {&SETTINGS_COMMAND, "--keep", "keep[--keep]=true "},
    {&SETTINGS_COMMAND, "--no-keep --keep=false", "keep[--no-keep]=false keep[--keep]=false "},
    {&SETTINGS_COMMAND, "-v -vq --verbose --verbose=3",
     "verbose[-v]=true verbose[-v]=true quiet[-q]=true verbose[--verbose]=true "
     "verbose[--verbose]=3 "},
    {&SETTINGS_COMMAND, "--config a.yaml --config=b.yaml", "config=b.yaml "},
    {&SETTINGS_COMMAND, "--format json --dry-run", "--format:json --dry-run:true "},
    {&SETTINGS_COMMAND, "--entrypoint _", "entrypoint[--entrypoint]= "},
    {&SETTINGS_COMMAND, "--image --from", "image[--image]=--from "},
    {&SETTINGS_COMMAND, "--image a -h", "image[--image]=a help "},
    {&PLAIN_COMMAND, "a b", "a b "},
    {&PLAIN_COMMAND, "-- --help -", "--help - "},
    {&PLAIN_COMMAND, "--help", "help "},
    /* errors */
    {&SETTINGS_COMMAND, "--tiemout 3s", "unknown option --tiemout: did you mean --timeout?"},
    {&SETTINGS_COMMAND, "--no-kep", "unknown option --no-kep: did you mean --no-keep?"},
    {&SETTINGS_COMMAND, "--no-image", "unknown option --no-image: did you mean --image?"},
    {&SETTINGS_COMMAND, "--xyzzyxyzzy",
     "unknown option --xyzzyxyzzy (`seatrial verify --help` lists them)"},
    {&SETTINGS_COMMAND, "-x", "unknown option -x (`seatrial verify --help` lists them)"},
    {&SETTINGS_COMMAND, "--timeout", "option --timeout wants a value"},
    {&SETTINGS_COMMAND, "--config", "option --config wants a value"},
    {&SETTINGS_COMMAND, "--no-keep=true", "option --no-keep takes no value"},
    {&SETTINGS_COMMAND, "--dry-run=1", "option --dry-run takes no value"},
    {&SETTINGS_COMMAND, "--help=1", "option --help takes no value"},
    {&SETTINGS_COMMAND, "--format jsn",
     "--format: wanted one of text, json, found 'jsn'; did you mean json?"},
    {&SETTINGS_COMMAND, "--format xml", "--format: wanted one of text, json, found 'xml'"},
    {&SETTINGS_COMMAND, "extra", "verify: unexpected argument 'extra'"},
    {&PLAIN_COMMAND, "a b c", "explain: unexpected argument 'c'"},
    {&PLAIN_COMMAND, "--image a", "unknown option --image (`seatrial explain --help` lists them)"},
    {&PLAIN_COMMAND, "-v", "unknown option -v (`seatrial explain --help` lists them)"},
};

static void describe(const CommandLine *line, Buf *out)
{
    if (line->config_file)
        buf_addf(out, "config=%s ", line->config_file);
    for (size_t i = 0; i < line->flags.len; i++)
        buf_addf(out, "%s[%s]=%s ", line->flags.items[i].key, line->flags.items[i].flag,
                 line->flags.items[i].value);
    for (size_t i = 0; i < line->options.len; i++)
        buf_addf(out, "%s:%s ", line->options.items[i].key, line->options.items[i].value);
    for (size_t i = 0; i < line->arguments.len; i++)
        buf_addf(out, "%s ", line->arguments.items[i]);
    if (line->help)
        buf_adds(out, "help ");
}

static void lines_and_errors(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(command_line) CommandLine line = {0};
        AUTO(str_list) StrList argv = {0};
        AUTO(buf) Buf found = {0};
        AUTO(error) Error *err = NULL;

        if (*ROWS[i].argv)
            str_list_split(ROWS[i].argv, ' ', &argv);
        for (size_t k = 0; k < argv.len; k++)
            if (text_eq(argv.items[k], "_"))
                argv.items[k][0] = '\0';
        err = command_line_parse(ROWS[i].command, (int)argv.len, argv.items, &line);
        if (err)
            assert_int_equal(line.flags.len + line.owned.len + line.options.len, 0);
        if (err)
            assert_int_equal(err->code, ERR_INVALID);
        describe(&line, &found);
        if (strcmp(err ? err->msg : buf_text(&found), ROWS[i].found) == 0)
            continue;
        wrong++;
        print_error("%s\n  wanted: %s\n  found:  %s\n", ROWS[i].argv, ROWS[i].found,
                    err ? err->msg : buf_text(&found));
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_and_errors)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
