#pragma once
/* One change of each attribute of each kind of object that the model knows. */

#include "model/schema.h"
#include "pg_everything.h"

/* What PG_EVERYTHING lacks. Roles are the server's, so this runs once. */
#define PG_MORE                                                                                     \
    "CREATE ROLE reader; CREATE ROLE \"odd, role TO x\"; CREATE ROLE maker;"                        \
    "CREATE EXTENSION postgres_fdw; CREATE EXTENSION hstore VERSION '1.4';"                         \
    "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;"                           \
    "CREATE FOREIGN DATA WRAPPER wrap; CREATE FOREIGN DATA WRAPPER wrap2;"                          \
    "CREATE SERVER far TYPE 't' VERSION '1' FOREIGN DATA WRAPPER wrap OPTIONS (host 'h', a 'b');"   \
    "CREATE SERVER far2 FOREIGN DATA WRAPPER wrap; CREATE SERVER lone FOREIGN DATA WRAPPER wrap;"   \
    "CREATE FOREIGN TABLE abroad (id int OPTIONS (column_name 'x'), name text) SERVER far "         \
    "OPTIONS (table_name 'y');"                                                                     \
    "CREATE COLLATION app.german (PROVIDER = icu, LOCALE = 'de');"                                  \
    "CREATE COLLATION app.plain (LOCALE = 'C.UTF-8');"                                              \
    "CREATE CAST (app.point3 AS text) WITH INOUT AS ASSIGNMENT;"                                    \
    "CREATE OPERATOR app.=== (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int);"                   \
    "CREATE TEXT SEARCH DICTIONARY app.words (TEMPLATE = simple, STOPWORDS = english);"             \
    "CREATE TEXT SEARCH CONFIGURATION app.search (PARSER = pg_catalog.\"default\");"                \
    "ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR word, asciiword WITH app.words;"    \
    "CREATE TEXT SEARCH PARSER app.parser2 (START = prsd_start, GETTOKEN = prsd_nexttoken, END = "  \
    "prsd_end, LEXTYPES = prsd_lextype);"                                                           \
    "CREATE TYPE app.typed AS (k int, v text); CREATE TABLE plain (k int, v text);"                 \
    "CREATE TABLE folk (z int); CREATE TABLE kid (z int); CREATE TABLE solid (k int NOT NULL, v "   \
    "text NOT NULL, w int, UNIQUE (k)); CREATE TABLE parted (a int, b int) PARTITION BY RANGE (a);" \
    "CREATE SEQUENCE feed; CREATE TABLE fed (n bigint DEFAULT nextval('feed'), m bigint);"          \
    "CREATE TABLE target (id int PRIMARY KEY, alt int UNIQUE); CREATE TABLE source (t int, a int "  \
    "REFERENCES target, d int REFERENCES target, FOREIGN KEY (t) REFERENCES target);"               \
    "CREATE TYPE app.words_range AS RANGE (subtype = text);"                                        \
    "CREATE FUNCTION app.ddl2() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"             \
    "CREATE EVENT TRIGGER watch2 ON ddl_command_end EXECUTE FUNCTION app.ddl2();"                   \
    "CREATE SCHEMA empty; CREATE TABLE counted (id bigint GENERATED ALWAYS AS IDENTITY);"           \
    "CREATE SEQUENCE app.spare; CREATE SEQUENCE lonely; CREATE TABLE app.spares (n bigint);"        \
    "CREATE TYPE app.lone AS ENUM ('x'); CREATE DOMAIN app.small AS varchar(4);"                    \
    "CREATE TYPE app.loose AS (a int, \"b, c\" numeric(4,2));"                                      \
    "CREATE TEXT SEARCH DICTIONARY app.lone (TEMPLATE = simple);"                                   \
    "CREATE POLICY every ON solid USING (k > 0);"                                                   \
    "GRANT SELECT, INSERT ON users TO reader WITH GRANT OPTION; GRANT SELECT (age) ON users TO "    \
    "\"odd, role TO x\"; REVOKE EXECUTE ON FUNCTION app.add(text) FROM PUBLIC;"                     \
    "COMMENT ON VIEW adults IS 'grown'; COMMENT ON COLUMN adults.name IS 'who';"                    \
    "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON SEQUENCES TO reader;"                   \
    "ALTER DEFAULT PRIVILEGES FOR ROLE maker REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;"              \
    "DO $$ BEGIN FOR i IN 1..40 LOOP EXECUTE format('CREATE TABLE many_%s (id serial PRIMARY KEY, " \
    "name text NOT NULL CHECK (name <> ''''), many int REFERENCES users)', i); EXECUTE format("     \
    "'CREATE INDEX ON many_%s (many)', i); EXECUTE format('CREATE VIEW seen_%s AS SELECT id, "      \
    "name FROM many_%s', i, i); END LOOP; END $$;"

/* Which way no statement leads: from the changed schema back, from the first to the changed one. */
enum { NO_BACK = 1, NO_FORTH = 2, NO_WAY = 3 };

typedef struct PgMutation {
    SchemaKind kind;
    const char *feature; /* an attribute, "added" or "removed" */
    const char *object;  /* as the difference names it */
    const char *sql;     /* NULL: not to be had, and object says why */
    int unsaid;
    int since; /* server version */
} PgMutation;

