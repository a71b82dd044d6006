#pragma once
/* Docker Engine API (Docker 20.10 and later, Podman's compatible API): the connection. */

#include "base/cancel.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/progress.h"

typedef struct Engine Engine;

typedef struct EngineOptions {
    const char *url; /* --engine: unix:///path, tcp://host:port, http(s)://...; NULL: find it */
    const Cancel *cancel;     /* borrowed; may be NULL */
    const Progress *progress; /* borrowed; may be NULL */
} EngineOptions;

typedef struct EngineInfo {
    char *url;         /* "unix:///var/run/docker.sock" */
    char *found;       /* why this one: "--engine", "DOCKER_HOST", "context colima", "socket" */
    char *api_version; /* negotiated, "1.41" */
    char *server;      /* "Docker/20.10.24", "Libpod/4.3.1" */
    char *os, *arch;   /* of the images it runs: "linux", "amd64" */
    bool is_podman;
} EngineInfo;

#define ENGINE_API_MIN "1.40" /* what this client can speak */
#define ENGINE_API_MAX "1.55"

/**
 * Connect: find the endpoint (option, DOCKER_HOST, DOCKER_CONTEXT, currentContext, well-known
 * sockets), ping it, agree on an API version.
 *
 * @return NULL; ERR_SYSTEM when none answers: the message lists what was tried and what to do
 */
MUST_USE Error *engine_open(const EngineOptions *options, Deadline dl, Engine **ret_engine);
/** The same engine over connections of its own, for another thread. */
MUST_USE Error *engine_clone(const Engine *engine, Engine **ret_engine);
/** The same engine over connections that no cancel flag stops: for teardown. */
MUST_USE Error *engine_clone_uncancelled(const Engine *engine, Engine **ret_engine);
const EngineInfo *engine_info(const Engine *engine); /* borrowed */
void engine_close(Engine *engine);
DEFINE_AUTO(engine, Engine *, engine_close)

/* --- images ---------------------------------------------------------------------------------- */

typedef struct EngineImage {
    char *id;        /* "sha256:..." */
    StrList digests; /* "repo@sha256:..." */
    StrList tags;
    char *user; /* Config.User; "" is root */
    char *workdir;
    StrList entrypoint, command;
    StrMap env;
    StrList volumes;     /* declared VOLUME paths */
    StrList exposed;     /* EXPOSE, as the engine has it: "3000/tcp" */
    StrList healthcheck; /* its test: ["CMD", "curl", ...]; empty: none */
    StrMap labels;
    char *os, *arch;
    int64_t size_bytes;
} EngineImage;

/** @return NULL, ERR_NOT_FOUND when it is not in the local store */
MUST_USE Error *engine_image_inspect(Engine *engine, const char *ref, Deadline dl,
                                     EngineImage *ret_image);
/**
 * Pull, with credentials from the user's configuration and progress per byte. Retries what is
 * transient, three times at most. Errors inside a 200 stream count.
 *
 * @return NULL; ERR_NOT_FOUND (no such repository or tag: registries answer "denied" too where they
 *         hide which, so ERR_DENIED comes back only for a 401/403 that names credentials);
 *         ERR_RATE_LIMIT; ERR_SYSTEM (registry out of reach)
 */
MUST_USE Error *engine_image_pull(Engine *engine, const char *ref, const char *platform,
                                  Deadline dl);
/** Digest in the registry without a pull (GET /distribution). ERR_NOT_FOUND, ERR_DENIED as pull. */
MUST_USE Error *engine_image_remote_digest(Engine *engine, const char *ref, Deadline dl,
                                           char **ret_digest);
/** Load a docker save or OCI archive under a tag of our own, whatever tags it carries: no image of
 * the user's is retagged. @param tag "seatrial-candidate:<run>" @param[out] ret_ref what to inspect
 */
MUST_USE Error *engine_image_load(Engine *engine, const char *archive, const char *tag, Deadline dl,
                                  char **ret_ref);

typedef struct EngineBuild {
    const char *context;    /* folder */
    const char *dockerfile; /* relative to the working directory or context; NULL: Dockerfile */
    const char *target, *platform;
    const StrMap *args;
    const StrMap *labels;
    const char *tag;  /* "seatrial-candidate:<run>" */
    const char *what; /* for progress; NULL: "build CONTEXT" */
} EngineBuild;

