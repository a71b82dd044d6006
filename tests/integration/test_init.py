"""A settings file for an image, and from there to a verdict."""

from harness import PLACE, ROOT, SOUND, UNKNOWN, USAGE, SeatrialTest, docker, docker_lines, fixture
from postgres import SERVER, admin

COMPOSE = ROOT / "fixtures/init"


class InitTest(SeatrialTest):
    def compose(self, text, name="compose.yaml"):
        (self.folder / name).write_text(text)

    def written(self, name="seatrial.yaml"):
        return (self.folder / name).read_text()

    def complete(self, releases, candidate):
        """What init cannot know."""
        with open(self.folder / "seatrial.yaml", "a", encoding="utf-8") as file:
            file.write(f"releases: {{source: list, list: {releases}}}\ncandidate: {candidate}\npull: never\n")

    def init(self, *args, status=SOUND, **more):
        result = self.seatrial("init", *args, **more)
        self.assertEqual(result.status, status, result)
        return result

    def test_sqlite_to_a_verdict(self):
        self.compose((COMPOSE / "sqlite.yaml").read_text())
        self.init(fixture("7"))
        text = self.written()
        for line in ("image: seatrial-fixture/notes", "  sqlite: /app/data/app.db", "  volume: /app/data",
                     "  DATABASE_PATH: /app/data/app.db", "#   SESSION_SECRET:   # ${SESSION_SECRET}",
                     "# found: compose.yaml: the service notes sets DATABASE_PATH"):
            self.assertIn(line, text.splitlines())
        self.assertNotIn("hunter", text)
        self.complete('["5", "6"]', f'{{tag: "7", image: "{fixture("7")}"}}')
        self.assert_sound(self.verify(status=SOUND))

    def test_postgres_to_a_verdict(self):
        self.compose((COMPOSE / "postgres.yaml").read_text(), "deploy.yml")
        self.init("--compose", "deploy.yml")
        text = self.written()
        for line in ("image: seatrial-fixture/admin", "migrate: [migrate]", f'  postgres: "{SERVER}"',
                     "#   API_TOKEN:   # ${API_TOKEN}"):
            self.assertIn(line, text.splitlines())
        self.assertNotIn("hunter", text)
        self.complete("[v0.1.0, v0.2.0]", f'{{tag: v0.3.0, image: "{admin("v0.3.0")}"}}')
        self.assert_sound(self.verify(status=SOUND))

    def test_image_alone(self):
        result = self.init(fixture("7"), "--output", "-")
        self.assertIn("image: seatrial-fixture/notes\n", result.out)
        self.assertIn("# database: {sqlite: /PATH/OF/FILE}\n", result.out)
        self.assertFalse((self.folder / "seatrial.yaml").exists())

    def test_starts_no_container(self):
        began = docker("info", "--format", "{{.SystemTime}}")
        running = self.start("init", admin("v0.3.0"), "--output", "-")
        result = running.wait()
        self.assertEqual(result.status, SOUND, result)
        ended = docker("info", "--format", "{{.SystemTime}}")
        lines = docker("events", "--since", began, "--until", ended, "--filter", "type=container", "--format",
                       '{{.Action}} {{index .Actor.Attributes "seatrial.owner"}}').splitlines()
        seen = {line.split()[0] for line in lines if f"{PLACE}/{running.process.pid}/" in line}
        self.assertIn("create", seen)  # to read its files
        self.assertNotIn("start", seen)

    def test_overwrites_only_when_forced(self):
        path = self.folder / "seatrial.yaml"
        path.write_text("is: [not, ours\n")
        result = self.init(fixture("7"), status=USAGE)
        self.assertEqual(result.err, "seatrial: seatrial.yaml: is there already (--force writes over it)\n")
        self.assertEqual(path.read_text(), "is: [not, ours\n")
        self.init(fixture("7"), "--force")
        self.assertIn("image: seatrial-fixture/notes\n", self.written())

    def test_what_is_missing(self):
        result = self.init(status=USAGE)
        self.assertIn("no image given and no compose file here", result.err)
        result = self.init("--compose", "not-there.yaml", status=USAGE)
        self.assertIn("not-there.yaml", result.err)
        result = self.init("seatrial-test/not-there:7", status=UNKNOWN,
                           env={"SEATRIAL_PULL": "never"})
        self.assertIn("seatrial-test/not-there:7", result.err)
        self.compose("services:\n  web: {build: 'https://example.com/web.git'}\n")
        result = self.init(status=USAGE)
        self.assertIn("the service web names no image", result.err)
        self.assertFalse((self.folder / "seatrial.yaml").exists())
