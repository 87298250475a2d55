# SPDX-License-Identifier: MIT
"""Tests what the other checks stand on: blanking and finding declarations."""

import unittest

import tree  # noqa: F401
import cpp_text


def kinds(text):
    return [
        (entry.kind, entry.head.split("(")[0].split("{")[0].strip())
        for entry in cpp_text.declarations(cpp_text.blank(text))
    ]


class Blank(unittest.TestCase):
    def test_keeps_positions(self):
        text = (
            'int a; // {\n/* { \n */ auto s = "{"; char c = \'{\'; auto r = R"x({)x"; int n ='
            " 1'000;\n#define X {\n"
        )
        plain = cpp_text.blank(text)
        self.assertEqual(len(plain), len(text))
        self.assertNotIn("{", plain)
        self.assertIn("1'000", plain)
        self.assertEqual(plain.count("\n"), text.count("\n"))


class Declarations(unittest.TestCase):
    def test_functions(self):
        for head in (
            "int f() {",
            (
                "template <class T = int> requires(sizeof(T) > 1) auto f(T x = {}) const noexcept"
                " -> T {"
            ),
            "bool operator==(a x, a y) {",
            "inline constexpr auto f = [](int x) {",
            "box() : a_{1}, b_(2) {",
            "template <class T> requires std::integral<T> constexpr T f(T x) {",
        ):
            found = cpp_text.declarations(cpp_text.blank(head + "\n  return 1;\n}"))
            self.assertIn("function", [entry.kind for entry in found], head)

    def test_other_blocks(self):
        text = """
        namespace a { struct b final : c<1> { int d() { return 1; } }; enum class e { x }; }
        template <class T> concept ok = requires(T x) { { x.y() }; };
        inline constexpr tile t{.mr = 6};
        inline constexpr auto u = tile{.mr = 6};
        """
        self.assertEqual(
            [kind for kind, _ in kinds(text)],
            ["namespace", "type", "function", "enum", "statement", "statement", "statement"],
        )

    def test_nested_braces_end_where_they_should(self):
        text = "int f() {\n  if (x) {\n    return g([] { return 1; });\n  }\n}\nint h();\n"
        first, second = cpp_text.declarations(cpp_text.blank(text))
        self.assertEqual(cpp_text.line_of(text, first.end), 5)
        self.assertEqual(second.head, "int h()")


if __name__ == "__main__":
    unittest.main()
