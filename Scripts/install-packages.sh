#!/usr/bin/env bash
# Installs the Debian packages that are still missing. Touches neither the network nor apt when none is.
#
#   install-packages.sh demo    what the program and the demonstration need
#   install-packages.sh test    that, and what the tests need
#   install-packages.sh deb     what making a Debian package needs
#   install-packages.sh cluster what a cluster on this machine needs
set -euo pipefail

program=(pkg-config libavformat-dev libavcodec-dev libswscale-dev libavutil-dev libopenblas-dev libsqlite3-dev)
demo=(ca-certificates ffmpeg python3 python3-pip python3-lz4 python3-numpy python3-onnx)
deb=(dpkg-dev)
cluster=(slurm-wlm munge)
test=(zzuf python3-jsonschema python3-yaml rsyslog systemd python3-gi gstreamer1.0-rtsp gir1.2-gst-rtsp-server-1.0
  gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
  chromium)

case "${1:-}" in
  demo) wanted=("${program[@]}" "${demo[@]}") ;;
  test) wanted=("${program[@]}" "${demo[@]}" "${test[@]}") ;;
  deb) wanted=("${program[@]}" "${demo[@]}" "${deb[@]}") ;;
  cluster) wanted=("${cluster[@]}") ;;
  *) echo "usage: install-packages.sh demo|test|deb|cluster" >&2; exit 2 ;;
esac

if ! command -v apt-get >/dev/null; then
  echo "set-up: this is not a Debian system; install the equivalents of: ${wanted[*]}" >&2
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "set-up: these packages are missing and this is neither root nor a machine with sudo: ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi

echo "set-up: installing ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 || {
    tail -n 15 "$log" >&2
    echo "set-up: \"$*\" failed; its last lines are above" >&2
    exit 1
  }
}
quietly apt-get update
quietly apt-get install --yes --no-install-recommends "${missing[@]}"
