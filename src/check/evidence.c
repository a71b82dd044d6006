#include "check/evidence.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "check/pattern.h"

#define LINE_MAX_BYTES 4096 /* of a line that is looked at; messages stand near its start */
#define NEAR_LINES     25   /* how far below a Postgres message a driver prints table and column */

/* What runtimes and script runners print around a failure. */
static const char *const NOISE[] = {
    "Traceback (most recent call last)",
    "The above exception was the direct cause",
    "During handling of the above exception",
    "Node.js v",
    "npm ERR!",
    "npm error",
    "npm notice",
    "note: run with `RUST_BACKTRACE",
    "stack backtrace",
    "goroutine ",
    "exited with code",
    "exit status",
    "exit code",
    "ELIFECYCLE",
    "full command-line",
    "Command failed",
    "... ",
    "[stacktrace]",
    "Background on this error at",
    "Tasks: TOP",
    "(See full trace",
    "rake aborted!",
    "bin/rails aborted!",
    "rails aborted!",
    "make: ***",
};

static const char *const ERROR_WORDS[] = {"error", "exception", "panic",   "fatal",
                                          "fail",  "cannot",    "denied",  "not found",
                                          "abort", "could not", "invalid", "unable"};

/* Statements that were skipped because the object is there say so in the same words as failures. */
static bool is_harmless(const char *line)
{
    return strstr(line, ", skipping") || text_starts(line + strspn(line, " \t"), "NOTICE:");
}

static bool is_stack_frame(const char *line)
{
    const char *at = line + strspn(line, " \t");

    return (at > line && text_starts(at, "at ")) || text_starts(at, "File \"") ||
           text_starts(at, "from /") || (*at == '#' && isdigit((unsigned char)at[1])) ||
           text_starts(at, "node:internal") || *at == '^' ||
           (isdigit((unsigned char)*at) && strstr(at, " | ")); /* source lines that bun shows */
}

static bool is_noise(const char *line)
{
    if (is_stack_frame(line))
        return true;
    for (size_t i = 0; i < COUNT_OF(NOISE); i++)
        if (text_contains_nocase(line, NOISE[i]))
            return true;
    return false;
}

static bool looks_like_error(const char *line)
{
    for (size_t i = 0; i < COUNT_OF(ERROR_WORDS); i++)
        if (text_contains_nocase(line, ERROR_WORDS[i]))
            return true;
    return false;
}

/* What a %* took may run on behind the message: the closing quote or bracket of the wrapper that
 * the message stands in, the statement that Laravel and others append. */
static char *trim_message(const char *line, size_t at, size_t len)
{
    static const char *const APPENDED[] = {" (Connection: ", " (SQL: ", " [SQL: ", "\\n"};
    AUTO(str) char *text = xstrndup(line + at, len);
    const char before = at > 0 ? line[at - 1] : (char)'\0';
    size_t end;

    for (size_t i = 0; i < COUNT_OF(APPENDED); i++) {
        char *tail = strstr(text, APPENDED[i]);

        if (tail)
            *tail = '\0';
    }
    if ((before == '"' || before == '\'' || before == '`') && strchr(text, before) &&
        strchr(text, before) == strrchr(text, before))
        *strchr(text, before) = '\0';
    end = strlen(text);
    while (end > 0 && strchr(" \t,;{", text[end - 1]))
        end--;
    if (before == '(' && end > 0 && text[end - 1] == ')')
        end--;
    text[end] = '\0';
    return TAKE(text);
}

static const EvidencePattern *best_in_line(const char *line, EvidenceRank at_least,
                                           PatternMatch *ret_match)
{
    const EvidencePattern *best = NULL;
    const EvidencePattern *patterns;
    PatternMatch best_match = {0};
    size_t count;

    patterns = evidence_patterns(&count);
    for (size_t i = 0; i < count; i++) {
        PatternMatch match;

        if (patterns[i].rank < at_least || (best && patterns[i].rank < best->rank) ||
            !pattern_find(line, patterns[i].pattern, &match))
            continue;
        /* of equal rank the one that begins first: "error in view v: no such column: c" */
        if (best && patterns[i].rank == best->rank && match.at >= best_match.at) {
            pattern_match_clear(&match);
            continue;
        }
        pattern_match_clear(&best_match);
        best = &patterns[i];
        best_match = match;
    }
    if (best)
        *ret_match = best_match;
    return best;
}

/* A second failure that only says that something is or is not there follows from the first one more
 * often than not: a clean-up, a script that went on. */
static bool displaces(const Evidence *found, const EvidencePattern *next)
{
    bool is_consequence = next->kind == EVIDENCE_MISSING || next->kind == EVIDENCE_EXISTS;
    bool was_consequence = found->kind == EVIDENCE_MISSING || found->kind == EVIDENCE_EXISTS;

    return !found->message || next->rank > found->rank || !is_consequence || was_consequence;
}

