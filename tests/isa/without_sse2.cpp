// SPDX-License-Identifier: MIT
// A program that some machines cannot run.
#include "check_large.hpp"

int main() { return check_large(); }
