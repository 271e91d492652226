"""Cuts the faces out of collected pictures, for genuine.py.

usage: crops.py RECORDS.jsonl CROPS.pkl [MEASURED.pkl]

RECORDS.jsonl is what `unmask scan --no-ledger --output RECORDS.jsonl FOLDER` found, in the same working folder: its
boxes say where the faces are. FOLDER holds SOURCE/KIND/NAME.jpg or .png: SOURCE says where a picture is from, KIND is
`real` or what was done to it (genuine.KINDS), and frames of one clip are called CLIP-1.png, CLIP-2.png and so on. A
picture gives its largest face, if that is 64 pixels or more, as a square of 1.6 times the box, at most 320 pixels
wide. Left out is a face that another source shows as the same kind, and one like any in MEASURED.pkl, which this
script made of what is measured on.
"""

import json
import pathlib
import pickle
import re
import sys

import cv2
import numpy as np

MARGIN, SIDE, LEAST = 1.6, 320, 64
#: Bits of 64 by which the hashes of two copies of one picture differ at most, and those of a learnt and a measured face at
#: least.
ALIKE, APART = 4, 9


def boxes_in(records: str) -> dict[str, list[float]]:
    """By file: left, top, width and height of the largest face."""
    boxes: dict[str, list[float]] = {}
    with open(records, encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line).get("unmask", {})
            if "face" in told and "file" in told:
                path, box = told["file"]["path"], told["face"]["box"]
                if path not in boxes or max(box[2:]) > max(boxes[path][2:]):
                    boxes[path] = box
    return boxes


def crop(picture: np.ndarray, box: list[float]) -> np.ndarray:
    """The square around a face; what lies outside the picture is grey, as the program has it."""
    x, y, width, height = box
    side = round(MARGIN * max(width, height))
    left, top = round(x + width / 2 - side / 2), round(y + height / 2 - side / 2)
    square = np.full((side, side, 3), 127, np.uint8)
    seen = picture[max(0, top) : top + side, max(0, left) : left + side]
    square[max(0, -top) :, max(0, -left) :][: seen.shape[0], : seen.shape[1]] = seen
    return cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA) if side > SIDE else square


def fingerprint(square: np.ndarray) -> np.ndarray:
    """Whether each of 64 points of the face is brighter than its neighbour."""
    edge = int(square.shape[0] * (1 - 1 / MARGIN) / 2)
    grey = cv2.cvtColor(square[edge:-edge, edge:-edge], cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
    return (small[:, 1:] > small[:, :-1]).ravel()


def main(records: str, packed: str, measured: str | None = None) -> None:
    boxes, kept, left_out = boxes_in(records), [], 0
    prints = np.zeros((len(boxes), 64), bool)
    sources, kinds = np.empty((2, len(boxes)), object)
    taboo = np.zeros((0, 64), bool)
    if measured:
        with open(measured, "rb") as file:
            taboo = np.array([fingerprint(face["square"]) for face in pickle.load(file)])
    for path, box in sorted(boxes.items()):
        source, kind, name = pathlib.Path(path).parts[-3:]
        face, picture = max(box[2:]), cv2.imread(path)
        if picture is None or face < LEAST:
            continue
        square = crop(picture, box)
        mark = fingerprint(square)
        count = len(kept)
        elsewhere = (sources[:count] != source) & (kinds[:count] == kind)
        if ((prints[:count] != mark).sum(1)[elsewhere] <= ALIKE).any() or ((taboo != mark).sum(1) < APART).any():
            left_out += 1
            continue
        prints[count], sources[count], kinds[count] = mark, source, kind
        clip = re.sub(r"-\d+$", "", pathlib.Path(name).stem)
        kept.append({"source": source, "kind": kind, "clip": clip, "face": face, "square": square})
    with open(packed, "wb") as out:
        pickle.dump(kept, out)
    print(f"{len(kept)} faces of {len(set(sources[: len(kept)]))} sources in {packed}; {left_out} were left out")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
