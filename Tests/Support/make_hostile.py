"""Makes files that are broken or lie: for readers that must survive them.

usage: make_hostile.py FACE.png FOLDER [--files 2000] [--seed 1]

A few sound files of many containers and codecs are cut, overwritten, shuffled, given extreme numbers, and their bits
flipped by zzuf; besides there are headers that promise absurd things. The same seed makes the same files. Prints how many
of each kind there are.
"""

import argparse
import collections
import pathlib
import random
import struct
import subprocess
import zlib

FAST = ["-preset", "ultrafast", "-g", "6"]
#: By name of the file: what makes it out of a short clip.
CLIPS = {
    "avc.mp4": ["-c:v", "libx264", *FAST],
    "fragments.mp4": ["-c:v", "libx264", *FAST, "-movflags", "frag_keyframe+empty_moov"],
    "hevc.mp4": ["-c:v", "libx265", *FAST, "-x265-params", "log-level=none"],
    "mpeg4.mov": ["-c:v", "mpeg4"],
    "prores.mov": ["-c:v", "prores"],
    "animation.mov": ["-c:v", "qtrle", "-pix_fmt", "rgb24"],
    "avc.mkv": ["-c:v", "libx264", *FAST],
    "ffv1.mkv": ["-c:v", "ffv1"],
    "av1.mkv": ["-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"],
    "vp8.webm": ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"],
    "vp9.webm": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"],
    "mpeg4.avi": ["-c:v", "mpeg4"],
    "mjpeg.avi": ["-c:v", "mjpeg"],
    "huffyuv.avi": ["-c:v", "huffyuv", "-pix_fmt", "yuv422p"],
    "mpeg2.ts": ["-c:v", "mpeg2video", "-r", "25"],
    "avc.ts": ["-c:v", "libx264", *FAST],
    "mpeg2.mpg": ["-c:v", "mpeg2video", "-r", "25"],
    "wmv2.wmv": ["-c:v", "wmv2"],
    "theora.ogv": ["-c:v", "libtheora"],
    "flash.flv": ["-c:v", "flv"],
    "mpeg2.mxf": ["-c:v", "mpeg2video", "-r", "25"],
    "avc.nut": ["-c:v", "libx264", *FAST],
    "vp8.ivf": ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"],
    "raw.h264": ["-c:v", "libx264", *FAST],
    "raw.hevc": ["-c:v", "libx265", *FAST, "-x265-params", "log-level=none"],
    "animation.gif": [],
    "animation.apng": ["-c:v", "apng", "-f", "apng"],
}
#: As well, of a minute and a half of noise, heavy enough to be read in sections.
LONG = {
    "long.mp4": ["-c:v", "libx264", *FAST, "-crf", "12"],
    "long.mkv": ["-c:v", "libx264", *FAST, "-crf", "12", "-x264-params", "open-gop=1"],
}
PICTURES = ["png", "jpg", "bmp", "webp", "tiff", "jp2", "exr", "dpx", "pcx", "sgi", "qoi", "ppm"]
EXTREMES = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF]


def ffmpeg(*arguments: str) -> None:
    subprocess.run(
        ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "fatal", "-y", *arguments],
        check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def sound_files(face: pathlib.Path, folder: pathlib.Path) -> dict[str, bytes]:
    """A camera moving over a face: a second in every kind, and what is long."""
    folder.mkdir(parents=True, exist_ok=True)
    view = ["-loop", "1", "-framerate", "12", "-i", str(face)]
    filters = ["-vf", "crop=176:144:x=140+n:y=40,setsar=1", "-bitexact", "-threads", "1"]
    for name, codec in CLIPS.items():
        pixels = [] if "-pix_fmt" in codec or name.endswith("gif") else ["-pix_fmt", "yuv420p"]
        if "prores" in codec:
            pixels = []
        ffmpeg(*view, "-t", "1", *filters, *codec, *pixels, str(folder / name))
    for name, codec in LONG.items():
        noise = ["-vf", "crop=176:144:x=140+n:y=40,setsar=1,noise=alls=60:allf=t", "-pix_fmt", "yuv420p"]
        ffmpeg("-loop", "1", "-framerate", "1", "-i", str(face), "-t", "90", *filters, *noise, *codec, str(folder / name))
    for kind in PICTURES:
        ffmpeg(*view, "-frames:v", "1", *filters, str(folder / f"picture.{kind}"))
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# Breaking a sound file: each takes its bytes and the dice.


