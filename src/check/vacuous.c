#include <inttypes.h>
#include <string.h>

#include "check/compose.h"
#include "check/migration_view.h"
#include "check/table.h"

/* Paths of a list that the other one lacks, joined; NULL when there are none. */
static char *only_in(const StrList *list, const StrList *without)
{
    AUTO(str_list) StrList fresh = {0};

    for (size_t i = 0; list && i < list->len; i++)
        if (!without || !str_list_has(without, list->items[i]))
            str_list_add(&fresh, list->items[i]);
    return fresh.len > 0 ? str_list_join(&fresh, ", ") : NULL;
}

static bool same_text(const char *a, const char *b)
{
    return a && b && text_eq(a, b);
}

static const char *location(const Observation *seen)
{
    if (seen->before && seen->before->location)
        return seen->before->location;
    return seen->database ? seen->database : "the configured place";
}

static const char *tag_or(const char *tag, const char *other)
{
    return tag ? tag : other;
}

static void judge_images(const Observation *seen, FindingList *findings)
{
    const ImageFacts *old = seen->from_image, *new = seen->candidate_image;
    const char *shared;
    Finding *finding;

    if (!old || !new || !(same_text(old->id, new->id) || same_text(old->digest, new->digest)))
        return;
    shared = same_text(old->id, new->id) ? old->id : old->digest;
    finding = finding_new(findings, "vacuous", LEVEL_ERROR,
                          "the old and the new image are the same: %s was compared with itself",
                          tag_or(seen->candidate_tag, "the candidate"));
    finding_detail(finding, "release %s: %s\ncandidate %s: %s\nboth: %s",
                   tag_or(seen->from_tag, "(none)"), tag_or(old->image, "(no reference)"),
                   tag_or(seen->candidate_tag, "(no tag)"), tag_or(new->image, "(no reference)"),
                   shared);
    finding_hint(finding, "check `candidate`: it should be the image that is about to be released; "
                          "when it was pushed under the old tag already, verify before pushing");
}

/* The places where databases were seen instead, for finding and hint. */
static void add_places(const Observation *seen, const char *inside, const char *outside,
                       Finding *finding)
{
    const char *volume = tag_or(seen->volume, "the volume");

    if (!inside && !outside)
        finding_detail(finding,
                       "No other SQLite file was found in %s, and none was written outside "
                       "of it.",
                       volume);
    else
        finding_detail(
            finding, "%s%s%s%s%s%s%s", inside ? "databases in " : "", inside ? volume : "",
            inside ? ": " : "", inside ? inside : "", inside && outside ? "\n" : "",
            outside ? "databases written outside of the volume: " : "", outside ? outside : "");
    if (inside)
        finding_hint(finding, "set `database.sqlite` to the file that the application uses: %s",
                     inside);
    else if (outside)
        finding_hint(finding,
                     "the application writes %s: set `database.sqlite` and `database.volume` "
                     "to that place, or give the image the setting that moves it into the "
                     "volume",
                     outside);
    else
        finding_hint(finding, "check that `migrate` is the command that migrates, and that "
                              "`database.sqlite` is the file that it writes");
}

static void judge_absent(const Observation *seen, FindingList *findings)
{
    AUTO(str) char *inside = only_in(&seen->before->other_databases, NULL);
    AUTO(str) char *outside = only_in(seen->old_strays, NULL);
    Finding *finding;

    if (outside)
        finding = finding_new(findings, "vacuous", LEVEL_ERROR,
                              "no database at %s: the old image wrote %s, outside of the volume %s",
                              location(seen), outside, tag_or(seen->volume, ""));
    else if (inside)
        finding = finding_new(findings, "vacuous", LEVEL_ERROR,
                              "no database at %s: the old image wrote %s", location(seen), inside);
    else
        finding = finding_new(findings, "vacuous", LEVEL_ERROR,
                              "no database at %s after the old image's migrations", location(seen));
    add_places(seen, inside, outside, finding);
}

static const char *empty_ledger(const Snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->ledgers.len; i++)
        if (snapshot->ledgers.items[i].len == 0)
            return snapshot->ledgers.items[i].table;
    return NULL;
}

