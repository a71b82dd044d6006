/* The health check of a container, as the engine runs it; and by ourselves where it does not yet.
 */

#include <string.h>

#include "engine/exec.h"
#include "engine/internal.h"
#include "engine/ready_parts.h"

#define NS_PER_MS       INT64_C(1000000)
#define TIMEOUT_MS      30000 /* the engine's default */
#define OWN_INTERVAL_MS 500

void health_probe_clear(HealthProbe *probe)
{
    str_list_clear(&probe->test);
    *probe = (HealthProbe){0};
}

/* ["CMD", word...], ["CMD-SHELL", text]; none for ["NONE"] and []. */
static void read_test(const cJSON *container, HealthProbe *probe)
{
    const cJSON *check = json_at(container, "Config.Healthcheck");
    const cJSON *test = json_member(check, "Test");
    const cJSON *shell = json_at(container, "Config.Shell");
    const char *kind = cJSON_GetStringValue(cJSON_GetArrayItem(test, 0));
    int64_t timeout_ns = json_i64_or(check, "Timeout", 0);
    const cJSON *word;

    probe->known = true;
    probe->timeout_ms = timeout_ns > 0 ? timeout_ns / NS_PER_MS : TIMEOUT_MS;
    if (text_eq(kind, "CMD-SHELL")) {
        cJSON_ArrayForEach(word, shell) if (cJSON_IsString(word))
            str_list_add(&probe->test, word->valuestring);
        if (probe->test.len == 0) {
            str_list_add(&probe->test, "/bin/sh");
            str_list_add(&probe->test, "-c");
        }
    } else if (!text_eq(kind, "CMD")) {
        return;
    }
    for (int i = 1; i < cJSON_GetArraySize(test); i++) {
        const char *text = cJSON_GetStringValue(cJSON_GetArrayItem(test, i));

        str_list_add(&probe->test, text ? text : "");
    }
}

static void see_last_run(const cJSON *health, const char *status, char **seen)
{
    const cJSON *log = json_member(health, "Log");
    int count = cJSON_GetArraySize(log);
    const char *output =
        count > 0 ? json_str_or(cJSON_GetArrayItem(log, count - 1), "Output", "") : "";

    if (count > 0 || text_eq(status, "unhealthy") || !*seen)
        ready_seen(seen, status, output, strlen(output));
}

/* The engine's first run comes after its interval, half a minute by default, and where Podman has
 * no systemd never (containers/podman#19326): one success of the same command is all that it waits
 * for. */
static Error *run_ourselves(Engine *engine, const char *container, HealthProbe *probe, Deadline dl,
                            bool *ret_ready, char **seen)
{
    AUTO(str) char *text = NULL;
    AUTO(error) Error *err = NULL;
    Deadline until = deadline_min(dl, deadline_in(probe->timeout_ms));
    int status = 0;

    if (probe->test.len == 0 || deadline_left_ms(probe->next_own) > 0)
        return NULL;
    err = engine_exec_text(engine, container, &probe->test, SEEN_BYTES, until, &status, &text);
    probe->next_own = deadline_in(OWN_INTERVAL_MS);
    if (err && err->code != ERR_CONFLICT && err->code != ERR_TIMEOUT)
        return TAKE(err);
    if (err) { /* it ended, or the check hangs: the next look tells */
        ready_seen(seen, "health check", err->msg, strlen(err->msg));
        return NULL;
    }
    *ret_ready = status == 0;
    if (status != 0) {
        AUTO(str) char *what = xasprintf("the health check exits with %d", status);

        ready_seen(seen, what, text, strlen(text));
    }
    return NULL;
}

Error *ready_try_health(Engine *engine, const char *container, HealthProbe *probe, Deadline dl,
                        bool *ret_ready, char **seen)
{
    AUTO(str) char *encoded = http_encode(container);
    AUTO(str) char *path = xasprintf("/containers/%s/json", encoded);
    AUTO(json) cJSON *root = NULL;
    const cJSON *health;
    const char *status;

    *ret_ready = false;
    TRY(engine_get_json(engine, path, "container", dl, &root));
    health = json_at(root, "State.Health");
    status = json_str_or(health, "Status", "");
    if (!probe->known)
        read_test(root, probe);
    if (probe->test.len == 0 && (!*status || text_eq(status, "none")))
        return error_new(ERR_INVALID, 0, "its image has no HEALTHCHECK");
    *ret_ready = text_eq(status, "healthy");
    if (*ret_ready || !json_bool_or(json_member(root, "State"), "Running", false))
        return NULL;
    see_last_run(health, *status ? status : "starting", seen);
    return run_ourselves(engine, container, probe, dl, ret_ready, seen);
}
