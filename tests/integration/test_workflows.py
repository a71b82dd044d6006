"""Workflows, the action and the templates of ci/: validated by SchemaStore's schemas, action-validator and
actionlint, and by shellcheck; what can be run of them is run."""

import json
import os
import re
import shutil
import subprocess
import unittest

import yaml

from harness import FIXTURE, MIGRATE_TEXT, ROOT, SEATRIAL, SeatrialTest, fixture
from test_action import NAME, Downloads, release_files

VALIDATORS = ROOT / "tests/integration/validators"
# a folder that several test runs may share: npm makes it once
CACHE = ROOT / ".cache/npm/validators"


def blocks(path, language="yaml"):
    """Fenced blocks of a Markdown page."""
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / path).read_text(), re.MULTILINE | re.DOTALL)


def workflows_to_paste():
    return [text for text in blocks("README.md") if re.search(r"^jobs:", text, re.MULTILINE)]


class ValidatorTest(SeatrialTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lock = (VALIDATORS / "package-lock.json").read_bytes()
        stamp = CACHE / "complete"
        if not stamp.exists() or stamp.read_bytes() != lock:
            shutil.rmtree(CACHE, ignore_errors=True)
            CACHE.mkdir(parents=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(VALIDATORS / name, CACHE)
            subprocess.run(("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"), cwd=CACHE,
                           check=True, capture_output=True, timeout=300)
            stamp.write_bytes(lock)

    def validator(self, path):
        return subprocess.run((CACHE / "node_modules/.bin/action-validator", path), capture_output=True, text=True,
                              timeout=60, check=False)

    def lint(self, *paths, schema="workflow"):
        """What ajv with SchemaStore's schema and actionlint find, as text."""
        pairs = []
        for number, path in enumerate(paths):
            document = self.folder / f"{number}.json"
            # GitHub's YAML is 1.2: "on" is no boolean
            document.write_text(json.dumps({"on" if key is True else key: value
                                            for key, value in yaml.safe_load(path.read_text()).items()}))
            pairs.append(f"{path}={document}")
        done = subprocess.run(("node", VALIDATORS / "lint.mjs", ROOT / f"fixtures/schemas/github-{schema}.schema.json",
                               *pairs), capture_output=True, text=True, timeout=60,
                              env={**os.environ, "VALIDATORS": str(CACHE)}, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def assert_valid(self, path):
        done = self.validator(path)
        self.assertEqual((done.returncode, done.stderr), (0, ""), f"{path}: {done.stdout}")

    def workflow(self, text, name="pasted.yml"):
        folder = self.folder / ".github/workflows"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_text(text)
        return path

    def test_the_action(self):
        self.assert_valid(ROOT / "action.yml")
        self.assertEqual(self.lint(ROOT / "action.yml", schema="action"), "")

    def test_our_workflows(self):
        found = sorted((ROOT / ".github/workflows").glob("*.yml"))
        self.assertEqual([path.name for path in found], ["ci.yml", "fuzz.yml", "release.yml"])
        self.assertEqual(self.lint(*found), "")

    def test_workflows_of_the_readme(self):
        found = workflows_to_paste()
        self.assertGreaterEqual(len(found), 2)
        for number, text in enumerate(found):
            path = self.workflow(text, f"{number}.yml")
            self.assert_valid(path)
            self.assertEqual(self.lint(path), "")

    def test_the_validators_find_something(self):
        path = self.workflow("on: push\njobs:\n  a:\n    steps: [{run: x}]\n")
        self.assertNotEqual(self.validator(path).returncode, 0)
        found = self.lint(path)
        self.assertRegex(found, "schema: /jobs/a")
        self.assertRegex(found, "syntax-check: .*runs-on")
        action = self.folder / "action.yml"
        action.write_text("name: x\ndescription: x\nruns: {using: composite, steps: [{run: x}]}\n")
        self.assertNotEqual(self.validator(action).returncode, 0)
        self.assertRegex(self.lint(action, schema="action"), "schema: /runs")

    def test_no_expression_in_a_command(self):
        texts = [ROOT / "action.yml", *(ROOT / ".github/workflows").glob("*.yml")]
        documents = [yaml.safe_load(path.read_text()) for path in texts]
        documents += [yaml.safe_load(text) for text in workflows_to_paste()]
        steps = [step for document in documents
                 for job in (document.get("jobs") or {"": document["runs"]}).values() for step in job["steps"]]
        self.assertGreater(len(steps), 15)
        for step in steps:
            self.assertNotIn("${{", step.get("run", ""))

    def test_every_input_is_mapped_and_every_setting_a_flag_of_the_program(self):
        action = yaml.safe_load((ROOT / "action.yml").read_text())
        env = {value for step in action["runs"]["steps"] for value in step["env"].values()}
        used = {name for value in env for name in re.findall(r"inputs\.([\w-]+)", value)} | {"working-directory"}
        self.assertEqual(used, set(action["inputs"]))
        helped = subprocess.run((SEATRIAL, "verify", "--help"), capture_output=True, text=True, check=True).stdout
        script = (ROOT / "ci/action-run").read_text()
        flags = set(re.findall(r"^flags? (--[\w-]+)", script, re.MULTILINE))
        self.assertGreater(len(flags), 12)
        for flag in flags:
            self.assertRegex(helped, rf"(?m)^ +(-\w, )?{flag}\b")


class ShellTest(unittest.TestCase):
    def test_shellcheck(self):
        found = [path for folder in ("ci", "scripts", ".ci") for path in (ROOT / folder).iterdir()
                 if path.is_file() and path.read_bytes()[:64].split(b"\n")[0].endswith((b"bash", b"/sh", b"steps"))
                 or path.name in ("lib.sh", "action-lib.sh")]
        self.assertGreater(len(found), 12)
        done = subprocess.run(("shellcheck", *sorted(found)), cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertEqual((done.stdout, done.returncode), ("", 0))


class TemplateTest(SeatrialTest):
    ARGUMENTS = {
        "SEATRIAL_IMAGE": FIXTURE, "SEATRIAL_PULL": "never", "SEATRIAL_SOURCE": "list", "SEATRIAL_RELEASES_LIST": "6",
        "SEATRIAL_CANDIDATE_TAG": "7", "SEATRIAL_MIGRATE": MIGRATE_TEXT, "SEATRIAL_SQLITE": "/app/data/app.db"}

    def sh(self, *command, status, **env):
        done = subprocess.run(command, cwd=self.folder, env={**self.env, **env}, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120, check=False)
        self.assertEqual(done.returncode, status, f"{command}\n{done.stdout}{done.stderr}")
        return done

    def verdict(self):
        return json.loads((self.folder / "seatrial-reports/report.json").read_text())["verdict"]

    def test_gate_passes_on_the_exit_status(self):
        for candidate, status, verdict in (("7", 0, "sound"), ("not-null-rebuild", 1, "broken")):
            with self.subTest(candidate):
                self.sh("sh", ROOT / "ci/gate.sh", "--candidate", fixture(candidate), status=status,
                        SEATRIAL_PROGRAM=SEATRIAL, **self.ARGUMENTS)
                self.assertEqual(self.verdict(), verdict)

    def test_gate_downloads_and_verifies(self):
        program = b"#!/bin/sh\necho ran \"$@\"\n"
        files = {path.replace("/acme/seatrial/releases", ""): body
                 for path, body in release_files("v1.2.3", program).items()}
        downloads = Downloads(files)
        self.addCleanup(downloads.stop)
        env = {"SEATRIAL_DOWNLOADS": downloads.url, "SEATRIAL_RELEASE": "v1.2.3"}
        done = self.sh("sh", ROOT / "ci/gate.sh", "--rows", "5", status=0, **env)
        self.assertIn("ran verify --report json=seatrial-reports/report.json --rows 5", done.stdout)
        files[f"/download/v1.2.3/{NAME}"] = program + b"\n"
        done = self.sh("sh", ROOT / "ci/gate.sh", status=3, **env)
        self.assertIn("wrong checksum", done.stderr)
        self.assertNotIn("ran", done.stdout)
        self.sh("sh", ROOT / "ci/gate.sh", status=3, **{**env, "SEATRIAL_RELEASE": "v9.9.9"})
        self.sh("sh", ROOT / "ci/gate.sh", status=2, **{**env, "SEATRIAL_RELEASE": "v1/../../x"})

    def test_gitlab(self):
        job = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text())
        self.assertEqual(list(job), [".seatrial"], "hidden, so that it runs only where it is extended")
        job = job[".seatrial"]
        self.assertEqual(set(job), {"stage", "image", "services", "variables", "rules", "before_script", "script",
                                    "artifacts"})
        self.assertEqual((job["artifacts"]["when"], job["artifacts"]["reports"]),
                         ("always", {"junit": "seatrial-reports/report.xml"}))
        self.assertIn(os.path.dirname(job["artifacts"]["reports"]["junit"]), job["artifacts"]["paths"])
        # every variable of ours in it is a setting's, or the script's
        helped = subprocess.run((SEATRIAL, "schema"), capture_output=True, text=True, check=True).stdout
        self.assertIn('"image"', helped)
        for name in job["variables"]:
            self.assertRegex(name, "^(DOCKER_|GIT_DEPTH$|SEATRIAL_(IMAGE|DOWNLOADS)$)")
        shutil.copy(ROOT / "ci/gate.sh", self.folder)
        self.sh("sh", "-e", "-c", "\n".join(job["script"]), status=1, SEATRIAL_PROGRAM=SEATRIAL, GITLAB_CI="true",
                SEATRIAL_CANDIDATE=fixture("not-null-rebuild"), **self.ARGUMENTS)
        self.assertEqual(self.verdict(), "broken")
        self.assertIn("<failure", (self.folder / job["artifacts"]["reports"]["junit"]).read_text())

    def test_woodpecker(self):
        document = yaml.safe_load((ROOT / "ci/woodpecker.yml").read_text())
        self.assertEqual([step["name"] for step in document["steps"]], ["seatrial"])
        step = document["steps"][0]
        self.assertEqual(set(step), {"name", "image", "environment", "volumes", "commands"})
        (self.folder / "ci").mkdir()
        shutil.copy(ROOT / "ci/gate.sh", self.folder / "ci")
        hostile = "7;touch x"
        self.sh("sh", "-e", "-c", step["commands"][-1], status=0, SEATRIAL_PROGRAM="/bin/echo", CI_COMMIT_TAG=hostile)
        self.assertFalse((self.folder / "x").exists())

    def test_jenkins(self):
        text = (ROOT / "ci/Jenkinsfile").read_text()
        for pair in ("{}", "()", "[]"):
            self.assertEqual(text.count(pair[0]), text.count(pair[1]))
        commands = re.findall(r"^\s*sh (.*)$", text, re.MULTILINE)
        self.assertEqual(len(commands), 1)
        self.assertRegex(commands[0], r"^'[^']*'$", "single quotes: Groovy must put nothing into the command")
        self.assertIn("junit testResults: 'seatrial-reports/report.xml'", text)


class SelfGateTest(SeatrialTest):
    def gate(self, *programs, status=0):
        done = subprocess.run((ROOT / "ci/self-gate", *programs), env=self.env, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=300, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stderr

    def test_against_a_previous_release(self):
        said = self.gate(SEATRIAL, SEATRIAL)
        for words in ("7 is sound", "not-null-rebuild is broken", "reports .* are read", "left-overs .* are removed"):
            self.assertRegex(said, words)

    def test_a_program_that_lets_everything_through_is_stopped(self):
        program = self.folder / "seatrial"
        program.write_text("#!/bin/sh\nfor a; do case $a in json=*) echo '{\"verdict\": \"sound\"}' >\"${a#json=}\" ;; esac; done\n")
        program.chmod(0o755)
        self.assertIn("not-null-rebuild: exit status 0, not 1", self.gate(program, status=1))
