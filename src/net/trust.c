#include "net/trust.h"

#include <stdio.h>
#include <unistd.h>

#include "base/text.h"

/* Source: the list that Go's crypto/x509 (root_linux.go) and curl's configure look through. */
static const char *const PLACES[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Arch, Gentoo */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL 6 */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* CentOS, RHEL 7 and later */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE */
    "/etc/pki/tls/cacert.pem",                           /* OpenELEC */
    "/etc/ssl/cert.pem",                                 /* Alpine */
};

const char *trust_file(const char *named, const char *built_in, const char *root,
                       char places_path[static 256])
{
    if (!text_is_empty(named))
        return named;
    if (built_in && access(built_in, R_OK) == 0)
        return built_in;
    for (size_t i = 0; i < COUNT_OF(PLACES); i++) {
        int len = snprintf(places_path, 256, "%s%s", root, PLACES[i]);

        if (len > 0 && len < 256 && access(places_path, R_OK) == 0)
            return places_path;
    }
    return NULL;
}
