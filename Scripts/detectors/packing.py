"""Cuts faces out of face libraries and packs them for training.

usage: packing.py BANK.npz LIBRARY.cache... [--without MEASURED.cache...] [--quality 90]

LIBRARY.cache is what `unmask forge --faces FOLDER --cache LIBRARY.cache` keeps of the faces that it found. A face whose
path ends in SOURCE/KIND/CLIP-NN.png is of the kind that its folder says, `real` or one of FAKES; every other one is
real. Left out is a face that another source shows as the same kind, and one like any in a library given by --without,
of which measures are taken.
"""

import argparse
import json
import re
import struct
import sys

import cv2
import numpy as np

from bank import WIDEST
from views import MARGIN

FAKES = ("neural_swap", "gan_portrait", "lipsync", "reenactment", "graphics_swap", "edited")
# Bits of 256 by which the hashes of two copies of one picture differ at most, and those of a learnt and a measured face at
# least. Strangers looking the same way differ by some 50 and more.
ALIKE, APART = 24, 41


def library(path: str):
    """Every face of a library: its entry in the index, and its crop."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:8] != b"UNMASKFL":
        sys.exit(f"{path} is no face library; `unmask forge --faces FOLDER --cache {path}` makes one")
    length = struct.unpack("<Q", data[16:24])[0]
    place = 24 + length
    for entry in json.loads(data[24:place])["faces"]:
        yield entry, data[place : place + entry["bytes"]]
        place += entry["bytes"]


def labelled(identity: str) -> tuple[str, str, str]:
    """Source, kind and clip."""
    parts = identity.split("/")
    if len(parts) >= 3 and parts[-2] in ("real", *FAKES):
        return parts[-3], parts[-2], re.sub(r"-\d+$", "", parts[-1].rsplit(".", 1)[0])
    return "", "real", identity


def square(entry: dict, crop: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The square around a face, grey beyond the picture; its five landmarks and what of it lies within
    the picture (left, top, right, bottom), in sides of the square."""
    picture = cv2.imdecode(np.frombuffer(crop, np.uint8), cv2.IMREAD_COLOR)
    x, y, width, height = entry["box"]
    side = MARGIN * max(width, height)
    left, top = x + width / 2 - side / 2, y + height / 2 - side / 2
    to = min(WIDEST, round(side))
    scale = side / to
    where = np.array([[scale, 0, left + (scale - 1) / 2], [0, scale, top + (scale - 1) / 2]])
    cut = cv2.warpAffine(
        picture, where, (to, to), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=(127, 127, 127))
    points = (np.array(entry["points"]).reshape(5, 2) - [left, top]) / side
    inner = np.array([-left, -top, picture.shape[1] - left, picture.shape[0] - top]) / side
    return cut, points, inner.clip(0, 1)


def fingerprint(cut: np.ndarray) -> np.ndarray:
    """Whether each of 256 points of the face is brighter than its neighbour: as many bits, in (4,) of uint64."""
    edge = int(cut.shape[0] * (1 - 1 / MARGIN) / 2)
    grey = cv2.cvtColor(cut[edge:-edge, edge:-edge], cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (17, 16), interpolation=cv2.INTER_AREA)
    return np.packbits(small[:, 1:] > small[:, :-1]).view(np.uint64)


def apart(marks: np.ndarray, mark: np.ndarray) -> np.ndarray:
    """By how many bits each of the fingerprints (N, 4) differs from one."""
    return np.bitwise_count(marks ^ mark).sum(1)


def pack(out: str, libraries: list[str], without: list[str], quality: int) -> None:
    taboo = [fingerprint(square(*face)[0]) for path in without for face in library(path)]
    taboo, kept, left_out = np.array(taboo, np.uint64).reshape(-1, 4), [], 0
    total = sum(1 for path in libraries for _ in library(path))
    prints, sources, kinds = np.zeros((total, 4), np.uint64), np.empty(total, object), np.empty(total, object)
    for path in libraries:
        largest: dict[str, float] = {}
        for entry, _ in library(path):
            largest[entry["origin"]] = max(largest.get(entry["origin"], 0), *entry["box"][2:])
        for entry, crop in library(path):
            source, kind, clip = labelled(entry["identity"])
            # Others may be bystanders.
            if max(entry["box"][2:]) < largest[entry["origin"]]:
                continue
            cut, points, inner = square(entry, crop)
            mark, count = fingerprint(cut), len(kept)
            elsewhere = (sources[:count] != source) & (kinds[:count] == kind)
            if (apart(prints[:count][elsewhere], mark) <= ALIKE).any() or (apart(taboo, mark) < APART).any():
                left_out += 1
                continue
            prints[count], sources[count], kinds[count] = mark, source, kind
            kept.append((source, kind, clip, points, inner, cv2.imencode(".webp", cut, [cv2.IMWRITE_WEBP_QUALITY, quality])[1]))
    source, kind, clip, points, inner, coded = zip(*kept)
    np.savez(
        out, source=np.array(source), kind=np.array(kind), clip=np.array(clip), points=np.array(points, np.float32),
        inner=np.array(inner, np.float32), ends=np.cumsum([len(some) for some in coded]), coded=np.concatenate(coded))
    print(f"{len(kept)} faces of {len(set(source))} sources in {out}; {left_out} were left out")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("out")
    parser.add_argument("libraries", nargs="+")
    parser.add_argument("--without", nargs="+", default=[])
    parser.add_argument("--quality", type=int, default=90)
    given = parser.parse_args()
    pack(given.out, given.libraries, given.without, given.quality)
