/* Failures over rows that were made: whose fault, and what the rows learn. The wordings are those
 * of Postgres 15, SQLite 3.40 and of drivers around them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "check/lesson.h"

typedef struct Row {
    const char *what;
    const char *log;
    const char *sql;     /* statements, separated by lines of "--" */
    const char *columns; /* "space.table.column freedom generator; ..." */
    const char *schema;  /* "kind table name attribute=value; ..."; NULL none */
    const char *known;   /* "kind table.column" learnt before; NULL none */
    const char *wanted;  /* lessons, "candidate: why" */
} Row;

static const char *const KINDS[] = {
    [LESSON_JSON] = "json",     [LESSON_DIGITS] = "digits", [LESSON_ISO_TIME] = "time",
    [LESSON_UUID] = "uuid",     [LESSON_KEY_OF] = "key",    [LESSON_DISTINCT] = "distinct",
    [LESSON_ONE_OF] = "one of", [LESSON_NOT_NULL] = "set",
};

static PopulateFreedom freedom_of(const char *word)
{
    static const char *const WORDS[] = {
        [POPULATE_LEFT] = "left",           [POPULATE_GIVEN] = "given",
        [POPULATE_REFERENCE] = "reference", [POPULATE_RESEMBLING] = "resembling",
        [POPULATE_BOUND] = "bound",         [POPULATE_NAMED] = "named",
        [POPULATE_FREE] = "free",
    };

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_eq(WORDS[i], word))
            return (PopulateFreedom)i;
    fail_msg("no freedom: %s", word);
    return POPULATE_FREE;
}

static void read_columns(const char *text, PopulateColumnList *columns)
{
    AUTO(str_list) StrList items = {0};

    str_list_split(text, ';', &items);
    for (size_t i = 0; i < items.len; i++) {
        char place[100], freedom[20], generator[60];
        AUTO(str_list) StrList parts = {0};
        bool spaced;

        if (sscanf(items.items[i], " %99s %19s %59[^\n]", place, freedom, generator) != 3)
            fail_msg("no column: %s", items.items[i]);
        str_list_split(place, '.', &parts);
        spaced = parts.len == 3;
        LIST_PUSH(columns, ((PopulateColumn){.space = xstrdup(spaced ? parts.items[0] : ""),
                                             .table = xstrdup(parts.items[parts.len - 2]),
                                             .column = xstrdup(parts.items[parts.len - 1]),
                                             .generator = xstrdup(generator),
                                             .freedom = freedom_of(freedom)}));
    }
}

static void read_statements(const char *text, StatementList *statements)
{
    const char *at = text;

    while (at && *at) {
        const char *end = strstr(at, "\n--\n");
        size_t len = end ? (size_t)(end - at) : strlen(at);

        statement_list_add(statements, at, len, NULL);
        at = end ? end + strlen("\n--\n") : NULL;
    }
}

/* "column public users name type=text": kind, namespace or "-", table, name, attribute=value */
static void read_schema(const char *text, const PopulateColumnList *columns, Snapshot *before)
{
    static const SchemaKind kinds[] = {SCHEMA_COLUMN,      SCHEMA_CHECK, SCHEMA_UNIQUE,
                                       SCHEMA_FOREIGN_KEY, SCHEMA_INDEX, SCHEMA_PRIMARY_KEY,
                                       SCHEMA_ENUM};
    AUTO(str_list) StrList items = {0};

    for (size_t i = 0; i < columns->len; i++)
        if (i == 0 || !text_eq(columns->items[i].table, columns->items[i - 1].table))
            (void)schema_add(&before->schema, SCHEMA_TABLE, columns->items[i].space, "",
                             columns->items[i].table);
    if (text)
        str_list_split(text, ';', &items);
    for (size_t i = 0; i < items.len; i++) {
        char kind[20], space[20], table[40], name[80], key[40], value[120];
        int found = 0;

        if (sscanf(items.items[i], " %19[^|]|%19[^|]|%39[^|]|%79[^|]|%39[^=]=%119[^\n]", kind,
                   space, table, name, key, value) != 6)
            fail_msg("no object: %s", items.items[i]);
        for (size_t k = 0; k < COUNT_OF(kinds); k++)
            if (text_eq(schema_kind_name(kinds[k]), kind) && ++found)
                str_map_set(&schema_add(&before->schema, kinds[k], text_eq(space, "-") ? "" : space,
                                        text_eq(table, "-") ? "" : table, name)
                                 ->attributes,
                            key, value);
        assert_int_equal(found, 1);
    }
    schema_sort(&before->schema);
}

static void read_known(const char *text, LessonList *known)
{
    AUTO(str_list) StrList parts = {0};
    Lesson lesson = {0};
    const char *place;

    if (!text)
        return;
    place = strchr(text, ' ') + 1;
    str_list_split(place, '.', &parts);
    for (size_t i = 0; i < COUNT_OF(KINDS); i++)
        if (text_starts(text, KINDS[i]))
            lesson.kind = (LessonKind)i;
    lesson.table = xstrdup(parts.items[0]);
    lesson.column = xstrdup(parts.items[1]);
    LIST_PUSH(known, lesson);
}

