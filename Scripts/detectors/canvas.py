"""Pictures in a batch whose sizes differ: each lies in the upper left corner of its own square of SIDE pixels.

A batch is (N, C, SIDE, SIDE) in 0…255; `side` (N) says how much of each square counts. What lies beyond repeats the
picture's last row and column. Places are in pixels, the middle of the first one at (.5, .5).
"""

import functools
import math

import numpy as np
import torch
import torch.nn.functional as F

SIDE = 256


def sent(values: np.ndarray, device: torch.device) -> torch.Tensor:
    """Whole numbers as they are, others as float32, on the device; without waiting until what was asked of it is done."""
    values = np.ascontiguousarray(values)
    if values.dtype.kind not in "iub":
        values = values.astype(np.float32)
    return torch.from_numpy(values).to(device, non_blocking=True)


def column(values, x: torch.Tensor) -> torch.Tensor:
    """One number for each picture, shaped to be broadcast over (N, C, H, W)."""
    return sent(np.asarray(values, np.float32), x.device).view(-1, 1, 1, 1)


def places(count: int, device: torch.device, side: int = SIDE) -> torch.Tensor:
    """(N, SIDE, SIDE, 2): where the middles of the pixels are, x before y."""
    line = torch.arange(side, device=device, dtype=torch.float32) + 0.5
    grid = torch.stack([line[None, :].expand(side, side), line[:, None].expand(side, side)], -1)
    return grid[None].expand(count, side, side, 2)


def sample(x: torch.Tensor, where: torch.Tensor, side: torch.Tensor, cubic: bool = False) -> torch.Tensor:
    """The pixels of `x`, of which `side` (N) count, at `where` (N, h, w, 2)."""
    last = side.view(-1, 1, 1, 1) - 0.5
    where = torch.minimum(where.clamp(min=0.5), last) * (2 / x.shape[-1]) - 1
    how = "bicubic" if cubic else "bilinear"
    y = F.grid_sample(x, where, mode=how, padding_mode="border", align_corners=False)
    return y.clamp(0, 255) if cubic else y


def resized(x: torch.Tensor, side: torch.Tensor, to: torch.Tensor, cubic: bool = False) -> torch.Tensor:
    """Every picture brought from `side` to `to` pixels. What is shrunk is softened before."""
    ratio = side / to
    x = blurred(x, 0.42 * (ratio * ratio - 1).clamp(min=0).sqrt())
    where = places(len(x), x.device)
    inside = torch.minimum(where, to.view(-1, 1, 1, 1) - 0.5)
    return sample(x, inside * ratio.view(-1, 1, 1, 1), side, cubic)


def blurred(x: torch.Tensor, sigma: torch.Tensor, radius: int = 4) -> torch.Tensor:
    """A Gaussian for each picture, cut off at `radius` pixels; a sigma of 0 changes nothing."""
    count, channels, height, width = x.shape
    steps = torch.arange(-radius, radius + 1, device=x.device, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (steps / sigma.view(-1, 1).clamp(min=0.05)) ** 2)
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    flat = x.reshape(1, count * channels, height, width)
    flat = F.pad(flat, (radius, radius, radius, radius), mode="replicate")
    # The number of groups changes from call to call: cuDNN would look for the best kernel anew each time.
    with torch.backends.cudnn.flags(enabled=False):
        flat = F.conv2d(flat, kernel[:, None, None, :], groups=count * channels)
        flat = F.conv2d(flat, kernel[:, None, :, None], groups=count * channels)
    return flat.view(count, channels, height, width)


def box_blurred(x: torch.Tensor, radius: torch.Tensor, times: int = 1) -> torch.Tensor:
    """The mean over a square of 2 · radius + 1 pixels, `times` times; a radius (N) of 0 changes nothing."""
    radius = radius.view(-1, 1).long()
    for _ in range(times):
        for _ in range(2):
            # Along the last axis; turned, the second round does the other.
            length = x.shape[-1]
            sums = F.pad(x.cumsum(-1), (1, 0))
            index = torch.arange(length, device=x.device)[None]
            low, high = (index - radius).clamp(min=0), (index + radius + 1).clamp(max=length)
            shape = (len(x), 1, 1, length)
            wide = (*x.shape[:-1], length)
            x = sums.gather(-1, high.view(shape).expand(wide)) - sums.gather(-1, low.view(shape).expand(wide))
            x = (x / (high - low).view(shape)).transpose(-1, -2)
    return x


def field(random, side: torch.Tensor, amplitude, cells: int = 5) -> torch.Tensor:
    """Displacements that change smoothly, (N, SIDE, SIDE, 2), in pixels, at most `amplitude` (N) along each axis."""
    count, device = len(side), side.device
    grid = sent(random.uniform(-1, 1, (count, 2, cells + 1, cells + 1)), device)
    where = (places(count, device) / side.view(-1, 1, 1, 1)).clamp(0, 1) * 2 - 1
    drawn = F.grid_sample(grid, where, mode="bicubic", padding_mode="border", align_corners=True)
    return drawn.permute(0, 2, 3, 1) * column(amplitude, drawn)


