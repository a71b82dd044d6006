"""A job of GitHub Actions as its runner plays it: the steps of action.yml as bash scripts, with the files, variables
and expressions that GitHub documents, and what the runner would read out of them.

Sources: GitHub Docs "Metadata syntax", "Workflow commands", "Default environment variables"; actions/runner
src/Runner.Worker/{ActionCommandManager,FileCommandManager}.cs."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUMMARY_MAX = 1 << 20
OUTPUT_MAX = 1 << 20
COMMAND = re.compile(r"^\s*::([A-Za-z-]+)(?: ([^:]*(?:::)??))?::(.*)$")


class Step:
    """What one step did: its exit status, output, annotations, outputs and summary."""

    def __init__(self, step_id):
        self.id, self.status, self.log, self.summary = step_id, None, "", ""
        self.outputs, self.annotations, self.commands, self.paths = {}, [], [], []


def unescape(text):
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")


def read_commands(log, step):
    """Workflow commands of a log, with those between stop-commands and its token left out."""
    token = None
    for line in log.splitlines():
        if token is not None:
            token = None if line.strip() == f"::{token}::" else token
            continue
        if re.search(r"##\[[a-z-]+", line, re.IGNORECASE):
            step.commands.append(("##", line))
        found = COMMAND.match(line)
        if not found:
            continue
        name, properties, text = found.groups()
        step.commands.append((name, line))
        if name == "stop-commands":
            token = text
        elif name in ("error", "warning", "notice"):
            step.annotations.append((name, unescape(properties or ""), unescape(text)))


def read_outputs(path):
    """name=value, or name<<DELIMITER with lines until it; anything else fails the step."""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    assert len(text) <= OUTPUT_MAX, "outputs are over the limit"
    lines, found = text.split("\n"), {}
    while lines and (lines[0] or len(lines) > 1):
        line = lines.pop(0)
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, delimiter = line.split("<<", 1)
            value = []
            while lines and lines[0] != delimiter:
                value.append(lines.pop(0))
            assert lines, f"no end of the value of {name}"
            lines.pop(0)
            found[name] = "\n".join(value)
        else:
            assert equals > 0, f"neither name=value nor name<<DELIMITER: {line!r}"
            found[line[:equals]] = line[equals + 1:]
    return found


class Job:
    """One use of the action in a work folder. github: members of the github context; event: the event file."""

    def __init__(self, folder, workspace, event=None, github=None, env=None, action=ROOT):
        self.temp = folder / "runner temp"  # blanks are allowed there
        self.temp.mkdir(exist_ok=True)
        self.workspace, self.action = workspace, pathlib.Path(action)
        self.github = {"action_ref": "", "action_repository": "", "token": "ghs_job", **(github or {})}
        self.env = {**(env or {}), "CI": "true", "GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(self.temp),
                    "RUNNER_OS": "Linux", "GITHUB_WORKSPACE": str(workspace),
                    "GITHUB_ACTION_PATH": str(self.action), "GITHUB_ACTION_REPOSITORY": "", "GITHUB_ACTION_REF": ""}
        if event is not None:
            path = self.temp / "event.json"
            path.write_text(json.dumps(event))
            self.env.update(GITHUB_EVENT_NAME="release", GITHUB_EVENT_PATH=str(path), GITHUB_REF_TYPE="tag",
                            GITHUB_REF_NAME=event["release"]["tag_name"])
        self.steps = {}
        self.metadata = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))

    def value(self, text, inputs):
        """A text with its expressions replaced."""
        def replace(found):
            path = found.group(1).strip().split(".")
            if path[0] == "inputs":
                return inputs[path[1]]
            if path[0] == "github":
                return self.github[path[1]]
            assert path[0] == "steps" and path[2] == "outputs", path
            step = self.steps.get(path[1])
            return step.outputs.get(path[3], "") if step else ""

        return re.sub(r"\$\{\{(.*?)\}\}", replace, str(text))

    def wanted(self, condition, failed, inputs):
        if condition is None:
            return not failed
        found = re.fullmatch(r"\$\{\{ always\(\) && (\S+) != '' \}\}", condition)
        assert found, f"a condition that this runner cannot evaluate: {condition}"
        return self.value("${{" + found.group(1) + "}}", inputs) != ""

    def run(self, given=None, on_start=None):
        """All steps of the action. @return its outputs; the steps stay in self.steps"""
        given = {name: str(value) for name, value in (given or {}).items()}
        unknown = set(given) - set(self.metadata["inputs"])
        assert not unknown, f"not inputs of the action: {unknown}"
        inputs = {name: given.get(name, self.value(spec.get("default", ""), {}))
                  for name, spec in self.metadata["inputs"].items()}
        failed, self.ran = False, []
        for number, spec in enumerate(self.metadata["runs"]["steps"]):
            if not self.wanted(spec.get("if"), failed, inputs):
                continue
            step = Step(spec.get("id", f"step{number}"))
            self.steps[step.id] = step
            self.ran.append(step)
            self.run_step(spec, step, inputs, on_start)
            failed = failed or step.status != 0
        self.status = next((step.status for step in self.ran if step.status != 0), 0)
        return {name: self.value(spec["value"], inputs) for name, spec in self.metadata["outputs"].items()}

    def run_step(self, spec, step, inputs, on_start=None):
        assert spec["shell"] == "bash" and "${{" not in spec["run"], spec
        files = {}
        for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"):
            handle, files[name] = tempfile.mkstemp(dir=self.temp)
            os.close(handle)
        script = pathlib.Path(files["GITHUB_OUTPUT"] + ".sh")
        script.write_text(spec["run"])
        env = {**self.env, **{name: self.value(value, inputs) for name, value in spec.get("env", {}).items()}, **files}
        folder = self.workspace / self.value(spec.get("working-directory", "."), inputs)
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script), cwd=folder,
                                       env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
            if on_start:
                on_start(step, process)
            step.status = process.wait(timeout=180)
            log.seek(0)
            step.log = log.read().decode("utf-8", errors="replace")
        read_commands(step.log, step)
        step.outputs = read_outputs(files["GITHUB_OUTPUT"])
        step.summary = pathlib.Path(files["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
        assert len(step.summary.encode()) <= SUMMARY_MAX, "the summary is over the limit"
        assert not pathlib.Path(files["GITHUB_ENV"]).read_text(), "a variable was set for later steps"
        step.paths = pathlib.Path(files["GITHUB_PATH"]).read_text().splitlines()

    @property
    def log(self):
        return "\n".join(f"--- {step.id}: {step.status}\n{step.log}" for step in self.ran)
