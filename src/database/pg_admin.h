#pragma once
/* What a trial does to a server: databases, a role, the state that all databases share. */

#include "database/pg_db.h"

/** What pg_hba.conf calls the way in for the superuser that the image made: before 14 a password is
 * kept as MD5, unless it is said otherwise, and "md5" takes a SCRAM secret as well.
 * @param version  as PQserverVersion: 150004. Source: postgresql.org, "Password Authentication" */
const char *pg_auth_method(int version);
/** One attempt to connect and SELECT 1. @return NULL, or as pg_db_open */
MUST_USE Error *pg_ready(const PgTarget *target, const Cancel *cancel, Deadline dl);

/**
 * @param owner  NULL: whoever we are
 * @param wait  until when somebody who is connected to the server's template is waited for
 * @return NULL; ERR_CONFLICT: it exists, or the template is in use; ERR_DENIED; ...
 */
MUST_USE Error *pg_database_create(PgDb *admin, const char *name, const char *owner, Deadline wait);

/**
 * A copy of a database: CREATE DATABASE name TEMPLATE origin, with the same owner. It wants nobody
 * to be connected to the origin.
 *
 * @param wait  until when sessions that are there are waited for
 * @return NULL, or ERR_CONFLICT that names the sessions that did not leave, or the prepared
 *         transactions; or as pg_query
 */
MUST_USE Error *pg_database_branch(PgDb *admin, const char *origin, const char *name,
                                   Deadline wait);

/** Drop it when it is there, and end the sessions in it. */
MUST_USE Error *pg_database_drop(PgDb *admin, const char *name);

/** Prepared transactions of a database: "'move-1' of role app"; empty for most. */
MUST_USE Error *pg_prepared_read(PgDb *admin, const char *database, StrList *ret_lines);
/** Roll them back, in target->database: one that has any cannot be dropped. */
MUST_USE Error *pg_prepared_undo(PgDb *admin, const PgTarget *target);
/**
 * Advisory locks that sessions at rest hold in a database, after those who worked there have ended.
 *
 * @param wait  until when sessions may still end
 * @param[out] ret_lines  "advisory lock 42 of a session of role app (pooler)"; empty for most
 */
MUST_USE Error *pg_held_await(PgDb *admin, const char *database, Deadline wait, StrList *ret_lines);

/** A role that may log in and nothing else. The server never sees, and so never logs, the password:
 * it gets the SCRAM secret. */
MUST_USE Error *pg_role_create(PgDb *admin, const char *name, const char *password);

/**
 * What a copy of a database does not contain: roles, memberships, settings of roles, databases and
 * the server. One line each, sorted. Two equal lists mean that the same was true both times, as far
 * as we may see: a plain role sees neither passwords nor what ALTER SYSTEM wrote.
 */
MUST_USE Error *pg_cluster_read(PgDb *admin, StrList *ret_lines);
