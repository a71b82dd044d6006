"""What a person sees: the program in a terminal (tmux), where it redraws, and in a pipe, where it does not."""

import os
import shlex
import subprocess
import tempfile
import time

from harness import RUN_SECONDS, SEATRIAL, SeatrialTest, fixture, wait_until

# Slow enough to be seen at work, with nothing but what the image has.
DOCKERFILE = f"""FROM {fixture("7")}
LABEL one=1
RUN ["bun", "-e", "await Bun.sleep(4000)"]
RUN ["bun", "-e", "await Bun.sleep(1500)"]
"""


class Terminal:
    """A command in a terminal of its own, with a server of its own."""

    def __init__(self, test, command, columns, env):
        self.socket = tempfile.mktemp(prefix="tmux-", dir=test.folder)
        words = " ".join(f"{key}={shlex.quote(value)}" for key, value in env.items())
        # not run before the window has its size
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", "40",
                  f"cd {test.folder} && env {words} {shlex.join(command)}; echo ENDED $?; sleep 600")
        test.addCleanup(self.tmux, "kill-server")

    def tmux(self, *arguments):
        return subprocess.run(("tmux", "-S", self.socket, *arguments), capture_output=True, text=True,
                              check=False, timeout=30, env={**os.environ, "LANG": "C.UTF-8", "TMUX": ""}).stdout

    def screen(self, *arguments):
        return self.tmux("capture-pane", "-p", *arguments).rstrip("\n")

    def until(self, text, seconds=RUN_SECONDS):
        try:
            wait_until(lambda: text in self.screen(), seconds, text)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.screen()}") from None
        return self.screen()


class TerminalTest(SeatrialTest):
    def terminal(self, *arguments, columns=100, env=None):
        terminal = Terminal(self, [SEATRIAL, *arguments], columns, {**self.env, **(env or {})})
        # the program's process, so that what it leaves behind is known as ours
        shell = wait_until(lambda: terminal.tmux("display-message", "-p", "#{pane_pid}").strip(), RUN_SECONDS, "a shell")
        child = wait_until(lambda: subprocess.run(("pgrep", "-P", shell, "-f", "seatrial"), capture_output=True,
                                                  text=True, check=False).stdout.split(), RUN_SECONDS, "the program")
        self.processes.update(int(pid) for pid in child)
        return terminal

    def test_bars_and_times_until_all_has_ended(self):
        (self.folder / "Dockerfile").write_text(DOCKERFILE)
        self.config(candidate='{tag: "7", build: .}')
        terminal = self.terminal("verify")
        screen = terminal.until("step 3 of ")
        self.assertRegex(screen, r"build .*\[=+> +\]  step 3 of \d+  \d")
        screen = terminal.until("ENDED")
        self.assertIn("ENDED 0", screen)
        self.assertNotIn("step 3 of ", screen)
        self.assertNotIn("[=", screen)
        # every line that was said once stands there once, none is overwritten, and the result comes last
        for step in ("old-migrate", "new-migrate", "rerun"):
            self.assertEqual(screen.count(f"6 -> 7: {step}:"), 1, screen)
        self.assertLess(screen.rindex("6 -> 7: rerun:"), screen.index("SOUND"), screen)

    def test_narrow(self):
        self.config()
        terminal = self.terminal("verify", columns=40)
        terminal.until("ENDED 0")
        lines = terminal.screen().splitlines()
        self.assertEqual([line for line in lines if line.endswith("old-migrate  0.1 s")], [])
        self.assertTrue(any(line.startswith("SOUND") for line in lines), lines)

    def test_colours(self):
        self.config()
        for env, arguments, colored in (({}, (), True), ({"NO_COLOR": "1"}, (), False), ({}, ("--color", "never"), False)):
            with self.subTest(env=env, arguments=arguments):
                terminal = self.terminal("verify", *arguments, env=env)
                terminal.until("ENDED 0")
                self.assertEqual("\x1b[" in terminal.screen("-e"), colored, terminal.screen("-e"))
                terminal.tmux("kill-server")

    def test_quiet(self):
        self.config()
        terminal = self.terminal("verify", "-q")
        began, seen = time.monotonic(), set()
        while "ENDED" not in terminal.screen() and time.monotonic() < began + RUN_SECONDS:
            seen.update(terminal.screen().splitlines())
        self.assertIn("ENDED 0", terminal.screen())
        self.assertEqual([line for line in seen if line.startswith("6 -> 7: ")], [])

    def test_interrupted(self):
        (self.folder / "Dockerfile").write_text(DOCKERFILE)
        self.config(candidate='{tag: "7", build: .}')
        terminal = self.terminal("verify")
        terminal.until("step 3 of ")
        terminal.tmux("send-keys", "C-c")
        screen = terminal.until("ENDED")
        self.assertNotIn("[=", screen)

    def test_pipe(self):
        """Plain lines as they happen, whatever the variables of the terminal say."""
        self.config()
        result = self.seatrial("verify", "-v", env={"TERM": "xterm-256color", "COLUMNS": "40"})
        self.assertEqual(result.status, 0, result)
        self.assertNotIn(b"\x1b", result.raw_err + result.raw_out)
        self.assertNotIn(b"\r", result.raw_err + result.raw_out)
        for line in result.err.splitlines():
            self.assertRegex(line, r"^\[ *\d+\.\d s\] ")
        self.assertRegex(result.err, r"6 -> 7: new-migrate \| ")  # -v: what the container wrote
