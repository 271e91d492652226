#!/usr/bin/env python3
"""Many cameras on few cores: 1280x720 at 25 frames a second, H.264, one face each, one sample a second.

Every sample must be analysed, the delay from a frame to its record stay below two seconds (95th percentile), and memory
below 120 MB and 12 MB for each stream; with `--streams 0`, below 120 MB. The cameras send one clip that was encoded
beforehand. Prints what it measured beside what the cameras took of the machine and what all else did, because that
counts in all of it.

usage: load.py [--streams 16] [--key-frames] [--seconds 60]
"""
import argparse
import collections
import datetime
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from daemon import ROOT, Camera, Daemon, Failure, action, check_counters, check_verdicts, expect, processor_seconds, stream

# Streams of one server process; each process has an interpreter of its own.
PER_SERVER = 16
MOST_DELAY = 2.0
BYTES = 120e6
BYTES_PER_STREAM = 12e6


def clip(folder):
    """As a camera sends it: 1.5 Mbit/s, a key frame every two seconds, no B-frames; one face, no cut."""
    path = folder / "camera.mp4"
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", ROOT / ".cache/media/demo.mp4", "-t", "6", "-c:v", "libx264",
         "-preset", "veryfast", "-tune", "zerolatency", "-threads", "1", "-b:v", "1500k", "-maxrate", "1500k",
         "-bufsize", "1500k", "-g", "50", "-sc_threshold", "0", "-bf", "0", path], check=True)
    return path


