"""What every peer is given."""

from dataclasses import dataclass
from pathlib import Path

from application import Version
from sshd import Ssh


@dataclass
class Setting:
    bin: Path
    """Our programs."""
    work: Path
    """Where everything lies that is made."""
    versions: list[Version]
    """The one that comes first, and the upgrade."""
    ssh: Ssh
    """The way to the hosts for those who take it."""
