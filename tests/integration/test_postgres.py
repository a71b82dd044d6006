"""Good and broken candidates of an application on Postgres, and what a user can say about its server."""

import re

from harness import BROKEN, SOUND, UNKNOWN, USAGE, MainPath, docker, docker_lines, image_id
from postgres import ADMIN, COMMAND, CONTINUE, SERVER, PostgresTest, admin, entrypoint
from registry import Registry
from test_upgrade import CHECKS


class SoundTest(PostgresTest):
    def good(self):
        """The run of a good candidate, one for all tests that look at it."""
        if not hasattr(SoundTest, "run_of_good"):
            self.release()
            SoundTest.run_of_good = self.verify(status=SOUND)
        return SoundTest.run_of_good

    def test_good_candidate(self):
        result = self.good()
        self.assert_sound(result)
        report, path = result.report, result.path
        self.assertEqual(report["candidate"], {"tag": "v0.3.0", "image": admin("v0.3.0"),
                                               "digest": image_id(admin("v0.3.0"))})
        self.assertEqual(path["from"], {"tag": "v0.2.0", "image": admin("v0.2.0"),
                                        "digest": image_id(admin("v0.2.0"))})
        self.assertEqual(path["database"], f"postgres {SERVER}")
        self.assertEqual([check["id"] for check in path["checks"]], CHECKS)
        # the old migrations fill every table: there is none to make rows in
        self.assertEqual({check["id"]: check["outcome"] for check in path["checks"]},
                         {**dict.fromkeys(CHECKS, "passed"), "locks": "warned", "edge-data": "skipped"})
        self.assertEqual([finding["check"] for finding in path["findings"]], ["locks"])
        self.assertEqual((path["migrations"]["applied"], path["migrations"]["pending"]), (["4", "5"], []))
        self.assertEqual([one["name"] for one in path["migrations"]["new"]], ["4_account_slugs", "5_audit"])
        self.assertEqual(sorted(path["schema"]["added"]),
                         ["column public.accounts.slug", "index accounts_by_slug on public.accounts",
                          "table public.audit", "view public.open_invoices"])
        self.assertEqual((path["schema"]["removed"], path["schema"]["changed"]), ([], []))
        self.assertEqual({key: path["data"][key] for key in ("tables", "tables_with_rows", "rows")},
                         {"tables": 3, "tables_with_rows": 3, "rows": 7})
        self.assertEqual(report["warnings"], [])

    def test_locks(self):
        """The candidate's fourth migration adds a column, fills it and makes it unique in one transaction."""
        self.release(text="checks: {fresh-install: off, rerun: off}\n")
        result = self.verify(status=SOUND)
        self.assertEqual(result.path["data"]["tables_with_rows"], 3)
        finding, = result.findings("locks")
        self.assertEqual((finding["table"], finding["migration"], finding["level"]), ("accounts", "4", "warn"))
        self.assertEqual(finding["title"], "accounts can neither be read nor written while all rows of accounts are read")
        for said in ("rows of accounts are changed: UPDATE accounts SET slug",
                     "all rows of accounts are read: ALTER TABLE accounts ALTER COLUMN slug SET NOT NULL",
                     "all rows of accounts are read: CREATE UNIQUE INDEX accounts_by_slug"):
            self.assertIn(said, finding["detail"])
        locks = result.path["locks"]
        self.assertEqual([(held["table"], held["mode"], held["reads"], held["rewrites"]) for held in locks["held"]],
                         [("accounts", "ACCESS EXCLUSIVE", True, False),
                          ("accounts", "SHARE ROW EXCLUSIVE", False, False)])
        first = locks["statements"][locks["held"][0]["from"]]
        self.assertEqual(first, {"sql": "ALTER TABLE accounts ADD COLUMN slug TEXT", "migration": "4"})

    def test_a_migrator_that_does_not_bear_to_be_watched(self):
        # only a database that is watched has event triggers: what fails there alone breaks no release
        script = ("const [one] = await new Bun.SQL(process.env.DATABASE_URL)`SELECT count(*)::int AS n FROM"
                  f" pg_event_trigger`; if (one.n > 0) process.exit(7); {CONTINUE}")
        self.release(entrypoint=entrypoint(script), text="checks: {fresh-install: off, rerun: off}\n")
        check = self.verify(status=SOUND).check("locks")
        self.assertEqual(check["outcome"], "skipped")
        self.assertIn("did not pass while their locks were traced: exit status 7", check["reason"])

    def test_steps_keep_the_entrypoint_of_the_image(self):
        result = self.good()
        self.assertEqual({step["name"] for step in result.path["steps"]},
                         {"old-migrate", "new-migrate", "rerun", "rerun-again", "fresh-install", "fresh-again",
                          "locks"})
        for name, release, said in (("old-migrate", "v0.2.0", "Applied 3/migrate settings"),
                                    ("new-migrate", "v0.3.0", "Applied 5/migrate audit"),
                                    ("rerun", "v0.3.0", "")):
            step = result.step(name)
            self.assertEqual((step["image"], step["command"]), (admin(release), COMMAND))
            self.assertEqual((step["exit_code"], step["outcome"]), (0, "passed"))
            self.assertIn(said, step["log_tail"] or "")

    def test_flags_alone(self):
        result = self.verify("--image", ADMIN, "--source", "list", "--releases-list", "v0.2.0",
                             "--candidate", admin("v0.3.0"), "--candidate-tag", "v0.3.0",
                             "--migrate", "migrate", "--postgres", SERVER, "--pull", "never", status=SOUND)
        self.assert_sound(result)

    def test_several_paths(self):
        self.release(releases="{source: list, list: [v0.1.0, v0.2.0], from: last 2}")
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertEqual([path["migrations"]["applied"] for path in result.report["paths"]],
                         [["4", "5"], ["3", "4", "5"]])

    def test_stepwise(self):
        self.release(releases="{source: list, list: [v0.1.0, v0.2.0], from: v0.1.0, walk: stepwise}")
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertEqual(result.path["migrations"]["applied"], ["4", "5"])

    def test_status_command(self):
        self.release(text="status: migrate-info\n")
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertIn("5/installed audit", result.step("status")["log_tail"])


