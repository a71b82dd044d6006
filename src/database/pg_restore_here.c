#include "database/pg_restore_here.h"

#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "database/pg_feed.h"

enum { LIST_BYTES_MAX = 64 << 20, SAID_BYTES_MAX = 8 << 10 };

static const char PROGRAM[] = "pg_restore";

Error *pg_restore_here_check(const char *backup, BackupKind kind)
{
    AUTO(str) char *program = kind == BACKUP_SQL ? NULL : process_find(PROGRAM, NULL);

    if (kind == BACKUP_SQL || program)
        return NULL;
    return error_new(ERR_INVALID, 0,
                     "data.restore: %s is %s, which pg_restore puts into an existing server, and "
                     "there is none in PATH: install it (Debian: postgresql-client), dump as SQL "
                     "(pg_dump -Fp), or give database.postgres instead of database.url",
                     backup, backup_kind_text(kind));
}

/* --- how it connects -------------------------------------------------------------------------- */

static void option_list_free(PQconninfoOption *options)
{
    PQconninfoFree(options);
}

DEFINE_AUTO(options, PQconninfoOption *, option_list_free)

/* keyword='value': a quote and a backslash have a backslash before them. */
static void add_keyword(Buf *text, const char *keyword, const char *value)
{
    AUTO(str) char *slashes = text_replace(value, "\\", "\\\\");
    AUTO(str) char *quotes = text_replace(slashes, "'", "\\'");

    buf_addf(text, "%s='%s' ", keyword, quotes);
}

/* All that is no secret on the command line, which others of this machine can read; a password in
 * the environment, which they cannot. What the URL does not say libpq finds as it does for us. */
static Error *read_target(const PgTarget *target, char **ret_conninfo, char **ret_password)
{
    char *why = NULL;
    AUTO(options) PQconninfoOption *options = PQconninfoParse(target->url, &why);
    AUTO(buf) Buf text = BUF_INIT(64 << 10);

    PQfreemem(why); /* it may quote the URL */
    if (!options)
        return error_new(ERR_INVALID, 0, "database.url cannot be read");
    for (const PQconninfoOption *one = options; one->keyword; one++) {
        if (text_is_empty(one->val) || text_eq(one->keyword, "dbname"))
            continue;
        if (text_eq(one->keyword, "password"))
            *ret_password = xstrdup(one->val);
        else if (*one->dispchar == '*')
            return error_new(ERR_INVALID, 0,
                             "database.url has %s, which cannot be handed to pg_restore without "
                             "others seeing it",
                             one->keyword);
        else
            add_keyword(&text, one->keyword, one->val);
    }
    add_keyword(&text, "dbname", target->database);
    *ret_conninfo = buf_take(&text);
    return NULL;
}

/* Ours, with that password when there is one. */
static void environment_of(const char *password, StrList *lines)
{
    for (char **line = environ; *line; line++)
        if (!password || !text_starts(*line, "PGPASSWORD="))
            str_list_add(lines, *line);
    if (password)
        str_list_addf(lines, "PGPASSWORD=%s", password);
    LIST_PUSH(lines, NULL);
    lines->len--;
}

/* --- what it restores ------------------------------------------------------------------------- */

/* "4; 2615 2200 SCHEMA - public owner": what is there already, or no plain role may touch. */
static bool is_left_out(const char *line)
{
    static const char *const ENTRIES[] = {"SCHEMA - public ", "COMMENT - SCHEMA public ",
                                          "COMMENT - EXTENSION "};
    const char *at = strstr(line, "; ");

    for (int i = 0; at && i < 2; i++) /* two numbers */
        at = strchr(at + (i == 0 ? 2 : 1), ' ');
    for (size_t i = 0; at && i < COUNT_OF(ENTRIES); i++)
        if (text_starts(at + 1, ENTRIES[i]))
            return true;
    return false;
}

static char *list_without(const char *list)
{
    AUTO(str_list) StrList lines = {0};
    AUTO(str_list) StrList kept = {0};

    str_list_split(list, '\n', &lines);
    for (size_t i = 0; i < lines.len; i++)
        if (!is_left_out(lines.items[i]))
            str_list_add(&kept, lines.items[i]);
    return str_list_join(&kept, "\n");
}

static Error *run(const ProcessSpec *spec, Deadline dl, ProcessResult *ret_result)
{
    AUTO(process_result) ProcessResult result = {0};
    AUTO(str) char *said = NULL;

    TRY_CTX(process_run(spec, dl, &result), "pg_restore");
    if (result.status == 0) {
        *ret_result = result;
        result = (ProcessResult){0};
        return NULL;
    }
    said = text_clean(result.errors, strlen(result.errors));
    return error_new(result.status == 1 ? ERR_INVALID : ERR_SYSTEM, result.status, "%s",
                     text_is_empty(said) ? "pg_restore failed and said nothing" : said);
}

static Error *restore_archive(const PgTarget *target, const Cancel *cancel, const char *backup,
                              Deadline dl)
{
    AUTO(str) char *conninfo = NULL;
    AUTO(str) char *password = NULL;
    AUTO(str) char *list = NULL;
    AUTO(str) char *file = xasprintf("%s%s", *backup == '-' ? "./" : "", backup);
    AUTO(str_list) StrList environment = {0};
    AUTO(process_result) ProcessResult listed = {0};
    AUTO(process_result) ProcessResult restored = {0};
    const char *const ask[] = {PROGRAM, "-l", file, NULL};
    ProcessSpec spec = {
        .argv = ask, .output_max = LIST_BYTES_MAX, .errors_max = SAID_BYTES_MAX, .cancel = cancel};

    TRY(read_target(target, &conninfo, &password));
    environment_of(password, &environment);
    TRY(run(&spec, dl, &listed));
    list = list_without(listed.output);
    spec.argv = (const char *const[]){
        PROGRAM, "--exit-on-error", "--no-owner", "--no-privileges", "--no-password",
        "-L",    "/dev/stdin",      "-d",         conninfo,          file,
        NULL};
    spec.environment = environment.items;
    spec.input = list;
    spec.input_len = strlen(list);
    return run(&spec, dl, &restored);
}

Error *pg_restore_here(const PgTarget *target, const Cancel *cancel, const char *backup,
                       BackupKind kind, Deadline dl)
{
    TRY(pg_restore_here_check(backup, kind));
    return kind == BACKUP_SQL ? pg_feed(target, cancel, backup, dl)
                              : restore_archive(target, cancel, backup, dl);
}
