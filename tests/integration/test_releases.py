"""Which releases an upgrade starts from, and what the release API may do meanwhile."""

import json
import time

from github import GitHub, release
from harness import SOUND, UNKNOWN, USAGE, SeatrialTest

SEMVER = [
    release("v2.0.1", "2025-07-01T00:00:00Z"),
    release("v2.1.0", draft=True),
    release("v2.0.1-rc.1", "2025-06-01T00:00:00Z", prerelease=True),
    release("v1.9.9", "2025-05-01T00:00:00Z"),  # a back-port
    release("v2.0.0", "2025-04-01T00:00:00Z"),
    release("api@1.2.0", "2025-03-15T00:00:00Z"),
    release("v1.1.0", "2024-03-01T00:00:00Z"),
    release("v1.0.1", "2024-02-01T00:00:00Z"),
    release("v1.0.0", "2024-01-01T00:00:00Z"),
]


class ReleaseTest(SeatrialTest):
    def github(self, *args, **named):
        server = GitHub(*args, **named)
        self.addCleanup(server.stop)
        return server

    def configure(self, server, tag="v2.0.1", extra="", tag_pattern="{tag}"):
        self.config(releases=f'{{source: github, repository: acme/notes, api: "{server.url}"{extra}}}',
                    candidate=f'{{tag: "{tag}"}}', image="acme/notes", tag=f'"{tag_pattern}"')

    def chosen(self, server, tag, *flags, env=None, extra="", **replace):
        self.configure(server, tag, extra, **replace)
        result = self.plan("--releases-only", *flags, env=env)
        return [path["from"]["tag"] for path in result.report["paths"]]


class ChoiceTest(ReleaseTest):
    def test_from(self):
        server = self.github(SEMVER)
        for wanted, tags in (
                ("previous", ["v2.0.0"]),
                ("last 1", ["v2.0.0"]),
                ("last 3", ["v2.0.0", "v1.9.9", "v1.1.0"]),
                ("last 99", ["v2.0.0", "v1.9.9", "v1.1.0", "v1.0.1", "v1.0.0"]),
                ("minors 2", ["v2.0.0", "v1.9.9"]),
                ("minors 4", ["v2.0.0", "v1.9.9", "v1.1.0", "v1.0.1"]),
                ("majors 2", ["v2.0.0", "v1.9.9"]),
                ("oldest", ["v1.0.0"]),
                (">=1.0.1 <1.9", ["v1.1.0", "v1.0.1"]),
                ("v1.1.0", ["v1.1.0"]),
                ("v1.0.0, v1.1.0", ["v1.1.0", "v1.0.0"]),
        ):
            with self.subTest(wanted):
                self.assertEqual(self.chosen(server, "v2.0.1", "--from", wanted), tags)

    def test_precedes_is_version_order(self):
        server = self.github(SEMVER)
        for candidate, tags in (("v1.9.10", ["v1.9.9"]), ("v2.0.2", ["v2.0.1"]), ("v1.0.1", ["v1.0.0"]),
                                ("api@1.3.0", ["api@1.2.0"])):
            with self.subTest(candidate):
                self.assertEqual(self.chosen(server, candidate, tag_pattern="{version}"), tags)

    def test_prereleases(self):
        server = self.github(SEMVER)
        for candidate, rule, tags in (
                ("v2.0.1-rc.2", "auto", ["v2.0.1-rc.1"]),
                ("v2.0.1-rc.2", "never", ["v2.0.0"]),
                ("v2.0.1", "always", ["v2.0.1-rc.1"]),
                ("v2.0.1", "auto", ["v2.0.0"]),
        ):
            with self.subTest(f"{candidate} {rule}"):
                self.assertEqual(self.chosen(server, candidate, extra=f", prereleases: {rule}"), tags)

    def test_tags_of_other_kinds(self):
        for tags, candidate, wanted in (
                (["9", "10", "11"], "11", ["10"]),
                (["2025.12.31", "2026.01.02"], "2026.02.01", ["2026.01.02"]),
                (["chart-1.0.0", "v9.0.0"], "chart-1.1.0", ["chart-1.0.0"]),
        ):
            with self.subTest(candidate):
                server = self.github([release(tag) for tag in tags])
                self.assertEqual(self.chosen(server, candidate), wanted)

    def test_tags_that_are_no_versions_go_by_time(self):
        server = self.github([release("lion", "2025-01-01T00:00:00Z"), release("ape", "2025-03-01T00:00:00Z"),
                              release("newt", "2025-02-01T00:00:00Z")])
        self.assertEqual(self.chosen(server, "zebra"), ["ape"])
        self.assertEqual(self.chosen(server, "ape"), ["newt"])

    def test_a_tag_that_is_no_release(self):
        self.configure(self.github(SEMVER))
        result = self.seatrial("plan", "--releases-only", "--from", "v1.1.1")
        self.assertEqual(result.status, USAGE, result)
        self.assertIn("v1.1.1", result.err)
        self.assert_matches(result.err, r"v1\.1\.0|v1\.0\.1")

    def test_a_from_that_cannot_be_read(self):
        self.configure(self.github(SEMVER))
        result = self.seatrial("plan", "--releases-only", "--from", "last many")
        self.assertEqual(result.status, USAGE, result)
        self.assertIn("many", result.err)

    def test_no_previous_release(self):
        self.configure(self.github([]), "v1.0.0")
        result = self.plan("--releases-only")
        self.assertEqual((result.report["verdict"], result.report["paths"]), ("nothing-to-verify", []))
        result = self.verify(status=SOUND)
        self.assertEqual(result.report["verdict"], "nothing-to-verify")
        result = self.verify("--require-previous", status=UNKNOWN)


