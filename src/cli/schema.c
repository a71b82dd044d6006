#include "cli/schema.h"

#include <string.h>

#include "base/buffer.h"
#include "check/check.h"
#include "cli/command.h"

/* --- kinds --------------------------------------------------------------------------------------
 */

static cJSON *type_of(const char *names)
{
    cJSON *schema = json_object();
    StrList list = {0};

    str_list_split(names, ' ', &list);
    if (list.len == 1)
        json_set_str(schema, "type", names);
    else
        json_set_list(schema, "type", &list);
    str_list_clear(&list);
    return schema;
}

static cJSON *pattern_of(const char *types, const char *pattern)
{
    cJSON *schema = type_of(types);

    json_set_str(schema, "pattern", pattern);
    return schema;
}

static cJSON *list_of(cJSON *item)
{
    cJSON *schema = type_of("array");

    json_set(schema, "items", item);
    return schema;
}

static cJSON *any_of(cJSON *one, cJSON *other)
{
    cJSON *schema = json_object();
    cJSON *list = json_array();

    json_push(list, one);
    json_push(list, other);
    json_set(schema, "anyOf", list);
    return schema;
}

static cJSON *map_of(cJSON *value)
{
    cJSON *schema = type_of("object");

    json_set(schema, "additionalProperties", value);
    return schema;
}

static cJSON *closed_object(void)
{
    cJSON *schema = map_of(cJSON_CreateFalse());

    json_set(schema, "properties", json_object());
    return schema;
}

static cJSON *enum_of(const char *words)
{
    cJSON *schema = json_object();
    StrList list = {0};

    str_list_split(words, ' ', &list);
    json_set_list(schema, "enum", &list);
    str_list_clear(&list);
    return schema;
}

static cJSON *properties_of(const cJSON *object)
{
    return cJSON_GetObjectItemCaseSensitive(object, "properties");
}

static void set_check_enum(cJSON *properties, const char *id, const char *what)
{
    cJSON *levels = enum_of("error warn off");

    json_push(cJSON_GetObjectItemCaseSensitive(levels, "enum"), cJSON_CreateFalse());
    json_set_str(levels, "description", what);
    json_set(properties, id, levels);
}

static cJSON *checks_schema(void)
{
    cJSON *schema = closed_object();
    size_t count;
    const Check *const *table = check_table(&count);

    for (size_t i = 0; i < count; i++)
        set_check_enum(properties_of(schema), table[i]->id, table[i]->finds);
    return schema;
}

static cJSON *check_ids(void)
{
    cJSON *schema = json_object();
    cJSON *ids = json_array();
    size_t count;
    const Check *const *table = check_table(&count);

    for (size_t i = 0; i < count; i++)
        json_push_str(ids, table[i]->id);
    json_set(schema, "enum", ids);
    return schema;
}

static cJSON *allow_schema(void)
{
    static const char *const TEXTS[] = {"table", "column", "from", "until"};
    cJSON *schema = closed_object();
    cJSON *required = json_array();

    json_set(properties_of(schema), "check", check_ids());
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        json_set(properties_of(schema), TEXTS[i], type_of("string number"));
    json_set(properties_of(schema), "reason", type_of("string"));
    json_push_str(required, "check");
    json_push_str(required, "reason");
    json_set(schema, "required", required);
    return schema;
}

static cJSON *scalar_or_list(const char *types)
{
    return any_of(type_of(types), list_of(type_of(types)));
}

static cJSON *words_schema(void)
{
    return any_of(type_of("string"), list_of(type_of("string number boolean")));
}

static cJSON *number_between(int64_t min, int64_t max)
{
    cJSON *schema = type_of("integer");

    json_set_i64(schema, "minimum", min);
    json_set_i64(schema, "maximum", max);
    return schema;
}

static void require(cJSON *object, const char *key)
{
    cJSON *required = json_array();

    json_push_str(required, key);
    json_set(object, "required", required);
}

/* One way of showing that something is ready. */
static cJSON *ready_schema(bool may_end)
{
    cJSON *schema = closed_object();
    cJSON *ways = properties_of(schema);
    cJSON *http = closed_object();

    json_set(properties_of(http), "port", number_between(1, 65535));
    json_set(properties_of(http), "path", pattern_of("string", "^/"));
    json_set(properties_of(http), "status", number_between(100, 599));
    require(http, "port");
    json_set(ways, "healthcheck", type_of("boolean"));
    json_set(ways, "http", http);
    json_set(ways, "tcp", number_between(1, 65535));
    json_set(ways, "log", type_of("string"));
    json_set(ways, "exec", words_schema());
    if (may_end)
        json_set(ways, "exit", number_between(0, 255));
    json_set_i64(schema, "minProperties", 1);
    json_set_i64(schema, "maxProperties", 1);
    return schema;
}

