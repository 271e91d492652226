"""Writes the averaged weights of a checkpoint as the ONNX model that the program reads.

usage: export.py NETWORK CHECKPOINT.pt OUT.onnx VERSION THRESHOLD TRAINING FIGURES

NETWORK is effunet, unet_v1 or unet. TRAINING and FIGURES are the sentences of those names in the model's metadata
(Models/README.md). Checks the file against PyTorch on noise.
"""

import sys

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import helper

import graphs
import networks

LICENCE = (
    "weights by the Unmask project, for non-commercial research, as the photographs and the pictures of public "
    "repositories that they were trained on")
LICENCE_OF_ENCODER = (
    "; the encoder began with EfficientNet-Lite0 (Apache 2.0) trained on ImageNet (non-commercial research)")


def main(name: str, checkpoint: str, out: str, version: str, threshold: str, training: str, figures: str) -> None:
    network = networks.named(name)
    network.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])
    network.eval()
    graph = graphs.of_effunet(network) if name == "effunet" else graphs.of_unet(name, network)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, {
        "name": name, "version": version, "task": "segmentation", "input.size": "256", "input.layout": "NCHW",
        "input.colour": "RGB", "input.mean": "127.5", "input.scale": "0.00784313725",
        "output": "manipulated-probability", "crop.scale": "1.3", "crop.edge": "inside",
        "threshold": threshold, "min_component": "100", "training": training, "figures": figures,
        "licence": LICENCE + (LICENCE_OF_ENCODER if name == "effunet" else "")})
    onnx.checker.check_model(model)
    onnx.save(model, out)
    noise = np.random.default_rng(0).uniform(-1, 1, (2, 3, 256, 256)).astype(np.float32)
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    with torch.no_grad():
        head, mask = network(torch.from_numpy(noise))
        mask = F.interpolate(mask, size=256, mode="bilinear") if mask.shape[-1] != 256 else mask
        expected = torch.sigmoid(graphs.SHARPER * mask) * torch.sigmoid(head)
    difference = np.abs(session.run(None, {"input": noise})[0] - expected.numpy()).max()
    weights = sum(p.numel() for p in network.parameters())
    print(f"{out}: {weights} weights in training; differs from PyTorch by {difference:.1e} at most, for being float16")


if __name__ == "__main__":
    if len(sys.argv) != 8:
        sys.exit(__doc__)
    main(*sys.argv[1:])
