/* A suggestion as the settings file that a maintainer goes on with. */

#include <string.h>

#include <utf8proc.h>

#include "base/buffer.h"
#include "verify/suggest.h"

/* Many times what the readers of compose files and of the engine's replies let through. */
#define TEXT_BYTES_MAX (256U << 20)

/* --- YAML ---------------------------------------------------------------------------------------
 */

/* What no reader takes for anything but this text, in a list, a map or alone. */
static bool is_plain(const char *text)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char *const WORDS[] = {"null", "true", "false", "yes", "no",
                                        "on",   "off",  "y",     "n"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_eq_nocase(text, WORDS[i]))
            return false;
    return (text[0] == '/' || (text[0] && strchr(LETTERS, text[0]))) &&
           text[strspn(
               text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-")] == '\0';
}

/* Characters that YAML does not print as they are (YAML 1.1, c-printable), or takes for line
 * breaks. */
static bool is_printable(utf8proc_int32_t c)
{
    return (c >= 0x20 && c < 0x7f) ||
           (c >= 0xa0 && c != 0x2028 && c != 0x2029 && c != 0xfeff && c < 0xfffe) || c >= 0x10000;
}

static void add_quoted(Buf *out, const char *text)
{
    size_t len = strlen(text);

    buf_adds(out, "\"");
    for (size_t at = 0; at < len;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t taken =
            utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)(len - at), &c);

        if (taken <= 0) {
            buf_adds(out, "\\uFFFD");
            at++;
            continue;
        }
        if (c == '"' || c == '\\')
            buf_addf(out, "\\%c", (int)c);
        else if (is_printable(c))
            buf_addf(out, "%.*s", (int)taken, text + at);
        else
            buf_addf(out, "\\u%04X", (unsigned)c);
        at += (size_t)taken;
    }
    buf_adds(out, "\"");
}

static void add_text(Buf *out, const char *text)
{
    if (is_plain(text))
        buf_adds(out, text);
    else
        add_quoted(out, text);
}

static void add_list(Buf *out, const StrList *list)
{
    buf_adds(out, "[");
    for (size_t i = 0; i < list->len; i++) {
        buf_adds(out, i ? ", " : "");
        add_text(out, list->items[i]);
    }
    buf_adds(out, "]");
}

/* One line, whatever is in it. */
static void add_comment(Buf *out, const char *indent, const char *lead, const char *text)
{
    AUTO(str) char *line = text_clean_line(text);
    AUTO(str) char *broken = text_replace(line, "\xe2\x80\xa8", " ");
    AUTO(str) char *safe = text_replace(broken, "\xe2\x80\xa9", " ");

    buf_addf(out, "%s# %s%s\n", indent, lead, safe);
}

static void add_found(Buf *out, const char *indent, const char *found)
{
    if (found)
        add_comment(out, indent, "found: ", found);
}

static void add_key(Buf *out, const char *key, const char *text)
{
    if (!text)
        return;
    buf_addf(out, "%s: ", key);
    add_text(out, text);
    buf_adds(out, "\n");
}

static void add_map(Buf *out, const char *indent, const StrMap *map)
{
    for (size_t i = 0; i < map->len; i++) {
        buf_adds(out, indent);
        add_text(out, map->items[i].key);
        buf_adds(out, ": ");
        add_text(out, map->items[i].value);
        buf_adds(out, "\n");
    }
}

/* --- parts --------------------------------------------------------------------------------------
 */

static void add_image(Buf *out, const Suggestion *from)
{
    buf_adds(out, "\n# The repository of the released images; each release is IMAGE:TAG.\n");
    add_found(out, "", from->image_found);
    if (from->image)
        add_key(out, "image", from->image);
    else
        buf_adds(out, "# fill in the repository that releases are pushed to:\n"
                      "# image: REGISTRY/NAME\n");
    buf_adds(out, "# Where image tags are not release tags: {version} is the tag without its v.\n"
                  "# tag: \"{tag}\"\n");
}

static void add_releases(Buf *out, const Suggestion *from)
{
    buf_adds(out, "\n# Where the releases are published.\n");
    add_found(out, "", from->releases_found);
    if (from->repository) {
        buf_adds(out, "releases:\n");
        if (from->source)
            add_key(out, "  source", from->source);
        add_key(out, "  repository", from->repository);
        add_key(out, "  api", from->api);
    } else {
        buf_adds(out, "# fill in, unless the CI environment tells it:\n"
                      "# releases:\n"
                      "#   source: github     # github, gitlab, gitea, git, registry, list\n"
                      "#   repository: OWNER/NAME\n");
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
    add_list(&line, words);
    add_comment(out, "", "", buf_text(&line));
}

static void add_migrate(Buf *out, const Suggestion *from)
{
    buf_adds(out, "\n# Runs the migrations of an image on its database.\n");
    if (from->migrate_stays_detected) {
        add_found(out, "", from->migrate_found);
        buf_adds(out,
                 "# not set here: each run finds it in the image again, with the status command "
                 "and the\n# migration files that belong to it\n");
        if (from->migrate.len > 0)
            add_commented_words(out, "migrate", &from->migrate);
    } else if (from->migrate.len > 0) {
        add_found(out, "", from->migrate_found);
        buf_adds(out, "migrate: ");
        add_list(out, &from->migrate);
        buf_adds(out, "\n");
    } else {
        add_comment(out, "", "not found: ",
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
    add_found(out, "", from->run_found);
    if (given) {
        buf_adds(out, "entrypoint: ");
        add_list(out, &from->entrypoint);
        buf_adds(out, "\n");
    }
    add_key(out, "user", from->user);
    add_key(out, "workdir", from->workdir);
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
        add_text(&text, line);
        buf_adds(&text, ", volume: ");
        add_text(&text, from->volumes.items[i]);
        buf_adds(&text, "}");
        add_comment(out, "", "", buf_text(&text));
    }
    if (from->volumes.len == 0)
        buf_adds(out, "# database: {sqlite: /PATH/OF/FILE}\n");
    buf_adds(out, "# database: {postgres: \"postgres:VERSION\"}\n");
}

static void add_database(Buf *out, const Suggestion *from)
{
    buf_adds(out, "\n# The database that is upgraded: a throwaway one for each run.\n");
    add_found(out, "", from->database_found);
    if (!from->sqlite && !from->postgres) {
        add_no_database(out, from);
        return;
    }
    buf_adds(out, "database:\n");
    if (from->sqlite)
        add_key(out, "  sqlite", from->sqlite);
    if (from->volume) {
        buf_adds(out, "  # what is mounted there\n");
        add_key(out, "  volume", from->volume);
    }
    add_key(out, "  postgres", from->postgres);
    if (from->database_env.len > 0) {
        buf_adds(out, "  # how the application is told of it\n  env:\n");
        add_map(out, "    ", &from->database_env);
    }
}

static void add_env(Buf *out, const Suggestion *from)
{
    if (from->env.len + from->env_names.len + from->env_files.len == 0)
        return;
    buf_adds(out, "\n# Variables of the containers.\n");
    if (from->env.len > 0) {
        add_found(out, "", from->database_found);
        buf_adds(out, "env:\n");
        add_map(out, "  ", &from->env);
    } else {
        add_found(out, "", from->env_found);
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

        add_text(&line, from->env_names.items[i]);
        buf_addf(&line, ":   # ${%s}", from->env_names.items[i]);
        add_comment(out, "", "  ", buf_text(&line));
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
    return buf_take(&out);
}
