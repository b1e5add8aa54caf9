#!/usr/bin/env bash
# Builds the console and the binaries.
#
# usage: scripts/build.sh dev|release
# dev: what the tests use, into target/debug. release: static agent, server and shop, into target/x86_64…/release.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
need_compiler
need_rust
need_node

if [ ! -f web/dist/index.html ] || [ -n "$(find web/src web/index.html web/package-lock.json -newer web/dist/index.html -print -quit)" ]; then
    note "building the console"
    need_console_packages >&2
    (cd web && npm run -s build) >&2
fi

case ${1:-dev} in
dev)
    note "building the binaries and tests"
    # All targets at once, so that the tests that follow find every dependency built with the features that they use.
    cargo build --locked --workspace --all-targets ;;
release)
    target=$(rustc -vV | sed -n 's/^host: //p')
    note "building the binaries (static, optimised); the first time takes some minutes"
    RUSTFLAGS='-C target-feature=+crt-static' cargo build --locked --release --target "$target" \
        -p packhorse-cli -p packhorse-agent -p shop-web ;;
*) die "usage: scripts/build.sh dev|release" ;;
esac
