"""How well the network tells fakes that it does not learn from."""

import collections

import numpy as np
import torch
import torch.nn.functional as F

import genuine
from network import Effunet


def area(fakes: np.ndarray, reals: np.ndarray) -> float:
    """Under the ROC curve."""
    return float((fakes[:, None] > reals[None]).mean())


@torch.no_grad()
def of_pairs(network: Effunet, held_out: np.ndarray) -> str:
    """Of packed pairs: the head's AUROC, how often a fake stands above its own original, and Dice."""
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
    real, fake = torch.cat(reals).numpy(), torch.cat(fakes).numpy()
    return f"pairs: AUROC {area(fake, real):.4f}, order {(fake > real).mean():.3f}, Dice {torch.cat(dice).mean():.3f}"


@torch.no_grad()
def of_genuine(network: Effunet, faces: list[dict], most: int = 12) -> str:
    """Of genuine faces, at most `most` of a kind from a source: the head's AUROC over clips, and that of each kind of fake
    against all real ones."""
    network.eval()
    taken, clips, counts = [], collections.defaultdict(list), collections.Counter()
    for face in faces:
        counts[face["source"], face["kind"]] += 1
        if counts[face["source"], face["kind"]] <= most:
            taken.append(face)
    for first in range(0, len(taken), 20):
        some = taken[first : first + 20]
        x = torch.from_numpy(np.stack([genuine.centred(face) for face in some])).permute(0, 3, 1, 2)
        head, _ = network(x.contiguous(memory_format=torch.channels_last), mask=False)
        for face, logit in zip(some, head.flatten().tolist()):
            clips[face["kind"], face["source"], face["clip"]].append(logit)
    means = collections.defaultdict(list)
    for (kind, _, _), logits in clips.items():
        means[kind].append(np.mean(logits))
    reals = np.array(means.pop("real"))
    fakes = np.array([mean for of_kind in means.values() for mean in of_kind])
    found = (fakes > np.quantile(reals, 0.95)).mean()
    kinds = ", ".join(f"{kind} {area(np.array(of), reals):.2f} ({len(of)})" for kind, of in sorted(means.items()))
    return f"genuine: AUROC {area(fakes, reals):.4f}, recall at specificity .95 {found:.3f}; {kinds}"
