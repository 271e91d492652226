"""Batches from packed pairs: what is done to a pair's pictures before the network sees them.

Whatever changes a picture changes both of a pair alike, so that nothing but the manipulation tells them apart; or each
by a draw of its own, so that poor quality by itself says nothing.
"""

import cv2
import numpy as np
import torch

from autoencoder import Autoencoder
from spoiling import ENLARGING, Spoiling, jpeg

SPOILING = Spoiling(
    shrunk=0.7, smallest=(0.3, 56), smoothed_of=5, blur=(0.4, 1.6), quality=(20, 92), again=(0.4, 40, 95))


class Pictures:
    """Draws pairs, and spoils them as cameras, clips and re-encoders do.

    neural: share of pairs whose fake is an autoencoder's instead of the forged one; poor: share that is spoilt;
    apart: share of the spoilt pairs whose pictures are spoilt unlike each other.
    """

    def __init__(
        self, packed: list[str], autoencoders: list[Autoencoder], neural: float, poor: float, apart: float, seed: int
    ):
        self.packs = [np.load(path, mmap_mode="r") for path in packed]
        self.autoencoders = autoencoders
        self.neural, self.poor, self.apart = neural, poor, apart
        self.random = np.random.default_rng(seed)

    def one_of(self, things):
        return things[self.random.integers(len(things))]

    def batch(self, count: int, side: int) -> tuple[torch.Tensor, torch.Tensor]:
        """`count` real pictures, then their fakes (2 · count, 3, side, side) in -1…1; the masks (count, 1, side, side)."""
        pictures = np.empty((2 * count, side, side, 3), np.float32)
        masks = np.empty((count, 1, side, side), np.float32)
        for index in range(count):
            pack = self.one_of(self.packs)
            real, fake, mask = self.window(np.asarray(pack[self.random.integers(len(pack))]), side)
            if self.random.random() < self.neural:
                real, fake, mask = self.regenerated(real, mask)
            if self.random.random() < self.poor:
                spoil = SPOILING.drawn(self.random, side)
                real = spoil(real)
                if self.random.random() < self.apart:
                    spoil = SPOILING.drawn(self.random, side)
                fake = spoil(fake)
            pictures[index], pictures[count + index] = self.coloured(real, fake)
            masks[index, 0] = mask / 255.0
        return torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.from_numpy(masks)

    def window(self, pair: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One square of the pair, perhaps mirrored, scaled by a few percent to `side`."""
        whole = pair.shape[0]
        if self.random.random() < 0.5:
            pair = pair[:, ::-1]
        taken = int(self.random.integers(max(side - 24, 184), min(whole, side + 24) + 1))
        if side == whole and self.random.random() < 0.4:
            taken = whole
        y, x = self.random.integers(0, whole + 1 - taken, 2)
        pair = np.ascontiguousarray(pair[y : y + taken, x : x + taken])
        parts = [np.ascontiguousarray(pair[..., :3]), np.ascontiguousarray(pair[..., 3:6]), np.ascontiguousarray(pair[..., 6])]
        if taken == side:
            return tuple(parts)
        how = self.one_of(ENLARGING)
        scaled = [cv2.resize(part, (side, side), interpolation=how) for part in parts[:2]]
        return *scaled, cv2.resize(parts[2], (side, side), interpolation=cv2.INTER_LINEAR)

    @torch.no_grad()
    def regenerated(self, real: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The masked region as an autoencoder draws it, blended in; sometimes the whole picture."""
        side, random = real.shape[0], self.random
        small, whole = int(random.integers(5, 12)) * 16, random.random() < 0.15
        shrunk = cv2.resize(real, (small, small), interpolation=cv2.INTER_AREA)
        if whole:
            # The real one as soft, or softness alone would tell.
            mask, real = np.full_like(mask, 255), cv2.resize(shrunk, (side, side), interpolation=self.one_of(ENLARGING))
        x = torch.from_numpy(shrunk)
        drawn = self.one_of(self.autoencoders)(x.permute(2, 0, 1)[None].float() / 127.5 - 1)[0].permute(1, 2, 0).numpy()
        drawn = np.clip((drawn + 1) * 127.5, 0, 255).astype(np.uint8)
        drawn = cv2.resize(drawn, (side, side), interpolation=self.one_of(ENLARGING)).astype(np.float32)
        if random.random() < 0.5:
            drawn = np.clip(drawn * 1.5 - cv2.GaussianBlur(drawn, (0, 0), 1.5) * 0.5, 0, 255)
        soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), float(random.uniform(1, 8)))[..., None]
        soft = soft * float(self.one_of((0.6, 1, 1, 1)))
        inside = mask > 127
        if inside.any():
            drawn = drawn + (real[inside].mean(0) - drawn[inside].mean(0)) * random.uniform(0.7, 1)
        fake = np.clip(soft * drawn + (1 - soft) * real, 0, 255).astype(np.uint8)
        if random.random() < 0.7:
            quality = int(random.integers(45, 96))
            real, fake = jpeg(real, quality), jpeg(fake, quality)
        return real, fake, mask

    def coloured(self, real: np.ndarray, fake: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """-1…1, in half of the pairs with another contrast, brightness and tint."""
        gain, tint, shift = 1.0, np.ones(3), 0.0
        if self.random.random() < 0.5:
            gain, tint, shift = self.random.uniform(0.8, 1.2), 1 + self.random.normal(0, 0.04, 3), self.random.uniform(-0.15, 0.15)
        return tuple(np.clip((x.astype(np.float32) / 127.5 - 1) * gain * tint + shift, -1, 1) for x in (real, fake))
