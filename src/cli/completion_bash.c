#include "cli/completion.h"
#include "cli/offer.h"

/* "--flag=value" comes as three words, since "=" divides words in bash. */
static const char HEAD[] =
    "# completion of seatrial for bash, made by: seatrial completion bash\n"
    "_seatrial_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$2\"); }\n"
    "_seatrial_paths() {\n"
    "  compopt -o filenames 2>/dev/null\n"
    "  mapfile -t COMPREPLY < <(compgen -f -- \"$1\")\n"
    "}\n"
    "_seatrial_keys() { compopt -o nospace 2>/dev/null; _seatrial_words \"$1\" \"$2\"; }\n"
    "_seatrial() {\n"
    "  local command=${COMP_WORDS[1]-} word=${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD before key=\n"
    "  COMPREPLY=()\n"
    "  if [[ $word == = ]]; then word=; at=$((at + 1)); fi\n"
    "  before=${COMP_WORDS[at - 1]}\n"
    "  if [[ $before == = ]] && ((at > 3)); then\n"
    "    before=${COMP_WORDS[at - 2]}\n"
    "    if [[ $before != --* ]]; then key=$before before=${COMP_WORDS[at - 3]}; fi\n"
    "    if [[ $before == = ]]; then before=${COMP_WORDS[at - 4]}; fi\n"
    "  fi\n";

static void join(Buf *out, const StrList *words)
{
    for (size_t i = 0; i < words->len; i++)
        buf_addf(out, "%s%s", i ? " " : "", words->items[i]);
}

static void call(Buf *out, const char *function, const StrList *words)
{
    buf_addf(out, "_seatrial_%s \"", function);
    join(out, words);
    buf_adds(out, "\" \"$word\"");
}

/* What follows the "=" of a key. */
static void add_after(Buf *out, const Command *command, const Offer *offer)
{
    buf_addf(out, "    '%s %s '?*) ", command->name, offer->flag);
    if (offer->after)
        buf_addf(out, "_seatrial_words \"%s\" \"$word\"; return ;;\n", offer->after);
    else
        buf_adds(out, "_seatrial_paths \"$word\"; return ;;\n");
}

static void add_value(Buf *out, const Command *command, const Offer *offer)
{
    if (offer->value == OFFER_NOTHING)
        return;
    if (offer->value == OFFER_KEYS)
        add_after(out, command, offer);
    buf_addf(out, "    '%s %s '*) ", command->name, offer->flag);
    if (offer->value == OFFER_PATH)
        buf_adds(out, "_seatrial_paths \"$word\"; ");
    if (offer->value == OFFER_WORDS || offer->value == OFFER_KEYS) {
        call(out, offer->value == OFFER_KEYS ? "keys" : "words", &offer->words);
        buf_adds(out, "; ");
    }
    buf_adds(out, "return ;;\n");
}

static void add_command(Buf *out, const Command *command)
{
    AUTO(offer_list) OfferList offers = {0};
    AUTO(str_list) StrList words = {0}, flags = {0};
    OfferValue argument = offer_argument(command, &words);

    offers_of(command, &offers);
    for (size_t i = 0; i < offers.len; i++)
        str_list_add(&flags, offers.items[i].flag);
    buf_addf(out, "    %s)\n      if [[ $word == -* ]]; then ", command->name);
    call(out, "words", &flags);
    if (argument == OFFER_WORDS) {
        buf_adds(out, "; else ");
        call(out, "words", &words);
    } else if (argument == OFFER_PATH) {
        buf_adds(out, "; else _seatrial_paths \"$word\"");
    }
    buf_adds(out, "; fi ;;\n");
}

void completion_bash(Buf *out)
{
    size_t count;
    const Command *const *table = command_table(&count);
    AUTO(str_list) StrList names = {0};

    buf_adds(out, HEAD);
    for (size_t i = 0; i < count; i++)
        str_list_add(&names, table[i]->name);
    buf_adds(out, "  if ((COMP_CWORD == 1)); then ");
    call(out, "words", &names);
    buf_adds(out, "; return; fi\n  case \"$command $before $key\" in\n");
    for (size_t i = 0; i < count; i++) {
        AUTO(offer_list) OfferList offers = {0};

        offers_of(table[i], &offers);
        for (size_t k = 0; k < offers.len; k++)
            add_value(out, table[i], &offers.items[k]);
    }
    buf_adds(out, "  esac\n  case $command in\n");
    for (size_t i = 0; i < count; i++)
        add_command(out, table[i]);
    buf_adds(out, "  esac\n}\ncomplete -F _seatrial seatrial\n");
}
