"""Secrets stay secret; what an image prints and names stays data."""

import json

from github import GitHub
from harness import BROKEN, SOUND, UNKNOWN, SeatrialTest

KEY = "k3y-of-the-notes-9f8e7d"
TOKEN = "ghp_S3cretTokenOfTheTests0123456789"


class SecretTest(SeatrialTest):
    def everything_written(self, result):
        texts = [result.out, result.err]
        texts += [path.read_text(encoding="utf-8", errors="replace")
                  for path in self.folder.rglob("*") if path.is_file() and path.suffix in (".json", ".txt")]
        return "\n".join(texts)

    def test_env_file_value_in_the_log(self):
        (self.folder / ".env.ci").write_text(f"# of CI\nexport NOTES_API_KEY='{KEY}'\n")
        self.candidate("leaky", text="env_file: [.env.ci]\n")
        result = self.verify("-v", "-v", "--report", "console=console.txt", status=BROKEN)
        written = self.everything_written(result)
        self.assertNotIn(KEY, written)
        self.assertIn("***", written)
        # the image did get it
        self.assertNotIn("undefined", result.findings("new-migrate")[0]["detail"])

    def test_plan_hides_it_too(self):
        (self.folder / ".env.ci").write_text(f"NOTES_API_KEY={KEY}\n")
        self.config(text="env_file: [.env.ci]\n", migrate=f"bun run src/migrations.ts up --key {KEY}")
        for flags in (("--format", "json"), ()):
            result = self.seatrial("plan", *flags)
            self.assertEqual(result.status, SOUND, result)
            self.assertNotIn(KEY, result.out + result.err)

    def test_token_that_comes_back(self):
        echo = (403, {}, {"message": f"Bad credentials: {TOKEN}"})
        with GitHub([], answers=[echo] * 20) as server:
            self.config(releases=f'{{source: github, repository: acme/notes, api: "{server.url}"}}')
            result = self.verify("-v", "-v", env={"GITHUB_TOKEN": TOKEN}, status=UNKNOWN)
            self.assertIn(TOKEN, server.requests[0][1]["Authorization"])
        self.assertNotIn(TOKEN, self.everything_written(result))

    def test_token_is_not_given_to_images(self):
        self.candidate("leaky", text="")
        result = self.verify(env={"GITHUB_TOKEN": TOKEN, "NOTES_API_KEY": KEY}, status=BROKEN)
        # only what the configuration names reaches a container
        self.assertIn("key undefined was refused", result.findings("new-migrate")[0]["detail"])


class NetworkTest(SeatrialTest):
    """Where there is nothing to be reached, containers have no network; they know their own name all the same."""
    script = ("const own = await require('dns').promises.lookup(require('os').hostname());"
              "const names = Object.keys(require('os').networkInterfaces());"
              "console.log('own address', own.address, 'interfaces', names.join(' ')); process.exit(1);")

    def told(self, text=""):
        self.config(text=f"entrypoint: {json.dumps(['bun', '-e', self.script])}\n{text}")
        return self.verify(status=BROKEN).step("old-migrate")["log_tail"]

    def test_nothing_to_reach(self):
        self.assertRegex(self.told(), r"own address 127\.0\.1\.1 interfaces lo\n")

    def test_open(self):
        self.assertRegex(self.told("network: open\n"), r"own address (?!127\.)[0-9.]+ interfaces .*eth0")

    def test_what_is_started(self):
        told = self.told("start: {command: [bun, --version], ready: {exit: 0}}\n")
        self.assertRegex(told, r"own address (?!127\.)[0-9.]+ interfaces .*eth0")


class HostileTest(SeatrialTest):
    def assert_tame(self, text, escapes=False):
        """No terminal escape, no control character, no command of a CI runner."""
        self.assertNotIn("\r", text)
        for character in text:
            code = ord(character)
            if code < 32 and character not in "\n\t" and not (escapes and character == "\x1b"):
                self.fail(f"control character {code:#x} in {text[max(0, text.index(character) - 80):][:200]!r}")
            self.assertFalse(0x7f <= code < 0xa0, f"{code:#x}")
            self.assertNotIn(character, "\u202a\u202b\u202d\u202e\u2066\u2067\u2068", "text direction")
        self.assertNotIn("##[", text)
        for line in text.splitlines():
            self.assertFalse(line.lstrip().startswith("::"), line)

    def hostile(self, name, status, env=None):
        self.candidate(name)
        result = self.verify("-v", "--color", "never", env=env, status=status)
        result.raw_out.decode("utf-8")
        result.raw_err.decode("utf-8")
        self.assert_tame(result.out)
        self.assert_tame(result.err)
        text = (self.folder / "report.json").read_text(encoding="utf-8")
        self.assert_tame(text)
        return result

    def test_log(self):
        # test_ci reads what GitHub and GitLab are told
        for env in ({}, {"GITHUB_ACTIONS": "true", "SEATRIAL_CI": "off"}):
            with self.subTest(str(env)):
                result = self.hostile("hostile-log", BROKEN, env)
                finding = self.assert_broken(result, "new-migrate", migration="007_hostile_log")
                self.assertIn("last words", finding["title"] + finding["detail"])
                self.assertLess(len(json.dumps(result.report)), 1 << 20)
                self.assert_tame(finding["title"] + finding["detail"].replace("::", ""))

    def test_names(self):
        result = self.hostile("hostile-schema", SOUND)
        self.assert_sound(result)
        added = "\n".join(result.path["schema"]["added"])
        self.assertEqual(len([line for line in result.path["schema"]["added"]
                              if line.startswith("table ")]), 7, added)

    def test_hostile_settings_in_errors(self):
        result = self.seatrial("verify", "--from", "\x1b[31m::error::x\n::error::y")
        self.assert_tame(result.err)
        self.assertNotEqual(result.status, SOUND)

    def test_hostile_release_tags(self):
        tags = ["1.0.0", "\x1b[31m::error::", "$(reboot)", "../../etc/passwd", "a b", "v1.1.0;rm -rf"]
        with GitHub([{**release_of(tag)} for tag in tags]) as server:
            self.config(releases=f'{{source: github, repository: acme/notes, api: "{server.url}", '
                                 f'from: last 9}}', candidate='{tag: "2.0.0"}')
            for flags in (("--format", "json"), ()):
                result = self.seatrial("plan", "--releases-only", *flags)
                self.assert_tame(result.out)
                self.assert_tame(result.err)


def release_of(tag):
    from github import release
    return release(tag)
