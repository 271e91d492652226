"""Batches: what is done to a pair's pictures before the network sees them.

Whatever changes a picture changes both of a pair alike, so that nothing but the manipulation tells them apart; or each by
a draw of its own, so that poor quality by itself says nothing.
"""

import numpy as np
import torch

from bank import Bank
from canvas import SIDE, column, places, resized, sent
from forging import Forge
from genuine import Genuine
from spoiling import PLAIN, ROUGH, Spoiling


class Batches:
    """Draws from a bank. All that is drawn follows from the seed."""

    def __init__(self, bank: Bank, seed: int):
        self.random = np.random.default_rng(seed)
        self.forge = Forge(bank, self.random)
        self.genuine = Genuine(bank, self.random)

    def forged(self, count: int, difficulty: float = 1) -> tuple[torch.Tensor, torch.Tensor]:
        """`count` real pictures in -1…1, then their fakes, (2 · count, 3, SIDE, SIDE), and the masks (count, 1, SIDE, SIDE).
        difficulty: 0 for blatant fakes in mostly clean pictures, 1 for all that there is."""
        random = self.random
        real, fake, mask, side = self.forge.pairs(count, difficulty)
        spoilt = random.random(count) < 0.3 + 0.7 * difficulty
        rough, apart = random.random(count) < 0.3 * difficulty, random.random(count) < 0.15

        def drawn() -> Spoiling:
            return Spoiling(random, PLAIN, spoilt).instead(rough, Spoiling(random, ROUGH, spoilt))

        spoiling = drawn()
        other = spoiling.instead(apart, drawn())
        whole = torch.full_like(side, SIDE)
        mask = (resized(mask, side, whole) > 0.5).float()
        pictures = torch.cat([spoiling.finished(real, side), other.finished(fake, side)])
        return self.coloured(pictures, alike=True), mask

    def genuine_ones(self, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """As `forged`, of genuine fakes; real and fake show different people."""
        random = self.random
        real, fake, mask, *sides = self.genuine.pairs(count)
        spoilt, apart = random.random(count) < 0.6, random.random(count) < 0.3
        spoiling = Spoiling(random, ROUGH, spoilt)
        other = spoiling.instead(apart, Spoiling(random, ROUGH, spoilt))
        pictures = torch.cat([spoiling.finished(real, sides[0]), other.finished(fake, sides[1])])
        pictures, mask = self.hidden(pictures, mask)
        return self.coloured(pictures, alike=False), mask

    def hidden(self, pictures: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """A grey patch over some pairs, so that no single trait of a face decides."""
        random, count = self.random, len(mask)
        size = random.integers(SIDE // 8, SIDE // 2, (count, 2)) * (random.random((count, 1)) < 0.15)
        corner = random.random((count, 2)) * (SIDE - size)
        first, last = (sent(x, mask.device).view(-1, 1, 1, 2) for x in (corner, corner + size))
        where = places(count, mask.device)
        patch = ((where > first) & (where < last)).all(-1)[:, None]
        grey = column(random.integers(0, 256, count), mask)
        both = torch.cat([patch, patch])
        return torch.where(both, torch.cat([grey, grey]), pictures), mask * ~patch

    def coloured(self, pictures: torch.Tensor, alike: bool) -> torch.Tensor:
        """0…255 to -1…1, often with another contrast, brightness and tint, now and then grey."""
        random, count = self.random, len(pictures)
        drawn = count // 2 if alike else count
        some = random.random((drawn, 1)) < 0.5
        gain = 1 + some * random.uniform(-0.22, 0.22, (drawn, 1)) + some * random.normal(0, 0.045, (drawn, 3))
        shift = (some * random.uniform(-0.17, 0.17, (drawn, 1))).repeat(3, 1)
        grey = random.random(drawn) < 0.04
        if alike:
            gain, shift, grey = np.tile(gain, (2, 1)), np.tile(shift, (2, 1)), np.tile(grey, 2)
        gain, shift = (sent(x, pictures.device)[..., None, None] for x in (gain, shift))
        x = ((pictures / 127.5 - 1) * gain + shift).clamp(-1, 1)
        return torch.where(column(grey, x) > 0, x.mean(1, keepdim=True), x)
