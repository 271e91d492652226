#!/usr/bin/env bash
# Regenerates Sources/Neural/ONNX/onnx.pb.swift after a change to onnx.proto.
# Needs Debian's protobuf-compiler (protoc). The Swift plug-in is built once, from the version of
# swift-protobuf that this package resolves, into .cache/.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
plugin=${PROTOC_GEN_SWIFT:-$root/.cache/protoc-gen-swift}
if [[ ! -x $plugin ]]; then
  checkout=$root/.build/checkouts/swift-protobuf
  [[ -d $checkout ]] || (cd "$root" && swift package resolve)
  scratch=$root/.cache/protoc-gen-swift.build
  swift build -c release --package-path "$checkout" --scratch-path "$scratch" --product protoc-gen-swift
  cp "$(swift build -c release --package-path "$checkout" --scratch-path "$scratch" --show-bin-path)/protoc-gen-swift" "$plugin"
fi
folder=$root/Sources/Neural/ONNX
protoc --proto_path="$folder" --plugin=protoc-gen-swift="$plugin" \
  --swift_out="$folder" --swift_opt=Visibility=Internal --swift_opt=UseAccessLevelOnImports=true onnx.proto
# The generator does not yet mark its one unsafe global for strict memory safety.
sed -i "s/ = _StorageClass.defaultInstance/ = unsafe _StorageClass.defaultInstance/" "$folder/onnx.pb.swift"
