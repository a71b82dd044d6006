#include "database/pg_url.h"

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"
#include "base/secret.h"
#include "database/pg_admin.h"

#define VERSION_MIN   120000
#define FAR           "9000000000000"
#define LABEL_EXPIRES "seatrial.expires"
#define LABEL_RUN     "seatrial.run" /* as verify/sweep.h has it, for every object of a run */

/* --- reading one ----------------------------------------------------------------------------- */

/* What a query may say in place of the URL's other parts. Source: postgresql.org, libpq,
 * "Connection URIs" */
static bool is_part(const char *pair)
{
    static const char *const PARTS[] = {
        "host=", "hostaddr=", "port=", "dbname=", "user=", "password="};

    for (size_t i = 0; i < COUNT_OF(PARTS); i++)
        if (text_starts(pair, PARTS[i]))
            return true;
    return false;
}

static char *query_of(const char *url)
{
    const char *mark = strchr(url, '?');
    AUTO(str_list) StrList pairs = {0};
    AUTO(str_list) StrList kept = {0};

    if (!mark)
        return xstrdup("");
    str_list_split(mark + 1, '&', &pairs);
    for (size_t i = 0; i < pairs.len; i++)
        if (*pairs.items[i] && !is_part(pairs.items[i]))
            str_list_add(&kept, pairs.items[i]);
    return str_list_join(&kept, "&");
}

static const char *option_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword; options++)
        if (text_eq(options->keyword, keyword))
            return text_is_empty(options->val) ? NULL : options->val;
    return NULL;
}

static bool is_loopback(const char *host)
{
    return text_eq(host, "localhost") || text_starts(host, "127.") || text_eq(host, "::1");
}

static Error *read_options(const char *text, const PQconninfoOption *options, PgUrl *ret_url)
{
    const char *host = option_of(options, "host"), *port = option_of(options, "port");
    uint64_t number = 5432;

    if (!host)
        host = option_of(options, "hostaddr");
    if (!host || *host == '/' || *host == '@')
        return error_new(ERR_INVALID, 0,
                         "database.url: wanted a host, which containers reach over the network "
                         "(postgres://user:password@host:5432/database), found none");
    if (strchr(host, ',') || (port && strchr(port, ',')))
        return error_new(ERR_INVALID, 0, "database.url: wanted one host, found several");
    if (port)
        TRY_CTX(parse_u64(port, 1, 65535, &number), "database.url: port");
    *ret_url = (PgUrl){
        .text = xstrdup(text),
        .host = xstrdup(host),
        .port = (int)number,
        .user = xstrdup_null(option_of(options, "user")),
        .password = xstrdup_null(option_of(options, "password")),
        .query = query_of(text),
        .loopback = is_loopback(host),
    };
    return NULL;
}

Error *pg_url_parse(const char *url, PgUrl *ret_url)
{
    PQconninfoOption *options;
    char *ignored = NULL; /* libpq's words quote the URL */
    Error *err;

    if (!text_starts(url, "postgres://") && !text_starts(url, "postgresql://"))
        return error_new(ERR_INVALID, 0,
                         "database.url: wanted postgres://user:password@host:5432/database, found "
                         "another kind of text");
    options = PQconninfoParse(url, &ignored);
    PQfreemem(ignored);
    if (!options)
        return error_new(ERR_INVALID, 0,
                         "database.url: this is no URL that Postgres understands: characters such "
                         "as @ : / ? # %% in user or password are written %%40 %%3A %%2F %%3F %%23 "
                         "%%25");
    err = read_options(url, options, ret_url);
    PQconninfoFree(options);
    return err;
}

void pg_url_clear(PgUrl *url)
{
    free(url->text);
    free(url->host);
    free(url->user);
    free(url->password);
    free(url->query);
    *url = (PgUrl){0};
}

/* --- writing one ----------------------------------------------------------------------------- */

static char *bracketed(const char *host)
{
    return strchr(host, ':') ? xasprintf("[%s]", host) : xstrdup(host);
}

