#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a hot loop moves vectors between registers or over the stack.

usage: check_disassembly.py [--source FILE] [--symbols REGEX]... [--every-loop] OBJECT...

For every function whose demangled name matches a regex (`--symbols`, or the `// hot: REGEX` lines
of --source) the loops are found as backward branches; in the innermost loop with the most vector
multiply-adds it counts vector operands on the stack, vector register copies, and vmovq/vmovd.
Every count must be 0.
Without arguments it does so for the objects of tests/disassembly in build/.
"""

import argparse
import dataclasses
import pathlib
import re
import subprocess
import sys

import cpp_text

FUNCTION = re.compile(r"^([0-9a-f]+) <(.*)>:$")
INSTRUCTION = re.compile(r"^\s+([0-9a-f]+):\t(\S+)\s*(.*)$")
PREFIXES = {"bnd", "notrack", "lock", "rep", "repz", "repnz", "data16", "cs", "ds"}
JUMP = re.compile(r"^j\w+$|^loop\w*$")
MULTIPLY_ADD = re.compile(
    r"^(?:vfn?m(?:add|sub)\w*p[shd]|vdpbf16ps|vpdp\w+|vpmaddwd|tdp\w+|vfmlal\w*)$"
)
VECTOR = r"%[xyz]mm\d+"
STACK = re.compile(r"\(%rsp\b")
FRAME = re.compile(r"\(%r[sb]p\b")  # where %rbp is the frame pointer, not just a register
COPY = re.compile(r"^v?mov(?:aps|apd|ups|upd|dqa\d*|dqu\d*)$")
REGISTER_COPY = re.compile(rf"^{VECTOR}(?:\{{%k\d\}}(?:\{{z\}})?)?,\s*{VECTOR}$")


@dataclasses.dataclass
class Loop:
    """What one loop holds."""

    symbol: str
    first: int
    last: int
    multiply_adds: int
    stack_moves: int
    register_copies: int
    general_moves: int

    @property
    def clean(self):
        return not (self.stack_moves or self.register_copies or self.general_moves)

    def __str__(self):
        return (
            f"{self.first:x}..{self.last:x}: {self.multiply_adds} multiply-adds, {self.stack_moves}"
            f" vector stack moves, {self.register_copies} register copies, {self.general_moves}"
            f" vmovq/vmovd: {self.symbol[:160]}"
        )


def functions(listing):
    """Yields (symbol, [(address, mnemonic, operands)]) of objdump's text."""
    symbol, code = None, []
    for line in listing.splitlines():
        if match := FUNCTION.match(line):
            if symbol:
                yield symbol, code
            symbol, code = match.group(2), []
        elif match := INSTRUCTION.match(line):
            words = [match.group(2)] + match.group(3).split()
            while len(words) > 1 and words[0] in PREFIXES:
                words.pop(0)
            operands = " ".join(words[1:]).split("#")[0].strip()
            code.append((int(match.group(1), 16), words[0], operands))
    if symbol:
        yield symbol, code


def innermost_loops(code):
    """The (first, last) addresses of backward branches that enclose no other one."""
    addresses, spans = {address for address, _, _ in code}, set()
    for address, mnemonic, operands in code:
        target = re.match(r"([0-9a-f]+)\b", operands)
        if (
            JUMP.match(mnemonic)
            and target
            and int(target.group(1), 16) <= address
            and int(target.group(1), 16) in addresses
        ):
            spans.add((int(target.group(1), 16), address))
    # Two branches back to one head (a `continue`) are one loop: keep the longest of each head.
    heads = {first: max(last for other, last in spans if other == first) for first, _ in spans}
    return [
        (first, last)
        for first, last in heads.items()
        if not any(first < other and end <= last for other, end in heads.items())
    ]


def measure(symbol, code, span):
    stack = (
        FRAME
        if any((name, operands) == ("mov", "%rsp,%rbp") for _, name, operands in code)
        else STACK
    )
    body = [(name, operands) for address, name, operands in code if span[0] <= address <= span[1]]
    vectors = [(name, operands) for name, operands in body if re.search(VECTOR, operands)]
    return Loop(
        symbol,
        *span,
        multiply_adds=sum(bool(MULTIPLY_ADD.match(name)) for name, _ in body),
        stack_moves=sum(bool(stack.search(operands)) for _, operands in vectors),
        register_copies=sum(
            bool(COPY.match(name) and REGISTER_COPY.match(operands)) for name, operands in vectors
        ),
        general_moves=sum(name in ("vmovq", "vmovd", "movq", "movd") for name, _ in vectors),
    )


def hot_loops(listing, patterns, every_loop=False):
    """The hottest innermost loop of each matching function, and what was not found."""
    loops, errors = [], []
    matched = {pattern: False for pattern in patterns}
    for symbol, code in functions(listing):
        hits = [pattern for pattern in patterns if re.search(pattern, symbol)]
        if not hits:
            continue
        found = [measure(symbol, code, span) for span in innermost_loops(code)]
        found = sorted(
            (loop for loop in found if loop.multiply_adds),
            key=lambda loop: (-loop.multiply_adds, loop.last - loop.first),
        )
        loops += found if every_loop else found[:1]
        for pattern in hits:
            matched[pattern] = matched[pattern] or bool(found)
    errors += [
        f"no function that matches '{p}' has a loop with vector multiply-adds"
        for p, hit in matched.items()
        if not hit
    ]
    return loops, errors


def check(objects, patterns, every_loop=False):
    """The loops found and the problems, over all the objects together."""
    text = "".join(
        subprocess.run(
            ["objdump", "-d", "-C", "--no-show-raw-insn", "-w", str(path)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for path in objects
    )
    loops, errors = hot_loops(text, patterns, every_loop)
    return loops, errors + [f"not clean: {loop}" for loop in loops if not loop.clean]


def patterns_of(source):
    found = re.findall(r"^// hot: (.+?)\s*$", source.read_text(), re.M)
    if not found:
        raise SystemExit(f"{source}: has no `// hot: REGEX` line")
    return found


def check_built(root):
    """Checks what an earlier build left; with no build there is nothing to say."""
    status = 0
    for source in sorted((root / "tests/disassembly").glob("*.cpp")):
        folder = f"disassembly_{source.stem}.dir/disassembly/{source.name}.o"
        for item in sorted(root.glob("build/*/tests/CMakeFiles/" + folder)):
            loops, errors = check([item], patterns_of(source))
            status |= cpp_text.report(str(item.relative_to(root)), errors, f"{len(loops)} loops")
    return status


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", type=pathlib.Path)
    parser.add_argument("--symbols", action="append", default=[])
    parser.add_argument("--every-loop", action="store_true")
    parser.add_argument("objects", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    if not options.objects:
        return check_built(cpp_text.ROOT)
    patterns = options.symbols + (patterns_of(options.source) if options.source else [])
    loops, errors = check(options.objects, patterns, options.every_loop)
    for loop in loops:
        print(loop)
    return cpp_text.report("disassembly", errors, f"{len(loops)} loops")


if __name__ == "__main__":
    sys.exit(main())
