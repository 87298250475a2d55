// SPDX-License-Identifier: MIT
// kiln: a DNN subgraph as a C++ expression, compiled by the C++ compiler to one fused function.
#pragma once

#include <kiln/compile.hpp>
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/literals.hpp>
#include <kiln/version.hpp>