static const char *unreadable(const Snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->faults.len; i++)
        if (snapshot->faults.items[i].kind == FAULT_UNREADABLE)
            return snapshot->faults.items[i].detail;
    return NULL;
}

static void judge_tables(const Observation *seen, FindingList *findings)
{
    AUTO(str) char *inside = only_in(&seen->before->other_databases, NULL);
    AUTO(str) char *outside = only_in(seen->old_strays, NULL);
    const char *ledger = empty_ledger(seen->before);
    const char *reason = unreadable(seen->before);
    Finding *finding;

    if (reason)
        finding = finding_new(findings, "vacuous", LEVEL_ERROR, "%s cannot be read: %s",
                              location(seen), reason);
    else if (ledger)
        finding = finding_new(findings, "vacuous", LEVEL_ERROR,
                              "the old image applied no migration: its ledger %s is empty, and %s "
                              "has no other table",
                              ledger, location(seen));
    else
        finding = finding_new(findings, "vacuous", LEVEL_ERROR, "the old image made no table in %s",
                              location(seen));
    finding_field(&finding->table, ledger);
    add_places(seen, inside, outside, finding);
}

static bool unchanged(const Snapshot *a, const Snapshot *b)
{
    AUTO(schema_diff) SchemaDiff diff = {0};
    AUTO(str_list) StrList added = {0};

    schema_diff(&a->schema, &b->schema, &diff);
    ledger_added(&a->ledgers, &b->ledgers, &added);
    return diff.len == 0 && added.len == 0;
}

static bool tables_vanished(const Snapshot *before, const Snapshot *after)
{
    for (size_t i = 0; i < before->schema.len; i++) {
        const SchemaObject *table = &before->schema.items[i];

        if (table->kind == SCHEMA_TABLE &&
            schema_find(&after->schema, SCHEMA_TABLE, table->space, "", table->name))
            return false;
    }
    return true;
}

/* Did the candidate work on a database of its own? Then its success means nothing. */
static void judge_other_database(const Observation *seen, FindingList *findings)
{
    const Snapshot *before = seen->before, *after = seen->after;
    AUTO(str) char *outside = only_in(seen->new_strays, seen->old_strays);
    AUTO(str) char *inside = only_in(&after->other_databases, &before->other_databases);
    Finding *finding = NULL;

    if (!after->exists)
        finding =
            finding_new(findings, "vacuous", LEVEL_ERROR,
                        "the database %s is gone after the candidate's migrations", location(seen));
    else if ((outside || inside) && tables_vanished(before, after))
        finding =
            finding_new(findings, "vacuous", LEVEL_ERROR,
                        "the candidate used another database: the old tables are gone from %s, "
                        "and it wrote %s",
                        location(seen), outside ? outside : inside);
    else if ((outside || inside) && unchanged(before, after))
        finding = finding_new(findings, "vacuous", LEVEL_ERROR,
                              "the candidate used another database: it left %s as it was and wrote "
                              "%s",
                              location(seen), outside ? outside : inside);
    if (!finding)
        return;
    add_places(seen, inside, outside, finding);
    finding_hint(finding,
                 "users of %s have their data in %s: make the candidate open that file, or give it "
                 "the setting that says so under `env`",
                 tag_or(seen->from_tag, "the old release"), location(seen));
}

/* The old image has no migrations: what the candidate's make on nothing is all there is. */
static void judge_first(const Observation *seen, FindingList *findings, char **ret_skip)
{
    Finding *finding;

    if (!step_passed(seen->new_migrate) || !seen->after) {
        *ret_skip = skip_without_upgrade(seen);
        return;
    }
    judge_images(seen, findings);
    if (seen->after->exists && snapshot_user_tables(seen->after) > 0)
        return;
    finding = finding_new(findings, "vacuous", LEVEL_ERROR,
                          "the candidate's migrations made no table in %s, and the old image has "
                          "none",
                          location(seen));
    finding_detail(finding, "The release has no migrations: %s", seen->old_lacks);
    finding_hint(finding, "check that `migrate` is the command that migrates, and that `database` "
                          "is the one that it uses");
}

