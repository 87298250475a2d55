#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the nets of bench/model in kiln and in ONNX Runtime, called from one Python process.

Both are called with memory that was bound before, on one thread, in turns. kiln is measured a
second time from a loop in C++: what Python's call costs is the difference.

    python3 -m venv build/venv
    build/venv/bin/pip install numpy==2.4.6 onnx==1.23.2 onnxruntime==1.31.1
    build/venv/bin/python bench/python/onnx_compare.py [--filter=REGEX] [--json=FILE]
"""

import argparse
import ctypes
import functools
import itertools
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

import numpy
import onnx
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "bench/python/nets/kiln_nets.cpp"
LIBRARY = ROOT / "build/bench/kiln_nets.so"

# name: widths of the input and of every layer, relu behind the last layer, batches
NETS = {
    "digits": ([64, 64, 10], False, [1, 32]),
    "mlp_1": ([13, 512, 256, 128], True, [1, 32, 128, 512]),
}
TURN_US = 500  # how long one turn of a contender takes


class Weight(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("elems", ctypes.c_size_t),
    ]


def build_library(compiler):
    """Compiles kiln's nets unless the library is newer than everything it is made from."""
    made_from = [SOURCE, *ROOT.glob("include/**/*.hpp"), *ROOT.glob("bench/*/*.hpp")]
    newest = max(path.stat().st_mtime for path in made_from)
    if LIBRARY.exists() and LIBRARY.stat().st_mtime > newest:
        return
    LIBRARY.parent.mkdir(parents=True, exist_ok=True)
    print(f"compiling {SOURCE.relative_to(ROOT)}", file=sys.stderr)
    flags = "-std=c++20 -O2 -DNDEBUG -march=native -shared -fPIC".split()
    command = [compiler, *flags, f"-I{ROOT}", f"-I{ROOT}/include", SOURCE, "-o", LIBRARY]
    if subprocess.run(command).returncode != 0:
        raise SystemExit(f"{SOURCE} does not compile")


def load_library():
    library = ctypes.CDLL(str(LIBRARY))
    library.kiln_net_new.restype = ctypes.c_void_p
    library.kiln_net_new.argtypes = [
        ctypes.c_char_p,
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
    library.kiln_peak_gflops.restype = ctypes.c_double
    library.kiln_version.restype = ctypes.c_char_p
    return library


def aligned(shape):
    """Float memory at a multiple of 64, as any allocator for vectors gives."""
    elems = int(numpy.prod(shape))
    raw = numpy.zeros(elems + 16, numpy.float32)
    first = (-raw.ctypes.data % 64) // 4
    return raw[first : first + elems].reshape(shape)


def random_weights(widths, rng):
    weights = {}
    for i, (k, n) in enumerate(itertools.pairwise(widths), start=1):
        weights[f"w{i}"] = (rng.uniform(-1, 1, (k, n)) * (6 / k) ** 0.5).astype(numpy.float32)
        weights[f"b{i}"] = rng.uniform(-1, 1, n).astype(numpy.float32)
    return weights


def reference(x, weights, relu_at_end):
    layers = len(weights) // 2
    h = x.astype(numpy.float64)
    for i in range(1, layers + 1):
        h = h @ weights[f"w{i}"].astype(numpy.float64) + weights[f"b{i}"]
        h = numpy.maximum(h, 0) if relu_at_end or i < layers else h
    return h


def onnx_model(batch, widths, weights, relu_at_end):
    """Gemm and Relu nodes, which ONNX Runtime joins to one kernel a layer."""
    layers = len(widths) - 1
    nodes, value = [], "x"
    for i in range(1, layers + 1):
        relu = relu_at_end or i < layers
        sums = f"h{i}" if relu or i < layers else "y"
        nodes.append(onnx.helper.make_node("Gemm", [value, f"w{i}", f"b{i}"], [sums]))
        value = sums
        if relu:
            value = "y" if i == layers else f"r{i}"
            nodes.append(onnx.helper.make_node("Relu", [sums], [value]))
    tensor = functools.partial(onnx.helper.make_tensor_value_info, elem_type=onnx.TensorProto.FLOAT)
    graph = onnx.helper.make_graph(
        nodes,
        "net",
        [tensor("x", shape=[batch, widths[0]])],
        [tensor("y", shape=[batch, widths[-1]])],
        [onnx.numpy_helper.from_array(data, name) for name, data in weights.items()],
    )
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 20)], ir_version=10
    )
    onnx.checker.check_model(model)
    return model.SerializeToString()


def onnx_contender(model, x, y):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    binding.bind_input("x", "cpu", 0, numpy.float32, x.shape, x.ctypes.data)
    binding.bind_output("y", "cpu", 0, numpy.float32, y.shape, y.ctypes.data)
    # What InferenceSession.run_with_iobinding calls, without its checks in Python.
    return functools.partial(session._sess.run_with_iobinding, binding._iobinding, None)


