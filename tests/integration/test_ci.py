"""What CI systems are told: read as their runners read it."""

import re

from harness import BROKEN, SOUND, USAGE, SeatrialTest

# Source: actions/runner, ActionCommand.TryParseV2 and TryParse; the old form counts anywhere in a line.
COMMAND = re.compile(r"^\s*::([^\s:]+)(?: ([^:]*(?:%3A)?[^:]*))?::(.*)$", re.DOTALL)
SECTION = re.compile(r"\x1b\[0Ksection_(start|end):(\d+):([\w.-]+)(?:\[collapsed=true\])?\r\x1b\[0K")


def unescaped(text, extra=()):
    for code, character in (*extra, ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def commands(text):
    """Those that GitHub's runner finds: (name, properties, message)."""
    found = []
    for line in text.split("\n"):
        match = COMMAND.match(line)
        if match:
            pairs = dict(pair.split("=", 1) for pair in (match[2] or "").split(",") if pair)
            properties = {key: unescaped(value, (("%3A", ":"), ("%2C", ","))) for key, value in pairs.items()}
            found.append((match[1], properties, unescaped(match[3])))
    return found


def outputs(text):
    """A runner's reading of GITHUB_OUTPUT."""
    values, lines = {}, text.split("\n")
    while len(lines) > 1:
        name, _, delimiter = lines.pop(0).partition("<<")
        value = []
        while lines[0] != delimiter:
            value.append(lines.pop(0))
        lines.pop(0)
        assert name not in values, name
        values[name] = "\n".join(value)
    return values


class GitHubTest(SeatrialTest):
    def setUp(self):
        super().setUp()
        self.output, self.summary = self.folder / "output", self.folder / "summary"
        self.actions = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(self.output),
                        "GITHUB_STEP_SUMMARY": str(self.summary)}

    def outputs(self):
        return outputs(self.output.read_text(encoding="utf-8"))

    def annotations(self, result):
        return [command for command in commands(result.err) if command[0] in ("error", "warning", "notice")]

    def test_broken(self):
        self.candidate("orphan")
        result = self.verify(status=BROKEN, env=self.actions)
        finding = result.findings("integrity")[0]
        self.assertEqual(self.outputs(), {"verdict": "broken", "report": str(self.folder / "report.json"),
                                          "from": "6", "findings": str(len(result.findings()))})
        first, second = self.annotations(result)[:2]
        self.assertEqual((first[0], first[1]["title"]), ("error", "Seatrial: BROKEN 6 -> 7"))
        self.assertIn(finding["title"], first[2])
        self.assertIn(finding["hint"], first[2])
        self.assertEqual((second[0], second[1]["title"]), ("error", "integrity (6 -> 7)"))
        summary = self.summary.read_text(encoding="utf-8")
        head = summary[:summary.index("| Upgrade |")]
        self.assertIn("BROKEN `6 -> 7`", head.split("\n")[0])
        self.assertIn(finding["hint"][:30], head)
        self.assertIn(f"table `{finding['table']}`", head)

    def test_sound(self):
        self.config()
        result = self.verify(status=SOUND, env=self.actions)
        self.assertEqual(self.outputs()["verdict"], "sound")
        self.assertEqual(self.outputs()["findings"], "0")
        self.assertEqual([command[0] for command in self.annotations(result)], ["notice"])
        self.assertEqual([command[0] for command in commands(result.out)], ["group", "endgroup"])

    def test_off(self):
        self.config()
        result = self.verify(status=SOUND, env={**self.actions, "SEATRIAL_CI": "off"})
        self.assertEqual(commands(result.out) + commands(result.err), [])
        self.assertFalse(self.output.exists() or self.summary.exists())

    def test_hostile_log(self):
        """A migration that writes commands: none of them is one, and ours stay ours."""
        self.candidate("hostile-log")
        result = self.verify("-v", status=BROKEN, env=self.actions)
        for text in (result.out, result.err):
            self.assertNotIn("##[", text)
            for name, properties, message in commands(text):
                self.assertIn(name, ("group", "endgroup", "error", "warning", "notice"))
                self.assertEqual(list(properties), [] if "group" in name else ["title"], message)
        groups = [name for name, _, _ in commands(result.out)]
        self.assertEqual(groups, ["group", "endgroup"] * (len(groups) // 2))
        self.assertEqual(self.outputs()["verdict"], "broken")

    def test_hostile_names_in_outputs(self):
        tag = "7\nverdict=sound\nx<<EOF"
        self.config(candidate='{tag: "7\\nverdict=sound\\nx<<EOF", image: "seatrial-fixture/notes:7"}')
        self.verify(env={**self.actions, "SEATRIAL_CANDIDATE_TAG": tag, "SEATRIAL_FROM": "6"})
        self.assertIn(self.outputs()["verdict"], ("sound", "unknown", "nothing-to-verify"))
        self.assertEqual(set(self.outputs()), {"verdict", "report", "from", "findings"})

    def test_summary_of_others_stays(self):
        self.config()
        self.summary.write_text("# of another program", encoding="utf-8")
        self.verify(status=SOUND, env=self.actions)
        text = self.summary.read_text(encoding="utf-8")
        self.assertTrue(text.startswith("# of another program\n## "), text[:100])

    def test_summary_that_is_nearly_full(self):
        self.config()
        for there in ((1 << 20) - 5000, (1 << 20) - 10, 1 << 20):
            self.summary.write_text("x" * there, encoding="utf-8")
            self.seatrial("verify", "--from", "nothing-such", env=self.actions)
            self.assertLessEqual(self.summary.stat().st_size, 1 << 20)

    def test_usage(self):
        self.config("cheks: {rerun: off}\n")
        result = self.seatrial("verify", env=self.actions)
        self.assertEqual(result.status, USAGE, result)
        self.assertEqual(self.outputs()["verdict"], "unknown")
        self.assertIn("cheks", self.annotations(result)[0][2])
        self.assertIn("cheks", self.summary.read_text(encoding="utf-8"))

    def test_files_that_cannot_be_written(self):
        """The gate is the exit status; that CI was not told is a warning."""
        self.config()
        result = self.verify(status=SOUND, env={**self.actions, "GITHUB_OUTPUT": "/no/such/file"})
        self.assertIn("GITHUB_OUTPUT", result.err)
        self.assertIn("SOUND", self.summary.read_text(encoding="utf-8"))


class GitLabTest(SeatrialTest):
    def test_sections(self):
        self.candidate("hostile-log")
        result = self.verify("-v", status=BROKEN, env={"GITLAB_CI": "true"})
        self.assertEqual(SECTION.findall(result.err), [])
        marks = SECTION.findall(result.out)
        names = [name for kind, _, name in marks if kind == "start"]
        self.assertEqual(names[:2], ["seatrial_path_1", "seatrial_path_1_step_1"])
        self.assertEqual(len(names), len(set(names)))
        open_now, times = [], {}
        for kind, seconds, name in marks:
            if kind == "start":
                open_now.append(name)
                times[name] = int(seconds)
            else:
                self.assertEqual(open_now.pop(), name)
                self.assertGreaterEqual(int(seconds), times[name])
        self.assertEqual(open_now, [])
        self.assertEqual(result.raw_out.count(b"\x1b"), 2 * len(marks))