def cut(data: bytes, luck: random.Random) -> bytes:
    return data[: luck.randrange(1, len(data))]


def beheaded(data: bytes, luck: random.Random) -> bytes:
    return data[luck.randrange(1, min(len(data), 4096)) :]


def flipped(data: bytes, luck: random.Random) -> bytes:
    """Some bits of the whole, by zzuf."""
    return zzuf(data, luck, ["-r", f"{10 ** luck.uniform(-4.5, -1.5):.6f}"])


def flipped_header(data: bytes, luck: random.Random) -> bytes:
    """Bits of the first bytes alone, where lengths and sizes stand."""
    reach = luck.choice([32, 128, 512, 2048])
    return zzuf(data, luck, ["-b", f"0-{reach}", "-r", f"{10 ** luck.uniform(-2.5, -1):.6f}"])


def zzuf(data: bytes, luck: random.Random, options: list[str]) -> bytes:
    seed = str(luck.randrange(1 << 31))
    return subprocess.run(["zzuf", "-s", seed, *options], input=data, stdout=subprocess.PIPE, check=True).stdout


def extreme(data: bytes, luck: random.Random) -> bytes:
    """Numbers at the edge of what fits, somewhere in the first or the last bytes."""
    changed = bytearray(data)
    for _ in range(luck.choice([1, 1, 2, 4, 16])):
        size = luck.choice([1, 2, 4, 4, 8])
        if len(changed) <= size:
            break
        reach = min(len(changed) - size, luck.choice([64, 512, 4096]))
        place = luck.randrange(reach) if luck.random() < 0.7 else len(changed) - size - luck.randrange(reach)
        number = luck.choice(EXTREMES) & ((1 << 8 * size) - 1)
        changed[place : place + size] = number.to_bytes(size, luck.choice(["big", "little"]))
    return bytes(changed)


