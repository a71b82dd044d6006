#pragma once
/* A database that is files: one labelled volume, and the container that holds it. */

#include "database/copy.h"

typedef struct Volume {
    char *name;   /* of the volume */
    char *holder; /* id of a container that never runs: the archive API reaches the volume by it */
    char *mount;  /* clean path of the volume where the application has it */
} Volume;

/**
 * Make a volume and its holder. Both are handed to context->made as soon as they exist.
 *
 * @param fill  the engine fills it with what the image has at mount, owner and mode included;
 * otherwise it is left empty
 */
MUST_USE Error *volume_make(const DatabaseContext *context, const char *mount, const char *image,
                            bool fill, Deadline dl, Volume *ret_volume);
/** Give the volume's own folder to "uid:gid" or "uid", by number; its mode stays. */
MUST_USE Error *volume_set_owner(Engine *engine, const Volume *volume, const char *owner,
                                 Deadline dl);
/** All of it as a tar with one folder, the volume's own: "volume", or "." on Podman. */
MUST_USE Error *volume_read(Engine *engine, const Volume *volume, Deadline dl, Spool **ret_spool);
/**
 * Unpack a copy into it, owner and mode of the volume's own folder included. Podman does not tell
 * the owners of what it copies: everything is then owner's, or else the user's that image names.
 *
 * @param owner  "uid:gid" or NULL
 * @return NULL, or Error; ERR_CONFLICT when the image's user is a name that it does not explain
 */
MUST_USE Error *volume_write(Engine *engine, const Volume *volume, const VolumeCopy *copy,
                             const char *owner, const char *image, Deadline dl);
void volume_clear(Volume *volume);
DEFINE_AUTO_VALUE(volume, Volume, volume_clear)

/** The numbers of a user in the text of an /etc/passwd. @return false: no such line, or no numbers
 * in it; outputs untouched */
bool volume_passwd_find(const char *passwd, const char *name, int64_t *ret_uid, int64_t *ret_gid);

/** "1000:1000", or "1000" for the user alone (group -1). ERR_INVALID otherwise. */
MUST_USE Error *volume_owner_parse(const char *owner, int64_t *ret_uid, int64_t *ret_gid);
