"""The U-Nets of the seed article, with a real/fake head: `unet_v1` of 16 features and 6 steps, `unet` of 32 and 5.

The classical U-Net (Ronneberger et al., arXiv:1505.04597) with same padding and batch normalisation, as
`Sources/NeuralTraining/Architectures/UNet.swift` builds it; the steps include the lowest level. A network trained for
masks alone soon marks every face, since a mask on a real face costs it no more than a missed one. So a head that sees the
means and the maxima of the three lowest levels says first whether the face is fake (the multi-task idea of Nguyen et al.,
arXiv:1906.06876), and the model as shipped multiplies the two.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

# So many of the lowest levels does the head see.
HEAD = 3
CONFIGURATIONS = {"unet_v1": (16, 6), "unet": (32, 5)}


def block(inputs: int, outputs: int) -> nn.Sequential:
    layers = []
    for features in (inputs, outputs):
        layers += [nn.Conv2d(features, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """(N, 3, side, side) in -1…1 to the head's logit (N, 1, 1, 1) and the mask's logits (N, 1, side, side)."""

    def __init__(self, base: int, levels: int):
        super().__init__()
        features = [base << level for level in range(levels)]
        self.enc = nn.ModuleList(block(i, o) for i, o in zip([3, *features], features))
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * f, f, 2, 2) for f in features[:-1])
        self.dec = nn.ModuleList(block(2 * f, f) for f in features[:-1])
        self.pixels = nn.Conv2d(base, 1, 1)
        self.drop = nn.Dropout(0.2)
        self.real_fake = nn.Conv2d(2 * sum(features[-HEAD:]), 1, 1)

    def forward(self, x: torch.Tensor, mask: bool = True) -> tuple[torch.Tensor, torch.Tensor | None]:
        features = []
        for level, encode in enumerate(self.enc):
            x = encode(F.max_pool2d(x, 2) if level else x)
            features.append(x)
        seen = [some.mean((2, 3), keepdim=True) for some in features[-HEAD:]]
        seen += [some.amax((2, 3), keepdim=True) for some in features[-HEAD:]]
        head = self.real_fake(self.drop(torch.cat(seen, 1)))
        if not mask:
            return head, None
        for level in reversed(range(len(self.up))):
            x = self.dec[level](torch.cat([features[level], self.up[level](x)], 1))
        return head, self.pixels(x)
