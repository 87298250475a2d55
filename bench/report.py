#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes tables in Markdown and a plot from the benchmarks' lines of JSON.

    bench/report.py build/bench.jsonl                  prints the tables, writes build/bench.svg
    bench/report.py --only='^(digits|mlp_1)/' --update-readme=README.md --plot=docs/bench.svg FILE

A workload may have been measured several times. Then the run counts in which its contenders were
fastest on the whole, because whatever else the machine does can only add time; lines of two runs are
never mixed, because only within one the contenders took turns. Lines of different machines are
refused, and so are two versions of one implementation. Compile times (bench/compile/curves.py) get a table
and a plot of their own, compile.svg beside the other one.
"""

import argparse
import json
import math
import pathlib
import re
import statistics
import sys
from xml.sax.saxutils import escape

import compile_report

OURS = "kiln"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
NEEDED = ("workload", "impl", "version", "median_us", "cpu")
KEY = ("workload", "dtype", "batch", "threads")
MOST_PERCENT = 103  # of the peak, for a clock that changes between two samples
ROWS = "Rows: softmax and norms"
NETS = ("digits", "mlp_1", "mlp_2")  # whose runs were timed one by one, and who have scratch
FAMILIES = {  # what stands above a table, by the first part of the workload's name
    "digits": "Digits: 64-64-10, whole net",
    "mlp_1": "MLP_1: 13-512-256-128, whole net",
    "mlp_2": "MLP_2: 479-1024-1024-512-256-1, whole net",
    "matmul": "Matmul + bias + relu, M x K x N",
    "fusion": "Fused against unfused",
    "python": "Whole nets, called from Python",
    "softmax": ROWS,
    "log_softmax": ROWS,
    "layer_norm": ROWS,
    "rms_norm": ROWS,
}


class Refused(Exception):
    """The lines do not belong together."""


def read(paths):
    """The measurements of all files, then the compile times."""
    lines, compiled = [], []
    for path in paths:
        for number, text in enumerate(pathlib.Path(path).read_text().splitlines(), start=1):
            try:
                line = json.loads(text)
            except json.JSONDecodeError as error:
                raise Refused(f"{path}:{number}: {error}") from None
            if not isinstance(line, dict):
                raise Refused(f"{path}:{number}: not an object")
            of_compiler = compile_report.is_line(line)
            if not of_compiler and "median_us" not in line:
                continue
            needed = compile_report.NEEDED if of_compiler else NEEDED
            missing = [name for name in needed if name not in line]
            if missing:
                raise Refused(f"{path}:{number}: has no {', '.join(missing)}")
            if of_compiler:
                compiled.append(line)
                continue
            if not line["median_us"] > 0:
                raise Refused(f"{path}:{number}: median_us is {line['median_us']}")
            if (line.get("percent_of_peak") or 0) > MOST_PERCENT:
                raise Refused(f"{path}:{number}: {line['percent_of_peak']} % of the peak cannot be")
            lines.append(line)
    return lines, compiled


def check(lines):
    """Refuses what cannot be compared."""
    for what, whose in (("cpu", lambda line: "machines"), ("version", lambda line: line["impl"])):
        seen = {}
        for line in lines:
            first = seen.setdefault(whose(line), line)
            if first[what] != line[what]:
                raise Refused(f"{whose(line)}: {first[what]!r} and {line[what]!r} differ")


def workloads(lines):
    """{(workload, dtype, batch, threads): {impl: line}}, of each its fastest run."""
    runs = {}
    for line in lines:
        of_key = runs.setdefault(tuple(line.get(name) for name in KEY), [{}])
        if line["impl"] in of_key[-1]:
            of_key.append({})
        of_key[-1][line["impl"]] = line

    def slowness(run):
        return -len(run), statistics.geometric_mean(line["median_us"] for line in run.values())

    return {key: min(of_key, key=slowness) for key, of_key in runs.items()}


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


def slowest(line):
    """What one run in a hundred takes longer than, where single runs were timed."""
    return duration(line["p99_us"]) if line.get("p99_us") else "–"


def kilobytes(line):
    """Scratch memory of one thread."""
    return f"{line['scratch_bytes'] / 1024:.0f} KiB" if line.get("scratch_bytes") else "–"


def label(key, group):
    """The workload's name, and what distinguishes it from the others of the group."""
    workload, dtype, _, _ = key
    families = {family(k[0]) for k in group}
    name = workload if len(families) > 1 else workload.split("/", 1)[-1]
    if len({k[1] for k in group}) > 1:
        name += f" {dtype}"
    return name


def title(workload, threads):
    """What stands above a workload's table; each number of threads has tables of its own."""
    name = FAMILIES.get(family(workload), family(workload))
    return name if threads in (None, 1) else f"{name}, {threads} threads"


