#pragma once
/* Pieces of the settings file that is suggested: whatever is in them, they read back as they are.
 */

#include "base/buffer.h"
#include "base/list.h"

void yaml_text(Buf *out, const char *text);
void yaml_list(Buf *out, const StrList *list); /* [a, b] */
/** One line, whatever is in the text: INDENT# LEADTEXT. */
void yaml_comment(Buf *out, const char *indent, const char *lead, const char *text);
void yaml_found(Buf *out, const char *indent, const char *found); /* NULL: nothing */
/** KEY: TEXT; nothing when the text is NULL. The key holds its indent. */
void yaml_key(Buf *out, const char *key, const char *text);
void yaml_map(Buf *out, const char *indent, const StrMap *map);
