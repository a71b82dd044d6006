"""The server image of the fixtures copies what initdb makes: nobody can tell, and initdb still runs."""

from harness import SOUND, docker
from postgres import SERVER, PostgresTest

# all that a cluster is: its settings, who may come in, what is in it
STATE = """
SELECT string_agg(concat_ws('=', name, setting, source), E'\\n' ORDER BY name) FROM pg_settings
  WHERE name NOT IN ('data_directory', 'config_file', 'hba_file', 'ident_file', 'port');
SELECT pg_read_file('pg_hba.conf'), pg_read_file('postgresql.conf'), pg_read_file('PG_VERSION');
SELECT datname, pg_encoding_to_char(encoding), datcollate, datctype, datistemplate FROM pg_database ORDER BY 1;
SELECT rolname, rolsuper, rolreplication, left(rolpassword, 18) FROM pg_authid ORDER BY 1;
SELECT (pg_control_init()).data_page_checksum_version, (pg_control_init()).bytes_per_wal_segment;
"""


class ServerImageTest(PostgresTest):
    def server(self, image, *options):
        """A server that is ready: it answers over TCP."""
        container = docker("run", "-d", "--tmpfs", "/data", "-e", "PGDATA=/data/pg", "-e", "POSTGRES_DB=app",
                           "-e", "POSTGRES_PASSWORD=pass word'", *options, image, "postgres", "-c",
                           "log_statement=all")
        self.addCleanup(docker, "rm", "-fv", container)
        self.wait_for_log(container, "listening on IPv4")  # the one that prepares it does not
        return container

    def state(self, container, password="pass word'", check=True):
        return docker("exec", "-e", f"PGPASSWORD={password}", container, "psql", "-XAt", "-h",
                      self.address(container), "-U", "postgres", "-d", "app", "-c", STATE, check=check)

    def address(self, container):
        return docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", container)

    def test_a_copied_cluster_is_one_that_initdb_makes(self):
        copied, real = self.server(SERVER), self.server(SERVER, "-e", "POSTGRES_INITDB_ARGS=--username=postgres")
        logs = [self.log_of(container) for container in (copied, real)]
        self.assertNotIn("selecting default", logs[0])
        self.assertIn("selecting default", logs[1], "initdb did not run")
        self.assertEqual(self.state(copied), self.state(real))
        self.assertEqual(self.state(copied, "another", check=False), "", "any password does")
        self.assertNotIn("pass word", self.log_of(copied), "the log names the password")

    def test_other_arguments_than_it_was_made_with(self):
        for option in ("POSTGRES_INITDB_ARGS=--no-sync --data-checksums", "TZ=Europe/Berlin", "LC_ALL=C"):
            with self.subTest(option):
                self.assertIn("selecting default", self.log_of(self.server(SERVER, "-e", option)))

    def test_verify_with_a_server_that_runs_initdb(self):
        image = self.server_image("initdb", "RUN rm -r /var/lib/postgresql/prepared")
        self.release(server=image)
        self.assert_sound(self.verify(status=SOUND))
