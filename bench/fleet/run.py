"""Measures what it costs to bring a version to many hosts: time, bytes and processor time, of ourselves, of Ansible and of parallel rsync over
SSH, in turns, on this machine. Each does the same: the new version beside the old one, verified, the old one stopped, `current` switched, the
new one started and found healthy. Every host must end with the same tree. This is no test: nothing fails on a time.

usage: run.py --bin DIR --work DIR [--rounds N] [--hosts N] [--batches 20,5] [--peers packhorse,ansible,rsync]
"""

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

import application
import sshd
from ansible import Ansible
from machine import Meter
from setting import Setting
from packhorse import Packhorse
from rsync import Rsync
from tools import fingerprint

PEERS = {peer.name: peer for peer in (Packhorse, Ansible, Rsync)}


def check(peer, version, wanted):
    """Every host has the version, whole, and runs it."""
    for host in peer.hosts:
        current = host / application.ROOT / "current"
        if fingerprint(current.resolve()) != wanted:
            raise SystemExit(f"{peer.name} made another tree of {version.number} in {current} than it should")
        application.call(current, "check.sh")


def turn(peer, versions, batch):
    """Brings one version after the other to hosts that have nothing. Gives what was used for each."""
    used = []
    peer.begin()
    try:
        for version in versions:
            peer.settle()
            with Meter() as meter:
                peer.deploy(version, batch)
            check(peer, version, fingerprint(version.tree))
            used.append(meter)
    finally:
        for host in peer.hosts:
            application.stop(host)
        peer.end()
    return used


def measure(args, setting):
    """For each size of batch and action, what each peer used in each round."""
    found = {}
    for number in range(args.rounds):
        for batch in args.batches:
            for name in args.peers:
                place = setting.work / "runs" / name
                hosts = [place / f"h{host:02d}" for host in range(1, args.hosts + 1)]
                for host in hosts:
                    host.mkdir(parents=True)
                used = turn(PEERS[name](place, hosts, setting), setting.versions, batch)
                for action, meter in zip(("deploy", "upgrade"), used):
                    found.setdefault((action, batch), {}).setdefault(name, []).append(meter)
                    print(f"round {number + 1}: {action}, {batch} at a time, {name}: {meter}", flush=True)
                shutil.rmtree(place)
    return found


def report(found, hosts):
    """Medians, and how often ours."""
    print("\n| | | seconds | times ours | MB | times ours | processor s | times ours |\n|---|---|--:|--:|--:|--:|--:|--:|")
    for (action, batch), peers in found.items():
        how = "all at once" if batch >= hosts else f"{batch} at a time"
        middle = {
            name: [statistics.median(getattr(meter, what) for meter in meters) for what in ("seconds", "bytes", "processor")]
            for name, meters in peers.items()
        }
        ours = middle.get("packhorse")
        for name, (seconds, sent, processor) in middle.items():
            times = [f"{theirs / own:.1f}" for theirs, own in zip(middle[name], ours)] if ours else ["–"] * 3
            cells = [f"{seconds:.1f}", times[0], f"{sent / 1e6:.1f}", times[1], f"{processor:.1f}", times[2]]
            print(f"| {action}, {how} | {name} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hosts", type=int, default=20, choices=range(1, 200), metavar="N")
    parser.add_argument("--batches", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--peers", type=lambda text: text.split(","), default=list(PEERS))
    args = parser.parse_args()
    work = args.work.resolve()
    args.batches = args.batches or [args.hosts, 5]
    if unknown := set(args.peers) - set(PEERS):
        raise SystemExit(f"there is no peer {', '.join(unknown)}; there are {', '.join(PEERS)}")
    versions = application.make(work / "application")
    shutil.rmtree(work / "runs", ignore_errors=True)
    # Short, since the paths of sockets are.
    with tempfile.TemporaryDirectory(prefix="fleet-") as folder, sshd.running(Path(folder), args.hosts) as ssh:
        report(measure(args, Setting(args.bin.resolve(), work, versions, ssh)), args.hosts)


if __name__ == "__main__":
    main()