static char *lessons_text(const LessonList *lessons)
{
    AUTO(buf) Buf out = BUF_INIT(1 << 16);

    for (size_t i = 0; i < lessons->len; i++) {
        const Lesson *lesson = &lessons->items[i];
        AUTO(str) char *texts = str_list_join(&lesson->texts, "|");

        buf_addf(&out, "%s%s %s.%s%s%s%s%s%s%s", i > 0 ? "; " : "", KINDS[lesson->kind],
                 lesson->table, lesson->column, lesson->of_table ? " -> " : "",
                 lesson->of_table ? lesson->of_table : "", lesson->of_column ? "." : "",
                 lesson->of_column ? lesson->of_column : "", *texts ? ": " : "", texts);
    }
    return xstrdup(buf_text(&out));
}

static void run(const Row *row, size_t *failed)
{
    AUTO(populate_column_list) PopulateColumnList columns = {0};
    AUTO(statement_list) StatementList statements = {0};
    AUTO(snapshot) Snapshot before = {.exists = true};
    AUTO(lesson_list) LessonList known = {0};
    AUTO(lesson_list) LessonList lessons = {0};
    AUTO(step)
    Step step = {.end = STEP_EXITED,
                 .exit_code = 1,
                 .outcome = OUTCOME_FAILED,
                 .log_tail = xstrdup(row->log)};
    AUTO(str) char *table = NULL;
    AUTO(str) char *column = NULL;
    AUTO(str) char *value = NULL;
    AUTO(str) char *why = NULL;
    AUTO(str) char *got = NULL;
    Blame blame;

    read_columns(row->columns, &columns);
    read_statements(row->sql, &statements);
    read_schema(row->schema, &columns, &before);
    read_known(row->known, &known);
    blame = lesson_judge(&step, row->sql ? &statements : NULL, &columns, &before, &known, &lessons,
                         &table, &column, &value, &why);
    assert_non_null(why);
    if (blame == BLAME_INVENTED)
        got = lessons_text(&lessons);
    else
        got = xasprintf("candidate: %s", why);
    if (!text_eq(got, row->wanted)) {
        print_error("%s\n  wanted: %s\n  got:    %s\n  why:    %s\n", row->what, row->wanted, got,
                    why);
        ++*failed;
    }
    assert_int_equal(blame == BLAME_INVENTED, lessons.len > 0);
    if (blame == BLAME_INVENTED) {
        assert_string_equal(table, lessons.items[0].table);
        assert_non_null(column);
    }
}

#define UNTOLD   "candidate: nothing tells which invented value it is about"
#define NO_VALUE "candidate: it is no matter of what a value looks like"
#define LEARNT_ALREADY                                                                             \
    "candidate: the rows have learnt that of the column already, and it fails again"
#define DECLARED  "candidate: the values of the column are those of a key that is declared"
#define KEPT_KEY  "candidate: the old schema has that key already, and the rows kept to it"
#define DIFFERENT "candidate: the values of the column were all different"
#define DEFAULT   "candidate: the value is the column's own default"

