#include "database/database.h"

#include <assert.h>
#include <stdlib.h>

#include "database/backup.h"
#include "database/ops.h"
#include "database/pg_restore_here.h"
#include "database/pg_url.h"
#include "database/service.h"

static const DatabaseOps *ops_of(const DatabaseSpec *spec)
{
    if (spec->service)
        return &SERVICE_OPS;
    return spec->postgres || spec->url ? &POSTGRES_OPS : &SQLITE_OPS;
}

bool database_is_opaque(const DatabaseSpec *spec)
{
    return ops_of(spec)->snapshot == NULL;
}

char *database_describe(const DatabaseSpec *spec)
{
    return ops_of(spec)->describe(spec);
}

char *database_outside(const DatabaseSpec *spec)
{
    AUTO(pg_url) PgUrl url = {0};
    AUTO(error) Error *err = spec->url ? pg_url_parse(spec->url, &url) : NULL;
    AUTO(str) char *peer = spec->url && !err ? pg_url_peer(&url) : NULL;

    if (!peer || !url.loopback)
        return TAKE(peer);
    return xasprintf("%s, which containers reach at the address of the engine's host: it has to "
                     "listen there, too",
                     peer);
}

Error *database_provision(const DatabaseContext *context, const DatabaseSpec *spec,
                          const char *image, Deadline dl, Database **ret_database)
{
    return ops_of(spec)->provision(context, spec, image, dl, ret_database);
}

Error *database_fresh(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                      Database *sibling, bool apart, Deadline dl, Database **ret_database)
{
    return sibling->ops->fresh(context, spec, image, sibling, apart, dl, ret_database);
}

bool database_is_told(const DatabaseSpec *spec, const StrMap *env)
{
    return !spec->service || service_is_told(spec->app_env, env);
}

void database_attach(const Database *database, const DatabaseSpec *spec, ContainerSpec *container,
                     StrMap *env)
{
    database->ops->attach(database, spec, container, env);
}

Error *database_copy(Database *database, Deadline dl, DatabaseCopy **ret_copy)
{
    assert(database->ops->copy); /* not of an opaque one */
    return database->ops->copy(database, dl, ret_copy);
}

Error *database_branch(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                       DatabaseCopy *copy, Deadline dl, Database **ret_database)
{
    return copy->ops->branch(context, spec, image, copy, dl, ret_database);
}

Error *database_snapshot(const DatabaseCopy *copy, const DatabaseSpec *spec,
                         LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                         Snapshot *ret_snapshot)
{
    return copy->ops->snapshot(copy, spec, ledgers_of, cancel, dl, ret_snapshot);
}

Error *database_peek(Database *database, Engine *engine, const DatabaseSpec *spec,
                     LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                     Snapshot *ret_snapshot, bool *ret_busy)
{
    return database->ops->peek(database, engine, spec, ledgers_of, cancel, dl, ret_snapshot,
                               ret_busy);
}

Error *database_compare(const DatabaseCopy *before, const Snapshot *before_snapshot,
                        const DatabaseCopy *after, const Snapshot *after_snapshot,
                        const DatabaseSpec *spec, const Cancel *cancel, Deadline dl,
                        DataChanges *ret_changes)
{
    return before->ops->compare(before, before_snapshot, after, after_snapshot, spec, cancel, dl,
                                ret_changes);
}

Error *database_references(const DatabaseCopy *upgraded, const Snapshot *upgraded_snapshot,
                           const DatabaseCopy *fresh, const Snapshot *fresh_snapshot,
                           const DatabaseSpec *spec, const Cancel *cancel, Deadline dl,
                           ReferenceList *tables)
{
    AUTO(data_side) DataSide *one = NULL, *other = NULL;

    if (tables->len == 0)
        return NULL;
    TRY(upgraded->ops->side(upgraded, spec, upgraded_snapshot, cancel, dl, &one));
    TRY(fresh->ops->side(fresh, spec, fresh_snapshot, cancel, dl, &other));
    return data_references(one, other, tables);
}

