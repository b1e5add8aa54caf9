#!/bin/bash
# Measures upgrades, pushes and stored bytes beside every peer that is installed; results and workloads stay in DIR.
# usage: run.sh [DIR] [further arguments of run.py]     needs some 6 GB, and pip that can reach its registry for the first run
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-$here/../../target/bench}
shift || true
PYTHONPATH=$here/.. exec python3 "$here/run.py" --bin "$here/../../target/release" --work "$work" "$@"
