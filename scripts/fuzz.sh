#!/usr/bin/env bash
# Runs every fuzz target for a while. usage: scripts/fuzz.sh [SECONDS] [TARGET]...
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
need_compiler
need_rust

seconds=${1:-60}
shift || true
command -v cargo-fuzz >/dev/null || { note "installing cargo-fuzz"; cargo install --locked cargo-fuzz; }
# The sanitizer's flags belong to nightly compilers; this lets a stable one take them.
export RUSTC_BOOTSTRAP=1
cd fuzz
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
for target in "${targets[@]}"; do
    note "fuzzing $target for $seconds s"
    cargo fuzz run "$target" -- -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20
done
