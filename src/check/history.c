#include <string.h>

#include "check/compose.h"
#include "check/edit_effect.h"
#include "check/history_ledger.h"
#include "check/migration_text.h"
#include "check/migration_view.h"
#include "check/parity.h"
#include "check/reworded.h"
#include "check/table.h"

#define LISTED_MAX 20

typedef struct History {
    const Observation *seen;
    MigrationView view;
    FindingList *findings;
    bool refused; /* the candidate's migrations did not pass */
} History;

static bool was_applied(const History *history, const MigrationFile *file)
{
    return migration_view_counts(&history->view, file) &&
           migration_view_applied(&history->view, history->view.old, history->view.before, file);
}

static Finding *add(const History *history, const MigrationFile *file, Level level, char *title)
{
    AUTO(str) char *text = title;
    Finding *finding = finding_new(history->findings, "history", level, "%s", text);

    finding_field(&finding->migration, migration_view_shown(&history->view, file));
    finding_field(&finding->table, history->view.before->table);
    return finding;
}

/* --- edited ---------------------------------------------------------------------------------- */

typedef enum Edit { EDIT_NONE, EDIT_LAYOUT, EDIT_MEANING } Edit;

static Edit compare(const MigrationFile *old, const MigrationFile *new)
{
    AUTO(str) char *before = NULL;
    AUTO(str) char *after = NULL;

    if (old->digest == new->digest || !old->text || !new->text || old->language != new->language)
        return EDIT_NONE;
    before = migration_tokens(old->text, old->language);
    after = migration_tokens(new->text, new->language);
    return strcmp(before, after) == 0 ? EDIT_LAYOUT : EDIT_MEANING;
}

static bool layout_is_refused(const History *history, const MigrationFile *old,
                              const MigrationFile *new)
{
    AUTO(str) char *before = NULL;
    AUTO(str) char *after = NULL;

    if (!history->refused || history->view.new->rules.edit == EDIT_UNSEEN)
        return false;
    if (history->view.new->rules.edit == EDIT_REFUSED_BYTES)
        return true;
    before = migration_lines(old->text);
    after = migration_lines(new->text);
    return history->view.new->rules.edit == EDIT_REFUSED_LINES &&strcmp(before, after) != 0;
}

/* First line that differs, on both sides. */
static void quote_difference(Finding *finding, const MigrationFile *old, const MigrationFile *new)
{
    AUTO(str_list) StrList was = {0};
    AUTO(str_list) StrList is = {0};
    size_t at = 0;

    str_list_split(old->text, '\n', &was);
    str_list_split(new->text, '\n', &is);
    while (at < was.len && at < is.len && text_eq(was.items[at], is.items[at]))
        at++;
    finding_detail(finding, "%s, line %zu\n- %s\n+ %s", new->path, at + 1,
                   at < was.len ? was.items[at] : "(end of the file)",
                   at < is.len ? is.items[at] : "(end of the file)");
}

/* The candidate's migrator compares the texts, and did not go on. */
static bool meaning_is_refused(const History *history)
{
    return history->refused && history->view.new->rules.edit != EDIT_UNSEEN;
}

/* Users who ran the old text have what a fresh install has: seen, not assumed. */
static bool ends_alike(const History *history, const MigrationFile *old, const MigrationFile *new)
{
    AUTO(str) char *unknown = parity_unknown(history->seen);
    AUTO(schema_diff) SchemaDiff diff = {0};

    if (unknown || !edit_is_of_schema(old, new))
        return false;
    parity_find(history->seen, &diff);
    return diff.len == 0;
}

static Finding *add_edit(const History *history, const MigrationFile *old, const MigrationFile *new)
{
    const char *name = migration_view_shown(&history->view, new);

    if (!meaning_is_refused(history) && ends_alike(history, old, new))
        return add(history, new, LEVEL_WARN,
                   xasprintf("migration %s was edited after it was released; an upgraded and a "
                             "fresh database end in the same schema all the same",
                             name));
    return add(history, new, LEVEL_ERROR,
               xasprintf("migration %s was edited after it was released: users who ran the "
                         "old text never get the change",
                         name));
}

