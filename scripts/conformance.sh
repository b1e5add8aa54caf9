#!/usr/bin/env bash
# Runs the samples of a folder with real data against this build. usage: scripts/conformance.sh DIR
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
[ -d "${1:-}" ] || die "there is no folder ${1:-(none given)}" "make conformance SHARED=DIR, where DIR has data/ and tools/"
need_compiler
need_rust
need_nextest
need_apt python3=python3
SHARED=$(cd "$1" && pwd) cargo nextest run --locked --workspace --features packhorse-tests/conformance --test conformance
