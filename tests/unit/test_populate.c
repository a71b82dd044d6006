#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "check/lesson_parts.h"
#include "database/populate/populate.h"
#include "database/populate/vocabulary.h"
#include "random_schema.h"
#include "sqlite_fixture.h"

enum { PATIENCE_MS = 60000 };

typedef struct File {
    char folder[32];
    char *path;
    SqliteDb db;
} File;

static void must(Error *err)
{
    if (err)
        fail_msg("%s", err->msg);
}

static char *schema_text(const char *name)
{
    AUTO(str) char *path = xasprintf("fixtures/schemas/sqlite/%s.sql", name);
    FixtureFile file = fixture_read(path);

    assert_non_null(file.bytes);
    file.bytes[file.len] = '\0';
    return file.bytes;
}

static void file_open(File *file, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    strcpy(file->folder, "/tmp/seatrial-test-XXXXXX");
    assert_non_null(mkdtemp(file->folder));
    file->path = xasprintf("%s/app.db", file->folder);
    assert_int_equal(sqlite3_open(file->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    must(sqlite_db_open(file->path, NULL, deadline_in(PATIENCE_MS), &file->db));
    /* for our own questions: checks that use JSON functions are no others' business here */
    (void)sqlite3_db_config(file->db.db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, (int *)NULL);
}

static void file_close(File *file)
{
    sqlite_db_close(&file->db);
    (void)unlink(file->path);
    (void)rmdir(file->folder);
    free(file->path);
}

static char *ask(File *file, const char *sql)
{
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    AUTO(str_list) StrList lines = {0};
    bool row;

    must(sqlite_prepare(&file->db, sql, &stmt));
    for (;;) {
        must(sqlite_step(&file->db, stmt, &row));
        if (!row)
            return str_list_join(&lines, "\n");
        str_list_add(&lines, sqlite_text(stmt, 0));
    }
}

static void tell(const char *name, const PopulateResult *result)
{
    print_message("%s: %d of %d tables, %d rows\n", name, (int)result->filled, (int)result->tables,
                  (int)result->rows);
    for (size_t i = 0; i < result->skipped.len; i++)
        print_message("  %s: %s\n", result->skipped.items[i].table,
                      result->skipped.items[i].reason);
    for (size_t i = 0; i < result->per_table.len; i++)
        if (result->per_table.items[i].note || getenv("ROWS"))
            print_message("  %s %d: %s\n", result->per_table.items[i].table,
                          (int)result->per_table.items[i].rows,
                          result->per_table.items[i].note ? result->per_table.items[i].note : "");
}

/* NOT NULL columns of which integrity_check cannot be asked: SQLite 3.40 reads the wrong column of
 * a table WITHOUT ROWID. */
static void assert_no_forbidden_null(File *file)
{
    AUTO(str)
    char *questions = ask(
        file,
        "SELECT format('SELECT count(*) FROM \"%w\" AS t WHERE typeof(t.\"%w\") = ''null''', t.name, c.name) "
        "FROM pragma_table_list t, pragma_table_info(t.name) c "
        "WHERE t.type = 'table' AND t.schema = 'main' AND c.\"notnull\" = 1");
    AUTO(str_list) StrList list = {0};

    str_list_split(questions, '\n', &list);
    for (size_t i = 0; i < list.len; i++) {
        AUTO(str) char *count = ask(file, list.items[i]);

        if (!text_eq(count, "0"))
            fail_msg("%s: %s", list.items[i], count);
    }
}

/* Every row satisfies the schema. */
static void assert_sound(File *file)
{
    AUTO(str)
    char *integrity = ask(
        file, "SELECT integrity_check FROM pragma_integrity_check(100000) WHERE integrity_check "
              "<> 'ok' AND integrity_check NOT LIKE 'NULL value in %'");
    AUTO(str)
    char *orphans = ask(file, "SELECT \"table\" || rowid FROM pragma_foreign_key_check");

    assert_string_equal(integrity, "");
    assert_string_equal(orphans, "");
    assert_no_forbidden_null(file);
}

static void share(const char *name, PopulateKind kind, int64_t percent)
{
    AUTO(str) char *sql = schema_text(name);
    PopulateSpec spec = {.kind = kind, .rows = 20, .seed = 7};
    AUTO(populate_result) PopulateResult result = {0};
    File file;

    file_open(&file, sql);
    must(sqlite_populate(&file.db, &spec, &result));
    tell(name, &result);
    if (getenv("DUMP")) {
        AUTO(str)
        char *command = xasprintf("cp %s /tmp/populate-%s-%d.db", file.path, name, (int)kind);
        (void)!system(command);
    }
    assert_sound(&file);
    file_close(&file);
    assert_true(result.filled * 100 >= result.tables * percent);
}

static void test_wiki(void **state)
{
    (void)state;
    share("wiki", POPULATE_TYPICAL, 98);
    share("wiki", POPULATE_EDGE, 95);
}

static void test_photos(void **state)
{
    (void)state;
    share("photos", POPULATE_TYPICAL, 98);
    share("photos", POPULATE_EDGE, 95);
}

static void test_home(void **state)
{
    (void)state;
    share("home", POPULATE_TYPICAL, 95);
    share("home", POPULATE_EDGE, 95);
}

static void test_library(void **state)
{
    (void)state;
    share("library", POPULATE_TYPICAL, 95);
    share("library", POPULATE_EDGE, 95);
}

static void test_game(void **state)
{
    (void)state;
    share("game", POPULATE_TYPICAL, 95);
    share("game", POPULATE_EDGE, 95);
}

static void test_ci(void **state)
{
    (void)state;
    share("ci", POPULATE_TYPICAL, 98);
    share("ci", POPULATE_EDGE, 95);
}

static void test_recipes(void **state)
{
    (void)state;
    share("recipes", POPULATE_TYPICAL, 98);
    share("recipes", POPULATE_EDGE, 98);
}

static void test_tasks(void **state)
{
    (void)state;
    share("tasks", POPULATE_TYPICAL, 98);
    share("tasks", POPULATE_EDGE, 95);
}

/* All rows of all tables, in their order; but of the table into which a trigger writes what time it
 * is. */
static char *contents(File *file)
{
    AUTO(str)
    char *names = ask(
        file,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'audit' "
        "AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'pages_search%' ORDER BY name");
    AUTO(str_list) StrList tables = {0}, all = {0};

    str_list_split(names, '\n', &tables);
    for (size_t i = 0; i < tables.len; i++) {
        AUTO(str) char *quoted = pg_quote(tables.items[i]);
        AUTO(str) char *literal = text_replace(tables.items[i], "'", "''");
        AUTO(str)
        char *columns_sql = xasprintf(
            "SELECT group_concat('quote(\"' || replace(name, '\"', '\"\"') || '\")', ' || ''|'' || ') "
            "FROM pragma_table_info('%s')",
            literal);
        AUTO(str) char *columns = ask(file, columns_sql);
        AUTO(str) char *sql = xasprintf("SELECT %s FROM %s ORDER BY 1", columns, quoted);

        str_list_add_owned(&all, ask(file, sql));
    }
    return str_list_join(&all, "\n--\n");
}

static char *filled(const char *sql, const PopulateSpec *spec)
{
    AUTO(populate_result) PopulateResult result = {0};
    char *text;
    File file;

    file_open(&file, sql);
    must(sqlite_populate(&file.db, spec, &result));
    text = contents(&file);
    file_close(&file);
    return text;
}

static void same_seed_same_rows(void **state)
{
    AUTO(str) char *sql = schema_text("wiki");

    (void)state;
    for (int kind = POPULATE_TYPICAL; kind <= POPULATE_EDGE; kind++) {
        PopulateSpec spec = {.kind = (PopulateKind)kind, .rows = 12, .seed = 3};
        PopulateSpec other = {.kind = (PopulateKind)kind, .rows = 12, .seed = 4};
        AUTO(str)
        char *first = filled(sql, &spec), *second = filled(sql, &spec),
             *third = filled(sql, &other);

        assert_string_equal(first, second);
        assert_string_not_equal(first, third);
    }
}

/* The rows that are there are those that were told of, and a second filling makes no more: nothing
 * is inserted twice. */
static void assert_once(File *file, const PopulateResult *result)
{
    PopulateSpec spec = {.rows = 15, .seed = 99};
    AUTO(populate_result) PopulateResult again = {0};
    int64_t there = 0;

    for (size_t i = 0; i < result->per_table.len; i++) {
        AUTO(str) char *name = pg_quote(result->per_table.items[i].table);
        AUTO(str) char *sql = xasprintf("SELECT count(*) FROM %s", name);
        AUTO(str) char *count = ask(file, sql);

        assert_int_equal(result->per_table.items[i].rows, strtol(count, NULL, 10));
        there += result->per_table.items[i].rows;
    }
    assert_int_equal(result->rows, there);
    must(sqlite_populate(&file->db, &spec, &again));
    if (result->filled == result->tables)
        assert_int_equal(again.rows, 0);
}

static void whatever_the_schema(void **state)
{
    int64_t tables = 0, with_rows = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        AUTO(str)
        char *sql = random_schema(seed, false, 8);
        PopulateSpec spec = {
            .kind = seed % 3 == 0 ? POPULATE_EDGE : POPULATE_TYPICAL, .rows = 15, .seed = seed};
        AUTO(populate_result) PopulateResult result = {0};
        File file;

        file_open(&file, sql);
        must(sqlite_populate(&file.db, &spec, &result));
        if (result.filled < result.tables) {
            print_message("%s", sql);
            tell("random", &result);
        }
        assert_sound(&file);
        assert_once(&file, &result);
        file_close(&file);
        tables += result.tables;
        with_rows += result.filled;
        for (size_t i = 0; i < result.per_table.len; i++)
            assert_true(result.per_table.items[i].rows <= 2 * spec.rows);
    }
    print_message("%d of %d tables\n", (int)with_rows, (int)tables);
    assert_true(with_rows * 100 >= tables * 98);
}

/* A question about the rows, and what the answer is. */
typedef struct Fact {
    const char *what, *sql, *wanted;
} Fact;

static void assert_facts(const char *schema, PopulateKind kind, const Fact *facts, size_t count)
{
    size_t failed = 0;

    for (uint64_t seed = 1; seed <= 3; seed++) {
        PopulateSpec spec = {.kind = kind, .rows = 20, .seed = seed};
        AUTO(populate_result) PopulateResult result = {0};
        File file;

        file_open(&file, schema);
        must(sqlite_populate(&file.db, &spec, &result));
        assert_int_equal(result.filled, result.tables);
        assert_sound(&file);
        for (size_t i = 0; i < count; i++) {
            AUTO(str) char *answer = ask(&file, facts[i].sql);

            if (text_eq(answer, facts[i].wanted))
                continue;
            print_error("seed %d: %s: %s\n", (int)seed, facts[i].what, answer);
            failed++;
        }
        file_close(&file);
    }
    assert_int_equal(failed, 0);
}

static const char PEOPLE[] =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, birth_date DATE, created_at DATETIME);"
    "CREATE TABLE teams (slug TEXT PRIMARY KEY, name TEXT NOT NULL);"
    "CREATE TABLE things (id INTEGER PRIMARY KEY, free TEXT, short VARCHAR(12), filled TEXT NOT NULL,"
    " n INTEGER, small SMALLINT, amount DECIMAL(6,2), day DATE, at DATETIME, doc JSON, raw BLOB, done BOOLEAN,"
    " owner INTEGER REFERENCES users (id), user_id INTEGER, team_slug TEXT);"
    "CREATE TABLE profiles (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), is_default BOOLEAN NOT NULL DEFAULT 0, bio TEXT);"
    "CREATE TABLE pairs (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT, UNIQUE (kind, name));"
    "CREATE TABLE members (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES users (id), team TEXT REFERENCES teams (slug), UNIQUE (owner, team));"
    "CREATE TABLE runs (id INTEGER PRIMARY KEY, created_at DATETIME NOT NULL, started_at DATETIME NOT NULL, updated_at DATETIME, finished_at DATETIME NOT NULL,"
    " deleted_at DATETIME, expires_at TEXT NOT NULL, opened TIMESTAMP NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL, created INTEGER NOT NULL, finished INTEGER NOT NULL);";

