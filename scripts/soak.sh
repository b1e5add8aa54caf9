#!/usr/bin/env bash
# Crashes, partitions, standstills and full disks at every place, simulated sites, and the kill loops again and again. usage: scripts/soak.sh [ROUNDS]
#
# Ends at the first round in which something does not hold; a failing test prints the place or the seed that leads there again.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
need_compiler
need_rust
need_node
need_nextest
need_apt '/usr/lib/postgresql/*/bin/initdb=postgresql' /usr/sbin/mariadbd=mariadb-server ip=iproute2 curl=curl strace=strace
bash scripts/build.sh dev

rounds=${1:-10}
# Every crash point, in place of those that `make test` tries.
export PACKHORSE_SOAK=1
for round in $(seq "$rounds"); do
    note "round $round of $rounds"
    PACKHORSE_SEED=$round PROPTEST_CASES=5000 cargo nextest run --locked --workspace \
        -E 'test(/crash|kill|stopped|stops|partition|simulation|properties|durable|cut|full_disk/)'
done
