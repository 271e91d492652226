"""What cameras, clips and re-encoders do to a picture: drawn once for each of a batch, then done to as many as are to
suffer alike."""

import dataclasses

import numpy as np
import torch

from canvas import SIDE, blurred, filmed, jpeg, noisy, resized, sent, sharpened


@dataclasses.dataclass(frozen=True)
class Habits:
    """How often each thing is done, and how much."""

    #: How often a picture is shrunk, and to which share of its side at least.
    shrunk: float
    smallest: float
    #: How often it is blurred, and by which standard deviation.
    soft: float
    blur: tuple[float, float]
    sharp: float
    noise: float
    #: Standard deviation.
    grain: tuple[float, float]
    #: How often it comes from a video, and which quantisers; otherwise how often through JPEG, and which qualities.
    video: float
    quantiser: tuple[float, float]
    photo: float
    quality: tuple[float, float]
    #: The compression after it was enlarged again: how often, how well.
    again: tuple[float, float, float]


#: As `Sources/Training/Forging/Degradation.swift` at full strength.
PLAIN = Habits(
    shrunk=0.3, smallest=0.4, soft=0.15, blur=(0.3, 1.3), sharp=0, noise=0.2, grain=(1, 6), video=0.35, quantiser=(18, 38),
    photo=0.77, quality=(30, 95), again=(0, 40, 95))
#: As clips are that were passed on.
ROUGH = Habits(
    shrunk=0.65, smallest=0.35, soft=0.35, blur=(0.4, 1.5), sharp=0.12, noise=0.15, grain=(1, 7), video=0.3,
    quantiser=(20, 40), photo=1, quality=(22, 95), again=(0.4, 40, 96))


class Spoiling:
    """One draw for each of `count` pictures. `often` (N) says which are spoilt at all."""

    def __init__(self, random: np.random.Generator, habits: Habits, often: np.ndarray):
        count = len(often)

        def happens(share: float) -> np.ndarray:
            return (random.random(count) < share) & often

        def uniform(low: float, high: float) -> np.ndarray:
            return random.uniform(low, high, count).astype(np.float32)

        self.share = np.where(happens(habits.shrunk), uniform(habits.smallest, 0.97), 1)
        self.sigma, self.soft = uniform(*habits.blur), happens(habits.soft)
        self.amount, self.sharp = uniform(0.2, 0.8), happens(habits.sharp)
        self.grain, self.noise = uniform(*habits.grain), happens(habits.noise)
        self.quantiser, self.video = uniform(*habits.quantiser), happens(habits.video)
        self.quality, self.photo = uniform(*habits.quality), happens(habits.photo) & ~self.video
        often_again, *qualities = habits.again
        self.quality_again, self.again = uniform(*qualities), happens(often_again)
        self.cubic = bool(random.random() < 0.5)

    def instead(self, which: np.ndarray, other: "Spoiling") -> "Spoiling":
        """The draws of another where `which`."""
        result = object.__new__(Spoiling)
        for name, own in vars(self).items():
            drawn = getattr(other, name)
            setattr(result, name, np.where(which, drawn, own) if isinstance(own, np.ndarray) else own)
        return result

    def finished(self, x: torch.Tensor, side: torch.Tensor) -> torch.Tensor:
        """Pictures of which `side` pixels count, spoilt and brought to SIDE."""

        def part(which: np.ndarray, values: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
            index = np.flatnonzero(which)
            return sent(index, x.device), sent(values[index], x.device)

        index, share = part(self.share < 1, self.share)
        x, small = x.clone(), side.clone()
        if len(index):
            small[index] = (side[index] * share).round().clamp(min=48)
            x[index] = resized(x[index], side[index], small[index])
        for which, values, spoil in (
            (self.soft, self.sigma, blurred),
            (self.sharp, self.amount, lambda some, much: sharpened(some, much, torch.full_like(much, 1.2))),
            (self.noise, self.grain, noisy), (self.video, self.quantiser, filmed), (self.photo, self.quality, jpeg),
        ):
            index, much = part(which, values)
            if len(index):
                x[index] = spoil(x[index], much)
        whole = torch.full_like(side, SIDE)
        x = resized(x, small, whole, self.cubic)
        index, quality = part(self.again, self.quality_again)
        if len(index):
            x[index] = jpeg(x[index], quality)
        return x