/* Everything that the schema permits and an application may not expect. */
static void edge_rows_have_it_all(void **state)
{
    static const Fact facts[] = {
        {"equal values where nothing is unique",
         "SELECT max(n) > 1 FROM (SELECT count(*) AS n FROM things WHERE free IS NOT NULL AND free <> '' GROUP BY free)",
         "1"},
        {"equal values where a value must be",
         "SELECT max(n) > 1 FROM (SELECT count(*) AS n FROM things GROUP BY filled)", "1"},
        {"a row that is NULL wherever it may be",
         "SELECT count(*) > 0 FROM things WHERE coalesce(free, short, n, small, amount, day, at, doc, raw, done, owner, user_id, team_slug) IS NULL",
         "1"},
        {"empty text",
         "SELECT count(*) > 0 AND (SELECT count(*) > 0 FROM things WHERE filled = '') FROM things WHERE free = ''",
         "1"},
        {"the longest text",
         "SELECT max(length(free)) >= 4000 AND max(length(short)) = 12 FROM things", "1"},
        {"text that means something elsewhere",
         "SELECT count(*) > 0 FROM things WHERE 'null' IN (free, filled)", "1"},
        {"quotes and letters of other alphabets",
         "SELECT count(*) > 0 FROM things WHERE free LIKE '%O''Brien%' OR filled LIKE '%O''Brien%'",
         "1"},
        {"the largest and the smallest number",
         "SELECT max(n) = 9223372036854775807 AND min(n) = -9223372036854775807 - 1 FROM things",
         "1"},
        {"zero and less", "SELECT sum(n = 0) > 0 AND sum(n = -1) > 0 FROM things", "1"},
        {"what a decimal holds at the most",
         "SELECT max(amount) >= 9999 AND min(amount) <= -9999 FROM things", "1"},
        {"the first and the last day",
         "SELECT sum(day = '0001-01-01') > 0 AND sum(day = '9999-12-31') > 0 FROM things", "1"},
        {"the first and the last moment",
         "SELECT sum(at LIKE '0001-01-01%') > 0 AND sum(at LIKE '9999-12-31%') > 0 FROM things",
         "1"},
        {"JSON null", "SELECT count(*) > 0 FROM things WHERE doc = 'null'", "1"},
        {"documents of nothing", "SELECT sum(doc = '{}') > 0 AND sum(doc = '[]') > 0 FROM things",
         "1"},
        {"no bytes", "SELECT count(*) > 0 FROM things WHERE raw = x''", "1"},
        {"references to nothing where no key guards them",
         "SELECT sum(user_id NOT IN (SELECT id FROM users)) > 0 AND sum(team_slug NOT IN (SELECT slug FROM teams)) > 0 FROM things",
         "1"},
        {"none where one does",
         "SELECT count(*) FROM things WHERE owner NOT IN (SELECT id FROM users)", "0"},
        {"the same key once with NULL and once with a value",
         "SELECT count(*) > 0 FROM pairs a JOIN pairs b ON a.kind = b.kind WHERE a.name IS NULL AND b.name IS NOT NULL",
         "1"},
        {"the same, of keys that refer",
         "SELECT count(*) > 0 FROM members a JOIN members b ON a.owner = b.owner WHERE a.team IS NULL AND b.team IS NOT NULL",
         "1"},
        {"the same key with NULL twice",
         "SELECT count(*) > 0 FROM pairs a JOIN pairs b ON a.kind = b.kind AND a.id < b.id WHERE a.name IS NULL AND b.name IS NULL",
         "1"},
        {"two of a kind that an application makes once",
         "SELECT max(n) > 1 FROM (SELECT count(*) AS n FROM profiles GROUP BY user_id)", "1"},
        {"two defaults of one user",
         "SELECT max(n) > 1 FROM (SELECT count(*) AS n FROM profiles WHERE is_default GROUP BY user_id)",
         "1"},
    };

    (void)state;
    assert_facts(PEOPLE, POPULATE_EDGE, facts, COUNT_OF(facts));
}

