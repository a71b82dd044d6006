/* Text into the field of a setting, by its kind. */

#include <string.h>

#include "base/words.h"
#include "config/loader.h"

#define MEMORY_MIN_BYTES (6 << 20) /* Docker Engine: "Minimum memory limit allowed is 6MB" */

const char *loader_variable(const Loader *loader, const char *name)
{
    size_t len = strlen(name);

    for (char *const *at = loader->environment; at && *at; at++)
        if (strncmp(*at, name, len) == 0 && (*at)[len] == '=' && (*at)[len + 1])
            return *at + len + 1;
    return NULL;
}

static size_t index_of(const Setting *setting)
{
    size_t count;

    return (size_t)(setting - config_settings(&count));
}

static bool is_of_database(const Setting *setting)
{
    return text_starts(setting->key, "database.");
}

void *loader_field(Loader *loader, const Setting *setting)
{
    char *base = is_of_database(setting) ? (char *)&loader->config.databases.items[loader->database]
                                         : (char *)&loader->config;

    return base + setting->offset;
}

static void set_owned(Loader *loader, const Setting *setting, char *text)
{
    char **field = loader_field(loader, setting);

    free(*field);
    *field = text;
}

/* --- notes about who gave what ------------------------------------------------------------------
 */

static void empty_list(Loader *loader, const Setting *setting)
{
    if (setting->kind == SETTING_LIST || setting->kind == SETTING_PATHS) {
        str_list_clear(loader_field(loader, setting));
    } else if (setting->kind == SETTING_ALLOW) {
        allow_settings_list_clear(loader_field(loader, setting));
    } else if (setting->kind == SETTING_REPORT) {
        report_output_list_clear(loader_field(loader, setting));
    }
}

void loader_note(Loader *loader, const Setting *setting, const Place *place)
{
    Layer *layer = &loader->layers[index_of(setting)];

    if (*layer != place->layer)
        empty_list(loader, setting);
    *layer = place->layer;
    if (place->layer == LAYER_DEFAULT)
        return;
    if (!str_list_has(&loader->config.keys, setting->key))
        str_list_add(&loader->config.keys, setting->key);
    str_map_set(&loader->config.origins, setting->key, place->where);
}

Error *loader_claim_candidate(Loader *loader, const char *way, const Place *place)
{
    CandidateSettings *candidate = &loader->config.candidate;

    if (text_eq(loader->candidate_way, way) || !loader->candidate_way) {
        loader->candidate_way = way;
        loader->candidate_layer = place->layer;
        return NULL;
    }
    if (loader->candidate_layer == place->layer)
        return error_new(
            ERR_INVALID, 0,
            "%s: wanted one of candidate.image, candidate.build and candidate.archive, "
            "found candidate.%s beside it",
            place->where, loader->candidate_way);
    free(TAKE(candidate->image));
    free(TAKE(candidate->archive));
    free(TAKE(candidate->build.context));
    loader->candidate_way = way;
    loader->candidate_layer = place->layer;
    return NULL;
}

static Error *claim_by_key(Loader *loader, const Setting *setting, const Place *place)
{
    static const struct {
        const char *key, *way;
    } WAYS[] = {{"candidate.image", "image"},
                {"candidate.archive", "archive"},
                {"candidate.build.context", "build"}};

    for (size_t i = 0; i < COUNT_OF(WAYS); i++)
        if (text_eq(setting->key, WAYS[i].key))
            return loader_claim_candidate(loader, WAYS[i].way, place);
    return NULL;
}

/* --- errors -------------------------------------------------------------------------------------
 */

char *loader_hint(const char *text, const char *const *known, size_t count)
{
    const char *nearest = text_nearest(text, known, count);

    return nearest ? xasprintf("; did you mean %s?", nearest) : xstrdup("");
}

Error *loader_bad_choice(const char *where, const char *choices, const char *text)
{
    AUTO(str_list) StrList list = {0};
    AUTO(str) char *joined = text_replace(choices, " ", ", ");
    AUTO(str) char *hint = NULL;

    str_list_split(choices, ' ', &list);
    hint = loader_hint(text, (const char *const *)list.items, list.len);
    return error_new(ERR_INVALID, 0, "%s: wanted one of %s, found '%s'%s", where, joined, text,
                     hint);
}

