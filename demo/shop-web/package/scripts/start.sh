#!/bin/sh
# Starts the shop of this version and leaves it running.
set -eu
run="$PACKHORSE_INSTALL_ROOT/run"
mkdir -p "$run"
setsid "$PACKHORSE_HOME/bin/shop-web" "$PACKHORSE_HOME/conf/shop-web.conf" >>"$run/shop-web.log" 2>&1 </dev/null &
echo $! >"$run/shop-web.pid"
echo "started shop-web $PACKHORSE_VERSION as process $!"
