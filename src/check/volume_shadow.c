#include <string.h>

#include "check/compose.h"
#include "check/table.h"

#define SHOWN 10 /* files in the detail */
#define NAMED 3  /* in the title */

typedef enum Kind {
    KIND_DATA,  /* written by the application: no two volumes have the same */
    KIND_OTHER, /* a default, a template, a picture */
    KIND_CODE,
} Kind;

static bool has_end(const char *name, const char *const *ends, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_ends(name, ends[i]))
            return true;
    return false;
}

/* "cache" of "a/cache/b". */
static bool lies_in(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    for (const char *at = path, *slash; (slash = strchr(at, '/')); at = slash + 1)
        if ((size_t)(slash - at) == len && strncmp(at, folder, len) == 0)
            return true;
    return false;
}

static bool is_data(const char *path, const char *name)
{
    static const char *const ENDS[] = {
        ".db",      ".db3",  ".sqlite",    ".sqlite3",  "-wal",    "-shm",   "-journal",
        ".log",     ".pid",  ".lock",      ".tmp",      ".bak",    ".md",    ".txt",
        ".gitkeep", ".keep", ".gitignore", ".DS_Store", "LICENSE", "README",
    };
    static const char *const FOLDERS[] = {"log", "logs", "cache",      ".cache",
                                          "tmp", "temp", "__pycache__"};

    for (size_t i = 0; i < COUNT_OF(FOLDERS); i++)
        if (lies_in(path, FOLDERS[i]))
            return true;
    return has_end(name, ENDS, COUNT_OF(ENDS));
}

static bool is_code(const TreeFile *file, const char *name)
{
    static const char *const ENDS[] = {
        ".sql",  ".js",  ".mjs",  ".cjs",   ".ts",   ".mts", ".cts",    ".jsx", ".tsx",
        ".py",   ".rb",  ".php",  ".pl",    ".sh",   ".go",  ".ex",     ".exs", ".beam",
        ".java", ".jar", ".war",  ".class", ".kt",   ".dll", ".exe",    ".so",  ".cs",
        ".rs",   ".lua", ".wasm", ".node",  ".html", ".css", ".prisma", ".vue", ".svelte",
    };

    return has_end(name, ENDS, COUNT_OF(ENDS)) || (file->program && !strchr(name, '.'));
}

/* Journals and plan files lie beside the migrations, and decide about them. */
static bool is_of_migrations(const MigrationSet *set, const char *volume, const char *path)
{
    AUTO(str) char *whole = xasprintf("%s/%s", volume, path);
    AUTO(str) char *folder = set ? xasprintf("%s/", set->folder) : NULL;

    return folder && text_starts(whole, folder);
}

static Kind kind_of(const Observation *seen, const TreeFile *file)
{
    const char *slash = strrchr(file->path, '/');
    const char *name = slash ? slash + 1 : file->path;
    AUTO(str) char *whole = xasprintf("%s/%s", seen->volume, file->path);

    if (is_data(file->path, name) || (seen->database && text_ends(seen->database, whole)))
        return KIND_DATA;
    if (is_of_migrations(seen->new_files, seen->volume, file->path) || is_code(file, name))
        return KIND_CODE;
    return KIND_OTHER;
}

/* Files that the candidate's image has and no user gets. */
typedef struct Hidden {
    const TreeFile **items;
    size_t len, cap;
} Hidden;

static void hidden_clear(Hidden *hidden)
{
    free(hidden->items);
}

DEFINE_AUTO_VALUE(hidden, Hidden, hidden_clear)

static bool is_hidden(const Observation *seen, const TreeFile *file)
{
    if (file_tree_has_same(seen->old_tree, file))
        return false;
    return !seen->volume_tree || !file_tree_has_same(seen->volume_tree, file);
}

static void find_hidden(const Observation *seen, Kind kind, Hidden *hidden)
{
    for (size_t i = 0; i < seen->new_tree->len; i++) {
        const TreeFile *file = &seen->new_tree->items[i];

        if (is_hidden(seen, file) && kind_of(seen, file) == kind)
            LIST_PUSH(hidden, file);
    }
}

static const char *old_name(const Observation *seen)
{
    return seen->from_tag ? seen->from_tag : "the old image";
}

static char *first_names(const Hidden *hidden)
{
    AUTO(str_list) StrList names = {0};

    for (size_t i = 0; i < hidden->len && i < NAMED; i++)
        str_list_add(&names, hidden->items[i]->path);
    if (hidden->len > NAMED)
        str_list_addf(&names, "%zu more", hidden->len - NAMED);
    return str_list_join(&names, ", ");
}

static char *lines_of(const Observation *seen, const Hidden *hidden)
{
    AUTO(str_list) StrList lines = {0};

    for (size_t i = 0; i < hidden->len && i < SHOWN; i++) {
        const char *path = hidden->items[i]->path;

        if (file_tree_find(seen->old_tree, path))
            str_list_addf(&lines, "  %s: users keep the copy of %s", path, old_name(seen));
        else
            str_list_addf(&lines, "  %s: new in the candidate, and missing in the volume", path);
    }
    if (hidden->len > SHOWN)
        str_list_addf(&lines, "  and %zu more", hidden->len - SHOWN);
    return str_list_join(&lines, "\n");
}

