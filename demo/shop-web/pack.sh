#!/bin/sh
# Packs shop-web in the recommended layout: a version directory and `current`, a link to it.
#
# usage: pack.sh BINARY VERSION OUTDIR [CATALOGUE]
# CATALOGUE is the file that the shop must be able to read to be healthy; naming one that is not in the package makes a
# version whose start fails its health check.
set -eu
binary=$1 version=$2 out=$3 catalogue=${4:-conf/catalogue.txt}
source=$(dirname "$0")/package
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$work/shop-web_$version
mkdir -p "$top/bin" "$out"
cp -R "$source/." "$top/"
cp "$binary" "$top/bin/shop-web"
sed -i "s|@VERSION@|$version|; s|@CATALOGUE@|$catalogue|" "$top/conf/shop-web.conf"
ln -s "shop-web_$version" "$work/current"
file=$out/shop-web_${version}_$(date +%Y%m%d)001.tar.gz
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -czf "$file" current "shop-web_$version"
echo "$file"
