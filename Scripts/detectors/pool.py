"""Batches that are learnt from several times, with others in between: to make one takes longer than to learn from it."""

import numpy as np
import torch

from makers import Makers


class Pool:
    """Keeps `size` batches and more, and gives each of them `uses` times."""

    def __init__(self, makers: Makers, seed: int, uses: int, size: int):
        self.makers, self.uses, self.size = makers, uses, size
        self.random = np.random.default_rng(seed)
        #: Pictures, masks, and how often they are to be used still.
        self.kept: list[tuple[torch.Tensor, torch.Tensor, int]] = []

    def batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Pictures (2 · pairs, 3, SIDE, SIDE) in -1…1, real ones first, and the fakes' masks (pairs, 1, SIDE, SIDE); every
        other time mirrored."""
        while len(self.kept) < self.size:
            self.kept += [(*batch, self.uses) for batch in self.makers.lot()]
        pictures, masks, left = self.kept.pop(self.random.integers(len(self.kept)))
        if left > 1:
            self.kept.append((pictures, masks, left - 1))
        return (pictures.flip(-1), masks.flip(-1)) if self.random.random() < 0.5 else (pictures, masks)