Error *loader_check_id(const Loader *loader, const char *where, const char *id)
{
    AUTO(str) char *hint = NULL;

    for (size_t i = 0; i < loader->check_count; i++)
        if (text_eq(loader->check_ids[i], id))
            return NULL;
    hint = loader_hint(id, loader->check_ids, loader->check_count);
    return error_new(ERR_INVALID, 0, "%s: there is no check '%s'%s", where, id, hint);
}

/* --- kinds --------------------------------------------------------------------------------------
 */

static Error *set_choice(Loader *loader, const Setting *setting, const Place *place,
                         const char *text)
{
    AUTO(str_list) StrList choices = {0};

    str_list_split(setting->choices, ' ', &choices);
    if (!str_list_has(&choices, text))
        return loader_bad_choice(place->where, setting->choices, text);
    set_owned(loader, setting, xstrdup(text));
    return NULL;
}

static Error *parse_bool(const char *where, const char *text, bool *ret_value)
{
    static const char *const WORDS[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++) {
        if (text_eq_nocase(text, WORDS[i])) {
            *ret_value = i % 2 == 1;
            return NULL;
        }
    }
    return error_new(ERR_INVALID, 0, "%s: wanted true or false, found '%s'", where, text);
}

static Error *set_number(Loader *loader, const Setting *setting, const Place *place,
                         const char *text)
{
    int64_t *field = loader_field(loader, setting);
    uint64_t value;

    TRY_CTX(parse_u64(text, 0, 1024, &value), "%s", place->where);
    *field = (int64_t)value;
    return NULL;
}

/* "-v" counts; "--verbose=2", 2 and true set. */
static Error *set_count(Loader *loader, const Setting *setting, const Place *place,
                        const char *text)
{
    int64_t *field = loader_field(loader, setting);
    bool on = false;

    if (strspn(text, "0123456789") == strlen(text))
        return set_number(loader, setting, place, text);
    TRY(parse_bool(place->where, text, &on));
    if (on && place->layer == LAYER_FLAG && loader->layers[index_of(setting)] == LAYER_FLAG)
        ++*field;
    else
        *field = on;
    return NULL;
}

static Error *set_duration(Loader *loader, const Setting *setting, const Place *place,
                           const char *text)
{
    int64_t ms;

    TRY_CTX(parse_duration_ms(text, &ms), "%s", place->where);
    if (ms == 0 && text_eq(setting->key, "timeout"))
        return error_new(ERR_INVALID, 0, "%s: wanted more than nothing, found '%s'", place->where,
                         text);
    *(int64_t *)loader_field(loader, setting) = ms;
    return NULL;
}

static Error *set_size(Loader *loader, const Setting *setting, const Place *place, const char *text)
{
    int64_t bytes;

    TRY_CTX(parse_size_bytes(text, &bytes), "%s", place->where);
    if (bytes > 0 && bytes < MEMORY_MIN_BYTES)
        return error_new(ERR_INVALID, 0, "%s: wanted 6m at least, or 0 for no limit, found '%s'",
                         place->where, text);
    *(int64_t *)loader_field(loader, setting) = bytes;
    return NULL;
}

static Error *set_url(Loader *loader, const Setting *setting, const Place *place, const char *text)
{
    size_t len = strlen(text);
    const char *host = strstr(text, "://");

    if ((!text_starts(text, "http://") && !text_starts(text, "https://")) || strlen(host) < 4 ||
        text[strcspn(text, " \t\r\n")])
        return error_new(ERR_INVALID, 0, "%s: wanted an http:// or https:// URL, found '%s'",
                         place->where, text);
    while (text[len - 1] == '/')
        len--;
    set_owned(loader, setting, xstrndup(text, len));
    return NULL;
}

static Error *set_inner_path(Loader *loader, const Setting *setting, const Place *place,
                             const char *text)
{
    if (text[0] != '/')
        return error_new(ERR_INVALID, 0, "%s: wanted an absolute path in the container, found '%s'",
                         place->where, text);
    set_owned(loader, setting, xstrdup(text));
    return NULL;
}

