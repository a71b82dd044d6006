"""Rows before the upgrade: what an empty database hides, whose fault a made-up value is, and what became of
the rows. The images are those of the Volume and the Admin system; what they run is given here."""

import json
import re
import unittest

from harness import SOUND, UNKNOWN, USAGE, SeatrialTest, engine_url
from postgres import SERVER, admin
from relay import Relay

# what runs as the candidate is the upgrade alone
UPGRADE_ONLY = "{rerun: off, fresh-install: off, schema-parity: off}"
LIBRARY = """
CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, remark TEXT, state TEXT,
                    author_id INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE);
"""


def sqlite(*statements, keys="ON"):
    """A command that runs SQL on the application's SQLite file."""
    script = ('import {Database} from "bun:sqlite"; const db = new Database("/app/data/app.db", {create: true});'
              f'db.exec("PRAGMA foreign_keys = {keys}"); for (const sql of {json.dumps(statements)}) db.exec(sql);')
    return json.dumps(["bun", "-e", script])


def postgres(*statements):
    script = ("const db = new Bun.SQL(process.env.DATABASE_URL, {max: 1}); for (const sql of "
              f"{json.dumps(statements)}) await db.unsafe(sql); await db.end();")
    return json.dumps(["bun", "-e", script])


class RowsTest(SeatrialTest):
    def upgrade(self, *new, old=LIBRARY, text="", keys="ON", **replace):
        self.config(text, **{"migrate": sqlite(*new, keys=keys), "old": f"{{migrate: {sqlite(old)}}}",
                             "checks": UPGRADE_ONLY, **replace})
        return self.verify()

    def on_postgres(self, *new, old=LIBRARY, text="", **replace):
        serial = old.replace("INTEGER PRIMARY KEY", "serial PRIMARY KEY")
        self.config(text, **{
            "image": "seatrial-fixture/admin", "entrypoint": "[]",
            "releases": "{source: list, list: [v0.2.0]}",
            "candidate": f'{{tag: v0.3.0, image: "{admin("v0.3.0")}"}}',
            "migrate": postgres(*new), "old": f"{{migrate: {postgres(serial)}}}",
            "database": f'{{postgres: "{SERVER}"}}', "checks": UPGRADE_ONLY, **replace})
        return self.verify()


