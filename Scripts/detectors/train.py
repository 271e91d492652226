"""Trains detectors on a GPU for a given time, all on the same batches; or on a CPU, slowly.

usage: train.py OUT --bank BANK.npz... --networks effunet unet_v1 unet:2 [--start effunet=CHECKPOINT.pt] [--seconds 500]
                [--teachers effunet=CHECKPOINT.pt...] [--held-out HELD.npz] [--forged 56] [--genuine 16] [--rate 1]
                [--points 1] [--masks-every 1] [--makers 4] [--at-once 4] [--pool 96] [--uses 3]

BANK.npz comes from packing.py, HELD.npz from pairs.py, CHECKPOINT.pt from begin.py or from here. `unet:2` learns from every
second batch only. What the teachers say of a picture, on average, counts as much as the truth: of a fake that nobody could
tell they do not ask what the truth asks. Writes OUT/NETWORK.pt, the averaged weights as float16, and OUT/log.txt.

On a CPU MALLOC_MMAP_THRESHOLD_=8589934592 and MALLOC_TRIM_THRESHOLD_=17179869184 in the environment spare a third of a step.
One that multiplies bfloat16 numbers by itself takes half as long with them (--bfloat16). The way to its head alone is a
third of a step of unet_v1: with --masks-every 4 an hour sees nearly twice as many pictures, and the masks still follow.

Versions that this ran with: torch 2.11 (CUDA 13) and 2.15 (CPU), numpy 2, opencv-python-headless 5.
"""

import argparse
import copy
import math
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F

import networks
import validation
from bank import Bank
from makers import Makers, Recipe
from pool import Pool


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--bank", nargs="+", required=True)
    parser.add_argument("--networks", nargs="+", default=["effunet"])
    parser.add_argument("--start", nargs="*", default=[], metavar="NETWORK=CHECKPOINT")
    parser.add_argument("--teachers", nargs="*", default=[], metavar="NETWORK=CHECKPOINT")
    parser.add_argument("--held-out")
    parser.add_argument("--seconds", type=float, default=500, help="over which the learning rates fall")
    parser.add_argument("--forged", type=int, default=56, help="pairs a step")
    parser.add_argument("--genuine", type=int, default=16, help="pairs a step")
    parser.add_argument("--rate", type=float, default=1, help="share of the usual learning rates, for small batches")
    on_gpu = torch.cuda.is_available()
    parser.add_argument(
        "--points", type=float, default=1, help="weight of what every point is asked; 0 where a network goes on for a little")
    parser.add_argument("--masks-every", type=int, default=1, help="of so many steps one asks for masks; all ask the head")
    parser.add_argument("--bfloat16", action="store_true", help="on a CPU: convolutions in bfloat16")
    parser.add_argument("--makers", type=int, default=4 if on_gpu else 0, help="processes that make batches")
    parser.add_argument("--at-once", type=int, default=4 if on_gpu else 1, help="batches that a maker makes at a time")
    parser.add_argument("--pool", type=int, default=96 if on_gpu else 1, help="batches that wait to be learnt from")
    parser.add_argument("--uses", type=int, default=3 if on_gpu else 1, help="how often a batch is learnt from")
    parser.add_argument("--faces", type=int, help="as many of the bank at most")
    parser.add_argument("--validations", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def restored(name: str, checkpoint: str) -> torch.nn.Module:
    network = networks.named(name)
    network.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])
    return network


def half(device: torch.device, bfloat16: bool) -> torch.autocast:
    """Where it is entered, convolutions run in half precision: in float16 on a GPU, in bfloat16 on a CPU if asked to."""
    on_gpu = device.type == "cuda"
    return torch.autocast(device.type, torch.float16 if on_gpu else torch.bfloat16, enabled=on_gpu or bfloat16)


