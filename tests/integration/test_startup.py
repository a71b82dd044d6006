"""The Start-up system: an application that migrates its Postgres itself when it starts (node-pg-migrate)."""

import re

from harness import UNKNOWN, USAGE, SeatrialTest
from postgres import SERVER

STARTUP = "seatrial-fixture/startup"
READY = "{http: {port: 3000, path: /healthz}}"


def startup(release):
    return f"{STARTUP}:{release}"


class StartupTest(SeatrialTest):
    def release(self, image="v1.2.0", *, old="v1.1.0", ready=READY, checked=False, text="", **replace):
        self.config(**{
            "image": STARTUP,
            "tag": '"checked-{tag}"' if checked else None,
            "releases": f"{{source: list, list: [{old}]}}",
            "candidate": f"{{tag: v1.2.0, image: \"{startup(image)}\"}}",
            "migrate": None,
            "database": f"{{postgres: \"{SERVER}\"}}",
            "start": f"{{ready: {ready}}}" if ready else "{}",
            **replace,
        }, text=text)

    def broken(self, candidate, check="new-migrate", **wanted):
        self.release(candidate, **wanted.pop("settings", {}))
        return self.assert_broken(self.verify(), check, **wanted)

    def not_ready(self, candidate, seen, check="new-migrate", **settings):
        """A candidate that does not get ready, and what is seen of it."""
        def run(seconds):
            self.release(candidate, text=f"timeout: {seconds}s\n", **settings)
            return self.verify()

        result, seconds = self.in_vain(run, check, seen)
        return self.assert_broken(result, check, title=re.compile(f"not ready within {seconds}.*{seen}"))


class StartTest(StartupTest):
    def test_good_release(self):
        self.release()
        result = self.verify()
        self.assert_sound(result)
        self.assertEqual(sorted(step["name"] for step in result.path["steps"]),
                         ["edge", "fresh-again", "fresh-install", "locks", "new-migrate", "old-migrate", "rerun",
                          "rerun-again"])
        self.assertEqual({step["end"] for step in result.path["steps"]}, {"stopped"})
        self.assertTrue(result.path["migrations"]["applied"])
        self.assertEqual(result.check("start")["outcome"], "skipped")

    def test_ready_by_healthcheck(self):
        self.release("checked-v1.2.0", checked=True, ready=None)
        self.assert_sound(self.verify())

    def test_without_a_healthcheck_it_says_how_to_be_ready(self):
        self.release(ready=None)
        result = self.verify(status=USAGE)
        self.assert_matches(result.err, "start.ready: .*HEALTHCHECK.*http")

    def test_ready_by_a_line_of_its_log(self):
        self.release(ready='{log: "listening"}')
        self.assert_sound(self.verify())

    def test_ready_by_tcp_waits_for_the_ledger(self):
        # it listens at once, and answers 503 until it has migrated
        self.release(ready="{tcp: 3000}")
        result = self.verify()
        self.assert_sound(result)
        self.assertTrue(result.path["migrations"]["applied"])

    def test_plan_says_how_it_migrates(self):
        self.release()
        found = self.plan().report["paths"][0]["migrate"]
        self.assertIn("start", found["found"])


