"""Reports as their readers see them: HTML opened in a browser and looked at, Markdown rendered, shards joined.
Needs no engine."""

import html.parser
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

from browser import CHROMIUM, Browser
from harness import ROOT, SEATRIAL

GOLDEN = ROOT / "tests/golden"
REPORTS = ("upgrade", "broken", "several", "accepted", "nothing", "engine", "hostile", "markup")
PHONE, DESK = 360, 1100

# The elements that hold text of their own, with their colours and what is behind them.
CONTRAST = r"""
(() => {
  const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const parse = c => c.match(/[\d.]+/g).map(Number);
  const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([ratio, e.tagName + '.' + e.className]);
  }
  return found.sort((x, y) => x[0] - y[0]).slice(0, 1).concat([[found.length, 'elements']]);
})()
"""
WIDER = r"""
(() => {
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll('body *')].filter(e => !e.closest('svg, .said') &&
    e.getBoundingClientRect().right > width + 0.5).map(e => e.tagName + '.' + e.className + ' ' +
    e.textContent.slice(0, 60)).concat(document.documentElement.scrollWidth > width ? ['the page'] : []);
})()
"""
HEADINGS = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))"
UNNAMED = r"""
[...document.querySelectorAll('svg')].filter(e => e.getAttribute('role') !== 'img' || !e.getAttribute('aria-label'))
  .concat([...document.querySelectorAll('a, summary, th, section > h2, nav')].filter(e => !e.textContent.trim()))
  .map(e => e.outerHTML)
"""
STRANGE = r"""
[...document.querySelectorAll('script, iframe, object, embed, img, link, form, input, base, video, audio')]
  .map(e => e.outerHTML).concat([...document.querySelectorAll('*')].flatMap(e => [...e.attributes].filter(a =>
  /^on|^style$/.test(a.name) || (/^(href|src|xlink:href|action)$/.test(a.name) && !/^#path-\d+$/.test(a.value)))
  .map(a => e.tagName + ' ' + a.name + '=' + a.value)))
"""


class HtmlTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        assert CHROMIUM, "there is no Chromium: scripts/setup installs it"
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="seatrial-html-"))
        cls.addClassCleanup(subprocess.run, ("rm", "-rf", str(cls.folder)), check=False)
        cls.pages = {}
        for name in REPORTS:
            page = cls.folder / f"{name}.html"
            subprocess.run((SEATRIAL, "report", str(GOLDEN / f"{name}.json"), "--format", "html", "--output",
                            str(page)), check=True, timeout=60)
            cls.pages[name] = page
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def each(self, widths=(PHONE, DESK), shades=(False, True)):
        for name, page in self.pages.items():
            for width in widths:
                for dark in shades:
                    with self.subTest(f"{name}, {width} wide, {'dark' if dark else 'light'}"):
                        self.browser.open(page, width, dark)
                        yield name

    def test_nothing_is_asked_for_and_nothing_goes_wrong(self):
        for name in self.each(widths=(DESK,), shades=(False,)):
            self.assertEqual([url for url in self.browser.requests() if not url.startswith("file://")], [])
            self.assertEqual(len(self.browser.requests()), 1)
            self.assertEqual(self.browser.complaints(), [])
            self.assertEqual(self.browser.evaluate(STRANGE), [])
            self.assertEqual(self.browser.evaluate("typeof window.injected"), "undefined", name)

    def test_nothing_is_wider_than_a_phone(self):
        for _ in self.each(shades=(False,)):
            self.assertEqual(self.browser.evaluate(WIDER), [])

    def test_contrast(self):
        """WCAG AA: 4.5 for text."""
        for _ in self.each(widths=(DESK,)):
            (lowest, where), (count, _) = self.browser.evaluate(CONTRAST)
            self.assertGreater(count, 5)
            self.assertGreaterEqual(lowest, 4.5, where)

    def test_shades_differ(self):
        colours = []
        for dark in (False, True):
            self.browser.open(self.pages["upgrade"], DESK, dark)
            colours.append(self.browser.evaluate("getComputedStyle(document.body).backgroundColor"))
        self.assertNotEqual(*colours)

    def test_structure(self):
        for _ in self.each(widths=(PHONE,), shades=(False,)):
            headings = self.browser.evaluate(HEADINGS)
            self.assertEqual(headings.count(1), 1)
            self.assertEqual(headings[0], 1)
            for above, below in zip(headings, headings[1:]):
                self.assertLessEqual(below, above + 1, headings)
            self.assertEqual(self.browser.evaluate(UNNAMED), [])
            self.assertEqual(self.browser.evaluate("document.documentElement.lang"), "en")
            for landmark in ("header", "main", "footer"):
                self.assertEqual(self.browser.evaluate(f"document.querySelectorAll('body > {landmark}').length"), 1)
            ids = self.browser.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
            self.assertEqual(len(ids), len(set(ids)))

    def test_a_reader_of_the_head_knows_what_to_fix(self):
        self.browser.open(self.pages["upgrade"], PHONE)
        head = self.browser.evaluate("document.querySelector('header').innerText")
        for word in ("Broken v2.3.0 \u2192 v2.4.0", "018_require_body", "contains null values", "Next:"):
            self.assertIn(word, head)

    def test_texts_arrive_as_they_are(self):
        """What looks like markup is text."""
        self.browser.open(self.pages["markup"], DESK)
        text = self.browser.evaluate("document.body.textContent")
        self.assertIn("</pre></style><script>window.injected=1</script>", text)

    def test_pictures(self):
        """SEATRIAL_PICTURES names a folder to keep them in."""
        kept = pathlib.Path(os.environ.get("SEATRIAL_PICTURES", self.folder))
        kept.mkdir(parents=True, exist_ok=True)
        for width in (PHONE, DESK):
            for dark in (False, True):
                self.browser.open(self.pages["upgrade"], width, dark)
                picture = kept / f"upgrade-{width}-{'dark' if dark else 'light'}.png"
                self.browser.screenshot(picture)
                data = picture.read_bytes()
                self.assertEqual(struct.unpack(">I", data[16:20])[0], width)
                self.assertGreater(len(data), 10_000)

    def test_file_is_alone(self):
        for name, page in self.pages.items():
            text = page.read_text(encoding="utf-8")
            self.assertIsNone(re.search(r"<(script|link|img|iframe)|@import|url\(|https?://[^<]*\"", text), name)


