"""Ourselves: a server, and an agent on every host."""

import json
import os
import re
import subprocess

from application import NAME
from tools import free_port, quiet, wait_for

MODULE = "Bench/Test/Shop"
TOPOLOGY = """
[[business]]
name = "Bench"
[[business.system]]
name = "Test"
environment = "test"
[[business.system.module]]
name = "Shop"
"""


class Packhorse:
    """Begins with both versions pushed and proven, every agent online, and nothing made yet of what agents will ask for."""

    name = "packhorse"

    def __init__(self, folder, hosts, setting):
        self.folder, self.hosts, self.bin, self.versions = folder, hosts, setting.bin, setting.versions
        self.processes = []

    def begin(self):
        port, agents = free_port(), free_port()
        url = f"http://127.0.0.1:{port}"
        self.environment = {**os.environ, "HOME": str(self.folder), "PACKHORSE_URL": url}
        self.environment.pop("XDG_CONFIG_HOME", None)
        listen = ["--listen", f"127.0.0.1:{port}", "--agent-listen", f"127.0.0.1:{agents}"]
        log = self.spawn("server", "packhorse", "serve", "--data", self.folder / "data", *listen)
        password = wait_for("the server", lambda: re.search(r"password\s+(\S+)", log.read_text()))[1]
        self.cli("login", url, "--user", "admin", "--password-stdin", input=password + "\n")
        topology = self.folder / "topology.toml"
        topology.write_text(TOPOLOGY)
        self.cli("topology", "apply", topology)
        for version in self.versions:
            self.cli("package", "push", version.archive, "--name", NAME, "--version", version.number)
        for root in self.hosts:
            made = self.cli("host", "join-token", "--name", root.name, "--module", MODULE, "-o", "json")
            token = json.loads(made)["token"]
            quiet(self.bin / "packhorse-agent", "join", f"https://127.0.0.1:{agents}", "--token", token, "--root", root)
            self.spawn(f"agent-{root.name}", "packhorse-agent", "run", "--root", root)
        online = lambda: self.cli("host", "list", "-o", "jsonl").count('"online"') == len(self.hosts)
        wait_for("the agents", online)
        for version in self.versions:
            show = lambda: self.cli("package", "show", f"{NAME}@{version.number}", "-o", "json")
            wait_for("the proof", lambda: "original_until_proven" not in show())

    def settle(self):
        """Agents are connected already; that is what they are for."""

    def deploy(self, version, batch):
        how = ["--batch", batch, "--bind", "--yes", "--watch"]
        self.cli("deploy", f"{NAME}@{version.number}", "--to", MODULE, *how)

    def end(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()

    def spawn(self, name, binary, *args):
        log = self.folder / f"{name}.log"
        with log.open("w") as out:
            command = [str(self.bin / binary), *map(str, args)]
            self.processes.append(subprocess.Popen(command, stdout=out, stderr=out, env=self.environment))
        return log

    def cli(self, *args, **options):
        return quiet(self.bin / "packhorse", *args, env=self.environment, **options)