static Error *set_owner(Loader *loader, const Setting *setting, const Place *place,
                        const char *text)
{
    AUTO(str_list) StrList parts = {0};

    str_list_split(text, ':', &parts);
    for (size_t i = 0; i < parts.len; i++) {
        uint64_t id;
        AUTO(error) Error *err = parse_u64(parts.items[i], 0, UINT32_MAX - 1, &id);

        if (err || parts.len > 2)
            return error_new(ERR_INVALID, 0, "%s: wanted numbers, UID or UID:GID, found '%s'",
                             place->where, text);
    }
    set_owned(loader, setting, xstrdup(text));
    return NULL;
}

static char *resolve(const Place *place, const char *path)
{
    if (!place->folder || path[0] == '/')
        return xstrdup(path);
    if (text_eq(path, "."))
        return xstrdup(place->folder);
    return xasprintf("%s/%s", place->folder, path);
}

static Error *add_report(Loader *loader, const Setting *setting, const Place *place,
                         const char *text)
{
    const char *equals = strchr(text, '=');
    ReportOutputList *list = loader_field(loader, setting);
    ReportOutput output = {0};

    if (equals == text || (equals && !equals[1]))
        return error_new(ERR_INVALID, 0, "%s: wanted FORMAT=PATH, found '%s'", place->where, text);
    output.format = equals ? xstrndup(text, (size_t)(equals - text)) : xstrdup(text);
    output.path = !equals || text_eq(equals + 1, "-") ? xstrdup("-") : resolve(place, equals + 1);
    LIST_PUSH(list, output);
    return NULL;
}

/* KEY=VALUE of a flag or a line of a variable; KEY alone takes our variable. */
static Error *set_pair_text(Loader *loader, const Setting *setting, const Place *place,
                            const char *text)
{
    size_t len = strcspn(text, "=");
    AUTO(str) char *key = xstrndup(text, len);

    return loader_set_pair(loader, setting, place, key, text[len] ? text + len + 1 : NULL);
}

static Error *set_check_text(Loader *loader, const Setting *setting, const Place *place,
                             const char *text)
{
    const char *equals = strchr(text, '=');
    AUTO(str) char *id = NULL;

    if (!equals)
        return error_new(ERR_INVALID, 0, "%s: wanted ID=LEVEL, found '%s'", place->where, text);
    id = xstrndup(text, (size_t)(equals - text));
    return loader_set_check(loader, setting, place, id, equals + 1);
}

static Error *set_words_text(Loader *loader, const Setting *setting, const Place *place,
                             const char *text)
{
    AUTO(str_list) StrList words = {0};

    TRY_CTX(words_split(text, &words), "%s", place->where);
    return loader_set_words(loader, setting, place, &words);
}

static Error *set_by_kind(Loader *loader, const Setting *setting, const Place *place,
                          const char *text)
{
    switch (setting->kind) {
    case SETTING_TEXT:
    case SETTING_JOINED:
        set_owned(loader, setting, xstrdup(text));
        return NULL;
    case SETTING_PATH:
        set_owned(loader, setting, resolve(place, text));
        return NULL;
    case SETTING_LIST:
        str_list_add(loader_field(loader, setting), text);
        return NULL;
    case SETTING_PATHS:
        str_list_add_owned(loader_field(loader, setting), resolve(place, text));
        return NULL;
    case SETTING_CHOICE:
        return set_choice(loader, setting, place, text);
    case SETTING_BOOL:
        return parse_bool(place->where, text, loader_field(loader, setting));
    case SETTING_NUMBER:
        return set_number(loader, setting, place, text);
    case SETTING_COUNT:
        return set_count(loader, setting, place, text);
    case SETTING_DURATION:
        return set_duration(loader, setting, place, text);
    case SETTING_SIZE:
        return set_size(loader, setting, place, text);
    case SETTING_URL:
        return set_url(loader, setting, place, text);
    case SETTING_INNER_PATH:
        return set_inner_path(loader, setting, place, text);
    case SETTING_OWNER:
        return set_owner(loader, setting, place, text);
    case SETTING_REPORT:
        return add_report(loader, setting, place, text);
    case SETTING_WORDS:
    case SETTING_MAP:
    case SETTING_CHECKS:
    case SETTING_ALLOW:
    case SETTING_READY:
    case SETTING_SERVICES:
        break;
    }
    return error_new(ERR_INTERNAL, 0, "%s: a setting without a parser", place->where);
}

