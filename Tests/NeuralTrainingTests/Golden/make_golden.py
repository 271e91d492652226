#!/usr/bin/python3
"""Writes what PyTorch says of gradients, losses and optimisers, as small JSON files beside this script.

Needs Debian's python3-torch (1.13) and python3-onnx. Everything is drawn from one seed, so that a second run writes
the same bytes. Tensors are {"shape": [...], "values": base64 of little-endian float32}.

    ./make_golden.py
"""
import base64
import io
import json
import pathlib

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper
import torch
import torch.nn as nn
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).parent
random = numpy.random.default_rng(20260607)


def draw(*shape):
    """Values in -1...1 in steps of 1/1024, none equal to another's neighbour by chance: maxima are unique enough."""
    return (random.integers(-1024, 1025, shape) / 1024).astype(numpy.float32)


def packed(values):
    array = numpy.ascontiguousarray(values.detach().numpy() if torch.is_tensor(values) else values, "<f4")
    return {"shape": list(array.shape), "values": base64.b64encode(array.tobytes()).decode()}


def write(name, content):
    (FOLDER / f"{name}.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


def operator(name, op, inputs, parameters, function, constants=None, opset=17, **attributes):
    """One node `op`, run by our engine, and `function` of the same tensors, differentiated by PyTorch."""
    operands = list(inputs) + list(parameters)
    names = [f"x{i}" for i in range(len(inputs))] + [f"p{i}" for i in range(len(parameters))]
    tensors = [torch.from_numpy(v.copy()).requires_grad_() for v in operands]
    result = function(*tensors)
    direction = torch.from_numpy(draw(*result.shape))
    (result * direction).sum().backward()
    extra = constants or []
    initializers = [onnx.numpy_helper.from_array(v, n) for v, n in zip(parameters, names[len(inputs):])]
    initializers += [onnx.numpy_helper.from_array(v, n) for n, v in extra if v is not None]
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node(op, names + [n if v is not None else "" for n, v in extra], ["y"], **attributes)],
        name,
        [onnx.helper.make_tensor_value_info(n, 1, list(v.shape)) for n, v in zip(names, inputs)],
        [onnx.helper.make_tensor_value_info("y", 1, list(result.shape))],
        initializers,
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model)
    write(f"operator-{name}", {
        "model": base64.b64encode(model.SerializeToString()).decode(),
        "inputs": {n: packed(v) for n, v in zip(names, inputs)},
        "result": packed(result),
        "direction": packed(direction),
        "gradients": {n: packed(t.grad) for n, t in zip(names, tensors)},
    })


