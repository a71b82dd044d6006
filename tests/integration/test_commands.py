"""The other commands, the engine's address, and what is said about wrong input."""

import json
import time

from harness import (BROKEN, FIXTURE, MIGRATE, PLACE, ROOT, SOUND, UNKNOWN, USAGE, SeatrialTest, docker,
                     engine_url, fixture, image_id)
from relay import Relay


class PlanTest(SeatrialTest):
    def quiet_engine(self, function):
        """What a function returns; no container may have come to be meanwhile."""
        start = str(time.time())
        result = function()
        events = docker("events", "--since", start, "--until", str(time.time()), "--filter",
                        "type=container", "--filter", "label=seatrial.run").splitlines()
        self.assertEqual([event for event in events
                          if any(f"{PLACE}/{process}/" in event for process in self.processes)], [])
        return result

    def test_json(self):
        self.config(releases='{source: list, list: ["5", "6"], from: last 2}')
        report = self.quiet_engine(self.plan).report
        self.assertEqual(report["format"], 1)
        self.assertIsNone(report["verdict"])
        self.assertEqual(report["passed_over"], [])
        self.assertEqual(report["candidate"], {"tag": "7", "image": fixture("7"),
                                               "digest": image_id(fixture("7"))})
        self.assertEqual([path["id"] for path in report["paths"]], ["6 -> 7", "5 -> 7"])
        path = report["paths"][0]
        self.assertEqual(path["from"], {"tag": "6", "image": fixture("6"),
                                        "digest": image_id(fixture("6"))})
        self.assertEqual(path["database"], "sqlite /app/data/app.db")
        self.assertEqual(path["migrate"]["command"], MIGRATE)
        self.assertTrue(path["migrate"]["found"])
        self.assertEqual(path["checks"][:5],
                         ["old-migrate", "new-migrate", "vacuous", "integrity", "pending"])
        self.assertIn("rerun", path["checks"])
        self.assertNotIn("rollback", path["checks"])
        self.assertNotIn("concurrent", path["checks"])

    def test_text(self):
        self.config()
        result = self.quiet_engine(lambda: self.seatrial("plan"))
        self.assertEqual(result.status, SOUND, result)
        for word in ("6 -> 7", fixture("6"), fixture("7"), " ".join(MIGRATE), "/app/data", "rerun"):
            self.assertIn(word, result.out)

    def test_releases_only_needs_no_engine(self):
        self.config()
        result = self.plan("--releases-only", "--engine", "unix:///nonexistent/engine.sock")
        path = result.report["paths"][0]
        self.assertEqual(path["from"], {"tag": "6", "image": fixture("6"), "digest": None})
        text = self.seatrial("plan", "--releases-only", "--engine", "unix:///nonexistent/engine.sock")
        self.assertEqual(text.status, SOUND, text)
        self.assertIn("6 -> 7", text.out)

    def test_matrices(self):
        self.config(releases='{source: list, list: ["5", "6"], from: last 2}')
        result = self.seatrial("plan", "--releases-only", "--format", "github-matrix")
        self.assertEqual(result.status, SOUND, result)
        self.assertEqual([row["from"] for row in json.loads(result.out)["include"]], ["6", "5"])

    def test_nothing_to_verify(self):
        self.config(releases='{source: list, list: ["7"]}')
        self.assertEqual(self.plan().report["verdict"], "nothing-to-verify")


