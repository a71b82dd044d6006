"""Where images come from: a registry, an archive, a build."""

from harness import SOUND, UNKNOWN, MainPath, SeatrialTest, docker, fixture, image_id
from registry import PASSWORD, Registry


class RegistryTest(MainPath, SeatrialTest):
    @classmethod
    def setUpClass(cls):
        cls.registry = Registry()
        cls.addClassCleanup(cls.registry.stop)
        for tag in ("5", "7"):
            cls.registry.push(fixture(tag), "acme/notes", tag)
        cls.registry.push(fixture("6"), "acme/all", "6")
        cls.registry.push(fixture("7"), "acme/all", "7")

    def configure(self, repository="acme/notes", address=None, **replace):
        address = address or self.registry.open
        settings = {"pull": "missing", "candidate": '{tag: "7"}', **replace}
        self.config(image=f"{address}/{repository}", **settings)
        for tag in ("5", "6", "7"):  # what a run pulls stays, as after docker pull
            self.addCleanup(docker, "image", "rm", f"{address}/{repository}:{tag}", check=False)

    def test_pull(self):
        self.configure("acme/all", releases='{source: list, list: ["6"]}')
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        name = f"{self.registry.open}/acme/all"
        self.assertEqual(result.path["from"]["image"], f"{name}:6")
        digests = docker("image", "inspect", "--format", "{{.RepoDigests}}", f"{name}:6")
        self.assertIn(f"{name}@{result.path['from']['digest']}", digests)

    def test_a_release_that_stays_published_without_an_image_is_passed_over(self):
        self.configure()
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertEqual(result.path["id"], "5 -> 7")
        missing = f"{self.registry.open}/acme/notes:6"
        self.assertEqual([(item["tag"], item["image"]) for item in result.report["passed_over"]],
                         [("6", missing)])
        self.assertIn(missing, result.out)

    def test_plan_walks_back_without_a_pull(self):
        self.configure()
        result = self.plan()
        self.assertEqual([path["from"]["tag"] for path in result.report["paths"]], ["5"])
        self.assertEqual([item["tag"] for item in result.report["passed_over"]], ["6"])
        self.assertRegex(result.report["paths"][0]["from"]["digest"], "^sha256:[0-9a-f]{64}$")

    def test_missing_image_is_an_error_when_told_so(self):
        self.configure(text="missing_image: error\n")
        result = self.verify(status=UNKNOWN)
        self.assertIn(f"{self.registry.open}/acme/notes:6", result.out + result.err)

    def test_no_release_has_an_image(self):
        self.configure(releases='{source: list, list: ["3", "4"]}')
        result = self.verify(status=UNKNOWN)
        self.assertNotIn("nothing to verify", (result.out + result.err).lower())
        for tag in ("3", "4"):
            self.assertIn(f"acme/notes:{tag}", result.out + result.err)
        if result.report:
            self.assertEqual(result.report["verdict"], "unknown")

    def test_candidate_that_is_nowhere(self):
        self.configure(candidate='{tag: "8"}')
        result = self.verify()
        self.assertEqual(result.status, UNKNOWN, result)
        self.assertIn("acme/notes:8", result.err)

    def test_credentials(self):
        address = self.registry.locked
        config = Registry.login(self.folder / "docker", address)
        self.configure("acme/all", address, releases='{source: list, list: ["6"]}')
        result = self.verify(env={"DOCKER_CONFIG": config}, status=SOUND)
        self.assert_sound(result)
        self.assertNotIn(PASSWORD, result.out + result.err)

    def test_credentials_from_the_variable(self):
        address = self.registry.locked
        config = Registry.login(self.folder / "docker", address)
        self.configure("acme/all", address, releases='{source: list, list: ["6"]}')
        text = open(f"{config}/config.json", encoding="utf-8").read()
        self.assert_sound(self.verify(env={"DOCKER_AUTH_CONFIG": text}, status=SOUND))

    def test_wrong_password_is_not_a_missing_release(self):
        address = self.registry.locked
        config = Registry.login(self.folder / "docker", address, password="guessed-wr0ng")
        self.configure("acme/all", address, releases='{source: list, list: ["6"]}')
        result = self.verify("-v", env={"DOCKER_CONFIG": config}, status=UNKNOWN)
        self.assertIn(address, result.out + result.err)
        self.assertNotIn("guessed-wr0ng", result.out + result.err)

    def test_unreachable_registry(self):
        self.configure(address="127.0.0.1:1", releases='{source: list, list: ["6"]}')
        result = self.verify(status=UNKNOWN)
        self.assertIn("127.0.0.1:1", result.err)
        self.assertNotIn("nothing to verify", result.out.lower())


