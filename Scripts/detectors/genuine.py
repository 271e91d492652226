"""Pairs of a genuine fake and a real picture of a bank.

The two show different people, so much tells them apart beside the manipulation. Where a source has both, both are mostly
taken from it; what is done to one is mostly done to the other; and a source is drawn by the root of how many clips it has,
so that large ones do not drown the others: otherwise the network learns sources. Sources of real pictures alone have a
share of their own: what is watched is mostly such.
"""

import collections

import numpy as np
import torch

from bank import Bank
from canvas import SIDE, places, sent
from views import MARGIN, View, held_inside

# How often each kind of fake is drawn.
KINDS = {
    "neural_swap": 0.24, "gan_portrait": 0.20, "lipsync": 0.17, "reenactment": 0.17, "graphics_swap": 0.13,
    "edited": 0.09}
#: How often the real picture is from a source that shows no fakes.
PLAIN = 0.45


class Genuine:
    """Draws pairs by kind, source, clip and picture, in this order."""

    def __init__(self, bank: Bank, random: np.random.Generator):
        self.bank, self.random = bank, random
        #: By kind, source and clip; "plain" are the real pictures of sources without fakes.
        clips = collections.defaultdict(lambda: collections.defaultdict(lambda: collections.defaultdict(list)))
        for place in np.flatnonzero(~bank.held_out & (bank.source != "")):
            clips[bank.kind[place]][bank.source[place]][bank.clip[place]].append(place)
        self.clips = {kind: {name: list(of.values()) for name, of in sources.items()} for kind, sources in clips.items()}
        fakers = {source for kind, sources in self.clips.items() if kind != "real" for source in sources}
        reals = self.clips.get("real", {})
        if plain := {source: clips for source, clips in reals.items() if source not in fakers}:
            self.clips["plain"] = plain
        self.odds = {
            kind: self.shares([min(len(clips), 40) ** 0.5 for clips in sources.values()])
            for kind, sources in self.clips.items()}
        self.kinds = [kind for kind in KINDS if kind in self.clips]
        self.odds_of_kinds = self.shares([KINDS[kind] for kind in self.kinds])

    @staticmethod
    def shares(weights: list[float]) -> np.ndarray:
        return np.array(weights) / sum(weights)

    def one_of(self, things):
        return things[self.random.integers(len(things))]

    def drawn(self, kind: str, source: str | None = None) -> int:
        if source is None:
            source = list(self.clips[kind])[self.random.choice(len(self.clips[kind]), p=self.odds[kind])]
        return self.one_of(self.one_of(self.clips[kind][source]))

    def pair(self) -> tuple[int, int]:
        """A real one and a fake."""
        fake = self.drawn(self.kinds[self.random.choice(len(self.kinds), p=self.odds_of_kinds)])
        if "plain" in self.clips and self.random.random() < PLAIN:
            return self.drawn("plain"), fake
        source = self.bank.source[fake]
        shares_source = source in self.clips["real"] and self.random.random() < 0.75
        return self.drawn("real", source if shares_source else None), fake

    def pairs(self, count: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Real pictures, fakes of other people, masks, and how many pixels of each real and of each fake square count.

        The masks are a guess: where such a manipulation lies in a face."""
        random, bank = self.random, self.bank
        chosen = np.array([self.pair() for _ in range(count)])
        squares = [
            held_inside(
                0.5 + 0.025 * random.normal(size=(count, 2)), random.uniform(1.12, 1.5, count) / MARGIN, bank.inner[of])
            for of in chosen.T]
        # Both are shrunk first, mostly to no more pixels than the smaller of the two has by itself.
        own = np.minimum(SIDE, bank.pixels[chosen.T] * np.array([width for _, width in squares]))
        least = own.min(0) * random.uniform(0.8, 1, count)
        side = np.where(random.random(count) < 0.3, own, least).clip(64, SIDE).round()
        pictures, sides, views = [], [], []
        for index in range(2):
            view = View(
                *squares[index], np.deg2rad(random.normal(0, 5, count)), random.random(count) < 0.5, side[index])
            views.append(view)
            pictures.append(bank.seen(chosen[:, index], view))
            sides.append(sent(view.side, bank.device))
        return *pictures, self.masks(bank.kind[chosen[:, 1]], views[1]), *sides

    def masks(self, kinds: np.ndarray, view: View) -> torch.Tensor:
        """A generated picture is marked as a whole; of others the oval of the face, or its lower part."""
        device = self.bank.device
        turn, shift = (sent(x, device) for x in view.back())
        # At SIDE pixels, whatever the view's own number.
        scale = sent(view.side / SIDE, device).view(-1, 1, 1, 1)
        where = torch.einsum("nij,nhwj->nhwi", turn, places(len(kinds), device) * scale)
        # In lengths of the box from its middle.
        where = (where + shift.view(-1, 1, 1, 2) - 0.5) * MARGIN
        ovals = np.array([(0.22, 0.30, 0.25) if kind == "lipsync" else (0, 0.37, 0.48) for kind in kinds], np.float32)
        lower, across, down = sent(ovals, device).T[:, :, None, None]
        inside = (where[..., 0] / across) ** 2 + ((where[..., 1] - lower) / down) ** 2 < 1
        whole = sent(kinds == "gan_portrait", device).view(-1, 1, 1)
        return (inside | whole)[:, None].float()
