#pragma once
/* Settings that are maps with keys of their own. */

#include "config/spot.h"

/** How something shows that it is ready: exactly one way.
 * @param may_end  its end may count as ready: the way exit
 * @param[out] ret_ready  replaced; untouched on error */
MUST_USE Error *ready_read(const Loader *loader, const Spot *spot, const Node *node, bool may_end,
                           ReadySettings *ret_ready);
/** A map NAME: {image, command, ready, env, server_env}, in the order of the file.
 * @param[out] ret_services  replaced; untouched on error */
MUST_USE Error *services_read(const Loader *loader, const Spot *spot, const Node *node,
                              ServiceSettingsList *ret_services);
