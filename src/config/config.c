#include "config/config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/secret.h"
#include "config/env_file.h"
#include "config/loader.h"

#define FILE_BYTES_MAX (1U << 20)

/* --- defaults and the file ----------------------------------------------------------------------
 */

static Error *apply_defaults(Loader *loader)
{
    size_t count;
    const Setting *table = config_settings(&count);

    for (size_t i = 0; i < count; i++) {
        Place place = {LAYER_DEFAULT, table[i].key, NULL};

        if (table[i].fallback)
            TRY(loader_set_text(loader, &table[i], &place, table[i].fallback));
    }
    return NULL;
}

/* The file of this run; NULL when there is none. @param[out] ret_where what named it, NULL: nobody
 */
static const char *find_file(Loader *loader, const char *given, const char **ret_where)
{
    static const char *const NAMES[] = {"seatrial.yaml", "seatrial.yml"};
    const char *found = given ? given : loader_variable(loader, "SEATRIAL_CONFIG");

    *ret_where = given ? "--config" : found ? "SEATRIAL_CONFIG" : NULL;
    for (size_t i = 0; !*ret_where && i < COUNT_OF(NAMES); i++) {
        struct stat info;

        if (stat(NAMES[i], &info) != 0)
            continue;
        if (found)
            str_list_addf(&loader->config.warnings, "%s is not read: there is %s too", NAMES[i],
                          found);
        else
            found = NAMES[i];
    }
    return found;
}

static Error *apply_file(Loader *loader, const char *given)
{
    const char *where, *slash;
    const char *path = find_file(loader, given, &where);
    AUTO(str) char *text = NULL;
    AUTO(node) Node *root = NULL;
    size_t len;
    Error *err;

    if (!path)
        return NULL;
    err = file_read(path, FILE_BYTES_MAX, &text, &len);
    if (err) {
        err->code = ERR_INVALID;
        return where ? error_wrap(err, "%s", where) : err;
    }
    TRY(document_parse(text, len, path, &root));
    slash = strrchr(path, '/');
    loader->folder = slash ? xstrndup(path, slash == path ? 1 : (size_t)(slash - path)) : NULL;
    loader->file_name = path;
    loader->document_layer = LAYER_FILE;
    loader->config.file = xstrdup(path);
    return loader_apply_document(loader, root);
}

/* --- variables and flags ------------------------------------------------------------------------
 */

static bool takes_several(const Setting *setting)
{
    return setting->kind == SETTING_LIST || setting->kind == SETTING_PATHS ||
           setting->kind == SETTING_REPORT || setting->kind == SETTING_CHECKS ||
           setting->kind == SETTING_MAP;
}

/* One variable holds what a flag is repeated for: a line each, or separated by commas, which only
 * the values of variables may contain themselves. */
static Error *set_several(Loader *loader, const Setting *setting, const Place *place,
                          const char *text)
{
    const char *separators = setting->kind == SETTING_MAP ? "\r\n" : "\r\n,";

    for (const char *at = text; *at;) {
        size_t len = strcspn(at, separators);
        AUTO(str) char *raw = xstrndup(at, len);
        AUTO(str) char *item = text_trim(raw);

        if (*item)
            TRY(loader_set_text(loader, setting, place, item));
        at += len + (at[len] != '\0');
    }
    return NULL;
}

static Error *apply_variable(Loader *loader, const Setting *setting)
{
    AUTO(str_list) StrList names = {0};

    config_setting_variables(setting, &names);
    for (size_t i = 0; i < names.len; i++) {
        const char *value = loader_variable(loader, names.items[i]);
        Place place = {LAYER_VARIABLE, names.items[i], NULL};

        if (value)
            return takes_several(setting) ? set_several(loader, setting, &place, value)
                                          : loader_set_text(loader, setting, &place, value);
    }
    return NULL;
}

static Error *apply_variables(Loader *loader)
{
    size_t count;
    const Setting *table = config_settings(&count);

    for (size_t i = 0; i < count; i++)
        TRY(apply_variable(loader, &table[i]));
    return NULL;
}

/* A misspelt variable would do nothing, silently; others that merely begin like ours (Kubernetes
 * makes some up for a service of that name) are none of our business. */
