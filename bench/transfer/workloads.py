"""Two versions of an application, as trees and as the archives in which they arrive; made once and kept."""

import random
import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Version:
    number: str
    tree: Path
    archive: Path


@dataclass
class Workload:
    name: str
    """The package, after which its archives name their wrapping folder."""
    package: str
    versions: list[Version]


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, **options)


def unpacked(archive: Path, folder: Path) -> Path:
    """The tree of an archive without its wrapping folder."""
    if not folder.exists():
        unfinished = folder.with_name(folder.name + ".unfinished")
        run("rm", "-rf", unfinished)
        unfinished.mkdir(parents=True)
        run("tar", "-xzf", archive, "-C", unfinished, "--strip-components=1", "--no-same-owner")
        unfinished.rename(folder)
    return folder


def java(folder: Path) -> Workload:
    """A Java application of 250 jars in two patch releases, as its source archives are published."""
    pip = folder / "venv/bin/pip"
    if not pip.exists():
        run(sys.executable, "-m", "venv", folder / "venv")
        # pip asks a source archive for its metadata, which these two packages make.
        run(pip, "-q", "install", "wheel", "setuptools<80")
    versions = []
    for number in ("3.5.5", "3.5.6"):
        archive = folder / f"pyspark-{number}.tar.gz"
        if not archive.exists():
            fetch = ["download", "-q", "--no-deps", "--no-binary", ":all:", "--no-build-isolation"]
            run(pip, *fetch, "-d", folder, f"pyspark=={number}")
        versions.append(Version(number, unpacked(archive, folder / number), archive))
    return Workload("java", "pyspark", versions)


WORDS = "server port host timeout retry pool size level path user cache queue topic broker zone limit rate cert tls".split()


def conf(folder: Path) -> Workload:
    """400 small configuration files, of which 3 change. Made from a fixed seed."""
    versions = []
    for number in ("1.0.0", "1.0.1"):
        archive = folder / f"conf_{number}.tar.gz"
        if not archive.exists():
            folder.mkdir(parents=True, exist_ok=True)
            top, dice = folder / f"made-{number}/conf", random.Random(7)
            for index in range(400):
                lines = [
                    f"{dice.choice(WORDS)}.{dice.choice(WORDS)}.{line} = {dice.randrange(10**6)}"
                    for line in range(dice.randrange(20, 200))
                ]
                if number == "1.0.1" and index in (5, 77, 300):
                    lines[3] = "changed = 1"
                file = top / f"{index % 20:02d}/c{index:03d}.conf"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("\n".join(lines) + "\n")
            pack = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@1735689600"]
            run("tar", *pack, "-C", top.parent, "-czf", archive, "conf")
        versions.append(Version(number, unpacked(archive, folder / number), archive))
    return Workload("conf", "conf", versions)


ALL = {"java": java, "conf": conf}


def made(folder: Path, name: str) -> Workload:
    """Two versions that lie ready: FOLDER/NAME/v1 and v2 as trees, v1.tar.gz and v2.tar.gz as they arrive."""
    package, versions = name, []
    for part, number in (("v1", "1.0.0"), ("v2", "2.0.0")):
        archive = folder / name / f"{part}.tar.gz"
        if wrapping := wrapping_folder(archive):
            package, number = wrapping
        versions.append(Version(number, folder / name / part, archive))
    return Workload(name, package, versions)


def wrapping_folder(archive: Path) -> tuple[str, str] | None:
    """Package and version by the folder that holds everything. Only one that is named so is taken off by a push."""
    with tarfile.open(archive) as members:
        top = next(iter(members)).name.split("/")[0]
    named = re.fullmatch(r"(.+)-(\d[\d.]*)", top)
    return named and named.groups()
