# SPDX-License-Identifier: MIT
"""What bench/compile measured as tables in Markdown and as a plot; part of report.py."""

import math
import statistics
from xml.sax.saxutils import escape

# Processor time: compilers use one core, and another core's work does not count.
NEEDED = ("workload", "stage", "impl", "version", "flags", "ops", "processor_seconds", "peak_mib", "cpu")
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
DASHES = ("none", "7 3", "2 3", "9 3 2 3")
STYLE = """
  text { font: 12px sans-serif; fill: #222 } .grid { stroke: #ddd }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } .grid { stroke: #444 } }
"""
LEFT, TOP, WIDTH, HEIGHT, LEGEND = 60, 34, 560, 300, 230


def is_line(line):
    return line.get("workload", "").startswith("compile/") and "processor_seconds" in line


def is_kernel(line):
    return line["stage"] == "kernel"


def curves(lines):
    """{(shape, stage): {ops: {(impl, flags): line}}}; of several measurements the fastest counts."""
    found = {}
    for line in lines:
        if line.get("failed") or is_kernel(line):
            continue
        key = line["workload"].split("/")[1], line["stage"]
        column = line["impl"], line["flags"]
        cells = found.setdefault(key, {}).setdefault(line["ops"], {})
        if column not in cells or line["processor_seconds"] < cells[column]["processor_seconds"]:
            cells[column] = line
    return found


def tables(lines):
    """A table of nets and one of kernels, where something was measured."""
    parts = [curve_table([x for x in lines if not is_kernel(x)]), kernel_table([x for x in lines if is_kernel(x)])]
    return "\n".join(part for part in parts if part)


def curve_table(lines):
    """One table: seconds and MiB by shape and number of operators."""
    found = curves(lines)
    if not found:
        return ""
    columns = list({column: None for rows in found.values() for cells in rows.values() for column in cells})
    heads = ["expression", "operators", *(f"{impl} {flags}" for impl, flags in columns)]
    rows = [heads, ["---"] + ["---:"] * (len(heads) - 1)]
    for (shape, stage), by_ops in found.items():
        name = shape if stage == "net" else f"{shape}, {stage} only"
        for ops, cells in sorted(by_ops.items()):
            rows.append([name, str(ops), *(cell_of(cells.get(column)) for column in columns)])
    what = "processor time of a whole translation unit, peak memory"
    return f"**What a net costs the compiler** ({named(lines)}; {what})\n\n{markdown(rows)}\n"


def kernel_table(lines):
    """One table: what a kernel adds to a translation unit; of several measurements the least counts."""
    found = {}
    for line in lines:
        cells = found.setdefault(line["workload"].removeprefix("compile/kernel/"), {})
        old = cells.get(line["impl"])
        if not line.get("failed") and (old is None or line["kernel_seconds"] < old["kernel_seconds"]):
            cells[line["impl"]] = line
    columns = list({column: None for cells in found.values() for column in cells})
    if not columns:
        return ""
    rows = [["kernel", *columns], ["---"] + ["---:"] * len(columns)]
    for name, cells in found.items():
        count = max(line["ops"] for line in cells.values()) if cells else 1
        title = name if count == 1 else f"{name} {count}"
        rows.append([title, *(kernel_cell(cells.get(column)) for column in columns)])
    what = "processor time, peak memory and object code on top of a translation unit without it"
    return f"**What a kernel costs the compiler** ({named(lines)}; {what})\n\n{markdown(rows)}\n"


def named(lines):
    return ", ".join(sorted({f"{x['impl']} {x['version']}" for x in lines}))


def markdown(rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def kernel_cell(line):
    if not line:
        return "–"
    return f"{line['kernel_seconds']:.2f} s, {line['kernel_mib']} MiB, {line['kernel_kib']} KiB"


def cell_of(line):
    return f"{line['processor_seconds']:.1f} s, {line['peak_mib']} MiB" if line else "–"


def plot(lines):
    """SVG: seconds against operators, both logarithmic; a colour a shape, dashes by compiler and flags."""
    lines = [line for line in lines if not is_kernel(line)]
    found = curves(lines)
    columns = list({column: None for rows in found.values() for cells in rows.values() for column in cells})
    x_of = scale([line["ops"] for line in lines], LEFT, WIDTH)
    y_of = scale([line["processor_seconds"] for line in lines], TOP + HEIGHT, -HEIGHT)
    total = LEFT + WIDTH + LEGEND
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="{TOP + HEIGHT + 40}"'
        f' viewBox="0 0 {total} {TOP + HEIGHT + 40}" role="img">',
        "<title>Seconds of compilation against the number of operators</title>",
        f"<style>{STYLE}</style>",
        '<text x="8" y="18">processor seconds of compilation against operators (both logarithmic)</text>',
    ]
    for ops in sorted({line["ops"] for line in lines}):
        out.append(rule(x_of(ops), x_of(ops), TOP, TOP + HEIGHT))
        out.append(f'<text x="{x_of(ops):.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{ops}</text>')
    for seconds in ticks([line["processor_seconds"] for line in lines]):
        out.append(rule(LEFT, LEFT + WIDTH, y_of(seconds), y_of(seconds)))
        out.append(f'<text x="{LEFT - 8}" y="{y_of(seconds) + 4:.1f}" text-anchor="end">{seconds:g}</text>')
    row = TOP + 10
    for index, ((shape, stage), by_ops) in enumerate(found.items()):
        for column, (impl, flags) in enumerate(columns):
            points = [(x_of(ops), y_of(cells[impl, flags]["processor_seconds"]))
                      for ops, cells in sorted(by_ops.items()) if (impl, flags) in cells]
            if not points:
                continue
            look = f'fill="none" stroke="{COLOURS[index % 4]}" stroke-width="2" stroke-dasharray="{DASHES[column % 4]}"'
            out.append(f'<polyline {look} points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in points) + '"/>')
            x = LEFT + WIDTH + 10
            out.append(f'<polyline {look} points="{x},{row - 4} {x + 26},{row - 4}"/>')
            name = f"{shape}, {impl} {flags}" + ("" if stage == "net" else f", {stage}")
            out.append(f'<text x="{x + 32}" y="{row}">{escape(name)}</text>')
            row += 17
    return "\n".join(out) + "\n</svg>\n"


def rule(x1, x2, y1, y2):
    return f'<line class="grid" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"/>'


def scale(values, start, length):
    low, high = math.log(min(values)), math.log(max(values))
    return lambda value: start + (math.log(value) - low) / (high - low or 1) * length


def ticks(values):
    steps = [m * 10.0**e for e in range(-2, 5) for m in (1, 2, 5)]
    return [s for s in steps if min(values) <= s <= max(values)] or [statistics.median(values)]
