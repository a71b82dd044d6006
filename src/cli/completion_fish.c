#include "cli/completion.h"
#include "cli/offer.h"

static void add_words(Buf *out, const Offer *offer)
{
    AUTO(str_list) StrList words = {0};
    AUTO(str_list) StrList after = {0};
    AUTO(str) char *joined = NULL;

    if (offer->after)
        str_list_split(offer->after, ' ', &after);
    for (size_t i = 0; i < offer->words.len; i++) {
        for (size_t k = 0; k < after.len; k++)
            str_list_addf(&words, "%s%s", offer->words.items[i], after.items[k]);
        if (after.len == 0)
            str_list_add(&words, offer->words.items[i]);
    }
    joined = str_list_join(&words, " ");
    buf_adds(out, " -a ");
    completion_quote(out, joined);
}

static void add_offer(Buf *out, const Command *command, const Offer *offer)
{
    buf_addf(out, "complete -c seatrial -n '__fish_seen_subcommand_from %s' -l %s", command->name,
             offer->flag + 2);
    if (offer->short_flag)
        buf_addf(out, " -s %c", offer->short_flag);
    switch (offer->value) {
    case OFFER_NOTHING:
        break;
    case OFFER_ANY:
        buf_adds(out, " -x");
        break;
    case OFFER_WORDS:
        buf_adds(out, " -x");
        add_words(out, offer);
        break;
    case OFFER_KEYS:
        buf_adds(out, offer->after ? " -x" : " -r -F");
        add_words(out, offer);
        break;
    case OFFER_PATH:
        buf_adds(out, " -r -F");
        break;
    }
    buf_adds(out, " -d ");
    completion_quote(out, offer->help);
    buf_adds(out, "\n");
}

static void add_argument(Buf *out, const Command *command)
{
    AUTO(str_list) StrList words = {0};
    AUTO(str) char *joined = NULL;
    OfferValue value = offer_argument(command, &words);

    if (value != OFFER_WORDS && value != OFFER_PATH)
        return;
    buf_addf(out, "complete -c seatrial -n '__fish_seen_subcommand_from %s'", command->name);
    if (value == OFFER_PATH) {
        buf_adds(out, " -F\n");
        return;
    }
    joined = str_list_join(&words, " ");
    buf_adds(out, " -a ");
    completion_quote(out, joined);
    buf_adds(out, "\n");
}

void completion_fish(Buf *out)
{
    size_t count;
    const Command *const *table = command_table(&count);

    buf_adds(out, "# completion of seatrial for fish, made by: seatrial completion fish\n"
                  "complete -c seatrial -f\n");
    for (size_t i = 0; i < count; i++) {
        AUTO(offer_list) OfferList offers = {0};

        buf_addf(out, "complete -c seatrial -n __fish_use_subcommand -a %s -d ", table[i]->name);
        completion_quote(out, table[i]->summary);
        buf_adds(out, "\n");
        offers_of(table[i], &offers);
        for (size_t k = 0; k < offers.len; k++)
            add_offer(out, table[i], &offers.items[k]);
        add_argument(out, table[i]);
    }
}
