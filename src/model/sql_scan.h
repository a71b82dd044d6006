#pragma once
/* SQL of any dialect cut into tokens. */

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

typedef enum ScanKind {
    SCAN_END,
    SCAN_WORD,
    SCAN_QUOTED,
    SCAN_STRING,
    SCAN_DOLLAR,
    SCAN_OTHER
} ScanKind;

typedef struct ScanToken {
    ScanKind kind;
    const char *start;
    size_t len;
} ScanToken;

typedef struct ScanTokens {
    ScanToken *items;
    size_t len, cap;
} ScanTokens;

/** White space and comments vanish. Any text will do. @param sql  must outlive the tokens */
void scan_read(const char *sql, ScanTokens *ret_tokens);
void scan_clear(ScanTokens *tokens);
DEFINE_AUTO_VALUE(scan, ScanTokens, scan_clear)
/** Whether token at is that keyword or sign, without case; false past the end. */
bool scan_is(const ScanTokens *tokens, size_t at, const char *text);
/** Whether token at can be a name. */
bool scan_is_name(const ScanTokens *tokens, size_t at);
/** A name, a string or a dollar-quoted text without its quotes; caller frees. */
MUST_USE char *scan_text(const ScanToken *token);
/** When token at is "(": the index behind its ")"; otherwise at + 1. */
size_t scan_skip(const ScanTokens *tokens, size_t at);
