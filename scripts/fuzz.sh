#!/usr/bin/env bash
# Runs every fuzz target for a while, each from its seeds. usage: scripts/fuzz.sh [SECONDS] [TARGET]...
#
# What is found to be of interest is kept in fuzz/corpus, what crashes in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
need_compiler
need_apt c++=g++
need_rust
need_cargo_fuzz

seconds=${1:-60}
shift || true
# The sanitizer's flags belong to nightly compilers; this lets a stable one take them.
export RUSTC_BOOTSTRAP=1
cd fuzz
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
for target in "${targets[@]}"; do
    note "fuzzing $target for $seconds s"
    mkdir -p "corpus/$target"
    # The first folder takes what is found.
    cargo fuzz run "$target" "corpus/$target" "seeds/$target" -- \
        -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 -max_len=16384
done
