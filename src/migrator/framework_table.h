#pragma once
/* The migration frameworks: what reveals each in an image, its commands, what its status says.
 * Paths are relative to the application's folder unless they begin with "/"; * stands for
 * characters of one component, one {a,b} for alternatives; a final "/" wants a folder. */

#include <stdbool.h>
#include <stddef.h>

typedef struct FrameworkSign {
    const char *path;
    const char *text; /* that the file must contain; NULL: its being there says enough */
} FrameworkSign;

/* Commands, when their tool is in the image. In them {tool} stands for it and {file} for the file
 * that revealed the framework. */
typedef struct FrameworkRun {
    const char *tool;     /* alternatives separated by "|": with a slash a path, else found in PATH;
                             node_modules/ is looked for in the folders above, too, as Node does */
    const char *migrate;  /* up to now, without a question */
    const char *status;   /* NULL: there is none */
    const char *rollback; /* one step; NULL: there is none */
} FrameworkRun;

typedef struct Framework {
    const char *name; /* as in ledger_shapes.c */
    FrameworkSign signs[7];
    const char *packages[3]; /* dependencies: "npm:knex", "pip:", "gem:", "composer:", "go:" */
    bool package_suffices;   /* it runs with its defaults: no sign is needed beside the package */
    FrameworkRun runs[3];
    const char *ask;           /* instead of runs: what a command needs that no image can tell */
    const char *migrations[4]; /* folders where its migration files stand, "/" at the end */
    /* POSIX extended expression for a line of the status text that says that something is pending,
     * dirty or different; NULL: it has no status text. The exit status is judged anyway. */
    const char *pending;
} Framework;

const Framework *framework_table(size_t *ret_count);
/** First row of that name; NULL when there is none. */
const Framework *framework_find(const char *name);
