#!/usr/bin/python3
"""Serves a video file, looped, at rtsp://127.0.0.1:PORT/cam. Prints READY PORT once it listens, ends by itself.

Needs Debian's python3-gi, gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-good/-bad/-ugly.
"""
import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


def access_units(path):
    """The H.264 access units of a file as (bytes, presentation time, decoding time) in nanoseconds, and their period."""
    pipeline = Gst.parse_launch(
        "filesrc name=file ! parsebin ! h264parse config-interval=-1"
        " ! video/x-h264,stream-format=byte-stream,alignment=au ! appsink name=out sync=false")
    pipeline.get_by_name("file").set_property("location", path)
    pipeline.set_state(Gst.State.PLAYING)
    units = []
    while (sample := pipeline.get_by_name("out").emit("pull-sample")) is not None:
        buffer = sample.get_buffer()
        data = buffer.extract_dup(0, buffer.get_size())
        units.append((data, buffer.pts, buffer.dts if buffer.dts != Gst.CLOCK_TIME_NONE else buffer.pts))
    pipeline.set_state(Gst.State.NULL)
    if len(units) < 2:
        sys.exit(f"{path} holds no H.264 video")
    first = min(unit[2] for unit in units)
    last = max(unit[2] for unit in units)
    period = (last - first) // (len(units) - 1) * len(units)
    return [(data, pts - first, dts - first) for data, pts, dts in units], period


class LoopingFactory(GstRtspServer.RTSPMediaFactory):
    """Plays the access units again and again, on one clock that never goes back."""

    def __init__(self, path):
        super().__init__()
        self.units, self.period = access_units(path)
        self.set_launch(
            "( appsrc name=source is-live=true format=time max-bytes=200000 block=false"
            " caps=video/x-h264,stream-format=byte-stream,alignment=au"
            " ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )")
        self.set_shared(True)
        self.connect("media-configure", self.configure)

    def configure(self, factory, media):
        position = 0

        def feed(source, length):
            nonlocal position
            loop, index = divmod(position, len(self.units))
            data, pts, dts = self.units[index]
            buffer = Gst.Buffer.new_wrapped(data)
            buffer.pts = pts + loop * self.period
            buffer.dts = dts + loop * self.period
            position += 1
            source.emit("push-buffer", buffer)

        media.get_element().get_by_name_recurse_up("source").connect("need-data", feed)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file", help="a video with H.264 in it, such as an MP4")
    options.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options.add_argument("--user")
    options.add_argument("--password", default="")
    options.add_argument("--digest", action="store_true", help="digest instead of basic authentication")
    options.add_argument("--seconds", type=float, default=60, help="lifetime")
    options = options.parse_args()

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    factory = LoopingFactory(options.file)
    if options.user is not None:
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "user")
        if options.digest:
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(options.user, options.password, token)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options.user, options.password), token)
        server.set_auth(auth)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("user", "media.factory.access", True)
        permissions.add_permission_for_role("user", "media.factory.construct", True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory("/cam", factory)
    if server.attach(None) == 0:
        sys.exit(f"port {options.port} is taken")
    print(f"READY {server.get_bound_port()}", flush=True)
    loop = GLib.MainLoop()
    GLib.timeout_add(int(options.seconds * 1000), loop.quit)
    loop.run()


if __name__ == "__main__":
    main()
