#!/bin/sh
# Stops the shop, whichever version runs, and waits until it is gone.
set -eu
pid_file="$PACKHORSE_INSTALL_ROOT/run/shop-web.pid"
[ -f "$pid_file" ] || { echo "shop-web is not running"; exit 0; }
pid=$(cat "$pid_file")
kill "$pid" 2>/dev/null || true
tries=0
while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || kill -9 "$pid" 2>/dev/null || true
    sleep 0.05
done
rm -f "$pid_file"
echo "stopped process $pid"
