#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a public name has no docstring, a file no head, or README's code is not an example's.

A public name is a declaration at namespace scope outside `detail` and `native/`. Declarations
without an empty line between them share the docstring above the first.
"""

import re
import sys

import cpp_text

REGION = re.compile(r"^[ \t]*// \[readme\][^\n]*\n(.*?)^[ \t]*// \[readme\]", re.M | re.S)
UNDOCUMENTED = re.compile(
    r"static_assert\b|using\s+namespace\b|using\s+(?:typename\s+)?[\w:]+\s*$|extern\s+template\b"
    r"|template\s*<\s*>|namespace\b"
    r"|friend\b|KILN_\w+\s*\("
)
FORWARD = re.compile(r"(?:struct|class|union|enum(?:\s+(?:class|struct))?)\s+\w+$")
PARTIAL = re.compile(r"(?:struct|class|inline\s+constexpr\s+[\w:]+|constexpr\s+[\w:]+)\s+\w+\s*<")
INSTANCE = re.compile(r"inline\s+constexpr\s+[\w:]+_(?:op|fn)(?:<.*>)?\s+\w+$")


def name_of(head):
    plain = cpp_text.strip_prefix(head)
    match = (
        re.search(r"\b(?:concept|struct|class|union|enum(?:\s+class)?|using)\s+(\w+)", plain)
        or re.search(r"\b(operator\s*\S+?)\s*\(", plain)
        or re.search(r"(\w+)\s*[({=]", plain)
        or re.search(r"(\w+)\s*$", plain)
    )
    return match.group(1) if match else plain[:40]


def is_public(entry):
    if any("detail" in scope for scope in entry.scopes) or any(
        p and p.kind != "namespace" for p in entry.parents
    ):
        return False
    plain = cpp_text.strip_prefix(entry.head)
    if entry.kind == "namespace" or UNDOCUMENTED.match(entry.head) or UNDOCUMENTED.match(plain):
        return False
    if entry.kind == "statement" and (
        FORWARD.match(plain) or INSTANCE.match(re.sub(r"\{.*\}\s*$", "", plain))
    ):
        return False
    deduction_guide = entry.kind == "statement" and re.match(
        r"(?:explicit\s+)?(\w+)\s*\(.*\)\s*->\s*\1\b", plain, flags=re.S
    )
    return not (deduction_guide or PARTIAL.match(plain))


def check_docstrings(name, text):
    lines, plain = text.splitlines(), cpp_text.blank(text)
    errors, documented_end = [], -1
    for entry in cpp_text.declarations(plain):
        if entry.parents and any(p and p.kind != "namespace" for p in entry.parents):
            continue
        first = cpp_text.line_of(plain, entry.start)
        above = first - 2
        while above >= 0 and lines[above].lstrip().startswith("#"):
            above -= 1
        has_doc = above >= 0 and lines[above].lstrip().startswith("///")
        shares = documented_end >= 0 and above == documented_end
        if not (has_doc or shares):
            if not is_public(entry):
                continue
            errors.append(f"{name}:{first}: {name_of(entry.head)} has no docstring")
        documented_end = (
            cpp_text.line_of(plain, entry.end) - 1
        )  # one report for a run without an empty line
    return errors


def check_head(name, text):
    lines = text.splitlines() + ["", "", ""]
    errors = []
    if lines[0] != "// SPDX-License-Identifier: MIT":
        errors.append(f"{name}: the first line is not `// SPDX-License-Identifier: MIT`")
    elif not re.match(r"// \S", lines[1]):
        errors.append(f"{name}: the second line does not say what the file is for")
    if name.endswith(".hpp") and "#pragma once" not in lines:
        errors.append(f"{name}: has no #pragma once")
    return errors


def dedent(block):
    lines = [line.rstrip() for line in block.strip("\n").splitlines()]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    return "\n".join(line[margin:] for line in lines)


def check_readme(root):
    """README's first C++ block equals the one region between `// [readme]` lines in examples/."""
    readme = root / "README.md"
    blocks = re.findall(
        r"^```cpp\n(.*?)^```", readme.read_text() if readme.exists() else "", re.M | re.S
    )
    regions = {
        path.name: found.group(1)
        for path in sorted((root / "examples").glob("*.cpp"))
        if (found := REGION.search(path.read_text()))
    }
    if not blocks and not regions:
        return []
    if not blocks:
        return [
            f"README.md: has no ```cpp block, but examples/{next(iter(regions))} marks one for it"
        ]
    if len(regions) != 1:
        return [
            "README.md: its first ```cpp block must stand between `// [readme]` lines in one"
            f" example, not in {len(regions)}"
        ]
    name, region = next(iter(regions.items()))
    return (
        []
        if dedent(region) == dedent(blocks[0])
        else [f"README.md: its first ```cpp block differs from examples/{name}"]
    )


def check(root):
    errors = check_readme(root)
    for path in cpp_text.sources(root, "include", "examples", "tests", "bench"):
        name, text = path.relative_to(root).as_posix(), path.read_text()
        errors += check_head(name, text)
        if name.startswith("include/") and not cpp_text.is_native(name):
            errors += check_docstrings(name, text)
    return errors


if __name__ == "__main__":
    sys.exit(cpp_text.report("doc", check(cpp_text.root_argument(sys.argv))))