def kiln_net(library, name, weights, x, y):
    given = (Weight * len(weights))(
        *(Weight(n.encode(), w.ctypes.data, w.size) for n, w in weights.items())
    )
    net = library.kiln_net_new(
        name.encode(), len(x), given, len(given), x.ctypes.data, y.ctypes.data
    )
    if not net:
        raise SystemExit(f"kiln has no net {name} for a batch of {len(x)}, or refuses its weights")
    return net


def python_timer(call):
    """A function runs -> microseconds a run, of processor time."""

    def timer(runs):
        start = time.process_time_ns()
        for _ in itertools.repeat(None, runs):
            call()
        return (time.process_time_ns() - start) / runs * 1e-3

    return timer


def measure(timers, sample_peak, seconds):
    """Runs all in turns, A B C A B C: medians, spreads between quartiles, the peak's median."""
    runs = [max(1, int(TURN_US / t(max(1, int(TURN_US / t(1)))))) for t in timers]
    slowest_us = max(t(n) * n for t, n in zip(timers, runs))
    times, peaks = [[] for _ in timers], []
    for _ in range(max(7, int(seconds * 1e6 / slowest_us))):
        for i, t in enumerate(timers):
            t(1)
            times[i].append(t(runs[i]))
        peaks.append(sample_peak())
    quartiles = [statistics.quantiles(t, n=4) for t in times]
    medians = [statistics.median(t) for t in times]
    return medians, [q[2] - q[0] for q in quartiles], statistics.median(peaks)


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(": ", 1)[1]
    return "unknown"


def compare(library, name, batch, seconds):
    """The lines of one workload."""
    widths, relu_at_end, _ = NETS[name]
    rng = numpy.random.default_rng(1)
    weights = random_weights(widths, rng)
    x = aligned((batch, widths[0]))
    x[:] = rng.uniform(-1, 1, x.shape)
    expected = reference(x, weights, relu_at_end)

    y_kiln, y_onnx = aligned((batch, widths[-1])), aligned((batch, widths[-1]))
    net = kiln_net(library, name, weights, x, y_kiln)
    kiln = functools.partial(library.kiln_net_run, ctypes.c_void_p(net))
    onnx_run = onnx_contender(onnx_model(batch, widths, weights, relu_at_end), x, y_onnx)
    for impl, call, y in (("kiln", kiln, y_kiln), ("ONNX Runtime", onnx_run, y_onnx)):
        y[:] = numpy.nan
        call()
        worst = numpy.abs(y - expected).max()
        if not worst < 1e-4:
            raise SystemExit(f"{name}/{batch}: {impl} is wrong by {worst}")

    in_cpp = functools.partial(library.kiln_net_time_us, net)
    contenders = [
        ("kiln", library.kiln_version().decode(), python_timer(kiln)),
        ("ONNX Runtime", onnxruntime.__version__, python_timer(onnx_run)),
        ("kiln, C++ call", library.kiln_version().decode(), in_cpp),
    ]
    medians, spreads, peak = measure([c[2] for c in contenders], library.kiln_peak_gflops, seconds)
    library.kiln_net_delete(net)

    flops = 2 * batch * sum(k * n for k, n in itertools.pairwise(widths))
    for (impl, version, _), median, spread in zip(contenders, medians, spreads):
        percent = flops / median * 1e-3 / peak * 100
        workload = f"python/{name}/{batch}"
        print(
            f"{workload:36} {impl:20} {median:10.2f} us  +-{50 * spread / median:4.1f} % "
            f" {percent:5.1f} % of peak  {median / medians[0]:6.2f}x",
            flush=True,
        )
        yield {
            "workload": workload,
            "dtype": "f32",
            "batch": batch,
            "threads": 1,
            "impl": impl,
            "version": version,
            "median_us": median,
            "iqr_us": spread,
            "percent_of_peak": percent,
            "peak_gflops": peak,
            "cpu": cpu_name(),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--filter", default="", help="regular expression: workloads to run")
    parser.add_argument("--json", help="where to append one line for each measurement")
    parser.add_argument("--seconds", type=float, default=0.2, help="time for each contender")
    parser.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    arguments = parser.parse_args()

    wanted = [
        (name, batch)
        for name, (_, _, batches) in NETS.items()
        for batch in batches
        if re.search(arguments.filter, f"python/{name}/{batch}")
    ]
    if not wanted:
        return
    build_library(arguments.compiler)
    library = load_library()
    for name, batch in wanted:
        for line in compare(library, name, batch, arguments.seconds):
            if arguments.json:
                with open(arguments.json, "a") as file:
                    file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
