#pragma once
/* What the replay tests of the release sources share. Include behind cmocka.h. */

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "peer.h"
#include "release/release_source.h"

typedef struct Fetched {
    ReleaseList releases;
    StrList warnings, notes;
    Error *err;
} Fetched;

static inline void fetched_clear(Fetched *fetched)
{
    release_list_clear(&fetched->releases);
    str_list_clear(&fetched->warnings);
    str_list_clear(&fetched->notes);
    error_free(fetched->err);
}

DEFINE_AUTO_VALUE(fetched, Fetched, fetched_clear)

static inline void note(void *context, const ProgressEvent *event)
{
    assert_int_equal(event->kind, PROGRESS_NOTE);
    str_list_add(context, event->text);
}

static inline void fetch(ReleaseQuery query, Fetched *fetched)
{
    Progress progress = {note, &fetched->notes};

    query.progress = &progress;
    fetched->err =
        release_list_fetch(&query, deadline_in(60000), &fetched->releases, &fetched->warnings);
    if (fetched->err)
        assert_int_equal(fetched->releases.len, 0);
}

/* "v1.0.0 2025-01-01T00:00:00Z draft pre sha", one a line */
static inline char *describe(const ReleaseList *list)
{
    Buf text = {0};

    for (size_t i = 0; i < list->len; i++) {
        const Release *release = &list->items[i];
        AUTO(str)
        char *time =
            release->published_ms < 0 ? xstrdup("-") : clock_format_iso(release->published_ms);

        buf_addf(&text, "%s%s %s%s%s%s%s", i > 0 ? "\n" : "", release->tag, time,
                 release->draft ? " draft" : "", release->prerelease ? " pre" : "",
                 release->sha ? " " : "", release->sha ? release->sha : "");
    }
    return buf_take(&text);
}

static inline void assert_releases(const Fetched *fetched, const char *wanted)
{
    AUTO(str) char *found = describe(&fetched->releases);

    if (fetched->err)
        fail_msg("%s", fetched->err->msg);
    assert_string_equal(found, wanted);
}

static inline void assert_no_warnings(const Fetched *fetched)
{
    AUTO(str) char *warnings = str_list_join(&fetched->warnings, " | ");

    assert_string_equal(warnings, "");
}

/* {base} in wanted stands for the peer's URL. */
static inline void assert_failed(const Fetched *fetched, ErrCode code, const char *base,
                                 const char *wanted)
{
    AUTO(str) char *message = text_replace(wanted, "{base}", base);

    assert_non_null(fetched->err);
    assert_string_equal(fetched->err->msg, message);
    assert_int_equal(fetched->err->code, code);
}

/* The same peer under another name, so that it is another host for the token. */
static inline char *as_localhost(const Peer *peer)
{
    return text_replace(peer_url(peer), "127.0.0.1", "localhost");
}
