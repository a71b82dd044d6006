#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/talk.h"
#include "report/safe.h"
#include "verify/obtain.h"
#include "verify/suggest.h"

#define COMPOSE_BYTES_MAX (1U << 20)
#define OUTPUT_DEFAULT    "seatrial.yaml"

static const CommandOption OPTIONS[] = {
    {"--compose", "FILE", NULL,
     "compose file of the application (compose.yaml, when there is one)"},
    {"--output", "PATH", NULL, "where to write it (" OUTPUT_DEFAULT "); - is standard output"},
    {"--force", NULL, NULL, "write over a file that is there"},
    {"--engine", "URL", NULL, "container engine: unix:///path or tcp://host:port"},
};

/* What one run looks at. */
typedef struct Init {
    const CommandInput *input;
    const char *output;
    char *folder;  /* the working one, seen from the folder of output; NULL: that is it */
    Config config; /* of CI and the checkout alone: what is written shall not depend on itself */
    char *compose_name;
    Compose compose;
    bool has_compose;
} Init;

static void init_clear(Init *init)
{
    config_clear(&init->config);
    free(init->folder);
    free(init->compose_name);
    compose_clear(&init->compose);
}

DEFINE_AUTO_VALUE(init, Init, init_clear)

static Error *refuse_to_overwrite(const char *path)
{
    return error_new(ERR_INVALID, 0, "%s: is there already (--force writes over it)", path);
}

/* Paths in a settings file start at its folder. */
static Error *find_folder(Init *init)
{
    const char *slash = strrchr(init->output, '/');
    AUTO(str)
    char *folder = slash ? xstrndup(init->output, (size_t)(slash - init->output + 1)) : NULL;
    Error *err = folder ? file_relative(folder, ".", &init->folder) : NULL;

    if (err)
        err->code = ERR_INVALID; /* the user named it */
    return err ? error_wrap(err, "writing %s", init->output) : NULL;
}

static Error *read_settings(Init *init)
{
    const char *engine = str_map_get(init->input->options, "--engine");
    ConfigFlag flag = {.key = "engine", .flag = "--engine", .value = engine};

    return config_load("/dev/null", &flag, engine ? 1 : 0, environ, NULL, 0, &init->config);
}

/* The names that compose itself looks for, in its order. Source: Compose Specification, "Compose
 * file" */
static const char *find_compose(const CommandInput *input)
{
    static const char *const NAMES[] = {"compose.yaml", "compose.yml", "docker-compose.yaml",
                                        "docker-compose.yml"};
    const char *given = str_map_get(input->options, "--compose");

    for (size_t i = 0; !given && i < COUNT_OF(NAMES); i++)
        if (access(NAMES[i], F_OK) == 0)
            return NAMES[i];
    return given;
}

static Error *read_compose(Init *init)
{
    const char *path = find_compose(init->input);
    AUTO(str) char *text = NULL;
    size_t len;
    Error *err;

    if (!path)
        return NULL;
    err = file_read(path, COMPOSE_BYTES_MAX, &text, &len);
    if (err) {
        err->code = ERR_INVALID; /* the user named it */
        return err;
    }
    TRY(compose_parse(text, len, path, &init->compose));
    init->compose_name = xstrdup(path);
    init->has_compose = true;
    return NULL;
}

static Error *find_image(const Init *init, char **ret_image)
{
    if (init->input->arguments->len > 0) {
        *ret_image = xstrdup(init->input->arguments->items[0]);
        return NULL;
    }
    if (init->has_compose)
        return suggest_image(&init->compose, init->compose_name, ret_image);
    return error_new(ERR_INVALID, 0,
                     "no image given and no compose file here: seatrial init IMAGE");
}

/* @param session  NULL: there is no image yet */
static Error *look(const Init *init, Session *session, const char *reference,
                   Suggestion *ret_suggestion)
{
    AUTO(image_facts) ImageFacts facts = {.image = xstrdup_null(reference)};
    AUTO(engine_image) EngineImage image = {0};
    AUTO(detection) Detection detection = {0};
    SuggestFacts all = {
        .reference = reference,
        .image = &image,
        .detection = &detection,
        .compose = init->has_compose ? &init->compose : NULL,
        .compose_name = init->compose_name,
        .folder = init->folder,
        .surroundings = &init->config,
    };

    if (session) {
        TRY_CTX(obtain_released(session, true, &facts, &image), "the image %s", reference);
        TRY(suggest_look(session, &image, &detection, &all.detected));
    }
    suggest(&all, ret_suggestion);
    return NULL;
}

/* @param[out] warnings  what could not be taken away again */
static Error *look_and_leave(const Init *init, const char *reference, StrList *warnings,
                             Suggestion *ret_suggestion)
{
    AUTO(talk) Talk *talk = talk_new(&init->config);
    Session session = {0};
    Error *err;

    if (!reference)
        return look(init, NULL, NULL, ret_suggestion);
    TRY(session_open(&init->config, init->input->cancel, talk_progress(talk), &session));
    err = look(init, &session, reference, ret_suggestion);
    session_close(&session, warnings);
    return err;
}

static Error *write_output(const Init *init, const char *text)
{
    bool force = str_map_has(init->input->options, "--force");
    AUTO(file) FILE *file = NULL;

    if (text_eq(init->output, "-")) {
        (void)fputs(text, stdout); /* the caller looks whether it arrived */
        return NULL;
    }
    file = fopen(init->output, force ? "we" : "wxe");
    if (!file && errno == EEXIST && !force)
        return refuse_to_overwrite(init->output);
    if (!file)
        return error_errno("writing %s", init->output);
    if (fputs(text, file) == EOF || fclose(TAKE(file)) != 0) {
        Error *err = error_errno("writing %s", init->output);

        if (!force) /* it is ours alone, and half a file */
            (void)unlink(init->output);
        return err;
    }
    (void)printf("%s is written: fill in what is commented as missing, then `seatrial plan` shows "
                 "what a run does\n",
                 init->output);
    return NULL;
}

static Error *run(const CommandInput *input, int *ret_status)
{
    const char *output = str_map_get(input->options, "--output");
    AUTO(init) Init init = {.input = input, .output = output ? output : OUTPUT_DEFAULT};
    AUTO(str) char *reference = NULL;
    AUTO(str) char *text = NULL;
    AUTO(suggestion) Suggestion suggestion = {0};
    AUTO(str_list) StrList warnings = {0};

    if (!str_map_has(input->options, "--force") && !text_eq(init.output, "-") &&
        access(init.output, F_OK) == 0)
        return refuse_to_overwrite(init.output);
    TRY(find_folder(&init));
    TRY(read_settings(&init));
    TRY(read_compose(&init));
    TRY(find_image(&init, &reference));
    TRY(look_and_leave(&init, reference, &warnings, &suggestion));
    for (size_t i = 0; i < warnings.len; i++) {
        AUTO(str) char *line = safe_line(warnings.items[i]);

        (void)fprintf(stderr, "seatrial: warning: %s\n", line);
    }
    text = suggestion_text(&suggestion);
    TRY(write_output(&init, text));
    *ret_status = EXIT_SOUND;
    return NULL;
}

const Command COMMAND_INIT = {
    .name = "init",
    .summary = "look into an image and write a commented seatrial.yaml",
    .arguments = "[IMAGE]",
    .arguments_max = 1,
    .options = OPTIONS,
    .option_count = COUNT_OF(OPTIONS),
    .run = run,
};
