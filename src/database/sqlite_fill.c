#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "base/file.h"
#include "database/links.h"
#include "database/sqlite.h"
#include "database/sqlite_file.h"
#include "database/sqlite_parts.h"
#include "tar/tar.h"

#define SCRIPT_BYTES_MAX (16U << 20)
#define FILL_BYTES_MAX   ((int64_t)64 << 30)

/* Where a statement begins, behind blanks and comments. */
static const char *first_word(const char *sql)
{
    for (;;) {
        const char *end = NULL;

        sql += strspn(sql, " \t\r\n\f;");
        if (text_starts(sql, "--"))
            end = strchr(sql, '\n');
        else if (text_starts(sql, "/*"))
            end = strstr(sql, "*/");
        if (!end)
            return sql;
        sql = end + (*end == '*' ? 2 : 1);
    }
}

/* Line of a script, from 1, on which a statement is wrong. Source: sqlite3_error_offset, which is
 * -1 where SQLite cannot tell */
static size_t line_of(const char *script, const char *statement, int offset)
{
    const char *place = offset > 0 ? statement + offset : first_word(statement);
    size_t line = 1;

    for (const char *c = script; c < place; c++)
        line += *c == '\n';
    return line;
}

static Error *run_script(SqliteDb *db, const char *path)
{
    AUTO(str) char *script = NULL;
    size_t len;
    AUTO(error) Error *err = file_read(path, SCRIPT_BYTES_MAX, &script, &len);
    const char *rest = script;

    if (err) {
        err->code = ERR_INVALID; /* a file that the settings name */
        return error_wrap(TAKE(err), "data.seed");
    }
    while (rest && *rest) {
        AUTO(stmt) sqlite3_stmt *stmt = NULL;
        const char *tail = NULL;
        int status = sqlite3_prepare_v2(db->db, rest, -1, &stmt, &tail);

        while (status == SQLITE_OK && stmt && (status = sqlite3_step(stmt)) == SQLITE_ROW)
            status = SQLITE_OK; /* what a query answers is of no interest */
        if (status != SQLITE_OK && status != SQLITE_DONE)
            return error_new(ERR_INVALID, status, "%s:%zu: %s", path,
                             line_of(script, rest, sqlite3_error_offset(db->db)),
                             sqlite3_errmsg(db->db));
        rest = tail;
    }
    return NULL;
}

/* All that was written goes into the file itself: beside it nothing is left to be kept. */
static Error *fill_file(const SqliteFile *file, const FillSpec *fill_spec, LedgerFinder ledgers_of,
                        const Cancel *cancel, Deadline dl, PopulateResult *ret_result)
{
    AUTO(sqlite_db) SqliteDb db = {0};
    AUTO(schema) Schema schema = {0};
    AUTO(str_list) StrList unseen = {0};
    AUTO(ledger_spec_list) LedgerSpecList ledgers = {0};
    AUTO(populate_result) PopulateResult result = {0};
    PopulateSpec rows = fill_spec->rows;

    TRY(sqlite_db_open(file->path, cancel, dl, &db));
    for (size_t i = 0; fill_spec->scripts && i < fill_spec->scripts->len; i++)
        TRY(run_script(&db, fill_spec->scripts->items[i]));
    TRY(sqlite_schema_read(&db, &unseen, &schema));
    ledgers_of(&schema, &ledgers);
    rows.ledgers = &ledgers;
    TRY(sqlite_populate(&db, &rows, &result));
    TRY(sqlite_run(&db, "PRAGMA wal_checkpoint(TRUNCATE)"));
    *ret_result = result;
    result = (PopulateResult){0};
    return NULL;
}