class SqliteTest(RowsTest):
    def test_not_null_that_an_empty_database_hides(self):
        column = ("CREATE TABLE new_authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL)",
                  "INSERT INTO new_authors SELECT * FROM authors", "DROP TABLE authors",
                  "ALTER TABLE new_authors RENAME TO authors")
        self.assert_broken(self.upgrade(*column, keys="OFF"), "new-migrate", column="email",
                           title=re.compile("NOT NULL constraint failed"))
        empty = self.upgrade(*column, keys="OFF", text="data: {rows: 0}\n")
        self.assertEqual(empty.report["verdict"], "sound", empty)
        self.assert_matches(str(empty.report["warnings"]), "empty: what goes wrong only with rows was not tried")

    def test_rows_are_told_and_the_same_each_time(self):
        first, second = (self.upgrade("ALTER TABLE authors ADD COLUMN born INTEGER") for _ in range(2))
        self.assert_sound(first)
        data = first.path["data"]
        self.assertEqual((data["tables"], data["tables_with_rows"], data["skipped"]), (2, 2, []))
        self.assertGreaterEqual(data["rows_made"], 30)
        self.assertEqual(data, second.path["data"])
        self.assert_matches(first.out, rf"{data['rows_made']} of them made \(seed {data['seed']}\)")
        self.assertEqual(first.check("edge-data")["outcome"], "passed")

    def test_code_whose_sql_nobody_knows(self):
        update = "UPDATE books SET state = coalesce(json_extract(remark, '$.state'), state)"
        result = self.upgrade(update)
        self.assertEqual(result.status, SOUND, result)
        finding, = result.findings("edge-data")[:1]
        self.assertEqual((finding["table"], finding["column"]), ("books", "remark"))
        self.assert_matches(finding["title"] + finding["detail"], "malformed JSON")
        self.assertEqual(self.upgrade(update, text="data: {columns: {books.remark: \"'{}'\"}}\n").status, SOUND)

    def test_in_doubt_it_is_the_candidates_fault(self):
        # a document was asked for where an application keeps none
        update = "UPDATE books SET state = coalesce(json_extract(title, '$.state'), state)"
        self.assert_broken(self.upgrade(update), "new-migrate", title=re.compile("malformed JSON"))

    def test_what_is_not_followed_is_said(self):
        result = self.upgrade("ALTER TABLE authors ADD COLUMN born INTEGER", old=LIBRARY +
                              "CREATE VIRTUAL TABLE search USING fts5(title); INSERT INTO search VALUES ('a book');")
        self.assertEqual(result.status, SOUND, result)
        self.assertEqual(result.check("data-survival")["outcome"], "passed")
        self.assert_matches(str(result.report["warnings"]), "rows were not followed in virtual table search")

    def test_duplicates_that_the_schema_permits(self):
        result = self.upgrade("CREATE UNIQUE INDEX authors_by_email ON authors (email)")
        self.assertEqual(result.status, SOUND, result)
        finding, = result.findings("edge-data")
        self.assertEqual((finding["level"], finding["table"]), ("warn", "authors"))
        self.assert_matches(finding["title"], "UNIQUE constraint failed: authors.email")

    def test_rebuild_cascades(self):
        rebuild = ("CREATE TABLE new_authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, born INTEGER)",
                   "INSERT INTO new_authors SELECT id, name, email, NULL FROM authors", "DROP TABLE authors",
                   "ALTER TABLE new_authors RENAME TO authors")
        finding = self.assert_broken(self.upgrade(*rebuild), "data-survival", table="books")
        self.assert_matches(finding["title"], "row")
        self.assert_sound(self.upgrade(*rebuild, keys="OFF"))

    def test_seed_files_and_command(self):
        (self.folder / "seed.sql").write_text("INSERT INTO authors (name) VALUES ('of the file');\n")
        seed = sqlite("INSERT INTO authors (name) VALUES ('of the command')")
        result = self.upgrade("DELETE FROM authors WHERE name LIKE 'of the %'",
                              text=f"seed: {seed}\ndata: {{seed: [seed.sql], skip: [books]}}\n")
        # what a program deletes without SQL that could be read is a loss
        finding = self.assert_broken(result, "data-survival", table="authors")
        self.assert_matches(finding["title"], "2 of 2 rows of authors are gone")
        self.assertEqual(result.step("seed")["outcome"], "passed")
        self.assertEqual(result.path["data"]["rows"], 2)  # what was inserted is reference data

    def test_seed_that_fails(self):
        (self.folder / "seed.sql").write_text("-- a comment\nINSERT INTO nowhere VALUES (1);\n")
        result = self.upgrade("SELECT 1", text="data: {seed: [seed.sql]}\n")
        self.assertEqual(result.status, USAGE, result)
        self.assert_matches(result.err, r"seed\.sql:2: no such table: nowhere")
        result = self.upgrade("SELECT 1", text='seed: [bun, -e, "process.exit(4)"]\n')
        self.assertEqual(result.status, UNKNOWN, result)
        self.assert_matches(result.err, "seed: the command fails in release 6 .exit status 4")

    def test_old_code_on_the_new_schema(self):
        smoke = f"smoke: {sqlite('SELECT state FROM books')}\n"
        result = self.upgrade("ALTER TABLE books RENAME COLUMN state TO status", text=smoke)
        self.assertEqual(result.status, SOUND, result)
        self.assert_matches(result.findings("old-on-new")[0]["title"], "release 6 .*no such column: state")
        self.assertEqual(self.upgrade("SELECT 1", text=smoke).check("old-on-new")["outcome"], "passed")

    def test_files_beside_the_database_are_of_the_filled_one(self):
        # WAL mode, and a process that is killed: all its data is beside the file
        script = ('import {Database} from "bun:sqlite"; const db = new Database("/app/data/app.db", {create: true});'
                  f'db.exec("PRAGMA journal_mode = WAL"); db.exec({json.dumps(LIBRARY)}); process.kill(process.pid, 9);')
        old = json.dumps(["bun", "-e", f"Bun.spawnSync(['bun', '-e', {json.dumps(script)}]);"])
        self.config(**{"migrate": sqlite("ALTER TABLE authors ADD COLUMN born INTEGER"),
                       "old": f"{{migrate: {old}}}", "checks": UPGRADE_ONLY})
        result = self.verify()
        self.assert_sound(result)
        self.assertEqual(result.path["data"]["tables_with_rows"], 2)


