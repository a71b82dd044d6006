#include <string.h>

#include "cli/completion.h"
#include "cli/offer.h"

/* What the specifications of _arguments give a meaning. Source: zsh manual, "_arguments". */
static char *escape(const char *text)
{
    AUTO(buf) Buf out = {0};

    for (; *text; text++)
        buf_addf(&out, "%s%c", strchr("[]:\\", *text) ? "\\" : "", *text);
    return buf_take(&out);
}

static void add_words(Buf *spec, const StrList *words)
{
    buf_adds(spec, "(");
    for (size_t i = 0; i < words->len; i++)
        buf_addf(spec, "%s%s", i ? " " : "", words->items[i]);
    buf_adds(spec, ")");
}

/* "key=value" has a function of its own: a colon would end an action of _arguments. */
static void add_keys(Buf *out, const Offer *offer)
{
    buf_addf(out, "_seatrial_%s() {\n  _values value", offer->flag + 2);
    for (size_t i = 0; i < offer->words.len; i++) {
        size_t len = strlen(offer->words.items[i]) - 1; /* without its "=" */

        buf_addf(out, " \\\n    '%.*s:value:%s%s%s'", (int)len, offer->words.items[i],
                 offer->after ? "(" : "", offer->after ? offer->after : "_files",
                 offer->after ? ")" : "");
    }
    buf_adds(out, "\n}\n");
}

static void add_all_keys(Buf *out)
{
    AUTO(offer_list) OfferList offers = {0};

    offers_of(&COMMAND_VERIFY, &offers);
    for (size_t i = 0; i < offers.len; i++)
        if (offers.items[i].value == OFFER_KEYS)
            add_keys(out, &offers.items[i]);
}

static void add_offer(Buf *out, const Offer *offer)
{
    AUTO(str) char *help = escape(offer->help);
    AUTO(buf) Buf spec = {0};

    buf_addf(&spec, "*%s%s[%s]", offer->flag, offer->value_name ? "=" : "", help);
    if (offer->value_name)
        buf_addf(&spec, ":%s:", offer->value_name);
    switch (offer->value) {
    case OFFER_NOTHING:
    case OFFER_ANY:
        break;
    case OFFER_WORDS:
        add_words(&spec, &offer->words);
        break;
    case OFFER_KEYS:
        buf_addf(&spec, "_seatrial_%s", offer->flag + 2);
        break;
    case OFFER_PATH:
        buf_adds(&spec, "_files");
        break;
    }
    buf_adds(out, " \\\n      ");
    completion_quote(out, buf_text(&spec));
    if (offer->short_flag)
        buf_addf(out, " \\\n      '*-%c[%s]'", offer->short_flag, help);
}

static void add_command(Buf *out, const Command *command)
{
    AUTO(offer_list) OfferList offers = {0};
    AUTO(str_list) StrList words = {0};
    AUTO(buf) Buf spec = {0};

    buf_addf(out, "    %s) _arguments -s", command->name);
    offers_of(command, &offers);
    for (size_t i = 0; i < offers.len; i++)
        add_offer(out, &offers.items[i]);
    switch (offer_argument(command, &words)) {
    case OFFER_NOTHING:
        break;
    case OFFER_WORDS:
        buf_addf(&spec, "*:%s:", "argument");
        add_words(&spec, &words);
        break;
    case OFFER_PATH:
        buf_adds(&spec, "*:file:_files");
        break;
    case OFFER_ANY:
    case OFFER_KEYS:
        buf_adds(&spec, "*:argument:");
        break;
    }
    if (spec.len > 0) {
        buf_adds(out, " \\\n      ");
        completion_quote(out, buf_text(&spec));
    }
    buf_adds(out, " ;;\n");
}

void completion_zsh(Buf *out)
{
    size_t count;
    const Command *const *table = command_table(&count);

    buf_adds(out, "#compdef seatrial\n"
                  "# completion of seatrial for zsh, made by: seatrial completion zsh\n");
    add_all_keys(out);
    buf_adds(out, "_seatrial() {\n  local -a commands\n  commands=(\n");
    for (size_t i = 0; i < count; i++) {
        AUTO(str) char *summary = escape(table[i]->summary);
        AUTO(str) char *row = xasprintf("%s:%s", table[i]->name, summary);

        buf_adds(out, "    ");
        completion_quote(out, row);
        buf_adds(out, "\n");
    }
    buf_adds(out,
             "  )\n"
             "  if (( CURRENT == 2 )); then _describe -t commands command commands; return; fi\n"
             "  shift words\n  (( CURRENT-- ))\n  case $words[1] in\n");
    for (size_t i = 0; i < count; i++)
        add_command(out, table[i]);
    buf_adds(out, "  esac\n}\n"
                  "if [[ $funcstack[1] == _seatrial ]]; then _seatrial \"$@\"; "
                  "else compdef _seatrial seatrial; fi\n");
}
