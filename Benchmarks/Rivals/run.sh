#!/bin/sh
# Times both U-Nets here and in the rival engines, which come from PyPI at pinned versions: run.sh [rivals.py options]
set -eu
cd "$(dirname "$0")/../.."
venv=.cache/bench-venv
if [ ! -e "$venv/.complete" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet -r Benchmarks/Rivals/requirements.txt
  touch "$venv/.complete"
fi
networks=.cache/bench-networks
[ -e "$networks/unet_v1.onnx" ] || "$venv/bin/python" Benchmarks/Rivals/make_networks.py "$networks"
swift build -c release -Xswiftc -enable-testing --product unmask >&2
exec "$venv/bin/python" Benchmarks/Rivals/rivals.py "$networks/unet.onnx" "$networks/unet_v1.onnx" \
  --ours '.build/release/unmask model bench {model} --threads {threads} --runs 7 --json' "$@"
