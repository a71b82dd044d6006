"""Images of frameworks with their real tools: what migrates is found in the image, nobody says it."""

import re

from harness import BROKEN, SOUND, SeatrialTest
from postgres import SERVER

SQLITE = "{sqlite: /app/data/shop.sqlite3, volume: /app/data}"
POSTGRES = f'{{postgres: "{SERVER}"}}'


class FrameworkTest(SeatrialTest):
    """Image, candidate and database are all that is said."""

    system = ""

    def image(self, release):
        return f"seatrial-fixture/{self.system}:{release}"

    def try_candidate(self, candidate, database=POSTGRES, status=SOUND, old="v1.1.0"):
        self.config(image=f"seatrial-fixture/{self.system}", migrate=None, database=database,
                    releases=f"{{source: list, list: [v1.0.0, {old}]}}",
                    candidate=f'{{tag: v1.2.0, image: "{self.image(candidate)}"}}')
        return self.verify(status=status)

    def sound(self, command, applied, database=POSTGRES):
        result = self.try_candidate("v1.2.0", database)
        self.assert_sound(result)
        for step in ("old-migrate", "new-migrate", "rerun"):
            self.assertEqual(result.step(step)["command"], command)
        self.assertEqual(result.path["migrations"]["applied"], applied)
        self.assertEqual(result.path["migrations"]["pending"], [])
        self.assertTrue(all(one["sql"] for one in result.path["migrations"]["new"]), result)
        self.assertEqual(result.report["warnings"], [])
        return result

    def cleans_up(self, table, column, migration):
        """Of two migrations one removes something, and says so."""
        result = self.try_candidate("clean-up")
        self.assertEqual(len(result.path["migrations"]["applied"]) + (self.system == "alembic"), 2, result)
        finding, = result.findings("destructive")
        self.assertEqual((finding["table"], finding["column"], finding["migration"]), (table, column, migration))

    def broken(self, candidate, check, database=POSTGRES, **wanted):
        result = self.try_candidate(candidate, database, status=BROKEN)
        return self.assert_broken(result, check, release="v1.1.0 -> v1.2.0", **wanted)


class AlembicTest(FrameworkTest):
    system = "alembic"

    def test_good_candidate(self):
        self.sound(["alembic", "upgrade", "head"], ["9e07d3a5c618"])

    def test_not_null(self):
        self.broken("not-null", "new-migrate", table="authors", column="country")

    def test_which_of_two_did_it(self):
        self.cleans_up("books", "price", "3f8a61d20b97")

    def test_squashed(self):
        self.broken("squashed", "new-migrate", also=["history"],
                    title=re.compile("Can't locate revision identified by '5c92e8f04b1d'"))

    def test_two_heads(self):
        self.broken("two-heads", "new-migrate", title=re.compile("Multiple head revisions"))


class DjangoTest(FrameworkTest):
    system = "django"
    command = ["python3", "manage.py", "migrate", "--noinput"]

    def test_good_candidate(self):
        for database in (POSTGRES, SQLITE):
            with self.subTest(database):
                self.sound(self.command, ["crew.0003_watch"], database)

    def test_not_null(self):
        for database, said in ((POSTGRES, "null value"), (SQLITE, "NOT NULL constraint failed")):
            with self.subTest(database):
                self.broken("not-null", "new-migrate", database, title=re.compile(said))

    def test_which_of_two_did_it(self):
        self.cleans_up("crew_sailor", None, "crew.0003_new_crew")

    def test_squashed(self):
        self.broken("squashed", "new-migrate", also=["history"],
                    title=re.compile('relation "crew_sailor" already exists'))


class PrismaTest(FrameworkTest):
    system = "prisma"

    def test_good_candidate(self):
        self.sound(["/app/node_modules/.bin/prisma", "migrate", "deploy"], ["20250518143000_visits_by_day"])

    def test_not_null(self):
        # the engine in WebAssembly does not say of which column
        self.broken("not-null", "new-migrate", migration="20250518143000_phone",
                    title=re.compile("Null constraint failed"))

    def test_which_of_two_did_it(self):
        self.cleans_up("Visit", None, "20250601080000_new_year")

    def test_failed_migration_in_the_ledger(self):
        self.broken("swallowed", "pending")
        result = self.try_candidate("v1.2.0", old="v1.1.1", status=BROKEN)
        self.assert_broken(result, "new-migrate", release="v1.1.1 -> v1.2.0",
                           migration="20250518143000_phone")

    def test_edited(self):
        self.broken("edited", "history", also=["schema-parity"], migration="20250302101500_visits")