def noisy(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    return (x + torch.randn_like(x) * sigma.view(-1, 1, 1, 1)).clamp(0, 255)


def sharpened(x: torch.Tensor, amount: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """Unsharp masking."""
    return (x + (x - blurred(x, sigma)) * amount.view(-1, 1, 1, 1)).clamp(0, 255)


def through(x: torch.Tensor, side: torch.Tensor, share: torch.Tensor, cubic: bool = False) -> torch.Tensor:
    """Shrunk to a share of the size, and enlarged again."""
    small = (side * share).round().clamp(min=8)
    return resized(resized(x, side, small), small, side, cubic)


# ITU-T T.81 (JPEG), annex K.1: the usual tables for luminance and chrominance.
LUMINANCE = """16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62
18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99"""
CHROMINANCE = """17 18 24 47 99 99 99 99 18 21 26 66 99 99 99 99 24 26 56 99 99 99 99 99 47 66 99 99 99 99 99 99
99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99"""
TO_YCC = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])


@functools.cache
def tables(device: torch.device) -> list[torch.Tensor]:
    return [sent(np.array([float(v) for v in text.split()]).reshape(8, 8), device) for text in (LUMINANCE, CHROMINANCE)]


@functools.cache
def colour_matrices(device: torch.device) -> list[torch.Tensor]:
    """To brightness and colour differences, and back."""
    return [sent(matrix, device) for matrix in (TO_YCC, np.linalg.inv(TO_YCC))]


@functools.cache
def cosines(device: torch.device) -> torch.Tensor:
    k = np.arange(8)
    basis = np.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) * 0.5
    basis[0] *= 0.5**0.5
    return sent(basis, device)


def coded(x: torch.Tensor, steps: torch.Tensor, rounding: float = 0.5) -> torch.Tensor:
    """One channel, (N, H, W) about 0, through the cosine transform in blocks of 8×8 with steps (N, 8, 8)."""
    count, height, width = x.shape
    basis = cosines(x.device)
    blocks = x.view(count, height // 8, 8, width // 8, 8).transpose(2, 3)
    spectrum = (basis @ blocks @ basis.T) / steps[:, None, None]
    spectrum = spectrum.sign() * (spectrum.abs() + rounding).floor() * steps[:, None, None]
    return (basis.T @ spectrum @ basis).transpose(2, 3).reshape(count, height, width)


def in_colours(x: torch.Tensor, code) -> torch.Tensor:
    """Brightness as it is and the two colour differences at half the size, each through `code(channel, is_colour)`."""
    to_ycc, to_rgb = colour_matrices(x.device)
    ycc = torch.einsum("dc,nchw->ndhw", to_ycc, x - 128)
    y = code(ycc[:, 0], False)
    small = F.avg_pool2d(ycc[:, 1:], 2)
    colours = torch.stack([code(small[:, 0], True), code(small[:, 1], True)], 1)
    colours = F.interpolate(colours, scale_factor=2, mode="bilinear")
    ycc = torch.cat([y[:, None], colours], 1)
    return (torch.einsum("dc,nchw->ndhw", to_rgb, ycc) + 128).clamp(0, 255).round()


def jpeg(x: torch.Tensor, quality: torch.Tensor) -> torch.Tensor:
    """Through JPEG at a quality (N) of 1…100, as the Independent JPEG Group's library counts it."""
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50).view(-1, 1, 1)
    steps = [(table * scale).round().clamp(1, 255) for table in tables(x.device)]
    return in_colours(x, lambda channel, is_colour: coded(channel, steps[is_colour]))


def filmed(x: torch.Tensor, quantiser: torch.Tensor) -> torch.Tensor:
    """Much as H.264 leaves a predicted frame at a quantiser (N) of 10…45: of what the prediction, a softer picture, lacks,
    only the strong part is sent, and blocks' borders are smoothed."""
    step = (2 ** ((quantiser - 4) / 6)).view(-1, 1, 1)
    steps = (step * 0.8).expand(-1, 8, 8)
    soft = (0.35 + 0.035 * (quantiser - 15)).clamp(0.3, 1.6)

    def code(channel: torch.Tensor, is_colour: bool) -> torch.Tensor:
        guess = blurred(channel[:, None], soft * (0.5 if is_colour else 1))[:, 0]
        made = guess + coded(channel - guess, steps, rounding=0.33)
        near = blurred(made[:, None], torch.full_like(soft, 0.7))[:, 0]
        edge = torch.arange(made.shape[-1], device=made.device) % 8
        edge = ((edge == 0) | (edge == 7)).float()
        border = torch.maximum(edge[None, :], edge[:, None])[None] * ((made - near).abs() < 0.5 * step)
        return made + (near - made) * border

    return in_colours(x, code)