def peaks(lines):
    """What one core can do at most, by the type of the factors: "185 GOP/s in f32, ..."."""
    by_type = {}
    for line in lines:
        if line.get("peak_gflops"):
            element = line.get("dtype", "f32")
            by_type.setdefault("int8" if "8" in element else element, []).append(line["peak_gflops"])
    return ", ".join(f"{statistics.median(found):.0f} GOP/s in {t}" for t, found in by_type.items())


def table(group):
    """One table: how long each took, and how many times longer than ours."""
    names = impls_of(group)
    labels = [label(key, group) for key in group]
    columns = {"batch" if all(text.isdigit() for text in labels) else "": labels}
    columns[names[0]] = [
        duration(impls[names[0]]["median_us"]) if names[0] in impls else "–"
        for impls in group.values()
    ]
    columns["of peak"] = [percent(base_of(impls)) for impls in group.values()]
    nets = all(family(key[0]) in NETS for key in group)
    columns["p99"] = [slowest(base_of(impls)) if nets else "–" for impls in group.values()]
    columns["scratch"] = [kilobytes(base_of(impls)) for impls in group.values()]
    means = ["geometric mean", "", "", "", ""]
    for name in names[1:]:
        ratios, columns[name] = [], []
        for impls in group.values():
            cell = "–"
            if name in impls:
                ratios.append(impls[name]["median_us"] / base_of(impls)["median_us"])
                cell = f"{duration(impls[name]['median_us'])} ({ratios[-1]:.2f}x)"
            columns[name].append(cell)
        means.append(f"{statistics.geometric_mean(ratios):.2f}x")
    columns["MB moved"] = [megabytes(impls) for impls in group.values()]
    means.append("")
    heads = list(columns)
    rows = [heads, ["---"] + ["---:"] * (len(heads) - 1), *zip(*columns.values())]
    if len(group) > 1 and len(names) > 1:
        rows.append(means)
    shown = [set(columns[head]) not in ({"–"}, {""}) for head in heads]
    return "\n".join(
        "| " + " | ".join(cell for cell, show in zip(row, shown) if show) + " |" for row in rows
    )


def megabytes(impls):
    return " / ".join(f"{x['bytes'] * 1e-6:.2f}" for x in impls.values() if "bytes" in x)


def versions(lines):
    """Names and versions of all libraries: of "oneDNN" and "oneDNN inner product" once."""
    names = {line["impl"]: line["version"] for line in lines}
    found = {}
    for name in sorted(names, key=len):
        number = re.search(r"\d+(\.\d+)+", names[name])
        library = next((known for known in found if name.startswith(known)), name)
        found[library] = number.group() if number else names[name]
    return ", ".join(f"{name} {found[name]}" for name in names if name in found)


def tables(lines):
    """The whole report in Markdown."""
    head = lines[0]["cpu"] + (", one thread" if threads_of(lines) == {1} else "")
    if peaks(lines):
        head += f", measured peak of a core {peaks(lines)}"
    parts = [f"{head}. {versions(lines)}. Medians; in brackets: times as long as {OURS}."]
    groups = {}
    for key, impls in workloads(lines).items():
        groups.setdefault(title(key[0], key[3]), {})[key] = impls
    for name, group in groups.items():
        parts.append(f"**{name}**\n\n{table(group)}")
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


def full_name(key, keys):
    """The workload's name, with what distinguishes it from others of the same name."""
    workload, dtype, _, threads = key
    name = workload
    if len({k[1] for k in keys}) > 1:
        name += f" {dtype}"
    return name if threads in (None, 1) else f"{name} x{threads}"


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
        out.append(f'<text x="8" y="{y + 4}">{escape(full_name(key, rows))}</text>')
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
        lines, compiled = (
            [line for line in some if re.search(given.only, line["workload"])]
            for some in read(given.files)
        )
        check(lines + compiled)
        if not lines and not compiled:
            raise Refused("no measurement to report")
        text = "\n".join(
            make(some) for make, some in ((tables, lines), (compile_report.tables, compiled)) if some
        )
        if given.update_readme:
            path = pathlib.Path(given.update_readme)
            path.write_text(updated(path.read_text(), text))
        else:
            print(text, end="")
        picture = pathlib.Path(given.plot or pathlib.Path(given.files[0]).with_suffix(".svg"))
        if lines:
            picture.write_text(plot(lines))
        if any(not compile_report.is_kernel(line) for line in compiled):
            picture.with_name("compile.svg").write_text(compile_report.plot(compiled))
    except (Refused, OSError) as problem:
        print(f"report: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
