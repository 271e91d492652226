"""Training on a GPU holds out the people that `unmask forge` holds out."""

import json
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Scripts/detectors"))

import people  # noqa: E402


class People(unittest.TestCase):
    def test_places_are_those_that_the_forge_is_tested_with(self):
        golden = json.loads((ROOT / "Tests/TrainingTests/Forging/Golden/people.json").read_text())
        self.assertGreater(len(golden), 20)
        for name, place in golden.items():
            with self.subTest(name):
                self.assertEqual(people.place(name), place)

    def test_a_twentieth_of_people_and_an_eighth_of_sources_are_held_out(self):
        held = sum(people.is_held_out("", f"{number}.jpg") for number in range(4000))
        self.assertTrue(150 < held < 250, held)
        held = sum(people.is_held_out(f"owner+{number}", "any") for number in range(4000))
        self.assertTrue(420 < held < 540, held)


if __name__ == "__main__":
    unittest.main()
