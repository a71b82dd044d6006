#pragma once
/* Folders of an image that may be an application's. */

#include "model/image_files.h"

/** The image's working folder; where applications usually are when it names none but "/". */
void framework_roots(const ImageFiles *files, StrList *ret_folders);
/** Folders below a root in which monorepos keep their members, or which are members themselves. */
void framework_member_parents(const char *root, StrList *ret_folders);
/** Members of a root that were seen, a dozen at most. */
void framework_members(const ImageFiles *files, const char *root, StrList *ret_folders);