/* Text that is cast: the first of the false alarms. */
static const Row CASTS[] = {
    {"text to jsonb",
     "error: invalid input syntax for type json\nDETAIL:  Token \"amber\" is invalid.\n"
     "CONTEXT:  JSON data, line 1: amber...\n",
     "ALTER TABLE reports ALTER COLUMN parameters TYPE jsonb USING parameters::jsonb",
     "public.reports.parameters free words; public.reports.title named title", NULL, NULL,
     "json reports.parameters"},
    {"text to jsonb, through a function that keeps NULL",
     "ERROR:  invalid input syntax for type json (SQLSTATE 22P02)",
     "BEGIN\n--\nALTER TABLE public.\"reports\" ALTER \"parameters\" SET DATA TYPE json "
     "USING NULLIF(trim(parameters), '')::json\n--\nROLLBACK",
     "public.reports.parameters free words", NULL, NULL, "json reports.parameters"},
    {"the new column is filled by a cast",
     "psycopg2.errors.InvalidTextRepresentation: invalid input syntax for type json\n"
     "LINE 1: ...\nDETAIL:  Token \"amber\" is invalid.",
     "ALTER TABLE reports ADD COLUMN p jsonb\n--\nUPDATE reports r SET p = CAST(r.parameters AS "
     "jsonb) FROM users u WHERE u.id = r.owner",
     "public.reports.parameters free words; public.users.parameters free words", NULL, NULL,
     "json reports.parameters"},
    {"SQLite's functions fail on words", "Error: in prepare, malformed JSON",
     "UPDATE reports SET theme = json_extract(parameters, '$.theme')",
     "reports.parameters free words; reports.theme free words", NULL, NULL,
     "json reports.parameters"},
    {"SQLite's arrow", "sqlite3.OperationalError: malformed JSON",
     "INSERT INTO themes SELECT id, r.parameters ->> '$.theme' FROM reports AS r",
     "reports.parameters free words", NULL, NULL, "json reports.parameters"},
    {"SQLite's table of elements", "malformed JSON",
     "INSERT INTO tags (name) SELECT j.value FROM notes, json_each(notes.tags) j",
     "notes.tags named word", NULL, NULL, "json notes.tags"},
    {"text to integer", "pq: invalid input syntax for type integer: \"amber garden 1\"",
     "ALTER TABLE items ALTER COLUMN amount TYPE integer USING amount::integer",
     "public.items.amount free words", NULL, NULL, "digits items.amount"},
    {"before Postgres 12", "ERROR: invalid input syntax for integer: \"amber garden 1\"",
     "ALTER TABLE items ALTER amount TYPE int8 USING (amount)::int8",
     "public.items.amount free words", NULL, NULL, "digits items.amount"},
    {"in a block of PL/pgSQL", "ERROR:  invalid input syntax for type numeric: \"amber garden 1\"",
     "DO $$ BEGIN UPDATE items SET n = amount::numeric; END $$", "public.items.amount free words",
     NULL, NULL, "digits items.amount"},
    {"text to a moment",
     "ERROR: invalid input syntax for type timestamp with time zone: \"amber garden 1\"",
     "ALTER TABLE runs ALTER COLUMN happened TYPE timestamptz USING happened::timestamptz",
     "public.runs.happened free words", NULL, NULL, "time runs.happened"},
    {"a moment out of range", "ERROR:  date/time field value out of range: \"20249999\"",
     "ALTER TABLE runs ALTER COLUMN happened TYPE date USING happened::date",
     "public.runs.happened free words", NULL, NULL, "time runs.happened"},
    {"text to uuid", "invalid input syntax for type uuid: \"amber garden 1\"",
     "ALTER TABLE runs ALTER COLUMN ref TYPE uuid USING ref::uuid", "public.runs.ref free words",
     NULL, NULL, "uuid runs.ref"},
    {"text to boolean", "invalid input syntax for type boolean: \"amber garden 1\"",
     "ALTER TABLE runs ALTER COLUMN done TYPE boolean USING done::boolean",
     "public.runs.done free words", NULL, NULL, "one of runs.done: true|false"},
    {"a CASE names the labels", "invalid input syntax for type integer: \"standard\"",
     "ALTER TABLE runs ALTER kind TYPE int USING (CASE kind WHEN 'fast' THEN '1' WHEN 'slow' THEN "
     "'2' ELSE kind END)::int",
     "public.runs.kind named kind", NULL, NULL, "one of runs.kind: fast|slow"},
    {"STRICT table", "Runtime error: cannot store TEXT value in INTEGER column items_new.amount",
     "CREATE TABLE items_new (amount INTEGER) STRICT; INSERT INTO items_new SELECT amount FROM "
     "items",
     "items.amount free words", NULL, NULL, "digits items.amount"},
    {"text keys become numbers", "datatype mismatch",
     "CREATE TABLE items_new (id INTEGER PRIMARY KEY, n TEXT)\n--\nINSERT INTO items_new SELECT id, "
     "n FROM items\n--\nALTER TABLE items_new RENAME TO items",
     "items.id free words; items.n free words", NULL, NULL, "digits items.id"},
    {"text to inet", "ERROR:  invalid input syntax for type inet: \"amber garden 1\"",
     "ALTER TABLE runs ALTER COLUMN origin TYPE inet USING origin::inet",
     "public.runs.origin free words", NULL, NULL, "one of runs.origin: 192.0.2.1|192.0.2.2"},
    {"text to interval", "ERROR:  invalid input syntax for type interval: \"amber garden 1\"",
     "ALTER TABLE runs ALTER COLUMN took TYPE interval USING took::interval",
     "public.runs.took free words", NULL, NULL, "one of runs.took: 1 hour|2 days"},
    {"text to a time with zone",
     "ERROR:  invalid input syntax for type time with time zone: \"amber garden 1\"",
     "ALTER TABLE runs ALTER COLUMN took TYPE timetz USING took::timetz",
     "public.runs.took free words", NULL, NULL, "one of runs.took: 08:30:00+00|17:45:00+00"},
    {"text to macaddr8", "ERROR:  invalid input syntax for type macaddr8: \"amber garden 1\"",
     "UPDATE runs SET m8 = mac::macaddr8",
     "public.runs.mac free words; public.runs.m8 free macaddr8", NULL, NULL,
     "one of runs.mac: 02:00:00:00:00:00:00:01|02:00:00:00:00:00:00:02"},
    {"text to an array",
     "ERROR:  malformed array literal: \"amber garden 1\"\nDETAIL:  Array value must start with "
     "\"{\" or dimension information.",
     "ALTER TABLE runs ALTER COLUMN labels TYPE text[] USING labels::text[], ALTER COLUMN n TYPE text "
     "USING n::text",
     "public.runs.labels free words; public.runs.n free words", NULL, NULL,
     "one of runs.labels: {}"},
    {"text to a range", "ERROR:  malformed range literal: \"amber garden 1\"",
     "ALTER TABLE runs ALTER COLUMN ports TYPE int4range USING ports::int4range",
     "public.runs.ports free words", NULL, NULL, "one of runs.ports: empty"},
    {"text to several ranges", "ERROR:  malformed multirange literal: \"amber garden 1\"",
     "ALTER TABLE runs ALTER COLUMN days TYPE datemultirange USING days::datemultirange",
     "public.runs.days free words", NULL, NULL, "one of runs.days: {}"},
    {"text to bits", "ERROR:  \"a\" is not a valid binary digit",
     "ALTER TABLE runs ALTER COLUMN mask TYPE varbit USING mask::varbit",
     "public.runs.mask free words", NULL, NULL, "one of runs.mask: 0|1"},
    {"text to a point", "ERROR:  invalid input syntax for type point: \"amber garden 1\"",
     "ALTER TABLE runs ALTER COLUMN place TYPE point USING place::point",
     "public.runs.place free words", NULL, NULL, "one of runs.place: (1,2)|(3,4)"},
    {"text to hstore", "ERROR:  Syntax error near \"g\" at position 6",
     "ALTER TABLE runs ALTER COLUMN attrs TYPE hstore USING attrs::hstore",
     "public.runs.attrs free words", NULL, NULL, "one of runs.attrs: a=>1|b=>2"},
    {"an array that the migration wrote", "ERROR:  malformed array literal: \"none\"",
     "UPDATE runs SET labels = 'none'\n--\nALTER TABLE runs ALTER labels TYPE text[] USING "
     "labels::text[]",
     "public.runs.labels free words", NULL, NULL,
     "candidate: the value is none of those that were made for the column"},
    /* SQLite, by code whose SQL nobody knows */
    {"no SQL, STRICT table", "cannot store TEXT value in INTEGER column items_new.amount", NULL,
     "items.amount free words; items.name free words", NULL, NULL, "digits items.amount"},
    {"no SQL, malformed JSON", "sqlite3.OperationalError: malformed JSON", NULL,
     "reports.filter_data free words; reports.remark free words; reports.title named title", NULL,
     NULL, "json reports.filter_data"},
    {"SQL of something else, malformed JSON", "sqlite3.OperationalError: malformed JSON",
     "CREATE TABLE tags (name TEXT)", "reports.filter_data free words; reports.remark free words",
     NULL, NULL, "json reports.filter_data"},
    {"no SQL, malformed JSON again", "sqlite3.OperationalError: malformed JSON", NULL,
     "reports.filter_data given lesson; reports.remark free words; reports.title named title", NULL,
     "json reports.filter_data", "json reports.remark"},
    {"no SQL, malformed JSON in what is no free text", "sqlite3.OperationalError: malformed JSON",
     NULL, "reports.title named title; reports.state named state; reports.n free number", NULL,
     NULL, UNTOLD},
    {"code reads JSON, in Go", "invalid character 'a' looking for beginning of value", NULL,
     "reports.filters free words; reports.created named moment", NULL, NULL,
     "json reports.filters"},
    {"the column was renamed before", "invalid input syntax for type json",
     "ALTER TABLE reports RENAME COLUMN parameters TO params\n--\nALTER TABLE reports ALTER COLUMN "
     "params TYPE json USING params::json",
     "public.reports.parameters free words", NULL, NULL, "json reports.parameters"},
    {"the table was renamed before", "invalid input syntax for type json",
     "ALTER TABLE report RENAME TO reports\n--\nALTER TABLE reports ALTER COLUMN p TYPE json USING "
     "p::json",
     "public.report.p free words", NULL, NULL, "json report.p"},
    {"the last statement counts", "invalid input syntax for type integer: \"amber garden 1\"",
     "ALTER TABLE a ALTER COLUMN x TYPE integer USING x::integer\n--\n"
     "ALTER TABLE b ALTER COLUMN y TYPE integer USING y::integer",
     "public.a.x free words; public.b.y free words", NULL, NULL, "digits b.y"},
    /* in code */
    {"code reads JSON", "SyntaxError: Unexpected token 'a', \"amber gard\"... is not valid JSON",
     "SELECT id, parameters FROM reports", "reports.parameters free words; reports.id left rowid",
     NULL, NULL, "json reports.parameters"},
    {"code reads a number", "ValueError: invalid literal for int() with base 10: 'amber garden 1'",
     "SELECT amount FROM items", "public.items.amount free words; public.items.name named email",
     NULL, NULL, "digits items.amount"},
    {"code, two columns can hold it",
     "ValueError: invalid literal for int() with base 10: 'amber garden 1'", NULL,
     "public.items.amount free words; public.items.name named name", NULL, NULL,
     "candidate: the value can be of more than one column"},
    /* true ones */
    {"a literal of the migration itself", "invalid input syntax for type json",
     "UPDATE reports SET p = '{oops'::jsonb", "public.reports.parameters free words", NULL, NULL,
     UNTOLD},
    {"a value that the migration wrote", "invalid input syntax for type integer: \"none\"",
     "UPDATE items SET amount = 'none' WHERE amount IS NULL\n--\nALTER TABLE items ALTER COLUMN "
     "amount TYPE integer USING amount::integer",
     "public.items.amount free words", NULL, NULL,
     "candidate: the value is none of those that were made for the column"},
    {"the schema's own default", "invalid input syntax for type integer: \"none\"",
     "ALTER TABLE items ALTER COLUMN amount TYPE integer USING amount::integer",
     "public.items.amount named default", NULL, NULL, DEFAULT},
    {"a column of labels", "invalid input syntax for type integer: \"open\"",
     "ALTER TABLE items ALTER COLUMN state TYPE integer USING state::text::integer",
     "public.items.state bound one of its type", NULL, NULL,
     "candidate: its type or a check of the old schema decides the values of the column"},
    {"learnt already", "invalid input syntax for type integer: \"\"",
     "ALTER TABLE items ALTER COLUMN amount TYPE integer USING substr(amount, 3)::integer",
     "public.items.amount given lesson", NULL, "digits items.amount", LEARNT_ALREADY},
    {"given by the user", "invalid input syntax for type integer: \"x\"",
     "ALTER TABLE items ALTER COLUMN amount TYPE integer USING amount::integer",
     "public.items.amount given expression", NULL, NULL,
     "candidate: the values of the column are given"},
    {"a table that is not ours", "invalid input syntax for type integer: \"x\"",
     "ALTER TABLE settings ALTER COLUMN value TYPE integer USING value::integer",
     "public.items.amount free words", NULL, NULL, UNTOLD},
};

