#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"

Error *error_new(ErrCode code, int native, const char *fmt, ...)
{
    Error *err = xmalloc(sizeof *err);
    va_list args;

    va_start(args, fmt);
    *err = (Error){.code = code, .native = native, .msg = xvasprintf(fmt, args)};
    va_end(args);
    return err;
}

Error *error_errno(const char *fmt, ...)
{
    int saved = errno;
    AUTO(str) char *what = NULL;
    char reason[128];
    va_list args;

    va_start(args, fmt);
    what = xvasprintf(fmt, args);
    va_end(args);
    /* GNU strerror_r: returns the text, which may or may not be in the buffer */
    return error_new(ERR_SYSTEM, saved, "%s: %s", what, strerror_r(saved, reason, sizeof reason));
}

Error *error_wrap(Error *err, const char *fmt, ...)
{
    AUTO(str) char *purpose = NULL;
    AUTO(str) char *cause = err->msg;
    va_list args;

    va_start(args, fmt);
    purpose = xvasprintf(fmt, args);
    va_end(args);
    err->msg = xasprintf("%s: %s", purpose, cause);
    return err;
}

void error_free(Error *err)
{
    if (!err)
        return;
    free(err->msg);
    free(err);
}

void error_ignore(Error *err)
{
    error_free(err);
}
