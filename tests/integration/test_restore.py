"""A backup to begin with (data.restore): of SQLite and of Postgres, whole or damaged, of this release or an older one."""

import os
import shutil
import sqlite3

from harness import MIGRATE, USAGE, docker, fixture, wait_until
from postgres import SERVER
from postgres_server import Server
from test_rows import LIBRARY, RowsTest

BOOKS = [(1, "Dune", 1), (2, "Emma", 2), (3, "It's\nover; two lines", 2)]
OLD = LIBRARY.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS")
RESTORE = "data: {{restore: {}}}\n"
LOSS = "DELETE FROM books WHERE id = 2"


class SqliteRestoreTest(RowsTest):
    def backup(self, name="prod.db"):
        path = self.folder / name
        with sqlite3.connect(path) as made:
            made.executescript(LIBRARY)
            made.executemany("INSERT INTO authors (id, name) VALUES (?, ?)", [(1, "Frank"), (2, "Jane")])
            made.executemany("INSERT INTO books (id, title, author_id) VALUES (?, ?, ?)", BOOKS)
        made.close()
        return path

    def restore(self, name, *new, **more):
        return self.upgrade(*(new or ("ALTER TABLE books ADD COLUMN isbn TEXT",)), old=OLD,
                            text=RESTORE.format(name), **more)

    def assert_restored(self, result):
        self.assert_sound(result)
        data = result.path["data"]
        self.assertEqual((data["tables_with_rows"], data["rows"]), (2, 5), result)
        self.assertFalse(data.get("rows_made"), data)
        self.assertNotIn("empty", str(result.report["warnings"]))

    def assert_refused(self, result, pattern):
        self.assertEqual(result.status, USAGE, result)
        self.assert_matches(result.err, pattern)

    def test_file(self):
        self.backup()
        self.assert_restored(self.restore("prod.db"))
        finding = self.assert_broken(self.restore("prod.db", LOSS), "data-survival", table="books")
        self.assert_matches(finding["title"], "1 of 3 rows of books")

    def test_sql(self):
        made = sqlite3.connect(self.backup())
        (self.folder / "prod.sql").write_text("\n".join(made.iterdump()) + "\n")
        made.close()
        self.assert_restored(self.restore("prod.sql"))

    def test_rows_beside_it_when_they_are_asked_for(self):
        made = sqlite3.connect(self.backup())
        made.execute("CREATE TABLE loans (id INTEGER PRIMARY KEY, book_id INTEGER NOT NULL)")
        made.close()
        result = self.upgrade("SELECT 1", old=OLD, text="data: {restore: prod.db, rows: 4}\n")
        self.assert_sound(result)
        self.assertEqual((result.path["data"]["rows_made"], result.path["data"]["rows"]), (4, 9), result)

    def test_damaged(self):
        whole = self.backup().read_bytes()
        (self.folder / "cut.db").write_bytes(whole[:len(whole) // 2])
        self.assert_refused(self.restore("cut.db"), r"cut\.db: .*(malformed|damaged)")
        (self.folder / "cut.sql").write_text("BEGIN;\n" + LIBRARY)
        self.assert_refused(self.restore("cut.sql"), r"cut\.sql ends inside a transaction")
        (self.folder / "wrong.sql").write_text(LIBRARY + "INSERT INTO books (title)\n  VALUES (no);\n")
        self.assert_refused(self.restore("wrong.sql"), r"wrong\.sql:6: no such column: no")
        (self.folder / "empty.sql").write_text("-- nothing\n")
        self.assert_refused(self.restore("empty.sql"), r"empty\.sql holds no table")

    def test_of_another_kind(self):
        (self.folder / "prod.dump").write_bytes(b"PGDMP\x01\x0e\x00")
        self.assert_refused(self.restore("prod.dump"), "is a dump of pg_dump, and the database is an SQLite file")
        self.assert_refused(self.restore("none.db"), r"data\.restore: .*none\.db: No such file")
        self.backup()
        service = self.restore("prod.db", database="{service: seatrial-fixture/notes:6}")
        self.assert_refused(service, r"data\.restore: with database\.service")

    def test_older_release_is_migrated_first(self):
        """Release 5's database, in WAL mode with all rows beside the file, as a copy of the folder has it."""
        name = f"restore-{os.getpid()}"
        self.addCleanup(docker, "rm", "-fv", name, check=False)
        docker("run", "--name", name, fixture("5"), *MIGRATE)
        docker("cp", f"{name}:/app/data/.", str(self.folder / "backup"))
        self.config(RESTORE.format("backup/app.db"), releases='{source: list, list: ["6"]}')
        result = self.verify()
        self.assert_sound(result)
        self.assert_matches(result.step("old-migrate")["log_tail"], r"applying 006_.*1 applied, 6 in all")
        self.assertFalse(result.path["data"].get("rows_made"))


class PostgresRestoreTest(RowsTest):
    """The backup's owner and the role that it grants to are not there where it is restored."""

    says_loss = "destructive"

    @classmethod
    def setUpClass(cls):
        cls.name = f"restore-{os.getpid()}-server"
        docker("run", "-d", "--name", cls.name, "-e", "POSTGRES_PASSWORD=made-here", "--tmpfs", "/seatrial",
               "-e", "PGDATA=/seatrial/data", SERVER)
        cls.addClassCleanup(docker, "rm", "-fv", cls.name, check=False)
        # over TCP: the server that initdb runs listens on its socket only
        wait_until(lambda: "accepting" in docker("exec", cls.name, "pg_isready", "-h", "127.0.0.1", check=False), 60,
                   "a Postgres server")
        serial = LIBRARY.replace("INTEGER PRIMARY KEY", "serial PRIMARY KEY")
        cls.psql("postgres", "CREATE ROLE alice LOGIN; CREATE ROLE reader")
        cls.psql("postgres", "CREATE DATABASE prod OWNER alice")
        cls.psql("prod", f"SET ROLE alice; {serial} CREATE TYPE mood AS ENUM ('good'); CREATE SCHEMA store;"
                 "CREATE VIEW store.titles AS SELECT title FROM books; GRANT SELECT ON books TO reader;"
                 "INSERT INTO authors (name) VALUES ('Frank'), ('Jane')")
        cls.psql("prod", "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n'")
        for _, title, author in BOOKS:
            cls.psql("prod", "INSERT INTO books (title, author_id) VALUES ('{}', {})".format(
                title.replace("'", "''"), author))

    @classmethod
    def psql(cls, database, sql):
        docker("exec", cls.name, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", sql)

    def dump(self, name, *options):
        docker("exec", self.name, "pg_dump", "-U", "postgres", *options, "-f", f"/tmp/{name}", "prod")
        docker("cp", f"{self.name}:/tmp/{name}", str(self.folder / name))
        docker("exec", self.name, "rm", "-rf", f"/tmp/{name}")
        return self.folder / name

    def restore(self, name, *new, **more):
        return self.on_postgres(*(new or ("ALTER TABLE books ADD COLUMN isbn TEXT",
                                          "ALTER VIEW store.titles RENAME TO names",
                                          "ALTER TYPE mood RENAME TO moods", "DROP FUNCTION twice")),
                                old=OLD, text=RESTORE.format(name), **more)

    def assert_restored(self, result):
        self.assert_sound(result)
        data = result.path["data"]
        self.assertEqual((data["tables_with_rows"], data["rows"]), (2, 5), result)
        self.assertFalse(data.get("rows_made"), data)

    def assert_refused(self, result, pattern):
        self.assertEqual(result.status, USAGE, result)
        self.assert_matches(result.err, pattern)

    def plain_owner(self):
        """The application may change only what is its own."""
        return {"database": f'{{postgres: "{SERVER}", superuser: false}}'}

    def test_custom(self):
        whole = self.dump("prod.dump", "-Fc")
        self.assert_restored(self.restore("prod.dump", **self.plain_owner()))
        changed = self.restore("prod.dump", "UPDATE books SET title = ''")
        self.assert_matches(changed.findings(self.says_loss)[0]["title"], r"books\.title .*one value")
        (self.folder / "cut.dump").write_bytes(whole.read_bytes()[:-600])
        self.assert_refused(self.restore("cut.dump"), "pg_restore: .*(end of file|could not)")

    def test_tar_and_directory(self):
        self.dump("prod.tar", "-Ft")
        self.assert_restored(self.restore("prod.tar"))
        folder = self.dump("prod", "-Fd")
        self.assert_restored(self.restore("prod"))
        next(folder.glob("*.dat.gz")).unlink()
        self.assert_refused(self.restore("prod"), "pg_restore: .*No such file")

    def test_plain(self):
        text = self.dump("prod.sql").read_text()
        self.assertIn("OWNER TO alice", text)
        self.assertIn("GRANT", text)
        self.assert_restored(self.restore("prod.sql", **self.plain_owner()))
        self.dump("create.sql", "--create")
        self.assert_restored(self.restore("create.sql"))

    def test_plain_that_is_damaged(self):
        text = self.dump("prod.sql").read_text()
        (self.folder / "cut.sql").write_text(text[:text.index("It's")])
        self.assert_refused(self.restore("cut.sql"), "cut.sql: the end of it is missing")
        (self.folder / "open.sql").write_text("BEGIN;\nCREATE TABLE t (id int);\n")
        self.assert_refused(self.restore("open.sql"), "psql: .*ends inside a transaction")
        (self.folder / "wrong.sql").write_text(text.replace("CREATE TABLE public.books", "CREATE TABLE nowhere.books"))
        self.assert_refused(self.restore("wrong.sql"), 'psql: .*schema "nowhere" does not exist')
        (self.folder / "policy.sql").write_text("CREATE TABLE t (id int);\nCREATE POLICY p ON t TO nobody;\n")
        self.assert_refused(self.restore("policy.sql"), 'psql: .*role "nobody" does not exist')
        (self.folder / "several.sql").write_text(f"{text}\n\\connect other\n{text}")
        self.assert_refused(self.restore("several.sql"), "several databases")


class UrlRestoreTest(PostgresRestoreTest):
    """Into a server that exists: SQL over our own connection, the rest by this machine's pg_restore."""

    says_loss = "data-survival"  # such a server's log is not ours: the SQL is not known

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Server()
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        super().setUp()
        self.state = self.server.state()
        self.addCleanup(lambda: self.assertEqual(self.server.state(), self.state))

    def restore(self, name, *new, **more):
        return super().restore(name, *new, **{"database": f'{{url: "{self.server.url()}"}}', **more})

    def plain_owner(self):
        return {}  # the URL's role is one

    def program(self, name, script):
        """What is found first in PATH instead of a program."""
        folder = self.folder / "bin"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
        self.env["PATH"] = f"{folder}:{self.env['PATH']}"

    def test_the_password_is_seen_by_nobody(self):
        self.dump("prod.dump", "-Fc")
        self.program("pg_restore", '#!/bin/sh\nprintf "%s\\n" "$@" >>"$(dirname "$0")/said"\n'
                                   '[ -z "$PGPASSWORD" ] || echo "and a password" >>"$(dirname "$0")/said"\n'
                                   f'exec {shutil.which("pg_restore")} "$@"\n')
        self.assert_restored(self.restore("prod.dump"))
        said = (self.folder / "bin/said").read_text()
        self.assertIn("user='maker'", said)
        self.assertIn("and a password", said)
        self.assertNotIn("maker-secret", said)

    def test_what_to_install(self):
        self.dump("prod.dump", "-Fc")
        self.dump("prod.sql")
        self.env["PATH"] = str(self.folder)
        self.assert_refused(self.restore("prod.dump"), "prod.dump is a dump of pg_dump, which pg_restore puts into an "
                            "existing server, and there is none in PATH: install it .Debian: postgresql-client")
        self.assert_restored(self.restore("prod.sql"))

    def test_of_another_kind(self):
        with sqlite3.connect(self.folder / "prod.db") as made:
            made.executescript(LIBRARY)
        self.assert_refused(self.restore("prod.db"), "prod.db is an SQLite file, and the database is Postgres")

    def test_plain_that_is_damaged(self):
        text = self.dump("prod.sql").read_text()
        (self.folder / "cut.sql").write_text(text[:text.index("It's")])
        self.assert_refused(self.restore("cut.sql"), "cut.sql: the end of it is missing")
        (self.folder / "open.sql").write_text("BEGIN;\nCREATE TABLE t (id int);\n")
        self.assert_refused(self.restore("open.sql"), "ends inside a transaction")
        line = text[:text.index("CREATE TABLE public.books")].count("\n") + 1
        (self.folder / "wrong.sql").write_text(text.replace("CREATE TABLE public.books", "CREATE TABLE nowhere.books"))
        self.assert_refused(self.restore("wrong.sql"), f'wrong.sql: line {line}: schema "nowhere" does not exist')
        (self.folder / "row.sql").write_text(text.replace("\tEmma", "\tEmma\tagain"))
        self.assert_refused(self.restore("row.sql"), r"row.sql: line \d+: extra data after last expected column")
        (self.folder / "shell.sql").write_text("\\! touch /tmp/no\n")
        self.assert_refused(self.restore("shell.sql"), r"shell.sql: line 1: .*is a command of psql")
        (self.folder / "empty.sql").write_text("-- nothing\n")
        self.assert_refused(self.restore("empty.sql"), "it makes no table")

    def test_by_insert_and_in_functions(self):
        (self.folder / "more.sql").write_text(
            self.dump("prod.sql", "--inserts").read_text() + "CREATE FUNCTION public.two() RETURNS int LANGUAGE plpgsql AS $$\n"
            "BEGIN\n  PERFORM 1;\n  -- it's;\n  RETURN 2;\nEND;\n$$;\nCREATE TABLE public.last (a text DEFAULT ';\n');\n"
            "DO $$ BEGIN IF public.two() <> 2 THEN RAISE 'no'; END IF; END $$")
        result = self.restore("more.sql")
        self.assert_sound(result)
        self.assertEqual((result.path["data"]["tables"], result.path["data"]["rows"]), (3, 5))