/* Text that takes few values. */
static const Row LABELS[] = {
    {"enum", "ERROR: invalid input value for enum run_state: \"active\"",
     "CREATE TYPE run_state AS ENUM ('open', 'closed')\n--\nALTER TABLE runs ALTER COLUMN status "
     "TYPE run_state USING status::run_state",
     "public.runs.status named state", NULL, NULL, "one of runs.status: open|closed"},
    {"enum in a namespace, of the old schema",
     "ERROR: invalid input value for enum app.run_state: \"active\"",
     "ALTER TABLE runs ALTER COLUMN status TYPE app.run_state USING status::text::app.run_state",
     "app.runs.status named state", "enum type|app|-|run_state|values='open', 'closed'", NULL,
     "one of runs.status: open|closed"},
    {"check in the new table of a rebuild",
     "sqlite3.IntegrityError: CHECK constraint failed: status IN ('open', 'closed')",
     "CREATE TABLE runs_new (id INTEGER PRIMARY KEY, status TEXT NOT NULL CHECK (status IN "
     "('open', 'closed')))\n--\nINSERT INTO runs_new SELECT id, status FROM runs",
     "runs.id left rowid; runs.status named state", NULL, NULL, "one of runs.status: open|closed"},
    {"no SQL, labels", "CHECK constraint failed: status IN ('open', 'closed')", NULL,
     "runs.status named state; notes.body free words", NULL, NULL,
     "one of runs.status: open|closed"},
    {"no SQL, a column of labels", "CHECK constraint failed: status IN ('open', 'closed')", NULL,
     "runs.status bound one of its check; notes.body free words", NULL, NULL,
     "candidate: its type or a check of the old schema decides the values of the column"},
    {"no SQL, the name of a check", "CHECK constraint failed: runs_status", NULL,
     "runs.status named state", NULL, NULL, UNTOLD},
    {"no SQL, a check of before", "CHECK constraint failed: status IN ('open', 'closed')", NULL,
     "runs.status named state",
     "check|-|runs|status IN ('open', 'closed')|expression=status IN ('open', "
     "'closed')",
     NULL, UNTOLD},
    {"no SQL, NULL where the column has it", "NOT NULL constraint failed: runs_new.status", NULL,
     "runs.status named state", NULL, NULL, NO_VALUE},
    {"no SQL, rows without a parent", "FOREIGN KEY constraint failed", NULL,
     "runs.owner_id resembling values of users", NULL, NULL, UNTOLD},
    {"no SQL, what repeats", "UNIQUE constraint failed: runs_new.kind", NULL,
     "runs.kind named kind; runs.title named title", NULL, NULL, "distinct runs.kind"},
    {"no SQL, what was all different", "UNIQUE constraint failed: runs.title", NULL,
     "runs.kind named kind; runs.title named title", NULL, NULL, DIFFERENT},
    {"named check", "CHECK constraint failed: runs_status",
     "CREATE TABLE __new_runs (status TEXT, CONSTRAINT runs_status CHECK(status = 'open' OR status "
     "= 'closed'))",
     "runs.status free words", NULL, NULL, "one of runs.status: open|closed"},
    {"Postgres",
     "ERROR: check constraint \"runs_status_check\" of relation \"runs\" is violated by "
     "some row",
     "ALTER TABLE runs ADD CHECK (status::text = ANY (ARRAY['open'::text, 'closed'::text]))",
     "public.runs.status named state", NULL, NULL, "one of runs.status: open|closed"},
    {"a pattern",
     "ERROR: check constraint \"slug_form\" of relation \"runs\" is violated by some "
     "row",
     "ALTER TABLE runs ADD CONSTRAINT slug_form CHECK (ref ~ '^#[0-9a-f]{6}$')",
     "public.runs.ref free words", NULL, NULL, "one of runs.ref: #112233"},
    {"a length", "ERROR: check constraint \"short\" of relation \"runs\" is violated by some row",
     "ALTER TABLE runs ADD CONSTRAINT short CHECK (char_length(ref) <= 3)",
     "public.runs.ref free words", NULL, NULL, "one of runs.ref: amb|bir|ced"},
    {"a range", "CHECK constraint failed: rank BETWEEN 1 AND 5",
     "CREATE TABLE runs_new (rank INTEGER CHECK (rank BETWEEN 1 AND 5))", "runs.rank free number",
     NULL, NULL, "one of runs.rank: 1|5"},
    {"JSON", "CHECK constraint failed: json_valid(data)",
     "CREATE TABLE runs_new (data TEXT CHECK (json_valid(data)))", "runs.data free words", NULL,
     NULL, "json runs.data"},
    /* true ones */
    {"the check was there, a migration's own write breaks it",
     "ERROR: new row for relation \"runs\" violates check constraint \"runs_status_check\"",
     "ALTER TABLE runs ADD CONSTRAINT runs_status_check CHECK (status IN ('open'))",
     "public.runs.status named state",
     "check|public|runs|runs_status_check|expression=CHECK (status IN ('open'))", NULL,
     "candidate: the old schema has that check already, and the rows kept to it"},
    {"a default is no label any more",
     "ERROR: check constraint \"c\" of relation \"runs\" is violated by some row",
     "ALTER TABLE runs ADD CONSTRAINT c CHECK (status IN ('open', 'closed'))",
     "public.runs.status named default", NULL, NULL, DEFAULT},
    {"labels of an older check are fewer now", "CHECK constraint failed: status IN ('open')",
     "CREATE TABLE runs_new (status TEXT CHECK (status IN ('open')))",
     "runs.status bound as its check wants", NULL, NULL,
     "candidate: its type or a check of the old schema decides the values of the column"},
    {"a check that names no values",
     "ERROR: check constraint \"c\" of relation \"runs\" is violated "
     "by some row",
     "ALTER TABLE runs ADD CONSTRAINT c CHECK (started < ended)",
     "public.runs.started free number; public.runs.ended free number", NULL, NULL, UNTOLD},
    {"an enum that nothing shows", "invalid input value for enum mood: \"amber\"",
     "UPDATE runs SET mood = word::mood", "public.runs.word free words", NULL, NULL,
     "candidate: nothing tells what values the new type takes"},
};

