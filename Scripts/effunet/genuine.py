"""Pairs of a genuine fake and a real picture, from what crops.py cut out.

The two show different people, so much tells them apart beside the manipulation. Where a source has both, both are taken
from it; what is done to one is mostly done to the other; and a source is drawn by the root of how many clips it has, so
that large ones do not drown the others: otherwise the network learns sources.
"""

import collections
import hashlib
import pickle
import sys

import cv2
import numpy as np
import torch

from crops import MARGIN
from spoiling import ENLARGING, Spoiling

# How often each kind of fake is drawn.
KINDS = {
    "neural_swap": 0.24, "gan_portrait": 0.20, "lipsync": 0.17, "reenactment": 0.17, "graphics_swap": 0.13,
    "edited": 0.09}
# Sources of 100, by the hash of their names, that are kept for validation.
HELD_OUT = 12
# Clips on the net have noise and sharpening as well.
SPOILING = Spoiling(
    shrunk=0.6, smallest=(0.35, 64), smoothed_of=7, blur=(0.4, 1.5), quality=(25, 96), again=(0.35, 45, 96), noisy=0.2,
    sharpened=0.15)
# Side of the square that the program cuts, over the longer side of the face's box.
CROP = 1.3


def is_held_out(source: str) -> bool:
    return int(hashlib.md5(source.encode()).hexdigest(), 16) % 100 < HELD_OUT


def loaded(path: str, held_out: bool) -> list[dict]:
    with open(path, "rb") as file:
        return [face for face in pickle.load(file) if is_held_out(face["source"]) == held_out]


def centred(face: dict, side: int = 256) -> np.ndarray:
    """What the program would cut, red, green and blue in -1…1."""
    square = face["square"]
    taken = square.shape[0] * CROP / MARGIN
    begin = (square.shape[0] - taken) / 2
    where = np.array([[taken / side, 0, begin], [0, taken / side, begin]])
    how = cv2.INTER_AREA if taken > side else cv2.INTER_LINEAR
    picture = cv2.warpAffine(square, where, (side, side), flags=how | cv2.WARP_INVERSE_MAP, borderValue=(127, 127, 127))
    return picture[..., ::-1].astype(np.float32) / 127.5 - 1


