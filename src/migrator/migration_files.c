#include "migrator/migration_files.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "migrator/framework_folders.h"
#include "migrator/framework_match.h"
#include "migrator/migration_layouts.h"
#include "migrator/migration_parse.h"

#define PLAN_FILE "sqitch.plan"

static const struct {
    const char *ending;
    MigrationLanguage language;
} ENDINGS[] = {
    {"sql", LANGUAGE_SQL},    {"js", LANGUAGE_C_LIKE},   {"ts", LANGUAGE_C_LIKE},
    {"mjs", LANGUAGE_C_LIKE}, {"cjs", LANGUAGE_C_LIKE},  {"mts", LANGUAGE_C_LIKE},
    {"cts", LANGUAGE_C_LIKE}, {"py", LANGUAGE_HASH},     {"rb", LANGUAGE_HASH},
    {"exs", LANGUAGE_HASH},   {"php", LANGUAGE_C_LIKE},  {"go", LANGUAGE_C_LIKE},
    {"rs", LANGUAGE_C_LIKE},  {"java", LANGUAGE_C_LIKE}, {"xml", LANGUAGE_MARKUP},
    {"yaml", LANGUAGE_HASH},  {"yml", LANGUAGE_HASH},    {"json", LANGUAGE_OTHER},
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static const char *ending_of(const char *path)
{
    const char *dot = strrchr(base_name(path), '.');

    return dot ? dot + 1 : "";
}

static bool has_ending(const char *path, const char *endings)
{
    AUTO(str_list) StrList list = {0};

    str_list_split(endings, ' ', &list);
    return str_list_has(&list, ending_of(path));
}

static MigrationLanguage language_of(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(ENDINGS); i++)
        if (text_eq(ENDINGS[i].ending, ending_of(path)))
            return ENDINGS[i].language;
    return LANGUAGE_OTHER;
}

/* --- what to read ---------------------------------------------------------------------------- */

static void add_below(const char *root, const char *path, StrList *folders)
{
    AUTO(str_list) StrList patterns = {0};

    if (strchr(path, '*'))
        return; /* would have to be listed: detection does that */
    table_paths(root, path, &patterns);
    for (size_t i = 0; i < patterns.len; i++) {
        char *folder = patterns.items[i];
        size_t len = strlen(folder);

        if (len > 1 && folder[len - 1] == '/')
            folder[len - 1] = '\0';
        if (!str_list_has(folders, folder))
            str_list_add(folders, folder);
    }
}

void migration_folders(const char *workdir, const char *framework, StrList *ret_folders)
{
    static const char *const USUAL[] = {
        "migrations",        "db/migrations",     "src/migrations",
        "src/db/migrations", "drizzle",           "database/migrations",
        "db/migrate",        "dist/migrations",   "sql/migrations",
        "prisma/migrations", "server/migrations", "build/migrations",
        "db/migration",      "migration",         "sql",
    };
    ImageFiles files = {.workdir = xstrdup(text_is_empty(workdir) ? "/" : workdir)};
    AUTO(str_list) StrList roots = {0};
    const Framework *row = framework ? framework_find(framework) : NULL;

    framework_roots(&files, &roots);
    for (size_t i = 0; i < roots.len; i++) {
        if (text_eq(framework, "Django") && !text_eq(roots.items[i], "/"))
            str_list_add(ret_folders, roots.items[i]); /* every app has a folder of its own */
        for (size_t k = 0; row && k < COUNT_OF(row->migrations) && row->migrations[k]; k++)
            add_below(roots.items[i], row->migrations[k], ret_folders);
        for (size_t k = 0; k < COUNT_OF(USUAL); k++)
            add_below(roots.items[i], USUAL[k], ret_folders);
    }
    image_files_clear(&files);
}

const char *migration_companion(const char *framework)
{
    return migration_layout(framework)->kind == LAYOUT_PLAN ? PLAN_FILE : NULL;
}