class TrapTest(StartupTest):
    """What goes wrong with start-up migrations, by SYSTEMS' words."""

    def test_which_of_two_migrations_took_the_comments_along(self):
        finding = self.broken("clean-up", "data-survival", table="comments", migration="1773000000000_close-tickets")
        self.assert_matches(finding["detail"], "a key of comments follows this statement: DELETE FROM tickets")

    def test_a_back_ported_migration_with_an_older_timestamp_fails_only_on_upgrade(self):
        self.broken("back-ported", also=["history"], title=re.compile("(?i)order|preceding"))

    def test_not_null_over_what_the_old_release_wrote(self):
        self.broken("not-null", title=re.compile('contains null values'), table="tickets")

    def test_a_slow_migration_meets_the_liveness_probe(self):
        self.release("slow", checked=True, ready=None)
        result = self.verify()
        self.assert_sound(result)
        self.assertGreater(result.step("new-migrate")["duration_ms"], 7000)

    def test_a_container_killed_by_stop_exits_1_which_means_nothing(self):
        self.release("stop-exits-1")
        result = self.verify()
        self.assert_sound(result)
        self.assertEqual(result.step("new-migrate")["exit_code"], 1)

    def test_two_replicas_one_exits(self):
        # both wait for nothing: the second comes while the first still migrates
        self.release("slow", text="checks: {concurrent: error, rerun: off}\n")
        result = self.verify()
        self.assert_sound(result)
        self.assertEqual(result.check("concurrent")["outcome"], "warned")
        self.assert_matches(result.findings("concurrent")[0]["title"], "one fails.*started again it passes")

    def test_the_old_image_on_a_newer_database_reports_success(self):
        # the wrong way round: the old image is taken for the candidate
        self.release("v1.0.0", old="v1.2.0", candidate=f'{{tag: v1.3.0, image: "{startup("v1.0.0")}"}}')
        self.assert_broken(self.verify(), "vacuous", "unknown", UNKNOWN, also=["schema-parity"],
                           title=re.compile("wrong way round: .*create-comments"))

    def test_only_the_new_image_can_undo_its_own_migrations(self):
        self.release(text="rollback: npm run migrate:down\n")
        result = self.verify()
        self.assert_sound(result)
        self.assertEqual(result.check("rollback")["outcome"], "passed")
        undoing = ["rollback", "old-again", "new-again"]  # in this order, beside other experiments
        self.assertEqual([step["name"] for step in result.path["steps"] if step["name"] in undoing], undoing)

    def test_a_down_that_leaves_a_table_behind(self):
        self.release("bad-down", text="rollback: npm run migrate:down\n")
        result = self.verify()
        self.assert_sound(result)
        self.assertEqual(result.check("rollback")["outcome"], "warned")
        self.assert_matches(result.findings("rollback")[0]["title"], "does not lead back")


class ReadinessTest(StartupTest):
    def test_answers_500(self):
        self.not_ready("answers-500", "HTTP 500.*relation")

    def test_redirect_is_not_ready(self):
        self.not_ready("redirects", "redirect to /login")

    def test_exit_0_before_it_is_ready(self):
        finding = self.broken("exits-0")
        self.assert_matches(finding["title"] + finding["detail"], "ended before it was ready")

    def test_never_ready(self):
        self.not_ready("never-ready", "503")

    def test_a_new_mandatory_variable(self):
        self.broken("needs-variable", title=re.compile("TICKETS_SIGNING_KEY"))
        self.release("needs-variable", text="env: {TICKETS_SIGNING_KEY: topsecret-value}\n")
        self.assert_sound(self.verify())

    def test_migrations_behind_its_back(self):
        self.release("background")
        result = self.verify()
        self.assert_sound(result)
        self.assertGreater(result.step("new-migrate")["duration_ms"], 2500)


class CheckTest(StartupTest):
    """Beside a migrate command the application is started on the upgraded database."""

    MIGRATE = "node_modules/.bin/node-pg-migrate up"

    def beside(self, candidate="v1.2.0", **more):
        self.release(candidate, migrate=self.MIGRATE, **more)
        return self.verify()

    def test_start_beside_migrate(self):
        result = self.beside()
        self.assert_sound(result)
        self.assertEqual(result.check("start")["outcome"], "passed")
        self.assertEqual(result.step("start")["end"], "stopped")

    def test_start_fails(self):
        self.not_ready("answers-500", "HTTP 500.*relation", "start", migrate=self.MIGRATE)

    def test_another_image(self):
        result = self.beside(start=f'{{image: {STARTUP}, command: "node src/server.js", ready: {READY}}}')
        self.assert_sound(result)
        self.assertEqual(result.step("start")["image"], startup("v1.2.0"))
        result = self.beside(start=f'{{image: "{STARTUP}:no-such", ready: {READY}}}')
        self.assertEqual(result.status, UNKNOWN, result)
        self.assertIn("application that is started", result.err)
