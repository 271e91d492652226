"""Fakes made of real faces, a batch at a time: what `unmask forge` makes one by one (`Sources/Training/Forging`), but for
gradient-domain blending and real H.264.

A fake is a base, a source that is blended in, and a weight that says where. Parameters as there; the sources of the
methods are named there.
"""

import numpy as np
import torch

from bank import Bank
from canvas import (
    blurred, box_blurred, colour_matrices, column, field, jpeg, noisy, places, sample, sent, sharpened, through)
from outlines import Outline, soft_masks
from views import View, points_in

SHARES = {"self": 0.4, "swap": 0.25, "lips": 0.2, "reenact": 0.15}


class Forge:
    """Draws real faces of a bank and makes a fake of each."""

    def __init__(self, bank: Bank, random: np.random.Generator):
        self.bank, self.random = bank, random

    def pairs(self, count: int, difficulty: float = 1) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Real pictures and their fakes (N, 3, SIDE, SIDE), masks (N, 1, SIDE, SIDE) of 0 and 1, and how many pixels of each
        square count (N). A mask of zeros says that the draw came to nothing. difficulty: 0 for blatant fakes only, 1 for
        everything down to the subtle."""
        random = self.random
        chosen = self.bank.drawn_reals(random, count)
        view = View.like_the_program(random, self.bank.inner[chosen], self.bank.pixels[chosen])
        made = sent(view.side, self.bank.device)
        base = self.bank.seen(chosen, view)
        points = points_in(view, self.bank.points[chosen])
        kinds = random.choice(list(SHARES), count, p=list(SHARES.values()))
        strength = random.uniform(0.9 - 0.6 * difficulty, 1.4 - 0.4 * difficulty, count)
        results = [base, base.clone(), torch.zeros_like(base[:, :1])]
        for kind in SHARES:
            of_kind = np.flatnonzero(kinds == kind)
            if len(of_kind):
                there = sent(of_kind, base.device)
                subject = Subject(
                    chosen[of_kind], base[there], made[there], points[of_kind], view.part(of_kind), strength[of_kind])
                for whole, part in zip(results, getattr(self, kind)(subject)):
                    whole[there] = part
        base, source, weight = results
        fake = (base + (source - base) * weight).clamp(0, 255)
        return base, fake, self.changed(base, fake, weight, made), made

    @staticmethod
    def changed(base: torch.Tensor, fake: torch.Tensor, weight: torch.Tensor, side: torch.Tensor) -> torch.Tensor:
        apart = (fake - base).abs().amax(1, keepdim=True)
        local = box_blurred(apart, torch.full_like(side, 3))
        where = places(len(apart), apart.device)
        inside = (where < side.view(-1, 1, 1, 1)).all(-1)[:, None]
        mask = ((weight > 0.2) & (local > 0.6) & inside).float()
        count = mask.sum((1, 2, 3), keepdim=True)
        mean = (mask * local).sum((1, 2, 3), keepdim=True) / count.clamp(min=1)
        enough = (count >= 200 / 65_536 * side.view(-1, 1, 1, 1) ** 2) & (mean >= 1.5)
        return mask * enough

    # What follows returns base, source and weight.

    def self(self, subject: "Subject"):
        random, count = self.random, len(subject.strength)
        base, source = subject.base, subject.base
        shifted, on_source = ColourShift(random, subject.strength).apply(source), random.random(count) < 0.5
        mine = column(on_source, base) > 0
        base, source = torch.where(mine, base, shifted), torch.where(mine, shifted, source)
        draw = random.random(count)
        source = self.textured(source, subject.side, subject.strength, draw < 0.55)
        base = self.textured(base, subject.side, subject.strength, (draw >= 0.55) & (draw < 0.82))
        source = self.moved(source, subject)
        regions = random.choice(
            ["whole", "inner", "lower", "components", "mouth", "eyes"], count, p=[0.45, 0.25, 0.12, 0.08, 0.05, 0.05])
        weight = soft_masks(
            random, [o.polygons(r, 0.09, random) for o, r in zip(subject.outlines, regions)], subject.side, subject.unit,
            random.uniform(0, 0.18, count), random.uniform(0.05, 0.6, count))
        return base, source, weight * column(random.choice([0.5, 0.75, 1, 1, 1, 1], count), weight)

    def swap(self, subject: "Subject"):
        random, count, base = self.random, len(subject.strength), subject.base
        donors = self.bank.like(random, subject, others=True)
        source = self.aligned(donors, subject, np.ones(5))
        regions = random.choice(["whole", "inner", "lower"], count, p=[0.6, 0.28, 0.12])
        weight = soft_masks(
            random, [o.polygons(r, 0.08, random) for o, r in zip(subject.outlines, regions)], subject.side, subject.unit,
            random.uniform(0, 0.12, count), random.uniform(0.06, 0.5, count))
        share = 1 - np.maximum(0, subject.strength - 0.5) * random.uniform(0, 0.7, count)
        source = matched(source, base, weight, share)
        draw = random.random(count)
        # Face-swapping programs paint faces of 64 to 256 pixels; a face's box is about 2.3 units wide.
        source = self.repainted(source, subject, np.where(draw < 0.5, random.uniform(64, 220, count) / 2.3, 1e4))
        source = self.textured(source, subject.side, 0.7 * subject.strength, draw > 0.75)
        return base, self.tinted(source, 0.4 * subject.strength, 0.5), weight

    def lips(self, subject: "Subject"):
        random, count, base = self.random, len(subject.strength), subject.base
        weight = self.patches(subject)
        donors = self.bank.like(random, subject, others=False)
        # The mouth counts most; the eyes keep the angle.
        other = self.aligned(donors, subject, np.array([0.4, 0.4, 1, 2, 2]))
        other = matched(other, base, weight, np.ones(count))
        source = torch.where(column(random.random(count) < 0.65, base) > 0, other, self.spoken(subject))
        painted = np.where(random.random(count) < 0.6, random.uniform(80, 130, count), random.uniform(130, 290, count))
        source = self.repainted(source, subject, painted / 2.4)
        soft = (painted / 2.4 >= 0.95 * subject.unit) | (random.random(count) < 0.5)
        sigma = subject.unit / 60 * random.uniform(0.4, 0.8 + subject.strength) * soft
        source = blurred(source, sent(sigma, base.device))
        sharp = column(random.uniform(0.4, 1.2, count) * (random.random(count) < 0.2), source)
        source = sharpened(source, sharp, sent(subject.unit / 40, base.device))
        return base, self.tinted(source, 0.35 * subject.strength, 0.6), weight

    def reenact(self, subject: "Subject"):
        random, count, base = self.random, len(subject.strength), subject.base
        amplitude = subject.unit * (0.05 + 0.13 * subject.strength) * random.uniform(0.6, 1, count)
        where = places(count, base.device) + field(random, subject.side, amplitude)
        source = sample(base, where, subject.side)
        source = self.repainted(source, subject, random.uniform(90, 260, count) / 2.6)
        source = self.textured(source, subject.side, 0.5 * subject.strength, random.random(count) < 0.5)
        source = self.tinted(source, 0.4 * subject.strength, 0.5)
        regions = random.choice(["whole", "inner"], count, p=[0.75, 0.25])
        weight = soft_masks(
            random, [o.polygons(r, 0.1, random) for o, r in zip(subject.outlines, regions)], subject.side, subject.unit,
            random.uniform(0, 0.12, count), random.uniform(0.08, 0.5, count))
        return base, source, weight

    # Parts of these.

    def tinted(self, x: torch.Tensor, strength: np.ndarray, often: float) -> torch.Tensor:
        return ColourShift(self.random, strength * (self.random.random(len(strength)) < often)).apply(x)

    def repainted(self, x: torch.Tensor, subject: "Subject", units: np.ndarray) -> torch.Tensor:
        """Through the size at which a unit of the face is `units` pixels long."""
        share = sent(np.minimum(0.95, units / subject.unit), x.device)
        untouched = column(units > 1e3, x) > 0
        return torch.where(untouched, x, through(x, subject.side, share, self.random.random() < 0.5))

    def textured(self, x: torch.Tensor, side: torch.Tensor, strength: np.ndarray, which: np.ndarray) -> torch.Tensor:
        """Enlarged, smoothed, sharpened, compressed or noisy, where `which`."""
        random, x = self.random, x.clone()
        draw = np.where(which, random.random(len(strength)), 2)
        def part(low: float, high: float) -> tuple[torch.Tensor, torch.Tensor]:
            index = np.flatnonzero((draw >= low) & (draw < high))
            return sent(index, x.device), sent(strength[index], x.device)

        def uniform(low: float, high: float, index: torch.Tensor) -> torch.Tensor:
            return sent(random.uniform(low, high, len(index)), x.device)

        index, much = part(0, 0.4)
        if len(index):
            share = (1 - much * uniform(0.2, 0.65, index)).clamp(min=0.2)
            x[index] = through(x[index], side[index], share, random.random() < 0.5)
        index, much = part(0.4, 0.55)
        if len(index):
            x[index] = blurred(x[index], (much * uniform(0.4, 1.5, index)).clamp(min=0.3))
        index, much = part(0.55, 0.75)
        if len(index):
            x[index] = sharpened(x[index], much * uniform(0.3, 1.2, index), uniform(0.7, 2, index))
        index, much = part(0.75, 0.88)
        if len(index):
            x[index] = jpeg(x[index], 95 - much * uniform(10, 60, index))
        index, much = part(0.88, 1)
        if len(index):
            x[index] = noisy(x[index], much * uniform(2, 7, index))
        return x

    def moved(self, x: torch.Tensor, subject: "Subject") -> torch.Tensor:
        """A little larger or smaller, turned, moved, and bent."""
        random, count = self.random, len(x)
        strength, unit = subject.strength, subject.unit
        scale = 1 + 0.05 * strength * random.uniform(-1, 1, count)
        angle = 0.03 * strength * random.uniform(-1, 1, count)
        centre = subject.points.mean(1)
        move = np.stack([0.07, 0.05])[None] * (strength * unit)[:, None] * random.uniform(-1, 1, (count, 2))
        bent = field(random, subject.side, 0.07 * strength * unit * (random.random(count) < 0.5))
        turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], -1).reshape(-1, 2, 2)
        turn = turn / scale[:, None, None]
        shift = centre + move - np.einsum("nij,nj->ni", turn, centre)
        return sample(x, mapped(places(count, x.device), turn, shift) + bent, subject.side)

    def aligned(self, donors: np.ndarray, subject: "Subject", weights: np.ndarray) -> torch.Tensor:
        """The donors' faces with their landmarks on the subjects'; mirrored where the subjects are."""
        bank = self.bank
        own = bank.points[donors].copy()
        mirrored = subject.view.mirrored
        own[mirrored] = own[mirrored][:, [1, 0, 2, 4, 3]] * [-1, 1] + [1, 0]
        turn, shift = similarity(subject.points, own, weights)
        turn, shift = turn.copy(), shift.copy()
        turn[mirrored, 0] *= -1
        shift[mirrored, 0] = 1 - shift[mirrored, 0]
        return bank.mapped(donors, turn, shift)

    def patches(self, subject: "Subject") -> torch.Tensor:
        """A rectangle or an ellipse over the lower face, or the outline of mouth and chin."""
        random, polygons, bend, feather = self.random, [], [], []
        for outline in subject.outlines:
            draw = random.random()
            bend.append(0)
            feather.append(random.uniform(0.03, 0.35))
            if draw < 0.4:
                left, right = -random.uniform(0.75, 1.15), random.uniform(0.75, 1.15)
                top, bottom = random.uniform(0.45, 0.8), random.uniform(1.6, 2.1)
                corners = [(left, top, 0), (right, top, 0), (right, bottom, 0), (left, bottom, 0)]
                polygons.append([outline.place(corners)])
            elif draw < 0.7:
                angle, middle = np.linspace(0, 2 * np.pi, 32, endpoint=False), random.uniform(1.1, 1.3)
                across, down = random.uniform(0.6, 0.95), random.uniform(0.5, 0.75)
                ellipse = np.stack([across * np.cos(angle), middle + down * np.sin(angle), np.full(32, 0.1)], -1)
                polygons.append([outline.place(ellipse)])
            else:
                polygons.append(outline.polygons("mouth" if random.random() < 0.5 else "lower", 0.1, random))
                bend[-1], feather[-1] = random.uniform(0, 0.1), random.uniform(0.1, 0.4)
        return soft_masks(random, polygons, subject.side, subject.unit, np.array(bend), np.array(feather))

    def spoken(self, subject: "Subject") -> torch.Tensor:
        """The subjects' own lips moved: the lower one and the chin down or up, the corners in or out."""
        random, count, device = self.random, len(subject.strength), subject.base.device
        sign = np.where(random.random(count) < 0.65, 1, -0.7)
        drop = sign * subject.unit * (0.08 + 0.16 * subject.strength) * random.uniform(0.6, 1.2, count)
        spread = subject.unit * (0.04 + 0.08 * subject.strength) * random.uniform(-1, 1, count)
        middle = np.stack([outline.place(np.array([0, 1.17, 0.15])) for outline in subject.outlines])
        axes = np.stack([
            np.stack([o.across / np.linalg.norm(o.across), o.down / np.linalg.norm(o.down)]) for o in subject.outlines])

        middle, axes, unit, drop, spread = (sent(some, device) for some in (middle, axes, subject.unit, drop, spread))
        where = places(count, device)
        apart = (where - middle.view(-1, 1, 1, 2)) / unit.view(-1, 1, 1, 1)
        u, v = torch.einsum("nhwc,nac->anhw", apart, axes)
        near, aside = torch.exp(-1.6 * u * u), 1 - torch.exp(-18 * v * v)
        # Below the lips' line everything sinks, fading out towards the chin; the upper lip rises a quarter as much.
        sinking = torch.where(v > 0, torch.exp(-1.5 * v * v), -0.25 * torch.exp(-8 * v * v)) * near * aside
        widening = u * near * torch.exp(-6 * v * v)
        moves = torch.stack([spread.view(-1, 1, 1) * widening, drop.view(-1, 1, 1) * sinking], -1)
        return sample(subject.base, where - torch.einsum("nhwa,nac->nhwc", moves, axes), subject.side)


