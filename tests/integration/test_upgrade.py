"""Good and broken candidates of the fixture application, and the traps around them."""

import contextlib
import json
import os
import re
import sqlite3

from harness import BROKEN, FIXTURE, MIGRATE, SOUND, UNKNOWN, SeatrialTest, docker, fixture, image_id

CHECKS = ["old-migrate", "new-migrate", "vacuous", "integrity", "pending", "history", "volume-shadow",
          "data-survival", "destructive", "fresh-install", "schema-parity", "rerun", "locks", "edge-data"]


class SoundTest(SeatrialTest):
    def good(self):
        """The run of a good candidate, one for all tests that look at it."""
        if not hasattr(SoundTest, "run_of_good"):
            self.config()
            SoundTest.run_of_good = self.verify(status=SOUND)
        return SoundTest.run_of_good

    def test_good_candidate(self):
        result = self.good()
        self.assert_sound(result)
        report, path = result.report, result.path

        self.assertEqual(report["format"], 1)
        self.assertEqual(report["tool"]["name"], "seatrial")
        self.assertRegex(report["tool"]["version"], r"^\d+\.\d+\.\d+")
        self.assertRegex(report["run"]["started_at"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d")
        self.assertGreater(report["run"]["duration_ms"], 0)
        self.assertEqual(report["candidate"], {"tag": "7", "image": fixture("7"),
                                               "digest": image_id(fixture("7"))})
        self.assertEqual(path["id"], "6 -> 7")
        self.assertEqual(path["from"], {"tag": "6", "image": fixture("6"),
                                        "digest": image_id(fixture("6"))})
        self.assertEqual(path["database"], "sqlite /app/data/app.db")
        self.assertEqual([check["id"] for check in path["checks"]], CHECKS)
        self.assertEqual({check["outcome"] for check in path["checks"]
                          if check["id"] not in ("locks", "edge-data")},
                         {"passed"})
        self.assertEqual(path["findings"], [])
        self.assert_migrations(path, ["007_slugs", "008_reminders"])
        slugs = path["migrations"]["new"][0]
        self.assertEqual((slugs["path"], slugs["truncated"]), ("/app/migrations/007_slugs.sql", False))
        self.assertIn("ADD COLUMN slug", slugs["sql"])
        self.assertEqual(slugs["lines"], len(slugs["sql"].splitlines()))
        self.assertEqual(sorted(path["schema"]["added"]),
                         ["column notes.slug", "index notes_by_slug on notes", "table reminders"])
        self.assertEqual((path["schema"]["removed"], path["schema"]["changed"]), ([], []))
        self.assertEqual(path["image"]["changed"],
                         [{"what": "migration files", "name": None, "before": "6", "after": "8"}])
        # all of it is in -wal: a copy of app.db alone has no table at all
        self.assertEqual({key: path["data"][key] for key in ("tables", "tables_with_rows", "rows")},
                         {"tables": 4, "tables_with_rows": 4, "rows": 10})

    def test_steps(self):
        result = self.good()
        self.assertEqual({step["name"] for step in result.path["steps"]},
                         {"old-migrate", "new-migrate", "rerun", "fresh-install", "fresh-again"})
        for name, image, said in (("old-migrate", "6", "6 applied, 6 in all"),
                                  ("new-migrate", "7", "2 applied, 8 in all"),
                                  ("rerun", "7", "0 applied, 8 in all"),
                                  ("fresh-install", "7", "8 applied, 8 in all"),
                                  ("fresh-again", "7", "0 applied, 8 in all")):
            step = result.step(name)
            self.assertEqual(step["image"], fixture(image))
            self.assertEqual(step["command"], MIGRATE)
            self.assertEqual((step["exit_code"], step["outcome"]), (0, "passed"))
            self.assertIn(said, step["log_tail"])
            self.assertGreater(step["duration_ms"], 0)
        starts = [step["started_ms"] for step in result.path["steps"]]
        self.assertEqual(starts, sorted(starts))

    def test_a_check_whose_command_is_not_set_runs_nothing(self):
        self.config()
        result = self.verify("--check", "old-on-new=error", "--check", "rollback=error", status=SOUND)
        ran = [step["name"] for step in result.path["steps"]]
        for check in ("old-on-new", "rollback"):
            self.assertEqual(result.check(check)["outcome"], "skipped")
            self.assertNotIn(check, ran)

    def test_console_names_what_ran(self):
        result = self.good()
        for word in ("SOUND", "6 -> 7", fixture("6"), fixture("7")):
            self.assertIn(word, result.out, result)

    def test_command_of_the_image(self):
        self.config(migrate=None)
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertEqual(result.step("new-migrate")["command"], MIGRATE)

    def test_command_as_a_list_and_folder_by_default(self):
        self.config(migrate='[bun, run, "src/migrations.ts", up]',
                    database="{sqlite: /app/data/app.db}")
        self.assert_sound(self.verify(status=SOUND))

    def test_flags_alone(self):
        result = self.verify("--image", FIXTURE, "--source", "list", "--releases-list", "6",
                             "--candidate-tag", "7", "--migrate", " ".join(MIGRATE),
                             "--sqlite", "/app/data/app.db", "--pull", "never", status=SOUND)
        self.assert_sound(result)
        self.assertEqual(result.report["candidate"]["image"], fixture("7"))

    def test_variables_beat_the_file_and_flags_beat_variables(self):
        self.candidate("duplicate-key")
        env = {"SEATRIAL_CANDIDATE": fixture("7")}
        self.assert_sound(self.verify(env=env, status=SOUND))
        result = self.verify("--candidate", fixture("orphan"), env=env)
        self.assert_broken(result, "integrity")

    def test_several_paths(self):
        self.config(releases='{source: list, list: ["5", "6"], from: last 2}')
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertEqual([path["id"] for path in result.report["paths"]], ["6 -> 7", "5 -> 7"])
        self.assertEqual(result.report["paths"][1]["migrations"]["applied"],
                         ["006_archive", "007_slugs", "008_reminders"])

    def test_a_path_that_is_broken_does_not_hide_behind_a_sound_one(self):
        # 5 -> orphan is sound in no way; 4 is another name of 5
        self.tag(fixture("old-broken"), "seatrial-test/mixed:5")
        self.tag(fixture("6"), "seatrial-test/mixed:6")
        self.config(image="seatrial-test/mixed", releases='{source: list, list: ["5", "6"], from: last 2}')
        result = self.verify(status=BROKEN)
        self.assertEqual(result.report["verdict"], "broken")
        self.assertEqual([path["verdict"] for path in result.report["paths"]], ["sound", "broken"])

    def test_stepwise(self):
        self.config(releases='{source: list, list: ["5", "6"], from: "5", walk: stepwise}')
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertEqual(result.path["from"]["tag"], "5")
        self.assertEqual(result.path["migrations"]["applied"], ["007_slugs", "008_reminders"])


class BrokenTest(SeatrialTest):
    def broken(self, name, check, *flags, **wanted):
        self.candidate(name)
        result = self.verify(*flags)
        return result, self.assert_broken(result, check, release="6 -> 7", **wanted)

    def test_not_null_over_rows_that_hold_null(self):
        result, finding = self.broken("not-null-rebuild", "new-migrate", column="body",
                                      table="notes",  # notes_new stands for it
                                      migration="007_require_body",
                                      title=re.compile("NOT NULL constraint failed: notes_new.body"))
        # the first lines say what broke, on which path, in the database's own words
        head = "\n".join(result.out.splitlines()[:8])
        for word in ("BROKEN", "6 -> 7", "NOT NULL constraint failed: notes_new.body"):
            self.assertIn(word, head, result)
        self.assertIn("applying 007_require_body", finding["detail"])
        step = result.step("new-migrate")
        self.assertEqual((step["exit_code"], step["outcome"]), (1, "failed"))

    def test_what_could_not_run_is_not_passed(self):
        result, _ = self.broken("not-null-rebuild", "new-migrate")
        for check in ("pending", "rerun"):
            self.assertEqual(result.check(check)["outcome"], "skipped")
            self.assertTrue(result.check(check)["reason"])

    def test_unique_over_rows_that_repeat(self):
        self.broken("duplicate-key", "new-migrate", table="notes", migration="007_unique_titles",
                    title=re.compile("UNIQUE constraint failed: notes.notebook_id, notes.title"))

    def test_rerun_differs(self):
        result, _ = self.broken("rerun-differs", "rerun", table="tags")
        self.assertEqual(result.check("new-migrate")["outcome"], "passed")
        self.assertEqual(result.step("rerun")["exit_code"], 0)

    def test_rerun_fails(self):
        result, finding = self.broken("rerun-fails", "rerun")
        self.assertIn("index notes_by_title already exists", finding["title"] + finding["detail"])
        self.assertEqual(result.step("rerun")["exit_code"], 1)

    def test_a_third_run_fails(self):
        """The second leaves the database alone, but not the volume."""
        script = ("const fs = require('fs'), file = '/app/data/starts';"
                  "const starts = 1 + (fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0);"
                  "fs.writeFileSync(file, String(starts));"
                  "if (starts === 4) throw new Error('started too often');"
                  "process.exit(Bun.spawnSync(['bun', 'run', 'src/migrations.ts', 'up'],"
                  "                           {stdio: ['ignore', 'inherit', 'inherit']}).exitCode);")
        self.config(text=f"entrypoint: {json.dumps(['bun', '-e', script])}\n")
        finding = self.assert_broken(self.verify(), "rerun", title=re.compile("a third time fails"))
        self.assertIn("started too often", finding["detail"])

    def test_orphan(self):
        _, finding = self.broken("orphan", "integrity", table="notes")
        self.assert_matches(finding["title"] + finding["detail"], "notebooks")

    def test_failed_ledger_row(self):
        result, _ = self.broken("failed-ledger-row", "pending", migration="007_unique_titles",
                                table="migrations")
        self.assertEqual(result.step("new-migrate")["exit_code"], 0)

    def test_a_migration_that_hangs_meets_the_timeout(self):
        self.candidate("hang")
        result, seconds = self.in_vain(lambda seconds: self.verify("--timeout", f"{seconds}s"), "new-migrate",
                                       "waiting for the lock", 3)
        finding = self.assert_broken(result, "new-migrate", release="6 -> 7",
                                     title=re.compile(rf"(?i)tim|{seconds} ?s"))
        self.assertIn("waiting for the lock", finding["detail"])
        self.assertGreaterEqual(result.step("new-migrate")["duration_ms"], seconds * 1000)

    def test_out_of_memory(self):
        result, finding = self.broken("out-of-memory", "new-migrate", "--memory", "256m",
                                      title=re.compile("(?i)memory"))
        self.assertIn("loading every note", finding["detail"])
        self.assertIn("256", finding["title"] + finding["detail"] + finding["hint"])
        self.assertEqual(result.step("new-migrate")["exit_code"], 137)

    def test_other_user_meets_the_volume_of_root(self):
        result, _ = self.broken("owned-7", "new-migrate", migration="007_slugs",
                                title=re.compile("readonly database"))
        self.assertEqual(result.path["image"]["changed"][0],
                         {"what": "user", "name": None, "before": "root", "after": "1000:1000"})
        self.assertIn("user: root -> 1000:1000", result.out)

    def test_missing_command(self):
        self.config(migrate="bun-of-yesterday run src/migrations.ts up", text='old: {migrate: "'
                    + " ".join(MIGRATE) + '"}\n')
        result = self.verify()
        finding = self.assert_broken(result, "new-migrate")
        self.assertIn("bun-of-yesterday", finding["title"] + finding["detail"])

    def test_old_release_is_broken_itself(self):
        self.tag(fixture("old-broken"), "seatrial-test/old:6")
        self.config(image="seatrial-test/old", releases='{source: list, list: ["6"]}')
        result = self.verify()
        finding = self.assert_broken(result, "old-migrate", migration="006_missing_table")
        self.assertIn("no such table: attachments", finding["title"] + finding["detail"])
        self.assert_matches(finding["title"] + finding["detail"] + finding["hint"], "releas|old")
        self.assertNotIn("new-migrate", [step["name"] for step in result.path["steps"]])
        self.assertEqual(result.check("new-migrate")["outcome"], "skipped")
        # what needs nothing of the old release is judged all the same
        self.assertEqual(result.check("fresh-install")["outcome"], "passed")
        self.assertEqual(result.check("schema-parity")["outcome"], "skipped")


class TrapTest(SeatrialTest):
    """What goes wrong with the hand-written version; more of it is in the tests of test_systems.TRAPS."""

    def test_exit_0_hides_that_a_shipped_migration_was_edited(self):
        self.candidate("edited")
        result = self.verify()
        self.assert_broken(result, "history", also=("schema-parity",), migration="004_tags",
                           title=re.compile("edited.*never get the change"))
        parity = result.findings("schema-parity")[0]
        self.assertRegex(parity["title"], r"^column tags\.\w+ exists only after a fresh install$")
        self.assertEqual((parity["table"], parity["migration"]), ("tags", "004_tags"))
        self.assertIn("ALTER TABLE tags ADD COLUMN", parity["hint"])
        self.assertEqual(result.step("new-migrate")["exit_code"], 0)

    def test_an_empty_database_hides_not_null_failures(self):
        # nothing but its users fills the table
        self.after_contacts("contacts-not-null")
        self.assert_sound(self.verify("--rows", "0", status=SOUND))
        self.assert_broken(self.verify(), "new-migrate", table="contacts", column="email",
                           title=re.compile("NOT NULL constraint failed: contacts_new.email"))

    def after_contacts(self, release):
        self.config(tag='"contacts-{tag}"', releases='{source: list, list: ["6"]}',
                    candidate=f'{{tag: "7", image: "{fixture(release)}"}}')

    def test_an_empty_database_hides_unique_failures(self):
        self.after_contacts("contacts-unique")
        self.assert_sound(self.verify("--rows", "0", status=SOUND))
        self.assert_broken(self.verify(), "new-migrate", table="contacts", migration="007_unique_handles",
                           title=re.compile("UNIQUE constraint failed: contacts.handle"))

    def test_rows_that_most_users_do_not_have(self):
        self.after_contacts("contacts-once")
        result = self.verify(status=SOUND)
        self.assertEqual(result.check("new-migrate")["outcome"], "passed")
        self.assertEqual(result.check("edge-data")["outcome"], "warned")
        finding, = result.findings("edge-data")
        self.assertEqual((finding["level"], finding["table"], finding["column"]), ("warn", "contacts", "email"))
        self.assert_matches(finding["title"], "UNIQUE constraint failed: contacts.email")

    def test_all_data_sits_in_wal(self):
        volume = f"seatrial-test-wal-{os.getpid()}"
        docker("volume", "create", volume)
        self.addCleanup(docker, "volume", "rm", volume, check=False)
        name = f"{volume}-run"
        docker("run", "--name", name, "-v", f"{volume}:/app/data", fixture("6"), *MIGRATE)
        self.addCleanup(docker, "rm", "-fv", name, check=False)
        # copying the one file copies an empty database
        docker("cp", f"{name}:/app/data/app.db", str(self.folder / "app.db"))
        with contextlib.closing(sqlite3.connect(self.folder / "app.db")) as copy:
            self.assertEqual(copy.execute("SELECT count(*) FROM sqlite_schema").fetchone(), (0,))
        self.config()
        self.assertEqual(self.verify(status=SOUND).path["data"]["tables_with_rows"], 4)

    def test_no_fixed_names_no_clean_up_only_on_success_no_dirty_data(self):
        self.config()
        runs = [self.start("verify", "--candidate", fixture(name)) for name in ("7", "not-null-rebuild", "7")]
        self.assertEqual([run.wait().status for run in runs], [SOUND, BROKEN, SOUND])
        self.assert_nothing_left()
        # and the next one begins with nothing of theirs
        self.assertEqual(self.verify(status=SOUND).path["migrations"]["applied"], ["007_slugs", "008_reminders"])


class VacuousTest(SeatrialTest):
    def vacuous(self, *flags, **wanted):
        result = self.verify(*flags)
        return result, self.assert_broken(result, "vacuous", verdict="unknown", status=UNKNOWN, **wanted)

    def test_wrong_path(self):
        self.candidate("wrong-path")
        _, finding = self.vacuous(also=["pending"])  # nor did they run on the database of the volume
        self.assertIn("/app/app.db", finding["title"] + finding["detail"])

    def test_same_image(self):
        self.candidate("6")
        _, finding = self.vacuous()
        self.assert_matches(finding["title"], "same")

    def test_old_image_makes_no_table(self):
        self.tag(fixture("no-tables"), "seatrial-test/empty:6")
        self.config(image="seatrial-test/empty", releases='{source: list, list: ["6"]}')
        self.vacuous()

    def test_database_is_elsewhere(self):
        self.config(database="{sqlite: /app/data/notes.sqlite, volume: /app/data}")
        _, finding = self.vacuous()
        self.assertIn("/app/data/app.db", finding["title"] + finding["detail"] + finding["hint"])


class ShadowTest(SeatrialTest):
    """Migrations that lie beside the database, in the volume."""

    def beside(self, name, *flags):
        self.tag(fixture("beside-6"), "seatrial-test/beside:6")
        self.tag(fixture(name), "seatrial-test/beside:7")
        self.config(image="seatrial-test/beside", releases='{source: list, list: ["6"]}',
                    candidate='{tag: "7"}', text="migrations: /app/data/migrations\n")
        return self.verify(*flags)

    def test_the_volume_hides_migrations_of_the_candidate(self):
        finding = self.assert_broken(self.beside("beside-7", "--check", "pending=off"), "volume-shadow",
                                     also=["schema-parity"],
                                     title=re.compile(r"at /app/data hides 2 files .*migrations/007_slugs.sql"))
        self.assertIn("migrations/008_reminders.sql: new in the candidate", finding["detail"])
        self.assertEqual(finding["migration"], "007_slugs")

    def test_an_image_that_brings_them_there_itself_is_sound(self):
        self.assert_sound(self.beside("refreshed-7"))

    def test_nothing_is_read_when_the_check_is_off(self):
        result = self.beside("beside-7", "--check", "pending=off", "--check", "volume-shadow=off")
        self.assertNotIn("volume-shadow", [check["id"] for check in result.path["checks"]])
        self.assertEqual(result.findings("volume-shadow"), [])


class UserTest(SeatrialTest):
    def users(self, kind, database):
        self.tag(fixture(f"{kind}-6"), f"seatrial-test/{kind}:6")
        self.tag(fixture(f"{kind}-7"), f"seatrial-test/{kind}:7")
        self.config(image=f"seatrial-test/{kind}", releases='{source: list, list: ["6"]}',
                    candidate='{tag: "7"}', database=database)
        return self.verify()

    def test_user_owns_the_folder_in_the_image(self):
        self.assert_sound(self.users("owned", "{sqlite: /app/data/app.db}"))

    def test_a_fresh_named_volume_belongs_to_root(self):
        result = self.users("unowned", "{sqlite: /app/data/app.db}")
        finding = self.assert_broken(result, "old-migrate", also=("fresh-install",))
        self.assertIn("unable to open database file", finding["title"] + finding["detail"])
        self.assertIn("owner", finding["hint"], finding)

    def test_owner_of_the_volume(self):
        self.assert_sound(self.users("unowned", '{sqlite: /app/data/app.db, owner: "1000:1000"}'))

    def test_user_of_the_run(self):
        self.config(text='user: "1000:1000"\n',
                    database='{sqlite: /app/data/app.db, owner: "1000:1000"}')
        self.assert_sound(self.verify())


class PolicyTest(SeatrialTest):
    def test_allowed_finding_is_listed_with_its_reason(self):
        self.candidate("orphan", text="allow:\n  - {check: integrity, table: notes, reason: on purpose}\n")
        result = self.verify(status=SOUND)
        self.assertEqual(result.report["verdict"], "sound")
        self.assertEqual(result.findings("integrity")[0]["allowed"], {"reason": "on purpose"})
        self.assertIn("on purpose", result.out)

    def test_allow_for_other_releases(self):
        self.candidate("orphan",
                       text='allow:\n  - {check: integrity, from: "<6", reason: long ago}\n')
        self.assert_broken(self.verify(), "integrity")

    def test_allow_that_ran_out(self):
        self.candidate("orphan",
                       text='allow:\n  - {check: integrity, until: "7", reason: until seven}\n')
        self.assert_broken(self.verify(), "integrity")

    def test_level_off(self):
        self.candidate("orphan")
        result = self.verify("--check", "integrity=off", status=SOUND)
        self.assertNotIn("integrity", [check["id"] for check in result.path["checks"]])

    def test_level_warn(self):
        self.candidate("orphan")
        result = self.verify("--check", "integrity=warn", status=SOUND)
        self.assertEqual(result.check("integrity")["outcome"], "warned")
        self.assertEqual(result.findings("integrity")[0]["level"], "warn")

    def test_status_command(self):
        self.config(text='status: [bun, -e, "process.exit(3)"]\n')
        finding = self.assert_broken(self.verify(), "pending")
        self.assertIn("3", finding["title"] + finding["detail"])

    def test_status_command_is_content(self):
        self.config(text='status: "bun --version"\n')
        result = self.verify(status=SOUND)
        self.assertEqual(result.step("status")["exit_code"], 0)


class NothingTest(SeatrialTest):
    def test_no_previous_release_does_not_block_the_first_release(self):
        for releases in ('["7"]', '["7", "8"]', "[]"):
            with self.subTest(releases):
                self.config(releases=f"{{source: list, list: {releases}}}")
                result = self.verify(status=SOUND)
                self.assertEqual(result.report["verdict"], "nothing-to-verify")
                self.assertEqual(result.report["paths"], [])
                self.assert_matches(result.out, "nothing to verify")
                self.assert_matches(result.out, "no .*release")

    def test_require_previous(self):
        self.config(releases='{source: list, list: ["7"]}')
        result = self.verify("--require-previous", status=UNKNOWN)
        self.assert_matches(result.out + result.err, "no .*release")