class TrapTest(ReleaseTest):
    """What goes wrong with a hand-written look into the first page of the release API."""

    def test_the_next_element_of_an_unsorted_first_page_is_not_the_previous_release(self):
        for wrong, candidate in ((release("v1.4.9"), "v2.0.1"),  # a back-port
                                 (release("v2.0.1-rc.1", prerelease=True), "v2.0.1"),
                                 (release("v2.0.0-draft", draft=True), "v2.0.1"),
                                 (release("v2.1.0"), "v2.0.1")):  # a newer version
            with self.subTest(wrong["tag_name"]):
                page = [release(candidate), wrong, release("v1.0.0"), release("v2.0.0"), release("v1.9.0")]
                self.assertEqual(self.chosen(self.github(page), candidate), ["v2.0.0"])

    def test_beyond_item_30_the_previous_release_is_found(self):
        numbers = list(range(1, 251))
        numbers = numbers[1::2] + numbers[::2][::-1]
        server = self.github([release(str(number)) for number in numbers])
        self.assertEqual(self.chosen(server, "251"), ["250"])
        self.assertGreaterEqual(len(server.requests), 3)
        self.assertEqual(self.chosen(server, "251", "--from", "oldest"), ["1"])


class EnvironmentTest(ReleaseTest):
    def test_github_actions(self):
        server = self.github(SEMVER, token="ghs_0123456789abcdefTOKEN")
        event = self.folder / "event.json"
        event.write_text(json.dumps({
            "action": "published", "release": SEMVER[0], "repository": {"full_name": "acme/notes"}}))
        self.config(releases=None, candidate=None, image="acme/notes")
        env = {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_API_URL": server.url,
               "GITHUB_REPOSITORY": "acme/notes", "GITHUB_EVENT_NAME": "release",
               "GITHUB_EVENT_PATH": str(event), "GITHUB_TOKEN": "ghs_0123456789abcdefTOKEN"}
        result = self.plan("--releases-only", env=env)
        self.assertEqual([path["from"]["tag"] for path in result.report["paths"]], ["v2.0.0"])
        self.assertEqual(result.report["candidate"]["tag"], "v2.0.1")

    def test_pushed_tag(self):
        server = self.github(SEMVER)
        self.config(releases=None, candidate=None, image="acme/notes")
        result = self.plan("--releases-only", env={
            "GITHUB_ACTIONS": "true", "GITHUB_API_URL": server.url, "GITHUB_REPOSITORY": "acme/notes",
            "GITHUB_REF": "refs/tags/v1.9.10", "GITHUB_REF_NAME": "v1.9.10", "GITHUB_REF_TYPE": "tag"})
        self.assertEqual([path["from"]["tag"] for path in result.report["paths"]], ["v1.9.9"])

    def test_requests(self):
        server = self.github(SEMVER, token="ghs_0123456789abcdefTOKEN")
        self.chosen(server, "v2.0.1", env={"GITHUB_TOKEN": "ghs_0123456789abcdefTOKEN"})
        path, headers = server.requests[0]
        self.assertTrue(path.startswith("/repos/acme/notes/releases?"), path)
        self.assertIn("per_page=100", path)
        self.assertIn("seatrial", headers["User-Agent"].lower())
        self.assertEqual(headers["Accept"], "application/vnd.github+json")