class Genuine:
    """Draws pairs by kind, source, clip and picture, in this order."""

    def __init__(self, path: str, seed: int):
        clips = collections.defaultdict(lambda: collections.defaultdict(lambda: collections.defaultdict(list)))
        for face in loaded(path, held_out=False):
            clips[face["kind"]][face["source"]][face["clip"]].append(face)
        self.clips = {kind: {name: list(of.values()) for name, of in sources.items()} for kind, sources in clips.items()}
        self.sources = {kind: list(sources) for kind, sources in self.clips.items()}
        self.odds = {
            kind: self.shares([min(len(clips), 40) ** 0.5 for clips in sources.values()])
            for kind, sources in self.clips.items()}
        self.kinds = [kind for kind in KINDS if kind in self.clips]
        if not self.kinds or "real" not in self.clips:
            sys.exit(f"{path} holds no fakes, or no real pictures, beside those of the sources kept for validation")
        self.odds_of_kinds = self.shares([KINDS[kind] for kind in self.kinds])
        self.random = np.random.default_rng(seed)

    @staticmethod
    def shares(weights: list[float]) -> np.ndarray:
        return np.array(weights) / sum(weights)

    def one_of(self, things):
        return things[self.random.integers(len(things))]

    def drawn(self, kind: str, source: str | None = None) -> dict:
        if source is None:
            source = self.random.choice(self.sources[kind], p=self.odds[kind])
        return self.one_of(self.one_of(self.clips[kind][source]))

    def pair(self) -> tuple[dict, dict]:
        """A real one and a fake."""
        fake = self.drawn(self.random.choice(self.kinds, p=self.odds_of_kinds))
        shares_source = fake["source"] in self.clips["real"] and self.random.random() < 0.75
        return self.drawn("real", fake["source"] if shares_source else None), fake

    def batch(self, count: int, side: int) -> tuple[torch.Tensor, torch.Tensor]:
        """As `Pictures.batch`. The masks are a guess: where such a manipulation lies in a face."""
        random = self.random
        pictures = np.empty((2 * count, side, side, 3), np.float32)
        masks = np.empty((count, 1, side, side), np.float32)
        for index in range(count):
            faces = self.pair()
            sharpest = self.sharpest(faces, side)
            (real, _), (fake, mask) = (self.view(face, side, sharpest) for face in faces)
            if random.random() < 0.55:
                spoil = SPOILING.drawn(random, side)
                real = spoil(real)
                if random.random() < 0.3:
                    spoil = SPOILING.drawn(random, side)
                fake = spoil(fake)
            if random.random() < 0.15:
                self.hide(real, fake, mask)
            pictures[index], pictures[count + index] = self.coloured(real), self.coloured(fake)
            masks[index, 0] = mask / 255.0
        return torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.from_numpy(masks)

    def sharpest(self, faces: tuple[dict, dict], side: int) -> int:
        """The side to which both are shrunk first, mostly no more than the smaller of the two has by itself."""
        least = min(face["face"] * CROP for face in faces)
        if least >= side or self.random.random() < 0.3:
            return side
        return int(max(64, least * self.random.uniform(0.8, 1)))

    def view(self, face: dict, side: int, small: int) -> tuple[np.ndarray, np.ndarray]:
        """A square about the face, turned, shifted and scaled a little, perhaps mirrored, by way of `small` pixels; and the
        mask."""
        random, square = self.random, face["square"]
        whole = square.shape[0]
        taken = whole * random.uniform(1.12, 1.5) / MARGIN
        centre = whole / 2 + random.normal(0, 0.025, 2) * whole
        angle, mirrored = np.deg2rad(random.normal(0, 5)), random.random() < 0.5
        scale = taken / small
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * scale
        if mirrored:
            turn[:, 0] *= -1
        where = np.column_stack([turn, centre - turn @ np.full(2, small / 2)])
        if scale > 1.5:
            # A warp looks at the nearest pixels only; most of the shrinking is done before.
            square = cv2.resize(square, None, fx=1.2 / scale, fy=1.2 / scale, interpolation=cv2.INTER_AREA)
            where *= square.shape[0] / whole
        picture = cv2.warpAffine(
            square, where, (small, small), flags=self.one_of(ENLARGING) | cv2.WARP_INVERSE_MAP,
            borderValue=(127, 127, 127))
        if small != side:
            picture = cv2.resize(picture, (side, side), interpolation=self.one_of(ENLARGING))
        middle = side / 2 + (whole / 2 - centre) * (side / taken) * ((-1, 1) if mirrored else (1, 1))
        return picture, self.mask(face["kind"], side, middle, whole / MARGIN * side / taken)

    @staticmethod
    def mask(kind: str, side: int, middle: np.ndarray, length: float) -> np.ndarray:
        """A generated picture is marked as a whole; of others the oval of the face, or its lower part."""
        if kind == "gan_portrait":
            return np.full((side, side), 255, np.uint8)
        mask, (x, y) = np.zeros((side, side), np.uint8), middle
        lower, across, down = (0.22, 0.30, 0.25) if kind == "lipsync" else (0, 0.37, 0.48)
        centre, axes = (int(x), int(y + lower * length)), (int(across * length), int(down * length))
        return cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, -1)

    def hide(self, real: np.ndarray, fake: np.ndarray, mask: np.ndarray) -> None:
        """A grey patch over both, so that no single trait of a face decides."""
        side = mask.shape[0]
        height, width = self.random.integers(side // 8, side // 2, 2)
        y, x = self.random.integers(0, side - height), self.random.integers(0, side - width)
        patch = np.s_[y : y + height, x : x + width]
        real[patch] = fake[patch] = self.random.integers(256)
        mask[patch] = 0

    def coloured(self, picture: np.ndarray) -> np.ndarray:
        """Red, green and blue in -1…1, mostly with another contrast, brightness and tint, now and then grey."""
        random, x = self.random, picture[..., ::-1].astype(np.float32) / 127.5 - 1
        if random.random() < 0.6:
            tint = 1 + random.normal(0, 0.05, 3)
            x = np.clip(x * random.uniform(0.75, 1.25) * tint + random.uniform(-0.2, 0.2), -1, 1)
        return np.repeat(x.mean(2, keepdims=True), 3, 2) if random.random() < 0.06 else x
