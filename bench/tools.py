"""What the benchmarks share: running programs, waiting, and comparing trees."""

import hashlib
import os
import socket
import subprocess
import time
from pathlib import Path


def quiet(*command, **options):
    """Runs a program and gives what it wrote; ends everything with its words if it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(what, condition, seconds=300):
    """Waits for a value that is true, and gives it."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise SystemExit(f"waited in vain for {what}")
        time.sleep(0.05)
    return value


def fingerprint(tree: Path) -> str:
    """What a tree holds: paths, whether files may be run, content. Owners and times are not part of a version."""
    sum_of_all = hashlib.sha256()
    for folder, folders, files in os.walk(tree):
        folders.sort()
        for name in sorted(files):
            path = Path(folder, name)
            what = os.readlink(path) if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
            mode = 0 if path.is_symlink() else path.stat().st_mode & 0o100
            sum_of_all.update(f"{path.relative_to(tree)}\0{mode}\0{what}\n".encode())
    return sum_of_all.hexdigest()
