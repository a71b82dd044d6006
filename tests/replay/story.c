#include "story.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void exchange_clear(StoryExchange *exchange)
{
    free(exchange->request_line);
    str_list_clear(&exchange->headers);
    str_list_clear(&exchange->want_body);
    str_list_clear(&exchange->reply_headers);
    str_list_clear(&exchange->reply_body);
}

void story_clear(Story *story)
{
    for (size_t i = 0; i < story->len; i++)
        exchange_clear(&story->items[i]);
    free(story->items);
    *story = (Story){0};
}

DEFINE_AUTO_VALUE(story, Story, story_clear)

/* The text behind a marker, without the one blank that separates them. */
static const char *behind(const char *line, const char *marker)
{
    line += strlen(marker);
    return *line == ' ' ? line + 1 : line;
}

static Error *take_request(Story *story, const char *text)
{
    StoryExchange *last = story->len > 0 ? &story->items[story->len - 1] : NULL;

    if (last && !last->has_reply) {
        if (!strchr(text, ':'))
            return error_new(ERR_INVALID, 0, "wanted a header 'Name: value'");
        str_list_add(&last->headers, text);
        return NULL;
    }
    if (!strchr(text, ' '))
        return error_new(ERR_INVALID, 0, "wanted a request line 'METHOD target'");
    LIST_PUSH(story,
              ((StoryExchange){.request_line = xstrdup(text), .truncate_bytes = -1, .repeat = 1}));
    return NULL;
}

static Error *take_reply(StoryExchange *exchange, const char *text)
{
    uint64_t status = 0;

    if (exchange->status == 0) {
        TRY(parse_u64(text, 100, 599, &status));
        exchange->status = (int)status;
        exchange->has_reply = true;
        return NULL;
    }
    if (!strchr(text, ':'))
        return error_new(ERR_INVALID, 0, "wanted a header 'Name: value'");
    str_list_add(&exchange->reply_headers, text);
    return NULL;
}

static Error *take_directive(StoryExchange *exchange, const char *text)
{
    uint64_t truncate_bytes = 0;

    if (strcmp(text, "chunked") == 0) {
        exchange->chunked = true;
    } else if (strcmp(text, "bytes") == 0) {
        exchange->bytes = true;
    } else if (strcmp(text, "close") == 0) {
        exchange->close = exchange->has_reply = true;
    } else if (strcmp(text, "silence") == 0) {
        exchange->silence = exchange->has_reply = true;
    } else if (strcmp(text, "any") == 0) {
        exchange->any = true;
    } else if (text_starts(text, "truncate ")) {
        TRY(parse_u64(text + strlen("truncate "), 0, 1U << 30, &truncate_bytes));
        exchange->truncate_bytes = (int64_t)truncate_bytes;
    } else if (text_starts(text, "delay ")) {
        TRY(parse_u64(text + strlen("delay "), 0, 60000, &exchange->delay_ms));
    } else if (text_starts(text, "repeat ")) {
        TRY(parse_u64(text + strlen("repeat "), 1, 100000, &exchange->repeat));
    } else {
        return error_new(ERR_INVALID, 0, "no such directive");
    }
    return NULL;
}

static Error *take_line(Story *story, const char *line)
{
    StoryExchange *last = story->len > 0 ? &story->items[story->len - 1] : NULL;

    if (line[0] == '\0' || line[0] == '#')
        return NULL;
    if (line[0] == '>' && line[1] != '>')
        return take_request(story, behind(line, ">"));
    if (!last)
        return error_new(ERR_INVALID, 0, "wanted a request first");
    if (text_starts(line, ">>")) {
        str_list_add(&last->want_body, behind(line, ">>"));
        last->has_want_body = true;
        return NULL;
    }
    if (text_starts(line, "<<")) {
        str_list_add(&last->reply_body, behind(line, "<<"));
        return NULL;
    }
    if (line[0] == '<')
        return take_reply(last, behind(line, "<"));
    if (line[0] == '@')
        return take_directive(last, line + 1);
    return error_new(ERR_INVALID, 0, "wanted a line that begins with #, >, >>, <, << or @");
}

static Error *check_whole(const Story *story)
{
    if (story->len == 0)
        return error_new(ERR_INVALID, 0, "no request in it");
    for (size_t i = 0; i < story->len; i++)
        if (!story->items[i].has_reply)
            return error_new(ERR_INVALID, 0, "no reply to '%s'", story->items[i].request_line);
    return NULL;
}

Error *story_read(const char *path, Story *ret_story)
{
    AUTO(file) FILE *file = fopen(path, "re");
    AUTO(str) char *line = NULL;
    AUTO(story) Story story = {0};
    size_t cap = 0, number = 0;
    ssize_t len;

    if (!file)
        return error_errno("%s", path);
    while ((len = getline(&line, &cap, file)) >= 0) {
        number++;
        if (len > 0 && line[len - 1] == '\n')
            line[len - 1] = '\0';
        TRY_CTX(take_line(&story, line), "%s:%zu: '%.60s'", path, number, line);
    }
    TRY_CTX(check_whole(&story), "%s", path);
    *ret_story = story;
    story = (Story){0};
    return NULL;
}
