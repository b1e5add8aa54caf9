#!/usr/bin/env bash
# The main job from end to end, on real processes: push, plan, deploy, upgrade with a canary, and a bad version that is rolled
# back by itself, over three hosts.
#
# usage: scripts/demo.sh            stays up afterwards, until Ctrl-C
#        ONCE=1 scripts/demo.sh     ends after the last step and leaves nothing running
# Each host is a network namespace with an address of its own where that is possible, else an address of 127.0.0.0/8.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
need_apt curl=curl ip=iproute2 setsid=util-linux tar=tar gzip=gzip
bash scripts/build.sh release
# What the build installed is in the PATH of the build alone.
need_rust

bin=$PWD/target/$(rustc -vV | sed -n 's/^host: //p')/release
demo=$(mktemp -d "${TMPDIR:-/tmp}/packhorse-demo.XXXXXX")
hosts=(web-1 web-2 web-3)
bridge=ph-demo net=10.203.77
export XDG_CONFIG_HOME=$demo/config
unset PACKHORSE_URL PACKHORSE_TOKEN

title() { printf '\n\033[1m▌ %s\033[0m\n' "$*"; }
run() { printf '\033[36m$ packhorse %s\033[0m\n' "$*"; "$bin/packhorse" "$@"; }

netns_works() {
    [ -z "${NO_NETNS:-}" ] && [ "$(id -u)" = 0 ] || return 1
    # A container may let us make a namespace, and not enter it.
    local enters=1
    ip netns add ph-probe 2>/dev/null && ip netns exec ph-probe true 2>/dev/null && enters=0
    ip netns del ph-probe 2>/dev/null
    [ $enters = 0 ] && ip link add "$bridge" type bridge 2>/dev/null
}

clean_up() {
    trap - EXIT INT TERM
    local pid i
    # The shops were left running by their start scripts, as on a real host; their process ids are in their install roots.
    for pid in $(cat "$demo"/hosts/*/data/app/shop-web/run/shop-web.pid 2>/dev/null) $(jobs -p); do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    for i in "${!hosts[@]}"; do
        ip link del "ph-veth$i" 2>/dev/null || true
        ip netns del "ph-${hosts[$i]}" 2>/dev/null || true
    done
    ip link del "$bridge" 2>/dev/null || true
    rm -rf "$demo"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

wait_for() { # wait_for WHAT COMMAND...
    local what=$1 tries=0
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 150 ] || { tail -n 30 "$demo"/*.log >&2; die "$what did not come up in 30 seconds"; }
        sleep 0.2
    done
}

show_hosts() {
    local i=0 name
    for name in "${hosts[@]}"; do
        printf '  %-6s %-14s ' "$name" "${address[$name]}"
        curl -s -m 3 "http://${address[$name]}:8080/" || echo "no answer"
        i=$((i + 1))
    done
}

declare -A address
in_background=
if netns_works; then
    ip addr add "$net.1/24" dev "$bridge"
    ip link set "$bridge" up
    server_address=$net.1
    for i in "${!hosts[@]}"; do
        name=${hosts[$i]} address[${hosts[$i]}]=$net.$((i + 11))
        ip netns add "ph-$name"
        ip link add "ph-veth$i" type veth peer name eth0 netns "ph-$name"
        ip link set "ph-veth$i" master "$bridge" up
        ip -n "ph-$name" addr add "${address[$name]}/24" dev eth0
        ip -n "ph-$name" link set eth0 up
        ip -n "ph-$name" link set lo up
    done
    # `exec` where it runs in the background: then its process is the one that is ended.
    on_host() { local name=$1; shift; $in_background ip netns exec "ph-$name" "$@"; }
    place="three hosts, each in a network namespace of its own"
else
    server_address=127.0.0.1
    for i in "${!hosts[@]}"; do address[${hosts[$i]}]=127.0.0.$((i + 2)); done
    on_host() { shift; $in_background "$@"; }
    place="three hosts on 127.0.0.2 to 127.0.0.4 (network namespaces need root)"
fi

title "The server, on an empty directory"
"$bin/packhorse" serve --data "$demo/data" --listen 127.0.0.1:7433 --agent-listen "$server_address:7434" \
    >"$demo/server.out" 2>"$demo/server.log" &
server=$!
server_is_up() { kill -0 $server 2>/dev/null || { cat "$demo/server.log" >&2; die "the server has ended"; }; curl -sf http://127.0.0.1:7433/readyz; }
wait_for "the server" server_is_up
cat "$demo/server.out"
password=$(sed -n 's/.*password[: ]*//p' "$demo/server.out" | head -n1)
printf '%s' "$password" | run login http://127.0.0.1:7433 --user admin --password-stdin

title "The topology, and $place"
cat >"$demo/shop.toml" <<'T'
[[business]]
name = "Shop"

[[business.system]]
name = "Production"
environment = "prod"

[[business.system.module]]
name = "Web"
T
run topology apply "$demo/shop.toml"
for name in "${hosts[@]}"; do
    token=$("$bin/packhorse" host join-token --name "$name" --module Shop/Production/Web -o json | sed -n 's/.*"token": *"\([^"]*\)".*/\1/p')
    mkdir -p "$demo/hosts/$name"
    on_host "$name" "$bin/packhorse-agent" join "https://$server_address:7434" --token "$token" --root "$demo/hosts/$name" --address "${address[$name]}"
    in_background=exec on_host "$name" "$bin/packhorse-agent" run --root "$demo/hosts/$name" >"$demo/agent-$name.log" 2>&1 &
done
online() { [ "$("$bin/packhorse" host list -o jsonl | grep -c '"online"')" = 3 ]; }
wait_for "the agents" online
run host list

title "Version 1.0.0: push, plan, deploy"
for version in 1.0.0 1.0.1; do demo/shop-web/pack.sh "$bin/shop-web" $version "$demo" >/dev/null; done
demo/shop-web/pack.sh "$bin/shop-web" 1.0.2 "$demo" conf/catalog.txt >/dev/null
run package push "$demo"/shop-web_1.0.0_*.tar.gz
run plan shop-web@1.0.0 --to Shop/Production/Web || [ $? = 2 ]
run deploy shop-web@1.0.0 --to Shop/Production/Web --bind --yes --watch
show_hosts

title "Version 1.0.1: one canary, then the rest"
run package push "$demo"/shop-web_1.0.1_*.tar.gz
run deploy shop-web@1.0.1 --to Shop/Production/Web --canary 1 --bake 2 --yes --watch
show_hosts

title "Version 1.0.2 names a catalogue that is not in the package: its health check fails, and it is rolled back by itself"
run package push "$demo"/shop-web_1.0.2_*.tar.gz
if run deploy shop-web@1.0.2 --to Shop/Production/Web --canary 1 --on-failure rollback --yes --watch; then
    die "the bad version was not noticed"
fi
show_hosts
for name in "${hosts[@]}"; do
    curl -s -m 3 "http://${address[$name]}:8080/" | grep -q 'shop-web 1.0.1' || die "$name does not serve 1.0.1"
done
run instance list

title "Done: three hosts serve 1.0.1, and none was ever without a working version"
[ -z "${ONCE:-}" ] || exit 0
printf '\n  console   http://127.0.0.1:7433\n  user      admin\n  password  %s\n\nCtrl-C ends the demonstration and removes what it made.\n' "$password"
wait $server
