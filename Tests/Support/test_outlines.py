"""The regions of faces that training on a GPU draws are those of `unmask forge`."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
#: What a region is called in Swift and in Python.
NAMES = {
    "hull": "WHOLE", "innerHull": "INNER", "lowerHull": "LOWER", "mouthHull": "MOUTH", "leftEye": "EYE", "noseHull": "NOSE"}
NUMBER = r"-?\d+(?:\.\d+)?"


def points(text: str, beginning: str) -> list[tuple[float, ...]]:
    """The triples between `beginning` and the bracket that ends the list."""
    found = re.search(re.escape(beginning) + r"\s*\[(.*?)\]", text, re.DOTALL)
    triples = re.findall(rf"\(({NUMBER}), ({NUMBER}), ({NUMBER})\)", found[1] if found else "")
    return [tuple(map(float, triple)) for triple in triples]


class Outlines(unittest.TestCase):
    def test_the_templates_are_those_of_the_forge(self):
        swift = (ROOT / "Sources/Training/Forging/FaceOutline.swift").read_text()
        python = (ROOT / "Scripts/detectors/outlines.py").read_text()
        for ours, theirs in NAMES.items():
            with self.subTest(ours):
                expected = points(swift, f"static let {ours}: Template =")
                self.assertGreater(len(expected), 5)
                self.assertEqual(points(python, f"\n{theirs} ="), expected)


if __name__ == "__main__":
    unittest.main()
