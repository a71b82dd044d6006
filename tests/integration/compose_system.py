#!/usr/bin/env python3
"""The Compose system: nobody keeps its images, a release is what its git tree builds. By hand:
compose_system.py FOLDER [CANDIDATE] makes the repository."""

import os
import pathlib
import shutil
import subprocess
import sys

SYSTEM = pathlib.Path(__file__).resolve().parents[2] / "fixtures/compose"
RELEASES = ("v1.0.0", "v1.1.0")
# The base images that Dockerfile and compose.yaml name.
NODE, POSTGRES, REDIS = "seatrial-fixture/node:compose", "seatrial-fixture/postgres:15", "seatrial-fixture/redis:7"
MIGRATE = ["sh", "-c", "node migrate.js && node seed.js"]
# What migrates for one thing, and what the rest needs to start for another.
SECRETS = {"SESSION_SECRET": "only-for-tests"}


def stage(release, folder):
    """The files of a release, over those of the release below it, down to the application."""
    source = SYSTEM / "releases" / release
    base = source / "base"
    if base.exists():
        stage(base.read_text().strip(), folder)
    else:
        shutil.copytree(SYSTEM / "app", folder, dirs_exist_ok=True)
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("base"))


def git(folder, *args, date="2026-01-01T12:00:00Z"):
    """Output of git in the repository, with nothing of this machine's settings."""
    named = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
             for what, value in (("NAME", "A Librarian"), ("EMAIL", "desk@library.example"), ("DATE", date))}
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **named}
    done = subprocess.run(("git", "-C", str(folder), *args), env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"git {' '.join(args)}: {done.stderr}")
    return done.stdout.strip()


def commit(folder, release, tag, date):
    """One commit with the files of the release and no others."""
    for entry in folder.iterdir():
        if entry.name != ".git":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    stage(release, folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", f"Release {release}", date=date)
    if tag:
        git(folder, "tag", "-a", tag, "-m", f"Release {tag}", date=date)


def make_repository(folder, candidate="v1.2.0", releases=RELEASES, tag=None):
    """A git repository in the folder: a commit and a tag for each release, and the candidate's commit behind
    them, checked out, with a tag of its own when one is given. The path of the folder."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    for number, release in enumerate(releases, 1):
        commit(folder, release, release, f"2026-{number:02}-01T12:00:00Z")
    commit(folder, candidate, tag, f"2026-{len(releases) + 1:02}-01T12:00:00Z")
    return folder


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    print(make_repository(*sys.argv[1:]))
