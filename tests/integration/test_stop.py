"""Runs that are stopped or killed: nothing stays, and nothing of another run goes."""

import os
import pathlib
import signal
import threading
import time
import uuid

from github import GitHub
from harness import (BROKEN, RUN_LABEL, RUN_SECONDS, SOUND, SeatrialTest, docker, docker_lines, fixture, label_of,
                     objects, wait_until)


def of_run(run):
    return objects(f"{RUN_LABEL}={run}")


class StopTest(SeatrialTest):
    def hanging(self, *flags):
        """A run whose candidate hangs, longer than anybody here waits; the run and its container, running."""
        self.candidate("hang")
        before = set(docker_lines("ps", "-aq", "--no-trunc"))
        running = self.start("verify", "--timeout", "30m", *flags)
        container = self.running_container(fixture("hang"), since=before)
        return running, container

    def settled(self, run):
        """What a run whose candidate hangs has in the end: that container, and what holds its database."""
        wait_until(lambda: len(of_run(run)["container"]) == 2, RUN_SECONDS, "what is no longer needed to be gone")
        return of_run(run)

    def killed(self):
        """The run id of a run that was killed in the middle."""
        running, container = self.hanging()
        run = label_of(container)
        running.send(signal.SIGKILL)
        running.wait()
        left = of_run(run)
        self.assertIn(container, left["container"])
        self.assertTrue(left["volume"], "a run keeps its database in a labelled volume")
        return run


class SignalTest(StopTest):
    def stopped(self, number):
        running, _ = self.hanging()
        running.send(number)
        result = running.wait()
        self.assertEqual(result.status, 128 + number, result)
        self.assertNotIn("SOUND", result.out)

    def test_sigint_while_a_container_runs(self):
        self.stopped(signal.SIGINT)

    def test_sigterm_while_a_container_runs(self):
        self.stopped(signal.SIGTERM)

    def test_twice(self):
        running, _ = self.hanging()
        running.send(signal.SIGINT)
        time.sleep(0.05)
        running.send(signal.SIGINT)
        self.assertEqual(running.wait().status, 130)

    def test_at_any_moment(self):
        self.config()
        self.verify(status=SOUND)
        moments = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 1.3, 1.7)
        for index, after in enumerate(moments):
            number = signal.SIGINT if index % 2 else signal.SIGTERM
            with self.subTest(f"{after} s"):
                running = self.start("verify")
                wait_until(lambda: self.blocks(running.process.pid, number), RUN_SECONDS, "its own handling of signals")
                time.sleep(after)
                running.send(number)
                result = running.wait()
                # at the end it is too late
                self.assertIn(result.status, (128 + number, SOUND), result)
                self.assert_nothing_left(result)

    def blocks(self, process, number):
        """Whether a signal waits for the program to take it; before, it kills the program, which has made nothing."""
        lines = pathlib.Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
        mask = next(line for line in lines if line.startswith("SigBlk:"))
        return int(mask.split()[1], 16) >> (number - 1) & 1

    def test_while_the_api_is_silent(self):
        server = GitHub([])
        self.addCleanup(server.stop)
        silent = threading.Event()
        self.addCleanup(silent.set)
        server.page = lambda *_: (silent.wait(600), {}, [])
        self.config(releases=f'{{source: github, repository: acme/notes, api: "{server.url}"}}')
        running = self.start("verify")
        wait_until(lambda: server.requests, RUN_SECONDS, "a request")
        running.send(signal.SIGINT)
        result = running.wait()
        self.assertEqual(result.status, 130, result)

    def test_during_a_build(self):
        folder = self.folder / "app"
        folder.mkdir()
        mark = f"seatrial.test={uuid.uuid4()}"  # the container of the next step inherits it
        (folder / "Dockerfile").write_text(
            f'FROM {fixture("6")}\nLABEL {mark}\nRUN ["bun", "-e", "await Bun.sleep(600000)"]\n')
        self.config(candidate='{tag: "7", build: {context: app}}')
        for number, env in ((signal.SIGTERM, {}), (signal.SIGINT, {"PATH": self.path_without_docker()})):
            with self.subTest("without CLI" if env else "with CLI"):
                running = self.start("verify", env={"DOCKER_BUILDKIT": "0", **env})
                wait_until(lambda: docker_lines("ps", "-q", "--filter", f"label={mark}"), RUN_SECONDS,
                           "a build step")
                running.send(number)
                self.assertEqual(running.wait().status, 128 + number)
                wait_until(lambda: not docker_lines("ps", "-aq", "--filter", f"label={mark}"), RUN_SECONDS,
                           "the build step to be gone")


