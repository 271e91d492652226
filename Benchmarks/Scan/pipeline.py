"""What a user of Python would write for the same task: OpenCV decodes, MTCNN and the U-Net run in ONNX Runtime.

usage: pipeline.py VIDEO UNET.onnx MTCNN_FOLDER [--fps 3] [--threads 1] [--threshold 0.9] [--min-face 40]

Takes the networks that `unmask` runs, the same sampling, the same pyramid and thresholds, and the same rule for masks.
Prints a JSON object: frames, faces, frames called fake, wall-clock and CPU seconds, and what of the CPU time the
decoding took. Loading the networks is not counted.
"""

import argparse
import json
import resource
import time

import cv2
import numpy as np
import onnxruntime

SHRINK = 0.709
THRESHOLDS = (0.6, 0.7, 0.7)


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def suppress(boxes: np.ndarray, scores: np.ndarray, limit: float, by_smaller: bool = False) -> np.ndarray:
    """The indices that greedy non-maximum suppression keeps."""
    order = np.argsort(-scores)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(best)
        low = np.maximum(boxes[best, :2], boxes[rest, :2])
        high = np.minimum(boxes[best, 2:], boxes[rest, 2:])
        common = np.prod(np.maximum(high - low, 0), axis=1)
        whole = np.minimum(areas[best], areas[rest]) if by_smaller else areas[best] + areas[rest] - common
        order = rest[common <= limit * np.maximum(whole, 1e-9)]
    return np.array(kept, dtype=int)


class FaceDetector:
    """MTCNN as its authors describe it."""

    def __init__(self, folder: str, options: onnxruntime.SessionOptions, min_face: float) -> None:
        self.nets = [
            onnxruntime.InferenceSession(f"{folder}/{name}/model.onnx", options, providers=["CPUExecutionProvider"])
            for name in ("pnet", "rnet", "onet")
        ]
        self.min_face = min_face

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        boxes, scores = self.propose(picture)
        for stage, side in ((1, 24), (2, 48)):
            if len(boxes) == 0:
                return boxes
            boxes = square(boxes)
            crops = np.stack([normal(crop(picture, box, side)) for box in boxes])
            shift, prob = self.nets[stage].run(["box", "prob"], {"input": crops})
            sure = prob[:, 1] >= THRESHOLDS[stage]
            boxes, scores = moved(boxes[sure], shift[sure]), prob[sure, 1]
            boxes = boxes[suppress(boxes, scores, 0.7, by_smaller=stage == 2)]
        return boxes

    def propose(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        height, width = picture.shape[:2]
        scale = 12 / self.min_face
        found_boxes, found_scores = [], []
        while min(height, width) * scale >= 12:
            size = (int(np.ceil(width * scale)), int(np.ceil(height * scale)))
            level = normal(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))[None]
            shift, prob = self.nets[0].run(["box", "prob"], {"input": level})
            rows, columns = np.where(prob[0, 1] >= THRESHOLDS[0])
            if len(rows):
                corner = np.stack([columns, rows], axis=1) * 2.0
                boxes = moved(np.concatenate([corner, corner + 12], axis=1) / scale, shift[0][:, rows, columns].T)
                scores = prob[0, 1, rows, columns]
                kept = suppress(boxes, scores, 0.5)
                found_boxes.append(boxes[kept])
                found_scores.append(scores[kept])
            scale *= SHRINK
        if not found_boxes:
            return np.empty((0, 4)), np.empty(0)
        boxes, scores = np.concatenate(found_boxes), np.concatenate(found_scores)
        kept = suppress(boxes, scores, 0.7)
        return boxes[kept], scores[kept]


def normal(pixels: np.ndarray) -> np.ndarray:
    return ((pixels.astype(np.float32) - 127.5) * 0.0078125).transpose(2, 0, 1)


def moved(boxes: np.ndarray, shift: np.ndarray) -> np.ndarray:
    return boxes + shift * np.tile(boxes[:, 2:] - boxes[:, :2], 2)


def square(boxes: np.ndarray) -> np.ndarray:
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = np.max(boxes[:, 2:] - boxes[:, :2], axis=1, keepdims=True) / 2
    return np.concatenate([middle - half, middle + half], axis=1)


def crop(picture: np.ndarray, box: np.ndarray, side: int) -> np.ndarray:
    left, top, right, bottom = np.round(box).astype(int)
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    height, width = picture.shape[:2]
    margins = (max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width))
    inside = picture[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    if inside.size == 0:
        return np.zeros((side, side, 3), np.uint8)
    if any(margins):
        inside = cv2.copyMakeBorder(inside, *margins, cv2.BORDER_CONSTANT)
    shrinks = inside.shape[0] > side
    return cv2.resize(inside, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


class Segmenter:
    def __init__(self, path: str, options: onnxruntime.SessionOptions, threshold: float) -> None:
        self.net = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.threshold = threshold

    def is_fake(self, picture: np.ndarray, box: np.ndarray) -> bool:
        middle = (box[:2] + box[2:]) / 2
        zoom = 256 / (1.3 * max(box[2:] - box[:2]))
        place = np.float32([[zoom, 0, 128 - zoom * middle[0]], [0, zoom, 128 - zoom * middle[1]]])
        face = cv2.warpAffine(picture, place, (256, 256), flags=cv2.INTER_LINEAR)
        tensor = ((face.astype(np.float32) - 127.5) / 127.5).transpose(2, 0, 1)[None]
        mask = self.net.run(None, {self.net.get_inputs()[0].name: tensor})[0].reshape(256, 256)
        _, _, shapes, _ = cv2.connectedComponentsWithStats((mask > self.threshold).astype(np.uint8), connectivity=8)
        return bool((shapes[1:, cv2.CC_STAT_AREA] > 100).any())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("video")
    parser.add_argument("unet")
    parser.add_argument("mtcnn")
    parser.add_argument("--fps", type=float, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--threshold", type=float, default=0.9)
    parser.add_argument("--min-face", type=float, default=40)
    given = parser.parse_args()
    cv2.setNumThreads(given.threads)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = given.threads
    detector = FaceDetector(given.mtcnn, options, given.min_face)
    segmenter = Segmenter(given.unet, options, given.threshold)
    video = cv2.VideoCapture(given.video)
    began, used, decoding = time.time(), cpu_seconds(), 0.0
    due, frames, faces, fakes = 0.0, 0, 0, 0
    while True:
        before = cpu_seconds()
        is_there, bgr = video.read()
        decoding += cpu_seconds() - before
        if not is_there:
            break
        if video.get(cv2.CAP_PROP_POS_MSEC) / 1000 + 1e-6 < due:
            continue
        due += 1 / given.fps
        frames += 1
        picture = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
        boxes = detector(picture)
        faces += len(boxes)
        fakes += any([segmenter.is_fake(picture, box) for box in boxes])
    print(json.dumps({
        "frames": frames, "faces": faces, "fake_frames": fakes, "wall_s": round(time.time() - began, 3),
        "cpu_s": round(cpu_seconds() - used, 3), "decode_cpu_s": round(decoding, 3)}))  # fmt: skip


if __name__ == "__main__":
    main()
