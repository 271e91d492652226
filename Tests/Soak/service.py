#!/usr/bin/env python3
"""The Debian package under a real systemd: installed, started, reloaded, stuck, started anew by the watchdog, stopped,
purged.

systemd runs as the first process of namespaces of its own, on an overlay of this machine's root that is gone afterwards:
nothing here is changed. Needs root, a kernel with overlayfs, and what `make setup` makes.

usage: service.py PACKAGE.deb
"""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time

from daemon import ROOT, Failure, action, expect

HOLD = ROOT / "Tests/Support/hold_threads.py"
CLIP = ROOT / ".cache/media/demo.mp4"
WATCHDOG = 12

# What this machine's own devices and network need is none of a container's business.
MASKED = """systemd-udevd.service systemd-udevd-kernel.socket systemd-udevd-control.socket systemd-udev-trigger.service
    systemd-modules-load.service systemd-timesyncd.service systemd-networkd.service systemd-resolved.service
    systemd-hwdb-update.service systemd-firstboot.service systemd-binfmt.service keyboard-setup.service
    console-setup.service networking.service proc-sys-fs-binfmt_misc.automount""".split()

BOOT = r"""
set -e
mount --make-rprivate /
place=$(mktemp -d)
mount -t tmpfs tmpfs "$place"
mkdir "$place"/upper "$place"/work "$place"/root
root=$place/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/dev"
for name in null zero full random urandom tty; do touch "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
mkdir "$root"/dev/pts "$root"/dev/shm "$root"/before
mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666
ln -s pts/ptmx "$root/dev/ptmx"
cd "$root"
pivot_root . before
umount --lazy /before
printf '[Unit]\nRequires=sysinit.target\nAfter=sysinit.target\n' >/etc/systemd/system/soak.target
for unit in MASKED; do ln -sf /dev/null "/etc/systemd/system/$unit"; done
exec env -i container=soak PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=soak.target
"""


class Machine:
    """A systemd with all that belongs to it, apart from the one that runs this machine, if any does."""

    def __init__(self):
        # A control group of its own is the root of the ones that it makes.
        self.groups = [path for path in map(pathlib.Path, (
            "/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified")) if (path / "cgroup.procs").exists()]
        self.groups = [path / f"unmask-soak-{os.getpid()}" for path in self.groups]
        for group in self.groups:
            group.mkdir()
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup", "--fork", "--kill-child", "bash", "-c",
             BOOT.replace("MASKED", " ".join(MASKED))], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, preexec_fn=self.enter)

    def boot(self):
        self.wait("systemd runs", lambda: self.run("systemctl", "is-system-running").stdout.strip() == "running")
        self("ip", "link", "set", "lo", "up")

    def enter(self):
        for group in self.groups:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    @property
    def first(self):
        """The process that is the first one inside."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return children[0] if children else None

    def command(self, *command):
        return ["nsenter", "--target", self.first, "--all", *map(str, command)]

    def run(self, *command, **keywords):
        expect(self.process.poll() is None, "systemd did not start; is this root, and is overlayfs there?")
        if not self.first:
            return subprocess.CompletedProcess(command, 1, "", "")
        return subprocess.run(self.command(*command), capture_output=True, text=True, **keywords)

    def __call__(self, *command, **keywords):
        """What a command inside prints; it must succeed."""
        result = self.run(*command, **keywords)
        expect(result.returncode == 0, f"{' '.join(map(str, command))}: {result.stdout}{result.stderr}")
        return result.stdout

    def wait(self, what, condition, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            expect(time.monotonic() < end, f"not within {seconds} s: {what}")
            time.sleep(0.25)

    def write(self, path, text):
        self("mkdir", "-p", str(pathlib.Path(path).parent))
        self("tee", path, input=text)

    def property(self, name):
        return self("systemctl", "show", "unmask", "--value", "--property", name).strip()

    def journal(self):
        return self("journalctl", "--unit", "unmask", "--no-pager", "--output", "cat")

    def close(self):
        self.process.kill()
        self.process.wait()
        end = time.monotonic() + 10
        while any(group.exists() for group in self.groups) and time.monotonic() < end:
            for group in self.groups:
                for folder, _, _ in os.walk(group, topdown=False):
                    with contextlib.suppress(OSError):
                        os.rmdir(folder)
            time.sleep(0.1)


def install(machine, package):
    machine("dpkg", "--install", package, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    machine("mkdir", "/srv/video")
    machine("cp", CLIP, "/srv/video/clip.mp4")
    machine.write("/etc/unmask/unmask.yaml", """
