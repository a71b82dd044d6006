"""Migrations that change what all databases of a server share: roles and settings."""

from harness import SOUND
from postgres import CONTINUE, PostgresTest, entrypoint

CONNECT = "const db = new Bun.SQL(process.env.DATABASE_URL, {max: 1}); "
DONE = " await db.end(); " + CONTINUE


class ClusterTest(PostgresTest):
    def sound(self, script, **keys):
        self.release(text=f"entrypoint: {entrypoint(CONNECT + script + DONE)}\n", **keys)
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        return result

    def test_guarded_role(self):
        self.sound("await db.unsafe(`DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') "
                   "THEN CREATE ROLE reader; END IF; END $$`);")

    def test_role_of_one_release(self):
        # to_regclass: what the old release left; the candidate's own run and the second one differ by audit
        self.sound("const [at] = await db`SELECT to_regclass('settings') IS NULL AS fresh, to_regclass('audit') "
                   "IS NULL AS old`; if (at.fresh) await db.unsafe('CREATE ROLE reader'); "
                   "else if (at.old) await db.unsafe('CREATE ROLE writer');")

    def test_role_that_is_made_anew(self):
        # in use by a copy on the same server it could not be dropped: "objects in database ..."
        result = self.sound(
            "await db.unsafe(`DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') THEN "
            "DROP OWNED BY reader; DROP ROLE reader; END IF; CREATE ROLE reader; "
            "GRANT USAGE ON SCHEMA public TO reader; END $$`);")
        self.assertEqual(result.step("rerun")["exit_code"], 0)

    def shown(self, script, show="work_mem", **keys):
        """A setting as each step sees it at its start."""
        result = self.sound(f"console.log('seen', (await db.unsafe('SHOW {show}'))[0].{show});" + script,
                            **keys)
        return [next(line.split()[1] for line in step["log_tail"].splitlines() if line.startswith("seen "))
                for step in result.path["steps"]]

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
        hosts = [step["log_tail"].split("at ", 1)[1].split()[0] for step in result.path["steps"]]
        self.assertEqual(hosts[:2], ["database", "database"])
        self.assert_matches(hosts[2], "^database-[2-9]$")