class JudgedTest(PostgresTest):
    def broken(self, candidate, check, database="", text="", **wanted):
        self.release(candidate, database, text=text)
        result = self.verify()
        return result, self.assert_broken(result, check, release="v0.2.0 -> v0.3.0", **wanted)


class TrapTest(JudgedTest):
    """What goes wrong with a hand-written use of the admin image."""

    def test_exit_0_of_the_default_command_proves_nothing(self):
        self.release(migrate="help")
        result = self.verify()
        self.assert_broken(result, "vacuous", verdict="unknown", status=UNKNOWN)
        self.assertEqual(result.step("old-migrate")["exit_code"], 0)

    def test_squashing_shipped_migrations(self):
        result, _ = self.broken(
            "squashed", "new-migrate", also=["history"], migration="1",
            title=re.compile("migration 1 was previously applied but is missing in the resolved migrations"))
        self.assertEqual(result.step("new-migrate")["exit_code"], 1)

    def test_status_text_is_judged_its_exit_status_is_no_evidence(self):
        result, _ = self.broken("info-pending", "pending", text="status: migrate-info\n",
                                title=re.compile("10/pending invoice index"))
        self.assertEqual(result.step("status")["exit_code"], 0)

    def test_announced_breaks_are_accepted_with_a_reason(self):
        reason = "0.3 asks for a fresh database (release notes)"
        self.release("squashed", text="allow:\n" + "".join(
            f'  - {{check: {check}, from: "<0.3", reason: "{reason}"}}\n' for check in ("new-migrate", "history")))
        result = self.verify(status=SOUND)
        self.assertEqual(result.report["verdict"], "sound")
        self.assertEqual([finding["allowed"] for finding in result.findings()],
                         [{"reason": reason}] * len(result.findings()))
        self.assertEqual({finding["check"] for finding in result.findings()}, {"new-migrate", "history"})
        self.assertIn(reason, result.out)


