#!/usr/bin/env python3
"""Reconnects thousands of times and watches memory and descriptors: both must stay where they were.

Several streams at once, each of a server that hangs up a moment after its first pictures; the shortest delay between
two attempts is a second, so that many streams make many reconnects a second.

usage: reconnects.py [COUNT]     2000 by default
"""
import pathlib
import sys
import tempfile
import time

import chaos
from daemon import Camera, Daemon, check_counters, check_verdicts, expect

STREAMS = 24
# After so many the daemon has seen everything that it will ever see.
WARM = 200
MOST_BYTES = 2 << 20


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory(prefix="unmask-reconnects-") as folder:
        folder = pathlib.Path(folder)
        made = chaos.clips(folder, "small")
        camera = Camera("--streams", str(STREAMS), "--close-after", "0.4", made["small.mp4"])
        configuration = folder / "unmask.yaml"
        lines = ["defaults:", "  fps: 1", "  backoff_min: 1s", "  backoff_max: 1s", "streams:"]
        for number in range(1, STREAMS + 1):
            name = f"cam{number if number > 1 else ''}"
            lines += [f"  - name: {name}", f"    source: rtsp://127.0.0.1:{camera.port}/{name}"]
        configuration.write_text("\n".join(lines) + "\n")
        daemon = Daemon("--config", configuration)
        try:
            run(daemon, camera, count)
        finally:
            daemon.close()
            camera.close()


def run(daemon, camera, count):
    begin = time.monotonic()
    printed = 0
    # One (reconnects, resident bytes, descriptors) a quarter of a second.
    samples = []
    print("reconnects    seconds  resident KiB  descriptors  threads", flush=True)
    done = 0
    while done < count:
        time.sleep(0.25)
        daemon.poll()
        done = camera.hung_up()
        samples.append((done, daemon.resident(), daemon.descriptors()))
        if done - printed >= max(50, count // 20):
            printed = done
            print(f"{done:10} {time.monotonic() - begin:10.0f} {samples[-1][1] // 1024:13} {samples[-1][2]:12} "
                  f"{daemon.threads():8}", flush=True)
    # How many connections are open differs from moment to moment: the most of one stretch is held against that of
    # another.
    early = [sample for sample in samples if WARM <= sample[0] < 2 * WARM]
    late = [sample for sample in samples if sample[0] >= count - WARM]
    growth = [max(s[index] for s in late) - max(s[index] for s in early) for index in (1, 2)]
    print(f"after the first {WARM}: {growth[0] / 2**20:+.2f} MiB, {growth[1]:+} descriptors")
    status = daemon.stop()
    expect(status == 0, f"the program ended with {status}")
    check_counters(daemon.records)
    check_verdicts(daemon.records)
    expect(growth[0] <= MOST_BYTES, f"memory grew by {growth[0] / 2**20:.2f} MiB")
    expect(growth[1] <= 0, f"{growth[1]} descriptors are left")


if __name__ == "__main__":
    main()
