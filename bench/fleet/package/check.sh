#!/bin/sh
# Looks whether this version runs, and no other.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$home/../run"
[ "$(cat home)" = "$home" ]
kill -0 "$(cat pid)"
