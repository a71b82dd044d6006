#pragma once
/* Texts that are safe already (report/safe.h) inside of HTML and XML. What is left of control
 * characters, tabs and newlines, is legal in both. */

#include "base/buffer.h"

/** Between tags, or inside of a quoted attribute. NULL is nothing. */
void markup_text(Buf *out, const char *text);
/** The same for an attribute whose newlines and tabs must stay what they are (XML makes blanks of
 * them otherwise). */
void markup_attribute(Buf *out, const char *text);
