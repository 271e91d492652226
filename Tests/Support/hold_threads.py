"""Holds those threads of a process that have a name, as a debugger does, until its own standard input ends.

usage: hold_threads.py PID NAME

Prints HELD when they stand still. For tests of what a program says of itself while a part of it is stuck.
"""

import ctypes
import os
import sys

SEIZE, INTERRUPT, DETACH, ALL_THREADS = 0x4206, 0x4207, 17, 0x40000000

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def trace(request: int, thread: int) -> None:
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def named(process: int, name: str) -> list:
    folder = f"/proc/{process}/task"
    found = []
    for thread in os.listdir(folder):
        with open(f"{folder}/{thread}/comm", encoding="utf-8") as file:
            if file.read().strip() == name:
                found.append(int(thread))
    return found


def main(process: int, name: str) -> None:
    threads = named(process, name)
    if not threads:
        sys.exit(f"process {process} has no thread called {name}")
    for thread in threads:
        trace(SEIZE, thread)
        trace(INTERRUPT, thread)
        os.waitpid(thread, ALL_THREADS)
    print("HELD", flush=True)
    sys.stdin.read()
    for thread in threads:
        trace(DETACH, thread)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(int(sys.argv[1]), sys.argv[2])