/** Build: by the docker (or podman) CLI when it is there, else the engine's classic builder. The
 * last lines of the builder's output are in the error. Output goes to progress as PROGRESS_LOG. */
MUST_USE Error *engine_image_build(Engine *engine, const EngineBuild *build, Deadline dl);
/** Remove a tag (and the image when it was its last). Absent is fine. */
MUST_USE Error *engine_image_remove(Engine *engine, const char *ref, Deadline dl);
/** References of images that carry label=value, e.g. of a run. */
MUST_USE Error *engine_image_list(Engine *engine, const char *label, Deadline dl, cJSON **ret_list);
void engine_image_clear(EngineImage *image);
DEFINE_AUTO_VALUE(engine_image, EngineImage, engine_image_clear)

/* --- containers ------------------------------------------------------------------------------ */

typedef struct EngineMount {
    const char *volume; /* a named volume: host folders are never mounted */
    const char *path;   /* in the container */
    bool no_copy;       /* the image's files there are not copied into an empty volume */
} EngineMount;

typedef struct ContainerSpec {
    const char *name, *image, *platform;
    const StrList *entrypoint;  /* NULL: the image's own; an empty list: none at all */
    const StrList *command;     /* NULL: the image's own */
    const StrMap *env;          /* beside the image's */
    const char *user, *workdir; /* NULL: the image's own */
    const char *hostname;       /* NULL: the engine's choice */
    const StrMap *labels;
    const char *network;        /* id or name, ENGINE_NO_NETWORK, NULL: the default */
    const char *alias;          /* name on that network; NULL none */
    const StrList *extra_hosts; /* lines of /etc/hosts, "name:address"; NULL none */
    const EngineMount *mounts;
    size_t mount_count;
    int64_t memory_bytes;     /* without swap; 0 no limit */
    const StrMap *tmpfs;      /* path -> mount options: "rw,size=1g"; NULL none */
    int publish_port;         /* TCP port that is published at a free port of the host; 0 none */
    const char *publish_host; /* address that it is published at: "127.0.0.1"; "" is all */
} ContainerSpec;

typedef struct ContainerState {
    char *status; /* "created", "running", "exited" */
    bool running, oom_killed;
    int exit_code; /* 0..255; 128+N when signal N ended it */
    char *error;   /* the engine's, "" when none */
    char *health;  /* "starting", "healthy", "unhealthy"; NULL when there is no health check */
} ContainerState;

/** Create with a json-file log that is capped. @return NULL, or Error with the engine's message;
 *  ERR_NOT_FOUND when the image is missing */
MUST_USE Error *engine_container_create(Engine *engine, const ContainerSpec *spec, Deadline dl,
                                        char **ret_id);
/** @return NULL; ERR_INVALID with the engine's message when the command is missing or cannot be run
 */
MUST_USE Error *engine_container_start(Engine *engine, const char *id, Deadline dl);
/**
 * Wait until a started container stops.
 *
 * @param follow  while it runs, its output lines go to progress as PROGRESS_LOG; may be false
 * @return NULL, ERR_TIMEOUT, ERR_CANCELLED, ERR_PROTOCOL
 * Source: Engine API, POST /containers/{id}/wait and GET /containers/{id}/logs
 */
MUST_USE Error *engine_container_wait(Engine *engine, const char *id, const char *what, bool follow,
                                      Deadline dl);
MUST_USE Error *engine_container_inspect(Engine *engine, const char *id, Deadline dl,
                                         ContainerState *ret_state);
/** The image's stop signal, and SIGKILL after grace_s seconds; one that is stopped already is fine.
 */
MUST_USE Error *engine_container_stop(Engine *engine, const char *id, int grace_s, Deadline dl);
/** SIGKILL; a container that is stopped already is fine. */
MUST_USE Error *engine_container_kill(Engine *engine, const char *id, Deadline dl);
/** The last max_bytes of stdout and stderr, cleaned (text_clean), read without follow. "" when
 * nothing. Caller frees. */
MUST_USE Error *engine_container_log_tail(Engine *engine, const char *id, size_t max_bytes,
                                          Deadline dl, char **ret_text);
