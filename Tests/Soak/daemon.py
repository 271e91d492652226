"""The built program under watch: its records, its memory, its descriptors; and the servers that it watches."""
import collections
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("UNMASK", str(ROOT / ".build/release/unmask"))
PYTHON = "/usr/bin/python3"


class Failure(Exception):
    """What should hold does not."""


def expect(condition, sentence):
    if not condition:
        raise Failure(sentence)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def processor_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Daemon:
    """`unmask watch`, its records read as they come."""

    def __init__(self, *arguments, inside=()):
        self.folder = tempfile.TemporaryDirectory(prefix="unmask-soak-")
        self.output = pathlib.Path(self.folder.name, "records")
        self.errors = pathlib.Path(self.folder.name, "errors")
        with open(self.output, "wb") as output, open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [*inside, PROGRAM, "watch", *map(str, arguments)], stdout=output, stderr=errors,
                stdin=subprocess.DEVNULL, cwd=ROOT)
        self.reader = open(self.output, "rb")
        self.rest = b""
        self.records = []
        self.lock = threading.Lock()

    def poll(self):
        """Takes in the records that have come; each gets the moment at which it was seen."""
        with self.lock:
            return self.take()

    def take(self):
        lines = (self.rest + self.reader.read()).split(b"\n")
        self.rest = lines.pop()
        for line in lines:
            record = json.loads(line)
            record["seen"] = time.monotonic()
            self.records.append(record)
        status = self.process.poll()
        if status is not None and status not in (0, 1, 3, 130):
            raise Failure(f"the program ended with {status}: {self.errors.read_text()[-2000:]}")
        return list(self.records)

    def wait(self, what, condition, seconds, since=0):
        """The first record from the `since`-th on that satisfies the condition."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for record in self.poll()[since:]:
                if condition(record):
                    return record
            expect(self.process.poll() is None, f"the program ended while it should say: {what}")
            time.sleep(0.05)
        raise Failure(f"not within {seconds} s: {what}")

    def resident(self):
        """Bytes of resident memory."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))

    def memory(self):
        """Bytes by kind: `Rss` is all that is resident, `Anonymous` what belongs to the process alone."""
        with open(f"/proc/{self.process.pid}/smaps_rollup") as lines:
            return {line.split(":")[0]: int(line.split()[1]) * 1024 for line in list(lines)[1:]}

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def processor_seconds(self):
        return processor_seconds(self.process.pid)

    def stop(self, seconds=30):
        """Ends it in good order and returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"the program did not end within {seconds} s of SIGTERM")
        self.poll()
        return status

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.reader.close()
        self.folder.cleanup()


class Camera:
    """A server of its own process: the RTSP server of the tests unless another command is given."""

    def __init__(self, *arguments, port=None, command=None, inside=(), lifetime=3600):
        self.port = port or free_port()
        self.command = command or [
            *inside, PYTHON, str(ROOT / "Tests/Support/rtsp_server.py"), "--port", str(self.port), "--seconds",
            str(lifetime), *map(str, arguments)]
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        expect(b"READY" in self.process.stdout.readline(), f"{self.command} did not start")
        os.set_blocking(self.process.stdout.fileno(), False)
        self.ends = 0

    def hung_up(self):
        """How often it has closed a connection."""
        self.ends += (self.process.stdout.read() or b"").count(b"CLOSED")
        return self.ends

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        if self.process.poll() is None:
            self.kill()


def action(record):
    return record["event"]["action"]


def reason(record):
    return record["event"].get("reason")


def stream(record):
    return record["unmask"].get("stream", {}).get("name")


def brief(record):
    return f"{stream(record) or 'service'} {action(record)} {reason(record) or ''}"


def check_counters(records):
    """Every count of frames balances, and the last one of each stream is not zero."""
    for record in records:
        counters = record["unmask"].get("counters")
        if counters is None:
            continue
        expect(
            counters["decoded"] == counters["sampled"] + counters["skipped"]
            and counters["sampled"] == counters["analysed"] + counters["evicted"] + counters["failed"],
            f"counters do not balance: {counters}")


def check_verdicts(records):
    """No person has more starts than ends, and ends follow starts."""
    open_verdicts = collections.Counter()
    for record in records:
        if not action(record).startswith("verdict."):
            continue
        key = (stream(record), record["unmask"]["face"]["track"])
        if action(record) == "verdict.start":
            open_verdicts[key] += 1
            expect(open_verdicts[key] == 1, f"two verdicts at once on {key}")
        elif action(record) == "verdict.end":
            open_verdicts[key] = 0
    expect(not any(open_verdicts.values()), f"verdicts without an end: {+open_verdicts}")
