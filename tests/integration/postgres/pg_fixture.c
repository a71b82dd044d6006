#include "pg_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

#include "base/process.h"
#include "database/pg_admin.h"
#include "database/pg_schema.h"
#include "database/pg_snapshot.h"
#include "migrator/ledger_shapes.h"

enum { START_MS = 60000, SKIPPED = 77 };

/* What the server of one program may need: its write-ahead log, and databases of 8 MB. */
#define SPACE ((uint64_t)3 << 30)

static char folder[64];
static char *data, *bin;
static int port;
static pid_t server;

void pg_must(Error *err)
{
    if (err) {
        print_error("%s\n", err->msg);
        error_free(err);
        fail();
    }
}

/* In memory where there is enough: a test makes and drops hundreds of databases, of 300 files each.
 */
static void make_folder(void)
{
    static const char memory[] = "/dev/shm";
    struct statvfs space = {0};
    bool fits = statvfs(memory, &space) == 0 && space.f_bavail * space.f_frsize >= SPACE &&
                access(memory, W_OK) == 0;

    (void)snprintf(folder, sizeof folder, "%s/seatrial-pg-XXXXXX", fits ? memory : "/tmp");
    assert_non_null(mkdtemp(folder));
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void run(const char *const *argv)
{
    ProcessSpec spec = {.argv = argv, .errors_max = 4000, .output_max = 64 << 20};
    AUTO(process_result) ProcessResult result = {0};

    pg_must(process_run(&spec, deadline_in(START_MS), &result));
    if (result.status != 0)
        print_error("%s: %s\n", argv[0], result.errors);
    assert_int_equal(result.status, 0);
}

/* Where the newest installed server's programs are; NULL: nowhere. */
static char *find_bin(void)
{
    for (int version = 18; version >= 12; version--) {
        AUTO(str) char *path = xasprintf("/usr/lib/postgresql/%d/bin/postgres", version);

        if (access(path, X_OK) == 0)
            return xasprintf("/usr/lib/postgresql/%d/bin", version);
    }
    return NULL;
}

/* The server does not run as root; it ends with us, however we end. */
static void start_server(bool root)
{
    AUTO(str) char *program = xasprintf("%s/postgres", bin);
    AUTO(str) char *port_text = xasprintf("port=%d", port);
    AUTO(str) char *socket_text = xasprintf("unix_socket_directories=%s", folder);
    AUTO(str) char *log = xasprintf("%s/log", folder);
    const char *argv[] = {"setpriv",
                          "--reuid=postgres",
                          "--regid=postgres",
                          "--clear-groups",
                          "--pdeathsig=INT",
                          program,
                          "-D",
                          data,
                          "-c",
                          port_text,
                          "-c",
                          socket_text,
                          "-c",
                          "listen_addresses=127.0.0.1",
                          "-c",
                          "fsync=off",
                          "-c",
                          "max_prepared_transactions=5",
                          "-c",
                          "max_connections=30",
                          "-c",
                          "wal_level=logical",
                          NULL};
    FILE *file = freopen(log, "we", stdout) ? stdout : NULL;

    (void)file;
    (void)dup2(STDOUT_FILENO, STDERR_FILENO);
    execvp(root ? argv[0] : argv[5], (char *const *)(uintptr_t)(root ? argv : argv + 5));
    _exit(127);
}

static void wait_ready(void)
{
    Deadline dl = deadline_in(START_MS);

    for (;;) {
        PgTarget target = pg_test_target("postgres");
        AUTO(error) Error *err = pg_ready(&target, NULL, dl);

        pg_target_clear(&target);
        if (!err)
            return;
        if (deadline_left_ms(dl) == 0) {
            print_error("%s\n", err->msg);
            fail();
        }
        pg_must(cancel_sleep(NULL, 20));
    }
}

int pg_test_start(void **state)
{
    bool root = geteuid() == 0;
    const struct passwd *user = root ? getpwnam("postgres") : NULL;

    (void)state;
    bin = find_bin();
    if (!bin || (root && !user)) {
        print_message("no PostgreSQL server is installed\n");
        exit(SKIPPED);
    }
    make_folder();
    data = xasprintf("%s/data", folder);
    if (root)
        assert_int_equal(chown(folder, user->pw_uid, user->pw_gid), 0);
    {
        AUTO(str) char *initdb = xasprintf("%s/initdb", bin);
        const char *const argv[] = {"setpriv",
                                    "--reuid=postgres",
                                    "--regid=postgres",
                                    "--clear-groups",
                                    initdb,
                                    "-D",
                                    data,
                                    "-U",
                                    "postgres",
                                    "--no-sync",
                                    "-E",
                                    "UTF8",
                                    "--locale=C.UTF-8",
                                    "-A",
                                    "trust",
                                    NULL};

        run(root ? argv : argv + 4);
    }
    port = free_port();
    server = fork();
    assert_true(server >= 0);
    if (server == 0)
        start_server(root);
    wait_ready();
    return 0;
}

int pg_test_stop(void **state)
{
    const char *const argv[] = {"rm", "-rf", folder, NULL};

    (void)state;
    if (server > 0) { /* 0 when the setup failed, and kill would end our own group */
        (void)kill(server, SIGINT);
        assert_int_equal(waitpid(server, NULL, 0), server);
    }
    run(argv);
    free(data);
    free(bin);
    return 0;
}

PgTarget pg_test_target(const char *database)
{
    return (PgTarget){.host = xstrdup("127.0.0.1"),
                      .port = port,
                      .user = xstrdup("postgres"),
                      .password = xstrdup("unused"),
                      .database = xstrdup(database)};
}

const char *pg_test_socket_folder(void)
{
    return folder;
}

int pg_test_port(void)
{
    return port;
}

PgDb pg_test_open(const char *database)
{
    AUTO(pg_target) PgTarget target = pg_test_target(database);
    PgDb db = {0};

    pg_must(pg_db_open(&target, NULL, deadline_in(START_MS), &db));
    return db;
}

/* As psql would: its session is not prepared for our reading. */
void pg_do(const char *database, const char *sql)
{
    AUTO(pg_db) PgDb db = pg_test_open(database);

    pg_must(pg_run(&db, "RESET ALL"));
    pg_must(pg_run(&db, sql));
}

void pg_make(const char *database, const char *sql)
{
    AUTO(pg_db) PgDb db = pg_test_open("postgres");

    pg_must(pg_database_create(&db, database, NULL, deadline_in(START_MS)));
    if (sql)
        pg_do(database, sql);
}

void pg_drop(const char *database)
{
    AUTO(pg_db) PgDb db = pg_test_open("postgres");

    pg_must(pg_database_drop(&db, database));
}

char *pg_file_text(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = xcalloc(1, 1 << 20); /* the longest of them has a tenth */

    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    (void)fclose(file);
    return text;
}

void pg_dump_to(const char *from, const char *file, bool schema_only)
{
    AUTO(str) char *dump = xasprintf("%s/pg_dump", bin);
    AUTO(str) char *port_text = xasprintf("%d", port);
    const char *const argv[] = {dump,
                                "-h",
                                "127.0.0.1",
                                "-p",
                                port_text,
                                "-U",
                                "postgres",
                                "-f",
                                file,
                                from,
                                schema_only ? "-s" : NULL,
                                NULL};

    run(argv);
}

void pg_dump_into(const char *from, const char *to)
{
    AUTO(str) char *psql = xasprintf("%s/psql", bin);
    AUTO(str) char *port_text = xasprintf("%d", port);
    AUTO(str) char *file = xasprintf("%s/dump.sql", folder);
    const char *const psql_argv[] = {psql,       "-q",        "-X", "-v",      "ON_ERROR_STOP=1",
                                     "-h",       "127.0.0.1", "-p", port_text, "-U",
                                     "postgres", "-f",        file, to,        NULL};

    pg_dump_to(from, file, false);
    run(psql_argv);
}

void pg_schema_of(const char *database, Schema *ret_schema)
{
    Snapshot snapshot = {0};
    AUTO(str) char *unseen = NULL;

    pg_snapshot_of(database, &snapshot);
    unseen = str_list_join(&snapshot.unseen, "\n");
    assert_string_equal(unseen, "");
    *ret_schema = snapshot.schema;
    snapshot.schema = (Schema){0};
    snapshot_clear(&snapshot);
}

void pg_snapshot_of(const char *database, Snapshot *ret_snapshot)
{
    AUTO(pg_target) PgTarget target = pg_test_target(database);

    pg_must(
        pg_snapshot_read(&target, ledger_specs_find, NULL, deadline_in(START_MS), ret_snapshot));
}

char *pg_diff_text(const Schema *a, const Schema *b, size_t *ret_count)
{
    AUTO(schema_diff) SchemaDiff diff = {0};
    StrList lines = {0};
    char *text;

    schema_diff(a, b, &diff);
    for (size_t i = 0; i < diff.len; i++)
        str_list_add_owned(&lines, schema_difference_text(&diff.items[i]));
    *ret_count = diff.len;
    text = str_list_join(&lines, "\n");
    str_list_clear(&lines);
    return text;
}
