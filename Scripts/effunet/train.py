"""Trains `effunet` on the CPU, or goes on where a checkpoint stands.

usage: train.py --pairs PACKED.npy... --autoencoders AE.pt --held-out HELD.npy --out CHECKPOINT.pt
                [--pretrained efficientnet-lite0.pth] [--resume CHECKPOINT.pt] [--minutes 60] [--steps 3500]

PACKED.npy and HELD.npy come from pairs.py, of faces of different people. The checkpoint is written at every validation,
at the end and on SIGTERM. With glibc, set MALLOC_MMAP_THRESHOLD_, MALLOC_TRIM_THRESHOLD_ and MALLOC_TOP_PAD_ high:
otherwise every large activation is fetched from the system anew.

Versions that this ran with: torch 2.15, numpy 2, opencv-python-headless 4.
"""

import argparse
import copy
import math
import os
import signal
import time

import numpy as np
import torch
import torch.nn.functional as F

import autoencoder
from network import Effunet
from pictures import Pictures


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", nargs="+", required=True)
    parser.add_argument("--autoencoders", required=True)
    parser.add_argument("--held-out", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--pretrained")
    parser.add_argument("--resume")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--steps", type=int, default=3500, help="over which the learning rate falls")
    parser.add_argument("--rate", type=float, default=1e-3, help="of all but the encoder, which learns at half of it")
    parser.add_argument("--pairs-a-step", type=int, default=12)
    parser.add_argument("--sides", type=int, nargs="+", default=[192, 224, 256])
    parser.add_argument("--neural", type=float, default=0.25)
    parser.add_argument("--poor", type=float, default=0.5)
    parser.add_argument("--apart", type=float, default=0.3)
    parser.add_argument("--validate-every", type=int, default=250)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def loss_of_head(logits: torch.Tensor) -> torch.Tensor:
    """Real pictures first, then their fakes. The second part asks only for the order within each pair."""
    real, fake = logits.flatten().chunk(2)
    wanted = torch.cat([torch.full_like(real, 0.02), torch.full_like(fake, 0.98)])
    order = F.softplus(1 - (fake - real)).mean()
    return F.binary_cross_entropy_with_logits(torch.cat([real, fake]), wanted) + 0.4 * order


def loss_of_mask(logits: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """On fakes alone: whether there is anything to mark is the head's question."""
    wanted, marked = F.avg_pool2d(masks, 2), torch.sigmoid(logits)
    common = (marked * wanted).sum((1, 2, 3))
    dice = (2 * common + 1) / (marked.sum((1, 2, 3)) + wanted.sum((1, 2, 3)) + 1)
    return 0.5 * (F.binary_cross_entropy_with_logits(logits, wanted) + 1 - dice.mean())


class Run:
    """The network, its averaged copy, the optimiser, and how far they are."""

    def __init__(self, options: argparse.Namespace):
        self.network = Effunet(options.pretrained).to(memory_format=torch.channels_last)
        encoder = list(self.network.encoder.parameters())
        others = [p for name, p in self.network.named_parameters() if not name.startswith("encoder.")]
        self.optimiser = torch.optim.AdamW(
            [{"params": encoder, "peak": options.rate / 2}, {"params": others, "peak": options.rate}], weight_decay=1e-3)
        self.average, self.step = copy.deepcopy(self.network), 0
        if options.resume:
            kept = torch.load(options.resume, map_location="cpu")
            self.network.load_state_dict(kept["network"])
            self.average.load_state_dict(kept["average"])
            # A checkpoint made of a shipped model has none.
            if "optimiser" in kept:
                self.optimiser.load_state_dict(kept["optimiser"])
            self.step = kept["step"]

    def save(self, path: str) -> None:
        kept = {
            "network": self.network.state_dict(), "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(), "step": self.step}
        torch.save(kept, path + ".part")
        os.replace(path + ".part", path)

    def learn(self, pictures: torch.Tensor, masks: torch.Tensor, steps: int) -> float:
        """One step. The mask is learnt in every fourth: its way up costs a third of the time and is soon good."""
        share = min(1, self.step / 200) * (0.5 + 0.5 * math.cos(math.pi * min(1, self.step / steps))) + 0.01
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * share
        self.network.train()
        with_mask = self.step % 4 == 0
        head, mask = self.network(pictures.contiguous(memory_format=torch.channels_last), with_mask)
        loss = loss_of_head(head)
        if with_mask:
            loss = loss + loss_of_mask(mask[len(masks) :], masks)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2)
        self.optimiser.step()
        self.step += 1
        self.follow()
        return loss.item()

    @torch.no_grad()
    def follow(self) -> None:
        keep = min(0.998, (1 + self.step) / (10 + self.step))
        for mean, value in zip(self.average.state_dict().values(), self.network.state_dict().values()):
            if mean.dtype.is_floating_point:
                mean.mul_(keep).add_(value, alpha=1 - keep)
            else:
                mean.copy_(value)


@torch.no_grad()
def validated(network: Effunet, held_out: np.ndarray) -> str:
    """Area under the ROC curve of the head, how often a fake stands above its own original, and Dice."""
    network.eval()
    reals, fakes, dice = [], [], []
    for first in range(0, len(held_out), 10):
        pairs = np.asarray(held_out[first : first + 10])
        pictures = np.concatenate([pairs[..., :3], pairs[..., 3:6]]).astype(np.float32) / 127.5 - 1
        x = torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
        head, mask = network(x)
        real, fake = head.flatten().chunk(2)
        reals.append(real)
        fakes.append(fake)
        marked = F.interpolate(mask[len(pairs) :], scale_factor=2)[:, 0] > 0
        wanted = torch.from_numpy(pairs[..., 6] > 127)
        common = (marked & wanted).sum((1, 2))
        dice.append(2 * common / (marked.sum((1, 2)) + wanted.sum((1, 2))).clamp(min=1))
    real, fake = torch.cat(reals), torch.cat(fakes)
    area = (fake[:, None] > real[None]).float().mean()
    return f"AUROC {area:.4f}, order in pairs {(fake > real).float().mean():.3f}, Dice {torch.cat(dice).mean():.3f}"


def main() -> None:
    options = parsed()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    run, held_out = Run(options), np.load(options.held_out, mmap_mode="r")
    pictures = Pictures(
        options.pairs, autoencoder.loaded(options.autoencoders), options.sides, options.neural, options.poor,
        options.apart, options.seed + run.step)
    interrupted = []
    signal.signal(signal.SIGTERM, lambda *_: interrupted.append(True))
    end, losses = time.monotonic() + options.minutes * 60, []
    while time.monotonic() < end and not interrupted:
        losses.append(run.learn(*pictures.batch(options.pairs_a_step), options.steps))
        if run.step % 20 == 0:
            print(f"step {run.step}, loss {np.mean(losses[-20:]):.4f}", flush=True)
        if run.step % options.validate_every == 0:
            print(f"step {run.step}, {validated(run.average, held_out)}", flush=True)
            run.save(options.out)
    run.save(options.out)


if __name__ == "__main__":
    main()
