#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails on a header without unit test and vice versa, an unlisted example, a foreign namespace."""

import re
import sys

import cpp_text

# Headers without a unit test of their own, and where they are tested instead.
TESTED_ELSEWHERE = {"kiln.hpp": "tests/odr, tests/install and every example"}


def stems(root, folder, suffix):
    base = root / folder
    return {path.relative_to(base).with_suffix("").as_posix() for path in base.rglob("*" + suffix)}


def check_tests(root):
    headers = stems(root, "include/kiln", ".hpp")
    tests = stems(root, "tests/unit", ".cpp")
    # An alternative for one target is tested through the header that chooses it.
    tested = {
        name
        for name in headers
        if name + ".hpp" not in TESTED_ELSEWHERE and not cpp_text.is_native(name)
    }
    errors = [
        f"include/kiln/{name}.hpp has no tests/unit/{name}.cpp" for name in sorted(tested - tests)
    ]
    return errors + [
        f"tests/unit/{name}.cpp tests no include/kiln/{name}.hpp"
        for name in sorted(tests - headers)
    ]


def check_examples(root):
    folder, readme = root / "examples", root / "README.md"
    text = readme.read_text() if readme.exists() else ""
    names = {path.stem for path in folder.glob("*.cpp")} | {
        path.parent.name for path in folder.glob("*/*.cpp")
    }
    return [
        f"examples/{name} is not in README.md"
        for name in sorted(names)
        if not re.search(rf"\bexamples/{re.escape(name)}\b", text)
    ]


def check_namespaces(root):
    """Path is namespace: a header of one layer opens no namespace that belongs to another layer."""
    base = root / "include/kiln"
    layers = {path.name for path in base.iterdir() if path.is_dir()} if base.exists() else set()
    errors = []
    for header in cpp_text.sources(root, "include/kiln"):
        layer = header.relative_to(base).parts[0]
        opened = set(re.findall(r"\bnamespace\s+kiln::(\w+)", cpp_text.blank(header.read_text())))
        errors += [
            f"{header.relative_to(root)}: opens kiln::{other}, the namespace of another layer"
            for other in sorted(opened & layers - {layer})
        ]
    return errors


def check(root):
    return check_tests(root) + check_examples(root) + check_namespaces(root)


if __name__ == "__main__":
    sys.exit(cpp_text.report("mirror", check(cpp_text.root_argument(sys.argv))))
