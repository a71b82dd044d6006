#pragma once
/* What the files of this folder share: the connection, requests that come back with the engine's
 * own words, streams of JSON objects, and the docker CLI's configuration. */

#include "base/buffer.h"
#include "engine/credentials.h"
#include "engine/engine.h"
#include "net/http.h"
#include "tar/tar.h"

/* --- endpoint.c ------------------------------------------------------------------------------ */

typedef struct Endpoint {
    char *url;             /* as the docker CLI writes it: "unix:///path", "tcp://host:port" */
    char *found;           /* why this one */
    char *socket;          /* path; NULL for TCP */
    char *base_url;        /* "http://localhost", "https://docker:2376/base" */
    bool tls;              /* verified, always */
    char *cert_dir;        /* folder of ca.pem, cert.pem, key.pem; NULL without TLS */
    char *ca, *cert, *key; /* files; NULL where there is none */
} Endpoint;

typedef struct EndpointList {
    Endpoint *items;
    size_t len, cap;
    bool chosen; /* the user named it: no other is tried */
} EndpointList;

/** Where engines may be, best first. @param option --engine, or NULL */
MUST_USE Error *endpoint_find(const char *option, EndpointList *ret_list);
void endpoint_copy(const Endpoint *from, Endpoint *ret_to);
void endpoint_clear(Endpoint *endpoint);
void endpoint_list_clear(EndpointList *list);
DEFINE_AUTO_VALUE(endpoint, Endpoint, endpoint_clear)
DEFINE_AUTO_VALUE(endpoint_list, EndpointList, endpoint_list_clear)

/* --- docker_config.c ------------------------------------------------------------------------- */

/** $DOCKER_CONFIG, else ~/.docker; caller frees. */
MUST_USE char *docker_config_dir(void);
/** config.json; NULL in *ret_config when there is none. @return NULL, or ERR_INVALID naming it */
MUST_USE Error *docker_config_read(cJSON **ret_config);

/* --- engine.c, call.c ------------------------------------------------------------------------ */

struct Engine {
    Endpoint endpoint;
    EngineInfo info;
    int api_minor; /* 41 for "1.41" */
    Http *http;
    const Cancel *cancel;
    const Progress *progress;
};

/** Send below the negotiated version ("/v1.41" + path). Any status is a success here. */
MUST_USE Error *engine_send(Engine *engine, const HttpRequest *request, Deadline dl,
                            HttpReply *ret_reply);
/** The same. @return NULL for 2xx and 304, else the error of engine_reply_error */
MUST_USE Error *engine_call(Engine *engine, const HttpRequest *request, Deadline dl,
                            HttpReply *ret_reply);
/** The engine's message in a reply, or its plain text; safe to show, never empty. Caller frees. */
MUST_USE char *engine_reply_message(const HttpReply *reply);
/** The Error that a reply stands for: 400 ERR_INVALID, 401 and 403 ERR_DENIED, 404 ERR_NOT_FOUND,
 * 409 ERR_CONFLICT, 429 ERR_RATE_LIMIT, 5xx ERR_SYSTEM, others ERR_PROTOCOL. */
MUST_USE Error *engine_reply_error(const HttpReply *reply);
/** GET a JSON document. @param what names it in errors */
MUST_USE Error *engine_get_json(Engine *engine, const char *path, const char *what, Deadline dl,
                                cJSON **ret_root);
/** The same, of a list of objects; null counts as an empty one. */
MUST_USE Error *engine_get_list(Engine *engine, const char *path, const char *what, Deadline dl,
                                cJSON **ret_list);
/** POST body as JSON (NULL: none). @param[out] ret_root the reply, or NULL when none is wanted */
MUST_USE Error *engine_post_json(Engine *engine, const char *path, const cJSON *body,
                                 const char *what, Deadline dl, cJSON **ret_root);
/** The same for what makes an object: a signal does not keep its answer from us, so that whoever
 * asked for it knows what to take away again. */
