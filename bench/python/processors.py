# SPDX-License-Identifier: MIT
"""Which processors the threads of this process run on."""

import os
import pathlib
import time

ALL = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def free_caller():
    """Lets the calling thread run anywhere, and so the threads that it starts."""
    if ALL:
        os.sched_setaffinity(0, ALL)


def _used_ns():
    """The processor time that each thread used, by its number."""
    used = {}
    for task in pathlib.Path("/proc/self/task").iterdir():
        try:
            used[int(task.name)] = int((task / "schedstat").read_text().split()[0])
        except OSError:  # it has ended
            pass
    return used


def bind(call, threads):
    """Binds the calling thread and those that work for it, found by their processor time, to one of the
    first processors each: where two of them share one, both wait."""
    if len(ALL) < threads:
        return
    before, start = _used_ns(), time.perf_counter_ns()
    while time.perf_counter_ns() - start < 50_000_000:
        call()
    enough = (time.perf_counter_ns() - start) // 10
    caller = os.getpid()
    used = {thread: ns - before.get(thread, 0) for thread, ns in _used_ns().items()}
    workers = [thread for thread, ns in sorted(used.items()) if ns > enough and thread != caller]
    first = 1 if used[caller] > enough else 0
    os.sched_setaffinity(caller, ALL[:1])
    for i, thread in enumerate(workers, start=first):
        os.sched_setaffinity(thread, [ALL[i % threads]])
