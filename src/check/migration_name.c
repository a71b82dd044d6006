/* Which migration a log speaks of: file names and ids as the migrators write them. */

#include <ctype.h>
#include <string.h>

#include "check/evidence.h"
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

static const char *const EXTENSIONS[] = {".up.sql", ".down.sql", ".sql", ".ts",  ".js",  ".mjs",
                                         ".cjs",    ".mts",      ".py",  ".rb",  ".php", ".go",
                                         ".rs",     ".xml",      ".yaml", ".yml", ".json", ".exs",
                                         ".cs",     ".java",     ".kt"};

static const char *const ACTIONS[] = {"migrating", "applying", "running",  "executing", "apply",
                                      "execute",   "failed",   "fails",    "error",     "up ",
                                      "upgrad",    "starting", "reverted", "migrate ",  "process",
                                      "=> ",       "-> "};

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

static bool has_letter(const char *text)
{
    for (; *text; text++)
        if (isalpha((unsigned char)*text) || (unsigned char)*text >= 0x80)
            return true;
    return false;
}

static bool is_hex(const char *text, size_t len)
{
    return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

/* Does the text begin with this shape? 9 stands for a digit, x for anything but the end. */
static bool has_shape(const char *text, const char *shape)
{
    for (; *shape; shape++, text++)
        if (!*text || (*shape == '9' ? !isdigit((unsigned char)*text)
                                     : *shape != 'x' && *text != *shape))
            return false;
    return true;
}

/* 2026-08-01 and 2026-08-01T10:00; the colon ends a token, so the hour is what is left of it. */
static bool is_iso_date(const char *text)
{
    return has_shape(text, "9999-99-99") && (strlen(text) == 10 || text[10] == 'T');
}

static bool is_uuid(const char *text)
{
    return strlen(text) == 36 && has_shape(text, "xxxxxxxx-xxxx-xxxx-xxxx-");
}

/* 001_init, 20260801120000-add-owner, 1700000000000_x: number, separator, name. */
static bool is_numbered(const char *text, bool is_file)
{
    size_t digits = digits_at(text);

    return digits >= (is_file ? 1U : 3U) && digits <= 17 &&
           (text[digits] == '_' || text[digits] == '-') && has_letter(text + digits) &&
           !is_iso_date(text) && !is_uuid(text);
}

/* V3__owner, V1_2__x, U3__owner of Flyway and refinery; m20260801_000001_x of SeaORM. */
static bool is_lettered(const char *text)
{
    size_t digits = *text ? digits_at(text + 1) : 0;

    if (digits == 0)
        return false;
    if (*text == 'm' && digits == 8 && text[9] == '_')
        return true;
    return strchr("VvUu", *text) && strstr(text + 1 + digits, "__");
}

/* AddOwner1700000000000 of TypeORM. */
static bool is_stamped(const char *text)
{
    size_t len = strlen(text), digits = 0;

    while (digits < len && isdigit((unsigned char)text[len - 1 - digits]))
        digits++;
    return digits == 13 && len > 13 && isalpha((unsigned char)*text);
}

static bool ledgers_have_shape(const Snapshot *snapshot, const char *name)
{
    size_t len = strlen(name);
    bool digits = digits_at(name) == len;

    for (size_t i = 0; snapshot && i < snapshot->ledgers.len; i++)
        for (size_t k = 0; k < snapshot->ledgers.items[i].len; k++) {
            const char *id = snapshot->ledgers.items[i].items[k].id;

            if (digits && digits_at(id) == strlen(id) && (strlen(id) == len || len < 8))
                return true;
            if (!digits && len >= 8 && strpbrk(name, "0123456789") && is_hex(name, len) &&
                is_hex(id, len))
                return true;
        }
    return false;
}

/* 20260801120000 of Rails, dbmate and Ecto: a moment of this or the last century. */
static bool is_moment(const char *text)
{
    return strlen(text) == 14 && digits_at(text) == 14 &&
           (text_starts(text, "20") || text_starts(text, "19"));
}

static bool looks_like_migration(const char *name, bool is_file, bool after_word,
                                 const Snapshot *snapshot)
{
    if (is_numbered(name, is_file || after_word) || is_lettered(name) || is_stamped(name) ||
        is_moment(name))
        return true;
    if (digits_at(name) == strlen(name))
        return after_word && ledgers_have_shape(snapshot, name);
    return ledgers_have_shape(snapshot, name);
}

/* The number that both begin with, zeros and Flyway's V aside: golang-migrate's 3 is 0003_owner. */
static bool same_number(const char *id, const char *name)
{
    size_t a, b;

    id += strchr("Vv", *id) && *id;
    name += strchr("Vv", *name) && *name;
    id += strspn(id, "0");
    name += strspn(name, "0");
    a = digits_at(id);
    b = digits_at(name);
    return a > 0 && a == b && strncmp(id, name, a) == 0 && (!id[a] || !name[b]);
}

static char *without_extension(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(EXTENSIONS); i++)
        if (text_ends(name, EXTENSIONS[i]) && strlen(name) > strlen(EXTENSIONS[i]))
            return xstrndup(name, strlen(name) - strlen(EXTENSIONS[i]));
    return xstrdup(name);
}

/* Django's ledger says notes.0003_owner, its traceback 0003_owner. */
static bool same_migration(const char *id, const char *name)
{
    AUTO(str) char *a = without_extension(id);
    AUTO(str) char *b = without_extension(name);
    const char *dot_a = strrchr(a, '.'), *dot_b = strrchr(b, '.');

    return text_eq(a, b) || same_number(a, b) || (dot_a && text_eq(dot_a + 1, b)) ||
           (dot_b && text_eq(a, dot_b + 1));
}

static bool is_applied(const Snapshot *snapshot, const char *name)
{
    for (size_t i = 0; snapshot && i < snapshot->ledgers.len; i++)
        for (size_t k = 0; k < snapshot->ledgers.items[i].len; k++) {
            const LedgerEntry *entry = &snapshot->ledgers.items[i].items[k];

            if (entry->state == LEDGER_APPLIED && same_migration(entry->id, name))
                return true;
        }
    return false;
}

static bool ids_have_extension(const Snapshot *snapshot)
{
    for (size_t i = 0; snapshot && i < snapshot->ledgers.len; i++)
        for (size_t k = 0; k < snapshot->ledgers.items[i].len; k++) {
            const char *id = snapshot->ledgers.items[i].items[k].id;
            AUTO(str) char *bare = without_extension(id);

            return !text_eq(bare, id);
        }
    return false;
}

static bool is_token_byte(char c)
{
    return isalnum((unsigned char)c) || strchr("_-./\\@", c) || (unsigned char)c >= 0x80;
}

/* Does a word that announces a migration stand right before the token? */
static bool follows_word(const char *line, size_t at)
{
    static const char *const WORDS[] = {"migration", "migrating", "applying", "version",
                                        "revision",  "apply",     "running",  "->", "=="};
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

    if (!better || is_applied(search->snapshot, name))
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
    bare = without_extension(base);
    is_file = !text_eq(bare, base);
    if (!is_file && strrchr(bare, '.') && isdigit((unsigned char)strrchr(bare, '.')[1]) &&
        is_numbered(strrchr(bare, '.') + 1, true))
        base = strrchr(base, '.') + 1; /* notes.0003_owner */
    else if (!looks_like_migration(bare, is_file, follows_word(line, at), search->snapshot))
        return;
    consider(search, is_file && !ids_have_extension(search->snapshot) ? bare : base, index,
             is_strong(line, line + at + strlen(token)));
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