static void look_for_misspelt(Loader *loader)
{
    size_t count;
    const Setting *table = config_settings(&count);
    AUTO(str_list) StrList known = {0};

    str_list_add(&known, "SEATRIAL_CONFIG");
    for (size_t i = 0; i < count; i++) {
        AUTO(str_list) StrList names = {0};

        config_setting_variables(&table[i], &names);
        for (size_t k = 0; k < names.len; k++)
            str_list_add(&known, names.items[k]);
    }
    for (char *const *at = loader->environment; at && *at; at++) {
        AUTO(str) char *name = xstrndup(*at, strcspn(*at, "="));
        const char *nearest;

        if (!text_starts(name, "SEATRIAL_") || str_list_has(&known, name))
            continue;
        nearest = text_nearest(name, (const char *const *)known.items, known.len);
        if (nearest && text_distance(name, nearest) <= 2)
            str_list_addf(&loader->config.warnings,
                          "the variable %s is not one of ours; did you mean %s?", name, nearest);
    }
}

static Error *apply_flags(Loader *loader, const ConfigFlag *flags, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Setting *setting = config_setting_find(flags[i].key);
        Place place = {LAYER_FLAG, flags[i].flag, NULL};

        if (!setting)
            return error_new(ERR_INTERNAL, 0, "%s: a flag of no setting", flags[i].flag);
        TRY(loader_set_text(loader, setting, &place, flags[i].value));
    }
    return NULL;
}

/* --- secrets and files --------------------------------------------------------------------------
 */

/* Names whose values nobody wants to see: DB_PASSWORD, API_KEY, SENTRY_DSN. */
static bool looks_secret(const char *name)
{
    static const char *const ANYWHERE[] = {"PASSWORD", "PASSWD",     "PASSPHRASE", "SECRET",
                                           "TOKEN",    "CREDENTIAL", "APIKEY",     "DATABASE_URL"};
    static const char *const WORDS[] = {"KEY", "KEYS", "PASS", "PWD", "DSN", "AUTH"};
    AUTO(str_list) StrList parts = {0};

    for (size_t i = 0; i < COUNT_OF(ANYWHERE); i++)
        if (text_contains_nocase(name, ANYWHERE[i]))
            return true;
    str_list_split(name, '_', &parts);
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        for (size_t k = 0; k < parts.len; k++)
            if (text_eq_nocase(parts.items[k], WORDS[i]))
                return true;
    return false;
}

static void register_secrets(const StrMap *map)
{
    for (size_t i = 0; i < map->len; i++) {
        secret_add_url(map->items[i].value);
        if (looks_secret(map->items[i].key))
            secret_add(map->items[i].value);
    }
}

/* A server's URL is one as a whole, also without a password. */
static void register_databases(const DatabaseSettingsList *databases)
{
    for (size_t i = 0; i < databases->len; i++) {
        secret_add_url(databases->items[i].url);
        secret_add(databases->items[i].url);
    }
}

/* env_file under env: the pairs of the files, then those given one by one. */
static Error *read_env_files(const Loader *loader, const char *key, RunSettings *run)
{
    const char *where = str_map_get(&loader->config.origins, key);
    AUTO(str_map) StrMap pairs = {0};

    for (size_t i = 0; i < run->env_file.len; i++) {
        AUTO(str) char *text = NULL;
        size_t len;
        Error *err = file_read(run->env_file.items[i], FILE_BYTES_MAX, &text, &len);

        if (err) {
            err->code = ERR_INVALID;
            return error_wrap(err, "%s", where ? where : key);
        }
        TRY(env_file_parse(text, len, run->env_file.items[i], &pairs));
    }
    for (size_t i = 0; i < pairs.len; i++) {
        secret_add(pairs.items[i].value);
        secret_add_url(pairs.items[i].value);
    }
    for (size_t i = 0; i < run->env.len; i++)
        str_map_set(&pairs, run->env.items[i].key, run->env.items[i].value);
    str_map_clear(&run->env);
    run->env = pairs;
    pairs = (StrMap){0};
    return NULL;
}