class BrokenTest(JudgedTest):
    def test_edited_migration(self):
        self.broken("edited", "new-migrate", also=["history"], migration="2",
                    title=re.compile("migration 2 was previously applied but has been modified"))

    def test_not_null_over_null(self):
        self.broken("not-null", "new-migrate", table="accounts", column="company", migration="4",
                    title=re.compile("contains null values"))

    def test_unvalidated_constraint(self):
        result, _ = self.broken("unvalidated", "integrity", table="invoices",
                                title=re.compile("invoices_of_accounts"))
        found = result.findings("integrity")
        self.assertEqual([finding["column"] for finding in found], [None, "account_id"])
        self.assert_matches(found[1]["title"], "1 row ")

    def test_sequence_behind(self):
        self.broken("sequence-behind", "integrity", table="settings", column="id",
                    title=re.compile("settings_new_id_seq gives 1 next, but id of settings has 2"))

    def test_rerun_differs(self):
        result, _ = self.broken("rerun-differs", "rerun", table="settings")
        self.assertEqual(result.step("rerun")["exit_code"], 0)

    def test_plain_owner(self):
        self.release("needs-superuser")
        self.assert_sound(self.verify(status=SOUND))
        self.broken("needs-superuser", "new-migrate", "superuser: false", migration="4",
                    title=re.compile("permission denied to create role"))
        self.release(database="superuser: false")
        self.assert_sound(self.verify(status=SOUND))

    def test_killed_in_the_middle_of_a_statement(self):
        # the server does not notice that its client is gone, and the database cannot be copied meanwhile
        script = ("const [one] = await new Bun.SQL(process.env.DATABASE_URL)`SELECT to_regclass('settings')"
                  " IS NULL AS fresh`; if (!one.fresh) await new Bun.SQL(process.env.DATABASE_URL)"
                  "`SELECT pg_sleep(600)`;" + CONTINUE)
        self.release(text=f"entrypoint: {entrypoint(script)}\n")
        result, seconds = self.in_vain(lambda seconds: self.verify("--timeout", f"{seconds}s"), "new-migrate")
        self.assert_broken(result, "new-migrate", title=re.compile(rf"(?i)tim|{seconds} ?s"))


