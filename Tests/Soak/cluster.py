#!/usr/bin/env python3
"""Runs Config/cluster/slurm.sbatch on a cluster of its own on loopback, kills a node in the middle, and counts.

usage: cluster.py UNMASK FACE.png [--files 20] [--shares 4] [--seed 1] [--keep FOLDER]

The cluster is one munged, one slurmctld and two slurmd, all with configuration, keys, sockets and logs in a folder that
goes away; ports are free ones of 127.0.0.1. The node that is killed loses its slurmd and everything that runs on it, with
SIGKILL, once it has told of a file. Every file must be told of once, by the records of all shares together, each share's
without a gap, and the report of all ledgers must show all. Needs root, since Slurm starts jobs as other users.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SUPPORT = ROOT / "Tests" / "Support"
PATIENCE = 300

CONFIGURATION = """\
ClusterName=soak
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={work}/munge.socket
CryptoType=crypto/munge
StateSaveLocation={work}/state
SlurmdSpoolDir={work}/spool-%n
SlurmctldPidFile={work}/slurmctld.pid
SlurmdPidFile={work}/slurmd-%n.pid
SlurmctldLogFile={work}/slurmctld.log
SlurmdLogFile={work}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=5,batch_sched_delay=1
JobRequeue=1
ReturnToService=2
SlurmdTimeout=10
MinJobAge=3600
KillWait=2
MpiDefault=none
NodeName=one NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=1 State=UNKNOWN
NodeName=two NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=1 State=UNKNOWN
PartitionName=all Nodes=one,two Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class Cluster:
    """The daemons, and Slurm's commands."""

    def __init__(self, work: pathlib.Path) -> None:
        self.work = work
        self.daemons: dict[str, subprocess.Popen] = {}
        host = socket.gethostname().split(".")[0]
        for name in ("state", "spool-one", "spool-two"):
            (work / name).mkdir()
        text = CONFIGURATION.format(host=host, ports=free_ports(3), work=work)
        (work / "slurm.conf").write_text(text)
        # Where there are no control groups of its own to use, as in a container.
        (work / "cgroup.conf").write_text("CgroupAutomount=no\n")
        self.environment = {**os.environ, "SLURM_CONF": str(work / "slurm.conf")}

    def start(self) -> None:
        key = self.work / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        self.daemon(
            "munged", "munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.work}/munge.socket",
            f"--pid-file={self.work}/munged.pid", f"--seed-file={self.work}/munge.seed", f"--log-file={self.work}/munged.log",
            "--num-threads=2")  # fmt: skip
        self.wait_for("munged", lambda: (self.work / "munge.socket").exists())
        self.daemon("slurmctld", "slurmctld", "-D", "-f", str(self.work / "slurm.conf"))
        for node in ("one", "two"):
            self.daemon(node, "slurmd", "-D", "-N", node, "-f", str(self.work / "slurm.conf"))
        self.wait_for("two idle nodes", lambda: self.ask("sinfo", "--noheader", "--format=%T").split() == ["idle"])

    def daemon(self, name: str, *command: str) -> None:
        log = open(self.work / f"{name}.output", "wb")
        # A session of its own, so that a node can be killed with all that it has started.
        self.daemons[name] = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def ask(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    def wait_for(self, what: str, condition, limit: float = 60) -> None:
        end = time.monotonic() + limit
        while not condition():
            for name, daemon in self.daemons.items():
                if daemon.poll() is not None and name != getattr(self, "killed", None):
                    sys.exit(f"{name} ended with {daemon.returncode}:\n{self.logs()}")
            if time.monotonic() > end:
                sys.exit(f"no {what} after {limit:.0f} s:\n{self.ask('squeue')}\n{self.logs()}")
            time.sleep(0.2)

    def logs(self) -> str:
        pieces = []
        for log in sorted(self.work.glob("*.log")) + sorted(self.work.glob("*.output")):
            pieces.append(f"--- {log.name}\n" + log.read_text(errors="replace")[-1500:])
        return "\n".join(pieces)

    def kill(self, node: str) -> int:
        """Ends a node at once, as a loss of power would. The number of processes that died."""
        self.killed = node
        doomed = descendants(self.daemons[node].pid) | steps_of(node, self.work)
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.daemons[node].wait()
        return len(doomed)

    def stop(self) -> None:
        for name in ("one", "two"):
            if name in self.daemons and self.daemons[name].poll() is None:
                self.kill(name)
        for daemon in self.daemons.values():
            if daemon.poll() is None:
                daemon.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    daemon.wait(10)
            if daemon.poll() is None:
                daemon.kill()


def processes() -> dict[int, tuple[int, list[str]]]:
    """Every process's parent and command line."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text()
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
                found[int(entry.name)] = (
                    int(stat[stat.rindex(")") :].split()[2]), [part.decode(errors="replace") for part in arguments])
    return found


def descendants(*roots: int) -> set[int]:
    everyone, found = processes(), set(roots)
    while True:
        more = {pid for pid, (parent, _) in everyone.items() if parent in found} - found
        if not more:
            return found
        found |= more


def steps_of(node: str, work: pathlib.Path) -> set[int]:
    """What runs the steps of a node's jobs has left its slurmd; the jobs' environment tells whose they are."""
    marks = {f"SLURMD_NODENAME={node}".encode(), f"SLURM_CONF={work}/slurm.conf".encode()}
    keepers = set()
    for pid, (_, arguments) in processes().items():
        if arguments[0].startswith("slurmstepd"):
            for child in descendants(pid):
                with contextlib.suppress(OSError):
                    if marks <= set(pathlib.Path(f"/proc/{child}/environ").read_bytes().split(b"\0")):
                        keepers.add(pid)
    return descendants(*keepers)


def told(path: pathlib.Path) -> list[dict]:
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def files_in(records: list[dict]) -> list[str]:
    return [record["unmask"]["file"]["path"] for record in records if record["event"]["action"] == "scan.file"]


def is_over(records: list[dict]) -> bool:
    return bool(records) and records[-1]["event"]["action"] == "service.stop"


def kill_in_the_middle(cluster: Cluster, results: pathlib.Path, shares: int) -> tuple[str, int]:
    """Kills the node whose share has told of a file and is not done. The node, and the share."""
    chosen: list[tuple[str, int]] = []

    def look() -> bool:
        for line in cluster.ask("squeue", "--noheader", "--states=R", "--array", "--format=%K %N").splitlines():
            share, node = line.split()
            records = told(results / f"share-{share}.jsonl")
            if files_in(records) and not is_over(records):
                chosen.append((node, int(share)))
                return True
        return all(is_over(told(results / f"share-{share}.jsonl")) for share in range(1, shares + 1))

    cluster.wait_for("share in the middle of its work", look, PATIENCE)
    if not chosen:
        sys.exit("every share was done before a node could be killed; take more files")
    node, share = chosen[0]
    print(f"killed node {node} and {cluster.kill(node)} processes on it, with share {share} half done", file=sys.stderr)
    return node, share


def main() -> None:
    parser = argparse.ArgumentParser(description="runs the Slurm example, and kills a node")
    parser.add_argument("unmask", type=pathlib.Path)
    parser.add_argument("face")
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--shares", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="leave everything in this folder")
    options = parser.parse_args()
    unmask = options.unmask.resolve()
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as stack:
        work = (options.keep or pathlib.Path(scratch)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        work.chmod(0o755)
        archive, results = work / "archive", work / "results"
        results.mkdir()
        kinds = subprocess.run(
            [sys.executable, str(SUPPORT / "make_archive.py"), options.face, str(archive), "--files", str(options.files),
             "--seed", str(options.seed)], check=True, capture_output=True, text=True).stdout.strip()  # fmt: skip
        # What one process would tell of is what all shares together must.
        alone = subprocess.run(
            [unmask, "scan", "--ledger", work / "alone.ledger", "--output", work / "alone.jsonl", "--exit-zero", archive],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)  # fmt: skip
        if alone.returncode not in (0, 3):
            sys.exit(f"one process by itself ends with {alone.returncode}: {alone.stderr}")
        expected = collections.Counter(files_in(told(work / "alone.jsonl")))
        cluster = Cluster(work)
        stack.callback(cluster.stop)
        cluster.start()
        begin = time.monotonic()
        submitted = subprocess.run(
            ["sbatch", "--parsable", f"--array=1-{options.shares}", "--cpus-per-task=1",
             f"--output={work}/job-%a.log", str(ROOT / "Config" / "cluster" / "slurm.sbatch"), str(results), str(archive),
             "--thorough"],
            env={**cluster.environment, "UNMASK": str(unmask)}, cwd=ROOT, capture_output=True, text=True)  # fmt: skip
        if submitted.returncode:
            sys.exit(f"sbatch refuses: {submitted.stderr}")
        _, share = kill_in_the_middle(cluster, results, options.shares)
        before = files_in(told(results / f"share-{share}.jsonl"))
        cluster.wait_for("empty queue", lambda: cluster.ask("squeue", "--noheader") == "" and all(
            is_over(told(results / f"share-{number}.jsonl")) for number in range(1, options.shares + 1)), PATIENCE)
        seconds = time.monotonic() - begin
        states = collections.Counter(
            line.split("=")[1] for job in [submitted.stdout.strip()]
            for line in cluster.ask("scontrol", "show", "job", job, "--oneliner").split() if line.startswith("JobState="))
        everything: collections.Counter[str] = collections.Counter()
        for number in range(1, options.shares + 1):
            records = told(results / f"share-{number}.jsonl")
            sequence = [record["event"]["sequence"] for record in records]
            if sequence != list(range(1, len(records) + 1)):
                sys.exit(f"share {number}'s records are numbered {sequence}")
            everything.update(files_in(records))
        report = subprocess.run(
            [unmask, "report", "--out", work / "report", *sorted(results.glob("*.ledger"))],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)  # fmt: skip
    if everything != expected:
        twice = [path for path, count in everything.items() if count != 1]
        sys.exit(f"told of {sum(everything.values())} files, expected {sum(expected.values())}; not once: {twice}; "
                 f"missing: {sorted((expected - everything))}")  # fmt: skip
    if set(states) != {"COMPLETED"}:
        sys.exit(f"the tasks ended as {dict(states)}")
    if report.returncode:
        sys.exit(f"no report can be made: {report.stderr}")
    print(f"archive: {kinds}")
    print(
        f"{sum(everything.values())} files in {options.shares} shares on two nodes, each told of once, in {seconds:.0f} s; "
        f"share {share} had told of {len(before)} when its node was killed, and went on elsewhere")
    print(report.stderr.strip().replace("unmask: ", "report: "))


if __name__ == "__main__":
    main()