class EngineTest(SeatrialTest):
    def test_tcp(self):
        if not engine_url().startswith("unix://"):
            self.skipTest("the engine of this run is not on a socket")
        self.config()
        with Relay(engine_url().removeprefix("unix://")) as relay:
            result = self.verify("--engine", relay.url, status=SOUND)
            self.assert_sound(result)
            self.assertGreater(relay.connections, 0)
            result = self.verify(env={"DOCKER_HOST": relay.url}, status=SOUND)

    def test_unreachable(self):
        self.config()
        for flags, env, word in (
                (("--engine", "unix:///nonexistent/engine.sock"), {}, "/nonexistent/engine.sock"),
                (("--engine", "tcp://127.0.0.1:1"), {}, "127.0.0.1:1"),
                ((), {"DOCKER_HOST": "unix:///nonexistent/docker.sock"}, "/nonexistent/docker.sock"),
        ):
            with self.subTest(word):
                result = self.verify(*flags, env=env, status=UNKNOWN)
                self.assertIn(word, result.err)
                self.assertNotIn("nothing to verify", result.out.lower())
                self.assertGreater(len(result.err.strip().splitlines()), 0)
                if word == "127.0.0.1:1":
                    continue  # an engine on TCP is waited for: half a minute each
                doctor = self.seatrial("doctor", *flags, env=env)
                self.assertEqual(doctor.status, UNKNOWN, doctor)
                self.assertIn(word, doctor.out + doctor.err)

    def test_socket_that_is_no_engine(self):
        self.config()
        from github import GitHub
        with GitHub([]) as server:
            result = self.verify("--engine", server.url.replace("http", "tcp"), status=UNKNOWN)
            self.assertTrue(result.err.strip())


class DoctorTest(SeatrialTest):
    def test_all_is_well(self):
        self.config()
        result = self.seatrial("doctor")
        self.assertEqual(result.status, SOUND, result)
        version = docker("version", "--format", "{{.Server.APIVersion}}")
        self.assertIn(version, result.out)
        self.assert_matches(result.out, "engine")
        self.assertIn(fixture("7"), result.out)

    def test_release_source_is_ill(self):
        self.config(releases='{source: github, repository: acme/notes, api: "http://127.0.0.1:1"}')
        result = self.seatrial("doctor")
        self.assertEqual(result.status, UNKNOWN, result)
        self.assertIn("127.0.0.1:1", result.out + result.err)

    def test_image_is_missing(self):
        self.config(candidate='{tag: "7", image: "seatrial-test/not-there:7"}')
        result = self.seatrial("doctor")
        self.assertEqual(result.status, UNKNOWN, result)
        self.assertIn("seatrial-test/not-there:7", result.out + result.err)


class TalkTest(SeatrialTest):
    CHECKS = ("old-migrate", "new-migrate", "vacuous", "integrity", "pending", "data-survival",
              "destructive", "fresh-install", "schema-parity", "rerun", "locks", "edge-data")

    def test_version(self):
        result = self.seatrial("version")
        self.assertEqual(result.status, SOUND, result)
        self.assertRegex(result.out, r"^seatrial \d+\.\d+\.\d+")
        self.assertEqual(self.seatrial("--version").out, result.out)

    def test_help(self):
        result = self.seatrial("--help")
        self.assertEqual((result.status, result.err), (SOUND, ""))
        for word in ("verify", "plan", "diff", "doctor", "clean", "explain", "version"):
            self.assertIn(word, result.out)
            one = self.seatrial(word, "--help")
            self.assertEqual(one.status, SOUND, one)
            self.assertIn(word, one.out)
        for flag in ("--image", "--from", "--migrate", "--sqlite", "--timeout", "--report"):
            self.assertIn(flag, self.seatrial("verify", "--help").out)

    def test_explain(self):
        result = self.seatrial("explain")
        self.assertEqual(result.status, SOUND, result)
        for check in self.CHECKS:
            self.assertIn(check, result.out)
            one = self.seatrial("explain", check)
            self.assertEqual(one.status, SOUND, one)
            self.assertIn(check, one.out)
            self.assertGreater(len(one.out.splitlines()), 5)

    def test_readme_has_the_table_of_checks(self):
        readme = (ROOT / "README.md").read_text()
        for line in self.seatrial("explain").out.splitlines()[1:]:
            check, level, _, finds = line.split(None, 3)
            self.assertIn(f"| `{check}` | {level} | {finds} |\n", readme)

    def test_explain_names_the_nearest(self):
        result = self.seatrial("explain", "integrty")
        self.assertEqual(result.status, USAGE, result)
        self.assertIn("integrity", result.err)

    def test_schema(self):
        result = self.seatrial("schema")
        self.assertEqual(result.status, SOUND, result)
        schema = json.loads(result.out)
        self.assertIn("migrate", schema["properties"])
        self.assertIn("sqlite", result.out)

    def test_quiet(self):
        self.config()
        result = self.seatrial("verify", "-q")
        self.assertEqual(result.status, SOUND, result)
        self.assertEqual(result.err, "")
        self.assertIn("SOUND", result.out)

    def test_results_and_talk_are_apart(self):
        self.config()
        result = self.seatrial("verify", "--report", "json=-")
        self.assertEqual(json.loads(result.out)["verdict"], "sound")

    def test_color(self):
        self.config()
        self.assertIn("\x1b[", self.seatrial("verify", "--color", "always").out)
        self.assertNotIn("\x1b[", self.seatrial("verify").out)