def mean_of(losses: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """Of the pairs that count."""
    return (losses * counts).sum() / counts.sum().clamp(min=1)


# What follows returns the loss of each pair.


def loss_of_head(logits: torch.Tensor, opinion: torch.Tensor | None) -> torch.Tensor:
    """Real pictures first, then their fakes; opinion: the teachers' logits. The second part asks only for the order within
    each pair."""
    real, fake = logits.float().flatten().chunk(2)
    wanted = torch.cat([torch.full_like(real, 0.02), torch.full_like(fake, 0.98)])
    if opinion is not None:
        wanted = 0.5 * wanted + 0.5 * torch.sigmoid(opinion.float().flatten())
    alone = F.binary_cross_entropy_with_logits(torch.cat([real, fake]), wanted, reduction="none")
    return 0.5 * sum(alone.chunk(2)) + 0.4 * F.softplus(1 - (fake - real))


def loss_of_mask(logits: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """BCE - ln(DICE), on fakes alone: whether there is anything to mark is the head's question."""
    marked = torch.sigmoid(logits)
    common = (marked * masks).sum((1, 2, 3))
    dice = (2 * common + 1) / (marked.sum((1, 2, 3)) + masks.sum((1, 2, 3)) + 1)
    return F.binary_cross_entropy_with_logits(logits, masks, reduction="none").mean((1, 2, 3)) - dice.log()


def loss_of_points(logits: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """Of every point of real pictures and of their fakes, whether it is manipulated: many answers a picture where the head
    has one (as Face X-ray has it: Li et al., arXiv:1912.13458). What gives them serves in training only."""
    wanted = torch.cat([torch.zeros_like(masks), masks])
    return sum(F.binary_cross_entropy_with_logits(logits, wanted, reduction="none").mean((1, 2, 3)).chunk(2))


class Pupil:
    """A network, its averaged copy and its optimiser."""

    def __init__(self, name: str, every: int, start: str | None, options: argparse.Namespace, device: torch.device):
        self.name, self.every, self.device, self.steps = name, every, device, 0
        self.masks_every, self.bfloat16 = options.masks_every, options.bfloat16
        network = restored(name, start) if start else networks.named(name)
        self.network = network.to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).eval()
        self.of_points, self.points = options.points, torch.nn.Conv2d(network.pixels.in_channels, 1, 1).to(device)
        network.pixels.register_forward_pre_hook(lambda _, given: setattr(self, "features", *given))
        # What was pretrained changes less.
        peaks = [options.rate * peak for peak in ((0.6e-3, 1e-3) if start else (1e-3, 2e-3))]
        groups = [
            {"params": [p for n, p in self.network.named_parameters() if n.startswith("encoder.") == inside], "peak": peak}
            for inside, peak in zip((True, False), peaks)]
        groups.append({"params": list(self.points.parameters()), "peak": peaks[1]})
        self.optimiser = torch.optim.AdamW([g for g in groups if g["params"]], weight_decay=2e-3, fused=device.type == "cuda")
        self.scaler = torch.amp.GradScaler(device.type, enabled=device.type == "cuda")
        self.losses: list[torch.Tensor] = []
        both = zip(self.average.state_dict().values(), self.network.state_dict().values())
        self.means, self.values = zip(*((mean, value) for mean, value in both if value.dtype.is_floating_point))

    def learn(
        self, pictures: torch.Tensor, masks: torch.Tensor, forged: int, opinion: torch.Tensor | None, share: float
    ) -> None:
        """One step. pictures: real ones, then their fakes, (2 · pairs, 3, SIDE, SIDE); masks: the fakes'; forged: so many
        pairs, the first ones, are; opinion: the teachers' logits; share: of the time that has passed."""
        rate = min(1, self.steps / 100) * (0.5 + 0.5 * math.cos(math.pi * share)) + 0.005
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * rate
        self.network.train()
        asks_for_masks = self.steps % self.masks_every == 0
        with half(self.device, self.bfloat16):
            head, mask = self.network(pictures, mask=asks_for_masks)
            points = self.points(self.features) if self.of_points and asks_for_masks else None
        counts = (masks.amax((1, 2, 3)) > 0).float()
        loss = mean_of(loss_of_head(head, opinion), counts)
        if mask is not None:
            masks = F.adaptive_avg_pool2d(masks.float(), mask.shape[-1])
            # Where a genuine fake is manipulated is a guess.
            known = torch.arange(len(masks), device=self.device) < forged
            of_masks = loss_of_mask(mask.float()[len(masks) :], masks)
            loss = loss + 0.7 * mean_of(of_masks, counts * known) + 0.2 * mean_of(of_masks, counts * ~known)
            if points is not None:
                loss = loss + self.of_points * mean_of(loss_of_points(points.float(), masks), counts * known)
        self.optimiser.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(self.optimiser)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.steps += 1
        self.losses.append(loss.detach())
        self.follow()

    @torch.no_grad()
    def follow(self) -> None:
        keep = min(0.998, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(self.means, self.values, 1 - keep)

    def save(self, folder: pathlib.Path) -> None:
        state = {
            name: value.half().cpu() if value.dtype.is_floating_point else value.cpu()
            for name, value in self.average.state_dict().items()}
        torch.save({"average": state, "steps": self.steps}, folder / f"{self.name}.pt")


@torch.no_grad()
def opinion_of(teachers: list[torch.nn.Module], pictures: torch.Tensor, bfloat16: bool) -> torch.Tensor | None:
    with half(pictures.device, bfloat16):
        logits = [teacher(pictures, mask=False)[0].float() for teacher in teachers]
    return torch.stack(logits).mean(0) if logits else None


def main() -> None:
    options = parsed()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    log = open(options.out / "log.txt", "w", buffering=1)

    def say(text: str) -> None:
        print(text, flush=True)
        log.write(text + "\n")

    begun = time.monotonic()
    bank = Bank(options.bank, device, options.faces)
    say(f"{len(bank)} faces after {time.monotonic() - begun:.0f} s; {bank.held_out.sum()} of them to validate by")
    starts = dict(some.split("=", 1) for some in options.start)
    pupils = []
    for spec in options.networks:
        name, _, every = spec.partition(":")
        pupils.append(Pupil(name, int(every or 1), starts.get(name), options, device))
    held_out = np.load(options.held_out) if options.held_out else None
    teachers = [
        restored(*some.split("=", 1)).to(device, memory_format=torch.channels_last).eval() for some in options.teachers]
    recipe = Recipe(options.forged, options.genuine, options.at_once)
    makers = Makers(bank, recipe, options.seed, options.makers)
    pool = Pool(makers, options.seed, options.uses, options.pool)

    def validate() -> None:
        for pupil in pupils:
            told = [validation.of_genuine(pupil.average, bank)]
            if held_out is not None:
                told.append(validation.of_pairs(pupil.average, held_out, device))
            say(f"{time.monotonic() - begun:.0f} s, {pupil.name}, step {pupil.steps}: " + "; ".join(told))
            pupil.save(options.out)

    step, due = 0, [(n + 1) / options.validations for n in range(options.validations - 1)]
    # From blatant fakes to subtle ones: a network that knows nothing yet learns little from the latter.
    new = any(pupil.name not in starts for pupil in pupils)
    while (share := (time.monotonic() - begun) / options.seconds) < 1:
        makers.difficulty.value = min(1, 0.4 + 1.8 * share) if new else 1
        pictures, masks = pool.batch()
        opinion = opinion_of(teachers, pictures, options.bfloat16)
        for pupil in pupils:
            if step % pupil.every == 0:
                pupil.learn(pictures, masks, recipe.forged, opinion, share)
        step += 1
        if step % 50 == 0:
            means = [torch.stack(pupil.losses[-50:]).mean().item() for pupil in pupils]
            say(f"{time.monotonic() - begun:.0f} s, step {step}: losses " + ", ".join(f"{mean:.4f}" for mean in means))
        if due and share >= due[0]:
            due.pop(0)
            validate()
    makers.close()
    validate()


if __name__ == "__main__":
    main()
