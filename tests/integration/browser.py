"""A headless Chromium, spoken to over a pipe: opens a page, says what it asked for and complained about."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time

CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
# Nothing but the page: no sandbox in a container, no services, no profile but an empty one.
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-default-apps", "--disable-dev-shm-usage", "--disable-domain-reliability", "--disable-extensions",
         "--disable-sync", "--metrics-recording-only", "--mute-audio", "--no-first-run", "--hide-scrollbars",
         "--remote-debugging-pipe")
ANSWER_SECONDS = 120


class Browser:
    """Chromium's debugging protocol: JSON texts that end in a zero byte, on descriptors 3 and 4."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="seatrial-chromium-")
        to_read, self.to = os.pipe()
        self.source, from_write = os.pipe()

        def descriptors():
            # both away from 3 and 4 first, whatever numbers they have
            ends = os.dup(to_read), os.dup(from_write)
            high = [os.dup2(end, 50 + index) for index, end in enumerate(ends)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            (CHROMIUM, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=descriptors, close_fds=False,
            env={"PATH": os.environ["PATH"], "HOME": self.profile, "LANG": "C.UTF-8"})
        os.close(to_read)
        os.close(from_write)
        self.rest, self.events, self.number = b"", [], 0
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < end:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)
        raise AssertionError(f"{method}: no answer within {ANSWER_SECONDS} s")

    def read(self):
        while b"\0" not in self.rest:
            piece = os.read(self.source, 1 << 20)
            if not piece:
                raise AssertionError("the browser went away")
            self.rest += piece
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def open(self, path, width, dark=False, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        end = time.monotonic() + ANSWER_SECONDS
        while self.evaluate("document.readyState") != "complete":
            if time.monotonic() > end:
                raise AssertionError(f"{path} does not load")
            time.sleep(0.05)

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def screenshot(self, path, height=None):
        """Of the whole page, or of its upper part."""
        width, whole = self.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": width, "height": height or whole, "scale": 1}
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        path.write_bytes(base64.b64decode(data))

    def requests(self):
        """Addresses that the page asked for."""
        return [event["params"]["request"]["url"] for event in self.events
                if event.get("method") == "Network.requestWillBeSent"]

    def complaints(self):
        return [event["params"] for event in self.events
                if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled",
                                           "Page.javascriptDialogOpening")]

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.to)
        os.close(self.source)
        shutil.rmtree(self.profile, ignore_errors=True)
