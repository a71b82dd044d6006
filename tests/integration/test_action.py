"""The action, step by step as GitHub's runner would: where the program comes from, what is told to it, and what a
release of a hostile name can do."""

import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import threading

import yaml

from github import REPOSITORY, GitHub, release
from harness import ROOT, SEATRIAL, SeatrialTest, fixture
from postgres import SERVER
from runner import Job

ARCH = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
NAME = f"seatrial-linux-{ARCH}"
VERSION = re.search(r"version: '(.*)'", (ROOT / "meson.build").read_text()).group(1)
PROGRAM = f"#!/bin/sh\ntouch \"$RAN\"\nprintf 'seatrial {VERSION}\\nreport format 1\\n'\n".encode()
HOSTILE = 'v1";touch x;$(touch x)\n::error::owned\r\n`touch x`'


class Downloads:
    """Releases as GitHub serves them, on the loopback interface. private: the token that it wants, or None."""

    def __init__(self, files, private=None, redirect=None):
        self.files, self.private, self.requests = files, private, []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                owner.requests.append((self.path, self.headers.get("Authorization")))
                body = owner.files.get(self.path)
                if body is None or (owner.private and
                                    self.headers.get("Authorization") != f"Bearer {owner.private}"):
                    return self.answer(404, b"Not Found")
                if redirect:
                    return self.answer(302, b"", Location=redirect + self.path)
                return self.answer(200, body)

            def answer(self, status, body, **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def release_files(tag=f"v{VERSION}", program=PROGRAM, checksum=None, repository="acme/seatrial"):
    base = f"/{repository}/releases/download/{tag}/{NAME}"
    checksum = checksum or hashlib.sha256(program).hexdigest()
    return {base: program, f"{base}.sha256": f"{checksum}  {NAME}\n".encode()}


class ActionTest(SeatrialTest):
    def serve(self, *args, **named):
        downloads = Downloads(*args, **named)
        self.addCleanup(downloads.stop)
        return downloads

    def job(self, event=None, github=None, **env):
        workspace = self.folder / "work"
        workspace.mkdir(exist_ok=True)
        return Job(self.folder, workspace, event, github, {**self.env, "RAN": str(self.folder / "ran"), **env})

    def errors(self, step):
        return [text for kind, _, text in step.annotations if kind == "error"]


class InstallTest(ActionTest):
    """The first step alone: the others have nothing to do with where the program is from."""

    def install(self, downloads, ref="", repository="acme/seatrial", **given):
        job = self.job(github={"action_ref": ref, "action_repository": repository},
                       GITHUB_SERVER_URL=downloads.url)
        job.metadata["runs"]["steps"] = job.metadata["runs"]["steps"][:1]
        job.run(given)
        step = job.steps["install"]
        self.assertEqual(step.status == 0, "program" in step.outputs, step.log)
        return step

    def assert_refused(self, step, pattern, ran=False):
        self.assertEqual(step.status, 3, step.log)
        self.assertEqual(len(self.errors(step)), 1, step.log)
        self.assertRegex(self.errors(step)[0], pattern)
        self.assertEqual((self.folder / "ran").exists(), ran, "a program that was refused must not run")

    def test_release_of_the_actions_own_ref(self):
        downloads = self.serve(release_files())
        sha = "0123456789abcdef0123456789abcdef01234567"
        major = VERSION.split(".", maxsplit=1)[0]
        for ref in (f"v{VERSION}", f"v{major}", sha):
            with self.subTest(ref):
                step = self.install(downloads, ref)
                self.assertEqual(step.status, 0, step.log)
                program = pathlib.Path(step.outputs["program"])
                self.assertEqual(program.read_bytes(), PROGRAM)
                self.assertTrue(os.access(program, os.X_OK))
                self.assertEqual(step.paths, [str(program.parent)])
                self.assertIn(f"seatrial {VERSION}", step.log)

    def test_given_version(self):
        downloads = self.serve(release_files())
        for version in (VERSION, f"v{VERSION}"):
            with self.subTest(version):
                step = self.install(downloads, "main", version=version)
                self.assertEqual(step.status, 0, step.log)

    def test_wrong_checksum(self):
        downloads = self.serve(release_files(checksum="0" * 64))
        self.assert_refused(self.install(downloads, f"v{VERSION}"), "wrong checksum.*was not run")

    def test_checksum_file_that_is_none(self):
        for text in (b"", b"<html>moved</html>\n"):
            files = release_files()
            files = {name: text if name.endswith(".sha256") else body for name, body in files.items()}
            with self.subTest(text):
                self.assert_refused(self.install(self.serve(files), f"v{VERSION}"), "checksum file .* is none")

    def test_checksum_that_the_workflow_gives(self):
        downloads = self.serve(release_files())
        right = hashlib.sha256(PROGRAM).hexdigest()
        self.assert_refused(self.install(downloads, f"v{VERSION}", sha256="1" * 64), "input sha256 says 111")
        self.assertEqual(self.install(downloads, f"v{VERSION}", sha256=right.upper()).status, 0)

    def test_no_such_release(self):
        self.assert_refused(self.install(self.serve({}), "v9.9.9"), "is there a release v9.9.9.*version: source")

    def test_another_release_than_was_asked_for(self):
        downloads = self.serve(release_files("v7.0.0"))
        self.assert_refused(self.install(downloads, version="v7.0.0"), f"v7.0.0 says .* seatrial {VERSION}", ran=True)

    def test_hostile_versions_and_names_reach_no_url_and_no_shell(self):
        downloads = self.serve(release_files())
        for version in (HOSTILE, "v1.2.3/../../x", "v1.2.3;touch x", "$(touch x)", "--config", "1.2.3\n"):
            with self.subTest(version):
                step = self.install(downloads, version=version)
                self.assert_refused(step, "input version")
        step = self.install(downloads, f"v{VERSION}", repository="a/b/../c\n")
        self.assert_refused(step, "repository of the action")
        self.assertEqual(downloads.requests, [])
        self.assertEqual(list((self.folder / "work").iterdir()), [])

    def test_the_token_goes_to_the_server_alone_and_only_when_it_is_needed(self):
        public = self.serve(release_files())
        self.install(public, f"v{VERSION}")
        self.assertEqual({token for _, token in public.requests}, {None})
        storage = self.serve(release_files())
        private = self.serve(release_files(), private="ghs_job", redirect=storage.url.replace("127.0.0.1", "localhost"))
        step = self.install(private, f"v{VERSION}")
        self.assertEqual(step.status, 0, step.log)
        self.assertIn("Bearer ghs_job", {token for _, token in private.requests})
        self.assertEqual({token for _, token in storage.requests}, {None})
        self.assertNotIn("ghs_job", step.log)
        elsewhere = self.serve(release_files(), private="ghs_job")
        step = self.install(public, f"v{VERSION}", **{"download-url": f"{elsewhere.url}/acme/seatrial/releases/download"})
        self.assertEqual(step.status, 3)
        self.assertEqual({token for _, token in elsewhere.requests}, {None})

    def test_plain_http_is_for_this_machine_alone(self):
        step = self.install(self.serve({}), f"v{VERSION}", **{"download-url": "http://127.0.0.1.example.com/x"})
        self.assert_refused(step, "cannot download")
        self.assertRegex(step.log, "(?i)protocol .?http.? .*not")

    def test_source(self):
        """A tree that is built already, so that the build has nothing to do but to be asked."""
        tree = self.folder / "tree"
        (tree / "scripts").mkdir(parents=True)
        for name in ("ci", "meson.build"):
            (tree / name).symlink_to(ROOT / name)
        for name in ("setup", "build"):
            script = tree / "scripts" / name
            script.write_text(f"#!/bin/sh\necho {name} \"$@\" >>\"$RAN\"\n")
            script.chmod(0o755)
        (tree / "build/src").mkdir(parents=True)
        shutil.copy(SEATRIAL, tree / "build/src/seatrial")
        for ref, given in (("main", {}), ("", {}), (f"v{VERSION}", {"version": "source"})):
            with self.subTest(ref):
                (self.folder / "ran").unlink(missing_ok=True)
                job = self.job(github={"action_ref": ref, "action_repository": "acme/seatrial"},
                               GITHUB_ACTION_PATH=str(tree))
                job.env["GITHUB_ACTION_PATH"] = str(tree)
                job.metadata["runs"]["steps"] = job.metadata["runs"]["steps"][:1]
                job.run(given)
                self.assertEqual(job.status, 0, job.log)
                self.assertEqual((self.folder / "ran").read_text(), "setup --build\nbuild\n")


class RunTest(ActionTest):
    """All steps with the real program on a real engine, and no configuration file."""

    def setUp(self):
        super().setUp()
        server = GitHub([release("5", "2024-01-01T00:00:00Z"), release("6", "2024-02-01T00:00:00Z")], token="ghs_job")
        self.addCleanup(server.stop)
        downloads = self.serve(release_files(program=pathlib.Path(SEATRIAL).read_bytes()))
        self.env.update(GITHUB_API_URL=server.url, GITHUB_REPOSITORY=REPOSITORY, GITHUB_SERVER_URL=downloads.url,
                        SEATRIAL_PULL="never")
        self.server = server

    def act(self, tag, given, on_start=None, published="2025-01-01T00:00:00Z"):
        event = {"action": "published", "release": release(tag, published),
                 "repository": {"full_name": REPOSITORY}}
        job = self.job(event, {"action_ref": f"v{VERSION}", "action_repository": "acme/seatrial"})

        def started(step, process):
            self.processes.add(process.pid)  # the script becomes the program
            if on_start:
                on_start(step, process)

        outputs = job.run(given, started)
        self.said += job.log
        self.assertNotIn("Sanitizer", job.log)
        return job, outputs

    def notes(self, candidate, tag="7", **given):
        return self.act(tag, {"image": "seatrial-fixture/notes", "candidate": fixture(candidate),
                              "sqlite": "/app/data/app.db", **given})

    def assert_outputs(self, job, outputs, **wanted):
        self.assertEqual({name: outputs[name] for name in wanted}, wanted, job.log)
        report = json.loads(pathlib.Path(outputs["report"]).read_text())
        self.assertEqual(report["verdict"], wanted["verdict"])
        self.assertEqual(pathlib.Path(outputs["report"]).parent, pathlib.Path(outputs["reports"]))
        return report

    def test_broken(self):
        job, outputs = self.notes("not-null-rebuild")
        self.assertEqual(job.status, 1, job.log)
        self.assert_outputs(job, outputs, verdict="broken", findings="1", **{"from": "6"})
        step = job.steps["run"]
        # without opening the log: one summary first, then the finding
        self.assertEqual([kind for kind, _, _ in step.annotations[:2]], ["error", "error"], job.log)
        self.assertRegex(step.annotations[1][2], "NOT NULL constraint failed")
        self.assertIn("NOT NULL constraint failed", step.summary)
        self.assertEqual({path.name for path in pathlib.Path(outputs["reports"]).iterdir()},
                         {"report.json", "report.html", "report.xml", "report.md"}, job.log)

    def test_hostile_tag(self):
        job, outputs = self.notes("7", HOSTILE)
        self.assertEqual(job.status, 0, job.log)
        self.assert_outputs(job, outputs, verdict="sound", findings="0", **{"from": "6"})
        self.assertEqual(list((self.folder / "work").iterdir()), [], "something ran")
        self.assertEqual([text for _, _, text in job.steps["run"].annotations if "owned" in text.split("\n")[0]], [])
        for step in job.ran:
            for name, line in step.commands:
                self.assertFalse(name == "error", line)

    def test_inputs_that_are_wrong_are_told(self):
        job, outputs = self.notes("7", profile="$(touch x)")
        self.assertEqual((job.status, outputs["verdict"]), (2, "unknown"), job.log)
        self.assertRegex(self.errors(job.steps["run"])[0], "profile")
        self.assertEqual(list((self.folder / "work").iterdir()), [])

    def test_cancelled(self):
        def cancel(step, process):
            if step.id == "run":
                threading.Thread(target=lambda: (self.running_container(), process.send_signal(signal.SIGINT)),
                                 daemon=True).start()

        job, _ = self.act("7", {"image": "seatrial-fixture/notes", "candidate": fixture("hang"),
                                "sqlite": "/app/data/app.db"}, cancel)
        self.assertEqual(job.status, 130, job.log)

    def test_eight_lines(self):
        """The workflow of the README, with the names of images that are there."""
        text = next(block for block in re.findall(r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text(),
                                                  re.MULTILINE | re.DOTALL) if "jobs:" in block)
        self.assertEqual(len(text.splitlines()), 8)
        steps = yaml.safe_load(text)["jobs"]["gate"]["steps"]
        self.assertEqual([step["uses"].split("@")[0] for step in steps], ["actions/checkout", "seatrial/seatrial"])
        given = steps[1]["with"]
        self.assertEqual(set(given), {"image", "postgres"})
        self.server.releases[:] = [release("v1.1.0", "2025-02-01T00:00:00Z"), release("v1.0.0")]
        (self.folder / "work").mkdir()
        (self.folder / "work/Dockerfile").write_text("FROM seatrial-fixture/prisma:v1.2.0\n")
        job, outputs = self.act("v1.2.0", {**given, "image": "seatrial-fixture/prisma", "postgres": SERVER},
                                published="2025-03-01T00:00:00Z")
        self.assertEqual(job.status, 0, job.log)
        report = self.assert_outputs(job, outputs, verdict="sound", findings="1", **{"from": "v1.1.0"})
        path = report["paths"][0]
        self.assertEqual([(step["name"], step["command"][-2:]) for step in path["steps"] if "migrate" in step["name"]],
                         [("old-migrate", ["migrate", "deploy"]), ("new-migrate", ["migrate", "deploy"])])
        self.assertEqual(path["migrations"]["applied"], ["20250518143000_visits_by_day"])
        # it makes an index, which nobody can write beside
        self.assertEqual([finding["check"] for finding in path["findings"]], ["locks"])
