"""The five systems: each is verified with a few lines, and each trap of its hand-written version has a test."""

import importlib
import shutil

from compose_system import make_repository
from harness import ROOT, SOUND, SeatrialTest

# What goes wrong with the hand-written versions, and the test that shows that it does not here.
TRAPS = {
    "volume": {
        "no previous release is an empty string that arrives as two quotes; the first release is blocked":
            "test_upgrade.NothingTest.test_no_previous_release_does_not_block_the_first_release",
        "the next element of an unsorted first page is taken for the previous release: a back-port, a "
        "prerelease, a draft or a newer version":
            "test_releases.TrapTest.test_the_next_element_of_an_unsorted_first_page_is_not_the_previous_release",
        "beyond item 30 it silently finds none":
            "test_releases.TrapTest.test_beyond_item_30_the_previous_release_is_found",
        "a release that failed the check stays published without an image; every later check then fails on it":
            "test_images.RegistryTest.test_a_release_that_stays_published_without_an_image_is_passed_over",
        "an empty database hides NOT NULL failures":
            "test_upgrade.TrapTest.test_an_empty_database_hides_not_null_failures",
        "an empty database hides UNIQUE failures":
            "test_upgrade.TrapTest.test_an_empty_database_hides_unique_failures",
        "exit 0 hides a schema that differs from a fresh install because a shipped migration was edited":
            "test_upgrade.TrapTest.test_exit_0_hides_that_a_shipped_migration_was_edited",
        "all data sits in -wal: copying the one file copies an empty database":
            "test_upgrade.TrapTest.test_all_data_sits_in_wal",
        "no timeout":
            "test_upgrade.BrokenTest.test_a_migration_that_hangs_meets_the_timeout",
        "fixed container names, clean-up only on success, dirty data folder on the next run":
            "test_upgrade.TrapTest.test_no_fixed_names_no_clean_up_only_on_success_no_dirty_data",
        "a fresh named volume belongs to root, and an image with another user cannot write to it":
            "test_upgrade.UserTest.test_a_fresh_named_volume_belongs_to_root",
    },
    "startup": {
        "two replicas: one exits":
            "test_startup.TrapTest.test_two_replicas_one_exits",
        "a slow migration meets the liveness probe":
            "test_startup.TrapTest.test_a_slow_migration_meets_the_liveness_probe",
        "a container killed by stop exits 1, which means nothing":
            "test_startup.TrapTest.test_a_container_killed_by_stop_exits_1_which_means_nothing",
        "a back-ported migration with an older timestamp fails only on upgrade":
            "test_startup.TrapTest.test_a_back_ported_migration_with_an_older_timestamp_fails_only_on_upgrade",
        "the old image on a newer database reports success: a test run the wrong way round looks green":
            "test_startup.TrapTest.test_the_old_image_on_a_newer_database_reports_success",
        "only the new image can undo its own migrations":
            "test_startup.TrapTest.test_only_the_new_image_can_undo_its_own_migrations",
    },
    "deploy": {
        "output is swallowed, and a migration that exits 3 was reported as completed":
            "test_deploy.TrapTest.test_a_migration_that_exits_3_is_not_completed_and_its_output_is_kept",
        "an engine that could not be reached was turned into exit 0":
            "test_deploy.TrapTest.test_an_engine_that_could_not_be_reached_is_not_exit_0",
        "grep '\"migrate\"' package.json also matches a dependency of that name":
            "test_deploy.TrapTest.test_a_dependency_called_migrate_is_no_script",
        "timeout 600 docker run bounds nothing when the process ignores TERM":
            "test_deploy.TrapTest.test_the_timeout_bounds_a_process_that_ignores_term",
    },
    "admin": {
        "exit 0 of the default command proves nothing":
            "test_postgres.TrapTest.test_exit_0_of_the_default_command_proves_nothing",
        "squashing shipped migrations: previously applied but is missing":
            "test_postgres.TrapTest.test_squashing_shipped_migrations",
        "status text must be judged, its exit status is no evidence":
            "test_postgres.TrapTest.test_status_text_is_judged_its_exit_status_is_no_evidence",
        "some breaks are announced: they are accepted with a reason, visibly":
            "test_postgres.TrapTest.test_announced_breaks_are_accepted_with_a_reason",
    },
    "compose": {
        "an entry older than the newest applied one is skipped silently, exit 0":
            "test_compose_system.ComposeTest.test_an_entry_older_than_the_newest_applied_one_is_skipped_silently",
        "an edited migration is never noticed":
            "test_compose_system.ComposeTest.test_an_edited_migration_is_never_noticed",
        "two migrators: one fails with a duplicate key in the catalog":
            "test_compose_system.ComposeTest.test_two_migrators_one_fails_with_a_duplicate_key_in_the_catalog",
        "pg_isready over the socket is true while the init server runs and the database does not exist yet":
            "test_postgres.ServerTest.test_pg_isready_over_the_socket_is_true_before_the_database_exists",
    },
}


class TrapTableTest(SeatrialTest):
    def test_every_trap_has_its_test(self):
        for system, traps in TRAPS.items():
            for trap, name in traps.items():
                with self.subTest(f"{system}: {trap}"):
                    module, kind, test = name.split(".")
                    self.assertTrue(callable(getattr(getattr(importlib.import_module(module), kind), test)))


class ExampleTest(SeatrialTest):
    """fixtures/SYSTEM/seatrial.yaml: ten lines at most, the comments among them."""

    def example(self, system, *flags, folder=None, **more):
        path = ROOT / "fixtures" / system / "seatrial.yaml"
        self.assertLessEqual(len(path.read_text(encoding="utf-8").splitlines()), 10)
        if folder:
            path = shutil.copy(path, folder)
        result = self.verify("--config", str(path), *flags, status=SOUND, seconds=240, **more)
        self.assert_sound(result)
        self.assertEqual(result.report["warnings"], [])
        self.assertTrue(result.path["migrations"]["applied"])
        return result

    def test_volume(self):
        self.example("volume")

    def test_startup(self):
        self.assertEqual(self.example("startup").check("rollback")["outcome"], "passed")

    def test_deploy(self):
        # the deployment before is known to whoever deploys
        self.example("deploy", "--releases-list", "3f1c2ab", "--from", "3f1c2ab")

    def test_admin(self):
        self.assertIn("5/installed audit", self.example("admin").step("status")["log_tail"])

    def test_compose(self):
        folder = make_repository(self.folder / "library")
        result = self.example("compose", folder=folder, env={"DOCKER_BUILDKIT": "0"})
        self.assertEqual(result.check("start")["outcome"], "passed")
