"""What every integration test stands on: the real program, the real engine, nothing left behind."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEATRIAL = os.path.abspath(os.environ.get("SEATRIAL", ROOT / "build-sanitize/src/seatrial"))
FIXTURE = "seatrial-fixture/notes"
MIGRATE = ["bun", "run", "src/migrations.ts", "up"]
MIGRATE_TEXT = " ".join(MIGRATE)
RUN_LABEL = "seatrial.run"
# Longest that one run may take here; a hang is a failure, not a stuck test run.
RUN_SECONDS = 240

# Where a process id means what it says, as the program writes it on what it makes.
PLACE = (pathlib.Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip() + "/" +
         os.readlink("/proc/self/ns/pid"))

SOUND, BROKEN, USAGE, UNKNOWN = 0, 1, 2, 3


def docker(*args, check=True, env=None, timeout=120):
    """Output of a docker command, stripped."""
    done = subprocess.run(("docker", *args), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=env, timeout=timeout, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"docker {' '.join(args)}: {done.returncode}\n{done.stderr}")
    return done.stdout.strip()


def docker_lines(*args):
    return docker(*args).split()


def image_id(reference):
    return docker("image", "inspect", "--format", "{{.Id}}", reference)


def fixture(name):
    return f"{FIXTURE}:{name}"


def engine_url():
    return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")


def objects(label=RUN_LABEL):
    """Everything on the engine that carries a label, as {kind: set of names}; candidates that were built or
    loaded are known by their name, and those of one run by its id, which is their tag."""
    chosen = f"label={label}"
    run = label.partition("=")[2]
    return {
        "container": set(docker_lines("ps", "-aq", "--no-trunc", "--filter", chosen)),
        "volume": set(docker_lines("volume", "ls", "-q", "--filter", chosen)),
        "network": set(docker_lines("network", "ls", "-q", "--no-trunc", "--filter", chosen)),
        # by name: the same image may have other names, which are the user's
        "image": {name for filters in (("--filter", chosen), ("seatrial-candidate",))
                  for name in docker_lines("images", "--format", "{{.Repository}}:{{.Tag}}", *filters)
                  if not name.startswith("<none>") and (not run or name.endswith(f":{run}"))},
    }


def remove_objects(found):
    for kind, command in (("container", ("rm", "-fv")), ("volume", ("volume", "rm", "-f")),
                          ("network", ("network", "rm")), ("image", ("image", "rm", "-f"))):
        for name in found.get(kind, ()):
            docker(*command, name, check=False)


def wait_until(condition, seconds, what):
    """The first true value of condition(); polled often, because the moments that matter are short."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


class Result:
    """A finished run of the program."""

    def __init__(self, args, status, out, err, seconds):
        self.args, self.status, self.seconds = args, status, seconds
        self.raw_out, self.raw_err = out, err
        self.out = out.decode("utf-8", errors="replace")
        self.err = err.decode("utf-8", errors="replace")
        self.report = None

    @property
    def path(self):
        assert len(self.report["paths"]) == 1, self.report["paths"]
        return self.report["paths"][0]

    def check(self, check_id):
        found = [check for check in self.path["checks"] if check["id"] == check_id]
        assert len(found) == 1, f"check {check_id}: {self.path['checks']}"
        return found[0]

    def findings(self, check_id=None):
        return [finding for path in (self.report or {"paths": []})["paths"] for finding in path["findings"]
                if check_id is None or finding["check"] == check_id]

    def failed(self):
        """Checks of the only path that failed."""
        return [check["id"] for check in self.path["checks"] if check["outcome"] == "failed"] if self.report else []

    def step(self, name):
        found = [step for step in self.path["steps"] if step["name"] == name]
        assert len(found) == 1, f"step {name}: {[step['name'] for step in self.path['steps']]}"
        return found[0]

    def __str__(self):
        return (f"{' '.join(self.args)}\nexit status {self.status} after {self.seconds:.1f} s\n"
                f"--- stdout\n{self.out[-6000:]}\n--- stderr\n{self.err[-6000:]}")


