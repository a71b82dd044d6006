"""What a release consists of is made by ci/package and ci/image, and run: the static binary, the Debian package, the image."""

import http.server
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import tempfile
import threading

from github import release
from harness import FIXTURE, MIGRATE_TEXT, ROOT, SeatrialTest, docker, fixture

VERSION = re.search(r"version: '(.*)'", (ROOT / "meson.build").read_text()).group(1)
ARCH = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
BINARY = f"seatrial-linux-{ARCH}"
DEB = f"seatrial_{VERSION}_{ARCH}.deb"
VERIFY = ("verify", "--image", FIXTURE, "--pull", "never", "--source", "list", "--releases-list", "6",
          "--candidate-tag", "7", "--candidate", fixture("7"), "--migrate", MIGRATE_TEXT,
          "--sqlite", "/app/data/app.db", "--volume", "/app/data", "--report", "json=-")


def make(program, *args, **env):
    done = subprocess.run((ROOT / "ci" / program, *args), env={**os.environ, **env}, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=1800, check=False)
    assert done.returncode == 0, f"ci/{program} {args}: {done.stdout[-2000:]}{done.stderr[-4000:]}"


class PackagingTest(SeatrialTest):
    makes = 100  # a static build, which on a new machine is of four libraries as well

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dist = pathlib.Path(tempfile.mkdtemp(prefix="seatrial-dist-"))
        cls.addClassCleanup(shutil.rmtree, cls.dist, ignore_errors=True)
        cls.image = f"seatrial-test/tool:{os.getpid()}"
        make("package", DIST=str(cls.dist))
        make("image", cls.image, str(cls.dist / DEB))
        cls.addClassCleanup(docker, "image", "rm", "-f", cls.image, check=False)

    def out(self, *command, status=0, env=None, **named):
        done = subprocess.run(command, env=env if env is not None else self.env, cwd=self.folder, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=300, check=False, **named)
        self.assertEqual(done.returncode, status, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done

    def assert_verified(self, text):
        report = json.loads(text)
        self.assertEqual((report["verdict"], report["tool"]["version"]), ("sound", VERSION))
        self.assertEqual(docker("ps", "-aq", "--filter", f"label=seatrial.run={report['run']['id']}"), "")
        self.assertEqual(docker("volume", "ls", "-q", "--filter", f"label=seatrial.run={report['run']['id']}"), "")

    # --- the binary ------------------------------------------------------------------------------------

    def test_binary_is_static_and_its_checksum_right(self):
        self.assertEqual(self.out("readelf", "-d", self.dist / BINARY).stdout.count("NEEDED"), 0)
        self.assertNotIn("INTERP", self.out("readelf", "-l", self.dist / BINARY).stdout)
        done = subprocess.run(("sha256sum", "-c", f"{BINARY}.sha256"), cwd=self.dist, capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stdout), (0, f"{BINARY}: OK\n"))

    def test_binary_runs_where_there_is_nothing_else(self):
        """An empty root file system: no C library, no /etc, no /proc."""
        root = self.folder / "root"
        root.mkdir()
        shutil.copy(self.dist / BINARY, root / "seatrial")
        done = self.out(*self.as_root("chroot", root, "/seatrial", "version"), env={"PATH": os.environ["PATH"]})
        self.assertIn(f"seatrial {VERSION}\n", done.stdout)

    def as_root(self, *command):
        return command if os.geteuid() == 0 else ("sudo", "-n", *command)

    def test_binary_verifies(self):
        self.assert_verified(self.out(self.dist / BINARY, *VERIFY).stdout)

    # --- HTTPS -----------------------------------------------------------------------------------------

    def authority(self):
        """A release API over HTTPS whose authority only we know; its address and certificate file."""
        for command in (
                ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Seatrial test authority"),
                ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-out",
                 "request.pem", "-subj", "/CN=localhost"),
                ("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                 "2", "-extfile", "names", "-out", "cert.pem")):
            (self.folder / "names").write_text("subjectAltName=DNS:localhost\n")
            self.out("openssl", *command)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = json.dumps([release("v1.0.0")]).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):  # a client that does not trust us hangs up
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "cert.pem", self.folder / "key.pem")
        server = Server(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        # by name, so that looking it up is tried as well
        return f"https://localhost:{server.server_port}", self.folder / "ca.pem"

    def plan(self, api):
        return ("plan", "--releases-only", "--format", "json", "--source", "github", "--repository", "acme/notes",
                "--releases-api", api, "--candidate-tag", "v1.1.0", "--image", "acme/notes", "--sqlite", "/app/data/a.db")

    def test_binary_trusts_the_certificates_that_it_is_told_of(self):
        api, certificate = self.authority()
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        done = self.out(self.dist / BINARY, *self.plan(api), env={**env, "SSL_CERT_FILE": str(certificate)})
        self.assertEqual(json.loads(done.stdout)["paths"][0]["from"]["tag"], "v1.0.0")
        for trusted in ({}, {"SSL_CERT_FILE": "/nowhere/ca.pem"}):
            with self.subTest(trusted):
                done = self.out(self.dist / BINARY, *self.plan(api), status=3, env={**env, **trusted})
                self.assertRegex(done.stderr, "(?i)certificate|CA")

    def test_image_trusts_its_own_certificates(self):
        api, certificate = self.authority()
        container = docker("create", "--network", "host", self.image, *self.plan(api))
        self.addCleanup(docker, "rm", "-f", container, check=False)
        listed = docker("cp", f"{container}:/etc/ssl/certs/ca-certificates.crt", "-")
        self.assertIn("BEGIN CERTIFICATE", listed)
        self.assertIn("certificate", self.out("docker", "start", "-a", container, status=3).stderr)
        docker("cp", certificate, f"{container}:/etc/ssl/certs/ca-certificates.crt")
        done = self.out("docker", "start", "-a", container)
        self.assertEqual(json.loads(done.stdout)["paths"][0]["from"]["tag"], "v1.0.0")

    # --- the Debian package ------------------------------------------------------------------------------

    def test_package_installs_runs_and_leaves_nothing(self):
        root = self.folder / "root"
        for name in ("updates", "info"):
            (root / "var/lib/dpkg" / name).mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        dpkg = ("dpkg", "--root", root, "--log=/dev/null")
        env = {"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
        self.out(*self.as_root(*dpkg, "--install", self.dist / DEB), env=env)
        done = self.out(*self.as_root("chroot", root, "/usr/bin/seatrial", "version"), env=env)
        self.assertIn(f"seatrial {VERSION}\n", done.stdout)
        self.out(*self.as_root(*dpkg, "--purge", "seatrial"), env=env)
        self.assertFalse((root / "usr/bin/seatrial").exists())
        self.assertFalse((root / "usr/share/doc/seatrial").exists())

    def test_package_says_what_it_is(self):
        def field(name):
            return self.out("dpkg-deb", "--field", self.dist / DEB, name).stdout.strip()

        self.assertEqual((field("Version"), field("Architecture"), field("Depends")), (VERSION, ARCH, ""))
        for source in ("openssl", "curl", "glibc", "sqlite3", "postgresql-", "libarchive", "cjson"):
            self.assertIn(source, field("Built-Using"))
        files = self.out("dpkg-deb", "--contents", self.dist / DEB).stdout
        for line in files.splitlines():
            self.assertRegex(line, r"^[-d]rw[-x]r-[-x]r-[-x] root/root ")
        for name in ("doc/seatrial/copyright", "doc/seatrial/changelog.gz", "doc/seatrial/linked.tar.xz",
                     "man/man1/seatrial.1.gz", "bash-completion/completions/seatrial"):
            self.assertRegex(files, f"(?m)^-rw-r--r-- .*\\./usr/share/{re.escape(name)}")

    def test_nothing_of_where_it_was_built_is_in_it(self):
        self.assertTrue(str(ROOT).encode() not in (self.dist / BINARY).read_bytes())

    # --- the image ---------------------------------------------------------------------------------------

    def test_image_verifies_with_the_socket_mounted(self):
        self.assertIn(f"seatrial {VERSION}\n", docker("run", "--rm", self.image, "version") + "\n")
        socket = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
        if not socket.startswith("/"):
            self.skipTest("the engine is on another machine: there is no socket to mount")
        done = self.out("docker", "run", "--rm", "-v", f"{socket}:/var/run/docker.sock", self.image, *VERIFY)
        self.assert_verified(done.stdout)

    def test_image_says_when_the_socket_is_not_mounted(self):
        done = self.out("docker", "run", "--rm", self.image, *VERIFY, status=3)
        self.assertRegex(done.stderr, "(?i)no container engine|engine")
        self.assertEqual(docker("image", "inspect", "--format", "{{.Config.Entrypoint}} {{len .RootFS.Layers}}",
                                self.image), "[/usr/bin/seatrial] 1")
