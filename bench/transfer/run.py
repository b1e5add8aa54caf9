"""Measures what an upgrade costs: bytes on the network, time, and what a publisher and a store pay. Ourselves and every peer
that is installed take turns in one run (A B A B); each result must be the same tree. This is no test: nothing fails on a time.

usage: run.py --bin DIR --work DIR [--rounds N] [--workloads java,conf] [--made DIR]
"""

import argparse
import functools
import http.server
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import workloads
from tools import fingerprint, free_port, quiet, wait_for


MOST_ROUNDS = 9


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


class Peer:
    """Something that carries one version and then the next. `publish` stores both; `upgrade` gives (bytes, seconds, tree)."""

    name = ""
    tool = ""

    def __init__(self, folder: Path, workload):
        self.folder, self.package, self.old, self.new = folder, workload.package, *workload.versions
        folder.mkdir(parents=True)

    def publish(self):
        """Stores both versions; gives the seconds for each."""
        return []

    def stored(self):
        """Bytes that both versions take."""
        return None

    def upgrade(self, turn):
        raise NotImplementedError

    def stop(self):
        pass

    def begin(self, turn):
        """A copy of the old version, for those that change a tree in place."""
        target = self.folder / f"host-{turn}"
        quiet("cp", "-a", self.old.tree, target)
        return target


class Packhorse(Peer):
    name = "packhorse"
    bin: Path

    def __init__(self, folder, workload):
        super().__init__(folder, workload)
        self.processes, self.peaks = [], {}

    def start(self):
        port, agents = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {**os.environ, "HOME": str(self.folder), "PACKHORSE_URL": self.url}
        log = self.folder / "server.log"
        listen = ["--listen", f"127.0.0.1:{port}", "--agent-listen", f"127.0.0.1:{agents}"]
        self.spawn(log, "packhorse", "serve", "--data", self.folder / "data", *listen)
        password = wait_for("the server", lambda: re.search(r"password\s+(\S+)", log.read_text()))[1]
        self.cli("login", self.url, "--user", "admin", "--password-stdin", input=password + "\n")
        topology = self.folder / "topology.toml"
        topology.write_text(
            '[[business]]\nname="A"\n[[business.system]]\nname="B"\nenvironment="prod"\n'
            + "".join(f'[[business.system.module]]\nname="C{turn}"\n' for turn in range(MOST_ROUNDS))
        )
        self.cli("topology", "apply", topology)
        self.agents = f"https://127.0.0.1:{agents}"

    def join(self, turn):
        """A new host: one that had the version before would not fetch it again."""
        name, root = f"h{turn}", self.folder / f"root-{turn}"
        token = self.cli("host", "join-token", "--name", name, "--module", f"A/B/C{turn}", "-o", "json")
        quiet(self.bin / "packhorse-agent", "join", self.agents, "--token", json.loads(token)["token"], "--root", root)
        self.spawn(self.folder / f"agent-{turn}.log", "packhorse-agent", "run", "--root", root)
        wait_for("the agent", lambda: '"online"' in self.cli("host", "show", name, "-o", "json"))
        return root

    def spawn(self, log, binary, *args):
        with log.open("w") as out:
            command = [str(self.bin / binary), *map(str, args)]
            self.processes.append(subprocess.Popen(command, stdout=out, stderr=out, env=self.environment))

    def cli(self, *args, **options):
        return quiet(self.bin / "packhorse", *args, env=self.environment, **options)

    def publish(self):
        self.start()
        times = []
        for version in (self.old, self.new):
            begin = time.monotonic()
            self.cli("package", "push", version.archive, "--name", self.package, "--version", version.number)
            times.append(time.monotonic() - begin)
        for version in (self.old, self.new):
            show = lambda: self.cli("package", "show", f"{self.package}@{version.number}", "-o", "json")
            wait_for("the proof", lambda: "original_until_proven" not in show())
            back = self.folder / "back.tar.gz"
            self.cli("package", "download", f"{self.package}@{version.number}", "-O", back)
            quiet("cmp", back, version.archive)
            back.unlink()
        return times

    def stored(self):
        return size_of(self.folder / "data/objects")

    def sent(self):
        page = urllib.request.urlopen(f"{self.url}/metrics").read().decode()
        return sum(float(count) for count in re.findall(r'packhorse_transfer_bytes_total\{kind="(?!archive)\w+"\} (\S+)', page))

    def deploy(self, version, turn):
        self.cli("deploy", f"{self.package}@{version.number}", "--to", f"A/B/C{turn}", "--bind", "--yes", "--watch")

    def upgrade(self, turn):
        root = self.join(turn)
        self.deploy(self.old, turn)
        sent, begin = self.sent(), time.monotonic()
        self.deploy(self.new, turn)
        seconds = time.monotonic() - begin
        return self.sent() - sent, seconds, next(root.rglob("current")).resolve()

    def stop(self):
        for process in reversed(self.processes):
            who = Path(process.args[0]).name
            status = Path(f"/proc/{process.pid}/status").read_text()
            self.peaks[who] = max(self.peaks.get(who, 0), int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024)
            process.terminate()
            process.wait()
        self.processes = []


