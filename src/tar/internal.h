#pragma once
/* What the files of this folder share: names as bytes, and libarchive's words. */

#include <locale.h>

#include <archive.h>

#include "tar/tar.h"

/* libarchive converts names between UTF-8 and the charset of the locale, and in the C locale, in
 * which CI jobs run, it fails on everything beyond ASCII. Its calls stand between these two, which
 * give the thread a UTF-8 LC_CTYPE; names that are no UTF-8 then pass as the bytes that they are:
 * read with a warning, written marked as binary (tried with libarchive 3.6). */
locale_t names_enter(void);
void names_leave(locale_t before);

static inline void names_auto_release(locale_t *before)
{
    names_leave(*before);
}

/* Among the declarations of a function that calls libarchive about names. */
#define KEEP_NAMES() __attribute__((unused)) AUTO(names) locale_t names_before_ = names_enter()

/** An Error of libarchive's last failure; a truncated or damaged archive is ERR_PROTOCOL. */
MUST_USE Error *archive_failure(struct archive *archive, const char *doing);

/** True when a pattern re-includes something: an ignored folder must then be looked into. */
bool tar_ignore_has_exceptions(const TarIgnore *ignore);
