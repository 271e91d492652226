"""The checker accepts a sound page and refuses each way of being unsound, so that its silence means something."""

import base64
import hashlib
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent


def page(body: str, style: str = "p { margin: 0 }", policy: str = "") -> str:
    def digest(text: str) -> str:
        return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    policy = policy or f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest('1;')}'"
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<title>t</title>\n<style>{style}</style>\n'
        f"<body>{body}<script>1;</script></body></html>\n")


def complaints(text: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "page.html"
        path.write_text(text, encoding="utf-8")
        result = subprocess.run(
            [sys.executable, HERE / "check_html.py", path], capture_output=True, text=True, check=True)
        return result.stdout


class CheckHTML(unittest.TestCase):
    def test_accepts_a_sound_page(self) -> None:
        self.assertEqual(complaints(page('<p id="a">x<br><a href="#a">y</a></p>')), "")

    def test_refuses_what_is_unsound(self) -> None:
        for body, word in [
            ("<p><b>x</p></b>", "closes something else"),
            ("<section>", "never closed"),
            ('<p id="a"></p><p id="a"></p>', "two elements"),
            ('<a href="#b">x</a>', "nothing is called b"),
            ('<a href="files/x.html">x</a>', "leads nowhere"),
            ('<a href="https://127.0.0.1/">x</a>', "refers to"),
            ('<a href="javascript:1">x</a>', "refers to"),
            ('<img src="x.png">', "no place"),
            ('<p onclick="1">x</p>', "no place"),
            ('<p style="color: red">x</p>', "no place"),
            ("<script>2;</script>", "does not know the page's script"),
        ]:
            with self.subTest(body):
                self.assertIn(word, complaints(page(body)))

    def test_refuses_a_lax_policy(self) -> None:
        self.assertIn("the policy is", complaints(page("", policy="default-src 'self'")))
        self.assertIn("the policy is", complaints(page("", policy="default-src 'none'; script-src 'unsafe-inline'")))


if __name__ == "__main__":
    unittest.main()
