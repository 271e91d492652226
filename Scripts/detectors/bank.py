"""Faces by the thousand, on the device that trains, looked at in batches."""

import concurrent.futures

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from canvas import SIDE, places, resized, sent
from people import is_held_out
from views import CROP, MARGIN, View, held_inside

# A face's square is this many pixels wide at most.
WIDEST = 320


class Bank:
    """The faces of packed files. By place: `kind`, `source`, `clip`, `points` (N, 5, 2), `inner` (N, 4), `pixels` (N), how
    wide its square is, and `held_out`."""

    def __init__(self, paths: list[str], device: torch.device, most: int | None = None):
        self.device = device
        packs = [np.load(path, allow_pickle=False) for path in paths]
        names = ("source", "kind", "clip", "points", "inner")
        self.source, self.kind, self.clip, self.points, self.inner = (
            np.concatenate([pack[name] for pack in packs])[:most] for name in names)
        coded = []
        for pack in packs:
            whole, ends = pack["coded"], pack["ends"]
            coded += [whole[start:end] for start, end in zip(np.concatenate([[0], ends[:-1]]), ends)]
        coded = coded[:most]
        pixels = np.zeros(len(coded), np.int64)
        whole = torch.zeros((len(coded), 3, WIDEST, WIDEST), dtype=torch.uint8)

        def decode(place: int) -> None:
            cut = cv2.imdecode(coded[place], cv2.IMREAD_COLOR)[..., ::-1]
            side = pixels[place] = len(cut)
            # Beyond its edge a picture goes on as it ends, so that its halves do as well.
            edged = np.pad(cut, ((0, WIDEST - side), (0, WIDEST - side), (0, 0)), mode="edge")
            whole[place] = torch.from_numpy(np.ascontiguousarray(edged)).permute(2, 0, 1)

        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(decode, range(len(coded))))
        self.pixels = pixels
        self.levels = [whole.to(device)]
        for _ in range(2):
            halves = [F.avg_pool2d(some.float(), 2).round().byte() for some in self.levels[-1].split(256)]
            self.levels.append(torch.cat(halves))
        self.held_out = np.array([is_held_out(s, c) for s, c in zip(self.source, self.clip)])
        self.reals = np.flatnonzero((self.kind == "real") & ~self.held_out)
        # Frames of one clip are much alike: it counts as the root of their number in photographs.
        names = np.array([f"{s}/{c}" for s, c in zip(self.source[self.reals], self.clip[self.reals])])
        _, inverse, counts = np.unique(names, return_inverse=True, return_counts=True)
        odds = counts[inverse] ** -0.5
        self.odds = odds / odds.sum()
        around = self.points - self.points.mean(1, keepdims=True)
        self.shapes = around / np.linalg.norm(around, axis=2).mean(1)[:, None, None].clip(1e-6)

    def __len__(self) -> int:
        return len(self.kind)

    def drawn_reals(self, random: np.random.Generator, count: int) -> np.ndarray:
        return random.choice(self.reals, count, p=self.odds)

    def like(self, random: np.random.Generator, subject, others: bool) -> np.ndarray:
        """For each subject the face that is likest in pose among a handful drawn; with `others`, of another clip."""
        count = len(subject.chosen)
        drawn = random.choice(self.reals, (count, 16), p=self.odds)
        far = ((self.shapes[drawn] - self.shapes[subject.chosen][:, None]) ** 2).sum((2, 3))
        own = subject.chosen[:, None]
        same = (self.clip[drawn] == self.clip[own]) & (self.source[drawn] == self.source[own])
        far[same if others else drawn == own] = np.inf
        return drawn[np.arange(count), far.argmin(1)]

    def mapped(self, chosen: np.ndarray, turn: np.ndarray, shift: np.ndarray) -> torch.Tensor:
        """(N, 3, SIDE, SIDE) in 0…255: pixel p shows what lies at turn · p + shift, in sides of the face's square."""
        pixels, count = self.pixels[chosen], len(chosen)
        ratio = np.linalg.norm(turn[:, :, 0], axis=1) * pixels
        levels = np.floor(np.log2(ratio.clip(1) * 1.15)).clip(0, len(self.levels) - 1)
        out = torch.empty((count, 3, SIDE, SIDE), device=self.device)
        for level, store in enumerate(self.levels):
            part = np.flatnonzero(levels == level)
            if len(part) == 0:
                continue
            side = sent(pixels[part] / 2**level, self.device).view(-1, 1, 1, 1)
            some, move = sent(turn[part], self.device), sent(shift[part], self.device)
            where = torch.einsum("nij,nhwj->nhwi", some, places(len(part), self.device)) + move.view(-1, 1, 1, 2)
            where = torch.minimum((where * side).clamp(min=0.5), side - 0.5) * (2 / store.shape[-1]) - 1
            pictures = store[sent(chosen[part], self.device)].float()
            out[sent(part, self.device)] = F.grid_sample(pictures, where, padding_mode="border", align_corners=False)
        return out

    def seen(self, chosen: np.ndarray, view: "View") -> torch.Tensor:
        return self.mapped(chosen, *view.back())

    def centred(self, chosen: np.ndarray) -> torch.Tensor:
        """What the program would cut."""
        count = len(chosen)
        centre, width = held_inside(np.full((count, 2), 0.5), np.full(count, CROP / MARGIN), self.inner[chosen])
        side = np.minimum(SIDE, self.pixels[chosen] * width).round()
        still = np.zeros(count)
        view = View(centre, width, still, still > 0, side)
        own = sent(side, self.device)
        return resized(self.seen(chosen, view), own, torch.full_like(own, SIDE))
