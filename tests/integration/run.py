#!/usr/bin/env python3
"""Runs the integration tests: all, or those named (test_upgrade, test_signals.SignalTest.test_sigint).
--results FILE gets a line a test, for scripts/test."""

import argparse
import os
import pathlib
import sys
import time
import unittest

import harness


class Results(unittest.TextTestResult):
    file = None

    def startTest(self, test):
        super().startTest(test)
        self.began, self.bad = time.monotonic(), len(self.failures) + len(self.errors)

    def stopTest(self, test):
        bad = len(self.failures) + len(self.errors)
        self.note("failed" if bad > self.bad else "passed", test.id())
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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    folder = pathlib.Path(__file__).resolve().parent
    sys.path.insert(0, str(folder))
    Results.file = options.results
    if not os.access(harness.SEATRIAL, os.X_OK):
        Results.note(Results, "failed", f"integration: no program at {harness.SEATRIAL}")
        sys.exit(f"no program at {harness.SEATRIAL}: scripts/build --sanitize makes it")
    if os.environ.get("DOCKER_CONTEXT"):
        del os.environ["DOCKER_CONTEXT"]
    loader = unittest.defaultTestLoader
    tests = loader.loadTestsFromNames(options.names) if options.names else loader.discover(str(folder))
    runner = unittest.TextTestRunner(verbosity=2, resultclass=Results, stream=sys.stderr)
    sys.exit(0 if runner.run(tests).wasSuccessful() else 1)


if __name__ == "__main__":
    main()
