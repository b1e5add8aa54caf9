"""The application that is deployed, in two versions: some 40 MB of one large binary, jars and small files. Made once, from a fixed seed."""

import hashlib
import os
import random
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tools import quiet

NAME = "shop"
# Where it lies, below the root of a host.
ROOT = f"data/app/{NAME}"

BINARY = 26 << 20
BLOCK = 4096
JARS, CLASSES = 8, 160
CONFIGURATIONS = 300
WORDS = "server port host timeout retry pool size level path user cache queue topic broker zone limit rate cert tls".split()


@dataclass
class Version:
    number: str
    tree: Path
    archive: Path


def mixed(dice, size):
    """Bytes that pack to about half, as programs do."""
    patterns = [dice.randbytes(BLOCK // 2) for _ in range(4)]
    blocks = (dice.randbytes(BLOCK // 2) + dice.choice(patterns) for _ in range(size // BLOCK))
    return bytearray(b"".join(blocks))


def binary(path, is_new):
    """One file of which 2% change, in forty places, and which becomes a little longer near its beginning."""
    content = mixed(random.Random(1), BINARY)
    if is_new:
        dice, length = random.Random(2), BINARY // 50 // 40
        for _ in range(40):
            place = dice.randrange(BINARY - length)
            content[place : place + length] = dice.randbytes(length)
        content[BLOCK:BLOCK] = dice.randbytes(100)
    path.write_bytes(content)


def jar(path, number, is_new):
    """An archive of classes. In two of the jars, one class changes."""
    dice = random.Random(100 + number)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for index in range(CLASSES):
            content = mixed(dice, dice.randrange(1, 6) * BLOCK)
            if is_new and number in (2, 5) and index == 40:
                content[100:400] = random.Random(3).randbytes(300)
            entry = zipfile.ZipInfo(f"org/shop/m{number}/Class{index:03d}.class", (2025, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, bytes(content))


def configurations(folder, is_new):
    """Small files of which five change."""
    dice = random.Random(4)
    for index in range(CONFIGURATIONS):
        count = dice.randrange(20, 200)
        lines = [f"{dice.choice(WORDS)}.{dice.choice(WORDS)}.{line} = {dice.randrange(10**6)}" for line in range(count)]
        if is_new and index % 60 == 7:
            lines[3] = "changed = 1"
        file = folder / f"{index % 20:02d}/c{index:03d}.conf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n")


def make_tree(tree, is_new):
    for folder in ("bin", "lib", "conf", "scripts"):
        (tree / folder).mkdir(parents=True)
    binary(tree / "bin/shop", is_new)
    for number in range(JARS):
        jar(tree / f"lib/module-{number}.jar", number, is_new)
    configurations(tree / "conf", is_new)
    for file in sorted(Path(__file__).with_name("package").iterdir()):
        into = tree / "scripts" if file.suffix == ".sh" else tree
        shutil.copy(file, into)
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(tree)}\n" for path in files]
    (tree / "SHA256SUMS").write_text("".join(sums))


def make(folder):
    """Both versions, as trees and as the archives in which they are published."""
    versions = []
    for number, is_new in (("1.0.0", False), ("1.0.1", True)):
        tree, archive = folder / number, folder / f"{NAME}_{number}.tar.gz"
        if not archive.exists():
            shutil.rmtree(tree, ignore_errors=True)
            make_tree(tree, is_new)
            unfinished = archive.with_suffix(".unfinished")
            pack = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@1735689600"]
            quiet("tar", *pack, "-C", tree, "-czf", unfinished, *sorted(os.listdir(tree)))
            unfinished.rename(archive)
        versions.append(Version(number, tree, archive))
    return versions


def call(current, script):
    quiet(current / "scripts" / script)


def stop(host):
    """Stops what runs on a host, if anything does."""
    script = host / ROOT / "current/scripts/stop.sh"
    if script.exists():
        subprocess.run([script], capture_output=True)
