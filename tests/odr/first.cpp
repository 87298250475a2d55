// SPDX-License-Identifier: MIT
// One of two translation units with every header: a function that is not inline is defined twice.
#include <all_headers.hpp>

int second();

int main() { return second(); }
