# SPDX-License-Identifier: MIT
"""Reads C++ text as far as the checks need it: blanks literals, finds declarations."""

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent

TOKEN = re.compile(
    r'(?P<raw>(?:u8|[uUL])?R"(?P<tag>[^(\s]*)\((?:.|\n)*?\)(?P=tag)")'
    r'|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<number>\b\d[\w.']*)"
    r"|(?P<char>'(?:\\.|[^'\\\n])+')"
    r"|(?P<comment>//[^\n]*|/\*(?:.|\n)*?\*/)"
    r"|(?P<word>[A-Za-z_]\w*)"
)
AFTER_REQUIRES = r"struct|class|union|concept|inline|static|constexpr|consteval|auto|void|KILN_\w+"


def sources(root, *folders, suffixes=(".hpp", ".cpp")):
    """All C++ files under the folders, sorted."""
    found = (p for folder in folders for p in (root / folder).rglob("*") if p.suffix in suffixes)
    return sorted(found)


def is_native(path):
    """True for one of several alternatives for a target: only its own layer includes it."""
    return "/native/" in str(path)


def blank(text):
    """The text with comments, literals and preprocessor lines made spaces; positions are kept."""

    def spaces(match):
        if match.lastgroup in ("word", "number"):
            return match.group()
        return re.sub(r"[^\n]", " ", match.group())

    plain = TOKEN.sub(spaces, text)
    return re.sub(
        r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*",
        lambda m: re.sub(r"[^\n]", " ", m.group()),
        plain,
        flags=re.M,
    )


@dataclasses.dataclass
class Declaration:
    """A statement of a namespace or class: its text up to `;` or `{`, and what block follows."""

    head: str
    start: int
    end: int
    kind: str
    scopes: tuple
    parents: tuple


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def strip_prefix(head):
    """The head without template parameter lists, requires clauses in parentheses and attributes."""
    head = re.sub(
        r"\[\[.*?\]\]|__attribute__\s*\(\(.*?\)\)|alignas\s*\([^)]*\)", " ", head, flags=re.S
    ).strip()
    while match := re.match(r"template\s*<", head):
        depth, i = 1, match.end()
        while i < len(head) and depth:
            depth += {"<": 1, ">": -1}.get(head[i], 0)
            i += 1
        head = head[i:].strip()
        while clause := re.match(
            rf"requires\b[^;{{]*?(?=\b(?:{AFTER_REQUIRES})\b)", head, flags=re.S
        ):
            head = head[clause.end() :].strip()
    return head


def without_groups(head):
    """The head with everything in parentheses removed: what is left is its top level."""
    while True:
        shorter = re.sub(r"\([^()]*\)", " @ ", head)
        if shorter == head:
            return head
        head = shorter


def classify(head):
    """What the block is: namespace, enum, type, function, requires, member_init or value."""
    if re.match(r"\s*(?:inline\s+)?namespace\b|\s*extern\s*$", head):
        return "namespace"
    if re.search(r"\brequires\s*(?:\([^{}]*\))?\s*$", head):
        return "requires"
    plain = strip_prefix(head)
    if re.match(r"enum\b", plain):
        return "enum"
    if re.match(r"(?:typedef\s+)?(?:struct|class|union)\b", plain):
        return "type"
    flat = without_groups(re.sub(r"\boperator\s*(?:\(\)|[^\s\w(]+)", "operator_", plain))
    if re.search(r"(?<![=!<>])=(?!=)", flat):
        return (
            "function"
            if re.search(r"\]\s*(?:<.*>)?\s*@?[^=]*$", flat, flags=re.S) and "[" in flat
            else "value"
        )
    if "@" in flat:
        return (
            "member_init"
            if re.search(r"@[^:]*(?<!:):(?!:).*[\w>]\s*$", flat, flags=re.S)
            else "function"
        )
    return "value"


def declarations(text):
    """Every declaration at namespace or class scope of already blanked text."""
    found, scopes, parents = [], [], []
    start, i, size = 0, 0, len(text)

    def record(kind, end):
        head = text[start:end]
        head = re.sub(
            r"^\s*(?:public|protected|private)\s*:(?!:)", lambda m: " " * len(m.group()), head
        )
        if head.strip():
            begin = start + len(head) - len(head.lstrip())
            found.append(Declaration(head.strip(), begin, end, kind, tuple(scopes), tuple(parents)))
        return found[-1] if head.strip() else None

    while i < size:
        c = text[i]
        if c == ";":
            record("statement", i)
            start = i + 1
        elif c in "([":
            i = closing(text, i)
        elif c == "{":
            kind = classify(text[start:i])
            if kind in ("namespace", "type"):
                entry = record(kind, i)
                scopes.append(entry.head if entry else "")
                parents.append(entry)
                start = i + 1
            else:
                end = closing(text, i)
                if kind in ("function", "enum"):
                    # A lambda that is a variable's value has its own `;`, then empty.
                    record(kind, i)
                    found[-1].end = end
                    start = end + 1
                i = end
        elif c == "}":
            if parents:
                done = parents.pop()
                scopes.pop()
                if done:
                    done.end = i
            start = i + 1
        i += 1
    return found


def closing(text, i):
    """The position of the bracket that closes the one at i."""
    pairs, depth = {"(": ")", "[": "]", "{": "}"}, 0
    opened, closed = text[i], pairs[text[i]]
    while i < len(text):
        depth += (text[i] == opened) - (text[i] == closed)
        if depth == 0:
            return i
        i += 1
    return len(text) - 1


def report(name, problems, facts=""):
    """Prints the problems, or that there are none, and returns the exit status."""
    for problem in problems:
        print(problem)
    print(
        f"{name}: {len(problems)} problem(s)"
        if problems
        else f"{name} ok{': ' + facts if facts else ''}"
    )
    return 1 if problems else 0


def root_argument(arguments):
    """The tree to check: the first argument, or this one."""
    return pathlib.Path(arguments[1]).resolve() if len(arguments) > 1 else ROOT
