# SPDX-License-Identifier: MIT
"""Proves that check_size fails on each limit, and that its allow-list does not rot."""

import unittest

from tree import HEADER, Tree
import check_size


def problems(text, name="include/kiln/core/a.hpp", allowed=None):
    with Tree({name: text}) as root:
        return check_size.check(root, allowed or {})[0]


def function(lines):
    return "int f() {\n" + "  g();\n" * (lines - 2) + "}\n"


class Size(unittest.TestCase):
    def test_green(self):
        self.assertEqual(
            problems(
                HEADER
                + function(60)
                + "template <class A, class B, class C, class D, int... E>\nstruct s;\n"
            ),
            [],
        )

    def test_long_header(self):
        self.assertEqual(problems("\n" * 400), [])
        self.assertIn("401 lines", problems("\n" * 401)[0])

    def test_long_example(self):
        self.assertEqual(problems("\n" * 79, "examples/01_a.cpp"), [])
        self.assertIn("example", problems("\n" * 80, "examples/01_a.cpp")[0])

    def test_wide_line(self):
        self.assertEqual(problems("// " + "x" * 97), [])
        self.assertIn("101 columns", problems("// " + "x" * 98)[0])

    def test_long_function(self):
        self.assertIn("61 lines", problems(function(61))[0])
        self.assertIn("61 lines", problems("struct s {\n" + function(61) + "};\n")[0])
        self.assertIn(
            "61 lines",
            problems('TEST_CASE("x") {\n' + "  g();\n" * 59 + "}\n", "tests/unit/core/a.cpp")[0],
        )

    def test_template_parameters(self):
        self.assertIn(
            "6 template parameters",
            problems("template <class A, class B, class C, class D, class E, int F>\nstruct s;\n")[
                0
            ],
        )
        self.assertEqual(
            problems(
                "template <class A = std::pair<int, int>, class B = x<1, 2, 3>, int C = f(1,"
                " 2)>\nstruct s;\n"
            ),
            [],
        )

    def test_allow_list(self):
        name = "include/kiln/core/a.hpp"
        self.assertEqual(problems("\n" * 401, allowed={name: "a reason"}), [])
        self.assertIn("needs no entry", problems("\n", allowed={name: "a reason"})[0])
        self.assertIn(
            "no such file", problems("\n", allowed={"include/kiln/core/b.hpp": "a reason"})[0]
        )


if __name__ == "__main__":
    unittest.main()
