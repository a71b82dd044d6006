#pragma once
/* SQLite files made for tests, and volumes of them as the engine's archive would show. */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/buffer.h"
#include "database/sqlite.h"
#include "tar/tar.h"

enum { FIXTURE_FILE_MAX = 64 << 20 };

typedef struct FixtureFile {
    char *bytes; /* owned; NULL where the file is not there */
    size_t len;
} FixtureFile;

/* A database and what lies beside it, as a killed process leaves them. */
typedef struct Fixture {
    FixtureFile db, wal, journal;
} Fixture;

static inline FixtureFile fixture_read(const char *path)
{
    FixtureFile file = {0};
    FILE *from = fopen(path, "rbe");
    struct stat status;

    if (!from)
        return file;
    assert_int_equal(fstat(fileno(from), &status), 0);
    assert_true(status.st_size < FIXTURE_FILE_MAX);
    file.len = (size_t)status.st_size;
    file.bytes = xmalloc(file.len + 1);
    assert_int_equal(fread(file.bytes, 1, file.len, from), file.len);
    (void)fclose(from);
    return file;
}

static inline void fixture_clear(Fixture *fixture)
{
    free(fixture->db.bytes);
    free(fixture->wal.bytes);
    free(fixture->journal.bytes);
    *fixture = (Fixture){0};
}

/* Run the SQL and take the files while the connection is still open: without a checkpoint. Nothing
 * waits for the disk, whose power nobody cuts. */
static inline Fixture fixture_make(const char *sql)
{
    char folder[] = "/tmp/seatrial-test-XXXXXX";
    AUTO(str) char *path = NULL, *wal = NULL, *journal = NULL, *shm = NULL;
    Fixture fixture = {0};
    sqlite3 *db = NULL;
    char *message = NULL;

    assert_non_null(mkdtemp(folder));
    path = xasprintf("%s/app.db", folder);
    wal = xasprintf("%s-wal", path);
    journal = xasprintf("%s-journal", path);
    shm = xasprintf("%s-shm", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, (int *)NULL);
    assert_int_equal(sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
    fixture.db = fixture_read(path);
    fixture.wal = fixture_read(wal);
    fixture.journal = fixture_read(journal);
    (void)sqlite3_close(db);
    (void)unlink(path);
    (void)unlink(wal);
    (void)unlink(journal);
    (void)unlink(shm);
    (void)rmdir(folder);
    return fixture;
}

typedef struct FixtureTar {
    Spool *spool;
    TarWriter *writer;
} FixtureTar;

/* An archive of the volume /app/data. */
static inline FixtureTar fixture_tar(void)
{
    FixtureTar tar = {0};
    TarEntry folder = {.path = "data", .type = TAR_DIRECTORY, .mode = 0755};

    assert_null(spool_new(FIXTURE_FILE_MAX, &tar.spool));
    assert_null(tar_writer_open(tar_to_spool, tar.spool, &tar.writer));
    assert_null(tar_writer_add(tar.writer, &folder, NULL));
    return tar;
}

static inline void fixture_add(FixtureTar *tar, const char *path, const void *bytes, size_t len)
{
    TarEntry entry = {
        .path = path, .type = TAR_FILE, .mode = 0600, .size_bytes = (int64_t)len, .uid = 1000};

    assert_null(tar_writer_add(tar->writer, &entry, bytes));
}

static inline void fixture_add_other(FixtureTar *tar, const char *path, TarType type,
                                     const char *link)
{
    TarEntry entry = {.path = path, .type = type, .mode = 0777, .link = link};

    assert_null(tar_writer_add(tar->writer, &entry, NULL));
}

static inline void fixture_add_db(FixtureTar *tar, const char *path, const Fixture *fixture)
{
    AUTO(str) char *wal = xasprintf("%s-wal", path), *journal = xasprintf("%s-journal", path);

    fixture_add(tar, path, fixture->db.bytes, fixture->db.len);
    if (fixture->wal.bytes)
        fixture_add(tar, wal, fixture->wal.bytes, fixture->wal.len);
    if (fixture->journal.bytes)
        fixture_add(tar, journal, fixture->journal.bytes, fixture->journal.len);
}

static inline VolumeCopy *fixture_copy(FixtureTar *tar)
{
    assert_null(tar_writer_finish(TAKE(tar->writer)));
    return volume_copy_of(TAKE(tar->spool), "/app/data");
}

/* A volume with the database alone. */
static inline VolumeCopy *fixture_volume(const char *sql)
{
    Fixture fixture = fixture_make(sql);
    FixtureTar tar = fixture_tar();

    fixture_add_db(&tar, "data/app.db", &fixture);
    fixture_clear(&fixture);
    return fixture_copy(&tar);
}

static inline Snapshot fixture_snapshot(const char *sql, LedgerFinder ledgers_of)
{
    AUTO(volume_copy) VolumeCopy *copy = fixture_volume(sql);
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};
    Snapshot snapshot = {0};
    Error *err = sqlite_snapshot(copy, &spec, ledgers_of, NULL, deadline_in(60000), &snapshot);

    if (err)
        fail_msg("%s", err->msg);
    return snapshot;
}
