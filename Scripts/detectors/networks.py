"""The detectors by name."""

import torch

from effunet import Effunet
from unet import CONFIGURATIONS, UNet


def named(name: str) -> torch.nn.Module:
    """effunet, unet_v1 or unet. Called with pictures (N, 3, side, side) in -1…1 it gives the head's logits (N, 1, 1, 1) and
    the mask's, or, with mask=False, None for these."""
    return Effunet() if name == "effunet" else UNet(*CONFIGURATIONS[name])
