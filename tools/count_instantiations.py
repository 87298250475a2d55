#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts template instantiations by clang's -ftime-trace: compile time, deterministically.

usage: count_instantiations.py [--update] [--compiler clang++] [FILE...]

Without files: the examples that tools/instantiations.txt names, each of which may grow by at most
3 % over the figure there; --update writes the new figures (and CHANGELOG.md says why they grew).
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import cpp_text

BUDGET = cpp_text.ROOT / "tools/instantiations.txt"
GROWTH = 1.03
KINDS = ("InstantiateClass", "InstantiateFunction")
TARGET = "-march=x86-64-v4"  # a fixed one: the count depends on it


def count(trace):
    """{kind: number} of the instantiation events in a parsed trace."""
    events = collections.Counter(
        event["name"] for event in trace["traceEvents"] if event.get("ph") == "X"
    )
    return {kind: events[kind] for kind in KINDS}


def measure(compiler, source):
    """The number of instantiations of one file."""
    with tempfile.TemporaryDirectory() as folder:
        item = pathlib.Path(folder) / "out.o"
        subprocess.run(
            [
                compiler,
                "-std=c++20",
                "-O0",
                TARGET,
                "-I",
                str(cpp_text.ROOT / "include"),
                "-isystem",
                "/usr/include/eigen3",
                f'-DKILN_SOURCE_DIR="{cpp_text.ROOT}"',
                "-ftime-trace",
                "-ftime-trace-granularity=0",
                "-c",
                str(source),
                "-o",
                str(item),
            ],
            check=True,
        )
        return sum(count(json.loads(item.with_suffix(".json").read_text())).values())


def read_budget(text):
    rows = (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return {name: int(figure) for name, figure in rows}


def exceeded(budget, measured):
    """A sentence for each file over its budget."""
    return [
        f"{name}: {measured[name]} instantiations, {figure} before: more than {GROWTH - 1:.0%}"
        " growth"
        for name, figure in budget.items()
        if measured[name] > figure * GROWTH
    ]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--compiler", default="clang++")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    if options.files:
        for path in options.files:
            print(f"{path} {measure(options.compiler, path)}")
        return 0
    budget = read_budget(BUDGET.read_text())
    measured = {name: measure(options.compiler, cpp_text.ROOT / name) for name in budget}
    for name, figure in measured.items():
        print(f"{name} {figure} (budget {budget[name]})")
    if options.update:
        head = [line for line in BUDGET.read_text().splitlines() if line.startswith("#")]
        BUDGET.write_text(
            "\n".join(head + [f"{name} {figure}" for name, figure in measured.items()]) + "\n"
        )
        return 0
    return cpp_text.report("instantiations", exceeded(budget, measured))


if __name__ == "__main__":
    sys.exit(main())
