"""Experiments of one trial at the same time. scripts/test runs this with ThreadSanitizer as well."""

from harness import SOUND, SeatrialTest
from postgres import PostgresTest


class SideBySide:
    checks = ("concurrent", "rerun", "old-on-new", "fresh-install", "schema-parity")
    steps = {"concurrent", "rerun", "old-on-new", "fresh-install", "fresh-again"}

    def assert_made(self, result):
        self.assertLessEqual(self.steps, {step["name"] for step in result.path["steps"]}, result)
        for check in self.checks:
            self.assertIn(result.check(check)["outcome"], ("passed", "warned"), result)
        twins = [step for step in result.path["steps"] if step["name"] == "concurrent"]
        self.assertEqual(len(twins), 2, result)


class VolumeTest(SideBySide, SeatrialTest):
    def test_experiments(self):
        self.config('checks: {concurrent: error}\nsmoke: bun --version\n', releases='{source: list, list: ["6"]}')
        self.assert_made(self.verify("--verbose", status=SOUND))


class ServerTest(SideBySide, PostgresTest):
    def test_experiments(self):
        self.release(text="checks: {concurrent: error}\nsmoke: migrate-info\n")
        self.assert_made(self.verify("--verbose", status=SOUND))

    def test_copies_that_are_servers_of_their_own(self):
        self.release(text="checks: {concurrent: error}\nsmoke: migrate-info\n",
                     candidate="needs-superuser")
        self.assert_made(self.verify("--verbose", status=SOUND))
