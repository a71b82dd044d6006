#include <ctype.h>
#include <string.h>

#include "base/buffer.h"
#include "check/check.h"
#include "cli/offer.h"

/* The manual as man(7) source: every option, setting and check out of its table. */

/* Text that roff takes literally: "\" and "-" have meanings, and "." and "'" at a line's start. */
static void add_text(Buf *out, const char *text)
{
    bool starts = true;

    for (; *text; text++) {
        if (starts && (*text == '.' || *text == '\''))
            buf_adds(out, "\\&");
        if (*text == '\\')
            buf_adds(out, "\\e");
        else
            buf_addf(out, "%s%c", *text == '-' ? "\\" : "", *text);
        starts = *text == '\n';
    }
}

static void add_bold(Buf *out, const char *text)
{
    buf_adds(out, "\\fB");
    add_text(out, text);
    buf_adds(out, "\\fR");
}

static void add_sentence(Buf *out, const char *text)
{
    AUTO(str) char *capital = xstrdup(text);

    capital[0] = (char)toupper((unsigned char)capital[0]);
    add_text(out, capital);
    buf_adds(out, text_ends(text, ".") ? "\n" : ".\n");
}

static void add_variables(Buf *out, const Setting *setting)
{
    AUTO(str_list) StrList names = {0};
    AUTO(str) char *joined = NULL;

    config_setting_variables(setting, &names);
    joined = str_list_join(&names, ", ");
    buf_adds(out, ".br\n");
    add_text(out, setting->flag_only ? "Variable: " : "Key: ");
    if (!setting->flag_only) {
        add_bold(out, setting->key);
        add_text(out, "; variable: ");
    }
    add_text(out, joined);
    if (setting->fallback) {
        add_text(out, "; default: ");
        add_text(out, setting->fallback);
    }
    buf_adds(out, "\n");
}

static void add_offer(Buf *out, const Offer *offer)
{
    buf_adds(out, ".TP\n");
    if (offer->short_flag) {
        AUTO(str) char *flag = xasprintf("-%c", offer->short_flag);

        add_bold(out, flag);
        buf_adds(out, ", ");
    }
    add_bold(out, offer->flag);
    if (offer->value_name) {
        buf_adds(out, " \\fI");
        add_text(out, offer->value_name);
        buf_adds(out, "\\fR");
    }
    buf_adds(out, "\n");
    add_sentence(out, offer->help);
    if (offer->value == OFFER_WORDS) {
        AUTO(str) char *words = str_list_join(&offer->words, ", ");

        add_text(out, "One of ");
        add_text(out, words);
        buf_adds(out, ".\n");
    }
    if (offer->setting)
        add_variables(out, offer->setting);
}

static void add_command(Buf *out, const Command *command)
{
    AUTO(offer_list) OfferList offers = {0};

    buf_adds(out, ".SS \"");
    add_text(out, command->name);
    if (command->arguments) {
        buf_adds(out, " ");
        add_text(out, command->arguments);
    }
    buf_adds(out, "\"\n");
    add_sentence(out, command->summary);
    offers_of(command, &offers);
    for (size_t i = 0; i < offers.len; i++)
        if (!offers.items[i].setting && !text_eq(offers.items[i].flag, "--help"))
            add_offer(out, &offers.items[i]);
    if (command->takes_settings)
        buf_adds(out, ".PP\nTakes the settings below as well.\n");
}

static void add_settings(Buf *out)
{
    AUTO(offer_list) OfferList offers = {0};
    const char *group = NULL;

    buf_adds(out,
             ".SH SETTINGS\nEach is a key of \\fIseatrial.yaml\\fR, a flag, and a variable: a flag "
             "beats a variable, a variable beats the file.\n");
    offers_of(&COMMAND_VERIFY, &offers);
    for (size_t i = 0; i < offers.len; i++) {
        const Setting *setting = offers.items[i].setting;

        if (!setting)
            continue;
        if (!text_eq(setting->group, group)) {
            buf_adds(out, ".SS \"Settings: ");
            add_text(out, setting->group);
            buf_adds(out, "\"\n");
        }
        group = setting->group;
        add_offer(out, &offers.items[i]);
    }
}

static void add_checks(Buf *out)
{
    size_t count;
    const Check *const *table = check_table(&count);

    buf_adds(out, ".SH CHECKS\n\\fBseatrial explain\\fR \\fICHECK\\fR says more of each.\n");
    for (size_t i = 0; i < count; i++) {
        const Check *check = table[i];
        AUTO(str)
        char *when = xasprintf("%s, %s %s", level_name(check->level),
                               check->key ? "with the key" : "profile",
                               check->key ? check->key : profile_name(check->profile));

        buf_adds(out, ".TP\n");
        add_bold(out, check->id);
        buf_adds(out, " (");
        add_text(out, when);
        buf_adds(out, ")\n");
        add_sentence(out, check->finds);
    }
}

static const char HEAD[] =
    ".TH SEATRIAL 1 \"\" \"seatrial " SEATRIAL_VERSION "\" \"User Commands\"\n"
    ".SH NAME\nseatrial \\- does the upgrade to a container release work on its users' data?\n"
    ".SH SYNOPSIS\n.B seatrial\n.I COMMAND\n.RI [ OPTION ...]\n"
    ".SH DESCRIPTION\n"
    "Takes the release of a container image that users run today, runs its migrations, fills the\n"
    "database with rows, runs the migrations of the candidate on the same data, and judges what\n"
    "became of it. Exits with 0 only when the upgrade is sound.\n"
    ".SH COMMANDS\n";

static const char TAIL[] =
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\nSound, or nothing to verify.\n"
    ".TP\n.B 1\nAn upgrade is broken.\n"
    ".TP\n.B 2\nUsage or configuration.\n"
    ".TP\n.B 3\nCould not tell: engine, network, registry, release source, disk.\n"
    ".TP\n.B 128+N\nStopped by signal N, after removing what was made.\n"
    ".SH FILES\n"
    ".TP\n.I seatrial.yaml\nThe settings of a project; \\fBseatrial init\\fR writes one, and\n"
    "\\fBseatrial schema\\fR prints its JSON Schema.\n"
    ".SH EXAMPLES\n"
    ".nf\n"
    "seatrial init\n"
    "seatrial verify \\-\\-build . \\-\\-candidate\\-tag v1.2.0\n"
    "seatrial verify \\-\\-image ghcr.io/acme/notes \\-\\-candidate notes:test \\e\n"
    "    \\-\\-sqlite /app/data/app.db\n"
    ".fi\n";

static Error *run(const CommandInput *input, int *ret_status)
{
    AUTO(buf) Buf page = {0};
    size_t count;
    const Command *const *table = command_table(&count);

    (void)input;
    buf_adds(&page, HEAD);
    for (size_t i = 0; i < count; i++)
        add_command(&page, table[i]);
    add_settings(&page);
    add_checks(&page);
    buf_adds(&page, TAIL);
    (void)fputs(buf_text(&page), stdout);
    *ret_status = EXIT_SOUND;
    return NULL;
}

const Command COMMAND_MAN = {
    .name = "man",
    .summary = "print the manual page: seatrial man | man -l -",
    .run = run,
};
