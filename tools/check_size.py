#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a header, function, line or template parameter list is too long; prints medians."""

import re
import statistics
import sys

import cpp_text

HEADER_LINES, FUNCTION_LINES, WIDTH, TEMPLATE_PARAMETERS, EXAMPLE_LINES = 400, 60, 100, 5, 80

# path: reason. Such a file may pass the limits of this check; every entry needs a reason.
ALLOWED = {}


def template_parameters(plain):
    """(position, number of parameters) of every template parameter list."""
    for match in re.finditer(r"\btemplate\s*<", plain):
        depth, commas, i = 1, 0, match.end()
        while i < len(plain) and depth:
            depth += (plain[i] in "<([{") - (plain[i] in ">)]}" and plain[i - 1] not in "-=")
            commas += plain[i] == "," and depth == 1
            i += 1
        inside = plain[match.end() : i - 1].strip()
        yield match.start(), commas + 1 if inside else 0


def functions(plain):
    """(line, number of lines, head) of every function."""
    for entry in cpp_text.declarations(plain):
        if entry.kind == "function":
            first, last = cpp_text.line_of(plain, entry.start), cpp_text.line_of(plain, entry.end)
            yield first, last - first + 1, " ".join(entry.head.split())


def check_file(name, text):
    """The problems of one file and the lengths of its functions."""
    errors, lengths = [], []
    lines, plain = text.splitlines(), cpp_text.blank(text)
    if name.startswith("include/") and len(lines) > HEADER_LINES:
        errors.append(f"{name}: {len(lines)} lines, the limit is {HEADER_LINES}")
    if re.match(r"examples/\d\d_", name) and len(lines) >= EXAMPLE_LINES:
        errors.append(f"{name}: {len(lines)} lines, an example has less than {EXAMPLE_LINES}")
    errors += [
        f"{name}:{i}: {len(line)} columns, the limit is {WIDTH}"
        for i, line in enumerate(lines, 1)
        if len(line) > WIDTH
    ]
    for line, length, head in functions(plain):
        lengths.append(length)
        if length > FUNCTION_LINES:
            errors.append(
                f"{name}:{line}: {length} lines, a function has at most {FUNCTION_LINES}:"
                f" {head[:60]}"
            )
    for position, count in template_parameters(plain):
        if count > TEMPLATE_PARAMETERS:
            errors.append(
                f"{name}:{cpp_text.line_of(plain, position)}: {count} template parameters, "
                f"the limit is {TEMPLATE_PARAMETERS}: make them a struct"
            )
    return errors, lengths


def check(root, allowed=None):
    allowed = ALLOWED if allowed is None else allowed
    errors, sizes, lengths = [], [], []
    for path in cpp_text.sources(root, "include", "examples", "tests", "bench"):
        name, text = path.relative_to(root).as_posix(), path.read_text()
        found, spans = check_file(name, text)
        if name.startswith("include/"):
            sizes.append(len(text.splitlines()))
            lengths += spans
        if name in allowed:
            if not found:
                errors.append(f"{name}: needs no entry in the allow-list")
        else:
            errors += found
    errors += [
        f"{name}: in the allow-list, but there is no such file"
        for name in allowed
        if not (root / name).exists()
    ]
    return errors, sizes, lengths


if __name__ == "__main__":
    problems, header_sizes, function_sizes = check(cpp_text.root_argument(sys.argv))
    sys.exit(
        cpp_text.report(
            "size",
            problems,
            f"{len(header_sizes)} headers, {sum(header_sizes)} lines, median"
            f" {statistics.median(header_sizes or [0]):g}; {len(function_sizes)} functions, median"
            f" {statistics.median(function_sizes or [0]):g} lines",
        )
    )
