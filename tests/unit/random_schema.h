#pragma once
/* Schemas made at random, for both engines: whatever they permit, the making of rows has to find.
 */

#include "base/buffer.h"
#include "base/list.h"

typedef struct RandomSchema {
    uint64_t state;
    bool postgres;
    Buf out;
} RandomSchema;

static inline unsigned random_of(RandomSchema *random, unsigned n)
{
    random->state = random->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random->state >> 33) % n;
}

/* A type, and checks that can be put on a column %s of it. */
typedef struct RandomType {
    const char *postgres, *sqlite;
    const char *checks[4]; /* %1$s is the column; NULL ends them */
} RandomType;

static const RandomType RANDOM_TYPES[] = {
    {"integer", "INTEGER", {"%1$s > 100", "%1$s BETWEEN 5 AND 900000", "%1$s %% 2 = 0", NULL}},
    {"bigint", "INT", {"%1$s >= 0", "%1$s <> 7", NULL}},
    {"smallint", "SMALLINT", {"%1$s < 20000 AND %1$s > -5", NULL}},
    {"text", "TEXT", {"length(%1$s) >= 12", "%1$s = lower(%1$s)", "%1$s <> ''", NULL}},
    {"varchar(12)", "VARCHAR(12)", {"length(%1$s) <= 10", "%1$s LIKE 'A%%'", NULL}},
    {"char(5)", "CHAR(5)", {NULL}},
    {"numeric(8,2)", "DECIMAL(8,2)", {"%1$s > 0 AND %1$s < 5000", NULL}},
    {"double precision", "REAL", {"%1$s >= 0.5", NULL}},
    {"boolean", "BOOLEAN", {NULL}},
    {"date", "DATE", {"%1$s >= '2020-01-01'", NULL}},
    {"timestamp with time zone", "DATETIME", {"%1$s > '1999-12-31'", NULL}},
    {"uuid", "UUID", {NULL}},
    {"jsonb", "JSON", {NULL}},
    {"bytea", "BLOB", {"length(%1$s) > 3", NULL}},
    {"interval", "TEXT", {NULL}},
    {"inet", "TEXT", {NULL}},
    {"int4range", "TEXT", {NULL}},
    {"text[]", "TEXT", {NULL}},
    {"text", "TEXT", {"%1$s IN ('red', 'green', 'it''s')", NULL}},
};

static const char *const RANDOM_NAMES[] = {"id",     "email", "name",  "created_at", "price",
                                           "status", "slug",  "count", "payload",    "t1_id",
                                           "t2_id",  "url",   "Order", "select"};

static inline void random_column(RandomSchema *random, unsigned table, unsigned column,
                                 StrList *parts, StrList *names)
{
    const RandomType *type = &RANDOM_TYPES[random_of(random, COUNT_OF(RANDOM_TYPES))];
    AUTO(str)
    char *name =
        xasprintf("\"%s %u\"", RANDOM_NAMES[random_of(random, COUNT_OF(RANDOM_NAMES))], column);
    AUTO(buf) Buf text = BUF_INIT(1 << 16);
    unsigned checks = 0;

    buf_addf(&text, "%s %s", name, random->postgres ? type->postgres : type->sqlite);
    if (random_of(random, 2) == 0)
        buf_adds(&text, " NOT NULL");
    while (type->checks[checks])
        checks++;
    /* a few values cannot fill a unique column, which is as it should be */
    if (checks > 0 && random_of(random, 3) == 0) {
        AUTO(str)
        char *check = text_replace(type->checks[random_of(random, checks)], "%1$s", name);
        AUTO(str) char *plain = text_replace(check, "%%", "%");

        buf_addf(&text, " CHECK (%s)", plain);
    } else if (random_of(random, 5) == 0 && !text_eq(type->postgres, "boolean") &&
               !text_eq(type->postgres, "jsonb")) {
        buf_adds(&text, " UNIQUE");
    }
    str_list_add(parts, buf_text(&text));
    str_list_add(names, name);
    (void)table;
}

static inline void random_table(RandomSchema *random, unsigned table)
{
    AUTO(str_list) StrList parts = {0}, names = {0};
    AUTO(str) char *joined = NULL;
    unsigned columns = 1 + random_of(random, 7);

    str_list_add(&parts, random_of(random, 2) == 0 ? "key integer PRIMARY KEY"
                         : random->postgres        ? "key bigserial PRIMARY KEY"
                                                   : "key INT PRIMARY KEY");
    for (unsigned i = 0; i < columns; i++)
        random_column(random, table, i, &parts, &names);
    for (unsigned i = 0; table > 0 && i < random_of(random, 3); i++)
        str_list_addf(&parts, "ref%u integer %s REFERENCES t%u (key)", i,
                      random_of(random, 2) == 0 ? "NOT NULL" : "", random_of(random, table));
    if (random_of(random, 4) == 0)
        str_list_addf(&parts, "self integer REFERENCES t%u (key)", table);
    if (columns > 2 && random_of(random, 3) == 0)
        str_list_addf(&parts, "CHECK (%s IS NOT NULL OR %s IS NOT NULL)", names.items[0],
                      names.items[1]);
    joined = str_list_join(&parts, ", ");
    buf_addf(&random->out, "CREATE TABLE t%u (%s);\n", table, joined);
}

/** CREATE TABLE statements for tables t0, t1... Caller frees. */
static inline char *random_schema(uint64_t seed, bool postgres, unsigned tables)
{
    RandomSchema random = {
        .state = seed * 2654435761u + 12345, .postgres = postgres, .out = BUF_INIT(1 << 20)};

    for (unsigned i = 0; i < tables; i++)
        random_table(&random, i);
    return buf_take(&random.out);
}