MUST_USE Error *engine_create_json(Engine *engine, const char *path, const cJSON *body,
                                   const char *what, Deadline dl, cJSON **ret_root);
MUST_USE Error *engine_delete(Engine *engine, const char *path, Deadline dl);
/** Percent-encoded {"label":["..."]} for ?filters=; caller frees. */
MUST_USE char *engine_label_filter(const char *label);
/** Labels as the object that every create call takes; NULL is none. */
MUST_USE cJSON *engine_labels(const StrMap *labels);
/** An image reference as a part of a path: "/", ":" and "@" stay. Caller frees. */
MUST_USE char *engine_encode_ref(const char *ref);
/** Run again while it answers ERR_CONFLICT: an object that was in use until a moment ago. */
MUST_USE Error *engine_delete_when_free(Engine *engine, const char *path, Deadline dl);

/* --- container.c ----------------------------------------------------------------------------- */

#define ENGINE_LOOK_MS 10000 /* one look at a container, whatever the time left for waiting */

/** True of runc's and crun's words about a command that cannot be run: Docker says 400 to it,
 * Podman 404 or 500. */
bool engine_is_users_mistake(const char *message);

/* --- json_stream.c --------------------------------------------------------------------------- */

typedef Error *(*JsonStreamSink)(void *context, const cJSON *object);

/* Objects one after another, cut by their braces: a chunk of the reply is not an object. */
typedef struct JsonStream {
    Buf text; /* of the object that has begun */
    int depth;
    bool in_text, escaped;
    JsonStreamSink sink;
    void *context;
} JsonStream;

void json_stream_init(JsonStream *stream, JsonStreamSink sink, void *context);
/** An HttpSink: context is the JsonStream. @return NULL, ERR_PROTOCOL, ERR_LIMIT, the sink's error
 */
MUST_USE Error *json_stream_feed(void *stream, const char *bytes, size_t len);
/** @return NULL, or ERR_PROTOCOL when an object was not finished */
MUST_USE Error *json_stream_end(const JsonStream *stream);
void json_stream_clear(JsonStream *stream);
DEFINE_AUTO_VALUE(json_stream, JsonStream, json_stream_clear)

/** The failure that an object of a pull, load or build stream reports; NULL for none. Borrowed. */
const char *json_stream_failure(const cJSON *object);

/* --- registry.c ------------------------------------------------------------------------------ */

/** What a registry's refusal means, from the engine's words about it. @param status 0 when the
 * words came within a stream */
ErrCode registry_error_code(const char *message, int status);
/** True when the same request may well succeed a moment later. */
bool registry_error_is_transient(const char *message, int status);
/** The error that quotes the engine's message; where it may be a private image, it says so. */
MUST_USE Error *registry_error(const char *message, int status, const ImageRef *ref);
/** Add X-Registry-Auth when there are credentials; a warning when they cannot be had. */
void registry_add_auth(Engine *engine, const char *ref, Deadline dl, StrList *headers);

/* --- lines.c --------------------------------------------------------------------------------- */

/* Output cut into lines for PROGRESS_LOG; a line that is too long is shown in pieces. */
typedef struct Lines {
    const Progress *progress;
    const char *what;
    /* whether a line tells how far its work is, at step done of total; NULL: none does */
    bool (*step_of)(const char *line, int64_t *ret_done, int64_t *ret_total);
    size_t len;
    bool returned; /* to the line's start: what comes next replaces it */
    char text[4096];
} Lines;

void lines_init(Lines *lines, const Progress *progress, const char *what);
void lines_feed(Lines *lines, const char *bytes, size_t len);
/** Show what came after the last newline. */
void lines_end(Lines *lines);

/* --- credentials.c --------------------------------------------------------------------------- */

/** credentials_find within a deadline, and cancelled with the run. */
MUST_USE Error *credentials_find_within(const char *image_ref, const Cancel *cancel, Deadline dl,
                                        Credentials *ret_credentials);
