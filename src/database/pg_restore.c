#include "database/pg_restore.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "database/backup.h"
#include "database/pg_dump.h"
#include "database/pg_restore_here.h"
#include "tar/tar.h"

#define FOLDER           "/tmp" /* in the container; every image of Postgres has it */
#define FILE_NAME        "seatrial-dump"
#define BACKUP_BYTES_MAX ((int64_t)64 << 30)
#define SAID_BYTES_MAX   (4U << 20) /* well below what the engine keeps of a container's log */
#define SHOWN_MAX        5          /* errors */

/* Nothing but sh and the tools of Postgres: images leave out the rest. Roles that the server lacks
 * own nothing there: owners and rights are left out. A schema "public" is there already, and dumps
 * of servers before 11 make it. Source: postgresql.org, pg_restore, --list and --use-list */
#define RESTORE(FROM)                                                                              \
    "set -e; umask 077\n"                                                                          \
    "pg_restore -l " FROM " >/tmp/seatrial-toc\n"                                                  \
    "while IFS= read -r line; do case $line in\n"                                                  \
    "*' SCHEMA - public '*|*' COMMENT - SCHEMA public '*) ;;\n"                                    \
    "*) printf '%s\\n' \"$line\" ;;\n"                                                             \
    "esac; done </tmp/seatrial-toc >/tmp/seatrial-list\n"                                          \
    "exec pg_restore --exit-on-error --no-owner --no-privileges -L /tmp/seatrial-list "            \
    "-d \"$SEATRIAL_TO\" " FROM "\n"

/* Everything is run, so that roles which this server lacks do not stop it: pg_errors_read tells
 * which errors count. With ECHO=errors psql says which statement it was.
 * Source: postgresql.org, psql, "Variables" */
static const char RUN_SQL[] =
    "exec psql -X -q -d \"$SEATRIAL_TO\" -v ECHO=errors -f " FOLDER "/" FILE_NAME " >/dev/null";

/* psql takes the end of its input for the end of a transaction too, and undoes it. */
static const char IS_WHOLE[] = "\nDO $$ BEGIN IF now() <> statement_timestamp() THEN RAISE "
                               "'it ends inside a transaction: the end of it is missing'; "
                               "END IF; END $$;\n";

/* --- the archive
 * ---------------------------------------------------------------------------------- */

static Error *add_file(const char *path, int64_t start, const char *end, const Cancel *cancel,
                       TarWriter *writer)
{
    AUTO(file) FILE *from = fopen(path, "rbe");
    TarEntry entry = {.path = FILE_NAME, .type = TAR_FILE, .mode = 0600};
    struct stat st;
    char bytes[65536];
    size_t len;

    if (!from || fstat(fileno(from), &st) != 0 || fseeko(from, (off_t)start, SEEK_SET) != 0)
        return error_errno("reading %s", path);
    entry.size_bytes = st.st_size - start + (int64_t)strlen(end);
    TRY(tar_writer_add(writer, &entry, NULL));
    while ((len = fread(bytes, 1, sizeof bytes, from)) > 0) {
        TRY(cancel_check(cancel));
        TRY(tar_writer_push(writer, bytes, len));
    }
    if (ferror(from))
        return error_errno("reading %s", path);
    return *end ? tar_writer_push(writer, end, strlen(end)) : NULL;
}

static Error *pack(const char *path, BackupKind kind, const Cancel *cancel,
                   VolumeCopy **ret_archive)
{
    AUTO(spool) Spool *spool = NULL;
    AUTO(tar_writer) TarWriter *writer = NULL;
    int64_t start = 0;

    TRY(spool_new(BACKUP_BYTES_MAX, &spool));
    if (kind == BACKUP_SQL)
        TRY(pg_dump_scan(path, cancel, &start));
    if (kind == BACKUP_FOLDER) {
        TRY(tar_folder(path, NULL, NULL, tar_to_spool, spool));
    } else {
        TRY(tar_writer_open(tar_to_spool, spool, &writer));
        TRY(add_file(path, start, kind == BACKUP_SQL ? IS_WHOLE : "", cancel, writer));
        TRY(tar_writer_finish(TAKE(writer)));
    }
    *ret_archive = volume_copy_of(TAKE(spool), FOLDER);
    return NULL;
}

/* --- owners
 * --------------------------------------------------------------------------------------- */

#define NO_MEMBER(catalog, row)                                                                    \
    " AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_catalog." catalog           \
    "'::regclass AND d.objid = " row ".oid AND d.deptype = 'e')"
#define USERS_SPACE " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

/* What the superuser made by the backup becomes the application's; what an extension holds, and
 * what belongs to a role that init made, stays. A sequence of a column follows its table. */