class ReportTest(SeatrialTest):
    def test_render(self):
        self.candidate("orphan")
        self.verify("--report", "json=one.json", status=BROKEN)
        one = self.seatrial("report", "one.json", "--format", "json")
        self.assertEqual(one.status, SOUND, one)
        self.assertEqual(json.loads(one.out), json.loads((self.folder / "one.json").read_text()))
        console = self.seatrial("report", "one.json", "--format", "console")
        self.assertIn("BROKEN", console.out)

    def test_merge(self):
        self.candidate("orphan")
        self.verify("--from", "6", "--report", "json=one.json", status=BROKEN)
        self.verify("--from", "5", "--check", "integrity=off", "--report", "json=two.json", status=SOUND)
        both = self.seatrial("report", "one.json", "two.json", "--format", "json")
        self.assertTrue(both.out, both)
        merged = json.loads(both.out)
        self.assertEqual(merged["verdict"], "broken")
        self.assertEqual([path["id"] for path in merged["paths"]], ["6 -> 7", "5 -> 7"])

    def test_reports_of_different_candidates_are_not_merged(self):
        self.config()
        self.verify("--report", "json=one.json", status=SOUND)
        self.candidate("orphan")
        self.verify("--report", "json=two.json", status=BROKEN)
        both = self.seatrial("report", "one.json", "two.json", "--format", "json")
        self.assertEqual((both.status, both.out), (USAGE, ""), both)

    def test_a_file_that_is_no_report(self):
        (self.folder / "x.json").write_text('{"format": 99}')
        result = self.seatrial("report", "x.json")
        self.assertEqual(result.status, USAGE, result)
        self.assertIn("x.json", result.err)

    def test_folder_that_is_missing(self):
        self.config()
        result = self.seatrial("verify", "--report", "json=no/such/folder/report.json")
        self.assertIn(result.status, (USAGE, UNKNOWN), result)
        self.assertIn("no/such/folder", result.err)


