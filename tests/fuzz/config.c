/* seatrial.yaml. */

#include "config/config.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const CHECKS[] = {"rerun", "locks"};
    char variable[] = "GITHUB_REPOSITORY=acme/notes";
    char *environment[] = {variable, NULL}, path[64];
    AUTO(config) Config config = {0};
    int fd = memfd_create("seatrial.yaml", MFD_CLOEXEC);

    if (fd < 0 || (size > 0 && write(fd, data, size) != (ssize_t)size))
        abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    fuzz_done(config_load(path, NULL, 0, environment, CHECKS, 2, &config));
    (void)close(fd);
    return 0;
}
