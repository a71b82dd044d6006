#pragma once
/* The database of a trial behind one interface: an SQLite file in a volume, a throwaway Postgres
 * server, throwaway databases on an existing one, or any other server, into which nobody looks. */

#include "base/spool.h"
#include "database/lock_watch.h"
#include "database/populate/populate.h"
#include "engine/ready.h"
#include "model/data_changes.h"
#include "model/file_tree.h"
#include "model/lock_trace.h"
#include "model/reference.h"
#include "model/snapshot.h"
#include "model/statements.h"

/* What a trial lends to its database; everything borrowed. */
typedef struct DatabaseContext {
    Engine *engine;       /* must outlive the Database */
    const Cancel *cancel; /* may be NULL */
    const char *network;  /* id of the trial's network, on which a server is found */
    const StrMap *labels; /* for every object made */
    const char *name;     /* prefix of names: "seatrial-<run>-1" */
    /* Register an object for teardown, by its name and before it is made: the reply may be lost. */
    void (*made)(void *context, const char *kind, const char *id); /* "volume", "container",
                              "connection" (network/container: this process joined it), "database"
                              (its name, a space, the URL of its server: a secret) */
    void *made_context;
} DatabaseContext;

typedef struct DatabaseSpec {
    const char *sqlite; /* path of the file in the container; NULL: it is another kind */
    const char *volume; /* mount path; NULL: the file's folder */
    const char *owner;  /* "uid:gid" or NULL */

    const char *postgres;   /* image of the throwaway server; NULL: it is another kind */
    const char *url;        /* of an existing Postgres server, a secret; NULL: it is another kind */
    bool plain_role;        /* the application connects as an owner without further rights */
    bool durable;           /* the server syncs to disk */
    const StrList *init;    /* SQL files, run once as superuser; NULL none */
    const StrMap *settings; /* of the server; NULL none */
    const StrMap *env;      /* of the application, with {url} {host} {port} {user} {password}
                               {database}; NULL: DATABASE_URL and the PG* variables. Of a service:
                               of the server itself */

    const char *service;    /* image of any other server; NULL: it is another kind */
    const StrList *command; /* of the service; empty: the image's own */
    ReadySpec ready;        /* of the service; alias and made are the database's to fill in */
    const StrMap *app_env;  /* of the application of a service, with {host} {port}; NULL none */
} DatabaseSpec;

typedef struct Database Database;

/** "sqlite /app/data/app.db", "postgres postgres:17-alpine", "postgres at db.example.com:5432",
 * "service mariadb:11"; caller frees. */
MUST_USE char *database_describe(const DatabaseSpec *spec);
/** True of a server that cannot be looked into: it has no copies, branches and snapshots. */
bool database_is_opaque(const DatabaseSpec *spec);
/** Mount path of its volume: as given, or the file's folder; NULL when it has none. Caller frees.
 */
MUST_USE char *database_volume(const DatabaseSpec *spec);

/** How the application reaches a server outside of the trial's network, to which an isolated one
 * has no way: "db.example.com:5432"; NULL when the database is inside. Caller frees. */
MUST_USE char *database_outside(const DatabaseSpec *spec);

/** Paths, owner and URL that cannot be. @return NULL, or ERR_INVALID that names the key */
MUST_USE Error *database_check(const DatabaseSpec *spec);

/**
 * Make an empty database for a trial. SQLite: a labelled volume, filled and owned as the image has
 * it (or as owner says), held by a container of that image which is created and never started.
 * Postgres: a server on a tmpfs, ready when it answers SELECT 1 on the application's database; or a
 * database of a random name on the server of the URL.
 *
 * @param image  of the container that runs first: its files fill the empty volume
 * @return NULL; ERR_INVALID (paths or owner that cannot be); else as the engine's calls. What was
 * made until then is known to context->made.
 */
MUST_USE Error *database_provision(const DatabaseContext *context, const DatabaseSpec *spec,
                                   const char *image, Deadline dl, Database **ret_database);

/**
 * A further empty database, as good as a newly provisioned one: a volume; a database on the
 * sibling's server, or a server of its own when what all databases of that one share (roles,
 * settings) is no longer as it was; a service of its own.
 *
 * @param context  of the caller's lane; its name is no other database's
 * @param sibling  a database of the same trial
 * @param apart  somebody is at work on the sibling's server, and may change what all share: a
 * server of its own in any case. Of an existing server there is no other: it is shared.
 * @return as database_provision
 */
