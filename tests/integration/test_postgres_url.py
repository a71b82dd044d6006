"""Throwaway databases on a Postgres server that exists already."""

import json
import re
import signal
import subprocess

from harness import BROKEN, RUN_SECONDS, SOUND, UNKNOWN, USAGE, wait_until
from postgres import CONTINUE, PostgresTest, admin, entrypoint
from postgres_server import BIN, Server
from test_postgres_roles import AT, CONNECT, DONE


class UrlTest(PostgresTest):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        super().setUp()
        self.state = self.server.state()
        self.addCleanup(self.assert_server_untouched)

    def assert_server_untouched(self):
        now = self.server.state()
        for name in set(now[0]) - set(self.state[0]):  # for the other tests
            self.server.sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        self.assertEqual(now, self.state)

    def use(self, url=None, candidate="v0.3.0", database="", **replace):
        self.release(candidate, **{"database": None, **replace})
        self.config_database(url or self.server.url(), database)

    def config_database(self, url, more):
        path = self.folder / "seatrial.yaml"
        lines = [line for line in path.read_text().splitlines() if not line.startswith("database:")]
        lines.append(f'database: {{url: "{url}"{", " if more else ""}{more}}}')
        path.write_text("\n".join(lines) + "\n")

    def ours(self):
        return [name for name in self.server.databases() if name.startswith("seatrial_")]

    def hanging(self, *flags):
        """A run that has made its databases and hangs in the candidate."""
        script = ("const [one] = await new Bun.SQL(process.env.DATABASE_URL)`SELECT to_regclass('settings')"
                  " IS NULL AS fresh`; if (!one.fresh) await Bun.sleep(600000);" + CONTINUE)
        self.use(text=f"entrypoint: {entrypoint(script)}\n")
        before = set(self.ours())
        running = self.start("verify", "--timeout", "30m", *flags)
        # the application's database, and the copy of what the old release left
        wait_until(lambda: len(set(self.ours()) - before) >= 2, RUN_SECONDS, "two databases")
        self.running_container(admin("v0.3.0"))
        return running, set(self.ours()) - before


class GoodTest(UrlTest):
    exclusive = True

    def test_sound(self):
        self.use()
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertEqual(result.path["database"], f"postgres at 127.0.0.1:{self.server.port}")
        self.assertEqual(result.path["migrations"]["applied"], ["4", "5"])
        self.assertEqual(len(result.report["warnings"]), 1, result.report["warnings"])
        self.assert_matches(result.report["warnings"][0], "way out.*network: open")
        self.assertNotIn("maker-secret", result.out + result.err + str(result.report))
        self.assertEqual(self.ours(), [])

    def test_flag_and_open_network(self):
        self.use(text="network: open\n")
        path = self.folder / "seatrial.yaml"
        path.write_text("".join(line for line in path.read_text().splitlines(True)
                                if not line.startswith("database:")))
        for args, env in ((("--database-url", self.server.url()), {}),
                          ((), {"SEATRIAL_DATABASE_URL": self.server.url()})):
            result = self.verify(*args, env=env, status=SOUND)
            self.assertEqual(result.report["warnings"], [])
            self.assertNotIn("maker-secret", result.out + result.err + str(result.report))

    def test_broken(self):
        self.use(candidate="not-null")
        result = self.verify(status=BROKEN)
        self.assert_broken(result, "new-migrate", table="accounts", column="company")

    def test_what_the_application_is_told(self):
        script = ("console.log(process.env.DATABASE_URL.replace(/[0-9a-f]{12}/, 'RUN')"
                  ".replace(/:[0-9]{4,5}\\//, ':PORT/').replace(/maker-secret/, 'PASS'), "
                  "process.env.PGHOST, process.env.PGUSER);" + CONTINUE)
        self.use(url=self.server.url(rest="/shop?sslmode=disable&connect_timeout=7"),
                 text=f"entrypoint: {entrypoint(script)}\n")
        log = self.verify(status=SOUND).step("old-migrate")["log_tail"]
        self.assertIn("postgres://maker:PASS@host.docker.internal:PORT/seatrial_RUN_1_1"
                      "?sslmode=disable&connect_timeout=7 host.docker.internal maker", log)

    def test_init_runs_in_the_new_database(self):
        (self.folder / "own.sql").write_text("CREATE FUNCTION greet() RETURNS text LANGUAGE sql AS "
                                             "$$ SELECT 'welcome; friend' $$;\n")
        script = ("const db = new Bun.SQL(process.env.DATABASE_URL, {max: 1}); console.log((await db`SELECT "
                  "greet() AS said`)[0].said); await db.end();" + CONTINUE)
        self.use(database="init: [own.sql]", text=f"entrypoint: {entrypoint(script)}\n")
        self.assertIn("welcome; friend", self.verify(status=SOUND).step("old-migrate")["log_tail"])

    def test_two_runs_at_once(self):
        self.use()
        runs = [self.start("verify", "--report", f"json={name}.json") for name in ("one", "two")]
        for running in runs:
            result = running.wait()
            self.assertEqual(result.status, SOUND, result)

    def test_keep(self):
        self.use()
        result = self.verify("--keep", status=SOUND)
        kept = self.ours()
        self.assertTrue(kept)
        for name in kept:
            self.assertIn(name, " ".join(result.report["warnings"]))
        self.verify(status=SOUND)
        self.assertEqual(self.ours(), kept, "a run removed what was kept on purpose")
        self.assertEqual(self.seatrial("clean").status, SOUND)
        self.assertEqual(self.ours(), [])

    def test_doctor(self):
        self.use()
        result = self.seatrial("doctor")
        self.assertEqual(result.status, SOUND, result)
        self.assert_matches(result.out, f"database .*127.0.0.1:{self.server.port}.*maker")
        self.use(self.server.url("plain", rest="/postgres"))
        result = self.seatrial("doctor")
        self.assertEqual(result.status, UNKNOWN, result)
        self.assert_matches(result.out, "FAIL +database .*ALTER ROLE \"?plain\"? CREATEDB")


