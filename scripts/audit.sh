#!/usr/bin/env bash
# Licences, sources and banned crates, as deny.toml has them.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
need_compiler
need_rust
if ! cargo deny --version >/dev/null 2>&1; then
    note "installing cargo-deny with cargo; this takes some minutes"
    cargo install -q --locked cargo-deny || die "cargo-deny could not be installed"
fi
cargo deny -L error check bans licenses sources
