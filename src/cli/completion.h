#pragma once
/* Completion scripts, one writer a shell; all from the tables. */

#include "base/buffer.h"

void completion_bash(Buf *out);
void completion_zsh(Buf *out);
void completion_fish(Buf *out);

/** Text in single quotes, as all three shells read it: ' becomes '\''. */
void completion_quote(Buf *out, const char *text);
