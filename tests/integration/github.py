"""A release API as GitHub's, on the loopback interface."""

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REPOSITORY = "acme/notes"
REPOSITORY_ID = 4711


def release(tag, published="2025-01-01T00:00:00Z", draft=False, prerelease=False):
    """One release as the API shows it, as far as anybody should look."""
    return {
        "tag_name": tag, "name": f"Release {tag}", "draft": draft, "prerelease": prerelease,
        "created_at": published, "published_at": None if draft else published,
        "target_commitish": "main", "body": "notes ::error::of a release \u001b[31m", "assets": [],
    }


class GitHub:
    """Serves /repos/acme/notes/releases; use it with `with`, or start() and stop().

    answers: what to answer before the releases, first come first served: (status, headers, body).
    moved: the repository has this old name and is answered with 301.
    """

    def __init__(self, releases=(), answers=(), moved=None, token=None):
        self.releases, self.answers, self.moved, self.token = list(releases), list(answers), moved, token
        self.requests = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                owner.requests.append((self.path, dict(self.headers)))
                status, headers, body = owner.answer(self.path, self.headers)
                payload = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(payload)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that hung up
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path, headers):
        if self.answers:
            return self.answers.pop(0)
        url = urllib.parse.urlsplit(path)
        query = urllib.parse.parse_qs(url.query)
        if not headers.get("User-Agent"):
            return 403, {}, {"message": "Request forbidden by administrative rules (User-Agent)"}
        if self.token and headers.get("Authorization") != f"Bearer {self.token}":
            return 404, {}, {"message": "Not Found", "status": "404"}
        if self.moved and url.path == f"/repos/{self.moved}/releases":
            target = f"{self.url}/repositories/{REPOSITORY_ID}/releases?{url.query}"
            return 301, {"Location": target}, {"message": "Moved Permanently", "url": target}
        if url.path not in (f"/repos/{REPOSITORY}/releases", f"/repositories/{REPOSITORY_ID}/releases"):
            return 404, {}, {"message": "Not Found", "status": "404"}
        return self.page(int(query.get("per_page", ["30"])[0]), int(query.get("page", ["1"])[0]))

    def page(self, per_page, number):
        per_page = min(per_page, 100)
        last = max(1, -(-len(self.releases) // per_page))
        links = []
        for word, target, there in (("prev", number - 1, number > 1), ("next", number + 1, number < last),
                                    ("last", last, number < last), ("first", 1, number > 1)):
            if there:
                links.append(f"<{self.url}/repositories/{REPOSITORY_ID}/releases?per_page={per_page}"
                             f'&page={target}>; rel="{word}"')
        start = (number - 1) * per_page
        return 200, ({"Link": ", ".join(links)} if links else {}), self.releases[start:start + per_page]
