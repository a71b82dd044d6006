"""An application on a server that is neither SQLite nor Postgres: it is waited for, and nobody looks into it."""

import json
import os
import unittest

from harness import BROKEN, SOUND, UNKNOWN, USAGE, SeatrialTest, docker

BASE = "seatrial-fixture/bun:base"
# A server with a table of two rows, told over HTTP: what a release did to it, the next one meets.
SERVER = """
console.log('key', process.env.STORE_PASSWORD);
if (process.env.BROKEN) { console.error('no room on the disk'); process.exit(4) }
const names = [];
await Bun.sleep(Number(process.env.SLOW ?? 0));
Bun.serve({ port: 7000, hostname: '0.0.0.0', routes: { '/ready': () => new Response('yes') },
  async fetch(request) {
    if (request.headers.get('x-key') !== process.env.STORE_PASSWORD) return new Response('no', { status: 401 });
    const { run } = await request.json();
    try { return Response.json(eval(run)) } catch (e) { return new Response(e.message, { status: 500 }) }
  } });
console.log('store is open');
"""
APPLICATION = """
const { STORE, STORE_KEY, RELEASE_RUN } = process.env;
console.log('using', STORE_KEY);
const reply = await fetch(STORE, { method: 'POST', headers: { 'x-key': STORE_KEY }, body: JSON.stringify({ run: RELEASE_RUN }) });
if (!reply.ok) { console.error('error: ' + await reply.text()); process.exit(1) }
console.log('store says', await reply.text());
"""
OLD = "names.push('ann', 'ann'); names.length"
GOOD = "if (names.length && names.length !== 2) throw new Error('no rows'); names.length"
BAD = "throw new Error(`Duplicate entry 'ann' for key 'names_unique'`)"
PASSWORD = "store-secret-4711"


class ServiceImages(SeatrialTest):
    def image(self, name, *lines, **files):
        folder = self.folder / f"image-{name}"
        folder.mkdir()
        for file, text in files.items():
            (folder / f"{file}.ts").write_text(text)
        (folder / "Dockerfile").write_text("\n".join((f"FROM {BASE}", *lines)) + "\n")
        image = f"seatrial-test/{name}-{os.getpid()}:1"
        docker("build", "-q", "-t", image, str(folder), env={**self.env, "DOCKER_BUILDKIT": "0"})
        self.addCleanup(docker, "image", "rm", image, check=False)
        return image


