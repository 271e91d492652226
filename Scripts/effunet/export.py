"""Writes the averaged weights of a checkpoint as the ONNX model that the program reads.

usage: export.py CHECKPOINT.pt OUT.onnx VERSION THRESHOLD TRAINING FIGURES

Weights are kept as float16; normalisations are folded into the convolutions. TRAINING and FIGURES are the sentences of
those names in the model's metadata (Models/README.md). Checks the file against PyTorch on noise.
"""

import sys

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

from network import HEAD, SKIPS, Effunet, folded

LICENCE = (
    "weights by the Unmask project, for non-commercial research, as the photographs and the pictures of public "
    "repositories that they were trained on; the encoder began with EfficientNet-Lite0 (Apache 2.0) trained on ImageNet "
    "(non-commercial research)")


# The pixels' logits are multiplied by so much. The marked region then ends where a pixel's own probability passes a half,
# rather than where it falls below a threshold made for the product, and how sure the product is, the head alone decides.
SHARPER = 3


class Graph:
    """Nodes and weights, in the order in which they are added. Every method returns the name of its result."""

    def __init__(self):
        self.widening, self.nodes, self.weights = [], [], []
        self.constant("zero", np.float32(0))
        self.constant("six", np.float32(6))
        self.constant("twice", np.array([1, 1, 2, 2], np.float32))

    def constant(self, name: str, values) -> None:
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))

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
        x = self.convolution(name, x, *folded(conv, norm), conv.before, conv.after, conv.stride[0], conv.groups)
        return self.add("Clip", name + ".relu6", x, "zero", "six") if bounded else x

    def layer(self, name: str, x: str, layer: torch.nn.Sequential) -> str:
        margin = layer[0].padding[0]
        return self.add("Relu", name + ".relu", self.convolution(name, x, *folded(layer[0], layer[1]), margin, margin))

    def doubled(self, name: str, x: str) -> str:
        return self.add(
            "Resize", name, x, "", "twice", mode="nearest", coordinate_transformation_mode="asymmetric",
            nearest_mode="floor")


def graph_of(network: Effunet) -> onnx.GraphProto:
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
    seen = [graph.add("GlobalAveragePool", f"mean.{stage}", features[stage]) for stage in HEAD]
    seen += [graph.add("GlobalMaxPool", f"maximum.{stage}", features[stage]) for stage in HEAD]
    seen = graph.add("Concat", "seen", *seen, axis=1)
    head = graph.convolution("real_fake", seen, network.real_fake.weight, network.real_fake.bias)
    x = features[SKIPS[-1]]
    for index, (narrow, join, stage) in enumerate(zip(network.narrow, network.join, reversed(SKIPS[:-1]))):
        x = graph.doubled(f"up.{index}", graph.layer(f"narrow.{index}", x, narrow))
        x = graph.layer(f"join.{index}", graph.add("Concat", f"both.{index}", x, features[stage], axis=1), join)
    x = graph.convolution("pixels", x, SHARPER * network.pixels.weight, SHARPER * network.pixels.bias)
    x = graph.add("Resize", "logits", x, "", "twice", mode="linear", coordinate_transformation_mode="half_pixel")
    graph.add("Mul", "mask", graph.add("Sigmoid", "where", x), graph.add("Sigmoid", "whether", head))
    shapes = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["N", c, 256, 256]) for n, c in (("input", 3), ("mask", 1))]
    return helper.make_graph(graph.widening + graph.nodes, "effunet", shapes[:1], shapes[1:], graph.weights)


def main(checkpoint: str, out: str, version: str, threshold: str, training: str, figures: str) -> None:
    network = Effunet()
    network.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])
    network.eval()
    model = helper.make_model(graph_of(network), opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, {
        "name": "effunet", "version": version, "task": "segmentation", "input.size": "256", "input.layout": "NCHW",
        "input.colour": "RGB", "input.mean": "127.5", "input.scale": "0.00784313725",
        "output": "manipulated-probability", "crop.scale": "1.3", "threshold": threshold, "min_component": "100",
        "training": training, "figures": figures, "licence": LICENCE})
    onnx.checker.check_model(model)
    onnx.save(model, out)
    noise = np.random.default_rng(0).uniform(-1, 1, (2, 3, 256, 256)).astype(np.float32)
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    with torch.no_grad():
        head, mask = network(torch.from_numpy(noise))
        expected = torch.sigmoid(SHARPER * F.interpolate(mask, scale_factor=2, mode="bilinear")) * torch.sigmoid(head)
    difference = np.abs(session.run(None, {"input": noise})[0] - expected.numpy()).max()
    weights = sum(p.numel() for p in network.parameters())
    print(f"{out}: {weights} weights in training; differs from PyTorch by {difference:.1e} at most, for being float16")


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    main(*sys.argv[1:])
