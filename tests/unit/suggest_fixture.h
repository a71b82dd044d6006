#pragma once
/* Suggestions for an image and a compose file, and the file that is written read back. */

#include "base/words.h"
#include "config_fixture.h"
#include "verify/suggest.h"

typedef struct Given {
    const char *reference;
    const char *compose; /* NULL: none */
    const char *env;     /* of the image: "K=V" */
    const char *volume, *workdir, *exposed;
    const char *compose_name, *folder;
    bool built;                              /* there is no image */
    bool bare;                               /* the image has no entrypoint */
    const char *framework, *found, *migrate; /* of the detection; migrate "-": the image's own */
} Given;

static inline void image_of(const Given *given, EngineImage *image)
{
    image->id = xstrdup("sha256:0123456789abcdef");
    image->workdir = xstrdup_null(given->workdir);
    if (!given->bare)
        str_list_add(&image->entrypoint, "/entry");
    str_list_add(&image->command, "serve");
    if (given->exposed)
        str_list_add(&image->exposed, given->exposed);
    if (given->volume)
        str_list_add(&image->volumes, given->volume);
    if (given->env) {
        AUTO(str) char *key = xstrndup(given->env, strcspn(given->env, "="));

        str_map_set(&image->env, key, strchr(given->env, '=') + 1);
    }
}

static inline void suggest_for(const Given *given, const Config *surroundings,
                               Suggestion *suggestion)
{
    AUTO(engine_image) EngineImage image = {0};
    AUTO(detection)
    Detection detection = {.framework = xstrdup_null(given->framework),
                           .found = xstrdup_null(given->found)};
    AUTO(compose) Compose compose = {0};
    SuggestFacts facts = {
        .reference = given->built       ? NULL
                     : given->reference ? given->reference
                                        : "acme/notes:7",
        .image = &image,
        .detection = &detection,
        .detected = given->migrate != NULL,
        .compose = given->compose ? &compose : NULL,
        .compose_name = given->compose_name ? given->compose_name : "compose.yaml",
        .folder = given->folder,
        .surroundings = surroundings,
    };

    if (!given->built)
        image_of(given, &image);
    if (given->migrate && !text_eq(given->migrate, "-"))
        assert_null(words_split(given->migrate, &detection.migrate));
    if (given->compose) {
        AUTO(error)
        Error *err =
            compose_parse(given->compose, strlen(given->compose), "compose.yaml", &compose);

        if (err)
            fail_msg("%s", err->msg);
    }
    suggest(&facts, suggestion);
}

/* Writes the file and reads it as a run does. */
static inline void read_back(const Suggestion *suggestion, char **ret_text, Config *config)
{
    *ret_text = suggestion_text(suggestion);
    load_text(*ret_text, config);
}

static inline void assert_line(const char *text, const char *line)
{
    AUTO(str) char *wanted = xasprintf("\n%s\n", line);

    if (!strstr(text, wanted))
        fail_msg("no line '%s' in:\n%s", line, text);
}
