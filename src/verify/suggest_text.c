/* A suggestion as the settings file that a maintainer goes on with. */

#include <string.h>

#include "base/buffer.h"
#include "verify/suggest_parts.h"
#include "verify/suggest_yaml.h"

/* Many times what the readers of compose files and of the engine's replies let through. */
#define TEXT_BYTES_MAX (256U << 20)

/* --- parts --------------------------------------------------------------------------------------
 */

static void add_image(Buf *out, const Suggestion *from)
{
    buf_adds(out, "\n# The repository of the released images; each release is IMAGE:TAG.\n");
    yaml_found(out, "", from->image_found);
    if (from->context) {
        buf_adds(out, "# not set: old releases are built from git. Where they are kept:\n"
                      "# image: REGISTRY/NAME\n");
        return;
    }
    if (from->image)
        yaml_key(out, "image", from->image);
    else
        buf_adds(out, "# fill in the repository that releases are pushed to:\n"
                      "# image: REGISTRY/NAME\n");
    buf_adds(out, "# Where image tags are not release tags: {version} is the tag without its v.\n"
                  "# tag: \"{tag}\"\n");
}

/* Old images are built likewise, from the git trees of their releases. */
static void add_build(Buf *out, const Suggestion *from)
{
    buf_adds(out,
             "\n# What is about to be released: built here. Without `image`, an old release is "
             "built in the same\n# way from the git tree of its tag.\n");
    yaml_found(out, "", from->build_found);
    suggestion_add_left(out, "", from, LEFT_BUILD);
    buf_adds(out, "candidate:\n  build:\n");
    yaml_key(out, "    context", from->context);
    yaml_key(out, "    dockerfile", from->dockerfile);
    yaml_key(out, "    target", from->target);
    if (from->args.len > 0) {
        buf_adds(out, "    args:\n");
        yaml_map(out, "      ", &from->args);
    }
    for (size_t i = 0; i < from->arg_names.len; i++)
        yaml_comment(out, "    ", "also an argument there, no value was copied: args: ",
                     from->arg_names.items[i]);
}

static void add_releases(Buf *out, const Suggestion *from)
{
    buf_adds(out, "\n# Where the releases are published.\n");
    yaml_found(out, "", from->releases_found);
    if (from->repository) {
        buf_adds(out, "releases:\n");
        if (from->source)
            yaml_key(out, "  source", from->source);
        yaml_key(out, "  repository", from->repository);
        yaml_key(out, "  api", from->api);
    } else if (from->context) {
        buf_adds(out, "# tags of this git repository\nreleases:\n  source: git\n");
    } else {
        buf_adds(out, "# fill in, unless the CI environment tells it:\n"
                      "# releases:\n"
                      "#   source: github     # github, gitlab, gitea, git, registry, list\n"
                      "#   repository: OWNER/NAME\n");
    }
    if (from->context) {
        add_build(out, from);
        return;
    }
    buf_adds(
        out,
        "\n# What is about to be released. The tag comes from the release event, the pushed tag "
        "or the\n# tag of HEAD; its image is IMAGE:TAG, or --candidate IMAGE, or what is "
        "built:\n# candidate: {build: .}\n");
}

/* Words as a comment that can be made a setting by taking the # away. */
static void add_commented_words(Buf *out, const char *key, const StrList *words)
{
    AUTO(buf) Buf line = BUF_INIT(TEXT_BYTES_MAX);

    buf_addf(&line, "%s: ", key);
    yaml_list(&line, words);
    yaml_comment(out, "", "", buf_text(&line));
}

static void add_migrate(Buf *out, const Suggestion *from)
{
    buf_adds(out, "\n# Runs the migrations of an image on its database.\n");
    suggestion_add_left(out, "", from, LEFT_COMMANDS);
    if (from->migrate_stays_detected) {
        yaml_found(out, "", from->migrate_found);
        buf_adds(out,
                 "# not set here: each run finds it in the image again, with the status command "
                 "and the\n# migration files that belong to it\n");
        if (from->migrate.len > 0)
            add_commented_words(out, "migrate", &from->migrate);
    } else if (from->migrate.len > 0) {
        yaml_found(out, "", from->migrate_found);
        buf_adds(out, "migrate: ");
        yaml_list(out, &from->migrate);
        buf_adds(out, "\n");
    } else if (from->starts && !from->start_beside) {
        buf_adds(out,
                 "# not set: the application migrates when it starts. Where a command does it:\n"
                 "# migrate: COMMAND\n");
    } else {
        yaml_comment(out, "", "not found: ",
                     from->migrate_found ? from->migrate_found : "no sign of a known framework");
        buf_adds(out, "# fill in the command, as words or as a shell line:\n"
                      "# migrate: COMMAND\n");
    }
}