bool migration_file_wanted(const char *path)
{
    static const char *const NOT[] = {"node_modules/", "site-packages/", "dist-packages/",
                                      "__pycache__/",  ".venv/",         "venv/",
                                      "vendor/",       ".git/",          "__tests__/"};
    static const char *const ENDS[] = {".d.ts",     ".d.mts",    ".d.cts",   ".down.sql",
                                       "_down.sql", ".undo.sql", ".test.ts", ".test.js",
                                       ".spec.ts",  ".spec.js",  ".down.js", ".down.ts"};
    const char *name = base_name(path);

    for (size_t i = 0; i < COUNT_OF(NOT); i++) {
        const char *at = strstr(path, NOT[i]);

        if (at && (at == path || at[-1] == '/'))
            return false;
    }
    for (size_t i = 0; i < COUNT_OF(ENDS); i++)
        if (text_ends(name, ENDS[i]))
            return false;
    if (text_eq(name, "down.sql") || text_starts(name, "index.") || name[0] == '.')
        return false;
    if (text_ends(path, ".json"))
        return text_eq(name, "_journal.json") || strstr(name, "changelog");
    return language_of(path) != LANGUAGE_OTHER;
}

/* --- names ----------------------------------------------------------------------------------- */

static char *stem_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t len = dot && dot > name ? (size_t)(dot - name) : strlen(name);

    if (len > 3 && strncmp(name + len - 3, ".up", 3) == 0)
        len -= 3;
    return xstrndup(name, len);
}

/* Digits at the start, or behind the letter of V3__x and m20260801_x; NULL when there are none. */
static char *number_of(const char *stem)
{
    const char *at =
        isalpha((unsigned char)*stem) && isdigit((unsigned char)stem[1]) ? stem + 1 : stem;
    size_t digits = strspn(at, "0123456789");

    return digits > 0 ? xstrndup(at, digits) : NULL;
}

/* Source: Flyway's naming (prefix V, separator __, underscores are dots) */
static char *version_of(const char *file, const char *stem)
{
    const char *end = strstr(stem, "__");
    char *version;

    if (*stem == 'R' && end == stem + 1)
        return xstrdup(file);
    if (!strchr("Vv", *stem) || !end || !isdigit((unsigned char)stem[1]))
        return NULL;
    version = xstrndup(stem + 1, (size_t)(end - stem) - 1);
    for (char *c = version; *c; c++)
        if (*c == '_')
            *c = '.';
    return version;
}

/* Source: diesel's migrations: the part before the first "_", its dashes left out */
static char *date_of(const char *stem)
{
    AUTO(str) char *start = xstrndup(stem, strcspn(stem, "_"));

    return text_replace(start, "-", "");
}

static char *spelt(const Layout *layout, const char *file, const char *stem, const char *text)
{
    switch (layout->spelt) {
    case SPELT_FILE:
        return xstrdup(file);
    case SPELT_STEM:
        return xstrdup(stem);
    case SPELT_NUMBER:
        return number_of(stem);
    case SPELT_VERSION:
        return version_of(file, stem);
    case SPELT_DATE:
        return date_of(stem);
    case SPELT_DATED:
        return *stem == 'm' && isdigit((unsigned char)stem[1]) ? xstrdup(stem) : NULL;
    case SPELT_CLASS:
        return text ? parse_class(text) : NULL;
    }
    return NULL;
}

/* @param name  of the file, or of the folder that stands for it */
static MigrationFile make_file(const Layout *layout, const char *folder, const FoundFile *found,
                               const char *name)
{
    AUTO(str) char *stem = layout->kind == LAYOUT_FOLDERS ? xstrdup(name) : stem_of(name);
    char *ledger = spelt(layout, name, stem, found->text);
    MigrationFile file = {
        .path = image_path_join(folder, found->path),
        .group = xstrdup(""),
        .order = xstrdup(layout->spelt == SPELT_VERSION && ledger ? ledger : stem),
        .digest = found->digest,
        .language = language_of(found->path),
    };

    file.names[MIGRATION_NAME_LEDGER] = ledger;
    file.names[MIGRATION_NAME_FILE] = xstrdup(name);
    file.names[MIGRATION_NAME_STEM] = xstrdup(stem);
    file.names[MIGRATION_NAME_NUMBER] = number_of(stem);
    file.repeats = layout->spelt == SPELT_VERSION && text_starts(name, "R__");
    if (found->text)
        file.text = layout->down ? parse_up_to(found->text, layout->down) : xstrdup(found->text);
    return file;
}

