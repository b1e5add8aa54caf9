#!/usr/bin/env python3
"""The mutation gate: takes one safeguard after the other out of the code and demands that the tests notice.

usage: scripts/mutants.py [NAME]...

Works on a copy of the sources under target/mutants, which keeps what it has built. Ends with 1 if a mutant lives, or no longer fits.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PLACE = TOP / "target/mutants"
COPY = PLACE / "sources"


def copy():
    """Brings the copy up to date; what did not change keeps its time, so that it is not built again."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=TOP, check=True, capture_output=True, text=True)
    wanted = {name for name in listed.stdout.splitlines() if (TOP / name).is_file()}
    # The server embeds the console.
    wanted |= {str(path.relative_to(TOP)) for path in (TOP / "web/dist").rglob("*") if path.is_file()}
    for name in wanted:
        source, target = TOP / name, COPY / name
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            shutil.copymode(source, target)
    for path in COPY.rglob("*"):
        if path.is_file() and str(path.relative_to(COPY)) not in wanted:
            path.unlink()


def tests(expression):
    command = ["cargo", "nextest", "run", "--locked", "--workspace", "--no-fail-fast", "--target-dir", PLACE / "target", "-E", expression]
    return subprocess.run(command, cwd=COPY, capture_output=True, text=True)


def verdict(mutant):
    """Whether the tests notice, in words; None if they do."""
    file = COPY / mutant["file"]
    text = file.read_text()
    if text.count(mutant["old"]) != 1:
        return f"no longer fits: {mutant['file']} has its text {text.count(mutant['old'])} times"
    try:
        file.write_text(text.replace(mutant["old"], mutant["new"]))
        ran = tests(mutant["tests"])
    finally:
        file.write_text(text)
    if re.search(r"could not compile|no tests to run", ran.stderr):
        return "could not be tried:\n" + ran.stderr[-3000:]
    return None if ran.returncode else "lives: " + mutant["tests"] + " passed without it"


def main():
    table = tomllib.loads((TOP / "tests/mutants.toml").read_text())["mutant"]
    names = sys.argv[1:]
    if unknown := set(names) - {mutant["name"] for mutant in table}:
        sys.exit(f"no such mutant: {', '.join(sorted(unknown))}; tests/mutants.toml has them")
    chosen = [mutant for mutant in table if not names or mutant["name"] in names]
    copy()
    sound = tests(" | ".join(f"({expression})" for expression in sorted({mutant["tests"] for mutant in chosen})))
    if sound.returncode:
        sys.exit("the tests fail without any mutant:\n" + sound.stderr[-3000:])
    bad = 0
    for mutant in chosen:
        wrong = verdict(mutant)
        print(f"{mutant['name']}: {wrong or 'noticed'}", flush=True)
        bad += wrong is not None
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
