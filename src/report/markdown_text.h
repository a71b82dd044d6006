#pragma once
/* Texts that are safe already (report/safe.h) as GitHub's Markdown: nothing in them becomes markup,
 * HTML, a link, a mention or a reference. */

#include "base/buffer.h"

/** One line of prose; what stands between backticks is code. */
void md_text(Buf *out, const char *text);
/** A name, in the font of code; good in table cells, too. NULL and "" show as (none). */
void md_code(Buf *out, const char *text);
/** Several lines as they are, between fences. */
void md_fence(Buf *out, const char *text);
