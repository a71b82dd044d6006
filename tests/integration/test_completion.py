"""Completion scripts in the shells that read them, and the manual page through mandoc."""

import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest

import harness


def printed(*arguments):
    done = subprocess.run([harness.SEATRIAL, *arguments], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def tool(name):
    """A test without its shell would show nothing."""
    path = shutil.which(name)
    if not path:
        raise AssertionError(f"{name} is missing: scripts/setup installs it")
    return path


class CompletionTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "report.json").write_text("{}")

    def script(self, shell):
        path = self.folder / f"seatrial.{shell}"
        path.write_text(printed("completion", shell))
        return path

    # what is typed, what is offered (among others), what is not
    ROWS = [
        ("seatrial ver", ["verify", "version"], ["plan"]),
        ("seatrial verify --pu", ["--pull"], ["--image"]),
        ("seatrial verify --pull ", ["missing", "always", "never"], ["--pull"]),
        ("seatrial explain re", ["rerun"], ["pending"]),
        ("seatrial completion ", ["bash", "zsh", "fish"], []),
        ("seatrial report --format js", ["json"], ["console"]),
        ("seatrial report repo", ["report.json"], ["rerun"]),
        ("seatrial plan --format gi", ["github-matrix", "gitlab"], ["json"]),
    ]

    def bash(self, line):
        words = re.split(r"(=)|\s", line)
        words = [word for word in words if word] + ([""] if line.endswith((" ", "=")) else [])
        quoted = " ".join(f"'{word}'" for word in words)
        done = subprocess.run(
            [tool("bash"), "--norc", "-c",
             f"source '{self.script('bash')}'; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; "
             "_seatrial; printf '%s\\n' \"${COMPREPLY[@]}\""],
            capture_output=True, text=True, cwd=self.folder, check=True, timeout=60)
        self.assertEqual(done.stderr, "")
        return done.stdout.split("\n")[:-1]

    def fish(self, line):
        done = subprocess.run(
            [tool("fish"), "--no-config", "-c", f"source '{self.script('fish')}'; complete -C '{line}'"],
            capture_output=True, text=True, cwd=self.folder, check=True, timeout=60,
            env={**os.environ, "HOME": str(self.folder)})
        self.assertEqual(done.stderr, "")
        return [row.split("\t")[0] for row in done.stdout.splitlines()]

    def check(self, offers_of, rows):
        for line, wanted, unwanted in rows:
            offers = offers_of(line)
            self.assertEqual([word for word in wanted if word not in offers], [], f"{line}: {offers}")
            self.assertEqual([word for word in unwanted if word in offers], [], f"{line}: {offers}")

    def test_bash(self):
        self.check(self.bash, self.ROWS + [
            ("seatrial verify --pull=al", ["always"], ["never"]),
            ("seatrial verify --check rer", ["rerun="], ["rerun=off"]),
            ("seatrial verify --check rerun=", ["error", "warn", "off"], []),
            ("seatrial verify --check=rerun=w", ["warn"], ["off"]),
            ("seatrial verify --report json=repo", ["report.json"], []),
        ])

    def test_fish(self):
        self.check(self.fish, self.ROWS + [
            ("seatrial verify --check rer", ["rerun=off"], ["pending=off"]),
        ])

    def test_zsh(self):
        """In an interactive shell, as its completion has no other way in."""
        script = self.script("zsh")
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execve(tool("zsh"), ["zsh", "-f", "-i"],
                      {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TERM": "dumb", "PS1": "> "})
        self.addCleanup(os.waitpid, child, 0)
        self.addCleanup(os.close, terminal)

        def until(mark, seconds=60):
            seen, end = "", time.monotonic() + seconds
            while not re.search(mark, seen):
                self.assertLess(time.monotonic(), end, seen)
                if select.select([terminal], [], [], 0.2)[0]:
                    seen += os.read(terminal, 65536).decode(errors="replace")
            return seen

        os.write(terminal, f"autoload -U compinit; compinit -u -D; source {script}; "
                           "LISTMAX=1000; setopt no_auto_menu list_ambiguous; print rea''dy\n".encode())
        until(r"(?m)^ready")
        for typed, mark in [("seatrial verify --pul\t", r"--pull="), ("seatrial expl\t", "explain"),
                            ("seatrial verify --pull=alw\t", "always"), ("seatrial explain rer\t", "rerun"),
                            ("seatrial verify --check rer\t", "rerun="),
                            ("seatrial report rep\t", r"report\.json")]:
            os.write(terminal, typed.encode())
            until(mark)
            os.write(terminal, b"\x15")
        os.write(terminal, b"\nexit\n")


class ManTest(unittest.TestCase):
    def test_page(self):
        with tempfile.NamedTemporaryFile("w", suffix=".1") as page:
            page.write(printed("man"))
            page.flush()
            lint = subprocess.run([tool("mandoc"), "-Tlint", "-Wwarning", page.name], capture_output=True,
                                  text=True, check=False, timeout=60)
            self.assertEqual([line for line in lint.stdout.splitlines() if "missing date" not in line], [])
            text = subprocess.run([tool("mandoc"), "-Tascii", "-Owidth=120", page.name], capture_output=True,
                                  text=True, check=True, timeout=60).stdout
        text = re.sub(".\b", "", text)
        for word in ("--candidate-tag TAG", "SEATRIAL_CANDIDATE_TAG", "One of missing, always, never",
                     "data-survival (error, profile standard)", "explain [CHECK]", "EXIT STATUS"):
            self.assertIn(word, text)


if __name__ == "__main__":
    unittest.main()
