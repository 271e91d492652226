#!/usr/bin/env bash
# One 720p frame, end to end on one core: decode, detect, crop, mask, vote; then the memory that one 1080p file takes.
set -euo pipefail
cd "$(dirname "$0")/.."
clip=.cache/media/demo.mp4
swift build -c release -Xswiftc -enable-testing --product frame-bench >/dev/null
.build/release/frame-bench "$clip" 100

large=$(mktemp --suffix .mp4)
trap 'rm -f "$large"' EXIT
ffmpeg -loglevel error -y -i "$clip" -vf scale=1920:1080 -preset veryfast "$large"
echo "one 1080p file, unmask scan with its defaults:"
/usr/bin/python3 - .build/release/unmask scan --exit-zero "$large" <<'PYTHON'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"memory   peak {usage.ru_maxrss / 1024:9.1f} MB")
print(f"cpu      {usage.ru_utime + usage.ru_stime:14.2f} s")
PYTHON
