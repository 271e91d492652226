"""Looks at a report's pages in headless Chromium as a person would, and complains about what does not hold.

usage: browse_report.py FOLDER [--pictures FOLDER]

Opens the index and up to three pages of files from the disk, at the width of a phone and of a desk, in light and dark.
Holds them to: nothing is loaded but the page itself; no script fails and nothing offends the page's own policy; nothing
sticks out sideways; whatever can be operated has a name, headings and landmarks are in order; text stands out from its
ground (4.5 to 1); the index sorts, filters and searches, by keyboard too; timelines read out and masks wipe by
keyboard.
Prints a JSON object: `complaints`, and what was measured. With --pictures it leaves screenshots and PDFs there.
"""

import argparse
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

WIDTHS = (390, 1280)
OPERABLE = {"link", "button", "slider", "radio", "searchbox", "textbox", "combobox", "image", "img", "region"}

# Every text whose contrast with what lies behind it is too low.
CONTRAST = r"""
(() => {
  const parse = (text) => {
    const srgb = text.match(/^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)/);
    if (srgb) return [...srgb.slice(1, 4).map((v) => 255 * v), srgb[4] === undefined ? 1 : +srgb[4]];
    const parts = text.match(/[\d.]+/g).map(Number);
    return [parts[0], parts[1], parts[2], parts[3] === undefined ? 1 : parts[3]];
  };
  const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
  const ground = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const luminance = (c) => {
    const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode() && faint.length < 5) {
    const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
    if (!text || element.closest("script,style,[hidden],.unseen,.skip") || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const ink = parse(element.namespaceURI.endsWith("svg") ? style.fill : style.color), below = ground(element);
    const [a, b] = [luminance(over(ink, below)), luminance(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${text.slice(0, 40)} (${ratio.toFixed(2)})`);
  }
  return faint;
})()
"""

ORDER = "[...document.querySelectorAll('.files tbody tr')].map((row) => row.querySelector('th').innerText)"
SCORES = "[...document.querySelectorAll('.files tbody tr')].map((row) => +(row.dataset.s ?? -1))"