static void typical_rows_are_plausible(void **state)
{
    static const Fact facts[] = {
        {"users without things",
         "SELECT count(*) > 0 FROM users WHERE id NOT IN (SELECT owner FROM things WHERE owner IS NOT NULL)",
         "1"},
        {"users with some", "SELECT count(*) > 0 FROM users WHERE id IN (SELECT owner FROM things)",
         "1"},
        {"users without a profile",
         "SELECT count(*) > 0 FROM users WHERE id NOT IN (SELECT user_id FROM profiles)", "1"},
        {"references by the name alone, by id and by slug",
         "SELECT count(user_id) > 0 AND count(team_slug) > 0 AND sum(user_id NOT IN (SELECT id FROM users)) = 0 AND "
         "sum(team_slug NOT IN (SELECT slug FROM teams)) = 0 FROM things",
         "1"},
        {"NULL in some rows",
         "SELECT count(free) BETWEEN 1 AND count(*) - 1 AND count(owner) BETWEEN 1 AND count(*) - 1 FROM things",
         "1"},
        {"no text that is empty or too long",
         "SELECT count(*) FROM things WHERE free = '' OR length(free) > 200", "0"},
        {"started after it was created", "SELECT count(*) FROM runs WHERE started_at <= created_at",
         "0"},
        {"finished after it started",
         "SELECT count(*) FROM runs WHERE finished_at <= started_at OR finished_at <= opened", "0"},
        {"updated after it was created", "SELECT count(*) FROM runs WHERE updated_at <= created_at",
         "0"},
        {"deleted after it was created, and most are not",
         "SELECT sum(deleted_at <= created_at) = 0 AND count(deleted_at) BETWEEN 1 AND count(*) / 2 FROM runs",
         "1"},
        {"valid for some days", "SELECT count(*) FROM runs WHERE valid_to <= valid_from", "0"},
        {"expires at last",
         "SELECT count(*) FROM runs WHERE datetime(expires_at) <= created_at OR datetime(expires_at) IS NULL",
         "0"},
        {"whole numbers are moments, too",
         "SELECT count(*) FROM runs WHERE created < 1000000000 OR finished <= created", "0"},
        {"born before they joined", "SELECT count(*) FROM users WHERE birth_date >= created_at",
         "0"},
    };

    (void)state;
    assert_facts(PEOPLE, POPULATE_TYPICAL, facts, COUNT_OF(facts));
}

