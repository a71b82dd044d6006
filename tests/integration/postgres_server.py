"""A Postgres server of the user's: an ordinary process on this machine, that containers reach too."""

import glob
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile

from harness import RUN_SECONDS, docker, wait_until

BIN = pathlib.Path(max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4])))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def bridge_address():
    """Where containers find this machine; the engine reaches its default bridge at that address."""
    return docker("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Subnet}}") \
        .replace(".0.0/16", ".0.1")


def roomy():
    """Memory where there is enough for a server; a folder on a disk takes it longer to make databases."""
    memory = "/dev/shm"
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= 3 << 30:
        return memory
    return None


class Server:
    """Superuser `admin`, role `maker` with CREATEDB, role `plain` without; passwords are the names with
    -secret behind. Trusts nobody."""

    def __init__(self, hba=""):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="seatrial-pg-", dir=roomy()))
        self.port = free_port()
        self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] \
            if os.geteuid() == 0 else []
        if self.user:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.run(BIN / "initdb", "-D", self.folder / "data", "-U", "admin", "--no-sync", "-E", "UTF8",
                 "--locale=C.UTF-8", "-A", "trust")
        rules = self.folder / "data/pg_hba.conf"
        rules.write_text(f"local all all trust\n{hba}host all all 0.0.0.0/0 scram-sha-256\n")
        self.process = subprocess.Popen(
            (*self.user, BIN / "postgres", "-D", self.folder / "data", "-p", str(self.port),
             "-c", f"unix_socket_directories={self.folder}", "-c", "fsync=off",
             "-c", "max_prepared_transactions=5",
             "-c", f"listen_addresses=127.0.0.1,{bridge_address()}"),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=open(self.folder / "log", "wb"))
        wait_until(lambda: self.answers(), RUN_SECONDS, "a Postgres server")
        for role, rights in (("maker", "CREATEDB"), ("plain", "")):
            self.sql(f"CREATE ROLE {role} LOGIN {rights} PASSWORD '{role}-secret'")
        self.sql("CREATE DATABASE shop OWNER maker")
        self.sql("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2)", database="shop")

    def run(self, *command):
        subprocess.run((*self.user, *command), check=True, cwd="/", stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)

    def answers(self):
        return subprocess.run((BIN / "pg_isready", "-q", "-h", self.folder, "-p", str(self.port)),
                              check=False).returncode == 0

    def sql(self, text, database="postgres"):
        """Rows as text, by the administrator."""
        done = subprocess.run((BIN / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p",
                               str(self.port), "-U", "admin", "-d", database, "-c", text),
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def url(self, role="maker", password=None, host="127.0.0.1", rest="/shop"):
        return f"postgres://{role}:{password or role + '-secret'}@{host}:{self.port}{rest}"

    def databases(self):
        return self.sql("SELECT datname FROM pg_database ORDER BY 1").splitlines()

    def state(self):
        """All that a run must leave as it is."""
        return (self.databases(), self.sql("SELECT rolname, rolcreatedb, rolsuper FROM pg_roles ORDER BY 1"),
                self.sql("SELECT * FROM pg_db_role_setting"), self.sql("SELECT * FROM pg_file_settings "
                         "WHERE sourcefile ~ 'auto.conf'"),
                self.sql("SELECT oid, * FROM orders, pg_class WHERE relname = 'orders'", database="shop"))

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
