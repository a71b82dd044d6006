"""The scripts that judge the tree and the results."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import ROOT

LAYER = """x_lib = static_library('x', files({files}), dependencies: [{deps}])
x_dep = declare_dependency(link_with: x_lib, dependencies: [{deps}])
"""


class ScriptTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="seatrial-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def run_script(self, name, *args):
        return subprocess.run((str(ROOT / "scripts" / name), *map(str, args)), capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)


class CheckLayersTest(ScriptTest):
    def layer(self, name, deps="", **files):
        folder = self.folder / "src" / name
        folder.mkdir(parents=True)
        for stem, text in files.items():
            (folder / f"{stem}.c").write_text(text)
            (folder / f"{stem}.h").write_text("#pragma once\n")
        listed = ", ".join(f"'{stem}.c'" for stem in files)
        (folder / "meson.build").write_text(LAYER.format(files=listed, deps=deps))

    def tree(self, **named):
        self.layer("base", text=named.get("base", '#include "base/text.h"\n'))
        self.layer("model", "base_dep", version=named.get("model", '#include "base/text.h"\n'))
        self.layer("engine", "base_dep", engine=named.get("engine", '#include <stdio.h>\n'))
        (self.folder / "src/main.c").write_text('#include "engine/engine.h"\n')
        return self.run_script("check-layers", self.folder)

    def test_order(self):
        result = self.tree()
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_upward(self):
        result = self.tree(model='#include "base/text.h"\n\n#include "engine/engine.h"\n')
        self.assertEqual(result.returncode, 1)
        self.assertIn('src/model/version.c:3: model includes "engine/engine.h": engine is above it', result.stdout)

    def test_downward_without_a_name(self):
        result = self.tree(engine='#include "model/version.h"\n')
        self.assertEqual(result.returncode, 1)
        self.assertIn("src/engine/engine.c:1: ", result.stdout)
        self.assertIn("does not name model_dep", result.stdout)

    def test_missing_header(self):
        result = self.tree(base='#include "text.h"\n')
        self.assertEqual(result.returncode, 1)
        self.assertIn("src/base/text.c:1: ", result.stdout)

    def test_source_that_is_not_built(self):
        self.layer("base", text="")
        (self.folder / "src/base/lost.c").write_text("")
        (self.folder / "src/main.c").write_text("")
        result = self.run_script("check-layers", self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn("src/base/lost.c:1: is not built", result.stdout)


class CountResultsTest(ScriptTest):
    def totals(self, text):
        path = self.folder / "results"
        path.write_text(text)
        result = self.run_script("count-results", path)
        return result.returncode, result.stdout.splitlines()[-1]

    def test_totals(self):
        self.assertEqual(self.totals("passed 3 a\npassed 1 b c\n"), (0, "4 passed, 0 failed"))
        self.assertEqual(self.totals("passed 3 a\nfailed 2 b\n"), (1, "3 passed, 2 failed"))
        self.assertEqual(self.totals("failed 1 a\n"), (1, "0 passed, 1 failed"))

    def meson(self, *tests):
        log = self.folder / "testlog.json"
        log.write_text("".join(json.dumps(test) + "\n" for test in tests))
        return self.run_script("count-results", "--meson", log).stdout.splitlines()

    def test_meson(self):
        good = "[==========] tests: 3 test(s) run.\n[  PASSED  ] 3 test(s).\n"
        bad = ("[==========] tests: 3 test(s) run.\n[  PASSED  ] 2 test(s).\n"
               "[  FAILED  ] tests: 1 test(s), listed below:\n[  FAILED  ] test_x\n\n 1 FAILED TEST(S)\n")
        self.assertEqual(self.meson({"name": "a", "result": "OK", "stdout": "", "stderr": good},
                                    {"name": "b", "result": "OK", "stdout": ""},
                                    {"name": "c", "result": "FAIL", "stdout": bad},
                                    {"name": "d", "result": "TIMEOUT", "stdout": good}),
                         ["passed 3 a", "passed 1 b", "passed 2 c", "failed 1 c", "passed 3 d", "failed 1 d"])

    def test_meson_times(self):
        log, times = self.folder / "testlog.json", self.folder / "times"
        log.write_text(json.dumps({"name": "a b", "result": "OK", "duration": 12.34}) + "\n")
        times.write_text("1.0 before\n")
        self.assertEqual(self.run_script("count-results", "--meson", log, times).stdout, "passed 1 a b\n")
        self.assertEqual(times.read_text(), "1.0 before\n12.3 a b\n")

    def test_meson_without_a_test(self):
        self.assertEqual(self.meson(), ["failed 1 meson: no test ran"])
        lost = self.run_script("count-results", "--meson", self.folder / "nothing")
        self.assertTrue(lost.stdout.startswith("failed 1 meson: "))
