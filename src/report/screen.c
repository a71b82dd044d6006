#include "report/screen.h"

#include <inttypes.h>
#include <string.h>

#include "report/github_command.h"
#include "report/safe.h"

static const char *const CODES[] = {
    [TONE_PLAIN] = "",          [TONE_GOOD] = "\x1b[1;32m", [TONE_BAD] = "\x1b[1;31m",
    [TONE_WARN] = "\x1b[1;33m", [TONE_DIM] = "\x1b[2m",     [TONE_STRONG] = "\x1b[1m",
};

/* One column a character: wide ones make a line longer, which harms nothing. */
static size_t columns_of(const char *text, size_t len)
{
    size_t columns = 0;

    for (size_t i = 0; i < len; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

static void put_bytes(Screen *screen, Tone tone, const char *text, size_t len)
{
    bool colored = screen->options->color && tone != TONE_PLAIN && len > 0;

    buf_addf(&screen->line, "%s%.*s%s", colored ? CODES[tone] : "", (int)len, text,
             colored ? "\x1b[0m" : "");
    screen->columns += columns_of(text, len);
}

void screen_put(Screen *screen, Tone tone, const char *text)
{
    put_bytes(screen, tone, text, strlen(text));
}

void screen_putf(Screen *screen, Tone tone, const char *fmt, ...)
{
    AUTO(str) char *text = NULL;
    va_list args;

    va_start(args, fmt);
    text = xvasprintf(fmt, args);
    va_end(args);
    screen_put(screen, tone, text);
}

void screen_tab(Screen *screen, size_t column)
{
    while (screen->columns < column)
        put_bytes(screen, TONE_PLAIN, " ", 1);
}

void screen_wrap(Screen *screen, Tone tone, const char *text)
{
    size_t indent = screen->columns;
    size_t width = screen->options->width > 0 ? (size_t)screen->options->width : SIZE_MAX;

    if (width < indent + 20) /* too narrow to be worth it */
        width = SIZE_MAX;
    for (const char *word = text; *word;) {
        size_t blanks = strspn(word, " ");
        size_t len = strcspn(word + blanks, " ");
        bool first = screen->columns == indent;

        if (!first && screen->columns + blanks + columns_of(word + blanks, len) > width) {
            screen_end(screen);
            screen_tab(screen, indent);
            first = true;
        }
        if (first)
            put_bytes(screen, tone, word + blanks, len);
        else
            put_bytes(screen, tone, word, blanks + len);
        word += blanks + len;
    }
}

void screen_end(Screen *screen)
{
    const char *line = buf_text(&screen->line);
    size_t len = strlen(line);

    while (len > 0 && line[len - 1] == ' ')
        len--;
    (void)fprintf(screen->out, "%s%.*s\n", safe_is_command(line) ? "| " : "", (int)len, line);
    buf_clear(&screen->line);
    screen->columns = 0;
}

void screen_quote(Screen *screen, size_t indent, const char *text)
{
    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\n");

        screen_tab(screen, indent);
        put_bytes(screen, TONE_DIM, "| ", 2);
        put_bytes(screen, TONE_PLAIN, line, len);
        screen_end(screen);
        line += len + (line[len] == '\n');
    }
}

/* Source: GitLab Docs, "Custom collapsible sections" */
static void gitlab_mark(Screen *screen, const char *kind, const char *name, int64_t wall_ms,
                        const char *options, const char *title)
{
    (void)fprintf(screen->out, "\x1b[0Ksection_%s:%" PRId64 ":%s%s\r\x1b[0K%s\n", kind,
                  wall_ms / 1000, name, options, title);
}

bool screen_open(Screen *screen, const char *name, const char *title, int64_t began_wall_ms,
                 bool folded)
{
    switch (screen->options->log) {
    case CI_LOG_NONE:
        return false;
    case CI_LOG_GITHUB:
        if (!folded || screen->in_group)
            return false;
        github_command(screen->out, "group", NULL, title);
        screen->in_group = true;
        return true;
    case CI_LOG_GITLAB:
        gitlab_mark(screen, "start", name, began_wall_ms, folded ? "[collapsed=true]" : "", title);
        return true;
    }
    return false;
}

void screen_close(Screen *screen, const char *name, int64_t ended_wall_ms)
{
    switch (screen->options->log) {
    case CI_LOG_NONE:
        break;
    case CI_LOG_GITHUB:
        (void)fputs("::endgroup::\n", screen->out);
        screen->in_group = false;
        break;
    case CI_LOG_GITLAB:
        gitlab_mark(screen, "end", name, ended_wall_ms, "", "");
        break;
    }
}

void screen_clear(Screen *screen)
{
    buf_clear(&screen->line);
}

Tone verdict_tone(Verdict verdict)
{
    switch (verdict) {
    case VERDICT_SOUND:
        return TONE_GOOD;
    case VERDICT_BROKEN:
        return TONE_BAD;
    case VERDICT_NOTHING_TO_VERIFY:
        return TONE_STRONG;
    case VERDICT_UNKNOWN:
        return TONE_WARN;
    }
    return TONE_PLAIN;
}

const char *verdict_shout(Verdict verdict)
{
    switch (verdict) {
    case VERDICT_SOUND:
        return "SOUND";
    case VERDICT_BROKEN:
        return "BROKEN";
    case VERDICT_NOTHING_TO_VERIFY:
        return "NOTHING TO VERIFY";
    case VERDICT_UNKNOWN:
        return "UNKNOWN";
    }
    return "UNKNOWN";
}