class SettingsTest(MainPath, PostgresTest):
    def show(self, **keys):
        """What the application sees of the server's settings, by its log."""
        script = ("const db = new Bun.SQL(process.env.DATABASE_URL, {max: 1}); for (const name of "
                  "['fsync', 'synchronous_commit', 'full_page_writes', 'max_connections', 'work_mem', "
                  "'log_statement', 'data_directory']) console.log(name, (await db.unsafe('SHOW ' + "
                  "name))[0][name]); await db.end();" + CONTINUE)
        self.release(text=f"entrypoint: {entrypoint(script)}\n", **keys)
        log = self.verify(status=SOUND).step("old-migrate")["log_tail"]
        return dict(line.split(" ", 1) for line in log.splitlines() if line.count(" ") == 1)

    def test_throwaway(self):
        shown = self.show()
        self.assertEqual({shown[name] for name in ("fsync", "synchronous_commit", "full_page_writes")},
                         {"off"})
        self.assertEqual(shown["log_statement"], "all")

    def test_durable(self):
        shown = self.show(database="durable: true")
        self.assertEqual({shown[name] for name in ("fsync", "synchronous_commit", "full_page_writes")},
                         {"on"})

    def test_settings(self):
        shown = self.show(database='settings: {max_connections: 33, work_mem: "7MB"}')
        self.assertEqual((shown["max_connections"], shown["work_mem"]), ("33", "7MB"))

    def test_setting_that_the_server_refuses(self):
        for setting, said in (("no_such_setting: 1", 'unrecognized configuration parameter "no_such_setting"'),
                              ("max_connections: many", 'invalid value for parameter "max_connections"')):
            with self.subTest(setting):
                self.release(database=f"settings: {{{setting}}}")
                result = self.verify()
                self.assertIn(result.status, (USAGE, UNKNOWN), result)
                self.assertIn(said, result.err)

    def test_init(self):
        (self.folder / "extensions.sql").write_text(
            "-- by hand of the administrator\nCREATE EXTENSION citext;\n\nCREATE FUNCTION greet() RETURNS text\n"
            "LANGUAGE plpgsql AS $$ BEGIN RETURN 'welcome; friend'; END $$;\n")
        script = ("const db = new Bun.SQL(process.env.DATABASE_URL, {max: 1}); console.log((await db`SELECT "
                  "greet() AS said, 'A'::citext = 'a'::citext AS same`)[0]); await db.end();" + CONTINUE)
        self.release(database="superuser: false, init: [extensions.sql]",
                     text=f"entrypoint: {entrypoint(script)}\n")
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assert_matches(result.step("old-migrate")["log_tail"], "welcome; friend.*same: true")
        # it is no change of the candidate's
        self.assertNotIn("citext", str(result.path["schema"]))

    def test_init_with_an_error(self):
        (self.folder / "extensions.sql").write_text(
            "CREATE TABLE fine (id int);\n/* two\nlines */ CREATE EXTENSION no_such_extension;\n")
        self.release(database="init: [extensions.sql]")
        result = self.verify(status=USAGE)
        self.assertIn("extensions.sql:3: ", result.err)
        self.assertIn("no_such_extension", result.err)

    def test_init_that_is_missing(self):
        self.release(database="init: [nowhere.sql]")
        result = self.verify(status=USAGE)
        self.assertIn("nowhere.sql", result.err)

    def test_two_kinds_in_one(self):
        self.release(database="sqlite: /app/data/app.db")
        result = self.verify(status=USAGE)
        self.assertIn("database", result.err)


class EnvironmentTest(MainPath, PostgresTest):
    NAMES = ("DATABASE_URL", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "DB", "MODE")

    def seen(self, candidate="v0.3.0", **keys):
        """The variables that the containers get: masked where they are secret, so their shape is told."""
        script = (f"for (const name of {list(self.NAMES)}) console.log(name, (process.env[name] ?? 'unset')"
                  ".replace(/[0-9a-f]{16,}/g, 'HEX'));")
        self.release(candidate, text=f"entrypoint: {entrypoint(script + keys.pop('then', CONTINUE))}\n"
                     + keys.pop("text", ""), **keys)
        result = self.verify(status=SOUND)
        log = result.step("old-migrate")["log_tail"]
        return dict(line.split(" ", 1) for line in log.splitlines() if line.startswith(self.NAMES))

    def test_default(self):
        self.assertEqual(self.seen(), {
            "DATABASE_URL": "postgres://app:HEX@database:5432/app", "PGHOST": "database",
            "PGPORT": "5432", "PGUSER": "app", "PGPASSWORD": "HEX", "PGDATABASE": "app",
            "DB": "unset", "MODE": "unset"})

    def test_templates(self):
        then = ("const [kind, host, port, user, password, name] = process.env.DB.split(' ');"
                "process.env.DATABASE_URL = `${kind}://${user}:${password}@${host}:${port}/${name}`;"
                + CONTINUE)
        shown = self.seen(database='env: {DB: "postgresql {host} {port} {user} {password} {database}", '
                                   'MODE: "{url}?a={b}"}', then=then)
        self.assertEqual(shown["DB"], "postgresql database 5432 app HEX app")
        self.assertEqual(shown["MODE"], "postgres://app:HEX@database:5432/app?a={b}")
        # who says how the application is told is not second-guessed
        self.assertEqual((shown["DATABASE_URL"], shown["PGHOST"]), ("unset", "unset"))

    def test_templates_in_the_variables_of_the_run(self):
        shown = self.seen(text='env: {PGHOST: "elsewhere", MODE: "{host}:{port}"}\n')
        self.assertEqual(shown["MODE"], "database:5432")
        self.assertEqual(shown["PGHOST"], "elsewhere")
        self.assertEqual(shown["PGUSER"], "app")


