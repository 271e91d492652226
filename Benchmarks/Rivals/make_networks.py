"""Writes the two U-Nets of the speed tables, with random weights, as ONNX files.

usage: make_networks.py FOLDER   ->  FOLDER/unet.onnx (32 features, 5 levels), FOLDER/unet_v1.onnx (16, 6)
"""
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Builder:
    def __init__(self, seed=1):
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights = [], []

    def constant(self, *shape, deviation):
        name = f"w{len(self.weights)}"
        values = self.random.normal(0, deviation, shape).astype(np.float32)
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def node(self, operation, *inputs, **attributes):
        name = f"{operation.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], name, **attributes))
        return name

    def convolution(self, value, inputs, outputs, size):
        weights = self.constant(outputs, inputs, size, size, deviation=(2 / (inputs * size * size)) ** 0.5)
        bias = self.constant(outputs, deviation=0.01)
        return self.node("Conv", value, weights, bias, kernel_shape=[size] * 2, pads=[size // 2] * 4)

    def block(self, value, inputs, outputs):
        for channels in (inputs, outputs):
            value = self.node("Relu", self.convolution(value, channels, outputs, 3))
        return value

    def widened(self, value, inputs, outputs):
        weights = self.constant(inputs, outputs, 2, 2, deviation=inputs**-0.5)
        bias = self.constant(outputs, deviation=0.01)
        return self.node("ConvTranspose", value, weights, bias, kernel_shape=[2, 2], strides=[2, 2])


def unet(features, levels, side=256):
    builder = Builder()
    widths = [features << level for level in range(levels)]
    value, channels, skips = "input", 3, []
    for level, width in enumerate(widths):
        if level:
            skips.append(value)
            value = builder.node("MaxPool", value, kernel_shape=[2, 2], strides=[2, 2])
        value = builder.block(value, channels, width)
        channels = width
    for width, skip in zip(reversed(widths[:-1]), reversed(skips)):
        joined = builder.node("Concat", skip, builder.widened(value, channels, width), axis=1)
        value, channels = builder.block(joined, 2 * width, width), width
    builder.nodes.append(helper.make_node("Sigmoid", [builder.convolution(value, channels, 1, 1)], ["mask"]))
    image = lambda name, planes: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", planes, side, side])
    graph = helper.make_graph(builder.nodes, "unet", [image("input", 3)], [image("mask", 1)], builder.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(unet(32, 5), folder / "unet.onnx")
    onnx.save(unet(16, 6), folder / "unet_v1.onnx")