class ArchiveTest(MainPath, SeatrialTest):
    def test_archive_leaves_the_tags_of_the_user_alone(self):
        name = self.tag(fixture("7"), "seatrial-test/app:latest")
        archive = self.folder / "candidate.tar"
        docker("save", "-o", str(archive), name)
        docker("tag", fixture("6"), name)
        self.config(candidate='{tag: "7", archive: candidate.tar}')
        result = self.verify(status=SOUND)
        self.assert_sound(result)
        self.assertEqual(result.path["migrations"]["applied"], ["007_slugs", "008_reminders"])
        self.assertEqual(image_id(name), image_id(fixture("6")), "a tag of the user was moved")

    def test_archive_of_an_image_that_is_not_here(self):
        name = "seatrial-test/gone:1"
        docker("tag", fixture("7"), name)
        archive = self.folder / "candidate.tar"
        docker("save", "-o", str(archive), name)
        docker("image", "rm", name)
        self.config(candidate='{tag: "7"}')
        self.assert_sound(self.verify("--archive", str(archive), status=SOUND))

    def test_archive_that_is_none(self):
        (self.folder / "candidate.tar").write_text("this is no tar\n")
        self.config(candidate='{tag: "7", archive: candidate.tar}')
        result = self.verify()
        self.assertIn(result.status, (2, UNKNOWN), result)
        self.assertIn("candidate.tar", result.err)


class BuildTest(MainPath, SeatrialTest):
    def context(self):
        folder = self.folder / "app"
        (folder / "migrations").mkdir(parents=True)
        (folder / "Dockerfile").write_text(f"FROM {fixture('6')}\nARG NOTE=none\nLABEL note=$NOTE\n"
                                           "COPY migrations /app/migrations\n")
        (folder / "migrations/007_colors.sql").write_text("UPDATE notebooks SET color = '#000';\n")
        # would break the upgrade, and is not part of the context
        (folder / "migrations/008_draft.sql").write_text("this is no SQL;\n")
        (folder / "migrations/009_kept.sql").write_text("DELETE FROM note_tags WHERE tag_id = 2;\n")
        (folder / ".dockerignore").write_text("# drafts\nmigrations/00*\n!migrations/007_*\n!**/*kept.sql\n")
        return folder

    def verify_build(self, env=None):
        self.context()
        self.config(candidate='{tag: "7", build: {context: app, args: {NOTE: "a b"}}}')
        # the CLI needs a builder that finds the local base image
        result = self.verify(env={"DOCKER_BUILDKIT": "0", **(env or {})}, status=SOUND)
        self.assert_sound(result)
        self.assertEqual(result.path["migrations"]["applied"], ["007_colors", "009_kept"])

    def test_build(self):
        self.verify_build()

    def test_build_without_the_cli(self):
        self.verify_build({"PATH": self.path_without_docker()})

    def test_build_by_flag(self):
        self.context()
        self.config(candidate='{tag: "7"}')
        self.assert_sound(self.verify("--build", "app", env={"DOCKER_BUILDKIT": "0"}, status=SOUND))

    def test_build_that_fails(self):
        folder = self.context()
        for env in ({}, {"PATH": self.path_without_docker()}):
            with self.subTest("without CLI" if env else "with CLI"):
                (folder / "Dockerfile").write_text(f"FROM {fixture('6')}\nCOPY nothing-like-this /app/\n")
                self.config(candidate='{tag: "7", build: {context: app}}')
                result = self.verify(env={"DOCKER_BUILDKIT": "0", **env}, status=UNKNOWN)
                self.assertIn("nothing-like-this", result.err)
                self.assertNotIn("SOUND", result.out)

    def test_context_that_is_missing(self):
        self.config(candidate='{tag: "7", build: {context: nowhere}}')
        result = self.verify()
        self.assertIn(result.status, (2, UNKNOWN), result)
        self.assertIn("nowhere", result.err)
