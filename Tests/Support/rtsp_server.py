#!/usr/bin/python3
"""Serves a video file, looped, at rtsp://127.0.0.1:PORT/cam. Prints READY PORT once it listens, ends by itself.

It can also behave as cameras do on a bad day: send damaged pictures, change to another picture size, fall silent, hang
up. Needs Debian's python3-gi, gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-good/-bad/-ugly.
"""
import argparse
import random
import sys
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


class Clip:
    """The access units of a file as (bytes, presentation time, decoding time) in nanoseconds, and their period."""

    def __init__(self, path, codec):
        pipeline = Gst.parse_launch(
            f"filesrc name=file ! parsebin ! {codec}parse config-interval=-1"
            f" ! video/x-{codec},stream-format=byte-stream,alignment=au ! appsink name=out sync=false")
        pipeline.get_by_name("file").set_property("location", path)
        pipeline.set_state(Gst.State.PLAYING)
        units = []
        while (sample := pipeline.get_by_name("out").emit("pull-sample")) is not None:
            buffer = sample.get_buffer()
            data = buffer.extract_dup(0, buffer.get_size())
            units.append((data, buffer.pts, buffer.dts if buffer.dts != Gst.CLOCK_TIME_NONE else buffer.pts))
        pipeline.set_state(Gst.State.NULL)
        if len(units) < 2:
            sys.exit(f"{path} holds no {codec.upper()} video")
        first = min(unit[2] for unit in units)
        last = max(unit[2] for unit in units)
        self.period = (last - first) // (len(units) - 1) * len(units)
        self.units = [(data, pts - first, dts - first) for data, pts, dts in units]


class LoopingFactory(GstRtspServer.RTSPMediaFactory):
    """Plays access units again and again, on one clock that never goes back."""

    def __init__(self, clips, options):
        super().__init__()
        self.clips = clips
        self.options = options
        self.begin = time.monotonic()
        self.random = random.Random(1)
        codec = options.codec
        self.set_launch(
            "( appsrc name=source is-live=true format=time max-bytes=200000 block=false"
            f" caps=video/x-{codec},stream-format=byte-stream,alignment=au"
            f" ! {codec}parse ! rtp{codec}pay name=pay0 pt=96 config-interval=-1 )")
        # A pipeline for each viewer: with one for all, a viewer that hangs holds up the others.
        self.set_shared(False)
        self.connect("media-configure", self.configure)

    def configure(self, factory, media):
        position = 0
        played = 0

        def feed(source, length):
            nonlocal position, played
            seconds = time.monotonic() - self.begin
            if self.options.mute_after is not None and seconds > self.options.mute_after:
                return
            clip = self.clips[-1 if self.options.then and seconds > self.options.then_after else 0]
            data, pts, dts = clip.units[position % len(clip.units)]
            # Not the first ones: a stream that is damaged from its first picture on says nothing of itself.
            if position > 5 and self.random.random() < self.options.corrupt:
                data = self.damaged(data)
            buffer = Gst.Buffer.new_wrapped(data)
            buffer.pts = played + pts
            buffer.dts = played + dts
            position += 1
            if position % len(clip.units) == 0:
                played += clip.period
            source.emit("push-buffer", buffer)

        media.get_element().get_by_name_recurse_up("source").connect("need-data", feed)

    def damaged(self, data):
        """The same with some bytes changed, but for the first: they say what kind of unit it is."""
        data = bytearray(data)
        for _ in range(max(1, len(data) // 500)):
            data[self.random.randrange(min(16, len(data) - 1), len(data))] = self.random.randrange(256)
        return bytes(data)


def authenticate(server, factories, options):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "user")
    if options.digest:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(options.user, options.password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options.user, options.password), token)
    server.set_auth(auth)
    for factory in factories:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("user", "media.factory.access", True)
        permissions.add_permission_for_role("user", "media.factory.construct", True)
        factory.set_permissions(permissions)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file", help="a video with H.264 in it, such as an MP4")
    options.add_argument("--codec", choices=["h264", "h265"], default="h264", help="of the video")
    options.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options.add_argument("--mount", default="cam", help="the name in the address")
    options.add_argument("--streams", type=int, default=1, help="so many streams, at /cam, /cam2, /cam3 and so on")
    options.add_argument("--user")
    options.add_argument("--password", default="")
    options.add_argument("--digest", action="store_true", help="digest instead of basic authentication")
    options.add_argument("--corrupt", type=float, default=0, help="share of the pictures that are damaged, 0 to 1")
    options.add_argument("--then", help="another video of the same codec to go on with")
    options.add_argument("--then-after", type=float, default=5, help="seconds until then")
    options.add_argument("--mute-after", type=float, help="seconds after which nothing more is sent")
    options.add_argument("--close-after", type=float, help="seconds after which a viewer's connection is closed")
    options.add_argument("--seconds", type=float, default=60, help="lifetime")
    options = options.parse_args()

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    clips = [Clip(path, options.codec) for path in (options.file, options.then) if path]
    factories = [LoopingFactory(clips, options) for _ in range(options.streams)]
    if options.user is not None:
        authenticate(server, factories, options)
    for number, factory in enumerate(factories, 1):
        server.get_mount_points().add_factory("/" + options.mount + (str(number) if number > 1 else ""), factory)
    if options.close_after is not None:
        def close(client):
            client.close()
            print("CLOSED", flush=True)
            return False

        server.connect("client-connected", lambda server, client: client.connect(
            "play-request", lambda client, context: GLib.timeout_add(int(options.close_after * 1000), close, client)
            and None))
    if server.attach(None) == 0:
        sys.exit(f"port {options.port} is taken")
    print(f"READY {server.get_bound_port()}", flush=True)
    loop = GLib.MainLoop()
    GLib.timeout_add(int(options.seconds * 1000), loop.quit)
    loop.run()


if __name__ == "__main__":
    main()
