#pragma once
/* Which certificate authorities are trusted: distributions keep them in different places, and one
 * binary runs on all of them. */

/** The file of certificates to trust: SSL_CERT_FILE, else what libcurl was built for, else where
 * distributions keep it.
 *
 * @param named     value of SSL_CERT_FILE, or NULL; counts even when there is no such file, so that
 * it is missed
 * @param built_in  libcurl's own, or NULL
 * @param root      put in front of the distributions' places; "" but in tests
 * @param places_path  filled with the path in front of which root stands
 * @return NULL: none there is; else named, built_in or places_path */
const char *trust_file(const char *named, const char *built_in, const char *root,
                       char places_path[static 256]);