output: {file: /var/log/unmask/records.jsonl}
streams:
  - {name: lobby, source: /srv/video/clip.mp4, loop: true, fps: 5}
  - {name: gate, source: "rtsp://127.0.0.1:9/gate"}
""")
    machine.write("/etc/systemd/system/unmask.service.d/soak.conf", f"[Service]\nWatchdogSec={WATCHDOG}\nRestartSec=1\n")
    machine("systemctl", "daemon-reload")
    return "installed"


def start(machine):
    begin = time.monotonic()
    # The package may have started it already. Returns when the service has said READY=1.
    machine("systemctl", "restart", "unmask")
    took = time.monotonic() - begin
    expect(machine.property("ActiveState") == "active", "the service is not active")
    machine.wait("a status of both streams", lambda: machine.property("StatusText").startswith("1 of 2 streams online"))
    owner = machine("stat", "--format", "%U", f"/proc/{machine.property('MainPID')}").strip()
    expect(owner == "unmask", f"it runs as {owner}")
    return f"ready after {took:.1f} s: {machine.property('StatusText')}"


def reload(machine):
    before = machine.property("MainPID")
    machine("systemctl", "reload", "unmask")
    machine.wait("the reload", lambda: "configuration reloaded: 2 streams untouched" in machine.journal())
    machine.write("/etc/unmask/unmask.yaml.bad", machine("cat", "/etc/unmask/unmask.yaml") + "defaults: {fsp: 3}\n")
    machine("cp", "/etc/unmask/unmask.yaml.bad", "/etc/unmask/unmask.yaml")
    machine("systemctl", "reload", "unmask")
    machine.wait("the refusal", lambda: "did you mean `fps`?" in machine.journal())
    machine("sed", "-i", "/fsp/d", "/etc/unmask/unmask.yaml")
    expect(machine.property("MainPID") == before and machine.property("ActiveState") == "active", "it did not live on")
    return "taken in, and a bad file refused"


def stick(machine):
    """Holds the analysis threads until systemd has had enough."""
    process = machine.property("MainPID")
    with subprocess.Popen(machine.command("python3", HOLD, process, "analysis"), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as holder:
        expect(holder.stdout.readline() == b"HELD\n", "the analysis could not be held")
        begin = time.monotonic()
        machine.wait("a new start", lambda: machine.property("NRestarts") == "1", 6 * WATCHDOG)
        took = time.monotonic() - begin
    expect("the watchdog is not fed until it goes on" in machine.journal(), "it did not say that it is stuck")
    machine.wait("life after it", lambda: machine.property("StatusText").startswith("1 of 2 streams online"))
    expect(machine.property("MainPID") != process, "it is the same process")
    return f"started anew {took:.0f} s after its analysis had stopped, the watchdog's interval being {WATCHDOG} s"


def stop(machine):
    begin = time.monotonic()
    machine("systemctl", "stop", "unmask")
    took = time.monotonic() - begin
    expect(machine.property("Result") == "success", f"it ended with {machine.property('Result')}")
    last = json.loads(machine("tail", "--lines", "1", "/var/log/unmask/records.jsonl"))
    expect(action(last) == "service.stop", f"the last record is {action(last)}")
    expect("thread priority" not in machine.journal(), "libraries talk in the journal")
    return f"stopped in good order after {took:.1f} s"


def purge(machine):
    machine("dpkg", "--purge", "unmask")
    for path in ("/usr/bin/unmask", "/var/lib/unmask", "/var/log/unmask"):
        expect(machine.run("test", "-e", path).returncode != 0, f"{path} is still there")
    expect(machine.run("getent", "passwd", "unmask").returncode != 0, "its user is still there")
    return "gone"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.rsplit("\n\n", 1)[1].strip())
    package = pathlib.Path(sys.argv[1]).resolve()
    machine = Machine()
    try:
        machine.boot()
        print(f"install  {install(machine, package)}", flush=True)
        for act in (start, reload, stick, stop, purge):
            print(f"{act.__name__:8} {act(machine)}", flush=True)
    except Failure as failure:
        with contextlib.suppress(Failure):
            print(machine.run("journalctl", "--unit", "unmask", "--no-pager", "--lines", "30").stdout)
        sys.exit(f"FAILED: {failure}")
    finally:
        machine.close()


if __name__ == "__main__":
    main()