static const Row UNIQUES[] = {
    {"kind is the same in all our rows",
     "ERROR: could not create unique index \"runs_kind_key\"\nDETAIL:  Key (kind)=(standard) is "
     "duplicated.",
     "ALTER TABLE runs ADD CONSTRAINT runs_kind_key UNIQUE (kind)", "public.runs.kind named kind",
     NULL, NULL, "distinct runs.kind"},
    {"case-folded",
     "ERROR: could not create unique index \"runs_word\"\nDETAIL:  Key (lower(word))=(amber) is "
     "duplicated.",
     "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS runs_word ON public.runs USING btree "
     "(lower(word))",
     "public.runs.word named word", NULL, NULL, "distinct runs.word"},
    {"no detail: the statement tells", "pq: could not create unique index \"runs_word\"",
     "CREATE UNIQUE INDEX runs_word ON runs (word)", "public.runs.word named word", NULL, NULL,
     "distinct runs.word"},
    {"with a declared key", "UNIQUE constraint failed: runs.user_id, runs.kind",
     "CREATE UNIQUE INDEX u ON runs (user_id, kind)",
     "runs.user_id reference key of users; runs.kind named kind", NULL, NULL, "distinct runs.kind"},
    {"a rebuild with a new key", "UNIQUE constraint failed: runs_new.number",
     "CREATE TABLE runs_new (id INTEGER PRIMARY KEY, number INT UNIQUE)\n--\nINSERT INTO runs_new "
     "SELECT id, number FROM runs",
     "runs.id left rowid; runs.number free number", NULL, NULL, "distinct runs.number"},
    {"SQLite, over an expression", "UNIQUE constraint failed: index 'runs_word'",
     "CREATE UNIQUE INDEX runs_word ON runs (lower(trim(word)))", "runs.word named word", NULL,
     NULL, "distinct runs.word"},
    {"learnt to be a key, now unique", "UNIQUE constraint failed: runs.user_id",
     "CREATE UNIQUE INDEX u ON runs (user_id)", "runs.user_id given values of users", NULL,
     "key runs.user_id", "distinct runs.user_id"},
    /* true ones */
    {"an email was different in every row: the migration made them alike",
     "ERROR: could not create unique index \"e\"\nDETAIL:  Key (email)=() is duplicated.",
     "UPDATE users SET email = ''\n--\nCREATE UNIQUE INDEX e ON users (email)",
     "public.users.email named email", NULL, NULL, DIFFERENT},
    {"duplicates of the old migrations", "UNIQUE constraint failed: settings.name",
     "CREATE UNIQUE INDEX s ON settings (name)", "users.email named email", NULL, NULL, UNTOLD},
    {"one to one over a declared key",
     "could not create unique index \"u\"\nDETAIL:  Key (user_id)=(1) is duplicated.",
     "CREATE UNIQUE INDEX u ON runs (user_id)", "public.runs.user_id reference key of public.users",
     NULL, NULL, DECLARED},
    {"a backfill collides with a key that was there",
     "duplicate key value violates unique constraint \"tags_name_key\"\nDETAIL:  Key (name)=(amber) "
     "already exists.",
     "INSERT INTO tags (name) SELECT tag FROM notes",
     "public.tags.name named word; public.notes.tag named word",
     "unique constraint|public|tags|(name)|columns=(name)", NULL, KEPT_KEY},
    {"a backfill collides in a new table", "UNIQUE constraint failed: labels.name",
     "CREATE TABLE labels (name TEXT UNIQUE)\n--\nINSERT INTO labels SELECT tag FROM notes",
     "notes.tag named word", NULL, NULL, UNTOLD},
    {"learnt already", "UNIQUE constraint failed: runs.kind",
     "CREATE UNIQUE INDEX u ON runs (kind)", "runs.kind named kind", NULL, "distinct runs.kind",
     LEARNT_ALREADY},
};

