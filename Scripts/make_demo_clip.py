"""Makes the demonstration clip from one portrait, and the truth about it, with the ffmpeg command line.

usage: make_demo_clip.py PHOTOGRAPH CLIP.mp4     (PHOTOGRAPH: skimage's astronaut.png, 512x512, NASA, public domain)

Writes CLIP.mp4 (H.264, 1280x720, 25 frames a second) and CLIP.truth.json beside it. The clip has four shots: one
honest face, none, two honest faces, and one face that has been manipulated: a copy of the face in another scale, colour
and sharpness is blended in through a soft elliptical mask, and trembles by a pixel as faces made frame by frame do.
In every shot a camera with an unsteady hand moves over a still stage. The same input gives the same clip.
"""

import json
import math
import subprocess
import sys
from dataclasses import dataclass

RATE = 25
PICTURE = 512  # side of the photograph
FACE = (179, 63, 86, 110)  # x, y, width, height of the face in it
STAGE = (1920, 1080)  # what the camera looks at
SCREEN = (1280, 720)  # what it records


@dataclass(frozen=True)
class Portrait:
    """The photograph on the stage: its top left corner and side in stage pixels, perhaps mirrored."""

    x: int
    y: int
    side: int
    is_mirrored: bool = False

    def face(self) -> tuple[float, float, float, float]:
        x, y, width, height = FACE
        if self.is_mirrored:
            x = PICTURE - x - width
        k = self.side / PICTURE
        return self.x + x * k, self.y + y * k, width * k, height * k


@dataclass(frozen=True)
class Camera:
    """A smooth move from one view to another; a view is the centre and the width of what is seen, in stage pixels."""

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    frames: int

    def expressions(self) -> tuple[str, str, str]:
        """Centre x, centre y and width as functions of the frame number `on`, in ffmpeg's language and Python's."""
        eased = f"(on/{self.frames}*on/{self.frames}*(3-2*on/{self.frames}))"
        x, y, width = (f"({a}+({b}-{a})*{eased})" for a, b in zip(self.start, self.end))
        return f"({x}+4*sin(on*PI/31)+1.5*sin(on*PI/9))", f"({y}+3*sin(on*PI/23)+1.2*sin(on*PI/8))", width

    def filter(self) -> str:
        x, y, width = self.expressions()
        left, right = f"{x}-{width}/2", f"{x}+{width}/2"
        top, bottom = (f"{y}{sign}{width}/2*{STAGE[1]}/{STAGE[0]}" for sign in "-+")
        corners = zip((left, right, left, right), (top, top, bottom, bottom))
        points = ":".join(f"x{i}='{px}':y{i}='{py}'" for i, (px, py) in enumerate(corners))
        return f"perspective={points}:interpolation=linear:sense=source:eval=frame"

    def seen(self, box: tuple[float, float, float, float], frame: int) -> list[float]:
        """A box on the stage as the camera records it in a frame."""
        names = {"on": frame, "PI": math.pi, "sin": math.sin}
        x, y, width = (eval(e, {"__builtins__": {}}, names) for e in self.expressions())
        k = SCREEN[0] / width
        left, top = x - width / 2, y - width / 2 * STAGE[1] / STAGE[0]
        return [round(v * k, 1) for v in (box[0] - left, box[1] - top, box[2], box[3])]


@dataclass(frozen=True)
class Shot:
    label: str
    camera: Camera
    portraits: tuple[Portrait, ...]


SHOTS = [
    Shot("real", Camera((960, 540, 1840), (940, 400, 1320), 7 * RATE), (Portrait(420, 0, 1080),)),
    Shot("no_face", Camera((860, 560, 1500), (1060, 520, 1700), 3 * RATE), ()),
    Shot("two_faces", Camera((1000, 520, 1840), (930, 490, 1660), 6 * RATE),
         (Portrait(60, 60, 1020), Portrait(1040, 240, 840, is_mirrored=True))),
    Shot("fake", Camera((900, 390, 1280), (980, 500, 1760), 8 * RATE), (Portrait(420, 0, 1080),)),
]


# The stage of each shot, as ffmpeg filters


def held(frames: int) -> str:
    """A still, held for a number of frames."""
    return f"loop=loop={frames - 1}:size=1,setpts=N/({RATE}*TB)"


def backdrop(source: str, name: str) -> str:
    width, height = STAGE
    return (f"[{source}]scale={width}:{width},crop={width}:{height}:0:380,gblur=sigma=70,"
            f"lutrgb=r=val*0.6:g=val*0.6:b=val*0.6[{name}]")


def portrait(source: str, placed: Portrait, name: str) -> str:
    mirrored = ",hflip" if placed.is_mirrored else ""
    feather = "a='255*clip(min(X,W-X)/120,0,1)'"
    return (f"[{source}]scale={placed.side}:{placed.side}:flags=lanczos{mirrored},format=gbrap,"
            f"geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':{feather}[{name}]")


