#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes tables in Markdown and a plot from the benchmarks' lines of JSON.

    bench/report.py build/bench.jsonl                  prints the tables, writes build/bench.svg
    bench/report.py --only='^(digits|mlp_1)/' --update-readme=README.md --plot=docs/bench.svg FILE

Lines with the same workload, dtype, batch, threads and impl are runs of one measurement: the
fastest median counts, because whatever else the machine does can only add time. Lines of different
machines are refused, and so are two versions of one implementation.
"""

import argparse
import json
import math
import pathlib
import re
import statistics
import sys
from xml.sax.saxutils import escape

OURS = "kiln"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
NEEDED = ("workload", "impl", "version", "median_us", "cpu")
KEY = ("workload", "dtype", "batch", "threads", "impl")
FAMILIES = {  # what stands above a table, by the first part of the workload's name
    "digits": "Digits: 64-64-10, whole net",
    "mlp_1": "MLP_1: 13-512-256-128, whole net",
    "matmul": "Matmul + bias + relu, M x K x N",
    "fusion": "Fused against unfused",
    "python": "Whole nets, called from Python",
}


class Refused(Exception):
    """The lines do not belong together."""


def read(paths):
    """The measurements of all files; lines of other kinds (compile times) are left out."""
    lines = []
    for path in paths:
        for number, text in enumerate(pathlib.Path(path).read_text().splitlines(), start=1):
            try:
                line = json.loads(text)
            except json.JSONDecodeError as error:
                raise Refused(f"{path}:{number}: {error}") from None
            if not isinstance(line, dict):
                raise Refused(f"{path}:{number}: not an object")
            if "median_us" not in line:
                continue
            missing = [name for name in NEEDED if name not in line]
            if missing:
                raise Refused(f"{path}:{number}: has no {', '.join(missing)}")
            lines.append(line)
    return lines


def one_of_each(lines):
    """The fastest of all lines with one key, in the order in which the keys came."""
    for what, key in (("cpu", lambda line: "machines"), ("version", lambda line: line["impl"])):
        seen = {}
        for line in lines:
            first = seen.setdefault(key(line), line)
            if first[what] != line[what]:
                raise Refused(f"{key(line)}: {first[what]!r} and {line[what]!r} cannot be compared")
    best = {}
    for line in lines:
        key = tuple(line.get(name) for name in KEY)
        if key not in best or line["median_us"] < best[key]["median_us"]:
            best[key] = line
    return list(best.values())


def workloads(lines):
    """{(workload, dtype, batch, threads): {impl: line}}"""
    found = {}
    for line in lines:
        key = tuple(line.get(name) for name in KEY[:-1])
        found.setdefault(key, {})[line["impl"]] = line
    return found


def family(workload):
    return workload.split("/", 1)[0]


def duration(us):
    """Three digits and a unit."""
    for unit, size in (("ns", 1e-3), ("µs", 1.0), ("ms", 1e3), ("s", 1e6)):
        value = us / size
        if value < 999.5 or unit == "s":
            digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
            return f"{value:.{min(digits, 2)}f} {unit}"
    raise AssertionError("unreachable")


def base_of(impls):
    return impls[OURS] if OURS in impls else next(iter(impls.values()))


def impls_of(group):
    """All implementations of some workloads, ours first."""
    names = {name: None for impls in group.values() for name in impls}
    return sorted(names, key=lambda name: name != OURS)


def percent(line):
    value = line.get("percent_of_peak") or 0
    return f"{value:.0f} %" if value > 0 and math.isfinite(value) else "–"


def label(key, group):
    """The workload's name, and what distinguishes it from the others of the group."""
    workload, dtype, _, threads = key
    name = workload.split("/", 1)[-1]
    if len({k[1] for k in group}) > 1:
        name += f" {dtype}"
    if len({k[3] for k in group}) > 1:
        name += f", {threads} threads"
    return name


def table(group):
    """One family's table: how long each took, and how many times longer than the first."""
    names = impls_of(group)
    labels = [label(key, group) for key in group]
    what = "batch" if all(text.isdigit() for text in labels) else ""
    rows = [[what, names[0], "of peak", *names[1:]], ["---", *["---:"] * (len(names) + 1)]]
    ratios = {name: [] for name in names[1:]}
    for text, impls in zip(labels, group.values()):
        base = base_of(impls)
        cells = [text, "–", percent(base)]
        if names[0] in impls:
            cells[1] = duration(impls[names[0]]["median_us"])
        for name in names[1:]:
            if name not in impls:
                cells.append("–")
                continue
            ratio = impls[name]["median_us"] / base["median_us"]
            ratios[name].append(ratio)
            cells.append(f"{duration(impls[name]['median_us'])} ({ratio:.2f}x)")
        rows.append(cells)
    if len(group) > 1:
        means = [statistics.geometric_mean(r) if r else math.nan for r in ratios.values()]
        rows.append(["geometric mean", "", "", *[f"{mean:.2f}x" for mean in means]])
    if any("bytes" in line for impls in group.values() for line in impls.values()):
        add_bytes(rows, group)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def add_bytes(rows, group):
    rows[0].append("MB moved")
    rows[1].append("---:")
    for row, impls in zip(rows[2:], group.values()):
        moved = [f"{line['bytes'] * 1e-6:.2f}" for line in impls.values() if "bytes" in line]
        row.append(" / ".join(moved))
    for row in rows[2 + len(group) :]:
        row.append("")


def versions(lines):
    found = {line["impl"]: line["version"] for line in lines}
    same = {}
    for impl, version in found.items():  # "oneDNN" and "oneDNN inner product": one library
        same.setdefault((impl.replace(",", " ").split()[0], version), []).append(impl)
    short = {"ONNX": "ONNX Runtime"}
    return ", ".join(f"{short.get(name, name)} {version}" for name, version in same)


