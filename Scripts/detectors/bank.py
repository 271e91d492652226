"""Faces by the thousand, on the device that trains: cut out of face libraries, packed into a file, looked at in batches.

usage: bank.py BANK.npz LIBRARY.cache... [--without MEASURED.cache...] [--quality 90]

LIBRARY.cache is what `unmask forge --faces FOLDER --cache LIBRARY.cache` keeps of the faces that it found. A face whose
path ends in SOURCE/KIND/CLIP-NN.png is of the kind that its folder says, `real` or one of genuine.KINDS; every other one
is real. Left out is a face that another source shows as the same kind, and one like any in a library given by --without,
of which measures are taken.
"""

import argparse
import concurrent.futures
import hashlib
import json
import re
import struct

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from canvas import SIDE, places, resized, sent

# A face's square is MARGIN times the longer side of its box, and at most WIDEST pixels wide.
MARGIN, WIDEST = 1.6, 320
# Side of the square that the program cuts, over the longer side of the box.
CROP = 1.3
# Bits of 256 by which the hashes of two copies of one picture differ at most, and those of a learnt and a measured face at
# least. Strangers looking the same way differ by some 50 and more.
ALIKE, APART = 24, 41
FAKES = ("neural_swap", "gan_portrait", "lipsync", "reenactment", "graphics_swap", "edited")
# Of 100 sources of collected pictures, and of 100 other people, how many are kept to validate by.
HELD_OUT, HELD_OUT_PEOPLE = 12, 5
WHOLE = 2**64


def library(path: str):
    """Every face of a library: its entry in the index, and its crop."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"UNMASKFL", f"{path} is no face library"
    length = struct.unpack("<Q", data[16:24])[0]
    place = 24 + length
    for entry in json.loads(data[24:place])["faces"]:
        yield entry, data[place : place + entry["bytes"]]
        place += entry["bytes"]


def labelled(identity: str) -> tuple[str, str, str]:
    """Source, kind and clip."""
    parts = identity.split("/")
    if len(parts) >= 3 and parts[-2] in ("real", *FAKES):
        return parts[-3], parts[-2], re.sub(r"-\d+$", "", parts[-1].rsplit(".", 1)[0])
    return "", "real", identity


def is_held_out(source: str, clip: str) -> bool:
    """A source by a hash of its name; a person, named by the path, as `unmask forge --people held-out` has it."""
    if source:
        return int(hashlib.md5(source.encode()).hexdigest(), 16) % 100 < HELD_OUT
    mixed = 0xCBF29CE484222325
    for byte in clip.encode():
        mixed = (mixed ^ byte) * 0x100000001B3 % WHOLE
    mixed = (mixed + 0x9E3779B97F4A7C15) % WHOLE
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 % WHOLE
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % WHOLE
    return mixed ^ mixed >> 31 < HELD_OUT_PEOPLE * WHOLE // 100


def square(entry: dict, crop: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The square around a face, grey beyond the picture as the program has it; its five landmarks and what of it lies within
    the picture (left, top, right, bottom), in sides of the square."""
    picture = cv2.imdecode(np.frombuffer(crop, np.uint8), cv2.IMREAD_COLOR)
    x, y, width, height = entry["box"]
    side = MARGIN * max(width, height)
    left, top = x + width / 2 - side / 2, y + height / 2 - side / 2
    to = min(WIDEST, round(side))
    scale = side / to
    where = np.array([[scale, 0, left + (scale - 1) / 2], [0, scale, top + (scale - 1) / 2]])
    cut = cv2.warpAffine(
        picture, where, (to, to), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=(127, 127, 127))
    points = (np.array(entry["points"]).reshape(5, 2) - [left, top]) / side
    inner = np.array([-left, -top, picture.shape[1] - left, picture.shape[0] - top]) / side
    return cut, points, inner.clip(0, 1)


def fingerprint(cut: np.ndarray) -> np.ndarray:
    """Whether each of 256 points of the face is brighter than its neighbour."""
    edge = int(cut.shape[0] * (1 - 1 / MARGIN) / 2)
    grey = cv2.cvtColor(cut[edge:-edge, edge:-edge], cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (17, 16), interpolation=cv2.INTER_AREA)
    return (small[:, 1:] > small[:, :-1]).ravel()


