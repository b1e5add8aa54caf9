#!/usr/bin/env bash
# Every test there is. usage: scripts/test.sh [lint]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
need_compiler
need_rust
need_node
need_nextest

step() { printf '\n\033[1m▌ %s\033[0m\n' "$*"; }

step "format"
cargo fmt --all --check
step "console: packages"
need_console_packages
step "lints"
cargo clippy --locked --workspace --all-targets -- -D warnings
(cd web && npm run -s lint && npm run -s typecheck)
if cargo deny --version >/dev/null 2>&1; then
    step "licences, sources and banned crates"
    cargo deny -L error check bans licenses sources
else
    note "cargo-deny is not installed: licences and sources are not checked (make audit does)"
fi
[ "${1:-}" != lint ] || exit 0

need_apt '/usr/lib/postgresql/*/bin/initdb=postgresql' /usr/sbin/mariadbd=mariadb-server ip=iproute2 curl=curl strace=strace \
    '/usr/share/fonts/opentype/noto/NotoSansCJK*=fonts-noto-cjk'
bash scripts/build.sh dev
need_chromium
step "tests"
cargo nextest run --locked --workspace
step "console: unit tests"
(cd web && npm run -s test)
step "console: in Chromium, against the real server"
(cd web && PACKHORSE_BIN=$PWD/../target/debug/packhorse PACKHORSE_AGENT_BIN=$PWD/../target/debug/packhorse-agent npm run -s e2e)
