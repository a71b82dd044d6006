#include "engine/credentials.h"

#include <string.h>

#include "base/process.h"
#include "base/secret.h"
#include "engine/internal.h"

/* Source: docker/cli, cli/config/{configfile,credentials}; docker/docker-credential-helpers,
 * client. */

#define HUB_KEY             "https://index.docker.io/v1/"
#define HELPER_MS           30000
#define HELPER_OUTPUT_BYTES (64U << 10)

/* The key that stands for a registry in the configuration. */
static const char *server_key(const char *registry)
{
    return text_eq(registry, "docker.io") ? HUB_KEY : registry;
}

/* "https://host/v1/" is "host". Caller frees. */
static char *host_of(const char *key)
{
    const char *scheme = strstr(key, "://");

    key = scheme ? scheme + 3 : key;
    return xstrndup(key, strcspn(key, "/"));
}

/* The entry of an object whose keys are registries: exactly, then by host name. */
static const cJSON *entry_of(const cJSON *object, const char *server)
{
    const cJSON *item = json_member(object, server);
    AUTO(str) char *host = host_of(server);
    bool is_hub = text_eq(server, HUB_KEY);

    if (item || !cJSON_IsObject(object))
        return item;
    cJSON_ArrayForEach(item, object)
    {
        AUTO(str) char *candidate = host_of(item->string);

        if (text_eq(candidate, host) || (is_hub && text_eq(candidate, "docker.io")))
            return item;
    }
    return NULL;
}

/* --- auths ----------------------------------------------------------------------------------- */

/* auth is base64 of "user:password". */
static Error *decode_auth(const char *auth, const char *server, const char *where, Credentials *to)
{
    size_t len = 0;
    AUTO(str) char *text = base64_decode(auth, &len);
    const char *colon = text ? strchr(text, ':') : NULL;

    if (!colon || colon == text)
        return error_new(ERR_INVALID, 0, "%s: auth of %s is not base64 of user:password", where,
                         server);
    secret_add(auth);
    free(to->username);
    free(to->password);
    to->username = xstrndup(text, (size_t)(colon - text));
    to->password = xstrdup(colon + 1);
    return NULL;
}

/* An entry of "auths". It is empty where a helper keeps the secret. */
static Error *read_entry(const cJSON *entry, const char *server, const char *where, Credentials *to)
{
    const char *auth = json_str_or(entry, "auth", ""), *user = json_str_or(entry, "username", "");
    const char *token = json_str_or(entry, "identitytoken", "");

    if (*token) {
        to->identity_token = xstrdup(token);
    } else if (*auth) {
        TRY(decode_auth(auth, server, where, to));
    } else if (*user) {
        to->username = xstrdup(user);
        to->password = xstrdup(json_str_or(entry, "password", ""));
    } else {
        return NULL;
    }
    to->server = xstrdup(server);
    to->found = xstrdup(where);
    return NULL;
}

static bool is_found(const Credentials *credentials)
{
    return credentials->server != NULL;
}

static Error *from_auths(const cJSON *config, const char *server, const char *where,
                         Credentials *to)
{
    const cJSON *entry = entry_of(json_member(config, "auths"), server);

    return entry ? read_entry(entry, server, where, to) : NULL;
}

static Error *from_env(const char *server, Credentials *to)
{
    const char *text = getenv("DOCKER_AUTH_CONFIG");
    AUTO(json) cJSON *config = NULL;
    Error *err;

    if (text_is_empty(text))
        return NULL;
    err = json_parse(text, strlen(text), "DOCKER_AUTH_CONFIG", &config);
    if (err)
        err->code = ERR_INVALID;
    TRY(err);
    return from_auths(config, server, "DOCKER_AUTH_CONFIG", to);
}

/* --- helpers --------------------------------------------------------------------------------- */

/* What a helper that failed says, in a line; the secret is only in the answer of one that did not.
 */
static Error *helper_failed(const char *program, const char *server, const ProcessResult *result)
{
    AUTO(str) char *line = text_clean_line(result->output);
    AUTO(str) char *said = text_trim(line);

    return error_new(ERR_INVALID, 0, "%s cannot tell the credentials of %s: exit status %d%s%.300s",
                     program, server, result->status, *said ? ": " : "", said);
}

static Error *read_answer(const char *program, const char *server, const ProcessResult *result,
                          Credentials *to)
{
    AUTO(json) cJSON *answer = NULL;
    AUTO(error) Error *err = json_parse(result->output, result->output_len, program, &answer);
    const char *user = json_str_or(answer, "Username", ""),
               *secret = json_str_or(answer, "Secret", "");

    if (err || !*secret)
        return error_new(ERR_INVALID, 0, "%s: its answer for %s has no Secret", program, server);
    if (text_eq(user, "<token>")) {
        to->identity_token = xstrdup(secret);
    } else {
        to->username = xstrdup(user);
        to->password = xstrdup(secret);
    }
    return NULL;
}

static Error *run_helper(const char *program, const char *server, const Cancel *cancel, Deadline dl,
                         ProcessResult *ret_result)
{
    const char *const argv[] = {program, "get", NULL};
    ProcessSpec spec = {.argv = argv,
                        .input = server,
                        .input_len = strlen(server),
                        .output_max = HELPER_OUTPUT_BYTES,
                        .cancel = cancel};
    Error *err = process_run(&spec, deadline_min(dl, deadline_in(HELPER_MS)), ret_result);

    if (err && err->code != ERR_CANCELLED && err->code != ERR_TIMEOUT)
        err->code = ERR_INVALID; /* the configuration names what cannot be run */
    return err;
}