typedef Error *(*EngineLogSink)(void *context, const char *bytes, size_t len);
/** All that is kept of standard error, as it is, without follow. @return NULL, or the sink's error
 */
MUST_USE Error *engine_container_errors(Engine *engine, const char *id, Deadline dl,
                                        EngineLogSink sink, void *context);
/** Paths added or changed in the container's own layer (volumes are not part of it). */
MUST_USE Error *engine_container_changes(Engine *engine, const char *id, Deadline dl,
                                         StrList *ret_paths);
/** Remove with force and its anonymous volumes; absent is fine; "already in progress" is awaited.
 */
MUST_USE Error *engine_container_remove(Engine *engine, const char *id, Deadline dl);
/** Containers, running or not, that carry label ("key" or "key=value"): objects with Id, Labels. */
MUST_USE Error *engine_container_list(Engine *engine, const char *label, Deadline dl,
                                      cJSON **ret_list);

/* Where a TCP port of a running container can be reached; NULL and 0 where it cannot. */
typedef struct ContainerReach {
    char *address;      /* on the network asked for */
    int published_port; /* of the engine's host */
} ContainerReach;

/** @param network  id or name */
MUST_USE Error *engine_container_reach(Engine *engine, const char *id, const char *network,
                                       int port, Deadline dl, ContainerReach *ret_reach);
void container_reach_clear(ContainerReach *reach);
DEFINE_AUTO_VALUE(container_reach, ContainerReach, container_reach_clear)
/** The container that this process runs in; NULL when it runs in none that the engine knows. Caller
 * frees. */
MUST_USE Error *engine_container_self(Engine *engine, Deadline dl, char **ret_id);
void container_state_clear(ContainerState *state);
DEFINE_AUTO_VALUE(container_state, ContainerState, container_state_clear)

/* --- archive --------------------------------------------------------------------------------- */

typedef Error *(*EngineSink)(void *context, const char *bytes, size_t len);
typedef Error *(*EngineSource)(void *context, char *buffer, size_t size, size_t *ret_len);

/** A tar of path: entries are named from its last component, "." and what lies in it for "path/.".
 * Podman names the entries of a mount point "/" and "/file" instead (seen with 4.3), shows a volume
 * only after its container was started, and reports owners as 0:0.
 * @return NULL, ERR_NOT_FOUND when it does not exist, or the sink's error as it is */
MUST_USE Error *engine_archive_get(Engine *engine, const char *id, const char *path, Deadline dl,
                                   EngineSink sink, void *context);
/** Unpack a tar into the existing folder path, owners and modes as in the tar. Docker leaves the
 * folder itself as it is whatever "." says; Podman does not see mounts below path, and makes a path
 * that is missing (seen with 20.10 and 4.3).
 * @param size_bytes -1 when unknown */
MUST_USE Error *engine_archive_put(Engine *engine, const char *id, const char *path, Deadline dl,
                                   EngineSource source, void *context, int64_t size_bytes);

/* --- volumes and networks -------------------------------------------------------------------- */

#define ENGINE_NO_NETWORK                                                                          \
    "none" /* in place of a network's id: a container with the loopback alone */

MUST_USE Error *engine_volume_create(Engine *engine, const char *name, const StrMap *labels,
                                     Deadline dl);
MUST_USE Error *engine_volume_remove(Engine *engine, const char *name, Deadline dl);
/** Objects with Name, Labels. */
MUST_USE Error *engine_volume_list(Engine *engine, const char *label, Deadline dl,
                                   cJSON **ret_list);
/** A bridge network. @param internal no way out */
MUST_USE Error *engine_network_create(Engine *engine, const char *name, bool internal,
                                      const StrMap *labels, Deadline dl, char **ret_id);
/** @param alias  name on that network; NULL none */
MUST_USE Error *engine_network_connect(Engine *engine, const char *network, const char *container,
                                       const char *alias, Deadline dl);
/** With force; a container that is not on it is fine. */
MUST_USE Error *engine_network_disconnect(Engine *engine, const char *network,
                                          const char *container, Deadline dl);
MUST_USE Error *engine_network_remove(Engine *engine, const char *id, Deadline dl);
/** Objects with Id, Name, Labels. */
MUST_USE Error *engine_network_list(Engine *engine, const char *label, Deadline dl,
                                    cJSON **ret_list);
