"""Ansible, as people tune it: a fork for each host, pipelining, the strategy `free`, and connections that are kept."""

import json
import os
import sys
from pathlib import Path

from application import ROOT
from tools import quiet

FORKS = 20


class Ansible:
    name = "ansible"

    def __init__(self, folder, hosts, setting):
        self.folder, self.hosts, self.ssh = folder, hosts, setting.ssh
        self.program = setting.work / "venv/bin/ansible-playbook"
        self.environment = {
            **os.environ,
            "ANSIBLE_FORKS": str(FORKS),
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_SSH_ARGS": f"-F {self.ssh.config}",
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_NOCOWS": "1",
            "ANSIBLE_RETRY_FILES_ENABLED": "0",
            "ANSIBLE_REMOTE_TEMP": str(folder / "temporary"),
        }
        # The modules of this benchmark are not Ansible's.
        self.environment.pop("PYTHONPATH", None)

    def begin(self):
        hosts = {
            root.name: {"ansible_host": address, "root": str(root / ROOT)}
            for root, address in zip(self.hosts, self.ssh.addresses)
        }
        interpreter = {"ansible_python_interpreter": os.path.realpath(sys.executable)}
        self.inventory = self.folder / "inventory.json"
        self.inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": interpreter}}))

    def settle(self):
        self.ssh.disconnect()

    def deploy(self, version, batch):
        values = json.dumps({"batch": batch, "archive": str(version.archive), "version": version.number})
        playbook = Path(__file__).with_name("playbook.yml")
        quiet(self.program, "-i", self.inventory, "-e", values, playbook, env=self.environment)

    def end(self):
        self.ssh.disconnect()