def configuration(folder, ports, options):
    lines = ["defaults:", "  key_frames: true" if options.key_frames else "  fps: 1", "  update_interval: 1s"]
    lines += ["limits:", "  stats_interval: 1s", "streams:"]
    for number in range(options.streams):
        port, place = ports[number // PER_SERVER], number % PER_SERVER + 1
        address = f"rtsp://127.0.0.1:{port}/cam{place if place > 1 else ''}"
        lines += [f"  - name: cam{number + 1}", f"    source: {address}"]
    path = folder / "unmask.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def busy_seconds():
    """What all cores together have worked since the machine was started."""
    user, nice, system, _, _, interrupts, soft, stolen = map(int, open("/proc/stat").readline().split()[1:9])
    return (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")


class Usage:
    """What the daemon, its cameras and everything else take of the machine, in cores."""

    def __init__(self, daemon, cameras):
        self.daemon, self.cameras = daemon, cameras
        self.begin, self.first = time.monotonic(), self.now()

    def now(self):
        cameras = sum(processor_seconds(camera.process.pid) for camera in self.cameras)
        return {"daemon": self.daemon.processor_seconds(), "cameras": cameras, "machine": busy_seconds()}

    def cores(self):
        seconds = time.monotonic() - self.begin
        cores = {who: (now - self.first[who]) / seconds for who, now in self.now().items()}
        cores["others"] = max(0, cores["machine"] - cores["daemon"] - cores["cameras"])
        return cores


def delays(records, first):
    """Seconds from the moment at which a frame was to be seen to the record about it, for all records since `first`.

    A frame's arrival is its moment on the stream's clock, later by what it had to wait to be decoded; the least such
    wait of a connection tells how the two clocks lie.
    """
    zero = collections.defaultdict(lambda: float("inf"))
    updates = [r for r in records if action(r) in ("verdict.start", "verdict.update")]
    for r in updates:
        offset = moment(r["event"]["end"]) - r["unmask"]["media"]["end"]
        zero[stream(r)] = min(zero[stream(r)], offset)
    return [
        moment(r["@timestamp"]) - zero[stream(r)] - r["unmask"]["media"]["end"] for r in updates
        if moment(r["@timestamp"]) >= first]


def measure(daemon, cameras, options):
    """The figures of a stretch that begins when all streams are online."""
    online = lambda: {stream(r) for r in daemon.poll() if action(r) == "stream.online"}
    end = time.monotonic() + 120
    while len(online()) < options.streams:
        expect(time.monotonic() < end, f"only {len(online())} of {options.streams} streams are online after 120 s")
        time.sleep(0.2)
    daemon.wait("the start", lambda r: action(r) == "service.start", 60)
    # Connections that all begin at once take more than streams that run.
    time.sleep(10)
    before = latest_counters(daemon)
    first, usage = time.time(), Usage(daemon, cameras)
    peak = {"Rss": 0}
    while time.monotonic() - usage.begin < options.seconds:
        time.sleep(1)
        daemon.poll()
        peak = max(peak, daemon.memory(), key=lambda memory: memory["Rss"])
    cores = usage.cores()
    # What waits while the program is ended is given up, and is no fault.
    return {"before": before, "counters": latest_counters(daemon), "cores": cores, "peak": peak,
            "delays": delays(daemon.poll(), first)}


def latest_counters(daemon):
    """Of each stream, since it began; as of its last record that has any, a second ago at most."""
    return {stream(r): r["unmask"]["counters"] for r in daemon.poll() if "counters" in r["unmask"]}


def report(daemon, options, figures):
    before, after = [
        {key: sum(c[key] for c in figures[when].values())
         for key in ("decoded", "sampled", "analysed", "evicted", "failed")} for when in ("before", "counters")]
    total = {key: after[key] - before[key] for key in after}
    disturbed = [r for r in daemon.records if action(r) in ("stream.lost", "stream.stalled")]
    limit = BYTES + BYTES_PER_STREAM * options.streams
    p95 = percentile(figures["delays"], 0.95)
    cores, peak = figures["cores"], figures["peak"]
    print(f"streams            {options.streams} ({'key frames' if options.key_frames else '1 frame a second'})")
    print(f"measured           {options.seconds:.0f} s on {os.cpu_count()} cores")
    print(f"processor          {cores['daemon']:.2f} cores, {1000 * cores['daemon'] / max(options.streams, 1):.1f} ms a "
          f"stream and second; the cameras {cores['cameras']:.2f}, all else {cores['others']:.2f}")
    print(f"resident memory    {peak['Rss'] / 1e6:.0f} MB at most, {limit / 1e6:.0f} allowed: "
          f"{peak['Anonymous'] / 1e6:.0f} of its own, {(peak['Rss'] - peak['Anonymous']) / 1e6:.0f} of files")
    failures = []
    if options.streams:
        print(f"frames             {total}; while the streams began {before['evicted']} of {before['sampled']} evicted")
        print(f"delay to a record  {percentile(figures['delays'], 0.5):.2f} s median, {p95:.2f} s at the 95th "
              f"percentile, of {len(figures['delays'])}")
        if not p95 <= MOST_DELAY:
            failures.append("records come too late")
    if total["evicted"] or total["failed"]:
        failures.append(f"{total['evicted'] + total['failed']} samples were not analysed")
    if disturbed:
        failures.append(f"{len(disturbed)} times a stream was lost or stalled")
    if peak["Rss"] > limit:
        failures.append("too much memory")
    return failures


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--streams", type=int, default=16)
    options.add_argument("--key-frames", action="store_true")
    options.add_argument("--seconds", type=float, default=60)
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="unmask-load-") as folder:
        folder = pathlib.Path(folder)
        video = clip(folder)
        cameras = [Camera("--streams", PER_SERVER, video) for _ in range(-(-options.streams // PER_SERVER))]
        daemon = Daemon("--config", configuration(folder, [camera.port for camera in cameras], options))
        try:
            figures = measure(daemon, cameras, options)
            expect(daemon.stop() == 0, "the program ended in disorder")
            check_counters(daemon.records)
            check_verdicts(daemon.records)
            failures = report(daemon, options, figures)
        except Failure as failure:
            failures = [str(failure)]
        finally:
            daemon.close()
            for camera in cameras:
                camera.close()
    for failure in failures:
        print(f"FAILED: {failure}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
