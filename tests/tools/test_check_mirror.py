# SPDX-License-Identifier: MIT
"""Proves that check_mirror fails on missing and orphan tests, unlisted examples, foreign names."""

import unittest

from tree import HEADER, Tree
import check_mirror

GOOD = {
    "include/kiln/core/a.hpp": HEADER + "namespace kiln::core::detail {}\nnamespace kiln {}\n",
    "include/kiln/kernel/gemm/b.hpp": HEADER,
    "include/kiln/kiln.hpp": HEADER,
    "include/kiln/simd/native/avx2.hpp": HEADER,
    "include/kiln/version.hpp": HEADER,
    "tests/unit/core/a.cpp": "",
    "tests/unit/kernel/gemm/b.cpp": "",
    "tests/unit/version.cpp": "",
    "examples/01_a.cpp": "",
    "examples/digits/main.cpp": "",
    "README.md": "see `examples/01_a.cpp` and examples/digits\n",
}


def problems(**changes):
    files = GOOD | {
        name.replace("__", "/").replace("_dot_", "."): text for name, text in changes.items()
    }
    with Tree({name: text for name, text in files.items() if text is not None}) as root:
        return check_mirror.check(root)


class Mirror(unittest.TestCase):
    def test_green(self):
        self.assertEqual(problems(), [])

    def test_missing_test(self):
        self.assertEqual(
            problems(tests__unit__core__a_dot_cpp=None),
            ["include/kiln/core/a.hpp has no tests/unit/core/a.cpp"],
        )

    def test_orphan_test(self):
        self.assertIn("tests no", problems(tests__unit__core__b_dot_cpp="")[0])

    def test_unlisted_example(self):
        self.assertEqual(problems(examples__02_b_dot_cpp=""), ["examples/02_b is not in README.md"])

    def test_foreign_namespace(self):
        found = problems(include__kiln__core__a_dot_hpp=HEADER + "namespace kiln::kernel {}\n")
        self.assertEqual(len(found), 1)
        self.assertIn("kiln::kernel", found[0])


if __name__ == "__main__":
    unittest.main()