class TroubleTest(ReleaseTest):
    LIMIT = {"message": "API rate limit exceeded"}

    def trouble(self, server, *flags, env=None):
        """plan and verify both stop with 3; the result of the second."""
        self.configure(server)
        result = self.seatrial("plan", "--releases-only", *flags, env=env)
        self.assertEqual(result.status, UNKNOWN, result)
        self.assertTrue(result.err.strip(), "says nothing")
        return result

    def test_renamed_repository(self):
        server = self.github(SEMVER, moved="acme/jotter", token="ghs_0123456789abcdefTOKEN")
        self.config(releases=f'{{source: github, repository: acme/jotter, api: "{server.url}"}}',
                    candidate='{tag: v2.0.1}', image="acme/notes")
        result = self.plan("--releases-only", env={"GITHUB_TOKEN": "ghs_0123456789abcdefTOKEN"})
        self.assertEqual([path["from"]["tag"] for path in result.report["paths"]], ["v2.0.0"])

    def test_private_or_misspelt(self):
        result = self.trouble(self.github(SEMVER, token="somebody else's"))
        self.assert_matches(result.err, "private|misspel")
        self.assertIn("acme/notes", result.err)
        self.assertIn("GITHUB_TOKEN", result.err)

    def test_rate_limit_says_when(self):
        reset = str(int(time.time()) + 3000)
        for status in (403, 429):
            with self.subTest(status):
                result = self.trouble(self.github(SEMVER, answers=[
                    (status, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}, self.LIMIT)] * 9))
                self.assert_matches(result.err, "rate limit")
                self.assert_matches(result.err, r"\d\d:\d\d|\d+ ?(m|s)")

    def test_short_rate_limit_is_waited_for(self):
        server = self.github(SEMVER, answers=[(429, {"retry-after": "1"}, self.LIMIT)])
        start = time.monotonic()
        self.assertEqual(self.chosen(server, "v2.0.1"), ["v2.0.0"])
        self.assertGreaterEqual(time.monotonic() - start, 1)

    def test_server_errors_are_retried(self):
        server = self.github(SEMVER, answers=[(502, {}, b"<html>bad gateway</html>")])
        self.assertEqual(self.chosen(server, "v2.0.1"), ["v2.0.0"])

    def test_server_errors_that_stay(self):
        server = self.github(SEMVER, answers=[(500, {}, b"oops")] * 50)
        result = self.trouble(server)
        self.assertIn("500", result.err)
        self.assertLess(len(server.requests), 10)

    def test_list_that_is_cut_off(self):
        numbers = [release(f"1.0.{number}") for number in range(300)]
        server = self.github(numbers)
        pages = server.answer

        def answer(path, headers):
            if "page=3" in path:
                return 422, {}, {"message": "Only the first 1000 results are available."}
            return pages(path, headers)

        server.answer = answer
        self.configure(server, "1.1.0")
        result = self.plan("--releases-only")
        self.assertEqual([path["from"]["tag"] for path in result.report["paths"]], ["1.0.199"])

    def test_answer_that_is_no_json(self):
        self.trouble(self.github(SEMVER, answers=[(200, {}, b"<html>login</html>")] * 5))

    def test_unreachable(self):
        server = self.github([])
        server.stop()
        result = self.trouble(server)
        self.assertIn(server.url.removeprefix("http://"), result.err)
        self.configure(server)
        result = self.verify(status=UNKNOWN)
        if result.report:
            self.assertEqual(result.report["verdict"], "unknown")

    def test_token_stays_with_its_host(self):
        other = self.github([release("v1.5.0")])
        answers = [(200, {"Link": f'<{other.url}/repos/acme/notes/releases?page=2>; rel="next"'}, SEMVER)]
        server = self.github(SEMVER, answers=answers)
        self.configure(server)
        self.seatrial("plan", "--releases-only", env={"GITHUB_TOKEN": "ghs_0123456789abcdefTOKEN"})
        self.assertIn("ghs_0123456789abcdefTOKEN", server.requests[0][1].get("Authorization", ""))
        for _, headers in other.requests:
            self.assertNotIn("Authorization", headers)

    def test_token_stays_with_its_host_on_a_redirect(self):
        other = self.github(SEMVER)
        answers = [(301, {"Location": f"{other.url}/repos/acme/notes/releases"}, {"message": "Moved"})]
        server = self.github(SEMVER, answers=answers)
        self.configure(server)
        self.seatrial("plan", "--releases-only", env={"GITHUB_TOKEN": "ghs_0123456789abcdefTOKEN"})
        for _, headers in other.requests:
            self.assertNotIn("Authorization", headers)