char *pg_url_peer(const PgUrl *url)
{
    AUTO(str) char *host = bracketed(url->host);

    return xasprintf("%s:%d", host, url->port);
}

/* RFC 3986: all but the unreserved characters. */
static char *percent_encoded(const char *text)
{
    AUTO(buf) Buf out = {0};

    for (const char *at = text; *at; at++) {
        if (isalnum((unsigned char)*at) || strchr("-._~", *at))
            buf_addf(&out, "%c", *at);
        else
            buf_addf(&out, "%%%02X", (unsigned char)*at);
    }
    return xstrdup(buf_text(&out));
}

char *pg_url_of_database(const PgUrl *url, const char *host, const char *user, const char *password,
                         const char *database)
{
    AUTO(str) char *scheme = xstrndup(url->text, strcspn(url->text, ":"));
    AUTO(str) char *place = bracketed(host);
    AUTO(str) char *name = percent_encoded(user);
    AUTO(str) char *secret = percent_encoded(password);

    return xasprintf("%s://%s%s%s@%s:%d/%s%s%s", scheme, name, *secret ? ":" : "", secret, place,
                     url->port, database, *url->query ? "?" : "", url->query);
}

/* --- the server ------------------------------------------------------------------------------ */

static bool names_database(const char *url)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    bool names = options && option_of(options, "dbname");

    PQconninfoFree(options);
    return names;
}

Error *pg_url_open(const PgUrl *url, const Cancel *cancel, Deadline dl, PgDb *ret_admin)
{
    AUTO(str) char *peer = pg_url_peer(url);
    PgTarget target = {
        .url = url->text, /* borrowed for the call */
        .database = names_database(url->text) ? NULL : (char *)(uintptr_t) "postgres",
    };

    TRY_CTX(pg_db_open(&target, cancel, dl, ret_admin), "connecting to the Postgres server at %s",
            peer);
    secret_add(PQpass(ret_admin->conn)); /* may come from PGPASSWORD or a file */
    return NULL;
}

Error *pg_url_check(const PgUrl *url, PgDb *admin)
{
    AUTO(str) char *peer = pg_url_peer(url);
    AUTO(pg_result) PGresult *found = NULL;
    AUTO(str) char *quoted = NULL;

    if (PQserverVersion(admin->conn) < VERSION_MIN)
        return error_new(ERR_CONFLICT, PQserverVersion(admin->conn),
                         "the Postgres server at %s is version %s, and 12 is the oldest that is "
                         "read",
                         peer, PQparameterStatus(admin->conn, "server_version"));
    TRY(pg_query(admin,
                 "SELECT rolname, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = "
                 "current_user",
                 NULL, 0, &found));
    if (PQntuples(found) == 1 && pg_bool(found, 0, 1))
        return NULL;
    quoted = pg_quote(PQntuples(found) ? pg_text(found, 0, 0) : PQuser(admin->conn));
    return error_new(ERR_DENIED, 0,
                     "role %s may not create databases on the Postgres server at %s: a superuser "
                     "of it permits that by ALTER ROLE %s CREATEDB",
                     quoted, peer, quoted);
}

Error *pg_url_look(const char *url, const Cancel *cancel, Deadline dl, char **ret_found)
{
    AUTO(pg_url) PgUrl parsed = {0};
    AUTO(pg_db) PgDb admin = {0};
    AUTO(str) char *peer = NULL;

    TRY(pg_url_parse(url, &parsed));
    TRY(pg_url_open(&parsed, cancel, dl, &admin));
    TRY(pg_url_check(&parsed, &admin));
    peer = pg_url_peer(&parsed);
    *ret_found =
        xasprintf("PostgreSQL %s at %s, where role %s may create databases",
                  PQparameterStatus(admin.conn, "server_version"), peer, PQuser(admin.conn));
    return NULL;
}