class Browser:
    """Chromium, spoken to over a pair of pipes by its debugging protocol."""

    def __init__(self, profile: str) -> None:
        to_browser, from_us = os.pipe()
        to_us, from_browser = os.pipe()

        def arrange() -> None:
            # The protocol wants descriptors 3 and 4.
            spare = [os.dup(to_browser), os.dup(from_browser)]
            kept = [os.dup2(spare[0], 30), os.dup2(spare[1], 31)]
            os.dup2(kept[0], 3)
            os.dup2(kept[1], 4)

        program = shutil.which("chromium") or sys.exit("chromium is missing; run Scripts/install-packages.sh test")
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--remote-debugging-pipe", f"--user-data-dir={profile}", "--hide-scrollbars", "about:blank"],
            preexec_fn=arrange, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.output = os.fdopen(from_us, "wb", buffering=0)
        self.input = os.fdopen(to_us, "rb", buffering=0)
        self.rest = b""
        self.serial = 0
        self.events: list[dict] = []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility", "DOM"):
            self.call(domain + ".enable")

    def message(self) -> dict:
        while b"\0" not in self.rest:
            piece = self.input.read(1 << 16)
            if not piece:
                sys.exit("chromium ended early")
            self.rest += piece
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method: str, **parameters) -> dict:
        self.serial += 1
        request = {"id": self.serial, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        self.output.write(json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.serial:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]
            if "method" in message:
                self.events.append(message)

    def await_event(self, method: str) -> None:
        while not any(event["method"] == method for event in self.events):
            message = self.message()
            if "method" in message:
                self.events.append(message)

    def evaluate(self, expression: str):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            sys.exit(f"{expression[:80]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def open(self, address: str, width: int, scheme: str = "light") -> float:
        """Opens a page; returns the milliseconds until its scripts had run."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url="about:blank")
        self.settle()
        self.events.clear()
        self.call("Page.navigate", url=address)
        self.await_event("Page.loadEventFired")
        self.settle()
        return self.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart")

    def settle(self) -> None:
        self.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)))")

    def key(self, key: str, code: int = 0, text: str = "") -> None:
        for kind in ("keyDown", "keyUp"):
            parameters = {"type": kind, "key": key, "windowsVirtualKeyCode": code}
            if text and kind == "keyDown":
                parameters["text"] = text
            self.call("Input.dispatchKeyEvent", **parameters)

    def picture(self, path: pathlib.Path) -> None:
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def pdf(self, path: pathlib.Path) -> None:
        printed = self.call("Page.printToPDF", printBackground=False, paperWidth=8.27, paperHeight=11.69)
        path.write_bytes(base64.b64decode(printed["data"]))

    def close(self) -> None:
        self.session = None
        self.call("Browser.close")
        self.process.wait(20)


class Inspection:
    def __init__(self, browser: Browser, pictures: pathlib.Path | None) -> None:
        self.browser = browser
        self.pictures = pictures
        self.complaints: list[str] = []
        self.measured: dict = {}

    def expect(self, holds: bool, what: str) -> None:
        if not holds:
            self.complaints.append(what)

    def page(self, path: pathlib.Path, name: str) -> None:
        address = path.resolve().as_uri()
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                where = f"{name} at {width}, {scheme}"
                self.browser.open(address, width, scheme)
                self.purity(address, where)
                wide = self.browser.evaluate("document.documentElement.scrollWidth")
                self.expect(wide <= width, f"{where}: {wide} pixels wide")
                self.expect(not (faint := self.browser.evaluate(CONTRAST)), f"{where}: faint text {faint}")
                if scheme == "light":
                    self.accessibility(where)
                if self.pictures:
                    self.browser.picture(self.pictures / f"{name}-{width}-{scheme}.png")
        if self.pictures:
            self.browser.pdf(self.pictures / f"{name}.pdf")

    def purity(self, address: str, where: str) -> None:
        for event in self.browser.events:
            parameters = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                url = parameters["request"]["url"]
                self.expect(url == address or url.startswith("data:image/"), f"{where}: loads {url[:100]}")
            if event["method"] == "Runtime.exceptionThrown":
                self.expect(False, f"{where}: {parameters['exceptionDetails'].get('exception', {}).get('description')}")
            if event["method"] == "Log.entryAdded":
                self.expect(False, f"{where}: {parameters['entry']['text'][:300]}")
        # A name that had become markup would have run by now.
        self.expect(self.browser.evaluate("window.pwned === undefined"), f"{where}: a name became a script")

    def accessibility(self, where: str) -> None:
        nodes = self.browser.call("Accessibility.getFullAXTree")["nodes"]
        nodes = [node for node in nodes if not node.get("ignored")]
        roles = [node.get("role", {}).get("value") for node in nodes]
        self.expect(roles.count("main") == 1, f"{where}: {roles.count('main')} main landmarks")
        for node, role in zip(nodes, roles):
            name = node.get("name", {}).get("value", "").strip()
            self.expect(role not in OPERABLE or bool(name), f"{where}: a {role} without a name")
        levels = [
            property["value"]["value"] for node, role in zip(nodes, roles) if role == "heading"
            for property in node.get("properties", []) if property["name"] == "level"]
        self.expect(levels.count(1) == 1, f"{where}: {levels.count(1)} first headings")
        for before, after in zip(levels, levels[1:]):
            self.expect(after <= before + 1, f"{where}: a heading of level {after} follows one of {before}")
        self.expect(self.browser.evaluate("document.documentElement.lang") == "en", f"{where}: no language")

    def index(self, path: pathlib.Path) -> None:
        browser = self.browser
        self.measured["index_bytes"] = path.stat().st_size
        self.measured["index_milliseconds"] = browser.open(path.resolve().as_uri(), 1280)
        total = browser.evaluate("+document.querySelector('.chip.all b, .chip b').textContent.replace(/\\D/g, '')")
        self.measured["files"] = total
        self.expect(browser.evaluate(ORDER + ".length") == min(total, 300), "index: the first rows are not there")

        def choose(select: str, value: str) -> None:
            browser.evaluate(
                f"(() => {{ const e = document.querySelector('{select}'); e.value = '{value}';"
                " e.dispatchEvent(new Event('change')); })()")

        choose("#sorting", "score")
        scores = browser.evaluate(SCORES)
        self.expect(scores == sorted(scores, reverse=True), "index: scores do not fall when sorted by score")
        browser.evaluate("document.querySelector('th[data-key=score] button').click()")
        known = [score for score in browser.evaluate(SCORES) if score >= 0]
        self.expect(known == sorted(known), "index: scores do not rise when turned")
        sort = browser.evaluate("document.querySelector('th[data-key=score]').getAttribute('aria-sort')")
        self.expect(sort == "ascending", f"index: the turned column says {sort}")
        choose("#sorting", "standing")
        # By keyboard alone: the slash leads to the search, Escape clears it.
        if total:
            name = browser.evaluate("document.querySelector('.files tbody tr:last-child a').textContent")
            browser.key("/", 191, "/")
            focused = browser.evaluate("document.activeElement.id")
            self.expect(focused == "search", "index: / does not lead to the search")
            browser.call("Input.insertText", text=name.upper())
            time.sleep(0.2)
            browser.settle()
            found = browser.evaluate(ORDER)
            matches = [all(word in text.lower() for word in name.lower().split()) for text in found]
            self.expect(bool(found) and all(matches), f"index: {name} finds {found[:3]}")
            browser.key("Escape", 27)
            shown = browser.evaluate(ORDER + ".length")
            self.expect(shown == min(total, 300), "index: Escape does not clear the search")
        for key in ("fake", "open", "real", "none", "error"):
            count = browser.evaluate(f"+document.querySelector('.chip.{key} b').textContent.replace(/\\D/g, '')")
            browser.evaluate(f"document.querySelector('.chip.{key} input').click()")
            shown = browser.evaluate(ORDER + ".length")
            self.expect(shown == min(count, 300), f"index: {shown} rows where {count} are promised for {key}")
        # What was chosen comes back with the address.
        kept = browser.evaluate("location.hash")
        browser.open(path.resolve().as_uri() + kept, 1280)
        chosen = browser.evaluate("document.querySelector('.chip.error input').checked")
        self.expect(chosen, "index: forgets what was chosen")

    def file(self, path: pathlib.Path, name: str) -> None:
        browser = self.browser
        browser.open(path.resolve().as_uri(), 1280)
        if browser.evaluate("!!document.querySelector('.scrub')"):
            browser.evaluate("document.querySelector('.scrub').focus()")
            before = browser.evaluate("document.querySelector('.readout').textContent")
            browser.key("ArrowRight", 39)
            after = browser.evaluate("document.querySelector('.readout').textContent")
            self.expect(before != after and "score" in after, f"{name}: the keys do not read the timeline out: {after}")
            spoken = browser.evaluate("document.querySelector('.scrub').getAttribute('aria-valuetext')")
            self.expect(spoken == after, f"{name}: a screen reader hears {spoken}")
        if browser.evaluate("!!document.querySelector('.key input')"):
            browser.evaluate("document.querySelector('.key input').focus()")
            browser.key("Home", 36)
            width = browser.evaluate("document.querySelector('.wipe').getAttribute('width')")
            self.expect(float(width) == 0, f"{name}: Home leaves {width} of the mask")
            loaded = browser.evaluate(
                "Promise.all([...document.querySelectorAll('.key image')].map((e) => { const i = new Image();"
                " i.src = e.getAttribute('href'); return i.decode().then(() => i.naturalWidth); }))")
            self.expect(all(loaded), f"{name}: a picture cannot be read")
            self.measured["pictures"] = self.measured.get("pictures", 0) + len(loaded)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    pages = sorted((arguments.folder / "files").glob("*.html"), key=lambda page: -page.stat().st_size)[:3]
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        inspection = Inspection(browser, arguments.pictures)
        try:
            inspection.page(arguments.folder / "index.html", "index")
            inspection.index(arguments.folder / "index.html")
            for number, page in enumerate(pages, 1):
                inspection.page(page, f"file{number}")
                inspection.file(page, f"file{number}")
        finally:
            browser.close()
    print(json.dumps({"complaints": inspection.complaints, **inspection.measured}))


main()
