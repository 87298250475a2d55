# SPDX-License-Identifier: MIT
"""Proves that the instantiation budget is read, counted and enforced."""

import unittest

import tree  # noqa: F401
import count_instantiations


class Instantiations(unittest.TestCase):
    def test_count(self):
        trace = {
            "traceEvents": [
                {"ph": "X", "name": "InstantiateClass"},
                {"ph": "X", "name": "InstantiateFunction"},
                {"ph": "X", "name": "InstantiateFunction"},
                {"ph": "M", "name": "InstantiateClass"},
            ]
        }
        self.assertEqual(
            count_instantiations.count(trace), {"InstantiateClass": 1, "InstantiateFunction": 2}
        )

    def test_budget(self):
        budget = count_instantiations.read_budget("# head\nexamples/03.cpp 1000\n")
        self.assertEqual(count_instantiations.exceeded(budget, {"examples/03.cpp": 1030}), [])
        self.assertEqual(len(count_instantiations.exceeded(budget, {"examples/03.cpp": 1031})), 1)


if __name__ == "__main__":
    unittest.main()