class Subject:
    """Faces on which fakes of one kind are made."""

    def __init__(
        self, chosen: np.ndarray, base: torch.Tensor, side: torch.Tensor, points: np.ndarray, view: View,
        strength: np.ndarray
    ):
        self.chosen, self.base, self.side, self.points, self.view = chosen, base, side, points, view
        self.strength = strength
        self.outlines = [Outline(some) for some in points]
        self.unit = np.array([outline.unit for outline in self.outlines])


def mapped(where: torch.Tensor, turn: np.ndarray, shift: np.ndarray) -> torch.Tensor:
    """turn · p + shift for every place."""
    turn, shift = sent(turn, where.device), sent(shift, where.device)
    return torch.einsum("nij,nhwj->nhwi", turn, where) + shift.view(-1, 1, 1, 2)


def similarity(start: np.ndarray, end: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What brings the points (N, 5, 2) nearest to others by turning, scaling and moving: (N, 2, 2) and (N, 2)."""
    weights = (weights / weights.sum())[None, :, None]
    centres = [(points * weights).sum(1) for points in (start, end)]
    p, q = start - centres[0][:, None], end - centres[1][:, None]
    spread = (weights * p * p).sum((1, 2)).clip(1e-9)
    a = (weights * p * q).sum((1, 2)) / spread
    b = (weights[..., 0] * (p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0])).sum(1) / spread
    turn = np.stack([a, -b, b, a], -1).reshape(-1, 2, 2)
    return turn, centres[1] - np.einsum("nij,nj->ni", turn, centres[0])


def matched(source: torch.Tensor, target: torch.Tensor, weight: torch.Tensor, share: np.ndarray) -> torch.Tensor:
    """The source with the mean and deviation that each channel of the target has within the region (Reinhard et al. 2001)."""
    region = (weight > 0.5).float()
    count = region.sum((2, 3), keepdim=True).clamp(min=30)

    def moments(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mean = (x * region).sum((2, 3), keepdim=True) / count
        return mean, ((((x - mean) * region) ** 2).sum((2, 3), keepdim=True) / count).sqrt()

    (own, own_spread), (wanted, wanted_spread) = moments(source), moments(target)
    share = column(share, source)
    ratio = (wanted_spread / (own_spread + 1e-3)).clamp(0.6, 1.6)
    return ((source - own) * (1 - share + ratio * share) + own + (wanted - own) * share).clamp(0, 255)


class ColourShift:
    """Another camera's, another light's or another compression's colours. strength: (N), 0 for none."""

    def __init__(self, random: np.random.Generator, strength: np.ndarray):
        count = len(strength)

        def drawn(often: float, size: int = 1) -> np.ndarray:
            return random.uniform(-1, 1, (count, size)) * (random.random((count, 1)) < often) * strength[:, None]

        contrast = random.random((count, 1)) < 0.6
        self.offset = 20 * drawn(0.7, 3) + 14 * drawn(1) * contrast
        self.contrast = 1 + 0.15 * drawn(1) * contrast
        self.saturation = np.maximum(0, 1 + 0.35 * drawn(0.5))

    def apply(self, x: torch.Tensor) -> torch.Tensor:
        offset = sent(self.offset, x.device)[..., None, None]
        contrast, saturation = column(self.contrast, x), column(self.saturation, x)
        moved = x * contrast + offset + 128 * (1 - contrast)
        level = (moved * colour_matrices(x.device)[0][0].view(1, 3, 1, 1)).sum(1, keepdim=True)
        return (level + (moved - level) * saturation).clamp(0, 255)
