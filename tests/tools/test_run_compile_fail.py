# SPDX-License-Identifier: MIT
"""Proves that a case fails when it compiles, says something else, too much, or the same twice."""

import unittest

import tree  # noqa: F401
import run_compile_fail

SOURCE = "// expect: inner_dimensions_differ\n// expect: where<.*matmul\n"
TEXT = (
    "a.cpp: In instantiation of 'where<kiln::op::matmul_op>':\n"
    "a.cpp:3:1: error: static assertion failed: inner_dimensions_differ\n  3 | x\n    | ^\n"
)


class CompileFail(unittest.TestCase):
    def test_green(self):
        self.assertEqual(run_compile_fail.judge(SOURCE, 1, TEXT), [])

    def test_red(self):
        for words, status, text in (
            ("compiles", 0, ""),
            ("without an error", 1, "killed"),
            ("does not match: inner", 1, TEXT.replace("inner_", "outer_")),
            ("lines", 1, TEXT + "note\n" * 10),
            ("characters", 1, TEXT + "x" * 2000),
            ("2 errors", 1, TEXT + "b.cpp:1:1: error: again\n"),
        ):
            found = run_compile_fail.judge(SOURCE, status, text)
            self.assertEqual(len(found), 1, found)
            self.assertIn(words, found[0])

    def test_text_before_the_first_error_is_free(self):
        self.assertEqual(run_compile_fail.judge(SOURCE, 1, "required from here\n" * 50 + TEXT), [])

    def test_a_case_must_expect_something(self):
        self.assertIn("no `// expect", run_compile_fail.judge("", 1, TEXT)[0])

    def test_two_errors_may_be_asked_for(self):
        self.assertEqual(
            run_compile_fail.judge(
                SOURCE + "// errors: 2\n", 1, TEXT + "b.cpp:1:1: error: again\n"
            ),
            [],
        )

    def test_flags(self):
        self.assertEqual(run_compile_fail.flags_of(SOURCE), [])
        wished = "// flags: -a -b=c\n// flags: -d\n" + SOURCE
        self.assertEqual(run_compile_fail.flags_of(wished), ["-a", "-b=c", "-d"])


if __name__ == "__main__":
    unittest.main()
