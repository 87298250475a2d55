#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a compiler on a file that must not compile and judges its text.

usage: run_compile_fail.py FILE -- COMPILER OPTIONS...

The compiler, given what a `// flags: OPTIONS` line says too, must fail; its text must match every
`// expect: REGEX` line of the file, hold one error (or as many as a `// errors: N` line says) and,
counted from the first `error:`, stay under 12 lines and 2,000 characters.
"""

import re
import subprocess
import sys

LINES, CHARACTERS = 12, 2000
ERROR = re.compile(r"\berror: ")


def judge(source, status, output):
    """What is wrong with the compiler's answer: a list of sentences."""
    expected = re.findall(r"^// expect: (.+?)\s*$", source, re.M)
    count = re.search(r"^// errors: (\d+)", source, re.M)
    allowed = int(count.group(1)) if count else 1
    first = ERROR.search(output)
    if status == 0:
        return ["it compiles"]
    if not first:
        return ["the compiler failed without an error: line"]
    problems = [] if expected else ["the file has no `// expect: REGEX` line"]
    problems += [
        f"the text does not match: {pattern}"
        for pattern in expected
        if not re.search(pattern, output)
    ]
    text = output[output.rfind("\n", 0, first.start()) + 1 :]
    lines, errors = len(text.splitlines()), len(ERROR.findall(text))
    if lines >= LINES:
        problems.append(f"{lines} lines from the first error on; it must stay under {LINES}")
    if len(text) >= CHARACTERS:
        problems.append(
            f"{len(text)} characters from the first error on; it must stay under {CHARACTERS}"
        )
    if errors > allowed:
        problems.append(f"{errors} errors for one mistake, {allowed} allowed")
    return problems


def flags_of(source):
    """What a file asks to be compiled with."""
    return " ".join(re.findall(r"^// flags: (.+)$", source, re.M)).split()


def main(arguments):
    cut = arguments.index("--")
    path, command = arguments[1], arguments[cut + 1 :]
    with open(path, encoding="utf-8") as file:
        source = file.read()
    answer = subprocess.run(
        [*command, *flags_of(source), path], capture_output=True, text=True, check=False
    )
    output = answer.stdout + answer.stderr
    problems = judge(source, answer.returncode, output)
    print(output)
    for problem in problems:
        print(f"{path}: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
