#!/usr/bin/env bash
# Takes Prometheus' checker of metrics out of Debian's package, without installing the server, which would start to run.
#
#   fetch-promtool.sh TARGET
set -euo pipefail

target=$(realpath -m "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

download() { apt-get -o APT::Sandbox::User= download prometheus >log 2>&1; }
download || {
  # The lists may be missing or old; only root can renew them.
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update >log 2>&1 && download
} || {
  tail -n 5 log >&2
  echo "set-up: Debian's package prometheus cannot be downloaded; its promtool checks the metrics in a test" >&2
  exit 1
}
dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
mkdir -p "$(dirname "$target")"
mv usr/bin/promtool "$target"
