"""Trains detectors on a GPU for a given time, all on the same batches; or on a CPU, slowly.

usage: train.py OUT --bank BANK.npz... --networks effunet unet_v1 unet:2 [--start effunet=CHECKPOINT.pt] [--seconds 500]
                [--held-out HELD.npz] [--forged 72] [--genuine 56] [--makers 5] [--rate 1]

BANK.npz comes from packing.py, HELD.npz from pairs.py, CHECKPOINT.pt from begin.py or from here. `unet:2` learns from every
second batch only. Writes OUT/NETWORK.pt, the averaged weights as float16, and OUT/log.txt.

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


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--bank", nargs="+", required=True)
    parser.add_argument("--networks", nargs="+", default=["effunet"])
    parser.add_argument("--start", nargs="*", default=[], metavar="NETWORK=CHECKPOINT")
    parser.add_argument("--held-out")
    parser.add_argument("--seconds", type=float, default=500, help="over which the learning rates fall")
    parser.add_argument("--forged", type=int, default=72, help="pairs a step")
    parser.add_argument("--genuine", type=int, default=56, help="pairs a step")
    parser.add_argument(
        "--makers", type=int, default=5 if torch.cuda.is_available() else 0, help="processes that make batches")
    parser.add_argument("--rate", type=float, default=1, help="share of the usual learning rates, for small batches")
    parser.add_argument("--faces", type=int, help="as many of the bank at most")
    parser.add_argument("--validations", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def loss_of_head(logits: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """Real pictures first, then their fakes; `counts` says which pairs count. The second part asks only for the order within
    each pair."""
    real, fake = logits.float().flatten().chunk(2)
    alone = F.binary_cross_entropy_with_logits(real, torch.full_like(real, 0.02), reduction="none")
    alone = alone + F.binary_cross_entropy_with_logits(fake, torch.full_like(fake, 0.98), reduction="none")
    each = 0.5 * alone + 0.4 * F.softplus(1 - (fake - real))
    return (each * counts).sum() / counts.sum().clamp(min=1)


def loss_of_mask(logits: torch.Tensor, masks: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """BCE - ln(DICE), on fakes alone: whether there is anything to mark is the head's question."""
    logits, wanted = logits.float(), F.adaptive_avg_pool2d(masks, logits.shape[-1])
    marked = torch.sigmoid(logits)
    common = (marked * wanted).sum((1, 2, 3))
    dice = (2 * common + 1) / (marked.sum((1, 2, 3)) + wanted.sum((1, 2, 3)) + 1)
    each = F.binary_cross_entropy_with_logits(logits, wanted, reduction="none").mean((1, 2, 3)) - dice.log()
    return (each * counts).sum() / counts.sum().clamp(min=1)


class Pupil:
    """A network, its averaged copy and its optimiser."""

    def __init__(self, name: str, every: int, start: str | None, pace: float, device: torch.device):
        self.name, self.every, self.device, self.steps = name, every, device, 0
        network = networks.named(name)
        if start:
            network.load_state_dict(torch.load(start, map_location="cpu")["average"])
        self.network = network.to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).eval()
        # What was pretrained changes less.
        peaks = [pace * peak for peak in ((0.6e-3, 1e-3) if start else (1e-3, 2e-3))]
        groups = [
            {"params": [p for n, p in self.network.named_parameters() if n.startswith("encoder.") == inside], "peak": peak}
            for inside, peak in zip((True, False), peaks)]
        self.optimiser = torch.optim.AdamW([g for g in groups if g["params"]], weight_decay=2e-3, fused=device.type == "cuda")
        self.scaler = torch.amp.GradScaler(device.type, enabled=device.type == "cuda")
        self.losses: list[torch.Tensor] = []
        both = zip(self.average.state_dict().values(), self.network.state_dict().values())
        self.means, self.values = zip(*((mean, value) for mean, value in both if value.dtype.is_floating_point))

    def learn(self, pictures: torch.Tensor, lots: list[tuple[int, torch.Tensor, float]], share: float) -> None:
        """One step. lots: how many pairs, their masks, and how much these count; the pictures of each lot lie behind those of
        the one before. share: of the time that has passed."""
        rate = min(1, self.steps / 100) * (0.5 + 0.5 * math.cos(math.pi * share)) + 0.005
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * rate
        self.network.train()
        with torch.autocast(self.device.type, torch.float16, enabled=self.device.type == "cuda"):
            head, mask = self.network(pictures)
        loss, begin = 0, 0
        for count, masks, weight in lots:
            end = begin + 2 * count
            counts = (masks.amax((1, 2, 3)) > 0).float()
            loss = loss + loss_of_head(head[begin:end], counts) * count / len(head) * 2
            loss = loss + weight * loss_of_mask(mask[end - count : end], masks, counts)
            begin = end
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
        pupils.append(Pupil(name, int(every or 1), starts.get(name), options.rate, device))
    held_out = np.load(options.held_out) if options.held_out else None
    recipe = Recipe(options.forged, options.genuine)
    makers = Makers(bank, recipe, options.seed, options.makers)

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
        pictures, masks = makers.batch()
        # Where a genuine fake is manipulated is a guess.
        lots = [(recipe.forged, masks[: recipe.forged], 0.7), (recipe.genuine, masks[recipe.forged :], 0.2)]
        lots = [lot for lot in lots if lot[0]]
        for pupil in pupils:
            if step % pupil.every == 0:
                pupil.learn(pictures, lots, share)
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
