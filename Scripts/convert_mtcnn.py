"""Turns the MTCNN weights inside the PyPI wheel `mtcnn` 1.0.0 (MIT) into three ONNX files with golden vectors.

usage: convert_mtcnn.py WHEEL PHOTOGRAPH DIRECTORY

Writes DIRECTORY/{pnet,rnet,onet}/model.onnx and, beside each, test_data_set_0/ with an input cut from PHOTOGRAPH
(512x512 RGB, skimage's astronaut.png) and the outputs of a plain numpy forward pass in float64 that shares nothing
with the ONNX graphs but the raw arrays. An engine that agrees with it does so to within 1e-4.

The weights lie in LZ4 frames around a pickle. The pickle is never loaded: its arrays are found by their known byte
offsets, and every assumption about the file is checked.
"""

import hashlib
import os
import subprocess
import sys
import zipfile

import lz4.frame
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Per net: side of the input (0: any), compressed and unpacked bytes, the convolutions (kernel, in, out) each followed
# by its max-pool (size, stride 2) if any, the hidden layer (in, out) if any, the heads in the file's order, and the
# offset of each array in the unpacked bytes (weights, bias and slopes per layer, weights and bias per head).
NETS = {
    "pnet": dict(
        side=0, packed=27119, unpacked=27450,
        convolutions=[(3, 3, 10, 2), (3, 10, 16, 0), (3, 16, 32, 0)], hidden=None,
        heads=[("box", 4), ("prob", 2)],
        offsets=[240, 1376, 1472, 1568, 7376, 7504, 7632, 26112, 26304, 26496, 27056, 27136, 27440],
    ),
    "rnet": dict(
        side=24, packed=401659, unpacked=401770,
        convolutions=[(3, 3, 28, 3), (3, 28, 48, 3), (2, 48, 64, 0)], hidden=(576, 128),
        heads=[("box", 4), ("prob", 2)],
        offsets=[240, 3312, 3488, 3664, 52096, 52352, 52608, 101808, 102128, 102448, 397408, 397968, 398528, 400624,
                 400688, 401760],
    ),
    "onet": dict(
        side=48, packed=1557637, unpacked=1557530,
        convolutions=[(3, 3, 32, 3), (3, 32, 64, 3), (3, 64, 64, 2), (2, 64, 128, 0)], hidden=(1152, 256),
        heads=[("box", 4), ("landmarks", 10), ("prob", 2)],
        offsets=[240, 3744, 3936, 4128, 77904, 78224, 78544, 226048, 226368, 226688, 357808, 358384, 358960, 1538656,
                 1539728, 1540816, 1544960, 1545040, 1555328, 1555424, 1557520],
    ),
}

MEAN, SCALE = 127.5, 0.0078125


# Reading the arrays


def shapes(net: dict) -> list[tuple[int, ...]]:
    """The shapes of a net's arrays in the order of the file. Kernels are (row, column, in, out), dense (in, out)."""
    found: list[tuple[int, ...]] = []
    features = 0
    for kernel, inputs, features, _ in net["convolutions"]:
        found += [(kernel, kernel, inputs, features), (features,), (features,)]
    if net["hidden"]:
        inputs, features = net["hidden"]
        found += [(inputs, features), (features,), (features,)]
    for _, outputs in net["heads"]:
        found += [(features, outputs) if net["hidden"] else (1, 1, features, outputs), (outputs,)]
    return found


def arrays(archive: zipfile.ZipFile, name: str) -> list[np.ndarray]:
    net = NETS[name]
    packed = archive.read(f"mtcnn/assets/weights/{name}.lz4")
    check(len(packed) == net["packed"], f"{name}.lz4 has {len(packed)} bytes, expected {net['packed']}")
    content = lz4.frame.decompress(packed)
    check(len(content) == net["unpacked"], f"{name}.lz4 unpacks to {len(content)} bytes, expected {net['unpacked']}")
    wanted = shapes(net)
    check(len(wanted) == len(net["offsets"]), f"{name}: {len(net['offsets'])} offsets for {len(wanted)} arrays")
    found, end = [], 0
    for index, (shape, start) in enumerate(zip(wanted, net["offsets"])):
        # Before the data stand one byte n (1 to 16) and n bytes 0xFF that bring the data to a 16-byte boundary.
        padded = any(content[start - 1 - n:start] == bytes([n]) + b"\xff" * n for n in range(1, 17))
        check(start >= end and start % 16 == 0 and padded, f"{name}: array {index} does not begin at {start}")
        end = start + 4 * int(np.prod(shape))
        check(end <= len(content), f"{name}: array {index} {shape} reaches beyond the end of the file")
        values = np.frombuffer(content, "<f4", int(np.prod(shape)), start).reshape(shape)
        sane = bool(np.isfinite(values).all()) and float(np.abs(values).max()) < 100
        check(sane, f"{name}: array {index} does not look like weights")
        found.append(values)
    return found