class Running:
    """A run of the program that goes on."""

    def __init__(self, args, cwd, env):
        self.args, self.start = args, time.monotonic()
        self.out, self.err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self.process = subprocess.Popen((SEATRIAL, *args), cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                                        stdout=self.out, stderr=self.err)

    def send(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=RUN_SECONDS):
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"still running after {seconds} s: {self.finish(-1)}") from None
        return self.finish(status)

    def finish(self, status):
        texts = []
        for stream in (self.out, self.err):
            stream.seek(0)
            texts.append(stream.read())
            stream.close()
        return Result(self.args, status, *texts, time.monotonic() - self.start)

    def stop(self):
        """For clean-up: no matter how it ends."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class SeatrialTest(unittest.TestCase):
    """A test in an empty folder, with an environment of its own, that leaves nothing on the engine."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="seatrial-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        (self.folder / "home").mkdir()
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            **{name: os.environ[name] for name in
               ("DOCKER_HOST", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS") if name in os.environ},
        }
        self.processes = set()
        self.said = ""  # by all runs of this test
        self.before = objects()
        self.addCleanup(self.assert_nothing_left, remove=True)

    def assert_nothing_left(self, result="", remove=False):
        """Nothing is on the engine that the programs of this test made. Others may use the engine
        meanwhile: what they make is not ours to judge, and less to remove."""
        left = {}
        for kind, names in objects().items():
            ours = {name for name in names - self.before[kind] if self.is_ours(kind, name)}
            if ours:
                left[kind] = ours
        if remove:
            remove_objects(left)
        self.assertEqual(left, {}, f"left behind on the engine\n{result}")

    def is_ours(self, kind, name):
        """By the owner that the program writes on what it makes: place/process id/start time. A candidate
        that was loaded from an archive has only the labels it came with, and the run's id as its tag: it is
        ours when a run of this test said that id, and somebody else's in every other case."""
        labels = ".Config.Labels" if kind in ("container", "image") else ".Labels"
        owner = docker(kind, "inspect", "--format", f'{{{{index {labels} "seatrial.owner"}}}}', name,
                       check=False)
        if kind == "image" and "/" not in owner:
            return f"run {name.rpartition(':')[2]}," in self.said
        return any(owner.startswith(f"{PLACE}/{process}/") for process in self.processes)

    # --- configuration -------------------------------------------------------------------------------

    def config(self, text="", name="seatrial.yaml", **replace):
        """Write seatrial.yaml: the settings that most tests share, with single lines replaced by key; a
        value of None leaves the line out. Text is appended."""
        lines = {
            "image": FIXTURE,
            "pull": "never",
            "releases": '{source: list, list: ["5", "6"]}',
            "candidate": f'{{tag: "7", image: "{fixture("7")}"}}',
            "migrate": MIGRATE_TEXT,
            "database": "{sqlite: /app/data/app.db, volume: /app/data}",
            **replace,
        }
        written = [f"{key}: {value}\n" for key, value in lines.items() if value is not None]
        path = self.folder / name
        path.write_text("".join(written) + text)
        return path

    def candidate(self, name, tag="7", **replace):
        self.config(candidate=f'{{tag: "{tag}", image: "{fixture(name)}"}}', **replace)

    def assert_migrations(self, path, names):
        """These ran, are what is new in the candidate, and none is left."""
        found = path["migrations"]
        self.assertEqual((found["applied"], [one["name"] for one in found["new"]], found["pending"]),
                         (names, names, []))

    def tag(self, source, name):
        """A local image name for this test, gone after it."""
        docker("tag", source, name)
        self.addCleanup(docker, "image", "rm", name, check=False)
        return name

    def path_without_docker(self):
        """A PATH with everything but container tools."""
        folder = self.folder / "bin"
        folder.mkdir(exist_ok=True)
        for source in self.env["PATH"].split(":"):
            if not os.path.isdir(source):
                continue
            for name in os.listdir(source):
                if name.startswith(("docker", "podman", "buildah", "nerdctl")):
                    continue
                target = folder / name
                if not target.exists() and not target.is_symlink():
                    target.symlink_to(os.path.join(source, name))
        self.assertIsNone(shutil.which("docker", path=str(folder)))
        return str(folder)

    # --- running -------------------------------------------------------------------------------------

    def start(self, *args, env=None):
        running = Running(args, self.folder, {**self.env, **(env or {})})
        self.processes.add(running.process.pid)
        self.addCleanup(running.stop)
        return running

    def seatrial(self, *args, env=None, seconds=RUN_SECONDS):
        result = self.start(*args, env=env).wait(seconds)
        self.said += result.out + result.err
        self.assertNotIn(result.status, (98, 99, -6, -11, 134, 139), f"crashed: {result}")
        self.assertNotIn("Sanitizer", result.err, result)
        return result

    def verify(self, *args, status=None, env=None, seconds=RUN_SECONDS):
        """seatrial verify with a JSON report, which is read when there is one."""
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        result = self.seatrial("verify", "--report", "console=-", "--report", f"json={report}", *args,
                               env=env, seconds=seconds)
        if report.exists():
            result.report = json.loads(report.read_text(encoding="utf-8"))
        if status is not None:
            self.assertEqual(result.status, status, result)
        return result

    def in_vain(self, run, check, seen="", first=5):
        """What run(seconds) returned, and the seconds: a run that lasts as long as its timeout. It gets little, and
        more where that was not enough for a slow machine: all but this check is to pass, and its finding to have seen
        something."""
        for seconds in (first, 20, 80):
            result = run(seconds)
            if result.failed() == [check] and re.search(seen, json.dumps(result.findings(check)), re.DOTALL):
                break
        return result, seconds

    def plan(self, *args, status=SOUND, env=None):
        """seatrial plan --format json, parsed."""
        result = self.seatrial("plan", "--format", "json", *args, env=env)
        self.assertEqual(result.status, status, result)
        result.report = json.loads(result.out) if result.out.strip() else None
        return result

    # --- what is wanted ------------------------------------------------------------------------------

    def assert_matches(self, text, pattern, result=""):
        self.assertTrue(re.search(pattern, text, re.IGNORECASE | re.DOTALL),
                        f"nothing like {pattern!r} in:\n{text[-4000:]}\n{result}")

    def assert_sound(self, result):
        self.assertEqual(result.status, SOUND, result)
        self.assertEqual(result.report["verdict"], "sound", result)
        self.assertEqual([path["verdict"] for path in result.report["paths"]],
                         ["sound"] * len(result.report["paths"]))
        self.assertEqual([finding for finding in result.findings() if finding["level"] == "error"], [])

    def assert_broken(self, result, check_id, verdict="broken", status=BROKEN, also=(), **wanted):
        """One error-level check failed (and those of also), this one, with a finding that has the wanted members; a wanted
        compiled pattern is searched for."""
        self.assertIsNotNone(result.report, result)
        self.assertEqual(result.report["verdict"], verdict, result)
        self.assertEqual(result.failed(), [check_id, *also], result)
        found = result.findings(check_id)
        self.assertTrue(found, result)
        finding = found[0]
        for key, value in wanted.items():
            if isinstance(value, re.Pattern):
                self.assertRegex(finding[key] or "", value, finding)
            else:
                self.assertEqual(finding[key], value, finding)
        self.assertEqual(finding["level"], "error")
        self.assertTrue(finding["hint"], f"says nothing to do next: {finding}")
        self.assertEqual(result.status, status, result)
        return finding

    def running_container(self, image=None, seconds=RUN_SECONDS, since=None):
        """Wait for a running container of a run; its id."""
        since = since if since is not None else self.before["container"]

        def look():
            found = docker_lines("ps", "-q", "--no-trunc", "--filter", f"label={RUN_LABEL}",
                                 "--filter", "status=running",
                                 *(("--filter", f"ancestor={image}") if image else ()))
            # another test run may be at work with the same images
            fresh = (name for name in found if name not in since and self.is_ours("container", name))
            return next(fresh, None)

        return wait_until(look, seconds, f"a running container of {image or 'a run'}")


class MainPath:
    """For tests of how a run gets what it needs: without the experiments on an empty database, for which it would get
    all of it once more."""

    def verify(self, *args, **more):
        return super().verify("--check", "fresh-install=off", "--check", "schema-parity=off", *args, **more)


def label_of(container, label=RUN_LABEL):
    return docker("inspect", "--format", f'{{{{index .Config.Labels "{label}"}}}}', container)
