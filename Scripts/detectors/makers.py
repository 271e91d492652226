"""Processes that make batches beside the one that learns from them.

To make a batch takes many small kernels, and one core needs longer to ask for them than a GPU to run them. The makers see
the one bank in the GPU's memory; every maker writes into slots there that the learner lends it. They are asked in turn,
so that the order of the batches follows from the seed.
"""

from dataclasses import dataclass

import cv2
import torch
import torch.multiprocessing as processes

from bank import Bank
from batches import Batches
from canvas import SIDE

#: Of each maker. While one is taken from, another is ready and a third is being made.
SLOTS = 3


@dataclass(frozen=True)
class Recipe:
    """How many pairs make a batch, forged ones before genuine ones, and how many batches are made at a time: a GPU is the
    busier the more its kernels have to do."""

    forged: int
    genuine: int
    at_once: int = 1

    @property
    def pairs(self) -> int:
        return self.forged + self.genuine

    def slot(self, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        """Room for the pictures of batches, (at_once, 2, pairs, 3, SIDE, SIDE), real ones first, and for the fakes' masks,
        (at_once, pairs, 1, SIDE, SIDE)."""
        return tuple(
            torch.zeros((self.at_once, *shape, SIDE, SIDE), dtype=torch.float16, device=device)
            for shape in ((2, self.pairs, 3), (self.pairs, 1)))

    def fill(self, batches: Batches, difficulty: float, pictures: torch.Tensor, masks: torch.Tensor) -> None:
        real_and_fake, begin = pictures.transpose(0, 1), 0
        for count, make in ((self.forged, lambda n: batches.forged(n, difficulty)), (self.genuine, batches.genuine_ones)):
            if count:
                some, where = make(count * self.at_once)
                shares = (self.at_once, count)
                real_and_fake[:, :, begin : begin + count].copy_(some.view(2, *shares, *some.shape[1:]))
                masks[:, begin : begin + count].copy_(where.view(*shares, *where.shape[1:]))
            begin += count


def make(bank: Bank, recipe: Recipe, seed: int, slots: list, free, ready, difficulty) -> None:
    """Fills the slots whose numbers come from `free`, until one is None."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    batches = Batches(bank, seed)
    while (slot := free.get()) is not None:
        recipe.fill(batches, difficulty.value, *slots[slot])
        if bank.device.type == "cuda":
            torch.cuda.synchronize()
        ready.put(slot)


class Maker:
    """One process, its slots, and the queues by which their numbers go to it and come back."""

    def __init__(self, context, bank: Bank, recipe: Recipe, seed: int, difficulty):
        self.slots = [recipe.slot(bank.device) for _ in range(SLOTS)]
        self.free, self.ready = context.Queue(), context.Queue()
        for slot in range(SLOTS):
            self.free.put(slot)
        self.process = context.Process(
            target=make, args=(bank, recipe, seed, self.slots, self.free, self.ready, difficulty), daemon=True)
        self.process.start()


class Makers:
    """`count` of them; with 0 the batches are made where they are asked for."""

    def __init__(self, bank: Bank, recipe: Recipe, seed: int, count: int):
        context = processes.get_context("spawn")
        self.device = bank.device
        self.difficulty = context.Value("d", 1)
        self.all = [Maker(context, bank, recipe, seed + index, self.difficulty) for index in range(count)]
        self.turn, self.lent = 0, None
        if not count:
            self.recipe, self.batches, self.slot = recipe, Batches(bank, seed), recipe.slot(bank.device)

    def lot(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """The next batches: of each the pictures (2 · pairs, 3, SIDE, SIDE) in -1…1, and the masks (pairs, 1, SIDE, SIDE)."""
        if not self.all:
            self.recipe.fill(self.batches, self.difficulty.value, *self.slot)
            return self.copied(*self.slot)
        maker = self.all[self.turn % len(self.all)]
        self.turn += 1
        slot = maker.ready.get(timeout=300)
        copies = self.copied(*maker.slots[slot])
        self.hand_back()
        over = torch.cuda.Event() if self.device.type == "cuda" else None
        if over:
            over.record()
        self.lent = maker, slot, over
        return copies

    def copied(self, pictures: torch.Tensor, masks: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
        # A CPU's convolutions want float32, a GPU's run in float16 anyway.
        kind = torch.float16 if self.device.type == "cuda" else torch.float32
        return [
            (some.flatten(0, 1).to(kind, memory_format=torch.channels_last, copy=True), where.to(kind, copy=True))
            for some, where in zip(pictures, masks)]

    def hand_back(self) -> None:
        """The slot of the lot before, whose pictures have been copied by now."""
        if self.lent:
            maker, slot, over = self.lent
            if over:
                over.synchronize()
            maker.free.put(slot)

    def close(self) -> None:
        for maker in self.all:
            maker.free.put(None)
        for maker in self.all:
            maker.process.join()
