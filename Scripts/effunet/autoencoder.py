"""Two small autoencoders of faces, whose decoders' blur and patterns stand for those of neural face generators.

usage: autoencoder.py PACKED.npy OUT.pt [STEPS]

Trains them on the real pictures of packed pairs at 128×128. One enlarges by repeating pixels, the other by transposed
convolutions: between them they leave the two kinds of traces that decoders leave.
"""

import sys

import cv2
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FEATURES = (24, 48, 96, 128)


class Autoencoder(nn.Module):
    """(N, 3, side, side) in -1…1 to the same; the side is divisible by 16."""

    def __init__(self, transposed: bool):
        super().__init__()
        down, inputs = [], 3
        for outputs in FEATURES:
            down += [nn.Conv2d(inputs, outputs, 4, 2, 1), nn.LeakyReLU(0.1)]
            inputs = outputs
        up = []
        for outputs in (*reversed(FEATURES[:-1]), 3):
            if transposed:
                up.append(nn.ConvTranspose2d(inputs, outputs, 4, 2, 1))
            else:
                up += [nn.Upsample(scale_factor=2), nn.Conv2d(inputs, outputs, 3, 1, 1)]
            if outputs != 3:
                up.append(nn.LeakyReLU(0.1))
            inputs = outputs
        self.down, self.up = nn.Sequential(*down), nn.Sequential(*up)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.up(self.down(x))


def both() -> list[Autoencoder]:
    return [Autoencoder(transposed=False), Autoencoder(transposed=True)]


def loaded(path: str) -> list[Autoencoder]:
    networks = both()
    for network, weights in zip(networks, torch.load(path, map_location="cpu")):
        network.load_state_dict(weights)
        network.eval()
    return networks


def difference(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Of the pictures and, so that edges stay, of their slopes."""
    across = F.l1_loss(a.diff(dim=3), b.diff(dim=3))
    return F.l1_loss(a, b) + across + F.l1_loss(a.diff(dim=2), b.diff(dim=2))


def main(packed: str, out: str, steps: int = 500) -> None:
    pairs, random = np.load(packed, mmap_mode="r"), np.random.default_rng(0)
    networks = both()
    optimisers = [torch.optim.Adam(network.parameters()) for network in networks]
    for step in range(steps):
        pictures = [np.ascontiguousarray(pairs[random.integers(len(pairs))][..., :3]) for _ in range(12)]
        x = np.stack([cv2.resize(picture, (128, 128), interpolation=cv2.INTER_AREA) for picture in pictures])
        x = torch.from_numpy(x).permute(0, 3, 1, 2).float() / 127.5 - 1
        for network, optimiser in zip(networks, optimisers):
            optimiser.param_groups[0]["lr"] = 2e-3 * (1 - step / steps) + 1e-5
            loss = difference(network(x), x)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        if step % 50 == 0:
            print(f"step {step}, loss {loss.item():.4f}", flush=True)
    torch.save([network.state_dict() for network in networks], out)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