static Error *check_file(const Config *config, const char *key, const char *path, bool folder)
{
    const char *where = str_map_get(&config->origins, key);
    struct stat info;

    if (!path)
        return NULL;
    if (stat(path, &info) != 0) {
        char reason[128];
        int saved = errno;

        return error_new(ERR_INVALID, saved, "%s: wanted a %s, found none at %s: %s",
                         where ? where : key, folder ? "folder" : "file", path,
                         strerror_r(saved, reason, sizeof reason));
    }
    if (S_ISDIR(info.st_mode) == folder)
        return NULL;
    return error_new(ERR_INVALID, 0, "%s: wanted a %s, found a %s at %s", where ? where : key,
                     folder ? "folder" : "file", folder ? "file" : "folder", path);
}

/* --- all together -------------------------------------------------------------------------------
 */

/* The key stands for all of its group, however it was given. */
static void note_start(Config *config)
{
    StrList *keys = &config->keys;
    StrList kept = {0};

    for (size_t i = 0; i < keys->len; i++)
        if (!text_eq(keys->items[i], "start"))
            str_list_add(&kept, keys->items[i]);
    if (config->start.on)
        str_list_add(&kept, "start");
    str_list_clear(keys);
    *keys = kept;
}

static void note_groups(Config *config)
{
    CandidateSettings *candidate = &config->candidate;
    bool build = false, start;

    config->run.entrypoint_set = str_list_has(&config->keys, "entrypoint");
    config->old.entrypoint_set = str_list_has(&config->keys, "old.entrypoint");
    config->start.entrypoint_set = str_list_has(&config->keys, "start.entrypoint");
    start = !str_list_has(&config->keys, "start"); /* start: false stays false */
    for (size_t i = 0; i < config->keys.len; i++) {
        config->old_set |= text_starts(config->keys.items[i], "old.");
        config->start.on |= start && text_starts(config->keys.items[i], "start.");
        build |= text_starts(config->keys.items[i], "candidate.build.");
    }
    note_start(config);
    if (build && !candidate->image && !candidate->archive && !candidate->build.context)
        candidate->build.context = xstrdup("."); /* --candidate-build-target app alone */
}

static Error *finish(Loader *loader)
{
    Config *config = &loader->config;

    note_groups(config);
    secret_add(config->releases.token);
    secret_add_url(config->releases.api);
    secret_add_url(config->engine);
    TRY(read_env_files(loader, "env_file", &config->run));
    TRY(read_env_files(loader, "old.env_file", &config->old));
    register_secrets(&config->run.env);
    register_secrets(&config->old.env);
    register_secrets(&config->candidate.build.args);
    register_secrets(&config->start.env);
    for (size_t i = 0; i < config->databases.len; i++) {
        register_secrets(&config->databases.items[i].env);
        register_secrets(&config->databases.items[i].app_env);
    }
    for (size_t i = 0; i < config->services.len; i++) {
        register_secrets(&config->services.items[i].env);
        register_secrets(&config->services.items[i].server_env);
    }
    TRY(check_file(config, "candidate.archive", config->candidate.archive, false));
    return check_file(config, "candidate.build.context", config->candidate.build.context, true);
}

static Error *load(Loader *loader, const char *file, const ConfigFlag *flags, size_t flag_count)
{
    TRY(apply_defaults(loader));
    TRY(apply_file(loader, file));
    TRY(apply_variables(loader));
    TRY(apply_flags(loader, flags, flag_count));
    look_for_misspelt(loader);
    secret_add(loader->config.releases.token); /* before anything can fail and be quoted */
    register_databases(&loader->config.databases);
    TRY(loader_apply_ci(loader));
    return finish(loader);
}

Error *config_load(const char *file, const ConfigFlag *flags, size_t flag_count,
                   char *const *environment, const char *const *check_ids, size_t check_count,
                   Config *ret_config)
{
    size_t settings;
    Loader loader = {.environment = environment,
                     .check_ids = check_ids,
                     .check_count = check_count,
                     .config = {.candidate = {.published_ms = -1}}};
    Error *err;

    (void)config_settings(&settings);
    loader.layers = xcalloc(settings, sizeof *loader.layers);
    err = load(&loader, file, flags, flag_count);
    free(loader.layers);
    free(loader.folder);
    if (err)
        config_clear(&loader.config);
    else
        *ret_config = loader.config;
    return err;
}