static cJSON *services_schema(void)
{
    cJSON *service = closed_object();
    cJSON *keys = properties_of(service);

    json_set(keys, "image", type_of("string"));
    json_set(keys, "command", words_schema());
    json_set(keys, "ready", ready_schema(false));
    json_set(keys, "env", map_of(type_of("string number boolean null")));
    json_set(keys, "server_env", map_of(type_of("string number boolean null")));
    require(service, "image");
    return map_of(service);
}

static cJSON *kind_schema(const Setting *setting)
{
    switch (setting->kind) {
    case SETTING_TEXT: /* 1.20 is a number to an editor */
        return type_of("string number");
    case SETTING_CHOICE:
        return enum_of(setting->choices);
    case SETTING_BOOL:
        return type_of("boolean");
    case SETTING_NUMBER:
        return type_of("integer");
    case SETTING_COUNT:
        return type_of("integer boolean");
    case SETTING_DURATION:
    case SETTING_SIZE:
        return type_of("string number");
    case SETTING_URL:
        return pattern_of("string", "^https?://");
    case SETTING_PATH:
        return type_of("string");
    case SETTING_INNER_PATH:
        return pattern_of("string", "^/");
    case SETTING_OWNER:
        return pattern_of("string integer", "^[0-9]+(:[0-9]+)?$");
    case SETTING_JOINED:
    case SETTING_LIST:
        return scalar_or_list("string number");
    case SETTING_WORDS:
        return words_schema();
    case SETTING_PATHS:
    case SETTING_REPORT:
        return scalar_or_list("string");
    case SETTING_MAP:
        return map_of(type_of("string number boolean null"));
    case SETTING_CHECKS:
        return checks_schema();
    case SETTING_READY:
        return ready_schema(text_starts(setting->key, "start."));
    case SETTING_SERVICES:
        return services_schema();
    case SETTING_ALLOW:
        return any_of(allow_schema(), list_of(allow_schema()));
    }
    return json_object();
}

static void set_default(cJSON *schema, const Setting *setting)
{
    uint64_t number = 0;

    if (!setting->fallback)
        return;
    if (setting->kind == SETTING_BOOL) {
        json_set_bool(schema, "default", text_eq(setting->fallback, "true"));
    } else if (setting->kind == SETTING_NUMBER || setting->kind == SETTING_COUNT) {
        error_ignore(parse_u64(setting->fallback, 0, INT32_MAX, &number)); /* a constant of ours */
        json_set_i64(schema, "default", (int64_t)number);
    } else {
        json_set_str(schema, "default", setting->fallback);
    }
}

/* --- the tree of keys ---------------------------------------------------------------------------
 */

/* The object that holds a dotted key, made on the way. */
static cJSON *parent_of(cJSON *root, const char *key, const char **ret_name)
{
    cJSON *object = root;
    const char *dot;

    for (; (dot = strchr(key, '.')); key = dot + 1) {
        AUTO(str) char *name = xstrndup(key, (size_t)(dot - key));
        cJSON *next = cJSON_GetObjectItemCaseSensitive(properties_of(object), name);

        if (!next) {
            next = closed_object();
            json_set(properties_of(object), name, next);
        }
        object = next;
    }
    *ret_name = key;
    return object;
}

static void set_key(cJSON *root, const char *key, const Setting *setting)
{
    const char *name = NULL;
    cJSON *parent = parent_of(root, key, &name);
    cJSON *schema = kind_schema(setting);

    json_set_str(schema, "description", setting->help);
    set_default(schema, setting);
    json_set(properties_of(parent), name, schema);
}

/* A key that takes another form beside its map. */
static void widen(cJSON *object, const char *name, cJSON *other, bool list)
{
    cJSON *map = cJSON_DetachItemFromObjectCaseSensitive(properties_of(object), name);

    if (list)
        json_set(other, "items", cJSON_Duplicate(map, true));
    json_set(properties_of(object), name, any_of(other, map));
}

/* A setting whose key other keys begin with: start beside start.image. */
static bool has_children(const Setting *setting)
{
    AUTO(str) char *prefix = xasprintf("%s.", setting->key);
    size_t count;
    const Setting *table = config_settings(&count);

    for (size_t i = 0; i < count; i++)
        if (text_starts(table[i].key, prefix))
            return true;
    return false;
}

/* Such a setting takes its own value, or the map. */
static void widen_by_setting(cJSON *body, const Setting *setting)
{
    cJSON *schema;

    widen(body, setting->key, kind_schema(setting), false);
    schema = cJSON_GetObjectItemCaseSensitive(properties_of(body), setting->key);
    json_set_str(schema, "description", setting->help);
}