class HeldTest(UrlTest):
    def candidate(self, script):
        """The candidate's own run does this before it migrates."""
        self.use(text=f"entrypoint: {entrypoint(f'{CONNECT}{AT}if (at.old) {{ {script} }}{DONE}')}\n")

    def test_prepared_transaction(self):
        # nothing can be copied then, and the databases are dropped all the same
        self.candidate("await db.unsafe(`BEGIN; SELECT pg_advisory_xact_lock(42); PREPARE TRANSACTION 'move-1'`);")
        result = self.verify()
        self.assert_broken(result, "integrity", title=re.compile("'move-1' of role maker was prepared"))
        self.assertEqual(self.server.sql("SELECT count(*) FROM pg_prepared_xacts"), "0")
        self.assert_matches(str(result.report), "cannot be copied, because of a transaction that was prepared "
                            "and neither committed nor rolled back: 'move-1' of role maker")

    def test_session_that_outlives_the_migrator(self):
        # as a pooler would keep it for a migrator that did not unlock
        self.candidate("for (let held = false; !held; ) [{held}] = await db`SELECT count(*) > 0 AS held FROM pg_locks "
                       "WHERE locktype = 'advisory' AND objid = 42 AND granted`;")
        running = self.start("verify", "--report", "json=held.json")
        wait_until(lambda: len(self.ours()) >= 2, RUN_SECONDS, "two databases")
        self.running_container(admin("v0.3.0"))
        database = min(self.ours(), key=lambda name: int(name.rsplit("_", 1)[1]))
        session = subprocess.Popen((BIN / "psql", "-Xq", self.server.url(rest=f"/{database}")),
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, text=True)
        try:
            session.stdin.write("SELECT pg_advisory_lock(42);\n")
            session.stdin.flush()
            result = running.wait()
        finally:
            session.kill()
            session.communicate()
        self.assertEqual(result.status, BROKEN, result)
        findings = json.loads((self.folder / "held.json").read_text())["paths"][0]["findings"]
        self.assertEqual([(finding["check"], finding["title"]) for finding in findings], [
            ("integrity", "locks are still held after the upgrade: advisory lock 42 of a session of role "
                          "maker (psql)")])


