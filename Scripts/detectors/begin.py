"""Makes a checkpoint of a shipped model, for train.py to go on from with --start.

usage: begin.py NETWORK MODEL.onnx PACKED.npz CHECKPOINT.pt [efficientnet-lite0.pth]

NETWORK is effunet, which needs the weights that its encoder began with, unet_v1 or unet. Normalisations are folded into
the convolutions of the file. They are taken apart again so that every channel's weights are as large as those that the
training began with: steps of one size suit them. Normalisations that go by the batch in training take the statistics of
the real pictures of PACKED.npz (pairs.py).
"""

import sys

import numpy as np
import onnx
import torch
import torch.nn as nn
from onnx import numpy_helper

import networks
from effunet import Effunet
from graphs import SHARPER
from unet import UNet


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
def measure(network: nn.Module, norms: list[nn.BatchNorm2d], pictures: torch.Tensor) -> None:
    """Sets the statistics of `norms` to those of `pictures`, and their gains and shifts so that nothing changes."""
    def meet(norm: nn.BatchNorm2d, given: tuple[torch.Tensor]) -> None:
        mean, variance = given[0].mean((0, 2, 3)), given[0].var((0, 2, 3))
        # Until now the statistics are those of a new layer: mean 0, variance 1.
        gain = norm.weight * (1 + norm.eps) ** -0.5
        norm.bias.add_(mean * gain)
        norm.weight.copy_(gain * (variance + norm.eps).sqrt())
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)

    hooks = [norm.register_forward_pre_hook(meet) for norm in norms]
    network(pictures)
    for hook in hooks:
        hook.remove()


def effunet(weights: Weights, pretrained: str) -> tuple[Effunet, list[nn.BatchNorm2d]]:
    """The network as the file has it, and the normalisations that go by the batch."""
    network = Effunet(pretrained)
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
    return network, [layer[1] for layer in (*network.narrow, *network.join)]


def unet(weights: Weights, name: str) -> tuple[UNet, list[nn.BatchNorm2d]]:
    network, norms = networks.named(name), []
    for way, blocks in (("enc", network.enc), ("dec", network.dec)):
        for level, block in enumerate(blocks):
            for index in (0, 3):
                unfold(*weights.of(f"{way}.{level}.{index}"), *block[index : index + 2])
                norms.append(block[index + 1])
    for level, up in enumerate(network.up):
        for own, given in zip((up.weight, up.bias), weights.of(f"up.{level}")):
            own.data.copy_(given)
    return network, norms


@torch.no_grad()
def main(name: str, model: str, packed: str, checkpoint: str, pretrained: str | None = None) -> None:
    weights = Weights(model)
    network, norms = effunet(weights, pretrained) if name == "effunet" else unet(weights, name)
    pixels = "pixels" if name == "effunet" else "logits"
    for layer, name_there, scale in ((network.pixels, pixels, SHARPER), (network.real_fake, "real_fake", 1)):
        # A head that saw fewer features begins by ignoring the others.
        weight, bias = weights.of(name_there)
        layer.weight.zero_()[:, : weight.shape[1]] = weight / scale
        layer.bias.copy_(bias / scale)
    network.eval()
    pictures = np.load(packed)["real"][:48]
    x = torch.from_numpy(pictures.astype(np.float32) / 127.5 - 1).permute(0, 3, 1, 2)
    before = network(x)
    measure(network, norms, x)
    after = network(x)
    moved = max((a - b).abs().max().item() for a, b in zip(before, after))
    torch.save({"average": network.state_dict(), "steps": 0}, checkpoint)
    print(f"{checkpoint}: as {model}, with logits within {moved:.1e}")


if __name__ == "__main__":
    if len(sys.argv) != (6 if sys.argv[1:2] == ["effunet"] else 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
