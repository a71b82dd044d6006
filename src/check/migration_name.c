/* Which migration a log speaks of: file names and ids as the migrators write them. */

#include <ctype.h>
#include <string.h>

#include "check/evidence.h"
#include "check/migration_shape.h"
#include "check/pattern.h"

#define TOKEN_MAX_BYTES 200

/* A name in the log that may be a migration's. */
typedef struct Candidate {
    char *name;
    size_t line;
    bool strong; /* the line says that it is being applied, or that it failed */
} Candidate;

typedef struct Search {
    size_t line;              /* of the error */
    const Snapshot *snapshot; /* whose ledgers say what is applied */
    Candidate best;
} Search;

static const char *const ACTIONS[] = {"migrating", "applying", "running",  "executing", "apply",
                                      "execute",   "failed",   "fails",    "error",     "up ",
                                      "upgrad",    "starting", "reverted", "migrate ",  "process",
                                      "=> ",       "-> "};

static bool is_token_byte(char c)
{
    return isalnum((unsigned char)c) || strchr("_-./\\@", c) || (unsigned char)c >= 0x80;
}

/* Does a word that announces a migration stand right before the token? */
static bool follows_word(const char *line, size_t at)
{
    static const char *const WORDS[] = {"migration", "migrating", "applying", "version", "revision",
                                        "apply",     "running",   "->",       "=="};
    size_t end = at, start;

    while (end > 0 && strchr(" \t\"'`:#(=[", line[end - 1]) && !text_starts(line + end - 1, "=="))
        end--;
    start = end;
    while (start > 0 && !strchr(" \t\"'`(", line[start - 1]))
        start--;
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (end - start >= strlen(WORDS[i]) &&
            strncasecmp(line + end - strlen(WORDS[i]), WORDS[i], strlen(WORDS[i])) == 0)
            return true;
    return end < at && end > 0 && text_starts(line + end - 1, "==");
}

/* A name without a number, where the line says that it is one: "applying add_owner", "migration
 * add_owner failed". */
static bool is_announced(const char *line, size_t at, const char *name)
{
    static const char *const WORDS[] = {"migration", "applying", "migrating"};
    size_t len = strlen(name);
    const char *behind = line + at + len + strspn(line + at + len, " \t\"'`:.");

    if (len < 4 || !strchr(name, '_') || (*behind && !text_starts(behind, "failed")))
        return false;
    for (size_t i = 0; i < COUNT_OF(WORDS); i++) {
        size_t word = strlen(WORDS[i]);

        if (at > word && strchr(" \"'`", line[at - 1]) &&
            (strncasecmp(line + at - word - 1, WORDS[i], word) == 0 ||
             (at > word + 1 && strncasecmp(line + at - word - 2, WORDS[i], word) == 0)))
            return true;
    }
    return false;
}

/* Stack frames name the file and its line: 003_owner.js:5:10. */
static bool is_strong(const char *line, const char *behind)
{
    if (*behind == ':' && isdigit((unsigned char)behind[1]))
        return true;
    if (text_contains_nocase(line, "pending") || text_contains_nocase(line, "to apply"))
        return false;
    for (size_t i = 0; i < COUNT_OF(ACTIONS); i++)
        if (text_contains_nocase(line, ACTIONS[i]))
            return true;
    return false;
}

static size_t distance(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

/* Strong names beat others; among them the nearest to the error counts, above it rather than below.
 * A mere list of names is in the order of its application: there the first one counts. */
static void consider(Search *search, const char *name, size_t line, bool strong)
{
    Candidate *best = &search->best;
    bool better = !best->name || (strong && !best->strong) ||
                  (strong && distance(line, search->line) < distance(best->line, search->line));

    if (!better || migration_is_applied(search->snapshot, name))
        return;
    free(best->name);
    *best = (Candidate){xstrdup(name), line, strong};
}

static void read_token(Search *search, const char *line, size_t at, size_t len, size_t index)
{
    AUTO(str) char *token = xstrndup(line + at, len);
    AUTO(str) char *bare = NULL;
    const char *base = token;
    char *dots = strstr(token, "..."); /* Django: "Applying notes.0003_owner...Traceback" */
    bool is_file;

    if (dots) {
        *dots = '\0';
        len = (size_t)(dots - token);
    }
    while (len > 0 && strchr("./\\-_@", token[len - 1]))
        token[--len] = '\0';
    for (const char *c = token; *c; c++)
        if (*c == '/' || *c == '\\')
            base = c + 1;
    bare = migration_bare_name(base);
    is_file = !text_eq(bare, base);
    if (!is_file && strrchr(bare, '.') && isdigit((unsigned char)strrchr(bare, '.')[1]) &&
        migration_is_numbered(strrchr(bare, '.') + 1, true))
        base = strrchr(base, '.') + 1; /* notes.0003_owner */
    else if (!migration_is_likely(bare, is_file, follows_word(line, at), search->snapshot) &&
             !is_announced(line, at, token))
        return;
    consider(search, is_file && !migration_ids_have_extension(search->snapshot) ? bare : base,
             index, is_strong(line, line + at + strlen(token)));
}

static void read_line(Search *search, const char *line, size_t index)
{
    PatternMatch match;

    /* golang-migrate: "Read and execute 3/u owner". Source: its migrate.go and log output */
    if (pattern_find(line, "%d/u %w", &match)) {
        if (match.name)
            consider(search, match.name, index, true);
        pattern_match_clear(&match);
        return;
    }
    for (size_t at = 0; line[at];) {
        size_t len = 0;

        while (line[at + len] && is_token_byte(line[at + len]))
            len++;
        if (len > 0 && len <= TOKEN_MAX_BYTES)
            read_token(search, line, at, len, index);
        at += len + (line[at + len] != '\0');
    }
}

static char *failed_row(const Snapshot *before, const Snapshot *after)
{
    for (size_t i = 0; after && i < after->ledgers.len; i++) {
        const Ledger *ledger = &after->ledgers.items[i];
        const Ledger *old =
            before ? ledger_find(&before->ledgers, ledger->space, ledger->table) : NULL;

        for (size_t k = 0; k < ledger->len; k++) {
            const LedgerEntry *was = old ? ledger_entry_find(old, ledger->items[k].id) : NULL;

            if (ledger->items[k].state == LEDGER_FAILED && (!was || was->state != LEDGER_FAILED))
                return xstrdup(ledger->items[k].id);
        }
    }
    return NULL;
}

char *evidence_migration(const char *log, size_t line, const Snapshot *before,
                         const Snapshot *after)
{
    char *failed = failed_row(before, after);
    AUTO(str_list) StrList lines = {0};
    Search search = {.line = line, .snapshot = after ? after : before};

    if (failed)
        return failed;
    str_list_split(log ? log : "", '\n', &lines);
    for (size_t i = 0; i < lines.len; i++) {
        AUTO(str) char *plain = text_replace(lines.items[i], "\\\"", "\"");
        AUTO(str) char *capped = xstrndup(plain, 4096);

        read_line(&search, capped, i);
    }
    return search.best.name;
}

const char *evidence_last_applied(const Snapshot *snapshot)
{
    for (size_t i = 0; snapshot && i < snapshot->ledgers.len; i++) {
        const Ledger *ledger = &snapshot->ledgers.items[i];

        for (size_t k = ledger->len; k > 0; k--)
            if (ledger->items[k - 1].state == LEDGER_APPLIED)
                return ledger->items[k - 1].id;
    }
    return NULL;
}
