#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what weights inside the program cost the compiler: seconds and peak MiB against their number.

usage: constants.py [--compilers g++,clang++] [--numbers f32,bf16,int8] [--weights 4096,16384,...]
                    [--flags="-O2"] [--json FILE]

The net is one product by a matrix of 64 rows. Each program packs it in the compiler (`constants`) or
leaves it to bind (`bound`), from the same array in the source; what the first costs more is packing.
Prints one line of JSON a program, limits of the compiler that were reached among them ("failed").
"""
import argparse
import pathlib
import shutil
import sys

import curves
import json_lines

ROWS = 64
SETTINGS = {"f32": "kiln::settings", "bf16": "kiln::in_bf16", "int8": "kiln::in_int8_with<ranges>"}
PROGRAM = """#include <kiln/calibrate.hpp>
#include <kiln/kiln.hpp>
#include <array>
using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(1_c, {rows}_c);
constexpr auto w = kiln::weight<"w", kiln::f32>({rows}_c, {columns}_c);
constexpr auto y = kiln::matmul(x, w);
constexpr std::array<std::array<float, 2>, 1> ranges{{{{{{-1, 1}}}}}};
using net = kiln::compile<y, {settings}>;
constexpr float numbers[] = {{
{numbers}}};
{weights}
void run(const float* from, float* to);
void run(const float* from, float* to) {{
  {bind}
  net::context context{{weights}};
  context.run(net::view<"x">(from), net::view<"y">(to));
}}
"""


def program(numbers, count, packed):
    """A program with so many weights; the array's elements have seven digits each, as weights do."""
    values = (f"{(i * 7919 % 9973) / 9973 - 0.5:.7f}F," for i in range(count))
    lines = "".join(value + ("\n" if i % 8 == 7 else " ") for i, value in enumerate(values))
    return PROGRAM.format(
        rows=ROWS, columns=count // ROWS, settings=SETTINGS[numbers], numbers=lines,
        weights='constexpr auto weights = net::pack(kiln::bind<"w", numbers>());' if packed else "",
        bind="" if packed else 'const net::weights weights{kiln::bind<"w">(numbers)};')


def measurements(options):
    curves.WORK.mkdir(parents=True, exist_ok=True)
    compilers = [c for c in options.compilers.split(",") if shutil.which(c)]
    for numbers in options.numbers.split(","):
        for count in map(int, options.weights.split(",")):
            for kind in ("bound", "constants"):
                source = curves.WORK / f"constants_{numbers}_{count}_{kind}.cpp"
                source.write_text(program(numbers, count, kind == "constants"))
                for compiler in compilers:
                    command = [compiler, "-std=c++20", *options.flags.split(), f"-I{curves.ROOT / 'include'}",
                               "-c", str(source), "-o", str(source.with_suffix(".o"))]
                    wall, processor, peak, status, errors = curves.measure(command)
                    if status != 0:
                        print(errors[:500], file=sys.stderr)
                    yield {"workload": f"compile/{kind}/{numbers}/{count}", "impl": compiler,
                           "version": curves.version_of(compiler), "flags": options.flags, "cpu": curves.cpu(),
                           "weights": count, "seconds": round(wall, 2), "processor_seconds": round(processor, 2),
                           "peak_mib": round(peak), "failed": status != 0}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compilers", default="g++,clang++")
    parser.add_argument("--numbers", default=",".join(SETTINGS))
    parser.add_argument("--weights", default="4096,16384,65536,262144")
    parser.add_argument("--flags", default="-O2")
    parser.add_argument("--json", type=pathlib.Path, help="append the lines to this file too")
    options = parser.parse_args()
    return json_lines.write(measurements(options), options.json)


if __name__ == "__main__":
    sys.exit(main())
