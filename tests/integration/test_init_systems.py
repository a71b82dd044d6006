"""From `init` to a verdict for the systems that keep no images, or migrate when they start."""

import compose_system
from harness import ROOT, SOUND, USAGE, SeatrialTest
from postgres import SERVER
from test_service import CLIENT, MARIADB, TABLE, ServiceImages
from test_startup import startup


def append(folder, *lines):
    """What init cannot know, at the end of what it wrote."""
    with open(folder / "seatrial.yaml", "a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))


class InitSystemsTest(SeatrialTest):
    def test_compose_system(self):
        library = compose_system.make_repository(self.folder / "library", tag="v1.2.0")
        self.folder = library
        result = self.seatrial("init")
        self.assertEqual(result.status, SOUND, result)
        text = (library / "seatrial.yaml").read_text()
        for line in ("migrate: [sh, \"-c\", \"node migrate.js && node seed.js\"]", "    context: \".\"",
                     "  source: git", "    ready: {tcp: 6379}", "#   SESSION_SECRET:   # ${SESSION_SECRET}"):
            self.assertIn(line, text.splitlines())
        self.assert_sound(self.verify(status=SOUND))

    def test_startup_system(self):
        self.assertEqual(self.seatrial("init", startup("v1.2.0")).status, SOUND)
        text = (self.folder / "seatrial.yaml").read_text()
        self.assertIn("#   ready: {tcp: 3000}", text.splitlines())
        append(self.folder, "releases: {source: list, list: [v1.1.0]}", "candidate: {tag: v1.2.0}",
               f'database: {{postgres: "{SERVER}"}}')
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertTrue(result.path["migrations"]["applied"])

    def test_output_in_another_folder(self):
        library = compose_system.make_repository(self.folder / "library", tag="v1.2.0")
        deploy = library / "deploy/gate"
        deploy.mkdir(parents=True)
        self.folder = library
        self.assertEqual(self.seatrial("init", "--output", "deploy/gate/seatrial.yaml").status, SOUND)
        self.assertIn('    context: "../.."', (deploy / "seatrial.yaml").read_text().splitlines())
        result = self.seatrial("plan", "--config", "deploy/gate/seatrial.yaml")
        self.assertEqual(result.status, SOUND, result)
        result = self.seatrial("init", "--output", "not/there/seatrial.yaml")
        self.assertEqual(result.status, USAGE, result)
        self.assertIn("writing not/there/seatrial.yaml: not/there/: there is no such folder", result.err)


class InitMariadbTest(ServiceImages):
    def image_of(self, name, statement):
        client = CLIENT.replace("username: 'app'", "username: process.env.DB_USER").replace(
            "database: 'app'", "database: process.env.DB_NAME")
        return self.image(name, "COPY app.ts /app.ts", f'ENV STATEMENT="{statement}"', app=client)

    def test_mariadb(self):
        old = self.image_of("init-maria", TABLE)
        new = self.image_of("init-maria-new", "ALTER TABLE users ADD COLUMN IF NOT EXISTS mail VARCHAR(80)")
        compose = (ROOT / "fixtures/init/mariadb.yaml").read_text()
        (self.folder / "compose.yaml").write_text(compose.replace("${IMAGE:-seatrial-test/maria-new:1}", new))
        result = self.seatrial("init")
        self.assertEqual(result.status, SOUND, result)
        text = (self.folder / "seatrial.yaml").read_text()
        self.assertNotIn("hunter", text)
        for line in (f'  service: "{MARIADB}"', "migrate: [/app.ts]", "entrypoint: [bun]", "    MARIADB_DATABASE: notes",
                     '    DB_HOST: "{host}"', "    DB_USER: writer", "    DB_PASSWORD: seatrial", "  ready: {tcp: 3306}",
                     '  command: [mariadbd, "--character-set-server=utf8mb4"]',
                     "  # left out: the value of a variable: when the server needs it, env: BACKUP_TARGET"):
            self.assertIn(line, text.splitlines())
        append(self.folder, "releases: {source: list, list: [v1.0.0]}", "pull: never",
               f'candidate: {{tag: v1.1.0, image: "{new}"}}',
               "checks: {fresh-install: off}")  # the candidate has its last migration alone
        # both are tagged 1, and are no releases of one name
        text = (self.folder / "seatrial.yaml").read_text()
        name, tag = old.rsplit(":", 1)
        self.assertEqual(new.rsplit(":", 1)[1], tag)
        result = self.verify("--image", name, "--tag", tag, status=SOUND)
        self.assert_sound(result)
        self.assertIn("password", result.step("old-migrate")["log_tail"])