static void add_run(Buf *out, const Suggestion *from)
{
    bool given = from->entrypoint_none || from->entrypoint.len > 0;

    if (!given && !from->user && !from->workdir)
        return;
    buf_adds(out, "\n# How commands are run, where that is not as the image says.\n");
    yaml_found(out, "", from->run_found);
    if (given) {
        buf_adds(out, "entrypoint: ");
        yaml_list(out, &from->entrypoint);
        buf_adds(out, "\n");
    }
    yaml_key(out, "user", from->user);
    yaml_key(out, "workdir", from->workdir);
}

static void add_no_database(Buf *out, const Suggestion *from)
{
    if (from->wants_postgres) {
        buf_adds(out, "# fill in the version that the application's users have:\n"
                      "# database: {postgres: \"postgres:VERSION\"}\n");
        return;
    }
    buf_adds(out,
             "# not found: fill in the SQLite file in the container, or the image of a Postgres "
             "server\n");
    for (size_t i = 0; i < from->volumes.len; i++) {
        AUTO(str)
        char *line = xasprintf("%s%s", from->volumes.items[i],
                               text_ends(from->volumes.items[i], "/") ? "FILE" : "/FILE");
        AUTO(buf) Buf text = BUF_INIT(TEXT_BYTES_MAX);

        buf_adds(&text, "database: {sqlite: ");
        yaml_text(&text, line);
        buf_adds(&text, ", volume: ");
        yaml_text(&text, from->volumes.items[i]);
        buf_adds(&text, "}");
        yaml_comment(out, "", "", buf_text(&text));
    }
    if (from->volumes.len == 0)
        buf_adds(out, "# database: {sqlite: /PATH/OF/FILE}\n");
    buf_adds(out, "# database: {postgres: \"postgres:VERSION\"}\n");
}

static void add_database(Buf *out, const Suggestion *from)
{
    buf_adds(out, "\n# The database that is upgraded: a throwaway one for each run.\n");
    yaml_found(out, "", from->database_found);
    if (from->service) {
        suggestion_add_server(out, from);
        return;
    }
    if (!from->sqlite && !from->postgres) {
        add_no_database(out, from);
        return;
    }
    buf_adds(out, "database:\n");
    if (from->sqlite)
        yaml_key(out, "  sqlite", from->sqlite);
    if (from->volume) {
        buf_adds(out, "  # what is mounted there\n");
        yaml_key(out, "  volume", from->volume);
    }
    yaml_key(out, "  postgres", from->postgres);
    if (from->database_env.len > 0) {
        buf_adds(out, "  # how the application is told of it\n  env:\n");
        yaml_map(out, "    ", &from->database_env);
    }
}

static void add_env(Buf *out, const Suggestion *from)
{
    if (from->env.len + from->env_names.len + from->env_files.len == 0)
        return;
    buf_adds(out, "\n# Variables of the containers.\n");
    if (from->env.len > 0) {
        yaml_found(out, "", from->sqlite ? from->database_found : from->env_found);
        buf_adds(out, "env:\n");
        yaml_map(out, "  ", &from->env);
    } else {
        yaml_found(out, "", from->env_found);
    }
    if (from->env_names.len > 0)
        buf_adds(out,
                 "# also set there; no value was copied. Those that the migrations need (a name "
                 "without a value\n# takes the variable of the environment that seatrial runs "
                 "in):\n");
    if (from->env_names.len > 0 && from->env.len == 0)
        buf_adds(out, "# env:\n");
    for (size_t i = 0; i < from->env_names.len; i++) {
        AUTO(buf) Buf line = BUF_INIT(TEXT_BYTES_MAX);

        yaml_text(&line, from->env_names.items[i]);
        buf_addf(&line, ":   # ${%s}", from->env_names.items[i]);
        yaml_comment(out, "", "  ", buf_text(&line));
    }
    if (from->env_files.len > 0)
        add_commented_words(out, "env_file", &from->env_files);
}

char *suggestion_text(const Suggestion *suggestion)
{
    AUTO(buf) Buf out = BUF_INIT(TEXT_BYTES_MAX);

    buf_adds(&out,
             "# Settings of seatrial, written by `seatrial init`. `seatrial plan` says what a "
             "run would do,\n# `seatrial verify --help` lists all settings.\n");
    add_image(&out, suggestion);
    add_releases(&out, suggestion);
    add_migrate(&out, suggestion);
    add_run(&out, suggestion);
    add_database(&out, suggestion);
    add_env(&out, suggestion);
    suggestion_add_services(&out, suggestion);
    suggestion_add_start(&out, suggestion);
    return buf_take(&out);
}
