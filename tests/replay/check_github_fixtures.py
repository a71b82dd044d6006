#!/usr/bin/env python3
"""Check the release objects of fixtures/http/github against GitHub's own schema.

usage: check_github_fixtures.py SCHEMA FOLDER

Every reply with status 200 and a JSON body to a request for releases must be a list of valid release
objects. A story that says "# invalid on purpose" must not be valid.
"""

import json
import pathlib
import re
import sys

TYPES = {"string": str, "boolean": bool, "object": dict, "array": list}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
URI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s]+")


def has_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def violations(value, schema, path):
    """What is wrong with value, as a list of lines."""
    if value is None and schema.get("nullable"):
        return []
    if not has_type(value, schema["type"]):
        return [f"{path}: wanted {schema['type']}, found {json.dumps(value)[:40]}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: {value!r} is none of {schema['enum']}")
    if schema.get("format") == "date-time" and not DATE_TIME.fullmatch(value):
        found.append(f"{path}: {value!r} is no date-time")
    if schema.get("format") == "uri" and not URI.fullmatch(value):
        found.append(f"{path}: {value!r} is no URI")
    for key in schema.get("required", []) if isinstance(value, dict) else []:
        if key not in value:
            found.append(f"{path}.{key}: required, missing")
    for key, part in schema.get("properties", {}).items():
        if key in value:
            found += violations(value[key], part, f"{path}.{key}")
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            found += violations(item, schema["items"], f"{path}.{index}")
    return found


def exchanges(text):
    """(request target, status, headers, body) of every exchange of a story."""
    current = None
    for line in text.splitlines():
        if line.startswith(">") and not line.startswith(">>"):
            if current is None or current["replied"]:
                if current:
                    yield current
                current = {"target": line.split()[2], "status": None, "head": [], "body": [],
                           "replied": False}
        elif current is None:
            continue
        elif line.startswith("<<"):
            current["body"].append(line[2:].removeprefix(" "))
        elif line.startswith("<"):
            current["replied"] = True
            if current["status"] is None:
                current["status"] = int(line[1:])
            else:
                current["head"].append(line[1:].strip().lower())
        elif line in ("@close", "@silence"):
            current["replied"] = True
    if current:
        yield current


def has_releases(exchange):
    return (exchange["status"] == 200 and "/releases" in exchange["target"]
            and any(head.startswith("content-type: application/json") for head in exchange["head"]))


def check_story(path, schema):
    """(violations, number of release objects) of one story."""
    found, count = [], 0
    for exchange in filter(has_releases, exchanges(path.read_text(encoding="utf-8"))):
        try:
            body = json.loads("\n".join(exchange["body"]))
        except ValueError as error:
            found.append(f"{exchange['target']}: {error}")
            continue
        if not isinstance(body, list):
            found.append(f"{exchange['target']}: wanted a list")
            continue
        count += len(body)
        for index, release in enumerate(body):
            found += violations(release, schema, f"{exchange['target']}: {index}")
    return found, count


def self_test(schema, valid):
    """A validator that accepts everything would be of no use."""
    for key in schema["required"]:
        broken = {name: value for name, value in valid.items() if name != key}
        assert violations(broken, schema, "release"), f"a release without {key} was accepted"
    for key, value in (("draft", "false"), ("tag_name", None), ("id", 1.5), ("id", True),
                       ("assets", {}), ("published_at", "today"), ("url", "")):
        assert violations({**valid, key: value}, schema, "release"), f"{key}={value} was accepted"


def main():
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    failed, total = False, 0
    stories = sorted(pathlib.Path(sys.argv[2]).glob("*.http"))
    for path in stories:
        on_purpose = "# invalid on purpose" in path.read_text(encoding="utf-8")
        found, count = check_story(path, schema)
        total += count
        if on_purpose and not found:
            found = ["is valid, though it says that it is not"]
        elif on_purpose:
            found = []
        for line in found:
            failed = True
            print(f"{path}: {line}")
    sample = next(e for e in exchanges((pathlib.Path(sys.argv[2]) / "pages.http").read_text()))
    self_test(schema, json.loads("\n".join(sample["body"]))[0])
    print(f"{len(stories)} stories, {total} release objects")
    return 1 if failed or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