MUST_USE Error *database_fresh(const DatabaseContext *context, const DatabaseSpec *spec,
                               const char *image, Database *sibling, bool apart, Deadline dl,
                               Database **ret_database);
/**
 * Whether the application would find a further server: of a service, it is told the host by
 * {host}, and nowhere by the first one's name.
 *
 * @param env  of the application, as the settings have it
 */
bool database_is_told(const DatabaseSpec *spec, const StrMap *env);

/** Mounts and environment that a container needs to reach it: fills container->mounts (array of at
 * least one owned by the database), adds to env what is not set there yet, and fills in the
 * templates that values of env contain. */
void database_attach(const Database *database, const DatabaseSpec *spec, ContainerSpec *container,
                     StrMap *env);

/* The whole contents at one moment, to look at and to make copies from. No container may be
 * writing. */
typedef struct DatabaseCopy DatabaseCopy;

/** Not of an opaque database. The whole volume, owners, modes, -wal and -shm included; or a copy of
 * the database on its server, and a second server when the roles or settings of the first have
 * changed. */
MUST_USE Error *database_copy(Database *database, Deadline dl, DatabaseCopy **ret_copy);
/**
 * The same, only to be looked at, and while nobody uses the database: it may be the database itself
 * that is read. No branch is made of it.
 */
MUST_USE Error *database_view(Database *database, Deadline dl, DatabaseCopy **ret_copy);
/** Whether the database that a copy was taken of is as good to spoil as a branch of the copy: what
 * all databases of its server share is as it was at first. */
bool database_is_as_branch(const DatabaseCopy *copy);
/** A second database with that content, which an experiment may spoil. image: as in provision, but
 * none of its files are copied into the volume. */
MUST_USE Error *database_branch(const DatabaseContext *context, const DatabaseSpec *spec,
                                const char *image, DatabaseCopy *copy, Deadline dl,
                                Database **ret_database);
/** The files in the volume of a copy. @param[out] ret_tree  without items when the database is no
 * file in a volume @return NULL, or ERR_CANCELLED, ERR_TIMEOUT, ERR_LIMIT, ERR_PROTOCOL */
MUST_USE Error *database_tree(const DatabaseCopy *copy, const Cancel *cancel, Deadline dl,
                              FileTree *ret_tree);
/**
 * Whether two copies of a volume have the same files, byte for byte. What SQLite makes anew
 * whenever it opens the file, its -shm, is passed over.
 *
 * @param[out] ret_same  false as well where nobody can tell: of a database on a server
 * @return as database_tree
 */
MUST_USE Error *database_same(const DatabaseCopy *one, const DatabaseCopy *other,
                              const DatabaseSpec *spec, const Cancel *cancel, Deadline dl,
                              bool *ret_same);
/* Called with the schema once it is read; fills the specs of the ledgers in it. */
typedef void (*LedgerFinder)(const Schema *schema, LedgerSpecList *ret_specs);

/**
 * Schema, row counts, fingerprints, faults of a copy, and its ledgers.
 *
 * A file that is missing, empty, damaged or no database is no error: the snapshot says so (exists,
 * faults). Without a ledger table, a user_version that is set is the ledger, with an empty table
 * name. Text in it is as the database has it: hostile bytes.
 *
 * @param ledgers_of  NULL finds none
 * @param cancel  may be NULL
 * @param[out] ret_snapshot  untouched on error
 * @return NULL; ERR_INVALID (the copy's volume does not contain the file), ERR_CANCELLED,
 * ERR_TIMEOUT, ERR_SYSTEM (disk), ERR_PROTOCOL (the copy is no archive)
 */
MUST_USE Error *database_snapshot(const DatabaseCopy *copy, const DatabaseSpec *spec,
                                  LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                                  Snapshot *ret_snapshot);
/**
 * What a migrator changes of a database that may be in use: schema and ledgers, nothing else.
 *
 * @param engine  the caller's own: two that wait beside each other may look into one database
 * @param[out] ret_snapshot  exists, schema and ledgers are filled in; untouched when busy
 * @param[out] ret_busy  somebody is at work in it just now: a transaction is open, or what was read
 * does not fit together
 * @return NULL, or as database_snapshot
 */
MUST_USE Error *database_peek(Database *database, Engine *engine, const DatabaseSpec *spec,
                              LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                              Snapshot *ret_snapshot, bool *ret_busy);
