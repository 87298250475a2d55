// SPDX-License-Identifier: MIT
// Tests kiln/tensor/shape.hpp.
#include <kiln/tensor/shape.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;
using tensor::dim;
using tensor::tensor_type;

constexpr dim batch{1, tensor::product_of(0)}, sequence{1, tensor::product_of(1)};
constexpr tensor::symbol_table symbols{{{"batch", 8}, {"sequence", 100}, {}, {}}};
constexpr std::int64_t values[tensor::max_symbols] = {3, 20, 0, 0};

// The order in which symbols are multiplied does not matter.
static_assert(batch * sequence == sequence * batch);
static_assert((batch * sequence * dim{4}).factor == 4);
static_assert(batch * sequence * batch == dim{1, tensor::product_of(0, 1, 0)});
static_assert((batch * sequence * batch).symbols / sequence.symbols
              == dim{1, tensor::product_of(0, 0)}.symbols);
static_assert(batch.symbols.divides((sequence * batch).symbols)
              && !(batch * batch).symbols.divides((sequence * batch).symbols));
static_assert(sequence.symbols.single() == 1 && (sequence * batch).symbols.single() == -1
              && (batch * batch).symbols.single() == -1 && dim{5}.symbols.single() == -1);
static_assert((batch * sequence * batch).symbols.size() == 3
              && (batch * sequence * batch).symbols.others() == (batch * sequence).symbols
              && sequence.symbols.first() == 1);
static_assert(bound_of(batch * sequence, symbols) == 800
              && value_of(batch * sequence, values) == 60);
static_assert(bound_of(dim{5}, symbols) == 5 && value_of(dim{5}, values) == 5);
static_assert(!batch.is_static() && dim{7}.is_static());

constexpr tensor_type matrix = tensor::static_type(f32, 4, 8);
static_assert(matrix.rank == 2 && matrix.back().factor == 8 && matrix.back(1).factor == 4);
static_assert(matrix.elems() == dim{32});
static_assert(tensor_type{}.elems() == dim{1});  // a scalar has one element

static_assert(tensor::same_but_ones(tensor::static_type(f32, 2, 3, 4),
                                    tensor::static_type(f32, 2, 1, 3, 4)));
static_assert(tensor::same_but_ones(tensor::static_type(f32, 1, 1, 3, 4),
                                    tensor::static_type(f32, 3, 1, 4)));
static_assert(tensor::same_but_ones(tensor::static_type(f32, 1), tensor::static_type(f32, 1, 1)));
static_assert(!tensor::same_but_ones(tensor::static_type(f32, 3, 4),
                                     tensor::static_type(f32, 2, 3, 4)));
static_assert(!tensor::same_but_ones(tensor::static_type(f32, 2, 3, 4),
                                     tensor::static_type(f32, 3, 4)));
static_assert(!tensor::same_but_ones(tensor::static_type(f32, 3, 4),
                                     tensor::static_type(f32, 4, 3)));

}  // namespace

TEST_CASE("shapes are the same whatever the element type") {
  tensor_type bytes = matrix;
  bytes.element = u8;
  CHECK(bytes.same_shape(matrix));
  CHECK_FALSE(bytes == matrix);
  CHECK_FALSE(tensor::static_type(f32, 4, 8, 1).same_shape(matrix));
  CHECK_FALSE(tensor::static_type(f32, 8, 4).same_shape(matrix));
}
