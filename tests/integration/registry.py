"""Debian's docker-registry on the loopback interface, which engines trust without TLS."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request

from harness import RUN_SECONDS, docker, wait_until

USER, PASSWORD = "deploy", "registry-s3cret-word"
# bcrypt of PASSWORD, so that no tool has to make it
HTPASSWD = f"{USER}:$2b$05$abcdefghijklmnopqrstuu8MT1AVpzO4.N1xzdghBG0y3WZodQHRi\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Registry:
    """One storage folder behind two addresses: `open` asks for nothing, `locked` for a password."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="seatrial-registry-"))
        self.processes = []
        try:
            self.open = self.serve("")
            self.locked = self.serve(
                f"auth: {{htpasswd: {{realm: acme, path: {self.folder}/htpasswd}}}}\n")
        except BaseException:
            self.stop()
            raise

    def serve(self, auth):
        address = f"127.0.0.1:{free_port()}"
        config = self.folder / f"{address}.yml"
        config.write_text(f"version: 0.1\nlog: {{level: error}}\n"
                          f"storage: {{filesystem: {{rootdirectory: {self.folder}/storage}}}}\n"
                          f"http: {{addr: '{address}'}}\n{auth}")
        (self.folder / "htpasswd").write_text(HTPASSWD)
        with open(self.folder / "log", "ab") as log:
            self.processes.append(subprocess.Popen(("docker-registry", "serve", str(config)),
                                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        wait_until(lambda: self.answers(address), RUN_SECONDS, f"docker-registry on {address}")
        return address

    def answers(self, address):
        if self.processes[-1].poll() is not None:
            raise AssertionError(f"docker-registry: {(self.folder / 'log').read_text()[-2000:]}")
        try:
            urllib.request.urlopen(f"http://{address}/v2/", timeout=2).close()
        except urllib.error.HTTPError as error:
            return error.code == 401
        except OSError:
            return False
        return True

    def stop(self):
        for process in self.processes:
            process.terminate()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def push(self, source, repository, tag):
        """Put a local image there as repository:tag; no name of it stays on the engine."""
        name = f"{self.open}/{repository}:{tag}"
        docker("tag", source, name)
        try:
            docker("push", "-q", name)
        finally:
            docker("image", "rm", name)

    @staticmethod
    def login(folder, address, user=USER, password=PASSWORD):
        """A DOCKER_CONFIG folder as docker login leaves it."""
        import base64
        auth = base64.b64encode(f"{user}:{password}".encode()).decode()
        os.makedirs(folder, exist_ok=True)
        pathlib.Path(folder, "config.json").write_text(
            json.dumps({"auths": {address: {"auth": auth}}}))
        return str(folder)
