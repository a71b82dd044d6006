/* The suggested servers and the start of the application, as text. */

#include <inttypes.h>

#include "verify/suggest_parts.h"
#include "verify/suggest_yaml.h"

/* {tcp: 6379} and its like. */
static void add_ready(Buf *out, const ReadySettings *ready)
{
    switch (ready->way) {
    case READY_BY_HEALTHCHECK:
        buf_adds(out, "{healthcheck: true}");
        break;
    case READY_BY_HTTP:
        buf_addf(out, "{http: {port: %" PRId64 ", path: /}}", ready->port);
        break;
    case READY_BY_TCP:
        buf_addf(out, "{tcp: %" PRId64 "}", ready->port);
        break;
    case READY_BY_EXEC:
        buf_adds(out, "{exec: ");
        yaml_list(out, &ready->exec);
        buf_adds(out, "}");
        break;
    case READY_BY_NOTHING:
    case READY_BY_LOG:
    case READY_BY_EXIT:
    default:
        buf_adds(out, "{http: {port: PORT, path: /healthz}}");
    }
}

static void add_heading_map(Buf *out, const char *indent, const char *key, const StrMap *map)
{
    AUTO(str) char *deeper = xasprintf("%s  ", indent);

    if (map->len == 0)
        return;
    buf_addf(out, "%s%s:\n", indent, key);
    yaml_map(out, deeper, map);
}

void suggestion_add_left(Buf *out, const char *indent, const Suggestion *from, SuggestPart part)
{
    for (size_t i = 0; i < from->left[part].len; i++)
        yaml_comment(out, indent, "left out: ", from->left[part].items[i]);
}

static void add_words(Buf *out, const char *lead, const char *key, const StrList *words, bool set)
{
    if (words->len == 0 && !set)
        return;
    buf_addf(out, "%s%s: ", lead, key);
    yaml_list(out, words);
    buf_adds(out, "\n");
}

void suggestion_add_server(Buf *out, const Suggestion *from)
{
    buf_adds(out, "# its schema and rows are not looked at; passwords of it are made up\n"
                  "database:\n");
    yaml_key(out, "  service", from->service);
    suggestion_add_left(out, "  ", from, LEFT_DATABASE);
    add_words(out, "  ", "command", &from->server_command, false);
    add_heading_map(out, "  ", "env", &from->server_env);
    for (size_t i = 0; i < from->server_env_left.len; i++)
        yaml_comment(out, "  ",
                     "left out: the value of a variable: when the server needs it, env: ",
                     from->server_env_left.items[i]);
    if (from->app_env.len > 0)
        buf_adds(out, "  # how the application is told of it\n");
    else
        buf_adds(out,
                 "  # fill in how the application is told of it:\n"
                 "  # app_env: {DATABASE_URL: \"mysql://USER:PASSWORD@{host}:{port}/NAME\"}\n");
    add_heading_map(out, "  ", "app_env", &from->app_env);
    if (from->server_port > 0)
        buf_addf(out, "  ready: {tcp: %" PRId64 "}\n", from->server_port);
}

void suggestion_add_services(Buf *out, const Suggestion *from)
{
    if (from->services.len + from->left[LEFT_SERVICES].len == 0)
        return;
    buf_adds(out,
             "\n# What else the application needs, by host name: `env` tells the application.\n");
    yaml_found(out, "", "what the services above depend on");
    suggestion_add_left(out, "", from, LEFT_SERVICES);
    if (from->services.len > 0)
        buf_adds(out, "services:\n");
    for (size_t i = 0; i < from->services.len; i++) {
        const ServiceSettings *service = &from->services.items[i];

        buf_adds(out, "  ");
        yaml_text(out, service->name);
        buf_adds(out, ":\n");
        yaml_key(out, "    image", service->image);
        add_words(out, "    ", "command", &service->command, false);
        if (service->ready.way != READY_BY_NOTHING) {
            buf_adds(out, "    ready: ");
            add_ready(out, &service->ready);
            buf_adds(out, "\n");
        } else {
            buf_adds(out,
                     "    # ready by its image's HEALTHCHECK, or fill in: ready: {tcp: PORT}\n");
        }
        add_heading_map(out, "    ", "env", &service->env);
        add_heading_map(out, "    ", "server_env", &service->server_env);
    }
}

void suggestion_add_start(Buf *out, const Suggestion *from)
{
    const char *lead = from->start_commented ? "# " : "";
    const char *within = from->start_commented ? "#   " : "  ";

    if (!from->starts)
        return;
    buf_addf(out, "\n# The application is started on the upgraded database%s.\n",
             from->start_beside ? "" : ": its start is what migrates");
    yaml_found(out, "", from->start_found);
    suggestion_add_left(out, "", from, LEFT_START);
    if (from->start_commented)
        buf_adds(out,
                 "# fill in what is commented as missing here and in env, then take the # away:\n");
    buf_addf(out, "%sstart:\n", lead);
    if (from->start_image) {
        buf_addf(out, "%s  image: ", lead);
        yaml_text(out, from->start_image);
        buf_adds(out, "\n");
    }
    add_words(out, within, "entrypoint", &from->start_entrypoint, from->start_entrypoint_set);
    add_words(out, within, "command", &from->start_command, false);
    if (from->ready_found)
        yaml_comment(out, within, "ready: ", from->ready_found);
    if (from->ready.way == READY_BY_HTTP)
        buf_addf(out, "%s  # check: a path that answers 200 only when all is migrated\n", lead);
    buf_addf(out, "%s  ready: ", lead);
    add_ready(out, &from->ready);
    buf_adds(out, "\n");
}
