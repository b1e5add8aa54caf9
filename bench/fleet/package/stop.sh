#!/bin/sh
# Stops whichever version runs, and waits until it is gone.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd -P)
[ -f "$home/../run/pid" ] || exit 0
pid=$(cat "$home/../run/pid")
kill "$pid" 2>/dev/null || true
while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
rm "$home/../run/pid"
