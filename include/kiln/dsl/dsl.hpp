// SPDX-License-Identifier: MIT
// Everything a user needs to write an expression.
#pragma once

#include <kiln/dsl/activations.hpp>
#include <kiln/dsl/contraction.hpp>
#include <kiln/dsl/convolution.hpp>
#include <kiln/dsl/elementwise.hpp>
#include <kiln/dsl/grouped.hpp>
#include <kiln/dsl/leaf.hpp>
#include <kiln/dsl/literals.hpp>
#include <kiln/dsl/map.hpp>
#include <kiln/dsl/movement.hpp>
#include <kiln/dsl/norms.hpp>
#include <kiln/dsl/operators.hpp>
#include <kiln/dsl/outputs.hpp>
#include <kiln/dsl/quantization.hpp>
#include <kiln/dsl/reductions.hpp>
#include <kiln/dsl/repeat.hpp>
#include <kiln/dsl/scope.hpp>
#include <kiln/dsl/softmax.hpp>
