#include "check/compose.h"

#include <string.h>

#include "base/secret.h"

static char *safe_line(const char *text, size_t max_bytes)
{
    AUTO(str) char *masked = secret_mask(text);
    AUTO(str) char *clean = text_clean_line(masked);
    AUTO(str) char *trimmed = text_trim(clean);

    return text_capped(trimmed, max_bytes);
}

Finding *finding_new(FindingList *list, const char *check, Level level, const char *fmt, ...)
{
    Finding *finding = finding_list_add(list, check, level);
    AUTO(str) char *title = NULL;
    va_list args;

    va_start(args, fmt);
    title = xvasprintf(fmt, args);
    va_end(args);
    finding->title = safe_line(title, TITLE_MAX_BYTES);
    return finding;
}

void finding_detail(Finding *finding, const char *fmt, ...)
{
    AUTO(str) char *text = NULL;
    AUTO(str) char *masked = NULL;
    AUTO(str) char *clean = NULL;
    va_list args;

    va_start(args, fmt);
    text = xvasprintf(fmt, args);
    va_end(args);
    masked = secret_mask(text);
    clean = text_clean(masked, strlen(masked));
    free(finding->detail);
    finding->detail = text_capped(clean, DETAIL_MAX_BYTES);
}

void finding_hint(Finding *finding, const char *fmt, ...)
{
    AUTO(str) char *text = NULL;
    va_list args;

    va_start(args, fmt);
    text = xvasprintf(fmt, args);
    va_end(args);
    free(finding->hint);
    finding->hint = safe_line(text, HINT_MAX_BYTES);
}

void finding_field(char **field, const char *text)
{
    if (!text)
        return;
    free(*field);
    *field = safe_line(text, TITLE_MAX_BYTES);
}

static const char *signal_name(int signo)
{
    static const struct {
        int signo;
        const char *name;
    } NAMES[] = {{1, "SIGHUP"},   {2, "SIGINT"},   {3, "SIGQUIT"},  {4, "SIGILL"},
                 {6, "SIGABRT"},  {7, "SIGBUS"},   {8, "SIGFPE"},   {9, "SIGKILL"},
                 {11, "SIGSEGV"}, {13, "SIGPIPE"}, {15, "SIGTERM"}, {24, "SIGXCPU"}};

    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        if (NAMES[i].signo == signo)
            return NAMES[i].name;
    return NULL;
}

/* 128+N is what shells and engines make of signal N. Source: Engine API, State.ExitCode. */
static char *signal_fault(int exit_code, const Observation *seen)
{
    const char *name = exit_code > 128 && exit_code < 160 ? signal_name(exit_code - 128) : NULL;
    AUTO(str) char *limit = format_size_bytes(seen->memory_bytes);

    if (exit_code == 137 && seen->memory_bytes > 0)
        return xasprintf("killed (SIGKILL), possibly out of memory (limit %s)", limit);
    if (exit_code == 137) /* the engine's flag misses children and is late: moby/moby#15621 */
        return xstrdup("killed (SIGKILL), possibly out of memory");
    if (name)
        return xasprintf("killed by %s (exit status %d)", name, exit_code);
    return xasprintf("killed (exit status %d)", exit_code);
}

static char *memory_fault(const Observation *seen)
{
    AUTO(str) char *limit = format_size_bytes(seen->memory_bytes);

    return seen->memory_bytes > 0 ? xasprintf("killed: out of memory at the limit of %s", limit)
                                  : xstrdup("killed: out of memory");
}

static char *timeout_fault(const Observation *seen)
{
    AUTO(str) char *limit = format_duration_ms(seen->timeout_ms);

    return seen->timeout_ms > 0 ? xasprintf("killed at the timeout of %s", limit)
                                : xstrdup("killed at the timeout");
}

char *step_fault(const Step *step, const Observation *seen)
{
    AUTO(str) char *limit = format_duration_ms(seen->timeout_ms);

    switch (step->end) {
    case STEP_TIMED_OUT:
        return timeout_fault(seen);
    case STEP_OUT_OF_MEMORY:
        return memory_fault(seen);
    case STEP_KILLED:
        return signal_fault(step->exit_code, seen);
    case STEP_NOT_STARTED:
        return xasprintf("could not be started: %s",
                         text_is_empty(step->reason) ? "the engine gave no reason" : step->reason);
    case STEP_NOT_READY:
        return xasprintf("not ready within %s%s%s", limit, text_is_empty(step->reason) ? "" : ": ",
                         text_is_empty(step->reason) ? "" : step->reason);
    case STEP_STOPPED:
    case STEP_EXITED:
        break;
    }
    if (step->exit_code > 128 && step->exit_code < 160)
        return signal_fault(step->exit_code, seen);
    return xasprintf("exit status %d%s%s", step->exit_code, text_is_empty(step->reason) ? "" : ": ",
                     text_is_empty(step->reason) ? "" : step->reason);
}

bool step_passed(const Step *step)
{
    return step && step->outcome == OUTCOME_PASSED;
}

void step_evidence(const Step *step, const Observation *seen, Evidence *ret_evidence)
{
    Evidence found;

    evidence_find(step->log_tail, &found);
    evidence_resolve(&found, seen->before, seen->after);
    *ret_evidence = found;
}

void finding_evidence(Finding *finding, const Evidence *evidence, const Observation *seen)
{
    if (!finding->table)
        finding_field(&finding->table, evidence->table);
    if (!finding->column)
        finding_field(&finding->column, evidence->column);
    if (!finding->hint && evidence->rank > RANK_LINE) {
        AUTO(str) char *hint = evidence_hint(evidence, seen->image_user, seen->volume);

        if (hint)
            finding_hint(finding, "%s", hint);
    }
}

void finding_step(Finding *finding, const Step *step, const Evidence *evidence,
                  const Observation *seen, const char *note)
{
    AUTO(str) char *fault = step_fault(step, seen);
    AUTO(str) char *took = format_duration_ms(step->duration_ms);
    AUTO(str) char *log = secret_mask(step->log_tail ? step->log_tail : "");
    AUTO(str) char *excerpt = evidence_excerpt(log, evidence, DETAIL_MAX_BYTES - 2048);

    finding_detail(finding, "%s%s%s: %s after %s%s\n%s", note ? note : "", note ? "\n" : "",
                   step->name ? step->name : "step", fault, took,
                   *excerpt ? "; the end of its log:" : "; it wrote nothing", excerpt);
}

bool old_is_ready(const Observation *seen)
{
    return seen->old_lacks || step_passed(seen->old_migrate);
}

char *skip_opaque(const Observation *seen)
{
    return seen->opaque ? xasprintf("%s cannot be looked into", seen->database) : NULL;
}

char *skip_unless_upgraded(const Observation *seen)
{
    if (!old_is_ready(seen))
        return xstrdup("the released image's migrations did not pass");
    if (seen->candidate_lacks)
        return xstrdup("the candidate has no migrations");
    if (!seen->new_migrate)
        return xstrdup("the candidate's migrations were not run");
    if (!step_passed(seen->new_migrate))
        return xstrdup("the candidate's migrations did not pass");
    return NULL;
}

char *skip_without_upgrade(const Observation *seen)
{
    char *skip = skip_unless_upgraded(seen);

    if (!skip)
        skip = skip_opaque(seen);
    if (!skip && !seen->after)
        skip = xstrdup("the database was not read after the upgrade");
    return skip;
}
