"""Hosts that are reached over SSH: servers that listen on an address of this machine for each of them, with their own configuration and keys."""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools import free_port, quiet, wait_for

SERVER = """
Port {port}
{addresses}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/key.pub
PidFile {pid}
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
PermitRootLogin prohibit-password
MaxStartups 200
MaxSessions 200
Subsystem sftp internal-sftp
"""

ADDRESSES = 16
"""So many addresses one server listens on at the most."""

CLIENT = """
Host *
  Port {port}
  User {user}
  IdentityFile {folder}/key
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known_hosts
  StrictHostKeyChecking yes
  LogLevel ERROR
  ControlMaster auto
  ControlPersist 60
  ControlPath {folder}/%C
"""


@dataclass
class Ssh:
    folder: Path
    config: Path
    addresses: list[str]

    def command(self, address, *words):
        return ["ssh", "-F", str(self.config), address, *map(str, words)]

    def disconnect(self):
        """Closes connections that are kept open, so that everybody has to begin with making them."""
        for address in self.addresses:
            subprocess.run(["ssh", "-F", str(self.config), "-O", "exit", address], capture_output=True)


@contextlib.contextmanager
def running(folder, hosts):
    """Runs the servers until the end of the block."""
    port, addresses = free_port(), [f"127.0.0.{number + 2}" for number in range(hosts)]
    for key in ("host_key", "key"):
        quiet("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key)
    host_key = " ".join((folder / "host_key.pub").read_text().split()[:2])
    (folder / "known_hosts").write_text("".join(f"[{address}]:{port} {host_key}\n" for address in addresses))
    (folder / "ssh_config").write_text(CLIENT.format(port=port, user=getpass.getuser(), folder=folder))
    if os.geteuid() == 0:
        # Where a server that runs as root separates its privileges.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    ssh = Ssh(folder, folder / "ssh_config", addresses)
    with contextlib.ExitStack() as servers:
        for begin in range(0, hosts, ADDRESSES):
            servers.enter_context(server(folder, begin, port, addresses[begin : begin + ADDRESSES]))
        try:
            yield ssh
        finally:
            ssh.disconnect()


@contextlib.contextmanager
def server(folder, number, port, addresses):
    """Runs one server until the end of the block."""
    config, log = folder / f"sshd_config.{number}", folder / f"sshd.{number}.log"
    listen = "\n".join(f"ListenAddress {address}" for address in addresses)
    config.write_text(SERVER.format(port=port, addresses=listen, folder=folder, pid=folder / f"sshd.{number}.pid"))
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    with log.open("w") as errors:
        process = subprocess.Popen([program, "-D", "-e", "-f", str(config)], stderr=errors)
    try:
        wait_for("sshd", lambda: listens(process, log, addresses[-1], port), seconds=20)
        yield
    finally:
        process.terminate()
        process.wait()


def listens(process, log, address, port):
    if process.poll() is not None:
        raise SystemExit(f"sshd has ended: {log.read_text()}")
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0
