"""The Compose system: images carry no tag, so that what is old is built from the git tree of its tag; Redis and
secrets are needed to start; two migrators race (Drizzle has no lock)."""

import re

from compose_system import POSTGRES, REDIS, make_repository
from harness import UNKNOWN, SeatrialTest

MIGRATE = '[sh, -c, "node migrate.js && node seed.js"]'


class ComposeTest(SeatrialTest):
    def release(self, candidate="v1.2.0", text="", **replace):
        """Nine lines, which a maintainer would guess."""
        make_repository(self.folder / "library", candidate)
        (self.folder / ".env.ci").write_text("SESSION_SECRET='only for tests'\n")
        self.config(text, **{
            "image": None,
            "releases": "{source: git}",
            "candidate": "{tag: v1.2.0, build: library}",
            "migrate": MIGRATE,
            "database": f'{{postgres: "{POSTGRES}"}}',
            "start": "{command: [node, server.js], ready: {http: {port: 3000, path: /healthz}}}",
            "services": f'{{redis: {{image: "{REDIS}", ready: {{tcp: 6379}}, '
                        'env: {REDIS_URL: "redis://redis:6379"}}}',
            "env_file": "[.env.ci]",
            **replace,
        })

    def test_good_release(self):
        self.release()
        result = self.verify()
        self.assert_sound(result)
        self.assertEqual(result.report["paths"][0]["from"]["tag"], "v1.1.0")
        self.assertEqual(result.check("start")["outcome"], "passed")
        self.assertNotIn("only for tests", result.out + result.err + str(result.report))

    def test_an_entry_older_than_the_newest_applied_one_is_skipped_silently(self):
        self.release("older-entry", start=None, services=None)
        result = self.verify()
        finding = self.assert_broken(result, "pending", also=["history", "schema-parity"])
        self.assert_matches(finding["title"], "never ran|did not run|was not run|not applied")
        self.assertTrue(finding["migration"])
        parity = result.findings("schema-parity")[0]
        self.assertRegex(parity["title"], "exists only after a fresh install$")
        self.assertEqual(parity["migration"], "0002_notes")

    def test_which_of_two_migrations_did_it(self):
        # both in one transaction, and Drizzle writes no name into its ledger
        self.release("clean-up", start=None, services=None)
        result = self.verify()
        finding, = result.findings("destructive")
        self.assertEqual((finding["table"], finding["column"], finding["migration"]), ("books", "isbn", "1774900000000"))

    def test_which_of_two_migrations_fails(self):
        # the first of them is rolled back as well, and no log names any
        self.release("not-null", start=None, services=None)
        finding = self.assert_broken(self.verify(), "new-migrate", table="books", column="isbn")
        self.assertEqual(finding["migration"], "0003_isbn")

    def test_an_edited_migration_is_never_noticed(self):
        self.release("edited", start=None, services=None)
        result = self.verify()
        self.assert_broken(result, "history", also=["schema-parity"], title=re.compile("edited"))
        self.assertEqual(result.findings("schema-parity")[0]["migration"], "0001_reservations")

    def test_two_migrators_one_fails_with_a_duplicate_key_in_the_catalog(self):
        self.release("races", "checks: {concurrent: error, rerun: off}\n", start=None, services=None)
        finding = self.assert_broken(self.verify(), "concurrent")
        self.assert_matches(finding["title"], "one fails: .*(already exists|duplicate key)")

    def test_two_migrators_with_a_lock(self):
        self.release("locked", "checks: {concurrent: error, rerun: off}\n", start=None, services=None)
        result = self.verify()
        self.assert_sound(result)
        self.assertEqual(result.check("concurrent")["outcome"], "passed")

    def test_running_ten_times_equals_once(self):
        self.release("seed-repeats", start=None, services=None)
        self.assert_broken(self.verify(), "rerun", table="books")

    def test_a_service_that_is_missing(self):
        self.release(services=None)
        result, _ = self.in_vain(lambda seconds: self.verify("--timeout", f"{seconds}s"), "start", "REDIS_URL", 10)
        finding = self.assert_broken(result, "start")
        self.assert_matches(finding["title"] + finding["detail"], "REDIS_URL")

    def test_a_service_that_is_never_ready(self):
        self.release(services=f'{{redis: {{image: "{REDIS}", ready: {{tcp: 6380}}}}}}')
        for timeout in ("2s", "60s"):  # the second for a machine that did not start it within the first
            result = self.verify("--timeout", timeout, status=UNKNOWN)
            if "refused" in result.err:
                break
        self.assert_matches(result.err, "the service redis of .* did not become ready; seen last: .*refused")

    def test_stopped_while_services_run(self):
        self.release()
        running = self.start("verify")
        self.running_container(REDIS)
        running.send(15)
        self.assertEqual(running.wait().status, 128 + 15)
        self.assert_nothing_left()