class ServiceTest(ServiceImages):
    def setUp(self):
        super().setUp()
        self.images = {}
        self.server = self.image("store", "COPY server.ts /server.ts", 'ENTRYPOINT ["bun"]', 'CMD ["/server.ts"]',
                                 server=SERVER)

    def release(self, run):
        if run in self.images:
            return self.images[run]
        image = self.image(f"app-{abs(hash(run)) % 10**8}", "COPY app.ts /app.ts", f"ENV RELEASE_RUN={json.dumps(run)}",
                           app=APPLICATION)
        self.images[run] = image
        return image

    def settings(self, candidate=GOOD, ready="{http: {port: 7000, path: /ready}}", env="", **replace):
        new = self.release(candidate)
        old = self.release(OLD)
        name = old.rsplit(":", 1)[0]
        self.config(**{
            "image": name, "tag": '"1"',
            "releases": "{source: list, list: [v1.0.0]}",
            "candidate": f'{{tag: v1.1.0, image: "{new}"}}',
            "migrate": "bun /app.ts", "entrypoint": "[]",
            "database": f'{{service: "{self.server}", env: {{STORE_PASSWORD: {PASSWORD}{env}}}, ready: {ready}, '
                        f'app_env: {{STORE: "http://{{host}}:7000/", STORE_KEY: {PASSWORD}}}}}',
            **replace,
        })

    def outcomes(self, result):
        return {check["id"]: check["outcome"] for check in result.path["checks"]}

    def test_sound(self):
        self.settings()
        result = self.verify(status=SOUND)
        self.assertEqual(result.path["database"], f"service {self.server}")
        self.assertEqual({step["name"] for step in result.path["steps"]},
                         {"old-migrate", "new-migrate", "rerun", "rerun-again", "fresh-install", "fresh-again"})
        # a server of its own, which nobody has written to before
        self.assertIn("store says 0", result.step("fresh-install")["log_tail"])
        self.assertIn("store says 2", result.step("new-migrate")["log_tail"])
        outcomes = self.outcomes(result)
        for check in ("old-migrate", "new-migrate", "rerun"):
            self.assertEqual(outcomes[check], "passed")
        for check in ("vacuous", "integrity", "pending"):
            self.assertEqual(outcomes[check], "skipped")
            self.assertEqual(result.check(check)["reason"], f"service {self.server} cannot be looked into")
        self.assertEqual([result.path["data"][key] for key in ("tables", "tables_with_rows", "rows")], [None] * 3)
        self.assertEqual(len(result.report["warnings"]), 1)
        self.assertIn("schema and data of service", result.report["warnings"][0])
        self.assertNotIn(PASSWORD, json.dumps(result.report) + result.out + result.err)

    def test_ready_in_every_way(self):
        check = self.image("checked", "COPY server.ts /server.ts", 'ENTRYPOINT ["bun", "/server.ts"]',
                           'HEALTHCHECK CMD ["bun", "-e", "await fetch(`http://localhost:7000/ready`)"]', server=SERVER)
        self.settings(env=", SLOW: 700")
        for ready in ("{tcp: 7000}", "{log: store is open}",
                      "{exec: [bun, -e, \"await fetch('http://localhost:7000/ready')\"]}"):
            with self.subTest(ready=ready):
                self.verify("--database-ready", ready, status=SOUND)
        self.verify("--service", check, "--database-ready", "{healthcheck: true}", status=SOUND)

    def test_broken_candidate(self):
        self.settings(BAD)
        result = self.verify(status=BROKEN)
        self.assert_broken(result, "new-migrate")
        self.assertEqual(result.findings("new-migrate")[0]["title"],
                         "the candidate's migrations fail: Duplicate entry 'ann' for key 'names_unique'")
        self.assertNotIn(PASSWORD, json.dumps(result.report) + result.out + result.err)

    def test_the_second_run_meets_what_the_first_one_made(self):
        self.settings("if (names.length > 2) throw new Error('duplicate name'); names.push('ben'); 3")
        result = self.verify(status=BROKEN)
        self.assert_broken(result, "rerun")
        self.assertIn("duplicate name", result.findings("rerun")[0]["title"])

    def test_status_counts(self):
        self.settings(status="bun -e \"process.exit(3)\"")
        result = self.verify(status=BROKEN)
        self.assertEqual(self.outcomes(result)["pending"], "failed")

    def test_the_same_image_is_no_test(self):
        self.settings(OLD)
        result = self.verify(status=UNKNOWN)
        self.assertEqual([finding["check"] for finding in result.path["findings"]], ["vacuous"])

    def test_a_server_that_ends(self):
        self.settings(env=", BROKEN: 1")
        result = self.verify(status=UNKNOWN)
        for text in (f"starting the service {self.server}", "it ended with exit status 4", "no room on the disk"):
            self.assertIn(text, result.err)
        self.assertNotIn(PASSWORD, result.out + result.err)

    def test_a_server_that_is_never_ready(self):
        self.settings(timeout="3s")
        seen = {"{tcp: 7001}": "Connection refused", "{http: {port: 7000, path: /}}": "HTTP 401: no",
                "{exec: [nothing-here]}": "nothing-here exits with 12", "{log: shop is open}": "store is open"}
        # side by side: half a minute each, of nothing but waiting
        runs = {ready: self.start("verify", "--database-ready", ready) for ready in seen}
        for ready, run in runs.items():
            with self.subTest(ready=ready):
                result = run.wait()
                self.assertEqual(result.status, UNKNOWN, result)
                self.assertIn("it was not ready after", result.err)
                self.assertIn(seen[ready], result.err)
                self.assertIn("store is open", result.err)

    def test_no_health_check(self):
        self.settings()
        result = self.verify("--database-ready", "{healthcheck: true}", status=USAGE)
        self.assertIn("its image has no HEALTHCHECK", result.err)

    def test_no_such_image(self):
        self.settings()
        self.verify("--service", "seatrial-test/nothing:1", "--pull", "never", status=UNKNOWN)

    def test_the_port_is_known_from_ready(self):
        self.settings(ready="{log: store is open}", database='{service: a, app_env: {P: "{port}"}, ready: {log: a}}')
        result = self.verify(status=USAGE)
        self.assertIn("database.app_env.P: {port} is known only with", result.err)