def check(holds: bool, otherwise: str) -> None:
    if not holds:
        sys.exit(f"set-up: {otherwise}; the wheel is not the one this converter knows")


# Writing ONNX


def graph(name: str, values: list[np.ndarray]) -> onnx.GraphProto:
    net, nodes, initialisers, rest = NETS[name], [], [], iter(values)

    def stored(label: str, array: np.ndarray) -> str:
        initialisers.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=np.float32), label))
        return label

    def add(kind: str, inputs: list[str], output: str, **attributes) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    x = "input"
    for i, (kernel, _, _, pool) in enumerate(net["convolutions"], start=1):
        w, b, slopes = next(rest), next(rest), next(rest)
        x = add("Conv", [x, stored(f"conv{i}.weight", w.transpose(3, 2, 0, 1)), stored(f"conv{i}.bias", b)],
                f"conv{i}", kernel_shape=[kernel, kernel])
        x = add("PRelu", [x, stored(f"prelu{i}.slope", slopes.reshape(-1, 1, 1))], f"prelu{i}")
        if pool:
            # Caffe's rounding, with which the weights were trained: the last window may hang over the edge.
            x = add("MaxPool", [x], f"pool{i}", kernel_shape=[pool, pool], strides=[2, 2], ceil_mode=1)
    if net["hidden"]:
        w, b, slopes = next(rest), next(rest), next(rest)
        # The hidden layer counts its inputs with the width slowest and the channel fastest.
        x = add("Transpose", [x], "columns", perm=[0, 3, 2, 1])
        x = add("Flatten", [x], "flat", axis=1)
        x = add("Gemm", [x, stored("hidden.weight", w), stored("hidden.bias", b)], "hidden")
        x = add("PRelu", [x, stored("hidden.slope", slopes)], "features")
    for head, _ in net["heads"]:
        w, b = next(rest), next(rest)
        output = f"{head}.logits" if head == "prob" else head
        if net["hidden"]:
            add("Gemm", [x, stored(f"{head}.weight", w), stored(f"{head}.bias", b)], output)
        else:
            add("Conv", [x, stored(f"{head}.weight", w.transpose(3, 2, 0, 1)), stored(f"{head}.bias", b)], output,
                kernel_shape=[1, 1])
        if head == "prob":
            add("Softmax", [output], head, axis=1)

    height, width = (net["side"], net["side"]) if net["side"] else ("H", "W")
    outputs = [
        helper.make_tensor_value_info(
            head, TensorProto.FLOAT, ["N", size] if net["hidden"] else ["N", size, "h", "w"])
        for head, size in net["heads"]
    ]
    return helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, height, width])], outputs,
        initialisers)


def model(name: str, values: list[np.ndarray], wheel_sha256: str) -> onnx.ModelProto:
    made = helper.make_model(graph(name, values), opset_imports=[helper.make_opsetid("", 13)], ir_version=7,
                             producer_name="convert_mtcnn")
    helper.set_model_props(made, {
        "name": f"mtcnn.{name}",
        "version": "1.0.0",
        "task": "face-detection",
        "input.size": str(NETS[name]["side"] or "any, 12 at least"),
        "input.layout": "NCHW",
        "input.colour": "RGB",
        "input.mean": str(MEAN),
        "input.scale": str(SCALE),
        "output": ", ".join(head for head, _ in NETS[name]["heads"]) + "; prob[1] is the probability of a face",
        "licence": "MIT",
        "source": "PyPI wheel mtcnn 1.0.0",
        "source.sha256": wheel_sha256,
    })
    onnx.checker.check_model(made)
    return made


# The independent forward pass, in (N, H, W, C) and float64