class KillTest(StopTest):
    exclusive = True

    def test_clean(self):
        run = self.killed()
        left = of_run(run)
        dry = self.seatrial("clean", "--dry-run")
        self.assertEqual(dry.status, SOUND, dry)
        self.assertIn(run, dry.out)
        self.assertEqual(of_run(run), left, "--dry-run removed something")
        young = self.seatrial("clean", "--older-than", "1h")
        self.assertEqual(young.status, SOUND, young)
        self.assertEqual(of_run(run), left, "--older-than removed something younger")
        done = self.seatrial("clean")
        self.assertEqual(done.status, SOUND, done)
        self.assertFalse(any(of_run(run).values()), done)

    def test_next_run_cleans(self):
        run = self.killed()
        self.config()
        self.verify(status=SOUND)
        self.assertFalse(any(of_run(run).values()))

    def test_a_live_run_is_left_alone(self):
        live, container = self.hanging("--check", "fresh-install=off", "--check", "schema-parity=off")
        live_run = label_of(container)
        objects_of_live = self.settled(live_run)
        self.assertIn(container, objects_of_live["container"])
        dead_run = self.killed()

        done = self.seatrial("clean")
        self.assertEqual(done.status, SOUND, done)
        self.assertFalse(any(of_run(dead_run).values()), done)
        self.assertEqual(of_run(live_run), objects_of_live)

        self.config(name="other.yaml")
        self.verify("--config", "other.yaml", status=SOUND)
        self.assertEqual(of_run(live_run), objects_of_live)
        self.assertEqual(docker("inspect", "--format", "{{.State.Running}}", container), "true")
        live.send(signal.SIGTERM)
        self.assertEqual(live.wait().status, 143)

    def test_what_has_ended_goes_at_once(self):
        running, container = self.hanging("--check", "fresh-install=off", "--check", "schema-parity=off")
        self.assertIn(container, self.settled(label_of(container))["container"])
        running.send(signal.SIGINT)
        self.assertEqual(running.wait(30).status, 130)

    def test_a_stopped_process_is_alive(self):
        live, container = self.hanging()
        live.send(signal.SIGSTOP)
        done = self.seatrial("clean")
        self.assertEqual(docker("inspect", "--format", "{{.State.Running}}", container), "true", done)
        live.send(signal.SIGCONT)
        live.send(signal.SIGINT)
        self.assertEqual(live.wait().status, 130)

    def test_nothing_to_clean(self):
        result = self.seatrial("clean")
        self.assertEqual(result.status, SOUND, result)

    def test_what_only_looks_like_ours_stays(self):
        name = f"seatrial-of-the-user-{os.getpid()}"
        docker("volume", "create", name)
        self.addCleanup(docker, "volume", "rm", name)
        docker("network", "create", name)
        self.addCleanup(docker, "network", "rm", name)
        docker("create", "--name", name, "-v", f"{name}:/app/data", fixture("6"))
        self.addCleanup(docker, "rm", name)
        image = self.tag(fixture("7"), f"{name}:7")
        was = docker("inspect", name, image, name)

        self.config(candidate=f'{{tag: "7", image: "{image}"}}')
        self.verify(status=SOUND)
        self.assertEqual(self.seatrial("clean").status, SOUND)
        self.assertEqual(docker("inspect", name, image, name), was)
        self.assertIn(name, docker_lines("volume", "ls", "-q"))
        self.assertIn(name, docker_lines("network", "ls", "--format", "{{.Name}}"))


class KeepTest(StopTest):
    exclusive = True

    def test_keep_leaves_the_upgraded_database(self):
        """The second run is made on a copy then, and on the database itself where nothing is kept."""
        self.config()
        run = self.verify("--keep", status=SOUND).report["run"]["id"]
        volumes = of_run(run)["volume"]
        self.assertTrue([name for name in volumes if name.startswith(f"seatrial-{run}-1-rerun-data-")], volumes)
        self.seatrial("clean")
        self.assertFalse(of_run(run)["volume"])

    def test_keep(self):
        self.candidate("duplicate-key")
        result = self.verify("--keep", status=BROKEN)
        run = result.report["run"]["id"]
        kept = of_run(run)
        self.assertTrue(kept["volume"], result)
        self.assertTrue(kept["container"], result)
        # says how to find it
        self.assert_matches(result.out + result.err, f"label={RUN_LABEL}={run}")
        # the next run does not take for a leftover what was kept on purpose
        self.config()
        self.verify(status=SOUND)
        self.assertEqual(of_run(run), kept)
        done = self.seatrial("clean")
        self.assertFalse(any(of_run(run).values()), done)