static int64_t rows_of(const PopulateResult *result, const char *table)
{
    for (size_t i = 0; i < result->per_table.len; i++)
        if (text_eq(result->per_table.items[i].table, table))
            return result->per_table.items[i].rows;
    return -1;
}

static void what_was_there_stays(void **state)
{
    static const char sql[] =
        "CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO roles VALUES (7, 'admin'), (9, 'guest');"
        "CREATE TABLE migrations (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE audit (id INTEGER PRIMARY KEY, v);"
        "CREATE TABLE users (id INTEGER PRIMARY KEY, role_id INTEGER NOT NULL, score INTEGER);"
        "CREATE TABLE lone (id INTEGER PRIMARY KEY CHECK (id = 1), v TEXT);";
    AUTO(str_list) StrList skip = {0};
    AUTO(str_map) StrMap columns = {0};
    LedgerSpec ledger = {.framework = (char *)(uintptr_t) "home-made",
                         .space = (char *)(uintptr_t) "",
                         .table = (char *)(uintptr_t) "migrations"};
    LedgerSpecList ledgers = {.items = &ledger, .len = 1};
    PopulateSpec spec = {
        .rows = 10, .seed = 1, .skip = &skip, .columns = &columns, .ledgers = &ledgers};
    AUTO(populate_result) PopulateResult result = {0};
    AUTO(str) char *roles = NULL, *used = NULL, *scores = NULL, *lone = NULL;
    File file;

    (void)state;
    str_list_add(&skip, "audit");
    str_map_set(&columns, "users.score", "40 + 2");
    file_open(&file, sql);
    must(sqlite_populate(&file.db, &spec, &result));
    roles = ask(&file, "SELECT group_concat(id || name) FROM roles");
    used = ask(&file, "SELECT count(*) FROM users WHERE role_id NOT IN (7, 9)");
    scores = ask(&file, "SELECT DISTINCT score FROM users");
    lone = ask(&file, "SELECT count(*) FROM lone");
    file_close(&file);
    assert_string_equal(roles, "7admin,9guest");
    assert_string_equal(used, "0"); /* by its name alone */
    assert_string_equal(scores, "42");
    assert_string_equal(lone, "1");
    assert_int_equal(rows_of(&result, "users"), 10);
    assert_int_equal(rows_of(&result, "migrations"), -1);
    assert_int_equal(rows_of(&result, "audit"), -1);
    assert_int_equal(result.tables, 2);
    assert_int_equal(result.filled, 2);
}

