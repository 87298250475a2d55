# SPDX-License-Identifier: MIT
"""Proves that check_layers fails on each thing that it forbids."""

import unittest

from tree import HEADER, Tree
import check_layers

TABLE = """<!-- layers:begin -->
| layer | may include | third party | what |
|---|---|---|---|
| core | – | boost/hana | low |
| simd | core | xsimd | vectors |
| graph | core | – | high |
<!-- layers:end -->
"""


def problems(files, table=TABLE, more=None):
    with Tree(
        {"ARCHITECTURE.md": table}
        | (more or {})
        | {f"include/kiln/{name}": HEADER + text for name, text in files.items()}
    ) as root:
        return check_layers.check(root)[0]


class Layers(unittest.TestCase):
    def red(self, files, *words, **more):
        found = problems(files, **more)
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def test_green(self):
        self.assertEqual(
            problems(
                {
                    "core/a.hpp": "#include <boost/hana/tuple.hpp>\n#include <vector>\n",
                    "core/config.hpp": "#define KILN_INLINE inline\n",
                    "simd/b.hpp": (
                        "#include <kiln/core/a.hpp>\n#include <immintrin.h>\ninline void f() {"
                        ' asm(""); }\n'
                    ),
                    "graph/c.hpp": "#include <kiln/core/a.hpp>\n#include <kiln/graph/d.hpp>\n",
                    "graph/d.hpp": "// asm(\n",
                    "kiln.hpp": "#include <kiln/graph/c.hpp>\n#include <kiln/compile.hpp>\n",
                    "compile.hpp": "",
                }
            ),
            [],
        )

    def test_upward_include(self):
        self.red(
            {"core/a.hpp": "#include <kiln/graph/b.hpp>\n", "graph/b.hpp": ""},
            "may not include layer 'graph'",
        )

    def test_foreign_third_party(self):
        self.red({"graph/a.hpp": "#include <xsimd/xsimd.hpp>\n"}, "third-party")
        self.red({"core/a.hpp": "#include <boost/mp11.hpp>\n"}, "third-party")
        self.red({"core/a.hpp": "#include <Eigen/Core>\n"}, "third-party")
        self.red({"kiln.hpp": "#include <boost/hana/tuple.hpp>\n"}, "third-party")

    def test_alternative_of_one_target(self):
        files = {"simd/native/avx2.hpp": ""}
        self.assertEqual(
            problems(files | {"simd/a.hpp": "#include <kiln/simd/native/avx2.hpp>\n"}), []
        )
        self.red(
            files | {"graph/a.hpp": "#include <kiln/simd/native/avx2.hpp>\n"},
            "alternative for one target",
            table=TABLE.replace("| graph | core |", "| graph | core simd |"),
        )

    def test_umbrella(self):
        self.red({"graph/a.hpp": "#include <kiln/kiln.hpp>\n"}, "umbrella")

    def test_intrinsics_header(self):
        self.red({"graph/a.hpp": "#include <immintrin.h>\n"}, "intrinsics")
        self.red({"graph/a.hpp": "#include <arm_neon.h>\n"}, "intrinsics")

    def test_intrinsic(self):
        self.red({"graph/a.hpp": "inline void f() { _mm512_setzero_ps(); }\n"}, "an intrinsic")

    def test_assembly(self):
        self.red({"graph/a.hpp": 'inline void f() { asm volatile("nop"); }\n'}, "inline assembly")
        self.red(
            {"core/a.hpp": 'inline void f(int x) { __asm__("" : "+r"(x)); }\n'}, "inline assembly"
        )

    def test_macro(self):
        self.red({"graph/a.hpp": "#define KILN_X 1\n"}, "KILN_X")

    def test_unknown_folder(self):
        self.red({"misc/a.hpp": ""}, "not in the layer table")

    def test_cycle(self):
        self.red(
            {
                "graph/a.hpp": "#include <kiln/graph/b.hpp>\n",
                "graph/b.hpp": "#include <kiln/graph/a.hpp>\n",
            },
            "cycle",
        )

    def test_cycle_in_the_table(self):
        self.red({}, "cycle", table=TABLE.replace("| core | – |", "| core | graph |"))

    def test_instruction_set_in_a_neutral_layer(self):
        files = {
            "core/config.hpp": "#if defined(__AVX2__)\n#endif\n",
            "core/a.hpp": "#include <kiln/core/config.hpp>\n",
            "core/b.hpp": "#if KILN_ISA_AVX2\n#endif\n",
            "graph/c.hpp": "#include <kiln/core/a.hpp>\n",
        }
        neutral = {"tests/CMakeLists.txt": "set(neutral_layers dsl graph)\n"}
        self.assertEqual(problems(files, more=neutral), [])
        files["core/a.hpp"] += "#include <kiln/core/b.hpp>\n"
        self.assertEqual(problems(files), [])
        self.red(files, "graph/c.hpp", "core/b.hpp", more=neutral)


if __name__ == "__main__":
    unittest.main()
