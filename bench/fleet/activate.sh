# Verifies a version that was brought to a host, and changes over to it.
# usage: activate.sh ROOT VERSION
set -eu
cd "$1/shop_$2"
sha256sum --check --quiet SHA256SUMS
cd "$1"
[ ! -e current ] || current/scripts/stop.sh
ln -sfn "shop_$2" current.new
mv -T current.new current
current/scripts/start.sh
tries=0
until current/scripts/check.sh; do
    tries=$((tries + 1))
    [ "$tries" -lt 10 ]
    sleep 1
done