static void lesson_add(LessonList *list, LessonKind kind, const char *column)
{
    LIST_PUSH(list, ((Lesson){.kind = kind, .table = xstrdup("t"), .column = xstrdup(column)}));
}

static void what_was_learnt(void **state)
{
    static const char sql[] =
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, d TEXT, e INTEGER, f TEXT, g TEXT,"
        " h TEXT, kind TEXT, other_code TEXT);"
        "CREATE TABLE other (code TEXT PRIMARY KEY);";
    AUTO(lesson_list) LessonList lessons = {0};
    PopulateSpec plain = {.rows = 20, .seed = 1},
                 taught = {.rows = 20, .seed = 1, .lessons = &lessons};
    AUTO(populate_result) PopulateResult before = {0}, after = {0};
    AUTO(str)
    char *first = NULL, *second = NULL, *json = NULL, *digits = NULL, *times = NULL, *listed = NULL,
         *nulls = NULL, *keys = NULL, *uuids = NULL, *kinds = NULL, *links = NULL;
    File a, b;

    (void)state;
    lesson_add(&lessons, LESSON_JSON, "a");
    lesson_add(&lessons, LESSON_DIGITS, "b");
    lesson_add(&lessons, LESSON_ISO_TIME, "c");
    lesson_add(&lessons, LESSON_ONE_OF, "d");
    str_list_add(&lessons.items[3].texts, "on");
    str_list_add(&lessons.items[3].texts, "off");
    lesson_add(&lessons, LESSON_NOT_NULL, "f");
    lesson_add(&lessons, LESSON_KEY_OF, "g");
    lessons.items[5].of_table = xstrdup("other");
    lesson_add(&lessons, LESSON_UUID, "h");
    lesson_add(&lessons, LESSON_DISTINCT, "kind");
    lesson_add(&lessons, LESSON_DISTINCT, "other_code");
    file_open(&a, sql);
    file_open(&b, sql);
    must(sqlite_populate(&a.db, &plain, &before));
    must(sqlite_populate(&b.db, &taught, &after));
    json = ask(&b, "SELECT count(*) FROM t WHERE a IS NOT NULL AND NOT json_valid(a)");
    digits = ask(&b, "SELECT count(*) FROM t WHERE b GLOB '*[^0-9]*'");
    times = ask(&b, "SELECT count(*) FROM t WHERE c IS NOT NULL AND strftime('%s', c) IS NULL");
    listed = ask(&b, "SELECT count(*) FROM t WHERE d NOT IN ('on', 'off')");
    nulls = ask(&b, "SELECT count(*) FROM t WHERE f IS NULL");
    keys =
        ask(&b, "SELECT count(*) FROM t WHERE g IS NOT NULL AND g NOT IN (SELECT code FROM other)");
    uuids = ask(&b, "SELECT count(*) FROM t WHERE h IS NOT NULL AND h NOT LIKE "
                    "'________-____-4___-a___-____________'");
    kinds = ask(&b, "SELECT count(*) = count(DISTINCT kind) AND count(*) > 10 FROM t WHERE kind IS "
                    "NOT NULL");
    links = ask(&b, "SELECT count(*) = count(DISTINCT other_code) AND count(*) > 10 FROM t WHERE "
                    "other_code IS NOT NULL");
    first = ask(&a, "SELECT id || quote(e) FROM t WHERE id <= 10");
    second = ask(&b, "SELECT id || quote(e) FROM t WHERE id <= 10");
    file_close(&a);
    file_close(&b);
    assert_string_equal(json, "0");
    assert_string_equal(digits, "0");
    assert_string_equal(times, "0");
    assert_string_equal(listed, "0");
    assert_string_equal(nulls, "0");
    assert_string_equal(keys, "0");
    assert_string_equal(uuids, "0");
    assert_string_equal(kinds, "1");
    assert_string_equal(links, "1");
    assert_string_equal(first, second); /* what no lesson is about */
}

