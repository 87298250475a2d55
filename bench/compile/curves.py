#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what expressions cost the compiler: seconds and peak MiB against the number of operators.

usage: curves.py [--compilers g++,clang++] [--shapes NAMES] [--ops 5,10,...] [--flags="-O2,-O2 -g"]
                 [--stage expression|net] [--filter REGEX] [--json FILE]

Shapes of expression: chain, residual (each block adds its input), towers (two that share nothing,
each of the given number), layers (a helper with a weight, a constant, a capturing lambda and a
scope). Stage `expression` describes, judges and lowers; stage `net` goes through the whole of
kiln::compile, up to a function that runs the net. Prints one line of JSON a program whose workload,
such as compile/chain/50, matches the filter. Compilers that are not installed are left out.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import json_lines

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "build" / "compile_curves"

HEAD = {
    "expression": """#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/lower.hpp>
#include <kiln/dsl/verdict.hpp>
""",
    "net": "#include <kiln/kiln.hpp>\n",
}
INPUT = """using namespace kiln::literals;
constexpr auto {0}0 = kiln::input<"{0}", kiln::f32>(8_c, 16_c);
"""
TAIL = {
    "expression": """static_assert(kiln::core::accepted<kiln::dsl::verdict_of<y>>());
constexpr auto lowered = kiln::dsl::lower(y);
static_assert(lowered.size > {least});
""",
    "net": """using net = kiln::compile<y>;
void run(void* context, const float* const* x, float* out);
void run(void* context, const float* const* x, float* out) {{
  static_cast<net::context*>(context)->run({views}net::view<"y">(out));
}}
""",
}


def links(name, count):
    """A chain of count operators, a variable each, as a user would write it."""
    functions = ("relu", "tanh", "sigmoid")
    return "".join(
        f"constexpr auto {name}{i} = kiln::{functions[i % 3]}({name}{i - 1});\n" for i in range(1, count + 1)
    )


def chain(ops):
    return links("x", ops) + f"constexpr auto y = x{ops};\n"


def residual(ops):
    blocks = max(1, ops // 2)
    body = "".join(f"constexpr auto x{i} = kiln::relu(x{i - 1}) + x{i - 1};\n" for i in range(1, blocks + 1))
    return body + f"constexpr auto y = x{blocks};\n"


def towers(ops):
    return INPUT.format("z").split("\n", 1)[1] + links("x", ops) + links("z", ops) + f"constexpr auto y = x{ops} + z{ops};\n"


def layers(ops):
    count = max(1, ops // 5)
    helper = """constexpr auto layer = [](auto v, float scale) {
  const auto h = kiln::relu(v * kiln::weight<"w", kiln::f32>(16_c)) * scale;
  return kiln::map([scale](float a) { return a - scale; }, h) + v;
};
"""
    body = "".join(
        f'constexpr auto x{i} = kiln::scope<"l{i}">([](auto v) {{ return layer(v, {i}.5F); }}, x{i - 1});\n'
        for i in range(1, count + 1)
    )
    return helper + body + f"constexpr auto y = x{count};\n"


SHAPES = {"chain": chain, "residual": residual, "towers": towers, "layers": layers}


def program(shape, ops, stage):
    views = [f'net::view<"{name}">(x[{i}]), ' for i, name in enumerate("xz" if shape == "towers" else "x")]
    tail = TAIL[stage].format(least=ops // 2, views="".join(views))
    return HEAD[stage] + INPUT.format("x") + SHAPES[shape](ops) + tail


def measure(command):
    """Wall seconds, processor seconds, peak MiB and exit status of a command with its children."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - start
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, errors


def version_of(compiler):
    return subprocess.run([compiler, "-dumpfullversion", "-dumpversion"], capture_output=True, text=True, check=True).stdout.strip()


def cpu():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def curves(options):
    WORK.mkdir(parents=True, exist_ok=True)
    versions = {compiler: version_of(compiler) for compiler in options.compilers.split(",") if shutil.which(compiler)}
    for shape in options.shapes.split(","):
        for ops in map(int, options.ops.split(",")):
            if not re.search(options.filter, f"compile/{shape}/{ops}"):
                continue
            source = WORK / f"{shape}_{ops}_{options.stage}.cpp"
            source.write_text(program(shape, ops, options.stage))
            for compiler, version in versions.items():
                for flags in options.flags.split(","):
                    command = [compiler, "-std=c++20", *flags.split(), f"-I{ROOT / 'include'}",
                               "-c", str(source), "-o", str(source.with_suffix(".o"))]
                    wall, processor, peak, status, errors = measure(command)
                    if status != 0:
                        print(errors[:2000], file=sys.stderr)
                    yield {"workload": f"compile/{shape}/{ops}", "stage": options.stage, "impl": compiler,
                           "version": version, "flags": flags, "cpu": cpu(), "ops": ops, "seconds": round(wall, 2),
                           "processor_seconds": round(processor, 2), "peak_mib": round(peak),
                           "object_kib": source.with_suffix(".o").stat().st_size // 1024 if status == 0 else None,
                           "failed": status != 0}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compilers", default="g++,clang++")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--ops", default="5,10,20,50,100,200,500")
    parser.add_argument("--flags", default="-O2,-O2 -g")
    parser.add_argument("--stage", choices=sorted(HEAD), default="expression")
    parser.add_argument("--filter", default="", help="regular expression of workloads")
    parser.add_argument("--json", type=pathlib.Path, help="append the lines to this file too")
    options = parser.parse_args()
    return json_lines.write(curves(options), options.json)


if __name__ == "__main__":
    sys.exit(main())