Error *loader_need_database(Loader *loader, const Setting *setting, const Place *place)
{
    DatabaseSettingsList *list = &loader->config.databases;

    if (!is_of_database(setting) || place->layer == LAYER_FILE)
        return NULL;
    if (list->len > 1)
        return error_new(ERR_INVALID, 0,
                         "%s: wanted one database to set this of, found %zu in the file",
                         place->where, list->len);
    loader->database = 0;
    if (list->len == 0)
        LIST_PUSH(list, DATABASE_SETTINGS_DEFAULT);
    return NULL;
}

Error *loader_set_text(Loader *loader, const Setting *setting, const Place *place, const char *text)
{
    if (setting->kind == SETTING_WORDS)
        return set_words_text(loader, setting, place, text);
    if (setting->kind == SETTING_MAP)
        return set_pair_text(loader, setting, place, text);
    if (setting->kind == SETTING_CHECKS)
        return set_check_text(loader, setting, place, text);
    if (setting->kind == SETTING_ALLOW || setting->kind == SETTING_READY ||
        setting->kind == SETTING_SERVICES)
        return loader_apply_yaml(loader, setting, place, text);
    if (!*text)
        return error_new(ERR_INVALID, 0, "%s: wanted a value, found nothing", place->where);
    TRY(loader_need_database(loader, setting, place));
    TRY(claim_by_key(loader, setting, place));
    if (setting->kind != SETTING_COUNT) /* lists start anew in a new layer */
        loader_note(loader, setting, place);
    TRY(set_by_kind(loader, setting, place, text));
    if (setting->kind == SETTING_COUNT) /* it goes on counting within its layer */
        loader_note(loader, setting, place);
    return NULL;
}

Error *loader_set_words(Loader *loader, const Setting *setting, const Place *place,
                        const StrList *words)
{
    StrList *field;

    if (words->len == 0 && !text_ends(setting->key, "entrypoint"))
        return error_new(ERR_INVALID, 0, "%s: wanted a command, found nothing", place->where);
    TRY(loader_need_database(loader, setting, place));
    field = loader_field(loader, setting);
    str_list_clear(field);
    str_list_copy(words, field);
    loader_note(loader, setting, place);
    return NULL;
}

Error *loader_put_pair(const Loader *loader, const char *where, const char *key, const char *value,
                       StrMap *map)
{
    if (!*key || strchr(key, '='))
        return error_new(ERR_INVALID, 0, "%s: wanted KEY=VALUE, found no key", where);
    if (!value) {
        value = loader_variable(loader, key);
        if (!value)
            return error_new(ERR_INVALID, 0,
                             "%s: wanted %s=VALUE, or the variable %s to take it from, found "
                             "neither",
                             where, key, key);
    }
    str_map_set(map, key, value);
    return NULL;
}

Error *loader_set_pair(Loader *loader, const Setting *setting, const Place *place, const char *key,
                       const char *value)
{
    TRY(loader_need_database(loader, setting, place));
    TRY(loader_put_pair(loader, place->where, key, value, loader_field(loader, setting)));
    loader_note(loader, setting, place);
    return NULL;
}

Error *loader_set_check(Loader *loader, const Setting *setting, const Place *place, const char *id,
                        const char *level)
{
    bool off = text_eq_nocase(level, "off") || text_eq_nocase(level, "false") ||
               text_eq_nocase(level, "no");

    TRY(loader_check_id(loader, place->where, id));
    if (!off && !text_eq(level, "error") && !text_eq(level, "warn"))
        return loader_bad_choice(place->where, "error warn off", level);
    loader_note(loader, setting, place);
    str_map_set(loader_field(loader, setting), id, off ? "off" : level);
    return NULL;
}

void loader_add_allow(Loader *loader, const Setting *setting, const Place *place,
                      AllowSettings *allow)
{
    AllowSettingsList *list = loader_field(loader, setting);

    loader_note(loader, setting, place);
    LIST_PUSH(list, *allow);
    *allow = (AllowSettings){0};
}