static void only_what_cannot_be_is_told(void **state)
{
    static const char sql[] =
        "CREATE TABLE never (a INTEGER NOT NULL CHECK (a > 5 AND a < 3)); CREATE TABLE child (never_a INTEGER NOT NULL REFERENCES never (a)); CREATE TABLE fine (b TEXT);";
    PopulateSpec spec = {.rows = 5, .seed = 1};
    AUTO(populate_result) PopulateResult result = {0};
    File file;

    (void)state;
    file_open(&file, sql);
    must(sqlite_populate(&file.db, &spec, &result));
    file_close(&file);
    assert_int_equal(result.tables, 3);
    assert_int_equal(result.filled, 1);
    assert_int_equal(result.skipped.len, 2);
    assert_string_equal(result.skipped.items[0].table, "child");
    assert_string_equal(result.skipped.items[0].reason,
                        "its key refers to never, which has no rows");
    assert_string_equal(result.skipped.items[1].reason, "CHECK constraint failed: a > 5 AND a < 3");
}

/* Add the columns that are not there yet, called as the words of a row. */
static void add_columns(Buf *sql, StrList *there, const char *names, const char *type)
{
    AUTO(str_list) StrList words = {0};

    str_list_split(names, ' ', &words);
    for (size_t i = 0; i < words.len; i++) {
        if (str_list_has(there, words.items[i]))
            continue;
        str_list_add(there, words.items[i]);
        buf_addf(sql, ", \"%s\" %s", words.items[i], type);
    }
}

