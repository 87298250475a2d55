# SPDX-License-Identifier: MIT
"""Proves that check_includes finds missing and unused standard headers, and mends them."""

import unittest

from tree import HEADER
import check_includes


class Includes(unittest.TestCase):
    def test_green(self):
        self.assertEqual(
            check_includes.check_file("a", HEADER + "#include <vector>\nstd::vector<int> a;\n"), []
        )

    def test_missing(self):
        self.assertEqual(
            check_includes.check_file("a", "std::vector<int> a;\n"),
            ["a: uses std::vector, include <vector>"],
        )
        self.assertEqual(
            check_includes.check_file("a", '// std::vector\nauto x = "std::vector";\n'), []
        )

    def test_unused(self):
        self.assertEqual(
            check_includes.check_file("a", "#include <vector>\n"),
            ["a: includes <vector> and uses nothing of it"],
        )

    def test_any_of_several_headers_will_do(self):
        self.assertEqual(
            check_includes.check_file(
                "a", "#include <array>\nint x = std::get<0>(std::array{1});\n"
            ),
            [],
        )

    def test_fix(self):
        text = (
            HEADER
            + "\n#include <kiln/core/a.hpp>\n\n#include <array>\n#include"
            " <vector>\n\nstd::array<std::uint8_t, 2> a;\n"
        )
        mended = check_includes.fixed(text)
        self.assertEqual(
            mended,
            HEADER
            + "\n#include <kiln/core/a.hpp>\n\n#include <array>\n#include <cstdint>\n\n"
            "std::array<std::uint8_t, 2> a;\n",
        )
        self.assertEqual(
            check_includes.fixed(HEADER + "\nstd::vector<int> a;\n"),
            HEADER + "\n#include <vector>\n\nstd::vector<int> a;\n",
        )


if __name__ == "__main__":
    unittest.main()
