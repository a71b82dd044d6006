#pragma once
/* An application that goes on running: it is ready, its migrations are through, it is stopped. */

#include "verify/run.h"

/**
 * Wait until a container that was started is ready by spec->ready and its database is at rest: for
 * a while its ledgers and its schema stay as they are, and nobody is in the middle of a
 * transaction. Then stop it, or when it does not get there kill it at the run's timeout. In every
 * case it has ended afterwards.
 *
 * @param[in,out] step  end, outcome and reason are set; its exit status means nothing when it was
 * stopped
 * @return NULL, or Error when the engine or the database failed or the run was cancelled
 */
MUST_USE Error *application_await(Session *session, const RunSpec *spec, const char *id,
                                  Step *step);
