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

/* Tables with what is hard to fill; {n} is the table's number, {t} a table t0, t1... that is there,
 * {k} and {c} columns and their checks. */
static const char *const RANDOM_HARD_POSTGRES[] = {
    "CREATE TABLE h{n} (key bigserial, day date NOT NULL, owner integer REFERENCES t{t} (key), v text, "
    "PRIMARY KEY (key, day)) PARTITION BY RANGE (day);\n"
    "CREATE TABLE h{n}_a PARTITION OF h{n} FOR VALUES FROM ('2024-01-01') TO ('2024-03-01');\n"
    "CREATE TABLE h{n}_b PARTITION OF h{n} FOR VALUES FROM ('2024-03-01') TO ('2030-01-01') PARTITION BY HASH (key);\n"
    "CREATE TABLE h{n}_b0 PARTITION OF h{n}_b FOR VALUES WITH (MODULUS 2, REMAINDER 0);\n"
    "CREATE TABLE h{n}_b1 PARTITION OF h{n}_b FOR VALUES WITH (MODULUS 2, REMAINDER 1);\n"
    "CREATE TABLE h{n}_ref (k bigint, d date, FOREIGN KEY (k, d) REFERENCES h{n} (key, day));\n",
    "CREATE TABLE h{n} (kind text NOT NULL, no integer NOT NULL, owner integer NOT NULL REFERENCES t{t} (key), "
    "{k}, PRIMARY KEY (kind, no), {c}) PARTITION BY LIST (kind);\n"
    "CREATE TABLE h{n}_a PARTITION OF h{n} FOR VALUES IN ('alpha', 'beta');\n"
    "CREATE TABLE h{n}_b PARTITION OF h{n} FOR VALUES IN ('gamma');\n",
    "CREATE TABLE h{n} (room integer NOT NULL REFERENCES t{t} (key), during tstzrange NOT NULL, "
    "slot int4range CHECK (lower(slot) >= 0), EXCLUDE USING gist (during WITH &&), EXCLUDE USING gist (slot WITH &&));\n",
    "CREATE TYPE mood{n} AS ENUM ('sad', 'ok', 'it''s'); CREATE DOMAIN code{n} AS varchar(8) CHECK (VALUE ~ '^[A-Z]{2}[0-9]{3,5}$');\n"
    "CREATE DOMAIN some{n} AS integer NOT NULL CHECK (VALUE > 0);\n"
    "CREATE TABLE h{n} (code code{n} PRIMARY KEY, mood mood{n}, moods mood{n}[], amount some{n}, twice bigint GENERATED ALWAYS AS (amount * 2) STORED, "
    "tags text[] CHECK (cardinality(tags) BETWEEN 1 AND 3), at macaddr, route cidr, {k}, {c});\n",
    "CREATE TABLE h{n} (id integer PRIMARY KEY, next integer NOT NULL UNIQUE);\n"
    "CREATE TABLE h{n}_b (id integer PRIMARY KEY, h integer NOT NULL REFERENCES h{n} (id), owner integer REFERENCES t{t} (key));\n"
    "ALTER TABLE h{n} ADD FOREIGN KEY (next) REFERENCES h{n}_b (id) DEFERRABLE INITIALLY DEFERRED;\n",
};
static const char *const RANDOM_HARD_SQLITE[] = {
    "CREATE TABLE h{n} (a INTEGER NOT NULL, b TEXT NOT NULL CHECK (b GLOB '[A-Z][0-9]*'), v ANY, owner INTEGER REFERENCES t{t} (key), "
    "{k}, PRIMARY KEY (b, a), {c}) STRICT, WITHOUT ROWID;\n"
    "CREATE TABLE h{n}_ref (x TEXT, y INTEGER, FOREIGN KEY (x, y) REFERENCES h{n} (b, a));\n",
    "CREATE TABLE h{n} (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('on', 'off')), "
    "upper_name TEXT GENERATED ALWAYS AS (upper(name)) STORED, owner INTEGER NOT NULL REFERENCES t{t} (key), {k}, {c});\n"
    "CREATE UNIQUE INDEX h{n}_one ON h{n} (owner) WHERE state = 'on'; CREATE UNIQUE INDEX h{n}_name ON h{n} (lower(name), owner);\n",
    "CREATE TABLE h{n} (id INTEGER PRIMARY KEY, next INTEGER NOT NULL REFERENCES h{n}_b (id));\n"
    "CREATE TABLE h{n}_b (id INTEGER PRIMARY KEY, h INTEGER NOT NULL REFERENCES h{n} (id), parent INTEGER REFERENCES h{n}_b (id), owner REFERENCES t{t} (key));\n",
    "CREATE TABLE h{n} (hash TEXT PRIMARY KEY CHECK (length(hash) = 40 AND hash NOT GLOB '*[^0-9a-f]*'), body TEXT CHECK (json_valid(body)), "
    "raw BLOB NOT NULL CHECK (length(raw) = 16), at TEXT NOT NULL CHECK (at IS datetime(at)), {k}, {c}) STRICT, WITHOUT ROWID;\n",
};

/* Columns that checks tie together, and the checks. */
static const struct {
    const char *columns, *checks;
} RANDOM_TIES[] = {
    {"low integer NOT NULL, high integer NOT NULL",
     "CHECK (low < high), CHECK (high - low <= 500)"},
    {"net integer NOT NULL, tax integer NOT NULL, gross integer NOT NULL",
     "CHECK (gross = net + tax AND tax BETWEEN 0 AND net)"},
    {"way text NOT NULL CHECK (way IN ('card', 'cash')), last4 text CHECK (length(last4) = 4)",
     "CHECK ((way = 'card') = (last4 IS NOT NULL))"},
    {"x integer, y integer", "CHECK ((x IS NULL) <> (y IS NULL))"},
};

static inline void random_hard(RandomSchema *random, unsigned number, unsigned tables)
{
    const char *text = random->postgres
                           ? RANDOM_HARD_POSTGRES[random_of(random, COUNT_OF(RANDOM_HARD_POSTGRES))]
                           : RANDOM_HARD_SQLITE[random_of(random, COUNT_OF(RANDOM_HARD_SQLITE))];
    unsigned tie = random_of(random, COUNT_OF(RANDOM_TIES));
    AUTO(str) char *n = xasprintf("%u", number);
    AUTO(str) char *t = xasprintf("%u", random_of(random, tables));
    AUTO(str) char *columns = text_replace(text, "{k}", RANDOM_TIES[tie].columns);
    AUTO(str) char *checks = text_replace(columns, "{c}", RANDOM_TIES[tie].checks);
    AUTO(str) char *numbered = text_replace(checks, "{n}", n);
    AUTO(str) char *whole = text_replace(numbered, "{t}", t);

    buf_adds(&random->out, whole);
}

/** CREATE TABLE statements for tables t0, t1..., and h0 to h2, which are hard. Caller frees. */
static inline char *random_schema(uint64_t seed, bool postgres, unsigned tables)
{
    RandomSchema random = {
        .state = seed * 2654435761u + 12345, .postgres = postgres, .out = BUF_INIT(1 << 20)};

    for (unsigned i = 0; i < tables; i++)
        random_table(&random, i);
    for (unsigned i = 0; i < 3; i++)
        random_hard(&random, i, tables);
    return buf_take(&random.out);
}
