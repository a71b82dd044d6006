"""seatrial diff: two databases or images, and what differs."""

import hashlib
import json
import shutil
import signal
import sqlite3

from harness import BROKEN, MIGRATE_TEXT, SOUND, UNKNOWN, USAGE, SeatrialTest, fixture
from postgres_server import Server

ALL = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);"
IMAGES = ("--sqlite", "/app/data/app.db", "--migrate", MIGRATE_TEXT, "--pull", "never")


class DiffTest(SeatrialTest):
    def sqlite(self, name, script):
        with sqlite3.connect(self.folder / name) as connection:
            connection.executescript(script)
        connection.close()
        return name

    def diff(self, *args, status):
        result = self.seatrial("diff", *args)
        self.assertEqual(result.status, status, result)
        return result

    def parsed(self, *args, status):
        return json.loads(self.diff("--format", "json", *args, status=status).out)

    def objects_of(self, found):
        return [[one["object"] for one in found[key]] for key in ("only_in_a", "only_in_b", "different")]


class FileTest(DiffTest):
    def test_the_same(self):
        self.sqlite("a.db", ALL)
        self.sqlite("b.db", ALL.replace(" ", "  ").lower() + "INSERT INTO users VALUES (1, 'x')")
        result = self.diff("a.db", "b.db", status=SOUND)
        self.assertIn("no differences", result.out)
        found = self.parsed("a.db", "b.db", status=SOUND)
        self.assertEqual(self.objects_of(found), [[], [], []])
        self.assertEqual(found["format"], 1)
        self.assertEqual((found["a"]["name"], found["b"]["name"]), ("a.db", "b.db"))

    def test_differences_and_their_direction(self):
        self.sqlite("a.db", ALL + "CREATE TABLE audit (id INT)")
        self.sqlite("b.db", ALL + "ALTER TABLE users ADD COLUMN age INT; CREATE TABLE notes (id INT)")
        result = self.diff("a.db", "b.db", status=BROKEN)
        self.assert_matches(result.out, r"only in A\n  table audit\n\nonly in B\n"
                                        r"  table notes\n  column users.age\n\n3 differences")
        self.assertNotIn("DROP TABLE", result.out)
        again = self.diff("b.db", "a.db", "--statements", status=BROKEN)
        self.assert_matches(again.out, r"only in B\n  table audit\n      CREATE TABLE audit")
        found = self.parsed("a.db", "b.db", status=BROKEN)
        self.assertEqual(self.objects_of(found),
                         [["table audit"], ["table notes", "column users.age"], []])
        self.assertEqual(found["only_in_a"][0]["statement"], "DROP TABLE audit;")

    def test_the_statements_make_a_like_b(self):
        self.sqlite("a.db", ALL + "CREATE TABLE audit (id INT)")
        self.sqlite("b.db", ALL + "ALTER TABLE users ADD COLUMN age INT;"
                                  "CREATE TABLE notes (id INT, t TEXT); CREATE INDEX i ON notes (t)")
        found = self.parsed("a.db", "b.db", status=BROKEN)
        self.sqlite("a.db", "\n".join(one["statement"] for key in ("only_in_a", "only_in_b", "different")
                                      for one in found[key]))
        self.diff("a.db", "b.db", status=SOUND)

    def test_ledgers_are_no_part_of_it(self):
        self.sqlite("a.db", ALL + "CREATE TABLE migrations (id INTEGER PRIMARY KEY, name TEXT NOT NULL "
                                  "UNIQUE, applied_at TEXT NOT NULL)")
        self.sqlite("b.db", ALL)
        self.diff("a.db", "b.db", status=SOUND)

    def test_what_is_in_wal_counts_and_stays(self):
        self.sqlite("b.db", ALL)
        live = sqlite3.connect(self.folder / "live.db")
        live.executescript("PRAGMA journal_mode = WAL;" + ALL + "CREATE TABLE late (id INT)")
        for end in ("", "-wal"):
            shutil.copy(self.folder / f"live.db{end}", self.folder / f"a.db{end}")
        before = self.digests()
        self.assertEqual(self.objects_of(self.parsed("a.db", "b.db", status=BROKEN)),
                         [["table late"], [], []])
        self.assertEqual(self.digests(), before)
        live.close()

    def digests(self):
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in self.folder.glob("a.db*")}

    def test_usage(self):
        (self.folder / "text.db").write_text("no database\n" * 100)
        self.sqlite("a.db", ALL)
        for args, said in [(("a.db",), "wanted two"), (("a.db", "./none.db"), "No such file"),
                           (("a.db", "none.db"), "--sqlite"), (("a.db", "text.db"), "text.db"),
                           (("a.db", "a.db", "--format", "yaml"), "--format")]:
            result = self.diff(*args, status=USAGE)
            self.assertIn(said, result.err)
            self.assertEqual(result.out, "")
            self.assertNotIn("data.restore", result.err)

    def test_hostile_names(self):
        self.sqlite("a.db", 'CREATE TABLE "x\x1b[31m##[error]y" (id INT)')
        self.sqlite("b.db", ALL)
        for flags in ((), ("--statements",), ("--format", "json")):
            out = self.diff("a.db", "b.db", *flags, status=BROKEN).out
            self.assertNotIn("\x1b", out)
            self.assertNotIn("##[error]", out)