def pack(out: str, libraries: list[str], without: list[str], quality: int, least: int = 48) -> None:
    taboo = [fingerprint(square(*face)[0]) for path in without for face in library(path)]
    taboo, kept, left_out = np.array(taboo, bool).reshape(-1, 256), [], 0
    total = sum(1 for path in libraries for _ in library(path))
    prints, sources, kinds = np.zeros((total, 256), bool), np.empty(total, object), np.empty(total, object)
    for path in libraries:
        largest: dict[str, float] = {}
        for entry, _ in library(path):
            largest[entry["origin"]] = max(largest.get(entry["origin"], least), *entry["box"][2:])
        for entry, crop in library(path):
            source, kind, clip = labelled(entry["identity"])
            # Others may be bystanders.
            if max(entry["box"][2:]) < largest[entry["origin"]]:
                continue
            cut, points, inner = square(entry, crop)
            mark, count = fingerprint(cut), len(kept)
            elsewhere = (sources[:count] != source) & (kinds[:count] == kind)
            if ((prints[:count] != mark).sum(1)[elsewhere] <= ALIKE).any() or ((taboo != mark).sum(1) < APART).any():
                left_out += 1
                continue
            prints[count], sources[count], kinds[count] = mark, source, kind
            kept.append((source, kind, clip, points, inner, cv2.imencode(".webp", cut, [cv2.IMWRITE_WEBP_QUALITY, quality])[1]))
    source, kind, clip, points, inner, coded = zip(*kept)
    np.savez(
        out, source=np.array(source), kind=np.array(kind), clip=np.array(clip), points=np.array(points, np.float32),
        inner=np.array(inner, np.float32), ends=np.cumsum([len(some) for some in coded]), coded=np.concatenate(coded))
    print(f"{len(kept)} faces of {len(set(source))} sources in {out}; {left_out} were left out")


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
        # Clips show one person; each is as likely as any other photograph.
        names = np.array([f"{s}/{c}" for s, c in zip(self.source[self.reals], self.clip[self.reals])])
        _, inverse, counts = np.unique(names, return_inverse=True, return_counts=True)
        odds = 1 / counts[inverse]
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
        side = np.minimum(SIDE, self.pixels[chosen] * CROP / MARGIN).round()
        still = np.zeros(count)
        view = View(np.full((count, 2), 0.5), np.full(count, CROP / MARGIN), still, still > 0, side)
        own = sent(side, self.device)
        return resized(self.seen(chosen, view), own, torch.full_like(own, SIDE))


class View:
    """Which part of a face's square is looked at: its centre (N, 2) and width (N) in sides of the square, turned by an angle,
    perhaps mirrored; and how many pixels it becomes."""

    def __init__(self, centre: np.ndarray, width: np.ndarray, angle: np.ndarray, mirrored: np.ndarray, side: np.ndarray):
        self.centre, self.width, self.angle, self.mirrored, self.side = centre, width, angle, mirrored, side

    def part(self, index: np.ndarray) -> "View":
        return View(*(x[index] for x in (self.centre, self.width, self.angle, self.mirrored, self.side)))

    def back(self) -> tuple[np.ndarray, np.ndarray]:
        """Pixel p shows turn · p + shift."""
        scale = self.width / self.side
        cos, sin, mirror = np.cos(self.angle) * scale, np.sin(self.angle) * scale, np.where(self.mirrored, -1, 1)
        turn = np.stack([cos * mirror, -sin, sin * mirror, cos], -1).reshape(-1, 2, 2)
        return turn, self.centre - np.einsum("nij,nj->ni", turn, np.repeat(self.side[:, None] / 2, 2, 1))

    @classmethod
    def like_the_program(cls, random: np.random.Generator, bank: Bank, chosen: np.ndarray) -> "View":
        """As the program cuts, moved and scaled a little. Tight photographs are shown tighter, and only now and then beyond
        their edge, which in a video is rare as well."""
        count, inner = len(chosen), bank.inner[chosen]
        width = CROP / MARGIN * random.uniform(0.92, 1.14, count)
        centre = 0.5 + 0.035 / MARGIN * random.normal(size=(count, 2))
        held = random.random(count) < 0.94
        room = (inner[:, 2:] - inner[:, :2]).min(1)
        width = np.where(held, np.minimum(width, room), width)
        low, high = inner[:, :2] + width[:, None] / 2, inner[:, 2:] - width[:, None] / 2
        centre = np.where(held[:, None], np.clip(centre, np.minimum(low, high), np.maximum(low, high)), centre)
        most = np.minimum(SIDE, 1.15 * width * bank.pixels[chosen])
        side = np.where(random.random(count) < 0.5, most, random.uniform(0.55, 1, count) * most)
        return cls(centre, width, np.zeros(count), random.random(count) < 0.5, side.clip(96, SIDE).round())


def points_in(view: View, points: np.ndarray) -> np.ndarray:
    """Landmarks (N, 5, 2), in sides of the square, in pixels of the view; left is left in a mirrored one, too."""
    turn, shift = view.back()
    seen = np.einsum("nij,nkj->nki", np.linalg.inv(turn), points - shift[:, None])
    seen[view.mirrored] = seen[view.mirrored][:, [1, 0, 2, 4, 3]]
    return seen


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("out")
    parser.add_argument("libraries", nargs="+")
    parser.add_argument("--without", nargs="+", default=[])
    parser.add_argument("--quality", type=int, default=90)
    given = parser.parse_args()
    pack(given.out, given.libraries, given.without, given.quality)