static void judge_edit(const History *history, const MigrationFile *old, const MigrationFile *new)
{
    const char *name = migration_view_shown(&history->view, new);
    Edit edit = compare(old, new);
    Finding *finding;

    if (edit == EDIT_NONE || (edit == EDIT_LAYOUT && !layout_is_refused(history, old, new)))
        return;
    if (edit == EDIT_LAYOUT)
        finding = add(history, new, LEVEL_ERROR,
                      xasprintf("migration %s was edited after it was released: only comments or "
                                "white space, but %s compares checksums and refuses",
                                name, history->view.new->framework));
    else
        finding = add_edit(history, old, new);
    quote_difference(finding, old, new);
    finding_hint(finding, "restore the released text of %s and put the change into a new migration",
                 new->path);
}

/* A compiler's or bundler's new version writes every file anew: that is no edit of each. */
static bool most_code_differs(const History *history)
{
    size_t shared = 0, differ = 0;

    for (size_t i = 0; i < history->view.old->len; i++) {
        const MigrationFile *old = &history->view.old->items[i];
        const MigrationFile *new = migration_view_same(&history->view, history->view.new, old);

        if (!new || old->language == LANGUAGE_SQL || !was_applied(history, old))
            continue;
        shared++;
        differ += compare(old, new) == EDIT_MEANING;
    }
    return shared >= 3 && differ * 2 > shared;
}

/* --- gone ------------------------------------------------------------------------------------ */

static const MigrationFile *renamed_to(const History *history, const MigrationFile *old)
{
    for (size_t i = 0; i < history->view.new->len; i++) {
        const MigrationFile *new = &history->view.new->items[i];

        if (old->text && *old->text && new->text &&
            !migration_view_same(&history->view, history->view.old, new) &&
            old->language == new->language && compare(old, new) != EDIT_MEANING)
            return new;
    }
    return NULL;
}

/* Django keeps the names of what a squashed migration stands for. */
static bool is_replaced(const History *history, const MigrationFile *old)
{
    for (size_t i = 0; i < history->view.new->len; i++)
        if (str_list_has(&history->view.new->items[i].replaces, old->names[history->view.name]))
            return true;
    return false;
}

static bool has_new_file(const History *history)
{
    for (size_t i = 0; i < history->view.new->len; i++)
        if (migration_view_counts(&history->view, &history->view.new->items[i]) &&
            !migration_view_same(&history->view, history->view.old, &history->view.new->items[i]))
            return true;
    return false;
}

static Level gone_level(const History *history, bool runs_again)
{
    return history->refused && (history->view.new->rules.missing_refused || runs_again)
               ? LEVEL_ERROR
               : LEVEL_WARN;
}

static void judge_renamed(const History *history, const MigrationFile *old,
                          const MigrationFile *new)
{
    Finding *finding =
        add(history, old, gone_level(history, true),
            xasprintf("the applied migration %s was renamed to %s: databases that ran it know only "
                      "its old name",
                      migration_view_shown(&history->view, old),
                      migration_view_shown(&history->view, new)));

    finding_detail(finding, "%s\nis now\n%s", old->path, new->path);
    finding_hint(finding, "give the file its released name again");
}

static void judge_gone(const History *history, const StrList *names, const MigrationFile *first)
{
    AUTO(str) char *all = str_list_join(names, ", ");
    bool squashed = names->len > 1 && has_new_file(history);
    Finding *finding;

    if (names->len == 0)
        return;
    finding =
        add(history, first, gone_level(history, squashed),
            names->len > 1 ? xasprintf("%zu applied migrations are gone from the candidate%s: %s",
                                       names->len, squashed ? ", squashed into new ones" : "", all)
                           : xasprintf("the applied migration %s is gone from the candidate", all));
    finding_detail(finding, "in the ledger %s, and not in %s: %s", history->view.before->table,
                   history->view.new->folder, all);
    finding_hint(finding, "%s",
                 history->view.new->rules.missing_refused
                     ? "put the files back: this migrator refuses databases that ran what it does "
                       "not know"
                     : "put the files back, or make sure that a fresh install gets what they did");
}

