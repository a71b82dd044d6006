#include <dirent.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/endpoint.h"

/* Source: docker/cli, cli/context/store: contexts/meta/<sha256 of the name>/meta.json and
 * contexts/tls/<the same>/docker/{ca,cert,key}.pem. The folder is found by reading the names in the
 * files, so that no hash is needed. */

#define META_MAX_BYTES (1U << 20)

static void dir_close(DIR *dir)
{
    (void)closedir(dir);
}

DEFINE_AUTO(dir, DIR *, dir_close)

/* A meta.json; NULL when it cannot be read: another context may still be fine. */
static cJSON *read_meta(const char *root, const char *entry)
{
    AUTO(str) char *path = xasprintf("%s/contexts/meta/%s/meta.json", root, entry);
    AUTO(str) char *text = NULL;
    size_t len = 0;
    AUTO(error) Error *err = file_read(path, META_MAX_BYTES, &text, &len);
    cJSON *meta = NULL;

    if (!err)
        err = json_parse(text, len, path, &meta);
    return meta;
}

static Error *endpoint_of(const cJSON *meta, const char *root, const char *entry, const char *name,
                          Endpoint *ret_endpoint)
{
    AUTO(str) char *found = xasprintf("context %s", name);
    AUTO(str) char *certs = xasprintf("%s/contexts/tls/%s/docker", root, entry);
    const char *host = json_str_or(meta, "Endpoints.docker.Host", NULL);
    bool has_certs = access(certs, R_OK) == 0;
    AUTO(endpoint) Endpoint endpoint = {0};

    if (text_is_empty(host))
        return error_new(ERR_INVALID, 0, "%s: it has no docker endpoint", found);
    TRY(endpoint_parse(host, found, has_certs ? ENDPOINT_TLS : ENDPOINT_BY_PORT, &endpoint));
    if (endpoint.tls && json_bool_or(meta, "Endpoints.docker.SkipTLSVerify", false))
        return error_new(ERR_INVALID, 0,
                         "%s: it skips the verification of the engine's certificate; give it the "
                         "CA (docker context update %s --docker host=%s,ca=ca.pem)",
                         found, name, endpoint.url);
    if (endpoint.tls)
        TRY(endpoint_add_certs(&endpoint, certs, false));
    *ret_endpoint = endpoint;
    endpoint = (Endpoint){0};
    return NULL;
}

Error *context_find(const char *name, const char *from, Endpoint *ret_endpoint)
{
    AUTO(str) char *root = docker_config_dir();
    AUTO(str) char *path = xasprintf("%s/contexts/meta", root);
    AUTO(dir) DIR *dir = opendir(path);
    const struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        AUTO(json) cJSON *meta = entry->d_name[0] == '.' ? NULL : read_meta(root, entry->d_name);

        if (meta && text_eq(json_str_or(meta, "Name", NULL), name))
            return endpoint_of(meta, root, entry->d_name, name, ret_endpoint);
    }
    return error_new(ERR_INVALID, 0, "context '%s' (%s) is not in %s; see `docker context ls`",
                     name, from, path);
}