class ServerTest(MainPath, PostgresTest):
    def test_unknown_image(self):
        for pull in ("never", "missing"):
            with self.subTest(pull):
                self.release(server="127.0.0.1:1/acme/postgres:17", pull=pull)
                result = self.verify(status=UNKNOWN)
                self.assert_matches(result.err, "server 127.0.0.1:1/acme/postgres:17: .*[a-z]{5}")

    def test_pull(self):
        registry = Registry()
        self.addCleanup(registry.stop)
        registry.push(SERVER, "acme/postgres", "15")
        image = f"{registry.open}/acme/postgres:15"
        self.addCleanup(docker, "image", "rm", image, check=False)
        self.release(server=image, pull="missing")
        self.assertEqual(self.plan().report["paths"][0]["database"], f"postgres {image}")
        self.assertFalse(docker_lines("images", "-q", image), "plan pulls nothing")
        self.assert_sound(self.verify(status=SOUND))
        self.assertTrue(docker_lines("images", "-q", image))

    def test_image_that_is_no_server(self):
        self.release(server="seatrial-fixture/bun:base")
        result = self.verify()
        self.assertIn(result.status, (USAGE, UNKNOWN), result)
        self.assertIn("seatrial-fixture/bun:base", result.err)
        self.assert_matches(result.err, "postgres.*not found")

    def test_server_that_never_gets_ready(self):
        image = self.server_image("sleeper", 'ENTRYPOINT ["bash", "-c", "echo preparing; sleep 600"]')
        self.release(server=image)
        for timeout in ("4s", "60s"):  # the second for a machine that did not start it within the first
            result = self.verify("--timeout", timeout, status=UNKNOWN)
            if "preparing" in result.err:
                break
        self.assertIn(image, result.err)
        self.assert_matches(result.err, "ready in time.*preparing")

    def test_server_that_ends(self):
        image = self.server_image("ended", 'ENTRYPOINT ["bash", "-c", "echo no space; exit 7"]')
        self.release(server=image)
        result = self.verify(status=UNKNOWN)
        self.assert_matches(result.err, "exit status 7.*no space")

    def test_pg_isready_over_the_socket_is_true_before_the_database_exists(self):
        # only the unix socket answers until there is a folder, and something comes after
        image = self.server_image("slow", "COPY slow.sql /docker-entrypoint-initdb.d/", **{
            "slow.sql": "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_ls_dir('/tmp') AS name WHERE name = 'go') LOOP "
                        "PERFORM pg_sleep(0.1); END LOOP; END $$;\nCREATE ROLE of_the_image;\n"})
        script = ("const db = new Bun.SQL(process.env.DATABASE_URL, {max: 1}); console.log('roles', (await "
                  "db`SELECT count(*) FROM pg_roles WHERE rolname = 'of_the_image'`)[0].count);"
                  "await db.end();" + CONTINUE)
        self.release(server=image, text=f"entrypoint: {entrypoint(script)}\n"
                                        "checks: {fresh-install: off, schema-parity: off}\n")
        running = self.start("verify", "--report", "json=report.json")
        server = self.running_container(image)
        self.wait_for_log(server, "pg_ls_dir")
        self.assertEqual(self.exec_status(server, "pg_isready"), "0")
        self.assertEqual(self.exec_status(server, "mkdir", "/tmp/go"), "0")
        result = running.wait()
        self.assertEqual(result.status, SOUND, result)
        self.assertIn("roles 1", (self.folder / "report.json").read_text())

    def test_volume_of_the_server_image_is_removed(self):
        for database in ("durable: false", "durable: true"):
            with self.subTest(database):
                self.release("not-null", database)
                running = self.start("verify")
                volumes = self.volumes_of(self.running_container(SERVER))
                self.assertEqual(len(volumes), 1)
                self.assertEqual(running.wait().status, BROKEN)
                self.assertFalse(set(volumes) & set(docker_lines("volume", "ls", "-q")))
