"""The other road to a candidate: a fresh install, and whether it ends where the upgrade does."""

import json
import sqlite3

from harness import SOUND, SeatrialTest, fixture


class FreshTest(SeatrialTest):
    def upgrade(self, candidate, old="6", prefix="", text="", old_image=None, **replace):
        self.config(text, **{
            "tag": f'"{prefix}{{tag}}"', "releases": f'{{source: list, list: ["{old}"]}}',
            "candidate": f'{{tag: "7", image: "{fixture(candidate)}"}}', **(old_image or {}), **replace})
        return self.verify()

    def test_fresh_install_is_broken_where_the_upgrade_is_not(self):
        result = self.upgrade("fresh-broken", prefix="contacts-")
        finding = self.assert_broken(result, "fresh-install", migration="007_first_contact")
        self.assertRegex(finding["title"], "^the candidate fails on an empty database: ")
        self.assertIn("null", finding["title"] + finding["detail"])
        self.assertEqual(result.step("new-migrate")["exit_code"], 0)
        self.assertEqual(result.check("schema-parity")["reason"], "the candidate did not pass on an empty database")

    def test_a_script_that_does_nothing_where_the_table_exists(self):
        result = self.upgrade("if-not-exists", prefix="places-")
        finding = self.assert_broken(result, "schema-parity", table="places", column="country",
                                     title="column places.country exists only after a fresh install",
                                     migration="repeat_places")
        # the statement is told, and it is right
        statement = finding["hint"].partition(": ")[2]
        with sqlite3.connect(":memory:") as db:
            db.execute("CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
            db.execute(statement)
            self.assertEqual([row[1] for row in db.execute("PRAGMA table_info(places)")], ["id", "name", "country"])

    def test_its_sound_twin(self):
        result = self.upgrade("places-7", prefix="places-")
        self.assert_sound(result)
        for check in ("fresh-install", "schema-parity"):
            self.assertEqual(result.check(check)["outcome"], "passed", result)

    def test_an_edit_without_another_outcome_is_a_warning(self):
        result = self.upgrade("edited-alike")
        self.assert_sound(result)
        findings = result.findings("history")
        self.assertEqual([(finding["level"], finding["migration"]) for finding in findings], [("warn", "004_tags")])
        self.assertRegex(findings[0]["title"], "edited after it was released; .* same schema all the same")

    def test_rows_that_migrations_insert(self):
        script = ('import {Database} from "bun:sqlite"; const db = new Database("/app/data/app.db", {create: true}); '
                  "const old = db.query(\"SELECT 1 FROM sqlite_master WHERE name = 'kinds'\").get(); "
                  'db.exec("CREATE TABLE IF NOT EXISTS kinds (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)"); '
                  "for (const name of NAMES) if (!old) db.run('INSERT INTO kinds (name) VALUES (?)', [name]);")
        commands = [json.dumps(["bun", "-e", script.replace("NAMES", json.dumps(names))])
                    for names in (["book"], ["film", "book"])]
        result = self.upgrade("7", migrate=commands[1], old_image={"old": f"{{migrate: {commands[0]}}}"})
        self.assertEqual(result.status, SOUND, result)
        finding, = result.findings("schema-parity")
        self.assertEqual((finding["level"], finding["table"]), ("warn", "kinds"))
        self.assertEqual(finding["title"], "a row of kinds exists only after a fresh install: name 'film'")

    def test_an_accepted_difference(self):
        result = self.upgrade("if-not-exists", prefix="places-", text=(
            "allow:\n  - {check: schema-parity, table: places, column: country, reason: comes with 8}\n"))
        self.assertEqual(result.status, SOUND, result)
        self.assertEqual(result.findings("schema-parity")[0]["allowed"], {"reason": "comes with 8"})

    def test_quick_makes_none(self):
        self.candidate("7")
        result = self.verify("--profile", "quick", status=SOUND)
        self.assertNotIn("fresh-install", [step["name"] for step in result.path["steps"]])

    def test_schema_parity_alone_makes_one(self):
        self.candidate("7")
        result = self.verify("--profile", "quick", "--check", "schema-parity=error", status=SOUND)
        self.assertEqual(result.check("schema-parity")["outcome"], "passed")
        self.assertEqual(result.step("fresh-install")["outcome"], "passed")
