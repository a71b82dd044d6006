#include <ctype.h>
#include <string.h>

#include "engine/internal.h"

#define OBJECT_MAX_BYTES (4U << 20)

void json_stream_init(JsonStream *stream, JsonStreamSink sink, void *context)
{
    *stream = (JsonStream){.text = BUF_INIT(OBJECT_MAX_BYTES), .sink = sink, .context = context};
}

static Error *finish_object(JsonStream *stream)
{
    AUTO(json) cJSON *object = NULL;

    TRY(json_parse(stream->text.data, stream->text.len, "engine's stream", &object));
    buf_clear(&stream->text);
    return stream->sink(stream->context, object);
}

/* One byte within an object. @return true when it ends the outermost one */
static bool step(JsonStream *stream, char byte)
{
    if (stream->in_text) {
        if (stream->escaped)
            stream->escaped = false;
        else if (byte == '\\')
            stream->escaped = true;
        else if (byte == '"')
            stream->in_text = false;
        return false;
    }
    if (byte == '"')
        stream->in_text = true;
    else if (byte == '{')
        stream->depth++;
    else if (byte == '}')
        stream->depth--;
    return stream->depth == 0;
}

Error *json_stream_feed(void *context, const char *bytes, size_t len)
{
    JsonStream *stream = context;
    size_t from = 0;

    for (size_t i = 0; i < len; i++) {
        if (stream->depth == 0) {
            /* 0x1e begins a record of application/json-seq (RFC 7464) */
            if (isspace((unsigned char)bytes[i]) || bytes[i] == 0x1e)
                continue;
            if (bytes[i] != '{')
                return error_new(ERR_PROTOCOL, 0, "engine's stream: wanted an object, got '%c'",
                                 isprint((unsigned char)bytes[i]) ? bytes[i] : '?');
            from = i;
        }
        if (step(stream, bytes[i])) {
            TRY_CTX(buf_append(&stream->text, bytes + from, i + 1 - from), "engine's stream");
            TRY(finish_object(stream));
            from = i + 1;
        }
    }
    if (stream->depth > 0)
        TRY_CTX(buf_append(&stream->text, bytes + from, len - from), "engine's stream");
    return NULL;
}

Error *json_stream_end(const JsonStream *stream)
{
    if (stream->depth > 0)
        return error_new(ERR_PROTOCOL, 0, "engine's stream: it ended within an object");
    return NULL;
}

void json_stream_clear(JsonStream *stream)
{
    buf_clear(&stream->text);
    stream->depth = 0;
}

const char *json_stream_failure(const cJSON *object)
{
    /* "error" is documented as deprecated since API 1.48; "errorDetail" stays */
    const char *text = json_str_or(object, "errorDetail.message", NULL);

    if (text_is_empty(text))
        text = json_str_or(object, "error", NULL);
    if (!text && json_at(object, "errorDetail"))
        text = "an error without a message";
    return text;
}