def holed(data: bytes, luck: random.Random) -> bytes:
    begin = luck.randrange(len(data))
    length = min(len(data) - begin, luck.choice([16, 512, 4096, len(data) // 3 + 1]))
    filling = bytes(length) if luck.random() < 0.5 else luck.randbytes(length)
    return data[:begin] + filling + data[begin + length :]


def shuffled(data: bytes, luck: random.Random) -> bytes:
    size = max(1, len(data) // luck.choice([3, 7, 20]))
    pieces = [data[place : place + size] for place in range(0, len(data), size)]
    luck.shuffle(pieces)
    return b"".join(pieces)


def repeated(data: bytes, luck: random.Random) -> bytes:
    begin = luck.randrange(len(data))
    piece = data[begin : begin + luck.choice([8, 256, 8192])]
    return data[:begin] + piece * luck.choice([2, 30]) + data[begin:]


WAYS = [cut, cut, flipped, flipped, flipped, flipped_header, flipped_header, extreme, extreme, extreme, holed, shuffled,
        repeated, beheaded]  # fmt: skip


# Headers that promise absurd things.


def png(width: int, height: int, rows: bytes, between: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + between + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def gif(width: int, height: int, frames: int, own: tuple[int, int]) -> bytes:
    """Frames of a few bytes, each the size of `own`, on a screen of any size."""
    frame = b"\x21\xf9\x04\x0c\x01\x00\x00\x00" + b"\x2c\x00\x00\x00\x00" + struct.pack("<HHB", *own, 0)
    body = frame + b"\x02\x02\x4c\x01\x00"
    palette = b"\x00\x00\x00\xff\xff\xff\x80\x80\x80\x40\x40\x40"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF1, 0, 0) + palette + body * frames + b";"


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", len(body) + 8) + kind + body


def movie(width: int, height: int, samples: int, size: int, kind: bytes = b"avc1", tracks: int = 1, depth: int = 0) -> bytes:
    """A film whose tables promise `samples` frames of `size` bytes each."""
    entry = box(
        kind, bytes(6) + b"\0\1" + bytes(16) + struct.pack(">HH", width & 0xFFFF, height & 0xFFFF) + bytes(50))
    table = box(
        b"stbl", box(b"stsd", struct.pack(">II", 0, 1), entry), box(b"stts", struct.pack(">IIII", 0, 1, samples, 1)),
        box(b"stsz", struct.pack(">III", 0, size, samples)), box(b"stsc", struct.pack(">IIIII", 0, 1, 1, samples, 1)),
        box(b"stco", struct.pack(">III", 0, 1, 48)))  # fmt: skip
    handler = box(b"hdlr", bytes(8) + b"vide" + bytes(13))
    header = box(b"mdhd", bytes(12) + struct.pack(">II", 1000, samples & 0xFFFFFFFF) + bytes(4))
    track = box(b"trak", box(b"mdia", header, handler, box(b"minf", table)))
    inside = track * tracks
    for _ in range(depth):
        inside = box(b"moov", inside)
    start = box(b"mvhd", bytes(12) + struct.pack(">II", 1000, samples & 0xFFFFFFFF) + bytes(80))
    return box(b"ftyp", b"isom\0\0\2\0isom") + box(b"mdat", bytes(64)) + box(b"moov", start, inside)


def absurd_files(luck: random.Random) -> dict[str, bytes]:
    empty = zlib.compress(bytes(1 << 20), 9)
    bomb = zlib.compress(bytes(7999 * (7999 * 4 + 1)), 9)
    ivf = b"DKIF\0\0\x20\0VP80" + struct.pack("<HHIIII", 16384, 16384, 30, 1, 0xFFFFFFFF, 0)
    bitmap = b"BM" + struct.pack("<IHHI", 0xFFFFFFFF, 0, 0, 54) + struct.pack(
        "<IiiHHIIiiII", 40, 0x7FFFFFFF, 0x7FFFFFFF, 1, 24, 0, 0, 0, 0, 0, 0)
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", 0xFFFF) + struct.pack("<HHII", 0x100, 4, 1, 65535) * 40
    loop = b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x100, 4, 1, 65535) + struct.pack("<I", 8)
    matroska = bytes.fromhex("1a45dfa3a3428288") + b"matroska"
    riff = b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"AVI LIST" + struct.pack("<I", 0xFFFFFFFF) + b"hdrlavih"
    control = struct.pack(">IIIHHHHBB", 0, 176, 144, 0, 0, 1, 1, 0, 0)
    frames = b"".join(
        struct.pack(">I", 26) + b"fcTL" + struct.pack(">I", number) + control[4:] + b"\0\0\0\0" for number in range(5000))
    sequence = "".join("#EXTINF:1,\nfile:///etc/passwd\n" for _ in range(9))
    return {
        "gigapixels.png": png(0x7FFFFFFF, 0x7FFFFFFF, empty),
        "wide.png": png(60_000_000, 1, empty),
        "high.png": png(1, 60_000_000, empty),
        "bomb.png": png(7999, 7999, bomb),
        "frames.apng": png(176, 144, empty, struct.pack(">I", 8) + b"acTL" + struct.pack(">II", 0xFFFFFFFF, 0) + bytes(4) + frames),
        "frames.gif": gif(7999, 7999, 3000, (7999, 7999)),
        "canvas.gif": gif(65535, 65535, 3, (1, 1)),
        "specks.gif": gif(7000, 7000, 60_000, (1, 1)),
        "thin.gif": gif(65535, 900, 500, (65535, 900)),
        "endless.gif": gif(16, 16, 200_000, (16, 16)),
        "samples.mp4": movie(320, 240, 0x7FFFFFFF, 0),
        "samples-of-one.mp4": movie(320, 240, 0x0FFFFFFF, 1),
        "size.mp4": movie(65535, 65535, 10, 4),
        "tracks.mp4": movie(320, 240, 1, 4, tracks=4000),
        "deep.mp4": movie(320, 240, 1, 4, depth=4000),
        "unknown.mp4": movie(320, 240, 0xFFFFFFFF, 0xFFFFFFFF, kind=b"????"),
        "picture.mp4": movie(7999, 7999, 2000, 0, kind=b"raw "),
        "size.ivf": ivf + struct.pack("<IQ", 0xFFFFFFF0, 0) + luck.randbytes(100),
        "small-frames.ivf": ivf + (struct.pack("<IQ", 3, 0) + b"\x10\0\0") * 20_000,
        "size.bmp": bitmap + bytes(64),
        "fields.tiff": tiff,
        "loop.tiff": loop,
        "unknown-size.mkv": matroska + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" * 2000,
        "length.avi": riff + struct.pack("<I", 56) + b"\xff" * 56 + luck.randbytes(64),
        "size.y4m": b"YUV4MPEG2 W1000000000 H1000000000 F25:1 Ip C420\nFRAME\n" + bytes(64),
        "rate.y4m": b"YUV4MPEG2 W16 H16 F2147483647:1 Ip C420\n" + (b"FRAME\n" + bytes(384)) * 3000,
        "size.ppm": b"P6 100000 100000 255\n" + bytes(64),
        "samples.pam": b"P7\nWIDTH 60000000\nHEIGHT 1\nDEPTH 4\nMAXVAL 65535\nTUPLTYPE RGB_ALPHA\nENDHDR\n" + bytes(64),
        "size.qoi": b"qoif" + struct.pack(">IIBB", 0xFFFFFFFF, 0xFFFFFFFF, 4, 0) + b"\xfd" * 64,
        "runs.qoi": b"qoif" + struct.pack(">IIBB", 7999, 7999, 4, 0) + b"\xfd" * 1_032_000 + bytes(7) + b"\1",
        "size.jpg": bytes.fromhex("ffd8ffc0001108ffffffff03011100021100031100ffda000c03010002110311003f00") + bytes(64),
        "sync.ts": b"\x47\x1f\xff\x10" + b"\xff" * 184 + b"\x47" * 200_000,
        "starts.mpg": b"\0\0\1\xba" * 50_000,
        "starts.h264": b"\0\0\0\1\x67" * 20_000 + b"\0\0\0\1\x65" * 20_000,
        "nothing.h264": b"\0\0\1\x67" + bytes(1_000_000),
        "playlist.mp4": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n" + sequence.encode(),
        "list.mkv": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        "zeros.mkv": bytes(100_000),
        "one-byte.mp4": b"\0",
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="makes files that are broken or lie")
    parser.add_argument("face", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    luck = random.Random(options.seed)
    sound = sound_files(options.face, options.folder / "sound")
    counts: collections.Counter[str] = collections.Counter({"sound": len(sound)})
    absurd = options.folder / "absurd"
    absurd.mkdir(exist_ok=True)
    for name, data in absurd_files(luck).items():
        (absurd / name).write_bytes(data)
        counts["absurd"] += 1
    names = list(sound)
    for number in range(max(0, options.files - counts["absurd"])):
        name, way = names[number % len(names)], luck.choice(WAYS)
        kind = way.__name__.replace("_", " ")
        folder = options.folder / way.__name__
        folder.mkdir(exist_ok=True)
        (folder / f"{number:05}-{name}").write_bytes(way(sound[name], luck))
        counts[kind] += 1
    print(", ".join(f"{count} {name}" for name, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