static void judge_old_files(const History *history)
{
    bool compiled_anew = most_code_differs(history);
    AUTO(str_list) StrList gone = {0};
    const MigrationFile *first = NULL, *code = NULL;

    for (size_t i = 0; i < history->view.old->len; i++) {
        const MigrationFile *old = &history->view.old->items[i];
        const MigrationFile *new = migration_view_same(&history->view, history->view.new, old);
        const MigrationFile *renamed = NULL;

        if (!was_applied(history, old))
            continue;
        if (new &&compiled_anew && old->language != LANGUAGE_SQL) {
            code = new;
        } else if (new && history->refused && history->view.new->rules.rename_refused &&
                   !text_eq(old->names[MIGRATION_NAME_STEM], new->names[MIGRATION_NAME_STEM])) {
            judge_renamed(history, old, new);
        } else if (new) {
            judge_edit(history, old, new);
        } else if ((renamed = renamed_to(history, old))) {
            judge_renamed(history, old, renamed);
        } else if (!is_replaced(history, old)) {
            first = first ? first : old;
            str_list_add(&gone, migration_view_shown(&history->view, old));
        }
    }
    judge_gone(history, &gone, first);
    if (code) {
        Finding *finding = add(history, code, LEVEL_WARN,
                               xstrdup("most applied migrations differ in their code: compiled "
                                       "anew, or edited"));

        finding_detail(finding, "for one, %s", code->path);
        finding_hint(finding, "compare their sources: what was edited never reaches users");
    }
}

/* --- new ones -------------------------------------------------------------------------------- */

static void judge_late(const History *history, const MigrationFile *new,
                       const MigrationFile *newest)
{
    bool ran = history->view.after &&
               migration_view_applied(&history->view, history->view.new, history->view.after, new);
    bool skipped =
        history->view.record == RECORD_HEADS || /* it counts as applied, and never was */
        (history->view.new->rules.late == LATE_SKIPPED &&
         !(ran && history->view.record == RECORD_EACH)) || /* its own row is proof */
        (!history->refused && history->view.record == RECORD_EACH && !ran && history->view.after);
    bool stopped = history->refused && history->view.new->rules.late == LATE_REFUSED;
    Finding *finding =
        add(history, new, skipped || stopped ? LEVEL_ERROR : LEVEL_WARN,
            xasprintf("the new migration %s comes before %s, which users have applied already%s",
                      migration_view_shown(&history->view, new),
                      migration_view_shown(&history->view, newest),
                      skipped   ? ": they never get it"
                      : stopped ? ": the migrator refuses"
                                : ": they run it later than a fresh install does"));

    finding_detail(finding, "%s", new->path);
    finding_hint(finding, "give it a number behind %s",
                 migration_view_shown(&history->view, newest));
}

static void judge_new_files(const History *history)
{
    for (size_t i = 0; i < history->view.new->len; i++) {
        const MigrationFile *new = &history->view.new->items[i];
        const MigrationFile *newest;

        if (!migration_view_counts(&history->view, new) ||
            migration_view_same(&history->view, history->view.old, new) ||
            renamed_to(&(History){.view = {.old = history->view.new,
                                           .new = history->view.old,
                                           .name = history->view.name}},
                       new))
            continue;
        newest = history->view.record == RECORD_HEADS
                     ? migration_view_child(&history->view, new)
                     : migration_view_overtaken_by(&history->view, new);
        if (newest && new->replaces.len == 0)
            judge_late(history, new, newest);
    }
}

static bool was_released(const History *history, const MigrationFile *file)
{
    return migration_set_find(history->view.old, MIGRATION_NAME_STEM,
                              file->names[MIGRATION_NAME_STEM]) != NULL;
}

/* Two files of one number where the number is all that the ledger keeps: one of them never runs. */
static void judge_duplicates(const History *history)
{
    const MigrationSet *set = history->view.new;

    for (size_t i = 1; i < set->len; i++) {
        const MigrationFile *one = &set->items[i - 1], *two = &set->items[i];
        bool both = was_released(history, one) && was_released(history, two);
        Finding *finding;

        if (!text_eq(one->group, two->group) || !migration_view_counts(&history->view, one) ||
            !migration_view_counts(&history->view, two) ||
            !(set->rules.numbers_unique || history->view.name == MIGRATION_NAME_NUMBER) ||
            !migration_id_eq(one->names[history->view.name], two->names[history->view.name]) ||
            text_eq(one->names[MIGRATION_NAME_STEM], two->names[MIGRATION_NAME_STEM]))
            continue;
        /* that they were so before is not the candidate's doing */
        finding = add(history, two, both ? LEVEL_WARN : LEVEL_ERROR,
                      xasprintf("the migrations %s and %s have the same number, and the ledger "
                                "keeps only that: one of them never runs",
                                one->names[MIGRATION_NAME_STEM], two->names[MIGRATION_NAME_STEM]));
        finding_detail(finding, "%s\n%s", one->path, two->path);
        finding_hint(finding, "give the newer one a number of its own");
    }
}

