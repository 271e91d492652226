#!/usr/bin/env python3
"""What cameras and networks do to a daemon, all at once, with real servers on loopback.

One `unmask watch` looks at a dozen cameras. One is healthy and must notice nothing; each other has a fate of its own:
killed, frozen, refusing, asking for a password, silent after the handshake, damaged, late, changing size or codec. Then the
same program in a network namespace of its own, where packets are lost and held back (`network`; it needs root, iproute2 and iptables).

usage: chaos.py [FATE...]        by default all of them
"""
import contextlib
import http.server
import os
import pathlib
import queue
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time

from daemon import ROOT, Camera, Daemon, Failure, action, brief, check_counters, check_verdicts, expect, free_port, \
    reason, stream

MEDIA = ROOT / ".cache/media"
# While backoff is young a stream must be online again within this many seconds of its server's return. The machine may
# be slow; the second figure is what opening a stream may take beyond the wait.
RETURN = 5.0
OPENING = float(os.environ.get("SOAK_OPENING", "2"))


def clips(folder, *wanted):
    """Small clips as cameras send them: no B-frames, a key frame each second; one of another size, one of HEVC.

    Only those that are wanted, where any are named: HEVC takes its time.
    """
    made = {}
    for name, arguments in {
        "small": ["-vf", "scale=640:360", "-c:v", "libx264"],
        "large": ["-c:v", "libx264", "-b:v", "1500k"],
        "hevc": ["-vf", "scale=640:360", "-c:v", "libx265", "-x265-params", "log-level=error:pools=1"],
    }.items():
        if wanted and name not in wanted:
            continue
        for suffix in (".mp4", ".ts"):
            made[name + suffix] = folder / (name + suffix)
        subprocess.run(
            ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", MEDIA / "demo.mp4", "-t", "6", *arguments, "-preset",
             "ultrafast", "-threads", "1", "-g", "25", "-bf", "0", made[name + ".mp4"]], check=True)
        subprocess.run(
            ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", made[name + ".mp4"], "-c", "copy", made[name + ".ts"]],
            check=True)
    return made


class MuteServer(threading.Thread):
    """Shakes hands as an RTSP camera does and then never sends a picture."""

    SDP = ("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=mute\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
           "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n")

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            threading.Thread(target=self.serve, args=(self.socket.accept()[0],), daemon=True).start()

    def serve(self, client):
        with contextlib.suppress(OSError), client, client.makefile("rw", newline="\r\n") as lines:
            while request := lines.readline():
                headers = {}
                while (line := lines.readline()) not in ("\n", "\r\n", ""):
                    name, _, value = line.partition(":")
                    headers[name.strip().lower()] = value.strip()
                method = request.split(" ")[0]
                answer = f"RTSP/1.0 200 OK\nCSeq: {headers.get('cseq', '0')}\n"
                if method == "OPTIONS":
                    answer += "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\n"
                if method == "SETUP":
                    answer += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\n"
                if method in ("SETUP", "PLAY"):
                    answer += "Session: 1\n"
                body = self.SDP if method == "DESCRIBE" else ""
                if body:
                    answer += f"Content-Base: rtsp://127.0.0.1:{self.port}/cam/\nContent-Type: application/sdp\n"
                    answer += f"Content-Length: {len(body)}\n"
                lines.write(answer + "\n")
                lines.flush()
                client.sendall(body.encode())


