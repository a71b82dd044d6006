#include <string.h>

#include "../../unit/random_schema.h"
#include "database/populate/populate.h"
#include "pg_fixture.h"

static char *file_text(const char *name)
{
    AUTO(str) char *path = xasprintf("fixtures/schemas/postgres/%s.sql", name);

    return pg_file_text(path);
}

static PopulateResult populate(const char *database, const PopulateSpec *spec)
{
    AUTO(pg_db) PgDb db = pg_test_open(database);
    PopulateResult result = {0};

    pg_must(pg_populate(&db, spec, &result));
    return result;
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

/* One cell of a query. */
static char *ask(const char *database, const char *sql)
{
    AUTO(pg_db) PgDb db = pg_test_open(database);
    AUTO(pg_result) PGresult *result = NULL;

    pg_must(pg_query(&db, sql, NULL, 0, &result));
    return xstrdup(pg_text(result, 0, 0));
}

/* Keys and checks hold although triggers were off for some tables: dropped and made again, every
 * constraint reads all rows. */
static void assert_sound(const char *database)
{
    AUTO(str) char *broken = NULL;

    pg_do(
        database,
        "DO $$DECLARE o record; BEGIN FOR o IN SELECT conrelid::regclass AS t, quote_ident(conname) AS n, pg_get_constraintdef(oid) AS d "
        "FROM pg_constraint WHERE contype IN ('f', 'c') AND conrelid <> 0 AND conparentid = 0 AND coninhcount = 0 LOOP "
        "EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %s', o.t, o.n); EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %s %s', o.t, o.n, o.d); END LOOP; END$$");
    pg_do(database, "REINDEX SCHEMA public");
    /* a partitioned index that lacks one of a partition is not valid from the start */
    broken =
        ask(database, "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                      "WHERE NOT i.indisvalid AND c.relkind = 'i'");
    assert_string_equal(broken, "0");
}

static void share(const char *name, PopulateKind kind, int64_t percent)
{
    AUTO(str) char *sql = file_text(name);
    PopulateSpec spec = {.kind = kind, .rows = 20, .seed = 7};
    AUTO(populate_result) PopulateResult result = {0};

    pg_make(name, sql);
    result = populate(name, &spec);
    tell(name, &result);
    assert_sound(name);
    assert_true(result.filled * 100 >= result.tables * percent);
    if (!getenv("KEEP"))
        pg_drop(name);
}

static void test_shop(void **state)
{
    (void)state;
    share("shop", POPULATE_TYPICAL, 98);
    share("shop", POPULATE_EDGE, 98);
}

static void test_scheduling(void **state)
{
    (void)state;
    share("scheduling", POPULATE_TYPICAL, 95);
    share("scheduling", POPULATE_EDGE, 95);
}

static void test_monitoring(void **state)
{
    (void)state;
    share("monitoring", POPULATE_TYPICAL, 98);
    share("monitoring", POPULATE_EDGE, 95);
}

static void test_forum(void **state)
{
    (void)state;
    share("forum", POPULATE_TYPICAL, 98);
    share("forum", POPULATE_EDGE, 98);
}

static void test_booking(void **state)
{
    (void)state;
    share("booking", POPULATE_TYPICAL, 95);
    share("booking", POPULATE_EDGE, 95);
}

static void test_social(void **state)
{
    (void)state;
    share("social", POPULATE_TYPICAL, 95);
    share("social", POPULATE_EDGE, 95);
}

static void test_clinic(void **state)
{
    (void)state;
    share("clinic", POPULATE_TYPICAL, 95);
    share("clinic", POPULATE_EDGE, 95);
}

static void test_ledger(void **state)
{
    (void)state;
    share("ledger", POPULATE_TYPICAL, 95);
    share("ledger", POPULATE_EDGE, 95);
}

static void test_helpdesk(void **state)
{
    (void)state;
    share("helpdesk", POPULATE_TYPICAL, 98);
    share("helpdesk", POPULATE_EDGE, 98);
}

static void test_warehouse(void **state)
{
    (void)state;
    share("warehouse", POPULATE_TYPICAL, 95);
    share("warehouse", POPULATE_EDGE, 95);
}

static void test_league(void **state)
{
    (void)state;
    share("league", POPULATE_TYPICAL, 95);
    share("league", POPULATE_EDGE, 95);
}

static void test_laboratory(void **state)
{
    (void)state;
    share("laboratory", POPULATE_TYPICAL, 100);
    share("laboratory", POPULATE_EDGE, 100);
}

static void test_freight(void **state)
{
    (void)state;
    share("freight", POPULATE_TYPICAL, 100);
    share("freight", POPULATE_EDGE, 100);
}

/* Checks that no list of likely values passes: what each asks of its columns, and what the
 * functions that it calls ask, is worked out. */
static void what_checks_ask_is_searched_for(void **state)
{
    static const char sql[] =
        "CREATE FUNCTION check_digit(code text) RETURNS int IMMUTABLE STRICT LANGUAGE plpgsql AS $$"
        " DECLARE total int := 0; BEGIN IF code !~ '^[0-9]{8}$' THEN RETURN -1; END IF;"
        " FOR i IN 1..7 LOOP total := total + substr(code, i, 1)::int * (1 + i % 2 * 2); END LOOP;"
        " RETURN (10 - total % 10) % 10; END $$;"
        "CREATE FUNCTION fits(low int, high int) RETURNS boolean IMMUTABLE LANGUAGE sql AS"
        " $$ SELECT low % 7 = 3 AND high = low * 2 + 1 $$;"
        "CREATE TYPE extent AS (wide int, high int);"
        "CREATE DOMAIN tag AS text CHECK (VALUE ~ '^#[a-z]{3}-[0-9]{2}$');"
        "CREATE DOMAIN percent AS numeric(5,2) CHECK (VALUE >= 0 AND VALUE <= 100);"
        "CREATE TYPE mixture AS (sand percent, label tag);"
        "CREATE TABLE articles (code text PRIMARY KEY CHECK (right(code, 1)::int = check_digit(code)),"
        " low int NOT NULL, high int NOT NULL CHECK (fits(low, high)), tags tag[] NOT NULL CHECK (cardinality(tags) BETWEEN 1 AND 3),"
        " box extent NOT NULL CHECK ((box).wide > (box).high AND (box).high BETWEEN 200 AND 250), mix mixture NOT NULL);"
        "CREATE TABLE lots (article text NOT NULL REFERENCES articles, ends date NOT NULL,"
        " CHECK (ends = (date_trunc('month', ends) + interval '1 month - 1 day')::date),"
        " no text NOT NULL CHECK (no ~ '^L[0-9]{2}-[A-Z]+$' AND substr(no, 2, 2) = to_char(ends, 'YY')),"
        " mean numeric NOT NULL CHECK (mean > 0), seen numeric NOT NULL, off numeric GENERATED ALWAYS AS (round(seen - mean, 1)) STORED,"
        " word text NOT NULL, CHECK (abs(off) <= 3 AND word = CASE WHEN abs(off) > 2 THEN 'far' ELSE 'near' END),"
        " about jsonb NOT NULL CHECK (about @> '{\"ways\": []}' AND jsonb_array_length(about -> 'ways') >= 2 AND (about ->> 'rate')::int IN (24, 48)),"
        " place inet NOT NULL CHECK (place << '10.20.0.0/16' AND masklen(place) = 32));"
        "CREATE TABLE units (code varchar(4) PRIMARY KEY CHECK (code ~ '^[A-Z0-9]+$'), base varchar(4) NOT NULL REFERENCES units,"
        " num int NOT NULL, den int NOT NULL, CHECK (num > 0 AND den > 0), CHECK ((code = base) = (num = den)));"
        "CREATE TABLE rounds (year smallint NOT NULL CHECK (year BETWEEN 1990 AND 2100), opens date NOT NULL,"
        " shuts date NOT NULL, pause daterange, CHECK (shuts - opens BETWEEN 30 AND 90), CHECK (extract(isodow FROM opens) = 3),"
        " CHECK (extract(year FROM opens)::int IN (year, year - 1)), CHECK (pause IS NULL OR pause <@ daterange(opens, shuts, '[]')));"
        "CREATE TABLE parcels (goods jsonb NOT NULL CHECK (jsonb_typeof(goods) = 'array' AND jsonb_array_length(goods) BETWEEN 1 AND 9"
        " AND NOT jsonb_path_exists(goods, '$[*] ? (!(@.no like_regex \"^[A-Z]{2}[0-9]{4}$\") || !(@.weight > 0))')));";

    (void)state;
    for (int kind = POPULATE_TYPICAL; kind <= POPULATE_EDGE; kind++) {
        PopulateSpec spec = {.kind = (PopulateKind)kind, .rows = 20, .seed = 7};
        AUTO(populate_result) PopulateResult result = {0};
        AUTO(str) char *rounds = NULL;

        pg_make("searched", sql);
        result = populate("searched", &spec);
        tell("searched", &result);
        assert_sound("searched");
        assert_int_equal(result.filled, 5);
        rounds = ask("searched", "SELECT count(*) FROM public.rounds");
        assert_string_equal(rounds, "20"); /* what passes in a few rows only is not enough */
        pg_drop("searched");
    }
}

/* More rows than a smallint has numbers: what gets the row's number starts again, and a key of one
 * such column has no more rows. */
static void a_smallint_holds_its_numbers(void **state)
{
    static const char sql[] =
        "CREATE TABLE lists (id serial PRIMARY KEY);"
        "CREATE TABLE entries (id serial PRIMARY KEY, list_id int NOT NULL REFERENCES lists,"
        " position smallint NOT NULL CHECK (position >= 1), rank smallint NOT NULL,"
        " UNIQUE (list_id, position), UNIQUE (list_id, rank));"
        "CREATE TABLE ranks (rank smallint PRIMARY KEY, title text NOT NULL);";
    PopulateSpec spec = {.kind = POPULATE_TYPICAL, .rows = 40000, .seed = 7};
    AUTO(populate_result) PopulateResult result = {0};
    AUTO(str) char *entries = NULL, *ranks = NULL;

    (void)state;
    pg_make("small", sql);
    result = populate("small", &spec);
    tell("small", &result);
    assert_int_equal(result.filled, 3);
    entries = ask("small", "SELECT count(*) > 32767 FROM public.entries");
    assert_string_equal(entries, "t");
    ranks = ask("small", "SELECT count(*) FROM public.ranks");
    assert_string_equal(ranks, "32767");
    pg_drop("small");
}

/* Rows of a kind belong to parents of that kind, also where most parents are of another. */
static void a_key_keeps_to_the_checks_on_it(void **state)
{
    static const char sql[] =
        "CREATE TABLE parties (id int PRIMARY KEY, kind text NOT NULL, UNIQUE (id, kind));"
        "INSERT INTO parties SELECT i, CASE WHEN i % 50 = 0 THEN 'carrier' ELSE 'customer' END"
        " FROM generate_series(1, 200) i;"
        "CREATE TABLE carriers (party_id int PRIMARY KEY, kind text NOT NULL CHECK (kind = 'carrier'),"
        " FOREIGN KEY (party_id, kind) REFERENCES parties (id, kind));";
    PopulateSpec spec = {.kind = POPULATE_TYPICAL, .rows = 20, .seed = 7};
    AUTO(populate_result) PopulateResult result = {0};
    AUTO(str) char *carriers = NULL;

    (void)state;
    pg_make("kinds", sql);
    result = populate("kinds", &spec);
    tell("kinds", &result);
    carriers = ask("kinds", "SELECT count(*) FROM public.carriers");
    assert_string_equal(carriers, "4");
    pg_drop("kinds");
}

/* Several columns have to change together, most values cannot even be computed, and what is in a
 * document is said by a path. */
static void what_only_fits_together_is_found(void **state)
{
    static const char sql[] =
        "CREATE TABLE days (id serial PRIMARY KEY, y int NOT NULL, m int NOT NULL, d int NOT NULL, day date NOT NULL,"
        " CHECK (day = make_date(y, m, d)), quarter text NOT NULL CHECK (quarter = 'Q' || extract(quarter FROM day)));"
        "CREATE TABLE sums (id serial PRIMARY KEY, net numeric(10,2) NOT NULL, fee numeric(10,2) NOT NULL, total numeric(10,2) NOT NULL,"
        " CHECK (total = net + fee AND fee = round(net * 0.029 + 0.30, 2)));"
        "CREATE TABLE orders (id serial PRIMARY KEY, doc jsonb NOT NULL, CHECK (doc ?& array['lines', 'owner']),"
        " CHECK (jsonb_path_exists(doc, '$.lines[*] ? (@.count > 2 && @.unit == \"kg\")')), CHECK (jsonb_typeof(doc->'owner') = 'object'));"
        "CREATE TABLE versions (v text PRIMARY KEY CHECK (v ~ '^v?[0-9]+\\.[0-9]+$' AND (string_to_array(trim(leading 'v' from v), '.'))[1]::int >= 3),"
        " parts int[] NOT NULL CHECK (parts = string_to_array(ltrim(v, 'v'), '.')::int[]));";

    (void)state;
    for (int kind = POPULATE_TYPICAL; kind <= POPULATE_EDGE; kind++) {
        PopulateSpec spec = {.kind = (PopulateKind)kind, .rows = 20, .seed = 7};
        AUTO(populate_result) PopulateResult result = {0};

        pg_make("together", sql);
        result = populate("together", &spec);
        tell("together", &result);
        assert_sound("together");
        assert_int_equal(result.filled, 4);
        pg_drop("together");
    }
}

/* Keys of which some columns are NULL, and a check digit that one row in ten has, in a table of one
 * row. */
static void rows_that_few_pass(void **state)
{
    static const char sql[] =
        "CREATE FUNCTION digits_fit(code text) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT code ~ '^[A-Z]{2}[0-9]{9}$'"
        " AND (SELECT sum(d::int * o) FROM regexp_split_to_table(substr(code, 3), '') WITH ORDINALITY AS t(d, o)) % 97 = 1 $$;"
        "CREATE TABLE rooms (org int, no int, PRIMARY KEY (org, no));"
        "CREATE TABLE visits (id serial PRIMARY KEY, org int, no int, about text, FOREIGN KEY (org, no) REFERENCES rooms MATCH FULL);"
        "CREATE TABLE settings (single boolean PRIMARY KEY DEFAULT true CHECK (single), code text NOT NULL CHECK (digits_fit(code)));";

    (void)state;
    for (int kind = POPULATE_TYPICAL; kind <= POPULATE_EDGE; kind++) {
        PopulateSpec spec = {.kind = (PopulateKind)kind, .rows = 20, .seed = 7};
        AUTO(populate_result) PopulateResult result = {0};

        pg_make("few", sql);
        result = populate("few", &spec);
        tell("few", &result);
        assert_sound("few");
        assert_int_equal(result.filled, 3);
        pg_drop("few");
    }
}

/* Of every row of every table. */
static char *contents(const char *database)
{
    return ask(
        database,
        "SELECT string_agg(c.relname || ' ' || (xpath('/row/m/text()', query_to_xml(format("
        "'SELECT md5(string_agg(t::text, ''|'' ORDER BY t::text)) AS m FROM %I.%I t', n.nspname, c.relname), "
        "false, true, '')))[1]::text, '; ' ORDER BY c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'");
}

/* What a schema consists of: nothing of ours stays. */
static char *objects(const char *database)
{
    return ask(
        database,
        "SELECT (SELECT count(*) FROM pg_class) || ' ' || (SELECT count(*) FROM pg_proc) || ' ' || (SELECT count(*) FROM pg_type) || ' ' || "
        "(SELECT count(*) FROM pg_namespace) || ' ' || (SELECT count(*) FROM pg_db_role_setting) || ' ' || (SELECT count(*) FROM pg_trigger WHERE tgenabled = 'O')");
}

static char *filled(const char *sql, PopulateKind kind, uint64_t seed)
{
    PopulateSpec spec = {.kind = kind, .rows = 12, .seed = seed};
    AUTO(populate_result) PopulateResult result = {0};
    AUTO(str) char *before = NULL, *after = NULL;
    char *text;

    pg_make("seeded", sql);
    before = objects("seeded");
    result = populate("seeded", &spec);
    after = objects("seeded");
    text = contents("seeded");
    pg_drop("seeded");
    assert_string_equal(before, after);
    return text;
}

static void same_seed_same_rows(void **state)
{
    AUTO(str) char *sql = file_text("scheduling");

    (void)state;
    for (int kind = POPULATE_TYPICAL; kind <= POPULATE_EDGE; kind++) {
        AUTO(str)
        char *first = filled(sql, (PopulateKind)kind, 3),
             *second = filled(sql, (PopulateKind)kind, 3);
        AUTO(str) char *third = filled(sql, (PopulateKind)kind, 4);

        assert_string_equal(first, second);
        assert_string_not_equal(first, third);
    }
}

/* A second filling makes no rows: nothing is inserted twice. */
static void assert_once(const char *database, const PopulateResult *result)
{
    PopulateSpec spec = {.rows = 15, .seed = 99};
    AUTO(populate_result) PopulateResult again = populate(database, &spec);

    if (result->filled == result->tables)
        assert_int_equal(again.rows, 0);
}

static void whatever_the_schema(void **state)
{
    int64_t tables = 0, with_rows = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 15; seed++) {
        AUTO(str) char *sql = random_schema(seed, true, 8);
        PopulateSpec spec = {
            .kind = seed % 3 == 0 ? POPULATE_EDGE : POPULATE_TYPICAL, .rows = 15, .seed = seed};
        AUTO(populate_result) PopulateResult result = {0};
        Snapshot snapshot = {0};

        pg_make("random", sql);
        result = populate("random", &spec);
        if (result.filled < result.tables) {
            print_message("%s", sql);
            tell("random", &result);
        }
        pg_snapshot_of("random", &snapshot);
        for (size_t i = 0; i < snapshot.faults.len; i++)
            fail_msg("%s", snapshot.faults.items[i].detail);
        assert_int_equal(snapshot_rows(&snapshot), result.rows);
        snapshot_clear(&snapshot);
        assert_sound("random");
        assert_once("random", &result);
        pg_drop("random");
        tables += result.tables;
        with_rows += result.filled;
    }
    print_message("%d of %d tables\n", (int)with_rows, (int)tables);
    assert_true(with_rows * 100 >= tables * 98);
}

static void what_was_there_stays(void **state)
{
    static const char sql[] =
        "CREATE TABLE roles (id int PRIMARY KEY, name text); INSERT INTO roles VALUES (7, 'admin'), (9, 'guest');"
        "CREATE TABLE users (id serial PRIMARY KEY, role_id int NOT NULL, score int); CREATE TABLE audit (v text)";
    AUTO(str_list) StrList skip = {0};
    AUTO(str_map) StrMap columns = {0};
    PopulateSpec spec = {.rows = 10, .seed = 1, .skip = &skip, .columns = &columns};
    AUTO(populate_result) PopulateResult result = {0};
    AUTO(str) char *roles = NULL, *wrong = NULL;

    (void)state;
    str_list_add(&skip, "public.audit");
    str_map_set(&columns, "public.users.score", "40 + 2");
    pg_make("stays", sql);
    result = populate("stays", &spec);
    roles = ask("stays", "SELECT string_agg(id || name, ',' ORDER BY id) FROM public.roles");
    wrong = ask(
        "stays",
        "SELECT (SELECT count(*) FROM public.users WHERE role_id NOT IN (7, 9) OR score <> 42) + (SELECT count(*) FROM public.audit)");
    pg_drop("stays");
    assert_string_equal(roles, "7admin,9guest");
    assert_string_equal(wrong, "0");
    assert_int_equal(result.tables, 1);
    assert_int_equal(result.filled, 1);
    assert_int_equal(result.rows, 10);
}

/* As of SQLite, whose test asks more; here what only Postgres has. */
static void edge_rows_have_it_all(void **state)
{
    static const char sql[] =
        "CREATE TABLE users (id serial PRIMARY KEY, name text); CREATE TABLE things (id serial PRIMARY KEY, free text, short varchar(12), n bigint, day date, "
        "at timestamptz, doc jsonb, words text[], span int4range, took interval, origin inet, raw bytea, done boolean, owner integer REFERENCES users, user_id integer);"
        "CREATE TABLE profiles (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES users, is_default boolean NOT NULL DEFAULT false);"
        "CREATE TABLE pairs (id serial PRIMARY KEY, kind text NOT NULL, name text, UNIQUE (kind, name))";
    static const char *const facts[] = {
        "SELECT max(n) > 1 FROM (SELECT count(*) AS n FROM public.things WHERE free <> '' GROUP BY free) q",
        "SELECT bool_or(num_nonnulls(free, short, n, day, at, doc, words, span, took, origin, raw, done, owner, user_id) = 0) FROM public.things",
        "SELECT bool_or(free = '') AND max(length(free)) >= 4000 AND max(length(short)) = 12 FROM public.things",
        "SELECT max(n) = 9223372036854775807 AND min(n) = -9223372036854775808 FROM public.things",
        "SELECT bool_or(day = '0001-01-01') AND bool_or(day = '9999-12-31') AND bool_or(at < '0002-01-01') FROM public.things",
        "SELECT bool_or(doc = 'null') AND bool_or(doc = '{}') AND bool_or(doc = '[]') FROM public.things",
        "SELECT bool_or(words = '{}') AND bool_or(isempty(span)) AND bool_or(raw = '') FROM public.things",
        "SELECT bool_or(took < '-1000 years') AND bool_or(origin = '::/0') FROM public.things",
        "SELECT bool_or(user_id NOT IN (SELECT id FROM public.users)) FROM public.things",
        "SELECT count(*) > 0 FROM public.pairs a JOIN public.pairs b USING (kind) WHERE a.name IS NULL AND b.name IS NOT NULL",
        "SELECT max(n) > 1 FROM (SELECT count(*) AS n FROM public.profiles WHERE is_default GROUP BY user_id) q",
    };

    (void)state;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        PopulateSpec spec = {.kind = POPULATE_EDGE, .rows = 20, .seed = seed};
        AUTO(populate_result) PopulateResult result = {0};

        pg_make("edges", sql);
        result = populate("edges", &spec);
        assert_sound("edges");
        for (size_t i = 0; i < COUNT_OF(facts); i++) {
            AUTO(str) char *answer = ask("edges", facts[i]);

            if (!text_eq(answer, "t"))
                fail_msg("seed %d: %s: %s", (int)seed, facts[i], answer);
        }
        pg_drop("edges");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_league),
        cmocka_unit_test(test_laboratory),
        cmocka_unit_test(test_freight),
        cmocka_unit_test(what_checks_ask_is_searched_for),
        cmocka_unit_test(rows_that_few_pass),
        cmocka_unit_test(what_only_fits_together_is_found),
        cmocka_unit_test(a_smallint_holds_its_numbers),
        cmocka_unit_test(a_key_keeps_to_the_checks_on_it),
        cmocka_unit_test(test_helpdesk),
        cmocka_unit_test(test_warehouse),
        cmocka_unit_test(test_shop),
        cmocka_unit_test(test_scheduling),
        cmocka_unit_test(test_monitoring),
        cmocka_unit_test(test_forum),
        cmocka_unit_test(test_booking),
        cmocka_unit_test(test_ledger),
        cmocka_unit_test(test_clinic),
        cmocka_unit_test(edge_rows_have_it_all),
        cmocka_unit_test(test_social),
        cmocka_unit_test(same_seed_same_rows),
        cmocka_unit_test(whatever_the_schema),
        cmocka_unit_test(what_was_there_stays),
    };

    return cmocka_run_group_tests(tests, pg_test_start, pg_test_stop);
}
