#include <stdlib.h>
#include <string.h>

#include "database/pg_schema.h"
#include "database/pg_schema_sql.h"
#include "model/schema_statement.h"
#include "pg_fixture.h"
#include "pg_mutations.h"

enum { ONE_MS = 120000 };

/* Every change is made in a transaction that is rolled back, so one database serves all. */
static PgDb db;
static Schema base;

static void read_now(Schema *ret_schema)
{
    AUTO(str_list) StrList unseen = {0};
    AUTO(str) char *text = NULL;

    pg_must(pg_schema_read(&db, &unseen, ret_schema));
    text = str_list_join(&unseen, "\n");
    assert_string_equal(text, "");
}

/* What one types; the reading of the schema needs the search path to be empty. */
static Error *apply(const char *sql)
{
    TRY(pg_run(&db, "SET LOCAL search_path TO public"));
    TRY(pg_run(&db, sql));
    return pg_run(&db, "SET LOCAL search_path TO ''");
}

static bool applies(const PgMutation *mutation)
{
    return mutation->sql && PQserverVersion(db.conn) >= mutation->since;
}

static const char *feature_of(const SchemaDifference *difference)
{
    return difference->change == SCHEMA_ADDED     ? "added"
           : difference->change == SCHEMA_REMOVED ? "removed"
                                                  : difference->attribute;
}

/* One difference, which names the object and what changed of it. */
static bool is_noticed(const PgMutation *mutation, const SchemaDiff *diff)
{
    AUTO(str) char *object = diff->len > 0 ? schema_difference_object(&diff->items[0]) : NULL;
    bool noticed = diff->len == 1 && diff->items[0].kind == mutation->kind &&
                   text_eq(object, mutation->object) &&
                   text_eq(feature_of(&diff->items[0]), mutation->feature);

    if (noticed)
        return true;
    print_error("%s\n  wanted %s: %s\n", mutation->sql, mutation->object, mutation->feature);
    for (size_t i = 0; i < diff->len; i++) {
        AUTO(str) char *text = schema_difference_text(&diff->items[i]);

        print_error("  %s\n", text);
    }
    return false;
}

/* That the statements turn what is in the database, `from`, into `to`; or that there are none. */
static bool is_mended(const PgMutation *mutation, const Schema *from, const Schema *to, bool said)
{
    AUTO(schema_diff) SchemaDiff diff = {0};
    AUTO(schema) Schema now = {0};
    AUTO(str) char *sql = NULL;
    AUTO(str) char *text = NULL;
    AUTO(error) Error *err = NULL;
    size_t count = 0;

    schema_diff(from, to, &diff);
    sql = schema_difference_statement(SCHEMA_POSTGRES, from, to, &diff.items[0]);
    err = sql ? apply(sql) : error_new(ERR_INVALID, 0, "no statement");
    if (!err) {
        read_now(&now);
        text = pg_diff_text(&now, to, &count);
    }
    if (said == (!err && count == 0))
        return true;
    print_error("%s\n  is %smended by %s\n  %s\n", mutation->sql, said ? "not " : "",
                sql ? sql : "nothing", err ? err->msg : text);
    return false;
}

static bool holds(const PgMutation *mutation)
{
    AUTO(schema) Schema changed = {0};
    AUTO(schema_diff) SchemaDiff diff = {0};
    AUTO(error) Error *err = NULL;
    bool good;

    db.deadline = deadline_in(ONE_MS);
    pg_must(pg_run(&db, "BEGIN"));
    err = apply(mutation->sql);
    if (err) {
        print_error("%s\n  %s\n", mutation->sql, err->msg);
        pg_must(pg_run(&db, "ROLLBACK"));
        return false;
    }
    read_now(&changed);
    schema_diff(&base, &changed, &diff);
    good = is_noticed(mutation, &diff);
    if (good)
        good &= is_mended(mutation, &changed, &base, !(mutation->unsaid & NO_BACK));
    pg_must(pg_run(&db, "ROLLBACK"));
    if (diff.len != 1)
        return false;
    pg_must(pg_run(&db, "BEGIN"));
    good &= is_mended(mutation, &base, &changed, !(mutation->unsaid & NO_FORTH));
    pg_must(pg_run(&db, "ROLLBACK"));
    return good;
}

static void every_change_is_one_difference(void **state)
{
    const char *only = getenv("MUTATION");
    size_t wrong = 0;

    (void)state;
    assert_true(base.len >= 300);
    for (size_t i = 0; i < COUNT_OF(PG_MUTATIONS); i++)
        if (applies(&PG_MUTATIONS[i]) && (!only || strstr(PG_MUTATIONS[i].sql, only)))
            wrong += !holds(&PG_MUTATIONS[i]);
    assert_int_equal(wrong, 0);
}

static bool has_mutation(SchemaKind kind, const char *feature)
{
    for (size_t i = 0; i < COUNT_OF(PG_MUTATIONS); i++)
        if (PG_MUTATIONS[i].kind == kind && text_eq(PG_MUTATIONS[i].feature, feature))
            return true;
    return false;
}

static size_t missing(SchemaKind kind, const char *feature)
{
    if (has_mutation(kind, feature))
        return 0;
    print_error("no mutation of %s: %s\n", schema_kind_name(kind), feature);
    return 1;
}

/* The list of mutations is as long as the list of what is read. */
static void every_attribute_has_a_change(void **state)
{
    const PgSchemaQuery *query;
    size_t count = 0;

    (void)state;
    for (size_t i = 0; (query = pg_schema_query(i)); i++) {
        AUTO(pg_result) PGresult *result = NULL;

        if (!pg_schema_query_applies(query, PQserverVersion(db.conn)))
            continue;
        pg_must(pg_query(&db, query->sql, NULL, 0, &result));
        assert_true(PQntuples(result) > 0);
        count += missing(query->kind, "added") + missing(query->kind, "removed");
        for (int column = 3; column < PQnfields(result); column++)
            if (PQfname(result, column)[0] != '~')
                count += missing(query->kind, PQfname(result, column));
    }
    assert_int_equal(count, 0);
}

static int make_base(void **state)
{
    if (pg_test_start(state))
        return -1;
    pg_make("base", PG_EVERYTHING PG_MORE);
    db = pg_test_open("base");
    pg_must(pg_run(&db, "SET allow_system_table_mods = on"));
    pg_must(pg_run(&db, "BEGIN"));
    read_now(&base);
    pg_must(pg_run(&db, "ROLLBACK"));
    return 0;
}

static int end_base(void **state)
{
    schema_clear(&base);
    pg_db_close(&db);
    return pg_test_stop(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attribute_has_a_change),
        cmocka_unit_test(every_change_is_one_difference),
    };

    return cmocka_run_group_tests(tests, make_base, end_base);
}