static const PgMutation PG_MUTATIONS[] =
    {
        {SCHEMA_TABLE, "added", "table public.fresh",
         .sql =
             "CREATE UNLOGGED TABLE fresh (id serial PRIMARY KEY, name text COLLATE \"C\" UNIQUE DEFAULT 'x', n numeric GENERATED ALWAYS AS (2) STORED, i bigint GENERATED ALWAYS AS IDENTITY (START 5), \"Odd\"\"\" int REFERENCES users CHECK (\"Odd\"\"\" > 1)); CREATE INDEX ON fresh (name) WHERE n > 1; COMMENT ON TABLE fresh IS 'it''s'; COMMENT ON COLUMN fresh.name IS 'x'; GRANT SELECT ON fresh TO reader; ALTER TABLE fresh ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON fresh; CREATE TRIGGER t BEFORE INSERT ON fresh FOR EACH ROW EXECUTE FUNCTION app.touch(); ALTER TABLE fresh DISABLE TRIGGER t"},
        {SCHEMA_TABLE, "added", "table public.events_3",
         .sql =
             "CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')"},
        {SCHEMA_TABLE, "added", "table public.parted2",
         .sql = "CREATE TABLE parted2 (a int, b int, CHECK (a > b)) PARTITION BY RANGE (a)"},
        {SCHEMA_TABLE, "added", "table public.abroad2",
         .sql =
             "CREATE FOREIGN TABLE abroad2 (id int OPTIONS (column_name 'it''s')) SERVER far OPTIONS (b 'c')"},
        {SCHEMA_TABLE, "removed", "table public.child", .sql = "DROP TABLE child"},
        {SCHEMA_TABLE, "partitioned by", "table public.parted",
         .sql = "DROP TABLE parted; CREATE TABLE parted (a int, b int) PARTITION BY LIST (a)",
         .unsaid = NO_WAY},
        {SCHEMA_TABLE, "partition", "table public.events_1",
         .sql =
             "ALTER TABLE events DETACH PARTITION events_1; ALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM ('2019-01-01') TO ('2021-01-01')"},
        {SCHEMA_TABLE, "parent", "table public.kid", .sql = "ALTER TABLE kid INHERIT folk"},
        {SCHEMA_TABLE, "own columns", "table public.events_1",
         .sql = "ALTER TABLE events_1 ALTER kind SET DEFAULT 'y'", .unsaid = NO_WAY},
        {SCHEMA_TABLE, "unlogged", "table public.scratch", .sql = "ALTER TABLE scratch SET LOGGED"},
        {SCHEMA_TABLE, "foreign", "table public.abroad",
         .sql =
             "DROP FOREIGN TABLE abroad; CREATE FOREIGN TABLE abroad (id int OPTIONS (column_name 'x'), name text) SERVER far2 OPTIONS (table_name 'y')",
         .unsaid = NO_WAY},
        {SCHEMA_TABLE, "settings", "table public.abroad",
         .sql = "ALTER FOREIGN TABLE abroad OPTIONS (SET table_name 'it''s', ADD b 'c')"},
        {SCHEMA_TABLE, "row security", "table app.notes",
         .sql = "ALTER TABLE app.notes DISABLE ROW LEVEL SECURITY"},
        {SCHEMA_TABLE, "row security", "table app.notes",
         .sql = "ALTER TABLE app.notes FORCE ROW LEVEL SECURITY"},
        {SCHEMA_TABLE, "replica identity", "table public.users",
         .sql = "ALTER TABLE users REPLICA IDENTITY DEFAULT"},
        {SCHEMA_TABLE, "replica identity", "table public.solid",
         .sql = "ALTER TABLE solid REPLICA IDENTITY USING INDEX solid_k_key"},
        {SCHEMA_TABLE, "options", "table app.notes",
         .sql = "ALTER TABLE app.notes SET (fillfactor = 80)"},
        {SCHEMA_TABLE, "options", "table app.notes",
         .sql = "ALTER TABLE app.notes RESET (fillfactor)"},
        {SCHEMA_TABLE, "of type", "table public.plain", .sql = "ALTER TABLE plain OF app.typed"},
        {SCHEMA_TABLE, "access method", "table public.plain",
         .sql = "ALTER TABLE plain SET ACCESS METHOD heap2", .since = 150000},
        {SCHEMA_TABLE, "comment", "table public.users", .sql = "COMMENT ON TABLE users IS NULL"},
        {SCHEMA_TABLE, "grants", "table public.users",
         .sql = "REVOKE GRANT OPTION FOR INSERT ON users FROM reader"},
        {SCHEMA_TABLE, "grants", "table public.solid",
         .sql = "GRANT UPDATE ON solid TO \"odd, role TO x\", PUBLIC"},
        {SCHEMA_TABLE, "grants", "table public.solid",
         .sql = "REVOKE DELETE ON solid FROM postgres"},

        {SCHEMA_COLUMN, "added", "column public.solid.extra",
         .sql = "ALTER TABLE solid ADD extra varchar(9) COLLATE \"C\" NOT NULL DEFAULT 'x'"},
        {SCHEMA_COLUMN, "added", "column public.solid.n",
         .sql = "ALTER TABLE solid ADD n smallserial; COMMENT ON COLUMN solid.n IS 'n'"},
        {SCHEMA_COLUMN, "added", "column public.solid.n",
         .sql = "ALTER TABLE solid ADD n serial; ALTER TABLE solid ALTER n DROP NOT NULL"},
        {SCHEMA_COLUMN, "added", "column public.parent.x",
         .sql = "ALTER TABLE parent ADD x int DEFAULT 1"},
        {SCHEMA_COLUMN, "added", "column public.events.x",
         .sql = "ALTER TABLE events ADD x int DEFAULT 1"},
        {SCHEMA_COLUMN, "removed", "column public.users.tags",
         .sql = "ALTER TABLE users DROP tags"},
        {SCHEMA_COLUMN, "type", "column public.refers.id",
         .sql = "ALTER TABLE refers ALTER id TYPE bigint"},
        {SCHEMA_COLUMN, "type", "column public.counted.id",
         .sql = "ALTER TABLE counted ALTER id TYPE int"},
        {SCHEMA_COLUMN, "type", "column public.parent.b",
         .sql = "ALTER TABLE parent ALTER b TYPE varchar(5)"},
        {SCHEMA_COLUMN, "not null", "column public.users.at",
         .sql = "ALTER TABLE users ALTER at SET NOT NULL"},
        {SCHEMA_COLUMN, "not null validated", "column public.users.at",
         .sql = "ALTER TABLE users ADD CONSTRAINT later NOT NULL at NOT VALID", .unsaid = NO_WAY,
         .since = 180000},
        {SCHEMA_COLUMN, "default", "column public.users.at",
         .sql = "ALTER TABLE users ALTER at DROP DEFAULT"},
        {SCHEMA_COLUMN, "default", "column public.users.mood",
         .sql = "ALTER TABLE users ALTER mood SET DEFAULT 'happy'"},
        {SCHEMA_COLUMN, "default", "column public.fed.m",
         .sql =
             "CREATE SEQUENCE fed_m_seq OWNED BY fed.m; ALTER TABLE fed ALTER m SET DEFAULT nextval('fed_m_seq')",
         .unsaid = NO_BACK},
        {SCHEMA_COLUMN, "generated", "column public.users.total",
         .sql = "ALTER TABLE users ALTER total DROP EXPRESSION", .unsaid = NO_BACK},
        {SCHEMA_COLUMN, "generated", "column public.users.total",
         .sql =
             "ALTER TABLE users DROP total; ALTER TABLE users ADD total numeric GENERATED ALWAYS AS (age * 3) STORED"},
        {SCHEMA_COLUMN, "identity", "column app.notes.id",
         .sql = "ALTER TABLE app.notes ALTER id SET GENERATED ALWAYS"},
        {SCHEMA_COLUMN, "identity", "column public.solid.k",
         .sql = "ALTER TABLE solid ALTER k ADD GENERATED ALWAYS AS IDENTITY"},
        {SCHEMA_COLUMN, "sequence", "column public.users.id",
         .sql = "ALTER SEQUENCE users_id_seq MAXVALUE 1000 CYCLE"},
        {SCHEMA_COLUMN, "sequence", "column app.notes.id",
         .sql = "ALTER SEQUENCE app.notes_id_seq INCREMENT -10 MINVALUE -5000 START 7"},
        {SCHEMA_COLUMN, "collation", "column public.users.name",
         .sql =
             "ALTER TABLE solid ADD q int; ALTER TABLE solid DROP q; ALTER TABLE users DROP CONSTRAINT users_email_name_key; ALTER PUBLICATION pub DROP TABLE users; DROP VIEW adults; ALTER TABLE users ALTER name TYPE varchar(20) COLLATE \"POSIX\"; ALTER TABLE users ADD UNIQUE (email, name); ALTER PUBLICATION pub ADD TABLE users (id, name) WHERE (id > 3); CREATE VIEW adults AS SELECT u.id, u.name FROM users u WHERE u.age BETWEEN 18 AND 99 AND u.status IN ('new', 'old'); COMMENT ON VIEW adults IS 'grown'; COMMENT ON COLUMN adults.name IS 'who'",
         .unsaid = NO_WAY},
        {SCHEMA_COLUMN, "collation", "column public.solid.v",
         .sql = "ALTER TABLE solid ALTER v TYPE text COLLATE \"C\""},
        {SCHEMA_COLUMN, "settings", "column public.abroad.id",
         .sql = "ALTER FOREIGN TABLE abroad ALTER id OPTIONS (SET column_name 'z')"},
        {SCHEMA_COLUMN, "comment", "column public.users.age",
         .sql = "COMMENT ON COLUMN users.age IS 'in months'"},
        {SCHEMA_COLUMN, "grants", "column public.users.age",
         .sql = "GRANT UPDATE (age), SELECT (age) ON users TO reader"},
        {SCHEMA_COLUMN, "grants", "column public.users.age",
         .sql = "REVOKE SELECT (age) ON users FROM \"odd, role TO x\""},

        {SCHEMA_PRIMARY_KEY, "added", "primary key (k) on public.solid",
         .sql = "ALTER TABLE solid ADD PRIMARY KEY (k)"},
        {SCHEMA_PRIMARY_KEY, "removed", "primary key (id) on app.notes",
         .sql = "ALTER TABLE app.notes DROP CONSTRAINT notes_pkey"},
        {SCHEMA_PRIMARY_KEY, "definition", "primary key (id) on app.notes",
         .sql =
             "ALTER TABLE app.notes DROP CONSTRAINT notes_pkey, ADD PRIMARY KEY (id) DEFERRABLE"},
        {SCHEMA_PRIMARY_KEY, "comment", "primary key (id) on public.users",
         .sql = "COMMENT ON CONSTRAINT users_pkey ON users IS 'k'"},
        {SCHEMA_UNIQUE, "added", "unique constraint (mood) on public.users",
         .sql = "ALTER TABLE users ADD UNIQUE (mood)"},
        {SCHEMA_UNIQUE, "added", "unique constraint (k) #2 on public.solid",
         .sql = "ALTER TABLE solid ADD CONSTRAINT twice UNIQUE (k)"},
        {SCHEMA_UNIQUE, "removed", "unique constraint (k) on public.solid",
         .sql = "ALTER TABLE solid DROP CONSTRAINT solid_k_key"},
        {SCHEMA_UNIQUE, "definition", "unique constraint (room, ticket) on app.notes",
         .sql =
             "ALTER TABLE app.notes DROP CONSTRAINT notes_room_ticket_key, ADD UNIQUE (room, ticket)"},
        {SCHEMA_UNIQUE, "comment", "unique constraint (k) on public.solid",
         .sql = "COMMENT ON CONSTRAINT solid_k_key ON solid IS 'k'"},
        {SCHEMA_FOREIGN_KEY, "added", "foreign key (w) on public.solid",
         .sql = "ALTER TABLE solid ADD FOREIGN KEY (w) REFERENCES users"},
        {SCHEMA_FOREIGN_KEY, "removed", "foreign key (owner) on app.notes",
         .sql = "ALTER TABLE app.notes DROP CONSTRAINT notes_owner_fkey"},
        {SCHEMA_FOREIGN_KEY, "references", "foreign key (t) on public.source",
         .sql =
             "ALTER TABLE source DROP CONSTRAINT source_t_fkey, ADD FOREIGN KEY (t) REFERENCES target (alt)"},
        {SCHEMA_FOREIGN_KEY, "on update", "foreign key (t) on public.source",
         .sql =
             "ALTER TABLE source DROP CONSTRAINT source_t_fkey, ADD FOREIGN KEY (t) REFERENCES target ON UPDATE CASCADE"},
        {SCHEMA_FOREIGN_KEY, "on delete", "foreign key (owner) on app.notes",
         .sql =
             "ALTER TABLE app.notes DROP CONSTRAINT notes_owner_fkey, ADD FOREIGN KEY (owner) REFERENCES users ON DELETE SET NULL (owner)",
         .since = 150000},
        {SCHEMA_FOREIGN_KEY, "match", "foreign key (t) on public.source",
         .sql =
             "ALTER TABLE source DROP CONSTRAINT source_t_fkey, ADD FOREIGN KEY (t) REFERENCES target MATCH FULL"},
        {SCHEMA_FOREIGN_KEY, "period", "what a temporal key is, 18 knows", .sql = NULL,
         .since = 180000},
        {SCHEMA_FOREIGN_KEY, "deferrable", "foreign key (editor) on app.notes",
         .sql = "ALTER TABLE app.notes ALTER CONSTRAINT notes_editor_fkey NOT DEFERRABLE"},
        {SCHEMA_FOREIGN_KEY, "validated", "foreign key (t) on public.source",
         .sql =
             "ALTER TABLE source DROP CONSTRAINT source_t_fkey, ADD FOREIGN KEY (t) REFERENCES target NOT VALID"},
        {SCHEMA_FOREIGN_KEY, "enforced", "foreign key (t) on public.source",
         .sql =
             "ALTER TABLE source DROP CONSTRAINT source_t_fkey, ADD FOREIGN KEY (t) REFERENCES target NOT ENFORCED",
         .since = 180000},
        {SCHEMA_FOREIGN_KEY, "comment", "foreign key (t) on public.source",
         .sql = "COMMENT ON CONSTRAINT source_t_fkey ON source IS 'k'"},
        {SCHEMA_CHECK, "added", "check (v) on public.solid",
         .sql = "ALTER TABLE solid ADD CHECK (v <> 'x' AND v <> 'y')"},
        {SCHEMA_CHECK, "added", "check (a, b) on public.scratch",
         .sql = "ALTER TABLE scratch ADD CHECK (a < b * 8)"},
        {SCHEMA_CHECK, "added", "check (b) on public.parent",
         .sql = "ALTER TABLE parent ADD CHECK (b <> '')"},
        {SCHEMA_CHECK, "removed", "check (name, age) on public.users",
         .sql = "ALTER TABLE users DROP CONSTRAINT named"},
        {SCHEMA_CHECK, "expression", "check (age) on public.users",
         .sql = "ALTER TABLE users DROP CONSTRAINT users_age_check, ADD CHECK (age > 1)"},
        {SCHEMA_CHECK, "no inherit", "check (name) on public.many_3",
         .sql =
             "ALTER TABLE many_3 DROP CONSTRAINT many_3_name_check, ADD CHECK (name <> '') NO INHERIT"},
        {SCHEMA_CHECK, "validated", "check (b) on public.scratch",
         .sql = "ALTER TABLE scratch VALIDATE CONSTRAINT later"},
        {SCHEMA_CHECK, "enforced", "check (name) on public.many_3",
         .sql =
             "ALTER TABLE many_3 DROP CONSTRAINT many_3_name_check, ADD CHECK (name <> '') NOT ENFORCED",
         .since = 180000},
        {SCHEMA_CHECK, "comment", "check (name) on public.many_3",
         .sql = "COMMENT ON CONSTRAINT many_3_name_check ON many_3 IS 'k'"},
        {SCHEMA_EXCLUSION, "added", "exclusion constraint (w) on public.solid",
         .sql = "ALTER TABLE solid ADD EXCLUDE (w WITH =)"},
        {SCHEMA_EXCLUSION, "removed", "exclusion constraint (room, during) on app.notes",
         .sql = "ALTER TABLE app.notes DROP CONSTRAINT notes_room_during_excl"},
        {SCHEMA_EXCLUSION, "definition", "exclusion constraint (room, during) on app.notes",
         .sql =
             "ALTER TABLE app.notes DROP CONSTRAINT notes_room_during_excl, ADD EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 1)"},
        {SCHEMA_EXCLUSION, "comment", "exclusion constraint (room, during) on app.notes",
         .sql = "COMMENT ON CONSTRAINT notes_room_during_excl ON app.notes IS 'k'"},
        {SCHEMA_INDEX, "added", "index (at) on public.users", .sql = "CREATE INDEX ON users (at)"},
        {SCHEMA_INDEX, "added", "index (owner) #2 on app.notes",
         .sql = "CREATE UNIQUE INDEX ON app.notes (owner)"},
        {SCHEMA_INDEX, "added", "index (day) on public.events",
         .sql = "CREATE INDEX ON events (day)"},
        {SCHEMA_INDEX, "removed", "index (owner) on app.notes",
         .sql = "DROP INDEX app.notes_owner_idx"},
        {SCHEMA_INDEX, "unique", "index notes_body on app.notes",
         .sql =
             "DROP INDEX app.notes_body; CREATE INDEX notes_body ON app.notes (lower(body), owner DESC NULLS LAST) INCLUDE (room) WHERE owner > 3 AND room IN (1, 2)"},
        {SCHEMA_INDEX, "method", "index (owner) on app.notes",
         .sql = "DROP INDEX app.notes_owner_idx; CREATE INDEX ON app.notes USING hash (owner)"},
        {SCHEMA_INDEX, "columns", "index notes_body on app.notes",
         .sql =
             "DROP INDEX app.notes_body; CREATE UNIQUE INDEX notes_body ON app.notes (lower(body), owner DESC NULLS LAST) INCLUDE (editor) WHERE owner > 3 AND room IN (1, 2)"},
        {SCHEMA_INDEX, "where", "index notes_body on app.notes",
         .sql =
             "DROP INDEX app.notes_body; CREATE UNIQUE INDEX notes_body ON app.notes (lower(body), owner DESC NULLS LAST) INCLUDE (room) WHERE owner > 4 AND room IN (1, 2)"},
        {SCHEMA_INDEX, "valid", "index notes_body on app.notes",
         .sql =
             "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.notes_body'::regclass",
         .unsaid = NO_FORTH},
        {SCHEMA_INDEX, "comment", "index notes_body on app.notes",
         .sql = "COMMENT ON INDEX app.notes_body IS 'i'"},
        {SCHEMA_VIEW,
         "added", "view app.fresh", .sql = "CREATE VIEW app.fresh WITH (security_barrier) AS SELECT id, owner FROM app.notes WHERE (room > 1 AND owner > 1) AND id > 1; COMMENT ON COLUMN app.fresh.id IS 'x'; GRANT SELECT ON app.fresh TO reader"},
        {SCHEMA_VIEW, "removed", "view public.adults", .sql = "DROP VIEW adults"},
        {SCHEMA_VIEW, "sql", "view public.adults",
         .sql =
             "CREATE OR REPLACE VIEW adults AS SELECT u.id, u.name FROM users u WHERE u.age > 17"},
        {SCHEMA_VIEW, "sql", "view public.seen_3",
         .sql = "CREATE OR REPLACE VIEW seen_3 AS SELECT id, name, many FROM many_3"},
        {SCHEMA_VIEW, "options", "view app.secure",
         .sql = "ALTER VIEW app.secure RESET (security_barrier)"},
        {SCHEMA_VIEW, "column defaults", "view public.seen_3",
         .sql = "ALTER VIEW seen_3 ALTER name SET DEFAULT 'x'"},
        {SCHEMA_VIEW, "comment", "view public.adults", .sql = "COMMENT ON VIEW adults IS NULL"},
        {SCHEMA_VIEW, "column comments", "view public.adults",
         .sql = "COMMENT ON COLUMN adults.name IS NULL"},
        {SCHEMA_VIEW, "column comments", "view public.adults",
         .sql = "COMMENT ON COLUMN adults.id IS 'which'"},
        {SCHEMA_VIEW, "column grants", "view public.adults",
         .sql = "GRANT SELECT (name) ON adults TO reader", .unsaid = NO_WAY},
        {SCHEMA_VIEW, "grants", "view public.adults", .sql = "GRANT SELECT ON adults TO reader"},
        {SCHEMA_MATERIALIZED_VIEW, "added", "materialized view app.fresh",
         .sql =
             "CREATE MATERIALIZED VIEW app.fresh AS SELECT id FROM app.notes WITH NO DATA; CREATE INDEX ON app.fresh (id)"},
        {SCHEMA_MATERIALIZED_VIEW, "removed", "materialized view app.counts",
         .sql = "DROP MATERIALIZED VIEW app.counts"},
        {SCHEMA_MATERIALIZED_VIEW, "sql", "materialized view app.counts",
         .sql =
             "DROP MATERIALIZED VIEW app.counts; CREATE MATERIALIZED VIEW app.counts AS SELECT owner, count(*) + 1 AS n FROM app.notes GROUP BY owner WITH NO DATA; CREATE UNIQUE INDEX ON app.counts (owner)"},
        {SCHEMA_MATERIALIZED_VIEW, "options", "materialized view app.counts",
         .sql = "ALTER MATERIALIZED VIEW app.counts SET (fillfactor = 80)"},
        {SCHEMA_MATERIALIZED_VIEW, "populated", "materialized view app.counts",
         .sql = "REFRESH MATERIALIZED VIEW app.counts"},
        {SCHEMA_MATERIALIZED_VIEW, "comment", "materialized view app.counts",
         .sql = "COMMENT ON MATERIALIZED VIEW app.counts IS 'n'"},
        {SCHEMA_MATERIALIZED_VIEW, "column comments", "materialized view app.counts",
         .sql = "COMMENT ON COLUMN app.counts.n IS 'n'"},
        {SCHEMA_MATERIALIZED_VIEW, "column grants", "materialized view app.counts",
         .sql = "GRANT SELECT (n) ON app.counts TO reader", .unsaid = NO_WAY},
        {SCHEMA_MATERIALIZED_VIEW, "grants", "materialized view app.counts",
         .sql = "GRANT SELECT ON app.counts TO reader"},
        {SCHEMA_TRIGGER, "added", "trigger fresh on public.users",
         .sql =
             "CREATE TRIGGER fresh AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION app.touch(); ALTER TABLE users ENABLE ALWAYS TRIGGER fresh; COMMENT ON TRIGGER fresh ON users IS 't'"},
        {SCHEMA_TRIGGER, "removed", "trigger each on public.events",
         .sql = "DROP TRIGGER each ON events"},
        {SCHEMA_TRIGGER, "sql", "trigger touch on app.notes",
         .sql =
             "DROP TRIGGER touch ON app.notes; CREATE TRIGGER touch AFTER UPDATE ON app.notes FOR EACH ROW WHEN (NEW.owner > 1 AND NEW.room > 1) EXECUTE FUNCTION app.touch()"},
        {SCHEMA_TRIGGER, "enabled", "trigger late on public.users",
         .sql = "ALTER TABLE users ENABLE TRIGGER late"},
        {SCHEMA_TRIGGER, "enabled", "trigger late on public.users",
         .sql = "ALTER TABLE users ENABLE REPLICA TRIGGER late"},
        {SCHEMA_TRIGGER, "comment", "trigger late on public.users",
         .sql = "COMMENT ON TRIGGER late ON users IS 't'"},
        {SCHEMA_RULE, "added", "rule fresh on public.solid",
         .sql = "CREATE RULE fresh AS ON INSERT TO solid WHERE NEW.k > 1 DO ALSO NOTHING"},
        {SCHEMA_RULE, "removed", "rule keep on public.parent", .sql = "DROP RULE keep ON parent"},
        {SCHEMA_RULE, "sql", "rule keep on public.parent",
         .sql =
             "CREATE OR REPLACE RULE keep AS ON DELETE TO parent WHERE OLD.a > 1 DO INSTEAD NOTHING"},
        {SCHEMA_RULE, "enabled", "rule keep on public.parent",
         .sql = "ALTER TABLE parent DISABLE RULE keep"},
        {SCHEMA_RULE, "comment", "rule keep on public.parent",
         .sql = "COMMENT ON RULE keep ON parent IS 'r'"},
        {SCHEMA_POLICY, "added", "policy fresh on app.notes",
         .sql =
             "CREATE POLICY fresh ON app.notes AS RESTRICTIVE FOR UPDATE TO reader, \"odd, role TO x\" USING (owner = 1) WITH CHECK (room > 1)"},
        {SCHEMA_POLICY, "removed", "policy mine on app.notes",
         .sql = "DROP POLICY mine ON app.notes"},
        {SCHEMA_POLICY, "command", "policy mine on app.notes",
         .sql =
             "DROP POLICY mine ON app.notes; CREATE POLICY mine ON app.notes FOR DELETE USING (owner = 1 AND room = 2)"},
        {SCHEMA_POLICY, "restrictive", "policy mine on app.notes",
         .sql =
             "DROP POLICY mine ON app.notes; CREATE POLICY mine ON app.notes AS RESTRICTIVE FOR SELECT USING (owner = 1 AND room = 2)"},
        {SCHEMA_POLICY, "roles", "policy mine on app.notes",
         .sql = "ALTER POLICY mine ON app.notes TO \"odd, role TO x\""},
        {SCHEMA_POLICY, "using", "policy mine on app.notes",
         .sql = "ALTER POLICY mine ON app.notes USING (owner = 2)"},
        {SCHEMA_POLICY, "with check", "policy every on public.solid",
         .sql = "ALTER POLICY every ON solid WITH CHECK (k > 1)"},
        {SCHEMA_POLICY, "comment", "policy mine on app.notes",
         .sql = "COMMENT ON POLICY mine ON app.notes IS 'p'"},

        {SCHEMA_NAMESPACE, "added", "namespace fresh",
         .sql =
             "CREATE SCHEMA fresh; COMMENT ON SCHEMA fresh IS 's'; GRANT USAGE ON SCHEMA fresh TO reader"},
        {SCHEMA_NAMESPACE, "removed", "namespace empty", .sql = "DROP SCHEMA empty"},
        {SCHEMA_NAMESPACE, "comment", "namespace app", .sql = "COMMENT ON SCHEMA app IS 's'"},
        {SCHEMA_NAMESPACE, "grants", "namespace app",
         .sql = "GRANT USAGE, CREATE ON SCHEMA app TO reader"},
        {SCHEMA_NAMESPACE, "grants", "namespace public",
         .sql = "REVOKE USAGE ON SCHEMA public FROM PUBLIC"},
        {SCHEMA_EXTENSION, "added", "extension pg_trgm", .sql = "CREATE EXTENSION pg_trgm"},
        {SCHEMA_EXTENSION, "removed", "extension hstore", .sql = "DROP EXTENSION hstore"},
        {SCHEMA_EXTENSION, "version", "extension hstore", .sql = "ALTER EXTENSION hstore UPDATE",
         .unsaid = NO_BACK},
        {SCHEMA_EXTENSION, "namespace", "extension hstore",
         .sql = "ALTER EXTENSION hstore SET SCHEMA app"},
        {SCHEMA_SEQUENCE, "added", "sequence public.extra",
         .sql = "CREATE SEQUENCE extra AS smallint INCREMENT -2 CYCLE"},
        {SCHEMA_SEQUENCE, "removed", "sequence public.lonely", .sql = "DROP SEQUENCE lonely"},
        {SCHEMA_SEQUENCE, "type", "sequence app.tickets",
         .sql = "ALTER SEQUENCE app.tickets AS bigint MAXVALUE 1000"},
        {SCHEMA_SEQUENCE, "start", "sequence app.tickets",
         .sql = "ALTER SEQUENCE app.tickets START 9"},
        {SCHEMA_SEQUENCE, "increment", "sequence app.tickets",
         .sql = "ALTER SEQUENCE app.tickets INCREMENT 9"},
        {SCHEMA_SEQUENCE, "minimum", "sequence app.tickets",
         .sql = "ALTER SEQUENCE app.tickets MINVALUE -9"},
        {SCHEMA_SEQUENCE, "maximum", "sequence app.tickets",
         .sql = "ALTER SEQUENCE app.tickets MAXVALUE 999"},
        {SCHEMA_SEQUENCE, "cache", "sequence app.tickets",
         .sql = "ALTER SEQUENCE app.tickets CACHE 3"},
        {SCHEMA_SEQUENCE, "cycle", "sequence app.tickets",
         .sql = "ALTER SEQUENCE app.tickets NO CYCLE"},
        {SCHEMA_SEQUENCE, "owned by", "sequence public.feed",
         .sql = "ALTER SEQUENCE feed OWNED BY fed.n"},
        {SCHEMA_SEQUENCE, "owned by", "sequence app.spare",
         .sql = "ALTER SEQUENCE app.spare OWNED BY app.spares.n"},
        {SCHEMA_SEQUENCE, "owned by", "sequence public.users_id_seq",
         .sql = "ALTER SEQUENCE users_id_seq OWNED BY NONE"},
        {SCHEMA_SEQUENCE, "comment", "sequence app.tickets",
         .sql = "COMMENT ON SEQUENCE app.tickets IS 's'"},
        {SCHEMA_SEQUENCE, "grants", "sequence app.tickets",
         .sql = "GRANT USAGE ON SEQUENCE app.tickets TO reader"},
        {SCHEMA_FUNCTION, "added", "function app.add(numeric)",
         .sql =
             "CREATE FUNCTION app.add(a numeric) RETURNS text LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION app.add(numeric) TO reader; COMMENT ON FUNCTION app.add(numeric) IS 'f'"},
        {SCHEMA_FUNCTION, "added", "function app.most(integer)",
         .sql =
             "CREATE AGGREGATE app.most(int) (sfunc = int4larger, stype = int, combinefunc = int4larger, parallel = safe)"},
        {SCHEMA_FUNCTION, "removed", "function app.work(integer)",
         .sql = "DROP PROCEDURE app.work"},
        {SCHEMA_FUNCTION, "removed", "function app.total(integer)",
         .sql = "DROP AGGREGATE app.total(int)"},
        {SCHEMA_FUNCTION, "sql", "function app.add(text)",
         .sql =
             "CREATE OR REPLACE FUNCTION app.add(a text) RETURNS text LANGUAGE sql STRICT AS 'SELECT a || 1'"},
        {SCHEMA_FUNCTION, "sql", "function app.add(text)",
         .sql =
             "DROP FUNCTION app.add(text); CREATE FUNCTION app.add(b text) RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION app.add(text) FROM PUBLIC"},
        {SCHEMA_FUNCTION, "sql", "function app.total(integer)",
         .sql =
             "DROP AGGREGATE app.total(int); CREATE AGGREGATE app.total(int) (sfunc = int4pl, stype = int, initcond = '1')"},
        {SCHEMA_FUNCTION, "comment", "function app.work(integer)",
         .sql = "COMMENT ON PROCEDURE app.work IS 'w'"},
        {SCHEMA_FUNCTION, "comment", "function app.total(integer)",
         .sql = "COMMENT ON AGGREGATE app.total(int) IS 'w'"},
        {SCHEMA_FUNCTION, "grants", "function app.add(text)",
         .sql = "GRANT EXECUTE ON FUNCTION app.add(text) TO PUBLIC"},
        {SCHEMA_EVENT_TRIGGER, "added", "event trigger fresh",
         .sql =
             "CREATE EVENT TRIGGER fresh ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP VIEW') EXECUTE FUNCTION app.ddl()"},
        {SCHEMA_EVENT_TRIGGER, "removed", "event trigger watch", .sql = "DROP EVENT TRIGGER watch"},
        {SCHEMA_EVENT_TRIGGER, "event", "event trigger watch2",
         .sql =
             "DROP EVENT TRIGGER watch2; CREATE EVENT TRIGGER watch2 ON ddl_command_start EXECUTE FUNCTION app.ddl2()"},
        {SCHEMA_EVENT_TRIGGER, "function", "event trigger watch2",
         .sql =
             "DROP EVENT TRIGGER watch2; CREATE EVENT TRIGGER watch2 ON ddl_command_end EXECUTE FUNCTION app.ddl()"},
        {SCHEMA_EVENT_TRIGGER, "tags", "event trigger watch2",
         .sql =
             "DROP EVENT TRIGGER watch2; CREATE EVENT TRIGGER watch2 ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION app.ddl2()"},
        {SCHEMA_EVENT_TRIGGER, "enabled", "event trigger watch",
         .sql = "ALTER EVENT TRIGGER watch DISABLE"},
        {SCHEMA_EVENT_TRIGGER, "comment", "event trigger watch",
         .sql = "COMMENT ON EVENT TRIGGER watch IS 'w'"},
        {SCHEMA_ENUM, "added", "enum type app.fresh",
         .sql = "CREATE TYPE app.fresh AS ENUM ('a', 'it''s, b')"},
        {SCHEMA_ENUM, "removed", "enum type app.lone", .sql = "DROP TYPE app.lone"},
        {SCHEMA_ENUM, "values", "enum type app.mood",
         .sql = "ALTER TYPE app.mood ADD VALUE 'meh' BEFORE 'happy'", .unsaid = NO_BACK},
        {SCHEMA_ENUM, "comment", "enum type app.mood", .sql = "COMMENT ON TYPE app.mood IS 'm'"},
        {SCHEMA_ENUM, "grants", "enum type app.mood",
         .sql = "REVOKE USAGE ON TYPE app.mood FROM PUBLIC"},
        {SCHEMA_DOMAIN, "added", "domain app.fresh",
         .sql =
             "CREATE DOMAIN app.fresh AS text COLLATE \"C\" NOT NULL DEFAULT 'x' CHECK (VALUE <> '' AND VALUE <> 'y')"},
        {SCHEMA_DOMAIN, "removed", "domain app.small", .sql = "DROP DOMAIN app.small"},
        {SCHEMA_DOMAIN, "type", "domain app.small",
         .sql = "DROP DOMAIN app.small; CREATE DOMAIN app.small AS varchar(5)", .unsaid = NO_WAY},
        {SCHEMA_DOMAIN, "not null", "domain app.email",
         .sql = "ALTER DOMAIN app.email DROP NOT NULL"},
        {SCHEMA_DOMAIN, "default", "domain app.email",
         .sql = "ALTER DOMAIN app.email DROP DEFAULT"},
        {SCHEMA_DOMAIN, "checks", "domain app.email",
         .sql = "ALTER DOMAIN app.email ADD CHECK (VALUE <> 'no')"},
        {SCHEMA_DOMAIN, "checks", "domain app.small",
         .sql = "ALTER DOMAIN app.small ADD CHECK (VALUE <> 'no')"},
        {SCHEMA_DOMAIN, "collation", "domain app.small",
         .sql = "DROP DOMAIN app.small; CREATE DOMAIN app.small AS varchar(4) COLLATE \"C\"",
         .unsaid = NO_WAY},
        {SCHEMA_DOMAIN, "comment", "domain app.email", .sql = "COMMENT ON DOMAIN app.email IS 'm'"},
        {SCHEMA_DOMAIN, "grants", "domain app.email",
         .sql = "REVOKE USAGE ON DOMAIN app.email FROM PUBLIC"},
        {SCHEMA_COMPOSITE, "added", "composite type app.fresh",
         .sql = "CREATE TYPE app.fresh AS (a int, \"B c\" text COLLATE \"C\")"},
        {SCHEMA_COMPOSITE, "removed", "composite type app.loose", .sql = "DROP TYPE app.loose"},
        {SCHEMA_COMPOSITE, "attributes", "composite type app.loose",
         .sql =
             "ALTER TYPE app.loose ALTER ATTRIBUTE \"b, c\" TYPE numeric(5,2), ADD ATTRIBUTE d text"},
        {SCHEMA_COMPOSITE, "column comments", "composite type app.loose",
         .sql = "COMMENT ON COLUMN app.loose.a IS 'x'"},
        {SCHEMA_COMPOSITE, "comment", "composite type app.loose",
         .sql = "COMMENT ON TYPE app.loose IS 'x'"},
        {SCHEMA_COMPOSITE, "grants", "composite type app.loose",
         .sql = "REVOKE USAGE ON TYPE app.loose FROM PUBLIC"},
        {SCHEMA_RANGE, "added", "range type app.other",
         .sql = "CREATE TYPE app.other AS RANGE (subtype = float8, subtype_diff = float8mi)"},
        {SCHEMA_RANGE, "removed", "range type app.span", .sql = "DROP TYPE app.span"},
        {SCHEMA_RANGE, "subtype", "range type app.words_range",
         .sql =
             "DROP TYPE app.words_range; CREATE TYPE app.words_range AS RANGE (subtype = varchar)",
         .unsaid = NO_WAY},
        {SCHEMA_RANGE, "canonical", "such a function takes C", .sql = NULL},
        {SCHEMA_RANGE, "difference", "range type app.span",
         .sql = "DROP TYPE app.span; CREATE TYPE app.span AS RANGE (subtype = float8)",
         .unsaid = NO_WAY},
        {SCHEMA_RANGE, "collation", "range type app.words_range",
         .sql =
             "DROP TYPE app.words_range; CREATE TYPE app.words_range AS RANGE (subtype = text, collation = \"C\")",
         .unsaid = NO_WAY},
        {SCHEMA_RANGE, "comment", "range type app.span", .sql = "COMMENT ON TYPE app.span IS 'x'"},
        {SCHEMA_RANGE, "grants", "range type app.span",
         .sql = "REVOKE USAGE ON TYPE app.span FROM PUBLIC"},
        {SCHEMA_STATISTICS, "added", "statistics app.fresh",
         .sql = "CREATE STATISTICS app.fresh ON owner, room FROM app.notes"},
        {SCHEMA_STATISTICS, "removed", "statistics app.st", .sql = "DROP STATISTICS app.st"},
        {SCHEMA_STATISTICS, "sql", "statistics app.st",
         .sql =
             "DROP STATISTICS app.st; CREATE STATISTICS app.st (mcv) ON owner, editor FROM app.notes"},
        {SCHEMA_STATISTICS, "target", "statistics app.st",
         .sql = "ALTER STATISTICS app.st SET STATISTICS 50"},
        {SCHEMA_STATISTICS, "comment", "statistics app.st",
         .sql = "COMMENT ON STATISTICS app.st IS 'x'"},
        {SCHEMA_PUBLICATION, "added", "publication fresh",
         .sql =
             "CREATE PUBLICATION fresh FOR TABLE users WHERE (id > 3), TABLES IN SCHEMA empty WITH (publish_via_partition_root)",
         .since = 150000},
        {SCHEMA_PUBLICATION, "removed", "publication rest", .sql = "DROP PUBLICATION rest"},
        {SCHEMA_PUBLICATION, "all tables", "publication rest",
         .sql = "DROP PUBLICATION rest; CREATE PUBLICATION rest WITH (publish = 'insert')"},
        {SCHEMA_PUBLICATION, "operations", "publication rest",
         .sql = "ALTER PUBLICATION rest SET (publish = 'insert, delete')"},
        {SCHEMA_PUBLICATION, "via root", "publication rest",
         .sql = "ALTER PUBLICATION rest SET (publish_via_partition_root = true)"},
        {SCHEMA_PUBLICATION, "generated columns", "publication rest",
         .sql = "ALTER PUBLICATION rest SET (publish_generated_columns = stored)", .unsaid = NO_WAY,
         .since = 180000},
        {SCHEMA_PUBLICATION, "comment", "publication rest",
         .sql = "COMMENT ON PUBLICATION rest IS 'x'"},
        {SCHEMA_PUBLICATION, "namespaces", "publication spaces",
         .sql = "ALTER PUBLICATION spaces ADD TABLES IN SCHEMA empty", .since = 150000},
        {SCHEMA_PUBLICATION, "tables", "publication pub",
         .sql = "ALTER PUBLICATION pub SET TABLE users (id), refers"},
        {SCHEMA_DEFAULT_PRIVILEGES, "added", "default privileges tables",
         .sql = "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader"},
        {SCHEMA_DEFAULT_PRIVILEGES, "added", "default privileges app.types of maker",
         .sql =
             "ALTER DEFAULT PRIVILEGES FOR ROLE maker IN SCHEMA app GRANT USAGE ON TYPES TO reader"},
        {SCHEMA_DEFAULT_PRIVILEGES, "removed", "default privileges functions of maker",
         .sql = "ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT EXECUTE ON FUNCTIONS TO PUBLIC"},
        {SCHEMA_DEFAULT_PRIVILEGES, "grants", "default privileges app.sequences",
         .sql =
             "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT USAGE ON SEQUENCES TO reader, PUBLIC"},
        {SCHEMA_COLLATION, "added", "collation app.fresh",
         .sql =
             "CREATE COLLATION app.fresh (PROVIDER = icu, LOCALE = 'fr', DETERMINISTIC = false)"},
        {SCHEMA_COLLATION, "removed", "collation app.german", .sql = "DROP COLLATION app.german"},
        {SCHEMA_COLLATION, "provider", "collation app.plain",
         .sql =
             "DROP COLLATION app.plain; CREATE COLLATION app.plain (PROVIDER = icu, LOCALE = 'C.UTF-8')"},
        {SCHEMA_COLLATION, "locale", "collation app.german",
         .sql =
             "DROP COLLATION app.german; CREATE COLLATION app.german (PROVIDER = icu, LOCALE = 'de-AT')"},
        {SCHEMA_COLLATION, "ctype", "collation app.plain",
         .sql =
             "DROP COLLATION app.plain; CREATE COLLATION app.plain (LC_COLLATE = 'C.UTF-8', LC_CTYPE = 'C')"},
        {SCHEMA_COLLATION, "deterministic", "collation app.german",
         .sql =
             "DROP COLLATION app.german; CREATE COLLATION app.german (PROVIDER = icu, LOCALE = 'de', DETERMINISTIC = false)"},
        {SCHEMA_COLLATION, "comment", "collation app.german",
         .sql = "COMMENT ON COLLATION app.german IS 'x'"},
        {SCHEMA_CAST, "added", "cast (app.mood AS text)",
         .sql = "CREATE CAST (app.mood AS text) WITH INOUT"},
        {SCHEMA_CAST, "removed", "cast (app.point3 AS text)",
         .sql = "DROP CAST (app.point3 AS text)"},
        {SCHEMA_CAST, "sql", "cast (app.point3 AS text)",
         .sql = "DROP CAST (app.point3 AS text); CREATE CAST (app.point3 AS text) WITH INOUT"},
        {SCHEMA_CAST, "comment", "cast (app.point3 AS text)",
         .sql = "COMMENT ON CAST (app.point3 AS text) IS 'x'"},
        {SCHEMA_OPERATOR, "added", "operator app.!!! (none, integer)",
         .sql = "CREATE OPERATOR app.!!! (FUNCTION = int4um, RIGHTARG = int)"},
        {SCHEMA_OPERATOR, "removed", "operator app.=== (integer, integer)",
         .sql = "DROP OPERATOR app.=== (int, int)"},
        {SCHEMA_OPERATOR, "sql", "operator app.=== (integer, integer)",
         .sql = "ALTER OPERATOR app.=== (int, int) SET (RESTRICT = eqsel, JOIN = eqjoinsel)"},
        {SCHEMA_OPERATOR, "comment", "operator app.=== (integer, integer)",
         .sql = "COMMENT ON OPERATOR app.=== (int, int) IS 'x'"},
        {SCHEMA_TEXT_SEARCH, "added", "text search configuration app.fresh",
         .sql = "CREATE TEXT SEARCH CONFIGURATION app.fresh (COPY = english)"},
        {SCHEMA_TEXT_SEARCH, "removed", "text search configuration app.search",
         .sql = "DROP TEXT SEARCH CONFIGURATION app.search"},
        {SCHEMA_TEXT_SEARCH, "parser", "text search configuration app.search",
         .sql =
             "DROP TEXT SEARCH CONFIGURATION app.search; CREATE TEXT SEARCH CONFIGURATION app.search (PARSER = app.parser2); ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR word, asciiword WITH app.words"},
        {SCHEMA_TEXT_SEARCH, "mappings", "text search configuration app.search",
         .sql =
             "ALTER TEXT SEARCH CONFIGURATION app.search ALTER MAPPING FOR word WITH app.words, english_stem"},
        {SCHEMA_TEXT_SEARCH, "comment", "text search configuration app.search",
         .sql = "COMMENT ON TEXT SEARCH CONFIGURATION app.search IS 'x'"},
        {SCHEMA_DICTIONARY, "added", "text search dictionary app.fresh",
         .sql =
             "CREATE TEXT SEARCH DICTIONARY app.fresh (TEMPLATE = snowball, LANGUAGE = english)"},
        {SCHEMA_DICTIONARY, "removed", "text search dictionary app.lone",
         .sql = "DROP TEXT SEARCH DICTIONARY app.lone"},
        {SCHEMA_DICTIONARY, "sql", "text search dictionary app.lone",
         .sql = "ALTER TEXT SEARCH DICTIONARY app.lone (ACCEPT = false)"},
        {SCHEMA_DICTIONARY, "comment", "text search dictionary app.lone",
         .sql = "COMMENT ON TEXT SEARCH DICTIONARY app.lone IS 'x'"},
        {SCHEMA_FOREIGN_WRAPPER, "added", "foreign data wrapper fresh",
         .sql = "CREATE FOREIGN DATA WRAPPER fresh HANDLER postgres_fdw_handler OPTIONS (a 'b')"},
        {SCHEMA_FOREIGN_WRAPPER, "removed", "foreign data wrapper wrap2",
         .sql = "DROP FOREIGN DATA WRAPPER wrap2"},
        {SCHEMA_FOREIGN_WRAPPER, "handler", "foreign data wrapper wrap2",
         .sql = "ALTER FOREIGN DATA WRAPPER wrap2 HANDLER postgres_fdw_handler"},
        {SCHEMA_FOREIGN_WRAPPER, "validator", "foreign data wrapper wrap2",
         .sql = "ALTER FOREIGN DATA WRAPPER wrap2 VALIDATOR postgres_fdw_validator"},
        {SCHEMA_FOREIGN_WRAPPER, "settings", "foreign data wrapper wrap2",
         .sql = "ALTER FOREIGN DATA WRAPPER wrap2 OPTIONS (a 'it''s, b')"},
        {SCHEMA_FOREIGN_WRAPPER, "comment", "foreign data wrapper wrap2",
         .sql = "COMMENT ON FOREIGN DATA WRAPPER wrap2 IS 'x'"},
        {SCHEMA_FOREIGN_WRAPPER, "grants", "foreign data wrapper wrap2",
         .sql = "GRANT USAGE ON FOREIGN DATA WRAPPER wrap2 TO reader"},
        {SCHEMA_FOREIGN_SERVER, "added", "foreign server fresh",
         .sql = "CREATE SERVER fresh TYPE 'x' FOREIGN DATA WRAPPER wrap OPTIONS (b 'c')"},
        {SCHEMA_FOREIGN_SERVER, "removed", "foreign server lone", .sql = "DROP SERVER lone"},
        {SCHEMA_FOREIGN_SERVER, "wrapper", "foreign server lone",
         .sql = "DROP SERVER lone; CREATE SERVER lone FOREIGN DATA WRAPPER wrap2",
         .unsaid = NO_WAY},
        {SCHEMA_FOREIGN_SERVER, "type", "foreign server lone",
         .sql = "DROP SERVER lone; CREATE SERVER lone TYPE 'x' FOREIGN DATA WRAPPER wrap",
         .unsaid = NO_WAY},
        {SCHEMA_FOREIGN_SERVER, "version", "foreign server far",
         .sql = "ALTER SERVER far VERSION '2'"},
        {SCHEMA_FOREIGN_SERVER, "settings", "foreign server far",
         .sql = "ALTER SERVER far OPTIONS (SET host 'x', DROP a)"},
        {SCHEMA_FOREIGN_SERVER, "comment", "foreign server far",
         .sql = "COMMENT ON SERVER far IS 'x'"},
        {SCHEMA_FOREIGN_SERVER, "grants", "foreign server far",
         .sql = "GRANT USAGE ON FOREIGN SERVER far TO reader"},
};
