"""Packs the pairs that `unmask forge` wrote, so that training reads them without decoding.

usage: pairs.py FOLDER PACKED.npy

FOLDER holds NNNNN-real.png, NNNNN-fake.png and NNNNN-mask.png. PACKED.npy holds bytes, (pairs, side, side, 7): red,
green and blue of the real picture, of the fake, and the mask.
"""

import glob
import sys

import cv2
import numpy as np


def main(folder: str, packed: str) -> None:
    names = sorted(glob.glob(glob.escape(folder) + "/*-real.png"))
    if not names:
        sys.exit(f"{folder} holds no pairs; make some with `unmask forge`")
    height, width = cv2.imread(names[0]).shape[:2]
    pairs = np.lib.format.open_memmap(packed, "w+", np.uint8, (len(names), height, width, 7))
    for index, name in enumerate(names):
        pairs[index, ..., :3] = cv2.imread(name)[..., ::-1]
        pairs[index, ..., 3:6] = cv2.imread(name.replace("-real.png", "-fake.png"))[..., ::-1]
        pairs[index, ..., 6] = cv2.imread(name.replace("-real.png", "-mask.png"), cv2.IMREAD_GRAYSCALE)
    pairs.flush()
    print(f"{len(names)} pairs of {width}x{height} in {packed}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
