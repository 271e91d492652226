"""Makes an archive of small files to scan: several containers, codecs and sizes, stills, copies, broken files.

usage: make_archive.py FACE.png FOLDER [--files 200] [--seed 1]

The same seed makes the same archive. Prints how many files of each kind there are.
"""

import argparse
import collections
import pathlib
import random
import shutil
import subprocess

SECOND = ["-loop", "1", "-framerate", "12"]
CONTAINERS = {
    "mp4": ["-c:v", "libx264", "-preset", "ultrafast", "-g", "6"],
    "mkv": ["-c:v", "libx264", "-preset", "ultrafast", "-g", "12"],
    "mov": ["-c:v", "mpeg4", "-q:v", "4"],
    "avi": ["-c:v", "mpeg4", "-q:v", "4"],
    "ts": ["-c:v", "mpeg2video", "-q:v", "4", "-r", "25"],
    "webm": ["-c:v", "libvpx", "-b:v", "600k", "-deadline", "realtime", "-cpu-used", "8"],
    "gif": [],
    "flv": ["-c:v", "flv", "-q:v", "5"],
}
STILLS = ["png", "jpg", "bmp", "webp", "tiff"]


def ffmpeg(*arguments: str) -> None:
    subprocess.run(
        ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *arguments],
        check=True, stdin=subprocess.DEVNULL)


def make(face: pathlib.Path, target: pathlib.Path, kind: str, luck: random.Random) -> None:
    """One sound file: a camera that moves over a face, or over nothing."""
    size = luck.choice([(240, 180), (320, 240), (400, 300), (240, 320)])
    width, height = size
    if luck.random() < 0.25:
        picture = ["-f", "lavfi", "-i", f"testsrc2=size={width}x{height}:rate=12"]
        move = "null"
    else:
        picture = [*SECOND, "-i", str(face)]
        move = f"crop={width}:{height}:x={luck.randrange(0, 60)}+n:y={luck.randrange(0, 20)}"
    common = ["-vf", f"{move},setsar=1,hue=h={luck.randrange(-8, 9)}", "-bitexact", "-threads", "1"]
    if kind in STILLS:
        ffmpeg(*picture, "-frames:v", "1", *common, str(target))
    else:
        length = f"{luck.choice([0.5, 1, 1, 1.5]):g}"
        pixels = [] if kind == "gif" else ["-pix_fmt", "yuv420p"]
        ffmpeg(*picture, "-t", length, *common, *CONTAINERS[kind], *pixels, str(target))


def break_file(sound: pathlib.Path, target: pathlib.Path, luck: random.Random) -> None:
    data = bytearray(sound.read_bytes())
    way = luck.choice(["cut", "text", "empty", "flipped", "noise"])
    if way == "cut":
        data = data[: max(1, len(data) * luck.randrange(20, 80) // 100)]
    elif way == "text":
        data = bytearray(b"This is a text with the name of a video.\n" * luck.randrange(1, 50))
    elif way == "empty":
        data = bytearray()
    elif way == "flipped":
        for _ in range(max(1, len(data) // 200)):
            data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)
    else:
        data = bytearray(luck.randbytes(luck.randrange(100, 20_000)))
    target.write_bytes(bytes(data))


def main() -> None:
    parser = argparse.ArgumentParser(description="makes an archive of small files to scan")
    parser.add_argument("face", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    luck = random.Random(options.seed)
    kinds = list(CONTAINERS) + STILLS
    sound: list[pathlib.Path] = []
    counts: collections.Counter[str] = collections.Counter()
    for number in range(options.files):
        folder = options.folder / f"{luck.choice('abc')}{luck.randrange(4)}"
        folder.mkdir(parents=True, exist_ok=True)
        lot = luck.random()
        if len(sound) > 3 and lot < 0.12:
            original = luck.choice(sound)
            shutil.copyfile(original, folder / f"copy-{number:04}{original.suffix}")
            counts["copies"] += 1
        elif len(sound) > 3 and lot < 0.27:
            original = luck.choice(sound)
            break_file(original, folder / f"broken-{number:04}{original.suffix}", luck)
            counts["broken"] += 1
        elif lot < 0.32:
            (folder / f"notes-{number:04}.txt").write_text("no media, to be passed over in silence\n")
            counts["other"] += 1
        else:
            kind = kinds[number % len(kinds)]
            target = folder / f"{kind}-{number:04}.{kind}"
            make(options.face, target, kind, luck)
            sound.append(target)
            counts["sound"] += 1
    print(", ".join(f"{count} {name}" for name, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
