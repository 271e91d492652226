"""Who is kept apart to validate by: sources of collected pictures, and people.

usage: people.py NAME... > Tests/TrainingTests/Forging/Golden/people.json

prints the place of each name, from 0 to 1, that `unmask forge` gives it as well; the first twentieth is held out.
"""

import hashlib
import json
import sys

# Of 100 sources of collected pictures, and of 100 other people, how many are kept to validate by.
HELD_OUT, HELD_OUT_PEOPLE = 12, 5
WHOLE = 2**64


def place(name: str) -> float:
    """In 0 to 1: FNV-1a, finished by SplitMix64, of which the upper 53 bits count."""
    mixed = 0xCBF29CE484222325
    for byte in name.encode():
        mixed = (mixed ^ byte) * 0x100000001B3 % WHOLE
    mixed = (mixed + 0x9E3779B97F4A7C15) % WHOLE
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 % WHOLE
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % WHOLE
    return ((mixed ^ mixed >> 31) >> 11) / 2**53


def is_held_out(source: str, clip: str) -> bool:
    """A source by a hash of its name; a person, named by the path, as `unmask forge --people held-out` has it."""
    if source:
        return int(hashlib.md5(source.encode()).hexdigest(), 16) % 100 < HELD_OUT
    return place(clip) < HELD_OUT_PEOPLE / 100


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(json.dumps({name: place(name) for name in sys.argv[1:]}, indent=1, ensure_ascii=False))