static const Row KEYS[] = {
    {"an undeclared reference",
     "ERROR: insert or update on table \"posts\" violates foreign key constraint \"posts_owner_fk\""
     "\nDETAIL:  Key (owner)=(17) is not present in table \"users\".",
     "ALTER TABLE posts ADD CONSTRAINT posts_owner_fk FOREIGN KEY (owner) REFERENCES users (uid)",
     "public.posts.owner free number", NULL, NULL, "key posts.owner -> users.uid"},
    {"node-postgres prints the detail as an object",
     "error: insert or update on table \"posts\" violates foreign key constraint \"f\"\n"
     "  detail: 'Key (owner)=(17) is not present in table \"users\".',\n",
     NULL, "public.posts.owner free number", NULL, NULL, "key posts.owner -> users"},
    {"SQLite names nothing", "SqliteError: FOREIGN KEY constraint failed",
     "CREATE TABLE posts_new (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES users(id), blog INT, "
     "FOREIGN KEY (blog) REFERENCES blogs(id))\n--\nINSERT INTO posts_new SELECT * FROM posts",
     "posts.id left rowid; posts.owner free number; posts.blog reference key of blogs",
     "foreign key|-|posts|(blog)|references=blogs (id)", NULL, "key posts.owner -> users.id"},
    {"the name misled", "FOREIGN KEY constraint failed",
     "CREATE TABLE posts_new (user_id INT REFERENCES people (id))",
     "posts.user_id resembling values of users", NULL, NULL, "key posts.user_id -> people.id"},
    {"digits, then a key",
     "insert or update on table \"posts\" violates foreign key constraint \"f\"\nDETAIL:  Key "
     "(owner)=(3) is not present in table \"users\".",
     "ALTER TABLE posts ADD CONSTRAINT f FOREIGN KEY (owner) REFERENCES users",
     "public.posts.owner given lesson", NULL, "digits posts.owner", "key posts.owner -> users"},
    /* true ones */
    {"a declared key", "FOREIGN KEY constraint failed",
     "CREATE TABLE posts_new (owner INT REFERENCES users (id))",
     "posts.owner reference key of users", "foreign key|-|posts|(owner)|references=users (id)",
     NULL, KEPT_KEY},
    {"the migration removed the parents",
     "insert or update on table \"posts\" violates foreign key constraint \"f\"\nDETAIL:  Key "
     "(user_id)=(3) is not present in table \"users\".",
     "DELETE FROM users WHERE old\n--\nALTER TABLE posts ADD CONSTRAINT f FOREIGN KEY (user_id) "
     "REFERENCES users",
     "public.posts.user_id resembling values of public.users", NULL, NULL,
     "candidate: the column holds what the key refers to, as far as that is there"},
    {"a new column assumes a parent",
     "insert or update on table \"posts\" violates foreign key constraint \"f\"\nDETAIL:  Key "
     "(team_id)=(1) is not present in table \"teams\".",
     "ALTER TABLE posts ADD COLUMN team_id int NOT NULL DEFAULT 1\n--\nALTER TABLE posts ADD "
     "CONSTRAINT f FOREIGN KEY (team_id) REFERENCES teams (id)",
     "public.posts.owner free number", NULL, NULL, UNTOLD},
    {"rows go that others refer to",
     "update or delete on table \"users\" violates foreign key constraint \"f\" on table \"posts\"",
     "DELETE FROM users", "public.posts.owner free number", NULL, NULL, NO_VALUE},
    {"learnt already", "FOREIGN KEY constraint failed",
     "CREATE TABLE posts_new (owner INT REFERENCES users (id))",
     "posts.owner given values of users", NULL, "key posts.owner", LEARNT_ALREADY},
};