class ImageTest(DiffTest):
    def test_two_images(self):
        found = self.parsed(fixture("6"), fixture("7"), *IMAGES, status=BROKEN)
        self.assertEqual(self.objects_of(found),
                         [[], ["table reminders", "column notes.slug", "index notes_by_slug on notes"], []])
        self.assertIn("sqlite /app/data/app.db", found["a"]["what"])

    def test_a_file_with_an_image(self):
        self.sqlite("mine.db", "CREATE TABLE notes (id INT)")
        found = self.parsed("mine.db", fixture("6"), *IMAGES, status=BROKEN)
        self.assertIn("table notebooks", [one["object"] for one in found["only_in_b"]])

    def test_migrations_that_fail(self):
        result = self.diff(fixture("old-broken"), fixture("6"), *IMAGES, status=UNKNOWN)
        self.assertEqual(result.out, "")
        self.assertIn("fail on an empty database", result.err)
        self.assert_matches(result.err, r"\n  \| .*failed")

    def test_a_signal_takes_everything_away(self):
        hang = ("--sqlite", "/app/data/app.db", "--pull", "never", "--entrypoint", "bun",
                "--migrate", "-e 'await Bun.sleep(600000)'")
        running = self.start("diff", fixture("6"), fixture("7"), *hang)
        self.running_container(fixture("6"))
        running.send(signal.SIGTERM)
        self.assertEqual(running.wait().status, 128 + signal.SIGTERM)

    def test_an_image_that_is_nowhere(self):
        result = self.diff("seatrial-test/none:1", fixture("6"), *IMAGES, status=UNKNOWN)
        self.assertIn("seatrial-test/none:1", result.err)


class PostgresImageTest(DiffTest):
    def test_two_images(self):
        flags = ("--postgres", "seatrial-fixture/postgres:15", "--migrate", "migrate", "--pull", "never")
        found = self.parsed("seatrial-fixture/admin:v0.2.0", "seatrial-fixture/admin:v0.3.0", *flags,
                            status=BROKEN)
        self.assertTrue(found["only_in_b"], found)
        self.assertEqual(found["only_in_a"], [])
        self.assertIn("postgres seatrial-fixture/postgres:15", found["b"]["what"])


class UrlTest(DiffTest):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        super().setUp()
        self.state = self.server.state()
        self.addCleanup(lambda: self.assertEqual(self.server.state(), self.state))

    def test_two_databases(self):
        self.server.sql("CREATE DATABASE other OWNER maker")
        self.addCleanup(self.server.sql, 'DROP DATABASE other')
        self.server.sql("CREATE TABLE orders (id bigint, note text)", database="other")
        result = self.diff(self.server.url("admin-of-shop"), self.server.url(), status=UNKNOWN)
        self.assertNotIn("secret", result.err)
        result = self.diff(self.server.url(), self.server.url(rest="/other"), "--statements", status=BROKEN)
        self.assertIn(f"database shop at 127.0.0.1:{self.server.port}", result.out)
        self.assertNotIn("maker-secret", result.out + result.err)
        self.assertIn("column public.orders.note", result.out)
        self.assertIn("ADD COLUMN note text", result.out)
        self.assert_matches(result.out, r"type: integer -> bigint")
        self.diff(self.server.url(), self.server.url(), status=SOUND)

    def test_postgres_with_sqlite(self):
        self.sqlite("a.db", ALL)
        result = self.diff("a.db", self.server.url(), status=USAGE)
        self.assertIn("no schema in common", result.err)

    def test_no_server(self):
        result = self.diff("postgres://a:hidden-one@127.0.0.1:1/x", self.server.url(), status=UNKNOWN)
        self.assertNotIn("hidden-one", result.err)
