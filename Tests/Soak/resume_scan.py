"""Kills a scan with SIGKILL at random moments, resumes it each time, and compares its records with an undisturbed run's.

usage: resume_scan.py UNMASK FACE.png [--files 200] [--kills 10] [--seed 1] [--keep FOLDER] [-- OPTION...]

The records must be equal line for line, but for times and identities, and every line must be whole. Says what it did;
exits with 1 and the first difference otherwise.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

SUPPORT = pathlib.Path(__file__).resolve().parent.parent / "Support"


def anonymous(value: object) -> object:
    """A record without what differs from run to run: times, and the identities of records and runs."""
    if isinstance(value, dict):
        return {
            key: anonymous(part)
            for key, part in value.items()
            if key not in ("@timestamp", "id", "run_id", "padding")
        }
    if isinstance(value, list):
        return [anonymous(part) for part in value]
    return value


def records(path: pathlib.Path) -> list:
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines[-1] == "", f"{path} ends in half a line: {lines[-1][:200]}"
    return [anonymous(json.loads(line)) for line in lines[:-1]]


def is_over(path: pathlib.Path) -> bool:
    """Whether the records say themselves that the scan has come to its end."""
    lines = path.read_bytes().splitlines() if path.exists() else []
    return bool(lines) and b'"action":"service.stop"' in lines[-1] and b'"reason":"done"' in lines[-1]


def command(options: argparse.Namespace, work: pathlib.Path, name: str) -> list[str]:
    return [
        options.unmask, "scan", "--ledger", str(work / f"{name}.ledger"), "--output", str(work / f"{name}.jsonl"),
        *options.options, str(work / "archive"),
    ]  # fmt: skip


def undisturbed(options: argparse.Namespace, work: pathlib.Path) -> tuple[float, int]:
    begin = time.monotonic()
    result = subprocess.run(command(options, work, "whole"), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if result.returncode not in (0, 1, 3):
        sys.exit(f"the undisturbed run ended with {result.returncode}: {result.stderr.decode()[-2000:]}")
    return time.monotonic() - begin, result.returncode


def size(path: pathlib.Path) -> int:
    return path.stat().st_size if path.exists() else 0


def wait_for_moment(running: subprocess.Popen, work: pathlib.Path, kills: int, luck: random.Random) -> None:
    """Until a random moment of a run's life: every fourth while models load, the others by how much it has written, which
    is the same on fast machines and on slow ones."""
    begin, loads = time.monotonic(), luck.random() < 0.25
    more = luck.uniform(0, 1.2 / (kills + 1)) * size(work / "whole.jsonl")
    wanted, pause = size(work / "killed.jsonl") + more, luck.uniform(0, 0.3 if loads else 0.05)
    while not loads and running.poll() is None and size(work / "killed.jsonl") < wanted:
        if time.monotonic() - begin > 600:
            sys.exit("nothing was written for ten minutes")
        time.sleep(0.001)
    time.sleep(pause)


def disturbed(options: argparse.Namespace, work: pathlib.Path, luck: random.Random) -> tuple[int | None, int]:
    """Runs to the end with kills on the way. The exit status, and how many kills met a process at work."""
    kills = 0
    while True:
        running = subprocess.Popen(
            [*command(options, work, "killed"), "--resume"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if kills < options.kills:
            wait_for_moment(running, work, options.kills, luck)
            if running.poll() is None:
                running.kill()
                running.communicate()
                kills += 1
                if is_over(work / "killed.jsonl"):
                    # It had told everything and was about to go: its status is lost, its records are not.
                    return None, kills
                continue
            print(f"done after {kills} kills", file=sys.stderr)
        _, errors = running.communicate()
        if running.returncode not in (0, 1, 3):
            sys.exit(f"a run ended with {running.returncode}: {errors.decode()[-2000:]}")
        return running.returncode, kills


def main() -> None:
    parser = argparse.ArgumentParser(description="kills and resumes a scan")
    parser.add_argument("unmask")
    parser.add_argument("face")
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="leave everything in this folder")
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options = parser.parse_args(sys.argv[1:end])
    options.options = sys.argv[end + 1 :]
    luck = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        work = options.keep or pathlib.Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        kinds = subprocess.run(
            [sys.executable, str(SUPPORT / "make_archive.py"), options.face, str(work / "archive"),
             "--files", str(options.files), "--seed", str(options.seed)],
            check=True, capture_output=True, text=True).stdout.strip()  # fmt: skip
        length, status = undisturbed(options, work)
        last, kills = disturbed(options, work, luck)
        whole, pieces = records(work / "whole.jsonl"), records(work / "killed.jsonl")
    for number, (expected, found) in enumerate(zip(whole, pieces), start=1):
        if expected != found:
            sys.exit(f"line {number} differs:\n  whole:  {json.dumps(expected)}\n  killed: {json.dumps(found)}")
    if len(whole) != len(pieces):
        sys.exit(f"{len(whole)} records without kills, {len(pieces)} with them")
    if last is not None and status != last:
        sys.exit(f"exit status {status} without kills, {last} with them")
    print(f"archive: {kinds}")
    print(f"{len(whole)} records, equal after {kills} kills; an undisturbed run takes {length:.1f} s, status {status}")


if __name__ == "__main__":
    main()
