#pragma once
/* A folder of its own for tests of the configuration, and config_load with an environment in which
 * there is no git. */

#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/secret.h"
#include "config/config.h"

static const char *const CHECK_IDS[] = {"old-migrate", "new-migrate", "vacuous",
                                        "integrity",   "pending",     "rerun"};

static char fixture_folder[64];
static char *fixture_home; /* where the test was started: the project's root */

static int enter_folder(void **state)
{
    (void)state;
    fixture_home = getcwd(NULL, 0);
    (void)strcpy(fixture_folder, "/tmp/seatrial-config-XXXXXX");
    return fixture_home && mkdtemp(fixture_folder) && chdir(fixture_folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    AUTO(str) char *command = xasprintf("rm -rf '%s'", fixture_folder);
    int rc = chdir(fixture_home);

    (void)state;
    free(fixture_home);
    return rc == 0 && system(command) == 0 ? 0 : -1;
}

static inline void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/** NULL-terminated environment: PATH leads nowhere. At most 7 strings of the caller's. */
#define ENVIRONMENT(...) ((char *const[]){(char *)(uintptr_t) "PATH=/nowhere", __VA_ARGS__ NULL})
#define V(text)          (char *)(uintptr_t)(text)

static inline Error *load(char *const *environment, const ConfigFlag *flags, size_t count,
                          Config *config)
{
    return config_load(NULL, flags, count, environment, CHECK_IDS, COUNT_OF(CHECK_IDS), config);
}

/** The settings of a YAML text alone; the test fails when it is an error. */
static inline void load_text(const char *yaml, Config *config)
{
    AUTO(error) Error *err = NULL;

    write_file("seatrial.yaml", yaml);
    err = load(ENVIRONMENT(), NULL, 0, config);
    if (err)
        fail_msg("%s\n%s", err->msg, yaml);
}
