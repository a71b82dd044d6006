#pragma once
/* What was read from an image's file system without starting it, and how its commands start. */

#include "base/list.h"

typedef enum ImageFileType {
    IMAGE_ABSENT, /* was asked for: there is no such thing */
    IMAGE_FILE,
    IMAGE_LINK,        /* symbolic: to a file or a folder, which was not followed */
    IMAGE_FOLDER,      /* not listed */
    IMAGE_FOLDER_PART, /* listed as far as the cap allowed */
    IMAGE_FOLDER_ALL,  /* all below it was read: what is not listed is not there */
} ImageFileType;

typedef struct ImageFile {
    char *path; /* absolute, no final slash */
    ImageFileType type;
    char *text; /* of a small file that was read; NULL otherwise */
} ImageFile;

typedef struct ImageFiles {
    ImageFile *items; /* sorted by path */
    size_t len, cap;
    char *workdir;               /* where commands start; "/" when the image names none */
    StrList path;                /* folders of PATH */
    StrList entrypoint, command; /* as a container would run them */
} ImageFiles;

/** Add what is at a path; replaces what was known of it. Text is copied. */
void image_files_add(ImageFiles *files, const char *path, ImageFileType type, const char *text);
/** NULL when it was neither seen nor asked for; an IMAGE_ABSENT item is an answer. Borrowed. */
const ImageFile *image_files_find(const ImageFiles *files, const char *path);
/** Whether asking for the path would tell nothing new. A folder counts once it was listed. */
bool image_files_knows(const ImageFiles *files, const char *path);
/** First that is there and whose path has the pattern: * stands for any characters of one path
 * component, but not for a dot at its start. A pattern that ends in "/" wants a folder, any other a
 * file. A link serves for both. Borrowed, NULL when there is none. */
const ImageFile *image_files_match(const ImageFiles *files, const char *pattern);
/** A path below a folder, which may be "/"; caller frees. */
MUST_USE char *image_path_join(const char *folder, const char *name);
void image_files_clear(ImageFiles *files);
DEFINE_AUTO_VALUE(image_files, ImageFiles, image_files_clear)