/* Whether the old image made anything cannot be seen; that nobody looked is no pass. */
static void judge_opaque(const Observation *seen, FindingList *findings, char **ret_skip)
{
    size_t before = findings->len;

    judge_images(seen, findings);
    if (findings->len == before)
        *ret_skip = skip_opaque(seen);
}

/* The migrations that users have applied and that the candidate does not know, when it knows no
 * other and each of its own is one that they have: an older release. Caller frees; NULL: it is
 * none.
 */
static char *unknown_to_candidate(const MigrationView *view)
{
    AUTO(str_list) StrList gone = {0};

    for (size_t i = 0; i < view->new->len; i++)
        if (!migration_view_same(view, view->old, &view->new->items[i]))
            return NULL;
    for (size_t i = 0; i < view->old->len; i++) {
        const MigrationFile *file = &view->old->items[i];

        if (!migration_view_counts(view, file))
            continue;
        if (!migration_view_same(view, view->new, file))
            str_list_add(&gone, migration_view_shown(view, file));
        else if (gone.len > 0)
            return NULL; /* one in the middle is missing: that is no older release */
    }
    return gone.len > 0 ? str_list_join(&gone, ", ") : NULL;
}

/* An old image on a newer database reports success: such a trial is green for ever. */
static void judge_direction(const Observation *seen, FindingList *findings)
{
    MigrationView view;
    AUTO(str) char *why = NULL;
    AUTO(str) char *gone = NULL;
    Finding *finding;

    if (!step_passed(seen->new_migrate) || !migration_view_open(seen, &view, &why))
        return;
    gone = unknown_to_candidate(&view);
    if (!gone)
        return;
    finding = finding_new(findings, "vacuous", LEVEL_ERROR,
                          "the wrong way round: %s is older than release %s, whose migrations it "
                          "does not know: %s",
                          tag_or(seen->candidate_tag, "the candidate"),
                          tag_or(seen->from_tag, "(no tag)"), gone);
    finding_detail(finding,
                   "migration files: %zu in the released image, %zu in the candidate's %s, "
                   "each of which the released image has",
                   view.old->len, view.new->len, view.new->folder);
    finding_hint(finding, "check `candidate`: it should be the image that is about to be released; "
                          "when these migrations were taken out on purpose, accept this with a "
                          "reason, and tell the users who have them");
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    if (seen->old_lacks) {
        judge_first(seen, findings, ret_skip);
        return;
    }
    if (step_passed(seen->old_migrate) && seen->opaque) {
        judge_opaque(seen, findings, ret_skip);
        return;
    }
    if (!step_passed(seen->old_migrate) || !seen->before) {
        *ret_skip = xstrdup(step_passed(seen->old_migrate)
                                ? "the database of the released image was not read"
                                : "the released image's migrations did not pass");
        return;
    }
    judge_images(seen, findings);
    judge_direction(seen, findings);
    if (!seen->before->exists)
        judge_absent(seen, findings);
    else if (snapshot_user_tables(seen->before) == 0)
        judge_tables(seen, findings);
    else if (step_passed(seen->new_migrate) && seen->after)
        judge_other_database(seen, findings);
}

const Check CHECK_VACUOUS = {
    .id = "vacuous",
    .level = LEVEL_ERROR,
    .profile = PROFILE_QUICK,
    .finds =
        "nothing was tested: no table, the same image twice, an older one than the release, the "
        "database elsewhere, or old and new runs that saw different databases",
    .why = "Both commands can exit with 0 although no migration met any data: the\n"
           "database was written to another folder, the command printed its help, or the\n"
           "candidate's tag points to the old image. Such a test is green for years. The\n"
           "verdict is then `unknown`, and the exit status 3.",
    .fix = "Set `database.sqlite` to the file that the application really uses, and\n"
           "`database.volume` to the folder that users mount. Check that `migrate` is\n"
           "the command that migrates. Check that `candidate` is the image that is about\n"
           "to be released.",
    .example = "no database at /app/data/app.db: the old image wrote /app/notes.db, outside\n"
               "of the volume /app/data\n"
               "\n"
               "The image keeps its database beside its program unless DATABASE_PATH is set;\n"
               "users lose it there with the container.",
    .judge = judge,
};