def convolve(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    k = w.shape[0]
    height, width = x.shape[1] - k + 1, x.shape[2] - k + 1
    return b + sum(
        x[:, r:r + height, c:c + width] @ w[r, c] for r in range(k) for c in range(k))


def pooled(x: np.ndarray, size: int) -> np.ndarray:
    def steps(length: int) -> int:
        return -(-(length - size) // 2) + 1

    height, width = steps(x.shape[1]), steps(x.shape[2])
    room = np.full((x.shape[0], 2 * height + size, 2 * width + size, x.shape[3]), -np.inf)
    room[:, :x.shape[1], :x.shape[2]] = x
    return np.max(
        [room[:, r:r + 2 * height:2, c:c + 2 * width:2] for r in range(size) for c in range(size)], axis=0)


def prelu(x: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, x * slopes)


def forward(name: str, values: list[np.ndarray], planar: np.ndarray) -> list[np.ndarray]:
    net, rest = NETS[name], (v.astype(np.float64) for v in values)
    x = planar.astype(np.float64).transpose(0, 2, 3, 1)
    for *_, pool in net["convolutions"]:
        x = prelu(convolve(x, next(rest), next(rest)), next(rest))
        if pool:
            x = pooled(x, pool)
    if net["hidden"]:
        x = prelu(x.transpose(0, 2, 1, 3).reshape(len(x), -1) @ next(rest) + next(rest), next(rest))
    found = []
    for head, _ in net["heads"]:
        w, b = next(rest), next(rest)
        y = x @ (w if net["hidden"] else w[0, 0]) + b
        if head == "prob":
            y = np.exp(y - y.max(axis=-1, keepdims=True))
            y /= y.sum(axis=-1, keepdims=True)
        found.append(y if net["hidden"] else y.transpose(0, 3, 1, 2))
    return [y.astype(np.float32) for y in found]


# Golden vectors


def photograph(path: str) -> np.ndarray:
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], check=True,
        stdout=subprocess.PIPE).stdout
    check(len(raw) == 512 * 512 * 3, f"{path} is not a picture of 512x512 pixels")
    return np.frombuffer(raw, np.uint8).reshape(512, 512, 3)


def cut(picture: np.ndarray, left: int, top: int, width: int, height: int, shrink: int) -> np.ndarray:
    """A part of the picture, shrunk by averaging squares of `shrink` pixels, normalised, as (3, height, width)."""
    part = picture[top:top + height * shrink, left:left + width * shrink].astype(np.float64)
    part = part.reshape(height, shrink, width, shrink, 3).mean(axis=(1, 3))
    return ((part - MEAN) * SCALE).astype(np.float32).transpose(2, 0, 1)


def golden_input(name: str, picture: np.ndarray) -> np.ndarray:
    if name == "pnet":  # head and shoulders, so small that the face has about 12 pixels; an odd width on purpose
        return cut(picture, 96, 16, 37, 30, 8)[None]
    side = NETS[name]["side"]
    shrink = 96 // side  # squares of 96 pixels: the face, the face off centre, the model of the shuttle
    return np.stack([cut(picture, left, top, side, side, shrink) for left, top in [(174, 68), (190, 84), (380, 120)]])


def write_tensor(path: str, name: str, values: np.ndarray) -> None:
    with open(path, "wb") as file:
        file.write(numpy_helper.from_array(np.ascontiguousarray(values), name).SerializeToString())


def main(wheel: str, picture_path: str, directory: str) -> None:
    with open(wheel, "rb") as file:
        wheel_sha256 = hashlib.sha256(file.read()).hexdigest()
    picture = photograph(picture_path)
    with zipfile.ZipFile(wheel) as archive:
        for name, net in NETS.items():
            values = arrays(archive, name)
            planar = golden_input(name, picture)
            outputs = forward(name, values, planar)
            faces = outputs[-1].reshape(len(planar), 2, -1)[:, 1].max(axis=1)
            told_apart = faces[0] > 0.9 and (name == "pnet" or faces[-1] < 0.1)
            check(told_apart, f"{name} does not see the face in {picture_path}")
            data = os.path.join(directory, name, "test_data_set_0")
            os.makedirs(data, exist_ok=True)
            write_tensor(os.path.join(data, "input_0.pb"), "input", planar)
            for index, ((head, _), values_of_head) in enumerate(zip(net["heads"], outputs)):
                write_tensor(os.path.join(data, f"output_{index}.pb"), head, values_of_head)
            onnx.save(model(name, values, wheel_sha256), os.path.join(directory, name, "model.onnx"))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