Error *database_mark(Database *database, Deadline dl, char **ret_mark)
{
    if (database->ops->mark)
        return database->ops->mark(database, dl, ret_mark);
    *ret_mark = NULL;
    return NULL;
}

Error *database_statements(Database *database, Engine *engine, const char *mark,
                           StatementScope scope, Deadline dl, StatementList *ret_statements,
                           bool *ret_known)
{
    if (mark && database->ops->statements)
        return database->ops->statements(database, engine, mark, scope, dl, ret_statements,
                                         ret_known);
    *ret_known = false;
    return NULL;
}

Error *database_watch_locks(Database *database, Deadline dl, LockWatch *ret_watch)
{
    return database->ops->watch ? database->ops->watch(database, dl, ret_watch) : NULL;
}

Error *database_locks(Database *database, Engine *engine, const LockWatch *watch, Deadline dl,
                      LockTrace *ret_trace, bool *ret_known)
{
    return database->ops->locks(database, engine, watch, dl, ret_trace, ret_known);
}

Error *database_restore(Database *database, const DatabaseContext *context,
                        const DatabaseSpec *spec, const char *image, const char *backup,
                        Deadline dl)
{
    assert(database->ops->restore); /* not of an opaque one: database_check_restore */
    return database->ops->restore(database, context, spec, image, backup, dl);
}

Error *database_check_restore(const DatabaseSpec *spec, const char *backup)
{
    BackupKind kind;

    if (spec->service)
        return error_new(ERR_INVALID, 0,
                         "data.restore: with database.service nobody but the application looks "
                         "into the server: restore the backup by the seed command instead");
    TRY_CTX(backup_kind(backup, &kind), "data.restore");
    if (spec->url && kind != BACKUP_SQLITE)
        return pg_restore_here_check(backup, kind);
    if ((kind == BACKUP_SQLITE || kind == BACKUP_SQL) && spec->sqlite)
        return NULL;
    if (kind != BACKUP_SQLITE && spec->postgres)
        return NULL;
    return error_new(ERR_INVALID, 0, "data.restore: %s is %s, and the database is %s", backup,
                     backup_kind_text(kind), spec->sqlite ? "an SQLite file" : "Postgres");
}

Error *database_fill(Database *database, const DatabaseSpec *spec, const char *image,
                     const DatabaseCopy *copy, const FillSpec *fill_spec, LedgerFinder ledgers_of,
                     const Cancel *cancel, Deadline dl, PopulateResult *ret_result)
{
    return database->ops->fill(database, spec, image, copy, fill_spec, ledgers_of, cancel, dl,
                               ret_result);
}

Error *database_tree(const DatabaseCopy *copy, const Cancel *cancel, Deadline dl,
                     FileTree *ret_tree)
{
    return copy->ops->tree ? copy->ops->tree(copy, cancel, dl, ret_tree) : NULL;
}

Error *database_view(Database *database, Deadline dl, DatabaseCopy **ret_copy)
{
    return database->ops->view ? database->ops->view(database, dl, ret_copy)
                               : database->ops->copy(database, dl, ret_copy);
}

bool database_is_as_branch(const DatabaseCopy *copy)
{
    return !copy->ops->is_as_branch || copy->ops->is_as_branch(copy);
}

Error *database_same(const DatabaseCopy *one, const DatabaseCopy *other, const DatabaseSpec *spec,
                     const Cancel *cancel, Deadline dl, bool *ret_same)
{
    *ret_same = false;
    return one->ops->same ? one->ops->same(one, other, spec, cancel, dl, ret_same) : NULL;
}

Error *database_copy_drop(DatabaseCopy *copy, Deadline dl)
{
    return copy->ops->copy_drop ? copy->ops->copy_drop(copy, dl) : NULL;
}

void database_copy_free(DatabaseCopy *copy)
{
    if (copy)
        copy->ops->copy_free(copy);
}

void database_close(Database *database)
{
    if (database)
        database->ops->close(database);
}
