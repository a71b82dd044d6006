/* Runs a target on files, each whole, cut short at places all over it, and with bytes of it
 * changed: the seeds as ordinary tests. Usage: fuzz_NAME FOLDER|FILE... */

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "fuzz.h"

#define FILE_MAX (1U << 20)
#define CUTS     64
#define CHANGES  64

static size_t files;

static void run_mutated(const char *text, size_t len)
{
    AUTO(str) char *copy = fuzz_text((const uint8_t *)text, len);
    static const char BYTES[] = {'\0', '\n', '"', '\'', '\\', (char)0x80, (char)0xff, '{'};

    for (size_t i = 0; len > 0 && i < CHANGES; i++) {
        size_t at = i * 2654435761U % len; /* the same places each time */
        char before = copy[at];

        copy[at] = BYTES[i % sizeof BYTES];
        (void)LLVMFuzzerTestOneInput((const uint8_t *)copy, len);
        copy[at] = before;
    }
}

static void run_file(const char *path)
{
    AUTO(str) char *text = NULL;
    size_t len = 0;
    AUTO(error) Error *err = file_read(path, FILE_MAX, &text, &len);

    if (err) {
        (void)fprintf(stderr, "%s\n", err->msg);
        exit(1);
    }
    files++;
    (void)LLVMFuzzerTestOneInput((const uint8_t *)text, len);
    for (size_t i = 0; i < CUTS; i++)
        (void)LLVMFuzzerTestOneInput((const uint8_t *)text, len * i / CUTS);
    run_mutated(text, len);
}

static void run_folder(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    if (!folder) {
        perror(path);
        exit(1);
    }
    while ((entry = readdir(folder))) {
        AUTO(str) char *name = xasprintf("%s/%s", path, entry->d_name);
        struct stat status;

        if (stat(name, &status) == 0 && S_ISREG(status.st_mode))
            run_file(name);
    }
    (void)closedir(folder);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct stat status;

        if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode))
            run_folder(argv[i]);
        else
            run_file(argv[i]);
    }
    (void)LLVMFuzzerTestOneInput(NULL, 0);
    (void)printf("%zu seeds\n", files);
    return files > 0 ? 0 : 1;
}
