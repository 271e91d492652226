"""Sets `unmask scan` beside the pipeline in Python and beside the sum of its parts, in CPU seconds of whole processes.

usage: compare.py UNMASK FRAME_BENCH VIDEO UNET.onnx MTCNN_FOLDER [--fps 3] [--rounds 5]

Each round runs everything once, one after the other, so that what else the machine does falls on all alike; the least
of each is told. The floor is what ffmpeg needs to decode the whole file, and what the frames and faces cost the networks
by frame-bench: a scan that spends 1.3 times that has little left to save.
"""

import argparse
import json
import pathlib
import re
import resource
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def run(*command: str) -> tuple[float, str]:
    """CPU seconds of a process and its output."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: {result.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, result.stdout


def counters(records: str) -> dict:
    for line in records.splitlines():
        record = json.loads(line)
        if record["event"]["action"] == "scan.file":
            return record["unmask"]["counters"]
    sys.exit("the scan told of no file")


def network_milliseconds(frame_bench: str, video: str) -> tuple[float, float]:
    """The least that finding the faces of a frame, and masking one, took in a row of frames."""
    _, told = run(frame_bench, video, "40")
    least = {name: float(time) for name, time in re.findall(r"(?m)^(\w+) .*min +([0-9.]+) ms", told)}
    return least["detect"], least["mask"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("unmask")
    parser.add_argument("frame_bench")
    parser.add_argument("video")
    parser.add_argument("unet")
    parser.add_argument("mtcnn")
    parser.add_argument("--fps", default="3")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    scan = [given.unmask, "scan", "--no-ledger", "--exit-zero", "--fps", given.fps, "--jobs", "1", "--threads", "1"]
    scans, starts, peers, decodes, detects, masks = [], [], [], [], [], []
    for _ in range(given.rounds):
        seconds, records = run(*scan, given.video)
        scans.append(seconds)
        # What a run costs before it looks at anything: loading and proving the networks.
        starts.append(run(*scan, "--since", "2999-01-01", given.video)[0])
        _, told = run(
            sys.executable, str(HERE / "pipeline.py"), given.video, given.unet, given.mtcnn, "--fps", given.fps)
        peers.append(json.loads(told))
        detect, mask = network_milliseconds(given.frame_bench, given.video)
        detects.append(detect)
        masks.append(mask)
        decodes.append(run("ffmpeg", "-nostdin", "-v", "error", "-threads", "1", "-i", given.video, "-f", "null", "-")[0])
    found = counters(records)
    ours, start, peer, decode = min(scans), min(starts), min(peers, key=lambda one: one["cpu_s"]), min(decodes)
    print(f"frames looked at: {found['analysed']}, faces: {found['faces']} (Python: {peer['frames']}, {peer['faces']})")
    print(f"unmask scan, whole process:      {ours:6.2f} s CPU, of which {start:.2f} s to load and prove the networks")
    print(f"pipeline in Python, work alone:  {peer['cpu_s']:6.2f} s CPU, of which {peer['decode_cpu_s']:.2f} s to decode")
    print(f"ffmpeg, decoding alone:          {decode:6.2f} s CPU")
    floor = decode + (found["analysed"] * min(detects) + found["faces"] * min(masks)) / 1000
    print(f"the parts by themselves:         {floor:6.2f} s CPU ({min(detects):.1f} ms a frame, {min(masks):.1f} ms a face)")
    print(f"unmask / its parts:              {ours / floor:6.2f}")
    print(f"Python / unmask:                 {peer['cpu_s'] / ours:6.2f}, without loading {peer['cpu_s'] / (ours - start):.2f}")


if __name__ == "__main__":
    main()