/* --- layouts --------------------------------------------------------------------------------- */

static void add_files(const Layout *layout, const FoundFileList *files, MigrationSet *set)
{
    for (size_t i = 0; i < files->len; i++) {
        const FoundFile *found = &files->items[i];

        if (has_ending(found->path, layout->endings)) {
            MigrationFile file = make_file(layout, set->folder, found, base_name(found->path));

            if ((layout->spelt == SPELT_VERSION || layout->spelt == SPELT_DATED) &&
                !file.names[MIGRATION_NAME_LEDGER])
                migration_file_clear(&file);
            else
                LIST_PUSH(set, file);
        }
    }
}

static void add_folders(const Layout *layout, const char *inner, const FoundFileList *files,
                        MigrationSet *set)
{
    for (size_t i = 0; i < files->len; i++) {
        const FoundFile *found = &files->items[i];
        AUTO(str) char *parent = NULL;

        if (!text_eq(base_name(found->path), inner) || !strchr(found->path, '/'))
            continue;
        parent = xstrndup(found->path, (size_t)(strrchr(found->path, '/') - found->path));
        {
            Layout folders = *layout;
            MigrationFile file;

            folders.kind = LAYOUT_FOLDERS;
            file = make_file(&folders, set->folder, found, base_name(parent));
            LIST_PUSH(set, file);
        }
    }
}

static const FoundFile *find_found(const FoundFileList *files, const char *path)
{
    for (size_t i = 0; i < files->len; i++)
        if (text_eq(files->items[i].path, path))
            return &files->items[i];
    return NULL;
}

/* {"entries":[{"idx":0,"when":1700000000001,"tag":"0000_init"}]}. Source: drizzle-orm, migrator.ts
 */
static void add_journal_entries(const Layout *layout, const FoundFileList *files,
                                const FoundFile *journal, MigrationSet *set)
{
    AUTO(json) cJSON *root = NULL;
    AUTO(str)
    char *prefix = xstrndup(journal->path, strlen(journal->path) - strlen("meta/_journal.json"));
    AUTO(error)
    Error *err = json_parse(journal->text, strlen(journal->text), "_journal.json", &root);
    const cJSON *entry;

    if (err)
        return; /* no migrations are known then, and nothing is claimed of them */
    cJSON_ArrayForEach(entry, json_at(root, "entries"))
    {
        const char *tag = json_str_or(entry, "tag", NULL);
        int64_t when = json_i64_or(entry, "when", -1);
        AUTO(str) char *path = tag ? xasprintf("%s%s.sql", prefix, tag) : NULL;
        AUTO(str) char *name = tag ? xasprintf("%s.sql", tag) : NULL;
        const FoundFile *found = path ? find_found(files, path) : NULL;
        FoundFile absent = {.path = path};
        MigrationFile file;

        if (!tag || when < 0)
            continue;
        file = make_file(layout, set->folder, found ? found : &absent, name);
        free(file.names[MIGRATION_NAME_LEDGER]);
        free(file.order);
        file.names[MIGRATION_NAME_LEDGER] = xasprintf("%lld", (long long)when);
        file.order = xasprintf("%lld", (long long)when);
        LIST_PUSH(set, file);
    }
}

static void add_journal(const Layout *layout, const FoundFileList *files, MigrationSet *set)
{
    for (size_t i = 0; i < files->len; i++)
        if (text_ends(files->items[i].path, "meta/_journal.json") && files->items[i].text)
            add_journal_entries(layout, files, &files->items[i], set);
    if (set->len > 0)
        return;
    add_folders(layout, "migration.sql", files, set); /* v1, whose ledger has names */
    set->rules.late = LATE_APPLIED;
}

