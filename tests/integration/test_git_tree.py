"""No image of the old release: it is built from the git tree of its tag."""

import os
import shutil
import signal
import subprocess
import uuid

from harness import (MIGRATE_TEXT, ROOT, RUN_LABEL, RUN_SECONDS, SOUND, UNKNOWN, USAGE, SeatrialTest, docker,
                     docker_lines, objects, wait_until)

VOLUME = ROOT / "fixtures" / "volume"
# the base has no shell
DOCKERFILE = """FROM seatrial-fixture/bun:base
WORKDIR /app
COPY . .
RUN ["bun", "-e", "const fs = require('fs'); if (!(fs.statSync('run.sh').mode & 0o100) || !fs.lstatSync('link').isSymbolicLink() || fs.existsSync('secret.env')) throw 'not as in the tree'"]
CMD ["bun", "run", "src/migrations.ts", "up"]
"""
FAILS = """RUN ["bun", "-e", "console.error('what is wrong'); process.exit(7)"]\n"""
NAMES = ("seatrial-release", "seatrial-candidate")


class GitTreeTest(SeatrialTest):
    exclusive = True
    dockerfile = DOCKERFILE

    def setUp(self):
        super().setUp()
        temporary = self.folder / "tmp"
        temporary.mkdir()
        self.temporary = temporary
        self.env.update(TMPDIR=str(temporary), GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="Alice",
                        GIT_AUTHOR_EMAIL="alice@example.com", GIT_COMMITTER_NAME="Alice",
                        GIT_COMMITTER_EMAIL="alice@example.com")
        self.repository = self.folder / "notes"
        self.repository.mkdir()
        self.git("init", "--quiet")

    def git(self, *args, folder=None):
        done = subprocess.run(("git", *args), cwd=folder or self.repository, env=self.env, capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, f"git {args}: {done.stderr}")
        return done.stdout

    def put(self, releases, context=""):
        """The application with the files of these releases, later ones over earlier ones."""
        folder = self.repository / context
        shutil.rmtree(folder / "src", ignore_errors=True)
        shutil.rmtree(folder / "migrations", ignore_errors=True)
        shutil.copytree(VOLUME / "app", folder, dirs_exist_ok=True)
        for release in releases:
            shutil.copytree(VOLUME / "releases" / release, folder, dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("base", "Dockerfile"))
        (folder / "Dockerfile").write_text(self.dockerfile)
        (folder / ".dockerignore").write_text("secret.env\n")
        (folder / "secret.env").write_text("TOKEN=hunter2\n")
        (folder / "run.sh").write_text("#!/bin/sh\n")
        (folder / "run.sh").chmod(0o755)
        if not (folder / "link").is_symlink():
            (folder / "link").symlink_to("run.sh")

    def commit(self, tag):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", f"release {tag}")
        self.git("tag", tag)

    def releases(self, context="", candidate=("5", "6", "7")):
        self.put(("5",), context)
        self.commit("5")
        self.put(("5", "6"), context)
        self.commit("6")
        self.put(candidate, context)

    def settings(self, context="notes", **replace):
        self.config(**{"image": None, "releases": None,
                       "candidate": f'{{tag: "7", build: {{context: {context}}}}}', **replace})

    def assert_clean(self, result):
        self.assert_nothing_left(result)
        self.assertEqual(os.listdir(self.temporary), [], result)
        found = [name for name in docker_lines("images", "--format", "{{.Repository}}:{{.Tag}}")
                 if name.startswith(NAMES)]
        run = (result.report or {}).get("run", {}).get("id", "no run")
        self.assertEqual([name for name in found if run in name], [], result)

    def test_sound(self):
        self.releases()
        self.settings()
        before = self.git("status", "--porcelain"), self.git("rev-parse", "HEAD")
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertEqual(result.path["from"]["tag"], "6")
        self.assertEqual(result.path["from"]["image"], "build of 6 (git tree)")
        self.assertRegex(result.path["from"]["digest"], "^sha256:[0-9a-f]{64}$")
        self.assertEqual(before, (self.git("status", "--porcelain"), self.git("rev-parse", "HEAD")))
        self.assert_clean(result)

    def test_broken(self):
        self.releases(candidate=("5", "6", "not-null-rebuild"))
        self.settings()
        result = self.verify()
        self.assert_broken(result, "new-migrate")
        self.assert_clean(result)

    def test_context_in_a_folder(self):
        """Of a repository with more in it, by a Dockerfile outside of the context."""
        self.releases(context="services/api")
        (self.repository / "services/api/Dockerfile").rename(self.repository / "api.Dockerfile")
        for tag in ("5", "6"):  # the same in the releases
            self.git("checkout", "--quiet", "--force", "-B", f"with-{tag}", tag)
            (self.repository / "services/api/Dockerfile").rename(self.repository / "api.Dockerfile")
            self.git("tag", "-d", tag)
            self.commit(tag)
        self.put(("5", "6", "7"), "services/api")
        (self.repository / "services/api/Dockerfile").unlink()
        self.settings(candidate='{tag: "7", build: {context: notes/services/api, '
                      'dockerfile: notes/api.Dockerfile}}',
                      releases="{from: last 2}")
        result = self.verify(status=SOUND)
        self.assertEqual([path["from"]["tag"] for path in result.report["paths"]], ["6", "5"])
        self.assert_clean(result)

    def test_plan_builds_nothing(self):
        mark = f"seatrial.test={uuid.uuid4()}"
        self.dockerfile = DOCKERFILE.replace("WORKDIR", f"LABEL {mark}\nWORKDIR", 1)
        self.releases()
        self.settings()
        for args in ((), ("--releases-only",)):
            plan = self.plan(*args).report
            self.assertEqual(plan["paths"][0]["from"],
                             {"tag": "6", "image": "build of 6 (git tree)", "digest": None})
        self.assertEqual(docker_lines("images", "-aq", "--filter", f"label={mark}"), [])

    def test_tag_that_the_clone_lacks(self):
        self.releases()
        self.settings(releases='{source: list, list: ["5", "6"]}')
        self.git("tag", "-d", "6")
        result = self.verify(status=SOUND)
        self.assertEqual(result.path["from"]["tag"], "5")
        over = result.report["passed_over"]
        self.assertEqual([item["tag"] for item in over], ["6"])
        self.assertIn("fetch-depth: 0", over[0]["reason"])
        result = self.verify("--missing-image", "error", status=UNKNOWN)
        self.assertIn("has no tag 6", result.err)
        self.assert_clean(result)

    def test_shallow_clone(self):
        self.releases()
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "candidate")
        self.git("clone", "--quiet", "--depth", "1", "--no-tags", f"file://{self.repository}", "shallow",
                 folder=self.folder)
        self.settings(context="shallow")
        result = self.verify(status=UNKNOWN)
        self.assertIn("shallow clone", result.err)
        self.settings(context="shallow", releases='{source: list, list: ["5", "6"]}')
        result = self.verify(status=UNKNOWN)
        self.assertIn("git fetch --tags", result.err)

    def test_tree_that_does_not_build(self):
        self.releases()
        self.git("stash", "--include-untracked", "--quiet")
        (self.repository / "Dockerfile").write_text(DOCKERFILE + FAILS)
        self.git("tag", "-d", "6")
        self.commit("6")
        (self.repository / "Dockerfile").write_text(DOCKERFILE)
        self.settings()
        result = self.verify(status=UNKNOWN)
        self.assertIn("what is wrong", result.err)
        self.assertIn("release 6", result.err)
        self.assert_clean(result)
        # the builder's own container has no label of ours
        self.assertNotIn("what is wrong", docker("ps", "-a", "--no-trunc", "--format", "{{.Command}}"))

    def test_killed(self):
        """What was built is taken away by the next run."""
        self.releases(candidate=("5", "6", "hang"))
        self.settings()
        running = self.start("verify")
        wait_until(lambda: any("-new-migrate" in name for name in
                               docker_lines("ps", "--format", "{{.Names}}", "--filter", f"label={RUN_LABEL}")
                               if self.is_ours("container", name)), RUN_SECONDS, "the candidate's step")
        running.send(signal.SIGKILL)
        running.wait()
        built = [name for name in objects()["image"] - self.before["image"] if self.is_ours("image", name)]
        self.assertEqual(sorted(name.partition(":")[0] for name in built), sorted(NAMES))
        self.plan()
        self.assert_nothing_left()

    def test_no_repository(self):
        self.put(("5", "6", "7"))
        shutil.rmtree(self.repository / ".git")
        self.settings(releases='{source: list, list: ["5", "6"]}')
        result = self.verify(status=USAGE)
        self.assertIn("is in no git repository", result.err)

    def test_neither_image_nor_build(self):
        self.config(image=None, migrate=MIGRATE_TEXT)
        result = self.verify(status=USAGE)
        self.assertIn("or give candidate.build", result.err)