/* One image to verify, given in one way. */
static cJSON *exclusive(const char *one, const char *other)
{
    cJSON *schema = json_object(), *both = json_object(), *names = json_array();

    json_push_str(names, one);
    json_push_str(names, other);
    json_set(both, "required", names);
    json_set(schema, "not", both);
    return schema;
}

cJSON *schema_json(void)
{
    cJSON *root = json_object();
    cJSON *body = closed_object();
    cJSON *candidate, *ways = json_array();
    size_t count;
    const Setting *table = config_settings(&count);

    json_set_str(root, "$schema", "http://json-schema.org/draft-07/schema#");
    json_set_str(root, "title", "seatrial.yaml");
    json_set_str(root, "type", "object");
    json_set_bool(root, "additionalProperties", false);
    for (size_t i = 0; i < count; i++) {
        const char *also = table[i].also;

        if (table[i].flag_only || has_children(&table[i]))
            continue;
        set_key(body, table[i].key, &table[i]);
        if (also && !strchr(also, '.'))
            set_key(body, also, &table[i]);
    }
    for (size_t i = 0; i < count; i++)
        if (has_children(&table[i]))
            widen_by_setting(body, &table[i]);
    candidate = cJSON_GetObjectItemCaseSensitive(properties_of(body), "candidate");
    widen(candidate, "build", type_of("string"), false);
    widen(body, "database", type_of("array"), true);
    json_push(ways, exclusive("image", "build"));
    json_push(ways, exclusive("image", "archive"));
    json_push(ways, exclusive("build", "archive"));
    json_set(candidate, "allOf", ways);
    json_set(root, "properties", cJSON_DetachItemFromObjectCaseSensitive(body, "properties"));
    cJSON_Delete(body);
    return root;
}

/* --- Markdown -----------------------------------------------------------------------------------
 */

/* A cell's text; | would end the cell. */
static void cell(Buf *out, const char *text)
{
    AUTO(str) char *safe = text_replace(text, "|", "\\|");

    buf_addf(out, " %s |", safe);
}

static void code_cell(Buf *out, const char *text)
{
    AUTO(str) char *code = *text ? xasprintf("`%s`", text) : xstrdup("");

    cell(out, code);
}

static void setting_line(Buf *out, const Setting *setting)
{
    AUTO(str) char *flag = config_setting_flag(setting);
    const char *value = config_setting_value_name(setting);
    AUTO(str) char *usage = xasprintf("%s%s%s", flag, value ? " " : "", value ? value : "");
    AUTO(str) char *choices = text_replace(setting->choices ? setting->choices : "", " ", "`, `");
    AUTO(str)
    char *meaning =
        *choices ? xasprintf("%s: `%s`", setting->help, choices) : xstrdup(setting->help);
    AUTO(str_list) StrList names = {0};

    config_setting_variables(setting, &names);
    buf_adds(out, "|");
    code_cell(out, setting->flag_only ? "" : setting->key);
    code_cell(out, usage);
    code_cell(out, names.items[names.len - 1]);
    code_cell(out, setting->fallback ? setting->fallback : "");
    cell(out, meaning);
    buf_adds(out, "\n");
}

char *schema_markdown(void)
{
    AUTO(buf) Buf out = {0};
    const char *group = NULL;
    size_t count;
    const Setting *table = config_settings(&count);

    for (size_t i = 0; i < count; i++) {
        if (!text_eq(table[i].group, group))
            buf_addf(&out,
                     "%s### Settings: %s\n\n| key | flag | variable | default | meaning |\n"
                     "|---|---|---|---|---|\n",
                     group ? "\n" : "", table[i].group);
        group = table[i].group;
        setting_line(&out, &table[i]);
    }
    return buf_take(&out);
}

/* --- the command --------------------------------------------------------------------------------
 */

static const CommandOption OPTIONS[] = {
    {"--format", "FORMAT", "json markdown", "JSON Schema (default), or tables for documentation"},
};

static Error *run(const CommandInput *input, int *ret_status)
{
    const char *format = str_map_get(input->options, "--format");

    if (text_eq(format, "markdown")) {
        AUTO(str) char *text = schema_markdown();

        (void)fputs(text, stdout);
    } else {
        AUTO(json) cJSON *schema = schema_json();
        AUTO(json_text) char *text = json_print(schema, true);

        (void)fputs(text, stdout);
    }
    *ret_status = EXIT_SOUND;
    return NULL;
}

const Command COMMAND_SCHEMA = {
    .name = "schema",
    .summary = "print the JSON Schema of seatrial.yaml, for editors",
    .options = OPTIONS,
    .option_count = COUNT_OF(OPTIONS),
    .run = run,
};
