#include "cli/offer.h"

#include "check/check.h"
#include "report/render.h"

static const char CHECK_LEVELS[] = "error warn off";

static void add_check_ids(const char *ending, StrList *words)
{
    size_t count;
    const Check *const *table = check_table(&count);

    for (size_t i = 0; i < count; i++)
        str_list_addf(words, "%s%s", table[i]->id, ending);
}

static void add_formats(const char *ending, StrList *words)
{
    size_t count;
    const ReportFormat *table = report_format_table(&count);

    for (size_t i = 0; i < count; i++)
        str_list_addf(words, "%s%s", table[i].name, ending);
}

static OfferValue setting_value(const Setting *setting, StrList *words)
{
    switch (setting->kind) {
    case SETTING_BOOL:
    case SETTING_COUNT:
        return OFFER_NOTHING;
    case SETTING_CHOICE:
        str_list_split(setting->choices, ' ', words);
        return OFFER_WORDS;
    case SETTING_CHECKS:
        add_check_ids("=", words);
        return OFFER_KEYS;
    case SETTING_REPORT:
        add_formats("=", words);
        return OFFER_KEYS;
    case SETTING_PATH:
    case SETTING_PATHS:
        return OFFER_PATH;
    case SETTING_TEXT:
    case SETTING_NUMBER:
    case SETTING_DURATION:
    case SETTING_SIZE:
    case SETTING_URL:
    case SETTING_INNER_PATH:
    case SETTING_OWNER:
    case SETTING_JOINED:
    case SETTING_WORDS:
    case SETTING_LIST:
    case SETTING_MAP:
    case SETTING_ALLOW:
    case SETTING_READY:
    case SETTING_SERVICES:
        break;
    }
    return OFFER_ANY;
}

static void add_setting(const Setting *setting, OfferList *offers)
{
    Offer offer = {.flag = config_setting_flag(setting),
                   .short_flag = setting->short_flag,
                   .value_name = config_setting_value_name(setting),
                   .help = setting->help,
                   .setting = setting};

    offer.value = setting_value(setting, &offer.words);
    offer.after = setting->kind == SETTING_CHECKS ? CHECK_LEVELS : NULL;
    LIST_PUSH(offers, offer);
}

static bool is_path(const CommandOption *option)
{
    return text_eq(option->value_name, "FILE") || text_eq(option->value_name, "PATH");
}

static void add_own(const CommandOption *option, OfferList *offers)
{
    Offer offer = {.flag = xstrdup(option->name),
                   .value = option->value_name ? OFFER_ANY : OFFER_NOTHING,
                   .value_name = option->value_name,
                   .help = option->help};

    if (option->choices) {
        str_list_split(option->choices, ' ', &offer.words);
        offer.value = OFFER_WORDS;
    } else if (text_eq(option->value_name, "FORMAT")) { /* of reports, where it names no others */
        add_formats("", &offer.words);
        offer.value = OFFER_WORDS;
    } else if (is_path(option)) {
        offer.value = OFFER_PATH;
    }
    LIST_PUSH(offers, offer);
}

void offers_of(const Command *command, OfferList *ret_offers)
{
    static const CommandOption CONFIG = {"--config", "FILE", NULL,
                                         "configuration file (./seatrial.yaml when there is one)"};
    static const CommandOption HELP = {"--help", NULL, NULL, "list the options of this command"};
    OfferList offers = {0};
    size_t count;
    const Setting *table = config_settings(&count);

    for (size_t i = 0; i < command->option_count; i++)
        add_own(&command->options[i], &offers);
    if (command->takes_settings)
        add_own(&CONFIG, &offers);
    add_own(&HELP, &offers);
    offers.items[offers.len - 1].short_flag = 'h';
    for (size_t i = 0; command->takes_settings && i < count; i++)
        add_setting(&table[i], &offers);
    *ret_offers = offers;
}

OfferValue offer_argument(const Command *command, StrList *ret_words)
{
    if (!command->arguments)
        return OFFER_NOTHING;
    if (text_eq(command->arguments, "[CHECK]")) {
        add_check_ids("", ret_words);
        return OFFER_WORDS;
    }
    if (command->argument_choices) {
        str_list_split(command->argument_choices, ' ', ret_words);
        return OFFER_WORDS;
    }
    return text_starts(command->arguments, "FILE") || text_eq(command->arguments, "A B")
               ? OFFER_PATH
               : OFFER_ANY;
}

void offer_list_clear(OfferList *offers)
{
    for (size_t i = 0; i < offers->len; i++) {
        free(offers->items[i].flag);
        str_list_clear(&offers->items[i].words);
    }
    free(offers->items);
    *offers = (OfferList){0};
}
