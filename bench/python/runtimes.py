#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the nets of bench/model in kiln, ONNX Runtime and OpenVINO, called from one Python process.

All are called with memory that was bound before, in turns, on one thread or several. kiln is measured a second
time from a loop in C++: what Python's call costs is the difference. kiln's side is the library
kiln_nets of the benchmarks' build (tools/bench --python does all of it).

    build/venv/bin/pip install numpy==2.4.6 onnx==1.23.2 onnxruntime==1.31.1 openvino==2026.4.0
    build/venv/bin/python bench/python/runtimes.py [--threads=N] [--filter=REGEX] [--json=FILE]
"""

import argparse
import ctypes
import functools
import itertools
import json
import pathlib
import re
import statistics
import sys
import time

import models
import numpy
import peers
import processors

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "build/bench/bench/libkiln_nets.so"
MOST_PERCENT = 103  # of the peak, as in bench/common/record.hpp
TURN_US = 500  # how long one turn of a contender takes
LONG_TURN_US = 5000  # with several threads, when those of the others have fallen asleep


class Weight(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("element", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("elems", ctypes.c_size_t),
    ]


def load_library(path):
    library = ctypes.CDLL(str(path))
    library.kiln_net_new.restype = ctypes.c_void_p
    library.kiln_net_new.argtypes = [
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.POINTER(Weight),
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.c_void_p,
    ]
    library.kiln_net_delete.argtypes = [ctypes.c_void_p]
    library.kiln_net_run.argtypes = [ctypes.c_void_p]
    library.kiln_net_run.restype = None
    library.kiln_net_time_us.argtypes = [ctypes.c_void_p, ctypes.c_long]
    library.kiln_net_time_us.restype = ctypes.c_double
    library.kiln_peak_gops.argtypes = [ctypes.c_char_p, ctypes.c_int]
    library.kiln_peak_gops.restype = ctypes.c_double
    library.kiln_wait_until_others_sleep.restype = None
    library.kiln_version.restype = ctypes.c_char_p
    return library


def kiln_net(library, net, y, threads):
    weights = net.weights()
    given = (Weight * len(weights))(
        *(
            Weight(name.encode(), element.encode(), data.ctypes.data, data.size)
            for name, (element, data) in weights.items()
        )
    )
    made = library.kiln_net_new(
        net.name.encode(),
        net.element.encode(),
        net.batch,
        threads,
        given,
        len(given),
        net.x.ctypes.data,
        y.ctypes.data,
    )
    if not made:
        raise SystemExit(f"kiln has no {net}, or refuses its weights")
    return made


def python_timer(call, threads):
    """A function runs -> microseconds a run, of processor time if one thread computes."""
    clock = time.process_time_ns if threads == 1 else time.perf_counter_ns

    def timer(runs):
        start = clock()
        for _ in itertools.repeat(None, runs):
            call()
        return (clock() - start) / runs * 1e-3

    return timer


def measure(timers, sample_peaks, pause, seconds, threads):
    """Runs all in turns, A B C A B C: medians, spreads between quartiles, each peak: what nine in ten
    samples do not reach."""
    turn_us = TURN_US if threads == 1 else LONG_TURN_US
    runs = [max(1, int(turn_us / t(max(1, int(TURN_US / t(1)))))) for t in timers]
    slowest_us = max(t(n) * n for t, n in zip(timers, runs))
    times, peaks = [[] for _ in timers], [[] for _ in sample_peaks]
    for _ in range(max(7, int(seconds * 1e6 / slowest_us))):
        for i, t in enumerate(timers):
            pause()
            t(1 if threads == 1 else 1 + runs[i] // 10)
            times[i].append(t(runs[i]))
        for samples, sample in zip(peaks, sample_peaks):
            samples.append(sample())
    quartiles = [statistics.quantiles(t, n=4) for t in times]
    medians = [statistics.median(t) for t in times]
    high = [statistics.quantiles(samples, n=10)[-1] for samples in peaks]
    return medians, [q[2] - q[0] for q in quartiles], high


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(": ", 1)[1]
    return "unknown"


def compare(library, net, seconds, threads):
    """The lines of one workload."""
    processors.free_caller()
    y = net.result()
    made = kiln_net(library, net, y, threads)
    kiln = functools.partial(library.kiln_net_run, ctypes.c_void_p(made))
    version = library.kiln_version().decode()
    contenders = [("kiln", version, kiln, y)]
    contenders += [peer(net, threads) for peer in peers.PEERS if peer.computes(net)]
    for impl, _, call, result in contenders:
        result.view(numpy.uint8)[:] = 255
        call()
        wrong = net.error_of(result)
        if wrong:
            raise SystemExit(f"{net}: {impl} is wrong by {wrong}")
    if threads > 1:
        for _, _, call, _ in contenders:
            library.kiln_wait_until_others_sleep()
            processors.free_caller()
            processors.bind(call, threads)

    timers = [python_timer(call, threads) for _, _, call, _ in contenders]
    timers.append(functools.partial(library.kiln_net_time_us, made))
    peak_of = functools.partial(library.kiln_peak_gops, net.element.encode())
    pause = library.kiln_wait_until_others_sleep if threads > 1 else int
    sample_peaks = [functools.partial(peak_of, n) for n in (1, threads)]
    medians, spreads, peaks = measure(timers, sample_peaks, pause, seconds, threads)
    library.kiln_net_delete(made)

    names = [(impl, number) for impl, number, _, _ in contenders]
    names.append(("kiln, C++ call", version))
    shares = [net.flops() / median * 1e-3 / peaks[1] * 100 for median in medians]
    if max(shares) > MOST_PERCENT:
        print(f"{net.name}/{net.batch} {net.element}: {max(shares):.0f} % of the peak cannot be; not recorded")
        return
    for (impl, number), median, spread, percent in zip(names, medians, spreads, shares):
        workload = f"python/{net.name}/{net.batch}"
        shown = workload + (f" x{threads}" if threads > 1 else "")
        print(
            f"{shown:31} {net.element:4} {impl:20} {median:10.2f} us  "
            f"+-{50 * spread / median:4.1f} %  {percent:5.1f} % of peak  {median / medians[0]:6.2f}x",
            flush=True,
        )
        yield {
            "workload": workload,
            "dtype": net.element,
            "batch": net.batch,
            "threads": threads,
            "impl": impl,
            "version": number,
            "median_us": median,
            "iqr_us": spread,
            "percent_of_peak": percent,
            "peak_gflops": peaks[0],
            "team_peak_gflops": peaks[1],
            "cpu": cpu_name(),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--filter", default="", help="regular expression: workloads to run")
    parser.add_argument("--json", help="where to append one line for each measurement")
    parser.add_argument("--seconds", type=float, default=0.2, help="time for each contender")
    parser.add_argument("--threads", type=int, default=1, help="how many compute one run")
    parser.add_argument("--library", default=LIBRARY, help="kiln's nets")
    arguments = parser.parse_args()

    wanted = [
        point
        for point in models.POINTS
        if re.search(arguments.filter, f"python/{point[0]}/{point[2]} {point[1]}")
    ]
    if not wanted:
        return 0
    if not pathlib.Path(arguments.library).exists():
        print(f"{arguments.library} is not built: tools/bench builds it", file=sys.stderr)
        return 1
    library = load_library(arguments.library)
    for point in wanted:
        for line in compare(library, models.Net(*point), arguments.seconds, arguments.threads):
            if arguments.json:
                with open(arguments.json, "a") as file:
                    file.write(json.dumps(line) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