/** X-Registry-Config for a build: every registry that the configuration names; NULL when none.
 * What a helper cannot answer is left out. Caller frees. */
MUST_USE char *credentials_header_all(const Cancel *cancel, Deadline dl);

/* base64.c */
/** URL-safe alphabet, padded; caller frees. */
MUST_USE char *base64_encode_url(const char *bytes, size_t len);
/** Either alphabet, padding optional. NULL when it is none; NUL-terminated; caller frees. */
MUST_USE char *base64_decode(const char *text, size_t *ret_len);

/* --- tar_rewrite.c --------------------------------------------------------------------------- */

/**
 * Decide about an entry of an archive that is passed on.
 *
 * @param[out] ret_keep  false leaves it out
 * @param[out] ret_text  new content, of *ret_len bytes, owned by the caller; untouched: as it is
 */
typedef Error *(*TarEdit)(void *context, TarReader *reader, const TarEntry *entry, bool *ret_keep,
                          char **ret_text, size_t *ret_len);
/* Add entries at the end. */
typedef Error *(*TarExtra)(void *context, TarWriter *writer);

/* An archive that is read, edited and written again while somebody pulls bytes from it. */
typedef struct TarRewrite {
    TarReader *reader;
    TarWriter *writer;
    Buf pending; /* written, not pulled yet */
    size_t taken;
    TarEdit edit;   /* may be NULL */
    TarExtra extra; /* may be NULL */
    void *context;
    bool in_entry, ended;
} TarRewrite;

/** @param fd descriptor of the archive, borrowed */
MUST_USE Error *tar_rewrite_open(TarRewrite *rewrite, int fd, TarEdit edit, TarExtra extra,
                                 void *context);
/** An HttpSource: context is the TarRewrite. */
MUST_USE Error *tar_rewrite_pull(void *rewrite, char *buffer, size_t size, size_t *ret_len);
void tar_rewrite_close(TarRewrite *rewrite);
DEFINE_AUTO_VALUE(tar_rewrite, TarRewrite, tar_rewrite_close)

/* --- load_oci.c ------------------------------------------------------------------------------ */

/**
 * The manifest.json, without tags, that Docker's image store wants of an OCI archive.
 *
 * @param index  text of its index.json
 * @param platform  os and arch choose among several images
 */
MUST_USE Error *oci_docker_manifest(int fd, const char *index, const EngineInfo *platform,
                                    char **ret_manifest);

/* --- build.c, build_cli.c, build_api.c ------------------------------------------------------- */

/* A build with its paths made absolute. */
typedef struct BuildRun {
    Engine *engine;
    const EngineBuild *build;
    char *context, *dockerfile; /* owned */
    Lines lines;
    Tail tail; /* of the output, for the error */
} BuildRun;

/** Take output: lines to progress, the end of it for the error. An HttpSink: context is BuildRun.
 */
MUST_USE Error *build_output(void *run, const char *bytes, size_t len);
/** Whether a builder's line begins a step: "Step 3/7 : RUN make", "#9 [build 3/7] RUN make". */
bool build_step_of(const char *line, int64_t *ret_done, int64_t *ret_total);

typedef enum BuildTool { TOOL_NONE, TOOL_BUILDX, TOOL_DOCKER, TOOL_PODMAN } BuildTool;

/** The command-line tool that is there to build with, and can be pointed at our engine. */
BuildTool build_find_tool(const BuildRun *run, Deadline dl);
/** Build with that tool. */
MUST_USE Error *build_by_tool(BuildRun *run, BuildTool tool, Deadline dl);
/** Build with the engine's classic builder. */
MUST_USE Error *build_by_api(BuildRun *run, Deadline dl);
/** The error of a build that failed: its last lines, and a hint where one is due. */
MUST_USE Error *build_failed(const BuildRun *run, const char *who, const char *cause);