class PostgresRowsTest(RowsTest):
    def test_text_to_jsonb(self):
        result = self.on_postgres("ALTER TABLE books ALTER COLUMN remark TYPE jsonb USING remark::jsonb")
        self.assertEqual(result.status, SOUND, result)
        finding, = result.findings("edge-data")[:1]
        self.assertEqual((finding["level"], finding["table"], finding["column"]), ("warn", "books", "remark"))
        self.assert_matches(finding["hint"], r"columns.*books\.remark")
        self.assertEqual([step["name"] for step in result.path["steps"] if "fresh" not in step["name"]][:3],
                         ["old-migrate", "rows-learn", "new-migrate"])

    def test_not_null_that_an_empty_database_hides(self):
        result = self.on_postgres("ALTER TABLE authors ALTER COLUMN email SET NOT NULL")
        self.assert_broken(result, "new-migrate", table="authors", column="email")

    def test_a_column_that_goes_with_its_type(self):
        old = LIBRARY + "CREATE TYPE mood AS ENUM ('sad', 'glad'); ALTER TABLE authors ADD COLUMN mood mood NOT NULL;"
        result = self.on_postgres("DROP TYPE mood CASCADE", old=old)
        self.assert_broken(result, "data-survival", table="authors", column="mood")

    def test_rename_by_drop_and_add(self):
        result = self.on_postgres("ALTER TABLE authors DROP COLUMN email", "ALTER TABLE authors ADD COLUMN mail text")
        self.assertEqual(result.status, SOUND, result)
        self.assertTrue(result.findings("destructive"), result)
        self.assertEqual(result.findings("destructive")[0]["column"], "email")

    def test_the_statement_is_quoted(self):
        # by the server's log, one in a transaction and one without
        result = self.on_postgres("BEGIN", "DELETE FROM books WHERE id > 0", "COMMIT", "TRUNCATE TABLE authors CASCADE")
        self.assertEqual(result.status, SOUND, result)
        quoted = {finding["table"]: finding["detail"] for finding in result.findings("destructive")}
        self.assert_matches(quoted["books"], "statement: DELETE FROM books WHERE id > 0")
        self.assert_matches(quoted["authors"], "statement: TRUNCATE TABLE authors CASCADE")

    def test_what_was_rolled_back_was_not_said(self):
        result = self.on_postgres("BEGIN", "DELETE FROM books", "ROLLBACK", "DELETE FROM authors")
        finding = self.assert_broken(result, "data-survival", table="books")
        self.assert_matches(finding["detail"], "a key of books follows this statement: DELETE FROM authors")
        self.assertEqual([one["table"] for one in result.findings("destructive")], ["authors"])


class PartlySeenTest(RowsTest):
    """What was seen is told, and what was not is no pass."""

    CAST = "ALTER TABLE books ALTER COLUMN remark TYPE jsonb USING remark::jsonb"

    @unittest.skipUnless(engine_url().startswith("unix://"), "the engine has no socket here")
    def test_learnt_although_the_edge_cannot_be_tried(self):
        with Relay(engine_url().removeprefix("unix://"), refused=b"-edge") as relay:
            self.env["DOCKER_HOST"] = relay.url
            result = self.on_postgres(self.CAST)
        self.assertEqual(result.status, UNKNOWN, result)
        self.assertEqual(result.check("edge-data")["outcome"], "error")
        finding, = result.findings("edge-data")
        self.assertEqual((finding["table"], finding["column"]), ("books", "remark"))

    def test_a_failure_stays_one_although_rows_cannot_be_made_anew(self):
        # as superuser, the candidate removes what the rows would be made in
        script = ("const db = new Bun.SQL(process.env.DATABASE_URL, {max: 1}); for (const {datname} of await "
                  "db`SELECT datname FROM pg_database WHERE NOT datistemplate AND datname NOT IN "
                  "('postgres', current_database())`) await db.unsafe(`DROP DATABASE \"${datname}\" WITH (FORCE)`);"
                  f"await db.unsafe({json.dumps(self.CAST)}); await db.end();")
        result = self.on_postgres(migrate=json.dumps(["bun", "-e", script]))
        self.assert_broken(result, "new-migrate", title=re.compile("invalid input syntax for type json"))
        self.assertEqual(result.check("edge-data")["outcome"], "error")
        self.assertEqual([step["name"] for step in result.path["steps"] if "fresh" not in step["name"]],
                         ["old-migrate", "new-migrate"])

    def test_a_table_that_cannot_be_read(self):
        old = LIBRARY + ("CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE days (id INTEGER PRIMARY KEY, mood "
                         "mood NOT NULL); INSERT INTO days (mood) VALUES ('glad'), ('sad');")
        # a label goes, and its rows cannot be written as text any more
        result = self.on_postgres("DELETE FROM pg_enum WHERE enumlabel = 'glad'", "DELETE FROM books", old=old)
        self.assertEqual(result.status, UNKNOWN, result)
        survival = result.check("data-survival")
        self.assertEqual(survival["outcome"], "error")
        self.assert_matches(survival["reason"], "not every table could be compared: rows of public.days")
        self.assertEqual([one["table"] for one in result.findings("destructive")], ["books"])
