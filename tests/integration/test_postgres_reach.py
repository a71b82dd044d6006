"""Who can reach the database, from where, and that nothing of it stays."""

import io
import ipaddress
import json
import os
import pathlib
import re
import signal
import subprocess
import tarfile
import unittest

from harness import (BROKEN, RUN_LABEL, RUN_SECONDS, SEATRIAL, SOUND, MainPath, docker, docker_lines, engine_url,
                     label_of, objects, wait_until)
from postgres import CONTINUE, HOLD, SERVER, PostgresTest, admin, entrypoint
from relay import Relay

SOCKET = engine_url().removeprefix("unix://")
WITHOUT_FRESH = "checks: {fresh-install: off, schema-parity: off}\n"
TOOL = f"seatrial-test/tool-{os.getpid()}:1"


def bridge_address():
    """Of this machine, as containers on the engine's default network see it."""
    routes = docker("run", "--rm", "--entrypoint", "cat", SERVER, "/proc/net/route")
    default = [line.split()[2] for line in routes.splitlines() if line.split()[1] == "00000000"]
    return str(ipaddress.ip_address(int.from_bytes(bytes.fromhex(default[0]), "little")))


class NetworkTest(PostgresTest):
    def networks(self, network):
        """The networks that the application's container and the server's are on while they run, as
        {name: internal}."""
        self.release(text=f"entrypoint: {entrypoint(HOLD + CONTINUE)}\n" + WITHOUT_FRESH, network=network)
        running = self.start("verify")
        application = self.held(admin("v0.2.0"))
        server = self.running_container(SERVER)
        found = [{name: docker("network", "inspect", "--format", "{{.Internal}}", name) == "true"
                  for name in json.loads(docker("inspect", "--format", "{{json .NetworkSettings.Networks}}",
                                                container))}
                 for container in (application, server)]
        self.let_go(application)
        # the database is reached all the same
        self.assertEqual(running.wait().status, SOUND)
        return found

    def test_isolated(self):
        application, server = self.networks(None)
        self.assertEqual(list(application.values()), [True], "one network, which the engine keeps closed")
        self.assertEqual(set(server), {"bridge", *application})

    def test_open(self):
        application, _ = self.networks("open")
        self.assertEqual(list(application.values()), [False])


class SecretTest(PostgresTest):
    def test_passwords_are_printed_nowhere(self):
        script = ("const {PGPASSWORD, DATABASE_URL} = process.env; console.log(PGPASSWORD); "
                  f"console.error('connecting to', DATABASE_URL); {HOLD}"
                  "console.log('backwards', [...PGPASSWORD].reverse().join('')); process.exit(1);")
        self.release(text=f"entrypoint: {entrypoint(script)}\n" + WITHOUT_FRESH)
        running = self.start("verify", "-v", "-v", "--report", "json=report.json", "--report",
                             "console=-", "--report", "console=console.txt")
        application = self.held(admin("v0.2.0"))
        superuser = self.environment_of(self.running_container(SERVER))["POSTGRES_PASSWORD"]
        self.let_go(application)
        result = running.wait()
        self.assertEqual(result.status, BROKEN, result)
        written = "\n".join((result.out, result.err, (self.folder / "report.json").read_text(),
                             (self.folder / "console.txt").read_text()))
        application = re.search("backwards ([0-9a-f]{16,})", written).group(1)[::-1]
        self.assertGreaterEqual(len(superuser), 24)
        self.assertNotEqual(superuser, application)
        self.assertNotIn(superuser, written)
        self.assertNotIn(application, written)
        self.assertIn("connecting to ***", written)

    def test_password_of_a_server_that_fails(self):
        image = self.server_image("talkative", 'ENTRYPOINT ["bash", "-c", "export -p; exit 1"]')
        self.release(server=image)
        result = self.verify("-v", "-v")
        self.assertIn('POSTGRES_PASSWORD="***"', result.err)
        self.assertFalse(re.search("[0-9a-f]{20}", result.err + result.out), result)


class StopTest(PostgresTest):
    exclusive = True

    def test_at_any_moment_of_the_server(self):
        image = self.server_image("slow-stop", "COPY slow.sql /docker-entrypoint-initdb.d/",
                                  **{"slow.sql": "SELECT pg_sleep(600);\n"})
        for server, said in ((SERVER, "listening on Unix"), (image, "pg_sleep")):
            for number in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(f"{server} {number}"):
                    self.release(server=server)
                    running = self.start("verify")
                    self.wait_for_log(self.running_container(server), said)
                    running.send(number)
                    result = running.wait()
                    self.assertEqual(result.status, 128 + number, result)
                    self.assert_nothing_left(result)

    def test_while_the_application_uses_it(self):
        script = ("const db = new Bun.SQL(process.env.DATABASE_URL); console.log('connected');"
                  "await db`SELECT pg_sleep(600)`")
        self.release(text=f"entrypoint: {entrypoint(script)}\n")
        running = self.start("verify")
        server = self.running_container(SERVER)
        self.wait_for_log(server, "pg_sleep")
        running.send(signal.SIGINT)
        result = running.wait()
        self.assertEqual(result.status, 130, result)
        self.assert_nothing_left(result)

    def test_killed(self):
        self.release(text=f"entrypoint: {entrypoint('await Bun.sleep(600000)')}\n")
        running = self.start("verify")
        server = self.running_container(SERVER)
        run = label_of(server)
        wait_until(lambda: len(objects(f"{RUN_LABEL}={run}")["container"]) == 4, RUN_SECONDS,
                   "both servers and both applications")
        volumes = self.volumes_of(server)
        running.send(signal.SIGKILL)
        running.wait()
        done = self.seatrial("clean")
        self.assertEqual(done.status, SOUND, done)
        self.assertFalse(any(objects(f"{RUN_LABEL}={run}").values()), done)
        self.assertFalse(set(volumes) & set(docker_lines("volume", "ls", "-q")))


