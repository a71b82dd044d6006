#pragma once
/* What detection says of why it took a command, or none. */

#include "base/buffer.h"
#include "migrator/framework_match.h"

#define REASON_MAX 16384 /* bytes of a sentence: all that it quotes is cut before */

/** Text from an image as one clean line of bounded length; caller frees. */
MUST_USE char *reason_shown(const char *text);
/** What reveals a framework: "/app/knexfile.js is Knex's"; caller frees. */
MUST_USE char *reason_evidence(const FrameworkMatch *match);
/** Where the migrations of the taken one stand, and why others that are there were not taken. */
void reason_add_context(const FrameworkMatchList *matches, const FrameworkMatch *taken, Buf *found);
/** What a framework that is there lacks to be run; caller frees. */
MUST_USE char *reason_lacks(const FrameworkMatch *match);