def altered_face(source: str, placed: Portrait, name: str) -> tuple[str, int, int]:
    """A copy of the face, larger, of another colour, softened and sharpened again, behind an elliptical mask."""
    x, y, width, height = FACE
    centre_x, centre_y = x + width // 2, y + height // 2 + 4
    crop_width, crop_height = 110, 140
    k = placed.side / PICTURE * 1.06
    out_width, out_height = (2 * round(v * k / 2) for v in (crop_width, crop_height))
    mask = "st(0,clip((1-hypot((X-W/2)/(W*0.44),(Y-H/2)/(H*0.45)))/0.3,0,1));255*ld(0)*ld(0)*(3-2*ld(0))"
    text = (f"[{source}]crop={crop_width}:{crop_height}:{centre_x - crop_width // 2}:{centre_y - crop_height // 2},"
            f"scale={crop_width // 2}:{crop_height // 2}:flags=area,scale={out_width}:{out_height}:flags=bicubic,"
            f"eq=contrast=1.06:brightness=0.015:saturation=1.2:gamma_b=0.95,unsharp=7:7:0.9,format=gbrap,"
            f"geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='{mask}'[{name}]")
    left = placed.x + centre_x * placed.side / PICTURE - out_width / 2
    top = placed.y + centre_y * placed.side / PICTURE - out_height / 2
    return text, round(left), round(top)


def stage(source: str, shot: Shot, name: str) -> list[str]:
    """Filters from the photograph `[source]` to the recorded shot `[name]`."""
    frames = shot.camera.frames
    if not shot.portraits:  # a close view of the space suit, without the head
        chains = [f"[{source}]crop=512:288:0:224,scale={STAGE[0]}:{STAGE[1]}:flags=lanczos,{held(frames)}[{name}.stage]"]
    else:
        copies = 1 + len(shot.portraits) + (shot.label == "fake")
        chains = [f"[{source}]split={copies}" + "".join(f"[{name}.{i}]" for i in range(copies)),
                  backdrop(f"{name}.0", f"{name}.back0")]
        for i, placed in enumerate(shot.portraits, start=1):
            chains += [portrait(f"{name}.{i}", placed, f"{name}.person{i}"),
                       f"[{name}.back{i - 1}][{name}.person{i}]overlay={placed.x}:{placed.y}:format=gbrp[{name}.back{i}]"]
        still = f"[{name}.back{len(shot.portraits)}]{held(frames)}"
        if shot.label == "fake":
            text, left, top = altered_face(f"{name}.{copies - 1}", shot.portraits[0], f"{name}.mask")
            chains += [text, f"{still}[{name}.held]", f"[{name}.mask]{held(frames)}[{name}.altered]",
                       f"[{name}.held][{name}.altered]overlay=x='{left}+round(1.2*sin(n*PI/7))'"
                       f":y='{top}+round(1.2*sin(n*PI/11))':format=gbrp[{name}.stage]"]
        else:
            chains.append(f"{still}[{name}.stage]")
    chains.append(
        f"[{name}.stage]scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,{shot.camera.filter()},"
        f"scale={SCREEN[0]}:{SCREEN[1]}:flags=area,format=yuv420p,setsar=1[{name}]")
    return chains


def command(picture: str, clip: str) -> list[str]:
    sources = "".join(f"[source{i}]" for i in range(len(SHOTS)))
    shots = "".join(f"[shot{i}]" for i in range(len(SHOTS)))
    chains = [f"[0:v]format=gbrp,split={len(SHOTS)}{sources}"]
    for i, shot in enumerate(SHOTS):
        chains += stage(f"source{i}", shot, f"shot{i}")
    # A little noise, as every sensor has it: a picture that never changes is a frozen camera.
    chains.append(f"{shots}concat=n={len(SHOTS)},noise=alls=3:all_seed=1:allf=t[clip]")
    return ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", picture, "-filter_complex", ";".join(chains),
            "-map", "[clip]", "-r", str(RATE), "-c:v", "libx264", "-preset", "medium", "-crf", "20", "-g", str(2 * RATE), "-threads", "2",
            "-sws_flags", "accurate_rnd+bitexact", "-flags:v", "+bitexact", "-fflags", "+bitexact",
            "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
            "-movflags", "+faststart", "-f", "mp4", clip]


def truth() -> dict:
    """What the clip shows: boxes are x, y, width, height in pixels, twice a second and at the last frame of a shot."""
    stretches, first = [], 0
    for shot in SHOTS:
        frames = [*range(0, shot.camera.frames - 1, RATE // 2), shot.camera.frames - 1]
        stretches.append({
            "start": first / RATE, "end": (first + shot.camera.frames) / RATE, "label": shot.label,
            "faces": [
                {"manipulated": shot.label == "fake",
                 "boxes": [{"time": (first + n) / RATE, "box": shot.camera.seen(p.face(), n)} for n in frames]}
                for p in shot.portraits
            ],
        })
        first += shot.camera.frames
    return {"size": list(SCREEN), "rate": RATE, "frames": first, "duration": first / RATE, "stretches": stretches}


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[2].endswith(".mp4"):
        sys.exit(__doc__)
    subprocess.run(command(sys.argv[1], sys.argv[2]), check=True)
    with open(sys.argv[2].removesuffix(".mp4") + ".truth.json", "w", encoding="utf-8") as file:
        json.dump(truth(), file, indent=1)
        file.write("\n")
