#include "engine/endpoint.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#define PORT_PLAIN "2375"
#define PORT_TLS   "2376"

static Error *refuse(const char *found, const char *url, const char *why)
{
    AUTO(str) char *shown = text_clean_line(url);

    return error_new(ERR_INVALID, 0, "%s: engine URL '%s': %s", found, shown, why);
}

static bool is_file(const char *path)
{
    return access(path, R_OK) == 0;
}

/* A file of the folder, NULL when it is not there. */
static char *cert_file(const char *dir, const char *name)
{
    AUTO(str) char *path = xasprintf("%s/%s", dir, name);

    return is_file(path) ? TAKE(path) : NULL;
}

Error *endpoint_add_certs(Endpoint *endpoint, const char *dir, bool dir_is_meant)
{
    endpoint->cert_dir = xstrdup(dir);
    endpoint->ca = cert_file(dir, "ca.pem");
    endpoint->cert = cert_file(dir, "cert.pem");
    endpoint->key = cert_file(dir, "key.pem");
    if (dir_is_meant && !endpoint->ca)
        return error_new(ERR_INVALID, 0, "%s: %s/ca.pem cannot be read: it verifies the engine",
                         endpoint->found, dir);
    if (!endpoint->cert != !endpoint->key)
        return error_new(ERR_INVALID, 0, "%s: %s has %s without %s", endpoint->found, dir,
                         endpoint->cert ? "cert.pem" : "key.pem",
                         endpoint->cert ? "key.pem" : "cert.pem");
    return NULL;
}

static Error *parse_socket(const char *path, const char *url, const char *found, Endpoint *ret)
{
    if (*path != '/')
        return refuse(found, url, "wanted an absolute path: unix:///path/to/engine.sock");
    *ret = (Endpoint){.url = xasprintf("unix://%s", path),
                      .found = xstrdup(found),
                      .socket = xstrdup(path),
                      .base_url = xstrdup("http://localhost")};
    return NULL;
}

/* Length of "host" or "[address]" at the start; 0 when it is none. */
static size_t host_length(const char *text)
{
    size_t len;

    if (*text == '[') {
        len = strspn(text + 1, "0123456789abcdefABCDEF:.") + 1;
        return text[len] == ']' ? len + 1 : 0;
    }
    for (len = 0; isalnum((unsigned char)text[len]) || (text[len] && strchr("-_.", text[len]));)
        len++;
    return len;
}

/* rest: what follows "tcp://" or "http://" */
static Error *parse_tcp(const char *rest, const char *url, const char *found, EndpointTls tls,
                        Endpoint *ret)
{
    AUTO(str) char *host = NULL, *port = NULL, *base = NULL;
    AUTO(error) Error *err = NULL;
    size_t len = *rest == ':' ? 0 : host_length(rest);
    uint64_t number;
    bool secure;

    host = len ? xstrndup(rest, len) : xstrdup("localhost");
    if (len == 0 && *rest != ':')
        return refuse(found, url, "wanted tcp://host:port");
    rest += len;
    if (*rest == ':') {
        len = strcspn(++rest, "/");
        port = xstrndup(rest, len);
        rest += len;
    }
    if (*rest && *rest != '/')
        return refuse(found, url, "wanted tcp://host:port");
    if (!port) /* by scheme: 80 and 443 are for proxies, 2375 and 2376 are the engine's own */
        port = xstrdup(tls == ENDPOINT_TLS ? PORT_TLS : PORT_PLAIN);
    err = parse_u64(port, 1, 65535, &number);
    if (err)
        return refuse(found, url, "the port is not a number from 1 to 65535");
    /* 2376 is registered for TLS: plain text there is never what was meant */
    secure = tls == ENDPOINT_TLS || (tls == ENDPOINT_BY_PORT && number == 2376);
    base = xstrdup(rest);
    while (text_ends(base, "/"))
        base[strlen(base) - 1] = '\0';
    if (strpbrk(base, "?# \t\r\n%"))
        return refuse(found, url, "the path is not a plain one");
    *ret = (Endpoint){.url = xasprintf("tcp://%s:%s%s", host, port, base),
                      .found = xstrdup(found),
                      .base_url =
                          xasprintf("%s://%s:%s%s", secure ? "https" : "http", host, port, base),
                      .tls = secure};
    return NULL;
}

Error *endpoint_parse(const char *url, const char *found, EndpointTls tls, Endpoint *ret_endpoint)
{
    if (text_starts(url, "unix://"))
        return parse_socket(url + strlen("unix://"), url, found, ret_endpoint);
    if (*url == '/')
        return parse_socket(url, url, found, ret_endpoint);
    if (text_starts(url, "tcp://"))
        return parse_tcp(url + strlen("tcp://"), url, found, tls, ret_endpoint);
    if (text_starts(url, "https://"))
        return parse_tcp(url + strlen("https://"), url, found, ENDPOINT_TLS, ret_endpoint);
    if (text_starts(url, "http://")) {
        if (tls == ENDPOINT_TLS)
            return refuse(found, url,
                          "it says http, but TLS is asked for (DOCKER_TLS_VERIFY): "
                          "use tcp:// or https://");
        return parse_tcp(url + strlen("http://"), url, found, ENDPOINT_PLAIN, ret_endpoint);
    }
    if (text_starts(url, "ssh://"))
        return refuse(found, url,
                      "ssh is not spoken here: forward the socket (ssh -nNT -L "
                      "/tmp/engine.sock:/var/run/docker.sock user@host) and use "
                      "unix:///tmp/engine.sock");
    if (text_starts(url, "npipe://"))
        return refuse(found, url,
                      "named pipes are not spoken here: run this within WSL, where "
                      "the engine has unix:///var/run/docker.sock");
    return refuse(found, url, "wanted unix:///path, tcp://host:port or https://host:port");
}

