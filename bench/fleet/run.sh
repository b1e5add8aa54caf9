#!/bin/bash
# Measures deployments to 20 hosts beside Ansible and parallel rsync over SSH; everything that it makes stays in DIR.
# usage: run.sh [DIR] [further arguments of run.py]     needs some 4 GB, and pip that can reach its registry for the first run
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
TOOLS=$here/../../.tools
. "$here/../../scripts/setup.sh"
# A server for SSH is not on the path of everybody.
need_apt /usr/sbin/sshd=openssh-server ssh=openssh-client rsync=rsync setsid=util-linux
work=${1:-$here/../../target/bench-fleet}
shift || true
mkdir -p "$work"
work=$(cd "$work" && pwd)
if [ ! -x "$work/venv/bin/ansible-playbook" ]; then
    note "installing ansible-core into $work/venv"
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" -q install 'ansible-core>=2.16'
fi
PYTHONPATH=$here/.. exec python3 "$here/run.py" --bin "$here/../../target/release" --work "$work" "$@"
