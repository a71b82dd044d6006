"""Migrations that change what all databases of a server share: roles, settings, prepared transactions."""

import re

from harness import SOUND
from postgres import CONTINUE, PostgresTest, entrypoint

CONNECT = "const db = new Bun.SQL(process.env.DATABASE_URL, {max: 1}); "
DONE = " await db.end(); " + CONTINUE
# to_regclass: what the old release left; the candidate's own run and the second one differ by audit
AT = ("const [at] = await db`SELECT to_regclass('settings') IS NULL AS fresh, to_regclass('settings') IS NOT NULL "
      "AND to_regclass('audit') IS NULL AS old`; ")


class ClusterTest(PostgresTest):
    STEPS = ["old-migrate", "new-migrate", "rerun"]

    def sound(self, script, **keys):
        self.release(text=f"entrypoint: {entrypoint(CONNECT + script + DONE)}\n", **keys)
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        return result

    def test_guarded_role(self):
        self.sound("await db.unsafe(`DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') "
                   "THEN CREATE ROLE reader; END IF; END $$`);")

    def test_role_of_one_release(self):
        self.sound(AT + "if (at.fresh) await db.unsafe('CREATE ROLE reader'); "
                   "else if (at.old) await db.unsafe('CREATE ROLE writer');")

    def test_role_that_is_made_anew(self):
        # in use by a copy on the same server it could not be dropped: "objects in database ..."
        result = self.sound(
            "await db.unsafe(`DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') THEN "
            "DROP OWNED BY reader; DROP ROLE reader; END IF; CREATE ROLE reader; "
            "GRANT USAGE ON SCHEMA public TO reader; END $$`);")
        for step in ("rerun", "rerun-again", "fresh-again"):
            self.assertEqual(result.step(step)["exit_code"], 0)

    def shown(self, script, show="work_mem", **keys):
        """A setting as each step sees it at its start."""
        result = self.sound(f"console.log('seen', (await db.unsafe('SHOW {show}'))[0].{show});" + script,
                            **keys)
        return [next(line.split()[1] for line in result.step(name)["log_tail"].splitlines()
                     if line.startswith("seen ")) for name in self.STEPS]

    def test_setting_of_the_server(self):
        # written, but read by a server that starts: only a second one has it
        self.assertEqual(self.shown("await db.unsafe(`ALTER SYSTEM SET work_mem = '7MB'`);"),
                         ["4MB", "4MB", "7MB"])

    def test_setting_of_the_database(self):
        self.assertEqual(self.shown("await db.unsafe(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "
                                    "work_mem = ''9MB''', current_database()); END $$`);"),
                         ["4MB", "9MB", "9MB"])

    def test_setting_of_the_role(self):
        self.assertEqual(self.shown("await db.unsafe(`ALTER ROLE current_user SET work_mem = '8MB'`);"),
                         ["4MB", "8MB", "8MB"])

    def test_durable(self):
        self.assertEqual(self.shown("await db.unsafe(`ALTER ROLE current_user SET work_mem = '8MB'`);",
                                    database="durable: true"), ["4MB", "8MB", "8MB"])

    def test_host_of_the_second_server(self):
        result = self.sound("console.log('at', process.env.PGHOST); "
                            "await db.unsafe(`ALTER ROLE current_user SET work_mem = '8MB'`);")
        hosts = [result.step(name)["log_tail"].split("at ", 1)[1].split()[0] for name in self.STEPS]
        self.assertEqual(hosts[:2], ["database", "database"])
        self.assert_matches(hosts[2], "^database-[2-9]$")


class PreparedTest(PostgresTest):
    """A database in which a transaction is prepared cannot be copied by the server."""

    def run_with(self, when, lock="", more="", status=None):
        prepare = ("await db.unsafe(`BEGIN; SELECT pg_advisory_xact_lock(42); "
                   f"{lock}PREPARE TRANSACTION 'move-1'`); ")
        script = f"{CONNECT}{AT}if (at.{when}) {{ {prepare}{more} }}{DONE}"
        self.release(text=f"entrypoint: {entrypoint(script)}\n",
                     database="settings: {max_prepared_transactions: 5}")
        return self.verify(status=status)

    def test_left_by_the_candidate(self):
        result = self.run_with("old")
        self.assert_broken(result, "integrity", title=re.compile(
            "transaction 'move-1' of role app was prepared .*: it holds advisory lock 42$"))
        self.assertEqual(result.step("rerun")["exit_code"], 0)

    def test_table_that_stays_locked(self):
        result = self.run_with("old", "LOCK TABLE settings; ")
        self.assert_broken(result, "integrity", title=re.compile("it holds advisory lock 42, settings$"))
        self.assertEqual(result.check("data-survival")["outcome"], "error")
        self.assert_matches(str(result.report), "schema: column: canceling statement due to lock timeout")

    def test_ended_by_the_candidate(self):
        self.assert_sound(self.run_with("old", more="await db.unsafe(`COMMIT PREPARED 'move-1'`);", status=SOUND))

    def test_left_by_the_old_release(self):
        result = self.run_with("fresh", status=SOUND)
        found = result.findings("integrity")
        self.assertEqual([finding["level"] for finding in found], ["warn"], found)
        self.assert_matches(found[0]["title"], "'move-1' of role app .*it was there before the upgrade")
        self.assertEqual(result.step("rerun")["exit_code"], 0)
