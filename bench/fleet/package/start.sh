#!/bin/sh
# Starts this version and leaves it running. A process that sleeps stands for the application.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd -P)
mkdir -p "$home/../run"
cd "$home/../run"
setsid sleep 86400 >/dev/null 2>&1 </dev/null &
echo $! >pid
echo "$home" >home