def operators():
    window = dict(kernel_shape=[3, 3])
    operator("conv", "Conv", [draw(2, 3, 7, 6)], [draw(4, 3, 3, 3), draw(4)],
             lambda x, w, b: F.conv2d(x, w, b, padding=1), pads=[1, 1, 1, 1], **window)
    operator("conv-strided", "Conv", [draw(3, 4, 9, 8)], [draw(6, 2, 3, 2)],
             lambda x, w: F.conv2d(x, w, None, stride=(2, 3), padding=(2, 1), dilation=(2, 1), groups=2),
             strides=[2, 3], pads=[2, 1, 2, 1], dilations=[2, 1], group=2, kernel_shape=[3, 2])
    operator("conv-depthwise", "Conv", [draw(2, 5, 6, 7)], [draw(5, 1, 3, 3), draw(5)],
             lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1, groups=5), strides=[2, 2], pads=[1, 1, 1, 1],
             group=5, **window)
    operator("conv-pointwise", "Conv", [draw(5, 3, 3, 5)], [draw(2, 3, 1, 1), draw(2)], F.conv2d, kernel_shape=[1, 1])
    operator("conv-transpose", "ConvTranspose", [draw(2, 3, 4, 5)], [draw(3, 2, 2, 2), draw(2)],
             lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2), strides=[2, 2], kernel_shape=[2, 2])
    operator("conv-transpose-odd", "ConvTranspose", [draw(2, 4, 3, 4)], [draw(4, 3, 3, 3)],
             lambda x, w: F.conv_transpose2d(x, w, None, stride=2, padding=1, output_padding=1, groups=2),
             strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1], group=2, **window)
    operator("gemm", "Gemm", [draw(3, 5)], [draw(4, 5), draw(4)], F.linear, transB=1)
    operator("gemm-transposed", "Gemm", [draw(5, 3)], [draw(5, 4), draw(3, 1)],
             lambda a, b, c: 0.5 * (a.T @ b) + 2 * c, transA=1, alpha=0.5, beta=2.0)
    operator("matmul", "MatMul", [draw(2, 3, 4)], [draw(4, 5)], torch.matmul)
    operator("max-pool", "MaxPool", [draw(2, 3, 7, 8)], [], lambda x: F.max_pool2d(x, 3, 2, 1), strides=[2, 2],
             pads=[1, 1, 1, 1], **window)
    operator("max-pool-halving", "MaxPool", [draw(2, 3, 6, 8)], [], lambda x: F.max_pool2d(x, 2), strides=[2, 2],
             kernel_shape=[2, 2])
    operator("average-pool", "AveragePool", [draw(2, 3, 7, 8)], [],
             lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), strides=[2, 2], pads=[1, 1, 1, 1], **window)
    operator("average-pool-padded", "AveragePool", [draw(1, 2, 5, 6)], [],
             lambda x: F.avg_pool2d(x, 2, 1, 1, count_include_pad=True), pads=[1, 1, 1, 1], kernel_shape=[2, 2],
             count_include_pad=1)
    operator("global-average-pool", "GlobalAveragePool", [draw(2, 3, 5, 4)], [],
             lambda x: x.mean((2, 3), keepdim=True))
    for name, op, function in [("relu", "Relu", F.relu), ("sigmoid", "Sigmoid", torch.sigmoid),
                               ("tanh", "Tanh", torch.tanh), ("exp", "Exp", torch.exp)]:
        operator(name, op, [draw(3, 5, 3)], [], function)
    operator("leaky-relu", "LeakyRelu", [draw(3, 7)], [], lambda x: F.leaky_relu(x, 0.2), alpha=0.2)
    operator("prelu", "PRelu", [draw(2, 3, 4, 3)], [draw(3, 1, 1)], lambda x, s: F.prelu(x, s.flatten()))
    operator("clip", "Clip", [draw(4, 9)], [], lambda x: F.hardtanh(x, -0.25, 0.5),
             [("low", numpy.float32(-0.25)), ("high", numpy.float32(0.5))])
    operator("softmax", "Softmax", [draw(3, 5, 2)], [], lambda x: torch.softmax(x, 1), axis=1)
    operator("log-softmax", "LogSoftmax", [draw(4, 5)], [], lambda x: torch.log_softmax(x, -1), axis=-1)
    operator("add", "Add", [draw(2, 3, 4), draw(3, 1)], [], torch.add)
    operator("sub", "Sub", [draw(2, 1, 4), draw(2, 3, 4)], [], torch.sub)
    operator("mul", "Mul", [draw(2, 3, 4), draw(1, 3, 1)], [], torch.mul)
    operator("div", "Div", [draw(2, 3), draw(3) + 2], [], torch.div)
    operator("concat", "Concat", [draw(2, 3, 4), draw(2, 1, 4), draw(2, 2, 4)], [],
             lambda *parts: torch.cat(parts, 1), axis=1)
    operator("resize-nearest", "Resize", [draw(2, 3, 3, 4)], [], lambda x: F.interpolate(x, scale_factor=2),
             [("roi", None), ("scales", numpy.array([1, 1, 2, 2], numpy.float32))], mode="nearest",
             coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    operator("resize-linear", "Resize", [draw(2, 2, 4, 3)], [],
             lambda x: F.interpolate(x, size=(7, 5), mode="bilinear", align_corners=False),
             [("roi", None), ("scales", None), ("sizes", numpy.array([2, 2, 7, 5], numpy.int64))], mode="linear",
             coordinate_transformation_mode="half_pixel")
    operator("resize-shrinking", "Resize", [draw(1, 2, 7, 8)], [],
             lambda x: F.interpolate(x, size=(3, 4), mode="bilinear", align_corners=True),
             [("roi", None), ("scales", None), ("sizes", numpy.array([1, 2, 3, 4], numpy.int64))], mode="linear",
             coordinate_transformation_mode="align_corners")
    operator("pad", "Pad", [draw(2, 3, 4)], [], lambda x: F.pad(x, (1, 2, 0, 3), value=0.5),
             [("pads", numpy.array([0, 0, 1, 0, 3, 2], numpy.int64)), ("value", numpy.float32(0.5))])
    operator("pad-reflect", "Pad", [draw(1, 2, 4, 5)], [], lambda x: F.pad(x, (2, 1, 1, 2), mode="reflect"),
             [("pads", numpy.array([0, 0, 1, 2, 0, 0, 2, 1], numpy.int64))], mode="reflect")
    operator("transpose", "Transpose", [draw(2, 3, 4)], [], lambda x: x.permute(2, 0, 1), perm=[2, 0, 1])
    operator("flatten", "Flatten", [draw(2, 3, 4)], [], lambda x: x.flatten(1), axis=1)
    operator("reshape", "Reshape", [draw(2, 3, 4)], [], lambda x: x.reshape(4, 6),
             [("target", numpy.array([4, -1], numpy.int64))])
    operator("slice", "Slice", [draw(3, 7)], [], lambda x: x[:, 1:6:2],
             [("starts", numpy.array([1], numpy.int64)), ("ends", numpy.array([6], numpy.int64)),
              ("axes", numpy.array([1], numpy.int64)), ("steps", numpy.array([2], numpy.int64))])
    operator("reduce-mean", "ReduceMean", [draw(2, 3, 4)], [], lambda x: x.mean((0, 2)), axes=[0, 2], keepdims=0)
    operator("reduce-sum", "ReduceSum", [draw(2, 3, 4)], [], lambda x: x.sum(1, keepdim=True),
             [("axes", numpy.array([1], numpy.int64))], keepdims=1)


def batch_norm():
    """With the running statistics after one step, and with a rectifier behind it."""
    for name, rectified in [("batch-norm", False), ("batch-norm-relu", True)]:
        x, scale, bias = draw(3, 4, 5, 3), draw(4), draw(4)
        mean, variance = draw(4), numpy.abs(draw(4)) + 0.5
        tensors = [torch.from_numpy(v.copy()).requires_grad_() for v in (x, scale, bias)]
        means, variances = torch.from_numpy(mean.copy()), torch.from_numpy(variance.copy())
        result = F.batch_norm(tensors[0], means, variances, tensors[1], tensors[2], True, 0.1, 1e-5)
        if rectified:
            result = F.relu(result)
        direction = torch.from_numpy(draw(*x.shape))
        (result * direction).sum().backward()
        nodes = [onnx.helper.make_node("BatchNormalization", ["x0", "p0", "p1", "mean", "variance"],
                                       ["n" if rectified else "y"])]
        if rectified:
            nodes.append(onnx.helper.make_node("Relu", ["n"], ["y"]))
        graph = onnx.helper.make_graph(
            nodes, name, [onnx.helper.make_tensor_value_info("x0", 1, list(x.shape))],
            [onnx.helper.make_tensor_value_info("y", 1, list(x.shape))],
            [onnx.numpy_helper.from_array(v, n)
             for v, n in [(scale, "p0"), (bias, "p1"), (mean, "mean"), (variance, "variance")]])
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
        write(f"operator-{name}", {
            "model": base64.b64encode(model.SerializeToString()).decode(),
            "inputs": {"x0": packed(x)}, "result": packed(result), "direction": packed(direction),
            "gradients": {n: packed(t.grad) for n, t in zip(["x0", "p0", "p1"], tensors)},
            "buffers": {"mean": packed(means), "variance": packed(variances)},
        })


class UNet(nn.Module):
    """The classical U-Net of this project, small."""

    def __init__(self, base, levels):
        super().__init__()
        features = [base * 2 ** level for level in range(levels)]
        self.enc = nn.ModuleList([block(3 if i == 0 else features[i - 1], features[i]) for i in range(levels)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(features[i + 1], features[i], 2, 2) for i in range(levels - 1)])
        self.dec = nn.ModuleList([block(2 * features[i], features[i]) for i in range(levels - 1)])
        self.head = nn.Conv2d(base, 1, 1)

    def forward(self, x):
        skips = []
        for i, encoder in enumerate(self.enc):
            x = encoder(x)
            if i < len(self.enc) - 1:
                skips.append(x)
                x = F.max_pool2d(x, 2)
        for i in reversed(range(len(self.up))):
            x = self.dec[i](torch.cat([skips[i], self.up[i](x)], 1))
        return self.head(x)


def block(inputs, outputs):
    def layer(i):
        return [nn.Conv2d(i, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layer(inputs), *layer(outputs))


def unet():
    """The first ten losses of a small U-Net: BCE - ln(Dice), smoothing 1 over the batch, Adam, one batch throughout."""
    torch.manual_seed(20260607)
    net = UNet(3, 3)
    images = torch.from_numpy(draw(3, 3, 16, 12))
    masks = (images.mean(1, keepdim=True) > 0.1).float()
    file = io.BytesIO()
    torch.onnx.export(net, images, file, input_names=["input"], output_names=["logits"], opset_version=13,
                      training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False)
    net.load_state_dict({k: v for k, v in net.state_dict().items()})
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
    start = {n: p.detach().clone() for n, p in net.named_parameters()}
    model = onnx.load_model_from_string(file.getvalue())
    for tensor in model.graph.initializer:
        if tensor.name.endswith("running_mean") or tensor.name.endswith("running_var"):
            value = numpy.zeros if tensor.name.endswith("mean") else numpy.ones
            tensor.CopyFrom(onnx.numpy_helper.from_array(value(tensor.dims, numpy.float32), tensor.name))
        elif tensor.name in start:
            assert numpy.array_equal(onnx.numpy_helper.to_array(tensor), start[tensor.name].numpy())
    del model.graph.value_info[:]
    for node in model.graph.node:
        node.doc_string = ""
    optimizer = torch.optim.Adam(net.parameters(), 1e-2)
    losses, first = [], None
    net.train()
    for _ in range(10):
        logits = net(images)
        p = logits.sigmoid()
        loss = F.binary_cross_entropy_with_logits(logits, masks) - torch.log(
            (2 * (p * masks).sum() + 1) / (p.sum() + masks.sum() + 1))
        optimizer.zero_grad()
        loss.backward()
        if first is None:
            first = {n: packed(q.grad) for n, q in net.named_parameters() if n in ("enc.0.0.weight", "up.0.bias")}
        optimizer.step()
        losses.append(float(loss.detach().double()))
    write("unet", {
        "model": base64.b64encode(model.SerializeToString()).decode(), "images": packed(images), "masks": packed(masks),
        "losses": losses, "gradients": first,
        "running": {n: packed(b) for n, b in net.named_buffers() if n in ("enc.2.4.running_mean", "dec.0.1.running_var")},
    })


def optimizers():
    """Seven parameters after five steps along given gradients."""
    start, gradients = draw(7), [draw(7) for _ in range(5)]
    makers = {
        "adam": lambda p: torch.optim.Adam(p, 0.1, weight_decay=0.2),
        "adamW": lambda p: torch.optim.AdamW(p, 0.1, weight_decay=0.2, betas=(0.8, 0.95)),
        "sgd": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.2),
        "nesterov": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True),
    }
    after = {}
    for name, maker in makers.items():
        parameter = torch.from_numpy(start.copy()).requires_grad_()
        optimizer = maker([parameter])
        for gradient in gradients:
            parameter.grad = torch.from_numpy(gradient.copy())
            optimizer.step()
        after[name] = packed(parameter)
    write("optimizers", {"start": packed(start), "gradients": [packed(g) for g in gradients], "after": after})


