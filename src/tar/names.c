#include <errno.h>
#include <pthread.h>

#include "base/text.h"
#include "tar/internal.h"

static locale_t utf8; /* for the life of the process */

static void make_locale(void)
{
    /* the first comes with glibc 2.35 and with every Debian, the others are what older systems have
     */
    static const char *const NAMES[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8"};

    for (size_t i = 0; i < COUNT_OF(NAMES) && !utf8; i++)
        utf8 = newlocale(LC_CTYPE_MASK, NAMES[i], NULL);
}

locale_t names_enter(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_locale);
    return uselocale(utf8); /* NULL, where there is no such locale, changes nothing */
}

void names_leave(locale_t before)
{
    (void)uselocale(before);
}

Error *archive_failure(struct archive *archive, const char *doing)
{
    const char *text = archive_error_string(archive);
    AUTO(str) char *said = text_clean_line(text ? text : "unknown error");
    int native = archive_errno(archive);

    /* libarchive's own numbers, as for a damaged file, are negative or EINVAL and EILSEQ */
    return error_new(native == ENOSPC || native == EIO ? ERR_SYSTEM : ERR_PROTOCOL, native,
                     "%s: %s", doing, said);
}
