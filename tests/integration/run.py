#!/usr/bin/env python3
"""Runs the integration tests: all, or those named (test_upgrade, test_signals.SignalTest.test_sigint).
--results FILE gets a line a test, for scripts/test; --times FILE its seconds. Test classes run side by side,
each in a process of its own; those that say `exclusive = True`, because they look at what another run's sweep
would take away, run alone at the end. --jobs 1 runs everything here, one after another."""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time
import unittest

import harness


class Results(unittest.TextTestResult):
    file = times = None

    def startTest(self, test):
        super().startTest(test)
        self.began, self.bad = time.monotonic(), len(self.failures) + len(self.errors)

    def stopTest(self, test):
        bad = len(self.failures) + len(self.errors)
        self.note("failed" if bad > self.bad else "passed", test.id())
        if self.times:
            with open(self.times, "a", encoding="utf-8") as out:
                out.write(f"{time.monotonic() - self.began:.1f} {test.id()}\n")
        super().stopTest(test)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)

    def addError(self, test, err):
        super().addError(test, err)
        if not isinstance(test, unittest.TestCase):  # setUpClass and its like have no stopTest
            self.note("failed", str(test))

    def note(self, word, name):
        if self.file:
            with open(self.file, "a", encoding="utf-8") as out:
                out.write(f"{word} 1 {name}\n")


def classes_of(suite, found):
    """{name of a class: [it, whether it runs alone]}, in order."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            classes_of(test, found)
        elif isinstance(test, unittest.loader._FailedTest):  # a module that cannot be loaded says so itself
            found[test.id().rpartition(".")[2]] = False
        else:
            found[f"{type(test).__module__}.{type(test).__qualname__}"] = getattr(test, "exclusive", False)
    return found


def run_class(name, files):
    """Output of one class, which tells only when it has ended: lines of several would mix."""
    command = [sys.executable, "-B", os.path.abspath(__file__), "--jobs", "1"]
    for option, file in files.items():
        if file:
            command += [option, os.path.abspath(file)]
    command.append(name)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    sys.stderr.write(done.stderr + done.stdout)
    sys.stderr.flush()
    return done.returncode == 0


def run_side_by_side(tests, jobs, files):
    classes = classes_of(tests, {})
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        shared = list(pool.map(lambda name: run_class(name, files),
                               [name for name, alone in classes.items() if not alone]))
    return all(shared) & all([run_class(name, files) for name, alone in classes.items() if alone])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results")
    parser.add_argument("--times")
    parser.add_argument("--jobs", type=int, default=(os.cpu_count() or 1) + 1)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    folder = pathlib.Path(__file__).resolve().parent
    sys.path.insert(0, str(folder))
    Results.file, Results.times = options.results, options.times
    if not os.access(harness.SEATRIAL, os.X_OK):
        Results.note(Results, "failed", f"integration: no program at {harness.SEATRIAL}")
        sys.exit(f"no program at {harness.SEATRIAL}: scripts/build --sanitize makes it")
    if os.environ.get("DOCKER_CONTEXT"):
        del os.environ["DOCKER_CONTEXT"]
    loader = unittest.defaultTestLoader
    tests = loader.loadTestsFromNames(options.names) if options.names else loader.discover(str(folder))
    if options.jobs > 1:
        files = {"--results": options.results, "--times": options.times}
        sys.exit(0 if run_side_by_side(tests, options.jobs, files) else 1)
    runner = unittest.TextTestRunner(verbosity=2, resultclass=Results, stream=sys.stderr)
    sys.exit(0 if runner.run(tests).wasSuccessful() else 1)


if __name__ == "__main__":
    main()
