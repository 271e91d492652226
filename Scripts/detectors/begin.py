"""Makes a checkpoint of a shipped model, for train.py to go on from with --start.

usage: begin.py MODEL.onnx efficientnet-lite0.pth PACKED.npz CHECKPOINT.pt

Normalisations are folded into the convolutions of the file. They are taken apart again so that every channel's weights
are as large as those that the encoder began with: steps of one size suit them. The normalisations of the way up, which
go by the batch in training, take the statistics of the real pictures of PACKED.npz (pairs.py).
"""

import sys

import numpy as np
import onnx
import torch
import torch.nn as nn
from onnx import numpy_helper

from effunet import Effunet
from graphs import SHARPER


class Weights:
    """The file's, by the names that export.py gave."""

    def __init__(self, path: str):
        graph = onnx.load(path).graph
        self.given = {weight.name: numpy_helper.to_array(weight) for weight in graph.initializer}

    def of(self, name: str) -> tuple[torch.Tensor, torch.Tensor]:
        return tuple(torch.from_numpy(self.given[f"{name}.{part}_f16"].astype(np.float32)) for part in ("weight", "bias"))


@torch.no_grad()
def unfold(weight: torch.Tensor, bias: torch.Tensor, conv: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    """Keeps the length that each channel's weights have in `conv`, and the statistics of `norm`."""
    lengths = [x.flatten(1).norm(dim=1).clamp(min=1e-12) for x in (weight, conv.weight)]
    scale = lengths[0] / lengths[1]
    conv.weight.copy_(weight / scale[:, None, None, None])
    norm.weight.copy_(scale * (norm.running_var + norm.eps).sqrt())
    norm.bias.copy_(bias + norm.running_mean * scale)


@torch.no_grad()
def measure(network: Effunet, pictures: torch.Tensor) -> None:
    """Sets the statistics of the way up to those of `pictures`, and its gains and shifts so that nothing changes."""
    def meet(norm: nn.BatchNorm2d, given: tuple[torch.Tensor]) -> None:
        mean, variance = given[0].mean((0, 2, 3)), given[0].var((0, 2, 3))
        # Until now the statistics are those of a new layer: mean 0, variance 1.
        gain = norm.weight * (1 + norm.eps) ** -0.5
        norm.bias.add_(mean * gain)
        norm.weight.copy_(gain * (variance + norm.eps).sqrt())
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)

    hooks = [layer[1].register_forward_pre_hook(meet) for layer in (*network.narrow, *network.join)]
    network(pictures)
    for hook in hooks:
        hook.remove()


def main(model: str, pretrained: str, packed: str, checkpoint: str) -> None:
    weights, network = Weights(model), Effunet(pretrained)
    encoder = network.encoder
    unfold(*weights.of("stem"), encoder._conv_stem, encoder._bn0)
    for index, block in enumerate(encoder._blocks):
        if block.expands:
            unfold(*weights.of(f"block.{index}.expand"), block._expand_conv, block._bn0)
        unfold(*weights.of(f"block.{index}.depthwise"), block._depthwise_conv, block._bn1)
        unfold(*weights.of(f"block.{index}.project"), block._project_conv, block._bn2)
    for index, (narrow, join) in enumerate(zip(network.narrow, network.join)):
        unfold(*weights.of(f"narrow.{index}"), *narrow[:2])
        unfold(*weights.of(f"join.{index}"), *join[:2])
    with torch.no_grad():
        for layer, name, scale in ((network.pixels, "pixels", SHARPER), (network.real_fake, "real_fake", 1)):
            # A head that saw fewer features begins by ignoring the others.
            weight, bias = weights.of(name)
            layer.weight.zero_()[:, : weight.shape[1]] = weight / scale
            layer.bias.copy_(bias / scale)
        network.eval()
        pictures = np.load(packed)["real"][:48]
        x = torch.from_numpy(pictures.astype(np.float32) / 127.5 - 1).permute(0, 3, 1, 2)
        before = network(x)
        measure(network, x)
        after = network(x)
    moved = max((a - b).abs().max().item() for a, b in zip(before, after))
    torch.save({"average": network.state_dict(), "steps": 0}, checkpoint)
    print(f"{checkpoint}: as {model}, with logits within {moved:.1e}")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