static const Row OTHERS[] = {
    {"NOT NULL without a default",
     "ERROR: column \"owner\" of relation \"notes\" contains null "
     "values",
     "ALTER TABLE notes ADD COLUMN owner text NOT NULL", "public.notes.owner free words", NULL,
     NULL, NO_VALUE},
    {"a rebuild copies NULL", "NOT NULL constraint failed: notes_new.owner",
     "INSERT INTO notes_new SELECT * FROM notes", "notes.owner free words", NULL, NULL, NO_VALUE},
    {"a backfill finds no row",
     "null value in column \"team_id\" of relation \"notes\" violates not-null constraint",
     "UPDATE notes SET team_id = (SELECT id FROM teams LIMIT 1)",
     "public.notes.team_id free number", NULL, NULL, NO_VALUE},
    {"SQL that is wrong", "near \"SELEC\": syntax error", "SELEC 1", "notes.owner free words", NULL,
     NULL, NO_VALUE},
    {"an object is there", "relation \"notes\" already exists", "CREATE TABLE notes (a int)",
     "public.notes.a free number", NULL, NULL, NO_VALUE},
    {"not automatically cast", "column \"a\" cannot be cast automatically to type integer",
     "ALTER TABLE notes ALTER COLUMN a TYPE integer", "public.notes.a free words", NULL, NULL,
     NO_VALUE},
    {"nothing is said", "", "ALTER TABLE notes ALTER COLUMN a TYPE integer",
     "public.notes.a free words", NULL, NULL, NO_VALUE},
    {"text becomes short", "value too long for type character varying(4)",
     "ALTER TABLE notes ALTER COLUMN ref TYPE varchar(4)", "public.notes.ref free words", NULL,
     NULL, "one of notes.ref: ambe|birc|ceda"},
    {"a title becomes short", "value too long for type character varying(10)",
     "ALTER TABLE notes ALTER COLUMN title TYPE varchar(10)", "public.notes.title named title",
     NULL, NULL, "candidate: the old schema takes such values, and they are nothing unusual there"},
    {"shorter than the old length", "value too long for type character varying(10)",
     "ALTER TABLE notes ALTER COLUMN ref TYPE varchar(10)", "public.notes.ref free words",
     "column|public|notes|ref|type=character varying(40)", NULL,
     "candidate: the old schema takes such values, and they are nothing unusual there"},
    {"a fraction",
     "numeric field overflow\nDETAIL:  A field with precision 2, scale 2 must round to an absolute "
     "value less than 1.",
     "ALTER TABLE notes ALTER COLUMN share TYPE numeric(2,2)", "public.notes.share free number",
     NULL, NULL, "one of notes.share: 0"},
};

