#pragma once
/* The HTML report's parts. Everything in it is text of the document, escaped by report/markup.h. */

#include "base/buffer.h"
#include "report/render.h"

/** The style sheet: light and dark, phone and paper. */
extern const char HTML_STYLE[];

/** A text's words; what stands between backticks is code. */
void html_words(Buf *out, const char *text);
/** The id of a path, in a title: with an arrow that is not parted at the end of a line. */
void html_id(Buf *out, const char *id);
/** A name; NULL shows as fallback. */
void html_code(Buf *out, const char *text, const char *fallback);
/** Several lines as they are; nothing when there are none. */
void html_pre(Buf *out, const char *text);
/** "migration <code>…</code>, table <code>…</code>", as far as known. */
void html_place(Buf *out, const Finding *finding);
/** A coloured word. @param tone  "good", "bad", "warn" or "none" */
void html_badge(Buf *out, const char *tone, const char *word);
/** Tag, reference and digest of an image. */
void html_image(Buf *out, const ImageFacts *facts);
/** "10 rows in 4 of 4 tables before the upgrade"; caller frees. */
MUST_USE char *html_data(const PathReport *path);

const char *html_verdict_tone(Verdict verdict);
const char *html_verdict_word(Verdict verdict); /* "Broken" */
const char *html_outcome_tone(Outcome outcome);

/** Steps as bars on one scale, so that what ran side by side shows. */
void html_timeline(Buf *out, const PathReport *path);
/** Which tables the upgrade locks while which of its statements run. */
void html_locks(Buf *out, const PathReport *path);
/** Those of one path that nothing accepts, worst first, and those that are accepted. */
void html_findings(Buf *out, const PathReport *path);
/** A whole section. @param number  from 1: its anchor is #path-NUMBER */
void html_path(Buf *out, const Report *report, const PathReport *path, size_t number);
