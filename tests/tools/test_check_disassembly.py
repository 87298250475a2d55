# SPDX-License-Identifier: MIT
"""Proves that check_disassembly counts stack traffic, register copies and vmovq/vmovd."""

import unittest

import tree  # noqa: F401
import check_disassembly

CLEAN = """
0000000000000000 <kernel(float*)>:
   0:\tvmovaps %zmm1,%zmm2
   6:\tvmovups (%rsp),%zmm3
   c:\tvmovups (%rdi),%zmm0
  12:\tvfmadd231ps (%rsi),%zmm0,%zmm1
  18:\tvfmadd231ps 0x40(%rsi){1to16},%zmm0,%zmm2
  1e:\tadd    $0x40,%rdi
  22:\tcmp    %rdi,%rdx
  25:\tbnd jne c <kernel(float*)+0xc>
  2b:\tvmovaps %zmm1,(%rsp)
  31:\tdec    %rcx
  34:\tjne    0 <kernel(float*)>
  36:\tret
"""


def loops(text, pattern="kernel", **more):
    return check_disassembly.hot_loops(text, [pattern], **more)


class Disassembly(unittest.TestCase):
    def test_only_the_innermost_loop_counts(self):
        (loop,), errors = loops(CLEAN)
        self.assertEqual((loop.first, loop.last, loop.multiply_adds), (0xC, 0x25, 2))
        self.assertTrue(loop.clean)
        self.assertEqual(errors, [])

    def test_red(self):
        for line, field in (
            ("vmovaps %zmm1,0x80(%rsp)", "stack_moves"),
            ("vfmadd231ps 0x40(%rsp),%zmm3,%zmm4", "stack_moves"),
            ("vmovaps %zmm1,%zmm2", "register_copies"),
            ("vmovdqa64 %zmm1,%zmm2", "register_copies"),
            ("vmovdqa %ymm1,%ymm2", "register_copies"),
            ("vmovq  %xmm1,%rax", "general_moves"),
            ("vmovd  %eax,%xmm1", "general_moves"),
        ):
            (loop,), _ = loops(CLEAN.replace("add    $0x40,%rdi", line))
            self.assertEqual(getattr(loop, field), 1, line)
            self.assertFalse(loop.clean)

    def test_frame_pointer(self):
        framed = CLEAN.replace("dec    %rcx", "mov    %rsp,%rbp")
        line = "vmovups -0x40(%rbp),%ymm3"
        self.assertEqual(loops(framed.replace("add    $0x40,%rdi", line))[0][0].stack_moves, 1)
        self.assertEqual(loops(CLEAN.replace("add    $0x40,%rdi", line))[0][0].stack_moves, 0)

    def test_loads_and_scalar_stack_use_are_allowed(self):
        for line in (
            "vmovups 0x40(%rdi),%zmm5",
            "mov    0x8(%rsp),%rax",
            "vmovaps (%rdi),%xmm1",
            "vmovaps %zmm1,(%rdi)",
        ):
            (loop,), _ = loops(CLEAN.replace("add    $0x40,%rdi", line))
            self.assertTrue(loop.clean, line)

    def test_what_is_not_there_is_an_error(self):
        self.assertIn("no function", loops(CLEAN, "other")[1][0])
        self.assertIn("no function", loops(CLEAN.replace("vfmadd231ps", "vfmadd231ss"))[1][0])

    def test_hottest_loop_of_two(self):
        second = CLEAN.replace(
            "36:\tret",
            "36:\tvfmadd231ps (%rsi),%zmm0,%zmm1\n  3c:\tvmovaps %zmm1,%zmm2\n  40:\tjne    36 <x>",
        )
        self.assertEqual(len(loops(second)[0]), 1)
        self.assertTrue(loops(second)[0][0].clean)
        self.assertEqual(len(loops(second, every_loop=True)[0]), 2)


if __name__ == "__main__":
    unittest.main()
