"""The Admin image system: its migrations come in an image of their own, its database is Postgres."""

import json
import os
import subprocess

from harness import ROOT, RUN_SECONDS, SeatrialTest, docker, docker_lines, wait_until

SERVER = subprocess.run((ROOT / "scripts/fixture-postgres", "--name"), capture_output=True, text=True,
                        check=True).stdout.strip()
ADMIN = "seatrial-fixture/admin"
COMMAND = ["bun", "/app/src/admin.ts", "migrate"]
# for scripts that take the place of the image's entrypoint
CONTINUE = "process.argv = ['bun', 'admin', 'migrate']; await import('/app/src/admin.ts');"
# The old release's own run stops before it migrates, until let_go: no time is enough for a look on every machine.
HOLD = ("const [empty] = await new Bun.SQL(process.env.DATABASE_URL)`SELECT to_regclass('settings') IS NULL AS yes`; "
        "if (empty.yes) await new Promise(go => { const alive = setInterval(() => {}, 1000); process.once('SIGUSR2', "
        "() => { clearInterval(alive); go(); }); console.log('held here'); });")


def admin(release):
    return f"{ADMIN}:{release}"


def entrypoint(script):
    """Runs the script instead of the image's program, which it may continue with."""
    return json.dumps(["bun", "-e", script])


class PostgresTest(SeatrialTest):
    def release(self, candidate="v0.3.0", database="", server=SERVER, **replace):
        """The settings of the system, with more keys of its database."""
        self.config(**{
            "image": ADMIN,
            "releases": "{source: list, list: [v0.1.0, v0.2.0]}",
            "candidate": f'{{tag: v0.3.0, image: "{admin(candidate)}"}}',
            "migrate": "migrate",
            "database": f'{{postgres: "{server}"{", " if database else ""}{database}}}',
            **replace,
        })

    def server_image(self, name, dockerfile, **files):
        """A server image of this test: the fixture's with some more."""
        folder = self.folder / f"image-{name}"
        folder.mkdir()
        (folder / "Dockerfile").write_text(f"FROM {SERVER}\n{dockerfile}\n")
        for file, text in files.items():
            (folder / file).write_text(text)
        image = f"seatrial-test/{name}-{os.getpid()}:1"
        docker("build", "-q", "-t", image, str(folder), env={**self.env, "DOCKER_BUILDKIT": "0"})
        self.addCleanup(docker, "image", "rm", image, check=False)
        return image

    def environment_of(self, container):
        lines = json.loads(docker("inspect", "--format", "{{json .Config.Env}}", container))
        return dict(line.split("=", 1) for line in lines)

    def volumes_of(self, container):
        return docker_lines("inspect", "--format", "{{range .Mounts}}{{.Name}} {{end}}", container)

    def exec_status(self, container, *command):
        """Exit status of a command in a running container."""
        return docker("exec", container, "sh", "-c", '"$@" >/dev/null 2>&1; echo $?', "sh", *command)

    def log_of(self, container):
        return subprocess.run(("docker", "logs", container), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False).stdout

    def held(self, image):
        """The container of the old release, running and held."""
        container = self.running_container(image)
        self.wait_for_log(container, "held here")
        return container

    def let_go(self, container):
        docker("kill", "--signal", "USR2", container)

    def wait_for_log(self, container, text):
        wait_until(lambda: text in self.log_of(container), RUN_SECONDS, f"{text!r} in a log")