MARIADB = "seatrial-fixture/mariadb:10"
CLIENT = """
import { SQL } from 'bun';
const { DB_HOST, DB_PORT, DB_PASSWORD, STATEMENT } = process.env;
console.log('password', DB_PASSWORD);
const sql = new SQL({ adapter: 'mysql', hostname: DB_HOST, port: Number(DB_PORT), username: 'app',
                      password: DB_PASSWORD, database: 'app' });
try { for (const one of STATEMENT.split(';')) await sql.unsafe(one) } catch (e) {
  console.error('error: ' + e.message); process.exit(1) }
await sql.end();
"""
USERS = "CREATE TABLE IF NOT EXISTS users (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50))"
TABLE = f"{USERS};INSERT INTO users (name) VALUES ('ann'), ('ann')"


class MariadbTest(ServiceImages):
    def settings(self, statement, ready="{tcp: 3306}"):
        old = self.image("maria-old", "COPY app.ts /app.ts", f'ENV STATEMENT="{TABLE}"', app=CLIENT)
        new = self.image("maria-new", "COPY app.ts /app.ts", f'ENV STATEMENT="{statement}"', app=CLIENT)
        self.config(**{
            "image": old.rsplit(":", 1)[0], "tag": '"1"',
            "releases": "{source: list, list: [v1.0.0]}",
            "candidate": f'{{tag: v1.1.0, image: "{new}"}}',
            "migrate": "bun /app.ts", "entrypoint": "[]",
            "database": f'{{service: "{MARIADB}", ready: {ready}, env: {{MARIADB_ROOT_PASSWORD: root-{PASSWORD}, '
                        f'MARIADB_DATABASE: app, MARIADB_USER: app, MARIADB_PASSWORD: {PASSWORD}}}, app_env: '
                        f'{{DB_HOST: "{{host}}", DB_PORT: "3306", DB_PASSWORD: {PASSWORD}}}}}',
        })

    def test_sound_whatever_says_that_it_is_ready(self):
        # a first server, on its socket alone, comes and goes while the data is made
        self.settings(f"{USERS};ALTER TABLE users ADD COLUMN IF NOT EXISTS mail VARCHAR(80)")
        for ready in ("{tcp: 3306}", "{exec: healthcheck.sh --connect}",
                      f"{{exec: [mariadb, --protocol=tcp, -h127.0.0.1, -uapp, -p{PASSWORD}, app, -e, SELECT 1]}}"):
            with self.subTest(ready=ready):
                result = self.verify("--database-ready", ready, status=SOUND)
                self.assertNotIn(PASSWORD, json.dumps(result.report) + result.out + result.err)

    def test_the_title_is_what_mariadb_says(self):
        self.settings(f"{USERS};CREATE UNIQUE INDEX IF NOT EXISTS users_name ON users (name)")
        result = self.verify(status=BROKEN)
        self.assert_broken(result, "new-migrate")
        self.assertEqual(result.findings("new-migrate")[0]["title"],
                         "the candidate's migrations fail: Duplicate entry 'ann' for key 'users_name'")
        self.assertNotIn(PASSWORD, json.dumps(result.report) + result.out + result.err)


if __name__ == "__main__":
    unittest.main()