/* Every name that there is, free and as a key, and every type. */
static char *every_generator(StrList *wanted)
{
    static const char *const types[] = {"TEXT", "TEXT UNIQUE", "INTEGER", "REAL"};
    AUTO(buf) Buf sql = BUF_INIT(1 << 20);
    size_t texts, numbers;
    const PopTextRow *text = pop_text_rows(&texts);
    const PopNumberRow *number = pop_number_rows(&numbers);

    for (size_t t = 0; t < COUNT_OF(types); t++) {
        AUTO(str_list) StrList there = {0};

        buf_addf(&sql, "CREATE TABLE t%zu (row_id INTEGER PRIMARY KEY", t);
        for (size_t i = 0; t < 2 && i < texts; i++)
            add_columns(&sql, &there, text[i].names, types[t]);
        for (size_t i = 0; t >= 2 && i < numbers; i++)
            add_columns(&sql, &there, number[i].names, types[t]);
        buf_addf(&sql, ", created_at %s, q %s);", types[t], types[t]);
    }
    buf_adds(&sql, "CREATE TABLE t (a BOOLEAN, b DATE, c DATETIME, d TIME, e JSON, f UUID, g BLOB,"
                   " config TEXT);");
    for (size_t i = 0; i < texts; i++)
        str_list_add(wanted, text[i].generator);
    for (size_t i = 0; i < numbers; i++)
        str_list_add(wanted, number[i].generator);
    return buf_take(&sql);
}

/* Whether lessons know the values that are there, and whether they repeat. */
static bool is_known(File *file, const PopulateColumn *column)
{
    AUTO(str)
    char *query = xasprintf("SELECT \"%s\" FROM \"%s\" WHERE \"%s\" IS NOT NULL", column->column,
                            column->table, column->column);
    AUTO(str) char *answer = ask(file, query);
    AUTO(str_list) StrList values = {0}, before = {0};

    str_list_split(answer, '\n', &values);
    for (size_t i = 0; i < values.len; i++) {
        bool made = invented_makes(column->generator, values.items[i], false);

        if (!made ||
            (str_list_has(&before, values.items[i]) && !invented_repeats(column->generator))) {
            print_message("%s.%s: %s does not %s %s\n", column->table, column->column,
                          column->generator, made ? "repeat" : "make", values.items[i]);
            return false;
        }
        str_list_add(&before, values.items[i]);
    }
    return true;
}

