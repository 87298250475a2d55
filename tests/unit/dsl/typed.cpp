// SPDX-License-Identifier: MIT
// Tensor types as C++ types and as values.
#include <kiln/dsl/literals.hpp>
#include <kiln/dsl/typed.hpp>

#include <doctest/doctest.h>

#include <string_view>
#include <type_traits>
#include <utility>

namespace {

using namespace kiln::literals;

using batch = kiln::dsl::symbol_type<kiln::core::text_of<"b">, 512>;
using t = kiln::dsl::typed<kiln::f32, 4, 8>;
using d = kiln::dsl::typed<kiln::bf16, kiln::dsl::extent<1, batch>{}, 8>;
template <class... Types>
using symbols = kiln::dsl::symbols_of<Types...>;

static_assert(kiln::dsl::type_value<t> == kiln::tensor::static_type(kiln::f32, 4, 8));
static_assert(std::is_same_v<symbols<t>, kiln::core::list<>>);
static_assert(std::is_same_v<symbols<t, d, d>, kiln::core::list<batch>>);
static_assert(kiln::dsl::type_value<d, symbols<d>>.element == kiln::bf16);
static_assert(kiln::dsl::type_value<d, symbols<d>>[0]
              == kiln::tensor::dim{1, kiln::tensor::product_of(0)});
static_assert(std::is_same_v<kiln::dsl::printed<t>, t>);
static_assert(
    std::is_same_v<
        kiln::dsl::printed<d>,
        kiln::dsl::dynamic_typed<kiln::bf16, kiln::dsl::extent<1, batch>, kiln::dsl::extent<8>>>);
static_assert(kiln::dsl::extent_argument<std::remove_cvref_t<decltype(32_c)>>::value == 32);
static_assert(kiln::dsl::extent_like<std::remove_cvref_t<decltype(kiln::dim<"b", 512>)>>);
static_assert(!kiln::dsl::extent_like<int>);

struct product {
  static consteval auto value() {
    kiln::tensor::tensor_type r = kiln::dsl::type_value<d, symbols<d>>;
    r[0] = r[0] * r[1];
    return r;
  }
};
using spelled = decltype(kiln::dsl::as_type<product, symbols<d>>(std::make_index_sequence<2>{}));
static_assert(
    std::is_same_v<spelled, kiln::dsl::typed<kiln::bf16, kiln::dsl::extent<8, batch>{}, 8>>);

TEST_CASE("a symbol keeps its name and bound") {
  CHECK(std::string_view(batch::value.name) == "b");
  CHECK(batch::value.bound == 512);
}

}  // namespace