/* The migration whose file is hidden, so that the finding stands where people look for it. */
static const char *migration_of(const Observation *seen, const Hidden *hidden)
{
    for (size_t i = 0; seen->new_files && i < hidden->len; i++) {
        AUTO(str) char *whole = xasprintf("%s/%s", seen->volume, hidden->items[i]->path);

        for (size_t k = 0; k < seen->new_files->len; k++)
            if (text_eq(seen->new_files->items[k].path, whole))
                return migration_file_shown(&seen->new_files->items[k], MIGRATION_NAME_STEM);
    }
    return NULL;
}

static void add_finding(const Observation *seen, Kind kind, FindingList *findings)
{
    AUTO(hidden) Hidden hidden = {0};
    AUTO(str) char *names = NULL;
    AUTO(str) char *lines = NULL;
    Finding *finding;

    find_hidden(seen, kind, &hidden);
    if (hidden.len == 0)
        return;
    names = first_names(&hidden);
    lines = lines_of(seen, &hidden);
    finding = finding_new(findings, "volume-shadow", kind == KIND_CODE ? LEVEL_ERROR : LEVEL_WARN,
                          "the volume at %s hides %zu %s of the candidate: %s", seen->volume,
                          hidden.len, hidden.len == 1 ? "file" : "files", names);
    finding_detail(finding,
                   "A volume is filled from the image when it is first used, and never again. What "
                   "the candidate's image has below %s stays behind what %s put there:\n%s",
                   seen->volume, old_name(seen), lines);
    finding_field(&finding->migration, migration_of(seen, &hidden));
    finding_hint(
        finding,
        "move %s out of %s, or let the container copy them there at each start; when users "
        "mount another folder, name it with `database.volume`",
        kind == KIND_CODE ? "programs and migrations" : "these files", seen->volume);
}

/* --- volumes that the trial does not mount --------------------------------------------------- */

static bool is_below(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static bool has_same_migration(const MigrationSet *set, const MigrationFile *file)
{
    for (size_t i = 0; i < set->len; i++)
        if (text_eq(set->items[i].path, file->path) && set->items[i].digest == file->digest)
            return true;
    return false;
}

/* Whoever mounts a named volume there, or keeps the one that compose made, has it filled by the
 * image of that day. */
static void judge_declared(const Observation *seen, const char *declared, FindingList *findings)
{
    size_t hidden = 0;
    Finding *finding;

    if ((seen->volume && is_below(declared, seen->volume)) ||
        !is_below(seen->new_files->folder, declared))
        return;
    for (size_t i = 0; i < seen->new_files->len; i++)
        hidden += !has_same_migration(seen->old_files, &seen->new_files->items[i]);
    if (hidden == 0)
        return;
    finding =
        finding_new(findings, "volume-shadow", LEVEL_WARN,
                    "the image declares a volume at %s, and its migrations lie in it", declared);
    finding_detail(finding,
                   "The trial mounts nothing there. Where users do, or where compose keeps the "
                   "volume of the container before, %zu migration %s of the candidate in %s %s "
                   "hidden.",
                   hidden, hidden == 1 ? "file" : "files", seen->new_files->folder,
                   hidden == 1 ? "is" : "are");
    finding_hint(finding, "declare a VOLUME for data alone, and keep migrations out of it");
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    for (size_t i = 0; seen->old_files && seen->new_files && seen->volumes_declared &&
                       i < seen->volumes_declared->len;
         i++)
        judge_declared(seen, seen->volumes_declared->items[i], findings);
    if (!seen->volume)
        return; /* nothing is mounted, so nothing is hidden */
    if (!seen->old_tree || !seen->new_tree) {
        *ret_skip = xstrdup(seen->tree_unknown ? seen->tree_unknown
                                               : "it never came to the candidate's migrations");
        return;
    }
    add_finding(seen, KIND_CODE, findings);
    add_finding(seen, KIND_OTHER, findings);
}

const Check CHECK_VOLUME_SHADOW = {
    .id = "volume-shadow",
    .level = LEVEL_ERROR,
    .profile = PROFILE_STANDARD,
    .finds = "the volume hides files of the candidate image, so it runs the old release's copy",
    .why = "A named volume is filled from the image when it is empty, and never again. What\n"
           "lies below its mount path in a newer image is hidden behind the old files: code,\n"
           "templates or migrations there are never refreshed, and the new migrations never\n"
           "run. Files of both images below the mount path are compared, and with the volume\n"
           "after the upgrade: an image that copies its files there by itself is sound.\n"
           "Databases, logs, caches and notes do not count. A file that is neither program nor\n"
           "migration is a warning, and so are migrations below a VOLUME of the image that the\n"
           "trial does not mount.",
    .fix = "Keep the database in a folder of its own, and nothing else in it. Where files must\n"
           "lie in the volume, copy them there when the container starts. When users mount\n"
           "another folder than the trial, name it with `database.volume`.",
    .example = "the volume at /app/data hides 2 files of the candidate: migrations/007_slugs.sql,\n"
               "migrations/008_reminders.sql\n"
               "\n"
               "The application keeps its migrations beside its database. Users of release 6 have\n"
               "those of release 6 in their volume, and the upgrade does nothing.",
    .judge = judge,
};
