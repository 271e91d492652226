#!/usr/bin/python3
"""Holds threads of a running process still, as a debugger does, while its others go on.

usage: hold_threads.py PID NAME              says HELD once every thread of that name is still; lets go of them when
                                             standard input ends
       hold_threads.py --allow COMMAND...    turns into the command, with leave for anybody of its user to hold it

A thread is stopped where it computes, in the program's own code: what is shown then is what becomes of work that never
comes to its end. In a library it might hold a lock that others need, and all of the process would stand still.
"""
import contextlib
import ctypes
import os
import pathlib
import select
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long
DETACH, SEIZE, INTERRUPT = 17, 0x4206, 0x4207
# Children of fork(2) and threads alike.
WAIT_ALL = 0x40000000
SET_PTRACER, ANYBODY = 0x59616D61, ctypes.c_ulong(-1)
PATIENCE = 60


def trace(request, thread):
    if LIBC.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), f"thread {thread} cannot be held")


def computes(process, task):
    """Whether a stopped thread is in no system call, and in the code of the program itself."""
    fields = (task / "syscall").read_text().split()
    if fields[0] != "-1":
        return False
    program = os.readlink(f"/proc/{process}/exe")
    for line in open(f"/proc/{process}/maps"):
        place, rights, *_, path = line.split(maxsplit=5)
        first, last = (int(number, 16) for number in place.split("-"))
        if first <= int(fields[2], 16) < last:
            return "x" in rights and path.strip() == program
    return False


def hold(process, task):
    """Stops the thread; false where it does something else at the moment, and goes on."""
    thread = int(task.name)
    trace(SEIZE, thread)
    trace(INTERRUPT, thread)
    os.waitpid(thread, WAIT_ALL)
    if computes(process, task):
        return True
    trace(DETACH, thread)
    return False


def ended(threads):
    """Those of the threads that are over; their process is not gone before somebody has taken note of it."""
    over = set()
    for thread in threads:
        with contextlib.suppress(ChildProcessError):
            found, status = os.waitpid(thread, WAIT_ALL | os.WNOHANG)
            if found == 0 or os.WIFSTOPPED(status):
                continue
        over.add(thread)
    return over


def main():
    if sys.argv[1] == "--allow":
        # Fails where there is no such restriction, which is as good.
        LIBC.prctl(SET_PTRACER, ANYBODY, 0, 0, 0)
        os.execv(sys.argv[2], sys.argv[2:])
    process, name = sys.argv[1:]
    waiting = [task for task in pathlib.Path(f"/proc/{process}/task").iterdir()
               if (task / "comm").read_text().strip() == name]
    if not waiting:
        sys.exit(f"process {process} has no thread named {name}")
    held = []
    end = time.monotonic() + PATIENCE
    while waiting:
        if time.monotonic() > end:
            sys.exit(f"{len(waiting)} threads were never met at work")
        if hold(process, waiting[0]):
            held.append(waiting.pop(0))
        else:
            time.sleep(0.003)
    print("HELD", flush=True)
    left = {int(task.name) for task in held}
    while left and not select.select([sys.stdin], [], [], 0.05)[0]:
        left -= ended(left)
    for thread in left:
        trace(DETACH, thread)


if __name__ == "__main__":
    main()