static void read_line(const char *line, size_t index, Evidence *found)
{
    PatternMatch match;
    const EvidencePattern *pattern;

    if (is_harmless(line) || !(pattern = best_in_line(line, found->rank, &match)))
        return;
    if (displaces(found, pattern)) {
        evidence_clear(found);
        *found = (Evidence){
            .message = trim_message(line, match.at, match.len),
            .kind = pattern->kind,
            .rank = pattern->rank,
            .table = TAKE(match.table),
            .column = TAKE(match.column),
            .name = TAKE(match.name),
            .line = index,
        };
    }
    pattern_match_clear(&match);
}

/* Quotes escaped by JSON, Go's %q or Rust's Debug; "\n" within a JSON line ends a line of its own.
 */
static char *unescape(const char *line)
{
    bool is_json = line[strspn(line, " \t")] == '{';
    AUTO(str) char *quotes = text_replace(line, "\\\"", "\"");

    return is_json ? text_replace(quotes, "\\n", "\n") : TAKE(quotes);
}

static void read_raw_line(const char *raw, size_t index, Evidence *found)
{
    AUTO(str) char *capped = xstrndup(raw, LINE_MAX_BYTES);
    AUTO(str) char *plain = unescape(capped);
    AUTO(str_list) StrList parts = {0};

    str_list_split(plain, '\n', &parts);
    for (size_t i = 0; i < parts.len; i++)
        read_line(parts.items[i], index, found);
}

/* The message member of a structured log line; NULL when there is none. */
static char *json_message(const char *line)
{
    static const char *const PATHS[] = {
        "err.message", "error.message", "exception.message", "err", "error", "message", "msg"};
    AUTO(json) cJSON *root = cJSON_Parse(line);

    for (size_t i = 0; i < COUNT_OF(PATHS); i++) {
        const char *text = json_str_or(root, PATHS[i], NULL);

        if (!text_is_empty(text))
            return text_clean_line(text);
    }
    return NULL;
}

/* "migration 003_owner failed: Error: no": who failed is said beside it. */
static const char *behind_wrapper(const char *line)
{
    static const char WORD[] = " failed: ";
    const char *at = strstr(line, WORD);
    const char *rest = at ? at + strlen(WORD) : line;

    return text_contains_nocase(line, "migration") && *rest ? rest : line;
}

/* Nothing that the table knows: the last line that looks like an error, else the last words. */
static void read_any_line(const StrList *lines, Evidence *found)
{
    const char *chosen = NULL;
    bool is_error = false;

    for (size_t i = 0; i < lines->len; i++) {
        const char *line = lines->items[i];
        bool error = looks_like_error(line);

        if (line[strspn(line, " \t")] == '\0' || is_noise(line) || (is_error && !error))
            continue;
        chosen = line;
        is_error = error;
        found->line = i;
    }
    if (chosen) {
        AUTO(str) char *capped = xstrndup(chosen, LINE_MAX_BYTES);

        found->message = *chosen == '{' ? json_message(chosen) : NULL;
        if (!found->message)
            found->message = text_trim(behind_wrapper(capped));
        found->rank = RANK_LINE;
        found->kind = EVIDENCE_OTHER;
    }
}

static bool is_placeholder(const char *name)
{
    return text_eq(name, "undefined") || text_eq(name, "null") || text_eq(name, "None");
}

/* One thing that a Postgres driver prints beside the message: "table: 'notes'". */
static void fill_from(const char *line, const char *pattern, Evidence *found)
{
    PatternMatch match;

    if (!pattern_find(line, pattern, &match))
        return;
    if (match.table && !found->table && !is_placeholder(match.table))
        found->table = TAKE(match.table);
    if (match.column && !found->column && !is_placeholder(match.column))
        found->column = TAKE(match.column);
    pattern_match_clear(&match);
}

static void read_neighbours(const StrList *lines, Evidence *found)
{
    static const char *const BESIDE[] = {"table: Some(%t)", "table: %t",      "TABLE NAME: %t",
                                         "Key (%c)=",       "Key (%c, ",      "column: Some(%c)",
                                         "column: %c",      "COLUMN NAME: %c"};

    if (found->kind > EVIDENCE_CHECK || found->rank < RANK_DRIVER)
        return;
    for (size_t i = found->line; i < lines->len && i < found->line + NEAR_LINES; i++) {
        AUTO(str) char *capped = xstrndup(lines->items[i], LINE_MAX_BYTES);
        AUTO(str) char *plain = text_replace(capped, "\\\"", "\"");

        for (size_t k = 0; k < COUNT_OF(BESIDE); k++)
            fill_from(plain, BESIDE[k], found);
    }
}

void evidence_find(const char *log, Evidence *ret_evidence)
{
    AUTO(str_list) StrList lines = {0};
    AUTO(evidence) Evidence found = {.kind = EVIDENCE_OTHER};

    str_list_split(log ? log : "", '\n', &lines);
    for (size_t i = 0; i < lines.len; i++)
        read_raw_line(lines.items[i], i, &found);
    if (found.message)
        read_neighbours(&lines, &found);
    else
        read_any_line(&lines, &found);
    *ret_evidence = found;
    found = (Evidence){0};
}

void evidence_clear(Evidence *evidence)
{
    free(evidence->message);
    free(evidence->table);
    free(evidence->column);
    free(evidence->name);
    *evidence = (Evidence){.kind = EVIDENCE_OTHER};
}
