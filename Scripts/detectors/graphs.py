"""The detectors as ONNX graphs: weights as float16, widened where they are used, with the normalisations folded in."""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

import effunet
import unet

# The pixels' logits are multiplied by so much. The marked region then ends where a pixel's own probability passes a half,
# rather than where it falls below a threshold made for the product, and how sure the product is, the head alone decides.
SHARPER = 3


class Graph:
    """Nodes and weights, in the order in which they are added. Every method returns the name of its result."""

    def __init__(self):
        self.widening, self.nodes, self.weights = [], [], []

    def constant(self, name: str, values) -> str:
        if all(weight.name != name for weight in self.weights):
            self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def number(self, value: float) -> str:
        return self.constant(f"number.{value}", np.float32(value))

    def half(self, name: str, values: torch.Tensor) -> str:
        self.constant(name + "_f16", values.detach().numpy().astype(np.float16))
        self.widening.append(helper.make_node("Cast", [name + "_f16"], [name], to=TensorProto.FLOAT))
        return name

    def add(self, kind: str, name: str, *inputs: str, **attributes) -> str:
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def convolution(
        self, name: str, x: str, weight: torch.Tensor, bias: torch.Tensor, before: int = 0, after: int = 0,
        stride: int = 1, groups: int = 1
    ) -> str:
        return self.add(
            "Conv", name, x, self.half(name + ".weight", weight), self.half(name + ".bias", bias),
            kernel_shape=list(weight.shape[2:]), strides=[stride, stride], pads=[before, before, after, after],
            group=groups)

    def encoding(self, name: str, x: str, conv, norm, bounded: bool = True) -> str:
        x = self.convolution(name, x, *effunet.folded(conv, norm), conv.before, conv.after, conv.stride[0], conv.groups)
        return self.add("Clip", name + ".relu6", x, self.number(0), self.number(6)) if bounded else x

    def layer(self, name: str, x: str, layer: torch.nn.Sequential) -> str:
        margin = layer[0].padding[0]
        return self.add("Relu", name + ".relu", self.convolution(name, x, *effunet.folded(layer[0], layer[1]), margin, margin))

    def block(self, name: str, x: str, block: torch.nn.Sequential) -> str:
        for index in (0, 3):
            x = self.layer(f"{name}.{index}", x, block[index : index + 2])
        return x

    def doubled(self, name: str, x: str, **how) -> str:
        return self.add("Resize", name, x, "", self.constant("twice", np.array([1, 1, 2, 2], np.float32)), **how)

    def seen(self, features: list[str]) -> str:
        """What the head looks at."""
        means = [self.add("GlobalAveragePool", f"mean.{x}", x) for x in features]
        return self.add("Concat", "seen", *means, *(self.add("GlobalMaxPool", f"maximum.{x}", x) for x in features), axis=1)

    def finished(self, name: str, logits: str, head: str) -> onnx.GraphProto:
        self.add("Mul", "mask", self.add("Sigmoid", "where", logits), self.add("Sigmoid", "whether", head))
        shapes = [
            helper.make_tensor_value_info(n, TensorProto.FLOAT, ["N", c, 256, 256]) for n, c in (("input", 3), ("mask", 1))]
        return helper.make_graph(self.widening + self.nodes, name, shapes[:1], shapes[1:], self.weights)


def of_effunet(network: effunet.Effunet) -> onnx.GraphProto:
    graph, encoder, features = Graph(), network.encoder, []
    x = graph.encoding("stem", "input", encoder._conv_stem, encoder._bn0)
    for index, block in enumerate(encoder._blocks):
        name, y = f"block.{index}", x
        if block.expands:
            y = graph.encoding(name + ".expand", y, block._expand_conv, block._bn0)
        y = graph.encoding(name + ".depthwise", y, block._depthwise_conv, block._bn1)
        y = graph.encoding(name + ".project", y, block._project_conv, block._bn2, bounded=False)
        x = graph.add("Add", name + ".sum", x, y) if block.adds else y
        if index in encoder.ends:
            features.append(x)
    seen = graph.seen([features[stage] for stage in effunet.HEAD])
    head = graph.convolution("real_fake", seen, network.real_fake.weight, network.real_fake.bias)
    x = features[effunet.SKIPS[-1]]
    for index, (narrow, join, stage) in enumerate(zip(network.narrow, network.join, reversed(effunet.SKIPS[:-1]))):
        x = graph.doubled(
            f"up.{index}", graph.layer(f"narrow.{index}", x, narrow), mode="nearest",
            coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        x = graph.layer(f"join.{index}", graph.add("Concat", f"both.{index}", x, features[stage], axis=1), join)
    x = graph.convolution("pixels", x, SHARPER * network.pixels.weight, SHARPER * network.pixels.bias)
    x = graph.doubled("logits", x, mode="linear", coordinate_transformation_mode="half_pixel")
    return graph.finished("effunet", x, head)


def of_unet(name: str, network: unet.UNet) -> onnx.GraphProto:
    graph, x, features = Graph(), "input", []
    for level, encode in enumerate(network.enc):
        if level:
            x = graph.add("MaxPool", f"pool.{level - 1}", x, kernel_shape=[2, 2], strides=[2, 2])
        x = graph.block(f"enc.{level}", x, encode)
        features.append(x)
    seen = graph.seen(features[-unet.HEAD :])
    head = graph.convolution("real_fake", seen, network.real_fake.weight, network.real_fake.bias)
    for level in reversed(range(len(network.up))):
        up, at = network.up[level], f"up.{level}"
        x = graph.add(
            "ConvTranspose", at, x, graph.half(at + ".weight", up.weight), graph.half(at + ".bias", up.bias),
            kernel_shape=[2, 2], strides=[2, 2])
        x = graph.block(f"dec.{level}", graph.add("Concat", f"join.{level}", features[level], x, axis=1), network.dec[level])
    x = graph.convolution("logits", x, SHARPER * network.pixels.weight, SHARPER * network.pixels.bias)
    return graph.finished(name, x, head)
