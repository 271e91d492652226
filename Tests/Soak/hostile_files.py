#!/usr/bin/env python3
"""Scans files that are broken or lie, and holds the program to what it promises of them.

usage: hostile_files.py UNMASK FACE.png [--files 2000] [--seed 1] [--keep FOLDER] [-- OPTION...]

The program must end by itself within the time that its limit allows, have no more than a gigabyte of memory in use at any
moment, and tell of every file once, in records that keep their contract; and one worker must find the same in the long
files as several that share each of them. Says how many files came to which end, and which took longest; exits with 1 and
a sentence otherwise.
"""

import argparse
import collections
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from resume_scan import anonymous

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SUPPORT = ROOT / "Tests" / "Support"
#: Seconds for one file, and what the program may need beyond them to notice that they are over.
LIMIT, GRACE = 20, 8
MEMORY = 1 << 30


def scan(options: argparse.Namespace, work: pathlib.Path, name: str, paths: list[str], *more: str) -> tuple[int, float, int]:
    """Exit status, seconds, and the highest memory in use, in bytes. The paths are named one by one, so that those are
    scanned, too, that nobody would take for media."""
    (work / f"{name}.list").write_bytes(b"".join(path.encode() + b"\0" for path in paths))
    command = [
        options.unmask, "scan", "--ledger", str(work / f"{name}.ledger"), "--output", str(work / f"{name}.jsonl"),
        "--files-from", str(work / f"{name}.list"), "--null", "--max-seconds-per-file", str(LIMIT), *options.options, *more,
    ]  # fmt: skip
    with open(work / "complaints", "wb") as complaints:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=complaints, stderr=complaints)
        end = begin + 60 + options.files * (LIMIT + GRACE)
        try:
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    process.returncode = os.waitstatus_to_exitcode(status)
                    return process.returncode, time.monotonic() - begin, usage.ru_maxrss * 1024
                if time.monotonic() > end:
                    sys.exit(f"the scan has not ended after {time.monotonic() - begin:.0f} s")
                time.sleep(0.1)
        finally:
            if process.returncode is None:
                process.kill()


def files_below(folder: pathlib.Path) -> set[str]:
    return {str(path) for path in folder.rglob("*") if path.is_file()}


def told(path: pathlib.Path) -> list[dict]:
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    return [record for record in records if record["event"]["action"] == "scan.file"]


def check_contract(path: pathlib.Path) -> None:
    with open(path, "rb") as records:
        checked = subprocess.run(
            [sys.executable, str(SUPPORT / "validate_records.py"), str(ROOT / "Config" / "unmask-record.schema.json")],
            stdin=records, capture_output=True, text=True)  # fmt: skip
    if checked.returncode:
        sys.exit(f"a record breaks its contract: {checked.stdout}{checked.stderr}")


def compare_long(options: argparse.Namespace, work: pathlib.Path, records: list[dict]) -> int:
    """Scans the long files once more, with one worker; how many there are. Those that ran into the limit of time end where
    that worker was."""
    ended = {record["unmask"]["file"]["path"]: record for record in records}
    paths = [
        path for path, record in ended.items()
        if path.endswith(("long.mp4", "long.mkv")) and record.get("error", {}).get("code") != "time_limit"
    ]  # fmt: skip
    scan(options, work, "alone", paths, "--jobs", "1")
    alone = told(work / "alone.jsonl")
    if len(alone) != len(paths):
        sys.exit(f"one worker told of {len(alone)} of {len(paths)} long files")
    for record in alone:
        other = ended[record["unmask"]["file"]["path"]]
        if findings(record) != findings(other):
            sys.exit(f"one worker found {json.dumps(record)}, several {json.dumps(other)}")
    return len(paths)


def findings(record: dict) -> object:
    """What a record says of its file, wherever in the run the file came."""
    return anonymous(record | {"event": None})


def longest(ledger: pathlib.Path) -> list[tuple[float, str]]:
    with sqlite3.connect(ledger) as database:
        return database.execute(
            "SELECT scan.seconds, item.path FROM item JOIN scan ON scan.id = scan_id ORDER BY 1 DESC LIMIT 5").fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(description="scans files that are broken or lie")
    parser.add_argument("unmask")
    parser.add_argument("face")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="leave everything in this folder")
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options = parser.parse_args(sys.argv[1:end])
    options.options = sys.argv[end + 1 :]
    with tempfile.TemporaryDirectory() as scratch:
        work = options.keep or pathlib.Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        kinds = subprocess.run(
            [sys.executable, str(SUPPORT / "make_hostile.py"), options.face, str(work / "hostile"),
             "--files", str(options.files), "--seed", str(options.seed)],
            check=True, capture_output=True, text=True).stdout.strip()  # fmt: skip
        names = sorted(files_below(work / "hostile"))
        status, seconds, memory = scan(options, work, "records", names)
        records = told(work / "records.jsonl")
        paths = collections.Counter(record["unmask"]["file"]["path"] for record in records)
        if status not in (0, 1, 3):
            how = f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
            missing = [name for name in names if name not in paths]
            sys.exit(
                f"the scan ended with {how}, the first file without a record is {missing[0] if missing else 'none'}:\n"
                + (work / "complaints").read_text(errors="replace")[-2000:])
        if set(paths) != set(names) or set(paths.values()) != {1}:
            sys.exit(f"{len(names)} files, {len(paths)} of them told of, {sum(paths.values())} times")
        check_contract(work / "records.jsonl")
        slow = longest(work / "records.ledger")
        long = compare_long(options, work, records)
    if slow[0][0] > LIMIT + GRACE:
        sys.exit(f"{slow[0][1]} took {slow[0][0]:.1f} s, where {LIMIT} were allowed")
    if memory > MEMORY:
        sys.exit(f"{memory / (1 << 20):.0f} MiB were in use at one moment, where 1024 are allowed")
    ends = collections.Counter(record.get("error", {}).get("code", "sound") for record in records)
    print(f"files: {kinds}")
    print(f"ends: {', '.join(f'{count} {code}' for code, count in ends.most_common())}")
    print("longest: " + ", ".join(f"{took:.1f} s {pathlib.Path(path).name}" for took, path in slow))
    print(f"{long} long files: the same with one worker")
    print(f"{len(names)} files in {seconds:.0f} s, {memory / (1 << 20):.0f} MiB at most, status {status}")


if __name__ == "__main__":
    main()