class Slim(Packhorse):
    """The second push over a slow link, beside the first: what the publisher sends."""

    name = "packhorse push --slim"

    def upgrade(self, turn):
        self.folder = self.folder.with_name(f"{self.folder.name}-{turn}")
        self.folder.mkdir()
        self.start()
        self.cli("package", "push", self.old.archive, "--name", self.package, "--version", self.old.number)
        command = [str(self.bin / "packhorse"), "package", "push", "--slim", str(self.new.archive)]
        begin = time.monotonic()
        done = subprocess.run([*command, "--name", self.package, "--version", self.new.number], capture_output=True, text=True, env=self.environment)
        seconds = time.monotonic() - begin
        told = re.search(r"sent ([\d.]+) (B|kB|MB|GB) of", done.stderr)
        if not told:
            # No recipe makes the archive again, so it was sent whole.
            self.stop()
            return None
        number, unit = told.groups()
        back = self.folder / "back.tar.gz"
        self.cli("package", "download", f"{self.package}@{self.new.number}", "-O", back)
        quiet("cmp", back, self.new.archive)
        self.stop()
        return float(number) * {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}[unit], seconds, self.new.tree

    def publish(self):
        return []

    def stored(self):
        return None


class Rsync(Peer):
    name = tool = "rsync -z"

    def upgrade(self, turn):
        target, port = self.begin(turn), free_port()
        config = self.folder / "rsyncd.conf"
        config.write_text(f"use chroot = no\n[new]\npath = {self.new.tree}\n")
        daemon = subprocess.Popen(["rsync", "--daemon", "--no-detach", f"--port={port}", f"--config={config}"])
        try:
            wait_for("rsync", lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
            begin = time.monotonic()
            options = ["-az", "--checksum", "--delete-after", "--fuzzy", "--no-owner", "--no-group", "--stats"]
            told = quiet("rsync", *options, f"rsync://127.0.0.1:{port}/new/", f"{target}/")
            seconds = time.monotonic() - begin
        finally:
            daemon.terminate()
            daemon.wait()
        counts = re.findall(r"Total bytes (?:sent|received): ([\d,]+)", told)
        return sum(int(count.replace(",", "")) for count in counts), seconds, target


class Counting(http.server.SimpleHTTPRequestHandler):
    """Gives files out and counts their bytes."""

    sent = 0

    def copyfile(self, source, out):
        body = source.read()
        Counting.sent += len(body)
        out.write(body)

    def log_message(self, *_):
        pass


class Casync(Peer):
    name = tool = "casync"

    def publish(self):
        times = []
        for version in (self.old, self.new):
            begin = time.monotonic()
            index = self.folder / f"{version.number}.caidx"
            quiet("casync", "make", "--with=2sec-time", "--with=permissions", "--with=symlinks", f"--store={self.folder}/store.castr", index, version.tree)
            times.append(time.monotonic() - begin)
        return times

    def stored(self):
        return size_of(self.folder / "store.castr")

    def upgrade(self, turn):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Counting, directory=self.folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Counting.sent, url, target = 0, f"http://127.0.0.1:{server.server_port}", self.folder / f"host-{turn}"
        begin = time.monotonic()
        quiet("casync", "extract", f"--store={url}/store.castr", f"--seed={self.old.tree}", f"{url}/{self.new.number}.caidx", target)
        seconds = time.monotonic() - begin
        server.shutdown()
        return Counting.sent, seconds, target


class Zstd(Peer):
    name, tool = "tar + zstd", "zstd"

    def publish(self):
        times = []
        for version in (self.old, self.new):
            begin = time.monotonic()
            quiet("tar", "--zstd", "-cf", self.folder / f"{version.number}.tar.zst", "-C", version.tree, ".")
            times.append(time.monotonic() - begin)
        return times

    def stored(self):
        return sum(path.stat().st_size for path in self.folder.glob("*.tar.zst"))

    def upgrade(self, turn):
        archive, target = self.folder / f"{self.new.number}.tar.zst", self.folder / f"host-{turn}"
        target.mkdir()
        begin = time.monotonic()
        quiet("tar", "--zstd", "-xf", archive, "-C", target)
        return archive.stat().st_size, time.monotonic() - begin, target


class Restic(Peer):
    """Stores versions; what a restore reads is not counted here."""

    name = tool = "restic"

    def call(self, *args, **options):
        return quiet("restic", "-r", self.folder / "repo", *args, env={**os.environ, "RESTIC_PASSWORD": "x"}, **options)

    def publish(self):
        self.call("init")
        return [self.timed("backup", ".", cwd=version.tree) for version in (self.old, self.new)]

    def timed(self, *args, **options):
        begin = time.monotonic()
        self.call(*args, **options)
        return time.monotonic() - begin

    def stored(self):
        return size_of(self.folder / "repo")

    def upgrade(self, turn):
        return None


class Borg(Restic):
    name = tool = "borg"

    def call(self, *args, **options):
        environment = {**os.environ, "BORG_BASE_DIR": str(self.folder)}
        return quiet("borg", *args, env=environment, **options)

    def publish(self):
        self.call("init", "-e", "none", self.folder / "repo")
        versions = (self.old, self.new)
        return [self.timed("create", f"{self.folder}/repo::{version.number}", ".", cwd=version.tree) for version in versions]


PEERS = [Packhorse, Slim, Rsync, Casync, Zstd, Restic, Borg]


def measure(workload, folder, rounds):
    shutil.rmtree(folder, ignore_errors=True)
    wanted = fingerprint(workload.versions[1].tree)
    peers = [peer for peer in PEERS if not peer.tool or shutil.which(peer.tool.split()[0])]
    running = [peer(folder / str(number), workload) for number, peer in enumerate(peers)]
    try:
        published = {peer.name: (peer.publish(), peer.stored()) for peer in running}
        upgrades = {peer.name: [] for peer in running}
        for turn in range(rounds):
            for peer in running:
                if measured := peer.upgrade(turn):
                    sent, seconds, tree = measured
                    if fingerprint(tree) != wanted:
                        raise SystemExit(f"{peer.name} made another tree of {workload.name} than it should")
                    upgrades[peer.name].append((sent, seconds))
    finally:
        for peer in running:
            peer.stop()
    report(workload.name, published, upgrades)
    for peer in running:
        if peaks := getattr(peer, "peaks", None):
            print(f"\nPeak memory, {peer.name}: " + ", ".join(f"{who} {peak} MiB" for who, peak in peaks.items()))


def report(name, published, upgrades):
    ours = min(sent for sent, _ in upgrades["packhorse"])
    print(f"\n## {name}\n\n| | upgrade, bytes | times ours | seconds, min / median | publish v1, v2 (s) | stored (MB) |\n|---|---|---|---|---|---|")
    for peer, (times, stored) in published.items():
        cells = ["–", "–", "–"]
        if rounds := upgrades[peer]:
            sent = min(sent for sent, _ in rounds)
            seconds = [seconds for _, seconds in rounds]
            cells = [f"{sent:,.0f}", f"{sent / ours:.1f}", f"{min(seconds):.2f} / {statistics.median(seconds):.2f}"]
        cells += [", ".join(f"{seconds:.2f}" for seconds in times) or "–", f"{stored / 1e6:.1f}" if stored else "–"]
        print(f"| {peer} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, MOST_ROUNDS + 1))
    parser.add_argument("--workloads", default=",".join(workloads.ALL))
    parser.add_argument("--made", type=Path, help="a folder with workloads that lie ready: NAME/v1, v2, v1.tar.gz, v2.tar.gz")
    args = parser.parse_args()
    Packhorse.bin = args.bin.resolve()
    for name in args.workloads.split(","):
        if args.made and (args.made / name).is_dir():
            workload = workloads.made(args.made.resolve(), name)
        else:
            workload = workloads.ALL[name](args.work.resolve() / "inputs" / name)
        measure(workload, args.work.resolve() / "runs" / name, args.rounds)


if __name__ == "__main__":
    main()
