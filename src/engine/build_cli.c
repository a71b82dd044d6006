#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "engine/internal.h"

#define PROBE_MS 20000
#define GRACE_MS 5000 /* the docker CLI cancels its build when it is asked to end */

/* Its output, when it exits with 0; NULL otherwise. Caller frees. */
static char *probe(const BuildRun *run, const char *const *argv, Deadline dl)
{
    AUTO(process_result) ProcessResult result = {0};
    AUTO(error)
    Error *err = process_run(&(ProcessSpec){.argv = argv, .cancel = run->engine->cancel},
                             deadline_min(dl, deadline_in(PROBE_MS)), &result);

    return err || result.status != 0 ? NULL : TAKE(result.output);
}

/* "docker" may be Podman's stand-in, which would ignore DOCKER_HOST. */
BuildTool build_find_tool(const BuildRun *run, Deadline dl)
{
    bool is_podman = run->engine->info.is_podman;
    AUTO(str) char *podman = is_podman ? process_find("podman", NULL) : NULL;
    AUTO(str) char *version = NULL, *buildx = NULL;

    /* the podman CLI speaks no TLS to an engine */
    if (podman && !run->engine->endpoint.tls)
        return TOOL_PODMAN;
    version = probe(run, (const char *const[]){"docker", "--version", NULL}, dl);
    if (!version || !text_starts(version, "Docker version"))
        return TOOL_NONE;
    /* BuildKit of a docker CLI is its plugin buildx; Podman's engine has no BuildKit */
    if (!is_podman)
        buildx = probe(run, (const char *const[]){"docker", "buildx", "version", NULL}, dl);
    return buildx ? TOOL_BUILDX : TOOL_DOCKER;
}

static void add_flags(const EngineBuild *build, StrList *argv)
{
    for (size_t i = 0; build->args && i < build->args->len; i++) {
        const StrPair *arg = &build->args->items[i];

        str_list_addf(argv, "--build-arg=%s%s%s", arg->key, arg->value ? "=" : "",
                      arg->value ? arg->value : "");
    }
    for (size_t i = 0; build->labels && i < build->labels->len; i++)
        str_list_addf(argv, "--label=%s=%s", build->labels->items[i].key,
                      build->labels->items[i].value ? build->labels->items[i].value : "");
    if (!text_is_empty(build->target))
        str_list_addf(argv, "--target=%s", build->target);
    if (!text_is_empty(build->platform))
        str_list_addf(argv, "--platform=%s", build->platform);
}

static void command_line(const BuildRun *run, BuildTool tool, StrList *argv)
{
    switch (tool) {
    case TOOL_BUILDX:
        str_list_add(argv, "docker");
        str_list_add(argv, "buildx");
        str_list_add(argv, "build");
        /* the engine's own BuildKit, not the builder that the user has chosen: another one might
         * keep the image to itself */
        str_list_add(argv, "--builder=default");
        str_list_add(argv, "--load");
        break;
    case TOOL_PODMAN:
        str_list_add(argv, "podman");
        str_list_addf(argv, "--url=%s", run->engine->endpoint.url);
        str_list_add(argv, "build");
        str_list_add(argv, "--format=docker"); /* the OCI format has no health check */
        break;
    case TOOL_DOCKER:
    case TOOL_NONE:
        str_list_add(argv, "docker");
        str_list_add(argv, "build");
        str_list_add(argv, "--force-rm"); /* the classic builder keeps the container that fails */
        break;
    }
    str_list_addf(argv, "--file=%s", run->dockerfile);
    /* Podman puts a short name under "localhost/" and would then look for it on Docker Hub */
    str_list_addf(argv, "--tag=%s%s", tool == TOOL_PODMAN ? "docker.io/library/" : "",
                  run->build->tag);
    add_flags(run->build, argv);
    str_list_add(argv, run->context);
    str_list_add_owned(argv, NULL); /* ends it, as execve wants it */
}

/* The same engine as ours, whatever context the user is in. */
static void tool_changes(const BuildRun *run, BuildTool tool, StrMap *changes)
{
    const Endpoint *endpoint = &run->engine->endpoint;

    str_map_set(changes, "DOCKER_HOST", endpoint->url);
    str_map_set(changes, "DOCKER_CONTEXT", NULL);
    str_map_set(changes, "DOCKER_TLS", NULL);
    str_map_set(changes, "DOCKER_TLS_VERIFY", endpoint->tls ? "1" : NULL);
    str_map_set(changes, "DOCKER_CERT_PATH", endpoint->cert_dir);
    str_map_set(changes, "BUILDX_BUILDER", NULL);
    /* an index with an attestation in it where one image is wanted */
    str_map_set(changes, "BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
    str_map_set(changes, "DOCKER_BUILDKIT", tool == TOOL_BUILDX ? "1" : "0");
}

/* Our environment with the changes, where NULL unsets; ended by NULL. */
static void tool_env(const BuildRun *run, BuildTool tool, StrList *env)
{
    AUTO(str_map) StrMap changes = {0};

    tool_changes(run, tool, &changes);
    for (char **at = environ; *at; at++) {
        AUTO(str) char *key = xstrndup(*at, strcspn(*at, "="));

        if (!str_map_has(&changes, key))
            str_list_add(env, *at);
    }
    for (size_t i = 0; i < changes.len; i++)
        if (changes.items[i].value)
            str_list_addf(env, "%s=%s", changes.items[i].key, changes.items[i].value);
    str_list_add_owned(env, NULL);
}

Error *build_by_tool(BuildRun *run, BuildTool tool, Deadline dl)
{
    AUTO(process_result) ProcessResult result = {0};
    AUTO(str_list) StrList argv = {0}, env = {0};
    AUTO(str) char *cause = NULL;

    command_line(run, tool, &argv);
    tool_env(run, tool, &env);
    TRY(process_run(&(ProcessSpec){.argv = (const char *const *)argv.items,
                                   .environment = env.items,
                                   .cancel = run->engine->cancel,
                                   .sink = build_output,
                                   .sink_context = run,
                                   .grace_ms = GRACE_MS},
                    dl, &result));
    if (result.status == 0)
        return NULL;
    cause = xasprintf("exit status %d", result.status);
    return build_failed(run, tool == TOOL_PODMAN ? "podman build" : "docker build", cause);
}
