"""How well a network tells fakes that it does not learn from."""

import collections

import numpy as np
import torch
import torch.nn.functional as F

from bank import Bank


def area(fakes: np.ndarray, reals: np.ndarray) -> float:
    """Under the ROC curve."""
    return float(((fakes[:, None] > reals[None]) + 0.5 * (fakes[:, None] == reals[None])).mean())


@torch.no_grad()
def of_pairs(network: torch.nn.Module, held_out: dict, device: torch.device) -> str:
    """Of packed pairs: the head's AUROC, how often a fake stands above its own original, and Dice."""
    heads, dice = [], []
    for first in range(0, len(held_out["mask"]), 50):
        some = [torch.from_numpy(held_out[name][first : first + 50]).to(device) for name in ("real", "fake", "mask")]
        x = torch.cat(some[:2]).permute(0, 3, 1, 2).float() / 127.5 - 1
        with torch.autocast(device.type, torch.float16, enabled=device.type == "cuda"):
            head, mask = network(x.contiguous(memory_format=torch.channels_last))
        heads.append(head.float().flatten().view(2, -1))
        marked = F.interpolate(mask[len(some[2]) :].float(), size=x.shape[-2:], mode="bilinear")[:, 0] > 0
        wanted = some[2] > 127
        dice.append(2 * (marked & wanted).sum((1, 2)) / (marked.sum((1, 2)) + wanted.sum((1, 2))).clamp(min=1))
    real, fake = torch.cat(heads, 1).cpu().numpy()
    found = (fake > np.quantile(real, 0.95)).mean()
    return (
        f"pairs: AUROC {area(fake, real):.4f}, recall at specificity .95 {found:.3f}, order {(fake > real).mean():.3f}, "
        f"Dice {torch.cat(dice).mean().item():.3f}")


@torch.no_grad()
def scores(network: torch.nn.Module, bank: Bank, places: np.ndarray) -> np.ndarray:
    """The head's logits of faces as the program cuts them."""
    logits = []
    for first in range(0, len(places), 128):
        x = bank.centred(places[first : first + 128]) / 127.5 - 1
        with torch.autocast(bank.device.type, torch.float16, enabled=bank.device.type == "cuda"):
            head, _ = network(x.contiguous(memory_format=torch.channels_last), mask=False)
        logits.append(head.float().flatten().cpu())
    return torch.cat(logits).numpy()


def of_genuine(network: torch.nn.Module, bank: Bank, most: int = 12) -> str:
    """Of genuine faces of the sources held out, at most `most` of a kind from a source: the head's AUROC over clips, and that
    of each kind of fake against all real ones."""
    places, counts = [], collections.Counter()
    for place in np.flatnonzero(bank.held_out & (bank.source != "")):
        counts[bank.source[place], bank.kind[place]] += 1
        if counts[bank.source[place], bank.kind[place]] <= most:
            places.append(place)
    if not places:
        return "genuine: none held out"
    clips = collections.defaultdict(list)
    for place, logit in zip(places, scores(network, bank, np.array(places))):
        clips[bank.kind[place], bank.source[place], bank.clip[place]].append(logit)
    means = collections.defaultdict(list)
    for (kind, _, _), logits in clips.items():
        means[kind].append(np.mean(logits))
    reals = np.array(means.pop("real"))
    fakes = np.array([mean for of_kind in means.values() for mean in of_kind])
    found = [(fakes > np.quantile(reals, q)).mean() for q in (0.95, 0.99)]
    kinds = ", ".join(f"{kind} {area(np.array(of), reals):.2f} ({len(of)})" for kind, of in sorted(means.items()))
    return (
        f"genuine: AUROC {area(fakes, reals):.4f}, recall at specificity .95 {found[0]:.3f}, at .99 {found[1]:.3f}; {kinds}; "
        f"{len(reals)} real")
