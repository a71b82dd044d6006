#include "verify/commands.h"

#include "base/words.h"
#include "migrator/absent.h"
#include "migrator/framework.h"
#include "verify/look.h"

/* What to say when no command was found: what there was, and what to do. */
static Error *no_command(const ImageFiles *files, const char *whose, const char *found)
{
    AUTO(str_list) StrList words = {0};
    AUTO(str) char *own = NULL;
    AUTO(str) char *clean = NULL;
    AUTO(str) char *folder = text_clean_line(files->workdir);

    for (size_t i = 0; i < files->entrypoint.len; i++)
        str_list_add(&words, files->entrypoint.items[i]);
    for (size_t i = 0; i < files->command.len; i++)
        str_list_add(&words, files->command.items[i]);
    own = words_join(&words);
    clean = text_clean_line(*own ? own : "none");
    return error_new(
        ERR_INVALID, 0,
        "migrate: not given, and not found in %s: %s; looked in %s for a script "
        "of package.json, for a known framework's files and for its command; the image's "
        "own command (%s) does not look like one that only migrates: name the command "
        "(migrate: in seatrial.yaml, or --migrate)",
        whose, found ? found : "no sign of a migration framework",
        text_eq(folder, "/") ? "/app, /usr/src/app and /" : folder, clean);
}

static void take_detection(Detection *detection, Commands *commands)
{
    str_list_clear(&commands->migrate);
    str_list_copy(&detection->migrate, &commands->migrate);
    if (commands->status.len == 0 && detection->status.len > 0) {
        str_list_copy(&detection->status, &commands->status);
        commands->status_found = true;
    }
    if (detection->rollback.len > 0)
        commands->rollback = words_join(&detection->rollback);
    commands->framework = TAKE(detection->framework);
    commands->migrations = TAKE(detection->migrations);
    commands->workdir = TAKE(detection->workdir);
    free(commands->found);
    commands->found = TAKE(detection->found);
}

static Error *look(Session *session, const RunSettings *run, const char *whose,
                   const EngineImage *image, ImageFiles *ret_files)
{
    TRY_CTX(look_into_image(session, image, run, ret_files),
            "looking for the migrate command in %s", whose);
    return NULL;
}

static Error *detect(Session *session, const RunSettings *run, const char *whose,
                     const EngineImage *image, Commands *commands)
{
    AUTO(image_files) ImageFiles files = {0};
    AUTO(detection) Detection detection = {0};
    const char *client = NULL;

    TRY(look(session, run, whose, image, &files));
    if (framework_detect(&files, &detection)) {
        take_detection(&detection, commands);
        return NULL;
    }
    if (detection.found || !migrations_absent(&files, &commands->found, &client))
        return no_command(&files, whose, detection.found);
    commands->absent = true;
    commands->client = xstrdup_null(client);
    return NULL;
}

/* Of an application that migrates when it starts only the files are of interest. */
static Error *detect_files(Session *session, const RunSettings *run, const char *whose,
                           const EngineImage *image, Commands *commands)
{
    AUTO(image_files) ImageFiles files = {0};
    AUTO(detection) Detection detection = {0};

    TRY(look(session, run, whose, image, &files));
    if (!framework_detect(&files, &detection))
        return NULL;
    commands->framework = TAKE(detection.framework);
    commands->migrations = TAKE(detection.migrations);
    return NULL;
}

/* A script that is given, but that the image's package.json does not have: the image has no
 * migrations, unless there are others. */
static Error *check_script(Session *session, const RunSettings *run, const char *whose,
                           const EngineImage *image, Commands *commands)
{
    AUTO(image_files) ImageFiles files = {0};
    AUTO(detection) Detection detection = {0};
    AUTO(str) char *evidence = NULL;

    TRY(look(session, run, whose, image, &files));
    if (!script_absent(&files, &commands->migrate, &evidence) ||
        framework_detect(&files, &detection))
        return NULL; /* what is given runs, and its failure is told */
    str_list_clear(&commands->migrate);
    free(commands->found);
    commands->found = TAKE(evidence);
    commands->absent = true;
    return NULL;
}

void commands_given(const Config *config, const RunSettings *run, Commands *ret_commands)
{
    Commands commands = {.starts = config->start.on && run->migrate.len == 0};

    str_list_copy(&run->migrate, &commands.migrate);
    str_list_copy(&run->status, &commands.status);
    if (run->migrate.len > 0)
        commands.found = xstrdup("given");
    else if (commands.starts)
        commands.found = xstrdup("start is given, and no migrate: it migrates when it starts");
    *ret_commands = commands;
}

Error *commands_obtain(Session *session, const RunSettings *run, const char *whose,
                       const EngineImage *image, Commands *ret_commands)
{
    AUTO(commands) Commands commands = {0};

    commands_given(session->config, run, &commands);
    if (image->id && commands.starts)
        TRY(detect_files(session, run, whose, image, &commands));
    else if (image->id && commands.migrate.len == 0)
        TRY(detect(session, run, whose, image, &commands));
    else if (image->id && script_is_run(&commands.migrate))
        TRY(check_script(session, run, whose, image, &commands));
    *ret_commands = commands;
    commands = (Commands){0};
    return NULL;
}

void commands_copy(const Commands *from, Commands *ret_to)
{
    Commands copy = {
        .status_found = from->status_found,
        .starts = from->starts,
        .absent = from->absent,
        .client = xstrdup_null(from->client),
        .framework = xstrdup_null(from->framework),
        .rollback = xstrdup_null(from->rollback),
        .migrations = xstrdup_null(from->migrations),
        .workdir = xstrdup_null(from->workdir),
        .found = xstrdup_null(from->found),
    };

    str_list_copy(&from->migrate, &copy.migrate);
    str_list_copy(&from->status, &copy.status);
    *ret_to = copy;
}

void commands_clear(Commands *commands)
{
    str_list_clear(&commands->migrate);
    str_list_clear(&commands->status);
    free(commands->client);
    free(commands->framework);
    free(commands->rollback);
    free(commands->migrations);
    free(commands->workdir);
    free(commands->found);
    *commands = (Commands){0};
}
