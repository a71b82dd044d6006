#pragma once
/* The parts of the Markdown report that are about one upgrade path. */

#include "base/buffer.h"
#include "report/render.h"

/** One finding that nothing accepts, with its evidence and what to do next. */
void markdown_finding(Buf *out, const RenderOptions *options, const PathReport *path,
                      const Finding *finding);
/** Evidence, folded; nothing when there is none. */
void markdown_evidence(Buf *out, const RenderOptions *options, const char *text);
/** What was run and seen, folded. */
void markdown_path(Buf *out, const RenderOptions *options, const Report *report,
                   const PathReport *path);
/** "migration `003_owner`, table `notes`", as far as known; nothing otherwise. */
void markdown_place(Buf *out, const Finding *finding);
/** A picture that says the verdict at a glance; the word stands beside it. */
const char *verdict_picture(Verdict verdict);
