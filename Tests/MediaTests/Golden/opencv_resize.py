"""Writes opencv_resize.txt: one picture and what OpenCV's INTER_AREA and INTER_LINEAR make of it (opencv-python 4.x).

Lines: "picture W H v...", then "W H v..." for each result; INTER_AREA where both sides shrink, INTER_LINEAR where both
grow (INTER_AREA is another thing when enlarging).
"""
import pathlib

import cv2
import numpy as np

random = np.random.default_rng(20260101)
picture = random.integers(0, 256, (23, 37)).astype(np.float32)
lines = ["picture 37 23 " + " ".join(str(int(v)) for v in picture.flat)]
for width, height in [(1, 1), (5, 3), (7, 9), (8, 8), (16, 15), (17, 22), (36, 23), (37, 23), (38, 24), (64, 47), (111, 69)]:
    shrinks = width <= 37 and height <= 23
    result = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    # Enough samples to hold every place of the weights to account, few enough to commit.
    lines.append(f"{width} {height} " + " ".join(f"{v:.3f}" for v in result.flat[:: max(1, result.size // 150)]))
pathlib.Path(__file__).with_name("opencv_resize.txt").write_text("\n".join(lines) + "\n")