static Error *add_file(const char *path, const TarEntry *like, TarWriter *writer)
{
    AUTO(file) FILE *from = fopen(path, "rbe");
    TarEntry entry = *like;
    struct stat st;
    char bytes[65536];
    size_t len;

    if (!from || fstat(fileno(from), &st) != 0)
        return error_errno("reading %s", path);
    entry.size_bytes = st.st_size;
    TRY(tar_writer_add(writer, &entry, NULL));
    while ((len = fread(bytes, 1, sizeof bytes, from)) > 0)
        TRY(tar_writer_push(writer, bytes, len));
    return ferror(from) ? error_errno("reading %s", path) : NULL;
}

/* What SQLite keeps beside the file is of the file as it was: an empty -wal and an empty journal
 * are none, and an empty -shm is made anew. Source: sqlite.org/walformat.html, tempfiles.html */
static bool is_beside(const char *inner, const char *file)
{
    size_t len = strlen(file);

    return text_starts(inner, file) &&
           (text_eq(inner + len, "-wal") || text_eq(inner + len, "-shm") ||
            text_eq(inner + len, "-journal"));
}

static bool is_on_the_way(const char *folder, const char *file)
{
    size_t len = strlen(folder);

    return len == 0 || (text_starts(file, folder) && file[len] == '/');
}

static Error *add_changed(const SqliteFile *file, const TarEntry *entry, const char *inner,
                          TarWriter *writer)
{
    TarEntry empty = *entry;

    if (entry->type == TAR_FILE && text_eq(inner, file->inner))
        return add_file(file->path, entry, writer);
    if (entry->type == TAR_FILE && is_beside(inner, file->inner)) {
        empty.size_bytes = 0;
        return tar_writer_add(writer, &empty, NULL);
    }
    /* the folders on the way, so that the owners and modes of what is unpacked are the old ones */
    if (entry->type == TAR_DIRECTORY && is_on_the_way(inner, file->inner))
        return tar_writer_add(writer, entry, NULL);
    return NULL;
}

static Error *pack_changed(const VolumeCopy *copy, const SqliteFile *file, const Cancel *cancel,
                           Deadline dl, VolumeCopy **ret_changed)
{
    CopyStream stream = copy_stream(copy, cancel, dl);
    AUTO(spool) Spool *spool = NULL;
    AUTO(tar_reader) TarReader *reader = NULL;
    AUTO(tar_writer) TarWriter *writer = NULL;
    bool bare = false;

    TRY(spool_new(FILL_BYTES_MAX, &spool));
    TRY(tar_reader_open(copy_stream_read, &stream, &reader));
    TRY(tar_writer_open(tar_to_spool, spool, &writer));
    for (bool first = true;; first = false) {
        AUTO(str) char *inner = NULL;
        TarEntry entry;
        bool more = false;

        TRY(tar_reader_next(reader, &entry, &more));
        if (!more)
            break;
        bare |= first && text_eq(entry.path, ".");
        inner = sqlite_file_inner(entry.path, bare);
        TRY(add_changed(file, &entry, inner, writer));
    }
    TRY(tar_writer_finish(TAKE(writer)));
    *ret_changed = volume_copy_of(TAKE(spool), copy->volume);
    return NULL;
}

Error *sqlite_fill(const VolumeCopy *copy, const DatabaseSpec *spec, const FillSpec *fill_spec,
                   LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                   VolumeCopy **ret_changed, PopulateResult *ret_result)
{
    AUTO(sqlite_file) SqliteFile file = {0};
    AUTO(str) char *path = NULL;
    AUTO(populate_result) PopulateResult result = {0};

    TRY(path_clean("database.sqlite", spec->sqlite, &path));
    TRY_CTX(sqlite_file_extract(copy, path, cancel, dl, &file), "reading %s", path);
    if (file.path) {
        TRY_CTX(fill_file(&file, fill_spec, ledgers_of, cancel, dl, &result), "making rows in %s",
                path);
        TRY(pack_changed(copy, &file, cancel, dl, ret_changed));
    }
    *ret_result = result;
    result = (PopulateResult){0};
    return NULL;
}
