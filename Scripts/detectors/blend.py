"""Averages the weights of two checkpoints of which one went on from the other.

usage: blend.py EARLIER.pt LATER.pt SHARE OUT.pt

SHARE of the later one, 0 to 1. What is between the two keeps most of what the later one learnt, and gives back some of
what it forgot (Wortsman et al., arXiv:2109.01903). Validation says which share.
"""

import sys

import torch


def main(earlier: str, later: str, share: float, out: str) -> None:
    before, after = (torch.load(path, map_location="cpu")["average"] for path in (earlier, later))
    blended = {
        name: torch.lerp(before[name].float(), value.float(), share) if value.dtype.is_floating_point else value
        for name, value in after.items()}
    torch.save({"average": blended, "steps": 0}, out)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4])
