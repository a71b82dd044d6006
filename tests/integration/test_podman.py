"""A volume on Podman, whose archive API shows and takes it another way than Docker's."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import RUN_SECONDS, SeatrialTest, docker, fixture, wait_until

# No cgroup or limit of systemd is needed, so it also runs inside a container. Locks and networks of
# another Podman on this machine are left alone.
CONTAINERS_CONF = """[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "{folder}/tmp"
[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
"""
IMAGES = ("6", "7", "not-null-rebuild", "rerun-differs", "owned-6", "owned-7", "unowned-6", "unowned-7",
          "beside-6", "beside-7", "refreshed-7")
# The name that Podman gives to a loaded image that names no registry.
LOCAL = "localhost/seatrial-fixture/notes"


class Podman:
    """A Podman of its own: images, containers, configuration and socket in a temporary folder."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="seatrial-podman-"))
        config = self.folder / "containers.conf"
        config.write_text(CONTAINERS_CONF.format(folder=self.folder), encoding="utf-8")
        self.url = f"unix://{self.folder}/podman.sock"
        self.command = ("podman", "--root", str(self.folder / "root"), "--runroot", str(self.folder / "run"))
        self.env = {**os.environ, "CONTAINERS_CONF": str(config), "TMPDIR": str(self.folder)}
        self.env.pop("DOCKER_HOST", None)
        self.log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen((*self.command, "system", "service", "--time=0", self.url),
                                        env=self.env, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log)

    def await_answer(self):
        wait_until(lambda: self.process.poll() is not None
                   or docker("-H", self.url, "version", check=False), RUN_SECONDS, "an answer of Podman")
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "log").read_text(encoding="utf-8", errors="replace"))

    def load(self, names):
        archive = self.folder / "images.tar"
        docker("save", "-o", str(archive), *(fixture(name) for name in names))
        docker("-H", self.url, "load", "-i", str(archive))
        archive.unlink()

    def mounts(self):
        """What is mounted in its folder, the innermost first."""
        lines = pathlib.Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
        paths = [line.split()[1] for line in lines]
        return [path for path in reversed(paths) if path.startswith(f"{self.folder}/")]

    def stop(self):
        self.process.terminate()
        self.process.wait(RUN_SECONDS)
        self.log.close()
        # not "system reset": that also removes what lies outside of these folders
        subprocess.run((*self.command, "rm", "--all", "--force", "--time=0"), env=self.env,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=60, check=False)
        for mounted in self.mounts():
            subprocess.run(("umount", mounted), check=False)
        left = self.mounts()
        if left:
            raise AssertionError(f"still mounted: {left}")
        shutil.rmtree(self.folder, ignore_errors=True)


@unittest.skipUnless(shutil.which("podman") and os.geteuid() == 0, "needs podman, and root to run it")
class PodmanTest(SeatrialTest):
    @classmethod
    def setUpClass(cls):
        cls.podman = Podman()
        cls.addClassCleanup(cls.podman.stop)
        cls.podman.await_answer()
        cls.podman.load(IMAGES)
        before = os.environ.get("DOCKER_HOST")
        os.environ["DOCKER_HOST"] = cls.podman.url  # for the harness, too
        if before is None:
            cls.addClassCleanup(os.environ.pop, "DOCKER_HOST")
        else:
            cls.addClassCleanup(os.environ.__setitem__, "DOCKER_HOST", before)

    def upgrade(self, name, **replace):
        self.config(**{"image": LOCAL, "candidate": f'{{tag: "7", image: "{LOCAL}:{name}"}}', **replace})
        result = self.verify("--engine", self.podman.url)
        self.assert_nothing_left(result)
        return result

    def users(self, kind, database):
        return self.upgrade(f"{kind}-7", tag=f'"{kind}-{{tag}}"', releases='{source: list, list: ["6"]}',
                            database=database)

    def test_good_candidate(self):
        result = self.upgrade("7")
        self.assert_sound(result)
        self.assertEqual(result.path["migrations"]["applied"], ["007_slugs", "008_reminders"])
        self.assertEqual(result.path["data"]["rows"], 10)
        self.assertIn("0 applied, 8 in all", result.step("rerun")["log_tail"])

    def test_broken_migration(self):
        result = self.upgrade("not-null-rebuild")
        self.assert_broken(result, "new-migrate", title=re.compile("NOT NULL"))

    def test_second_run_differs(self):
        self.assert_broken(self.upgrade("rerun-differs"), "rerun")

    def test_user_owns_the_folder_in_the_image(self):
        self.assert_sound(self.users("owned", "{sqlite: /app/data/app.db}"))

    def beside(self, name):
        return self.upgrade(name, tag='"beside-{tag}"', releases='{source: list, list: ["6"]}',
                            text="migrations: /app/data/migrations\nchecks: {pending: off}\n")

    def test_what_the_volume_hides(self):
        finding = self.assert_broken(self.beside("beside-7"), "volume-shadow", also=["schema-parity"])
        self.assertIn("migrations/007_slugs.sql", finding["title"])

    def test_what_the_image_brings_into_the_volume_itself(self):
        self.assert_sound(self.beside("refreshed-7"))

    def test_owner_of_the_volume(self):
        self.assert_sound(self.users("unowned", '{sqlite: /app/data/app.db, owner: "1000:1000"}'))

    def test_user_of_the_run(self):
        result = self.upgrade("7", user='"1000:1000"',
                              database='{sqlite: /app/data/app.db, owner: "1000:1000"}')
        self.assert_sound(result)

    def test_user_that_the_copy_does_not_belong_to(self):
        # the image says root; its folder is a user's, whom the run names: the second run is to write, too
        self.make_image("named-6", "owned-6")
        self.make_image("named-7", "owned-7")
        self.assert_sound(self.upgrade("named-7", tag='"named-{tag}"', user='"1000:1000"',
                                       releases='{source: list, list: ["6"]}',
                                       database="{sqlite: /app/data/app.db}"))

    def test_user_by_name(self):
        self.make_image("named-7", "owned-7", user="notes")
        self.assert_sound(self.upgrade("named-7", tag='"owned-{tag}"',
                                       releases='{source: list, list: ["6"]}',
                                       database="{sqlite: /app/data/app.db}"))

    def make_image(self, name, base, user="root"):
        """An image of another's files with another user."""
        container = docker("create", f"{LOCAL}:{base}", "none")
        # Podman's own program: Docker's sends a request that Podman 4.3 cannot read
        subprocess.run((*self.podman.command, "commit", "--quiet", "--change", f"USER {user}", container,
                        f"{LOCAL}:{name}"), env=self.podman.env, stdin=subprocess.DEVNULL,
                       capture_output=True, timeout=60, check=True)
        docker("rm", container)
        self.addCleanup(docker, "image", "rm", f"{LOCAL}:{name}", check=False)
