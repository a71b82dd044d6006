"""From `init` to a verdict for the systems that keep no images, or migrate when they start."""

import compose_system
from harness import SOUND, SeatrialTest


class InitSystemsTest(SeatrialTest):
    def test_compose_system(self):
        library = compose_system.make_repository(self.folder / "library", tag="v1.2.0")
        self.folder = library
        result = self.seatrial("init")
        self.assertEqual(result.status, SOUND, result)
        text = (library / "seatrial.yaml").read_text()
        for line in ("migrate: [sh, \"-c\", \"node migrate.js && node seed.js\"]", "    context: \".\"",
                     "  source: git", "    ready: {tcp: 6379}", "#   SESSION_SECRET:   # ${SESSION_SECRET}"):
            self.assertIn(line, text.splitlines())
        self.assert_sound(self.verify(status=SOUND))
