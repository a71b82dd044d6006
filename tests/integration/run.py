#!/usr/bin/env python3
"""Runs the integration tests: all, or those named (test_upgrade, test_signals.SignalTest.test_sigint).
--results FILE gets a line a test, for scripts/test; --times FILE its seconds. Test classes run side by side,
each in a process of its own, those with most tests first (`makes = N`: what a class makes before takes as long as N).
Those that say `exclusive = True`, because another run's sweep would take away what they look at, get a process id
namespace: to whoever sweeps outside of it, their runs are those of another machine. Where this user may make none, they
run alone at the end. --jobs 1 runs everything here, one after another."""

import argparse
import concurrent.futures
import contextlib
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


class Class:
    """The chosen tests of a class, which run in one process."""

    def __init__(self, like):
        self.names = []
        self.exclusive = getattr(like, "exclusive", False)
        self.makes = getattr(like, "makes", 0)

    def size(self):
        return len(self.names) + self.makes


def classes_of(suite, found):
    """{name: class}."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            classes_of(test, found)
            continue
        name = test.id()
        if isinstance(test, unittest.loader._FailedTest):  # a module that cannot be loaded says so itself
            name = name.rpartition(".")[2]
        found.setdefault(type(test) if name == test.id() else name, Class(test)).names.append(name)
    return found


def namespace():
    """What runs a command in a process id namespace of its own; nothing where this user may not."""
    unshare = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
    for command in (unshare, (*unshare, "--user", "--map-current-user")):
        with contextlib.suppress(OSError):
            if subprocess.run((*command, "true"), stdin=subprocess.DEVNULL, capture_output=True,
                              check=False).returncode == 0:
                return command
    return ()


def run_class(chosen, files, within=()):
    """Output of one class, which tells only when it has ended: lines of several would mix."""
    command = [*within, sys.executable, "-B", os.path.abspath(__file__), "--jobs", "1"]
    for option, file in files.items():
        if file:
            command += [option, os.path.abspath(file)]
    done = subprocess.run(command + chosen.names, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    sys.stderr.write(done.stderr + done.stdout)
    sys.stderr.flush()
    return done.returncode == 0


def run_side_by_side(tests, jobs, files):
    classes = sorted(classes_of(tests, {}).values(), key=Class.size, reverse=True)
    apart = namespace()
    alone = [chosen for chosen in classes if chosen.exclusive and not apart]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        shared = list(pool.map(lambda chosen: run_class(chosen, files, apart if chosen.exclusive else ()),
                               [chosen for chosen in classes if chosen not in alone]))
    return all(shared) & all([run_class(chosen, files) for chosen in alone])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results")
    parser.add_argument("--times")
    parser.add_argument("--jobs", type=int, default=(os.cpu_count() or 1) + 2)
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
