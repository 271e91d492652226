"""Which part of a face's square is looked at.

A face is kept as the square of MARGIN times the longer side of its box, around the box's middle. Places in it are told in
sides of the square.
"""

import numpy as np

from canvas import SIDE

MARGIN = 1.6
# Side of the square that the program cuts, over the longer side of the box.
CROP = 1.3


def held_inside(centre: np.ndarray, width: np.ndarray, inner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Squares (centres (N, 2), widths (N)) as the program moves them into the picture, which each face's square shows as far
    as `inner` (N, 4) says: shrunk to it where it is smaller."""
    room = (inner[:, 2:] - inner[:, :2]).min(1)
    width = np.minimum(width, room)
    low, high = inner[:, :2] + width[:, None] / 2, inner[:, 2:] - width[:, None] / 2
    # Rounding may bring the two past each other.
    return np.clip(centre, low, np.maximum(low, high)), width


class View:
    """Its centre (N, 2) and width (N) in sides of the square, turned by an angle, perhaps mirrored; and how many pixels it
    becomes."""

    def __init__(self, centre: np.ndarray, width: np.ndarray, angle: np.ndarray, mirrored: np.ndarray, side: np.ndarray):
        self.centre, self.width, self.angle, self.mirrored, self.side = centre, width, angle, mirrored, side

    def part(self, index: np.ndarray) -> "View":
        return View(*(x[index] for x in (self.centre, self.width, self.angle, self.mirrored, self.side)))

    def back(self) -> tuple[np.ndarray, np.ndarray]:
        """Pixel p shows turn · p + shift."""
        scale = self.width / self.side
        cos, sin, mirror = np.cos(self.angle) * scale, np.sin(self.angle) * scale, np.where(self.mirrored, -1, 1)
        turn = np.stack([cos * mirror, -sin, sin * mirror, cos], -1).reshape(-1, 2, 2)
        return turn, self.centre - np.einsum("nij,nj->ni", turn, np.repeat(self.side[:, None] / 2, 2, 1))

    @classmethod
    def like_the_program(cls, random: np.random.Generator, inner: np.ndarray, pixels: np.ndarray) -> "View":
        """As the program cuts, moved and scaled a little, of squares that are `pixels` (N) wide and lie within the picture
        as far as `inner` (N, 4) says."""
        count = len(inner)
        width = CROP / MARGIN * random.uniform(0.92, 1.14, count)
        centre, width = held_inside(0.5 + 0.035 / MARGIN * random.normal(size=(count, 2)), width, inner)
        most = np.minimum(SIDE, 1.15 * width * pixels)
        side = np.where(random.random(count) < 0.5, most, random.uniform(0.55, 1, count) * most)
        return cls(centre, width, np.zeros(count), random.random(count) < 0.5, side.clip(96, SIDE).round())


def points_in(view: View, points: np.ndarray) -> np.ndarray:
    """Landmarks (N, 5, 2), in sides of the square, in pixels of the view; left is left in a mirrored one, too."""
    turn, shift = view.back()
    seen = np.einsum("nij,nkj->nki", np.linalg.inv(turn), points - shift[:, None])
    seen[view.mirrored] = seen[view.mirrored][:, [1, 0, 2, 4, 3]]
    return seen
