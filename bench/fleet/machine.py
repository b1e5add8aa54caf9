"""What this machine uses: time, bytes over loopback, processor time."""

import os
import time
from pathlib import Path


def loopback():
    """Bytes sent over loopback since the machine was started, with the headers of TCP and IP."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == "lo":
            return int(counts.split()[8])
    raise SystemExit("this machine has no loopback interface")


def processor():
    """Seconds that all processors have worked since the machine was started: everything but idling, waiting for the disk, and what other
    machines took."""
    user, nice, system, _idle, _waiting, irq, softirq, *_ = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


class Meter:
    """Measures what is used while it is entered."""

    def __enter__(self):
        self.bytes, self.processor, self.seconds = loopback(), processor(), time.monotonic()
        return self

    def __exit__(self, *_):
        self.seconds = time.monotonic() - self.seconds
        self.bytes = loopback() - self.bytes
        self.processor = processor() - self.processor

    def __str__(self):
        return f"{self.seconds:.1f} s, {self.bytes / 1e6:.1f} MB, {self.processor:.1f} s of processors"
