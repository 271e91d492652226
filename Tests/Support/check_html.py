"""Holds HTML pages to being well formed and to needing nothing from elsewhere.

usage: check_html.py PAGE...

Every element that must be closed is closed in order, identities are unique, references within the page lead somewhere,
links lead to files that exist, nothing is loaded, and the page's policy allows its own style and script alone. Prints a
complaint a line.
"""

import base64
import hashlib
import pathlib
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr", "base", "embed", "source", "track", "wbr", "col", "area"}
OPTIONAL = {"html", "body", "head"}
LOADING = {"src", "srcset", "poster", "action", "formaction", "background", "ping", "data", "style"}


class Page(HTMLParser):
    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.complaints: list[str] = []
        self.open: list[str] = []
        self.identities: set[str] = set()
        self.references: set[str] = set()
        self.policy = ""
        self.inside: dict[str, list[str]] = {"style": [], "script": []}

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.look(tag, attributes)
        if tag not in VOID | OPTIONAL:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list) -> None:
        self.look(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag in OPTIONAL:
            return
        if not self.open or self.open.pop() != tag:
            self.complaints.append(f"line {self.getpos()[0]}: </{tag}> closes something else")

    def handle_data(self, text: str) -> None:
        if self.open and self.open[-1] in self.inside:
            self.inside[self.open[-1]].append(text)

    def look(self, tag: str, attributes: list) -> None:
        values = dict(attributes)
        if len(values) != len(attributes):
            self.complaints.append(f"<{tag}> names an attribute twice")
        if tag in {"iframe", "object", "embed", "link", "base", "form"} and tag != "form":
            self.complaints.append(f"<{tag}> has no place here")
        for name, value in attributes:
            if name.startswith("on") or name in LOADING:
                self.complaints.append(f"<{tag} {name}> has no place here")
            if name == "id":
                if value in self.identities:
                    self.complaints.append(f"two elements are called {value}")
                self.identities.add(value)
            if name in {"aria-labelledby", "for"}:
                self.references.update(value.split())
            if name in {"clip-path", "mask"}:
                self.references.update(re.findall(r"#([\w-]+)", value))
            if name == "href":
                self.follow(tag, value)
        if values.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = values["content"]

    def follow(self, tag: str, address: str) -> None:
        if address.startswith("#"):
            self.references.add(address[1:])
        elif tag == "image" and re.match(r"data:image/(jpeg|png);base64,[A-Za-z0-9+/]+=*$", address):
            pass
        elif tag == "a" and re.match(r"(\.\./)?[A-Za-z0-9/-]+\.html$", address):
            if not (self.path.parent / address).is_file():
                self.complaints.append(f"the link to {address} leads nowhere")
        else:
            self.complaints.append(f"<{tag}> refers to {address[:80]}")

    def finish(self) -> list[str]:
        self.close()
        self.complaints += [f"<{tag}> is never closed" for tag in self.open]
        self.complaints += [f"nothing is called {name}" for name in sorted(self.references - self.identities)]
        if "default-src 'none'" not in self.policy or "unsafe" in self.policy:
            self.complaints.append(f"the policy is '{self.policy}'")
        for tag, pieces in self.inside.items():
            digest = base64.b64encode(hashlib.sha256("".join(pieces).encode()).digest()).decode()
            if f"{tag}-src 'sha256-{digest}'" not in self.policy:
                self.complaints.append(f"the policy does not know the page's {tag}")
        return self.complaints


def main() -> None:
    for name in sys.argv[1:]:
        page = Page(pathlib.Path(name))
        page.feed(pathlib.Path(name).read_text(encoding="utf-8"))
        for complaint in page.finish():
            print(f"{name}: {complaint}")


main()
