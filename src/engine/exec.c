#include "engine/exec.h"

#include <string.h>

#include "engine/internal.h"
#include "engine/logs.h"

#define END_POLL_MS 10 /* between the end of the output and the exit status */

typedef struct Output {
    LogDemux demux;
    const ExecSpec *spec;
} Output;

static Error *on_frame(void *context, LogStream stream, const char *bytes, size_t len)
{
    const Output *output = context;

    (void)stream;
    return output->spec->sink ? output->spec->sink(output->spec->context, bytes, len) : NULL;
}

static Error *on_bytes(void *context, const char *bytes, size_t len)
{
    Output *output = context;

    return log_demux_feed(&output->demux, bytes, len);
}

static Error *create(Engine *engine, const char *id, const ExecSpec *spec, Deadline dl,
                     char **ret_exec)
{
    AUTO(str) char *encoded = http_encode(id);
    AUTO(str) char *path = xasprintf("/containers/%s/exec", encoded);
    AUTO(json) cJSON *body = json_object();
    AUTO(json) cJSON *reply = NULL;

    json_set_bool(body, "AttachStdout", true);
    json_set_bool(body, "AttachStderr", true);
    json_set_list(body, "Cmd", spec->words);
    TRY(engine_post_json(engine, path, body, "exec", dl, &reply));
    return json_get_str(reply, "exec", "Id", ret_exec);
}

static Error *run(Engine *engine, const char *exec, const ExecSpec *spec, Deadline dl)
{
    static const char BODY[] = "{\"Detach\":false,\"Tty\":false}";
    AUTO(str) char *encoded = http_encode(exec);
    AUTO(str) char *path = xasprintf("/exec/%s/start", encoded);
    AUTO(http_reply) HttpReply reply = {0};
    Output output = {.spec = spec};

    log_demux_init(&output.demux, false, on_frame, &output);
    return engine_call(engine,
                       &(HttpRequest){.method = "POST",
                                      .path = path,
                                      .content_type = "application/json",
                                      .body = BODY,
                                      .body_len = strlen(BODY),
                                      .sink = on_bytes,
                                      .sink_context = &output},
                       dl, &reply);
}

/* The output may end before the engine knows the exit status. */
static Error *read_status(Engine *engine, const char *exec, Deadline dl, int *ret_status)
{
    AUTO(str) char *encoded = http_encode(exec);
    AUTO(str) char *path = xasprintf("/exec/%s/json", encoded);

    for (;;) {
        AUTO(json) cJSON *root = NULL;
        int64_t status;

        TRY(engine_get_json(engine, path, "exec", dl, &root));
        if (!json_bool_or(root, "Running", false)) {
            TRY(json_get_i64(root, "exec", "ExitCode", &status));
            if (status < 0 || status > 255)
                return error_new(ERR_PROTOCOL, 0, "exec.ExitCode: wanted 0 to 255, got %lld",
                                 (long long)status);
            *ret_status = (int)status;
            return NULL;
        }
        if (deadline_left_ms(dl) == 0)
            return error_new(ERR_TIMEOUT, 0, "the command did not end in time");
        TRY(cancel_sleep(engine->cancel, END_POLL_MS));
    }
}

Error *engine_exec(Engine *engine, const char *id, const ExecSpec *spec, Deadline dl,
                   int *ret_status)
{
    AUTO(str) char *exec = NULL;
    AUTO(error) Error *err = NULL;

    TRY(create(engine, id, spec, dl, &exec));
    err = run(engine, exec, spec, dl);
    if (err && engine_is_users_mistake(err->msg)) { /* no such command, in the engine's words */
        if (spec->sink)
            TRY(spec->sink(spec->context, err->msg, strlen(err->msg)));
        *ret_status = EXEC_NOT_RUN;
        return NULL;
    }
    if (err)
        return TAKE(err);
    return read_status(engine, exec, dl, ret_status);
}

static Error *to_tail(void *context, const char *bytes, size_t len)
{
    tail_append(context, bytes, len);
    return NULL;
}

Error *engine_exec_text(Engine *engine, const char *id, const StrList *words, size_t max_bytes,
                        Deadline dl, int *ret_status, char **ret_text)
{
    AUTO(tail) Tail tail = {0};
    ExecSpec spec = {.words = words, .sink = to_tail, .context = &tail};
    AUTO(str) char *text = NULL;
    AUTO(str) char *clean = NULL;
    AUTO(str) char *line = NULL;
    size_t len;

    tail_init(&tail, max_bytes);
    TRY(engine_exec(engine, id, &spec, dl, ret_status));
    text = tail_text(&tail, &len);
    clean = text_clean(text, len);
    line = text_clean_line(clean);
    *ret_text = text_trim(line);
    return NULL;
}
