"""Where migration files are read, and what else decides about them."""

import subprocess

from harness import BROKEN, SOUND, SeatrialTest, fixture

SQITCH = """import { Database } from "bun:sqlite";
import { readFileSync } from "node:fs";

const db = new Database("/app/data/app.db", { create: true });
db.exec(`CREATE TABLE IF NOT EXISTS changes (change_id TEXT PRIMARY KEY, script_hash TEXT, change TEXT NOT NULL,
  project TEXT NOT NULL, committed_at TEXT NOT NULL, planned_at TEXT NOT NULL)`);
const deployed = new Set(db.query("SELECT change FROM changes").all().map((row) => row.change));
for (const line of readFileSync("/app/sqitch.plan", "utf8").split("\\n")) {
  const name = line.split(" ")[0];
  if (!name || name.startsWith("%") || deployed.has(name)) continue;
  db.exec(readFileSync(`/app/deploy/${name}.sql`, "utf8"));
  db.query("INSERT INTO changes VALUES (?, 'h', ?, 'notes', ?, 'p')").run(name, name, new Date().toISOString());
}
"""
PLAN = "%syntax-version=1.0.0\n%project=notes\n\n"
WHEN = "2026-01-01T00:00:00Z us <us@example.org>"


class FolderTest(SeatrialTest):
    def history(self, folder):
        self.config(text=f"migrations: {folder}\n")
        return self.verify(status=SOUND).check("history")

    def test_the_key_names_the_folder(self):
        self.assertEqual(self.history("/app/migrations")["outcome"], "passed")

    def test_a_folder_without_any(self):
        for folder in ("/app/nowhere", "/app/package.json", "/app/src/ledger.ts/deeper"):
            check = self.history(folder)
            self.assertEqual((check["outcome"], check["reason"]),
                             ("skipped", "no migration files were seen in the images"))


class PlanFileTest(SeatrialTest):
    """Sqitch keeps the order in sqitch.plan beside the folder of its scripts; what runs here stands for it."""

    def image(self, tag, plan, scripts):
        name = f"seatrial-test/planned:{tag}"
        folder = self.folder / f"image-{tag}"
        (folder / "deploy").mkdir(parents=True)
        (folder / "run.ts").write_text(SQITCH)
        (folder / "sqitch.plan").write_text(PLAN + "".join(f"{change} {WHEN}\n" for change in plan))
        for change, script in scripts.items():
            (folder / f"deploy/{change}.sql").write_text(script)
        (folder / "Dockerfile").write_text(
            "FROM seatrial-fixture/bun:base\nWORKDIR /app\nCOPY run.ts sqitch.plan /app/\nCOPY deploy /app/deploy\n")
        subprocess.run(("docker", "build", "-q", "-t", name, str(folder)), check=True, capture_output=True,
                       env={**self.env, "DOCKER_BUILDKIT": "0"})
        self.addCleanup(subprocess.run, ("docker", "image", "rm", "-f", name), check=False,
                        capture_output=True)
        return name

    def planned(self, plan, scripts):
        self.image("6", ("notes", "tags"), {"notes": "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);",
                                           "tags": "CREATE TABLE tags (id INTEGER PRIMARY KEY);"})
        self.config(image="seatrial-test/planned", releases='{source: list, list: ["6"]}',
                    candidate=f'{{tag: "7", image: "{self.image("7", plan, scripts)}"}}',
                    migrate="bun run /app/run.ts")
        return self.verify()

    SCRIPTS = {"notes": "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);",
               "tags": "CREATE TABLE tags (id INTEGER PRIMARY KEY);",
               "zoo": "CREATE TABLE zoo (id INTEGER PRIMARY KEY);"}

    def test_behind_the_others(self):
        result = self.planned(("notes", "tags", "zoo"), self.SCRIPTS)
        self.assert_sound(result)
        self.assertEqual(result.check("history")["outcome"], "passed", result)
        self.assertEqual([one["name"] for one in result.path["migrations"]["new"]], ["zoo"])

    def test_the_plan_gives_the_order(self):
        result = self.planned(("notes", "zoo", "tags"), self.SCRIPTS)
        findings = result.findings("history")
        self.assertEqual([(one["level"], one["migration"]) for one in findings], [("warn", "zoo")], result)
        self.assertIn("comes before tags", findings[0]["title"])

    def test_an_edited_script(self):
        result = self.planned(("notes", "tags", "zoo"),
                              {**self.SCRIPTS, "tags": self.SCRIPTS["tags"] + "INSERT INTO tags VALUES (1);"})
        self.assertEqual(result.status, BROKEN, result)
        self.assertEqual([(one["level"], one["migration"]) for one in result.findings("history")],
                         [("error", "tags")], result)

    def test_a_script_that_is_in_no_plan(self):
        result = self.planned(("notes", "tags"), self.SCRIPTS)
        self.assertNotIn("zoo", str(result.path["migrations"]["new"]))
        self.assertEqual(result.findings("history"), [])
        self.assertEqual(result.findings("pending"), [])
