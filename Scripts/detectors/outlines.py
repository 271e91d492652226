"""Regions of faces, laid over them by their five landmarks; soft masks of these regions.

The templates are those of `Sources/Training/Forging/FaceOutline.swift`: the origin between the eyes, one unit across the
distance of the eyes, down that from eyes to mouth divided by 1.15, and a depth, by which an outline turns with its head.
"""

import numpy as np
import torch

from canvas import box_blurred, field, places, sent


def mirrored(template: list) -> list:
    return [(-x, y, depth) for x, y, depth in template]


WHOLE = [
    (-1.15, -0.15, -0.5), (-1.15, 0.35, -0.55), (-1.05, 0.85, -0.45), (-0.85, 1.35, -0.25), (-0.5, 1.75, 0), (0, 1.95, 0.1),
    (0.5, 1.75, 0), (0.85, 1.35, -0.25), (1.05, 0.85, -0.45), (1.15, 0.35, -0.55), (1.15, -0.15, -0.5), (0.8, -0.65, -0.2),
    (0.3, -0.8, 0.05), (-0.3, -0.8, 0.05), (-0.8, -0.65, -0.2)]
INNER = [
    (-0.95, -0.3, -0.25), (-0.9, 0.35, -0.2), (-0.65, 1.1, 0), (-0.4, 1.45, 0.1), (0.4, 1.45, 0.1), (0.65, 1.1, 0),
    (0.9, 0.35, -0.2), (0.95, -0.3, -0.25), (0.45, -0.5, 0.1), (-0.45, -0.5, 0.1)]
LOWER = [
    (-0.35, 0.3, 0.2), (-1, 0.6, -0.4), (-1.0, 0.9, -0.4), (-0.82, 1.35, -0.25), (-0.5, 1.72, 0), (0, 1.9, 0.1),
    (0.5, 1.72, 0), (0.82, 1.35, -0.25), (1.0, 0.9, -0.4), (1, 0.6, -0.4), (0.35, 0.3, 0.2)]
MOUTH = [
    (-0.62, 1.12, 0.1), (-0.4, 0.88, 0.2), (0, 0.82, 0.25), (0.4, 0.88, 0.2), (0.62, 1.12, 0.1), (0.48, 1.45, 0.1),
    (0, 1.6, 0.15), (-0.48, 1.45, 0.1)]
EYE = [
    (-0.95, 0.0, -0.15), (-0.9, -0.35, -0.1), (-0.5, -0.48, 0), (-0.12, -0.32, 0.1), (-0.14, 0.08, 0.1), (-0.45, 0.3, 0),
    (-0.8, 0.22, -0.1)]
NOSE = [
    (-0.14, -0.05, 0.15), (0.14, -0.05, 0.15), (0.4, 0.68, 0.3), (0.2, 0.85, 0.45), (-0.2, 0.85, 0.45), (-0.4, 0.68, 0.3)]
REGIONS = {
    "whole": [WHOLE], "inner": [INNER], "lower": [LOWER], "mouth": [MOUTH], "eyes": [EYE, mirrored(EYE)],
    "components": [EYE, mirrored(EYE), NOSE, MOUTH]}


class Outline:
    """The template's axes in one face. points: (5, 2), left and right eye, nose, corners of the mouth."""

    def __init__(self, points: np.ndarray):
        eyes, mouth = points[:2].mean(0), points[3:].mean(0)
        apart, down = points[1] - points[0], mouth - eyes
        between, height = np.linalg.norm(apart), np.linalg.norm(down)
        # A face seen from the side has its eyes close together; its height then tells its size.
        self.unit = max(between, 0.6 * height, 2)
        self.origin = eyes
        self.across = apart / between * self.unit if between > 1e-6 else np.array([self.unit, 0])
        tall = max(height / 1.15, 0.5 * self.unit)
        self.down = down / height * tall if height > 1e-6 else np.array([0, tall])
        aside = (points[2] - eyes) @ self.across / self.unit**2
        self.turn = np.clip(aside / 0.55, -0.8, 0.8)

    def place(self, template: np.ndarray) -> np.ndarray:
        """(…, 3) to (…, 2)."""
        x, y, depth = np.moveaxis(np.asarray(template, np.float64), -1, 0)
        return self.origin + (x + depth * self.turn)[..., None] * self.across + y[..., None] * self.down

    def polygons(self, region: str, loosened: float, random: np.random.Generator) -> list[np.ndarray]:
        scale, polygons = 1 + loosened * random.uniform(-1, 0.8, 2), []
        for template in REGIONS[region]:
            template = np.array(template, np.float64)
            middle = template[:, 1].mean()
            template[:, 0] = template[:, 0] * scale[0] + 0.5 * loosened * random.normal(size=len(template))
            template[:, 1] = (
                middle + (template[:, 1] - middle) * scale[1] + 0.5 * loosened * random.normal(size=len(template)))
            polygons.append(self.place(template))
        return polygons


def padded(polygons: list[list[np.ndarray]]) -> np.ndarray:
    """(N, P, V, 2): the last point repeated, and far away what is missing."""
    shape = (len(polygons), max(len(some) for some in polygons), max(len(one) for some in polygons for one in some), 2)
    packed = np.full(shape, -1e4, np.float32)
    for row, some in zip(packed, polygons):
        for place, polygon in zip(row, some):
            place[: len(polygon)] = polygon
            place[len(polygon) :] = polygon[-1]
    return packed


def covered(polygons: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
    """(N, 1, H, W): 1 at the places (N, H, W, 2) within any of the polygons (N, P, V, 2), by the even-odd rule."""
    x, y = where[:, None].unbind(-1)
    inside = torch.zeros(where.shape[:-1], dtype=torch.bool, device=where.device)
    for polygon in polygons.unbind(1):
        (x0, y0), (x1, y1) = (some[..., None, None].unbind(2) for some in (polygon, polygon.roll(-1, 1)))
        slope = (x1 - x0) / torch.where(y1 == y0, torch.ones_like(y0), y1 - y0)
        crosses = ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * slope)
        inside |= crosses.sum(1) % 2 == 1
    return inside[:, None].float()


def soft_masks(
    random: np.random.Generator, polygons: list[list[np.ndarray]], side: torch.Tensor, unit: np.ndarray, bend: np.ndarray,
    feather: np.ndarray
) -> torch.Tensor:
    """(N, 1, SIDE, SIDE) in 0…1: the polygons, bent by up to `bend` units, with a border `feather` units wide that lies
    within them (Shiohara, Yamasaki 2022, arXiv:2204.08376)."""
    device = side.device
    where = places(len(polygons), device) + field(random, side, bend * unit)
    mask = covered(sent(padded(polygons), device), where)
    radius = sent((feather * unit / 4).round(), device)
    withdrawn = box_blurred(mask, radius, 2)
    core = (withdrawn > 0.97).float()
    # A narrow part has no core: there the blur itself is the mask.
    hollow = (core.sum((1, 2, 3)) < 0.3 * mask.sum((1, 2, 3))).view(-1, 1, 1, 1)
    soft = box_blurred(torch.where(hollow, ((withdrawn - 0.3) / 0.7).clamp(min=0), core), radius, 2)
    soft = (soft / soft.amax((1, 2, 3), keepdim=True).clamp(min=1e-3)).clamp(max=1)
    return torch.where((radius > 0).view(-1, 1, 1, 1), torch.where(soft < 0.004, torch.zeros_like(soft), soft), mask)
