#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "config/config.h"

#define SETTING(...)           {__VA_ARGS__},
#define FIELD(member)          .offset = offsetof(Config, member)
#define DATABASE_FIELD(member) .offset = offsetof(DatabaseSettings, member)

static const Setting SETTINGS[] = {
#include "config/settings.def"
};

const Setting *config_settings(size_t *ret_count)
{
    *ret_count = COUNT_OF(SETTINGS);
    return SETTINGS;
}

const Setting *config_setting_find(const char *key)
{
    for (size_t i = 0; i < COUNT_OF(SETTINGS); i++)
        if (text_eq(SETTINGS[i].key, key) || (SETTINGS[i].also && text_eq(SETTINGS[i].also, key)))
            return &SETTINGS[i];
    return NULL;
}

static char *derived_flag(const Setting *setting)
{
    char *flag = xasprintf("--%s", setting->key);

    for (char *at = flag; *at; at++)
        if (*at == '.' || *at == '_')
            *at = '-';
    return flag;
}

char *config_setting_flag(const Setting *setting)
{
    return setting->flag ? xstrdup(setting->flag) : derived_flag(setting);
}

bool config_setting_has_flag(const Setting *setting, const char *flag)
{
    AUTO(str) char *derived = derived_flag(setting);

    return text_eq(derived, flag) || (setting->flag && text_eq(setting->flag, flag));
}

/* "releases.from" and "--from" both end up as SEATRIAL_ and upper-case words. */
static char *variable_name(const char *words)
{
    char *name = xasprintf("SEATRIAL_%s", words + strspn(words, "-"));

    for (char *at = name; *at; at++)
        *at = *at == '.' || *at == '-' ? '_' : (char)toupper((unsigned char)*at);
    return name;
}

void config_setting_variables(const Setting *setting, StrList *ret_names)
{
    StrList names = {0};

    str_list_add_owned(&names, variable_name(setting->key));
    if (setting->flag)
        str_list_add_owned(&names, variable_name(setting->flag));
    *ret_names = names;
}

const char *config_setting_value_name(const Setting *setting)
{
    if (setting->value_name)
        return setting->value_name;
    switch (setting->kind) {
    case SETTING_TEXT:
    case SETTING_JOINED:
    case SETTING_LIST:
        return "TEXT";
    case SETTING_CHOICE:
        return "WORD";
    case SETTING_NUMBER:
        return "N";
    case SETTING_DURATION:
        return "DURATION";
    case SETTING_SIZE:
        return "SIZE";
    case SETTING_URL:
        return "URL";
    case SETTING_PATH:
    case SETTING_PATHS:
    case SETTING_INNER_PATH:
        return "PATH";
    case SETTING_OWNER:
        return "UID:GID";
    case SETTING_WORDS:
        return "COMMAND";
    case SETTING_MAP:
        return "KEY=VALUE";
    case SETTING_CHECKS:
        return "ID=LEVEL";
    case SETTING_ALLOW:
    case SETTING_READY:
    case SETTING_SERVICES:
        return "YAML";
    case SETTING_REPORT:
        return "FORMAT=PATH";
    case SETTING_BOOL:
    case SETTING_COUNT:
        break;
    }
    return NULL;
}