def tables(lines):
    """The whole report in Markdown."""
    peaks = [line["peak_gflops"] for line in lines if line.get("peak_gflops")]
    head = f"{lines[0]['cpu']}, one thread" if threads_of(lines) == {1} else lines[0]["cpu"]
    if peaks:
        head += f", measured peak {statistics.median(peaks):.0f} GFLOP/s in f32"
    parts = [f"{head}. {versions(lines)}. Medians; in brackets: times as long as {OURS}."]
    groups = {}
    for key, impls in workloads(lines).items():
        groups.setdefault(family(key[0]), {})[key] = impls
    for name, group in groups.items():
        parts.append(f"**{FAMILIES.get(name, name)}**\n\n{table(group)}")
    return "\n\n".join(parts) + "\n"


def threads_of(lines):
    return {line.get("threads", 1) for line in lines}


COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999")
STYLE = """
  text { font: 12px sans-serif; fill: #222 }
  .grid { stroke: #ddd } .base { stroke: #222; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .grid { stroke: #444 } .base { stroke: #ddd }
  }
"""
LEFT, RIGHT, ROW, WIDTH = 250, 24, 22, 820


def ticks(low, high):
    steps = [m * 10.0**e for e in range(-3, 6) for m in (1, 2, 5)]
    first = max(i for i, s in enumerate(steps) if s <= low)
    last = min(i for i, s in enumerate(steps) if s >= high)
    return steps[first : last + 1]


def dot(x, y, index, inside=""):
    """How the implementation with this index is drawn: a disk; a ring when colours are used up."""
    colour = COLOURS[index % len(COLOURS)]
    fill = colour if index < len(COLOURS) else "none"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{fill}" stroke="{colour}"'
        f' stroke-width="2">{inside}</circle>'
    )


def legend(names, y):
    """Its elements, and where they end."""
    out, x = [], 8
    for i, name in enumerate(names):
        width = 30 + 7 * len(name)
        if x + width > WIDTH:
            x, y = 8, y + ROW
        out.append(dot(x + 5, y - 4, i) + f'<text x="{x + 14}" y="{y}">{escape(name)}</text>')
        x += width
    return out, y


def grid(scale, at, top, bottom):
    for tick in scale:
        x, kind = at(tick), "base" if tick == 1 else "grid"
        yield (
            f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>'
            f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{tick:g}</text>'
        )


def plot(lines):
    """SVG: a row a workload, a dot a peer, at its time divided by ours; logarithmic scale."""
    rows = {}
    for key, impls in workloads(lines).items():
        ratios = {
            name: line["median_us"] / impls[OURS]["median_us"]
            for name, line in impls.items()
            if OURS in impls and name != OURS and not name.startswith(f"{OURS},")
        }
        if ratios:
            rows[key] = ratios
    names = list({name: None for ratios in rows.values() for name in ratios})
    everything = [1.0, *(ratio for ratios in rows.values() for ratio in ratios.values())]
    scale = ticks(min(everything), max(everything) * 1.01)
    low, high = math.log(scale[0]), math.log(scale[-1])

    def at(ratio):
        return LEFT + (math.log(ratio) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    signs, top = legend(names, 40)
    top += 12
    bottom = top + ROW * len(rows)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{bottom + 24}"'
        f' viewBox="0 0 {WIDTH} {bottom + 24}" role="img">',
        f"<title>Time of one run divided by {OURS}'s, one row a workload</title>",
        f"<style>{STYLE}</style>",
        f'<text x="8" y="18">time divided by {OURS}\'s (logarithmic scale; right of 1:'
        f" {OURS} is faster)</text>",
        *signs,
        *grid(scale, at, top, bottom),
    ]
    for row, (key, ratios) in enumerate(rows.items()):
        y = top + ROW * (row + 0.5)
        out.append(f'<text x="8" y="{y + 4}">{escape(key[0])}</text>')
        for name, ratio in ratios.items():
            title = f"<title>{escape(name)}: {ratio:.2f}</title>"
            out.append(dot(at(ratio), y, names.index(name), title))
    return "\n".join(out) + "\n</svg>\n"


def updated(readme, text):
    """README's text with the report between its two markers."""
    if (
        readme.count(BEGIN) != 1
        or readme.count(END) != 1
        or readme.index(BEGIN) > readme.index(END)
    ):
        raise Refused(f"there must be one {BEGIN} and behind it one {END}")
    before, rest = readme.split(BEGIN)
    return f"{before}{BEGIN}\n{text}{END}{rest.split(END)[1]}"


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", metavar="FILE", help="lines of JSON")
    parser.add_argument("--only", default="", metavar="REGEX", help="workloads to report")
    parser.add_argument(
        "--plot", metavar="FILE", help="SVG to write; beside the first file if not given"
    )
    parser.add_argument(
        "--update-readme", metavar="FILE", help=f"put the tables between {BEGIN} and {END}"
    )
    given = parser.parse_args(arguments)
    try:
        lines = one_of_each([x for x in read(given.files) if re.search(given.only, x["workload"])])
        if not lines:
            raise Refused("no measurement to report")
        text = tables(lines)
        if given.update_readme:
            path = pathlib.Path(given.update_readme)
            path.write_text(updated(path.read_text(), text))
        else:
            print(text, end="")
        pathlib.Path(given.plot or pathlib.Path(given.files[0]).with_suffix(".svg")).write_text(
            plot(lines)
        )
    except (Refused, OSError) as problem:
        print(f"report: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