class TcpTest(MainPath, PostgresTest):
    @unittest.skipUnless(os.path.exists(SOCKET), "the engine has no socket here")
    def test_engine_on_a_loopback_port(self):
        self.release()
        with Relay(SOCKET) as relay:
            self.assert_sound(self.verify(env={"DOCKER_HOST": relay.url}, status=SOUND))
            self.assertGreater(relay.connections, 0)

    @unittest.skipUnless(os.path.exists(SOCKET), "the engine has no socket here")
    def test_engine_on_another_address(self):
        self.release()
        with Relay(SOCKET, bridge_address()) as relay:
            self.assert_sound(self.verify(env={"DOCKER_HOST": relay.url}, status=SOUND))
            self.assertGreater(relay.connections, 0)


@unittest.skipUnless(os.path.exists(SOCKET), "the engine has no socket here")
class ContainerTest(PostgresTest):
    """The program in a container of the engine that it uses."""

    @classmethod
    def setUpClass(cls):
        """An image of the program and the libraries that it is linked with."""
        libraries = re.findall(r"(/\S+) \(", subprocess.run(("ldd", SEATRIAL), capture_output=True,
                                                             text=True, check=True).stdout)
        tree = io.BytesIO()
        with tarfile.open(fileobj=tree, mode="w") as tar:
            for path in {SEATRIAL, *libraries}:
                name = "usr/bin/seatrial" if path == SEATRIAL else path.lstrip("/")
                data = pathlib.Path(path).read_bytes()
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(data), 0o755
                tar.addfile(entry, io.BytesIO(data))
            for name in ("tmp", "run"):
                entry = tarfile.TarInfo(name)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o1777
                tar.addfile(entry)
        subprocess.run(("docker", "import", "--change", 'ENTRYPOINT ["/usr/bin/seatrial"]',
                        "--change", "WORKDIR /work", "-", TOOL), input=tree.getvalue(),
                       capture_output=True, check=True)
        cls.addClassCleanup(docker, "image", "rm", TOOL, check=False)

    def inside(self, *flags, status=SOUND):
        """A run in a container; its report."""
        name = f"seatrial-test-{os.getpid()}"
        options = [option for variable in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if variable in os.environ
                   for option in ("-e", variable)]
        self.addCleanup(docker, "rm", "-f", name, check=False)
        # well below the limit of this test, so that a run which reaches nothing tidies up and says so
        done = subprocess.run(
            ("docker", "run", "--name", name, "-v", f"{self.folder}:/work", *options, *flags, TOOL,
             "verify", "--timeout", "2m", "--report", "json=report.json", "--report", "console=-"),
            capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        report = json.loads((self.folder / "report.json").read_text())
        # whose owner this is cannot be told from here, but its run can
        self.assertEqual(report["warnings"], [])
        left = {kind: found for kind, found in objects(f"{RUN_LABEL}={report['run']['id']}").items() if found}
        self.assertEqual(left, {}, done.stderr)
        networks = json.loads(docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", name))
        docker("rm", "-f", name)
        return report, networks

    def test_with_the_mounted_socket(self):
        self.release()
        report, networks = self.inside("-v", f"{SOCKET}:/var/run/docker.sock")
        self.assertEqual(report["verdict"], "sound")
        self.assertEqual(list(networks), ["bridge"], "it left the networks that it joined")

    def test_several_paths_with_the_mounted_socket(self):
        self.release(releases="{source: list, list: [v0.1.0, v0.2.0], from: last 2}")
        report, networks = self.inside("-v", f"{SOCKET}:/var/run/docker.sock")
        self.assertEqual([path["verdict"] for path in report["paths"]], ["sound", "sound"])
        self.assertEqual(list(networks), ["bridge"])

    def test_without_a_network_of_its_own(self):
        # it cannot join: the published port is on the loopback that it shares with the host
        self.release()
        report, _ = self.inside("-v", f"{SOCKET}:/var/run/docker.sock", "--network", "host")
        self.assertEqual(report["verdict"], "sound")

    def test_engine_over_tcp(self):
        self.release()
        with Relay(SOCKET, bridge_address()) as relay:
            report, networks = self.inside("-e", f"DOCKER_HOST={relay.url}")
        self.assertEqual(report["verdict"], "sound")
        self.assertEqual(list(networks), ["bridge"])

    def test_only_the_port_of_the_engine_s_host(self):
        # without the engine's /etc/hostname it does not know which container it runs in, as in one of
        # another engine: it can join nothing, and another bridge's addresses are not reachable
        (self.folder / "hostname").write_text("elsewhere\n")
        self.release()
        with Relay(SOCKET, bridge_address()) as relay:
            report, _ = self.inside("-e", f"DOCKER_HOST={relay.url}",
                                    "-v", f"{self.folder}/hostname:/etc/hostname")
        self.assertEqual(report["verdict"], "sound")