class LiveServer(threading.Thread):
    """Sends an MPEG transport stream over HTTP at its own speed, without an end: the first file, then the second."""

    def __init__(self, *files):
        super().__init__(daemon=True)
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "video/mp2t")
                self.end_headers()
                try:
                    for file in server.files:
                        server.play(file, self.wfile)
                    server.files = server.files[-1:] * 100
                    for file in server.files:
                        server.play(file, self.wfile)
                except OSError:
                    pass

            def log_message(self, *arguments):
                pass

        self.files = list(files)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.start()

    def run(self):
        self.server.serve_forever()

    @staticmethod
    def play(file, output, seconds=6):
        data = pathlib.Path(file).read_bytes()
        pieces = int(seconds * 20)
        size = max(188, len(data) // pieces // 188 * 188)
        for begin in range(0, len(data), size):
            output.write(data[begin:begin + size])
            time.sleep(0.05)


class Wire(threading.Thread):
    """Relays connections to a port, each piece of what comes from there late by a different while."""

    def __init__(self, port, delay=0.2, jitter=0.15):
        super().__init__(daemon=True)
        self.target, self.delay, self.jitter = port, delay, jitter
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            near = self.socket.accept()[0]
            with contextlib.suppress(OSError):
                far = socket.create_connection(("127.0.0.1", self.target))
                for ends, late in (((near, far), False), ((far, near), True)):
                    threading.Thread(target=self.relay, args=(*ends, late), daemon=True).start()

    def relay(self, source, sink, late):
        pieces = queue.Queue()
        threading.Thread(target=self.deliver, args=(pieces, sink), daemon=True).start()
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                wait = self.delay + random.uniform(-self.jitter, self.jitter) if late else 0
                pieces.put((time.monotonic() + wait, data))
        pieces.put((0, b""))

    @staticmethod
    def deliver(pieces, sink):
        with contextlib.suppress(OSError), sink:
            while (piece := pieces.get())[1]:
                time.sleep(max(0, piece[0] - time.monotonic()))
                sink.sendall(piece[1])


class Network:
    """A network namespace with nothing but a loopback of its own, whose packets can be lost and held back."""

    def __init__(self):
        self.name = f"unmask-soak-{os.getpid()}"
        self.inside = ("ip", "netns", "exec", self.name)
        subprocess.run(["ip", "netns", "add", self.name], check=True, capture_output=True)
        self("ip", "link", "set", "lo", "up")

    def __call__(self, *command):
        subprocess.run([*self.inside, *command], check=True, capture_output=True)

    def lose(self, share):
        """From now on this share of all packets; all of them when it is 1."""
        self.heal()
        chance = ("-m", "statistic", "--mode", "random", "--probability", str(share)) if share < 1 else ()
        self("iptables", "-A", "INPUT", "-i", "lo", *chance, "-j", "DROP")

    def heal(self):
        self("iptables", "-F", "INPUT")

    def delay(self, milliseconds, jitter):
        self("tc", "qdisc", "replace", "dev", "lo", "root", "netem", "delay", f"{milliseconds}ms", f"{jitter}ms")

    def close(self):
        subprocess.run(["ip", "netns", "delete", self.name], check=False, capture_output=True)


class Theatre:
    """One daemon, many cameras, a fate for each."""

    def __init__(self, made):
        self.made = made
        self.cameras = []
        self.fates = []

    def camera(self, *arguments, **keywords):
        camera = Camera(*arguments, **keywords)
        self.cameras.append(camera)
        return camera

    def said(self, name, word, why=None, after=0.0):
        """Whether the daemon has said so of a stream, at or after a moment."""
        return lambda record: (
            stream(record) == name and action(record) == "stream." + word and record["seen"] >= after
            and (why is None or reason(record) in why))

    def online_again(self, name, since):
        """Waits until the stream is online; measures from the return of its server."""
        record = self.daemon.wait(
            f"{name} is online again", lambda r: stream(r) == name and r["seen"] >= since
            and action(r) in ("stream.online", "stream.recovered"), 60)
        took = record["seen"] - since
        expect(took <= RETURN + OPENING, f"{name} was online again only {took:.1f} s after its server's return")
        return f"online again after {took:.1f} s"


def fate(function):
    FATES[function.__name__] = function
    return function


FATES = {}

# Each fate prepares its server, hands out the address and then plays: it gets a function that waits for what the
# daemon says of its stream, and returns a sentence.


@fate
def healthy(theatre):
    camera = theatre.camera("--mount", "healthy", theatre.made["large.mp4"])
    yield f"rtsp://127.0.0.1:{camera.port}/healthy"
    theatre.daemon.wait("healthy is online", theatre.said("healthy", "online"), 60)
    yield
    bad = [brief(r) for r in theatre.daemon.poll() if stream(r) == "healthy"
           and action(r) in ("stream.lost", "stream.stalled", "stream.frozen")]
    expect(not bad, f"a healthy stream was disturbed: {bad}")
    yield "undisturbed"


@fate
def killed(theatre):
    camera = theatre.camera("--mount", "killed", theatre.made["small.mp4"])
    yield f"rtsp://127.0.0.1:{camera.port}/killed"
    theatre.daemon.wait("killed is online", theatre.said("killed", "online"), 60)
    yield
    results = []
    for pause in (0.5, 2.0):
        since = time.monotonic()
        camera.kill()
        theatre.daemon.wait("killed is lost", theatre.said("killed", "lost", ("lost", "no_packets"), since), 20)
        time.sleep(pause)
        camera.start()
        results.append(theatre.online_again("killed", time.monotonic()))
        time.sleep(2)
    yield ", ".join(results)


@fate
def stopped(theatre):
    """SIGSTOP: short enough to be a stall, then long enough to lose the connection."""
    camera = theatre.camera("--mount", "stopped", theatre.made["small.mp4"])
    yield f"rtsp://127.0.0.1:{camera.port}/stopped"
    theatre.daemon.wait("stopped is online", theatre.said("stopped", "online"), 60)
    yield
    results = []
    for pause, word in ((5, "stalled"), (13, "lost")):
        since = time.monotonic()
        camera.freeze()
        theatre.daemon.wait(
            f"stopped is {word}", theatre.said("stopped", word, ("no_packets", "timed_out"), since), 30)
        time.sleep(max(0, since + pause - time.monotonic()))
        camera.thaw()
        results.append(theatre.online_again("stopped", time.monotonic()))
        time.sleep(3)
    yield ", ".join(results)


@fate
def refusing(theatre):
    port = free_port()
    yield f"rtsp://127.0.0.1:{port}/refusing"
    theatre.daemon.wait("refusing is lost", theatre.said("refusing", "lost", ("refused",)), 20)
    yield
    camera = theatre.camera("--mount", "refusing", theatre.made["small.mp4"], port=port)
    expect(camera.process.poll() is None, "the server runs")
    theatre.daemon.wait("refusing is online", theatre.said("refusing", "online"), 70)
    yield "refused, then online"


@fate
def locked(theatre):
    """A password is asked for, and the wrong one is given; later the right one is wanted."""
    camera = theatre.camera(
        "--mount", "locked", "--user", "anna", "--password", "right", theatre.made["small.mp4"])
    yield f"rtsp://anna:wr0ng%2Fsecret@127.0.0.1:{camera.port}/locked"
    theatre.daemon.wait("locked is lost", theatre.said("locked", "lost", ("unauthorised",)), 20)
    yield
    camera.kill()
    opened = theatre.camera(
        "--mount", "locked", "--user", "anna", "--password", "wr0ng/secret", theatre.made["small.mp4"],
        port=camera.port)
    expect(opened.process.poll() is None, "the second server runs")
    theatre.daemon.wait("locked is online", theatre.said("locked", "online"), 70)
    yield "unauthorised, then online"


@fate
def missing(theatre):
    camera = theatre.camera("--mount", "elsewhere", theatre.made["small.mp4"])
    yield f"rtsp://127.0.0.1:{camera.port}/missing"
    theatre.daemon.wait("missing is not found", theatre.said("missing", "lost", ("not_found",)), 20)
    yield
    yield "not found"


@fate
def mute(theatre):
    """Says all the right things and sends nothing."""
    yield f"rtsp://127.0.0.1:{MuteServer().port}/mute"
    record = theatre.daemon.wait("mute is lost", theatre.said("mute", "lost", ("no_packets",)), 40)
    yield
    yield f"lost: {record['message']}"


@fate
def silenced(theatre):
    """Falls silent after some seconds, the connection open."""
    camera = theatre.camera("--mount", "silenced", "--mute-after", "14", theatre.made["small.mp4"])
    yield f"rtsp://127.0.0.1:{camera.port}/silenced"
    theatre.daemon.wait("silenced is online", theatre.said("silenced", "online"), 60)
    yield
    theatre.daemon.wait("silenced is stalled", theatre.said("silenced", "stalled", ("no_packets",)), 40)
    theatre.daemon.wait("silenced is lost", theatre.said("silenced", "lost", ("no_packets",)), 40)
    yield "stalled, then lost"


@fate
def damaged(theatre):
    camera = theatre.camera("--mount", "damaged", "--corrupt", "0.3", theatre.made["small.mp4"])
    yield f"rtsp://127.0.0.1:{camera.port}/damaged"
    theatre.daemon.wait("damaged is online", theatre.said("damaged", "online"), 60)
    yield
    time.sleep(10)
    yield "decoded all the same"


@fate
def delayed(theatre):
    """Behind a network that is late, now more and now less."""
    camera = theatre.camera("--mount", "delayed", theatre.made["small.mp4"])
    yield f"rtsp://127.0.0.1:{Wire(camera.port).port}/delayed"
    theatre.daemon.wait("delayed is online", theatre.said("delayed", "online"), 60)
    yield
    time.sleep(15)
    bad = [brief(r) for r in theatre.daemon.poll() if stream(r) == "delayed" and action(r) == "stream.lost"]
    expect(not bad, f"a late stream was lost: {bad}")
    yield "stayed online"


@fate
def resized(theatre):
    camera = theatre.camera(
        "--mount", "resized", "--then", theatre.made["large.mp4"], "--then-after", "15", theatre.made["small.mp4"])
    yield f"rtsp://127.0.0.1:{camera.port}/resized"
    theatre.daemon.wait("resized is online", theatre.said("resized", "online"), 60)
    yield
    theatre.daemon.wait(
        "a verdict on the larger picture", lambda r: stream(r) == "resized" and action(r).startswith("verdict.")
        and r["unmask"]["face"].get("frame") == [1280, 720], 60)
    yield "verdicts in both sizes"


@fate
def recoded(theatre):
    """Comes back with another codec."""
    camera = theatre.camera("--mount", "recoded", theatre.made["small.mp4"])
    yield f"rtsp://127.0.0.1:{camera.port}/recoded"
    theatre.daemon.wait("recoded is online", theatre.said("recoded", "online"), 60)
    yield
    camera.kill()
    other = theatre.camera(
        "--mount", "recoded", "--codec", "h265", theatre.made["hevc.mp4"], port=camera.port)
    result = theatre.online_again("recoded", time.monotonic())
    expect(other.process.poll() is None, "the second server runs")
    expect(any("hevc" in r["message"] for r in theatre.daemon.poll() if stream(r) == "recoded"), "it is HEVC now")
    yield result


@fate
def spliced(theatre):
    """A transport stream over HTTP that goes on in another codec, without a pause."""
    server = LiveServer(theatre.made["small.ts"], theatre.made["hevc.ts"])
    yield f"http://127.0.0.1:{server.port}/spliced.ts"
    theatre.daemon.wait("spliced is online", theatre.said("spliced", "online"), 60)
    yield
    theatre.daemon.wait("spliced changes", theatre.said("spliced", "lost", ("format_changed", "damaged")), 40)
    theatre.daemon.wait(
        "spliced is online again with hevc", lambda r: stream(r) == "spliced" and "hevc" in r["message"]
        and action(r) == "stream.recovered", 40)
    yield "noticed, online again"


def perform(names, folder):
    theatre = Theatre(clips(folder))
    plays = {name: FATES[name](theatre) for name in names}
    failures = []
    try:
        addresses = [next(play) for play in plays.values()]
        theatre.daemon = Daemon("--fps", "1", "--sources-from", write(folder / "sources", "\n".join(addresses)))
        results = {}

        def act(name, play):
            try:
                next(play)
                if name != "healthy":
                    results[name] = next(play)
            except Failure as failure:
                results[name] = failure

        # All at once; `healthy` is asked last.
        actors = [threading.Thread(target=act, args=entry, daemon=True) for entry in plays.items()]
        for actor in actors:
            actor.start()
        for actor in actors:
            actor.join(300)
        if "healthy" in plays and "healthy" not in results:
            try:
                results["healthy"] = next(plays["healthy"])
            except Failure as failure:
                results["healthy"] = failure
        status = theatre.daemon.stop()
        records = theatre.daemon.records
        check_counters(records)
        check_verdicts(records)
        expect(status == 0, f"the program ended with {status}")
        errors = theatre.daemon.errors.read_text()
        for secret in ("wr0ng", "anna:"):
            expect(secret not in errors and secret not in theatre.daemon.output.read_text(), "a password was printed")
        for name in names:
            result = results.get(name, Failure("did not come to an end"))
            print(f"{'FAILED' if isinstance(result, Failure) else 'ok':7}{name:12}{result}", flush=True)
            if isinstance(result, Failure):
                failures.append(name)
                tell_history(records, name)
    finally:
        for camera in theatre.cameras:
            camera.close()
        if hasattr(theatre, "daemon"):
            theatre.daemon.close()
    return failures


def perform_network(folder):
    """A stream over TCP and one over UDP, in a network that loses packets and then breaks for a while."""
    try:
        network = Network()
        network.heal()
    except (OSError, subprocess.CalledProcessError):
        print("skipped network     it needs root, ip and iptables: no network namespace can be made here", flush=True)
        return []
    made = clips(folder)
    watches = []
    failures = []
    try:
        for name in ("tcp", "udp"):
            theatre = Theatre(made)
            theatre.name = name
            watches.append(theatre)
            camera = theatre.camera("--mount", name, made["small.mp4"], inside=network.inside)
            theatre.daemon = Daemon(
                "--fps", "1", "--transport", name, f"rtsp://127.0.0.1:{camera.port}/{name}", inside=network.inside)
            theatre.daemon.wait(f"{name} is online", theatre.said(name, "online"), 60)
        for step in (late, lossy, parted, torn):
            try:
                print(f"ok     {step.__name__:12}{step(watches, network)}", flush=True)
            except Failure as failure:
                print(f"FAILED {step.__name__:12}{failure}", flush=True)
                failures.append(step.__name__)
                for theatre in watches:
                    tell_history(theatre.daemon.poll(), theatre.name)
        for theatre in watches:
            expect(theatre.daemon.stop() == 0, "the program ended in disorder")
            check_counters(theatre.daemon.records)
            check_verdicts(theatre.daemon.records)
    finally:
        for theatre in watches:
            for camera in theatre.cameras:
                camera.close()
            if hasattr(theatre, "daemon"):
                theatre.daemon.close()
        network.close()
    return failures


def late(watches, network):
    since = time.monotonic()
    try:
        network.delay(150, 50)
    except subprocess.CalledProcessError:
        return "skipped: this kernel has no netem (the fate `delayed` stands in for it)"
    time.sleep(15)
    network.delay(0, 0)
    expect(not lost(watches, since), f"a late stream was lost: {lost(watches, since)}")
    return "online all the time"


def lossy(watches, network):
    since = time.monotonic()
    network.lose(0.02)
    time.sleep(20)
    network.heal()
    expect(not lost(watches, since), f"a stream was lost at a loss of 2 %: {lost(watches, since)}")
    return "2 % of packets lost: online all the time"


def parted(watches, network):
    """Nothing arrives for a while that is shorter than the deadline of reading."""
    since = time.monotonic()
    network.lose(1)
    for watch in watches:
        watch.daemon.wait(
            f"{watch.name} is stalled", watch.said(watch.name, "stalled", ("no_packets",), since), 20)
    time.sleep(max(0, since + 5 - time.monotonic()))
    network.heal()
    return all_online_again(watches)


def torn(watches, network):
    """Nothing arrives until the connections are given up and new ones have been tried."""
    since = time.monotonic()
    network.lose(1)
    for watch in watches:
        watch.daemon.wait(
            f"{watch.name} is lost", watch.said(watch.name, "lost", ("no_packets", "timed_out"), since), 40)
    time.sleep(3)
    network.heal()
    return all_online_again(watches)


def all_online_again(watches):
    healed = time.monotonic()
    results = {}
    waits = [threading.Thread(target=lambda w=watch: results.update(
        {w.name: outcome(lambda: w.online_again(w.name, healed))})) for watch in watches]
    for wait in waits:
        wait.start()
    for wait in waits:
        wait.join()
    for result in results.values():
        if isinstance(result, Failure):
            raise result
    return "; ".join(f"{name} {result}" for name, result in results.items())


def outcome(work):
    try:
        return work()
    except Failure as failure:
        return failure


def lost(watches, since):
    return [brief(r) for watch in watches for r in watch.daemon.poll()
            if r["seen"] >= since and action(r) == "stream.lost"]


def tell_history(records, name):
    for record in records:
        if stream(record) == name and action(record).startswith("stream."):
            print(f"         {record['@timestamp']} {action(record)} {reason(record)}: {record['message']}", flush=True)


def write(path, text):
    path.write_text(text + "\n")
    return path


def main():
    names = sys.argv[1:] or [*FATES, "network"]
    with tempfile.TemporaryDirectory(prefix="unmask-chaos-") as folder:
        folder = pathlib.Path(folder)
        fates = [name for name in names if name != "network"]
        failures = perform(fates, folder) if fates else []
        failures += perform_network(folder) if "network" in names else []
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