/* A hotfix, a branch that was never merged, a backup from elsewhere: it only matters where the
 * migrator stops at it. */
static void judge_unknown(const History *history)
{
    const MigrationView *view = &history->view;
    const char *first = NULL;
    size_t count = 0;
    Finding *finding;

    if (!history->refused || !view->new->rules.missing_refused || view->record != RECORD_EACH)
        return;
    for (size_t i = 0; i < view->before->len; i++) {
        const char *id = view->before->items[i].id;

        if (migration_view_knows(view, view->old, id) || migration_view_knows(view, view->new, id))
            continue;
        if (i == 0 && text_eq(view->new->framework, "Flyway"))
            continue; /* a baseline has no file */
        first = first ? first : id;
        count++;
    }
    if (count == 0)
        return;
    finding = finding_new(history->findings, "history", LEVEL_ERROR,
                          "the database has applied %s%s, which neither image knows: %s refuses",
                          first, count > 1 ? " and others" : "", view->new->framework);
    finding_field(&finding->migration, first);
    finding_field(&finding->table, view->before->table);
    finding_hint(finding,
                 "bring back the file of that migration, or take its row out of %s where "
                 "what it did is undone",
                 view->before->table);
}

void history_reworded(const Observation *seen, StrList *ret_names)
{
    History history = {.seen = seen, .refused = !step_passed(seen->new_migrate)};
    AUTO(str) char *unknown = NULL;

    if (!step_passed(seen->old_migrate) || !migration_view_open(seen, &history.view, &unknown))
        return;
    for (size_t i = 0; i < history.view.old->len; i++) {
        const MigrationFile *old = &history.view.old->items[i];
        const MigrationFile *new = migration_view_same(&history.view, history.view.new, old);

        if (new &&was_applied(&history, old) && compare(old, new) == EDIT_LAYOUT &&
            !layout_is_refused(&history, old, new))
            str_list_add(ret_names, migration_view_shown(&history.view, new));
    }
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    History history = {
        .seen = seen, .findings = findings, .refused = !step_passed(seen->new_migrate)};
    AUTO(str) char *unknown = NULL;

    if (!step_passed(seen->old_migrate)) {
        *ret_skip = xstrdup("the released image's migrations did not pass");
        return;
    }
    if (!migration_view_open(seen, &history.view, &unknown)) {
        if (!history_by_ledgers(seen, findings)) /* which would tell of edits no more than this */
            *ret_skip = TAKE(unknown);
        return;
    }
    judge_old_files(&history);
    judge_new_files(&history);
    judge_duplicates(&history);
    judge_unknown(&history);
}

const Check CHECK_HISTORY = {
    .id = "history",
    .level = LEVEL_ERROR,
    .profile = PROFILE_STANDARD,
    .finds = "a migration that is already applied was edited, renamed, removed or overtaken by an "
             "earlier-numbered one",
    .why = "What a released migration did to users' databases cannot be taken back by\n"
           "changing its file. Migrators that keep checksums refuse to start; the others\n"
           "never look at the file again, so that old and fresh installs part ways.",
    .fix = "Restore the released files and put every change into a new migration with a\n"
           "number behind the newest released one. Comments, licence headers and a\n"
           "formatter's changes are no findings, unless the migrator stores checksums. An\n"
           "edit of schema statements is a warning where an upgraded and a fresh database\n"
           "were seen to end alike.",
    .example = "migration 002_tags was edited after it was released: users who ran the old\n"
               "text never get the change\n"
               "\n"
               "A column was added to the text of a migration that release 6 contains.",
    .judge = judge,
};
