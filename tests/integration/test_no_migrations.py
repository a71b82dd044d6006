"""Images without migrations: said plainly, judged where one side has some, never taken for granted."""

import json
import subprocess

from harness import SOUND, UNKNOWN, USAGE, SeatrialTest, docker, fixture

APP = {"name": "notes", "scripts": {"start": "bun run src/server.ts"}, "dependencies": {"hono": "4"}}
REPOSITORY = "seatrial-test/none"


class NoMigrationsTest(SeatrialTest):
    def image(self, tag, files, base="seatrial-fixture/bun:base", command=("bun", "run", "src/server.ts")):
        """An image with these files in /app."""
        folder = self.folder / f"image-{tag}"
        for name, text in {"src/server.ts": "", **files}.items():
            (folder / "app" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "app" / name).write_text(text if isinstance(text, str) else json.dumps(text))
        (folder / "Dockerfile").write_text(
            f"FROM {base}\nWORKDIR /app\nCOPY app /app\nENTRYPOINT []\nCMD {json.dumps(command)}\n")
        name = f"{REPOSITORY}:{self.folder.name}-{tag}".lower()
        done = subprocess.run(("docker", "build", "--quiet", "--tag", name, str(folder)), capture_output=True,
                              text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.addCleanup(docker, "image", "rm", name, check=False)
        return name

    def settings(self, candidate, **replace):
        self.config(**{"image": REPOSITORY, "tag": f'"{self.folder.name}-{{tag}}"'.lower(), "migrate": None,
                       "releases": "{source: list, list: [1.0.0]}",
                       "candidate": f'{{tag: 1.1.0, image: "{candidate}"}}', **replace})

    def test_neither(self):
        self.image("1.0.0", {"package.json": APP})
        self.settings(self.image("1.1.0", {"package.json": {**APP, "version": "1.1.0"}}))
        plan = self.plan().report
        self.assertEqual(plan["verdict"], "nothing-to-verify")
        self.assertIn("/app/package.json", plan["verdict_reason"])
        self.assertEqual(plan["paths"][0]["verdict"], "nothing-to-verify")
        self.assertIsNone(plan["paths"][0]["migrate"]["command"])
        self.assertIsNone(plan["paths"][0]["old_migrate"]["command"])
        result = self.verify(status=SOUND)
        self.assertEqual(result.report["verdict"], "nothing-to-verify", result)
        self.assertEqual(result.path["verdict"], "nothing-to-verify", result)
        self.assertEqual(result.path["steps"], [])
        self.assertRegex(result.out, "(?i)nothing to verify.*no migrations in either image")

    def test_a_script_that_neither_has(self):
        """A dependency of that name is no script."""
        app = {**APP, "dependencies": {"migrate": "2", "pg": "8"}}
        self.image("1.0.0", {"package.json": app})
        self.settings(self.image("1.1.0", {"package.json": {**app, "version": "1.1.0"}}),
                      migrate="npm run migrate")
        result = self.verify(status=SOUND)
        self.assertEqual(result.report["verdict"], "nothing-to-verify", result)
        self.assertIn('/app/package.json has no script "migrate"', result.out)

    def test_only_the_candidate(self):
        self.image("1.0.0", {"package.json": APP})
        self.settings(fixture("7"))
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertEqual(result.check("old-migrate")["outcome"], "skipped")
        self.assertNotIn("old-migrate", [step["name"] for step in result.path["steps"]])
        self.assertEqual(result.step("new-migrate")["exit_code"], 0)
        self.assertRegex("\n".join(result.report["warnings"]), "release 1.0.0 has no migrations")

    def test_the_candidate_lost_them(self):
        self.settings(self.image("1.1.0", {"package.json": APP}), image="seatrial-fixture/notes",
                      tag='"{tag}"', releases='{source: list, list: ["6"]}')
        self.config_candidate_tag("7")
        result = self.verify()
        finding = self.assert_broken(result, "new-migrate")
        self.assertIn("has no migrations, although 6 has", finding["title"])
        self.assertEqual([step["name"] for step in result.path["steps"]], ["old-migrate"])

    def config_candidate_tag(self, tag):
        path = self.folder / "seatrial.yaml"
        path.write_text(path.read_text().replace("tag: 1.1.0", f'tag: "{tag}"'))

    def test_not_known_is_not_none(self):
        """Nothing found is no evidence: a program without a manifest, one that has a database's client, files
        that are named like migrations, a manifest that cannot be read."""
        rows = {
            "program": {},
            "client": {"package.json": {**APP, "dependencies": {"pg": "8"}}},
            "files": {"package.json": APP, "src/migrations.ts": ""},
            "sql": {"package.json": APP, "src/schema/1.sql": ""},
            "script": {"package.json": {**APP, "scripts": {"up": "bun src/run-migrations.ts"}}},
            "unread": {"package.json": "{"},
        }
        for name, files in rows.items():
            with self.subTest(name):
                self.image("1.0.0", files)
                self.settings(self.image("1.1.0", {**files, "src/new.ts": ""}))
                result = self.verify(status=USAGE)
                self.assertIn("migrate: not given, and", result.err)

    def test_script_had_another_name(self):
        """The old image's own script is run, whatever the candidate's is called."""
        run = "bun run src/migrations.ts up"
        app = {"name": "notes"}
        self.image("1.0.0", {"package.json": {**app, "scripts": {"db:migrate": run}}}, base=fixture("6"))
        self.settings(self.image("1.1.0", {"package.json": {**app, "scripts": {"migrate": run}}},
                                 base=fixture("7")))
        plan = self.plan().report["paths"][0]
        self.assertEqual(plan["migrate"]["command"], ["bun", "run", "migrate"])
        self.assertEqual(plan["old_migrate"]["command"], ["bun", "run", "db:migrate"])
        result = self.verify()
        self.assertEqual(result.step("old-migrate")["command"], ["bun", "run", "db:migrate"])
        self.assertNotEqual(result.status, UNKNOWN, result)