class RefusedTest(UrlTest):
    def refused(self, url, pattern, status=UNKNOWN, **keys):
        self.use(url, **keys)
        result = self.verify(status=status)
        self.assert_matches(result.err, pattern)
        for secret in ("maker-secret", "plain-secret", "wrong-secret", url):
            self.assertNotIn(secret, result.out + result.err + str(result.report))
        return result

    def test_role_without_createdb(self):
        self.refused(self.server.url("plain", rest="/postgres"),
                     f"role \"?plain\"? may not create databases.*127.0.0.1:{self.server.port}"
                     ".*ALTER ROLE \"?plain\"? CREATEDB")

    def test_wrong_password(self):
        self.refused(self.server.url(password="wrong-secret"), "password authentication failed")

    def test_nobody_there(self):
        self.refused("postgres://maker:maker-secret@127.0.0.1:1/shop", "127.0.0.1:1.*refused")

    def test_keys_of_other_kinds(self):
        for more, said in (("superuser: false", "superuser"), ("settings: {work_mem: 7MB}", "settings"),
                           ("durable: true", "durable"), ("volume: /data", "volume"),
                           ("sqlite: /data/app.db", "url beside sqlite"), ("postgres: x", "url beside postgres")):
            with self.subTest(more):
                self.refused(self.server.url(), f"database.*{said}", USAGE, database=more)

    def test_no_url(self):
        for url in ("mysql://maker:maker-secret@h/db", "maker-secret", "postgres://maker:maker-secret@/db",
                    "postgres://maker:maker-secret@a,b/db", "postgres://maker:maker-secret@h:x/db",
                    "postgres://maker:maker%zz-secret@h/db"):
            with self.subTest(url):
                self.refused(url, "database.url: ", USAGE)

    def test_pg_hba(self):
        server = Server(hba="host all all 127.0.0.1/32 reject\n")
        self.addCleanup(server.stop)
        self.refused(server.url(), "pg_hba.conf")


class StopTest(UrlTest):
    exclusive = True

    def test_signals(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            running, _ = self.hanging()
            running.send(number)
            result = running.wait()
            self.assertEqual(result.status, 128 + number, result)
            self.assertEqual(self.ours(), [], result)

    def killed(self):
        running, made = self.hanging()
        running.send(signal.SIGKILL)
        running.wait()
        self.assertLessEqual(made, set(self.ours()))

    def test_killed_then_another_run(self):
        self.killed()
        self.use()
        self.verify(status=SOUND)
        self.assertEqual(self.ours(), [])

    def test_killed_then_clean(self):
        self.killed()
        made = self.ours()
        dry = self.seatrial("clean", "--dry-run")
        self.assertEqual(self.ours(), made)
        for name in made:
            self.assertIn(name, dry.out)
        done = self.seatrial("clean")
        self.assertEqual(done.status, SOUND, done)
        self.assertEqual(self.ours(), [], done)

    def test_a_live_run_is_left_alone(self):
        live, made = self.hanging()
        self.assertEqual(self.seatrial("clean").status, SOUND)
        self.use()
        self.verify(status=SOUND)
        self.assertEqual(set(self.ours()), made)
        live.send(signal.SIGTERM)
        self.assertEqual(live.wait().status, 143)

    def test_what_only_looks_like_ours_stays(self):
        names = ("seatrial_of_the_user", "seatrial_0123456789ab_1_1", "seatrial_0123456789ac_1_1")
        for name in names:
            self.server.sql(f"CREATE DATABASE {name} OWNER maker")
        self.server.sql(f"COMMENT ON DATABASE {names[2]} IS 'our copy of last week'")
        self.use()
        self.verify(status=SOUND)
        self.assertEqual(self.seatrial("clean").status, SOUND)
        self.assertEqual(sorted(self.ours()), sorted(names))
        for name in names:
            self.server.sql(f"DROP DATABASE {name}")

    def test_server_that_is_gone_at_the_end(self):
        server = Server()
        self.addCleanup(server.stop)
        was, type(self).server = self.server, server
        try:
            running, made = self.hanging("--report", "json=report.json")
        finally:
            type(self).server = was
        server.process.send_signal(signal.SIGQUIT)
        server.process.wait()
        running.send(signal.SIGTERM)
        result = running.wait()
        self.assertEqual(result.status, 143, result)
        for name in made:
            self.assert_matches(result.err + (self.folder / "report.json").read_text(),
                                f"database {name} could not be removed")
