"""Trains `effunet` on the CPU, or goes on where a checkpoint stands.

usage: train.py --pairs PACKED.npy... --held-out HELD.npy --out CHECKPOINT.pt [--autoencoders AE.pt]
                [--genuine CROPS.pkl] [--pretrained efficientnet-lite0.pth] [--resume CHECKPOINT.pt] [--steps 3500]

PACKED.npy and HELD.npy come from pairs.py, of faces of different people; CROPS.pkl comes from crops.py. The
checkpoint is written at every validation, at the end and on SIGTERM. With glibc, set MALLOC_MMAP_THRESHOLD_,
MALLOC_TRIM_THRESHOLD_ and MALLOC_TOP_PAD_ high: otherwise every large activation is fetched from the system anew.

Versions that this ran with: torch 2.15, numpy 2, opencv-python-headless 5.
"""

import argparse
import copy
import math
import os
import signal

import numpy as np
import torch
import torch.nn.functional as F

import autoencoder
import genuine
import validation
from network import Effunet
from pictures import Pictures


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", nargs="+", required=True)
    parser.add_argument("--autoencoders")
    parser.add_argument("--genuine")
    parser.add_argument("--held-out", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--pretrained")
    parser.add_argument("--resume")
    parser.add_argument("--steps", type=int, default=3500, help="over which the learning rate falls")
    parser.add_argument("--rate", type=float, default=1e-3, help="of all but the encoder, which learns at half of it")
    parser.add_argument("--pairs-a-step", type=int, default=12)
    parser.add_argument("--genuine-a-step", type=int, default=7, help="pairs of genuine pictures, besides")
    parser.add_argument("--sides", type=int, nargs="+", default=[192, 224, 256])
    parser.add_argument("--neural", type=float, default=0, help="share of the pairs that --autoencoders draw")
    parser.add_argument("--poor", type=float, default=0.5)
    parser.add_argument("--apart", type=float, default=0.3)
    parser.add_argument("--validate-every", type=int, default=250)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.neural > 0 and not options.autoencoders:
        parser.error("--neural needs --autoencoders")
    return options


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

    def learn(self, lots: list[tuple[torch.Tensor, torch.Tensor, float]], steps: int) -> float:
        """One step with some lots of pairs: pictures, masks, and how much the masks count. The mask is learnt in every
        fourth step: its way up costs a third of the time and is soon good."""
        share = min(1, self.step / 200) * (0.5 + 0.5 * math.cos(math.pi * min(1, self.step / steps))) + 0.01
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * share
        self.network.train()
        with_mask = self.step % 4 == 0
        pictures = torch.cat([pictures for pictures, _, _ in lots])
        head, mask = self.network(pictures.contiguous(memory_format=torch.channels_last), with_mask)
        loss, begin = 0, 0
        for pictures, masks, weight in lots:
            end = begin + len(pictures)
            loss = loss + loss_of_head(head[begin:end]) * len(pictures) / len(head)
            if with_mask:
                loss = loss + weight * loss_of_mask(mask[end - len(masks) : end], masks)
            begin = end
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


def main() -> None:
    options = parsed()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    run, held_out = Run(options), np.load(options.held_out, mmap_mode="r")
    drawn_by = autoencoder.loaded(options.autoencoders) if options.autoencoders else []
    pictures = Pictures(
        options.pairs, drawn_by, options.neural, options.poor, options.apart, options.seed + run.step)
    others = genuine.Genuine(options.genuine, options.seed + run.step) if options.genuine else None
    apart = genuine.loaded(options.genuine, held_out=True) if options.genuine else []
    interrupted = []
    signal.signal(signal.SIGTERM, lambda *_: interrupted.append(True))
    losses = []
    while run.step < options.steps and not interrupted:
        side = pictures.one_of(options.sides)
        lots = [(*pictures.batch(options.pairs_a_step, side), 0.7 if others else 1)]
        if others:
            # Where a genuine fake is manipulated is a guess.
            lots.append((*others.batch(options.genuine_a_step, side), 0.3))
        losses.append(run.learn(lots, options.steps))
        if run.step % 20 == 0:
            print(f"step {run.step}, loss {np.mean(losses[-20:]):.4f}", flush=True)
        if run.step % options.validate_every == 0:
            print(f"step {run.step}, {validation.of_pairs(run.average, held_out)}", flush=True)
            if apart:
                print(f"step {run.step}, {validation.of_genuine(run.average, apart)}", flush=True)
            run.save(options.out)
    run.save(options.out)


if __name__ == "__main__":
    main()