class Tags(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found, self.text = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        for name, _ in attrs:
            if name not in ("align", "class"):
                self.found.add(f"{tag} {name}")

    def handle_data(self, data):
        self.text.append(data)


class MarkdownTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        assert shutil.which("cmark-gfm"), "there is no cmark-gfm: scripts/setup installs it"

    def test_hostile_texts_stay_texts(self):
        """Rendered as GitHub does, with HTML let through: only what we write ourselves is an element."""
        ours = {"h2", "h3", "p", "strong", "code", "pre", "blockquote", "ul", "li", "table", "thead", "tbody", "tr", "th",
                "td", "details", "summary", "sub"}
        for name in ("markup", "hostile", "upgrade", "several", "nothing"):
            with self.subTest(name):
                text = subprocess.run((SEATRIAL, "report", str(GOLDEN / f"{name}.json"), "--format", "markdown"),
                                      check=True, capture_output=True, timeout=60).stdout
                page = subprocess.run(("cmark-gfm", "--unsafe", *(word for extension in (
                    "table", "autolink", "strikethrough", "footnotes") for word in ("-e", extension))), input=text,
                    check=True, capture_output=True, timeout=60).stdout.decode()
                tags = Tags(page)
                self.assertEqual(tags.found - ours, set())
                self.assertIn("h2", tags.found)


class ShardsTest(unittest.TestCase):
    def test_joined_in_every_format(self):
        """Reports of two jobs become one, whatever the format."""
        whole = json.loads((GOLDEN / "upgrade.json").read_text())
        with tempfile.TemporaryDirectory(prefix="seatrial-shards-") as folder:
            files = []
            for number, path in enumerate(whole["paths"]):
                file = pathlib.Path(folder, f"{number}.json")
                file.write_text(json.dumps({**whole, "paths": [path], "verdict": path["verdict"]}))
                files.append(str(file))
            for name in ("console", "json", "junit", "tap", "html", "markdown", "github"):
                with self.subTest(name):
                    text = subprocess.run((SEATRIAL, "report", "--format", name, *reversed(files)), check=True,
                                          capture_output=True, timeout=60).stdout.decode()
                    self.assertIn("018_require_body", text)
                    if name == "json":
                        joined = json.loads(text)
                        self.assertEqual(joined["verdict"], "broken")
                        self.assertEqual(joined["paths"], whole["paths"][::-1])
                    elif name != "github":
                        self.assertIn("v2.2.0", text)
