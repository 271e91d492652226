"""What cameras, clips and re-encoders do to a picture: drawn once, then done to as many pictures as are to suffer alike."""

import dataclasses
from typing import Callable

import cv2
import numpy as np

cv2.setNumThreads(1)
ENLARGING = (cv2.INTER_LINEAR, cv2.INTER_CUBIC)
SHRINKING = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA)


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)


@dataclasses.dataclass(frozen=True)
class Spoiling:
    """How often each thing is done, and how much."""

    #: How often a picture is shrunk, to which share of its side at least, and to how many pixels at least.
    shrunk: float
    smallest: tuple[float, int]
    #: Of how many pictures one is blurred, one smoothed within edges, and one filtered by medians.
    smoothed_of: int
    blur: tuple[float, float]
    quality: tuple[int, int]
    #: The second compression: how often, how well.
    again: tuple[float, int, int]
    noisy: float = 0
    sharpened: float = 0

    def drawn(self, random: np.random.Generator, side: int) -> Callable[[np.ndarray], np.ndarray]:
        """Shrinks, smooths, sharpens, adds noise, compresses, enlarges and perhaps compresses again, always to the same
        degree."""
        share, least = self.smallest
        small = max(least, int(side * random.uniform(share, 1))) if random.random() < self.shrunk else side
        shrinking, enlarging = SHRINKING[random.integers(len(SHRINKING))], ENLARGING[random.integers(len(ENLARGING))]
        smoothing, sigma = random.integers(self.smoothed_of), float(random.uniform(*self.blur))
        colours = float(random.uniform(15, 45))
        sharpness = float(random.uniform(0.2, 0.8)) if random.random() < self.sharpened else 0
        noise = float(random.uniform(1, 7)) if random.random() < self.noisy else 0
        often, *range_of_second = self.again
        quality = int(random.integers(*self.quality))
        second = int(random.integers(*range_of_second)) if random.random() < often else None

        def spoil(x: np.ndarray) -> np.ndarray:
            if small != side:
                x = cv2.resize(x, (small, small), interpolation=shrinking)
            if smoothing == 0:
                x = cv2.GaussianBlur(x, (0, 0), sigma)
            elif smoothing == 1:
                x = cv2.bilateralFilter(x, 5, colours, 2.0)
            elif smoothing == 2:
                x = cv2.medianBlur(x, 3)
            if sharpness:
                x = cv2.addWeighted(x, 1 + sharpness, cv2.GaussianBlur(x, (0, 0), 1.2), -sharpness, 0)
            if noise:
                x = np.clip(x + random.normal(0, noise, x.shape), 0, 255).astype(np.uint8)
            x = jpeg(x, quality)
            if small != side:
                x = cv2.resize(x, (side, side), interpolation=enlarging)
            return x if second is None else jpeg(x, second)

        return spoil