/* revision = "ae10", down_revision = "be20" or ("a", "b") or None. Source: alembic's template */
static void add_revisions(const Layout *layout, const FoundFileList *files, MigrationSet *set)
{
    for (size_t i = 0; i < files->len; i++) {
        const FoundFile *found = &files->items[i];
        AUTO(str_list) StrList revision = {0};
        MigrationFile file;

        if (!has_ending(found->path, layout->endings) || !found->text ||
            !parse_assignment(found->text, "revision", &revision) || revision.len != 1)
            continue;
        file = make_file(layout, set->folder, found, base_name(found->path));
        free(file.names[MIGRATION_NAME_LEDGER]);
        file.names[MIGRATION_NAME_LEDGER] = xstrdup(revision.items[0]);
        (void)parse_assignment(found->text, "down_revision", &file.parents);
        (void)parse_assignment(found->text, "depends_on", &file.parents);
        LIST_PUSH(set, file);
    }
}

static void add_apps(const Layout *layout, const FoundFileList *files, MigrationSet *set)
{
    for (size_t i = 0; i < files->len; i++) {
        const FoundFile *found = &files->items[i];
        const char *name = base_name(found->path);
        AUTO(str) char *whole = image_path_join(set->folder, found->path);
        AUTO(str) char *app = xstrndup(whole, strlen(whole) - strlen(name) - 1);
        char *end = text_ends(app, "/migrations") ? strrchr(app, '/') : NULL;
        MigrationFile file;

        if (!has_ending(found->path, layout->endings) || !end || text_starts(name, "__") ||
            !found->text || !strstr(found->text, "class Migration"))
            continue;
        *end = '\0';
        file = make_file(layout, set->folder, found, name);
        free(file.group);
        free(file.names[MIGRATION_NAME_LEDGER]);
        file.group = xstrdup(base_name(app));
        file.names[MIGRATION_NAME_LEDGER] =
            xasprintf("%s.%s", file.group, file.names[MIGRATION_NAME_STEM]);
        parse_pairs(found->text, "replaces", &file.replaces);
        LIST_PUSH(set, file);
    }
}

/* --changeset author:id. Source: Liquibase, formatted SQL; other formats are not taken apart. */
static void add_changes(const Layout *layout, const FoundFileList *files, MigrationSet *set)
{
    static const char MARK[] = "--changeset ";

    for (size_t i = 0; i < files->len; i++) {
        const FoundFile *found = &files->items[i];
        AUTO(str)
        char *text = found->text ? text_replace(found->text, "-- changeset ", MARK) : NULL;
        const char *at = text ? strstr(text, MARK) : NULL;

        while (at && has_ending(found->path, layout->endings)) {
            const char *next = strstr(at + 1, MARK);
            AUTO(str) char *whole = next ? xstrndup(at, (size_t)(next - at)) : xstrdup(at);
            const char *head = whole + strlen(MARK);
            size_t author = strcspn(head, ":\n"), id = 0;

            if (head[author] == ':') {
                MigrationFile file = make_file(layout, set->folder, found, base_name(found->path));

                id = strcspn(head + author + 1, " \t\r\n");
                free(file.names[MIGRATION_NAME_LEDGER]);
                free(file.order);
                free(file.text);
                file.text = parse_up_to(whole, "--rollback");
                file.names[MIGRATION_NAME_LEDGER] =
                    xasprintf("%.*s::%.*s", (int)id, head + author + 1, (int)author, head);
                file.order = xasprintf("%s %zu", found->path, (size_t)(at - text));
                LIST_PUSH(set, file);
            }
            at = next;
        }
    }
}

/* --- plans ----------------------------------------------------------------------------------- */

typedef struct PlanLine {
    char *change; /* NULL: the line is a tag */
    char *tag;
} PlanLine;

typedef struct PlanLineList {
    PlanLine *items;
    size_t len, cap;
} PlanLineList;

static void plan_lines_clear(PlanLineList *lines)
{
    for (size_t i = 0; i < lines->len; i++) {
        free(lines->items[i].change);
        free(lines->items[i].tag);
    }
    free(lines->items);
}

DEFINE_AUTO_VALUE(plan_lines, PlanLineList, plan_lines_clear)

/* "%pragma", "# comment", "@tag date planner", "+name [requires] date planner # note"; a line with
 * "-" reverts. Source: Sqitch, sqitch-plan format */
