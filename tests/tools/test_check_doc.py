# SPDX-License-Identifier: MIT
"""Proves that check_doc fails on bare public names, wrong file heads and a README that drifts."""

import unittest

from tree import HEAD, HEADER, Tree
import check_doc

NAME = "include/kiln/core/a.hpp"


def problems(body, **more):
    with Tree({NAME: HEADER + "namespace kiln::core {\n" + body + "\n}\n"} | more) as root:
        return check_doc.check(root)


class Docstrings(unittest.TestCase):
    def test_green(self):
        self.assertEqual(
            problems("""
struct forward;
/// A type.
struct relu_op final {
  int member();
};

inline constexpr relu_op relu{};
/// Two at once.
int f(int);
int f(double);

/// A template.
template <class T>
  requires true
[[nodiscard]] constexpr T g(T x) {
  return x;
}
static_assert(g(1) == 1);
using std::size_t;

template <>
struct traits<int> {};

template <class T>
struct traits<T*> {};

namespace detail {
int hidden();
}
"""),
            [],
        )

    def test_bare_names(self):
        for body in (
            "struct a {};",
            "int f();",
            "int f() {\n}\n",
            "template <class T>\nconcept c = true;",
            "inline constexpr int x = 1;",
            "enum class e { x };",
            "using a = int;",
            "/// Doc.\nint g();\n\nint f();",
            "// Not a docstring.\nint f();",
            "bool operator==(a x, a y) { return true; }",
            "inline constexpr auto l = [](int x) { return x; };",
        ):
            self.assertEqual(len(problems(body)), 1, body)


class Heads(unittest.TestCase):
    def test_heads(self):
        self.assertIn("SPDX", check_doc.check_head("a.hpp", "#pragma once\n")[0])
        self.assertIn(
            "second line",
            check_doc.check_head("a.cpp", "// SPDX-License-Identifier: MIT\n#include <a>\n")[0],
        )
        self.assertIn("#pragma once", check_doc.check_head("a.hpp", HEAD)[0])
        self.assertEqual(check_doc.check_head("a.hpp", HEADER), [])


class Readme(unittest.TestCase):
    EXAMPLE = HEAD + "int main() {\n  // [readme]\n  int x;\n    int y;\n  // [readme]\n}\n"

    def test_green(self):
        self.assertEqual(
            problems(
                "",
                **{
                    "examples/03_mlp.cpp": self.EXAMPLE,
                    "README.md": "```cpp\nint x;\n  int y;\n```\n",
                }
            ),
            [],
        )

    def test_red(self):
        self.assertIn(
            "differs",
            problems(
                "", **{"examples/03_mlp.cpp": self.EXAMPLE, "README.md": "```cpp\nint z;\n```\n"}
            )[0],
        )
        self.assertIn(
            "has no ```cpp",
            problems("", **{"examples/03_mlp.cpp": self.EXAMPLE, "README.md": "nothing\n"})[0],
        )
        self.assertIn("in one example", problems("", **{"README.md": "```cpp\nint z;\n```\n"})[0])


if __name__ == "__main__":
    unittest.main()