/* What the environment says about TLS. Source: docker/cli, cli/flags/options.go: DOCKER_TLS_VERIFY
 * and DOCKER_TLS count when they are not empty; DOCKER_TLS alone goes on without verification
 * there, and DOCKER_CERT_PATH alone does so in the Go library. Here, TLS always verifies. */
static EndpointTls env_tls(void)
{
    if (!text_is_empty(getenv("DOCKER_TLS_VERIFY")) || !text_is_empty(getenv("DOCKER_TLS")))
        return ENDPOINT_TLS;
    return ENDPOINT_BY_PORT;
}

static Error *from_env(const char *url, const char *found, EndpointList *list)
{
    const char *dir = getenv("DOCKER_CERT_PATH");
    AUTO(str) char *fallback = docker_config_dir();
    AUTO(endpoint) Endpoint endpoint = {0};

    TRY(endpoint_parse(url, found, env_tls(), &endpoint));
    if (endpoint.tls)
        TRY(endpoint_add_certs(&endpoint, text_is_empty(dir) ? fallback : dir,
                               !text_is_empty(dir)));
    LIST_PUSH(list, endpoint);
    endpoint = (Endpoint){0};
    return NULL;
}

static void add_socket(EndpointList *list, const char *dir, const char *name)
{
    if (text_is_empty(dir))
        return;
    LIST_PUSH(list, ((Endpoint){.url = xasprintf("unix://%s/%s", dir, name),
                                .found = xstrdup("socket"),
                                .socket = xasprintf("%s/%s", dir, name),
                                .base_url = xstrdup("http://localhost")}));
}

/* Where Docker, rootless Docker, Desktop, Colima, Rancher, OrbStack and Podman put theirs. */
static void add_well_known(EndpointList *list)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR"), *home = getenv("HOME");

    add_socket(list, "/var/run", "docker.sock");
    add_socket(list, runtime, "docker.sock");
    add_socket(list, home, ".docker/run/docker.sock");
    add_socket(list, home, ".docker/desktop/docker.sock");
    add_socket(list, home, ".colima/default/docker.sock");
    add_socket(list, home, ".colima/docker.sock");
    add_socket(list, home, ".rd/docker.sock");
    add_socket(list, home, ".orbstack/run/docker.sock");
    add_socket(list, "/run/podman", "podman.sock");
    add_socket(list, runtime, "podman/podman.sock");
}

/* The context that is in use, by DOCKER_CONTEXT or config.json; NULL for the default one. */
static Error *current_context(char **ret_name, const char **ret_from)
{
    const char *name = getenv("DOCKER_CONTEXT");
    AUTO(json) cJSON *config = NULL;

    *ret_from = "DOCKER_CONTEXT";
    if (text_is_empty(name)) {
        *ret_from = "currentContext of config.json";
        TRY(docker_config_read(&config));
        name = json_str_or(config, "currentContext", NULL);
    }
    *ret_name = text_is_empty(name) || text_eq(name, "default") ? NULL : xstrdup(name);
    return NULL;
}

/* Order of docker/cli: -H, then DOCKER_HOST, which wins over contexts, then the context. */
static Error *find(const char *option, EndpointList *list)
{
    const char *host = getenv("DOCKER_HOST");
    AUTO(str) char *context = NULL;
    const char *from;
    Endpoint endpoint;

    list->chosen = true;
    if (!text_is_empty(option))
        return from_env(option, "--engine", list);
    if (!text_is_empty(host))
        return from_env(host, "DOCKER_HOST", list);
    TRY(current_context(&context, &from));
    if (context) {
        TRY(context_find(context, from, &endpoint));
        LIST_PUSH(list, endpoint);
        return NULL;
    }
    list->chosen = false;
    add_well_known(list);
    return NULL;
}

Error *endpoint_find(const char *option, EndpointList *ret_list)
{
    AUTO(endpoint_list) EndpointList list = {0};

    TRY(find(option, &list));
    *ret_list = list;
    list = (EndpointList){0};
    return NULL;
}

void endpoint_copy(const Endpoint *from, Endpoint *ret_to)
{
    *ret_to = (Endpoint){.url = xstrdup_null(from->url),
                         .found = xstrdup_null(from->found),
                         .socket = xstrdup_null(from->socket),
                         .base_url = xstrdup_null(from->base_url),
                         .tls = from->tls,
                         .cert_dir = xstrdup_null(from->cert_dir),
                         .ca = xstrdup_null(from->ca),
                         .cert = xstrdup_null(from->cert),
                         .key = xstrdup_null(from->key)};
}

void endpoint_clear(Endpoint *endpoint)
{
    free(endpoint->url);
    free(endpoint->found);
    free(endpoint->socket);
    free(endpoint->base_url);
    free(endpoint->cert_dir);
    free(endpoint->ca);
    free(endpoint->cert);
    free(endpoint->key);
    *endpoint = (Endpoint){0};
}

void endpoint_list_clear(EndpointList *list)
{
    for (size_t i = 0; i < list->len; i++)
        endpoint_clear(&list->items[i]);
    free(list->items);
    *list = (EndpointList){0};
}