static void read_plan(const char *text, PlanLineList *lines)
{
    AUTO(str_list) StrList all = {0};

    str_list_split(text, '\n', &all);
    for (size_t i = 0; i < all.len; i++) {
        const char *at = all.items[i] + strspn(all.items[i], " \t\r");
        bool tag = *at == '@';
        size_t len;

        if (tag || *at == '+')
            at++;
        at += tag ? 0 : strspn(at, " \t");
        len = strcspn(at, " \t\r[#");
        if (len == 0 || strchr("%-", *at))
            continue;
        LIST_PUSH(lines,
                  ((PlanLine){tag ? NULL : xstrndup(at, len), tag ? xstrndup(at, len) : NULL}));
    }
}

/* A change that is planned again was reworked: what it was before has a script of the name of the
 * tag that came behind it. NULL: it is the last of its name. Borrowed. */
static const char *reworked_at(const PlanLineList *lines, size_t index)
{
    const char *tag = NULL;

    for (size_t i = index + 1; i < lines->len; i++) {
        if (!tag)
            tag = lines->items[i].tag;
        if (text_eq(lines->items[i].change, lines->items[index].change))
            return tag;
    }
    return NULL;
}

static size_t times_before(const PlanLineList *lines, size_t index)
{
    size_t times = 0;

    for (size_t i = 0; i < index; i++)
        times += text_eq(lines->items[i].change, lines->items[index].change);
    return times;
}

static void add_planned(const Layout *layout, const FoundFileList *files, const PlanLineList *lines,
                        size_t index, MigrationSet *set)
{
    const char *change = lines->items[index].change, *tag = reworked_at(lines, index);
    size_t before = times_before(lines, index);
    AUTO(str) char *path = tag ? xasprintf("%s@%s.sql", change, tag) : xasprintf("%s.sql", change);
    AUTO(str) char *name = xasprintf("%s.sql", change);
    const FoundFile *found = find_found(files, path);
    FoundFile absent = {.path = path};
    MigrationFile file = make_file(layout, set->folder, found ? found : &absent, name);

    if (before > 0) { /* the same name once more, and another text */
        free(file.names[MIGRATION_NAME_STEM]);
        file.names[MIGRATION_NAME_STEM] = xasprintf("%s (%zu)", change, before + 1);
    }
    free(file.order);
    file.order = xasprintf("%zu", index);
    LIST_PUSH(set, file);
}

static void add_plan(const Layout *layout, const FoundFileList *files, MigrationSet *set)
{
    const FoundFile *plan = find_found(files, "../" PLAN_FILE);
    AUTO(plan_lines) PlanLineList lines = {0};

    if (!plan || !plan->text) { /* the order is not known */
        add_files(layout, files, set);
        set->rules.late = LATE_UNKNOWN;
        return;
    }
    read_plan(plan->text, &lines);
    for (size_t i = 0; i < lines.len; i++)
        if (lines.items[i].change)
            add_planned(layout, files, &lines, i, set);
}

void migration_set_make(const char *framework, const char *folder, const FoundFileList *files,
                        MigrationSet *ret_set)
{
    const Layout *layout = migration_layout(framework);
    MigrationSet set = {
        .framework = xstrdup(layout->framework), .folder = xstrdup(folder), .rules = layout->rules};

    switch (layout->kind) {
    case LAYOUT_FILES:
        add_files(layout, files, &set);
        break;
    case LAYOUT_FOLDERS:
        add_folders(layout, layout->endings, files, &set);
        break;
    case LAYOUT_JOURNAL:
        add_journal(layout, files, &set);
        break;
    case LAYOUT_REVISIONS:
        add_revisions(layout, files, &set);
        break;
    case LAYOUT_APPS:
        add_apps(layout, files, &set);
        break;
    case LAYOUT_CHANGES:
        add_changes(layout, files, &set);
        break;
    case LAYOUT_PLAN:
        add_plan(layout, files, &set);
        break;
    }
    migration_set_sort(&set);
    *ret_set = set;
}

void found_file_list_clear(FoundFileList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].path);
        free(list->items[i].text);
    }
    free(list->items);
    *list = (FoundFileList){0};
}
