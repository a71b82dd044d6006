#pragma once
/* What can be typed after a command, told from the tables: for completion scripts and the manual.
 */

#include "cli/command.h"

typedef enum OfferValue {
    OFFER_NOTHING, /* takes no value */
    OFFER_ANY,
    OFFER_WORDS, /* one of words */
    OFFER_KEYS,  /* one of words, which end with "=", and then anything */
    OFFER_PATH,
} OfferValue;

typedef struct Offer {
    char *flag;      /* "--from" */
    char short_flag; /* 'v', or 0 */
    OfferValue value;
    StrList words;
    const char *after;      /* of OFFER_KEYS: "error warn off"; NULL: a path. Borrowed */
    const char *value_name; /* "RELEASES"; NULL: takes no value. Borrowed from the tables */
    const char *help;       /* one line, borrowed */
    const Setting *setting; /* NULL: of this command alone */
} Offer;

typedef struct OfferList {
    Offer *items;
    size_t len, cap;
} OfferList;

/** Every option of a command, --config and --help included; its own first, then the settings in
 * the order of their table. */
void offers_of(const Command *command, OfferList *ret_offers);
/** What its arguments can be. @param[out] ret_words  filled for OFFER_WORDS */
OfferValue offer_argument(const Command *command, StrList *ret_words);
void offer_list_clear(OfferList *offers);
DEFINE_AUTO_VALUE(offer_list, OfferList, offer_list_clear)