Error *pg_url_label(PgDb *admin, const char *database, const StrMap *labels)
{
    AUTO(json) cJSON *object = json_object();
    AUTO(json_text) char *text = NULL;
    AUTO(str) char *quoted = pg_quote(database);
    AUTO(str) char *sql = NULL;
    char *literal;

    for (size_t i = 0; i < labels->len; i++)
        json_set_str(object, labels->items[i].key, labels->items[i].value);
    text = json_print(object, false);
    literal = PQescapeLiteral(admin->conn, text, strlen(text));
    if (!literal)
        return error_new(ERR_SYSTEM, 0, "labelling database %s: out of memory", database);
    sql = xasprintf("COMMENT ON DATABASE %s IS %s", quoted, literal);
    PQfreemem(literal);
    TRY_CTX(pg_run(admin, sql), "labelling database %s", database);
    return NULL;
}

/* "6f0c..." of "seatrial_6f0c..._1_2"; caller frees. */
static char *run_of(const char *database)
{
    const char *run = strchr(database, '_') + 1;

    return xstrndup(run, strcspn(run, "_"));
}

/* A database of ours says so twice: by its name, and by the run in its comment. One whose comment
 * had no time to be written has the labels of another of its run, or none but the run. */
static void add_one(const char *name, const char *comment, const StrMap *comments, cJSON *list)
{
    AUTO(str) char *run = run_of(name);
    AUTO(json) cJSON *labels = NULL;
    AUTO(error) Error *not_json = NULL;
    cJSON *object;

    if (!*comment)
        comment = str_map_get(comments, run);
    if (comment) {
        not_json = json_parse(comment, strlen(comment), "comment", &labels);
    } else {
        labels = json_object();
        json_set_str(labels, LABEL_RUN, run);
        json_set_str(labels, LABEL_EXPIRES, FAR); /* nobody knows: only `clean --all` takes it */
    }
    if (not_json || !cJSON_IsString(json_member(labels, LABEL_RUN)) ||
        !text_eq(json_member(labels, LABEL_RUN)->valuestring, run))
        return; /* somebody's own */
    object = json_object();
    json_set_str(object, "Name", name);
    json_set(object, "Labels", TAKE(labels));
    json_push(list, object);
}

static void add_listed(const PGresult *found, cJSON *list)
{
    AUTO(str_map) StrMap comments = {0};

    for (int row = 0; row < PQntuples(found); row++) {
        AUTO(str) char *run = run_of(pg_text(found, row, 0));

        if (*pg_text(found, row, 1))
            str_map_set(&comments, run, pg_text(found, row, 1));
    }
    for (int row = 0; row < PQntuples(found); row++)
        add_one(pg_text(found, row, 0), pg_text(found, row, 1), &comments, list);
}

Error *pg_url_list(const char *url, const Cancel *cancel, Deadline dl, cJSON **ret_list)
{
    AUTO(pg_url) PgUrl parsed = {0};
    AUTO(pg_db) PgDb admin = {0};
    AUTO(pg_result) PGresult *found = NULL;

    TRY(pg_url_parse(url, &parsed));
    TRY(pg_url_open(&parsed, cancel, dl, &admin));
    TRY(pg_query(&admin,
                 "SELECT d.datname, left(shobj_description(d.oid, 'pg_database'), 4096) FROM "
                 "pg_database d WHERE d.datname ~ '^seatrial_[0-9a-f]{12}_[0-9]+_[0-9]+$' "
                 "AND pg_has_role(d.datdba, 'USAGE') ORDER BY 1",
                 NULL, 0, &found));
    *ret_list = json_array();
    add_listed(found, *ret_list);
    return NULL;
}

Error *pg_url_drop(const char *url, const char *database, const Cancel *cancel, Deadline dl)
{
    AUTO(pg_url) PgUrl parsed = {0};
    AUTO(pg_db) PgDb admin = {0};
    PgTarget target = {0};

    TRY(pg_url_parse(url, &parsed));
    TRY(pg_url_open(&parsed, cancel, dl, &admin));
    target.url = parsed.text; /* borrowed, as the name */
    target.database = (char *)(uintptr_t)database;
    TRY(pg_prepared_undo(&admin, &target));
    return pg_database_drop(&admin, database);
}