/* check/lesson_values.c knows the values by the names of their generators. */
static void lessons_know_every_generator(void **state)
{
    static const char *const others[] = {"words", "json",        "moment", "date",
                                         "uuid",  "time of day", "bytes",  "number"};
    AUTO(str_list) StrList wanted = {0}, seen = {0};
    AUTO(str) char *sql = every_generator(&wanted);
    PopulateSpec spec = {.rows = 30, .seed = 3};
    AUTO(populate_result) PopulateResult result = {0};
    size_t unknown = 0;
    File file;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        str_list_add(&wanted, others[i]);
    file_open(&file, sql);
    must(sqlite_populate(&file.db, &spec, &result));
    for (size_t i = 0; i < result.columns.len; i++) {
        const PopulateColumn *column = &result.columns.items[i];

        if (column->freedom != POPULATE_NAMED && column->freedom != POPULATE_FREE)
            continue;
        if (!str_list_has(&seen, column->generator))
            str_list_add(&seen, column->generator);
        unknown += !is_known(&file, column);
    }
    file_close(&file);
    for (size_t i = 0; i < wanted.len; i++)
        if (!str_list_has(&seen, wanted.items[i]))
            fail_msg("no column was filled by %s", wanted.items[i]);
    assert_int_equal(unknown, 0);
}

static void test_radio(void **state)
{
    (void)state;
    share("radio", POPULATE_TYPICAL, 100);
    share("radio", POPULATE_EDGE, 100);
}

/* Checks that no list of likely values passes: what each asks of its columns is worked out. */
static void what_checks_ask_is_searched_for(void **state)
{
    static const char sql[] =
        "CREATE TABLE tickets (hour INTEGER PRIMARY KEY CHECK (hour % 1800 = 0 AND hour > 0),"
        " gate TEXT NOT NULL CHECK (substr(gate, 1, 2) = 'G-' AND length(gate) = 7 AND gate NOT GLOB '*[^A-Z0-9-]*'),"
        " made TEXT NOT NULL CHECK (date(made) = made), year INT GENERATED ALWAYS AS (CAST(substr(made, 1, 4) AS INT)),"
        " serial TEXT NOT NULL, net INT NOT NULL, tax INT NOT NULL, gross INT NOT NULL,"
        " CHECK (substr(serial, 4, 4) = '' || year), CHECK (net + tax = gross AND tax * 4 = net AND gross > 1000));"
        "CREATE TABLE rules (kind TEXT NOT NULL CHECK (kind IN ('flat', 'share', 'none')), amount REAL, share INT, about TEXT,"
        " CHECK (CASE kind WHEN 'flat' THEN amount > 0 AND share IS NULL WHEN 'share' THEN share BETWEEN 1 AND 99"
        " AND amount IS NULL ELSE share IS NULL AND amount IS NULL END), CHECK ((kind = 'none') = (about IS NOT NULL)),"
        " CHECK (about IS NULL OR (json_type(about, '$.why.code') = 'integer' AND json_extract(about, '$.by') = 'x')));"
        "CREATE TABLE parts (code TEXT PRIMARY KEY CHECK (code = upper(code) AND code GLOB '[A-Z][A-Z][0-9]*'),"
        " base TEXT NOT NULL REFERENCES parts, num INT NOT NULL CHECK (num > 0), den INT NOT NULL CHECK (den > 0),"
        " CHECK ((code = base) = (num = den)));";

    (void)state;
    for (int kind = POPULATE_TYPICAL; kind <= POPULATE_EDGE; kind++) {
        PopulateSpec spec = {.kind = (PopulateKind)kind, .rows = 20, .seed = 7};
        AUTO(populate_result) PopulateResult result = {0};
        File file;

        file_open(&file, sql);
        must(sqlite_populate(&file.db, &spec, &result));
        tell("searched", &result);
        assert_sound(&file);
        assert_int_equal(result.filled, 3);
        file_close(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_radio),
        cmocka_unit_test(what_checks_ask_is_searched_for),
        cmocka_unit_test(test_wiki),
        cmocka_unit_test(test_photos),
        cmocka_unit_test(test_home),
        cmocka_unit_test(test_ci),
        cmocka_unit_test(test_game),
        cmocka_unit_test(test_library),
        cmocka_unit_test(test_recipes),
        cmocka_unit_test(test_tasks),
        cmocka_unit_test(same_seed_same_rows),
        cmocka_unit_test(whatever_the_schema),
        cmocka_unit_test(what_was_there_stays),
        cmocka_unit_test(edge_rows_have_it_all),
        cmocka_unit_test(typical_rows_are_plausible),
        cmocka_unit_test(what_was_learnt),
        cmocka_unit_test(only_what_cannot_be_is_told),
        cmocka_unit_test(lessons_know_every_generator),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
