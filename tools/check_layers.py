#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a header includes what its layer may not, or when headers form a cycle.

The table of layers is in ARCHITECTURE.md. Intrinsics headers, intrinsics and inline assembly belong
to simd/ alone, macros to core/config.hpp alone. No header of the layers that tests/CMakeLists.txt
calls neutral, and none that they reach, may ask for the instruction set: their tests are not built
for each.
"""

import re
import sys

import cpp_text

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
VENDORS = {"boost", "Eigen", "xsimd", "doctest", "unsupported"}
INTRINSICS = re.compile(r"^(?:\w*intrin\.h|arm_\w+\.h|cpuid\.h)$")
ASSEMBLY = re.compile(
    r"\b(?:asm|__asm|__asm__)\b(?:\s*(?:volatile|__volatile__|goto|inline))*\s*\("
)
INTRINSIC = re.compile(r"\b(?:_mm\d*_\w+|__builtin_ia32_\w+|__m(?:128|256|512)\w*)\b")
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.M)
MACRO_HOME = "kiln/core/config.hpp"
ISA = re.compile(r"\b(?:KILN_ISA_\w+|KILN_SCALAR|__(?:AVX|SSE|AMX|FMA|F16C|ARM|aarch64)\w*)\b")
NEUTRAL = re.compile(r"^set\(neutral_layers ([\w ]+)\)", re.M)


def read_table(text):
    """Returns {layer: (allowed layers, allowed third-party prefixes)} from the marked table."""
    body = text.split("layers:begin")[1].split("layers:end")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in body.splitlines()
        if line.startswith("| ")
    ]
    return {
        row[0].strip("`"): (set(row[1].split()) - {"–", "-"}, set(row[2].split()) - {"–", "-"})
        for row in rows[1:]
    }


def check_include(name, layer, target, allowed):
    """What is wrong with one include line, or None."""
    parts = target.split("/")
    layers, vendors = allowed.get(layer, (set(allowed), set()))
    if parts[0] == "kiln":
        if len(parts) < 3 and layer:
            return (
                f"{name}: includes the umbrella {target}; include the header that declares the name"
            )
        if cpp_text.is_native(target) and parts[1] != layer:
            return (
                f"{name}: {target} is an alternative for one target; include what chooses among"
                " them"
            )
        if len(parts) > 2 and parts[1] != layer and parts[1] not in layers:
            return f"{name}: layer '{layer}' may not include layer '{parts[1]}' ({target})"
    elif parts[0] in VENDORS and not any(target.startswith(vendor) for vendor in vendors):
        return f"{name}: layer '{layer or 'kiln'}' may not include third-party {target}"
    elif INTRINSICS.match(target) and layer != "simd":
        return f"{name}: includes {target}; only simd/ may name intrinsics"
    return None


def check_body(name, layer, text):
    """Assembly, intrinsics and macros outside their homes."""
    plain = cpp_text.blank(text)
    errors = []
    if layer != "simd":
        for pattern, what in ((ASSEMBLY, "inline assembly"), (INTRINSIC, "an intrinsic")):
            for match in pattern.finditer(plain):
                errors.append(
                    f"{name}:{cpp_text.line_of(plain, match.start())}: {what} outside simd/"
                )
    if name != MACRO_HOME:
        errors += [
            f"{name}: defines the macro {macro}; macros live in {MACRO_HOME}"
            for macro in DEFINE.findall(text)
        ]
    return errors


def cycles(edges):
    state, found = {}, []

    def visit(node, path):
        state[node] = "open"
        for following in sorted(edges.get(node, ())):
            if state.get(following) == "open":
                found.append("cycle: " + " -> ".join(path[path.index(following) :] + [following]))
            elif following not in state:
                visit(following, path + [following])
        state[node] = "done"

    for node in sorted(edges):
        if node not in state:
            visit(node, [node])
    return found


def reached(name, edges, seen):
    """All headers that one includes, itself too."""
    if name in edges and name not in seen:
        seen.add(name)
        for target in edges[name]:
            reached(target, edges, seen)
    return seen


def not_neutral(root, edges):
    """Headers of neutral layers from which one that asks for the instruction set is reached."""
    tests = root / "tests" / "CMakeLists.txt"
    found = NEUTRAL.search(tests.read_text()) if tests.exists() else None
    layers = found[1].split() if found else []
    asks = {
        name
        for name in edges
        if name != MACRO_HOME and ISA.search((root / "include" / name).read_text())
    }
    return [
        f"{name}: the tests of '{name.split('/')[1]}' are not built for each instruction set, but"
        f" it asks for it in {', '.join(sorted(asking))}"
        for name in sorted(edges)
        if name.split("/")[1] in layers and (asking := reached(name, edges, set()) & asks)
    ]


def check(root):
    allowed = read_table((root / "ARCHITECTURE.md").read_text())
    base = root / "include"
    errors = cycles({layer: layers for layer, (layers, _) in allowed.items()})
    edges = {}
    for header in cpp_text.sources(root, "include/kiln"):
        name = header.relative_to(base).as_posix()
        layer = name.split("/")[1] if name.count("/") > 1 else ""
        if layer and layer not in allowed:
            errors.append(f"{name}: folder '{layer}' is not in the layer table")
            continue
        text = header.read_text()
        targets = INCLUDE.findall(text)
        edges[name] = {target for target in targets if target.startswith("kiln/")}
        errors += filter(None, (check_include(name, layer, target, allowed) for target in targets))
        errors += check_body(name, layer, text)
    return errors + cycles(edges) + not_neutral(root, edges), len(edges)


if __name__ == "__main__":
    problems, headers = check(cpp_text.root_argument(sys.argv))
    sys.exit(cpp_text.report("layers", problems, f"{headers} headers"))