static const char GIVE_AWAY[] =
    "DO $$ DECLARE line text; BEGIN FOR line IN "
    "SELECT format('SCHEMA %I', n.nspname) FROM pg_namespace AS n WHERE n.nspowner = 10"
    " AND (n.nspname <> 'public' OR n.nspacl IS NULL)" USERS_SPACE NO_MEMBER(
        "pg_namespace",
        "n") " UNION ALL SELECT format('TABLE %I.%I', n.nspname, c.relname) FROM pg_class AS c"
             " JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relowner = 10"
             " AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')" USERS_SPACE NO_MEMBER(
                 "pg_class",
                 "c") " AND NOT (c.relkind = 'S' AND EXISTS (SELECT FROM pg_depend AS d"
                      " WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid"
                      " AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')"
                      " AND d.refobjsubid > 0))"
                      " UNION ALL SELECT format('ROUTINE %s', p.oid::regprocedure) FROM pg_proc AS p"
                      " JOIN pg_namespace AS n ON n.oid = p.pronamespace"
                      " WHERE p.proowner = 10" USERS_SPACE NO_MEMBER(
                          "pg_proc",
                          "p") " UNION ALL SELECT format(CASE t.typtype WHEN 'd' THEN 'DOMAIN %I.%I' ELSE 'TYPE %I.%I' END,"
                               " n.nspname, t.typname) FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace"
                               " LEFT JOIN pg_class AS c ON c.oid = t.typrelid WHERE t.typowner = 10"
                               " AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')" USERS_SPACE
                                   NO_MEMBER(
                                       "pg_type",
                                       "t") " UNION ALL SELECT format('LARGE OBJECT %s', oid) FROM pg_largeobject_metadata"
                                            " WHERE lomowner = 10 "
                                            "LOOP EXECUTE format('ALTER %s OWNER TO app', line); END LOOP; END $$";

static Error *give_away(PgServer *server, const char *database, Deadline dl)
{
    AUTO(pg_target) PgTarget target = {0};
    AUTO(pg_db) PgDb db = {0};

    pg_server_target(server, database, &target);
    TRY(pg_db_open(&target, pg_server_cancel(server), dl, &db));
    return pg_run(&db, GIVE_AWAY);
}

/* --- whether it was all
 * --------------------------------------------------------------------------- */

static Error *refuse_empty(PgServer *server, const char *database, Deadline dl)
{
    AUTO(pg_target) PgTarget target = {0};
    AUTO(pg_db) PgDb db = {0};
    AUTO(pg_result) PGresult *found = NULL;

    pg_server_target(server, database, &target);
    TRY(pg_db_open(&target, pg_server_cancel(server), dl, &db));
    TRY(pg_query(&db,
                 "SELECT 1 FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
                 "WHERE c.relkind IN ('r', 'p')" USERS_SPACE NO_MEMBER("pg_class", "c") " LIMIT 1",
                 NULL, 0, &found));
    return PQntuples(found) > 0 ? NULL : error_new(ERR_INVALID, 0, "it makes no table");
}

static Error *to_buffer(void *said, const char *bytes, size_t len)
{
    return buf_append(said, bytes, len);
}

/* What the engine may have dropped of a long log would be an error that nobody saw. */
static Error *judge_sql(const DatabaseContext *context, const char *id, int status, Deadline dl)
{
    AUTO(buf) Buf said = BUF_INIT(SAID_BYTES_MAX);
    AUTO(str_list) StrList errors = {0};
    AUTO(str) char *text = NULL;

    TRY_CTX(engine_container_errors(context->engine, id, dl, to_buffer, &said),
            "reading what psql says");
    pg_errors_read(buf_text(&said), SHOWN_MAX, &errors);
    if (errors.len == 0 && status != 0)
        str_list_addf(&errors, "it ended with exit status %d", status);
    if (errors.len == 0)
        return NULL;
    text = str_list_join(&errors, "\n");
    return error_new(status > 3 ? ERR_SYSTEM : ERR_INVALID, status, "psql: %s", text);
}

static Error *run_tool(const DatabaseContext *context, PgServer *server, const char *database,
                       BackupKind kind, const VolumeCopy *archive, Deadline dl)
{
    static const char *const SCRIPTS[] = {
        [BACKUP_SQL] = RUN_SQL,
        [BACKUP_ARCHIVE] = RESTORE(FOLDER "/" FILE_NAME),
        [BACKUP_FOLDER] = RESTORE(FOLDER),
    };
    AUTO(str) char *id = NULL;
    AUTO(str) char *log = NULL;
    PgHelp help = {.name = "restore",
                   .what = "restoring the backup",
                   .script = SCRIPTS[kind],
                   .archive = archive};
    int status = 0;

    TRY(pg_server_help(context, server, database, &help, dl, &status, &id, &log));
    if (kind == BACKUP_SQL)
        return judge_sql(context, id, status, dl);
    if (status == 0)
        return NULL;
    return error_new(status == 1 ? ERR_INVALID : ERR_SYSTEM, status, "%s",
                     text_is_empty(log) ? "pg_restore failed and said nothing" : log);
}

static Error *restore(const DatabaseContext *context, PgServer *server, const char *database,
                      const char *backup, BackupKind kind, Deadline dl)
{
    AUTO(volume_copy) VolumeCopy *archive = NULL;
    AUTO(pg_target) PgTarget target = {0};

    pg_server_target(server, database, &target);
    if (target.url) { /* of an existing server: what its role makes is its own */
        TRY(pg_restore_here(&target, context->cancel, backup, kind, dl));
        return refuse_empty(server, database, dl);
    }
    TRY(pack(backup, kind, context->cancel, &archive));
    TRY(run_tool(context, server, database, kind, archive, dl));
    TRY(refuse_empty(server, database, dl));
    TRY_CTX(give_away(server, database, dl), "giving what it made to the application's role");
    return NULL;
}

Error *pg_restore(const DatabaseContext *context, PgServer *server, const char *database,
                  const char *backup, Deadline dl)
{
    BackupKind kind;

    TRY_CTX(backup_kind(backup, &kind), "data.restore");
    if (kind == BACKUP_SQLITE)
        return error_new(ERR_INVALID, 0,
                         "data.restore: %s is an SQLite file, and the database is Postgres",
                         backup);
    TRY_CTX(restore(context, server, database, backup, kind, dl), "data.restore: %s", backup);
    return NULL;
}