def losses():
    """Values and gradients of the losses."""
    logits, targets = draw(3, 1, 4, 5) * 6, (draw(3, 1, 4, 5) > 0.2).astype(numpy.float32)
    targets[1] = 0
    content = {"logits": packed(logits), "targets": packed(targets)}

    def take(name, function, *values):
        tensors = [torch.from_numpy(v.copy()).requires_grad_() for v in values]
        value = function(*tensors)
        value.backward()
        content[name] = {"value": float(value.detach().double()), "gradients": [packed(t.grad) for t in tensors]}

    t = torch.from_numpy(targets)

    def segmentation(z, axes, smoothing=1.0):
        p = z.sigmoid()
        dice = (2 * (p * t).sum(axes) + smoothing) / (p.sum(axes) + t.sum(axes) + smoothing)
        return F.binary_cross_entropy_with_logits(z, t) - torch.log(dice).mean()

    take("batch", lambda z: segmentation(z, (0, 1, 2, 3)), logits)
    take("sample", lambda z: segmentation(z, (1, 2, 3), 0.5), logits)
    weights = torch.tensor([0.5, 2.0, 1.0]).reshape(3, 1, 1, 1)
    take("weighted", lambda z: F.binary_cross_entropy_with_logits(z, t, weights), logits)
    labels = torch.tensor([1, 0, 4])
    classes = draw(3, 5) * 4
    content["classes"] = packed(classes)
    content["labels"] = labels.tolist()
    take("classes-loss", lambda z: F.cross_entropy(z, labels), classes)
    take("squared", lambda x: F.mse_loss(x, t), logits)
    means, variances = draw(3, 4), draw(3, 4)
    content["means"], content["logVariances"] = packed(means), packed(variances)
    take("divergence", lambda m, v: -0.5 * (1 + v - m * m - v.exp()).sum() / 3, means, variances)
    write("losses", content)


torch.use_deterministic_algorithms(True)
torch.set_num_threads(1)
operators()
batch_norm()
unet()
optimizers()
losses()