/* @param where "credsStore" or "credHelpers" */
static Error *from_helper(const char *where, const char *name, const char *server,
                          const Cancel *cancel, Deadline dl, Credentials *to)
{
    AUTO(str) char *program = xasprintf("docker-credential-%s", name);
    AUTO(process_result) ProcessResult result = {0};

    if (strchr(name, '/'))
        return error_new(ERR_INVALID, 0,
                         "%s of the docker configuration: '%s' is no name of a "
                         "helper",
                         where, name);
    TRY_CTX(run_helper(program, server, cancel, dl, &result), "%s of the docker configuration",
            where);
    if (result.status != 0)
        return text_contains_nocase(result.output, "credentials not found")
                   ? NULL
                   : helper_failed(program, server, &result);
    TRY(read_answer(program, server, &result, to));
    to->server = xstrdup(server);
    to->found = xasprintf("%s %s", where, name);
    return NULL;
}

/* credHelpers beats credsStore, which beats auths. */
static Error *from_config(const cJSON *config, const char *server, const Cancel *cancel,
                          Deadline dl, Credentials *to)
{
    const cJSON *helper = entry_of(json_member(config, "credHelpers"), server);
    const char *store = json_str_or(config, "credsStore", "");
    AUTO(str) char *dir = docker_config_dir();
    AUTO(str) char *where = xasprintf("auths in %s/config.json", dir);

    if (cJSON_IsString(helper) && *helper->valuestring)
        return from_helper("credHelpers", helper->valuestring, server, cancel, dl, to);
    if (*store)
        TRY(from_helper("credsStore", store, server, cancel, dl, to));
    return is_found(to) ? NULL : from_auths(config, server, where, to);
}

static Error *find(const char *server, const cJSON *config, const Cancel *cancel, Deadline dl,
                   Credentials *ret_credentials)
{
    AUTO(credentials) Credentials credentials = {0};

    TRY(from_env(server, &credentials));
    if (!is_found(&credentials) && config)
        TRY(from_config(config, server, cancel, dl, &credentials));
    secret_add(credentials.password);
    secret_add(credentials.identity_token);
    *ret_credentials = credentials;
    credentials = (Credentials){0};
    return NULL;
}

Error *credentials_find_within(const char *image_ref, const Cancel *cancel, Deadline dl,
                               Credentials *ret_credentials)
{
    AUTO(image_ref) ImageRef ref = {0};
    AUTO(json) cJSON *config = NULL;

    TRY(image_ref_parse(image_ref, &ref));
    TRY(docker_config_read(&config));
    return find(server_key(ref.registry), config, cancel, dl, ret_credentials);
}

Error *credentials_find(const char *image_ref, Credentials *ret_credentials)
{
    return credentials_find_within(image_ref, NULL, DEADLINE_NONE, ret_credentials);
}

/* --- headers --------------------------------------------------------------------------------- */

static cJSON *auth_config(const Credentials *credentials)
{
    cJSON *object = json_object();

    if (credentials->identity_token) {
        json_set_str(object, "identitytoken", credentials->identity_token);
    } else {
        json_set_str(object, "username", credentials->username);
        json_set_str(object, "password", credentials->password);
    }
    json_set_str(object, "serveraddress", credentials->server);
    return object;
}

static char *encode(const cJSON *object)
{
    AUTO(json_text) char *text = json_print(object, false);
    char *header = base64_encode_url(text, strlen(text));

    secret_add(header);
    return header;
}

char *credentials_header(const Credentials *credentials)
{
    AUTO(json) cJSON *object = NULL;

    if (!is_found(credentials))
        return NULL;
    object = auth_config(credentials);
    return encode(object);
}

static void add_keys(const cJSON *object, StrList *servers)
{
    const cJSON *item;

    if (cJSON_IsObject(object))
        cJSON_ArrayForEach(item, object) if (!str_list_has(servers, item->string))
            str_list_add(servers, item->string);
}

char *credentials_header_all(const Cancel *cancel, Deadline dl)
{
    const char *text = getenv("DOCKER_AUTH_CONFIG");
    AUTO(json) cJSON *config = NULL, *env = NULL, *all = json_object();
    AUTO(str_list) StrList servers = {0};

    /* without it the build goes on anonymously, as the docker CLI's does */
    error_ignore(docker_config_read(&config));
    if (!text_is_empty(text))
        env = cJSON_Parse(text);
    /* a login leaves its key in "auths" even where a helper keeps the secret */
    add_keys(json_member(env, "auths"), &servers);
    add_keys(json_member(config, "auths"), &servers);
    add_keys(json_member(config, "credHelpers"), &servers);
    for (size_t i = 0; i < servers.len; i++) {
        AUTO(credentials) Credentials credentials = {0};
        AUTO(error) Error *missing = find(servers.items[i], config, cancel, dl, &credentials);

        if (!missing && is_found(&credentials))
            json_set(all, servers.items[i], auth_config(&credentials));
    }
    return cJSON_GetArraySize(all) > 0 ? encode(all) : NULL;
}

void credentials_clear(Credentials *credentials)
{
    free(credentials->server);
    free(credentials->username);
    free(credentials->password);
    free(credentials->identity_token);
    free(credentials->found);
    *credentials = (Credentials){0};
}
