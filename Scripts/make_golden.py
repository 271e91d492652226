"""Makes the golden vectors of a segmentation model: the face of skimage's astronaut.png, forged a little, and its mask.

usage: make_golden.py PHOTOGRAPH MODEL_DIRECTORY

Run by hand when a model changes, in an environment with onnx and numpy; its output is committed.
Reads MODEL_DIRECTORY/model.onnx, its input size, normalisation and crop margin from its metadata, and writes
MODEL_DIRECTORY/test_data_set_0/{input_0,output_0}.pb (ONNX TensorProto files, float32).

The input is a square of crop.scale times the longer side of the face's box around the box's centre, sampled
bilinearly at pixel centres and rounded to whole grey levels before it is normalised. Within an ellipse it is mirrored
and brighter: of an honest face a mask is hardly more than nothing, and would prove little.
The mask is computed by ONNX' own reference evaluator, whose sigmoid is exact where others' are approximate.
Tolerance: engines that sum in another order agree to within 1e-3 of a probability everywhere.
"""

import os
import subprocess
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

FACE = (179, 63, 265, 173)  # left, top, right, bottom


def photograph(path: str) -> np.ndarray:
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], check=True,
        stdout=subprocess.PIPE).stdout
    return np.frombuffer(raw, np.uint8).reshape(512, 512, 3).astype(np.float64)


def crop(picture: np.ndarray, scale: float, size: int) -> np.ndarray:
    left, top, right, bottom = FACE
    side = scale * max(right - left, bottom - top)

    def positions(centre: float) -> tuple[np.ndarray, np.ndarray]:
        at = centre - side / 2 + (np.arange(size) + 0.5) * side / size - 0.5
        low = np.floor(at).astype(int)
        return low, at - low

    x, fx = positions((left + right) / 2)
    y, fy = positions((top + bottom) / 2)
    fx, fy = fx[None, :, None], fy[:, None, None]
    upper = picture[y][:, x] * (1 - fx) + picture[y][:, x + 1] * fx
    lower = picture[y + 1][:, x] * (1 - fx) + picture[y + 1][:, x + 1] * fx
    return np.rint(upper * (1 - fy) + lower * fy)


def forged(grey: np.ndarray) -> np.ndarray:
    y, x = np.mgrid[-1 : 1 : grey.shape[0] * 1j, -1 : 1 : grey.shape[1] * 1j]
    inside = (x / 0.5) ** 2 + (y / 0.6) ** 2 < 1
    return np.where(inside[..., None], np.minimum(grey[:, ::-1] + 14, 255), grey)


def write_tensor(path: str, name: str, values: np.ndarray) -> None:
    with open(path, "wb") as file:
        file.write(numpy_helper.from_array(np.ascontiguousarray(values), name).SerializeToString())


def main(picture: str, directory: str) -> None:
    path = os.path.join(directory, "model.onnx")
    facts = {p.key: p.value for p in onnx.load(path).metadata_props}
    grey = forged(crop(photograph(picture), float(facts["crop.scale"]), int(facts["input.size"])))
    planar = ((grey - float(facts["input.mean"])) * float(facts["input.scale"])).astype(np.float32).transpose(2, 0, 1)[None]
    network = ReferenceEvaluator(path)
    (mask,) = network.run(None, {network.input_names[0]: planar})
    data = os.path.join(directory, "test_data_set_0")
    os.makedirs(data, exist_ok=True)
    write_tensor(os.path.join(data, "input_0.pb"), network.input_names[0], planar)
    write_tensor(os.path.join(data, "output_0.pb"), network.output_names[0], mask)
    print(f"{path}: mask from {mask.min():.4f} to {mask.max():.4f}, mean {mask.mean():.4f}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