static void run_all(const Row *rows, size_t count)
{
    size_t failed = 0;

    for (size_t i = 0; i < count; i++)
        run(&rows[i], &failed);
    assert_int_equal(failed, 0);
}

static void test_casts(void **state)
{
    (void)state;
    run_all(CASTS, COUNT_OF(CASTS));
}

static void test_labels(void **state)
{
    (void)state;
    run_all(LABELS, COUNT_OF(LABELS));
}

static void test_uniques(void **state)
{
    (void)state;
    run_all(UNIQUES, COUNT_OF(UNIQUES));
}

static void test_keys(void **state)
{
    (void)state;
    run_all(KEYS, COUNT_OF(KEYS));
}

static void test_others(void **state)
{
    (void)state;
    run_all(OTHERS, COUNT_OF(OTHERS));
}

/* Killed or timed out: whatever the log says. */
static void test_other_ends(void **state)
{
    static const StepEnd ends[] = {STEP_TIMED_OUT, STEP_OUT_OF_MEMORY, STEP_KILLED,
                                   STEP_NOT_STARTED, STEP_NOT_READY};
    AUTO(populate_column_list) PopulateColumnList columns = {0};
    AUTO(statement_list) StatementList statements = {0};

    (void)state;
    read_columns("public.items.amount free words", &columns);
    read_statements("ALTER TABLE items ALTER amount TYPE int USING amount::int", &statements);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        AUTO(lesson_list) LessonList lessons = {0};
        AUTO(str) char *table = NULL;
        AUTO(str) char *column = NULL;
        AUTO(str) char *value = NULL;
        AUTO(str) char *why = NULL;
        char log[] = "invalid input syntax for type integer: \"amber garden 1\"";
        Step step = {.end = ends[i], .log_tail = log};

        assert_int_equal(lesson_judge(&step, &statements, &columns, NULL, NULL, &lessons, &table,
                                      &column, &value, &why),
                         BLAME_CANDIDATE);
        assert_int_equal(lessons.len, 0);
        assert_null(table);
        assert_string_equal(why, "it did not end by itself");
    }
}

/* What was there stays, and the value is told. */
static void test_outputs(void **state)
{
    AUTO(populate_column_list) PopulateColumnList columns = {0};
    AUTO(statement_list) StatementList statements = {0};
    AUTO(lesson_list) LessonList lessons = {0};
    AUTO(str) char *table = NULL;
    AUTO(str) char *column = NULL;
    AUTO(str) char *value = NULL;
    AUTO(str) char *why = NULL;
    char log[] = "pq: invalid input syntax for type integer: \"amber garden 1\"";
    Step step = {.end = STEP_EXITED, .log_tail = log};

    (void)state;
    read_known("json items.other", &lessons);
    read_columns("app.items.amount free words", &columns);
    read_statements("ALTER TABLE app.items ALTER amount TYPE int USING amount::int", &statements);
    assert_int_equal(lesson_judge(&step, &statements, &columns, NULL, NULL, &lessons, &table,
                                  &column, &value, &why),
                     BLAME_INVENTED);
    assert_int_equal(lessons.len, 2);
    assert_int_equal(lessons.items[1].kind, LESSON_DIGITS);
    assert_string_equal(lessons.items[1].space, "app");
    assert_string_equal(table, "items");
    assert_string_equal(column, "amount");
    assert_string_equal(value, "amber garden 1");
    assert_string_equal(
        why, "items.amount was filled without knowing what the application keeps there (words)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_casts),   cmocka_unit_test(test_labels),
        cmocka_unit_test(test_uniques), cmocka_unit_test(test_keys),
        cmocka_unit_test(test_others),  cmocka_unit_test(test_other_ends),
        cmocka_unit_test(test_outputs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
