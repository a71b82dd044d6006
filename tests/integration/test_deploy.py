"""The Deploy step system: knex on Postgres, images tagged by commit, every variable in a file."""

import re
import shutil

from harness import BROKEN, ROOT, SOUND, UNKNOWN, SeatrialTest
from postgres import SERVER

SYSTEM = "seatrial-fixture/deploy"
ORDER = ("3f1c2ab", "8d04e7f", "4410387")
MIGRATE = ["npm", "run", "migrate"]
FIRST, EVENTS, STATUS = ("20260105090000_create_parcels.js", "20260212100000_create_events.js",
                         "20260320110000_add_status.js")


class DeployTest(SeatrialTest):
    def setUp(self):
        super().setUp()
        shutil.copy(ROOT / "fixtures/deploy/deployment.env", self.folder)

    def deploy(self, candidate, old="8d04e7f", tag=ORDER[2], status=SOUND, flags=(), **replace):
        """A deployment that says nothing of what migrates."""
        self.config(**{
            "image": SYSTEM,
            "migrate": None,
            "releases": f'{{source: list, list: ["{old}"], from: "{old}"}}',
            "candidate": f'{{tag: "{tag}", image: "{SYSTEM}:{candidate}"}}',
            "database": f'{{postgres: "{SERVER}"}}',
            "env_file": "[deployment.env]",
            **replace,
        })
        return self.verify(*flags, status=status)


class SoundTest(DeployTest):
    def test_good_candidate(self):
        result = self.deploy("4410387")
        self.assert_sound(result)
        self.assertEqual(result.path["from"]["tag"], "8d04e7f")
        for step in ("old-migrate", "new-migrate", "rerun"):
            self.assertEqual(result.step(step)["command"], MIGRATE)
        self.assert_migrations(result.path, [STATUS])
        self.assertNotIn("never \"shown\"", result.out + result.err + str(result.report))

    def test_script_of_another_name(self):
        result = self.deploy("db-migrate")
        self.assert_sound(result)
        self.assertEqual(result.step("old-migrate")["command"], MIGRATE)
        self.assertEqual(result.step("new-migrate")["command"], ["npm", "run", "db:migrate"])


class TrapTest(DeployTest):
    """What goes wrong with a hand-written deploy step."""

    def broken(self, candidate, **wanted):
        flags = wanted.pop("flags", ())
        result = self.deploy(candidate, status=BROKEN, flags=flags)
        self.assert_broken(result, "new-migrate", release="8d04e7f -> 4410387", **wanted)
        return result

    def test_a_migration_that_exits_3_is_not_completed_and_its_output_is_kept(self):
        result = self.broken("exits-3", table="senders", column="email",
                             title=re.compile('column "email".*contains null values'))
        step = result.step("new-migrate")
        self.assertEqual(step["exit_code"], 3)
        self.assertIn("parcels: the database stays as it was", step["log_tail"])

    def test_missing_file(self):
        self.broken("missing-file", also=["history"],
                    title=re.compile(f"migration directory is corrupt.*{EVENTS}"))

    def test_the_timeout_bounds_a_process_that_ignores_term(self):
        result, seconds = self.in_vain(
            lambda seconds: self.deploy("ignores-term", status=None, flags=("--timeout", f"{seconds}s")),
            "new-migrate", "waiting for a partner")
        self.assertEqual(result.status, BROKEN, result)
        self.assert_broken(result, "new-migrate", release="8d04e7f -> 4410387",
                           title=re.compile(rf"(?i)tim|{seconds} ?s"))
        self.assertIn("waiting for a partner", result.step("new-migrate")["log_tail"])

    def test_an_engine_that_could_not_be_reached_is_not_exit_0(self):
        result = self.deploy("4410387", status=UNKNOWN, flags=("--engine", "unix:///nowhere/docker.sock"))
        self.assertIn("/nowhere/docker.sock", result.err)
        self.assertNotIn("SOUND", result.out)

    def test_a_dependency_called_migrate_is_no_script(self):
        result = self.deploy("plain-new", old="plain-old")
        self.assertEqual(result.report["verdict"], "nothing-to-verify", result)
        self.assert_matches(result.out, "nothing to verify.*no migrations", result)