class WrongInputTest(SeatrialTest):
    def wrong(self, text, *wanted, name="seatrial.yaml"):
        (self.folder / name).write_text(text)
        for command in (("verify",), ("plan",)):
            result = self.seatrial(*command)
            self.assertEqual(result.status, USAGE, result)
            for word in wanted:
                self.assert_matches(result.err, word, result)
            self.assertEqual(result.out, "")

    GOOD = f'image: {FIXTURE}\nmigrate: bun up\ndatabase: {{sqlite: /app/data/app.db}}\n'

    def test_unknown_key(self):
        self.wrong(self.GOOD + "timeuot: 3m\n", r"seatrial\.yaml:4:1: timeuot: ", "timeout")

    def test_unknown_nested_key(self):
        self.wrong(self.GOOD + "releases:\n  sauce: list\n", r"seatrial\.yaml:5:3: releases\.sauce: ", "source")

    def test_wrong_types(self):
        for line, column, key in (("timeout: [1, 2]", 10, "timeout"), ("timeout: soon", 10, "timeout"),
                                  ("memory: much", 9, "memory"), ("jobs: -1", 7, "jobs"),
                                  ("pull: sometimes", 7, "pull"), ("profile: deep", 10, "profile"),
                                  ("checks: {rerun: maybe}", 17, "checks.rerun"),
                                  ("image: {a: b}", 8, "image"), ("env: [A]", 6, "env")):
            with self.subTest(line):
                self.wrong(line + "\n", rf"seatrial\.yaml:1:{column}: {key}: ")

    def test_unknown_check(self):
        self.wrong(self.GOOD + "checks: {rerum: off}\n", r"seatrial\.yaml:4:\d+: ", "rerun")

    def test_exclusive_keys(self):
        self.wrong(self.GOOD + "candidate: {image: a, archive: b.tar}\n",
                   r"seatrial\.yaml:4:\d+: candidate", "image", "archive")

    def test_missing_env_file(self):
        self.wrong(self.GOOD + "env_file: nothing.env\n", r"seatrial\.yaml:4:\d+: env_file", r"nothing\.env")

    def test_no_yaml(self):
        for text in ("image: [a\n", "\timage: a\n", "a: &x [*x]\n", "- a list\n", "image: \x01\n", "\xff\xfe\n"):
            with self.subTest(repr(text)):
                self.wrong(text, r"seatrial\.yaml")

    def test_duplicate_key(self):
        self.wrong("image: a\nimage: b\n", r"seatrial\.yaml:2:1: image: ")

    def test_missing_file(self):
        result = self.seatrial("verify", "--config", "other.yaml")
        self.assertEqual(result.status, USAGE, result)
        self.assertIn("other.yaml", result.err)

    def test_nothing_configured(self):
        result = self.seatrial("verify")
        self.assertEqual(result.status, USAGE, result)
        self.assert_matches(result.err, "image|sqlite|database")

    def test_command_line(self):
        self.config()
        for args, words in (
                ((), ("--help",)),
                (("verfy",), ("verfy", "verify")),
                (("verify", "--tiemout", "3s"), ("--tiemout", "--timeout")),
                (("verify", "--timeout"), ("--timeout",)),
                (("verify", "--timeout", "soon"), ("--timeout", "soon")),
                (("verify", "--check", "rerun=perhaps"), ("--check", "perhaps")),
                (("verify", "--check", "rerum=off"), ("rerum", "rerun")),
                (("verify", "--report", "yaml=x"), ("yaml", "json")),
                (("verify", "extra"), ("extra",)),
                (("plan", "--format", "xml"), ("--format", "xml")),
                (("clean", "--older-than", "tuesday"), ("--older-than", "tuesday")),
        ):
            with self.subTest(" ".join(args)):
                result = self.seatrial(*args)
                self.assertEqual(result.status, USAGE, result)
                for word in words:
                    self.assertIn(word, result.out + result.err)
                if args:
                    self.assertLess(len(result.err.splitlines()), 6, "the whole help for a wrong word")

    def test_variable(self):
        self.config()
        result = self.seatrial("verify", env={"SEATRIAL_TIMEOUT": "soon"})
        self.assertEqual(result.status, USAGE, result)
        self.assertIn("SEATRIAL_TIMEOUT", result.err)


class ConcurrencyTest(SeatrialTest):
    def test_two_runs_at_once(self):
        self.config()
        runs = [self.start("verify", "--report", f"json={number}.json") for number in range(2)]
        for number, running in enumerate(runs):
            result = running.wait()
            self.assertEqual(result.status, SOUND, result)
            report = json.loads((self.folder / f"{number}.json").read_text())
            self.assertEqual(report["verdict"], "sound")


