"""Packs the pairs that `unmask forge` wrote, to validate by.

usage: pairs.py FOLDER PACKED.npz

FOLDER holds NNNNN-real.png, NNNNN-fake.png and NNNNN-mask.png. PACKED.npz holds `real` and `fake` (N, side, side, 3), red,
green and blue, and `mask` (N, side, side).
"""

import glob
import sys

import cv2
import numpy as np


def main(folder: str, packed: str) -> None:
    names = sorted(glob.glob(glob.escape(folder) + "/*-real.png"))
    if not names:
        sys.exit(f"{folder} holds no pairs; make some with `unmask forge`")
    real = np.stack([cv2.imread(name)[..., ::-1] for name in names])
    fake = np.stack([cv2.imread(name.replace("-real.png", "-fake.png"))[..., ::-1] for name in names])
    mask = np.stack([cv2.imread(name.replace("-real.png", "-mask.png"), cv2.IMREAD_GRAYSCALE) for name in names])
    np.savez_compressed(packed, real=real, fake=fake, mask=mask)
    print(f"{len(names)} pairs in {packed}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
