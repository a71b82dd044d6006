#pragma once
/* A home of its own for a test: $HOME, $DOCKER_CONFIG and $PATH in a new folder, nothing else set.
 */

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

static char fixture_home[64];

static inline char *home_path(const char *name)
{
    return xasprintf("%s/%s", fixture_home, name);
}

/* Write a file below the home, with the folders that it needs. */
static inline void home_write(const char *name, mode_t mode, const char *text)
{
    AUTO(str) char *path = home_path(name);
    FILE *file;

    for (char *at = path + strlen(fixture_home) + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        (void)mkdir(path, 0700);
        *at = '/';
    }
    file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static inline int home_setup(void **state)
{
    static const char *const NAMES[] = {
        "DOCKER_HOST",        "DOCKER_CONTEXT",   "DOCKER_TLS_VERIFY",
        "DOCKER_TLS",         "DOCKER_CERT_PATH", "DOCKER_CONFIG",
        "DOCKER_AUTH_CONFIG", "XDG_RUNTIME_DIR",  "DOCKER_API_VERSION",
    };
    AUTO(str) char *path = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        (void)unsetenv(NAMES[i]);
    (void)snprintf(fixture_home, sizeof fixture_home, "/tmp/seatrial-test-XXXXXX");
    if (!mkdtemp(fixture_home))
        return -1;
    path = xasprintf("%s/bin:/usr/bin:/bin", fixture_home);
    return setenv("HOME", fixture_home, 1) || setenv("PATH", path, 1);
}

static inline int home_teardown(void **state)
{
    AUTO(str) char *command = xasprintf("rm -rf -- '%s'", fixture_home);

    (void)state;
    return system(command);
}

#define HOME_TEST(function) cmocka_unit_test_setup_teardown(function, home_setup, home_teardown)