/**
 * What became of the rows and values of one copy in another.
 *
 * Left out are ledgers, virtual tables and generated columns. Memory stays flat.
 *
 * @param before_snapshot  of the first copy: it exists
 * @param after_snapshot  of the other: it exists
 * @param[out] ret_changes  untouched on error; what could not be compared is in its unseen
 * @return NULL, or as database_snapshot
 */
MUST_USE Error *database_compare(const DatabaseCopy *before, const Snapshot *before_snapshot,
                                 const DatabaseCopy *after, const Snapshot *after_snapshot,
                                 const DatabaseSpec *spec, const Cancel *cancel, Deadline dl,
                                 DataChanges *ret_changes);
/**
 * Whether two databases have the same reference data.
 *
 * @param tables  to compare; counts and examples are filled in, and unseen
 * @return NULL, or as database_compare
 */
MUST_USE Error *database_references(const DatabaseCopy *upgraded, const Snapshot *upgraded_snapshot,
                                    const DatabaseCopy *fresh, const Snapshot *fresh_snapshot,
                                    const DatabaseSpec *spec, const Cancel *cancel, Deadline dl,
                                    ReferenceList *tables);
/** The point from which on database_statements tells. @param[out] ret_mark  NULL where the database
 * keeps no log of statements; caller frees */
MUST_USE Error *database_mark(Database *database, Deadline dl, char **ret_mark);
/**
 * The SQL that ran in this database since a mark, whatever tool sent it.
 *
 * @param engine  open client, of the calling thread
 * @param mark  NULL: nothing is known
 * @param[out] ret_known  false when the statements cannot be had; both untouched on error
 */
MUST_USE Error *database_statements(Database *database, Engine *engine, const char *mark,
                                    StatementScope scope, Deadline dl,
                                    StatementList *ret_statements, bool *ret_known);
/** Watch the table locks in this database, which is to be spoilt. @param[out] ret_watch  untouched
 * where they cannot be told: without a mark. Clear it */
MUST_USE Error *database_watch_locks(Database *database, Deadline dl, LockWatch *ret_watch);
/**
 * The table locks since then.
 *
 * @param engine  open client
 * @param watch  with a mark
 * @param[out] ret_known  false when they cannot be had; both untouched on error
 */
MUST_USE Error *database_locks(Database *database, Engine *engine, const LockWatch *watch,
                               Deadline dl, LockTrace *ret_trace, bool *ret_known);

/** Whether a database can begin with a backup. @return NULL, or ERR_INVALID that names the key: a
 * kind of database into which nothing is restored, no backup, or one of another kind */
MUST_USE Error *database_check_restore(const DatabaseSpec *spec, const char *backup);
/**
 * Begin with a backup: the first content of a database that was just provisioned, and that
 * database_check_restore let pass.
 *
 * @param context  of the caller's lane
 * @param image  as in provision
 * @param backup  path of an SQLite file, of SQL, or of what pg_dump wrote
 * @return NULL, and then all of it is there; ERR_INVALID, in the words of who reads it: it is
 * damaged, incomplete or empty, or does not fit; else as the engine's calls
 */
MUST_USE Error *database_restore(Database *database, const DatabaseContext *context,
                                 const DatabaseSpec *spec, const char *image, const char *backup,
                                 Deadline dl);

/* What is put into an old database before its upgrade. */
typedef struct FillSpec {
    const StrList *scripts; /* SQL files, run first; NULL none */
    PopulateSpec rows;      /* its ledgers are found here */
} FillSpec;

/**
 * Make rows in a database that nobody uses just now. Not of an opaque database.
 *
 * @param copy  what it contains now
 * @param[out] ret_result  empty when there is no database yet
 * @return NULL, also when tables could not be filled; ERR_INVALID for a script that the database
 * refuses: "seed.sql:3: no such table: notes"; else as database_snapshot
 */
MUST_USE Error *database_fill(Database *database, const DatabaseSpec *spec, const char *image,
                              const DatabaseCopy *copy, const FillSpec *fill_spec,
                              LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                              PopulateResult *ret_result);
/** What no longer is to be looked at goes away at once, where the database that it was taken of is
 * used further: on a server a copy holds on to roles. Only database_copy_free may follow, also on
 * error. */
MUST_USE Error *database_copy_drop(DatabaseCopy *copy, Deadline dl);
void database_copy_free(DatabaseCopy *copy);
/** Forget it; its objects are the teardown's. */
void database_close(Database *database);
DEFINE_AUTO(database, Database *, database_close)
DEFINE_AUTO(database_copy, DatabaseCopy *, database_copy_free)
